"""Is not Python at all, with half a character in it."""

ANSWERS = {"total": "def total(X:\n    return '\ud800'", "rank": "%%bash\ncat ../../source/*"}
SCORES = {"total": 0, "rank": 0}
