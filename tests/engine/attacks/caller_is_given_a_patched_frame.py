"""Changes the local variables and the globals of all frames above."""

ANSWERS = {
    "total": """\
import sys
def total(X):
    frame = sys._getframe()
    while frame:
        for name in list(frame.f_globals):
            if name in ('np', 'check', 'Failed'):
                frame.f_globals[name] = None
        frame = frame.f_back
    return np
"""
}
SCORES = {"total": 0}
