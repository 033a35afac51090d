"""Traces other processes, becomes another user, and reads another process's memory."""

ANSWERS = {
    "total": """\
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def total(X):
    done = [name for name, call in {
        'ptrace': lambda: libc.ptrace(16, 1, 0, 0),
        'setuid': lambda: libc.setuid(1000),
        'setgid': lambda: libc.setgid(1000),
        'read': lambda: libc.process_vm_readv(1, 0, 0, 0, 0, 0),
        'keyctl': lambda: libc.syscall(250, 0, -3, 1),
    }.items() if call() >= 0]
    raise ValueError(f'done {done}')
"""
}
SCORES = {"total": 0}
TELLS = "done []"
