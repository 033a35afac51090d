"""Writing environment.yml, for those who use conda, from pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

from autograder.errors import CourseError
from autograder.files import replace_text

HEADER = """\
# Written from pyproject.toml by `autograder environment`. Do not edit.
#
#   conda env create --file environment.yml && conda activate deep-learning
#
# Conda brings Python, and pip brings the rest in the versions of requirements.lock, which are those that the tests ran
# with. A laptop and a cluster so get the same packages. On conda-forge torch is called `pytorch` and comes in many
# builds, among which conda chooses by the machine that it runs on: on a cluster that is the login node, without a GPU.
"""


def environment(root: Path) -> str:
    """Return what environment.yml is to hold. Raises CourseError where pyproject.toml is missing or unreadable."""
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        python, packages = project["requires-python"], project["dependencies"]
    except FileNotFoundError:
        raise CourseError(f"there is no pyproject.toml in {root}; restore it from git.") from None
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise CourseError(f"{root / 'pyproject.toml'} cannot be read ({error}); mend it.") from None
    lines = ["name: deep-learning", "channels:", "  - conda-forge", "dependencies:"]
    lines += [f'  - "python{python}"', "  - pip", "  - pip:", "      - --constraint requirements.lock"]
    lines += [f'      - "{package}"' for package in packages]
    return HEADER + "\n".join([*lines, "      - --editable ."]) + "\n"


def write_environment(root: Path, check: bool = False) -> bool:
    """Bring environment.yml up to date, or with `check` only look; return whether it was out of date."""
    path, text = root / "environment.yml", environment(root)
    stale = not path.is_file() or path.read_text(encoding="utf-8") != text
    if stale and not check:
        replace_text(path, text)
    return stale
