"""Replaces compile and exec, by which the driver is run."""

BEFORE = ["import builtins\nbuiltins.exec = lambda code, space: space.update(three_steps=lambda *a: a[0])"]
ANSWERS = {"momentum": "class Momentum:\n    pass"}
SCORES = {"total": 0, "rank": 0, "scale": 0, "softplus": 0, "momentum": 0}  # it broke its own worker
