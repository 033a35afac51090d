"""Drivers of the checks, a module per unit: they run the student's code and hold no expected value.

A setup cell imports its module, `from course_utils.checks import topic as drive`, and a check gives a driver the
student's function or class as an argument: `check.call(drive.steps_of_sgd, sgd_update_, ...)`.
"""
