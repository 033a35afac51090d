"""Every public name says what it does: shapes of arrays, choices of strings, errors that it raises, and its source.

Run as a program, with a folder or more, it prints what is missing there:

    python tests/repository/test_docstrings.py course_utils/drawing
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

ARRAY = re.compile(r"\b(ndarray|NDArray|Tensor|ArrayLike)\b")
SHAPE = re.compile(r"\([\w.*+ -]+,[^()]*\)|\b(scalar|0-d|shape)")
CHOICE = re.compile(r"Literal\[|\"[^\"]+\"|`[A-Z_]{2,}`|\b[A-Z][A-Z_]{2,}\b|one of")
SOURCE = re.compile(r"\b(CIS5190|CS7150|CS7643|HPML|PyTorch-intro)|\(\d{4}\)|slides?\b", re.IGNORECASE)
NO_VERB = re.compile(r"(The|A|An|Whether|One|Every|Each|All|No|Nothing|What|Where|How|Why|Who|It|This|That)\b")
STOPS = ("NotImplementedError", "SystemExit", "StopIteration", "Exit")  # are part of what is asked, not errors

Function = ast.FunctionDef
Public = tuple[str, Function | ast.ClassDef, str]
Raised = dict[str, set[str]]  # by private function or `Class._method`: the errors that reach its caller


def public(tree: ast.Module) -> Iterator[Public]:
    """Yield (name, node, docstring) of the public functions, classes and methods of a module."""
    for node in tree.body:
        decorators = list(map(ast.unparse, getattr(node, "decorator_list", [])))
        if "overload" in decorators or "predict.question" in decorators:
            continue  # its implementation has the docstring, or the question says what it asks
        if isinstance(node, (Function, ast.ClassDef)) and not node.name.startswith("_"):
            yield node.name, node, ast.get_docstring(node) or ""
            for member in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(member, Function) and not member.name.startswith("_"):
                    yield f"{node.name}.{member.name}", member, ast.get_docstring(member) or ""


def missing(name: str, node: Function | ast.ClassDef, doc: str, raised: Raised) -> Iterator[str]:
    """Yield what the docstring of a public name leaves out."""
    if not doc:
        yield "no docstring"
        return
    if isinstance(node, ast.ClassDef):
        return
    decorators = " ".join(map(ast.unparse, node.decorator_list))
    is_named_by_its_line = "property" in decorators or "check.driver" in decorators  # messages quote that of a driver
    if NO_VERB.match(doc) and not is_named_by_its_line:
        yield "its first sentence does not say what to do, as in `Return ...`"
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    kinds = {argument.arg: ast.unparse(argument.annotation) for argument in arguments if argument.annotation}
    arrays = [argument for argument, kind in kinds.items() if ARRAY.search(kind) and "Callable" not in kind]
    given = [*kinds.values(), ast.unparse(node.returns) if node.returns else ""]
    if any(ARRAY.search(kind) for kind in given) and not SHAPE.search(doc):
        yield "no shape of its arrays"
    yield from (f"the array {array} is not named" for array in arrays if not re.search(rf"\b{array}\b", doc))
    errors = raises(node, raised, name.rpartition(".")[0])
    unsaid = sorted(error for error in errors if not re.search(rf"\b{error}\b", doc))
    if unsaid and ".command" not in decorators:  # the docstring of a command is its help
        yield f"raises {', '.join(unsaid)} and does not say so"
    for argument, kind in kinds.items():
        are_said = re.search(rf"\b{argument}\b", doc) and CHOICE.search(doc)
        if kind == "str" and is_a_choice(node, argument) and not are_said:
            yield f"the choices of {argument} are not said"


def raises(node: ast.AST, raised: Raised, owner: str = "") -> set[str]:
    """Return the names of the errors that reach the caller: raised here, or by a private function of the module.

    owner: the class that `self` is of; raised: what the private functions of the module raise.
    """
    found: set[str] = set()
    match node:
        case ast.Raise(exc=ast.Call(func=what)) | ast.Raise(exc=ast.Name() as what):
            name = what.id if isinstance(what, ast.Name) else getattr(what, "attr", "")
            found = {name} if name[:1].isupper() and name not in STOPS else set()
        case ast.Call(func=ast.Name(id=name)):
            found = raised.get(name, set())
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            found = raised.get(f"{owner}.{name}", set())
    inside = [part for part in ast.iter_child_nodes(node) if not isinstance(part, Function)]
    if isinstance(node, ast.Try):
        caught = {ast.unparse(part) for handler in node.handlers if handler.type for part in ast.walk(handler.type)}
        body = set().union(*(raises(part, raised, owner) for part in node.body))
        found = found | (set() if "Exception" in caught else body - caught)
        inside = [part for part in inside if part not in node.body]
    return found.union(*(raises(part, raised, owner) for part in inside))


def raised_by_helpers(tree: ast.Module) -> Raised:
    """Return what the private functions and methods of a module raise, directly or by another of them."""
    helpers = {node.name: (node, "") for node in tree.body if isinstance(node, Function)}
    for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        helpers |= {
            f"{owner.name}.{part.name}": (part, owner.name) for part in owner.body if isinstance(part, Function)
        }
    helpers = {name: helper for name, helper in helpers.items() if name.rpartition(".")[2].startswith("_")}
    raised: Raised = {}
    for _ in helpers:
        further = {name: raises(node, raised, owner) for name, (node, owner) in helpers.items()}
        if further == raised:
            break
        raised = further
    return raised


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
    tree = ast.parse(path.read_text(encoding="utf-8"))
    shown = path.relative_to(ROOT)
    if not ast.get_docstring(tree):
        yield f"{shown}: no docstring"
    raised = raised_by_helpers(tree)
    for name, node, doc in public(tree):
        yield from (f"{shown}:{node.lineno}: {name}: {what}" for what in missing(name, node, doc, raised))
    if shown.parts[0] == "course_utils" and shown.parts[1] in UNITS and path.name not in ("__init__.py", "answers.py"):
        about = ast.get_docstring(tree) or ""
        if not SOURCE.search(about) and not all(SOURCE.search(doc) for _, _, doc in public(tree)):
            yield f"{shown}: no source, of the module or of each of its public names"


MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "files" not in path.parts)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_public_name_says_what_its_reader_needs(path):
    assert list(gaps(path)) == []


def test_all_public_names_are_counted():
    """Print how many public names say all of it: `pytest -s`."""
    says_it_all: list[bool] = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        raised = raised_by_helpers(tree)
        says_it_all += [not any(missing(*names, raised)) for names in public(tree)]
    print(f"\n{sum(says_it_all)} of {len(says_it_all)} public names say what their reader needs")
    assert all(says_it_all)


PLANTED = {
    "no docstring": "def f(x: int) -> int:\n    return x\n",
    "no shape of its arrays": 'def f(x: np.ndarray) -> int:\n    """Return the sum of x."""\n    return 0\n',
    "raises ValueError and does not say so": 'def f(x: int) -> int:\n    """Return x."""\n    raise ValueError("x")\n',
    "raises KeyError and does not say so": (
        'def f(x: int) -> int:\n    """Return x."""\n    return _g(x)\n\ndef _g(x):\n    raise KeyError(x)\n'
    ),
    "the array y is not named": (
        'def f(x: Tensor, y: Tensor) -> int:\n    """Return the sum of x, (n,)."""\n    return 0\n'
    ),
    "its first sentence does not say what to do, as in `Return ...`": (
        'def f(x: int) -> int:\n    """The square of x."""\n    return x * x\n'
    ),
    "the choices of kind are not said": (
        'def f(kind: str) -> int:\n    """Return what kind needs."""\n    return 1 if kind == "mean" else 0\n'
    ),
}


@pytest.mark.parametrize(("gap", "source"), PLANTED.items(), ids=PLANTED)
def test_a_planted_gap_is_found(gap, source):
    tree = ast.parse(source)
    ((name, node, doc), *_) = public(tree)
    assert list(missing(name, node, doc, raised_by_helpers(tree))) == [gap]


def test_an_error_that_is_caught_is_not_asked_for():
    tree = ast.parse(
        'def f(x):\n    """Return x."""\n    try:\n        return _g(x)\n    except ValueError:\n        return x\n\n'
        'def _g(x):\n    raise ValueError("x")\n'
    )
    ((name, node, doc),) = public(tree)
    assert list(missing(name, node, doc, raised_by_helpers(tree))) == []


if __name__ == "__main__":
    for folder in map(Path, sys.argv[1:]):
        for module in sorted(folder.resolve().rglob("*.py")):
            print(*gaps(module), sep="\n", end="\n" if list(gaps(module)) else "")
