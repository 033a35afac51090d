"""Draw the lecture of the unit: automatic differentiation."""
