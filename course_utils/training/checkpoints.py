"""Pictures of a training run that is interrupted and resumed from a checkpoint, complete or not.

The slides end with a trained model (CS7150-L1, "PyTorch: Training"); the states of a checkpoint are those of torch's
tutorial "Saving and loading a general checkpoint", and that of the generator which draws the batches. The network is
64-16-10 on 392 digits. Samples are rows.
"""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread
from course_utils.training.training_loop import digit_split

STEPS, BATCH = 60, 32
MOMENTUM, ADAM = "SGD, momentum 0.9", "Adam"


class Training:
    """A network, its optimizer and the generator that draws its batches: everything that a step changes.

    method: MOMENTUM or ADAM. seed: of the initial weights and of the generator.
    """

    def __init__(self, method: str, seed: int = 0) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
        self.generator = torch.Generator().manual_seed(seed)
        parameters = self.model.parameters()
        self.optimizer = (
            torch.optim.Adam(parameters, lr=0.01)
            if method == ADAM
            else torch.optim.SGD(parameters, lr=0.05, momentum=0.9)
        )

    @one_thread()
    def steps(self, count: int) -> list[float]:
        """Take `count` steps on random batches, and return the loss of each batch before its step."""
        X, y, *_ = digit_split()
        losses = []
        for _ in range(count):
            i = torch.randint(len(y), (BATCH,), generator=self.generator)
            loss = F.cross_entropy(self.model(X[i]), y[i])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
        return losses

    def save(self, file: io.BytesIO) -> None:
        """Write the states of network, optimizer and generator to `file`."""
        torch.save(
            {
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "generator": self.generator.get_state(),
            },
            file,
        )

    def load(self, file: io.BytesIO, model: bool = True, optimizer: bool = True, generator: bool = True) -> None:
        """Restore the selected states from `file`; the others stay as they are."""
        kept = torch.load(file, weights_only=True)
        if model:
            self.model.load_state_dict(kept["model"])
        if optimizer:
            self.optimizer.load_state_dict(kept["optimizer"])
        if generator:
            self.generator.set_state(kept["generator"])


@cache
def uninterrupted(method: str) -> np.ndarray:
    """Return the losses of 60 steps without an interruption, (60,).

    method: MOMENTUM or ADAM.
    """
    return np.array(Training(method).steps(STEPS))


@cache
def resumed(method: str, cut: int, model: bool, optimizer: bool, generator: bool) -> np.ndarray:
    """Return the losses of 60 steps with an interruption, (60,): `cut` steps, a checkpoint, a new start, the rest.

    method: MOMENTUM or ADAM. model, optimizer, generator: which states to restore. The others are those of a new
    process: different weights, an optimizer without state, a generator with its initial seed.
    """
    first, file = Training(method), io.BytesIO()
    losses = first.steps(cut)
    first.save(file)
    file.seek(0)
    second = Training(method, seed=7)
    second.generator.manual_seed(0)
    second.load(file, model, optimizer, generator)
    return np.array(losses + second.steps(STEPS - cut))


def draw_resume(method: str, cut: int, model: bool, optimizer: bool, generator: bool) -> Picture:
    """Draw the losses of a run that is interrupted after `cut` steps and of one that is not, and their difference.

    method: MOMENTUM or ADAM. model, optimizer, generator: which states to restore.
    """
    whole, broken = uninterrupted(method), resumed(method, cut, model, optimizer, generator)
    same = int(np.sum(whole == broken))
    figure, (left, right) = new_figure(1, 2, size=(9, 3.7), width_ratios=[5, 4])
    steps = np.arange(STEPS)
    left.plot(steps, whole, color=GREY, lw=4, alpha=0.6, label="without interruption")
    left.plot(steps[:cut], broken[:cut], color=BLUE, lw=1.5, label="before the interruption")
    left.plot(steps[cut:], broken[cut:], color=VERMILION, lw=1.5, label="resumed")
    left.axvline(cut - 0.5, color=BLACK, lw=1, ls=":")
    left.set(xlabel="step", ylabel="loss of the batch", ylim=(0, 2.8), xticks=[0, 20, 40, 60], yticks=[0, 1, 2])
    left.set_title(f"{method}, interrupted after step {cut}")
    left.legend(loc="upper right", fontsize=8)
    gap = np.abs(whole - broken)
    right.plot(steps, np.log10(np.maximum(gap, 1e-9)), "o", color=ORANGE, mec=BLACK, ms=4)
    right.axvline(cut - 0.5, color=BLACK, lw=1, ls=":")
    right.set(xlabel="step", ylabel="difference of the two losses", ylim=(-9.6, 1), xticks=[0, 20, 40, 60])
    right.set_yticks([-9, -6, -3, 0], ["0", "10⁻⁶", "10⁻³", "1"])
    right.set_title(f"{same} of {STEPS} losses are identical, bit for bit")
    restored = {"model": model, "optimizer": optimizer, "generator": generator}
    names = [name for name, kept in restored.items() if kept]
    return finish(
        figure,
        f"{method}: a run of 60 steps, interrupted after step {cut}, restored: {', '.join(names) or 'nothing'}. "
        f"{same} of 60 losses are identical, bit for bit, to the run without interruption; the largest difference is "
        f"{gap.max():.2g}.",
    )
