"""Shows the number 2.0 as the result of the cell, which nbgrader takes for partial credit."""

ANSWERS = {
    "total": """\
import sys
def total(X):
    sys.displayhook(200.0)
    raise ValueError('no')
"""
}
SCORES = {"total": 0}
TELLS = "raised ValueError: no"
