"""Leaves threads that go on for ever and write to the outputs."""

BEFORE = [
    """\
import threading, time
def forever():
    while True:
        print('still here')
        time.sleep(0.01)
for _ in range(5):
    threading.Thread(target=forever, daemon=False).start()
"""
]
ANSWERS = {"total": "import time\ndef total(X):\n    time.sleep(0.05)\n    return 0"}
SCORES = {"total": 0}
