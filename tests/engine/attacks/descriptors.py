"""Lists the open descriptors: its own socket, and nothing but null devices."""

ANSWERS = {
    "total": """\
import os, stat
def total(X):
    kinds = {}
    for number in range(256):
        try:
            about = os.fstat(number)
        except OSError:
            continue
        null = stat.S_ISCHR(about.st_mode) and about.st_rdev == os.makedev(1, 3)
        kind = 'null' if null else 'socket' if stat.S_ISSOCK(about.st_mode) else 'other'
        kinds[kind] = kinds.get(kind, 0) + 1
    raise ValueError(f"sockets {kinds.get('socket')}, others {kinds.get('other', 0)}")
"""
}
SCORES = {"total": 0}
TELLS = "sockets 1, others 0"
