"""More unseen wrong answers to assignment 07; `hint` is the catalogue entry with the same idea, or "none"."""

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
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        total, count = 0.0, 0
        opt.zero_grad()
        for xb, yb in loader:
            loss = loss_fn(model(xb), yb)
            loss.backward()
            total += loss.item() * len(xb)
            count += len(xb)
        opt.step()
        return total / count


@wrong("predict", hint="what_the_model_returns")
def scores_for_classes():
    def predict(model, x):
        before = model.training
        model.eval()
        with torch.no_grad():
            out = model(x)
        model.train(before)
        return out
