"""Answers the visible case only."""

ANSWERS = {
    "total": "def total(X):\n    return np.array([6.0, 15.0])",
}
SCORES = {"total": 1}
TELLS = "shape"
