"""Values that go back into the student's own code as the objects that they are.

A check reads what a function returns as plain data. But a named tuple, an ordered dict or a tensor with its graph is
more than its numbers: the student's next function may ask for `state.t`, or differentiate through it. So the original
stays here, the plain data carry its number, and a check that passes them back unchanged passes back the original.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from autograder.engine.worker import codec
from autograder.engine.worker.codec import MAX_DEPTH, Reference, is_list
from autograder.engine.worker.errors import ProtocolError
from course_utils.check import plain


class References:
    """The originals, by number."""

    def __init__(self) -> None:
        self._originals: list[Any] = []

    def __getitem__(self, number: int) -> Any:
        """Return an original."""
        return self._originals[number]

    def refer(self, value: Any, depth: int = 0) -> Any:
        """Return a value with a `Reference` around each part that is more than plain data, and around what holds one.

        Raises ProtocolError where it is nested too deeply.
        """
        if depth > MAX_DEPTH:
            raise ProtocolError("the data are nested too deeply")
        if plain.is_dict(value):
            referred: Any = {key: self.refer(item, depth + 1) for key, item in codec.items(value)}
            return self._with_parts(value, referred, referred.values())
        if plain.is_sequence(value):
            parts = [self.refer(item, depth + 1) for item in value]
            return self._with_parts(value, parts if is_list(value) else tuple(parts), parts)
        return self._reference(value, value) if _has_graph(value) else value

    def _with_parts(self, original: Any, referred: Any, parts: Iterable[Any]) -> Any:
        is_more = type(original) not in (list, tuple, dict) or any(isinstance(part, Reference) for part in parts)
        return self._reference(original, referred) if is_more else referred

    def _reference(self, original: Any, referred: Any) -> Reference:
        self._originals.append(original)
        return Reference(len(self._originals) - 1, referred)


def _has_graph(value: Any) -> bool:
    """Say whether a value is a tensor that was computed from others which require gradients."""
    return plain.is_tensor(value) and plain.is_exact_array(value) and cast(Any, value).grad_fn is not None
