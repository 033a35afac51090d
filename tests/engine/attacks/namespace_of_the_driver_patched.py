"""Finds the driver's frame from inside and changes its variables and its code."""

ANSWERS = {
    "momentum": """\
import sys
class Momentum:
    def __init__(self, lr):
        space = sys._getframe(1).f_globals
        space['three_steps'].__code__ = (lambda *a: True).__code__
        space['__builtins__'] = {}
    def step(self, w, g):
        return w
"""
}
SCORES = {"momentum": 0}
