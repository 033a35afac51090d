"""Draw the lecture of the unit: activations, initialization, normalization."""
