"""Makes a driver return an object that stays in the student's process."""

ANSWERS = {
    "momentum": """\
class Momentum:
    def __init__(self, lr): pass
    def step(self, w, g): return self
    __eq__ = __le__ = lambda self, other: True
"""
}
SCORES = {"momentum": 0}
TELLS = "Momentum"
