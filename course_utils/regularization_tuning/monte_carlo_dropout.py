"""Monte-Carlo dropout, drawn: dropout stays on at test time, and the spread of the predictions is reported.

Sources: CIS5190-L15, "Dropout at Test Time"; Gal and Ghahramani, "Dropout as a Bayesian Approximation" (2016).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import nn

from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, SKY, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread

PASSES, P, WIDTH = 300, 0.1, 64
GRID = np.linspace(-4, 4, 121)
INSIDE = 2.0  # the data lie between -INSIDE and INSIDE


@cache
def noisy_curve() -> tuple[np.ndarray, np.ndarray]:
    """Return 80 points x and noisy values y near x + sin(3x) / 2, (80,) each."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-INSIDE, INSIDE, 80)
    return x, x + np.sin(3 * x) / 2 + 0.1 * rng.normal(size=80)


@cache
@one_thread()
def curve_network() -> nn.Sequential:
    """Return a 1-64-64-1 network with ReLU and dropout, trained on `noisy_curve`."""
    x, y = (torch.tensor(part, dtype=torch.float32)[:, None] for part in noisy_curve())
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.Sequential(
            *(nn.Linear(1, WIDTH), nn.ReLU(), nn.Dropout(P)),
            *(nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Dropout(P)),
            nn.Linear(WIDTH, 1),
        )
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
        for _ in range(500):
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
    return model


@cache
@one_thread()
def passes() -> np.ndarray:
    """Return the predictions of PASSES passes with dropout on along GRID, (300, 121).

    One mask per pass makes each pass a curve, a member of the ensemble; the mean and the spread at a point do not
    depend on whether its neighbours share the mask.
    """
    layers = [layer for layer in curve_network() if isinstance(layer, nn.Linear)]
    generator = torch.Generator().manual_seed(0)
    h = torch.tensor(GRID, dtype=torch.float32)[None, :, None].expand(PASSES, -1, 1)
    with torch.no_grad():
        for layer in layers[:-1]:
            mask = torch.rand(PASSES, 1, WIDTH, generator=generator) >= P
            h = torch.relu(layer(h)) * mask / (1 - P)
        return layers[-1](h)[..., 0].numpy().astype(float)


def draw_passes(T: int, place: float) -> Picture:
    """Draw T passes with dropout on, their mean ± 2 standard deviations, and the predictions at `place`."""
    x, y = noisy_curve()
    here = int(np.abs(GRID - place).argmin())
    some = passes()[:T]
    mean, std = some.mean(axis=0), some.std(axis=0, ddof=1)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.5), width_ratios=[3, 2])
    left.fill_between(GRID, mean - 2 * std, mean + 2 * std, color=SKY, alpha=0.5, lw=0, label="mean ± 2 std")
    left.plot(GRID, some[:8].T, color=GREY, lw=0.5)
    left.plot(GRID, mean, color=BLUE, label=f"mean of {T} passes")
    left.plot(x, y, "o", color=BLACK, ms=3, label="data")
    left.axvline(GRID[here], color=VERMILION, lw=1, ls=":")
    left.set(
        xlabel="x",
        ylabel="prediction",
        xlim=(-4, 4),
        ylim=(-7, 7),
        title=f"std at x = {GRID[here]:z.1f}: {std[here]:.3f}",
    )
    left.legend(loc="upper left", fontsize=8, ncols=3)
    middle = passes()[:, here].mean()
    right.hist(some[:, here], bins=middle + np.linspace(-2.5, 2.5, 51), density=True, color=SKY, histtype="stepfilled")
    right.axvline(mean[here], color=BLUE)
    right.axvline(middle, color=ORANGE, ls="--", label=f"mean of {PASSES}")
    right.set(xlabel=f"prediction at x = {GRID[here]:z.1f}", ylabel="density", title=f"{T} passes")
    right.legend(loc="upper left", fontsize=8)
    inside, outside = std[np.abs(GRID) <= INSIDE].mean(), std[np.abs(GRID) > INSIDE].mean()
    return finish(
        figure,
        f"{T} passes with dropout on: at x = {GRID[here]:z.1f} the mean is {mean[here]:z.3f} and the standard "
        f"deviation {std[here]:.3f}. On average the standard deviation is {inside:.3f} where there are data and "
        f"{outside:.3f} where there are none.",
    )
