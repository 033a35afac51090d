"""The one jinja environment in which pages for students and instructors are rendered."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def jinja_environment(package: str) -> Environment:
    """Return a jinja environment for the templates in the folder of `package`, for example "autograder.report".

    Every value is escaped, unless it is `markupsafe.Markup`; an unknown name is an error.
    """
    return Environment(
        loader=PackageLoader(package, "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
