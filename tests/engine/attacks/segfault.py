"""Reads address 0."""

ANSWERS = {"total": "import ctypes\ndef total(X):\n    ctypes.string_at(0)"}
SCORES = {"total": 0}
TELLS = "SIGSEGV"
