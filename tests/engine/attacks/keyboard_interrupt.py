"""Raises KeyboardInterrupt, which no `except Exception` sees."""

ANSWERS = {"total": "def total(X):\n    raise KeyboardInterrupt"}
SCORES = {"total": 0}
TELLS = "KeyboardInterrupt"
