"""Shows JSON of a few bytes per part, which takes a hundred times as much memory where it is read."""

BEFORE = [
    """\
import numpy
forge({'outputs': numpy.frombuffer(b'[' + b'[],' * (2 << 20) + b'[]]', numpy.uint8)})
import os
os._exit(0)
""",
    """\
import numpy
parts = b'{"":0},' * (1 << 20) + b'{}'
display = b'[{"output_type": "display_data", "metadata": {}, "data": {"application/json": [' + parts + b']}}]'
forge({'outputs': numpy.frombuffer(display, numpy.uint8)})
import os
os._exit(0)
""",
]
FORGES = True
SCORES = {}
TELLS = "could not be read"
SECONDS = 4
