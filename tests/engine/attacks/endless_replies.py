"""Writes replies without end."""

ANSWERS = {"total": "def total(X):\n    while True:\n        forge({'value': X})"}
FORGES = True
SCORES = {"total": 0}
SECONDS = 8
