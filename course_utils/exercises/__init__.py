"""Pictures for the assignments that the student's own functions draw, a module a unit.

The reference is a grey ghost, and the student's result lies over it. Where an answer is missing or broken, the ghost
stands alone, and title and description say so.
"""
