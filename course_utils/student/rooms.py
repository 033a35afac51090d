"""Which of `course_utils` answers may import, and all of it that is there when they are graded.

The other folders hold helpers of the lectures, which compute what exercises ask for.
"""

PACKAGE = "course_utils"

# Folders.
OPEN_TO_ANSWERS = ("check", "checks", "data", "student")

# What the package itself offers, its `__all__`.
OFFERED = ("device", "progress", "submit")
