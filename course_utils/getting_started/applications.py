"""Applications of deep learning, the error rates of AlexNet, and how AI, ML and DL are related (CS7150-L1).

Slides "DL and vision" to "DL and Social Science", and "What is Deep Learning".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from matplotlib.patches import Ellipse

from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, SKY, VERMILION, YELLOW, Picture, finish, new_figure


class Landmark(NamedTuple):
    """A model or a data set: its year, its name, and in a few words why it matters."""

    year: int
    name: str
    why: str


# Areas as on the slides; years are those of the first paper or release.
ATLAS: Mapping[str, tuple[Landmark, ...]] = {
    "image classification": (
        Landmark(2009, "ImageNet", "photographs with labels; its contest has 1000 classes"),
        Landmark(2012, "AlexNet", "five convolutional layers, shared by two GPUs of 3 GB; a third fewer errors"),
        Landmark(2015, "ResNet", "shortcuts past layers, so that 152 of them can be trained"),
    ),
    "object detection": (
        Landmark(2014, "R-CNN", "a network looks at each proposed region"),
        Landmark(2015, "Fast R-CNN", "one pass per image; regions pooled to one size; class and box learned together"),
    ),
    "image generation": (
        Landmark(2014, "GAN", "one network generates images, another tries to tell them from photographs"),
        Landmark(2022, "Stable Diffusion", "removes noise step by step, guided by a sentence"),
    ),
    "speech": (
        Landmark(2014, "Deep Speech", "from sound to letters with one network; measured by the word error rate"),
        Landmark(2016, "WaveNet", "speech synthesis: one sample of the sound wave after another"),
    ),
    "language": (
        Landmark(2017, "Transformer", "attention instead of recurrence; first used for translation"),
        Landmark(2018, "BERT", "language understanding: trained to fill in words, then fine-tuned to a task"),
        Landmark(2022, "ChatGPT", "conversation, summaries, essays; takes the earlier turns into account"),
        Landmark(2023, "Llama 2", "a large language model whose weights are available"),
    ),
    "multi-modality": (
        Landmark(2021, "CLIP", "images and sentences embedded in one space"),
        Landmark(2023, "Gemini", "text, images, sound and video in one model"),
    ),
    "decisions": (
        Landmark(2013, "DQN", "plays Atari from the pixels of the screen"),
        Landmark(2016, "AlphaGo", "beat a champion at Go"),
    ),
    "science": (
        Landmark(2020, "halicin", "drug discovery: an antibiotic found by a network"),
        Landmark(2021, "AlphaFold 2", "the shape of a protein from its sequence"),
    ),
    "social science": (
        Landmark(2018, "DeepInf", "predicts who influences whom in a social network"),
        Landmark(2020, "Covid-19 models", "networks that model and forecast the spread"),
    ),
}

# Errors in percent on the test set of ILSVRC-2010, top-1 and top-5: Table 1 of Krizhevsky et al. (2012), as shown on
# the slide "DL and vision".
ERRORS = {"sparse coding": (47.1, 28.2), "SIFT + FVs": (45.7, 25.7), "CNN (AlexNet)": (37.5, 17.0)}
TOP_1, TOP_5 = "top-1", "top-5"

FAMILY = {
    "artificial intelligence": "all programs that solve tasks which take thought, hand-written rules included",
    "machine learning": "programs whose behaviour is fitted to data: regression, trees, support vectors, networks",
    "deep learning": "machine learning with networks of many layers, which learn their features as well",
}


def draw_atlas(area: str) -> Picture:
    """Draw the landmarks of all areas by year, and explain those of one area; `area` is a key of ATLAS."""
    figure, (top, bottom) = new_figure(2, 1, size=(8.6, 5.0), height_ratios=[5, 2])
    for row, (name, landmarks) in enumerate(ATLAS.items()):
        years, chosen = [mark.year for mark in landmarks], name == area
        top.plot(years, [row] * len(years), "o-", color=VERMILION if chosen else GREY, lw=1, ms=9 if chosen else 5)
        for i, mark in enumerate(landmarks if chosen else ()):
            shift = (0, 7 if i % 2 else -15)  # alternately above and below, since years may be close together
            top.annotate(mark.name, (mark.year, row), shift, textcoords="offset points", ha="center", fontsize=8.5)
    top.set(yticks=range(len(ATLAS)), xlim=(2007.5, 2024.5), ylim=(len(ATLAS) - 0.1, -0.6))
    top.set_yticklabels(list(ATLAS))
    top.set_xticks([2008, 2012, 2016, 2020, 2024])
    top.set(xlabel="year", ylabel="area", title="landmarks")
    lines = [f"{mark.year}  {mark.name}: {mark.why}" for mark in ATLAS[area]]
    for i, line in enumerate(lines):
        bottom.text(0.01, 0.88 - 0.26 * i, line, fontsize=9, va="center", transform=bottom.transAxes)
    bottom.set(xticks=[], yticks=[], title=area, xlabel="what to read", ylabel="why")
    bottom.xaxis.label.set_visible(False)
    bottom.yaxis.label.set_visible(False)
    bottom.spines[:].set_visible(False)
    names = "; ".join(f"{mark.name} ({mark.year})" for mark in ATLAS[area])
    return finish(figure, f"Landmarks of {area}, {len(ATLAS[area])} of them: {names}.")


def draw_errors(measure: str) -> Picture:
    """Draw the error rates of AlexNet and of the methods before it; `measure` is TOP_1 or TOP_5."""
    which = (TOP_1, TOP_5).index(measure)
    values = [errors[which] for errors in ERRORS.values()]
    figure, axes = new_figure(size=(6.4, 2.8))
    axes.barh(list(ERRORS), values, color=[GREY, GREY, BLUE], height=0.6)
    for i, value in enumerate(values):
        axes.text(value + 0.5, i, f"{value}%", va="center")
    axes.set(xlim=(0, 55), xlabel="error on the test set (%)", ylabel="method", title=f"ILSVRC-2010, {measure} error")
    axes.invert_yaxis()
    return finish(
        figure,
        f"The {measure} error of the network is {values[2]}%, that of the best method before it {min(values[:2])}%: "
        f"{1 - values[2] / min(values[:2]):.0%} fewer errors.",
    )


def draw_family(word: str) -> Picture:
    """Draw artificial intelligence, machine learning and deep learning as nested sets, and explain one of them.

    word: a key of FAMILY.
    """
    figure, axes = new_figure(size=(6.4, 3.4))
    for i, (name, colour) in enumerate(zip(FAMILY, (SKY, YELLOW, ORANGE), strict=True)):
        size, chosen = 6 - 1.7 * i, name == word
        axes.add_patch(
            Ellipse((0, -0.35 * i), 2 * size, size / 1.6, fc=colour, alpha=0.9 if chosen else 0.25, ec=BLACK, lw=1.5)
        )
        axes.text(0, size / 3.2 - 0.35 * i - 0.42, name, ha="center", weight="bold" if chosen else None)
    axes.set(xlim=(-6.3, 6.3), ylim=(-2.4, 2.1), xticks=[], yticks=[], title=FAMILY[word])
    axes.set(xlabel="each is a part of the one before", ylabel="fields")
    axes.yaxis.label.set_visible(False)
    axes.title.set_fontsize(9)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    inside = list(FAMILY).index(word)
    return finish(figure, f"Three nested sets. Number {inside + 1} from the outside is {word}: {FAMILY[word]}.")
