"""Carbon footprint of training language models, compared with flights and cars (CS7150-L1, "Social Impact").

The numbers are those of Table 1 of Strubell, Ganesh, McCallum, "Energy and Policy Considerations for Deep Learning in
NLP" (2019), as the slide shows it. Patterson et al., "Carbon Emissions and Large Neural Network Training" (2021,
arXiv 2104.10350), revise the largest.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_utils.drawing.pictures import BLUE, VERMILION, Picture, finish, new_figure, powers_of_ten

# Pounds of carbon dioxide equivalent. The last four are training runs.
POUNDS: Mapping[str, int] = {
    "flight New York - San Francisco, 1 seat": 1_984,
    "human life, 1 year, world": 11_023,
    "human life, 1 year, America": 36_156,
    "car with fuel, its lifetime": 126_000,
    "NLP pipeline": 39,
    "NLP pipeline, tuned": 78_468,
    "Transformer (big)": 192,
    "Transformer, architecture search": 626_155,
}
TRAININGS = tuple(POUNDS)[4:]
REVISED = TRAININGS[-1]
REVISED_TONNES = 3.2  # the same search, estimated again by Patterson et al. (2021)
KILOGRAMS_PER_POUND = 0.45359237  # by definition
UNITS = ("pounds", "tonnes", "flights")


def amount(name: str, unit: str) -> float:
    """Return the emission `name`, a key of POUNDS, in a unit.

    unit: one of UNITS: "pounds", "tonnes" of 1000 kg, or "flights" from New York to San Francisco.
    """
    factors = {"pounds": 1, "tonnes": KILOGRAMS_PER_POUND / 1000, "flights": 1 / next(iter(POUNDS.values()))}
    return POUNDS[name] * factors[unit]


def draw_footprint(unit: str, logarithmic: bool) -> Picture:
    """Draw the table as bars, on a linear axis or a logarithmic one; `unit` is one of UNITS."""
    values = [amount(name, unit) for name in POUNDS]
    figure, axes = new_figure(size=(8.2, 3.8))
    axes.barh(list(POUNDS), values, color=[VERMILION if name in TRAININGS else BLUE for name in POUNDS], height=0.65)
    if logarithmic:
        axes.set(xscale="log", xlim=(min(values) / 3, max(values) * 300))
        powers_of_ten(axes.xaxis, range(round(np.log10(min(values))), round(np.log10(max(values))) + 2))
    else:
        axes.set_xlim(0, max(values) * 1.5)
        axes.xaxis.set_major_locator(MaxNLocator(5))
    for i, (name, value) in enumerate(zip(POUNDS, values, strict=True)):
        axes.text(
            value, i, f" {_written(value)}" + (", revised later" if name == REVISED else ""), va="center", fontsize=9
        )
    axes.invert_yaxis()
    axes.set(xlabel=f"carbon dioxide equivalent ({unit})", ylabel="emission", title="estimates of 2019")
    axes.yaxis.label.set_visible(False)
    ratio, scale = max(values) / min(values), "logarithmic" if logarithmic else "linear"
    return finish(
        figure,
        f"In {unit} the smallest bar is {_written(min(values))} ({TRAININGS[0]}) and the largest "
        f"{_written(max(values))} ({REVISED}), {ratio:,.0f} times as much, on a {scale} axis.",
    )


def _written(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
