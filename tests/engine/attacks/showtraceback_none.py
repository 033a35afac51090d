"""Breaks the way in which errors are shown."""

ANSWERS = {
    "total": "get_ipython().showtraceback = get_ipython()._showtraceback = None\ndef total(X):\n    return 1 / 0",
}
SCORES = {"total": 0}
