"""Every child forks again."""

ANSWERS = {
    "total": """\
import os, time
def total(X):
    end = time.monotonic() + 0.15
    while time.monotonic() < end:
        try:
            os.fork()
        except OSError:
            pass
        time.sleep(0.02)
    time.sleep(30)
"""
}
SCORES = {"total": 0}
SECONDS = 8
