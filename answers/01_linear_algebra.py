"""Answers to assignment 01: norms, special matrices, SVD, operators."""
# ruff: noqa: RUF059 - students, too, unpack what they do not use

import numpy as np

from answers import right, shortcut, wrong

# 1.1 The length of a vector, for every p


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
        total, largest, count = 0.0, 0.0, 0
        for value in x.tolist():
            if value != 0:
                count += 1
                total += abs(value) ** p if p != float("inf") else 0.0
            largest = max(largest, abs(value))
        if p == 0:
            return count
        return largest if p == float("inf") else total ** (1 / p)


@right("lp_norm")
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
        return math.exp(math.log(math.fsum(math.exp(p * math.log(v)) for v in sizes)) / p)


@wrong("lp_norm", hint="What does your function make of an entry of -1 when p is 1, and when p is 1.5?")
def no_absolute_value():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(np.abs(x).max())
        return float(np.sum(x**p) ** (1 / p))


@wrong("lp_norm", hint="Should the length double when the vector does? Does a sum of squares?")
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


@wrong("lp_norm", hint="What is 0.0 ** 0 in Python, and does that entry count?")
def zeros_counted():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.sum(np.abs(x) ** 0))
        if p == np.inf:
            return float(np.abs(x).max())
        return float(np.sum(np.abs(x) ** p) ** (1 / p))


@wrong("lp_norm", hint="What becomes of p = 1.5 in your function?")
def p_made_a_whole_number():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == np.inf:
            return float(np.abs(x).max())
        if p == 0:
            return float(np.count_nonzero(x))
        p = max(int(p), 1)
        return float(np.sum(np.abs(x) ** p) ** (1 / p))


@wrong("lp_norm", hint="What does your function do with the argument p?")
def always_euclidean():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        return float(np.sqrt(np.sum(x**2)))


@wrong("lp_norm", hint="Should a vector get shorter when zeros are appended to it?")
def mean_in_place_of_sum():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(np.abs(x).max())
        return float(np.mean(np.abs(x) ** p) ** (1 / p))


@wrong("lp_norm", hint="What does the task ask for when p is below 0?")
def negative_p_not_refused():
    def lp_norm(x, p):
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(np.abs(x).max())
        return float(np.sum(np.abs(x) ** p) ** (1 / p))


@wrong("lp_norm", hint="What has become of the caller's x after your function?")
def absolute_values_in_place():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        np.abs(x, out=x)
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(x.max())
        return float(np.sum(x**p) ** (1 / p))


@wrong("lp_norm", hint="Which p does the task refuse: those below 0, or 0 as well?")
def zero_refused_too():
    def lp_norm(x, p):
        if p <= 0:
            raise ValueError("p must be positive")
        if p == np.inf:
            return float(np.abs(x).max())
        return float(np.sum(np.abs(x) ** p) ** (1 / p))


@wrong("lp_norm", hint="Of -5 and 3, which has the larger absolute value?")
def largest_entry_with_its_sign():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p < 0")
        if p == 0:
            return float(np.count_nonzero(x))
        if p == np.inf:
            return float(x.max())
        return float(np.sum(np.abs(x) ** p) ** (1 / p))


@wrong("lp_norm", hint="Is the root taken of every term, or once, of the sum?")
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
        total = np.sum(np.abs(x) ** p)
        return float(total if p < 1 else total ** (1 / p))


@wrong("lp_norm", hint="Which entries does p = 0 count: those that are not 0, or those that are not small?")
def small_entries_not_counted():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p must not be negative")
        size = np.abs(x)
        if p == 0:
            return float(np.sum(size > 1e-12))
        return float(size.max()) if np.isinf(p) else float(np.sum(size**p) ** (1 / p))


# 1.2 Where the triangle inequality breaks


@right("violating_pair")
def three_dimensions():
    def violating_pair(p):
        return np.array([3.0, 0.0, 0.0]), np.array([0.0, -3.0, 1.0])


@right("violating_pair")
def halves_of_a_long_vector():
    def violating_pair(p):
        x = np.zeros(10)
        x[:5] = 1.0
        return x, x[::-1].copy()


@right("violating_pair")
def random_pairs_tried():
    def violating_pair(p):
        rng = np.random.default_rng(0)
        norm = lambda v: np.sum(np.abs(v) ** p) ** (1 / p)
        while True:
            x, y = rng.uniform(0, 1, size=(2, 3))
            if norm(x + y) > 1.0001 * (norm(x) + norm(y)):
                return x, y


@right("violating_pair")
def scaled_by_p():
    def violating_pair(p):
        return 1e-5 * np.array([1.0, 0.0]), 1e-5 * np.array([0.0, p])


@wrong("violating_pair", hint="Two equal vectors: what are both sides of the inequality?")
def equal_vectors():
    def violating_pair(p):
        return np.array([1.0, 2.0]), np.array([1.0, 2.0])


@wrong("violating_pair", hint="What is left of x + y when y is -x?")
def opposite_vectors():
    def violating_pair(p):
        return np.array([1.0, 2.0]), np.array([-1.0, -2.0])


@wrong("violating_pair", hint="Can the zero vector make a detour?")
def one_of_them_zero():
    def violating_pair(p):
        return np.array([1.0, 1.0]), np.zeros(2)


@wrong("violating_pair", hint="Can your x and y be added entry by entry?")
def different_lengths():
    def violating_pair(p):
        return np.array([1.0, 0.0]), np.array([0.0, 1.0, 0.0])


@wrong("violating_pair", hint="For which p did you try your pair? What do both sides say at p = 0.9?")
def breaks_it_at_small_p_only():
    def violating_pair(p):
        return np.array([1.0, 0.0]), np.array([-0.2, 1.0])


@wrong("violating_pair", hint="On a line, is there any detour?")
def one_dimension():
    def violating_pair(p):
        return np.array([1.0]), np.array([3.0])


@wrong("violating_pair", hint="By what part of the right side is the left side greater for your pair, near p = 1?")
def nearly_parallel():
    def violating_pair(p):
        return np.array([1.0, 1.0]), np.array([1.0, 1.001])


@wrong("violating_pair", hint="Which dtype has np.array([1, 0])?")
def whole_numbers():
    def violating_pair(p):
        return np.array([1, 0]), np.array([0, 1])


@wrong("violating_pair", hint="How many values does the task ask for?")
def the_sum_as_well():
    def violating_pair(p):
        x, y = np.array([1.0, 0.0]), np.array([0.0, 1.0])
        return x, y, x + y


@wrong("violating_pair", hint="Your second entries are 1 and -1: do they help each other in x + y, or cancel?")
def tips_on_opposite_sides():
    def violating_pair(p):
        return np.array([1.0, 1.0]), np.array([1.0, -1.0])


@wrong("violating_pair", hint="Is a list of numbers an array?")
def lists_in_place_of_arrays():
    def violating_pair(p):
        return [1.0, 0.0], [0.0, 1.0]


# 1.3 The matrix product from its definition


@right("matmul")
def three_loops():
    def matmul(A, B):
        m, n = A.shape
        rows, p = B.shape
        if n != rows:
            raise ValueError("sizes do not fit")
        C = np.zeros((m, p))
        for i in range(m):
            for j in range(p):
                for k in range(n):
                    C[i, j] += A[i, k] * B[k, j]
        return C


@right("matmul")
def broadcasting():
    def matmul(A, B):
        if A.shape[1] != len(B):
            raise ValueError(f"{A.shape} and {B.shape}")
        return (A[:, :, None] * B[None, :, :]).sum(axis=1)


@right("matmul")
def sum_of_outer_products():
    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError
        C = np.zeros((A.shape[0], B.shape[1]))
        for k in range(A.shape[1]):
            C += np.outer(A[:, k], B[k])
        return C


@right("matmul")
def a_column_at_a_time():
    def matmul(A, B):
        if A.shape[-1] != B.shape[0]:
            raise ValueError("no product")
        return np.stack([(A * B[:, j]).sum(axis=1) for j in range(B.shape[1])], axis=1)


@shortcut("matmul", uses="`@`")
def the_operator():
    def matmul(A, B):
        return A @ B


@shortcut("matmul", uses="`np.dot` under another name")
def np_dot():
    dot = np.dot

    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("inner sizes differ")
        return dot(A, B)


@shortcut("matmul", uses="`np.einsum`")
def einsum():
    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("inner sizes differ")
        return np.einsum("ik,kj->ij", A, B)


@shortcut("matmul", uses="a name that is put together when it runs")
def name_of_parts():
    def matmul(A, B):
        return getattr(np, "mat" + "mul")(A, B)


@shortcut("matmul", uses="`torch.mm`, in a function of another name")
def torch_mm():
    import torch

    def product(A, B):
        return torch.mm(torch.as_tensor(A, dtype=torch.float64), torch.as_tensor(B, dtype=torch.float64)).numpy()

    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("inner sizes differ")
        return product(A, B)


@wrong("matmul", hint="Entry (i, j) of a product is a sum of n terms: how many has yours?")
def elementwise():
    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("inner sizes differ")
        return A * B


@wrong("matmul", hint="Which index of A stands first in the formula: the one of the row, or the one that is summed?")
def first_factor_transposed():
    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("inner sizes differ")
        return np.array([[np.sum(row * column) for column in B.T] for row in A.T])


@wrong("matmul", hint="Is AB the same as BA?")
def factors_in_the_other_order():
    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("inner sizes differ")
        return np.array([[np.sum(row * column) for column in A.T] for row in B])


@wrong("matmul", hint="Into an array of which dtype do you write the sums, when A holds whole numbers?")
def dtype_of_the_first_factor():
    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("inner sizes differ")
        C = np.zeros((A.shape[0], B.shape[1]), dtype=A.dtype)
        for i in range(C.shape[0]):
            for j in range(C.shape[1]):
                C[i, j] = np.sum(A[i] * B[:, j])
        return C


@wrong("matmul", hint="What should happen when A has more columns than B has rows, and what does?")
def sizes_not_compared():
    def matmul(A, B):
        C = np.zeros((A.shape[0], B.shape[1]))
        for i in range(C.shape[0]):
            for j in range(C.shape[1]):
                for k in range(min(A.shape[1], B.shape[0])):
                    C[i, j] += A[i, k] * B[k, j]
        return C


@wrong("matmul", hint="Over which index does the formula sum, and on which axis of your array is it?")
def summed_over_the_rows():
    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("inner sizes differ")
        return (A[:, :, None] * B[None, :, :]).sum(axis=0)


@wrong("matmul", hint="How many values does range(n - 1) give?")
def last_term_left_out():
    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("inner sizes differ")
        C = np.zeros((A.shape[0], B.shape[1]))
        for k in range(A.shape[1] - 1):
            C += np.outer(A[:, k], B[k])
        return C


@wrong("matmul", hint="Which shapes does NumPy stretch in an elementwise product, without a word?")
def mismatch_left_to_broadcasting():
    def matmul(A, B):
        return (A[:, :, None] * B[None, :, :]).sum(axis=1)


@wrong("matmul", hint="Must A and B have the same shape to be multiplied?")
def whole_shapes_compared():
    def matmul(A, B):
        if A.shape != B.shape:
            raise ValueError("shapes differ")
        return (A[:, :, None] * B[None, :, :]).sum(axis=1)


@wrong("matmul", hint="How many rows has AB, and how many columns: those of A?")
def result_as_large_as_the_first_factor():
    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("inner sizes differ")
        C = np.zeros(A.shape)
        for i in range(A.shape[0]):
            for j in range(B.shape[1]):
                C[i, j] = np.sum(A[i] * B[:, j])
        return C


@wrong("matmul", hint="Does your sum start at 0 for every entry?")
def sum_not_started_afresh():
    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("inner sizes differ")
        C = np.zeros((A.shape[0], B.shape[1]))
        for i in range(A.shape[0]):
            total = 0.0
            for j in range(B.shape[1]):
                for k in range(A.shape[1]):
                    total += A[i, k] * B[k, j]
                C[i, j] = total
        return C


@wrong("matmul", hint="Which error does `assert` raise, and which one does the task ask for?")
def mismatch_asserted():
    def matmul(A, B):
        assert A.shape[1] == B.shape[0], "inner sizes differ"
        return (A[:, :, None] * B[None, :, :]).sum(axis=1)


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


@right("toeplitz_circulant")
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


@wrong("toeplitz_circulant", hint="In which direction is each row shifted against the row above it?")
def rows_shifted_to_the_left():
    def toeplitz_circulant(c, r):
        i = np.arange(len(c))
        d = i[:, None] - i
        return np.where(d >= 0, c[d], r[-d]), c[(i[:, None] + i) % len(c)]


@wrong("toeplitz_circulant", hint="What stands in the corner of the circulant matrix: c[0], or the last entry of c?")
def reversed_column_rolled_as_rows():
    def toeplitz_circulant(c, r):
        i = np.arange(len(c))
        d = i[:, None] - i
        return np.where(d >= 0, c[d], r[-d]), np.array([np.roll(c[::-1], k) for k in i])


@wrong("toeplitz_circulant", hint="Which argument says what stands above the main diagonal of T?")
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
        from scipy.linalg import hankel

        i = np.arange(len(c))
        return hankel(c, r), c[(i[:, None] - i) % len(c)]


@wrong("toeplitz_circulant", hint="What does a negative index do in Python: does it reach r?")
def toeplitz_without_the_row():
    def toeplitz_circulant(c, r):
        i = np.arange(len(c))
        C = c[i[:, None] - i]
        return C, C


@wrong("toeplitz_circulant", hint="At which distance from the main diagonal does r[1] stand?")
def row_one_step_off():
    def toeplitz_circulant(c, r):
        n = len(c)
        T = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                T[i, j] = c[i - j] if i >= j else r[j - i - 1]
        return T, np.stack([np.roll(c, j) for j in range(n)], axis=1)


@wrong("toeplitz_circulant", hint="Which argument is the circulant matrix made of?")
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


@wrong("toeplitz_circulant", hint="Which dtype has the array into which you write?")
def entries_cut_to_whole_numbers():
    def toeplitz_circulant(c, r):
        n = len(c)
        T, C = np.zeros((n, n), dtype=int), np.zeros((n, n), dtype=int)
        for i in range(n):
            for j in range(n):
                T[i, j] = c[i - j] if i >= j else r[j - i]
                C[i, j] = c[(i - j) % n]
        return T, C


# 1.5 Rotating points


@right("rotate")
def complex_numbers():
    def rotate(P, theta):
        z = (P[:, 0] + 1j * P[:, 1]) * np.exp(1j * theta)
        return np.stack([z.real, z.imag], axis=1)


@right("rotate")
def column_by_column():
    def rotate(P, theta):
        x, y = P.T
        c, s = np.cos(theta), np.sin(theta)
        return np.stack([c * x - s * y, s * x + c * y], axis=-1)


@right("rotate")
def a_point_at_a_time():
    def rotate(P, theta):
        G = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
        return np.array([G @ point for point in P])


@right("rotate")
def polar_coordinates():
    def rotate(P, theta):
        radius = np.hypot(P[:, 0], P[:, 1])
        angle = np.arctan2(P[:, 1], P[:, 0]) + theta
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


@wrong("rotate", hint="For rows the matrix stands on the right: which matrix turns a row counter-clockwise?")
def clockwise():
    def rotate(P, theta):
        G = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
        return P @ G


@wrong("rotate", hint="Does np.cos take degrees or radians?")
def angle_taken_for_degrees():
    def rotate(P, theta):
        theta = np.radians(theta)
        G = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
        return P @ G.T


@wrong("rotate", hint="Is your matrix orthogonal: what is the inner product of its columns?")
def minus_sign_lost():
    def rotate(P, theta):
        G = np.array([[np.cos(theta), np.sin(theta)], [np.sin(theta), np.cos(theta)]])
        return P @ G.T


@wrong("rotate", hint="The slide's G stands to the left of a column. Are your points columns?")
def points_taken_for_columns():
    def rotate(P, theta):
        G = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
        if len(P) == 2:
            return G @ P
        return P @ G.T


@wrong("rotate", hint="What does your matrix do at theta = 0: is it the identity?")
def sine_and_cosine_swapped():
    def rotate(P, theta):
        G = np.array([[np.sin(theta), -np.cos(theta)], [np.cos(theta), np.sin(theta)]])
        return P @ G.T


@wrong("rotate", hint="When the new y is computed, does the old x still exist?")
def new_x_used_for_y():
    def rotate(P, theta):
        Q = P.copy()
        Q[:, 0] = np.cos(theta) * Q[:, 0] - np.sin(theta) * Q[:, 1]
        Q[:, 1] = np.sin(theta) * Q[:, 0] + np.cos(theta) * Q[:, 1]
        return Q


@wrong("rotate", hint="What has become of the caller's P after your function?")
def points_moved_in_place():
    def rotate(P, theta):
        G = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
        for i in range(len(P)):
            P[i] = G @ P[i]
        return P


@wrong("rotate", hint="About which point does the task turn: the origin, or the middle of the points?")
def about_the_mean_of_the_points():
    def rotate(P, theta):
        G = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
        centre = P.mean(axis=0)
        return (P - centre) @ G.T + centre


@wrong("rotate", hint="What are the rows of your result: points, or coordinates?")
def points_as_columns():
    def rotate(P, theta):
        G = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
        return G @ P.T


@wrong("rotate", hint="Which angle does arctan give to a point with a negative x?")
def arctan_loses_the_quadrant():
    def rotate(P, theta):
        radius = np.hypot(P[:, 0], P[:, 1])
        angle = np.arctan(P[:, 1] / P[:, 0]) + theta
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


@wrong("rotate", hint="For which angles is sin(theta) the root of 1 - cos(theta)^2, and for which is it minus that?")
def sine_from_the_cosine():
    def rotate(P, theta):
        c = np.cos(theta)
        s = np.sqrt(1 - c**2)
        return P @ np.array([[c, -s], [s, c]]).T


@wrong("rotate", hint="What is the determinant of your matrix: does it turn the plane, or mirror it?")
def mirrored():
    def rotate(P, theta):
        c, s = np.cos(theta), np.sin(theta)
        return P @ np.array([[c, s], [s, -c]]).T


# 1.6 Five matrix norms


@right("matrix_norms")
def numpy_norms():
    def matrix_norms(A):
        orders = {"one": 1, "inf": np.inf, "fro": "fro", "spectral": 2, "nuclear": "nuc"}
        return {key: np.linalg.norm(A, order) for key, order in orders.items()}


@right("matrix_norms")
def eigenvalues_of_the_gram_matrix():
    def matrix_norms(A):
        G = A.T @ A if A.shape[0] >= A.shape[1] else A @ A.T
        s = np.sqrt(np.maximum(np.linalg.eigvalsh(G), 0))
        return {
            "one": abs(A).sum(0).max(),
            "inf": abs(A).sum(1).max(),
            "fro": np.sqrt(np.trace(G)),
            "spectral": s[-1],
            "nuclear": np.sum(s),
        }


@right("matrix_norms")
def loops_and_singular_values():
    def matrix_norms(A):
        m, n = A.shape
        U, s, Vt = np.linalg.svd(A)
        norms = {}
        norms["one"] = max(sum(abs(A[i, j]) for i in range(m)) for j in range(n))
        norms["inf"] = max(sum(abs(A[i, j]) for j in range(n)) for i in range(m))
        norms["fro"] = np.sum(s**2) ** 0.5
        norms["spectral"] = max(s)
        norms["nuclear"] = sum(s)
        return norms


@right("matrix_norms")
def torch_norms():
    def matrix_norms(A):
        import torch

        norm = torch.linalg.matrix_norm
        t = torch.tensor(A)
        orders = {"one": 1, "inf": float("inf"), "fro": "fro", "spectral": 2, "nuclear": "nuc"}
        return {key: norm(t, ord=order).item() for key, order in orders.items()}


@wrong("matrix_norms", hint="Which axis disappears when each column is summed?")
def rows_and_columns_swapped():
    def matrix_norms(A):
        s = np.linalg.svd(A, compute_uv=False)
        return {
            "one": np.abs(A).sum(axis=1).max(),
            "inf": np.abs(A).sum(axis=0).max(),
            "fro": np.sqrt(np.sum(A**2)),
            "spectral": s[0],
            "nuclear": s.sum(),
        }


@wrong("matrix_norms", hint="Is the 1-norm of a matrix the sum over all of its entries, or over one column?")
def one_norm_entry_by_entry():
    def matrix_norms(A):
        s = np.linalg.svd(A, compute_uv=False)
        return {
            "one": np.abs(A).sum(),
            "inf": np.abs(A).sum(axis=1).max(),
            "fro": np.sqrt(np.sum(A**2)),
            "spectral": s[0],
            "nuclear": s.sum(),
        }


@wrong("matrix_norms", hint="Can entries of a column cancel in your sum?")
def absolute_value_forgotten():
    def matrix_norms(A):
        s = np.linalg.svd(A, compute_uv=False)
        return {
            "one": A.sum(axis=0).max(),
            "inf": A.sum(axis=1).max(),
            "fro": np.sqrt(np.sum(A**2)),
            "spectral": s[0],
            "nuclear": s.sum(),
        }


@wrong("matrix_norms", hint="Should the Frobenius norm of 2 A be twice that of A, or four times?")
def frobenius_without_the_root():
    def matrix_norms(A):
        s = np.linalg.svd(A, compute_uv=False)
        return {
            "one": np.abs(A).sum(axis=0).max(),
            "inf": np.abs(A).sum(axis=1).max(),
            "fro": np.sum(A**2),
            "spectral": s[0],
            "nuclear": s.sum(),
        }


@wrong("matrix_norms", hint="What does np.linalg.norm(A) return when it gets no order?")
def frobenius_taken_for_spectral():
    def matrix_norms(A):
        s = np.linalg.svd(A, compute_uv=False)
        return {
            "one": np.abs(A).sum(axis=0).max(),
            "inf": np.abs(A).sum(axis=1).max(),
            "fro": np.linalg.norm(A),
            "spectral": np.linalg.norm(A),
            "nuclear": s.sum(),
        }


@wrong("matrix_norms", hint="The trace is the sum of the eigenvalues. Of what is the nuclear norm the sum?")
def trace_taken_for_nuclear():
    def matrix_norms(A):
        s = np.linalg.svd(A, compute_uv=False)
        return {
            "one": np.abs(A).sum(axis=0).max(),
            "inf": np.abs(A).sum(axis=1).max(),
            "fro": np.sqrt(np.sum(A**2)),
            "spectral": s[0],
            "nuclear": np.trace(A),
        }


@wrong("matrix_norms", hint="Is the infinity norm of a matrix its largest entry, or its largest row sum?")
def infinity_norm_as_the_largest_entry():
    def matrix_norms(A):
        s = np.linalg.svd(A, compute_uv=False)
        return {
            "one": np.abs(A).sum(axis=0).max(),
            "inf": np.abs(A).max(),
            "fro": np.sqrt(np.sum(A**2)),
            "spectral": s[0],
            "nuclear": s.sum(),
        }


@wrong("matrix_norms", hint="Which matrices have eigenvalues, and which have singular values?")
def eigenvalues_in_place_of_singular_values():
    def matrix_norms(A):
        values = np.abs(np.linalg.eigvals(A))
        return {
            "one": np.abs(A).sum(axis=0).max(),
            "inf": np.abs(A).sum(axis=1).max(),
            "fro": np.sqrt(np.sum(A**2)),
            "spectral": values.max(),
            "nuclear": values.sum(),
        }


@wrong("matrix_norms", hint="How is a singular value made of an eigenvalue of A^T A?")
def eigenvalues_of_the_gram_matrix_without_the_root():
    def matrix_norms(A):
        values = np.linalg.eigvalsh(A.T @ A)
        return {
            "one": np.abs(A).sum(axis=0).max(),
            "inf": np.abs(A).sum(axis=1).max(),
            "fro": np.sqrt(np.sum(A**2)),
            "spectral": values.max(),
            "nuclear": values.sum(),
        }


@wrong("matrix_norms", hint="Is the absolute value taken before the sum, or of the sum?")
def absolute_value_of_the_sums():
    def matrix_norms(A):
        s = np.linalg.svd(A, compute_uv=False)
        return {
            "one": np.abs(A.sum(axis=0)).max(),
            "inf": np.abs(A.sum(axis=1)).max(),
            "fro": np.sqrt(np.sum(A**2)),
            "spectral": s[0],
            "nuclear": s.sum(),
        }


@wrong("matrix_norms", hint="For which matrices is sigma_i the size of lambda_i? Try one that is not square.")
def symmetric_matrices_only():
    def matrix_norms(A):
        values = np.abs(np.linalg.eigvalsh(A))
        return {
            "one": np.abs(A).sum(axis=0).max(),
            "inf": np.abs(A).sum(axis=1).max(),
            "fro": np.sqrt(np.sum(A**2)),
            "spectral": values.max(),
            "nuclear": values.sum(),
        }


@wrong("matrix_norms", hint="Under which keys does the task ask for the numbers?")
def other_keys():
    def matrix_norms(A):
        s = np.linalg.svd(A, compute_uv=False)
        return {
            "1": np.abs(A).sum(axis=0).max(),
            "inf": np.abs(A).sum(axis=1).max(),
            "frobenius": np.sqrt(np.sum(A**2)),
            "spectral": s[0],
            "nuclear": s.sum(),
        }


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


@right("svd_from_eigh")
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
    hint="Each call of eigh chooses signs by itself. Do those of u_i and v_i belong together?",
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


@wrong("svd_from_eigh", hint="Should the rank change when A is measured in kilometres in place of millimetres?")
def absolute_cut_off():
    def svd_from_eigh(A):
        values, V = np.linalg.eigh(A.T @ A)
        values, V = values[::-1], V[:, ::-1]
        keep = values > 1e-12
        s, V = np.sqrt(values[keep]), V[:, keep]
        return A @ V / s, s, V.T


@wrong("svd_from_eigh", hint="The eigenvalues stand in descending order now. What stands in the columns of V?")
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


@wrong("svd_from_eigh", hint="What does the formula U diag(s) Vt want in the middle: a vector of numbers, or a matrix?")
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


@wrong("svd_from_eigh", hint="How many singular values of A are not 0, and how many columns has your U?")
def full_svd_not_cut():
    def svd_from_eigh(A):
        return np.linalg.svd(A, full_matrices=False)


@wrong("svd_from_eigh", hint="The bound is meant for singular values. What is it for their squares, the eigenvalues?")
def bound_not_squared():
    def svd_from_eigh(A):
        lam, V = np.linalg.eigh(A.T @ A)
        lam, V = lam[::-1], V[:, ::-1]
        keep = lam > 1e-6 * lam[0]
        s, V = np.sqrt(lam[keep]), V[:, keep]
        return A @ V / s, s, V.T


@wrong("svd_from_eigh", hint="How small may a singular value be, next to the largest, and still count?")
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


# 1.8 Rank, condition number, determinant


@right("svd_summary")
def product_of_eigenvalues():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int((s > rtol * s.max()).sum())
        det = np.prod(np.linalg.eigvals(A)).real
        return {"rank": rank, "cond": s.max() / s.min() if rank == len(A) else float("inf"), "det": det}


@right("svd_summary")
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
        return {"rank": rank, "cond": np.linalg.cond(A), "det": np.linalg.det(A)}


@wrong("svd_summary", hint="Can a product of singular values be negative?")
def determinant_without_its_sign():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.prod(s)}


@wrong("svd_summary", hint="What does the exponent on the slide make of the determinant of diag(2, 3)?")
def determinant_as_the_slide_prints_it():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        return {"rank": rank, "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.prod(s ** s.max())}


@wrong("svd_summary", hint="For which matrices are the sizes of the eigenvalues the singular values?")
def condition_from_eigenvalues():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        sizes = np.abs(np.linalg.eigvals(A))
        return {"rank": rank, "cond": sizes.max() / sizes.min() if rank == len(s) else np.inf, "det": np.linalg.det(A)}


@wrong("svd_summary", hint="Should the rank change when every entry is divided by a million?")
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


@wrong("svd_summary", hint="Of what kind is a count: an int or a float?")
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


@wrong("svd_summary", hint="When all singular values are below 1e-10, is the determinant a good sign of rank?")
def rank_judged_by_the_determinant():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        det = np.linalg.det(A)
        rank = int(np.count_nonzero(s > rtol * s[0]))
        return {"rank": rank, "cond": s[0] / s[-1] if abs(det) > 1e-12 else np.inf, "det": det}


@wrong("svd_summary", hint="Which bound does matrix_rank use where you give it none, and which one does the task name?")
def bound_of_matrix_rank():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A, compute_uv=False)
        rank = np.linalg.matrix_rank(A) if rtol == 1e-10 else np.linalg.matrix_rank(A, rtol=rtol)
        return {"rank": int(rank), "cond": s[0] / s[-1] if rank == len(s) else np.inf, "det": np.linalg.det(A)}


# 1.9 Eigenvalues in order, and the direction amplified most


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


@wrong("sym_eig", hint="Was the index found before the reordering, or after it?")
def index_from_the_old_order():
    def sym_eig(A):
        lam, U = np.linalg.eigh(A)
        strongest = np.argmax(np.abs(lam))
        lam, U = lam[::-1], U[:, ::-1]
        return lam, U, U[:, strongest]


@wrong("sym_eig", hint="Is g the direction before A is applied, or what A makes of it?")
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


# 1.10 How far an error grows


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


@wrong("error_amplification", hint="Which relative error divides which? Try A = I with e twice as long as b.")
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


@wrong("error_amplification", hint="Is the error of the solution on top of your fraction, or the solution?")
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


@wrong("error_amplification", hint="Which of b and e should the inverse stretch most, and which sigma does that?")
def best_case():
    def error_amplification(A, b, e):
        norm = np.linalg.norm
        return (norm(np.linalg.solve(A, e)) / norm(np.linalg.solve(A, b))) / (norm(e) / norm(b))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[:, -1], U[:, 0]


@wrong("error_amplification", hint="Is the error compared with the solution of A x = b, or with the disturbed one?")
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


@wrong("error_amplification", hint="How many directions does b take, and how many does e, in the worst case?")
def b_and_e_along_the_same_direction():
    def error_amplification(A, b, e):
        norm = np.linalg.norm
        return (norm(np.linalg.solve(A, e)) / norm(np.linalg.solve(A, b))) / (norm(e) / norm(b))

    def worst_case(A):
        U, s, Vt = np.linalg.svd(A)
        return U[:, 0], 1e-6 * U[:, 0]
