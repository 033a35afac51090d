"""Write environment.yml, for conda, from pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml

from autograder.errors import CourseError
from autograder.files import replace_text

HEADER = """\
# Written from pyproject.toml by `autograder environment`. Do not edit.
#
#   conda env create --file environment.yml && conda activate deep-learning
#
# Conda installs Python, and pip installs the packages in the versions of requirements.lock, which the tests ran with.
# So a laptop and a cluster get the same packages. On conda-forge torch is called `pytorch` and has many builds, of
# which conda chooses one by the machine on which it runs: on a cluster that is the login node, without a GPU.
"""


def environment(root: Path) -> str:
    """Return the text of environment.yml. Raises CourseError if pyproject.toml is missing or unreadable."""
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        python, packages = project["requires-python"], project["dependencies"]
    except FileNotFoundError:
        raise CourseError(f"there is no pyproject.toml in {root}; restore it from git.") from None
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise CourseError(f"{root / 'pyproject.toml'} cannot be read ({error}); fix it.") from None
    pip = ["--constraint requirements.lock", *packages, "--editable ."]
    content = {
        "name": "deep-learning",
        "channels": ["conda-forge"],
        "dependencies": [f"python{python}", "pip", {"pip": pip}],
    }
    return HEADER + yaml.safe_dump(content, sort_keys=False)


def write_environment(root: Path, check: bool = False) -> bool:
    """Update environment.yml unless `check` is set; return whether it was out of date."""
    path, text = root / "environment.yml", environment(root)
    stale = not path.is_file() or path.read_text(encoding="utf-8") != text
    if stale and not check:
        replace_text(path, text)
    return stale
