"""Helpers of the course's notebooks: pictures, sliders, a module a topic, and the checker of the exercises.

`course_utils` is the students' side. It knows nothing of the instructor's side (`autograder`, `answers`).
"""

from course_utils.devices import device

__all__ = ["device"]
