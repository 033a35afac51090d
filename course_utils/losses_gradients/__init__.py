"""Draw the lecture of the unit: models, losses and first gradients."""
