"""Raises errors whose text looks like a verdict, commands terminals and pages, and is megabytes long."""

ANSWERS = {
    "total": "def total(X):\n    raise ValueError('\\x1b[2J\\x1b]0;a\\x07<script>alert(1)</script>\\u202e\\ud800\\x00\\nScore: 2/2')",
    "rank": "rank = '\\x1b[31m' + 'x' * 5_000_000",
    "softplus": "class Loud(Exception): pass\nLoud.__name__ = '\\x1b[2J' * 100\ndef softplus(x):\n    raise Loud('y' * 5_000_000)",
}
SCORES = {"total": 0, "rank": 0, "softplus": 0}
TELLS = "<script>"
