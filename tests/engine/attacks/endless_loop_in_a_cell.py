"""Loops without end in an extra cell; what stands behind it is graded."""

BEFORE = ["while True:\n    pass"]
SCORES = {}
TELLS = "took longer than 0.6 s"
