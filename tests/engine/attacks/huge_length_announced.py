"""Announces a frame of exabytes."""

ANSWERS = {
    "total": """\
import struct
def total(X):
    raw(struct.pack('>QQ', 1 << 60, 1 << 60))
""",
    "softplus": """\
import struct, time
def softplus(x):
    raw(struct.pack('>QQ', 100, 60 << 20) + b'{')
    time.sleep(60)
""",
}
FORGES = True
SCORES = {"total": 0, "softplus": 0}
TELLS = "announces"
