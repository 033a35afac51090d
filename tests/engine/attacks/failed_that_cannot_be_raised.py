"""Replaces the class of failures by one that is swallowed, in builtins too."""

BEFORE = ["import builtins\nbuiltins.AssertionError = builtins.Exception = type('E', (BaseException,), {})"]
ANSWERS = {"total": "def total(X):\n    return 0"}
SCORES = {"total": 0}
