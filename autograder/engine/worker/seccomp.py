"""Drop privileges for good before a line of a student's runs: capabilities, and system calls that lead to new ones.

In its own user namespace a worker begins with every capability. With them it could take down the mounts that hide the
other processes, and a namespace of its own making would give them back. So the capabilities are dropped, and a filter
(seccomp) refuses the calls that make namespaces, mount, trace other processes or reach rarely used kernel code. It also
refuses to make memory that belongs to no process (files without a name, segments and queues of System V), because the
limit on the memory of a submission would not see it. Shared memory has files in /dev/shm, whose size is limited.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

# From the kernel's headers linux/prctl.h, linux/seccomp.h and linux/capability.h.
PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 24, 38, 2
LAST_CAPABILITY = 63
CAPABILITY_VERSION_3 = 0x20080522
CLONE_NEW_ANY = 0x7E020000  # every flag of clone that makes a namespace
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
COLUMN = {"x86_64": 0, "aarch64": 1}
CLONE, CLONE3 = (56, 220), (435, 435)

# Numbers of system calls on x86_64 and aarch64, from the kernel's tables.
FORBIDDEN = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
}

# Instructions of the filter, what it returns, and where it finds things in struct seccomp_data.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def drop_privileges() -> None:
    """Drop all capabilities and install the filter; both last for this process and for all that it starts.

    Raises OSError where the kernel refuses. On machines other than x86_64 and aarch64 there is no filter.
    """
    for capability in range(LAST_CAPABILITY + 1):
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # refused for those that the kernel does not have
    _must(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _must(_libc.capset(struct.pack("Ii", CAPABILITY_VERSION_3, 0), bytes(24)))
    machine = platform.machine()
    if machine in ARCHITECTURES:
        code = _filter(machine)
        program = _Program(len(code) // 8, code)
        _must(_libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0))


def _filter(machine: str) -> bytes:
    """Return the filter as the kernel's instructions (code, jump if true, jump if false, value)."""
    column = COLUMN[machine]
    refused, missing = _ERROR | errno.EPERM, _ERROR | errno.ENOSYS
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        *((_EQUAL, 1, 0, ARCHITECTURES[machine]), (_RETURN, 0, 0, _KILL)),
        (_LOAD, 0, 0, _NUMBER),
        *((_AT_LEAST, 0, 1, 0x40000000), (_RETURN, 0, 0, refused)),  # the second set of numbers that x86_64 has
        *((_EQUAL, 0, 1, CLONE3[column]), (_RETURN, 0, 0, missing)),  # libraries then use clone, which can be looked at
    ]
    for numbers in FORBIDDEN.values():
        code += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, refused)]
    code += [
        *((_EQUAL, 0, 3, CLONE[column]), (_LOAD, 0, 0, _FIRST_ARGUMENT)),
        *((_ANY_BIT, 0, 1, CLONE_NEW_ANY), (_RETURN, 0, 0, refused)),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)


def _must(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{errno.errorcode.get(number, number)} while a worker dropped its privileges")
