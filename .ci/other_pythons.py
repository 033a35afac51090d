"""Compile all code of the course in this Python, and import what needs only the standard library.

Runs in Pyodide with the course at /course (other_pythons.mjs); its last value is 0 where all went well.
"""

import importlib
import json
import os
import sys
import warnings
from pathlib import Path

COURSE = Path("/course")
EXPECTED = os.environ["EXPECTED_PYTHON"]  # the Python that this should be, set by other_pythons.mjs
OURS = ("autograder", "course_utils")
# What the standard library of 3.11 has and later ones lack: no package brings these.
REMOVED = (
    *("asynchat", "asyncore", "distutils", "imp", "smtpd"),  # in 3.12
    *("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap", "msilib", "nis", "nntplib"),
    *("ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),  # these two lines in 3.13
)
FOLDERS = (*OURS, "answers", "benchmarks", "tests")


def compiled() -> tuple[int, list[str]]:
    """Compile modules and code cells; return how many files, and what is wrong."""
    files = [path for folder in FOLDERS for path in sorted((COURSE / folder).rglob("*.py"))]
    files += [path for folder in ("notebooks", "source") for path in sorted((COURSE / folder).rglob("*.ipynb"))]
    wrong = []
    for path in files:
        text = path.read_text(encoding="utf-8")
        cells = json.loads(text)["cells"] if path.suffix == ".ipynb" else [{"cell_type": "code", "source": text}]
        for source in ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"):
            try:
                compile(source, str(path), "exec", dont_inherit=True)
            except (SyntaxError, Warning) as error:
                wrong.append(f"{path}: {error!r}")
    return len(files), wrong


def imported() -> tuple[int, list[str]]:
    """Import our modules; return how many can be, and what is wrong except that a package is not installed here."""
    names = [
        ".".join(path.relative_to(COURSE).with_suffix("").parts).removesuffix(".__init__")
        for package in OURS
        for path in sorted((COURSE / package).rglob("*.py"))
        if (path.parent / "__init__.py").exists()  # others are files for other programs, such as Sphinx's conf.py
    ]
    number, wrong = 0, []
    for name in names:
        try:
            importlib.import_module(name)
            number += 1
        except ModuleNotFoundError as error:
            if (error.name or "").split(".")[0] in (*OURS, *REMOVED):
                wrong.append(f"{name}: {error!r}")
        except Exception as error:
            wrong.append(f"{name}: {error!r}")
    return number, wrong


warnings.simplefilter("error")
sys.dont_write_bytecode = True
sys.path.insert(0, str(COURSE))
files, wrong = compiled()
modules, wrong_modules = imported()
wrong += wrong_modules
version = ".".join(map(str, sys.version_info[:3]))
if not version.startswith(EXPECTED):
    wrong.append(f"this is Python {version}, not {EXPECTED}")
print(f"Python {version}: {files} files compile, {modules} modules import without packages", *wrong, sep="\n")
int(bool(wrong))
