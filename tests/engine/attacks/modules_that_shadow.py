"""Writes modules into the working folder that shadow those of the grader."""

BEFORE = [
    """\
for name in ('judge', 'numpy', 'nbformat', 'sitecustomize', 'usercustomize', 'autograder'):
    open(f'/tmp/{name}.py', 'w').write('raise SystemExit(0)')
import sys
sys.path.insert(0, '/tmp')
"""
]
ANSWERS = {"total": "def total(X):\n    return 0"}
SCORES = {"total": 0}
