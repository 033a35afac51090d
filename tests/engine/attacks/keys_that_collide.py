"""Returns a dict whose keys all have the same hash, which costs the square of their number."""

ANSWERS = {
    "total": "def total(X):\n    return {i * (2 ** 61 - 1): 0 for i in range(9_000)}",
    "softplus": """\
def softplus(x):
    pairs = [[i * (2 ** 61 - 1), None] for i in range(150_000)]
    tree(['dict', [['value', {'dict': pairs}]]], whole=True)
""",
}
FORGES = True
SCORES = {"total": 0, "softplus": 0}
SECONDS = 8
