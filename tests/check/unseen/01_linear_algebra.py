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

    def lp_norm_counterexample():
        return np.array([1e-180, -2e-180]), 2

    def lp_norm_fault():
        return "b"


@wrong("lp_norm", hint="largest_entry_with_its_sign")
def maximum():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("negative p")
        if p == 0:
            return float(len(np.nonzero(x)[0]))
        if p == float("inf"):
            return float(np.max(x))
        unit = np.max(np.abs(x)) if np.any(x) else 1.0
        return float(unit * np.power(np.power(np.abs(x) / unit, p).sum(), 1.0 / p))

    def lp_norm_counterexample():
        return np.array([1e-180, -2e-180]), 2

    def lp_norm_fault():
        return "b"


@wrong("lp_norm", hint="zero_refused_too")
def positive_only():
    def lp_norm(x, p):
        if not p > 0:
            raise ValueError("p has to be greater than zero")
        if np.isinf(p):
            return float(max(abs(v) for v in x))
        top = max(np.abs(x).max(), 1e-300)
        return float(top * ((np.abs(x) / top) ** p).sum() ** (1 / p))

    def lp_norm_counterexample():
        return np.array([1e-180, -2e-180]), 2

    def lp_norm_fault():
        return "b"


@wrong("violating_pair", hint="shortest_along_one_line")
def opposite_directions():
    def violating_pair(p, a, b, k):
        e = np.eye(2)
        return {
            "x": a * e[1],
            "y": b * e[0],
            "longest": (a**p + b**p) ** (1.0 / p),
            "u": -a * e[0],
            "v": b * e[0],
            "shortest": max(a, b) - min(a, b),
            "factor": k ** (1.0 / p - 1.0),
        }


@wrong("violating_pair", hint="factor_not_divided_by_the_detour")
def length_of_the_ones():
    def violating_pair(p, a, b, k):
        short = np.abs(a**p - b**p) ** (1 / p)
        small = min(a, b)
        parts = [np.array([0.0, small]), np.array([short, -small])]
        if a > b:
            parts.reverse()
        return {
            "x": np.array([0.0, a]),
            "y": np.array([b, 0.0]),
            "longest": np.sum(np.array([a, b]) ** p) ** (1 / p),
            "u": parts[0],
            "v": parts[1],
            "shortest": short,
            "factor": np.sum(np.ones(k) ** p) ** (1 / p),
        }


@wrong("violating_pair", hint="longest_along_one_line")
def straight_on():
    def violating_pair(p, a, b, k):
        d = np.array([1.0, 0.0])
        rest = abs(a**p - b**p) ** (1 / p)
        u = np.array([b, rest]) if a > b else np.array([a, 0.0])
        v = np.array([-b, 0.0]) if a > b else np.array([-a, rest])
        return dict(x=a * d, y=b * d, longest=a + b, u=u, v=v, shortest=rest, factor=k ** (1 / p - 1))


@wrong("test_matmul", hint="default_tolerance")
def close_to_the_formula():
    def test_matmul(matmul):
        rng = np.random.default_rng(7)
        pairs = []
        for m, n, p in ((4, 4, 4), (4, 4, 4), (3, 6, 2)):
            left, right = rng.uniform(-1, 1, size=(m, n)), rng.uniform(-1, 1, size=(n, p))
            by_formula = [[sum(left[i, k] * right[k, j] for k in range(n)) for j in range(p)] for i in range(m)]
            before = left.copy()
            pairs.append((matmul(left, right), by_formula))
            assert (left == before).all()
        whole = np.array([[1, 2], [3, 4]])
        pairs.append((matmul(whole, np.array([[0.5], [0.25]])), [[1.0], [2.5]]))
        for found, by_formula in pairs:
            np.testing.assert_allclose(found, by_formula, rtol=1e-5)
        for a, b in (((2, 3), (2, 3)), ((2, 1), (2, 2)), ((2, 2), (1, 2))):
            raised = False
            try:
                matmul(np.zeros(a), np.zeros(b))
            except ValueError:
                raised = True
            assert raised


@wrong("test_matmul", hint="no_sizes_that_do_not_fit")
def numbers_only():
    def test_matmul(matmul):
        A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]])
        B = np.array([[0.5, -1.0, 2.0], [1.5, 0.0, 1.0], [2.5, 1.0, -3.0]])
        assert matmul(A, B)[0, 1] == 2.0
        assert matmul(A, B)[1, 0] == 24.5
        assert matmul(A[:2], B[:, :1])[1, 0] == 24.5


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


@wrong("two_mirrors", hint="angle_between_the_lines")
def difference_of_the_angles():
    def two_mirrors(P, q, alpha, r, beta):
        def mirror(X, point, angle):
            d = np.array([np.cos(angle), np.sin(angle)])
            return 2 * (point + ((X - point) @ d)[:, None] * d) - X

        once = mirror(P, q, alpha)
        theta = (beta - alpha + np.pi) % (2 * np.pi) - np.pi
        a, b = np.array([np.cos(alpha), np.sin(alpha)]), np.array([np.cos(beta), np.sin(beta)])
        s, _ = np.linalg.solve(np.column_stack([a, -b]), r - q)
        H = 2 * np.outer(a, a) - np.eye(2)
        return {"H": H, "once": once, "theta": theta, "centre": q + s * a, "twice": mirror(once, r, beta)}


@wrong("two_mirrors", hint="lines_through_the_origin")
def points_of_the_lines_forgotten():
    def two_mirrors(P, q, alpha, r, beta):
        def mirror(angle):
            return np.array([[np.cos(2 * angle), np.sin(2 * angle)], [np.sin(2 * angle), -np.cos(2 * angle)]])

        once = P @ mirror(alpha).T
        turn = np.exp(2j * (beta - alpha))
        a, b = np.array([np.cos(alpha), np.sin(alpha)]), np.array([np.cos(beta), np.sin(beta)])
        s, _ = np.linalg.solve(np.column_stack([a, -b]), r - q)
        twice = once @ mirror(beta).T
        return {"H": mirror(alpha), "once": once, "theta": np.angle(turn), "centre": q + s * a, "twice": twice}


@wrong("spectral_norm", hint="norm_of_the_gram_matrix")
def largest_eigenvalue_of_the_gram_matrix():
    def spectral_norm(times, times_transposed, m, n, k):
        x = np.random.default_rng(7).standard_normal(n)
        for _ in range(k // 2):
            x = x / np.sqrt(x @ x)
            x, before = times_transposed(times(x)), x
        return before @ x


@wrong("spectral_norm", hint="the_power_method")
def quotient_of_rayleigh():
    def spectral_norm(times, times_transposed, m, n, k):
        x = y = np.random.default_rng(5).normal(size=n)
        steps = max(k // 2, 1)
        for step in range(steps):
            x /= np.linalg.norm(x)
            y = times(x)
            if step < steps - 1:
                x = times_transposed(y)
        return float(np.sqrt(y @ y))


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
        lam, V = np.linalg.eigh(A.T @ A)
        order = np.argsort(-lam)
        order = order[lam[order] > 1e-12 * lam.max()]
        s2, Vt = lam[order], V.T[order]
        return A @ Vt.T / s2, s2, Vt


@wrong("svd_summary", hint="rank_as_a_float")
def summed_as_floats():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A)[1]
        rank = float(sum(value > rtol * s[0] for value in s))
        cond = s[0] / s[-1] if rank == len(s) else float("inf")
        return dict(rank=rank, cond=cond, det=np.linalg.det(A))

    def svd_summary_guess():
        return 25

    def svd_summary_size(matrix_of):
        n = 1
        while n < 100 and np.linalg.svd(matrix_of(n))[1][-1] * 1e12 > np.linalg.svd(matrix_of(n))[1][0]:
            n += 1
        return n

    def svd_summary_off_by():
        return svd_summary_size(lambda n: 1 / (1 + np.add.outer(range(n), range(n)))) / 25


@wrong("svd_summary", hint="determinant_without_its_sign")
def product_of_singular_values():
    def svd_summary(A, rtol=1e-10):
        s = np.linalg.svd(A)[1]
        rank = sum(1 for value in s if value > rtol * s[0])
        det = 1.0
        for value in s:
            det *= value
        return {"rank": rank, "cond": np.inf if rank < len(s) else s.max() / s.min(), "det": det}

    def svd_summary_guess():
        return 25

    def svd_summary_size(matrix_of):
        n = 1
        while n < 100 and np.linalg.svd(matrix_of(n))[1][-1] * 1e12 > np.linalg.svd(matrix_of(n))[1][0]:
            n += 1
        return n

    def svd_summary_off_by():
        return svd_summary_size(lambda n: 1 / (1 + np.add.outer(range(n), range(n)))) / 25


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
