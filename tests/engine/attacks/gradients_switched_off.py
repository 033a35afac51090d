"""Switches gradients and determinism off or on and leaves it so."""

BEFORE = [
    """\
import torch
torch.set_grad_enabled(False)
torch.use_deterministic_algorithms(True)
torch.inference_mode(True).__enter__()
torch.set_num_threads(1)
"""
]
ANSWERS = {"total": "def total(X):\n    return 0"}
SCORES = {"total": 0}
