"""What goes wrong in a way that was foreseen."""


class CourseError(Exception):
    """Expected trouble. Its text is one sentence: what is wrong, where, and what to do.

    The command line prints the sentence and exits with 1; nobody is shown a stack trace.
    """
