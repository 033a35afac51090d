"""Draw the lecture of the unit: backpropagation by hand."""
