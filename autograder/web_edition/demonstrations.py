"""Run a lecture, draw the frames of its demonstrations and ask its questions, in a process of its own.

    python -m autograder.web_edition.demonstrations NOTEBOOK FOLDER

writes one WebP per frame into FOLDER, and `frames.json`: what the page needs for each cell that shows one.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from PIL import Image

from autograder.web_edition.frames import combinations, mentioned_in, positions
from course_utils.drawing.moving import axes_of, module_of, moving_parts, plain, without_moving_parts
from course_utils.drawing.pictures import Picture
from course_utils.drawing.predictions import Prediction
from course_utils.drawing.sliders import Demo, OnStage

INDEX = "frames.json"


def draw_all(notebook: Path, folder: Path) -> dict[str, Any]:
    """Run the lecture at `notebook` and draw its pictures into `folder`; return {id of the cell: what it shows}.

    Raises RuntimeError, with the cell, where one fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cells = nbformat.read(notebook, as_version=4).cells
    names, found = {"__name__": "__main__"}, dict[str, Any]()
    texts, questions = [cell.source for cell in cells], set[int]()
    with contextlib.chdir(notebook.parent):
        for number, cell in enumerate(cells):
            if cell.cell_type != "code":
                continue
            try:
                with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                    shown = _last_value(cell.source, names)
            except Exception as error:  # whatever a lecture's code raises
                raise RuntimeError(f"the cell {cell.id} fails ({type(error).__name__}: {error})") from None
            if isinstance(shown, Demo):
                first = next(i for i in range(number - 1, -2, -1) if i not in questions)
                around = "\n".join(texts[max(0, first) : number] + texts[number + 1 : number + 2])
                found[cell.id] = _demonstration(shown, around, folder)
            elif isinstance(shown, Picture):
                found[cell.id] = {"controls": [], "frames": {"": _frame(shown, folder)}}
            elif isinstance(shown, Prediction):
                texts[number] = shown.question.text
                questions.add(number)
                found[cell.id] = {"question": shown.html(is_alive=True)}
    return found


def _last_value(source: str, names: dict[str, Any]) -> object:
    """Run a cell and return the value of its last line, which a notebook shows."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "<cell>", "exec"), names)
        return None
    tree.body.pop()
    exec(compile(tree, "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


def _demonstration(demo: Demo, around: str, folder: Path) -> dict[str, Any]:
    controls = positions(demo.controls, mentioned_in(around))
    stage = _Stage(demo) if any(isinstance(control, OnStage) for control in demo.controls.values()) else None
    frames: dict[str, Any] = {}
    for indices in combinations(controls):
        values = {its.name: its.values[i] for its, i in zip(controls, indices, strict=True)}
        picture = demo.draw(**values)
        frames[",".join(map(str, indices))] = stage.frame(picture, folder) if stage else _frame(picture, folder)
    shown = [
        {"label": its.label or its.name, "kind": its.kind, "texts": its.texts, "start": its.start} for its in controls
    ]
    found = {"controls": shown, "frames": frames}
    if stage is None:
        return found
    for control, its in zip(shown, controls, strict=True):
        control |= {"name": its.name, "values": plain(its.values)}
        on_stage = demo.controls[its.name]
        if isinstance(on_stage, OnStage):
            stops = {"stops": plain(its.values)} if its.kind == "play" else {}
            control |= {"browser": {"name": its.name} | on_stage.for_browser() | stops}
    return found | stage.shared() | {"still": _frame(demo.draw(**demo.values), folder)}


class _Stage:
    """What the frames of a demonstration with handles or iterations share, each once: axes, and the look of parts.

    If the browser computes the moving parts, frames come without them; else they are in the pictures.
    """

    def __init__(self, demo: Demo) -> None:
        self.module, self.exported, self.constants = module_of(demo.draw)
        self.axes: list[Any] = []
        self.parts: list[Any] = []

    def frame(self, picture: Picture, folder: Path) -> list[Any]:
        """Write a picture and return [file, width, height, description, index of its axes, index of its parts]."""
        with without_moving_parts(picture.figure) if self.module else contextlib.nullcontext():
            frame = _frame(picture, folder)
        parts = moving_parts(picture.figure) if self.module else []
        looks = [{name: value for name, value in part.items() if name != "points"} for part in parts]
        return [*frame, _index(self.axes, axes_of(picture.figure)), _index(self.parts, looks)]

    def shared(self) -> dict[str, Any]:
        """Return what all frames share."""
        module = {"module": self.module, "exported": self.exported, "constants": self.constants}
        return {"axes": self.axes, "parts": self.parts} | module


def _index(known: list[Any], value: Any) -> int:
    if value not in known:
        known.append(value)
    return known.index(value)


def _frame(picture: Picture, folder: Path) -> list[Any]:
    """Write a picture, unless the same one is there, and return [file, width, height, description]."""
    canvas: Any = picture.figure.canvas
    canvas.draw()
    pixels = Image.fromarray(np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[:, :, :3]))
    buffer = io.BytesIO()
    # A palette of 256 colours, then WebP without loss: half the bytes of lossy WebP, and sharp text.
    pixels.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).convert("RGB").save(
        buffer, format="WEBP", lossless=True, method=1, quality=50
    )
    name = hashlib.blake2b(buffer.getvalue(), digest_size=8).hexdigest() + ".webp"
    if not (folder / name).exists():
        (folder / name).write_bytes(buffer.getvalue())
    return [name, *pixels.size, picture.description]


if __name__ == "__main__":
    source, target = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    os.environ.setdefault("MPLBACKEND", "agg")
    try:
        drawn = draw_all(source, target)
    except RuntimeError as failed:
        sys.exit(str(failed))
    (target / INDEX).write_text(json.dumps(drawn), encoding="utf-8")
