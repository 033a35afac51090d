"""What the notebooks of the course import: the checker of the exercises, pictures and sliders, and a folder per unit.

    import course_utils
    device = course_utils.device()

    from course_utils import progress
    progress.show()

    from course_utils import submit
    submit.button()

`course_utils` is the students' side. It imports nothing from the instructor's side (`autograder`, `answers`).
"""

from course_utils.student import progress, submit
from course_utils.student.devices import device

__all__ = ["device", "progress", "submit"]
