"""The secret seed of a submission: the checks draw their inputs from it, so nobody can answer for known inputs."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from autograder.errors import CourseError

FILE = ".course_secret"

# A new secret has so many bytes, written as twice as many hexadecimal digits.
SECRET_BYTES = 32

# A seed is an int64 above 0, which numpy and torch both take.
SEED_BITS = 63


def course_secret(root: Path) -> bytes:
    """Return the secret of the course in `root`. It is made once, and only its owner can read it.

    Raises CourseError if the file holds no secret.
    """
    path = root / FILE
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        secret = path.read_bytes().strip()
        if len(secret) < SECRET_BYTES:
            raise CourseError(f"{path} holds no secret; remove it, and the next run makes a new one.") from None
        return secret
    secret = secrets.token_hex(SECRET_BYTES).encode()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret + b"\n")
    return secret


def submission_seed(secret: bytes, student: str, assignment: str) -> int:
    """Return the seed of a student's submission: a keyed hash of the two names, so it is the same at each grading."""
    name = f"{len(student)}:{student}/{assignment}".encode()
    return int.from_bytes(hmac.new(secret, name, hashlib.sha256).digest()[:8], "big") >> (64 - SEED_BITS)
