"""Forges replies that are not dicts, and dicts that say nothing."""

ANSWERS = {
    "total": "def total(X):\n    forge([1, 2])",
    "softplus": "def softplus(x):\n    forge({})",
}
FORGES = True
SCORES = {"total": 0, "softplus": 0}
TELLS = "sent something that is not a reply"
