"""Leaves a process that keeps the socket of the check open, so that its end is not seen."""

ANSWERS = {
    "total": """\
import os, time
def total(X):
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    os._exit(0)
"""
}
SCORES = {"total": 0}
