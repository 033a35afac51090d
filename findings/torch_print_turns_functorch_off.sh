#!/usr/bin/env bash
# torch 2.13.0, CPU or CUDA build. `repr(tensor)` turns functorch off by a guard that lives as long as the frame of the
# call. Where something keeps that frame (a profiler that notes frames, a traceback that is kept, a reference cycle through
# a frame), functorch stays off for the thread: a custom autograd.Function with generate_vmap_rule = True, which
# torch.vmap has mapped before, raises NotImplementedError from then on, until the frame is let go.
#
# Seen on 2026-11-29:
#   before:        (2, 3)
#   frame is kept: NotImplementedError
#   frame is gone: (2, 3)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "torch==2.13.0" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PY'
import sys

import torch


class Clamp(torch.autograd.Function):
    generate_vmap_rule = True
    forward = staticmethod(lambda z: z.clamp(min=0))
    setup_context = staticmethod(lambda ctx, inputs, output: None)
    backward = staticmethod(lambda ctx, upstream: upstream)


def mapped(x):
    try:
        return str(tuple(torch.vmap(Clamp.apply)(x).shape))
    except NotImplementedError as error:
        return type(error).__name__


x, frames = torch.ones(2, 3), []
before = mapped(x)
sys.setprofile(lambda frame, event, argument: frames.append(frame))
repr(x)
sys.setprofile(None)
kept = mapped(x)
frames.clear()
gone = mapped(x)
print("before:       ", before)
print("frame is kept:", kept)
print("frame is gone:", gone)
sys.exit((before, kept, gone) != ("(2, 3)", "NotImplementedError", "(2, 3)"))
PY
