"""All demonstrations of the lectures in one notebook, with blank pictures of the same size, which is quick to run."""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from support.lecture_rules import png

IMPORTS = """
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from course_utils.drawing.pictures import Picture
from course_utils.drawing.sliders import explore

def show(width, height, description, controls):
    figure = Figure(figsize=(width / 100, height / 100), dpi=100)
    FigureCanvasAgg(figure)
    for _ in range(1 + max((control.axes for control in controls.values() if hasattr(control, "axes")), default=-1)):
        figure.add_axes((0, 0, 1, 1)).set_axis_off()
    display(explore(lambda **values: Picture(figure, description), **controls))
"""


def blank_lectures(lectures: list[Path]) -> NotebookNode:
    """Return a notebook with one code cell per lecture, which shows its controls, each with a blank picture."""
    cells = [new_code_cell(IMPORTS)]
    for path in lectures:
        cells += [new_markdown_cell(f"# {path.stem}"), new_code_cell("\n".join(_shows(path)))]
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})


def _shows(path: Path) -> Iterator[str]:
    names: dict[str, Any] = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        imports: list[ast.stmt] = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        exec(compile(ast.Module(imports, []), str(path), "exec"), names)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "explore":
                controls = eval(f"dict({', '.join(map(ast.unparse, node.keywords))})", names)
                for kind in sorted(
                    {(type(control).__module__, type(control).__name__) for control in controls.values()}
                ):
                    yield "from {} import {}".format(*kind)
                [output] = filter(png, cell.outputs)
                width, height = struct.unpack(">II", png(output)[16:24])
                yield f"show({width}, {height}, {output.data['text/plain']!r}, {controls!r})"
