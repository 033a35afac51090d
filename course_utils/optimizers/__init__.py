"""Draw the lecture of the unit: optimizers, learning rates, batch size."""
