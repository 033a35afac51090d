"""Notes of proofs: a slow test that passed on the very same contents need not run again on one's own machine.

A test with the marker `proof` is a proof. The marker names what the test depends on besides the code that its module
imports: files of the course, `{unit}` standing for the unit in the test's name, and modules that it runs by their name.

    @pytest.mark.proof("source/{unit}", "answers/{unit}.py", modules=["autograder.cli"])

When the test itself has passed, and only then, a digest of all that it depends on is noted in pytest's cache, outside
git. Each test has a note of its own, so a run of some of the tests notes nothing about the others. The notes are read
only where a developer asks for it, with COURSE_PROOFS=kept (`make test PROOFS=kept`), and never where CI=true.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import platform
import re
import sys
from collections.abc import Generator, Iterable, Iterator
from functools import cache
from importlib import metadata, util
from pathlib import Path

import grimp
import pytest
from threadpoolctl import threadpool_info

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("autograder", "course_utils", "support")
UNIT = re.compile(r"(?<!\d)\d\d_[a-z_]+")
CHOICES = ("", "kept", "all")
# What every proof depends on.
ALWAYS = (ROOT / "tests" / "conftest.py", ROOT / "pyproject.toml", ROOT / "nbgrader_config.py")
# A package that starts the modules of another one by their names, which no import shows.
RUN_BY_NAME = {"autograder.engine": "autograder.engine.worker"}

MADE_OF, PASSED = pytest.StashKey[str](), pytest.StashKey[set[str]]()


def choice() -> str:
    """Return what COURSE_PROOFS says: "" (run all proofs), "kept" (not those with a note), "all" (none on a sample)."""
    chosen = os.environ.get("COURSE_PROOFS", "")
    if chosen not in CHOICES:
        raise pytest.UsageError(f"COURSE_PROOFS={chosen} is unknown; it may be `kept`, `all`, or not set.")
    return chosen


def is_gate() -> bool:
    """Say whether this is the gate, which takes nothing on trust."""
    return os.environ.get("CI", "").lower() in ("true", "1")


# --- hooks of pytest; tests/conftest.py names this module as a plugin


def pytest_configure(config: pytest.Config) -> None:
    choice()
    config.addinivalue_line("markers", "proof(*files, modules=(), whole=True): a slow test of which a note is kept")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a proof that has a note, where notes are asked for."""
    marker = item.get_closest_marker("proof")
    if marker is None or is_gate() or not marker.kwargs.get("whole", True):
        return
    item.stash[MADE_OF] = digest(item.path, files_of(item), marker.kwargs.get("modules", ()))
    if choice() == "kept" and _cache(item).get(_key(item), None) == item.stash[MADE_OF]:
        pytest.skip("passed before on the very same contents; without COURSE_PROOFS=kept it runs again")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note a proof when its test has passed: setup, call and teardown."""
    report = yield
    if MADE_OF in item.stash:
        passed = item.stash.setdefault(PASSED, set())
        passed |= {report.when} if report.passed else set()
        if passed == {"setup", "call", "teardown"}:
            _cache(item).set(_key(item), item.stash[MADE_OF])
    return report


def _cache(item: pytest.Item) -> pytest.Cache:
    assert item.config.cache is not None  # pytest's own plugin makes it
    return item.config.cache


def _key(item: pytest.Item) -> str:
    return f"proofs/{hashlib.sha256(item.nodeid.encode()).hexdigest()[:20]}"


# --- what a proof depends on


def files_of(item: pytest.Item) -> list[Path]:
    """Return the files and folders that the marker of a proof names, below the folder that pytest was started in."""
    unit = UNIT.search(item.name)
    names = [name for marker in item.iter_markers("proof") for name in marker.args]
    return [item.config.rootpath / name.format(unit=unit[0] if unit else "") for name in names]


def digest(test: Path, files: Iterable[Path], modules: Iterable[str] = ()) -> str:
    """Return a digest of all that the proof in the module `test` depends on, as 32 hexadecimal digits."""
    made = hashlib.sha256(circumstances().encode())
    for file in sorted(depends_on(test, files, modules)):
        made.update(f"\0{os.path.relpath(file, ROOT)}\0".encode() + file.read_bytes())
    return made.hexdigest()[:32]


def depends_on(test: Path, files: Iterable[Path], modules: Iterable[str] = ()) -> set[Path]:
    """Return the test's module, `files` and all below them, and the modules that these import, directly or not."""
    found = {file for path in (*ALWAYS, *files) for file in _files(path)} | {test}
    imported = {name for file in found if file.suffix in (".py", ".ipynb") for name in _imports(file)}
    return found | {path for name in closure({*modules, *imported, __name__}) for path in _source(name)}


@cache
def circumstances() -> str:
    """Return what a proof depends on besides files: Python and packages as installed, processor, BLAS, isolation."""
    from autograder.engine.isolation import strongest_level
    from autograder.errors import CourseError

    packages = sorted({f"{found.name}=={found.version}" for found in metadata.distributions()})
    blas = [{key: info.get(key) for key in ("internal_api", "version", "architecture")} for info in threadpool_info()]
    forced = {name: value for name, value in os.environ.items() if name.startswith(("OPENBLAS", "OMP", "MKL"))}
    try:
        isolation = str(strongest_level())
    except CourseError:
        isolation = "none"
    return repr((sys.version, _processor(), sorted(map(repr, blas)), sorted(forced.items()), isolation, packages))


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text(errors="replace") if cpuinfo.is_file() else ""
    model = re.search(r"model name\s*:\s*(.*)", text)
    return f"{platform.machine()} {model[1] if model else platform.processor()}"


@cache
def graph() -> grimp.ImportGraph:
    """Return which module of the course and of the tests' helpers imports which."""
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def closure(names: Iterable[str]) -> set[str]:
    """Return the modules of PACKAGES among `names`, what they import in turn, and the packages that they are in."""
    waiting, found = {known for name in names for known in _known(name)}, set[str]()
    while waiting:
        found |= waiting
        reached = set[str]().union(*(graph().find_upstream_modules(name) for name in waiting))
        waiting = {known for name in reached | waiting for known in _known(name)} - found
    return found


def _known(name: str) -> Iterator[str]:
    """Yield the module `name`, where it is one of ours, its packages, and what these start by its name."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        module = ".".join(parts[:length])
        if module in graph().modules:
            yield module
            if module in RUN_BY_NAME:
                yield from graph().find_descendants(RUN_BY_NAME[module])


def _source(name: str) -> list[Path]:
    """Return the file of a module, and the files other than Python beside it: templates, data."""
    spec = util.find_spec(name)
    if spec is None or spec.origin is None:
        return []
    path = Path(spec.origin)
    return [path, *(file for file in path.parent.iterdir() if file.is_file() and file.suffix != ".py")]


@cache
def _imports(path: Path) -> frozenset[str]:
    """Return the names that a module or a notebook imports, anywhere in it."""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    else:
        sources = [path.read_text(encoding="utf-8")]
    return frozenset(name for source in sources for name in _imported(source))


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    else:
        yield path
