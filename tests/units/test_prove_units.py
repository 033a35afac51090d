"""`autograder prove` passes for every unit: the engine judges each answer of its catalogue as the catalogue says."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from support.units import ROOT, UNITS

ROW = re.compile(r"│ (\w+) +│ (\d+)/(\d+) +│ (\d+)/(\d+) +│ (\d+)/(\d+) +│")
# The share of mistakes that must be called by their name. Some give the same numbers as others, or no numbers.
NAMED = 0.8


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.proof("source/{unit}", "answers/{unit}.py", modules=["autograder.cli"])
def test_the_engine_judges_and_names_the_answers_of_a_unit(unit):
    command = [sys.executable, "-m", "autograder.cli", "prove", unit, "--seeds", "1"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"COLUMNS": "120"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = [tuple(map(int, row[1:])) for row in ROW.findall(done.stdout)]
    assert len(counts) >= 7
    assert all(accepted == right and rejected == wrong for accepted, right, rejected, wrong, _, _ in counts)
    named, wrong = (sum(row[place] for row in counts) for place in (4, 5))
    print(f"\n{unit}: {named} of {wrong} mistakes named")
    assert named >= NAMED * wrong
