"""Takes memory in many processes, each of which stays below its own limit."""

ANSWERS = {
    "total": """\
import os, time
def total(X):
    for _ in range(12):
        if os.fork() == 0:
            kept = b"1" * (60 << 20)
            time.sleep(60)
            os._exit(0)
    time.sleep(60)
"""
}
SCORES = {"total": 0}
LIMITS = {"call_wall_seconds": 60.0}
TELLS = "used more than 400 MB of memory, with all that it had started, and was stopped"
