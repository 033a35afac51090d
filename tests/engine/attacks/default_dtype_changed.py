"""Changes torch's default dtype and device for all that follows."""

BEFORE = ["import torch\ntorch.set_default_dtype(torch.float64)\ntorch.set_default_device('meta')"]
ANSWERS = {"total": "def total(X):\n    return torch.zeros(len(X))"}
SCORES = {"total": 0}
