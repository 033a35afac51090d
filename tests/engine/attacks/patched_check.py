"""Replaces the checker itself."""

BEFORE = [
    """\
import course_utils.check as c, course_utils.check.received as r, course_utils.check.calls as k, sys
for name in dir(r.Received):
    if not name.startswith('__'):
        setattr(r.Received, name, lambda *a, **k: None)
c.call = k.call = c.read = lambda *a, **k: r.Received(0, '')
c.Failed.__init__ = lambda self, *a: sys.exit(0)
"""
]
ANSWERS = {"total": "def total(X):\n    return 0"}
SCORES = {"total": 0}
