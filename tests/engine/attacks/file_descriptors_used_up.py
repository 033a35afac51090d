"""Opens files until none can be opened any more, and keeps them."""

ANSWERS = {
    "total": """\
import os
def total(X):
    kept = []
    try:
        while True:
            kept.append(os.open('/dev/null', os.O_RDONLY))
    except OSError as error:
        raise ValueError(str(error))
"""
}
SCORES = {"total": 0}
TELLS = "Too many open files"
