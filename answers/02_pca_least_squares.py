"""Answers to assignment 02: subspaces, PCA, least squares."""
# ruff: noqa: RUF059 - students, too, unpack what they do not use

import numpy as np

from answers import right, wrong

# 2.1 A basis of a span


@right("orthonormal_basis")
def pivoted_qr():
    def orthonormal_basis(X, rtol=1e-10):
        from scipy.linalg import qr

        Q, R, _ = map(np.asarray, qr(X, mode="economic", pivoting=True))
        lengths = np.abs(np.diag(R))
        return Q[:, lengths > rtol * lengths[0]]


@right("orthonormal_basis")
def gram_schmidt_twice():
    def orthonormal_basis(X, rtol=1e-10):
        longest = np.linalg.norm(X, axis=0).max()
        basis = []
        for x in X.T:
            rest = x.copy()
            for _ in range(2):
                for q in basis:
                    rest = rest - (q @ rest) * q
            if np.linalg.norm(rest) > rtol * longest:
                basis.append(rest / np.linalg.norm(rest))
        return np.stack(basis, axis=1)


@right("orthonormal_basis")
def scipy_orth():
    def orthonormal_basis(X, rtol=1e-10):
        from scipy.linalg import orth

        return orth(X, rcond=rtol)


@right("orthonormal_basis")
def loop_over_singular_values():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, _ = np.linalg.svd(X)
        rank = 0
        for sigma in s:
            if sigma > rtol * max(s):
                rank += 1
        return U[:, :rank]


@wrong("orthonormal_basis", hint="In which space do the columns of X lie, and which singular vectors lie in it?")
def right_singular_vectors():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, Vt = np.linalg.svd(X, full_matrices=False)
        return Vt[s > rtol * s[0]].T


@wrong("orthonormal_basis", hint="Which columns of U does X reach, and which only fill up the space?")
def full_u():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, Vt = np.linalg.svd(X)
        return U


@wrong("orthonormal_basis", hint="The columns have length 1 now; what is the inner product of two of them?")
def normalised_columns():
    def orthonormal_basis(X, rtol=1e-10):
        return X / np.linalg.norm(X, axis=0)


@wrong(
    "orthonormal_basis", hint="What is left of a dependent column in floating point, when it should be exactly zero?"
)
def gram_schmidt_without_tolerance():
    def orthonormal_basis(X, rtol=1e-10):
        basis = []
        for x in X.T:
            rest = x.copy()
            for q in basis:
                rest = rest - (q @ rest) * q
            if np.linalg.norm(rest) > 0:
                basis.append(rest / np.linalg.norm(rest))
        return np.stack(basis, axis=1)


@wrong(
    "orthonormal_basis", hint="How many columns does Q of a QR decomposition have when the columns of X are dependent?"
)
def plain_qr():
    def orthonormal_basis(X, rtol=1e-10):
        Q, R = np.linalg.qr(X)
        return Q


@wrong("orthonormal_basis", hint="Should the rank change when X is measured in kilometres in place of metres?")
def absolute_tolerance():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, Vt = np.linalg.svd(X, full_matrices=False)
        return U[:, s > rtol]


@wrong(
    "orthonormal_basis", hint="Print the singular values of a matrix with two equal columns: is the last one exactly 0?"
)
def greater_than_zero():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, Vt = np.linalg.svd(X, full_matrices=False)
        return U[:, s > 0]


@wrong("orthonormal_basis", hint="What does your function do with the argument rtol?")
def rtol_ignored():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, Vt = np.linalg.svd(X, full_matrices=False)
        return U[:, s > 1e-10 * s[0]]


@wrong(
    "orthonormal_basis",
    hint="A basis of a plane in R^6 is two vectors of length 6: which of your axes counts the vectors?",
)
def basis_in_rows():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, Vt = np.linalg.svd(X, full_matrices=False)
        return U[:, s > rtol * s[0]].T


@wrong("orthonormal_basis", hint="Is a column of zeros a member of an orthonormal basis?")
def dropped_columns_set_to_zero():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, Vt = np.linalg.svd(X, full_matrices=False)
        return U * (s > rtol * s[0])


@wrong(
    "orthonormal_basis",
    hint="Which directions belong to the singular values that count as 0: those kept, or those dropped?",
)
def null_space_in_place_of_the_span():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, Vt = np.linalg.svd(X)
        return U[:, np.count_nonzero(s > rtol * s[0]) :]


@wrong(
    "orthonormal_basis",
    hint="The eigenvalues of X X^T are squares: what is left of a singular value of 1e-6 next to one of 1?",
)
def eigenvectors_of_the_gram_matrix():
    def orthonormal_basis(X, rtol=1e-10):
        scaled = X / np.abs(X).max()
        values, vectors = np.linalg.eigh(scaled @ scaled.T)
        return vectors[:, values > max(rtol**2, 1e-13) * values[-1]]


@wrong("orthonormal_basis", hint="Does your bound change with rtol?")
def rtol_not_used():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, _ = np.linalg.svd(X, full_matrices=False)
        return U[:, s > 1e-4 * s[0]]


# 2.2 Projection onto a span


@right("project")
def least_squares_coefficients():
    def project(x, X):
        return X @ np.linalg.lstsq(X, x, rcond=1e-10)[0]


@right("project")
def pseudo_inverse():
    def project(x, X):
        return X @ (np.linalg.pinv(X, rcond=1e-10) @ x)


@right("project")
def basis_by_pivoted_qr():
    def project(x, X):
        from scipy.linalg import qr

        Q, R, _ = map(np.asarray, qr(X, mode="economic", pivoting=True))
        lengths = np.abs(np.diag(R))
        Q = Q[:, lengths > 1e-10 * lengths[0]]
        return Q @ Q.T @ x


@right("project")
def subtract_what_is_orthogonal():
    def project(x, X):
        from scipy.linalg import null_space

        N = null_space(X.T, rcond=1e-10)
        return x - N @ (N.T @ x)


@right("project")
def sum_over_basis_vectors():
    def project(x, X):
        U, s, _ = np.linalg.svd(X, full_matrices=False)
        p = np.zeros_like(x)
        for sigma, u in zip(s, U.T, strict=True):
            if sigma > 1e-10 * s[0]:
                p += np.dot(u, x) * u
        return p


@wrong("project", hint="For which X is X X^T a projection?")
def columns_taken_for_orthonormal():
    def project(x, X):
        return X @ (X.T @ x)


@wrong("project", hint="Does X^T X have an inverse when the columns of X are dependent?")
def inverse_of_a_singular_matrix():
    def project(x, X):
        return X @ np.linalg.inv(X.T @ X) @ X.T @ x


@wrong("project", hint="How many numbers does a point of R^m have, and how many does your result have?")
def coefficients():
    def project(x, X):
        return np.linalg.lstsq(X, x, rcond=None)[0]


@wrong("project", hint="Is your result in the span, or orthogonal to it?")
def residual():
    def project(x, X):
        return x - X @ np.linalg.lstsq(X, x, rcond=None)[0]


@wrong("project", hint="The columns have length 1 now; are they orthogonal to each other, too?")
def normalised_but_not_orthogonal():
    def project(x, X):
        Q = X / np.linalg.norm(X, axis=0)
        return Q @ (Q.T @ x)


@wrong("project", hint="Which part of the span does your result use, when X has several columns?")
def first_column_only():
    def project(x, X):
        q = X[:, 0] / np.linalg.norm(X[:, 0])
        return (q @ x) * q


@wrong("project", hint="Does Q of a QR decomposition span more than X does, when the columns of X are dependent?")
def plain_qr_basis():
    def project(x, X):
        Q, R = np.linalg.qr(X)
        return Q @ (Q.T @ x)


@wrong("project", hint="Which of U and V has columns in the space of x?")
def full_u_projects_onto_everything():
    def project(x, X):
        U, s, Vt = np.linalg.svd(X)
        return U @ (U.T @ x)


@wrong("project", hint="Should the span be that of the columns of X, or of its rows?")
def span_of_the_rows():
    def project(x, X):
        return np.linalg.pinv(X) @ X @ x


@wrong("project", hint="What is the shape of x, and what is the shape of your result?")
def column_in_place_of_vector():
    def project(x, X):
        return X @ (np.linalg.pinv(X) @ x.reshape(-1, 1))


@wrong("project", hint="From which size on does a singular value count, next to the largest?")
def coarse_bound():
    def project(x, X):
        U, s, _ = np.linalg.svd(X, full_matrices=False)
        Q = U[:, s > 1e-6 * s[0]]
        return Q @ (Q.T @ x)


@wrong("project", hint="Which bound does lstsq use where you give it none, and which one does the task name?")
def bound_of_lstsq():
    def project(x, X):
        return X @ np.linalg.lstsq(X, x)[0]


# 2.3 Covariance matrix


@right("covariance")
def numpy_cov():
    def covariance(X, ddof=1):
        return np.cov(X, ddof=ddof)


@right("covariance")
def sum_of_outer_products():
    def covariance(X, ddof=1):
        m, n = X.shape
        mean = X.sum(axis=1) / n
        C = np.zeros((m, m))
        for i in range(n):
            C += np.outer(X[:, i] - mean, X[:, i] - mean)
        return C / (n - ddof)


@right("covariance")
def mean_of_products_less_product_of_means():
    def covariance(X, ddof=1):
        n = X.shape[1]
        mean = X.mean(axis=1)
        return (X @ X.T - n * np.outer(mean, mean)) / (n - ddof)


@right("covariance")
def einsum_of_centred_samples():
    def covariance(X, ddof=1):
        centred = (X.T - X.T.mean(axis=0)).T
        return np.einsum("in,jn->ij", centred, centred) / (X.shape[1] - ddof)


@wrong("covariance", hint="Which axis of X counts the samples here: do rows or columns stand for one sample?")
def rows_as_samples():
    def covariance(X, ddof=1):
        centred = X - X.mean(axis=0)
        return centred.T @ centred / (X.shape[0] - ddof)


@wrong("covariance", hint="What would your matrix say of samples that are all the same, but not 0?")
def not_centred():
    def covariance(X, ddof=1):
        return X @ X.T / (X.shape[1] - ddof)


@wrong("covariance", hint="What does your function do with the argument ddof?")
def ddof_ignored():
    def covariance(X, ddof=1):
        centred = X - X.mean(axis=1, keepdims=True)
        return centred @ centred.T / (X.shape[1] - 1)


@wrong(
    "covariance",
    hint="Is the sum taken over the samples or over the features, and which of the two is counted below it?",
)
def divided_by_the_number_of_features():
    def covariance(X, ddof=1):
        centred = X - X.mean(axis=1, keepdims=True)
        return centred @ centred.T / (X.shape[0] - ddof)


@wrong("covariance", hint="Is your mean a number a feature, or a number a sample?")
def mean_of_each_sample():
    def covariance(X, ddof=1):
        centred = X - X.mean(axis=0)
        return centred @ centred.T / (X.shape[1] - ddof)


@wrong("covariance", hint="What has become of the caller's X after your function?")
def centred_in_place():
    def covariance(X, ddof=1):
        X -= X.mean(axis=1, keepdims=True)
        return X @ X.T / (X.shape[1] - ddof)


@wrong("covariance", hint="What stands on the diagonal: variances, or ones?")
def correlation():
    def covariance(X, ddof=1):
        return np.corrcoef(X)


@wrong("covariance", hint="Where are the covariances of two different features?")
def variances_only():
    def covariance(X, ddof=1):
        return np.diag(X.var(axis=1, ddof=ddof))


@wrong("covariance", hint="Should the entries grow when every sample is measured twice?")
def not_divided():
    def covariance(X, ddof=1):
        centred = X - X.mean(axis=1, keepdims=True)
        return centred @ centred.T


@wrong(
    "covariance", hint="Which axis does a mean of shape (m,) line up with, when it is subtracted from an (m, n) array?"
)
def mean_without_keepdims():
    def covariance(X, ddof=1):
        centred = X - X.mean(axis=1)
        return centred @ centred.T / (X.shape[1] - ddof)


@wrong("covariance", hint="Is it the sum over the samples that is divided by n - ddof, or the mean?")
def divided_twice():
    def covariance(X, ddof=1):
        return np.cov(X, ddof=ddof) / (X.shape[1] - ddof)


# 2.4 PCA from data


@right("pca_fit")
def eigenvectors_of_the_covariance():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        values, vectors = np.linalg.eigh(np.cov(X, rowvar=False))
        return mean, vectors[:, ::-1][:, :k].T, values[::-1][:k]


@right("pca_fit")
def flipped_signs():
    def pca_fit(X, k):
        mean = np.mean(X, axis=0)
        U, s, Vt = np.linalg.svd(X - mean)
        return mean, -Vt[:k], s[:k] ** 2 / (X.shape[0] - 1)


@right("pca_fit")
def scikit_learn():
    def pca_fit(X, k):
        from sklearn.decomposition import PCA

        pca = PCA(n_components=k, svd_solver="full").fit(X)
        return pca.mean_, pca.components_, pca.explained_variance_


@right("pca_fit")
def variance_of_the_scores():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        _, _, Vt = np.linalg.svd(X - mean, full_matrices=False)
        scores = (X - mean) @ Vt[:k].T
        return mean, Vt[:k], scores.var(axis=0, ddof=1)


@right("pca_fit")
def samples_in_columns_as_on_the_slide():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        U, s, _ = np.linalg.svd((X - mean).T, full_matrices=False)
        return mean, U.T[:k], s[:k] ** 2 / (len(X) - 1)


@wrong("pca_fit", hint="Variance is about the mean. Is the mean of every feature 0 before the SVD?")
def samples_not_centred():
    def pca_fit(X, k):
        U, s, Vt = np.linalg.svd(X, full_matrices=False)
        return X.mean(axis=0), Vt[:k], s[:k] ** 2 / (len(X) - 1)


@wrong("pca_fit", hint="After dividing by the standard deviations, whose variance do the directions maximise?")
def standardised():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        U, s, Vt = np.linalg.svd((X - mean) / X.std(axis=0, ddof=1), full_matrices=False)
        return mean, Vt[:k], s[:k] ** 2 / (len(X) - 1)


@wrong(
    "pca_fit", hint="Samples are rows here, where the slide has columns: which singular vectors are directions of R^d?"
)
def left_singular_vectors():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        U, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
        return mean, U[:, :k].T, s[:k] ** 2 / (len(X) - 1)


@wrong("pca_fit", hint="By which number is the variance divided in the task: n or n - 1?")
def variance_divided_by_n():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        U, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
        return mean, Vt[:k], s[:k] ** 2 / len(X)


@wrong("pca_fit", hint="How is the variance along a direction made from the singular value that belongs to it?")
def singular_values_in_place_of_variances():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        U, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
        return mean, Vt[:k], s[:k]


@wrong("pca_fit", hint="In which order does eigh return eigenvalues?")
def ascending_order():
    def pca_fit(X, k):
        values, vectors = np.linalg.eigh(np.cov(X.T))
        return X.mean(axis=0), vectors[:, :k].T, values[:k]


@wrong("pca_fit", hint="Are the samples the rows or the columns of X here?")
def columns_as_samples():
    def pca_fit(X, k):
        mean = X.mean(axis=1)
        U, s, Vt = np.linalg.svd(X - mean[:, None], full_matrices=False)
        return mean, U[:, :k].T, s[:k] ** 2 / (X.shape[1] - 1)


@wrong("pca_fit", hint="Is the variance asked for, or its share of the total?")
def variance_ratio():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        U, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
        variance = s**2 / (len(X) - 1)
        return mean, Vt[:k], variance[:k] / variance.sum()


@wrong("pca_fit", hint="Are the directions the rows of components, or its columns?")
def directions_in_columns():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        U, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
        return mean, Vt[:k].T, s[:k] ** 2 / (len(X) - 1)


@wrong("pca_fit", hint="What does np.linalg.svd return as its third value: V, or its transpose?")
def columns_of_v_transposed():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        U, s, V = np.linalg.svd(X - mean)
        return mean, V[:, :k].T, s[:k] ** 2 / (len(X) - 1)


@wrong("pca_fit", hint="How many directions does the caller ask for?")
def k_ignored():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        U, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
        return mean, Vt, s**2 / (len(X) - 1)


@wrong("pca_fit", hint="What length does each direction have?")
def directions_scaled_by_singular_values():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        U, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
        return mean, s[:k, None] * Vt[:k], s[:k] ** 2 / (len(X) - 1)


# 2.5 PCA as a map, and back


@right("pca_transform")
def einsum():
    def pca_transform(X, mean, components):
        return np.einsum("nd,kd->nk", X - mean, components)

    def pca_inverse(Z, mean, components):
        return np.einsum("nk,kd->nd", Z, components) + mean


@right("pca_transform")
def row_by_row():
    def pca_transform(X, mean, components):
        return np.array([[np.dot(x - mean, g) for g in components] for x in X])

    def pca_inverse(Z, mean, components):
        X = np.tile(mean, (len(Z), 1))
        for i in range(len(Z)):
            for j in range(len(components)):
                X[i] = X[i] + Z[i, j] * components[j]
        return X


@right("pca_transform")
def mean_projected_apart():
    def pca_transform(X, mean, components):
        return X @ components.T - components @ mean

    def pca_inverse(Z, mean, components):
        return mean[None, :] + (components.T @ Z.T).T


@wrong("pca_transform", hint="What are the scores of the mean itself?")
def mean_not_subtracted():
    def pca_transform(X, mean, components):
        return X @ components.T

    def pca_inverse(Z, mean, components):
        return Z @ components + mean


@wrong(
    "pca_transform", hint="Which mean belongs in the formula when X is a single new row: its own, or that of the fit?"
)
def new_rows_centred_about_their_own_mean():
    def pca_transform(X, mean, components):
        return (X - X.mean(axis=0)) @ components.T

    def pca_inverse(Z, mean, components):
        return Z @ components + mean


@wrong("pca_transform", hint="Which point has the scores 0: the origin, or the mean?")
def mean_not_added_back():
    def pca_transform(X, mean, components):
        return (X - mean) @ components.T

    def pca_inverse(Z, mean, components):
        return Z @ components


@wrong(
    "pca_transform", hint="With directions in rows, is a score the product with a row or with a column of components?"
)
def components_not_transposed():
    def pca_transform(X, mean, components):
        return (X - mean) @ components

    def pca_inverse(Z, mean, components):
        return Z @ components.T + mean


@wrong("pca_transform", hint="Does the mean have d numbers or k, and where in the formula can it be subtracted?")
def mean_subtracted_after_the_projection():
    def pca_transform(X, mean, components):
        return X @ components.T - mean[: len(components)]

    def pca_inverse(Z, mean, components):
        return Z @ components + mean


@wrong("pca_transform", hint="Does the formula divide by anything?")
def divided_by_the_spread():
    def pca_transform(X, mean, components):
        Z = (X - mean) @ components.T
        return Z / Z.std(axis=0)

    def pca_inverse(Z, mean, components):
        return Z @ components + mean


@wrong("pca_transform", hint="What is the shape of the result when X has one row?")
def one_row_squeezed():
    def pca_transform(X, mean, components):
        return np.squeeze((X - mean) @ components.T)

    def pca_inverse(Z, mean, components):
        return np.squeeze(Z @ components + mean)


@wrong(
    "pca_transform",
    hint="Is the mean taken from X before, or from the scores after: what are the scores of the mean itself?",
)
def scores_centred_about_their_own_mean():
    def pca_transform(X, mean, components):
        Z = X @ components.T
        return Z - Z.mean(axis=0)

    def pca_inverse(Z, mean, components):
        return Z @ components + mean


@wrong("pca_transform", hint="Are scores k numbers a row, or points of R^d?")
def projection_in_place_of_scores():
    def pca_transform(X, mean, components):
        return (X - mean) @ components.T @ components

    def pca_inverse(Z, mean, components):
        return Z @ components + mean


@wrong("pca_transform", hint="If the mean is taken away on the way there, what has to happen to it on the way back?")
def mean_subtracted_on_the_way_back():
    def pca_transform(X, mean, components):
        return (X - mean) @ components.T

    def pca_inverse(Z, mean, components):
        return (Z @ components) - mean


# 2.6 The first direction by power iteration


@right("leading_direction")
def covariance_computed_once():
    def leading_direction(X, iters, seed):
        C = np.cov(X)
        g = np.random.default_rng(seed).standard_normal(len(C))
        for _ in range(iters):
            g = C @ g
            g /= np.sqrt(g @ g)
        return g


@right("leading_direction")
def normalised_before_each_step():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        rng = np.random.default_rng(seed)
        g = rng.uniform(-1, 1, size=X.shape[0])
        for _ in range(iters):
            g = g / np.linalg.norm(g)
            g = A @ A.T @ g
        return g / np.linalg.norm(g)


@wrong("leading_direction", hint="What becomes of the length of g after a hundred multiplications?")
def never_normalised():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        g = np.random.default_rng(seed).normal(size=len(X))
        for _ in range(iters):
            g = A @ (A.T @ g)
        return g


@wrong(
    "leading_direction", hint="In which direction does X X^T amplify most, when all samples are far from the origin?"
)
def data_not_centred():
    def leading_direction(X, iters, seed):
        g = np.random.default_rng(seed).normal(size=len(X))
        for _ in range(iters):
            g = X @ (X.T @ g)
            g = g / np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="What is A A^T times the zero vector?")
def zero_start():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        g = np.zeros(len(X))
        for _ in range(iters):
            g = A @ (A.T @ g)
            g = g / np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="How often is g multiplied by A A^T?")
def one_iteration():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        g = np.random.default_rng(seed).normal(size=len(X))
        g = A @ (A.T @ g)
        return g / np.linalg.norm(g)


@wrong("leading_direction", hint="Does eigh put the largest eigenvalue first or last?")
def smallest_direction():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        return np.linalg.eigh(A @ A.T)[1][:, 0]


@wrong("leading_direction", hint="Which norm does the task ask for?")
def largest_entry_in_place_of_length():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        g = np.random.default_rng(seed).normal(size=len(X))
        for _ in range(iters):
            g = A @ (A.T @ g)
            g = g / np.abs(g).max()
        return g


@wrong("leading_direction", hint="Which norm does the task ask for?")
def sum_of_entries_in_place_of_length():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        g = np.random.default_rng(seed).normal(size=len(X))
        for _ in range(iters):
            g = A @ (A.T @ g)
            g = g / np.abs(g).sum()
        return g


@wrong("leading_direction", hint="What if the direction sought is orthogonal to your fixed start?")
def starts_at_ones():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        g = np.ones(len(X))
        for _ in range(iters):
            g = A @ (A.T @ g)
            g = g / np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="What if the direction sought is orthogonal to your fixed start?")
def starts_at_the_first_axis():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        g = np.eye(len(X))[0]
        for _ in range(iters):
            g = A @ (A.T @ g)
            g = g / np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="Is your mean a sample, or a number for each sample?")
def each_sample_centred():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=len(X))
        for _ in range(iters):
            g = A @ (A.T @ g)
            g = g / np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="Samples are columns here: is A A^T a matrix of features or of samples?")
def direction_among_the_samples():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.linalg.norm(g)
        return g


@wrong(
    "leading_direction",
    hint="The task asks for power iteration from a random start. What does your answer do with iters and seed?",
)
def first_left_singular_vector():
    def leading_direction(X, iters, seed):
        U, _, _ = np.linalg.svd(X - X.mean(axis=1, keepdims=True))
        return U[:, 0]


@wrong(
    "leading_direction",
    hint="The task asks for power iteration from a random start. What does your answer do with iters and seed?",
)
def last_eigenvector():
    def leading_direction(X, iters, seed):
        A = X - np.mean(X, axis=1)[:, None]
        return np.linalg.eigh(A @ A.T)[1][:, -1]


@wrong("leading_direction", hint="How many times is g multiplied: iters times?")
def always_a_hundred_times():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        g = np.random.default_rng(seed).normal(size=len(X))
        for _ in range(100):
            g = A @ (A.T @ g)
            g /= np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="Does another seed give another start?")
def seed_not_used():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        g = np.random.default_rng(0).normal(size=len(X))
        for _ in range(iters):
            g = A @ (A.T @ g)
            g /= np.linalg.norm(g)
        return g


# 2.7 Least squares by the pseudo-inverse


@right("lstsq_pinv")
def numpy_pinv():
    def lstsq_pinv(A, b, rtol=1e-10):
        return np.linalg.pinv(A, rcond=rtol) @ b


@right("lstsq_pinv")
def numpy_lstsq():
    def lstsq_pinv(A, b, rtol=1e-10):
        return np.linalg.lstsq(A, b, rcond=rtol)[0]


@right("lstsq_pinv")
def sum_over_singular_values():
    def lstsq_pinv(A, b, rtol=1e-10):
        U, s, Vt = np.linalg.svd(A)
        x = np.zeros((A.shape[1],) + b.shape[1:])
        for i, sigma in enumerate(s):
            if sigma > rtol * s[0]:
                x += np.multiply.outer(Vt[i], U[:, i] @ b) / sigma
        return x


@right("lstsq_pinv")
def reciprocals_where_they_count():
    def lstsq_pinv(A, b, rtol=1e-10):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > rtol * s.max()
        inverse = np.divide(1.0, s, out=np.zeros_like(s), where=keep)
        return Vt.T @ np.diag(inverse) @ U.T @ b


@wrong("lstsq_pinv", hint="When are the columns of A such that A^T A has an inverse?")
def inverse_of_the_gram_matrix():
    def lstsq_pinv(A, b, rtol=1e-10):
        return np.linalg.inv(A.T @ A) @ A.T @ b


@wrong("lstsq_pinv", hint="When are the columns of A such that the normal equations have one solution?")
def normal_equations_solved():
    def lstsq_pinv(A, b, rtol=1e-10):
        return np.linalg.solve(A.T @ A, A.T @ b)


@wrong("lstsq_pinv", hint="What is 1 / sigma when sigma is 1e-16, and should be 0?")
def no_cut_off():
    def lstsq_pinv(A, b, rtol=1e-10):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        return Vt.T @ ((U / s).T @ b)


@wrong("lstsq_pinv", hint="What does a small number on the diagonal of A^T A do when A itself is small?")
def disguised_ridge():
    def lstsq_pinv(A, b, rtol=1e-10):
        return np.linalg.solve(A.T @ A + 1e-8 * np.eye(A.shape[1]), A.T @ b)


@wrong("lstsq_pinv", hint="When b has columns, does / s divide the rows or the columns of U^T b?")
def rows_divided_as_columns():
    def lstsq_pinv(A, b, rtol=1e-10):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > rtol * s[0]
        return Vt[keep].T @ ((U[:, keep].T @ b) / s[keep])


@wrong("lstsq_pinv", hint="Does np.linalg.svd return V or V^T, and which of the two is needed here?")
def v_transposed_in_place_of_v():
    def lstsq_pinv(A, b, rtol=1e-10):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > rtol * s[0]
        return Vt[:, keep] @ ((U[:, keep] / s[keep]).T @ b)


@wrong("lstsq_pinv", hint="Which singular values of 1e-12 A count as 0, when none of A does?")
def absolute_cut_off():
    def lstsq_pinv(A, b, rtol=1e-10):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 1e-7
        return Vt[keep].T @ ((U[:, keep] / s[keep]).T @ b)


@wrong("lstsq_pinv", hint="What does your function do with the argument rtol?")
def argument_rtol_ignored():
    def lstsq_pinv(A, b, rtol=1e-10):
        return np.linalg.pinv(A, rcond=1e-10) @ b


@wrong("lstsq_pinv", hint="What is the shape of x when b is a vector?")
def solution_always_a_matrix():
    def lstsq_pinv(A, b, rtol=1e-10):
        return np.linalg.pinv(A, rcond=rtol) @ b.reshape(len(b), -1)


@wrong("lstsq_pinv", hint="Does the formula multiply by the singular values, or divide by them?")
def multiplied_by_singular_values():
    def lstsq_pinv(A, b, rtol=1e-10):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > rtol * s[0]
        return Vt[keep].T @ ((U[:, keep] * s[keep]).T @ b)


@wrong("lstsq_pinv", hint="Of all solutions, which one does the task ask for?")
def some_solution_but_not_the_smallest():
    def lstsq_pinv(A, b, rtol=1e-10):
        from scipy.linalg import qr, solve_triangular

        Q, R, order = map(np.asarray, qr(A, mode="economic", pivoting=True))
        r = np.count_nonzero(np.abs(np.diag(R)) > rtol * abs(R[0, 0]))
        x = np.zeros((A.shape[1],) + b.shape[1:])
        x[order[:r]] = solve_triangular(R[:r, :r], Q[:, :r].T @ b)
        return x


@wrong("lstsq_pinv", hint="Does your bound change with rtol?")
def rtol_not_handed_on():
    def lstsq_pinv(A, b, rtol=1e-10):
        return np.linalg.pinv(A, rcond=1e-4) @ b


@wrong("lstsq_pinv", hint="What must the bound be multiplied by, so that 1e-13 A keeps as many singular values as A?")
def rtol_alone_as_the_bound():
    def lstsq_pinv(A, b, rtol=1e-10):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > rtol
        return Vt[keep].T @ ((U[:, keep] / s[keep]).T @ b)


# 2.8 Ridge regression


@right("ridge")
def augmented_least_squares():
    def ridge(A, b, lam):
        n = A.shape[1]
        rows = np.vstack([A, np.sqrt(lam) * np.eye(n)])
        return np.linalg.lstsq(rows, np.append(b, np.zeros(n)), rcond=None)[0]


@right("ridge")
def dual_form():
    def ridge(A, b, lam):
        return A.T @ np.linalg.solve(A @ A.T + lam * np.eye(len(A)), b)


@right("ridge")
def filtered_singular_values():
    def ridge(A, b, lam):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        return Vt.T @ (s / (s**2 + lam) * (U.T @ b))


@right("ridge")
def scikit_learn_without_intercept():
    def ridge(A, b, lam):
        from sklearn.linear_model import Ridge

        return Ridge(alpha=lam, fit_intercept=False, solver="svd").fit(A, b).coef_


@right("ridge")
def explicit_inverse():
    def ridge(A, b, lam):
        penalty = np.identity(A.shape[1])
        penalty *= lam
        return np.linalg.inv(A.T @ A + penalty) @ A.T @ b


@wrong("ridge", hint="Is the weight before the squared norm lam, or its square?")
def lam_squared():
    def ridge(A, b, lam):
        return np.linalg.solve(A.T @ A + lam**2 * np.eye(A.shape[1]), A.T @ b)


@wrong("ridge", hint="Is the first term of the task a sum over the rows, or a mean?")
def lam_times_m():
    def ridge(A, b, lam):
        return np.linalg.solve(A.T @ A + lam * len(A) * np.eye(A.shape[1]), A.T @ b)


@wrong("ridge", hint="What does your function do with the argument lam?")
def no_penalty():
    def ridge(A, b, lam):
        return np.linalg.lstsq(A, b, rcond=None)[0]


@wrong("ridge", hint="Both terms of the gradient have a factor 2. Did only one of them lose it?")
def half_lam():
    def ridge(A, b, lam):
        return np.linalg.solve(A.T @ A + lam / 2 * np.eye(A.shape[1]), A.T @ b)


@wrong("ridge", hint="To which entries of A^T A does your line add lam?")
def lam_added_everywhere():
    def ridge(A, b, lam):
        return np.linalg.solve(A.T @ A + lam, A.T @ b)


@wrong("ridge", hint="What is the squared length of the rows that you put below A?")
def augmented_without_square_root():
    def ridge(A, b, lam):
        n = A.shape[1]
        rows = np.vstack([A, lam * np.eye(n)])
        return np.linalg.lstsq(rows, np.append(b, np.zeros(n)), rcond=None)[0]


@wrong("ridge", hint="Which coefficients does the norm of x hold?")
def first_coefficient_not_penalised():
    def ridge(A, b, lam):
        penalty = lam * np.eye(A.shape[1])
        penalty[0, 0] = 0.0
        return np.linalg.lstsq(A.T @ A + penalty, A.T @ b, rcond=None)[0]


@wrong("ridge", hint="Does the task have an intercept?")
def intercept_fitted():
    def ridge(A, b, lam):
        from sklearn.linear_model import Ridge

        return Ridge(alpha=lam).fit(A, b).coef_


@wrong("ridge", hint="Does the penalty make the matrix easier to invert, or harder?")
def lam_subtracted():
    def ridge(A, b, lam):
        return np.linalg.solve(A.T @ A - lam * np.eye(A.shape[1]), A.T @ b)


@wrong("ridge", hint="Both terms of the gradient have a factor 2. Did only one of them lose it?")
def twice_lam():
    def ridge(A, b, lam):
        return np.linalg.solve(A.T @ A + 2 * lam * np.eye(A.shape[1]), A.T @ b)


@wrong("ridge", hint="What happens to the least-squares solution along each singular vector: the same factor for all?")
def least_squares_shrunk_evenly():
    def ridge(A, b, lam):
        return np.linalg.lstsq(A, b, rcond=None)[0] / (1 + lam)


# 2.9 Lasso by iterated soft thresholding


@right("lasso_ista")
def products_computed_once():
    def lasso_ista(A, b, lam, iters=3000):
        gram, target = 2 * A.T @ A, 2 * A.T @ b
        t = 1 / np.linalg.eigvalsh(gram)[-1]
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            z = x - t * (gram @ x - target)
            x = np.where(z > t * lam, z - t * lam, np.where(z < -t * lam, z + t * lam, 0.0))
        return x


@right("lasso_ista")
def shrunk_by_torch():
    def lasso_ista(A, b, lam, iters=3000):
        import torch

        A, b = torch.from_numpy(A), torch.from_numpy(b)
        step = 0.5 / torch.linalg.matrix_norm(A, 2).item() ** 2
        x = A.new_zeros(A.shape[1])
        for _ in range(iters):
            x = torch.nn.functional.softshrink(x - 2 * step * A.T @ (A @ x - b), step * lam)
        return x.numpy()


@wrong("lasso_ista", hint="What is the derivative of the square in the first term?")
def gradient_without_two():
    def lasso_ista(A, b, lam, iters=3000):
        t = 1 / (2 * np.linalg.norm(A, 2) ** 2)
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            z = x - t * A.T @ (A @ x - b)
            x = np.sign(z) * np.maximum(np.abs(z) - t * lam, 0)
        return x


@wrong("lasso_ista", hint="The shrinking is part of a step of length t: by how much does it shrink?")
def threshold_without_step():
    def lasso_ista(A, b, lam, iters=3000):
        t = 1 / (2 * np.linalg.norm(A, 2) ** 2)
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            z = x - t * 2 * A.T @ (A @ x - b)
            x = np.sign(z) * np.maximum(np.abs(z) - lam, 0)
        return x


@wrong("lasso_ista", hint="Is the penalty lam times the norm, or half of that?")
def half_the_threshold():
    def lasso_ista(A, b, lam, iters=3000):
        t = 1 / (2 * np.linalg.norm(A, 2) ** 2)
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            z = x - t * 2 * A.T @ (A @ x - b)
            x = np.sign(z) * np.maximum(np.abs(z) - t * lam / 2, 0)
        return x


@wrong("lasso_ista", hint="Are coefficients above the threshold left as they are, or shrunk, too?")
def hard_threshold():
    def lasso_ista(A, b, lam, iters=3000):
        t = 1 / (2 * np.linalg.norm(A, 2) ** 2)
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            z = x - t * 2 * A.T @ (A @ x - b)
            x = np.where(np.abs(z) > t * lam, z, 0.0)
        return x


@wrong("lasso_ista", hint="What becomes of a negative coefficient?")
def sign_lost():
    def lasso_ista(A, b, lam, iters=3000):
        t = 1 / (2 * np.linalg.norm(A, 2) ** 2)
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            z = x - t * 2 * A.T @ (A @ x - b)
            x = np.maximum(np.abs(z) - t * lam, 0)
        return x


@wrong("lasso_ista", hint="How large may the step be, when the gradient changes by up to 2 sigma_1^2 for a unit step?")
def step_too_large():
    def lasso_ista(A, b, lam, iters=3000):
        t = 1 / np.linalg.norm(A, 2)
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            z = x - t * 2 * A.T @ (A @ x - b)
            x = np.sign(z) * np.maximum(np.abs(z) - t * lam, 0)
        return x


@wrong("lasso_ista", hint="By what does scikit-learn divide the first term?")
def scikit_learn_with_alpha_lam():
    def lasso_ista(A, b, lam, iters=3000):
        from sklearn.linear_model import Lasso

        return Lasso(alpha=lam, fit_intercept=False, tol=1e-12, max_iter=100000).fit(A, b).coef_


@wrong("lasso_ista", hint="Where in your loop does the penalty come in?")
def no_shrinkage():
    def lasso_ista(A, b, lam, iters=3000):
        t = 1 / (2 * np.linalg.norm(A, 2) ** 2)
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            x = x - t * 2 * A.T @ (A @ x - b)
        return x


@wrong("lasso_ista", hint="What is the gradient's largest change for a unit step, with the factor 2 of the square?")
def step_twice_as_large():
    def lasso_ista(A, b, lam, iters=3000):
        t = 1 / np.linalg.norm(A, 2) ** 2
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            z = x - t * 2 * A.T @ (A @ x - b)
            x = np.sign(z) * np.maximum(np.abs(z) - t * lam, 0)
        return x


@wrong("lasso_ista", hint="Which norm is in the penalty: does it give coefficients that are exactly 0?")
def ridge_in_place_of_lasso():
    def lasso_ista(A, b, lam, iters=3000):
        return np.linalg.solve(A.T @ A + lam * np.eye(A.shape[1]), A.T @ b)


@wrong("lasso_ista", hint="Is the shrinking done after every step, or once at the end?")
def shrunk_once_at_the_end():
    def lasso_ista(A, b, lam, iters=3000):
        t = 1 / (2 * np.linalg.norm(A, 2) ** 2)
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            x = x - t * 2 * A.T @ (A @ x - b)
        return np.sign(x) * np.maximum(np.abs(x) - t * lam, 0)


@wrong(
    "lasso_ista", hint="What happens to z when |z| is smaller than the threshold: can the difference change its sign?"
)
def shrunk_past_zero():
    def lasso_ista(A, b, lam, iters=3000):
        t = 1 / (2 * np.linalg.norm(A, 2) ** 2)
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            z = x - t * 2 * A.T @ (A @ x - b)
            x = z - t * lam * np.sign(z)
        return x


@wrong(
    "lasso_ista",
    hint="The task asks for ISTA with a step of 1 / L. Where do your iterations stand after one step from 0?",
)
def coordinate_descent():
    def lasso_ista(A, b, lam, iters=3000):
        x = np.zeros(A.shape[1])
        squares = (A**2).sum(axis=0)
        for _ in range(iters):
            for j in range(len(x)):
                fit = A[:, j] @ (b - A @ x) + squares[j] * x[j]
                x[j] = np.sign(fit) * max(abs(fit) - lam / 2, 0) / squares[j]
        return x


@wrong(
    "lasso_ista",
    hint="The task asks for ISTA with a step of 1 / L. Where do your iterations stand after one step from 0?",
)
def accelerated_steps():
    def lasso_ista(A, b, lam, iters=3000):
        step = 1 / np.linalg.eigvalsh(2 * A.T @ A)[-1]
        x = y = np.zeros(A.shape[1])
        momentum = 1.0
        for _ in range(iters):
            z = y - step * 2 * A.T @ (A @ y - b)
            new = np.sign(z) * np.maximum(np.abs(z) - step * lam, 0)
            following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
            y = new + (momentum - 1) / following * (new - x)
            x, momentum = new, following
        return x


@wrong(
    "lasso_ista",
    hint="The task asks for ISTA with a step of 1 / L. Where do your iterations stand after one step from 0?",
)
def smaller_steps_by_the_frobenius_norm():
    def lasso_ista(A, b, lam, iters=3000):
        gram, target = A.T @ A, A.T @ b
        step = 0.5 / np.trace(gram)
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            z = x - 2 * step * (gram @ x - target)
            x = np.where(z > step * lam, z - step * lam, np.where(z < -step * lam, z + step * lam, 0.0))
        return x


@wrong("lasso_ista", hint="How many steps does your answer take when iters is 1?")
def scikit_learn_lasso():
    def lasso_ista(A, b, lam, iters=3000):
        from sklearn.linear_model import Lasso

        alpha = lam / (2 * len(A))
        return Lasso(alpha=alpha, fit_intercept=False, tol=1e-12, max_iter=100000).fit(A, b).coef_


@wrong("lasso_ista", hint="How many steps does your answer take when iters is 1?")
def always_three_thousand_steps():
    def lasso_ista(A, b, lam, iters=3000):
        t = 1 / (2 * np.linalg.norm(A, 2) ** 2)
        x = np.zeros(A.shape[1])
        for _ in range(3000):
            z = x - 2 * t * A.T @ (A @ x - b)
            x = np.sign(z) * np.maximum(np.abs(z) - t * lam, 0)
        return x


@wrong("lasso_ista", hint="Where does x begin?")
def begins_at_ones():
    def lasso_ista(A, b, lam, iters=3000):
        t = 1 / (2 * np.linalg.norm(A, 2) ** 2)
        x = np.ones(A.shape[1])
        for _ in range(iters):
            z = x - 2 * t * A.T @ (A @ x - b)
            x = np.sign(z) * np.maximum(np.abs(z) - t * lam, 0)
        return x


@wrong("lasso_ista", hint="What is t in terms of the largest singular value of A?")
def half_the_step():
    def lasso_ista(A, b, lam, iters=3000):
        t = 0.25 / np.linalg.norm(A, 2) ** 2
        x = np.zeros(A.shape[1])
        for _ in range(iters):
            z = x - 2 * t * A.T @ (A @ x - b)
            x = np.sign(z) * np.maximum(np.abs(z) - t * lam, 0)
        return x
