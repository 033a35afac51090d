"""The widget that shows a demonstration's picture, with handles on it and play buttons above it.

It is one ES module, `files/stage.js`, which runs wherever anywidget does: JupyterLab, VS Code, Colab, marimo. The web
edition runs the same module without a kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course_utils.drawing.moving import axes_of, moving_parts, plain, without_moving_parts
from course_utils.drawing.pictures import Picture

FILES = Path(__file__).parent / "files"


def scene(picture: Picture, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a picture as the stage shows it: its pixels without moving parts, its axes, and the parts as data.

    values: of the controls, by name. The pixels are the bytes of a PNG file.
    """
    with without_moving_parts(picture.figure):
        png = picture.png()
    width, height = picture.figure.get_size_inches() * picture.figure.dpi
    shown = {"png": png, "width": round(width), "height": round(height), "text": picture.description}
    parts = {"axes": axes_of(picture.figure), "parts": moving_parts(picture.figure)}
    return shown | parts | {"values": plain(dict(values))}


class Stage(anywidget.AnyWidget):
    """A picture, with the handles and play buttons of `controls`.

    controls: what `for_browser` of a control returns. module, exported, constants: what `moving.module_of` returns. A
    view asks for a picture with other values by a message, and asks again only when the last has arrived.
    """

    _esm = FILES / "stage.js"
    _css = FILES / "stage.css"
    controls = traitlets.List().tag(sync=True)
    module = traitlets.Unicode().tag(sync=True)
    exported = traitlets.Unicode().tag(sync=True)
    constants = traitlets.Dict().tag(sync=True)
    scene = traitlets.Dict().tag(sync=True)

    def __init__(
        self, controls: Sequence[Mapping[str, Any]], module: str, exported: str, constants: Mapping[str, Any]
    ) -> None:
        super().__init__(controls=list(controls), module=module, exported=exported, constants=dict(constants))

    def show(self, picture: Picture, values: Mapping[str, Any], answered: str = "") -> None:
        """Show a picture. answered: the number of the request that it answers."""
        self.scene = scene(picture, values) | {"answered": answered}

    def no_picture(self, answered: str) -> None:
        """Say that a request has no picture, so that the view may ask for the next."""
        self.scene = {**self.scene, "answered": answered}

    def on_move(self, moved: Callable[[dict[str, Any], str], None]) -> None:
        """Call `moved(values, number)` whenever a view asks for a picture."""
        self.on_msg(lambda _, message, __: moved(message["values"], message["number"]) if "number" in message else None)
