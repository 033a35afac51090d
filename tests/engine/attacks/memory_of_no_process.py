"""Takes memory that belongs to no process: files without a name, and a segment of System V."""

ANSWERS = {
    "total": """\
import ctypes, errno, os
def total(X):
    said = []
    try:
        os.close(os.memfd_create("mine"))
    except OSError as error:
        said.append(errno.errorcode[error.errno])
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.shmget(0, 1 << 20, 0o1600) < 0:
        said.append(errno.errorcode[ctypes.get_errno()])
    raise ValueError(f"refused with {said}")
"""
}
SCORES = {"total": 0}
TELLS = "refused with ['EPERM', 'EPERM']"
