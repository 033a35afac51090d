"""Forges outputs of a cell that no notebook can hold."""

BEFORE = [
    "forge({'outputs': 7})\nwhile True: pass",
    "forge({'outputs': [{'output_type': 'stream', 'name': 3, 'text': None}]})\nimport os\nos._exit(0)",
    "forge({'outputs': shown([{'output_type': 'stream', 'name': 3, 'text': None}, 7])})\nimport os\nos._exit(0)",
    "forge({'outputs': shown({}), 'updates': shown([3])})\nimport os\nos._exit(0)",
    "forge({'outputs': shown([]), 'updates': shown({'': {'data': 3}, 'a': {'metadata': 7}})})\nimport os\nos._exit(0)",
    """\
import numpy as np
data = {'application/vnd.a+json': np.zeros(3)}
forge({'outputs': [{'output_type': 'display_data', 'data': data, 'metadata': {}}]})
import os
os._exit(0)
""",
    "forge({'outputs': shown([{'output_type': 'stream', 'name': 'stdout', 'text': 'half \\ud800 a character'}])})",
]
FORGES = True
SCORES = {}
TELLS = "could not be read"
