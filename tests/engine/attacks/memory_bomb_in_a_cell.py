"""Takes all the memory there is while a cell runs, and keeps it."""

BEFORE = ["kept = []\nwhile True:\n    kept.append(np.ones(5_000_000) if 'np' in globals() else bytearray(40 << 20))"]
SCORES = {}
TELLS = "MemoryError"
