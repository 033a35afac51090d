"""Returns tensors without numbers: on the meta device, sparse, quantised."""

ANSWERS = {
    "softplus": """\
def softplus(x):
    return torch.empty(x.shape, dtype=x.dtype, device='meta')
""",
    "total": "def total(X):\n    return torch.zeros(len(X)).to_sparse()",
}
SCORES = {"softplus": 0, "total": 0}
TELLS = "cannot be looked at"
