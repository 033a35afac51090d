"""`autograder doctor ASSIGNMENT`: which plain checks run beside the student's code, why, and what to change."""

from __future__ import annotations

import re
from pathlib import Path

from autograder.engine.class_run import ClassRun
from autograder.engine.grade_one import load_unit
from autograder.engine.isolation import chosen_level
from autograder.operations.doctor import Finding
from autograder.paths import require_assignment
from autograder.sentences import counted

# What to change in a check, or its task, by what happened when it ran apart from the answer. The first that fits.
ADVICE = {
    r"^it uses": "do without it in the check, or import it from a library that handles plain data",
    r"no plain data": "have the task ask for plain data, such as a list of pairs and not an object or a set",
    r"name '(In|Out|_\w*|get_ipython|display)'": "do not ask IPython in a check",
    r"^NameError": "import or define that name in the check, or in a cell that is locked",
    r"FileNotFoundError": "have the answer return what it writes to a file",
    r"source code|getsource": "name what an answer must not use in the task, and read it by hand",
    r"SyntaxError": "write the check without magics and commands of the shell",
    r"not plain data|too large|nested": "pass plain data to the answer",
}
OTHERWISE = (
    "ask for returned values: printed text, the state of `random`, global variables and identity of objects stay in "
    "the student's process"
)


def examine(root: Path, assignment: str) -> list[Finding]:
    """Try the masters of an assignment in the course `root`; return what was found about each of its plain checks.

    Raises CourseError where there is no such assignment, or nobody can be graded by it.
    """
    require_assignment(root, assignment)
    unit, found = load_unit(root, assignment, None), list[Finding]()
    with ClassRun(unit, chosen_level(), 1):
        pass
    for master in unit.masters:
        if master.refused:
            found.append(Finding(f"{master.name}.ipynb", False, f"the master {master.refused}"))
            continue
        found += [
            Finding(f"{master.prefix}{name}", False, f"the master {why}") for name, why in master.not_graded.items()
        ]
        for name, why in master.beside.items():
            if master.assignment.exercise_of(name) not in master.not_graded:
                text = f"runs beside the student's code: {why}; to split it, {_advice(why)}"
                found.append(Finding(f"{master.prefix}{name}", True, text))
    checks = [check for master in unit.masters for e in master.assignment.exercises for check in e.checks]
    beside = sum(len(master.beside) for master in unit.masters)
    apart = f"{counted(len(checks) - beside, 'check')} of {len(checks)} run apart from the student's code"
    return [*found, Finding(assignment, True, apart)]


def _advice(why: str) -> str:
    return next((advice for pattern, advice in ADVICE.items() if re.search(pattern, why)), OTHERWISE)
