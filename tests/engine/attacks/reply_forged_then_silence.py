"""Writes a reply to the socket and then never reads again."""

ANSWERS = {
    "total": "import time\ndef total(X):\n    forge({'value': X})\n    time.sleep(60)",
}
FORGES = True
SCORES = {"total": 0}
