"""Ends the process with status 0 while the answer cell runs."""

ANSWERS = {"total": "import os\ndef total(X):\n    return X.sum(axis=1)\nos._exit(0)"}
SCORES = {"total": 0}
TELLS = "ended its process"
