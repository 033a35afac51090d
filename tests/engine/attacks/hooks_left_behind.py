"""Leaves hooks on all tensors and modules, and a dispatch mode that is never left."""

ANSWERS = {
    "softplus": """\
from torch.overrides import TorchFunctionMode
class Mode(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return torch.Tensor.clone(args[0]) if args and isinstance(args[0], torch.Tensor) else func(*args, **(kwargs or {}))
def softplus(x):
    torch.nn.modules.module.register_module_forward_hook(lambda *a: torch.zeros(1))
    Mode().__enter__()
    return x
"""
}
SCORES = {"softplus": 0}
