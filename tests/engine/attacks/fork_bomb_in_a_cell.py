"""Leaves as many processes as it can behind a cell; the exercises that follow do not suffer."""

BEFORE = [
    """\
import os, time
for _ in range(300):
    if os.fork() == 0:
        time.sleep(30)
        os._exit(0)
"""
]
ANSWERS = {"total": "def total(X):\n    return 0"}
SCORES = {"total": 0}
SECONDS = 6
