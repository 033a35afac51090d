"""More unseen wrong answers to assignment 02; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("orthonormal_basis", hint="basis_in_rows")
def transposed_at_the_end():
    def orthonormal_basis(X, rtol=1e-10):
        u, sigma, _ = np.linalg.svd(X, full_matrices=False)
        return u.T[sigma > rtol * sigma[0]]


@wrong("project", hint="coefficients")
def least_squares_solution_itself():
    def project(x, X):
        return np.linalg.pinv(X) @ x


@wrong("covariance", hint="rows_as_samples")
def features_in_columns():
    def covariance(X, ddof=1):
        D = X - X.mean(0)
        return D.T @ D / (X.shape[0] - ddof)


@wrong("pca_fit", hint="samples_not_centred")
def svd_of_the_raw_data():
    def pca_fit(X, k):
        n = len(X)
        _, sigma, vt = np.linalg.svd(X, full_matrices=False)
        return X.mean(axis=0), vt[:k], sigma[:k] ** 2 / (n - 1)


@wrong("pca_transform", hint="mean_not_subtracted")
def product_only():
    def pca_transform(X, mean, components):
        return np.dot(X, components.T)

    def pca_inverse(Z, mean, components):
        return np.dot(Z, components) + mean


@wrong("ridge", hint="lam_subtracted")
def wrong_sign_of_the_penalty():
    def ridge(A, b, lam):
        gram = A.T @ A
        for i in range(len(gram)):
            gram[i, i] -= lam
        return np.linalg.solve(gram, A.T @ b)
