"""`site.toml` in the root of a course: the title of the web edition, and where its buttons lead."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from autograder.errors import CourseError

FILE = "site.toml"


@dataclass(frozen=True)
class Site:
    """What `site.toml` may set. Each is text; an address that is empty has no button.

    repository: the public address of the repository with the students' kit. branch: the branch that has the kit.
    binder, colab, jupyterhub: the services that open a notebook of it.
    """

    title: str = "Deep learning in notebooks"
    repository: str = ""
    branch: str = "student-kit"
    binder: str = "https://mybinder.org"
    colab: str = "https://colab.research.google.com"
    jupyterhub: str = ""

    @property
    def assignments(self) -> str:
        """The address of the folder that has `release/`, with a slash at its end; empty if there is none."""
        return f"{self.repository.rstrip('/')}/blob/{self.branch}/" if self.repository else ""


def read_site(root: Path) -> Site:
    """Read the settings of the web edition; a course without the file has the defaults.

    Raises CourseError where the file is not TOML, or sets what there is not, or to what is not text.
    """
    path = root / FILE
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{FILE} is not valid TOML ({error}); fix it.") from None
    known = [field.name for field in fields(Site)]
    for name, value in found.items():
        if name not in known:
            raise CourseError(f"{FILE} sets {name}, which is not a setting; there are {', '.join(known)}.")
        if not isinstance(value, str):
            raise CourseError(f"{FILE} sets {name} to {value!r}; write it as text, in quotes.")
    return Site(**found)
