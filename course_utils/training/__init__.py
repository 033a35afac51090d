"""Draw the lecture of the unit: training networks in PyTorch."""
