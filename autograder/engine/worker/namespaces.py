"""Linux namespaces: a user who is nobody elsewhere, a root that holds what it is given, no other process, no network.

    python -c "...namespaces.main()" '[["/usr", "/usr"], ...]' PROGRAM ARGUMENT ...

does on a machine without bubblewrap what bubblewrap does: it shows PROGRAM a read-only system that consists of these
paths, each at the place given with it, and of devices, its own /proc, and an empty /tmp.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

# Namespaces of mounts, messages (IPC), users, processes and networks.
ALL = 0x00020000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000

# Flags and numbers of system calls, from the kernel's headers linux/mount.h and linux/prctl.h.
NOSUID, NODEV, NOEXEC, BIND, RECURSIVE, PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000
READ_ONLY = 1
DETACH = 2
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38

DEVICES = ("null", "zero", "full", "random", "urandom")

# Where the old root is while the new one is made.
OLD = "/old"

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Build the sandbox, run a program in it, and end as it ends. It is killed when this process ends."""
    shown, command = json.loads(sys.argv[1]), sys.argv[2:]
    enter_new()
    child = os.fork()
    if child == 0:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        own_root(shown)
        os.chdir("/tmp")
        _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        os.execve(command[0], command, os.environ)
    os.closerange(3, 256)  # or whoever waits for the program to hang up would wait for this process
    _, status = os.waitpid(child, 0)
    sys.exit(status != 0)


def enter_new() -> None:
    """Enter new namespaces as the same user; processes started from now on are the only ones there.

    Raises OSError if the kernel refuses.
    """
    user, group = os.getuid(), os.getgid()
    _must(_libc.unshare(ALL), "make namespaces")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path(f"/proc/self/{name}").write_text(text)


def private_mounts() -> None:
    """Keep the mounts of this process apart from those outside, both ways. Raises OSError if the kernel refuses."""
    _must(_libc.mount(None, b"/", None, RECURSIVE | PRIVATE, None), "make mounts private")


def mount_memory(folder: str, options: str, flags: int = NOSUID | NODEV) -> None:
    """Mount an empty file system in memory over `folder`. Raises OSError if the kernel refuses."""
    _must(_libc.mount(b"tmpfs", folder.encode(), b"tmpfs", flags, options.encode()), f"mount over {folder}")


def own_root(shown: Iterable[tuple[str, str]]) -> None:
    """Replace the root by a read-only one that holds `shown`: (path, its place in the new root).

    Raises OSError if the kernel refuses.
    """
    found = [(os.path.realpath(path), place) for path, place in shown]
    private_mounts()
    mount_memory("/tmp", "size=1m,mode=755")
    Path("/tmp" + OLD).mkdir()
    _must(_libc.syscall(PIVOT_ROOT[platform.machine()], b"/tmp", b"/tmp" + OLD.encode()), "change the root")
    os.chdir("/")
    for path, place in found:
        _show(path, place, READ_ONLY | NOSUID | NODEV)
    _devices()
    for folder in ("/proc", "/tmp"):
        Path(folder).mkdir()
    _must(_libc.mount(b"proc", b"/proc", b"proc", NOSUID | NODEV | NOEXEC, None), "mount /proc")
    mount_memory("/tmp", "mode=755")
    _must(_libc.umount2(OLD.encode(), DETACH), "leave the old root")
    Path(OLD).rmdir()
    _set_flags("/", READ_ONLY | NOSUID, 0)


def _devices() -> None:
    """Make /dev: devices that take and give bytes, terminals of its own, and a folder for shared memory."""
    for name in DEVICES:
        _show(f"/dev/{name}", f"/dev/{name}", READ_ONLY | NOSUID)  # a device takes what is written all the same
    for folder in ("/dev/pts", "/dev/shm"):
        Path(folder).mkdir()
    options = b"newinstance,ptmxmode=0666,mode=620"
    _must(_libc.mount(b"devpts", b"/dev/pts", b"devpts", NOSUID | NOEXEC, options), "mount /dev/pts")
    for name, place in (("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        Path(f"/dev/{name}").symlink_to(place)


def _show(path: str, place: str, flags: int) -> None:
    """Bind what the old root has at `path`, with all that is mounted in it, to `place`."""
    target = Path(place)
    if Path(OLD + path).is_dir():
        target.mkdir(parents=True, exist_ok=True)
    elif not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    source = (OLD + path).encode()
    _must(_libc.mount(source, place.encode(), None, BIND | RECURSIVE, None), f"show {path}")
    _set_flags(place, flags, AT_RECURSIVE)


def _set_flags(place: str, flags: int, how: int) -> None:
    """Set flags of a mount, or with AT_RECURSIVE of all mounts in it, which `mount` itself cannot do."""
    wanted = struct.pack("QQQQ", flags, 0, 0, 0)
    result = _libc.syscall(MOUNT_SETATTR, AT_FDCWD, place.encode(), how, wanted, ctypes.c_size_t(len(wanted)))
    _must(result, f"make {place} read-only")


def _must(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"the kernel would not {what}: {os.strerror(number)}")
