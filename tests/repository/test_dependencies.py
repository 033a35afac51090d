"""pyproject.toml is the one source of truth: the lock, environment.yml and this environment follow from it."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from support.tiny_course import REPOSITORY

from autograder.authoring.conda import environment

PYPROJECT = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
LOCK = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
EXTRAS = ("instructor", "postgresql", "site", "dev")


def required(pyproject: str) -> list[Requirement]:
    """All that pyproject.toml asks for, extras included."""
    project = tomllib.loads(pyproject)["project"]
    assert set(project["optional-dependencies"]) == set(EXTRAS)
    lists = (project["dependencies"], *project["optional-dependencies"].values())
    return [Requirement(text) for texts in lists for text in texts]


def pinned(lock: str) -> dict[str, Version]:
    """The versions in the lock, by name."""
    lines = [line for line in lock.splitlines() if line and not line.lstrip().startswith("#")]
    pins = [re.fullmatch(r"(\S+)==(\S+)", line) for line in lines]
    assert all(pins), f"not a pin: {lines}"
    return {canonicalize_name(pin[1]): Version(pin[2]) for pin in pins if pin}


def not_pinned(pyproject: str, lock: str) -> list[str]:
    """Requirements that the lock lacks or does not satisfy."""
    pins = pinned(lock)
    met = lambda need: (pin := pins.get(canonicalize_name(need.name))) is not None and need.specifier.contains(pin)
    return [str(need) for need in required(pyproject) if not met(need)]


def reachable(pyproject: str) -> set[str]:
    """Names of the packages that pyproject.toml's requirements bring, by what the installed packages say they need."""
    found: set[tuple[str, str]] = set()
    waiting = [(need, {""}) for need in required(pyproject)]
    while waiting:
        need, extras = waiting.pop()
        if need.marker and not any(need.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        for extra in ("", *need.extras):
            key = (canonicalize_name(need.name), extra)
            if key not in found:
                found.add(key)
                texts = metadata.requires(need.name) or [] if _is_installed(need.name) else []
                waiting += [(Requirement(text), {"", extra}) for text in texts]
    return {name for name, _ in found}


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def not_reachable(pyproject: str, lock: str) -> set[str]:
    return set(pinned(lock)) - reachable(pyproject)


def installed_otherwise(lock: str) -> list[str]:
    """Pins that this environment does not have; a local build (torch's `+cpu`) counts as its version."""
    found = {name: Version(metadata.version(name)).public if _is_installed(name) else None for name in pinned(lock)}
    return [f"{name}=={pin}, not {found[name]}" for name, pin in pinned(lock).items() if found[name] != str(pin)]


def without_reason(pyproject: str) -> list[str]:
    """Lines of dependencies without a comment that says what they are for."""
    lines = [line.strip() for line in pyproject.split("[project.scripts]")[0].splitlines()]
    needs = [line for line in lines if re.match(r'"[A-Za-z0-9_.-]+\s*[<>=~!]', line)]
    assert len(needs) >= len(required(pyproject)) - 1  # setuptools is one line more, and stands inside brackets
    return [line for line in needs if not re.search(r'",\s*#\s*\w+', line)]


def test_every_requirement_is_pinned_to_a_version_that_it_admits():
    assert not_pinned(PYPROJECT, LOCK) == []


def test_every_pinned_package_is_there_because_of_pyproject():
    assert not_reachable(PYPROJECT, LOCK) == set()


def test_every_pinned_package_is_installed_in_that_version():
    assert installed_otherwise(LOCK) == []


def test_every_requirement_says_what_it_is_for():
    assert without_reason(PYPROJECT) == []


def test_environment_yml_is_what_the_command_writes():
    assert (REPOSITORY / "environment.yml").read_text(encoding="utf-8") == environment(REPOSITORY)


def test_environment_yml_asks_for_what_pyproject_asks_for():
    content = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))
    python, pip, packages = content["dependencies"]
    project = tomllib.loads(PYPROJECT)["project"]
    assert content["channels"] == ["conda-forge"]
    assert (python, pip) == (f"python{project['requires-python']}", "pip")
    assert packages["pip"][1:-1] == project["dependencies"]
    assert packages["pip"][0].split()[1] == "requirements.lock" and packages["pip"][-1] == "--editable ."


def test_the_places_that_name_the_oldest_python_agree():
    content = tomllib.loads(PYPROJECT)
    oldest = content["project"]["requires-python"].removeprefix(">=")
    assert content["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"
    makefile = (REPOSITORY / "Makefile").read_text()
    assert f"sys.version_info < ({oldest.replace('.', ', ')})" in makefile
    assert f"--python-version {oldest} " in makefile  # or the lock asks for more than an old 3.11 of a system has


# --- planted defects

PLANTED = {
    "a pin that is not admitted": lambda: not_pinned(PYPROJECT, re.sub(r"numpy==\S+", "numpy==1.26.0", LOCK)),
    "a requirement without a pin": lambda: not_pinned(PYPROJECT, re.sub(r"(?m)^scipy==\S+\n", "", LOCK)),
    "a pin that nothing needs": lambda: not_reachable(PYPROJECT, LOCK + "left-pad==1.0\n"),
    "a requirement that is gone": lambda: not_reachable(re.sub(r' *"jupytext.*\n', "", PYPROJECT), LOCK),
    "another version installed": lambda: installed_otherwise(re.sub(r"torch==\S+", "torch==2.12.0", LOCK)),
    "a pin that is not installed": lambda: installed_otherwise(LOCK + "left-pad==1.0\n"),
    "a requirement without a reason": lambda: without_reason(re.sub(r'("scipy.*",).*', r"\1", PYPROJECT)),
}


@pytest.mark.parametrize("look", PLANTED.values(), ids=PLANTED)
def test_a_planted_defect_of_the_dependencies_is_found(look):
    assert look()


def test_environment_yml_follows_when_pyproject_changes(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text(PYPROJECT.replace("torch==2.13.0", "torch==2.99.0"), encoding="utf-8")
    assert "torch==2.99.0" in environment(tmp_path) != environment(REPOSITORY)
