"""The kinds of exercises: what one asks for. The task cell says it by a tag, `kind:test`; without one it is `write`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TAG, WRITE = "kind:", "write"

# By their tags, as students read them.
KINDS = {
    WRITE: "write",
    "derive": "derive",
    "bug": "find the bug",
    "test": "test it",
    "predict": "predict, then measure",
    "experiment": "experiment",
}


def kind_of(metadata: Mapping[str, Any]) -> str:
    """Return the kind of an exercise, one of KINDS or what else its tag says, from the metadata of its task cell."""
    found = [tag.removeprefix(TAG) for tag in metadata.get("tags", []) if tag.startswith(TAG)]
    return found[0] if found else WRITE
