"""Draw the lecture of the unit: subspaces, PCA, least squares."""
