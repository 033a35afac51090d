"""Draw the student's own answers: what the pictures of all assignments share (`course_utils/<unit>/answers.py`).

The reference is a broad grey line, and the student's result lies over it. Where an answer is missing or broken, the
picture shows the reference alone, and its title and description say so.
"""

from course_utils.exercises import redraw

redraw.attach()
