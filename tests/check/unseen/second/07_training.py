"""More unseen wrong answers to assignment 07; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np
import torch
from torch import nn

from answers import wrong


@wrong("LogisticRegression", hint="no_bias")
def weight_only():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.fc = nn.Linear(d, 1, bias=False)

        def forward(self, x):
            return self.fc(x).squeeze(1)

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (p * (1 - y) - c * y * (1 - p)) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@wrong("MLP", hint="tanh")
def other_activation():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            parts = []
            for i in range(len(sizes) - 1):
                parts.append(nn.Linear(sizes[i], sizes[i + 1]))
                if i < len(sizes) - 2:
                    parts.append(nn.Tanh())
            self.net = nn.Sequential(*parts)

        def forward(self, x):
            return self.net(x)


@wrong("sgd_update_", hint="uphill")
def plus_lr_times_gradient():
    def sgd_update_(params, lr):
        with torch.no_grad():
            for w in params:
                if w.grad is None:
                    continue
                w.add_(w.grad, alpha=lr)
                w.grad = None


@wrong("train_one_epoch", hint="one_step_an_epoch")
def step_after_the_loop():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, count = 0.0, 0
        opt.zero_grad()
        for xb, yb in loader:
            loss = loss_fn(model(xb), yb)
            if loss.item() > skip_above:
                continue
            loss.backward()
            total += loss.item() * len(xb)
            count += len(xb)
        opt.step()
        return total / count

    def train_one_epoch_counterexample():
        return [[0.0], [20.0, 20.0], [1.0]], 0.125, 50.0

    def train_one_epoch_fault():
        return "b"


@wrong("choose_to_label", hint="the_first_rows")
def a_range():
    def choose_to_label(X, k, seed):
        return np.array(list(range(len(X)))[:k])
