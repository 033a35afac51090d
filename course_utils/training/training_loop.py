"""Pictures of the training loop with removable parts.

Sources: CS7150-L1, "PyTorch: Training"; CIS5190-L15, "Pytorch Training Loop"; PYTORCH-INTRO, "2) Train the Model".
There are 392 training digits in batches of 64, so the last batch has 8. The network has batch norm and dropout, so that
its mode matters. Samples are rows.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import nn
from torch.nn import functional as F

from course_utils.drawing.digits import digits
from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, SKY, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread

TRAIN, BATCH, EPOCHS, RATE = 392, 64, 15, 0.1
# The removable parts of the loop. All except the last are keywords of `run`.
PARTS = ("zero_grad", "step", "train", "evaluate", "no_grad", "weighted")
# The lines of the loop, and the part to which each belongs.
CODE = (
    ("for epoch in range(15):", None),
    ("    model.train()", "train"),
    ("    for X, y in loader:", None),
    ("        optimizer.zero_grad()", "zero_grad"),
    ("        loss = loss_fn(model(X), y)", None),
    ("        loss.backward()", None),
    ("        optimizer.step()", "step"),
    ("        total += loss.item() * len(X)", "weighted"),
    ("    model.eval()", "evaluate"),
    ("    with torch.no_grad():", "no_grad"),
    ("        val_loss = loss_fn(model(X_val), y_val)", None),
)
CHARACTER = 0.82  # width of a letter of the listing, where the panel is 44 wide
HIGHEST_LOSS = 9.5  # higher losses are drawn here


@dataclass(frozen=True)
class Run:
    """The measurements of a training run, per epoch, (15,) each.

    train_loss: the mean over the samples, each before the step of its batch. batch_mean: the mean of the batch means.
    val_loss, accuracy: of the 797 validation digits, in the mode in which the loop leaves the network.
    kept: how many numbers the last evaluation stores for a backward pass that never comes.
    """

    train_loss: np.ndarray
    batch_mean: np.ndarray
    val_loss: np.ndarray
    accuracy: np.ndarray
    kept: int


@cache
def digit_split() -> tuple[torch.Tensor, ...]:
    """Return images and labels for training, (392, 64) float32 and (392,) int64, and the same for 797 to validate."""
    X, y, X_val, y_val = digits()
    images = [torch.tensor(values, dtype=torch.float32) for values in (X[:TRAIN], X_val)]
    return images[0], torch.tensor(y[:TRAIN]), images[1], torch.tensor(y_val)


def network_with_modes() -> nn.Sequential:
    """Return a 64-32-10 network with batch norm, ReLU and dropout; its weights come from the global generator."""
    return nn.Sequential(nn.Linear(64, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 10))


@cache
@one_thread()
def run(
    zero_grad: bool = True,
    step: bool = True,
    train: bool = True,
    evaluate: bool = True,
    no_grad: bool = True,
) -> Run:
    """Train for 15 epochs with SGD, learning rate 0.1; a part that is False is left out.

    All runs have the same batches and initial weights. The state of torch's global generator does not change.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model, kept = network_with_modes(), 0
        train_loss, batch_mean, val_losses, accuracies = [], [], [], []
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
        X, y, X_val, y_val = digit_split()
        order = torch.Generator().manual_seed(1)
        for _ in range(EPOCHS):
            if train:
                model.train()
            losses, sizes = [], []
            for i in torch.randperm(TRAIN, generator=order).split(BATCH):
                if zero_grad:
                    optimizer.zero_grad()
                loss = F.cross_entropy(model(X[i]), y[i])
                loss.backward()
                if step:
                    optimizer.step()
                losses.append(loss.item())
                sizes.append(len(i))
            if evaluate:
                model.eval()
            stored: list[int] = []
            with _counting(stored), torch.no_grad() if no_grad else nullcontext():
                logits = model(X_val)
                val_loss = F.cross_entropy(logits, y_val).item()
            kept = sum(stored)
            train_loss.append(np.average(losses, weights=sizes))
            batch_mean.append(np.mean(losses))
            val_losses.append(val_loss)
            accuracies.append((logits.argmax(dim=1) == y_val).double().mean().item())
    return Run(np.array(train_loss), np.array(batch_mean), np.array(val_losses), np.array(accuracies), kept)


@cache
@one_thread()
def accuracy(learning_rate: float, momentum: float = 0.9, shuffle: bool = True, epochs: int = 20) -> float:
    """Return the validation accuracy of a 64-64-10 network after SGD on 1000 digits that are sorted by label.

    shuffle: draw a new order in each epoch; otherwise the batches of 64 come in the order of the labels.
    """
    X, y, X_val, y_val = (torch.tensor(values) for values in digits())
    rows, order = torch.argsort(y, stable=True), torch.Generator().manual_seed(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=momentum)
    for _ in range(epochs):
        for i in (rows[torch.randperm(len(rows), generator=order)] if shuffle else rows).split(BATCH):
            optimizer.zero_grad()
            F.cross_entropy(model(X[i]), y[i]).backward()
            optimizer.step()
    with torch.no_grad():
        return (model(X_val).argmax(dim=1) == y_val).double().mean().item()


def _counting(stored: list[int]) -> torch.autograd.graph.saved_tensors_hooks:
    """Append the size of each tensor that is stored for a backward pass inside the `with` block."""

    def note(tensor: torch.Tensor) -> torch.Tensor:
        stored.append(tensor.numel())
        return tensor

    return torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor)


def draw_loop(weighted: bool, **parts: bool) -> Picture:
    """Draw the lines of the loop, removed ones struck through, and the losses of that run and of the full loop.

    weighted: the loss of an epoch weights each batch by its size; otherwise it is the mean of the batch means.
    parts: keywords of `run`.
    """
    full, now = run(), run(**parts)
    reported = now.train_loss if weighted else now.batch_mean
    missing = [name for name, there in {**parts, "weighted": weighted}.items() if not there]
    figure, (left, right) = new_figure(1, 2, size=(9, 3.7), width_ratios=[9, 10])
    _listing(left, missing)
    epochs = np.arange(1, EPOCHS + 1)
    if missing:
        right.plot(epochs, np.log10(full.val_loss), color=GREY, lw=1.2, label="full loop, validation")
        right.plot(epochs, np.log10(full.train_loss), color=GREY, lw=1.2, ls="--", label="full loop, training")
    for losses, style, colour, label in (
        (now.val_loss, "o-", BLUE, "validation"),
        (reported, "o--", ORANGE, "training, as reported"),
    ):
        right.plot(epochs, np.log10(np.minimum(losses, HIGHEST_LOSS)), style, ms=3, color=colour, label=label)
    right.set(xlabel="epoch", ylabel="mean cross entropy", ylim=(-0.7, 1), xlim=(0.4, 15.6), xticks=[1, 5, 10, 15])
    right.set_yticks(np.log10([0.3, 1, 3, 10]), ["0.3", "1", "3", "10"])
    right.legend(loc="upper right", fontsize=8)
    right.set_title(f"validation accuracy {now.accuracy[-1]:.1%},\n{now.kept:,} numbers stored in evaluation")
    names = {line.strip().rstrip(":"): name for line, name in CODE if name}
    removed = ", ".join(line for line, name in names.items() if name in missing) or "nothing"
    return finish(
        figure,
        f"The training loop without: {removed}. After {EPOCHS} epochs the training loss is reported as "
        f"{reported[-1]:.3f}, "
        f"validation loss {now.val_loss[-1]:.3f}, validation accuracy {now.accuracy[-1]:.1%}; with all parts "
        f"{full.train_loss[-1]:.3f}, {full.val_loss[-1]:.3f} and {full.accuracy[-1]:.1%}. Evaluation stores {now.kept} "
        f"numbers for a backward pass.",
    )


def _listing(axes: Axes, missing: list[str]) -> None:
    axes.set(xlim=(0, 44), ylim=(len(CODE), -1), xticks=[], yticks=[], title="the loop")
    axes.set(xlabel="shaded: can be removed", ylabel="one epoch")
    axes.grid(visible=False)
    for row, (line, name) in enumerate(CODE):
        removed = name in missing
        if name == "weighted" and removed:
            line = "        total += loss.item()"
        indent = len(line) - len(line.lstrip())
        color = VERMILION if removed else BLACK
        text = axes.text(0.5 + CHARACTER * indent, row, line.lstrip(), family="monospace", fontsize=8, va="center")
        text.set(color=color, in_layout=False)  # it lies inside the axes: the layout need not measure it
        if removed and name != "weighted":
            ends = [0.5 + CHARACTER * indent, 0.5 + CHARACTER * len(line)]
            axes.plot(ends, [row, row], color=VERMILION, lw=1.2)
        elif name:
            axes.axhspan(row - 0.5, row + 0.5, color=SKY, alpha=0.15, lw=0)
