"""Draw the lecture of the unit: probability and information."""
