"""Zeroes the setup's data and all inputs of the torch exercise, and answers for zeros."""

ANSWERS = {
    "total": "def total(X):\n    X *= 0\n    return X.sum(axis=1)",
    "softplus": "def softplus(x):\n    x.zero_()\n    return torch.nn.functional.softplus(x)",
}
SCORES = {"total": 0, "softplus": 0}
TELLS = "modified its argument in place"
