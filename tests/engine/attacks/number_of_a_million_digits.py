"""Sends an integer of a million digits, and returns one."""

ANSWERS = {
    "total": "def total(X):\n    header(b'{\"dict\": [[\"value\", ' + b'9' * 1_000_000 + b']]}')",
    "scale": "def scale_forward(X, s):\n    return X * s, 0\ndef scale_backward(dY, c):\n    return dY * 2.5, 10 ** 3500",
    "softplus": "def softplus(x):\n    header(b'{\"dict\": [[\"value\", 0.' + b'9' * 7_000_000 + b']]}')",
}
FORGES = True
SCORES = {"total": 0, "scale": 1, "softplus": 0}
