#!/usr/bin/env bash
# torch 2.13.0, CPU or CUDA build. The newer interface sets the precision of cuDNN's convolutions and of its RNNs to the
# same value. Reading the older flag then raises an error that says that they differ, and a context manager that has
# nothing to do with precision raises it, too. Set to "none" at the older interface, nothing is raised.
#
# Seen on 2026-11-28:
#   conv=ieee rnn=ieee
#   allow_tf32: RuntimeError: ... cuDNN conv and cuDNN RNN have different TF32 flags ...
#   flags(enabled=True): RuntimeError
#   older interface, allow_tf32 = False: conv=none rnn=none, readable
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "torch==2.13.0" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PY'
import sys

import torch

cudnn = torch.backends.cudnn
cudnn.allow_tf32 = False
print(f"older interface, allow_tf32 = False: conv={cudnn.conv.fp32_precision} rnn={cudnn.rnn.fp32_precision}, readable")
older = cudnn.allow_tf32 is False

cudnn.allow_tf32 = True
cudnn.conv.fp32_precision = "ieee"
cudnn.rnn.fp32_precision = "ieee"
same = cudnn.conv.fp32_precision == cudnn.rnn.fp32_precision == "ieee"
print(f"conv={cudnn.conv.fp32_precision} rnn={cudnn.rnn.fp32_precision}")


def raised(use):
    try:
        use()
    except RuntimeError as error:
        return str(error)
    return ""


def enter():
    with cudnn.flags(enabled=True):
        pass


reading, entering = raised(lambda: cudnn.allow_tf32), raised(enter)
print("allow_tf32:", reading or "readable")
print("flags(enabled=True):", entering or "entered")
sys.exit(not (older and same and "different TF32 flags" in reading and entering))
PY
