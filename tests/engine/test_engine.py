"""What a worker shows, what a judge says, what is run of a submission: each part through its own door."""

from __future__ import annotations

import copy
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from support.attacked import MOMENTUM, POINTS, TOTAL, master
from support.tiny_course import nbgrader_metadata

from autograder.engine import sandbox as sandboxes
from autograder.engine.judge import Judge
from autograder.engine.plan import plan
from autograder.engine.sandbox import Limits, Sandbox, best_rung
from autograder.engine.worker import landlock
from autograder.engine.worker.channel import Gone
from autograder.errors import CourseError
from autograder.notebooks.assignment import assignment_of, grade_id
from course_utils import check
from course_utils.check import calls
from course_utils.check.seeds import SEED_VARIABLE

needs_walls = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
needs_landlock = pytest.mark.skipif(landlock.version() == 0, reason="the kernel has no Landlock")
BOTH = [pytest.param("bubblewrap", marks=needs_walls), pytest.param("landlock", marks=needs_landlock)]
PRELOAD = ["numpy", "torch", "matplotlib.pyplot", "course_utils.check"]
MASTER = master()
ASSIGNMENT = assignment_of(MASTER)
LIMITS = Limits(memory_bytes=256 << 20, scratch_bytes=4 << 20, call_seconds=2, cell_seconds=2, submission_seconds=10)


@pytest.fixture(scope="module")
def sandbox():
    walls = Sandbox("bubblewrap", PRELOAD, LIMITS)
    yield walls
    walls.close()


@pytest.fixture(scope="module", params=BOTH)
def walls(request):
    """Both rungs that have walls, one after the other."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TOKEN_OF_THE_INSTRUCTOR", "secret")
        built = Sandbox(request.param, ["course_utils.check"], LIMITS)
    yield built
    built.close()


@pytest.fixture
def run(sandbox):
    """Run cells in one worker; each call returns the outputs of a cell."""
    yield from _cells(sandbox)


@pytest.fixture
def run_behind(walls):
    """As `run`, on every rung that has walls."""
    yield from _cells(walls)


def _cells(walls: Sandbox) -> Iterator[Callable[[str], list[dict]]]:
    leash = walls.worker()
    leash.wait_until_ready()

    def cell(source: str) -> list[dict]:
        leash.channel.send({"do": "cell", "source": source})
        return leash.channel.receive(10)["outputs"]

    yield cell
    leash.kill()


def submitted(**answers: str) -> nbformat.NotebookNode:
    """Return the master with these answers."""
    notebook = copy.deepcopy(MASTER)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    return notebook


def judged(sandbox, notebook=None, **answers):
    return Judge(ASSIGNMENT, plan(MASTER, notebook or submitted(**answers)), sandbox).judge()


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


@needs_walls
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


@needs_walls
@pytest.mark.parametrize(("source", "name"), ERRORS)
def test_a_cell_that_fails_shows_its_error_and_the_next_one_runs(run, source, name):
    outputs = run(source)
    shown = [output.get("ename") for output in outputs]
    assert any(option in shown for option in name.split("|")), outputs
    assert run("40 + 2")[0]["data"]["text/plain"] == "42"


@needs_walls
def test_a_picture_is_kept_as_a_picture(run):
    outputs = run("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert any("image/png" in output.get("data", {}) for output in outputs), outputs


@needs_walls
def test_a_flood_of_output_is_cut_and_said_to_be(run):
    outputs = run("for _ in range(300):\n    print('x' * 100_000)")
    text = "".join(output["text"] for output in outputs)
    assert len(text) < 4 << 20
    assert text.endswith("(more output than is kept)\n")


# ---- the walls

LOOKED_FOR = ("gradebook.db", "source", "release", "answers", "submitted", "tests", ".git", "nbgrader_config.py")


def test_of_the_course_a_worker_sees_its_helpers_and_the_engine_only(run_behind):
    root = Path(__file__).parents[2]
    folders = ["", str(root), sandboxes._behind(str(root))]
    places = [f"{folder}/{name}" for folder in folders for name in LOOKED_FOR]
    run_behind("import autograder, os")
    assert shown(run_behind(f"[place for place in {places!r} if os.path.exists(place)]")) == "[]"
    beside = sorted(path.name for path in (root / "autograder").iterdir() if path.name != "__pycache__")
    run_behind("folder = os.path.dirname(autograder.__file__)")
    found = run_behind(f"[name for name in {beside!r} if os.path.exists(os.path.join(folder, name))]")
    assert shown(found) == "['__init__.py', 'engine']"


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


def test_a_worker_writes_into_its_scratch_folders_and_nowhere_else(run_behind):
    run_behind(WRITES)
    places = "('/', '/usr', '/etc', '/proc', sys.prefix, sys.base_prefix, os.path.dirname(course_utils.__file__))"
    assert shown(run_behind(f"[place for place in {places} if can_write(place) or can_make(place)]")) == "[]"
    assert shown(run_behind("[can_write('/tmp'), can_write('/dev/shm'), can_write('.')]")) == "[True, True, True]"
    assert shown(run_behind("open('/dev/null', 'w').write('gone')")) == "4"


def test_a_worker_reaches_no_socket_of_the_machine_and_no_network(run_behind, tmp_path):
    """A socket with a name among the files is a way out of an empty network, as the one of a database is."""
    name, hidden = str(tmp_path / "database"), f"\0database-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as by_name, socket.socket(socket.AF_UNIX) as abstract:
        for server, address in ((by_name, name), (abstract, hidden)):
            server.bind(address)
            server.listen()
        run_behind(CONNECTS)
        addresses = [name, hidden, ("127.0.0.1", 22), ("192.0.2.1", 80)]
        assert shown(run_behind(f"[address for address in {addresses!r} if connects(address)]")) == "[]"


CONNECTS = """\
import socket
def connects(address):
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as client:
        client.settimeout(0.5)
        return client.connect_ex(address) == 0"""


def test_a_worker_is_alone_and_has_nothing_of_the_instructors_environment(run_behind):
    run_behind("import glob, os")
    assert shown(run_behind("[name for name in os.environ if 'TOKEN' in name]")) == "[]"
    assert shown(run_behind("(os.getpid(), os.getppid())")) == "(1, 0)"
    assert shown(run_behind("glob.glob('/proc/*')")) == "[]"


def test_shell_commands_run_behind_the_walls(run_behind):
    assert run_behind("!echo from the shell")[0]["text"].strip() == "from the shell"


@needs_landlock
def test_landlock_alone_refuses_files_and_leaves_the_scratch(tmp_path):
    """Without name spaces around it, in a process of its own."""
    allowed, other = tmp_path / "allowed", tmp_path / "other"
    for folder in (allowed, other):
        folder.mkdir()
        (folder / "file").write_text("text")
    source = f"""
import os
from pathlib import Path
from autograder.engine import landlock, privileges
privileges.give_up()
landlock.restrict(["/usr", {str(other / "file")!r}], [{str(allowed)!r}])
told = []
for path in {[str(allowed / "file"), str(other / "file"), str(other), "/etc/passwd"]!r}:
    for flags in (os.O_RDONLY, os.O_WRONLY):
        try:
            os.close(os.open(path, flags))
            told.append((Path(path).parent.name, flags))
        except OSError:
            pass
Path({str(allowed / "told")!r}).write_text(repr(told))
"""
    subprocess.run([sys.executable, "-c", source], cwd=Path(__file__).parents[2], check=True)
    assert (allowed / "told").read_text() == "[('allowed', 0), ('allowed', 1), ('other', 0)]"


def test_without_bubblewrap_the_second_rung_is_taken_and_without_both_a_sentence(monkeypatch):
    monkeypatch.setattr(sandboxes.shutil, "which", lambda name: None)
    if landlock.version():
        assert best_rung() == "landlock"
    monkeypatch.setattr(landlock, "version", lambda: 0)
    with pytest.raises(CourseError, match="there is no sandbox on this machine: install bubblewrap"):
        best_rung()
    with pytest.raises(CourseError, match="the sandbox landlock needs a kernel with Landlock"):
        Sandbox("landlock")


def test_a_process_left_behind_is_gone_when_the_worker_is(walls):
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
    leash = walls.worker()
    leash.wait_until_ready()
    leash.channel.send({"do": "cell", "source": source})
    leash.channel.receive(10)
    assert name[-15:] in processes()
    leash.kill()
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


def test_a_judge_that_dies_takes_its_worker_along(walls):
    leash = walls.worker()
    leash.wait_until_ready()
    leash.channel.send({"do": "cell", "source": "import time\nwhile True:\n    time.sleep(1)"})
    leash._leash.close()  # as the kernel does for a process that is killed
    began = time.monotonic()
    with pytest.raises(Gone):
        leash.channel.receive(5)
    assert time.monotonic() - began < 2
    leash.channel.close()


@pytest.mark.parametrize("rung", BOTH)
def test_walls_that_cannot_be_built_are_our_trouble_and_not_the_students(rung):
    with pytest.raises(CourseError, match="could not be started"):
        broken = Sandbox(rung, [], Limits(scratch_bytes=-1))
        try:
            broken.worker().wait_until_ready()
        finally:
            broken.close()


# ---- what the judge says

ONE_SENTENCE = [
    ("total", "", "`total` is not defined: the cell that should define it is missing, empty or failed."),
    ("total", "def total(X):\n    raise NotImplementedError", "is not implemented yet"),
    ("total", "def total(X):\n    return {}[0]", "raised KeyError: 0\n  in your line: return {}[0]"),
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


@needs_walls
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


@needs_walls
def test_warnings_and_stderr_cost_no_points(sandbox):
    loud = "import warnings, sys\ndef total(X):\n    warnings.warn('careful')\n    print('hm', file=sys.stderr)\n"
    found = judged(sandbox, total=loud + "    return X.sum(axis=1)")
    assert sum(verdict.score for verdict in found.verdicts.values()) == sum(POINTS.values())


@needs_walls
def test_the_inputs_of_the_checks_come_from_the_secret_seed(sandbox, monkeypatch):
    reveals = "def total(X):\n    raise ValueError(repr(float(X[0, 0])))"
    told = []
    for seed in ("1", "1", "2"):
        monkeypatch.setenv(SEED_VARIABLE, seed)
        told.append(judged(sandbox, total=reveals).verdicts["total_check_2"].message)
        assert repr(float(check.rng("total").normal(size=(4, 5))[0, 0])) in told[-1]
    assert told[0] == told[1] != told[2]


@needs_walls
def test_the_checker_is_put_back_after_a_check(sandbox):
    before = check.call, check.driver
    judged(sandbox)
    assert (check.call, check.driver) == before
    assert check.call is calls.call


@needs_walls
def test_what_a_crash_ends_is_brought_back_for_the_exercises_behind_it(sandbox):
    notebook = submitted(total="import os\nstate = 5\ndef total(X):\n    os._exit(1)")
    notebook.cells.append(new_code_cell("state"))
    found = judged(sandbox, notebook)
    assert found.verdicts["total_check"].crash
    assert found.verdicts["momentum_check_2"].score == 2
    assert found.notebook.cells[-1].outputs[0].data["text/plain"] == "5"


@needs_walls
def test_what_one_check_breaks_is_whole_for_the_cells_behind_it(sandbox):
    notebook = submitted(total="kept = []\n" + TOTAL.replace("return", "kept.append(1); return"))
    notebook.cells.append(new_code_cell("len(kept)"))
    assert judged(sandbox, notebook).notebook.cells[-1].outputs[0].data["text/plain"] == "0"


@needs_walls
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
