"""Exceptions of the autograder.

    Exception
    |-- CourseError                 what a person must fix: a setting, a file, a missing program
    |-- EngineError                 one submission or one worker is at fault; the class run goes on
    |   |-- ConnectionClosed        the other process has ended
    |   |-- TimedOut                the other process is too slow
    |   |-- ProtocolError           the other process sends what is not plain data, or too much of it
    |   |-- WorkerLost              the worker cannot be used any further, for another reason
    |   |-- Refused                 a path of a submission leads through a link, or to no regular file
    |   `-- UnreadableSubmission    the submitted notebook is missing, or cannot be read
    `-- AssertionError
        `-- check.Failed            a check cell says what is wrong with an answer (`course_utils.check.failed`)
    BaseException
    |-- Abandoned                   ends a check cell whose worker is lost (`autograder.engine.proxies`)
    `-- MachineFailed               the machine could not judge a submission; the result is an error, and no 0

`CourseError` is defined here, in the lowest module of the instructor's side. `EngineError` and its first three children
are in `autograder.engine.worker.errors`, because the worker raises them, too, and sees no other module; the others
are in `autograder.engine.errors`.

A command lets a CourseError through, and the command line prints it; whoever reads a submission handles its status:

    try:
        notebook = read_submission(path)
    except UnreadableSubmission as error:
        result.status, result.reason = error.status, str(error)

The judge turns every EngineError of a conversation into lost points of one exercise, and starts a new worker:

    try:
        reply = self._request(channel, request, limit)
    except EngineError as error:
        message = self._discard_worker(f"this cell {describe(error)}")
"""


class CourseError(Exception):
    """A person must fix something. Its text is one sentence: what is wrong, where, and what to do.

    The command line prints the sentence and exits with 1; nobody is shown a stack trace:

        raise CourseError(f"there is no assignment {name} in source/; there are {', '.join(known)}.")
    """
