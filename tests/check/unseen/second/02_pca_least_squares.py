"""More unseen wrong answers to assignment 02; `hint` is the catalogue entry with the same idea, or "none"."""
# ruff: noqa: F821 - what answers share is added to each
# pyright: reportUndefinedVariable=false

import numpy as np

from answers import shared, wrong


@wrong("orthonormal_basis", hint="basis_in_rows")
def transposed_at_the_end():
    def orthonormal_basis(X, rtol=1e-10):
        u, sigma, _ = np.linalg.svd(X, full_matrices=False)
        return u.T[sigma > rtol * sigma[0]]

    def orthonormal_basis_counterexample():
        return (np.array([[1.0, 1.0, 2.0], [0.0, 0.0, 5.0]]),)

    def orthonormal_basis_fault():
        return "b"


@wrong("project", hint="coefficients")
def weighted_least_squares_solution_itself():
    def project(x, X, w):
        root = np.diag(np.sqrt(w))
        return np.linalg.pinv(root @ X) @ (root @ x)


@wrong("covariance", hint="mean_of_the_rows")
def center_of_the_table():
    def covariance(X, k, ddof=1):
        D = X - np.average(X, axis=0)
        return (D.T * k) @ D / (sum(k) - ddof)


@wrong("pca_fit", hint="samples_not_centred")
def svd_of_the_raw_data():
    def pca_fit(X, k):
        n = len(X)
        _, sigma, vt = np.linalg.svd(X, full_matrices=False)
        return X.mean(axis=0), vt[:k], sigma[:k] ** 2 / (n - 1)

    def pca_fit_counterexample():
        return np.array([[1.0, 4.0, 0.0, 2.0], [3.0, 1.0, 5.0, 0.0], [0.0, 2.0, 1.0, 7.0]]), 1

    def pca_fit_fault():
        return "c"


@wrong("test_pca_maps", hint="nothing_is_asserted")
def printed():
    def test_pca_maps(pca_maps):
        print(pca_maps(np.arange(6.0).reshape(2, 3), np.ones(3), np.eye(3)[:2]))


@shared("ridge")
def penalty_by_single_samples_left_out():
    def ridge_fit(X, y):
        avg, dev = X.mean(axis=0), X.std(axis=0)
        F, g, rows = (X - avg) / dev, y - y.mean(), range(0, len(y), 3)
        losses = []
        for power in range(-3, 4):
            left_out = [F[i] @ ridge(np.delete(F, i, 0), np.delete(g, i), 10.0**power) - g[i] for i in rows]
            losses.append(np.dot(left_out, left_out))
        coef = ridge(F, g, 10.0 ** (int(np.argmin(losses)) - 3)) / dev
        return np.hstack([y.mean() - avg @ coef, coef])


@wrong("ridge", hint="lam_subtracted")
def wrong_sign_of_the_penalty():
    def ridge(A, b, lam):
        gram = A.T @ A
        for i in range(len(gram)):
            gram[i, i] -= lam
        return np.linalg.solve(gram, A.T @ b)
