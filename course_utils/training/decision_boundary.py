"""Pictures of logistic regression with two features: its decision boundary and the threshold.

Source: PYTORCH-INTRO, "Thresholding the Logistic Sigmoid Function" and "Exercise". Samples are rows.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

from course_utils.drawing.pictures import BLACK, BLUE, GREEN, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread
from course_utils.drawing.thresholds import errors_at

FEATURES = (0, 1)  # mean radius and mean texture
EPOCHS, BATCH, RATE = 20, 64, 1.0


@cache
def tumours() -> tuple[torch.Tensor, torch.Tensor]:
    """Return standardised radius and texture, (569, 2) float32, and labels, 1 for malignant, (569,) float32."""
    features, benign = load_breast_cancer(return_X_y=True)
    X = features[:, FEATURES]
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return torch.tensor(X, dtype=torch.float32), torch.tensor(1.0 - benign, dtype=torch.float32)


class LogisticRegression(nn.Module):
    """Logistic regression on d features, with weight and bias initialized to 0."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(d))
        self.bias = nn.Parameter(torch.zeros(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits, (n,), of the samples x, (n, d)."""
        return x @ self.weight + self.bias


@cache
@one_thread()
def fitted() -> tuple[np.ndarray, np.ndarray]:
    """Train for 20 epochs of SGD.

    Returns (w1, w2, b), (21, 3), and the mean loss, (21,), before the first epoch and after each.
    """
    X, y = tumours()
    model, order = LogisticRegression(2), torch.Generator().manual_seed(0)
    optimizer, loss_fn = torch.optim.SGD(model.parameters(), lr=RATE), nn.BCEWithLogitsLoss()
    places, losses = [], []
    for epoch in range(EPOCHS + 1):
        with torch.no_grad():
            losses.append(loss_fn(model(X), y).item())
        places.append([*model.weight.tolist(), model.bias.item()])
        for i in torch.randperm(len(y), generator=order).split(BATCH) if epoch < EPOCHS else ():
            optimizer.zero_grad()
            loss_fn(model(X[i]), y[i]).backward()
            optimizer.step()
    return np.array(places), np.array(losses)


def draw_boundary(epoch: int, threshold: float) -> Picture:
    """Draw two classes with the line where the probability equals `threshold`, and the errors for every threshold.

    epoch: 0 to 20, the number of epochs of training.
    """
    (w1, w2, b), loss = fitted()[0][epoch], fitted()[1][epoch]
    X, y = (tensor.numpy().astype(float) for tensor in tumours())
    p = 1 / (1 + np.exp(-(X @ [w1, w2] + b)))
    alarms, misses = (int(count[0]) for count in errors_at(p, y, np.array([threshold])))
    figure, (left, right) = new_figure(1, 2, size=(9, 3.9), width_ratios=[5, 4])
    for label, colour, name in ((0, GREEN, "benign"), (1, VERMILION, "malignant")):
        left.plot(*X[y == label].T, "o", color=colour, ms=3, alpha=0.6, label=name)
    if w1 or w2:
        for t, style, width in ((0.5, ":", 1.2), (threshold, "-", 2.0)):
            x1 = np.array([-30.0, 30.0])  # w1 x1 + w2 x2 + b = log(t / (1 - t))
            x2 = (np.log(t / (1 - t)) - b - w1 * x1) / w2
            left.plot(x1, x2, style, color=BLUE if style == "-" else BLACK, lw=width, label=f"p = {t:.2f}")
    left.set(xlabel="radius (standard deviations)", ylabel="texture (standard deviations)", xlim=(-2.2, 4.2))
    left.set(ylim=(-2.6, 4.9), xticks=[-2, 0, 2, 4], yticks=[-2, 0, 2, 4])
    left.set_title(f"epoch {epoch}: loss {loss:.3f}")
    left.legend(loc="upper right", fontsize=8)
    thresholds = np.linspace(0, 1, 101)
    false_alarms, missed = errors_at(p, y, thresholds)
    right.plot(thresholds, false_alarms, color=GREEN, label="false alarms")
    right.plot(thresholds, missed, color=VERMILION, label="misses")
    right.axvline(threshold, color=BLACK, lw=1, ls="--")
    right.plot([threshold] * 2, [alarms, misses], "o", color=ORANGE, mec=BLACK, ms=7)
    right.set(xlabel="threshold", ylabel="tumours", ylim=(-10, 370), xticks=[0, 0.5, 1], yticks=[0, 100, 200, 300])
    right.set_title(f"{alarms} false alarms, {misses} misses")
    right.legend(loc="upper center", fontsize=8)
    return finish(
        figure,
        f"569 tumours by radius and texture after {epoch} epochs: weights {w1:z.2f} and {w2:z.2f}, bias {b:z.2f}, mean "
        f"cross entropy {loss:.4f}. At threshold {threshold:.2f} there are {alarms} false alarms and {misses} misses.",
    )
