"""Floating-point errors of NumPy that the code which runs cannot silence."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from contextvars import ContextVar
from typing import Any

import numpy as np
from numpy._core import _ufunc_config  # pyright: ignore[reportPrivateUsage] - no public name leads to the variable

_MODULE: Any = _ufunc_config  # of `np.errstate` and `np.seterr`


@contextlib.contextmanager
def errors_raised() -> Generator[None]:
    """Raise FloatingPointError on overflow and invalid operations inside the block, whatever `np.errstate` says there.

    For the driver of a check whose task asks for a computation without overflow. `np.errstate(over="ignore")` and
    `np.seterr` in the student's code do nothing inside the block: they write their settings into a variable that no
    ufunc reads.
    """
    with np.errstate(over="raise", invalid="raise"):
        settings = _MODULE._extobj_contextvar
        _MODULE._extobj_contextvar = ContextVar("settings that no ufunc reads")
        try:
            yield
        finally:
            _MODULE._extobj_contextvar = settings
