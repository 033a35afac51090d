#!/usr/bin/env bash
# torch 2.13.0, CPU or CUDA build. After the first function that torch.compile has compiled, also with the backend "eager",
# distributions no longer validate their arguments by default, in the whole process: a covariance matrix that is not
# positive definite raises ValueError before, and LinAlgError of the factorization after; a negative scale raises
# ValueError before, and nothing after.
#
# Seen on 2026-11-28:
#   before: MultivariateNormal ValueError, Normal ValueError
#   after:  MultivariateNormal _LinAlgError, Normal nothing
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "torch==2.13.0" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PY'
import sys

import torch
from torch.distributions import MultivariateNormal, Normal


def raised(make):
    try:
        make()
    except (ValueError, RuntimeError) as error:
        return type(error).__name__
    return "nothing"


def both():
    flat = raised(lambda: MultivariateNormal(torch.zeros(2), torch.ones(2, 2)))
    return f"MultivariateNormal {flat}, Normal {raised(lambda: Normal(0.0, -1.0))}"


before = both()
torch.compile(lambda x: x + 1, backend="eager")(torch.ones(2))
after = both()
print("before:", before)
print("after: ", after)
wanted = ("MultivariateNormal ValueError, Normal ValueError", "MultivariateNormal _LinAlgError, Normal nothing")
sys.exit((before, after) != wanted)
PY
