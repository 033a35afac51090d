"""The units of the course and their exercises, by name: for the ids of tests, so that collecting them reads little."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted(path.name for path in (ROOT / "source").iterdir() if path.is_dir())


def master_cells(unit: str) -> list[dict[str, Any]]:
    """Return the cells of a unit's master, as its JSON has them."""
    return json.loads((ROOT / "source" / unit / f"{unit}.ipynb").read_text(encoding="utf-8"))["cells"]


def exercise_names(unit: str) -> list[str]:
    """Return the names of a unit's exercises, in order: those of the cells that students answer and checks grade."""
    about = [cell["metadata"].get("nbgrader", {}) for cell in master_cells(unit)]
    return [cell["grade_id"] for cell in about if cell.get("solution") and not cell.get("grade")]


def lecture_cells(unit: str) -> list[dict[str, Any]]:
    """Return the cells of a unit's lecture, as its JSON has them."""
    return json.loads((ROOT / "notebooks" / f"{unit}.ipynb").read_text(encoding="utf-8"))["cells"]
