"""Draw the lecture of the unit: linear algebra."""
