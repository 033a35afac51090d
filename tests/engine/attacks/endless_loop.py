"""Loops without end in a call."""

ANSWERS = {"total": "def total(X):\n    while True:\n        pass"}
SCORES = {"total": 0}
TELLS = "took more than 0.6 s of computing time"
