"""Redefines the names that a driver uses."""

ANSWERS = {
    "momentum": """\
import builtins
class Momentum:
    def __init__(self, lr): pass
    def step(self, w, g): return w
three_steps = lambda *a: 0
builtins.range = builtins.len = builtins.enumerate = lambda *a: [0]
"""
}
SCORES = {"momentum": 0}
TELLS = "ended its process"
