"""The pictures of assignment 08 against what is known of them, and with answers that go far astray."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
import pytest
import torch

from course_utils.drawing.pictures import Picture
from course_utils.optimizers import answers as yours
from course_utils.optimizers.update_rules import beale_value


def numbers(picture: Picture) -> tuple[list[float], list[float]]:
    """Return the numbers of the reference and those of the student's own."""
    parts = picture.description.split("Reference")[1].split("Yours")
    reference, own = ([float(number) for number in re.findall(r"-?\d+\.\d+", part)] for part in parts)
    return reference, own


def sides(picture: Picture, panel: int = 0) -> dict[str, np.ndarray]:
    """Return the lines of a panel by their labels."""
    return {str(line.get_label()): np.asarray(line.get_xydata()) for line in picture.figure.axes[panel].lines}


def heavy_ball(w, g, state, lr, mu, convention):
    old = 0.0 if state is None else state
    new = mu * old - lr * g if convention == "lecture" else mu * old + g
    return (w + new if convention == "lecture" else w - lr * new), new


def adam(w, g, state, lr, sign=-1, corrected=True):
    m, v, t = state or (0.0, 0.0, 0)
    m, v, t = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2, t + 1
    m_hat, v_hat = (m / (1 - 0.9**t), v / (1 - 0.999**t)) if corrected else (m, v)
    return w + sign * lr * m_hat / (np.sqrt(v_hat) + 1e-8), (m, v, t)


def test_both_conventions_grow_to_ten_plain_steps_and_part_after_the_drop():
    picture = yours.after_a_drop(heavy_ball)
    for panel in range(2):
        lines = sides(picture, panel)
        np.testing.assert_allclose(lines["yours"], lines["reference"], atol=1e-12)
    of_lecture, of_torch = (sides(picture, panel)["reference"][:, 1] for panel in range(2))
    np.testing.assert_allclose(of_lecture[:40], of_torch[:40])
    assert of_lecture[39] == pytest.approx(10 * 0.1, rel=0.02)
    assert of_torch[40] == pytest.approx(10 * 0.01, rel=0.02)
    assert of_lecture[40] > 8 * of_torch[40]


def test_a_convention_that_is_ignored_is_seen_after_the_drop():
    picture = yours.after_a_drop(lambda w, g, state, lr, mu, convention: heavy_ball(w, g, state, lr, mu, "lecture"))
    difference = np.diff([line[:, 1] for line in sides(picture, 1).values()], axis=0)[0]
    assert not difference[:40].round(9).any() and (difference[40:60] > 0.05).all()


def test_beales_function_is_0_at_the_star_of_the_race():
    assert beale_value(yours.MINIMUM) == 0.0


def test_the_race_is_won_by_adam_and_the_students_lies_on_torchs():
    picture = yours.race(adam)
    lines = sides(picture)
    np.testing.assert_allclose(lines["Adam, yours"], lines["Adam, reference"], atol=1e-6)
    away = {name: np.linalg.norm(lines[name][-1] - yours.MINIMUM) for name in ("SGD", "momentum", "Adam, reference")}
    assert away["Adam, reference"] < away["momentum"] < away["SGD"] < 1.0
    assert numbers(picture)[1] == numbers(picture)[0]


def test_adam_without_its_corrections_takes_a_first_step_that_is_too_long():
    reference, own = numbers(yours.race(lambda *args: adam(*args, corrected=False)))
    assert own[0] == pytest.approx(10**0.5 * reference[0], rel=1e-2)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("lr", [0.1, 30.0])
def test_a_race_uphill_is_drawn(lr):
    picture = yours.race(lambda w, g, state, _: adam(w, g, state, lr, sign=1))
    assert picture.png() and numbers(picture)[1][-1] > 5


def test_a_schedule_that_rises_and_falls_ends_below_the_best_constant():
    picture = yours.schedule(lambda t: min(0.1 + 0.05 * t, 1.6 / (1 + 0.05 * t)))
    (_, constant), (own,) = numbers(picture)
    assert constant == pytest.approx(1.02, abs=0.03) and own < 0.07
    rates = sides(picture)
    assert set(rates["constant"][:, 1]) == {yours.CONSTANT} and rates["yours"][:, 1].max() == pytest.approx(
        0.88, abs=0.03
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("rate", [0.5, 1e300, -1.0])
def test_a_schedule_that_diverges_is_drawn(rate):
    picture = yours.schedule(lambda t: rate)
    assert picture.png() and "Yours: the runs diverge at update" in picture.description


def test_the_cycles_are_torchs():
    picture = yours.cycles(lambda *args, **kw: 0.5)
    modes: tuple[Literal["triangular", "triangular2", "exp_range"], ...] = ("triangular", "triangular2", "exp_range")
    for panel, mode in enumerate(modes):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
        scheduler = torch.optim.lr_scheduler.CyclicLR(
            optimizer, 0.1, 1.0, step_size_up=10, mode=mode, gamma=yours.MODES[mode], cycle_momentum=False
        )
        expected = []
        for _ in range(61):
            expected.append(scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
        np.testing.assert_allclose(sides(picture, panel)["reference"][:, 1], expected)
        assert set(sides(picture, panel)["yours"][:, 1]) == {0.5}


BROKEN = {
    "nothing": lambda *args, **kwargs: None,
    "text": lambda *args, **kwargs: "text",
    "three values": lambda *args, **kwargs: (1.0, 2.0, 3.0),
    "not finite": lambda *args, **kwargs: (np.full(2, np.nan), None),
    "no number": lambda *args, **kwargs: float("nan"),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("draw", [yours.after_a_drop, yours.race, yours.schedule, yours.cycles])
def test_what_cannot_be_drawn_leaves_the_reference_and_a_sentence(draw, answer):
    picture = draw(answer)
    titles = picture.figure.get_suptitle() + picture.figure.axes[0].get_title()
    assert "Yours" not in picture.description and "only the reference" in titles
    assert not any("yours" in name for axes in range(len(picture.figure.axes)) for name in sides(picture, axes))
    assert picture.png()
