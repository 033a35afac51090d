"""Aborts the process while an extra cell runs."""

AFTER = ["import ctypes\nctypes.CDLL(None).abort()"]
SCORES = {}
TELLS = "ended its process"
