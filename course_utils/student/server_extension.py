"""What the course adds to JupyterLab's server; `jupyter/jupyter_server_config.json` switches it on.

The dialog of the Assignment List says in sentences why nothing was handed in, and the course's style sheet is found.
"""

from __future__ import annotations

from typing import Any

from course_utils.student.assignment_list import SubmitHandler
from course_utils.student.start_lab import SETTINGS


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Come before nbgrader and JupyterLab, whose names are later in the alphabet: extensions are loaded in its order.

    The first handler of an address wins, and JupyterLab reads once where custom style sheets are.
    """
    settings = server.web_app.settings
    address = f"{settings['base_url'].rstrip('/')}/assignments/(?P<action>submit)"
    server.web_app.add_handlers(".*$", [(address, SubmitHandler)])
    settings["static_custom_path"] = [str(SETTINGS / "custom"), *settings["static_custom_path"]]
