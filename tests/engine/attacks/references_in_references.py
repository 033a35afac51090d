"""Sends an array inside references, one in the other, each of which the judge would keep a digest of."""

ANSWERS = {
    "scale": """\
import numpy
def scale_forward(X, s):
    value = numpy.zeros(7 << 20)
    for number in range(16):
        value = codec.Reference(number, [value])
    forge({'value': (s * X, value)})
    import os
    os._exit(0)

def scale_backward(dY, cache):
    return dY, 0.0
"""
}
FORGES = True
SCORES = {"scale": 1}
