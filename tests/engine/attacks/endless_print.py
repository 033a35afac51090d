"""Prints without end."""

BEFORE = ["while True:\n    print('x' * 1000)"]
SCORES = {}
TELLS = "took more than 0.6 s of computing time"
