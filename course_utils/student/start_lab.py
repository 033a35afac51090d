"""Start JupyterLab on the course.

python -m course_utils.student.start_lab [--port N] [FOLDER] [OPTION OF JUPYTERLAB]...
"""

from __future__ import annotations

import argparse
import errno
import os
import socket
import sys
from pathlib import Path

DEFAULT_PORT = 8888

# Settings of JupyterLab. `labconfig/page_config.json`: it never asks whether to show news, and that of a student kit
# has no menus of instructors. `jupyter_server_config.json`: its file browser leaves out the files of hints, and what it
# leaves out by default; its Assignment List says in sentences why nothing was handed in. `custom/custom.css`: messages
# break between words.
SETTINGS = Path(__file__).parents[2] / "jupyter"


def why_not(folder: Path, port: int) -> str | None:
    """Return one sentence that says why JupyterLab cannot start in `folder` on `port`; None where it can."""
    if not folder.is_dir():
        return f"there is no folder {folder}; start from the root of the course."
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"port {port} is in use; choose another one, for example `make lab PORT={port + 1}`."
            return f"port {port} cannot be opened ({error.strerror}); choose one above 1024."
    return None


def main() -> None:
    """Replace this process with JupyterLab, or exit with 1 and one sentence that says why not."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.student.start_lab", description=__doc__)
    parser.add_argument("folder", nargs="?", default=".", type=Path, help="what JupyterLab shows at its root")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    options, others = parser.parse_known_args()
    sentence = why_not(options.folder, options.port)
    if sentence:
        sys.exit(f"error: {sentence}")
    command = [sys.executable, "-m", "jupyterlab", "--port", str(options.port), "--ServerApp.port_retries=0"]
    command += ["--LabApp.custom_css=True", *others]
    folders = (str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH"))
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, folders))
    os.chdir(options.folder)
    os.execv(sys.executable, command)


if __name__ == "__main__":
    main()
