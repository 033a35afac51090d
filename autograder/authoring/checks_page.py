"""Write docs/checks.md, all that a check can ask, from the docstrings of `course_utils.check`.

    python -m autograder.authoring.checks_page

A test compares the committed page with the docstrings.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator

from autograder.files import replace_text
from autograder.paths import find_root
from course_utils import check

PAGE = "docs/checks.md"
HEAD = """# What a check can ask

Made from the docstrings of `course_utils/check` by `make release`: edit those, not this page. Every example runs after
`import numpy as np`, `import torch` and `from course_utils import check`. Where an example calls a function of a
library, a check calls the student's. The rules of check cells are in [add-an-exercise.md](add-an-exercise.md).
"""

# What an author wants, and what to use for it; a name with a dot in front is a method of what `call` and `read` return.
GROUPS = {
    "Call a function, read a value": ("call", "runs", "raises", "read", ".value"),
    "Compare values": (".equals", ".equals_up_to_sign", ".equals_up_to_rotation", ".satisfies"),
    "Look at the structure of an answer": (".unpack", ".key", ".has_shape"),
    "Check gradients": (".is_gradient_of", "central_differences"),
    "Ask for more than a function": ("exposes", ".is_one_of", "catches", "prediction"),
    "Say what an answer may not use": ("rules_out",),
    "Try several cases": ("case",),
    "Check code that has state": ("driver",),
    "Draw inputs at random": ("rng", "generator", "seed"),
    "Names for types": ("Received", "Failed"),
}

_ITEM = re.compile(r"(Raises )|(\w+(?:, \w+)*): ")


def page() -> str:
    """Return the text of docs/checks.md."""
    sections = (f"\n## {title}\n{''.join(map(_entry, names))}" for title, names in GROUPS.items())
    return HEAD + "".join(sections)


def example(name: str) -> str:
    """Return the example in the docstring of a name, as GROUPS has it, as lines of Python."""
    return textwrap.dedent("\n".join(line for line, is_code in _lines(_documented(name)) if is_code))


def _documented(name: str) -> object:
    holder = check.Received if name.startswith(".") else check
    return inspect.getattr_static(holder, name.lstrip("."))


def _entry(name: str) -> str:
    documented = _documented(name)
    shown = f"check.{name}" if not name.startswith(".") else name
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(_markdown(documented)))
    return f"\n### `{shown}{_arguments(documented)}`\n\n{text}\n"


def _arguments(documented: object) -> str:
    """Return the arguments without their types, as one types them; nothing for what is not called."""
    if not inspect.isfunction(documented):
        return ""
    signature = inspect.signature(documented)
    named = [p.replace(annotation=p.empty) for p in signature.parameters.values() if p.name != "self"]
    return str(signature.replace(parameters=named, return_annotation=signature.empty))


def _markdown(documented: object) -> Iterator[str]:
    """Yield a docstring as Markdown: sentences, the example as a block of code, and arguments and errors as a list."""
    was_code = is_list = False
    for line, is_code in _lines(documented):
        if is_code != was_code:
            yield "```python" if is_code else "```"
            was_code = is_code
        item = None if is_code else _ITEM.match(line)
        if is_code:
            yield line.removeprefix("    ")
        elif item:
            if not is_list:
                yield ""
            is_list = True
            yield f"- {line}" if item[1] else f"- `{item[2]}`: {line[item.end() :]}"
        else:
            yield f"  {line}" if is_list else line


def _lines(documented: object) -> Iterator[tuple[str, bool]]:
    """Yield (line, whether it is code) of a docstring; an empty line between two of code is code."""
    lines = (inspect.getdoc(documented) or "").splitlines()
    for i, line in enumerate(lines):
        following = next((later for later in lines[i + 1 :] if later), "")
        before = next((earlier for earlier in reversed(lines[:i]) if earlier), "")
        inside = following.startswith("    ") and before.startswith("    ")
        yield line, line.startswith("    ") or (not line and inside)


if __name__ == "__main__":
    replace_text(find_root() / PAGE, page())
