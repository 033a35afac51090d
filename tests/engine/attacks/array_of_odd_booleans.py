"""Sends boolean arrays whose bytes are neither 0 nor 1."""

ANSWERS = {
    "rank": "import numpy as np\nrank = np.array([7], dtype=np.uint8).view(bool)[0]",
    "total": "def total(X):\n    return np.full(len(X), 7, dtype=np.uint8).view(bool)",
}
SCORES = {"rank": 0, "total": 0}
