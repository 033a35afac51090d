"""`autograder prove` holds for every unit: the engine judges each answer of its catalogue as the catalogue says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.proofs import Proof, of_unit

ROOT = Path(__file__).parents[2]
UNITS = sorted(path.name for path in (ROOT / "source").iterdir() if path.is_dir())
ROW = re.compile(r"│ (\w+) +│ (\d+)/(\d+) +│ (\d+)/(\d+) +│ (\d+)/(\d+) +│")
ENGINE = [ROOT / "autograder" / name for name in ("engine", "prove.py", "prove_apart.py", "answers.py", "exercises.py")]
NAMED = 0.8
"""The share of mistakes that must be called by their name. Some give the same numbers as others, or no numbers."""


@pytest.mark.parametrize("unit", UNITS)
def test_the_engine_judges_and_names_the_answers_of_a_unit(unit):
    proof = Proof(f"autograder prove {unit}", [*of_unit(unit), *ENGINE, Path(__file__)])
    proof.skip_if_made()
    command = [sys.executable, "-m", "autograder.cli", "prove", unit, "--seeds", "1"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"COLUMNS": "120"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = [tuple(map(int, row[1:])) for row in ROW.findall(done.stdout)]
    assert len(counts) >= 7
    assert all(accepted == right and rejected == wrong for accepted, right, rejected, wrong, _, _ in counts)
    named, wrong = (sum(row[place] for row in counts) for place in (4, 5))
    print(f"\n{unit}: {named} of {wrong} mistakes named")
    assert named >= NAMED * wrong
    proof.note()
