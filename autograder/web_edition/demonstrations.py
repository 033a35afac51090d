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
from course_utils.drawing.pictures import Picture
from course_utils.drawing.predictions import Prediction
from course_utils.drawing.sliders import Demo

INDEX = "frames.json"


def draw_all(notebook: Path, folder: Path) -> dict[str, Any]:
    """Run the lecture at `notebook` and draw its pictures into `folder`; return {id of the cell: what it shows}.

    Raises RuntimeError, with the cell, where one fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cells = nbformat.read(notebook, as_version=4).cells
    names, found = {"__name__": "__main__"}, dict[str, Any]()
    texts = [cell.source for cell in cells]
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
                around = "\n".join(texts[max(0, number - 1) : number] + texts[number + 1 : number + 2])
                found[cell.id] = _demonstration(shown, around, folder)
            elif isinstance(shown, Picture):
                found[cell.id] = {"controls": [], "frames": {"": _frame(shown, folder)}}
            elif isinstance(shown, Prediction):
                texts[number] = shown.question.text
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
    frames: dict[str, Any] = {}
    for indices in combinations(controls):
        values = {its.name: its.values[i] for its, i in zip(controls, indices, strict=True)}
        frames[",".join(map(str, indices))] = _frame(demo.draw(**values), folder)
    shown = [
        {"label": its.label or its.name, "kind": its.kind, "texts": its.texts, "start": its.start} for its in controls
    ]
    return {"controls": shown, "frames": frames}


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
