"""Unseen wrong answers to assignment 02; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("orthonormal_basis", hint="rtol_ignored")
def matrix_rank_of_its_own():
    def orthonormal_basis(X, rtol=1e-10):
        left, sigma, _ = np.linalg.svd(X, full_matrices=False)
        rank = sum(1 for value in sigma if value / sigma[0] > 1e-10)
        return left[:, :rank]


@wrong("orthonormal_basis", hint="absolute_tolerance")
def compared_with_rtol_itself():
    def orthonormal_basis(X, rtol=1e-10):
        left, sigma, _ = np.linalg.svd(X, full_matrices=False)
        return left[:, [i for i in range(len(sigma)) if sigma[i] > rtol]]


@wrong("project", hint="residual")
def what_is_left():
    def project(x, X):
        P = X @ np.linalg.pinv(X)
        return (np.eye(len(x)) - P) @ x


@wrong("project", hint="columns_taken_for_orthonormal")
def sum_of_projections():
    def project(x, X):
        result = np.zeros(len(x))
        for column in X.T:
            result = result + (column @ x) * column
        return result


@wrong("covariance", hint="not_centred")
def second_moment():
    def covariance(X, ddof=1):
        m, n = X.shape
        C = np.zeros((m, m))
        for j in range(n):
            C += np.outer(X[:, j], X[:, j])
        return C / (n - ddof)


@wrong("covariance", hint="ddof_ignored")
def numpy_with_its_default():
    def covariance(X, ddof=1):
        return np.atleast_2d(np.cov(X))


@wrong("pca_fit", hint="variance_divided_by_n")
def biased_covariance():
    def pca_fit(X, k):
        mu = X.mean(0)
        C = np.cov(X.T, ddof=0)
        lam, U = np.linalg.eigh(C)
        top = np.argsort(lam)[::-1][:k]
        return mu, U[:, top].T, lam[top]


@wrong("pca_fit", hint="directions_in_columns")
def eigenvectors_in_columns():
    def pca_fit(X, k):
        mu = np.mean(X, axis=0)
        A = X - mu
        lam, U = np.linalg.eigh(A.T @ A / (len(X) - 1))
        return mu, U[:, ::-1][:, :k], lam[::-1][:k]


@wrong("pca_transform", hint="mean_not_added_back")
def origin():
    def pca_transform(X, mean, components):
        return np.einsum("nd,kd->nk", X - mean, components)

    def pca_inverse(Z, mean, components):
        return np.dot(Z, components)


@wrong("pca_transform", hint="new_rows_centred_about_their_own_mean")
def own_mean():
    def pca_transform(X, mean, components):
        centre = X.sum(axis=0) / len(X)
        return np.dot(X - centre, components.T)

    def pca_inverse(Z, mean, components):
        return mean + np.dot(Z, components)


@wrong("leading_direction", hint="data_not_centred")
def from_x_itself():
    def leading_direction(X, iters, seed):
        S = X @ X.T
        v = np.random.default_rng(seed).standard_normal(S.shape[0])
        v /= np.linalg.norm(v)
        for _ in range(iters):
            v = S @ v
            v /= np.linalg.norm(v)
        return v


@wrong("leading_direction", hint="starts_at_ones")
def start_of_ones():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1)[:, None]
        C = A @ A.T / A.shape[1]
        v = np.full(len(X), 1.0)
        for _ in range(iters):
            w = C @ v
            v = w / np.sqrt(w @ w)
        return v


@wrong("lstsq_pinv", hint="normal_equations_solved")
def gram_matrix():
    def lstsq_pinv(A, b, rtol=1e-10):
        G = np.dot(A.T, A)
        rhs = np.dot(A.T, b)
        return np.linalg.solve(G, rhs)


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
