"""Announces arrays of terabytes that bring eight bytes, and of no bytes but impossible axes."""

ANSWERS = {
    "total": "def total(X):\n    tree(['array', ['float64', 500_000_000, 500_000_000]], b'12345678')",
    "softplus": "def softplus(x):\n    tree(['tensor', ['float32', 0] + [500_000_000] * 20])",
}
FORGES = True
SCORES = {"total": 0, "softplus": 0}
TELLS = "cannot be read"
