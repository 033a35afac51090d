"""Data that graded cells train and test on. Nothing here draws: a change of a picture never changes a grade."""
