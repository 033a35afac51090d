"""Breaks numpy and torch for the exercises behind it: it costs the student's own points and gives none."""

ANSWERS = {"softplus": "def softplus(x):\n    return x\n\ntorch.Tensor.__add__ = np.ndarray.sum = None\n"}
SCORES = {"softplus": 0}
TELLS = "wrong value"
