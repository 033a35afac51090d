"""A git branch of student kits: a separate history, in which each commit contains a kit and nothing else."""

from __future__ import annotations

import io
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.authoring.passages import marks
from autograder.errors import CourseError
from autograder.sentences import first_line
from autograder.student_kit.audit import is_out_of_place

# The author of all commits of kits, by which they are recognized. Students see no person's name.
WHO = "Deep learning course"
MAIL = "course@deep-learning.invalid"


def write_branch(root: Path, name: str, kit: Mapping[str, bytes]) -> str:
    """Commit `kit` to the branch `name` of the repository of `root`, on top of the kits before it.

    Students who have an earlier kit can merge it, as nbgitpuller does. In a clone that has no such branch, or an older
    one, the kit follows the last that was fetched from the remote repository. Neither the working tree nor the index
    changes.
    Returns what was done, in a few words. Raises CourseError if there is no repository, if the branch has commits that
    are not kits, if the remote repository has kits that do not lead to those here, or if it is checked out somewhere.
    """
    if _git(root, "rev-parse", "--git-dir").returncode:
        raise CourseError(f"{root} is not in a git repository, so it has no branch {name}; leave --branch out.")
    if _git(root, "check-ref-format", f"refs/heads/{name}").returncode:
        raise CourseError(f"{name} is not a valid name of a branch; choose another, for example `students`.")
    ref = f"refs/heads/{name}"
    here = _commit_of(root, ref)
    tip = _last_kit(root, name, here)
    if tip:
        _refuse_other_branches(root, name, tip)
        if tip == here and read_branch(root, ref) == kit:
            return "is as it was"
    if f"branch {ref}" in _must(root, "worktree", "list", "--porcelain").decode().splitlines():
        raise CourseError(f"the branch {name} is checked out in a folder; switch that to another branch first.")
    stream = b"".join(_commit(ref, tip, kit))
    done = _git(root, "fast-import", "--quiet", "--date-format=raw", given=stream)
    if done.returncode:
        raise CourseError(f"git cannot write the branch {name} ({_reason(done)}); try again.")
    return f"{'one more kit' if tip else 'the first kit'}, {len(kit)} files"


def _last_kit(root: Path, name: str, here: str) -> str:
    """Return the commit that the next kit follows: `here`, or what a remote has on top of it; empty if none."""
    remotes = _must(root, "remote").decode().split()
    tip = here
    for remote in sorted(remotes, key=lambda remote: remote != "origin"):
        there = _commit_of(root, f"refs/remotes/{remote}/{name}")
        if not there or (tip and _leads_to(root, there, tip)):
            continue
        if tip and not _leads_to(root, tip, there):
            raise CourseError(
                f"the branch {name} here and {remote}/{name} have gone different ways, and students have that of "
                f"{remote}; delete the one here (`git branch -D {name}`), then make the kit again."
            )
        tip = there
    return tip


def _commit_of(root: Path, ref: str) -> str:
    return _git(root, "rev-parse", "--verify", "--quiet", ref).stdout.decode().strip()


def _leads_to(root: Path, earlier: str, later: str) -> bool:
    return _git(root, "merge-base", "--is-ancestor", earlier, later).returncode == 0


def read_branch(root: Path, ref: str) -> dict[str, bytes]:
    """Return the files of the last kit on `ref`. Raises CourseError if git fails."""
    archive = _must(root, "archive", "--format=tar", ref)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        return {member.name: content.read() for member in files if (content := files.extractfile(member))}


def history_problems(root: Path, ref: str) -> list[str]:
    """Return one sentence for each thing in the whole history of `ref` that does not belong into a kit.

    Raises CourseError if git fails.
    """
    found = []
    for line in _must(root, "log", "--format=%h%x09%an <%ae>%x09%cn <%ce>", ref).decode().splitlines():
        commit, *people = line.split("\t")
        found += [f"the commit {commit} is by {who}." for who in dict.fromkeys(people) if who != f"{WHO} <{MAIL}>"]
    names = _must(root, "log", "-z", "--name-only", "--no-renames", "--format=", ref).decode().split("\0")
    found += [f"{name} is in the history." for name in sorted(set(names)) if name and is_out_of_place(name)]
    commits = _must(root, "rev-list", ref).decode().split()
    patterns = [word for mark in marks() for word in ("-e", mark)]
    holds = _git(root, "grep", "--name-only", "--fixed-strings", *patterns, *commits).stdout.decode()
    return found + [f"{name} in the history contains a delimiter of nbgrader." for name in holds.splitlines()]


def _refuse_other_branches(root: Path, name: str, ref: str) -> None:
    if found := history_problems(root, ref):
        raise CourseError(f"{name} is not a branch of kits: {found[0]} Name another branch, for example `students`.")


def _commit(ref: str, tip: str, kit: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield the commit as `git fast-import` reads it. Without a `tip` it has no parent."""
    message = b"The course, as students get it\n"
    yield f"commit {ref}\ncommitter {WHO} <{MAIL}> {int(time.time())} +0000\n".encode()
    yield b"data %d\n%s" % (len(message), message)
    yield f"from {tip}\n".encode() if tip else b""
    yield b"deleteall\n"
    for name, content in kit.items():
        yield f"M 100644 inline {name}\n".encode() + b"data %d\n" % len(content) + content + b"\n"


def _git(root: Path, *words: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *words], cwd=root, input=given, capture_output=True, check=False)
    except FileNotFoundError:
        raise CourseError("git is not installed; install it, or leave --branch out.") from None


def _must(root: Path, *words: str) -> bytes:
    done = _git(root, *words)
    if done.returncode:
        raise CourseError(f"git {words[0]} says: {_reason(done)}; fix that, then try again.")
    return done.stdout


def _reason(failed: subprocess.CompletedProcess[bytes]) -> str:
    return first_line(failed.stderr.decode(errors="replace"))
