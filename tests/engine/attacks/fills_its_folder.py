"""Fills the scratch folder, by large files and by very many."""

BEFORE = [
    """\
try:
    for folder in ('/tmp', '/dev/shm'):
        with open(folder + '/large', 'wb') as file:
            for _ in range(100):
                file.write(bytes(1 << 20))
except OSError as error:
    print('stopped:', error)
"""
]
ANSWERS = {"total": "def total(X):\n    return 0"}
SCORES = {"total": 0}
TELLS = "stopped:"
