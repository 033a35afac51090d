"""Static checks of a master notebook: they read it without running it.

A check cell runs unchanged in JupyterLab, under `nbgrader autograde` and in the autograder, where the student's code is
in another process. So it may use the student's names in a few ways only, and a driver must be self-contained.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import symtable
from collections.abc import Collection, Iterator

from nbformat import NotebookNode

from autograder.authoring import rules_of_tasks
from autograder.authoring.visible_checks import modules_of_checks, rules_for_modules, too_long
from autograder.notebooks import assignment as exercises
from autograder.notebooks.assignment import SETUP, Assignment, CheckCell, Exercise, cells_of
from autograder.notebooks.catalogue import Catalogue
from autograder.notebooks.format import MAY_RAISE
from autograder.notebooks.kinds import KINDS, TAG
from autograder.notebooks.regions import HIDDEN_TESTS, SOLUTION, Marks, is_unbalanced, student_view
from autograder.notebooks.title import EXAMPLE, read_title
from autograder.sentences import counted
from course_utils import check

TOTAL_POINTS = 50

# What `autograder new-exercise` writes where the author is to write.
TO_WRITE = "TO WRITE:"

# The fewest answers with which the catalogue proves that an exercise is judged rightly.
RIGHT_ANSWERS, WRONG_ANSWERS = 2, 7

# Which argument of `check.call`, ... is the student's function or value.
_STUDENTS_PLACE = {"call": 0, "runs": 0, "read": 0, "raises": 1, "exposes": 2, "catches": 0, "prediction": 0}
_RETURN_NOTHING = {
    name
    for holder in (check, check.Received)
    for name, function in vars(holder).items()
    if inspect.isfunction(function) and inspect.signature(function).return_annotation in (None, "None")
}
_GLOBAL_RANDOMNESS = ("np.random", "numpy.random", "torch.manual_seed")


def violations(notebook: NotebookNode, only: Collection[str] = ()) -> list[str]:
    """Return one sentence for each rule that a master notebook violates.

    only: the names of exercises; then rules for other exercises, and for all together, are left out. Empty: all rules.
    If cells are not Python, only that is returned.
    """
    unreadable = list(_not_python(notebook))
    if unreadable:
        return unreadable
    assignment = exercises.assignment_of(notebook)
    sentences = [*_setup(notebook), *rules_for_modules(assignment.setup)]
    modules = frozenset(modules_of_checks(assignment.setup))
    if not only:
        sentences += [*_names_of_cells(notebook, assignment), *_metadata(notebook), *_points(assignment)]
        sentences += [line for exercise in assignment.exercises for line in _unfinished(exercise, notebook)]
    everyones = {name for exercise in assignment.exercises for name in exercise.names}
    for exercise in assignment.exercises:
        if exercise.name in only or not only:
            sentences += [*_title(exercise), *_kind(exercise), *_answer(exercise), *_hidden(exercise, modules)]
            sentences += rules_of_tasks.violations(exercise, notebook, assignment.setup)
            for cell in exercise.checks:
                sentences += _check_cell(cell, exercise, everyones, modules)
    return sentences


def _points(assignment: Assignment) -> Iterator[str]:
    found = sum(exercise.points for exercise in assignment.exercises)
    if found != TOTAL_POINTS:
        too = "many" if found > TOTAL_POINTS else "few"
        yield (
            f"the points add up to {found:g}; an assignment has {TOTAL_POINTS}, so {abs(found - TOTAL_POINTS):g} are "
            f"too {too}: change the points of checks (`autograder contents` then changes the titles)."
        )


def _unfinished(exercise: Exercise, notebook: NotebookNode) -> Iterator[str]:
    """Find what `autograder new-exercise` left for the author to write."""
    for cell in cells_of(notebook, exercise.name):
        for line in cell.source.split("\n"):
            if TO_WRITE in line:
                left = line[line.index(TO_WRITE) :].rstrip('"')
                yield f"the cell {cell.id} of {exercise.name} still has its line {left}"


def gaps(exercise: Exercise, catalogue: Catalogue, setup: str) -> Iterator[str]:
    """Yield one sentence for each thing that the answers to `exercise` lack. setup: the source of the setup cell."""
    name = exercise.name
    right, wrong = catalogue.right(name), catalogue.wrong(name)
    if len(right) < RIGHT_ANSWERS or len(wrong) < WRONG_ANSWERS:
        yield (
            f"{name} has {counted(len(right), 'right answer')} and {len(wrong)} wrong in the catalogue; it needs "
            f"{RIGHT_ANSWERS} and {WRONG_ANSWERS}."
        )
    for answer in (*right, *wrong):
        if TO_WRITE in answer.source + answer.hint:
            yield f"the answer {answer.name} to {name} in the catalogue still has {TO_WRITE}"
    for answer in wrong:
        if said := rules_of_tasks.broken_by(exercise, setup, answer.source):
            yield (
                f"the usual mistake {answer.name} of {name} would be told the rule of its task and not its hint "
                f"({said}); write it without what is ruled out, or make it a @shortcut."
            )


def _not_python(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for whose, source in (("", cell.source), (" in the release", student_view(cell))):
                try:
                    ast.parse(source)
                except SyntaxError as error:
                    yield f"the cell {cell.id} is not Python{whose}: {error.msg} in line {error.lineno}."
                    break


def _setup(notebook: NotebookNode) -> Iterator[str]:
    named = [exercises.grade_id(cell) for cell in notebook.cells if cell.cell_type == "code"]
    if named[:1] != [SETUP]:
        yield f'the first code cell must be the setup cell, with the grade_id "{SETUP}".'


def _names_of_cells(notebook: NotebookNode, assignment: Assignment) -> Iterator[str]:
    ids = [name for cell in notebook.cells if (name := exercises.grade_id(cell))]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"the grade_id {name} is used {ids.count(name)} times."
    known = {exercise.name for exercise in assignment.exercises}
    for cell in exercises.graded_cells(notebook):
        if exercises.exercise_of(exercises.grade_id(cell)) not in known:
            yield f"the check cell {exercises.grade_id(cell)} belongs to no answer cell; name it <exercise>_check."
    for exercise in assignment.exercises:
        found = [cell.grade_id for cell in exercise.checks]
        expected = [f"{exercise.name}_check"] + [f"{exercise.name}_check_{i}" for i in range(2, len(found) + 1)]
        if len(found) < 2:
            yield f"{exercise.name} has {len(found)} check cells; it needs a visible one and one with hidden tests."
        elif found != expected:
            yield f"{exercise.name} has the check cells {', '.join(found)}; expected {', '.join(expected)}."
        if exercise.name not in exercise.names and len(exercise.names) == 1:
            yield f"{exercise.name} defines {exercise.names[0]}; the grade_id must be the name that it defines."


def _metadata(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if not about:
            continue
        if about.get("schema_version") != 3:
            yield f"the cell {about.get('grade_id')} must have nbgrader's schema_version 3."
        if about.get("locked") == bool(about.get("solution")):
            wrong = "must not be locked: students write in it" if about.get("locked") else "must be locked"
            yield f"the cell {about.get('grade_id')} {wrong}."
        if about.get("grade") and about.get("solution"):
            yield f"the cell {about.get('grade_id')} is answer and check in one; make two cells of it."
        if about.get("grade") and MAY_RAISE not in cell.metadata.get("tags", []):
            yield f"the cell {about.get('grade_id')} needs the tag {MAY_RAISE}, so that Run All goes on where it fails."
        if about.get("grade") and not _are_points(about.get("points")):
            yield f"the cell {about.get('grade_id')} must give points, more than 0."


def _are_points(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < float("inf")


def _title(exercise: Exercise) -> Iterator[str]:
    title = read_title(exercise.title)
    if not title:
        yield f'{exercise.name} has the title "{exercise.title}"; write it as "### {EXAMPLE}".'
    elif title.points != exercise.points:
        yield (
            f"{exercise.name} has {title.points:g} points in its title, and {exercise.points:g} in its checks; "
            "`autograder contents` writes those of the checks into the title."
        )


def _kind(exercise: Exercise) -> Iterator[str]:
    if exercise.kind not in KINDS:
        yield f'{exercise.name} has the tag "{TAG}{exercise.kind}"; the kinds are {", ".join(KINDS)}.'


def _answer(exercise: Exercise) -> Iterator[str]:
    if not _regions(exercise.answer, SOLUTION):
        yield f"{exercise.name} has no region between {SOLUTION.begin} and {SOLUTION.end}."
    for definition in ast.parse(exercise.stub).body:
        if not isinstance(definition, (ast.FunctionDef, ast.ClassDef)):
            continue
        if not ast.get_docstring(definition):
            yield f"{exercise.name}: {definition.name} has no docstring; say shapes, dtypes and the formula."
        if isinstance(definition, ast.FunctionDef) and not _is_annotated(definition):
            yield f"{exercise.name}: {definition.name} needs a type for every argument and for what it returns."


def _is_annotated(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return function.returns is not None and all(argument.annotation is not None for argument in arguments)


def _hidden(exercise: Exercise, modules: Collection[str]) -> Iterator[str]:
    for cell in exercise.checks[:1]:
        if _regions(cell.source, HIDDEN_TESTS):
            yield f"{cell.grade_id} has hidden tests; the first check of an exercise must be visible as a whole."
    for cell in exercise.checks[1:]:
        if _regions(cell.source, HIDDEN_TESTS) != 1:
            yield f"{cell.grade_id} needs one region between {HIDDEN_TESTS.begin} and {HIDDEN_TESTS.end}."
        if not cell.source.startswith("# "):
            yield f"{cell.grade_id} must begin with a comment that says what kinds of cases are hidden."
        touched = {name.id for name in _touched(ast.parse(cell.visible_source), modules)}
        for name in exercise.names:
            if name not in touched:
                yield f"{cell.grade_id}: a visible line must run {name}, so that an untouched stub says so."


def _regions(source: str, marks: Marks) -> int:
    """Return how many regions there are between `marks`; 0 also if the delimiters do not match."""
    return 0 if is_unbalanced(source, marks) else source.count(marks.begin)


def _check_cell(cell: CheckCell, exercise: Exercise, everyones: set[str], modules: Collection[str]) -> list[str]:
    tree = ast.parse(cell.source)
    drivers = exercises.drivers(tree)
    return [
        f"{cell.grade_id}: {sentence}"
        for sentence in (
            *too_long(cell),
            *_touches(tree, drivers, exercise, everyones, modules),
            *(sentence for driver in drivers for sentence in _self_contained(driver, exercise)),
            *_habits(tree, drivers),
            *_leaves_a_value(cell),
        )
    ]


def _touched(tree: ast.AST, modules: Collection[str]) -> Iterator[ast.Name]:
    """Yield the names in the arguments of `check.call` and its like that are the student's own.

    modules: the names of modules of checks; their drivers take the student's functions as arguments.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            place = _STUDENTS_PLACE.get(node.func.attr)
            if ast.unparse(node.func.value) == "check" and place is not None and len(node.args) > place:
                argument = node.args[place]
                if isinstance(argument, ast.Name):
                    yield argument
                elif isinstance(argument, ast.Attribute) and ast.unparse(argument.value) in modules:
                    given = [*node.args[place + 1 :], *(keyword.value for keyword in node.keywords)]
                    yield from (name for value in given for name in _held(value))


def _held(value: ast.expr) -> Iterator[ast.Name]:
    """Yield the names that an argument is, or holds as items of a list, tuple or dict."""
    if isinstance(value, ast.Name):
        yield value
    elif isinstance(value, (ast.List, ast.Tuple)):
        yield from (name for item in value.elts for name in _held(item))
    elif isinstance(value, ast.Dict):
        yield from (name for item in value.values for name in _held(item))


def _touches(
    tree: ast.Module,
    drivers: list[ast.FunctionDef],
    exercise: Exercise,
    everyones: set[str],
    modules: Collection[str],
) -> Iterator[str]:
    inside = {id(node) for driver in drivers for node in ast.walk(driver)}
    allowed = {id(name) for name in _touched(tree, modules)}
    watched = everyones | {driver.name for driver in drivers}
    ways = ", ".join(f"check.{name}" for name in _STUDENTS_PLACE)
    for node in ast.walk(tree):
        name = _bound_name(node)
        if name in everyones:
            yield f"it redefines the student's name {name}."
        elif isinstance(node, ast.Name) and node.id in everyones - set(exercise.names):
            yield f"it uses {node.id}, which belongs to another exercise."
        elif isinstance(node, ast.Name) and node.id in watched and id(node) not in inside | allowed:
            yield f"it uses {node.id} in another way than as the argument of {ways}."


def _bound_name(node: ast.AST) -> str | None:
    """Return the name that a node binds or deletes; None if it does neither."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return node.id
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return node.name
    if isinstance(node, ast.alias):
        return node.asname or node.name
    return node.arg if isinstance(node, ast.arg) else None


def _self_contained(driver: ast.FunctionDef, exercise: Exercise) -> Iterator[str]:
    top = symtable.symtable(ast.unparse(driver), driver.name, "exec")
    allowed = {*vars(builtins), *exercise.names}
    outside = {symbol.get_name() for symbol in top.get_symbols()} - {driver.name, "check"}
    tables = list(top.get_children())
    while tables:
        table = tables.pop()
        tables += table.get_children()
        outside |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    for name in sorted(outside - allowed):
        yield f"the driver {driver.name} uses {name}, which is neither an argument nor imported in it."
    if not ast.get_docstring(driver):
        yield f"the driver {driver.name} has no docstring; messages quote its first line."


def _habits(tree: ast.Module, drivers: list[ast.FunctionDef]) -> Iterator[str]:
    inside = {id(node) for driver in drivers for node in ast.walk(driver)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in ("print", "display"):
            yield f"it uses {node.id}; a check prints nothing unless it fails."
        elif isinstance(node, ast.Attribute) and id(node) not in inside and ast.unparse(node) in _GLOBAL_RANDOMNESS:
            yield f"it uses {ast.unparse(node)}; inputs come from check.rng() and check.generator()."


def _leaves_a_value(cell: CheckCell) -> Iterator[str]:
    for line, source in (("the last line of the release", cell.visible_source), ("the last line", cell.source)):
        body = ast.parse(source).body
        if body and isinstance(body[-1], ast.Expr) and not _returns_nothing(body[-1].value):
            yield f"{line} leaves a value, which nbgrader may take for points; end on a check."


def _returns_nothing(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _RETURN_NOTHING
