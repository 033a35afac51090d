#!/usr/bin/env bash
# torch 2.13.0, CPU build. torch.optim.Muon orthogonalizes the momentum of a weight matrix by Newton-Schulz steps. With its
# default coefficients more steps do not bring the singular values of the update nearer to 1: they stay between about 0.7
# and 1.15, since 1 is no fixed point of the polynomial. And the steps are computed in bfloat16, also for float64
# parameters, so with more steps a direction whose gradient is exactly 0 gets an update of full size, from rounding alone.
#
# Seen on 2026-11-30, singular values of the update of a 6 x 6 weight, learning rate 1, gradient of rank 5:
#    5 steps: 0.69 to 1.10, in the direction without a gradient 0.00
#   10 steps: 0.68 to 1.14, in the direction without a gradient 0.28
#   20 steps: 0.69 to 1.05, in the direction without a gradient 0.85
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "torch==2.13.0" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PY'
import sys

import torch

torch.manual_seed(0)
U, _, Vt = torch.linalg.svd(torch.randn(6, 6, dtype=torch.float64))
gradient = U @ torch.diag(torch.tensor([3.0, 2.0, 1.0, 0.6, 0.3, 0.0], dtype=torch.float64)) @ Vt
is_as_seen, without = True, 0.0
for steps in (5, 10, 20):
    weight = torch.zeros(6, 6, dtype=torch.float64, requires_grad=True)
    weight.grad = gradient.clone()
    torch.optim.Muon([weight], lr=1.0, momentum=0.0, nesterov=False, weight_decay=0.0, ns_steps=steps).step()
    update = -weight.detach()
    along = torch.linalg.svdvals(update)[:5]
    without = (U[:, 5] @ update @ Vt[5]).abs().item()
    print(f"{steps:2} steps: {along.min():.2f} to {along.max():.2f}, in the direction without a gradient {without:.2f}")
    is_as_seen &= along.min().item() < 0.8 and along.max().item() > 1.02
sys.exit(not (is_as_seen and without > 0.3))
PY
