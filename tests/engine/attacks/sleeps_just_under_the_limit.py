"""Sleeps a little less than a call may take, in every call and every cell; all of it has a limit too."""

BEFORE = ["import time\ntime.sleep(0.5)"] * 20
LIMITS = {"submission_wall_seconds": 6.0}
SCORES = {"total": 0, "rank": 0, "scale": 0, "softplus": 0, "momentum": 0}
TELLS = "had used up its 6 s"
