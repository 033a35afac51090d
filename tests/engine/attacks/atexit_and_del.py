"""Registers functions that run when the process ends, and that never end."""

BEFORE = [
    """\
import atexit, time, weakref
atexit.register(lambda: time.sleep(60))
class Slow:
    def __del__(self):
        import time
        time.sleep(60)
kept = Slow()
"""
]
ANSWERS = {"total": "def total(X):\n    return 0"}
SCORES = {"total": 0}
