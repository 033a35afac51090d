"""The secret seed of a submission: the checks draw their inputs from it, so nobody can answer for known inputs."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from autograder.errors import CourseError

FILE = ".course_secret"
SEED_BITS = 63


def course_secret(root: Path) -> bytes:
    """Return the secret of the course in `root`; made once, readable by its owner alone.

    Raises CourseError where the file holds no secret.
    """
    path = root / FILE
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        secret = path.read_bytes().strip()
        if len(secret) < 32:
            raise CourseError(f"{path} holds no secret; remove it, and a new one is made.") from None
        return secret
    secret = secrets.token_hex(32).encode()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret + b"\n")
    return secret


def submission_seed(secret: bytes, student: str, assignment: str) -> int:
    """Return the seed of a student's submission: a keyed hash, the same one each time it is graded."""
    name = f"{len(student)}:{student}/{assignment}".encode()
    return int.from_bytes(hmac.new(secret, name, hashlib.sha256).digest()[:8], "big") >> (64 - SEED_BITS)
