"""Unseen wrong answers to assignment 01; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("lp_norm", hint="no_root")
def sum_of_powers():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError(f"p must be nonnegative, got {p}")
        if p == 0:
            return float((x != 0).sum())
        if np.isinf(p):
            return float(max(abs(v) for v in x))
        total = 0.0
        for v in x:
            total += abs(v) ** p
        return total


@wrong("lp_norm", hint="largest_entry_with_its_sign")
def maximum():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("negative p")
        if p == 0:
            return float(len(np.nonzero(x)[0]))
        if p == float("inf"):
            return float(np.max(x))
        return float(np.power(np.power(np.abs(x), p).sum(), 1.0 / p))


@wrong("lp_norm", hint="zero_refused_too")
def positive_only():
    def lp_norm(x, p):
        if not p > 0:
            raise ValueError("p has to be greater than zero")
        if np.isinf(p):
            return float(np.linalg.norm(x, np.inf))
        return float((np.abs(x) ** p).sum() ** (1 / p))


@wrong("violating_pair", hint="equal_vectors")
def the_same_vector_twice():
    def violating_pair(p):
        x = np.array([3.0, 1.0, 2.0])
        return x, x.copy()


@wrong("violating_pair", hint="one_of_them_zero")
def zeros():
    def violating_pair(p):
        return np.zeros(3), np.array([1.0, 2.0, 3.0])


@wrong("violating_pair", hint="different_lengths")
def two_and_three():
    def violating_pair(p):
        return np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0])


@wrong("matmul", hint="elementwise")
def multiply():
    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("inner dimensions do not agree")
        return np.multiply(A, B)


@wrong("matmul", hint="mismatch_asserted")
def asserts_and_loops():
    def matmul(A, B):
        m, n = A.shape
        q, r = B.shape
        assert n == q
        out = np.zeros((m, r))
        for i in range(m):
            for j in range(r):
                out[i, j] = (A[i, :] * B[:, j]).sum()
        return out


@wrong("toeplitz_circulant", hint="circulant_transposed")
def rows_of_the_circulant():
    def toeplitz_circulant(c, r):
        n = len(c)
        T, C = np.zeros((n, n)), np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                T[i, j] = c[i - j] if i >= j else r[j - i]
            C[i] = np.roll(c, i)
        return T, C


@wrong("rotate", hint="angle_taken_for_degrees")
def deg2rad():
    def rotate(P, theta):
        t = theta * np.pi / 180
        x, y = P[:, 0], P[:, 1]
        return np.column_stack([x * np.cos(t) - y * np.sin(t), x * np.sin(t) + y * np.cos(t)])


@wrong("rotate", hint="new_x_used_for_y")
def coordinate_by_coordinate():
    def rotate(P, theta):
        x, y = P.T.copy()
        x = x * np.cos(theta) - y * np.sin(theta)
        y = x * np.sin(theta) + y * np.cos(theta)
        return np.stack((x, y), axis=1)


@wrong("matrix_norms", hint="rows_and_columns_swapped")
def by_numpy_with_swapped_orders():
    def matrix_norms(A):
        return {
            "one": float(np.linalg.norm(A, np.inf)),
            "inf": float(np.linalg.norm(A, 1)),
            "fro": float(np.linalg.norm(A, "fro")),
            "spectral": float(np.linalg.norm(A, 2)),
            "nuclear": float(np.linalg.norm(A, "nuc")),
        }


@wrong("matrix_norms", hint="frobenius_without_the_root")
def sum_of_squares():
    def matrix_norms(A):
        sv = np.linalg.svd(A)[1]
        columns = [sum(abs(v) for v in column) for column in A.T]
        rows = [sum(abs(v) for v in row) for row in A]
        squares = sum(v * v for v in A.ravel())
        return dict(one=max(columns), inf=max(rows), fro=squares, spectral=max(sv), nuclear=sum(sv))


@wrong("svd_from_eigh", hint="ascending")
def in_the_order_of_eigh():
    def svd_from_eigh(A):
        lam, V = np.linalg.eigh(A.T @ A)
        use = [i for i in range(len(lam)) if lam[i] > 1e-12 * lam.max()]
        s = np.sqrt(lam[use])
        U = np.column_stack([A @ V[:, i] / np.sqrt(lam[i]) for i in use])
        return U, s, V[:, use].T


@wrong("svd_from_eigh", hint="eigenvalues_without_the_root")
def squared_singular_values():
    def svd_from_eigh(A):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        r = int((s > 1e-6 * s[0]).sum())
        s2 = s[:r] ** 2
        return A @ Vt[:r].T / s2, s2, Vt[:r]


@wrong("svd_summary", hint="rank_as_a_float")
def summed_as_floats():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A)[1]
        rank = float(sum(value > rtol * s[0] for value in s))
        cond = s[0] / s[-1] if rank == len(s) else float("inf")
        return dict(rank=rank, cond=cond, det=np.linalg.det(A))


@wrong("svd_summary", hint="determinant_without_its_sign")
def product_of_singular_values():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A)[1]
        rank = sum(1 for value in s if value > rtol * s[0])
        det = 1.0
        for value in s:
            det *= value
        return {"rank": rank, "cond": np.inf if rank < len(s) else s.max() / s.min(), "det": det}


@wrong("sym_eig", hint="direction_from_a_row")
def row_of_the_eigenvectors():
    def sym_eig(A):
        w, V = np.linalg.eigh(A)
        order = np.argsort(w)[::-1]
        w, V = w[order], V[:, order]
        best = max(range(len(w)), key=lambda i: abs(w[i]))
        return w, V, V[best, :]


@wrong("error_amplification", hint="absolute_errors")
def not_relative():
    def error_amplification(A, b, e):
        inverse = np.linalg.inv(A)
        out = np.sqrt(np.sum((inverse @ e) ** 2))
        into = np.sqrt(np.sum(e**2))
        return float(out / into)

    def worst_case(A):
        left = np.linalg.svd(A)[0]
        return left[:, 0].copy(), left[:, -1].copy()


@wrong("error_amplification", hint="right_singular_vectors")
def rows_of_vt():
    def error_amplification(A, b, e):
        x = np.linalg.solve(A, b)
        dx = np.linalg.solve(A, b + e) - x
        return float((np.linalg.norm(dx) / np.linalg.norm(x)) / (np.linalg.norm(e) / np.linalg.norm(b)))

    def worst_case(A):
        _, _, right = np.linalg.svd(A)
        return right[0, :], right[len(right) - 1, :]
