"""Sends signals to every process number, the supervisor's and the first one's too."""

ANSWERS = {
    "total": """\
import os, signal
def total(X):
    sent = []
    for number in (-1, 1, os.getppid(), *range(2, 300)):
        if number not in (os.getpid(), 0):
            for kind in (signal.SIGKILL, signal.SIGSTOP):
                try:
                    os.kill(number, kind)
                    sent.append(number)
                except OSError:
                    pass
    raise ValueError('done')
"""
}
SCORES = {"total": 0}
TELLS = "raised ValueError: done"
