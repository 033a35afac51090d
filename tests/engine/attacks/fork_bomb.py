"""Forks without end in a call."""

ANSWERS = {
    "total": """\
import os, time
def total(X):
    for _ in range(300):
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
"""
}
SCORES = {"total": 0}
