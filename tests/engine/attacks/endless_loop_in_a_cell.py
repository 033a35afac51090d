"""Loops without end in an extra cell; what stands behind it is graded."""

BEFORE = ["while True:\n    pass"]
SCORES = {}
TELLS = "took more than 0.6 s of computing time"
