"""Asks for input, which nobody gives."""

ANSWERS = {"total": "answer = input('the password? ')\ndef total(X):\n    return 0"}
SCORES = {"total": 0}
