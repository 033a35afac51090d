"""What a cell shows, names and raises in the engine is what it does in a kernel, over a corpus of cells that grows.

`kernel_corpus/*.txt` hold groups of cells that run one after the other, each group in a kernel and a worker of its own.
A fault of this kind adds its cells there. What the engine means to do otherwise is in MEANT, with its reason, and
students read of it in docs/how-a-notebook-is-graded.md.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograder.engine.isolation import IsolationLevel
from autograder.engine.outputs import read_outputs, read_updates
from autograder.engine.sandbox import Sandbox

FOLDER = Path(__file__).parent / "kernel_corpus"


def _groups(path: Path) -> dict[str, list[str]]:
    """Return the cells of a file by group: "=== NAME" begins a group, and "---" a further cell."""
    _, *groups = re.split(r"^=== (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    names = (f"{path.stem}: {name}" for name in groups[::2])
    return {name: cells.rstrip("\n").split("\n---\n") for name, cells in zip(names, groups[1::2], strict=True)}


GROUPS = {name: cells for path in sorted(FOLDER.glob("*.txt")) for name, cells in _groups(path).items()}
MODULES = ["numpy", "torch", "scipy", "matplotlib.pyplot", "ipywidgets", "course_utils.check"]
WAIT_SECONDS = 60.0

# Runs behind each group: the names that it has left.
NAMES = "sorted(name for name in globals() if not name.startswith('_'))"

MEANT = {"o": "what a widget shows is in a browser, and no part of the graded notebook"}

# What differs from one run to the next, or from one machine to the next, and its stand-in.
VARYING = [
    (r"0x[0-9a-f]+", "0x"),
    (r"\x1b\[[0-9;]*m", ""),
    (r"/tmp/ipykernel_\d+/\d+\.py", "CELL"),
    (r"'model_id': '\w+'", "model_id"),
    (r"(/course)?(/[\w.+-]+)+/site-packages", "SITE"),
    (r"[\d.]+(e\+\d+)? [nμm]?s\b", "TIME"),
]


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox(IsolationLevel.BUBBLEWRAP, MODULES)
    yield made
    made.close()


def in_a_kernel(cells: list[str], folder: Path) -> list[list]:
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    NotebookClient(
        notebook, timeout=WAIT_SECONDS, allow_errors=True, resources={"metadata": {"path": folder}}
    ).execute()
    return [cell.outputs for cell in notebook.cells]


def in_the_engine(cells: list[str], sandbox: Sandbox) -> list[list]:
    worker, shown, displays = sandbox.start_worker(), [], {}
    worker.wait_until_ready()
    for source in cells:
        worker.channel.send({"do": "cell", "source": source})
        reply = worker.channel.receive(WAIT_SECONDS)
        outputs = read_outputs(reply["outputs"])
        for name, (new,) in read_updates(reply["updates"]).displays.items():
            for display in displays.get(name, []):
                display.data, display.metadata = new.data, new.metadata
        for name, made in outputs.displays.items():
            displays.setdefault(name, []).extend(made)
        shown.append(outputs.shown)
    worker.kill()
    return shown


def essence(outputs: list) -> list:
    """Return what of outputs is the same each time.

    Of neighbouring text, what was written to each stream: in which order the two arrive is chance in a kernel.
    """
    found: list = []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            if not found or found[-1][0] != "streams":
                found.append(("streams", {}))
            texts = found[-1][1]
            texts[output["name"]] = texts.get(output["name"], "") + same(output["text"])
        elif kind == "error":
            found.append((kind, output["ename"], same(output["evalue"])))
        else:
            data = {form: same(str(value)) for form, value in output["data"].items() if not form.startswith("image/")}
            found.append((kind, data, sorted(output["data"]), output["metadata"], output.get("execution_count")))
    return found


def same(text: str) -> str:
    for pattern, stand_in in VARYING:
        text = re.sub(pattern, stand_in, text)
    return text


@pytest.mark.parametrize("group", GROUPS)
def test_the_engine_shows_what_a_kernel_shows(group, sandbox, tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)  # a kernel that finds it shows no output of programs
    cells = [*GROUPS[group], NAMES]
    kernel, engine = in_a_kernel(cells, tmp_path), in_the_engine(cells, sandbox)
    differ = [
        f"{source!r}\n    kernel: {essence(one)}\n    engine: {essence(other)}"
        for source, one, other in zip(cells, kernel, engine, strict=True)
        if essence(one) != essence(other) and source not in MEANT
    ]
    assert not differ, "\n".join(differ)


def test_the_corpus_has_at_least_four_hundred_cells_and_no_difference_is_listed_that_is_none():
    cells = [cell for group in GROUPS.values() for cell in group]
    assert len(cells) >= 400
    assert MEANT.keys() <= set(cells)
