"""Leaves a process of its own session behind."""

BEFORE = [
    """\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(1)
    os._exit(0)
"""
]
ANSWERS = {"total": "def total(X):\n    return 0"}
SCORES = {"total": 0}
