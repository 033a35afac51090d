"""Leaves as the value of a name what no process could send."""

ANSWERS = {"rank": "rank = (lambda: 2)"}
SCORES = {"rank": 0}
TELLS = "a function"
