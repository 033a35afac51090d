"""Which symbols the formulas of a markdown cell use, and which of them the cell or a table of symbols declares.

A symbol is a letter, a Greek letter, or one of them with an accent: `x`, `\\alpha`, `\\hat x`. A superscript or
subscript makes no other symbol of it: `W^{[l]}` uses `W`, and `l` as an index.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|rho|sigma|tau|phi|varphi|chi|psi|omega|"
    "ell|Gamma|Delta|Theta|Lambda|Xi|Sigma|Phi|Psi|Omega"
)  # \pi is a number
ACCENTS = "bar|dot|hat|mathbf|mathcal|overline|tilde|vec|widehat|widetilde"
WORDS = {
    "begin",
    "end",
    "mathbb",
    "mathrm",
    "operatorname",
    "text",
    "textbf",
    "textit",
    "texttt",
}  # with a word in braces
BINDERS = {"arg", "bigcup", "int", "lim", "max", "min", "operatorname", "prod", "sum", "sup", "text"}
INDICES = {"i", "j", "k"}

CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+?)\$", re.DOTALL)
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\S", re.DOTALL)
RELATION = re.compile(r"[=<>:]|\\(?:in|leq?|geq?|neq?|sim|to|mid|dots)(?![A-Za-z])")
PART = re.compile(r"\\q?quad|\\Longrightarrow|\\\\|\\;|[&;]|,(?![^()]*\))")

ONE_SYMBOL = re.compile(rf"(?:\\(?:{ACCENTS}))?\{{?(?:[A-Za-z]|\\(?:{GREEK}))\}}?'*")

# In the text that is searched for introductions `$x_i$` is <x>, `$n > 0$` is <n>, and any longer formula is <>.
NAME = r"<[^<>]+>"
NAMES = rf"{NAME}(?:(?:,|, and| and| or) {NAME})*"
PREPOSITIONS = (
    "about|along|and|are|as|at|between|but|by|for|from|if|in|into|is|not|of|on|or|over|per|than|that|through|times|to|under|"
    "until|when|where|with|without"
)
INTRODUCTIONS = [
    rf"\b[Ll]et {NAMES}",
    rf"\b[Ww]here (?:{NAME} is|{NAMES} are)\b",
    rf"\b[Ww]ith {NAMES} (?:for|as|the)\b",
    # "the velocity <v>"
    r"\b(?:[Aa]n?|[Tt]he|[Oo]ne|[Tt]wo|[Ee]ach|[Ee]very|[Aa]ny|[Aa]ll|[Ss]ome|[Ff]or|[Ww]ith)"
    rf"(?: [\w'’-]+){{0,3}} (?!(?:{PREPOSITIONS})\b)[\w'’-]+,? {NAMES}",
    # "<v> is the velocity"
    rf"(?:{NAME} (?:is|means|stands for|denotes|counts|says)|{NAMES} are) (?:an?|the|how|what|its|all|which|their)\b",
    # "with <n> samples"
    rf"\b(?:[Ff]or|[Ww]ith|of|to|from|has|have|first|last|the|by|in|into|[Aa]ll|after|[Ee]very|[Aa]ny) {NAME} "
    r"(?!is |has |was |does )(?:[a-z-]+ )?[a-z]+s\b",
    rf"\b[Ff]or (?:all|every|each|any) {NAMES}",
]


def formulas(markdown: str) -> list[str]:
    """Return the TeX of the formulas of a markdown cell, without their dollars."""
    return [shown or inline for shown, inline in FORMULA.findall(CODE.sub("", markdown))]


def symbols(tex: str) -> list[str]:
    """Return the symbols of a formula, in order and with repetitions.

    No symbols are the indices i, j and k, the T of a transpose, the e of a power of e, and the d of a differential.
    """
    return [*_symbols(TOKEN.findall(tex))]


def declared_by_table(markdown: str) -> set[str]:
    """Return the symbols in the first column of a table of symbols."""
    cells = [line.split(" | ")[0] for line in markdown.splitlines() if line.startswith("| ")]
    return {symbol for cell in cells for tex in formulas(cell) for symbol in symbols(tex)}


def declared(markdown: str) -> set[str]:
    """Return the symbols that a cell declares: in a sentence, by an equation, as the variable of a sum or maximum."""
    found = {symbol for tex in formulas(markdown) for symbol in [*_bound(tex), *_defined(tex)]}
    text = " ".join(FORMULA.sub(_as_names, CODE.sub("code", markdown)).replace("*", "").split())
    for introduction in (match[0] for pattern in INTRODUCTIONS for match in re.finditer(pattern, text)):
        found.update(symbol for names in re.findall(r"<([^<>]+)>", introduction) for symbol in names.split(";"))
    return found


def undeclared(markdown: str, table: set[str]) -> list[str]:
    """Return the symbols of a cell that neither the cell nor the table declares, in order."""
    known = table | declared(markdown)
    used = [symbol for tex in formulas(markdown) for symbol in symbols(tex)]
    return [symbol for symbol in dict.fromkeys(used) if symbol not in known]


def _symbols(tokens: list[str], is_index: bool = False) -> Iterator[str]:
    at = 0
    while at < len(tokens):
        token, at = tokens[at], at + 1
        following, name = tokens[at] if at < len(tokens) else "", token[1:]
        if token in ("^", "_"):
            part, at = _argument(tokens, at)
            is_label = len(part) > 1 and all(map(str.isalpha, part)) and not set(part) <= set("ijklmn")
            if not is_label and part not in (["T"], ["-", "T"]):
                yield from _symbols(part, is_index=True)
        elif name in WORDS:
            _, at = _argument(tokens, at)
        elif name in ACCENTS.split("|"):
            part, at = _argument(tokens, at)
            inner = [*_symbols(part)]
            yield from [f"\\{name} {inner[0]}"] if len(inner) == 1 else inner
        elif name in GREEK.split("|"):
            yield token
        elif token.isalpha() and token not in (INDICES if is_index else INDICES - {"k"}):
            is_number_e = token == "e" and following == "^"
            is_differential = token == "d" and (following.isalpha() or following[1:] in f"{GREEK}|{ACCENTS}".split("|"))
            if not is_number_e and not is_differential:
                yield token


def _argument(tokens: list[str], at: int) -> tuple[list[str], int]:
    """Return what stands in the braces that open at `at`, or the one token there, and the place after it."""
    if tokens[at : at + 1] != ["{"]:
        return tokens[at : at + 1], at + 1
    depth, end = 1, at + 1
    while depth and end < len(tokens):
        depth += (tokens[end] == "{") - (tokens[end] == "}")
        end += 1
    return tokens[at + 1 : end - 1], end


def _bound(tex: str) -> Iterator[str]:
    """Yield the variables that stand below sums, products, extrema and limits, and those of integrals."""
    tokens = TOKEN.findall(tex)
    for at, token in enumerate(tokens, start=1):
        if token[1:] in BINDERS:
            below = _argument(tokens, at)[1] if token[1:] in WORDS else at
            if tokens[below : below + 1] == ["_"]:
                yield from symbols(RELATION.split(" ".join(_argument(tokens, below + 1)[0]))[0])
    if "\\int" in tokens:
        yield from re.findall(r"(?<![A-Za-z\\])d ?([a-z]|\\[a-z]+)", tex)


def _defined(tex: str) -> Iterator[str]:
    """Yield the symbol that stands alone on the left of an `=` with other symbols on its right, and its arguments."""
    for part in map(TOKEN.findall, PART.split(tex)):
        depths = itertools.accumulate((token == "{") - (token == "}") for token in part)
        equals = next((at for at, depth in enumerate(depths) if depth == 0 and part[at] == "="), len(part))
        left, right = [*_symbols(part[:equals])], [*_symbols(part[equals:])]
        name = _without_scripts(part[: part.index("(")] if "(" in part[:equals] else part[:equals])
        if ONE_SYMBOL.fullmatch(name) and set(right) - set(left):
            yield from left


def _as_names(formula: re.Match[str]) -> str:
    tex = RELATION.split(formula[1] or formula[2])[0]
    return f"<{';'.join(symbols(tex))}>" if ONE_SYMBOL.fullmatch(_without_scripts(TOKEN.findall(tex))) else "<>"


def _without_scripts(tokens: list[str]) -> str:
    kept, at = "", 0
    while at < len(tokens):
        if tokens[at] in ("^", "_"):
            _, at = _argument(tokens, at + 1)
        else:
            kept, at = kept + tokens[at], at + 1
    return kept
