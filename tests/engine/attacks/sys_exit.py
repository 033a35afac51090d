"""Leaves by sys.exit(0), in the cell and in the call."""

ANSWERS = {"total": "import sys\ndef total(X):\n    sys.exit(0)\nsys.exit(0)"}
SCORES = {"total": 0}
TELLS = "raised SystemExit"
