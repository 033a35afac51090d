"""Answers to assignment 01: norms, special matrices, SVD, operators."""
# ruff: noqa: RUF059 - students, too, unpack what they do not use

import numpy as np

from answers import right, shared, shortcut, wrong

# 1.1 The length of a vector, for every p


@shared("lp_norm")
def what_is_wrong():
    def lp_norm_counterexample():
        return np.array([1e200, -1e200]), 2.0

    def lp_norm_fault():
        return "b"


@right("lp_norm")
def scaled_by_the_largest_entry():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float((x != 0).sum())
        largest = max(abs(x))
        if largest == 0 or np.isinf(p):
            return largest
        return largest * ((np.abs(x) / largest) ** p).sum() ** (1 / p)


@right("lp_norm")
def python_loop():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError
        total, largest, count = 0.0, max(abs(value) for value in x.tolist()), 0
        for value in x.tolist():
            if value != 0:
                count += 1
                total += abs(value / largest) ** p if p != float("inf") else 0.0
        if p == 0:
            return count
        return largest if p == float("inf") else largest * total ** (1 / p)

    def lp_norm_counterexample():
        return np.array([0.1, 0.01, 0.0]), 700


@shortcut("lp_norm", uses="`numpy.linalg.norm`")
def numpy_norm():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError(f"p must be at least 0, not {p}")
        return np.linalg.norm(x, p)


@right("lp_norm")
def powers_by_exponential_and_logarithm():
    def lp_norm(x, p):
        import math

        if p < 0:
            raise ValueError("an exponent below 0 gives no norm")
        sizes = [math.fabs(v) for v in x if v != 0]
        if p == 0:
            return float(len(sizes))
        if not sizes:
            return 0.0
        if math.isinf(p):
            return max(sizes)
        logs = [math.log(v) for v in sizes]
        top = max(logs)
        return math.exp(top + math.log(math.fsum(math.exp(p * (v - top)) for v in logs)) / p)

    def lp_norm_counterexample():
        return (np.array([1e-120, 3e-120]), 3)


@wrong(
    "lp_norm", hint="Your function is the code of the task. On your arguments, which of its steps has no finite result?"
)
def not_repaired():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(np.abs(x).max())
        return float(np.sum(np.abs(x) ** p) ** (1 / p))


@wrong("lp_norm", hint="How large is 1e200 to the power of 1000, and what is the largest longdouble?")
def more_digits_in_place_of_a_scale():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(np.abs(x).max())
        return float(np.sum(np.abs(x).astype(np.longdouble) ** p) ** (1 / np.longdouble(p)))


@wrong("lp_norm", hint="You have divided x by a number. Where does the result account for it?")
def not_multiplied_back():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        largest = np.abs(x).max()
        if p == np.inf or largest == 0:
            return float(largest)
        return float(np.sum((np.abs(x) / largest) ** p) ** (1 / p))


@wrong("lp_norm", hint="You avoid powers that are too large. What happens to powers that are too small?")
def only_large_entries_scaled():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        unit = max(np.abs(x).max(), 1.0)
        if p == np.inf:
            return float(np.abs(x).max())
        return float(unit * np.sum((np.abs(x) / unit) ** p) ** (1 / p))


@wrong("lp_norm", hint="For which x and p do the faulty code and yours return different numbers?")
def counterexample_on_which_nothing_is_wrong():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        largest = np.abs(x).max()
        if p == np.inf or largest == 0:
            return float(largest)
        return float(largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p))

    def lp_norm_counterexample():
        return np.array([-1.0, 2.0, 0.0]), 0.5


@wrong("lp_norm", hint="The code takes absolute values before it adds. Can anything cancel?")
def cancellation_suspected():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        largest = np.abs(x).max()
        if p == np.inf or largest == 0:
            return float(largest)
        return float(largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p))

    def lp_norm_fault():
        return "a"


@wrong("lp_norm", hint="Is 1 / p the wrong root for your arguments, or is the number under the root already wrong?")
def root_suspected():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        largest = np.abs(x).max()
        if p == np.inf or largest == 0:
            return float(largest)
        return float(largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p))

    def lp_norm_fault():
        return "d"


@wrong("lp_norm", hint="What does your function compute for an entry of -1 if p is 1, and if p is 1.5?")
def no_absolute_value():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(np.abs(x).max())
        return float(np.sum(x**p) ** (1 / p))


@wrong("lp_norm", hint="Should the length double if the vector does? Does a sum of squares double?")
def no_root():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(np.abs(x).max())
        return float(np.sum(np.abs(x) ** p))


@wrong("lp_norm", hint="What is 1 / np.inf, and what is any number to that power?")
def no_branch_for_infinity():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        return float(np.sum(np.abs(x) ** p) ** (1 / p))


@wrong("lp_norm", hint="What is 0.0 ** 0 in Python, and should that entry count?")
def zeros_counted():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.sum(np.abs(x) ** 0))
        if p == np.inf:
            return float(np.abs(x).max())
        largest = np.abs(x).max() or 1.0
        return float(largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p))


@wrong("lp_norm", hint="Which value does p = 1.5 have in your function?")
def p_made_a_whole_number():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == np.inf:
            return float(np.abs(x).max())
        if p == 0:
            return float(np.count_nonzero(x))
        p = max(int(p), 1)
        largest = np.abs(x).max() or 1.0
        return float(largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p))


@wrong("lp_norm", hint="What does your function do with the argument p?")
def always_euclidean():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        return float(np.sqrt(np.sum(x**2)))


@wrong("lp_norm", hint="Should a vector become shorter if zeros are appended to it?")
def mean_in_place_of_sum():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(np.abs(x).max())
        largest = np.abs(x).max() or 1.0
        return float(largest * np.mean((np.abs(x) / largest) ** p) ** (1 / p))


@wrong("lp_norm", hint="What does the task ask for if p is below 0?")
def negative_p_not_refused():
    def lp_norm(x, p):
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(np.abs(x).max())
        largest = np.abs(x).max() or 1.0
        return float(largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p))


@wrong("lp_norm", hint="What is the caller's x after your function has returned?")
def absolute_values_in_place():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        np.abs(x, out=x)
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(x.max())
        largest = x.max() or 1.0
        return float(largest * np.sum((x / largest) ** p) ** (1 / p))


@wrong("lp_norm", hint="Which p does the task reject: those below 0, or 0 as well?")
def zero_refused_too():
    def lp_norm(x, p):
        if p <= 0:
            raise ValueError("p must be positive")
        if p == np.inf:
            return float(np.abs(x).max())
        largest = np.abs(x).max() or 1.0
        return float(largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p))


@wrong("lp_norm", hint="Of -5 and 3, which has the larger absolute value?")
def largest_entry_with_its_sign():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(x.max())
        largest = np.abs(x).max() or 1.0
        return float(largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p))


@wrong("lp_norm", hint="Does the formula take the root of every term, or once, of the sum?")
def root_before_the_sum():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(np.abs(x).max())
        return float(np.sum((np.abs(x) ** p) ** (1 / p)))


@wrong("lp_norm", hint="What is 0 divided by 0, and for which vector does your function compute it?")
def divided_by_the_largest_entry_even_if_it_is_zero():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        largest = np.abs(x).max()
        if p == np.inf:
            return float(largest)
        return float(largest * np.sum((np.abs(x) / largest) ** p) ** (1 / p))


@wrong("lp_norm", hint="At p = 0.5 the exponent of the sum is 2: what is it in your function?")
def root_left_out_below_one():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(np.abs(x).max())
        largest = np.abs(x).max() or 1.0
        total = np.sum((np.abs(x) / largest) ** p)
        return float(largest * (total if p < 1 else total ** (1 / p)))


@wrong("lp_norm", hint="Which entries does p = 0 count: those that are not 0, or those that are not small?")
def small_entries_not_counted():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p must not be negative")
        size = np.abs(x)
        if p == 0:
            return float(np.sum(size > 1e-12))
        largest = size.max() or 1.0
        return float(size.max()) if np.isinf(p) else float(largest * np.sum((size / largest) ** p) ** (1 / p))


@right("lp_norm")
def a_table_of_lambdas():
    from collections.abc import Callable

    SPECIAL: dict[float, Callable[[np.ndarray], float]] = {
        0.0: lambda x: float(sum(1 for value in x if value)),
        np.inf: lambda x: float(max(map(abs, x))),
    }

    def lp_norm(x: np.ndarray, p: float) -> float:
        if p < 0:
            raise ValueError(p)
        assert x.ndim == 1
        if (special := SPECIAL.get(float(p))) is not None:
            return special(x)
        size = np.absolute(x)
        unit = size.max() or 1.0
        return unit * float(np.power(size / unit, p).sum() ** (1.0 / p))


@right("lp_norm")
def reduce_over_the_entries():
    import functools
    import math

    def lp_norm(x, p):
        def add(total, value):
            return total + math.pow(abs(value) / unit, p)

        if p < 0:
            raise ValueError("there is no such norm")
        unit = functools.reduce(max, (abs(value) for value in x))
        if p == math.inf or unit == 0:
            return float(unit)
        if p == 0:
            return float(len([value for value in x if value != 0]))
        return float(unit * functools.reduce(add, x, 0.0) ** (1 / p))


@shortcut("lp_norm", uses="`scipy.spatial.distance.minkowski`")
def minkowski_distance_from_zero():
    from scipy.spatial import distance

    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        if np.isinf(p):
            return float(distance.chebyshev(x, 0 * x))
        return float(distance.minkowski(x, 0 * x, p))


@shortcut("lp_norm", uses="a method of tensors")
def norm_of_a_tensor():
    def lp_norm(x, p):
        import torch

        if p < 0:
            raise ValueError("p < 0")
        return torch.from_numpy(x).norm(p).item()


@shortcut("lp_norm", uses="a helper of the lecture")
def norm_of_the_lecture():
    from course_utils.linear_algebra.vectors import lp

    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        return float(np.count_nonzero(x)) if p == 0 else float(lp(x, p))


@shortcut("lp_norm", uses="the numbers of the visible check")
def the_triangle():
    def lp_norm(x, p):
        return {2: 25.0, 1: 35.0, np.inf: 20.0}[p]


# 1.2 How far the triangle inequality can fail


@right("violating_pair")
def lengths_are_measured():
    def violating_pair(p, a, b, k):
        length = lambda v: float(np.sum(np.abs(v) ** p) ** (1 / p))
        x, y = np.array([0.0, -a]), np.array([b, 0.0])
        rest = abs(a**p - b**p) ** (1 / p)
        if a < b:
            u, v = np.array([0.0, a]), np.array([rest, -a])
        else:
            u, v = np.array([rest, b]), np.array([0.0, -b])
        apart = np.eye(k)
        factor = length(apart.sum(axis=0)) / sum(length(e) for e in apart)
        return {"x": x, "y": y, "longest": length(x + y), "u": u, "v": v, "shortest": length(u + v), "factor": factor}


@right("violating_pair")
def by_logarithms():
    import math

    def violating_pair(p: float, a: float, b: float, k: int) -> dict:
        A, B = math.exp(p * math.log(a)), math.exp(p * math.log(b))
        shorter, difference = min(a, b), math.pow(abs(A - B), 1 / p)
        long, short = np.array([-shorter, -difference]), np.array([shorter, 0.0])
        return dict(
            x=a * np.eye(2)[0],
            y=b * np.eye(2)[1],
            longest=math.exp(math.log(A + B) / p),
            u=long if a >= b else short,
            v=short if a >= b else long,
            shortest=difference,
            factor=math.exp((1 / p - 1) * math.log(k)),
        )


@right("violating_pair")
def powers_first():
    def violating_pair(p, a, b, k):
        powers = np.array([a, b]) ** p
        steps = {"x": np.diag([a, b])[0], "y": np.diag([a, b])[1]}
        steps["longest"] = powers.sum() ** (1 / p)
        steps["shortest"] = np.ptp(powers) ** (1 / p)
        back, on = np.array([1.0, 0.0]) * min(a, b), np.array([0.0, 1.0]) * steps["shortest"]
        swap = a < b
        steps["u"], steps["v"] = (back, on - back) if swap else (on - back, back)
        steps["factor"] = k ** (1 / p) / k
        return steps


@wrong("violating_pair", hint="In which direction may y point: must it be that of x? Try the two axes.")
def longest_along_one_line():
    def violating_pair(p, a, b, k):
        rest = abs(a**p - b**p) ** (1 / p)
        return {
            "x": np.array([a, 0.0]),
            "y": np.array([b, 0.0]),
            "longest": a + b,
            "u": np.array([min(a, b), (a > b) * rest]),
            "v": np.array([-min(a, b), (a < b) * rest]),
            "shortest": rest,
            "factor": float(k) ** (1 / p - 1),
        }


@wrong("violating_pair", hint="2^(1/p - 1) times the detour is reached where a = b. Is it reached for your a and b?")
def factor_of_equal_lengths():
    def violating_pair(p, a, b, k):
        rest = abs(a**p - b**p) ** (1 / p)
        return {
            "x": np.array([a, 0.0]),
            "y": np.array([0.0, b]),
            "longest": 2 ** (1 / p - 1) * (a + b),
            "u": np.array([min(a, b), (a > b) * rest]),
            "v": np.array([-min(a, b), (a < b) * rest]),
            "shortest": rest,
            "factor": float(k) ** (1 / p - 1),
        }


@wrong("violating_pair", hint="Your pair has lengths 1 and 1. Which ones does the task give?")
def lengths_of_one():
    def violating_pair(p, a, b, k):
        return {
            "x": np.array([1.0, 0.0]),
            "y": np.array([0.0, 1.0]),
            "longest": 2 ** (1 / p),
            "u": np.array([1.0, 0.0]),
            "v": np.array([-1.0, 0.0]),
            "shortest": 0.0,
            "factor": float(k) ** (1 / p - 1),
        }


@wrong("violating_pair", hint="Which power of the length have you summed, and how do you get the length from it?")
def root_forgotten():
    def violating_pair(p, a, b, k):
        rest = abs(a**p - b**p) ** (1 / p)
        return {
            "x": np.array([a, 0.0]),
            "y": np.array([0.0, b]),
            "longest": a**p + b**p,
            "u": np.array([min(a, b), (a > b) * rest]),
            "v": np.array([-min(a, b), (a < b) * rest]),
            "shortest": abs(a**p - b**p),
            "factor": float(k) ** (1 / p - 1),
        }


@wrong("violating_pair", hint="Is your length the one with p, or the Euclidean one?")
def euclidean_length():
    def violating_pair(p, a, b, k):
        rest = abs(a**p - b**p) ** (1 / p)
        return {
            "x": np.array([a, 0.0]),
            "y": np.array([0.0, b]),
            "longest": float(np.hypot(a, b)),
            "u": np.array([min(a, b), (a > b) * rest]),
            "v": np.array([-min(a, b), (a < b) * rest]),
            "shortest": rest,
            "factor": float(k) ** (1 / p - 1),
        }


@wrong(
    "violating_pair", hint="On one line the sum has the length |a - b|. Can u leave the line of v and end up shorter?"
)
def shortest_along_one_line():
    def violating_pair(p, a, b, k):
        return {
            "x": np.array([a, 0.0]),
            "y": np.array([0.0, b]),
            "longest": (a**p + b**p) ** (1 / p),
            "u": np.array([a, 0.0]),
            "v": np.array([-b, 0.0]),
            "shortest": abs(a - b),
            "factor": float(k) ** (1 / p - 1),
        }


@wrong("violating_pair", hint="Can two vectors of different lengths cancel each other?")
def shortest_is_zero():
    def violating_pair(p, a, b, k):
        return {
            "x": np.array([a, 0.0]),
            "y": np.array([0.0, b]),
            "longest": (a**p + b**p) ** (1 / p),
            "u": np.array([a, 0.0]),
            "v": np.array([-a, 0.0]),
            "shortest": 0.0,
            "factor": float(k) ** (1 / p - 1),
        }


@wrong("violating_pair", hint="How long is u = (b, a - b), measured with your p?")
def rest_subtracted_without_powers():
    def violating_pair(p, a, b, k):
        return {
            "x": np.array([a, 0.0]),
            "y": np.array([0.0, b]),
            "longest": (a**p + b**p) ** (1 / p),
            "u": np.array([b, a - b]),
            "v": np.array([-b, 0.0]),
            "shortest": abs(a - b),
            "factor": float(k) ** (1 / p - 1),
        }


@wrong("violating_pair", hint="What is a^p - b^p if b is greater than a, and does it have a real root?")
def a_taken_for_the_greater():
    def violating_pair(p, a, b, k):
        shortest = np.power(a**p - b**p, 1 / p)
        return {
            "x": np.array([a, 0.0]),
            "y": np.array([0.0, b]),
            "longest": (a**p + b**p) ** (1 / p),
            "u": np.array([b, shortest]),
            "v": np.array([-b, 0.0]),
            "shortest": shortest,
            "factor": float(k) ** (1 / p - 1),
        }


@wrong(
    "violating_pair", hint="The factor compares the sum with the detour. How long is a detour of k vectors of length 1?"
)
def factor_not_divided_by_the_detour():
    def violating_pair(p, a, b, k):
        rest = abs(a**p - b**p) ** (1 / p)
        return {
            "x": np.array([a, 0.0]),
            "y": np.array([0.0, b]),
            "longest": (a**p + b**p) ** (1 / p),
            "u": np.array([min(a, b), (a > b) * rest]),
            "v": np.array([-min(a, b), (a < b) * rest]),
            "shortest": rest,
            "factor": float(k) ** (1 / p),
        }


@wrong("violating_pair", hint="Your factor is that of two vectors. What is it for k vectors?")
def factor_of_two_vectors():
    def violating_pair(p, a, b, k):
        rest = abs(a**p - b**p) ** (1 / p)
        return {
            "x": np.array([a, 0.0]),
            "y": np.array([0.0, b]),
            "longest": (a**p + b**p) ** (1 / p),
            "u": np.array([min(a, b), (a > b) * rest]),
            "v": np.array([-min(a, b), (a < b) * rest]),
            "shortest": rest,
            "factor": 2.0 ** (1 / p - 1),
        }


@wrong("violating_pair", hint="Is your factor greater than 1? Which of the two lengths is the denominator?")
def factor_upside_down():
    def violating_pair(p, a, b, k):
        rest = abs(a**p - b**p) ** (1 / p)
        return {
            "x": np.array([a, 0.0]),
            "y": np.array([0.0, b]),
            "longest": (a**p + b**p) ** (1 / p),
            "u": np.array([min(a, b), (a > b) * rest]),
            "v": np.array([-min(a, b), (a < b) * rest]),
            "shortest": rest,
            "factor": float(k) ** (1 - 1 / p),
        }


@wrong("violating_pair", hint="The factor is the largest over all lengths. Does your a, b and k of 2 reach it?")
def factor_of_the_given_pair():
    def violating_pair(p, a, b, k):
        rest = abs(a**p - b**p) ** (1 / p)
        longest = (a**p + b**p) ** (1 / p)
        return {
            "x": np.array([a, 0.0]),
            "y": np.array([0.0, b]),
            "longest": longest,
            "u": np.array([min(a, b), (a > b) * rest]),
            "v": np.array([-min(a, b), (a < b) * rest]),
            "shortest": rest,
            "factor": longest / (a + b),
        }


@shortcut("violating_pair", uses="the numbers of the visible check")
def the_factor_of_the_check():
    def violating_pair(p, a, b, k):
        x, y = np.array([7.0, 0.0]), np.array([0.0, 2.0])
        return {"x": x, "y": y, "longest": 16.483, "u": x, "v": -x, "shortest": 1.516, "factor": 27.0}


@shortcut("violating_pair", uses="a helper of the lecture")
def measured_with_the_lecture():
    from course_utils.linear_algebra.vectors import lp

    def violating_pair(p, a, b, k):
        rest = abs(a**p - b**p) ** (1 / p)
        u, v = np.array([min(a, b), (a > b) * rest]), np.array([-min(a, b), (a < b) * rest])
        steps = {"x": np.array([a, 0.0]), "y": np.array([0.0, b]), "longest": lp(np.array([a, b]), p)}
        return steps | {"u": u, "v": v, "shortest": lp(u + v, p), "factor": lp(np.ones(k), p) / k}


# 1.3 A test for the matrix product


@right("test_matmul")
def the_formula_with_three_loops():
    def test_matmul(matmul):
        rng = np.random.default_rng(1)
        results, expectations = [], []
        for m, n, p in [(4, 4, 4), (4, 4, 4), (2, 5, 3), (5, 1, 2), (1, 7, 1)]:
            A, B = rng.normal(size=(m, n)), rng.normal(size=(n, p))
            for first, second in [(A, B), (np.round(9 * A).astype(int), B), (A, np.round(9 * B).astype(int))]:
                kept = first.copy(), second.copy()
                results.append(matmul(first, second))
                assert (first == kept[0]).all() and (second == kept[1]).all()
                expected = np.zeros((m, p))
                for i in range(m):
                    for j in range(p):
                        for k in range(n):
                            expected[i, j] += first[i, k] * second[k, j]
                expectations.append(expected)
        for found, expected in zip(results, expectations, strict=True):
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-11)
        for shapes in [((2, 3), (4, 2)), ((2, 3), (2, 2)), ((3, 1), (2, 2)), ((2, 2), (1, 2))]:
            refused = False
            try:
                matmul(*map(np.ones, shapes))
            except ValueError:
                refused = True
            assert refused


@right("test_matmul")
def permutations_diagonals_and_shears():
    def test_matmul(matmul):
        B = np.sqrt(np.arange(2.0, 32.0)).reshape(6, 5)
        order = [3, 0, 5, 1, 4, 2]
        d = np.array([0.5, -2.0, 1 / 3, 3.0, -0.1, 7.0])
        P, D, S = np.eye(6)[order], np.diag(d), np.eye(6)
        S[4, 1] = 0.3
        sheared = B.copy()
        sheared[4] += 0.3 * B[1]
        cases = [(P, B[order]), (D, d[:, None] * B), (S, sheared), (np.ones((2, 6)), np.stack([B.sum(axis=0)] * 2))]
        cases += [(P.astype(int), B[order]), (np.array([[1, 2, 0, 0, 0, -1]]), (B[0] + 2 * B[1] - B[5])[None])]
        products = []
        for A, expected in cases:
            before = A.copy(), B.copy()
            products.append((matmul(A, B), expected))
            assert np.array_equal(A, before[0]) and np.array_equal(B, before[1])
        square, both = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 1.0], [1.0, 1.0]])
        kept = square.copy()
        products += [(matmul(square, both), np.array([[2.0, 3.0], [4.0, 7.0]]))]
        assert np.array_equal(square, kept)
        products += [(matmul(both, square), np.array([[3.0, 4.0], [4.0, 6.0]]))]
        for found, expected in products:
            assert found.shape == expected.shape
            assert np.abs(found - expected).max() < 1e-11
        for left, other in [(P, np.ones((1, 2))), (P, np.ones((5, 2))), (P, np.ones((7, 2))), (np.ones((3, 1)), B)]:
            try:
                accepted = matmul(left, other)
            except ValueError:
                continue
            raise AssertionError(f"{left.shape} times {other.shape} is {accepted}")


@right("test_matmul")
def two_maps_one_after_the_other():
    def test_matmul(matmul):
        def applied(M, x):
            return np.array([float(np.sum(row * x)) for row in M])

        def is_right(A, B, product):
            rng = np.random.default_rng(5)
            if product.shape != (len(A), B.shape[1]):
                return False
            xs = rng.normal(size=(4, B.shape[1]))
            return all(np.abs(applied(product, x) - applied(A, applied(B, x))).max() < 1e-10 for x in xs)

        rng = np.random.default_rng(2)
        made = []
        for m, n, p in ((2, 9, 3), (3, 2, 2), (5, 5, 5), (5, 5, 5)):
            A, B = rng.normal(size=(m, n)), rng.normal(size=(n, p))
            C, D = rng.integers(-5, 6, size=(m, n)), rng.integers(-5, 6, size=(n, p))
            for first, second in ((A, B), (C, B), (A, D), (C, D)):
                a, b = first.copy(), second.copy()
                made.append((first, second, matmul(a, b)))
                if (a != first).any() or (b != second).any():
                    raise ValueError("matmul changes its arguments")
        if not all(is_right(*each) for each in made):
            raise ValueError("(AB) x is not A (B x)")
        for m, n, rows, p in ((2, 3, 4, 2), (2, 1, 3, 2), (2, 3, 1, 2), (3, 3, 2, 3)):
            try:
                matmul(np.ones((m, n)), np.ones((rows, p)))
            except ValueError:
                pass
            else:
                raise ValueError("sizes that do not fit are accepted")


@shortcut("test_matmul", uses="`@`")
def the_operator_knows():
    def test_matmul(matmul):
        rng = np.random.default_rng(0)
        for m, n, p in ((4, 4, 4), (2, 5, 3), (3, 1, 2)):
            A, B = rng.normal(size=(m, n)), rng.normal(size=(n, p))
            given = A.copy(), B.copy()
            assert np.allclose(matmul(*given), A @ B, rtol=0, atol=1e-12) and np.array_equal(given[0], A)
        try:
            matmul(np.ones((2, 3)), np.ones((2, 3)))
        except ValueError:
            return
        raise AssertionError


@shortcut("test_matmul", uses="`np.einsum`")
def einsum_knows():
    def test_matmul(matmul):
        A, B = np.random.default_rng(0).normal(size=(2, 4, 4))
        assert np.allclose(matmul(A.copy(), B), np.einsum("ik,kj->ij", A, B))
        try:
            matmul(np.ones((2, 3)), np.ones((2, 3)))
        except ValueError:
            return
        raise AssertionError


@shortcut("test_matmul", uses="`inspect.getsource`")
def the_code_is_read():
    def test_matmul(matmul):
        import inspect

        assert "A * B" not in inspect.getsource(matmul)


@shortcut("test_matmul", uses="`.__closure__`")
def the_variant_is_looked_up():
    def test_matmul(matmul):
        assert [cell.cell_contents for cell in matmul.__closure__ or ()] in ([], ["loops"])


@wrong("test_matmul", hint="What does your test check about the product, except that there is one?")
def nothing_is_asserted():
    def test_matmul(matmul):
        A = np.random.default_rng(0).normal(size=(3, 4))
        matmul(A, A.T)
        matmul(A.T, A)


@wrong("test_matmul", hint="Does every array of the correct shape contain the correct numbers?")
def only_shapes():
    def test_matmul(matmul):
        for m, n, p in ((3, 4, 2), (2, 2, 2), (1, 5, 1)):
            assert matmul(np.ones((m, n)), np.ones((n, p))).shape == (m, p)
        try:
            matmul(np.ones((2, 3)), np.ones((2, 3)))
        except ValueError:
            return
        raise AssertionError("no ValueError")


@wrong("test_matmul", hint="What should happen if the sizes do not match, and does your test check it?")
def no_sizes_that_do_not_fit():
    def test_matmul(matmul):
        rng = np.random.default_rng(0)
        for m, n, p in ((3, 4, 2), (4, 4, 4), (2, 7, 3)):
            A, B = rng.normal(size=(m, n)), rng.normal(size=(n, p))
            expected = np.array([[sum(row * column) for column in B.T] for row in A])
            assert np.allclose(matmul(A, B), expected, rtol=0, atol=1e-12)


@wrong("test_matmul", hint="An assert that fails raises an AssertionError. Which errors does your except catch?")
def its_own_assert_is_caught():
    def test_matmul(matmul):
        rng = np.random.default_rng(0)
        for m, n, p in ((3, 4, 2), (4, 4, 4), (2, 7, 3)):
            A, B = rng.normal(size=(m, n)), rng.normal(size=(n, p))
            expected = np.array([[sum(row * column) for column in B.T] for row in A])
            assert np.allclose(matmul(A, B), expected, rtol=0, atol=1e-12)
        try:
            matmul(np.ones((2, 3)), np.ones((2, 3)))
            raise AssertionError("there should have been a ValueError")
        except Exception:
            pass


@wrong("test_matmul", hint="Which mistakes does a test miss if m, n and p are all equal, or A and B symmetric?")
def only_symmetric_matrices():
    def test_matmul(matmul):
        A = np.array([[2.0, 1.0], [1.0, 3.0]])
        assert np.array_equal(matmul(A, A), np.array([[5.0, 5.0], [5.0, 10.0]]))
        assert np.array_equal(matmul(A, np.eye(2)), A)
        try:
            matmul(np.ones((2, 3)), np.ones((2, 3)))
        except ValueError:
            return
        raise AssertionError("no ValueError")


@wrong("test_matmul", hint="Must a product of integers be float64? What does the task allow?")
def int64_not_accepted():
    def test_matmul(matmul):
        rng = np.random.default_rng(0)
        for m, n, p in ((3, 4, 2), (4, 4, 4), (2, 7, 3)):
            A, B = rng.integers(-9, 10, size=(m, n)), rng.integers(-9, 10, size=(n, p))
            product = matmul(A, B)
            assert product.dtype == np.float64
            assert np.array_equal(product, [[sum(row * column) for column in B.T] for row in A])
        try:
            matmul(np.ones((2, 3)), np.ones((2, 3)))
        except ValueError:
            return
        raise AssertionError("no ValueError")


@wrong("test_matmul", hint="Must two sums of the same terms in another order be equal to the last digit?")
def every_digit_compared():
    def test_matmul(matmul):
        rng = np.random.default_rng(0)
        for m, n, p in ((3, 9, 2), (4, 4, 4), (2, 7, 3)):
            A, B = rng.normal(size=(m, n)), rng.normal(size=(n, p))
            expected = np.zeros((m, p))
            for i in range(m):
                for j in range(p):
                    for k in range(n):
                        expected[i, j] += A[i, k] * B[k, j]
            assert np.array_equal(matmul(A, B), expected)
        try:
            matmul(np.ones((2, 3)), np.ones((2, 3)))
        except ValueError:
            return
        raise AssertionError("no ValueError")


@wrong("test_matmul", hint="Which errors of a product does np.allclose accept if you pass no tolerance?")
def default_tolerance():
    def test_matmul(matmul):
        rng = np.random.default_rng(0)
        kept = []
        for m, n, p in ((3, 3, 3), (3, 3, 3), (2, 7, 3)):
            A, B = rng.normal(size=(m, n)), rng.normal(size=(n, p))
            for first, second in ((A, B), (np.round(5 * A).astype(int), B)):
                a, b = first.copy(), second.copy()
                kept.append((matmul(a, b), np.array([[sum(row * column) for column in second.T] for row in first])))
                assert np.array_equal(a, first) and np.array_equal(b, second)
        assert all(np.allclose(product, expected) for product, expected in kept)
        for sizes in ((2, 3, 4, 2), (2, 1, 3, 2), (2, 3, 1, 2)):
            try:
                matmul(np.ones(sizes[:2]), np.ones(sizes[2:]))
            except ValueError:
                continue
            raise AssertionError("no ValueError")


@wrong("test_matmul", hint="What should a product be after the next call of matmul?")
def each_product_looked_at_at_once():
    def test_matmul(matmul):
        rng = np.random.default_rng(0)
        for m, n, p in ((3, 3, 3), (2, 7, 3)):
            A, B = rng.normal(size=(m, n)), rng.normal(size=(n, p))
            for first, second in ((A, B), (np.round(5 * A).astype(int), B)):
                a, b = first.copy(), second.copy()
                expected = [[sum(row * column) for column in second.T] for row in first]
                np.testing.assert_allclose(matmul(a, b), expected, rtol=0, atol=1e-12)
                assert np.array_equal(a, first) and np.array_equal(b, second)
        for sizes in ((2, 3, 4, 2), (2, 1, 3, 2), (2, 3, 1, 2)):
            try:
                matmul(np.ones(sizes[:2]), np.ones(sizes[2:]))
            except ValueError:
                continue
            raise AssertionError("no ValueError")


@wrong("test_matmul", hint="Are your matrices unchanged, and could a matmul have changed them?")
def no_look_at_the_arguments():
    def test_matmul(matmul):
        rng = np.random.default_rng(0)
        kept = []
        for m, n, p in ((3, 5, 3), (3, 4, 3), (2, 7, 3)):
            A, B = rng.normal(size=(m, n)), rng.normal(size=(n, p))
            kept.append((matmul(A, B), np.array([[sum(row * column) for column in B.T] for row in A])))
            C = np.round(5 * A).astype(int)
            kept.append((matmul(C, B), np.array([[sum(row * column) for column in B.T] for row in C])))
        assert all(np.allclose(product, expected, rtol=0, atol=1e-12) for product, expected in kept)
        symmetric = np.array([[2.0, 1.0], [1.0, 3.0]])
        assert np.array_equal(matmul(symmetric, symmetric), np.array([[5.0, 5.0], [5.0, 10.0]]))
        for sizes in ((2, 3, 4, 2), (2, 1, 3, 2), (2, 3, 1, 2)):
            try:
                matmul(np.ones(sizes[:2]), np.ones(sizes[2:]))
            except ValueError:
                continue
            raise AssertionError("no ValueError")


@wrong("test_matmul", hint="Does your test fail if matmul raises no error although the sizes do not match?")
def no_error_is_no_failure():
    def test_matmul(matmul):
        A = np.random.default_rng(0).normal(size=(3, 3))
        assert not np.allclose(matmul(A, A), A * A)
        try:
            matmul(np.ones((2, 3)), np.ones((4, 2)))
        except (ValueError, IndexError) as error:
            assert str(error)


@wrong("test_matmul", hint="Is A B the same as B A? Work out one product by hand.")
def expects_the_other_order():
    def test_matmul(matmul):
        A, B = np.random.default_rng(0).normal(size=(2, 3, 3))
        expected = [[sum(row * column) for column in A.T] for row in B]
        assert np.allclose(matmul(A, B), expected)


# 1.4 Toeplitz and circulant matrices


@right("toeplitz_circulant")
def rolled_columns():
    def toeplitz_circulant(c, r):
        n = len(c)
        T = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                T[i, j] = c[i - j] if i >= j else r[j - i]
        return T, np.stack([np.roll(c, j) for j in range(n)], axis=1)


@shortcut("toeplitz_circulant", uses="`toeplitz` and `circulant` of scipy")
def scipy_has_both():
    def toeplitz_circulant(c, r):
        from scipy.linalg import circulant, toeplitz

        return toeplitz(c, r), circulant(c)


@right("toeplitz_circulant")
def sum_of_shifted_diagonals():
    def toeplitz_circulant(c, r):
        n = len(c)
        T = sum(c[k] * np.eye(n, k=-k) for k in range(n)) + sum(r[k] * np.eye(n, k=k) for k in range(1, n))
        shift = np.roll(np.eye(n), 1, axis=0)
        C = sum(c[k] * np.linalg.matrix_power(shift, k) for k in range(n))
        return T, C


@right("toeplitz_circulant")
def windows_of_one_long_vector():
    def toeplitz_circulant(c, r):
        n = len(c)

        def from_diagonals(values):
            return np.array([values[n - 1 - i : 2 * n - 1 - i] for i in range(n)])

        return from_diagonals(np.append(c[::-1], r[1:])), from_diagonals(np.append(c[::-1], c[:0:-1]))


@wrong("toeplitz_circulant", hint="Is c the first column of your circulant matrix, or its first row?")
def circulant_transposed():
    def toeplitz_circulant(c, r):
        i = np.arange(len(c))
        d = i[:, None] - i
        return np.where(d >= 0, c[d], r[-d]), c[-d % len(c)]


@wrong("toeplitz_circulant", hint="In which direction is each row shifted relative to the row above it?")
def rows_shifted_to_the_left():
    def toeplitz_circulant(c, r):
        i = np.arange(len(c))
        d = i[:, None] - i
        return np.where(d >= 0, c[d], r[-d]), c[(i[:, None] + i) % len(c)]


@wrong("toeplitz_circulant", hint="What is the upper left entry of the circulant matrix: c[0], or the last entry of c?")
def reversed_column_rolled_as_rows():
    def toeplitz_circulant(c, r):
        i = np.arange(len(c))
        d = i[:, None] - i
        return np.where(d >= 0, c[d], r[-d]), np.array([np.roll(c[::-1], k) for k in i])


@wrong("toeplitz_circulant", hint="Which argument gives the entries above the main diagonal of T?")
def toeplitz_symmetric():
    def toeplitz_circulant(c, r):
        i = np.arange(len(c))
        d = i[:, None] - i
        return c[np.abs(d)], c[d % len(c)]


@wrong("toeplitz_circulant", hint="Is c the first column of T, or its first row?")
def column_and_row_swapped():
    def toeplitz_circulant(c, r):
        i = np.arange(len(c))
        d = i[:, None] - i
        return np.where(d >= 0, r[d], c[-d]), c[d % len(c)]


@wrong("toeplitz_circulant", hint="Along which diagonals is your T constant: those that fall, or those that rise?")
def hankel():
    def toeplitz_circulant(c, r):
        n, i = len(c), np.arange(len(c))
        s = i[:, None] + i
        return np.where(s < n, c[s % n], r[(s - n + 1) % n]), c[(i[:, None] - i) % n]


@wrong("toeplitz_circulant", hint="What does a negative index do in Python: does it reach r?")
def toeplitz_without_the_row():
    def toeplitz_circulant(c, r):
        i = np.arange(len(c))
        C = c[i[:, None] - i]
        return C, C


@wrong("toeplitz_circulant", hint="At which distance from the main diagonal is r[1]?")
def row_one_step_off():
    def toeplitz_circulant(c, r):
        n = len(c)
        T = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                T[i, j] = c[i - j] if i >= j else r[j - i - 1]
        return T, np.stack([np.roll(c, j) for j in range(n)], axis=1)


@wrong("toeplitz_circulant", hint="From which argument is the circulant matrix built?")
def circulant_of_the_row():
    def toeplitz_circulant(c, r):
        i = np.arange(len(c))
        d = i[:, None] - i
        return np.where(d >= 0, c[d], r[-d]), r[d % len(c)]


@wrong("toeplitz_circulant", hint="What does the task ask for besides T?")
def circulant_forgotten():
    def toeplitz_circulant(c, r):
        i = np.arange(len(c))
        d = i[:, None] - i
        return np.where(d >= 0, c[d], r[-d])


@wrong("toeplitz_circulant", hint="Which dtype does the array have into which you write?")
def entries_cut_to_whole_numbers():
    def toeplitz_circulant(c, r):
        n = len(c)
        T, C = np.zeros((n, n), dtype=int), np.zeros((n, n), dtype=int)
        for i in range(n):
            for j in range(n):
                T[i, j] = c[i - j] if i >= j else r[j - i]
                C[i, j] = c[(i - j) % n]
        return T, C


@right("toeplitz_circulant")
def from_functions_of_the_indices():
    def toeplitz_circulant(c: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        assert c[0] == r[0], "the corner belongs to both"
        n = len(c)
        T = np.fromfunction(lambda i, j: np.where(i >= j, c[(i - j) % n], r[(j - i) % n]), (n, n), dtype=int)
        C = np.fromfunction(lambda i, j: c[(i - j) % n], (n, n), dtype=int)
        return T, C


@right("toeplitz_circulant")
def lists_of_lists_and_a_deque():
    from collections import deque

    def toeplitz_circulant(c, r):
        def rows():
            turning = deque([c[0], *reversed(c[1:])])
            for _ in c:
                yield list(turning)
                turning.rotate(1)

        T = [[*c[i:0:-1], *r[: len(r) - i]] for i in range(len(c))]
        return np.array(T, dtype=float), np.array([*rows()])


@shortcut("toeplitz_circulant", uses="`scipy.linalg.toeplitz` twice")
def toeplitz_twice():
    import scipy.linalg as la

    def toeplitz_circulant(c, r):
        return la.toeplitz(c, r), la.toeplitz(c, np.roll(c[::-1], 1))


@shortcut("toeplitz_circulant", uses="a helper of the lecture")
def kernel_of_the_lecture():
    from course_utils.linear_algebra import matrices

    def toeplitz_circulant(c, r):
        n, column = len(c), matrices.kernel_column(next(iter(matrices.KERNELS)), len(c))
        i = np.arange(n)
        down = i[:, None] - i
        return np.where(down >= 0, c[down], r[-down]), c[down % len(column)]


@shortcut("toeplitz_circulant", uses="the numbers of the visible check")
def slide_with_numbers():
    def toeplitz_circulant(c, r):
        return np.array([[1.0, 4, 5], [2, 1, 4], [3, 2, 1]]), np.array([[1.0, 3, 2], [2, 1, 3], [3, 2, 1]])


# 1.5 Two reflections make a rotation


@right("two_mirrors")
def complex_numbers():
    def two_mirrors(P, q, alpha, r, beta):
        def mirrored(z, point, angle):
            return point + np.exp(2j * angle) * np.conj(z - point)

        def rows(z):
            return np.stack([z.real, z.imag], axis=-1)

        z, a, b = (P[:, 0] + 1j * P[:, 1]), complex(*q), complex(*r)
        once = mirrored(z, a, alpha)
        turn = np.exp(2j * (beta - alpha))
        shift = mirrored(mirrored(0, a, alpha), b, beta)
        H = np.column_stack([rows(np.exp(2j * alpha)), rows(-1j * np.exp(2j * alpha))])
        centre = rows(shift / (1 - turn))
        return {"H": H, "once": rows(once), "theta": np.angle(turn), "centre": centre, "twice": rows(turn * z + shift)}


@right("two_mirrors")
def householder():
    def two_mirrors(P: np.ndarray, q: np.ndarray, alpha: float, r: np.ndarray, beta: float) -> dict:
        def mirror(angle):
            normal = np.array([np.sin(angle), -np.cos(angle)])
            return np.eye(2) - 2 * np.outer(normal, normal)

        H, K = mirror(alpha), mirror(beta)
        G = K @ H
        once = np.array([H @ (x - q) + q for x in P])
        twice = np.array([K @ (x - r) + r for x in once])
        origin_after_both = K @ (H @ -q + q - r) + r
        centre = np.linalg.inv(np.eye(2) - G) @ origin_after_both
        return dict(H=H, once=once, theta=float(np.arctan2(G[1, 0], G[0, 0])), centre=centre, twice=twice)


@right("two_mirrors")
def rotation_about_the_centre():
    import math

    def two_mirrors(P, q, alpha, r, beta):
        theta = math.remainder(2 * (beta - alpha), 2 * math.pi)
        along, other = np.array([math.cos(alpha), math.sin(alpha)]), np.array([math.cos(beta), math.sin(beta)])
        way = ((r - q)[0] * other[1] - (r - q)[1] * other[0]) / math.sin(beta - alpha)
        centre = q + way * along
        inside = (P - q) @ along
        once = 2 * (q + inside[:, None] * along) - P  # as far beyond the foot on the line
        c, s = math.cos(theta), math.sin(theta)
        x, y = (P - centre).T
        twice = np.column_stack([c * x - s * y, s * x + c * y]) + centre
        return {
            "H": 2 * np.outer(along, along) - np.eye(2),
            "once": once,
            "theta": theta,
            "centre": centre,
            "twice": twice,
        }


@wrong("two_mirrors", hint="e_1 makes the angle -alpha with the line. Which angle does its image make with e_1?")
def angle_not_doubled():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(a), np.sin(a)], [np.sin(a), -np.cos(a)]]) for a in (alpha, beta))
        once = (P - q) @ H + q
        twice = (once - r) @ K + r
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="What is the determinant of your H: is it a reflection, or a rotation?")
def rotation_in_place_of_mirror():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), -np.sin(2 * a)], [np.sin(2 * a), np.cos(2 * a)]]) for a in (alpha, beta))
        once = (P - q) @ H.T + q
        twice = (once - r) @ K.T + r
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="Which vector does your H leave unchanged: one along the line, or one perpendicular to it?")
def mirrored_across_the_normal():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[-np.cos(2 * a), -np.sin(2 * a)], [-np.sin(2 * a), np.cos(2 * a)]]) for a in (alpha, beta))
        once = (P - q) @ H + q
        twice = (once - r) @ K + r
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="A projection ends on the line. How far beyond it is the mirror image?")
def projected_onto_the_line():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.outer(d, d) for d in ([np.cos(alpha), np.sin(alpha)], [np.cos(beta), np.sin(beta)]))
        once = (P - q) @ H + q
        twice = (once - r) @ K + r
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="Through which point does the first line go: through the origin, or through q?")
def lines_through_the_origin():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha, beta))
        once = P @ H
        twice = once @ K
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="Does your first reflection leave q where it is?")
def point_added_and_not_subtracted():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha, beta))
        once = P @ H + q
        twice = (once - r) @ K + r
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong(
    "two_mirrors",
    hint="Take alpha = 0 and beta = 45 degrees: what is the image of (1, 0), and by which angle is it rotated?",
)
def angle_between_the_lines():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha, beta))
        once = (P - q) @ H + q
        twice = (once - r) @ K + r
        theta = beta - alpha
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="Does the rotation go from the first line to the second, or from the second to the first?")
def turned_the_other_way():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha, beta))
        once = (P - q) @ H + q
        twice = (once - r) @ K + r
        theta = 2 * (alpha - beta)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="Between which two numbers does the task ask for theta?")
def whole_turns_kept():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha, beta))
        once = (P - q) @ H + q
        twice = (once - r) @ K + r
        theta = 2 * (beta - alpha)
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="Between which two numbers does the task ask for theta?")
def theta_never_negative():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha, beta))
        once = (P - q) @ H + q
        twice = (once - r) @ K + r
        theta = 2 * (beta - alpha)
        theta = theta % (2 * np.pi)
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="Does the task measure angles in degrees or in radians?")
def theta_in_degrees():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha, beta))
        once = (P - q) @ H + q
        twice = (once - r) @ K + r
        theta = 2 * (beta - alpha)
        theta = np.degrees(np.arctan2(np.sin(theta), np.cos(theta)))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="Does the first reflection leave the point halfway between q and r where it is?")
def centre_halfway():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha, beta))
        once = (P - q) @ H + q
        twice = (once - r) @ K + r
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        centre = (q + r) / 2
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="The first reflection leaves q where it is. Does the second one?")
def centre_is_q():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha, beta))
        once = (P - q) @ H + q
        twice = (once - r) @ K + r
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        centre = q.copy()
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="Through which point does the second line go?")
def second_mirror_through_q():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha, beta))
        once = (P - q) @ H + q
        twice = (once - q) @ K + q
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="Which reflection acts first? In a product, is it the matrix on the left or on the right?")
def second_mirror_first():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha, beta))
        once = (P - q) @ H + q
        twice = (((P - r) @ K + r) - q) @ H + q
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong(
    "two_mirrors",
    hint="A column is multiplied by the matrix from the left. Which matrix rotates a row counter-clockwise?",
)
def rows_turned_as_columns():
    def two_mirrors(P, q, alpha, r, beta):
        H = np.array([[np.cos(2 * alpha), np.sin(2 * alpha)], [np.sin(2 * alpha), -np.cos(2 * alpha)]])
        once = (P - q) @ H + q
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        c, s = np.cos(theta), np.sin(theta)
        twice = (P - centre) @ np.array([[c, -s], [s, c]]) + centre
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@wrong("two_mirrors", hint="What is the caller's P after your function has returned?")
def points_moved_in_place():
    def two_mirrors(P, q, alpha, r, beta):
        H, K = (np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha, beta))
        P -= q
        once = P @ H + q
        twice = (once - r) @ K + r
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@shortcut("two_mirrors", uses="`Rotation` of scipy")
def rotation_of_scipy():
    from scipy.spatial.transform import Rotation

    def two_mirrors(P, q, alpha, r, beta):
        H = np.array([[np.cos(2 * alpha), np.sin(2 * alpha)], [np.sin(2 * alpha), -np.cos(2 * alpha)]])
        once = (P - q) @ H + q
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        turn = Rotation.from_euler("z", theta).as_matrix()[:2, :2]
        twice = (P - centre) @ turn.T + centre
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@shortcut("two_mirrors", uses="a helper of the lecture")
def givens_of_the_lecture():
    from course_utils.linear_algebra.matrices import givens

    def two_mirrors(P, q, alpha, r, beta):
        H = next(np.array([[np.cos(2 * a), np.sin(2 * a)], [np.sin(2 * a), -np.cos(2 * a)]]) for a in (alpha,))
        once = (P - q) @ H + q
        theta = 2 * (beta - alpha)
        theta = np.arctan2(np.sin(theta), np.cos(theta))
        across = np.array([[-np.sin(alpha), np.cos(alpha)], [-np.sin(beta), np.cos(beta)]])
        centre = np.linalg.solve(across, np.array([across[0] @ q, across[1] @ r]))
        twice = (P - centre) @ givens(np.degrees(theta)).T + centre
        return {"H": H, "once": once, "theta": theta, "centre": centre, "twice": twice}


@shortcut("two_mirrors", uses="the numbers of the visible check")
def a_quarter_of_a_turn():
    def two_mirrors(P, q, alpha, r, beta):
        centre = np.array([0.7, 1.9])
        x, y = (P - centre).T
        H = np.diag([1.0, -1.0])
        twice = np.column_stack([-y, x]) + centre
        return {"H": H, "once": P @ H + [0.0, 3.8], "theta": np.pi / 2, "centre": centre, "twice": twice}


# 1.6 The norm of a matrix that you cannot see


@right("spectral_norm")
def two_term_recurrences():
    def spectral_norm(times, times_transposed, m, n, k):
        v = np.random.default_rng(1).normal(size=n)
        v /= np.linalg.norm(v)
        diagonal, above, u, beta = [], [], np.zeros(m), 0.0
        while k > 0:
            u = times(v) - beta * u
            k -= 1
            alpha = np.linalg.norm(u)
            diagonal.append(alpha)
            if k < 2 or alpha < 1e-12 * max(diagonal):
                break
            u = u / alpha
            v = times_transposed(u) - alpha * v
            k -= 1
            beta = np.linalg.norm(v)
            if beta < 1e-12 * max(diagonal):
                break
            above.append(beta)
            v = v / beta
        B = np.diag(diagonal) + np.diag(above[: len(diagonal) - 1], 1)
        return float(np.linalg.svd(B)[1][0])


@right("spectral_norm")
def qr_of_all_power_vectors():
    def spectral_norm(times, times_transposed, m, n, k):
        start = np.random.default_rng(2).standard_normal(n)
        vectors, images = [start / np.linalg.norm(start)], []
        for _ in range((k + 1) // 2):
            images.append(times(vectors[-1]))
            if len(images) == (k + 1) // 2:
                break
            w = times_transposed(images[-1])
            vectors.append(w / np.linalg.norm(w))
        V, AV = np.stack(vectors, axis=1), np.stack(images, axis=1)
        U, s, Wt = np.linalg.svd(V, full_matrices=False)
        rank = np.count_nonzero(s > 1e-9 * s[0])
        return np.linalg.norm(AV @ Wt[:rank].T / s[:rank], ord=2)


@right("spectral_norm")
def gram_schmidt_from_the_left():
    def spectral_norm(times, times_transposed, m, n, k):
        if k == 1:
            ones = np.random.default_rng(3).choice([-1.0, 1.0], size=n)
            return float(np.linalg.norm(times(ones)) / n**0.5)
        u, rows, U = np.random.default_rng(3).normal(size=m), [], np.zeros((m, 0))
        while k >= 1:
            size = np.linalg.norm(u)
            for _ in range(2):
                u = u - U @ (U.T @ u)
            if np.linalg.norm(u) <= 1e-9 * size:
                break
            u /= np.linalg.norm(u)
            U = np.column_stack([U, u])
            rows.append(times_transposed(u))
            k -= 2
            if k >= 1:
                u = times(rows[-1])
        gram = np.array([[a @ b for a in rows] for b in rows])
        return float(np.sqrt(np.linalg.eigvalsh(gram)[-1]))


@wrong("spectral_norm", hint="You have computed ten images. How many of them does your result use?")
def the_power_method():
    def spectral_norm(times, times_transposed, m, n, k):
        v = np.random.default_rng(0).normal(size=n)
        v /= np.linalg.norm(v)
        for _ in range((k - 1) // 2):
            w = times_transposed(times(v))
            v = w / np.linalg.norm(w)
        return float(np.linalg.norm(times(v)))


@wrong("spectral_norm", hint="By how much does A^T A lengthen its first eigenvector: by the norm of A, or its square?")
def norm_of_the_gram_matrix():
    def spectral_norm(times, times_transposed, m, n, k):
        v = np.random.default_rng(0).normal(size=n)
        v /= np.linalg.norm(v)
        size = 0.0
        for _ in range(k // 2):
            w = times_transposed(times(v))
            size = np.linalg.norm(w)
            v = w / size
        return float(size)


@wrong("spectral_norm", hint="How likely is it that a random vector is lengthened most?")
def the_best_of_random_vectors():
    def spectral_norm(times, times_transposed, m, n, k):
        rng = np.random.default_rng(0)
        V = rng.normal(size=(k, n))
        return float(max(np.linalg.norm(times(v)) / np.linalg.norm(v) for v in V))


@wrong(
    "spectral_norm", hint="Which norm do random vectors estimate on average: the spectral one, or that of Frobenius?"
)
def the_norm_of_frobenius():
    def spectral_norm(times, times_transposed, m, n, k):
        rng = np.random.default_rng(0)
        squares = [np.sum(times(rng.choice([-1.0, 1.0], size=n)) ** 2) for _ in range(k)]
        return float(np.sqrt(np.mean(squares)))


@wrong("spectral_norm", hint="How often do your vectors meet A, if half of the products go into the first round?")
def one_round_of_random_vectors():
    def spectral_norm(times, times_transposed, m, n, k):
        if k < 2:
            return float(np.linalg.norm(times(np.eye(n)[0])))
        rng = np.random.default_rng(0)
        Y = np.column_stack([times(rng.normal(size=n)) for _ in range(k // 2)])
        Q = np.linalg.qr(Y)[0]
        return float(np.linalg.norm(np.array([times_transposed(q) for q in Q.T]), 2))


@wrong("spectral_norm", hint="Is A symmetric? What does A do to a vector of its output?")
def products_with_a_alone():
    def spectral_norm(times, times_transposed, m, n, k):
        v = np.random.default_rng(0).normal(size=n)
        for _ in range(k - 1):
            v = times(v / np.linalg.norm(v))
        return float(np.linalg.norm(times(v / np.linalg.norm(v))))


@wrong("spectral_norm", hint="How many products does one pass through your loop ask for, and one more at the end?")
def one_product_too_many():
    def spectral_norm(times, times_transposed, m, n, k):
        v = np.random.default_rng(0).normal(size=n)
        v /= np.linalg.norm(v)
        for _ in range(k // 2):
            w = times_transposed(times(v))
            v = w / np.linalg.norm(w)
        return float(np.linalg.norm(times(v)))


@wrong("spectral_norm", hint="How long is the vector that you multiply? How long is its image then?")
def lengths_not_brought_back_to_one():
    def spectral_norm(times, times_transposed, m, n, k):
        v = np.random.default_rng(0).normal(size=n)
        for _ in range((k - 1) // 2):
            v = times_transposed(times(v))
        return float(np.linalg.norm(times(v)))


@wrong("spectral_norm", hint="Which of the earlier images do you leave out, and what could they add to the last three?")
def the_last_three_vectors():
    def spectral_norm(times, times_transposed, m, n, k):
        v = np.random.default_rng(0).normal(size=n)
        vectors, images = [v / np.linalg.norm(v)], []
        while True:
            images.append(times(vectors[-1]))
            k -= 2
            if k < 1:
                break
            w = times_transposed(images[-1])
            vectors.append(w / np.linalg.norm(w))
        V, AV = np.array(vectors[-3:]).T, np.array(images[-3:]).T
        U, s, Wt = np.linalg.svd(V, full_matrices=False)
        kept = s > 1e-9 * s[0]
        return float(np.linalg.norm(AV @ Wt[kept].T / s[kept], 2))


@wrong(
    "spectral_norm",
    hint="Your vectors are not orthogonal. How long is a combination of them with coefficients of length 1?",
)
def a_basis_that_is_not_orthonormal():
    def spectral_norm(times, times_transposed, m, n, k):
        v = np.random.default_rng(0).normal(size=n)
        v /= np.linalg.norm(v)
        images = []
        for _ in range((k + 1) // 2):
            images.append(times(v))
            if len(images) < (k + 1) // 2:
                w = times_transposed(images[-1])
                v = w / np.linalg.norm(w)
        return float(np.linalg.svd(np.array(images), compute_uv=False)[0])


@wrong(
    "spectral_norm", hint="What is left of a vector after it is made orthogonal to others that span all of the space?"
)
def divided_by_nothing():
    def spectral_norm(times, times_transposed, m, n, k):
        v = np.random.default_rng(0).normal(size=n)
        basis, images = [], []
        while True:
            for q in basis + basis:
                v = v - (q @ v) * q
            basis.append(v / np.linalg.norm(v))
            images.append(times(basis[-1]))
            k -= 2
            if k < 1:
                break
            v = times_transposed(images[-1])
        return float(np.linalg.norm(np.array(images), 2))


@shortcut("spectral_norm", uses="`svds` of scipy")
def svds_of_scipy():
    from scipy.sparse.linalg import LinearOperator, svds

    def spectral_norm(times, times_transposed, m, n, k):
        A = LinearOperator((m, n), matvec=times, rmatvec=times_transposed, dtype=float)  # pyright: ignore[reportCallIssue] - as scipy documents it
        return float(svds(A, k=1, return_singular_vectors=False, maxiter=k)[0])  # pyright: ignore[reportArgumentType] - the values alone


@shortcut("spectral_norm", uses="`estimate_spectral_norm` of scipy")
def estimated_by_scipy():
    from scipy.linalg import interpolative
    from scipy.sparse import linalg

    def spectral_norm(times, times_transposed, m, n, k):
        A = linalg.LinearOperator((m, n), matvec=times, rmatvec=times_transposed, dtype=float)  # pyright: ignore[reportCallIssue] - as scipy documents it
        return float(interpolative.estimate_spectral_norm(A, its=k // 2 - 1))


@shortcut("spectral_norm", uses="the matrix behind the function")
def the_matrix_in_the_closure():
    def spectral_norm(times, times_transposed, m, n, k):
        (A,) = (cell.cell_contents for cell in times.__closure__ if isinstance(cell.cell_contents, np.ndarray))
        return float(np.linalg.norm(A, 2))


# 1.7 The SVD from an eigendecomposition


@right("svd_from_eigh")
def by_way_of_a_a_transposed():
    def svd_from_eigh(A):
        values, U = np.linalg.eigh(A @ A.T)
        order = np.argsort(values)[::-1]
        values, U = values[order], U[:, order]
        r = np.sum(values > 1e-12 * values.max())
        s = np.sqrt(values[:r])
        U = U[:, :r]
        return U, s, (A.T @ U / s).T


@shortcut("svd_from_eigh", uses="`numpy.linalg.svd`")
def cut_from_the_full_svd():
    def svd_from_eigh(A):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        r = np.count_nonzero(s > 1e-6 * s[0])
        return U[:, :r], s[:r], Vt[:r]


@right("svd_from_eigh")
def a_singular_vector_at_a_time():
    def svd_from_eigh(A):
        values, vectors = np.linalg.eigh(A.T @ A)
        largest = np.sqrt(values[-1])
        us, sigmas, vs = [], [], []
        for value, v in zip(values[::-1], vectors.T[::-1], strict=True):
            sigma = np.sqrt(max(value, 0.0))
            if sigma <= 1e-6 * largest:
                break
            us.append(A @ v / sigma)
            sigmas.append(sigma)
            vs.append(v)
        return np.column_stack(us), np.array(sigmas), np.vstack(vs)


@right("svd_from_eigh")
def the_symmetric_block_matrix():
    def svd_from_eigh(A):
        m, n = A.shape
        H = np.block([[np.zeros((m, m)), A], [A.T, np.zeros((n, n))]])
        values, vectors = np.linalg.eigh(H)
        keep = values > 1e-6 * values[-1]
        s, W = values[keep][::-1], vectors[:, keep][:, ::-1] * np.sqrt(2)
        return W[:m], s, W[m:].T


@wrong(
    "svd_from_eigh",
    hint="Each call of eigh chooses its own signs. Do those of u_i and v_i match?",
)
def two_separate_decompositions():
    def svd_from_eigh(A):
        values, V = np.linalg.eigh(A.T @ A)
        _, U = np.linalg.eigh(A @ A.T)
        keep = values[::-1] > 1e-12 * values[-1]
        V, U = V[:, ::-1][:, keep], U[:, ::-1]
        s = np.sqrt(values[::-1][keep])
        return U[:, : len(s)], s, V.T


@wrong("svd_from_eigh", hint="What is 1e-17 before the root, and what is A v divided by it?")
def zero_singular_values_kept():
    def svd_from_eigh(A):
        values, V = np.linalg.eigh(A.T @ A)
        s, V = np.sqrt(values[::-1]), V[:, ::-1]
        return A @ V / s, s, V.T


@wrong("svd_from_eigh", hint="In which order does eigh return eigenvalues?")
def ascending():
    def svd_from_eigh(A):
        values, V = np.linalg.eigh(A.T @ A)
        keep = values > 1e-12 * values[-1]
        s, V = np.sqrt(values[keep]), V[:, keep]
        return A @ V / s, s, V.T


@wrong("svd_from_eigh", hint="Are the eigenvalues of A^T A the singular values of A, or their squares?")
def eigenvalues_without_the_root():
    def svd_from_eigh(A):
        values, V = np.linalg.eigh(A.T @ A)
        values, V = values[::-1], V[:, ::-1]
        keep = values > 1e-12 * values[0]
        s, V = values[keep], V[:, keep]
        return A @ V / s, s, V.T


@wrong("svd_from_eigh", hint="Are the right singular vectors the rows or the columns of what the task asks for?")
def v_in_place_of_v_transposed():
    def svd_from_eigh(A):
        values, V = np.linalg.eigh(A.T @ A)
        values, V = values[::-1], V[:, ::-1]
        keep = values > 1e-12 * values[0]
        s, V = np.sqrt(values[keep]), V[:, keep]
        return A @ V / s, s, V


@wrong("svd_from_eigh", hint="How long is A v_i?")
def u_not_normalised():
    def svd_from_eigh(A):
        values, V = np.linalg.eigh(A.T @ A)
        values, V = values[::-1], V[:, ::-1]
        keep = values > 1e-12 * values[0]
        s, V = np.sqrt(values[keep]), V[:, keep]
        return A @ V, s, V.T


@wrong("svd_from_eigh", hint="Should the rank change if A is given in kilometres instead of millimetres?")
def absolute_cut_off():
    def svd_from_eigh(A):
        values, V = np.linalg.eigh(A.T @ A)
        values, V = values[::-1], V[:, ::-1]
        keep = values > 1e-12
        s, V = np.sqrt(values[keep]), V[:, keep]
        return A @ V / s, s, V.T


@wrong("svd_from_eigh", hint="The eigenvalues are in descending order now. In which order are the columns of V?")
def eigenvectors_left_in_the_old_order():
    def svd_from_eigh(A):
        values, V = np.linalg.eigh(A.T @ A)
        r = np.count_nonzero(values > 1e-12 * values[-1])
        s, V = np.sqrt(values[::-1][:r]), V[:, -r:]
        return A @ V / s, s, V.T


@wrong("svd_from_eigh", hint="Are the eigenvectors the rows or the columns of what eigh returns?")
def eigenvectors_taken_from_the_rows():
    def svd_from_eigh(A):
        values, V = np.linalg.eigh(A.T @ A)
        values, V = values[::-1], V.T[:, ::-1]
        keep = values > 1e-12 * values[0]
        s, V = np.sqrt(values[keep]), V[:, keep]
        return A @ V / s, s, V.T


@wrong("svd_from_eigh", hint="What does the task ask for as s: a vector of numbers, or a diagonal matrix?")
def sigma_as_a_matrix():
    def svd_from_eigh(A):
        values, V = np.linalg.eigh(A.T @ A)
        values, V = values[::-1], V[:, ::-1]
        keep = values > 1e-12 * values[0]
        s, V = np.sqrt(values[keep]), V[:, keep]
        return A @ V / s, np.diag(s), V.T


@wrong("svd_from_eigh", hint="Of which matrix are the left singular vectors eigenvectors: of A^T A, or of A A^T?")
def left_and_right_swapped():
    def svd_from_eigh(A):
        values, U = np.linalg.eigh(A @ A.T)
        values, U = values[::-1], U[:, ::-1]
        keep = values > 1e-12 * values[0]
        s, U = np.sqrt(values[keep]), U[:, keep]
        return A.T @ U / s, s, U.T


@shortcut("svd_from_eigh", uses="`np.linalg.svd`, not cut")
def full_svd_not_cut():
    def svd_from_eigh(A):
        return np.linalg.svd(A, full_matrices=False)


@wrong("svd_from_eigh", hint="The bound applies to singular values. What is it for their squares, the eigenvalues?")
def bound_not_squared():
    def svd_from_eigh(A):
        lam, V = np.linalg.eigh(A.T @ A)
        lam, V = lam[::-1], V[:, ::-1]
        keep = lam > 1e-6 * lam[0]
        s, V = np.sqrt(lam[keep]), V[:, keep]
        return A @ V / s, s, V.T


@wrong("svd_from_eigh", hint="How small may a singular value be, relative to the largest, and still count?")
def bound_of_a_tenth():
    def svd_from_eigh(A):
        lam, V = np.linalg.eigh(A.T @ A)
        s, V = np.sqrt(np.maximum(lam[::-1], 0)), V[:, ::-1]
        r = int(np.sum(s > 0.1 * s[0]))
        return A @ V[:, :r] / s[:r], s[:r], V[:, :r].T


@wrong(
    "svd_from_eigh", hint="Below which part of the largest does a singular value count as 0? Is your bound that one?"
)
def bound_near_the_rounding_error():
    def svd_from_eigh(A):
        lam, V = np.linalg.eigh(A.T @ A)
        lam, V = lam[::-1], V[:, ::-1]
        keep = lam > 1e-14 * lam[0]
        s, V = np.sqrt(lam[keep]), V[:, keep]
        return A @ V / s, s, V.T


@right("svd_from_eigh")
def eigh_of_torch():
    import torch

    def svd_from_eigh(A: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        t = torch.from_numpy(np.ascontiguousarray(A))
        lam, V = torch.linalg.eigh(t.T @ t)
        order = [i for i in reversed(range(len(lam))) if lam[i] > 1e-12 * lam[-1]]
        assert order, "A is zero"
        V = V[:, order]
        U = t @ V
        s = U.square().sum(dim=0).sqrt()
        return (U / s).numpy(), s.numpy(), V.T.numpy()


@right("svd_from_eigh")
def argsort_and_in_place():
    def svd_from_eigh(A):
        lam, V = np.linalg.eigh(np.einsum("ki,kj->ij", A, A))
        order = np.argsort(-lam)
        r = int(sum(1 for i in order if lam[i] > 1e-12 * lam[order[0]]))
        s, V = lam[order[:r]], V[:, order[:r]]
        np.sqrt(s, out=s)
        U = A @ V
        U /= s
        return U, s, V.T.copy()


@shortcut("svd_from_eigh", uses="`torch.linalg.svd`")
def svd_of_torch():
    def svd_from_eigh(A):
        import torch

        U, s, Vt = (part.numpy() for part in torch.linalg.svd(torch.tensor(A), full_matrices=False))
        r = int((s > 1e-6 * s[0]).sum())
        return U[:, :r], s[:r], Vt[:r]


@shortcut("svd_from_eigh", uses="the pseudoinverse's decomposition by another name")
def svd_by_a_name_of_parts():
    def svd_from_eigh(A):
        U, s, Vt = vars(np.linalg)["s" + "vd"](A, full_matrices=False)
        r = np.count_nonzero(s > 1e-6 * s[0])
        return U[:, :r], s[:r], Vt[:r]


@shortcut("svd_from_eigh", uses="a helper of the lecture")
def svd_of_the_lecture():
    from course_utils.linear_algebra.decompositions import svd_with_turn

    def svd_from_eigh(A):
        U, s, Vt = svd_with_turn(A)
        r = np.count_nonzero(s > 1e-6 * s[0])
        return U[:, :r], s[:r], Vt[:r]


@right("svd_from_eigh")
def eigh_of_scipy():
    from scipy.linalg import eigh

    def svd_from_eigh(A):
        lam, V = eigh(A.T @ A)
        kept = [(value**0.5, v) for value, v in zip(lam[::-1], V.T[::-1], strict=True) if value > 1e-12 * lam[-1]]
        return np.column_stack([A @ v / value for value, v in kept]), *map(np.array, zip(*kept, strict=True))


@shortcut("svd_from_eigh", uses="`svd` of scipy")
def svd_of_scipy():
    from scipy import linalg

    def svd_from_eigh(A):
        U, s, Vt = linalg.svd(A, full_matrices=False)
        r = np.count_nonzero(s > 1e-6 * s[0])
        return U[:, :r], s[:r], Vt[:r]


@shortcut("svd_from_eigh", uses="the numbers of the visible check")
def five_and_two():
    def svd_from_eigh(A):
        return np.eye(3)[:, [1, 0]], 1.5 * np.array([5.0, 2.0]), np.eye(2)[::-1]


# 1.8 Rank, condition number, determinant, and the digits of a solution


@shared("svd_summary")
def guess_and_measurement():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.linalg.det(A)}

    def svd_summary_guess():
        return 40

    def svd_summary_size(matrix_of):
        for n in range(1, 100):
            if svd_summary(matrix_of(n), rtol=0.0)["cond"] >= 1e12:
                return n
        return 100

    def svd_summary_off_by():
        import scipy.linalg

        return svd_summary_size(scipy.linalg.hilbert) / svd_summary_guess()


@right("svd_summary")
def singular_values_for_the_size():
    def svd_summary_size(matrix_of):
        n = 0
        while True:
            n += 1
            s = np.linalg.svdvals(matrix_of(n))
            if s[-1] * 1e12 <= s[0]:
                return n

    def svd_summary_guess():
        return 1000.0

    def svd_summary_off_by():
        def hilbert(n):
            return np.array([[1 / (i + j - 1) for j in range(1, n + 1)] for i in range(1, n + 1)])

        return svd_summary_size(hilbert) / 1000.0


@right("svd_summary")
def sizes_from_itertools():
    import itertools

    def svd_summary_guess():
        return 7

    def svd_summary_size(matrix_of):
        too_good = lambda n: svd_summary_kappa(matrix_of(n)) < 1e12
        return next(itertools.dropwhile(too_good, itertools.count(1)))

    def svd_summary_kappa(A):
        s = np.linalg.svd(A)[1]
        return s[0] / s[-1]

    def svd_summary_off_by():
        i = np.arange(100.0)
        H = 1 / (i[:, None] + i + 1)
        return svd_summary_size(lambda n: H[:n, :n]) / svd_summary_guess()


@wrong(
    "svd_summary", hint="Which condition number does your svd_summary return for kappa = 1e11, if you do not pass rtol?"
)
def size_at_which_the_rank_falls():
    def svd_summary_size(matrix_of):
        for n in range(1, 100):
            if svd_summary(matrix_of(n))["cond"] >= 1e12:
                return n
        return 100

    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.linalg.det(A)}


@wrong("svd_summary", hint="Is your n the first one with 10^12 or more, or the one before it?")
def last_good_size():
    def svd_summary_size(matrix_of):
        n = 1
        while np.linalg.svdvals(matrix_of(n + 1))[-1] * 1e12 > np.linalg.svdvals(matrix_of(n + 1))[0]:
            n += 1
        return n


@wrong("svd_summary", hint="Which does the task divide by the other: the size by the guess, or the guess by the size?")
def guess_over_size():
    def svd_summary_off_by():
        import scipy.linalg

        return svd_summary_guess() / svd_summary_size(scipy.linalg.hilbert)

    def svd_summary_guess():
        return 40

    def svd_summary_size(matrix_of):
        kappas = [s[0] / s[-1] for s in (np.linalg.svdvals(matrix_of(n)) for n in range(1, 100))]
        return int(np.argmax(np.array(kappas) >= 1e12)) + 1


@wrong("svd_summary", hint="Does a small determinant mean a large condition number? Think of I / 100.")
def size_by_the_determinant():
    def svd_summary_size(matrix_of):
        for n in range(1, 100):
            if abs(np.linalg.det(matrix_of(n))) <= 1e-12:
                return n
        return 100


@wrong("svd_summary", hint="Which sizes does your search leave out?")
def size_by_doubling():
    def svd_summary_size(matrix_of):
        n = 1
        while n < 100 and np.linalg.svdvals(matrix_of(n))[-1] * 1e12 > np.linalg.svdvals(matrix_of(n))[0]:
            n *= 2
        return n


@right("svd_summary")
def product_of_eigenvalues():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int((s > rtol * s.max()).sum())
        det = np.prod(np.linalg.eigvals(A)).real
        return {"rank": rank, "cond": s.max() / s.min() if rank == len(A) else float("inf"), "det": det}


@shortcut("svd_summary", uses="`np.linalg.matrix_rank` and `np.linalg.cond`")
def numpy_matrix_rank():
    def svd_summary(A, rtol=1e-10):
        rank = np.linalg.matrix_rank(A, rtol=rtol)
        cond = np.inf
        if rank == A.shape[0]:
            cond = np.linalg.cond(A)
        sign, log = np.linalg.slogdet(A)
        return {"rank": rank, "cond": cond, "det": sign * np.exp(log)}


@right("svd_summary")
def sign_from_the_orthogonal_factors():
    def svd_summary(A, rtol=1e-10):
        U, s, Vt = np.linalg.svd(A)
        rank = 0
        for sigma in s:
            if sigma > rtol * s[0]:
                rank += 1
        sign = round(np.linalg.det(U)) * round(np.linalg.det(Vt))
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": sign * np.prod(s)}


@right("svd_summary")
def determinant_set_to_zero_for_a_singular_matrix():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = len(s[s > rtol * s[0]])
        if rank < len(s):
            return {"rank": rank, "cond": np.inf, "det": 0.0}
        return {"rank": rank, "cond": s[0] / s[-1], "det": np.linalg.det(A)}


@wrong("svd_summary", hint="Print the singular values of a matrix of rank 1: are the others exactly 0?")
def greater_than_zero():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > 0))
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.linalg.det(A)}


@wrong("svd_summary", hint="Can a condition number be less than 1?")
def condition_upside_down():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        return {"rank": rank, "cond": s[-1] / s[0] if rank == len(s) else np.inf, "det": np.linalg.det(A)}


@wrong("svd_summary", hint="What is the condition number of a matrix that has no inverse?")
def finite_condition_of_a_singular_matrix():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        with np.errstate(divide="ignore"):
            return {"rank": rank, "cond": s[0] / s[-1], "det": np.linalg.det(A)}


@wrong("svd_summary", hint="Can a product of singular values be negative?")
def determinant_without_its_sign():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.prod(s)}


@wrong("svd_summary", hint="What is the product of the singular values of diag(2, 3), without any exponent?")
def singular_values_to_a_power():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.prod(s ** s.max())}


@wrong("svd_summary", hint="For which matrices are the absolute values of the eigenvalues the singular values?")
def condition_from_eigenvalues():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        sizes = np.abs(np.linalg.eigvals(A))
        return {"rank": rank, "cond": sizes.max() / sizes.min() if rank == len(s) else np.inf, "det": np.linalg.det(A)}


@wrong("svd_summary", hint="Should the rank change if every entry is divided by a million?")
def absolute_tolerance():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > rtol))
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.linalg.det(A)}


@wrong("svd_summary", hint="What does your function do with the argument rtol?")
def rtol_ignored():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > 1e-10 * s[0]))
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.linalg.det(A)}


@wrong("svd_summary", hint="By which singular value do you divide when the rank is less than n?")
def condition_by_the_smallest_that_is_not_zero():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        cond = s[0] / s[rank - 1] if rank else np.inf
        return {"rank": rank, "cond": cond, "det": np.linalg.det(A)}


@wrong("svd_summary", hint="Which type does a count have: int or float?")
def rank_as_a_float():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = np.sum(np.where(s > rtol * s[0], 1.0, 0.0))
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.linalg.det(A)}


@wrong("svd_summary", hint="The zero matrix has sigma_1 = 0: by what do you divide, and is 0 >= rtol * 0?")
def zero_matrix_of_full_rank():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s >= rtol * s[0]))
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.linalg.det(A)}


@wrong("svd_summary", hint="If all singular values are below 1e-10, does the determinant still indicate the rank?")
def rank_judged_by_the_determinant():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        det = np.linalg.det(A)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        return {"rank": rank, "cond": s[0] / s[-1] if abs(det) > 1e-12 else np.inf, "det": det}


@wrong("svd_summary", hint="Your bound is that of np.linalg.matrix_rank. Which one does the task give?")
def bound_of_matrix_rank():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        bound = s[0] * (max(A.shape) * np.finfo(float).eps if rtol == 1e-10 else rtol)
        rank = np.count_nonzero(s > bound)
        return {"rank": int(rank), "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.linalg.det(A)}


@right("svd_summary")
def by_elimination():
    def svd_summary(A: np.ndarray, rtol: float = 1e-10) -> dict[str, float]:
        def determinant(M):
            M, det = M.astype(float).copy(), 1.0
            for k in range(len(M)):
                pivot = k + int(np.abs(M[k:, k]).argmax())
                if M[pivot, k] == 0:
                    return 0.0
                if pivot != k:
                    M[[k, pivot]] = M[[pivot, k]]
                    det = -det
                det *= M[k, k]
                M[k + 1 :] -= np.outer(M[k + 1 :, k] / M[k, k], M[k])
            return det

        s = _values(A)
        largest, smallest = max(s), min(s)
        rank = sum(int(value > rtol * largest) for value in s)
        return {"rank": rank, "cond": largest / smallest if rank == len(A) else np.inf, "det": determinant(A)}

    def _values(A):
        return np.linalg.svd(A)[1].tolist()


@right("svd_summary")
def early_returns():
    def svd_summary(A, rtol=1e-10):
        sigma = np.linalg.svdvals(A)
        summary = {"rank": int(np.sum(sigma > rtol * sigma[0])), "cond": float("inf"), "det": float(np.linalg.det(A))}
        if summary["rank"] < A.shape[0]:
            return summary
        return summary | {"cond": float(np.divide(sigma[0], sigma[-1]))}


@shortcut("svd_summary", uses="`np.linalg.cond` under another name")
def condition_of_numpy():
    kappa = np.linalg.cond

    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int((s > rtol * s[0]).sum())
        return {"rank": rank, "cond": float(kappa(A)) if rank == len(A) else np.inf, "det": float(np.linalg.det(A))}


@shortcut("svd_summary", uses="a helper of the lecture")
def condition_of_the_lecture():
    from course_utils.linear_algebra import conditioning

    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int((s > rtol * s[0]).sum())
        conditioning.conditioned(2.0)
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(A) else np.inf, "det": float(np.linalg.det(A))}


@shortcut("svd_summary", uses="the numbers of the visible check")
def three_and_ten():
    def svd_summary(A, rtol=1e-10):
        return {"rank": 3, "cond": 10.0, "det": -7.5}


# 1.9 Ordered eigenvalues and the direction of largest amplification


@right("sym_eig")
def flipped_and_turned_signs():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        lam, U = np.flip(lam), -np.fliplr(U)
        g = U[:, 0] if lam[0] > -lam[-1] else U[:, -1]
        return lam, U, -g


@right("sym_eig")
def direction_by_the_svd():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        order = np.argsort(-lam)
        _, _, Vt = np.linalg.svd(A)
        return lam[order], U[:, order], Vt[0]


@right("sym_eig")
def minus_the_matrix():
    def sym_eig(A):
        lam, U = np.linalg.eigh(-A)
        lam = -lam
        lengths = np.linalg.norm(A @ U, axis=0)
        return lam, U, U.T[lengths.argmax()]


@right("sym_eig")
def torch_eigh():
    def sym_eig(A):
        import torch

        lam, U = torch.linalg.eigh(torch.tensor(A))
        lam, U = lam.flip(0), U.flip(1)
        return lam.numpy(), U.numpy(), U[:, lam.abs().argmax()].numpy()


@wrong("sym_eig", hint="In which order does eigh return eigenvalues?")
def ascending_as_eigh_returns_them():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        return lam, U, U[:, np.argmax(np.abs(lam))]


@wrong("sym_eig", hint="The eigenvalues have changed places. Have the eigenvectors?")
def eigenvalues_sorted_alone():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        g = U[:, np.argmax(np.abs(lam))]
        return lam[::-1], U, g


@wrong("sym_eig", hint="What does a matrix with the eigenvalues 1 and -5 do to U_1, and what to U_2?")
def first_eigenvector_as_on_the_slide():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        lam, U = lam[::-1], U[:, ::-1]
        return lam, U, U[:, 0]


@wrong("sym_eig", hint="Are the eigenvectors the rows of U, or its columns?")
def direction_from_a_row():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        lam, U = lam[::-1], U[:, ::-1]
        return lam, U, U[np.argmax(np.abs(lam))]


@wrong("sym_eig", hint="Which comes first in descending order, -1 or -5?")
def sorted_by_size():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        order = np.argsort(-np.abs(lam))
        lam, U = lam[order], U[:, order]
        return lam, U, U[:, 0]


@wrong("sym_eig", hint="Does np.linalg.eig know that A is symmetric? What does it return for equal eigenvalues?")
def eig_in_place_of_eigh():
    def sym_eig(A):
        lam, U = np.linalg.eig(A)
        order = np.argsort(-lam)
        lam, U = lam[order], U[:, order]
        return lam, U, U[:, np.argmax(np.abs(lam))]


@wrong("sym_eig", hint="Did you find the index before the reordering, or after it?")
def index_from_the_old_order():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        strongest = np.argmax(np.abs(lam))
        lam, U = lam[::-1], U[:, ::-1]
        return lam, U, U[:, strongest]


@wrong("sym_eig", hint="Is g the direction before A is applied, or its image?")
def amplified_vector_in_place_of_the_direction():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        lam, U = lam[::-1], U[:, ::-1]
        return lam, U, A @ U[:, np.argmax(np.abs(lam))]


@wrong("sym_eig", hint="A singular value is never negative. Is an eigenvalue?")
def singular_values():
    def sym_eig(A):
        U, s, Vt = np.linalg.svd(A)
        return s, Vt.T, Vt[0]


@wrong("sym_eig", hint="Are the eigenvectors the rows or the columns of what the task asks for?")
def eigenvectors_as_rows():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        lam, U = lam[::-1], U[:, ::-1]
        return lam, U.T, U[:, np.argmax(np.abs(lam))]


@wrong("sym_eig", hint="Which axis of U counts the eigenvectors: does U[::-1] reverse their order?")
def rows_of_u_reversed():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        g = U[:, np.argmax(np.abs(lam))]
        return lam[::-1], U[::-1], g


@wrong("sym_eig", hint="Does the task ask for a vector of eigenvalues, or for a diagonal matrix?")
def eigenvalues_as_a_matrix():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        lam, U = lam[::-1], U[:, ::-1]
        return np.diag(lam), U, U[:, np.argmax(np.abs(lam))]


@right("sym_eig")
def sorted_pairs():
    def sym_eig(A: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        assert np.allclose(A, A.T)
        values, vectors = np.linalg.eigh(A)
        pairs = sorted(zip(values.tolist(), vectors.T.tolist(), strict=True), reverse=True)
        lam = np.array([value for value, _ in pairs])
        U = np.array([vector for _, vector in pairs]).T
        _, g = max(pairs, key=lambda pair: abs(pair[0]))
        return lam, U, np.array(g)


@right("sym_eig")
def by_jacobi_rotations():
    def sym_eig(A):
        n = len(A)
        D, U = A.copy(), np.eye(n)
        for _ in range(60):
            for p in range(n - 1):
                for q in range(p + 1, n):
                    if abs(D[p, q]) > 1e-300:
                        theta = 0.5 * np.arctan2(2 * D[p, q], D[q, q] - D[p, p])
                        G = np.eye(n)
                        G[p, p] = G[q, q] = np.cos(theta)
                        G[p, q], G[q, p] = np.sin(theta), -np.sin(theta)
                        D, U = G.T @ D @ G, U @ G
        order = np.argsort(np.diag(D))[::-1]
        lam, U = np.diag(D)[order].copy(), U[:, order]
        return lam, U, U[:, np.abs(lam).argmax()]


@shortcut("sym_eig", uses="a helper of the lecture")
def descending_of_the_lecture():
    from course_utils.linear_algebra.decompositions import descending

    def sym_eig(A):
        lam, U = descending(A)
        return lam, U, U[:, np.abs(lam).argmax()]


@shortcut("sym_eig", uses="the numbers of the visible check")
def two_and_minus_five():
    def sym_eig(A):
        return np.array([2.0, -5.0]), np.eye(2), np.array([0.0, 1.0])


# 1.10 Amplification of a relative error


@right("error_amplification")
def explicit_inverse():
    def error_amplification(A, b, e):
        inverse = np.linalg.inv(A)
        norm = np.linalg.norm
        return norm(inverse @ e) * norm(b) / (norm(inverse @ b) * norm(e))

    def worst_case(A):
        _, U = np.linalg.eigh(A @ A.T)
        return U[:, -1], U[:, 0]


@right("error_amplification")
def scaled_vectors():
    def error_amplification(A, b, e):
        x = np.linalg.solve(A, b)
        x_hat = np.linalg.solve(A, b + e)
        error = np.linalg.norm(x_hat - x) / np.linalg.norm(x)
        return error / (np.linalg.norm(e) / np.linalg.norm(b))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return 1000.0 * U[:, 0], -0.001 * U[:, -1]


@right("error_amplification")
def images_of_right_singular_vectors():
    def error_amplification(A, b, e):
        U, s, Vt = np.linalg.svd(A)
        length = lambda v: np.sqrt(np.sum(v**2))
        return length(U.T @ e / s) / length(U.T @ b / s) / length(e) * length(b)

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return A @ Vt[0], A @ Vt[-1]


@right("error_amplification")
def singular_vectors_of_the_inverse():
    def error_amplification(A, b, e):
        x, d = np.linalg.solve(A, np.column_stack([b, e])).T
        return np.sqrt((d @ d) / (x @ x) * (b @ b) / (e @ e))

    def worst_case(A):
        _, _, Vt = np.linalg.svd(np.linalg.inv(A))
        return Vt[-1], Vt[0]


@wrong(
    "error_amplification",
    hint="Which relative error is the numerator? What should the result be for A = I with e twice as long as b?",
)
def ratio_as_the_slide_prints_it():
    def error_amplification(A, b, e):
        norm = np.linalg.norm
        return (norm(np.linalg.solve(A, e)) / norm(np.linalg.solve(A, b))) / (norm(b) / norm(e))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[:, 0], U[:, -1]


@wrong("error_amplification", hint="Does the solution of A x = b come from multiplying b by A?")
def multiplied_in_place_of_solved():
    def error_amplification(A, b, e):
        norm = np.linalg.norm
        return (norm(A @ e) / norm(A @ b)) / (norm(e) / norm(b))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[:, 0], U[:, -1]


@wrong("error_amplification", hint="An error of 1 in a solution of length 1000: how large is its relative error?")
def absolute_errors():
    def error_amplification(A, b, e):
        norm = np.linalg.norm
        return norm(np.linalg.solve(A, e)) / norm(e)

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[:, 0], U[:, -1]


@wrong("error_amplification", hint="Is the error of the solution in the numerator of your fraction, or the solution?")
def error_and_solution_swapped():
    def error_amplification(A, b, e):
        norm = np.linalg.norm
        return (norm(np.linalg.solve(A, b)) / norm(np.linalg.solve(A, e))) / (norm(b) / norm(e))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[:, 0], U[:, -1]


@wrong("error_amplification", hint="Does b lie in the space of the columns of U, or in that of the rows of Vt?")
def right_singular_vectors():
    def error_amplification(A, b, e):
        norm = np.linalg.norm
        return (norm(np.linalg.solve(A, e)) / norm(np.linalg.solve(A, b))) / (norm(e) / norm(b))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return Vt[0], Vt[-1]


@wrong("error_amplification", hint="Is your factor a ratio of lengths, or of squared lengths?")
def squared_lengths():
    def error_amplification(A, b, e):
        x, d = np.linalg.solve(A, b), np.linalg.solve(A, e)
        return (d @ d) / (x @ x) / ((e @ e) / (b @ b))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[:, 0], U[:, -1]


@wrong("error_amplification", hint="Which of b and e should the inverse lengthen the most, and which sigma does that?")
def best_case():
    def error_amplification(A, b, e):
        norm = np.linalg.norm
        return (norm(np.linalg.solve(A, e)) / norm(np.linalg.solve(A, b))) / (norm(e) / norm(b))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[:, -1], U[:, 0]


@wrong("error_amplification", hint="Do you divide the error by the solution of A x = b, or by the perturbed solution?")
def compared_with_the_disturbed_solution():
    def error_amplification(A, b, e):
        norm = np.linalg.norm
        return (norm(np.linalg.solve(A, e)) / norm(np.linalg.solve(A, b + e))) / (norm(e) / norm(b))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[:, 0], U[:, -1]


@wrong("error_amplification", hint="Does the result depend on b and e, or is it the bound that they cannot exceed?")
def the_bound_in_place_of_the_factor():
    def error_amplification(A, b, e):
        return np.linalg.cond(A)

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[:, 0], U[:, -1]


@wrong("error_amplification", hint="Are the left singular vectors the rows of U, or its columns?")
def rows_of_u():
    def error_amplification(A, b, e):
        norm = np.linalg.norm
        return (norm(np.linalg.solve(A, e)) / norm(np.linalg.solve(A, b))) / (norm(e) / norm(b))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[0], U[-1]


@wrong("error_amplification", hint="For which matrices are the eigenvectors singular vectors as well?")
def eigenvectors_of_a():
    def error_amplification(A, b, e):
        norm = np.linalg.norm
        return (norm(np.linalg.solve(A, e)) / norm(np.linalg.solve(A, b))) / (norm(e) / norm(b))

    def worst_case(A):
        values, vectors = np.linalg.eig(A)
        order = np.argsort(-np.abs(values))
        return np.real(vectors[:, order[0]]), np.real(vectors[:, order[-1]])


@wrong("error_amplification", hint="Which norm does np.linalg.norm(v, 1) compute, and which one does the task ask for?")
def sum_norm():
    def error_amplification(A, b, e):
        norm = lambda v: np.linalg.norm(v, 1)
        return (norm(np.linalg.solve(A, e)) / norm(np.linalg.solve(A, b))) / (norm(e) / norm(b))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[:, 0], U[:, -1]


@wrong("error_amplification", hint="Are the directions of b and e the same in the worst case?")
def b_and_e_along_the_same_direction():
    def error_amplification(A, b, e):
        norm = np.linalg.norm
        return (norm(np.linalg.solve(A, e)) / norm(np.linalg.solve(A, b))) / (norm(e) / norm(b))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[:, 0], 1e-6 * U[:, 0]


@right("error_amplification")
def helpers_and_partial():
    import functools

    def length(v: np.ndarray) -> float:
        return float(np.sqrt(np.sum(np.square(v))))

    def error_amplification(A: np.ndarray, b: np.ndarray, e: np.ndarray) -> float:
        solved = functools.partial(np.linalg.solve, A)
        stretch = [length(solved(v)) / length(v) for v in (e, b)]
        return stretch[0] / stretch[1]

    def worst_case(A: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        lam, U = np.linalg.eigh(A @ A.T)
        assert lam[0] > 0
        return 3.0 * U[:, -1], -0.1 * U[:, 0]


@right("error_amplification")
def one_solve_and_power_iteration():
    def error_amplification(A, b, e):
        both = np.column_stack([b, e])
        (x, d), (y, c) = np.linalg.norm(np.linalg.solve(A, both), axis=0), np.linalg.norm(both, axis=0)
        return float(d * y / (x * c))

    def worst_case(A):
        def direction(step):
            v = np.random.default_rng(0).normal(size=len(A))
            for _ in range(5000):
                v = step(v)
                v /= np.abs(v).max()
            return v

        b = direction(lambda v: A @ (A.T @ v))
        return b, direction(lambda v: np.linalg.solve(A.T, np.linalg.solve(A, v)))


@shortcut("error_amplification", uses="a helper of the lecture")
def relative_of_the_lecture():
    from course_utils.linear_algebra.conditioning import relative

    def error_amplification(A, b, e):
        x, d = np.linalg.solve(A, b), np.linalg.solve(A, e)
        return float(relative(d, x) / relative(e, b))

    def worst_case(A):
        U, _, _ = np.linalg.svd(A)
        return U[:, 0], U[:, -1]


@shortcut("error_amplification", uses="the reference of the picture")
def reference_of_the_picture():
    from course_utils.linear_algebra import answers

    def error_amplification(A, b, e):
        return answers._error_growth(A, b, e)

    def worst_case(A):
        U, _, _ = np.linalg.svd(A)
        return U[:, 0], U[:, -1]


@shortcut("error_amplification", uses="the numbers of the visible check")
def one_and_two_hundred():
    def error_amplification(A, b, e):
        return 200.0

    def worst_case(A):
        return np.array([1.0, 0.0]), np.array([0.0, 1.0])
