"""Pictures of train() and eval(): outputs of the same network for the same input that change, or do not.

Source: CIS5190-L15, "Pytorch Training Loop" and "Pytorch Model".
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import nn

from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread

DROPOUT, NORM, BOTH = "with dropout", "with batch norm", "with both"
LAYERS = ("linear layers only", DROPOUT, NORM, BOTH)
CALLS, INPUTS, WIDTH = 20, 4, 8


def tanh_network(layers: str) -> nn.Sequential:
    """Return a 4-8-1 tanh network, float64, in train mode, with fixed initial weights; `layers` is one of LAYERS."""
    norm = [nn.BatchNorm1d(WIDTH)] if layers in (NORM, BOTH) else []
    dropout = [nn.Dropout(0.5)] if layers in (DROPOUT, BOTH) else []
    hidden, output = nn.Linear(INPUTS, WIDTH), nn.Linear(WIDTH, 1)
    model = nn.Sequential(hidden, *norm, nn.Tanh(), *dropout, output).double()
    rng = np.random.default_rng(3)
    for layer in (hidden, output):
        layer.weight.data = torch.tensor(rng.normal(size=tuple(layer.weight.shape)))
        layer.bias.data = torch.tensor(rng.normal(size=len(layer.bias)))
    return model


@cache
@one_thread()
def outputs(layers: str, training: bool, companions: int) -> tuple[np.ndarray, np.ndarray]:
    """Call the network on one sample 20 times, each time in a batch with `companions` new samples.

    layers: one of LAYERS. Returns the output for the sample in each call, (20,), and the first entry of running_mean
    after each call, (20,), or zeros where there is no batch norm. The sample is the first row. Nothing is trained.
    """
    rng, found, means = np.random.default_rng(0), [], []
    sample = np.array([[0.5, -1.0, 1.5, 0.2]])
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        model = tanh_network(layers).train(training)
        buffers = dict(model.named_buffers())
        torch.manual_seed(0)  # for dropout
        for _ in range(CALLS):
            batch = torch.tensor(np.concatenate([sample, rng.normal(size=(companions, INPUTS))]))
            found.append(model(batch)[0, 0].item())
            means.append(buffers["1.running_mean"][0].item() if buffers else 0.0)
    return np.array(found), np.array(means)


def draw_modes(layers: str, training: bool, companions: int) -> Picture:
    """Draw the outputs for one sample in 20 calls, in the chosen mode and in the other, and the running mean.

    layers: one of LAYERS. training: train mode instead of eval mode. companions: the other samples of each batch.
    """
    found, means = outputs(layers, training, companions)
    other, _ = outputs(layers, not training, companions)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.6), width_ratios=[5, 4])
    calls, mode = np.arange(1, CALLS + 1), "train" if training else "eval"
    left.plot(calls, other, ".", color=GREY, label="in the other mode")
    left.plot(calls, found, "o", color=VERMILION if training else BLUE, mec=BLACK, ms=6, label=f"model.{mode}()")
    left.set(xlabel="call", ylabel="output for the sample", ylim=(-5.5, 5.5), xticks=[1, 5, 10, 15, 20])
    spread = np.ptp(found)
    left.set_title(f"{layers}, {mode}: " + ("constant" if spread < 1e-12 else f"range {spread:.2f}"))
    left.legend(loc="lower right", fontsize=8)
    has_norm = layers in (NORM, BOTH)
    right.plot(calls, means, "o-", ms=4, color=GREEN if has_norm else GREY)
    right.axhline(0, color=ORANGE, lw=1, ls="--", label="before the first call")
    right.set(xlabel="call", ylabel="running_mean[0]", ylim=(-0.5, 3), xticks=[1, 5, 10, 15, 20], yticks=[0, 1, 2, 3])
    moved = "changes" if np.any(means != 0) else "constant" if has_norm else "none"
    right.set_title(f"running_mean: {moved}")
    right.legend(loc="upper left", fontsize=8)
    return finish(
        figure,
        f"One sample in 20 calls, network {layers}, {mode} mode, {companions} other samples in each batch: outputs "
        f"from {found.min():z.3f} to {found.max():z.3f}. The running mean goes from 0 to {means[-1]:z.3f}.",
    )
