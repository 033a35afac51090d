"""Sends a header that is nested a million deep, and a value that is nested too deeply to be packed."""

ANSWERS = {
    "total": "def total(X):\n    header(b'[' * 1_000_000)",
    "softplus": "def softplus(x):\n    y = []\n    for _ in range(100_000):\n        y = [y]\n    return y",
}
FORGES = True
SCORES = {"total": 0, "softplus": 0}
TELLS = "nested too deeply"
