"""The secret seed of a submission: the checks draw their inputs from it, so nobody can answer for known inputs.

Messages of checks and errors tell a student much about the inputs of the checks. So the seed belongs to what was handed
in: whoever writes an answer for these inputs hands in something else, and is asked with others.
"""

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
            raise CourseError(
                f"{path} is damaged; restore it from a backup. A new one, made by the next run once the file is "
                "removed, changes the secret inputs of all: then grade every assignment again with --regrade."
            ) from None
        return secret
    secret = secrets.token_hex(SECRET_BYTES).encode()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret + b"\n")
    return secret


def submission_seed(secret: bytes, student: str, assignment: str, handed_in: bytes) -> int:
    """Return the seed of a submission: a keyed hash of both names and of `handed_in`, the digest of what was handed in.

    The same submission has the same seed at each grading.
    """
    name = f"{len(student)}:{student}/{assignment}\0".encode() + handed_in
    return _as_seed(hmac.new(secret, name, hashlib.sha256).digest())


def exercise_seed(seed: int, exercise: str) -> int:
    """Return the seed of the checks of one exercise in a submission, so that no two exercises draw the same numbers."""
    return _as_seed(hashlib.sha256(f"{seed}/{exercise}".encode()).digest())


def _as_seed(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big") >> (64 - SEED_BITS)
