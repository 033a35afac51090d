"""Returns a Parameter whose class has been patched."""

ANSWERS = {
    "softplus": """\
torch.nn.Parameter.__torch_function__ = classmethod(lambda c, f, t, a=(), k=None: True)
torch.Tensor.__eq__ = torch.Tensor.allclose = lambda *a, **k: True
def softplus(x):
    return torch.nn.Parameter(torch.zeros(x.shape, dtype=x.dtype))
"""
}
SCORES = {"softplus": 0}
