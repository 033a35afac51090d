"""Floating-point errors of NumPy that the code which runs cannot silence."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from contextvars import ContextVar

import numpy as np
from numpy._core import _ufunc_config


@contextlib.contextmanager
def errors_raised() -> Generator[None]:
    """Raise FloatingPointError on overflow and invalid operations inside the block, whatever `np.errstate` says there.

    For the driver of a check whose task asks for a computation without overflow. `np.errstate(over="ignore")` and
    `np.seterr` in the student's code do nothing inside the block: they write their settings into a variable that no
    ufunc reads.
    """
    with np.errstate(over="raise", invalid="raise"):
        settings = _ufunc_config._extobj_contextvar
        _ufunc_config._extobj_contextvar = ContextVar("settings that no ufunc reads")
        try:
            yield
        finally:
            _ufunc_config._extobj_contextvar = settings
