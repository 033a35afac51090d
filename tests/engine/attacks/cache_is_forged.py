"""Hands back, instead of a cache, handles to the engine's own objects."""

ANSWERS = {
    "scale": """\
from course_utils.check.plain import Opaque
def scale_forward(X, s):
    return s * X, Opaque(10 ** 9, 'a numpy array')
def scale_backward(dY, cache):
    return dY, 0.0
"""
}
SCORES = {"scale": 1}
