"""A reader of a lecture can look up every symbol: in the table of the notebook, or in the cell that uses it."""

from __future__ import annotations

import pytest
from support.symbols import declared, declared_by_table, formulas, symbols, undeclared
from support.units import UNITS, lecture_cells


def markdown(unit: str) -> dict[str, str]:
    """Return the text of each markdown cell of a lecture by the cell's id."""
    return {cell["id"]: "".join(cell["source"]) for cell in lecture_cells(unit) if cell["cell_type"] == "markdown"}


def without_meaning(unit: str, table: set[str]) -> dict[str, list[str]]:
    """Return the symbols of a lecture that no reader can look up, by cell."""
    found = {name: undeclared(text, table) for name, text in markdown(unit).items() if name != "symbols"}
    return {name: missing for name, missing in found.items() if missing}


@pytest.mark.parametrize("unit", UNITS)
def test_every_symbol_of_a_lecture_is_in_its_table_or_declared_in_its_cell(unit):
    missing = without_meaning(unit, declared_by_table(markdown(unit)["symbols"]))
    print(f"\n{unit}: {missing}", end="")
    assert not missing


@pytest.mark.parametrize("unit", UNITS)
def test_a_symbol_that_is_taken_out_of_the_table_is_missed(unit):
    table = declared_by_table(markdown(unit)["symbols"])
    missed = {symbol for symbol in table if without_meaning(unit, table - {symbol})}
    assert len(missed) > len(table) / 2  # every use of the others is declared in its own cell, too


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        (r"W^{[l]} = A^{-T} x^T", ["W", "l", "A", "x"]),
        (r"\hat{y} - \bar x_i + \hat\mu", [r"\hat y", r"\bar x", r"\hat \mu"]),
        (r"\frac{\partial L}{\partial w}\, e^{-z} \, dx", ["L", "w", "z", "x"]),
        (r"\text{fan} \cdot \operatorname{sign}(u) \log_2 D_{out} + \mathbb{R}^n", ["u", "D", "n"]),
        (r"\sigma_{ij} = \sum_k a_{ik}\, k \lVert v \rVert_F", [r"\sigma", "a", "k", "v", "F"]),
    ],
)
def test_the_symbols_of_a_formula(tex, found):
    assert symbols(tex) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Let $A$ be a matrix, where $r$ is its rank.", {"A", "r"}),
        ("With $n$ samples and the learning rate $\\alpha > 0$,", {"n", r"\alpha"}),
        ("$\\hat v$ is the corrected average of $v$", {r"\hat v"}),
        ("The gradient of $f$ at $x$ is zero.", set()),
        ("It grows with $\\kappa$, and $A$ is symmetric.", set()),
        ("$$\\min_{x} f(x) + \\sum_{t=1}^n g_t$$", {"x", "t"}),
        ("$$p = Q Q^T x, \\qquad h(s) = s + u$$", {"p", "h", "s"}),
        ("$\\lambda = 8$ and `$code$`", set()),
    ],
)
def test_what_a_cell_declares(text, found):
    assert declared(text) == found


def test_code_has_no_formulas():
    assert formulas("`$x$` and $y$\n```\n$z$\n```\n$$w$$") == ["y", "w"]
