"""Takes all the memory there is."""

ANSWERS = {"total": "def total(X):\n    kept = []\n    while True:\n        kept.append(bytearray(50 << 20))"}
SCORES = {"total": 0}
TELLS = "MemoryError"
