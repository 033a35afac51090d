"""Raises StopIteration, which ends a loop of whoever called."""

ANSWERS = {"total": "def total(X):\n    raise StopIteration"}
SCORES = {"total": 0}
TELLS = "StopIteration"
