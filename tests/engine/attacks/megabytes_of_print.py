"""Prints 40 MB and stops."""

BEFORE = ["for _ in range(40):\n    print('x' * 1_000_000)"]
SCORES = {}
TELLS = "more output than is kept"
