"""Applications of deep learning, the error rates of AlexNet, and how AI, ML and DL are related (CS7150-L1).

Slides "DL and vision" to "DL and Social Science", and "What is Deep Learning".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from IPython.display import Markdown
from matplotlib.patches import Ellipse

from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, SKY, VERMILION, YELLOW, Picture, finish, new_figure


class Landmark(NamedTuple):
    """A model or a data set: its year, its name, in a few words why it matters, and where it was published."""

    year: int
    name: str
    why: str
    source: str


# Areas as on the slides; years are those of the first preprint, paper or release.
ATLAS: Mapping[str, tuple[Landmark, ...]] = {
    "image classification": (
        Landmark(2009, "ImageNet", "photographs with labels; its contest has 1000 classes", "Deng et al., CVPR 2009"),
        Landmark(
            2012,
            "AlexNet",
            "five convolutional layers, shared by two GPUs of 3 GB; a third fewer errors",
            "Krizhevsky et al., NeurIPS 2012",
        ),
        Landmark(2015, "ResNet", "shortcuts past layers, so that 152 of them can be trained", "arXiv 1512.03385"),
        Landmark(2020, "ViT", "a Transformer on patches of the image, without convolutions", "arXiv 2010.11929"),
    ),
    "object detection": (
        Landmark(2013, "R-CNN", "a network looks at each proposed region", "arXiv 1311.2524"),
        Landmark(
            2015,
            "Fast R-CNN",
            "one pass per image; regions pooled to one size; class and box learned together",
            "arXiv 1504.08083",
        ),
    ),
    "image generation": (
        Landmark(
            2014, "GAN", "one network generates images, another tries to tell them from photographs", "arXiv 1406.2661"
        ),
        Landmark(2020, "DDPM", "diffusion: removes noise step by step until an image is left", "arXiv 2006.11239"),
        Landmark(2022, "Stable Diffusion", "diffusion guided by a sentence", "Rombach et al., CVPR 2022"),
    ),
    "speech": (
        Landmark(
            2014,
            "Deep Speech",
            "from sound to letters with one network; measured by the word error rate",
            "arXiv 1412.5567",
        ),
        Landmark(2016, "WaveNet", "speech synthesis: one sample of the sound wave after another", "arXiv 1609.03499"),
        Landmark(2022, "Whisper", "recognises and translates speech in many languages", "arXiv 2212.04356"),
    ),
    "language": (
        Landmark(2014, "attention", "a recurrent translator looks back at all words of the source", "arXiv 1409.0473"),
        Landmark(2017, "Transformer", "attention without recurrence; first used for translation", "arXiv 1706.03762"),
        Landmark(
            2018,
            "BERT",
            "language understanding: trained to fill in words, then fine-tuned to a task",
            "arXiv 1810.04805",
        ),
        Landmark(
            2022,
            "ChatGPT",
            "conversation, summaries, essays; takes the earlier turns into account",
            "OpenAI, release of 30 November 2022",
        ),
        Landmark(2023, "Llama 2", "a large language model whose weights are available", "arXiv 2307.09288"),
        Landmark(2025, "DeepSeek-R1", "reasons in text before it answers; weights available", "arXiv 2501.12948"),
    ),
    "multi-modality": (
        Landmark(2021, "CLIP", "images and sentences embedded in one space", "arXiv 2103.00020"),
        Landmark(2023, "Gemini", "text, images, sound and video in one model", "arXiv 2312.11805"),
    ),
    "decisions": (
        Landmark(2013, "DQN", "plays Atari from the pixels of the screen", "arXiv 1312.5602"),
        Landmark(2016, "AlphaGo", "beat a champion at Go", "Silver et al., Nature 529, 2016"),
    ),
    "science": (
        Landmark(2020, "halicin", "drug discovery: an antibiotic found by a network", "Stokes et al., Cell 180, 2020"),
        Landmark(2021, "AlphaFold 2", "the shape of a protein from its sequence", "Jumper et al., Nature 596, 2021"),
        Landmark(2024, "AlphaFold 3", "complexes of proteins and other molecules", "Abramson et al., Nature 630, 2024"),
    ),
    "social science": (
        Landmark(2018, "DeepInf", "predicts who influences whom in a social network", "arXiv 1807.05560"),
        Landmark(2021, "DeepCOVID", "forecasts the spread of Covid-19", "Rodríguez et al., AAAI 2021"),
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
    figure, (top, bottom) = new_figure(2, 1, size=(8.6, 5.4), height_ratios=[5, 3])
    for row, (name, landmarks) in enumerate(ATLAS.items()):
        years, chosen = [mark.year for mark in landmarks], name == area
        top.plot(years, [row] * len(years), "o-", color=VERMILION if chosen else GREY, lw=1, ms=9 if chosen else 5)
        for i, mark in enumerate(landmarks if chosen else ()):
            shift = (0, 7 if i % 2 else -15)  # alternately above and below, since years may be close together
            top.annotate(mark.name, (mark.year, row), shift, textcoords="offset points", ha="center", fontsize=8.5)
    top.set(yticks=range(len(ATLAS)), xlim=(2007.5, 2026.5), ylim=(len(ATLAS) - 0.1, -0.6))
    top.set_yticklabels(list(ATLAS))
    top.set_xticks([2008, 2012, 2016, 2020, 2024])
    top.set(xlabel="year", ylabel="area", title="landmarks")
    lines = [f"{mark.year}  {mark.name}: {mark.why}" for mark in ATLAS[area]]
    step = min(0.26, 0.95 / len(lines))
    for i, line in enumerate(lines):
        bottom.text(0.01, 0.88 - step * i, line, fontsize=9, va="center", transform=bottom.transAxes)
    bottom.set(xticks=[], yticks=[], title=area, xlabel="what to read", ylabel="why")
    bottom.xaxis.label.set_visible(False)
    bottom.yaxis.label.set_visible(False)
    bottom.spines[:].set_visible(False)
    names = "; ".join(f"{mark.name} ({mark.year})" for mark in ATLAS[area])
    return finish(figure, f"Landmarks of {area}, {len(ATLAS[area])} of them: {names}.")


def atlas_table() -> Markdown:
    """Return all landmarks as a table that fits a phone: year; name, area, why it matters, and source."""
    rows = [
        f"| {mark.year} | **{mark.name}** ({area}): {mark.why} ({mark.source}) |"
        for area, landmarks in ATLAS.items()
        for mark in landmarks
    ]
    return Markdown("\n".join(["| year | what was new |", "| --- | --- |", *rows]))


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
