"""The one way in which a check says no."""


class Failed(AssertionError):
    """A check did not hold. Its text is what the student reads, and all that the student reads.

    nbgrader gives no points to a cell that ends in an error; IPython shows `_render_traceback_` in place of a trace.
    """

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()
