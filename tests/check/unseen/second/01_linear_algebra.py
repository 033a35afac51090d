"""More unseen wrong answers to assignment 01; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("lp_norm", hint="no_absolute_value")
def signed_powers():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p")
        if p == 0:
            return float(np.count_nonzero(x))
        if np.isinf(p):
            return float(np.max(np.abs(x)))
        total = 0.0
        for entry in x:
            total += float(entry) ** p
        return float(total ** (1 / p))

    def lp_norm_counterexample():
        return np.array([1e-180, -2e-180]), 2

    def lp_norm_fault():
        return "b"


@wrong("test_matmul", hint="only_shapes")
def sizes_of_the_product():
    def test_matmul(matmul):
        rng = np.random.default_rng(3)
        for m, n, p in ((5, 2, 3), (2, 4, 1)):
            found = matmul(rng.normal(size=(m, n)), rng.normal(size=(n, p)))
            assert found.ndim == 2 and len(found) == m and len(found[0]) == p
        assert matmul(np.eye(2), np.eye(2))[0, 1] == 0.0
        try:
            matmul(np.ones((3, 2)), np.ones((3, 2)))
        except ValueError:
            pass
        else:
            raise AssertionError("sizes do not fit")


@wrong("two_mirrors", hint="turned_the_other_way")
def alpha_minus_beta():
    def two_mirrors(P, q, alpha, r, beta):
        turn = np.exp(2j * (alpha - beta))
        z, a, b = P @ [1, 1j], q @ [1, 1j], r @ [1, 1j]
        once = a + np.exp(2j * alpha) * np.conj(z - a)
        twice = b + np.exp(2j * beta) * np.conj(once - b)
        back = np.conj(turn)
        centre = (b + np.exp(2j * beta) * np.conj(a + np.exp(2j * alpha) * np.conj(-a) - b)) / (1 - back)
        H = np.array([[np.cos(2 * alpha), np.sin(2 * alpha)], [np.sin(2 * alpha), -np.cos(2 * alpha)]])
        rows = lambda w: np.stack([w.real, w.imag], axis=-1)
        return {"H": H, "once": rows(once), "theta": np.angle(turn), "centre": rows(centre), "twice": rows(twice)}


@wrong("spectral_norm", hint="the_best_of_random_vectors")
def longest_image_of_unit_vectors():
    def spectral_norm(times, times_transposed, m, n, k):
        generator, longest = np.random.default_rng(11), 0.0
        while k > 0:
            direction = generator.normal(size=n)
            direction /= np.sqrt(np.sum(direction**2))
            longest = max(longest, np.sqrt(np.sum(times(direction) ** 2)))
            k -= 1
        return longest


@wrong("svd_summary", hint="condition_upside_down")
def smallest_over_largest():
    def svd_summary(A, rtol=1e-10):
        sigma = np.linalg.svd(A, compute_uv=False)
        rank = int((sigma > rtol * sigma.max()).sum())
        det = float(np.linalg.det(A)) if A.shape[0] == A.shape[1] else None
        return {"rank": rank, "det": det, "cond": float(sigma.min() / sigma.max())}

    def svd_summary_guess():
        return 25

    def svd_summary_size(matrix_of):
        n = 1
        while n < 100 and np.linalg.svd(matrix_of(n))[1][-1] * 1e12 > np.linalg.svd(matrix_of(n))[1][0]:
            n += 1
        return n

    def svd_summary_off_by():
        return svd_summary_size(lambda n: 1 / (1 + np.add.outer(range(n), range(n)))) / 25


@wrong("sym_eig", hint="ascending_as_eigh_returns_them")
def no_sorting():
    def sym_eig(A):
        values, vectors = np.linalg.eigh(A)
        best = np.abs(values).argmax()
        return values, vectors, vectors[:, best]


@wrong("violating_pair", hint="root_forgotten")
def powers_of_lengths():
    def violating_pair(p, a, b, k):
        A, B = a**p, b**p
        low, rest = min(a, b), abs(A - B) ** (1 / p)
        pair = [np.array([low, rest]), np.array([-low, 0.0])]
        u, v = pair if a >= b else pair[::-1]
        x, y = np.array([0.0, a]), np.array([b, 0.0])
        return {"x": x, "y": y, "longest": A + B, "u": u, "v": v, "shortest": abs(A - B), "factor": k ** (1 / p - 1)}
