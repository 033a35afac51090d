"""Hand in a unit and wait for what the grader says: python -m course_utils.submit NN_topic

In a notebook, `from course_utils import submit` gives `course_utils.student.submit`, with its `button`.
"""

import sys

from course_utils.student.submit import main

if __name__ == "__main__":
    sys.exit(main())
