"""Takes down the mount over /proc, mounts its own, and makes namespaces in which it would be allowed to."""

ANSWERS = {
    "total": """\
import ctypes, glob
libc = ctypes.CDLL(None, use_errno=True)
def total(X):
    done = [name for name, call in {
        'umount': lambda: libc.umount2(b'/proc', 2),
        'umount tmp': lambda: libc.umount2(b'/tmp', 2),
        'mount': lambda: libc.mount(b'proc', b'/tmp', b'proc', 0, None),
        'unshare': lambda: libc.unshare(0x10000000),
        'unshare files': lambda: libc.unshare(0x20000),
        'clone': lambda: libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0),
        'chroot': lambda: libc.chroot(b'/tmp'),
    }.items() if call() >= 0]
    raise ValueError(f'done {done} {glob.glob("/proc/*")}')
"""
}
SCORES = {"total": 0}
TELLS = "done [] []"
