"""What a worker shows, what a judge says, what is run of a submission: each part through its own door."""

from __future__ import annotations

import copy
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from support.attacked import MOMENTUM, POINTS, TOTAL, master
from support.tiny_course import nbgrader_metadata

from autograder.engine import isolation
from autograder.engine.isolation import IsolationLevel, level_of, place_in_sandbox, strongest_level
from autograder.engine.judge import Judge
from autograder.engine.outputs import read_outputs
from autograder.engine.plan import plan
from autograder.engine.sandbox import Sandbox
from autograder.engine.seeds import exercise_seed
from autograder.engine.worker import landlock
from autograder.engine.worker.errors import ConnectionClosed
from autograder.errors import CourseError
from autograder.notebooks.assignment import assignment_of, grade_id
from autograder.settings import Limits
from course_utils import check
from course_utils.check import calls
from course_utils.check.seeds import SEED_VARIABLE

needs_bubblewrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
needs_landlock = pytest.mark.skipif(landlock.version() == 0, reason="the kernel has no Landlock")
BOTH = [
    pytest.param(IsolationLevel.BUBBLEWRAP, marks=needs_bubblewrap),
    pytest.param(IsolationLevel.LANDLOCK, marks=needs_landlock),
]
PRELOAD = ["numpy", "torch", "matplotlib.pyplot", "course_utils.check"]
MASTER = master()
ASSIGNMENT = assignment_of(MASTER)
LIMITS = Limits(memory_bytes=256 << 20, scratch_bytes=4 << 20, call_cpu_seconds=2, cell_cpu_seconds=2)
WAIT_SECONDS = 60.0  # for what takes milliseconds on a machine that is not busy


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox(IsolationLevel.BUBBLEWRAP, PRELOAD, LIMITS)
    yield made
    made.close()


@pytest.fixture(scope="module", params=BOTH)
def each_sandbox(request):
    """A sandbox of each isolation level that has one, in turn."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TOKEN_OF_THE_INSTRUCTOR", "secret")
        made = Sandbox(request.param, ["course_utils.check"], LIMITS)
    yield made
    made.close()


@pytest.fixture
def run(sandbox):
    """Run cells in one worker; each call returns the outputs of a cell."""
    yield from _cells(sandbox)


@pytest.fixture
def run_in_each(each_sandbox):
    """As `run`, at each isolation level that has a sandbox."""
    yield from _cells(each_sandbox)


def _cells(sandbox: Sandbox) -> Iterator[Callable[[str], list[nbformat.NotebookNode]]]:
    worker = sandbox.start_worker()
    worker.wait_until_ready()

    def cell(source: str) -> list[nbformat.NotebookNode]:
        worker.channel.send({"do": "cell", "source": source})
        return read_outputs(worker.channel.receive(WAIT_SECONDS)["outputs"]).shown

    yield cell
    worker.kill()


def submitted(**answers: str) -> nbformat.NotebookNode:
    """Return the master with these answers."""
    notebook = copy.deepcopy(MASTER)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    return notebook


def judged(sandbox, notebook=None, **answers):
    judge = Judge(ASSIGNMENT, plan(MASTER, notebook or submitted(**answers)), sandbox)
    found = judge.judge()
    judge.close()
    return found


# ---- what a worker shows

TEXT = [
    ("print(1); print(2)", "stream", "1\n2\n"),
    ("import sys; print('a', file=sys.stderr)", "stream", "a\n"),
    ("1 + 1", "execute_result", "2"),
    ("1 + 1;", None, ""),
    ("from IPython.display import display; display('a')", "display_data", "'a'"),
    ("!echo from the shell", "stream", "from the shell"),
    ("%time x = 1", "stream", "CPU times"),
    ("import asyncio\nawait asyncio.sleep(0)\n'awaited'", "execute_result", "'awaited'"),
    ("x = 5\n?x", "", ""),
]


@needs_bubblewrap
@pytest.mark.parametrize(("source", "kind", "text"), TEXT)
def test_a_cell_shows_what_it_would_show_in_a_notebook(run, source, kind, text):
    outputs = run(source)
    if kind is None:
        assert outputs == []
    elif kind:
        assert outputs[0]["output_type"] == kind
        shown = outputs[0].get("text") or outputs[0]["data"]["text/plain"]
        assert text in shown
    nbformat.validate(
        nbformat.v4.new_notebook(cells=[new_code_cell("", outputs=[nbformat.from_dict(o) for o in outputs])])
    )


ERRORS = [
    ("1 / 0", "ZeroDivisionError"),
    ("def f(:", "SyntaxError"),
    ("input('name? ')", "StdinNotImplementedError|EOFError"),
    ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ("import sys; sys.exit(3)", "SystemExit"),
    ("raise GeneratorExit", "GeneratorExit"),
]


@needs_bubblewrap
@pytest.mark.parametrize(("source", "name"), ERRORS)
def test_a_cell_that_fails_shows_its_error_and_the_next_one_runs(run, source, name):
    outputs = run(source)
    shown = [output.get("ename") for output in outputs]
    assert any(option in shown for option in name.split("|")), outputs
    assert run("40 + 2")[0]["data"]["text/plain"] == "42"


@needs_bubblewrap
def test_a_picture_is_kept_as_a_picture(run):
    outputs = run("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert any("image/png" in output.get("data", {}) for output in outputs), outputs


@needs_bubblewrap
def test_a_flood_of_output_is_cut_and_said_to_be(run):
    outputs = run("for _ in range(300):\n    print('x' * 100_000)")
    text = "".join(output["text"] for output in outputs)
    assert len(text) < 4 << 20
    assert text.endswith("(more output than is kept)\n")


# ---- the sandbox

LOOKED_FOR = ("gradebook.db", "source", "release", "answers", "submitted", "tests", ".git", "nbgrader_config.py")


def test_of_the_course_a_worker_sees_what_checks_import_and_the_engine_only(run_in_each):
    root = Path(__file__).parents[2]
    folders = ["", str(root), place_in_sandbox(str(root))]
    places = [f"{folder}/{name}" for folder in folders for name in LOOKED_FOR]
    run_in_each("import autograder, os")
    assert shown(run_in_each(f"[place for place in {places!r} if os.path.exists(place)]")) == "[]"
    package = sorted(path.name for path in (root / "autograder").iterdir() if path.name != "__pycache__")
    run_in_each("folder = os.path.dirname(autograder.__file__)")
    found = run_in_each(f"[name for name in {package!r} if os.path.exists(os.path.join(folder, name))]")
    assert shown(found) == "['__init__.py', 'engine']"
    run_in_each("import course_utils")
    helpers = run_in_each("sorted(set(os.listdir(os.path.dirname(course_utils.__file__))) - {'__pycache__'})")
    assert shown(helpers) == "['__init__.py', 'check', 'checks', 'data', 'student']"


WRITES = """\
def can_write(place):
    try:
        with open(os.path.join(place, 'made-by-a-student'), 'w'):
            return True
    except OSError:
        return False

def can_make(place):
    try:
        os.mkdir(os.path.join(place, 'made-by-a-student'))
        return True
    except OSError:
        return False
import course_utils, os, sys"""


def test_a_worker_writes_into_its_scratch_folders_and_nowhere_else(run_in_each):
    run_in_each(WRITES)
    places = "('/', '/usr', '/etc', '/proc', sys.prefix, sys.base_prefix, os.path.dirname(course_utils.__file__))"
    assert shown(run_in_each(f"[place for place in {places} if can_write(place) or can_make(place)]")) == "[]"
    assert shown(run_in_each("[can_write('/tmp'), can_write('/dev/shm'), can_write('.')]")) == "[True, True, True]"
    assert shown(run_in_each("open('/dev/null', 'w').write('gone')")) == "4"


def test_a_worker_reaches_no_socket_of_the_machine_and_no_network(run_in_each, tmp_path):
    """A socket with a name among the files is a way out of an empty network, as the one of a database is."""
    name, hidden = str(tmp_path / "database"), f"\0database-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as by_name, socket.socket(socket.AF_UNIX) as abstract:
        for server, address in ((by_name, name), (abstract, hidden)):
            server.bind(address)
            server.listen()
        run_in_each(CONNECTS)
        addresses = [name, hidden, ("127.0.0.1", 22), ("192.0.2.1", 80)]
        assert shown(run_in_each(f"[address for address in {addresses!r} if connects(address)]")) == "[]"


CONNECTS = """\
import socket
def connects(address):
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as client:
        client.settimeout(0.5)
        return client.connect_ex(address) == 0"""


def test_a_worker_is_alone_and_has_nothing_of_the_instructors_environment(run_in_each):
    run_in_each("import glob, os")
    assert shown(run_in_each("[name for name in os.environ if 'TOKEN' in name]")) == "[]"
    assert shown(run_in_each("(os.getpid(), os.getppid())")) == "(1, 0)"
    assert shown(run_in_each("glob.glob('/proc/*')")) == "[]"


def test_shell_commands_run_in_the_sandbox(run_in_each):
    assert run_in_each("!echo from the shell")[0]["text"].strip() == "from the shell"


@needs_landlock
def test_landlock_alone_refuses_files_and_leaves_the_scratch(tmp_path):
    """Without namespaces around it, in a process of its own."""
    allowed, other = tmp_path / "allowed", tmp_path / "other"
    for folder in (allowed, other):
        folder.mkdir()
        (folder / "file").write_text("text")
    source = f"""
import os
from pathlib import Path
from autograder.engine.seeds import exercise_seed
from autograder.engine.worker import landlock, seccomp
seccomp.drop_privileges()
landlock.restrict(["/usr", {str(other / "file")!r}], [{str(allowed)!r}])
opened = []
for path in {[str(allowed / "file"), str(other / "file"), str(other), "/etc/passwd"]!r}:
    for flags in (os.O_RDONLY, os.O_WRONLY):
        try:
            os.close(os.open(path, flags))
            opened.append((Path(path).parent.name, flags))
        except OSError:
            pass
Path({str(allowed / "opened")!r}).write_text(repr(opened))
"""
    subprocess.run([sys.executable, "-c", source], cwd=Path(__file__).parents[2], check=True)
    assert (allowed / "opened").read_text() == "[('allowed', 0), ('allowed', 1), ('other', 0)]"


def test_without_bubblewrap_the_second_level_is_taken_and_without_both_a_sentence(monkeypatch):
    monkeypatch.setattr(isolation.shutil, "which", lambda name: None)
    if landlock.version():
        assert strongest_level() == IsolationLevel.LANDLOCK
    monkeypatch.setattr(landlock, "version", lambda: 0)
    with pytest.raises(CourseError, match=r"no sandbox on this machine: .*bwrap is not installed.* no Landlock"):
        strongest_level()
    with pytest.raises(CourseError, match="the kernel has no Landlock"):
        Sandbox(IsolationLevel.LANDLOCK)


def test_a_level_that_does_not_exist_is_refused_with_those_that_do():
    assert level_of("none") is IsolationLevel.NONE
    with pytest.raises(CourseError, match="no isolation level bubblewarp; choose one of bubblewrap, landlock, none"):
        level_of("bubblewarp")


def test_every_level_has_a_row_and_the_strongest_comes_first():
    assert list(isolation.ISOLATION) == list(IsolationLevel)
    assert [row.has_sandbox for row in isolation.ISOLATION.values()] == [True, True, False]


def test_a_process_left_behind_is_gone_when_the_worker_is(each_sandbox):
    """Watched from outside, by a name that only this process has."""
    name = f"left-behind-{os.getpid()}"
    source = (
        "import os, time, ctypes\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        f"        ctypes.CDLL(None).prctl(15, {name[-15:].encode()!r}, 0, 0, 0)\n"
        "        time.sleep(120)\n"
        "    os._exit(0)\n"
        "time.sleep(0.3)"
    )
    worker = each_sandbox.start_worker()
    worker.wait_until_ready()
    worker.channel.send({"do": "cell", "source": source})
    worker.channel.receive(WAIT_SECONDS)
    assert name[-15:] in processes()
    worker.kill()
    assert name[-15:] not in processes()


def shown(outputs: list[dict]) -> str:
    """Return the value that a cell showed."""
    assert "data" in outputs[0], outputs
    return outputs[0]["data"]["text/plain"]


def processes() -> list[str]:
    """Return the names of all processes of this machine."""
    names = []
    for path in Path("/proc").glob("[0-9]*/comm"):
        try:
            names.append(path.read_text().strip())
        except OSError:
            continue
    return names


def test_a_judge_that_dies_takes_its_worker_along(each_sandbox):
    worker = each_sandbox.start_worker()
    worker.wait_until_ready()
    worker.channel.send({"do": "cell", "source": "import time\nwhile True:\n    time.sleep(1)"})
    worker._supervisor.close()  # as the kernel does for a process that is killed
    with pytest.raises(ConnectionClosed):
        worker.channel.receive(WAIT_SECONDS)
    worker.channel.close()


@pytest.mark.parametrize("level", BOTH)
def test_a_sandbox_that_cannot_be_built_is_not_the_students_fault(level):
    with pytest.raises(CourseError, match="could not be started"):
        broken = Sandbox(level, [], Limits(scratch_bytes=-1))
        try:
            broken.start_worker().wait_until_ready()
        finally:
            broken.close()


# ---- what a check says

ONE_SENTENCE = [
    ("total", "", "`total` is not defined: the cell that should define it is missing, empty or failed."),
    ("total", "def total(X):\n    raise NotImplementedError", "is not implemented yet"),
    ("total", "def total(X):\n    return {}[0]", "raised KeyError: 0\n  in your line: return {}[0]"),
    (
        "total",
        "def total(X):\n    return b'\\xff'.decode()",
        "raised UnicodeDecodeError: 'utf-8' codec can't decode byte",
    ),
    ("total", "def total(X):\n    return compile('1 +', '', 'eval')", "raised SyntaxError: invalid syntax"),
    ("total", "def total(X):\n    return X.sum(axis=0)", "shape"),
    (
        "total",
        "def total(X):\n    X += 1\n    return X.sum(axis=1) - X.shape[1]",
        "modified its argument in place: X[0, 0]",
    ),
    ("total", "def total(X):\n    return map(sum, X)", "a map"),
    ("momentum", "", "NameError: name 'Momentum' is not defined"),
    ("momentum", MOMENTUM.replace("0.5", "0.4"), "three steps of `Momentum` has wrong values"),
    ("rank", "", "`rank` is not implemented yet"),
    ("rank", "rank = '2'", "a str"),
]


@needs_bubblewrap
@pytest.mark.parametrize(("name", "source", "said"), ONE_SENTENCE)
def test_a_wrong_answer_is_told_what_is_wrong(sandbox, name, source, said):
    found = judged(sandbox, **{name: source})
    hidden = f"{name}_check_2" if f"{name}_check_2" in found.verdicts else f"{name}_check"
    assert said in found.verdicts[hidden].message
    assert found.verdicts[hidden].score == 0
    assert "raised Failed" not in found.verdicts[hidden].message
    others = sum(verdict.score for check, verdict in found.verdicts.items() if not check.startswith(name))
    assert others == sum(POINTS.values()) - POINTS[name]
    assert found.crashes == []


BROKEN = "ended in SyntaxError: incomplete input (line 2)."  # as a kernel says it

FAILED_CELLS = [
    ("total", "def total(X):\n    return (X.sum(axis=1)", "`total` is not defined: its cell " + BROKEN),
    ("momentum", "class Momentum:\n    start = (1", "`Momentum` is not defined: its cell " + BROKEN),
    ("rank", "a = 1\nrank = (1", "`rank` is not defined: its cell " + BROKEN),
    (
        "total",
        "import sklaern\n\ndef total(X):\n    return X.sum(axis=1)",
        "`total` is not defined: its cell ended in ModuleNotFoundError: No module named 'sklaern'.",
    ),
    (
        "total",
        "from course_utils.drawing import pictures\n\ndef total(X):\n    return X.sum(axis=1)",
        "`total` is not defined: its cell ended in ModuleNotFoundError: No module named 'course_utils.drawing' "
        "(a helper of the lectures; none is there when answers are graded).",
    ),
    (
        "total",
        "from course_utils import drawing\n\ndef total(X):\n    return X.sum(axis=1)",
        "`total` is not defined: its cell ended in ImportError: cannot import name 'drawing' from "
        "'course_utils' (a helper of the lectures; none is there when answers are graded).",
    ),
    (
        "total",
        "while True:\n    pass\n\ndef total(X):\n    return X.sum(axis=1)",
        "`total` is not defined: its cell took more than 2 s of computing time and was stopped.",
    ),
    (
        "total",
        "import os; os._exit(3)\ndef total(X):\n    return X.sum(axis=1)",
        "`total` is not defined: its cell ended its process.",
    ),
]


@needs_bubblewrap
@pytest.mark.parametrize(("name", "source", "said"), FAILED_CELLS)
def test_an_answer_whose_cell_failed_is_told_how_it_failed(sandbox, name, source, said):
    found = judged(sandbox, **{name: source})
    hidden = f"{name}_check_2" if f"{name}_check_2" in found.verdicts else f"{name}_check"
    assert found.verdicts[hidden].message == said
    others = sum(verdict.score for check, verdict in found.verdicts.items() if not check.startswith(name))
    assert others == sum(POINTS.values()) - POINTS[name]


@needs_bubblewrap
def test_a_helper_whose_cell_failed_is_told_like_an_answer(sandbox):
    notebook = submitted(total="def total(X):\n    return helper(X)")
    place = next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == "total")
    notebook.cells.insert(place, new_code_cell("def helper(X):\n    return (X.sum(axis=1)"))
    assert judged(sandbox, notebook).verdicts["total_check"].message == "`helper` is not defined: its cell " + BROKEN


@needs_bubblewrap
def test_a_cell_that_was_put_right_later_failed_for_nothing(sandbox):
    notebook = submitted(total="def total(X):\n    return X.sum(axis=0")
    place = next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == "total")
    notebook.cells.insert(place + 1, new_code_cell("def total(X):\n    return X.sum(axis=1)"))
    assert judged(sandbox, notebook).verdicts["total_check"].message == ""


@needs_bubblewrap
def test_warnings_and_stderr_cost_no_points(sandbox):
    loud = "import warnings, sys\ndef total(X):\n    warnings.warn('careful')\n    print('hm', file=sys.stderr)\n"
    found = judged(sandbox, total=loud + "    return X.sum(axis=1)")
    assert sum(verdict.score for verdict in found.verdicts.values()) == sum(POINTS.values())


@needs_bubblewrap
def test_the_inputs_of_the_checks_come_from_the_secret_seed(sandbox, monkeypatch):
    reveals = "def total(X):\n    raise ValueError(repr(float(X[0, 0])))"
    messages = []
    for seed in ("1", "1", "2"):
        monkeypatch.setenv(SEED_VARIABLE, seed)
        messages.append(judged(sandbox, total=reveals).verdicts["total_check_2"].message)
        monkeypatch.setenv(SEED_VARIABLE, str(exercise_seed(int(seed), "total")))
        assert repr(float(check.rng("total").normal(size=(4, 5))[0, 0])) in messages[-1]
    assert messages[0] == messages[1] != messages[2]


@needs_bubblewrap
def test_a_check_cell_has_its_own_call_and_driver_and_the_checker_is_left_alone(sandbox):
    before = dict(vars(check))
    judged(sandbox)
    assert vars(check) == before
    assert check.call is calls.call


@needs_bubblewrap
def test_what_a_crash_ends_is_brought_back_for_the_exercises_behind_it(sandbox):
    notebook = submitted(total="import os\nstate = 5\ndef total(X):\n    os._exit(1)")
    notebook.cells.append(new_code_cell("state"))
    found = judged(sandbox, notebook)
    assert "ended its process" in found.verdicts["total_check"].message
    assert found.verdicts["momentum_check_2"].score == 2
    assert found.notebook.cells[-1].outputs[0].data["text/plain"] == "5"


@needs_bubblewrap
def test_what_one_check_breaks_is_whole_for_the_cells_behind_it(sandbox):
    notebook = submitted(total="kept = []\n" + TOTAL.replace("return", "kept.append(1); return"))
    notebook.cells.append(new_code_cell("len(kept)"))
    assert judged(sandbox, notebook).notebook.cells[-1].outputs[0].data["text/plain"] == "0"


@needs_bubblewrap
def test_setup_data_are_the_judges_own_for_all_checks(sandbox):
    """A student's function that zeroes the setup's array in one check finds it whole in the next."""
    zeroes = "def total(X):\n    X[:] = 0\n    return X[:, 0]"
    found = judged(sandbox, total=zeroes)
    assert found.verdicts["scale_check"].score == 1
    np.testing.assert_array_equal(found.verdicts["total_check"].score, 0)


# ---- what is run


def test_everything_but_the_answers_comes_from_the_master():
    notebook = submitted(total="mine = 1")
    for cell in notebook.cells:
        if grade_id(cell) in ("setup", "total_check"):
            cell.source = "changed"
    made = plan(MASTER, notebook)
    by_name = {grade_id(cell): cell.source for cell in made.cells if grade_id(cell)}
    expected = {grade_id(cell): cell.source for cell in MASTER.cells if grade_id(cell)}
    assert by_name == expected | {"total": "mine = 1"}
    assert made.remarks == []


def test_a_students_own_cell_stays_behind_the_cell_it_stood_behind():
    notebook = submitted()
    place = [grade_id(cell) for cell in notebook.cells].index("rank")
    notebook.cells.insert(place + 1, new_code_cell("mine = 1"))
    notebook.cells.insert(0, new_code_cell("first = 1"))
    made = plan(MASTER, notebook)
    sources = [cell.source for cell in made.cells]
    assert sources[0] == "first = 1"
    assert grade_id(made.cells[sources.index("mine = 1") - 1]) == "rank"


def test_a_picture_keeps_its_outputs_and_is_not_run():
    notebook = submitted()
    shown = nbformat.v4.new_output("stream", text="seen")
    notebook.cells.append(new_code_cell("1 / 0", metadata={"tags": ["picture"]}, outputs=[shown]))
    made = plan(MASTER, notebook)
    assert made.kinds[-1] == "picture"
    assert made.cells[-1].outputs[0].text == "seen"


def test_pictures_pasted_into_an_answer_in_words_are_kept():
    read = nbgrader_metadata("why", solution=True, grade=True, points=2)
    notebook = nbformat.v4.new_notebook(cells=[new_markdown_cell("![](a.png)", metadata=read)])
    notebook.cells[0].attachments = {"a.png": {"image/png": "iVBORw0K"}}
    empty = nbformat.v4.new_notebook(cells=[new_markdown_cell("YOUR ANSWER HERE", metadata=read)])
    (cell,) = plan(empty, notebook).cells
    assert cell.attachments == {"a.png": {"image/png": "iVBORw0K"}}


def test_a_moved_answer_is_run_in_its_own_place():
    notebook = submitted()
    notebook.cells.sort(key=lambda cell: grade_id(cell) == "total")
    order = [grade_id(cell) for cell in plan(MASTER, notebook).cells if grade_id(cell)]
    assert order == [grade_id(cell) for cell in MASTER.cells if grade_id(cell)]


def test_a_text_with_half_a_character_can_be_written():
    notebook = submitted(total="x = '\ud800'")
    notebook.cells.append(new_markdown_cell("\udfff"))
    notebook.cells.append(new_code_cell("y = '\ud800'", metadata=nbgrader_metadata("unknown")))
    made = plan(MASTER, notebook)
    nbformat.writes(nbformat.v4.new_notebook(cells=made.cells)).encode("utf-8")
