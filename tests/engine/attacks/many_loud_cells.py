"""Shows two megabytes in each of many cells."""

BEFORE = ["from IPython.display import display\nprint('x' * 1_900_000)"] * 16
SCORES = {}
TELLS = "shows more than is kept"
SECONDS = 8
