"""Finds the engine's own objects and empties or replaces what they hold."""

ANSWERS = {
    "total": """\
import gc
def total(X):
    found = set()
    for thing in gc.get_objects():
        if type(thing).__name__ in ('Worker', 'Responder', 'Channel'):
            found.add(type(thing).__name__)
            for name, value in vars(thing).items():
                if isinstance(value, list):
                    found.add(name)
                    value[:] = [1] * 5
    raise ValueError(f'found {sorted(found)}')
"""
}
SCORES = {"total": 0}
TELLS = "found ['Channel', 'Responder', 'Worker', '_kept']"
