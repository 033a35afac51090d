"""Leaves links to the instructor's files where the grader may follow them."""

BEFORE = [
    """\
import os
for name in ('grades', 'notebook.ipynb', 'results.json', 'matplotlibrc'):
    os.symlink('/etc/shadow', '/tmp/' + name)
os.symlink('/', '/tmp/root')
"""
]
ANSWERS = {"total": "def total(X):\n    return open('/tmp/grades').read()"}
SCORES = {"total": 0}
TELLS = "FileNotFoundError"
