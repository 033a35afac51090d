"""Finds the engine's own objects and empties or replaces what they hold."""

ANSWERS = {
    "total": """\
import gc
def total(X):
    for thing in gc.get_objects():
        if type(thing).__name__ in ('Worker', 'Channel'):
            for name, value in vars(thing).items():
                if isinstance(value, list):
                    value[:] = [1] * 5
    return X.sum()
"""
}
SCORES = {"total": 0}
