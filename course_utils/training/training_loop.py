"""The training loop with parts that can be taken out, drawn (CS7150-L1, "PyTorch: Training"; CIS5190-L15, "Pytorch
Training Loop"; PYTORCH-INTRO, "2) Train the Model").

392 digits to train with, in batches of 64: the last batch has 8. The network has batch norm and dropout, so that its
mode matters. Samples are rows.
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

from course_utils.drawing import digits
from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, SKY, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread

TRAIN, BATCH, EPOCHS, RATE = 392, 64, 15, 0.1
PARTS = ("zero_grad", "step", "train", "evaluate", "no_grad", "weighted")
"""The parts that the loop can do without: all but the last are keywords of `run`."""

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
"""The lines of the loop, and the part that each is."""

CHARACTER = 0.82  # width of a letter of the listing, of 44 across
TOP = 9.5  # where a loss that is higher is drawn


@dataclass(frozen=True)
class Run:
    """What was measured in each epoch, (15,) each.

    train_loss: the mean over the samples as they were seen. batch_mean: the mean of the batch means.
    val_loss, accuracy: of the 797 validation digits, in the mode that the loop leaves the network in.
    kept: numbers that evaluation in the last epoch stores for a backward pass that never comes.
    """

    train_loss: np.ndarray
    batch_mean: np.ndarray
    val_loss: np.ndarray
    accuracy: np.ndarray
    kept: int


@cache
def data() -> tuple[torch.Tensor, ...]:
    """Return 392 training images, (392, 64) float32, and their labels; the same of 797 to validate."""
    X, y, X_val, y_val = digits.digits()
    images = [torch.tensor(values, dtype=torch.float32) for values in (X[:TRAIN], X_val)]
    return images[0], torch.tensor(y[:TRAIN]), images[1], torch.tensor(y_val)


def network() -> nn.Sequential:
    """Return 64-32-10 with batch norm, ReLU and dropout, with torch's default weights from the global generator."""
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

    The global generator of torch is as before afterwards; all runs see the same batches and the same first weights.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model, rows = network(), []
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
        X, y, X_val, y_val = data()
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
            kept: list[int] = []
            with _counting(kept), torch.no_grad() if no_grad else nullcontext():
                logits = model(X_val)
                val_loss = F.cross_entropy(logits, y_val).item()
            accuracy = (logits.argmax(dim=1) == y_val).double().mean().item()
            rows.append((np.average(losses, weights=sizes), np.mean(losses), val_loss, accuracy))
    return Run(*map(np.array, zip(*rows, strict=True)), sum(kept))


@cache
@one_thread()
def accuracy(learning_rate: float, momentum: float = 0.9, shuffle: bool = True, epochs: int = 20) -> float:
    """Return the validation accuracy of 64-64-10 after SGD on 1000 digits that lie sorted by label, batches of 64."""
    X, y, X_val, y_val = (torch.tensor(values) for values in digits.digits())
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


def _counting(kept: list[int]) -> torch.autograd.graph.saved_tensors_hooks:
    """Write down the size of each tensor that is stored for a backward pass inside the block."""

    def note(tensor: torch.Tensor) -> torch.Tensor:
        kept.append(tensor.numel())
        return tensor

    return torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor)


def draw_loop(weighted: bool, **parts: bool) -> Picture:
    """Draw the lines of the loop, those left out struck through, and the losses of that run beside the full one.

    weighted: the epoch's loss counts each batch by its size; else it is the mean of the batch means.
    """
    full, now = run(), run(**parts)
    reported = now.train_loss if weighted else now.batch_mean
    missing = [name for name, there in {**parts, "weighted": weighted}.items() if not there]
    figure, (left, right) = new_figure(1, 2, size=(9, 3.7), width_ratios=[9, 10])
    _listing(left, missing)
    epochs = np.arange(1, EPOCHS + 1)
    if missing:
        right.plot(epochs, np.log10(full.val_loss), color=GREY, lw=1.2, label="full loop")
        right.plot(epochs, np.log10(full.train_loss), color=GREY, lw=1.2, ls="--")
    for losses, style, colour, label in (
        (now.val_loss, "o-", BLUE, "validation"),
        (reported, "o--", ORANGE, "training, as reported"),
    ):
        right.plot(epochs, np.log10(np.minimum(losses, TOP)), style, ms=3, color=colour, label=label)
    right.set(xlabel="epoch", ylabel="mean cross entropy", ylim=(-0.7, 1), xlim=(0.4, 15.6), xticks=[1, 5, 10, 15])
    right.set_yticks(np.log10([0.3, 1, 3, 10]), ["0.3", "1", "3", "10"])
    right.legend(loc="upper right", fontsize=8)
    right.set_title(f"validation accuracy {now.accuracy[-1]:.1%},\n{now.kept:,} numbers kept in evaluation")
    names = {line.strip().rstrip(":"): name for line, name in CODE if name}
    gone = ", ".join(line for line, name in names.items() if name in missing) or "nothing"
    return finish(
        figure,
        f"The training loop without: {gone}. After {EPOCHS} epochs the training loss is reported as "
        f"{reported[-1]:.3f}, "
        f"validation loss {now.val_loss[-1]:.3f}, validation accuracy {now.accuracy[-1]:.1%}; with all parts "
        f"{full.train_loss[-1]:.3f}, {full.val_loss[-1]:.3f} and {full.accuracy[-1]:.1%}. Evaluation keeps {now.kept} "
        f"numbers for a backward pass.",
    )


def _listing(axes: Axes, missing: list[str]) -> None:
    axes.set(xlim=(0, 44), ylim=(len(CODE), -1), xticks=[], yticks=[], title="the loop")
    axes.set(xlabel="shaded: can be left out", ylabel="one epoch")
    axes.grid(visible=False)
    for row, (line, name) in enumerate(CODE):
        out = name in missing
        if name == "weighted" and out:
            line = "        total += loss.item()"
        indent = len(line) - len(line.lstrip())
        color = VERMILION if out else BLACK
        text = axes.text(0.5 + CHARACTER * indent, row, line.lstrip(), family="monospace", fontsize=8, va="center")
        text.set(color=color, in_layout=False)  # it lies inside the axes: the layout need not measure it
        if out and name != "weighted":
            ends = [0.5 + CHARACTER * indent, 0.5 + CHARACTER * len(line)]
            axes.plot(ends, [row, row], color=VERMILION, lw=1.2)
        elif name:
            axes.axhspan(row - 0.5, row + 0.5, color=SKY, alpha=0.15, lw=0)
