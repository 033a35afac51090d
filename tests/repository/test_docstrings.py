"""Every public name says what it does: shapes of arrays, choices of strings, errors that it raises, and its source.

Run as a program, with a folder or more, it prints what is missing there:

    python tests/repository/test_docstrings.py course_utils/probability
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("autograder", "course_utils")
UNITS = sorted(path.name for path in (ROOT / "course_utils").iterdir() if (path / "answers.py").is_file())

ARRAY = re.compile(r"\b(np\.ndarray|NDArray|ndarray|Tensor)\b")
SHAPE = re.compile(r"\([\w.*+ -]+,[^()]*\)|\b(scalar|0-d|shape)")
CHOICE = re.compile(r"Literal\[|\"[^\"]+\"|`[A-Z_]{2,}`|\b[A-Z][A-Z_]{2,}\b|one of")
SOURCE = re.compile(r"\b(CIS5190|CS7150|CS7643|HPML|PyTorch-intro)|\(\d{4}\)|slides?\b", re.IGNORECASE)
Public = tuple[str, ast.FunctionDef | ast.ClassDef, str]


def public(tree: ast.Module, text: str) -> Iterator[Public]:
    """Yield (name, node, docstring) of the public functions, classes and methods of a module."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node.name, node, ast.get_docstring(node) or ""
            for member in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(member, ast.FunctionDef) and not member.name.startswith("_"):
                    yield f"{node.name}.{member.name}", member, ast.get_docstring(member) or ""


def missing(name: str, node: ast.FunctionDef | ast.ClassDef, doc: str) -> Iterator[str]:
    """Yield what the docstring of a public name leaves out."""
    if not doc:
        yield "no docstring"
        return
    if isinstance(node, ast.ClassDef):
        return
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    types = [ast.unparse(argument.annotation) for argument in arguments if argument.annotation]
    types += [ast.unparse(node.returns)] if node.returns else []
    if any(ARRAY.search(kind) for kind in types) and not SHAPE.search(doc):
        yield "no shape of its arrays"
    if raises(node) and "Raise" not in doc:
        yield f"raises {', '.join(sorted(raises(node)))} and does not say so"
    for argument in arguments:
        if argument.annotation and ast.unparse(argument.annotation) == "str" and is_a_choice(node, argument.arg):
            about = re.search(rf"\b{argument.arg}\b", doc)
            if not (about and CHOICE.search(doc)):
                yield f"the choices of {argument.arg} are not said"


def raises(node: ast.FunctionDef) -> set[str]:
    """Return the names of the errors that the body of a function raises itself."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Raise) and part.exc is not None:
            raised = part.exc.func if isinstance(part.exc, ast.Call) else part.exc
            name = raised.id if isinstance(raised, ast.Name) else getattr(raised, "attr", "")
            if name[:1].isupper() and name not in ("NotImplementedError", "SystemExit", "StopIteration"):
                found.add(name)
    return found


def is_a_choice(node: ast.FunctionDef, argument: str) -> bool:
    """Say whether the body compares an argument with a constant or looks it up in a table."""
    for part in ast.walk(node):
        match part:
            case ast.Compare(left=ast.Name(id=name), comparators=[ast.Constant(value=str()) | ast.Name(), *_]) if (
                name == argument
            ):
                return True
            case ast.Subscript(value=ast.Name(id=table), slice=ast.Name(id=name)) if (
                name == argument and table.isupper()
            ):
                return True
    return False


def gaps(path: Path) -> Iterator[str]:
    """Yield a line for each thing that a module does not say."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    shown = path.relative_to(ROOT)
    if not ast.get_docstring(tree):
        yield f"{shown}: no docstring"
    for name, node, doc in public(tree, text):
        yield from (f"{shown}:{node.lineno}: {name}: {what}" for what in missing(name, node, doc))
    if shown.parts[0] == "course_utils" and shown.parts[1] in UNITS and path.name not in ("__init__.py", "answers.py"):
        about = ast.get_docstring(tree) or ""
        if not SOURCE.search(about) and not all(SOURCE.search(doc) for _, _, doc in public(tree, text)):
            yield f"{shown}: no source, of the module or of each of its public names"


MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "files" not in path.parts)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_public_name_says_what_its_reader_needs(path):
    assert list(gaps(path)) == []


PLANTED = {
    "no docstring": "def f(x: int) -> int:\n    return x\n",
    "no shape of its arrays": 'def f(x: np.ndarray) -> int:\n    """Return the sum of x."""\n    return 0\n',
    "raises ValueError and does not say so": 'def f(x: int) -> int:\n    """Return x."""\n    raise ValueError("x")\n',
    "the choices of kind are not said": (
        'def f(kind: str) -> int:\n    """Return what kind needs."""\n    return 1 if kind == "mean" else 0\n'
    ),
}


@pytest.mark.parametrize(("gap", "source"), PLANTED.items(), ids=PLANTED)
def test_a_planted_gap_is_found(gap, source):
    ((name, node, doc),) = public(ast.parse(source), source)
    assert list(missing(name, node, doc)) == [gap]


if __name__ == "__main__":
    for folder in map(Path, sys.argv[1:]):
        for module in sorted(folder.resolve().rglob("*.py")):
            print(*gaps(module), sep="\n", end="\n" if list(gaps(module)) else "")
