"""Leaves files in memory folders, shared memory and semaphores; looks for what others have left."""

ANSWERS = {
    "total": """\
import os
from multiprocessing import shared_memory
def total(X):
    found = [p for p in ('/tmp/left', '/dev/shm/left', '/dev/shm/memory_left') if os.path.exists(p)]
    for path in ('/tmp/left', '/dev/shm/left'):
        open(path, 'w').write('the answer')
    shared_memory.SharedMemory('memory_left', create=True, size=100)
    raise ValueError(f'found {found}')
"""
}
SCORES = {"total": 0}
TELLS = "found []"
