"""Unseen wrong answers to assignment 02; `hint` is the catalogue entry with the same idea, or "none"."""
# ruff: noqa: F821 - what answers share is added to each
# pyright: reportUndefinedVariable=false

import numpy as np

from answers import shared, wrong


@wrong("orthonormal_basis", hint="rtol_ignored")
def matrix_rank_of_its_own():
    def orthonormal_basis(X, rtol=1e-10):
        left, sigma, _ = np.linalg.svd(X, full_matrices=False)
        rank = sum(1 for value in sigma if value / sigma[0] > 1e-10)
        return left[:, :rank]

    def orthonormal_basis_counterexample():
        return (np.array([[1.0, 1.0, 2.0], [0.0, 0.0, 5.0]]),)

    def orthonormal_basis_fault():
        return "b"


@wrong("orthonormal_basis", hint="absolute_tolerance")
def compared_with_rtol_itself():
    def orthonormal_basis(X, rtol=1e-10):
        left, sigma, _ = np.linalg.svd(X, full_matrices=False)
        return left[:, [i for i in range(len(sigma)) if sigma[i] > rtol]]

    def orthonormal_basis_counterexample():
        return (np.array([[1.0, 1.0, 2.0], [0.0, 0.0, 5.0]]),)

    def orthonormal_basis_fault():
        return "b"


@wrong("project", hint="residual")
def what_is_left():
    def project(x, X, w):
        root = np.sqrt(w)
        P = X @ np.linalg.pinv(root[:, None] * X) * root
        return (np.eye(len(x)) - P) @ x


@wrong("project", hint="weights_ignored")
def the_lectures_projection():
    def project(x, X, w):
        return X @ np.linalg.pinv(X, rcond=1e-10) @ x


@wrong("covariance", hint="not_centred")
def second_moment():
    def covariance(X, k, ddof=1):
        n, d = X.shape
        C = np.zeros((d, d))
        for i in range(n):
            C += k[i] * np.outer(X[i], X[i])
        return C / (np.sum(k) - ddof)


@wrong("covariance", hint="ddof_ignored")
def deviations_with_the_default():
    def covariance(X, k, ddof=1):
        D = X - np.average(X, axis=0, weights=k)
        return np.einsum("ni,nj,n->ij", D, D, k) / (np.sum(k) - 1)


@wrong("pca_fit", hint="variance_divided_by_n")
def biased_covariance():
    def pca_fit(X, k):
        mu = X.mean(0)
        C = np.cov(X.T, ddof=0)
        lam, U = np.linalg.eigh(C)
        top = np.argsort(lam)[::-1][:k]
        return mu, U[:, top].T, lam[top]

    def pca_fit_counterexample():
        return np.array([[1.0, 4.0, 0.0, 2.0], [3.0, 1.0, 5.0, 0.0], [0.0, 2.0, 1.0, 7.0]]), 1

    def pca_fit_fault():
        return "c"


@wrong("pca_fit", hint="directions_in_columns")
def eigenvectors_in_columns():
    def pca_fit(X, k):
        mu = np.mean(X, axis=0)
        A = X - mu
        lam, U = np.linalg.eigh(A.T @ A / (len(X) - 1))
        return mu, U[:, ::-1][:, :k], lam[::-1][:k]

    def pca_fit_counterexample():
        return np.array([[1.0, 4.0, 0.0, 2.0], [3.0, 1.0, 5.0, 0.0], [0.0, 2.0, 1.0, 7.0]]), 1

    def pca_fit_fault():
        return "c"


@wrong("test_pca_maps", hint="only_shapes")
def sizes_compared():
    def test_pca_maps(pca_maps):
        for n, d, k in [(4, 3, 2), (1, 3, 3)]:
            result = pca_maps(np.zeros((n, d)), np.zeros(d), np.eye(d)[:k])
            if [part.shape for part in result] != [(n, k), (n, d)]:
                raise ValueError("shapes differ")


@wrong("leading_direction", hint="data_not_centred")
def from_x_itself():
    def leading_direction(X, iters, seed):
        S = X.T @ X
        v = np.random.default_rng(seed).standard_normal(S.shape[0])
        v /= np.linalg.norm(v)
        for _ in range(iters):
            v = S @ v
            v /= np.linalg.norm(v)
        return v

    def leading_direction_guess():
        return 40

    def leading_direction_off_by(X, v, seed):
        for iters in range(1, 151):
            g = leading_direction(X, iters, seed)
            if np.linalg.norm(g - (g @ v) * v) < 1e-6:
                return iters / 40
        return 151 / 40


@wrong("leading_direction", hint="starts_at_ones")
def start_of_ones():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        C = A.T @ A / len(A)
        v = np.full(X.shape[1], 1.0)
        for _ in range(iters):
            w = C @ v
            v = w / np.sqrt(w @ w)
        return v

    def leading_direction_guess():
        return 40

    def leading_direction_off_by(X, v, seed):
        for iters in range(1, 151):
            g = leading_direction(X, iters, seed)
            if np.linalg.norm(g - (g @ v) * v) < 1e-6:
                return iters / 40
        return 151 / 40


@wrong("lstsq_nearest", hint="guess_added_whole")
def sum_of_both():
    def lstsq_nearest(A, b, x0):
        left, sigma, right = np.linalg.svd(A, full_matrices=False)
        r = int(sum(sigma / sigma[0] > 1e-10))
        best = right[:r].T.dot(left[:, :r].T.dot(b) / sigma[:r])
        rest = x0 - right[:r].T.dot(right[:r].dot(x0))
        x = best + x0
        return {"rank": r, "shortest": best, "free": rest, "x": x, "misfit": float(((A.dot(x) - b) ** 2).sum())}


@shared("ridge")
def choice_of_the_penalty():
    def ridge_fit(X, y):
        mu, sigma = np.mean(X, axis=0), np.std(X, axis=0)
        Xs, yc = (X - mu) / sigma, y - np.mean(y)
        order = np.random.default_rng(3).permutation(len(y))
        scores = {}
        for lam in [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10000]:
            scores[lam] = 0
            for val in np.array_split(order, 8):
                tr = np.setdiff1d(order, val)
                scores[lam] += np.sum((yc[val] - Xs[val] @ ridge(Xs[tr], yc[tr], lam)) ** 2)
        beta = ridge(Xs, yc, min(scores, key=lambda lam: scores[lam])) / sigma
        return np.insert(beta, 0, np.mean(y) - mu @ beta)


@wrong("ridge", hint="lam_squared")
def stacked():
    def ridge(A, b, lam):
        n = A.shape[1]
        top = np.concatenate([A, lam * np.identity(n)])
        return np.linalg.lstsq(top, np.concatenate([b, np.zeros(n)]), rcond=None)[0]


@wrong("ridge", hint="half_lam")
def from_the_gradient():
    def ridge(A, b, lam):
        n = A.shape[1]
        H = 2 * A.T @ A + lam * np.eye(n)
        return np.linalg.inv(H) @ (2 * A.T @ b)


@wrong("lasso_ista", hint="hard_threshold")
def zeroed():
    def lasso_ista(A, b, lam, iters=3000):
        L = 2 * np.linalg.eigvalsh(A.T @ A)[-1]
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            x = x - 2 * A.T @ (A @ x - b) / L
            x[np.abs(x) <= lam / L] = 0.0
        return x


@wrong("lasso_ista", hint="ridge_in_place_of_lasso")
def closed_form():
    def lasso_ista(A, b, lam, iters=3000):
        n = A.shape[1]
        return np.linalg.inv(A.T @ A + np.diag([lam] * n)) @ A.T @ b
