"""Loops without end and swallows every exception and signal."""

ANSWERS = {
    "total": """\
import signal
def total(X):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""
}
SCORES = {"total": 0}
TELLS = "took more than 0.6 s of computing time"
