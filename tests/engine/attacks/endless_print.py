"""Prints without end."""

BEFORE = ["while True:\n    print('x' * 1000)"]
SCORES = {}
TELLS = "took longer"
