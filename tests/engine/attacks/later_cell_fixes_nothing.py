"""Redefines an answer behind its checks, and another's before."""

AFTER = ["total = lambda X: X.sum(axis=1)"]
ANSWERS = {"total": "def total(X):\n    return 0"}
SCORES = {"total": 0}
