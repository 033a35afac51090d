"""The solutions of the assignment, and helpers of the lecture, against libraries."""

from __future__ import annotations

import torch
from support.references import solution

F = torch.nn.functional
ACCUMULATE = solution("08_optimizers", "train_accumulate")["train_accumulate"]


def test_accumulated_steps_leave_a_frozen_layer_alone():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))
    model[0].requires_grad_(False)
    before = [parameter.clone() for parameter in model.parameters()]
    batches = [(torch.ones(n, 2), torch.zeros(n, 1)) for n in (3, 1, 2)]
    assert ACCUMULATE(model, torch.optim.SGD(model.parameters(), lr=0.1), F.mse_loss, batches, 2) == 2
    kept = [torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True)]
    assert kept == [True, True, False, False]
