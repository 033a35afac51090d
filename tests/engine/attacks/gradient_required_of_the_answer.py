"""Returns tensors that require gradients, conjugate and negative views, and a graph without end."""

ANSWERS = {
    "softplus": """\
def softplus(x):
    y = torch.zeros(x.shape, dtype=x.dtype, requires_grad=True) * 1
    y.register_hook(lambda g: 1 / 0)
    return torch._neg_view(y)
"""
}
SCORES = {"softplus": 0}
TELLS = "wrong value"
