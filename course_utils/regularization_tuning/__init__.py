"""Draw the lecture of the unit: regularization, tuning, the practical recipe."""
