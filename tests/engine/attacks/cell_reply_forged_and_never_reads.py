"""Answers for its cell and stops reading; the next cell is larger than what a socket holds."""

BEFORE = ["forge({'outputs': []})\nwhile True:\n    pass", "x = '''" + "y" * 3_000_000 + "'''"]
FORGES = True
SCORES = {}
TELLS = "did not read what it was sent and was stopped"
SECONDS = 12
