"""Deadlines of the course: due dates, grace, closing times, penalties and extensions, which all are in one file.

They live in `deadlines.toml` in the root of the course and not in nbgrader's gradebook, because the gradebook has no
place for most of them: an extension belongs to a row that exists only after a student has handed in, and there is no
grace, no closing time and no penalty. `autograder.gradebook.lateness` copies into the gradebook what it can hold, so
that nbgrader's own commands agree.
"""
