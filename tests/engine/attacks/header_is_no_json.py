"""Sends NaN, Infinity, bytes and half a document as header."""

ANSWERS = {
    "total": 'def total(X):\n    header(b\'{"dict": [["value", NaN]]}\')',
    "softplus": "def softplus(x):\n    header(b'\\xff\\xfe{')",
    "momentum": "class Momentum:\n    def __init__(self, lr):\n        header(b'[[[')",
}
FORGES = True
SCORES = {"total": 0, "softplus": 0, "momentum": 0}
TELLS = "not in the expected form"
