"""Draw the lecture of the unit: getting started."""
