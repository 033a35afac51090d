"""Raises GeneratorExit and a BaseException of its own."""

ANSWERS = {
    "total": "def total(X):\n    raise GeneratorExit",
    "softplus": "class Mine(BaseException): pass\ndef softplus(x):\n    raise Mine('a')",
}
SCORES = {"total": 0, "softplus": 0}
TELLS = "Mine"
