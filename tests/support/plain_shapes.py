"""Shapes of exercises, in the spirit of nbgrader's guide: plain asserts on what courses with nbgrader ask for."""

from __future__ import annotations

from support.plain_course import Shape

IMPORTS = """\
import itertools, random, re, warnings
from pathlib import Path
import numpy as np
import matplotlib.pyplot as plt"""

NUMPY = Shape(
    "standardize",
    "def standardize(X):\n    ### BEGIN SOLUTION\n"
    "    return (X - X.mean(axis=0)) / X.std(axis=0)\n    ### END SOLUTION",
    "def standardize(X):\n    return (X - X.mean()) / X.std()",
    (
        ("Z = standardize(np.arange(12.0).reshape(4, 3) ** 2)\nassert Z.shape == (4, 3)", 1),
        ("assert np.allclose(Z.mean(axis=0), 0)\n### BEGIN HIDDEN TESTS\nassert np.allclose(Z.std(axis=0), 1)\n"
         "### END HIDDEN TESTS", 2),
    ),
)  # fmt: skip
AXES = Shape(
    "draw_line",
    "def draw_line(x, y):\n    ### BEGIN SOLUTION\n    _, ax = plt.subplots()\n    ax.plot(x, y)\n"
    '    ax.set_xlabel("time")\n    return ax\n    ### END SOLUTION',
    "def draw_line(x, y):\n    _, ax = plt.subplots()\n    ax.plot(y, x)\n    return ax",
    (
        ("ax = draw_line([1, 2], [3, 5])\nassert list(ax.lines[0].get_ydata()) == [3, 5]", 1),
        ('assert ax.get_xlabel() == "time"\nplt.close("all")', 1),
    ),
    is_split=False,
)
CLASS = Shape(
    "Stack",
    "class Stack:\n    ### BEGIN SOLUTION\n    def __init__(self):\n        self.items = []\n"
    "    def push(self, item):\n        self.items.append(item)\n"
    "    def pop(self):\n        return self.items.pop()\n    ### END SOLUTION",
    "class Stack:\n    items = []\n    def push(self, item):\n        self.items.append(item)\n"
    "    def pop(self):\n        return self.items.pop(0)",
    (("s = Stack()\ns.push(1)\ns.push(2)\nassert s.pop() == 2\nassert s.pop() == 1", 2),),
    is_split=False,
)
GENERATOR = Shape(
    "fibonacci",
    "def fibonacci():\n    ### BEGIN SOLUTION\n    a, b = 0, 1\n    while True:\n        yield a\n"
    "        a, b = b, a + b\n    ### END SOLUTION",
    "def fibonacci():\n    a, b = 1, 1\n    while True:\n        yield a\n        a, b = b, a + b",
    (("assert list(itertools.islice(fibonacci(), 6)) == [0, 1, 1, 2, 3, 5]", 2),),
    is_split=False,
)
SEEDS = Shape(
    "roll",
    "def roll(n):\n    ### BEGIN SOLUTION\n    return [random.randint(1, 6) for _ in range(n)]\n    ### END SOLUTION",
    "def roll(n):\n    return [random.randint(0, 6) for _ in range(n)]",
    (("random.seed(4)\nrolled = roll(20)\nrandom.seed(4)\nassert rolled == [random.randint(1, 6) for _ in range(20)]",
      2),),
    is_split=False,
)  # fmt: skip
FILES = Shape(
    "save_squares",
    "def save_squares(path, n):\n    ### BEGIN SOLUTION\n"
    '    Path(path).write_text("\\n".join(str(i * i) for i in range(n)))\n    ### END SOLUTION',
    'def save_squares(path, n):\n    Path(path).write_text("".join(str(i * i) for i in range(n)))',
    (('save_squares("squares.txt", 4)\nassert Path("squares.txt").read_text().split() == ["0", "1", "4", "9"]', 2),),
    is_split=False,
)
STRINGS = Shape(
    "price",
    'def price(name, cents):\n    ### BEGIN SOLUTION\n    return f"{name:<8}{cents / 100:>8.2f}"\n    ### END SOLUTION',
    'def price(name, cents):\n    return f"{name}{cents / 100:.2f}"',
    (('assert price("tea", 250) == "tea         2.50"', 1), ('assert price("t", 5).endswith("0.05")', 1)),
)
EXCEPTIONS = Shape(
    "squares",
    'def squares(n):\n    ### BEGIN SOLUTION\n    if n < 1:\n        raise ValueError("n must be at least 1")\n'
    "    return [i ** 2 for i in range(1, n + 1)]\n    ### END SOLUTION",
    "def squares(n):\n    return [i ** 2 for i in range(1, n + 1)]",
    (
        ("assert squares(1) == [1]\nassert squares(3) == [1, 4, 9]", 1),
        ('for n in (0, -4):\n    try:\n        squares(n)\n    except ValueError:\n        pass\n    else:\n'
         '        raise AssertionError("did not raise")', 1.5),
    ),
)  # fmt: skip
RECURSION = Shape(
    "depth",
    "def depth(tree):\n    ### BEGIN SOLUTION\n    return 1 + max(map(depth, tree), default=0)\n    ### END SOLUTION",
    "def depth(tree):\n    return 1 + len(tree)",
    (
        ("assert depth([]) == 1\nassert depth([[], [[]]]) == 3", 1),
        ('import inspect\nassert inspect.getsource(depth).count("depth") > 1', 1),
    ),
    is_split=False,
)
NESTED = Shape(
    "make_counter",
    "def make_counter(step):\n    ### BEGIN SOLUTION\n    total = 0\n    def count():\n        nonlocal total\n"
    "        total += step\n        return total\n    return count\n    ### END SOLUTION",
    "def make_counter(step):\n    return lambda: step",
    (("count = make_counter(3)\nassert count() == 3\nassert count() == 6", 1),),
    is_split=False,
)
DICTIONARIES = Shape(
    "count_words",
    "def count_words(text):\n    ### BEGIN SOLUTION\n    counts = {}\n    for word in text.lower().split():\n"
    "        counts[word] = counts.get(word, 0) + 1\n    return counts\n    ### END SOLUTION",
    "def count_words(text):\n    return {word: text.split().count(word) for word in text.split()}",
    (('assert count_words("a b a") == {"a": 2, "b": 1}', 1), ('assert count_words("A a") == {"a": 2}', 1)),
)
REGEXES = Shape(
    "dates",
    "def dates(text):\n    ### BEGIN SOLUTION\n"
    '    return [tuple(map(int, m)) for m in re.findall(r"(\\d{4})-(\\d\\d)-(\\d\\d)", text)]\n    ### END SOLUTION',
    'def dates(text):\n    return re.findall(r"\\d+-\\d+-\\d+", text)',
    (('assert dates("from 2024-01-31 to 2025-12-01") == [(2024, 1, 31), (2025, 12, 1)]', 2),),
)
PARTIAL = Shape(
    "is_prime",
    "def is_prime(n):\n    ### BEGIN SOLUTION\n"
    "    return n > 1 and all(n % d for d in range(2, n))\n    ### END SOLUTION",
    "def is_prime(n):\n    return n % 2 == 1",
    (
        ("cases = {1: False, 2: True, 9: False, 11: True}\n"
         "sum(is_prime(n) == expected for n, expected in cases.items())", 4),
        ("round(sum(is_prime(n) for n in range(20)) / 8, 1) * 0.5 if is_prime(2) else 0.25", 0.5),
    ),
)  # fmt: skip
VALUES = Shape(
    "constants",
    "### BEGIN SOLUTION\nrank = 2\nnames = ['a', 'b']\ncorners = {(0, 0), (1, 1)}\n### END SOLUTION",
    "rank = 3\nnames = ['b', 'a']\ncorners = {(0, 0)}",
    (
        ("assert rank == 2", 1),
        ("assert sorted(names) == ['a', 'b']", 1),
        ("assert corners == {(1, 1), (0, 0)}", 1),
    ),
    is_split=False,
)
IN_PLACE = Shape(
    "sort_in_place",
    "def sort_in_place(items):\n    ### BEGIN SOLUTION\n    items.sort()\n    ### END SOLUTION",
    "def sort_in_place(items):\n    items = sorted(items)",
    (("items = [3, 1, 2]\nassert sort_in_place(items) is None\nassert items == [1, 2, 3]", 1),),
)
PRINTS = Shape(
    "greet",
    'def greet(name):\n    ### BEGIN SOLUTION\n    print(f"Hello, {name}!")\n    ### END SOLUTION',
    'def greet(name):\n    return f"Hello, {name}!"',
    (('import contextlib, io\nshown = io.StringIO()\nwith contextlib.redirect_stdout(shown):\n    greet("Ada")\n'
      'assert shown.getvalue() == "Hello, Ada!\\n"', 1),),
    is_split=False,
)  # fmt: skip
KINDS_OF_VALUES = Shape(
    "firsts",
    "def firsts(words):\n    ### BEGIN SOLUTION\n    return [word[0] for word in words]\n    ### END SOLUTION",
    "def firsts(words):\n    return {word[0] for word in words}",
    (('assert sorted(firsts(["up", "down"])) == ["d", "u"]', 1), ('assert firsts(["up", "down"]) == ["u", "d"]', 1)),
)
FRAMES = Shape(
    "mean_by_group",
    "def mean_by_group(table):\n    ### BEGIN SOLUTION\n"
    '    return table.groupby("group")["value"].mean()\n    ### END SOLUTION',
    'def mean_by_group(table):\n    return table.groupby("group")["value"].sum()',
    (
        ('import pandas as pd\ntable = pd.DataFrame({"group": ["a", "b", "a"], "value": [1.0, 5.0, 3.0]})\n'
         'means = mean_by_group(table)\nassert means["b"] == 5.0', 1),
        ('assert list(means) == [2.0, 5.0]', 1),
    ),
    is_split=False,
)  # fmt: skip

FIRST = (NUMPY, EXCEPTIONS, STRINGS, DICTIONARIES, PARTIAL, IN_PLACE)
SECOND = (CLASS, GENERATOR, RECURSION, NESTED, REGEXES, KINDS_OF_VALUES, VALUES)
THIRD = (AXES, SEEDS, FILES, PRINTS)
ALL = (*FIRST, *SECOND, *THIRD)
