"""Forges errors of odd kinds: no strings, names of functions of Python, the failure of a check itself."""

ANSWERS = {
    "total": "def total(X):\n    forge({'raised': {'kinds': ['exec', 'Failed', 7, None], 'text': 5, 'line': [1]}})",
    "softplus": "def softplus(x):\n    forge({'raised': {'kinds': ['ExceptionGroup', 'UnicodeDecodeError'], 'text': 'a'}})",
    "momentum": "class Momentum:\n    def __init__(self, lr):\n        forge({'raised': None})",
}
FORGES = True
SCORES = {"total": 0, "softplus": 0, "momentum": 0}
