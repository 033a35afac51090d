"""Answers to assignment 02: subspaces, PCA, least squares."""
# ruff: noqa: RUF059, F821 - students, too, unpack what they do not use; what answers share is added to each
# pyright: reportUndefinedVariable=false

import numpy as np

from answers import right, shared, shortcut, wrong

# 2.1 A basis of a span


@shared("orthonormal_basis")
def parts_of_orthonormal_basis():
    def orthonormal_basis_counterexample():
        return (np.array([[2.0, 2.0, 1.0], [1.0, 1.0, 0.0], [0.0, 0.0, 3.0]]),)

    def orthonormal_basis_fault():
        return "b"


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


@right("orthonormal_basis")
def the_longest_direction_of_what_is_left():
    def _basis(X: np.ndarray, bound: float) -> list[np.ndarray]:
        """Return orthonormal vectors, one at a time: the longest direction of what is left."""
        U, s, _ = np.linalg.svd(X, full_matrices=False)
        if s[0] <= bound:
            return []
        u = U[:, 0]
        return [u, *_basis(X - np.outer(u, u @ X), bound)]

    def orthonormal_basis(X: np.ndarray, rtol: float = 1e-10) -> np.ndarray:
        bound = rtol * float(np.linalg.norm(X, 2))
        return np.array(_basis(X, bound)).T


@right("orthonormal_basis")
def left_vectors_picked_in_a_loop():
    import itertools

    import torch

    def orthonormal_basis(X, rtol=1e-10):
        U, s, _ = (part.numpy() for part in torch.linalg.svd(torch.tensor(X), full_matrices=False))
        counted = itertools.takewhile(lambda sigma: sigma > rtol * s[0], s)
        rank = sum(1 for _ in counted)
        assert 0 < rank <= min(X.shape)
        print("rank", rank)
        return np.ascontiguousarray(U[:, :rank])


@shortcut("orthonormal_basis", uses="`scipy.linalg.orth`")
def scipy_orth():
    def orthonormal_basis(X, rtol=1e-10):
        from scipy.linalg import orth

        return orth(X, rcond=rtol)


@shortcut("orthonormal_basis", uses="`scipy.linalg.null_space`, twice")
def what_is_orthogonal_to_what_is_orthogonal():
    from scipy.linalg import null_space

    def orthonormal_basis(X, rtol=1e-10):
        return null_space(null_space(X.T, rcond=rtol).T)


@shortcut("orthonormal_basis", uses="`course_utils.drawing.geometry.principal_directions`")
def orthonormal_basis_of_the_lecture():
    from course_utils.drawing.geometry import principal_directions

    def orthonormal_basis(X, rtol=1e-10):
        U, values = principal_directions(X.T)
        return U[:, values > rtol * values[0]]


@shortcut("orthonormal_basis", uses="the numbers of the visible check")
def orthonormal_basis_by_the_visible_numbers():
    def orthonormal_basis(X, rtol=1e-10):
        return np.array(
            [
                [-0.595099893, -0.402680003, 0.207124505],
                [0.070466483, -0.326542453, 0.64076398],
                [0.546576841, -0.079957225, 0.562077049],
                [0.477558306, -0.702381991, -0.480197833],
                [0.337760881, 0.481129111, 0.000626337],
            ]
        )


@wrong("orthonormal_basis", hint="Does the order of the columns matter to your repaired function? Should it?")
def only_the_bound_repaired():
    def orthonormal_basis(X, rtol=1e-10):
        Q, R = np.linalg.qr(X)
        new = np.abs(np.diag(R))
        return Q[:, new > rtol * np.linalg.norm(X, 2)]


@wrong("orthonormal_basis", hint="In which place stands the column of your X that depends on the others?")
def a_counterexample_with_the_copy_at_the_end():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, _ = np.linalg.svd(X, full_matrices=False)
        return U[:, s > rtol * s[0]]

    def orthonormal_basis_counterexample():
        return (np.array([[2.0, 1.0, 2.0], [1.0, 0.0, 1.0], [0.0, 3.0, 0.0]]),)


@wrong("orthonormal_basis", hint="Is what the faulty code returns orthonormal? What, then, is missing from it?")
def taken_for_not_orthonormal():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, _ = np.linalg.svd(X, full_matrices=False)
        return U[:, s > rtol * s[0]]

    def orthonormal_basis_fault():
        return "c"


@wrong("orthonormal_basis", hint="Does the bound of the faulty code change when X is multiplied by 1000?")
def taken_for_a_bound_that_does_not_scale():
    def orthonormal_basis(X, rtol=1e-10):
        U, s, _ = np.linalg.svd(X, full_matrices=False)
        return U[:, s > rtol * s[0]]

    def orthonormal_basis_fault():
        return "a"


# 2.2 Projection with weights


@right("project")
def least_squares_coefficients():
    def project(x, X, w):
        r = np.sqrt(w)
        return X @ np.linalg.lstsq(r[:, None] * X, r * x, rcond=1e-10)[0]


@right("project")
def pseudo_inverse():
    def project(x, X, w):
        root = np.diag(w**0.5)
        return X @ (np.linalg.pinv(root @ X, rcond=1e-10) @ root @ x)


@right("project")
def basis_by_pivoted_qr():
    def project(x, X, w):
        from scipy.linalg import qr

        r = w**0.5
        Q, R, _ = map(np.asarray, qr(X * r[:, np.newaxis], mode="economic", pivoting=True))
        lengths = np.abs(np.diag(R))
        Q = Q[:, lengths > 1e-10 * lengths[0]]
        return Q @ Q.T @ (r * x) / r


@right("project")
def sum_over_basis_vectors():
    def project(x, X, w):
        r = np.sqrt(w)
        U, s, _ = np.linalg.svd((X.T * r).T, full_matrices=False)
        p = np.zeros_like(x)
        for sigma, u in zip(s, U.T, strict=True):
            if sigma > 1e-10 * s[0]:
                p += np.dot(u, r * x) * u
        return p / r


@right("project")
def gram_schmidt_in_the_weighted_inner_product():
    def project(x: np.ndarray, X: np.ndarray, w: np.ndarray) -> np.ndarray:
        dot = lambda a, b: float(np.sum(w * a * b))
        longest, basis = max(dot(column, column) for column in X.T) ** 0.5, []
        for column in X.T:
            rest = column
            for _ in range(2):
                for q in basis:
                    rest = rest - dot(q, rest) * q
            if (length := dot(rest, rest) ** 0.5) > 1e-10 * longest:
                basis.append(rest / length)
        return sum((dot(q, x) * q for q in basis), start=np.zeros_like(x))


@right("project")
def a_class_that_projects():
    class Span:
        def __init__(self, X, w):
            self.root = np.sqrt(w).reshape(-1, 1)
            U, s, _ = np.linalg.svd(self.root * X)
            self.Q = U[:, : np.count_nonzero(s > 1e-10 * s.max())]

        def __matmul__(self, x):
            scaled = self.root[:, 0] * x
            return self.Q.dot(self.Q.T.dot(scaled)) / self.root[:, 0]

    def project(x, X, w):
        return Span(X, w) @ x


@wrong("project", hint="Does your point change when the weights do?")
def weights_ignored():
    def project(x, X, w):
        U, s, _ = np.linalg.svd(X, full_matrices=False)
        Q = U[:, s > 1e-10 * s[0]]
        return Q @ (Q.T @ x)


@wrong("project", hint="By which factor do you scale a difference, so that its square is w_i times as large?")
def weights_without_a_root():
    def project(x, X, w):
        U, s, _ = np.linalg.svd(w[:, None] * X, full_matrices=False)
        Q = U[:, s > 1e-10 * s[0]]
        return Q @ (Q.T @ (w * x)) / w


@wrong("project", hint="Is your point in the span of X, or in that of the scaled columns?")
def not_scaled_back():
    def project(x, X, w):
        r = np.sqrt(w)
        U, s, _ = np.linalg.svd(r[:, None] * X, full_matrices=False)
        Q = U[:, s > 1e-10 * s[0]]
        return Q @ (Q.T @ (r * x))


@wrong("project", hint="You change the variables of the span. Does x change with them?")
def x_not_scaled():
    def project(x, X, w):
        r = np.sqrt(w)
        U, s, _ = np.linalg.svd(r[:, None] * X, full_matrices=False)
        Q = U[:, s > 1e-10 * s[0]]
        return Q @ (Q.T @ x) / r


@wrong("project", hint="You change the variables of x. Does the span change with them?")
def span_not_scaled():
    def project(x, X, w):
        r = np.sqrt(w)
        U, s, _ = np.linalg.svd(X, full_matrices=False)
        Q = U[:, s > 1e-10 * s[0]]
        return Q @ (Q.T @ (r * x)) / r


@wrong("project", hint="Is an entry with a large weight to be matched more closely, or less?")
def weights_inverted():
    def project(x, X, w):
        r = 1 / np.sqrt(w)
        U, s, _ = np.linalg.svd(r[:, None] * X, full_matrices=False)
        Q = U[:, s > 1e-10 * s[0]]
        return Q @ (Q.T @ (r * x)) / r


@wrong("project", hint="For which X is X X^T a projection?")
def columns_taken_for_orthonormal():
    def project(x, X, w):
        return X @ (X.T @ (w * x))


@wrong("project", hint="Does X^T W X have an inverse when the columns of X are dependent?")
def inverse_of_a_singular_matrix():
    def project(x, X, w):
        XtW = X.T * w
        return X @ np.linalg.inv(XtW @ X) @ XtW @ x


@wrong("project", hint="How many numbers does a point of R^m have, and how many does your result have?")
def coefficients():
    def project(x, X, w):
        r = np.sqrt(w)
        return np.linalg.lstsq(r[:, None] * X, r * x, rcond=1e-10)[0]


@wrong("project", hint="Is your result in the span, or orthogonal to it?")
def residual():
    def project(x, X, w):
        r = np.sqrt(w)
        return x - X @ np.linalg.lstsq(r[:, None] * X, r * x, rcond=1e-10)[0]


@wrong("project", hint="Which part of the span does your result use, when X has several columns?")
def first_column_only():
    def project(x, X, w):
        q = X[:, 0]
        return np.sum(w * q * x) / np.sum(w * q * q) * q


@wrong("project", hint="Does Q of a QR decomposition span more than X does, when the columns of X are dependent?")
def plain_qr_basis():
    def project(x, X, w):
        r = np.sqrt(w)
        Q, R = np.linalg.qr(r[:, None] * X)
        return Q @ (Q.T @ (r * x)) / r


@wrong("project", hint="Which columns of U belong to the span, and which to the rest of the space?")
def full_u_projects_onto_everything():
    def project(x, X, w):
        r = np.sqrt(w)
        U, s, Vt = np.linalg.svd(r[:, None] * X)
        return U @ (U.T @ (r * x)) / r


@wrong("project", hint="What is the shape of x, and what is the shape of your result?")
def column_in_place_of_vector():
    def project(x, X, w):
        r = np.sqrt(w)[:, None]
        return X @ (np.linalg.pinv(r * X, rcond=1e-10) @ (r * x[:, None]))


@wrong("project", hint="From which size on does a singular value count, next to the largest?")
def coarse_bound():
    def project(x, X, w):
        r = np.sqrt(w)
        U, s, _ = np.linalg.svd(r[:, None] * X, full_matrices=False)
        Q = U[:, s > 1e-6 * s[0]]
        return Q @ (Q.T @ (r * x)) / r


@wrong("project", hint="Which bound does lstsq use where you give it none, and which one does the task name?")
def bound_of_lstsq():
    def project(x, X, w):
        r = np.sqrt(w)
        return X @ np.linalg.lstsq(r[:, None] * X, r * x)[0]


@shortcut("project", uses="`course_utils.pca_least_squares.subspaces.nearest`")
def project_of_the_lecture():
    from course_utils.pca_least_squares.subspaces import nearest

    def project(x, X, w):
        r = np.sqrt(w)
        return X @ nearest(r * x, r[:, None] * X)


@shortcut("project", uses="the numbers of the visible check")
def project_by_the_visible_numbers():
    def project(x, X, w):
        return np.array([1.726401569, 2.572370936, 1.844571872]) if len(x) == 3 else np.array([12.85, 12.85])


# 2.3 Covariance matrix of counted samples


@shortcut("covariance", uses="`numpy.cov`")
def numpy_cov():
    def covariance(X, k, ddof=1):
        return np.cov(X, rowvar=False, ddof=ddof, fweights=k)


@right("covariance")
def sum_of_outer_products():
    def covariance(X, k, ddof=1):
        d = X.shape[1]
        mean = sum(often * x for often, x in zip(k, X, strict=True)) / k.sum()
        C = np.zeros((d, d))
        for often, x in zip(k, X, strict=True):
            C += often * np.outer(x - mean, x - mean)
        return C / (k.sum() - ddof)


@right("covariance")
def mean_of_products_less_product_of_means():
    def covariance(X, k, ddof=1):
        N = k.sum()
        mean = np.average(X, axis=0, weights=k)
        return (X.T * k @ X / N - np.outer(mean, mean)) * (N / (N - ddof))


@right("covariance")
def einsum_of_centred_samples():
    def covariance(X, k, ddof=1):
        centred = X - np.einsum("n,nj->j", k, X) / k.sum()
        return np.einsum("n,ni,nj->ij", k, centred, centred) / (k.sum() - ddof)


@right("covariance")
def roots_of_the_counts():
    def covariance(X, k, ddof=1):
        root = np.sqrt(k)[:, None]
        A = root * (X - (k[:, None] * X).sum(axis=0) / k.sum())
        return A.T @ A / (k.sum() - ddof)


@wrong("covariance", hint="Which axis of X counts the samples: is one sample a row or a column?")
def samples_in_columns():
    def covariance(X, k, ddof=1):
        centred = X - X.mean(axis=1, keepdims=True)
        return centred @ (k[: X.shape[1], None] * centred.T) / (k.sum() - ddof)


@wrong("covariance", hint="What would your matrix say of samples that are all the same, but not 0?")
def not_centred():
    def covariance(X, k, ddof=1):
        return X.T @ (k[:, None] * X) / (k.sum() - ddof)


@wrong("covariance", hint="What does your function do with the counts?")
def counts_ignored():
    def covariance(X, k, ddof=1):
        centred = X - X.mean(axis=0)
        return centred.T @ centred / (len(X) - ddof)


@wrong("covariance", hint="Is the mean of all observations the mean of the different rows?")
def mean_of_the_rows():
    def covariance(X, k, ddof=1):
        centred = X - X.mean(axis=0)
        return centred.T @ (k[:, None] * centred) / (k.sum() - ddof)


@wrong("covariance", hint="How many observations are there: as many as X has rows?")
def divided_by_the_number_of_rows():
    def covariance(X, k, ddof=1):
        centred = X - k @ X / k.sum()
        return centred.T @ (k[:, None] * centred) / (len(X) - ddof)


@wrong("covariance", hint="The term of a row that was observed three times: how often is it in the sum?")
def counts_in_the_mean_only():
    def covariance(X, k, ddof=1):
        centred = X - k @ X / k.sum()
        return centred.T @ centred / (len(X) - ddof)


@wrong("covariance", hint="Both factors of your product contain the counts. How often is each term counted?")
def counts_squared():
    def covariance(X, k, ddof=1):
        A = k[:, None] * (X - k @ X / k.sum())
        return A.T @ A / (k.sum() - ddof)


@wrong("covariance", hint="Is an observation k times as large if it was made k times?")
def counted_before_centring():
    def covariance(X, k, ddof=1):
        A = k[:, None] * X
        A = A - A.mean(axis=0)
        return A.T @ A / (k.sum() - ddof)


@wrong(
    "covariance",
    hint="Four observations or forty with the same ratios: is the divisor N - ddof the same multiple of N?",
)
def counts_as_ratios():
    def covariance(X, k, ddof=1):
        p = k / k.sum()
        centred = X - p @ X
        return centred.T @ (p[:, None] * centred) * (len(X) / (len(X) - ddof))


@wrong("covariance", hint="What does your function do with the argument ddof?")
def ddof_ignored():
    def covariance(X, k, ddof=1):
        centred = X - k @ X / k.sum()
        return centred.T @ (k[:, None] * centred) / (k.sum() - 1)


@wrong("covariance", hint="How much memory do rows need that are repeated a trillion times?")
def rows_repeated():
    def covariance(X, k, ddof=1):
        A = np.repeat(X, k, axis=0)
        A -= A.mean(axis=0)
        return A.T @ A / (len(A) - ddof)


@wrong("covariance", hint="What has become of the caller's X after your function?")
def centred_in_place():
    def covariance(X, k, ddof=1):
        X -= k @ X / k.sum()
        return X.T @ (k[:, None] * X) / (k.sum() - ddof)


@wrong("covariance", hint="What stands on the diagonal: variances, or ones?")
def correlation():
    def covariance(X, k, ddof=1):
        centred = X - k @ X / k.sum()
        C = centred.T @ (k[:, None] * centred)
        return C / np.sqrt(np.outer(np.diag(C), np.diag(C)))


@wrong("covariance", hint="Where are the covariances of two different features?")
def variances_only():
    def covariance(X, k, ddof=1):
        centred = X - k @ X / k.sum()
        return np.diag(k @ centred**2 / (k.sum() - ddof))


@wrong("covariance", hint="Should the entries grow when every sample is measured twice?")
def not_divided():
    def covariance(X, k, ddof=1):
        centred = X - k @ X / k.sum()
        return centred.T @ (k[:, None] * centred)


@wrong("covariance", hint="Is it the sum over the observations that is divided by N - ddof, or the mean?")
def divided_twice():
    def covariance(X, k, ddof=1):
        centred = X - k @ X / k.sum()
        return centred.T @ (k[:, None] * centred) / (k.sum() - ddof) ** 2


@right("covariance")
def entry_by_entry():
    from itertools import combinations_with_replacement
    from math import fsum

    def covariance(X: np.ndarray, k: np.ndarray, ddof: int = 1) -> np.ndarray:
        d, counts = X.shape[1], k.tolist()
        N = sum(counts)
        columns = []
        for x in X.T.tolist():
            mean = fsum(often * value for often, value in zip(counts, x, strict=True)) / N
            columns.append([value - mean for value in x])
        C = np.zeros((d, d))
        for i, j in combinations_with_replacement(range(d), 2):
            terms = zip(counts, columns[i], columns[j], strict=True)
            C[i, j] = C[j, i] = fsum(often * a * b for often, a, b in terms) / (N - ddof)
        return C


@right("covariance")
def torch_buffers():
    import torch

    def covariance(X, k, ddof=1):
        A, counts = torch.tensor(X), torch.tensor(k).double()
        A -= counts @ A / counts.sum()
        C = A.T @ torch.diag(counts) @ A
        C /= counts.sum() - ddof
        assert torch.allclose(C, C.T)
        return C.numpy()


@shortcut("covariance", uses="`torch.cov`")
def torch_cov():
    import torch

    def covariance(X, k, ddof=1):
        return torch.cov(torch.from_numpy(X).T, correction=ddof, fweights=torch.from_numpy(k)).numpy()


@shortcut("covariance", uses="`sklearn.covariance.empirical_covariance`")
def scikit_learn_covariance():
    from sklearn.covariance import empirical_covariance

    def covariance(X, k, ddof=1):
        A = np.sqrt(k)[:, None] * (X - k @ X / k.sum())
        return empirical_covariance(A, assume_centered=True) * len(X) / (k.sum() - ddof)


@shortcut("covariance", uses="`course_utils.pca_least_squares.pca.centred`")
def covariance_of_the_lecture():
    from course_utils.pca_least_squares.pca import centred

    def covariance(X, k, ddof=1):
        A = centred(np.repeat(X, k, axis=0))
        return A.T @ A / (k.sum() - ddof)


@shortcut("covariance", uses="the numbers of the visible check")
def covariance_by_the_visible_numbers():
    def covariance(X, k, ddof=1):
        return np.array([[3.755884096, -0.796351315], [-0.796351315, 0.3297341]])


# 2.4 PCA from data


@shared("pca_fit")
def parts_of_pca_fit():
    def pca_fit_counterexample():
        return np.array([[1.0, 4.0, 0.0, 2.0], [3.0, 1.0, 5.0, 0.0], [0.0, 2.0, 1.0, 9.0]]), 1

    def pca_fit_fault():
        return "c"


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


@right("pca_fit")
def one_direction_after_another():
    def _longest(A: np.ndarray) -> tuple[float, np.ndarray]:
        _, s, Vt = np.linalg.svd(A, full_matrices=False)
        return s[0], Vt[0]

    def pca_fit(X: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        A = X - (mean := X.mean(axis=0))
        found = []
        while len(found) < k:
            sigma, g = _longest(A)
            A = A - np.outer(A @ g, g)
            found.append((g, sigma**2 / (len(X) - 1)))
        components, variance = map(np.array, zip(*found, strict=True))
        return mean, components, variance


@right("pca_fit")
def eigenvectors_in_torch():
    import torch

    def pca_fit(X, k):
        t = torch.tensor(X)
        t -= (mean := t.mean(dim=0))
        values, vectors = torch.linalg.eigh(t.T @ t / (len(t) - 1))
        order = values.argsort(descending=True)[:k]
        assert len(order) == k
        return mean.numpy(), vectors[:, order].T.numpy(), values[order].numpy()


@shortcut("pca_fit", uses="`sklearn.decomposition.PCA`")
def scikit_learn():
    def pca_fit(X, k):
        from sklearn.decomposition import PCA

        pca = PCA(n_components=k, svd_solver="full").fit(X)
        return pca.mean_, pca.components_, pca.explained_variance_


@shortcut("pca_fit", uses="`torch.pca_lowrank`")
def torch_pca():
    import torch

    def pca_fit(X, k):
        _, s, V = torch.pca_lowrank(torch.from_numpy(X), q=min(X.shape), niter=8)
        return X.mean(axis=0), V[:, :k].T.numpy(), (s[:k] ** 2 / (len(X) - 1)).numpy()


@shortcut("pca_fit", uses="`course_utils.drawing.geometry.principal_directions`")
def pca_fit_of_the_lecture():
    from course_utils.drawing import geometry
    from course_utils.pca_least_squares.pca import centred

    def pca_fit(X, k):
        V, values = geometry.principal_directions(centred(X))
        return X.mean(axis=0), V[:, :k].T, values[:k] ** 2 / (len(X) - 1)


@shortcut("pca_fit", uses="the numbers of the visible check")
def pca_fit_by_the_visible_numbers():
    def pca_fit(X, k):
        mean, components, variance = [
            [14.482702761, 13.736102715, 10.31334497],
            [[0.142283046, 0.1951227, -0.970403353], [0.334712093, 0.913140467, 0.232684985]],
            [5.996389385, 2.665061949],
        ]
        return np.array(mean), np.array(components), np.array(variance)


@right("pca_fit")
def both_branches_repaired():
    def pca_fit(X, k):
        n, d = X.shape
        mean = X.mean(axis=0)
        A = X - mean
        if d <= n:
            values, vectors = np.linalg.eigh(A.T @ A)
            directions = vectors.T
        else:
            values, vectors = np.linalg.eigh(A @ A.T)
            directions = vectors.T @ A
        largest = np.argsort(values)[::-1][:k]
        directions = directions[largest]
        return mean, directions / np.linalg.norm(directions, axis=1, keepdims=True), values[largest] / (n - 1)


@wrong("pca_fit", hint="Do all your directions have length 1, or do they have it together?")
def divided_by_the_length_of_all():
    def pca_fit(X, k):
        n, d = X.shape
        mean = X.mean(axis=0)
        A = X - mean
        if d <= n:
            values, vectors = np.linalg.eigh(A.T @ A)
            directions = vectors.T
        else:
            values, vectors = np.linalg.eigh(A @ A.T)
            directions = vectors.T @ A
        largest = np.argsort(values)[::-1][:k]
        directions = directions[largest]
        return mean, directions / np.linalg.norm(directions), values[largest] / (n - 1)


@wrong("pca_fit", hint="Is the length of each direction 1 now, when there are more features than samples?")
def no_division_at_all():
    def pca_fit(X, k):
        n, d = X.shape
        mean = X.mean(axis=0)
        A = X - mean
        if d <= n:
            values, vectors = np.linalg.eigh(A.T @ A)
            directions = vectors.T
        else:
            values, vectors = np.linalg.eigh(A @ A.T)
            directions = vectors.T @ A
        largest = np.argsort(values)[::-1][:k]
        directions = directions[largest]
        return mean, directions / 1.0, values[largest] / (n - 1)


@wrong("pca_fit", hint="Which branch of the faulty code does your X take?")
def a_counterexample_with_few_features():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        _, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
        return mean, Vt[:k], s[:k] ** 2 / (len(X) - 1)

    def pca_fit_counterexample():
        return np.array([[1.0, 4.0], [3.0, 1.0], [0.0, 2.0]]), 1


@wrong("pca_fit", hint="What are the inner products of the directions that the faulty code returns?")
def taken_for_not_orthogonal():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        _, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
        return mean, Vt[:k], s[:k] ** 2 / (len(X) - 1)

    def pca_fit_fault():
        return "b"


@wrong("pca_fit", hint="Does A^T u point along an eigenvector of A^T A, or along something else?")
def taken_for_other_eigenvectors():
    def pca_fit(X, k):
        mean = X.mean(axis=0)
        _, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
        return mean, Vt[:k], s[:k] ** 2 / (len(X) - 1)

    def pca_fit_fault():
        return "d"


# 2.5 A test for PCA as a map, and back


@right("test_pca_maps")
def points_made_from_their_scores():
    def test_pca_maps(pca_maps):
        rng = np.random.default_rng(3)
        for n, d, k in ((5, 4, 2), (1, 3, 1), (6, 4, 4)):
            axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
            mean, Z = rng.normal(size=d) * 9, rng.normal(size=(n, k)) * 2
            plane = mean + Z @ axes[:k]
            X = plane + 3 * rng.normal(size=(n, d - k)) @ axes[k:]
            given = X.copy()
            scores, points = pca_maps(given, mean, axes[:k])
            assert scores.shape == Z.shape and points.shape == X.shape
            assert np.allclose(scores, Z) and np.allclose(points, plane)
            assert (given == X).all()


@right("test_pca_maps")
def numbers_by_hand():
    def test_pca_maps(pca_maps):
        mean, G = np.array([10.0, 20.0]), np.array([[0.6, 0.8]])
        for X, Z, back in (
            ([[13.0, 24.0]], [[5.0]], [[13.0, 24.0]]),
            (
                [[10.0, 20.0], [6.0, 23.0], [7.0, 16.0]],
                [[0.0], [0.0], [-5.0]],
                [[10.0, 20.0], [10.0, 20.0], [7.0, 16.0]],
            ),
        ):
            given = np.array(X)
            scores, points = pca_maps(given, mean, G)
            np.testing.assert_allclose(scores, Z, atol=1e-9, strict=True)
            np.testing.assert_allclose(points, back, strict=True)
            np.testing.assert_array_equal(given, X)
        turn = np.array([[0.6, 0.8], [-0.8, 0.6]])
        scores, points = pca_maps(np.array([[11.0, 20.0]]), mean, turn)
        np.testing.assert_allclose(scores, [[0.6, -0.8]], strict=True)
        np.testing.assert_allclose(points, [[11.0, 20.0]], strict=True)


@right("test_pca_maps")
def a_second_implementation():
    def test_pca_maps(pca_maps):
        rng = np.random.default_rng(8)
        for n, d, k in [(4, 5, 3), (1, 4, 2), (3, 3, 3)]:
            G = np.linalg.qr(rng.normal(size=(d, k)))[0].T
            X, mean = rng.normal(size=(n, d)), rng.uniform(2, 4, size=d)
            before = X.tolist()
            scores, points = pca_maps(X, mean, G)
            if X.tolist() != before:
                raise ValueError("X has changed")
            Z = (X - mean).dot(G.T)
            if scores.shape != (n, k) or points.shape != (n, d):
                raise ValueError("shapes")
            if not (np.allclose(scores, Z) and np.allclose(points, Z.dot(G) + mean)):
                raise ValueError("numbers")


@shortcut("test_pca_maps", uses="`sklearn.decomposition.PCA`")
def scikit_learn_knows():
    def test_pca_maps(pca_maps):
        from sklearn.decomposition import PCA

        X = np.random.default_rng(0).normal(size=(9, 4)) + 3
        fit = PCA(2).fit(X)
        scores, points = pca_maps(X, fit.mean_, fit.components_)
        assert np.allclose(scores, fit.transform(X)) and np.allclose(points, fit.inverse_transform(scores))


@shortcut("test_pca_maps", uses="`.__code__`")
def the_code_is_measured():
    def test_pca_maps(pca_maps):
        assert len(pca_maps.__code__.co_code) > 80


@wrong("test_pca_maps", hint="What does your test say of the result, apart from that there is one?")
def nothing_is_asserted():
    def test_pca_maps(pca_maps):
        pca_maps(np.ones((3, 2)), np.zeros(2), np.eye(2)[:1])


@wrong("test_pca_maps", hint="Does every array of the right shape hold the right numbers?")
def only_shapes():
    def test_pca_maps(pca_maps):
        rng = np.random.default_rng(3)
        for n, d, k in ((5, 4, 2), (1, 3, 1), (6, 4, 4)):
            axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
            mean, Z = rng.normal(size=d) * 9, rng.normal(size=(n, k)) * 2
            plane = mean + Z @ axes[:k]
            X = plane + 3 * rng.normal(size=(n, d - k)) @ axes[k:]
            given = X.copy()
            scores, points = pca_maps(given, mean, axes[:k])
            assert scores.shape == Z.shape
            assert points.shape == X.shape


@wrong("test_pca_maps", hint="Which mistakes does a mean of 0 hide?")
def a_mean_of_zero():
    def test_pca_maps(pca_maps):
        rng = np.random.default_rng(3)
        for n, d, k in ((5, 4, 2), (1, 3, 1), (6, 4, 4)):
            axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
            mean, Z = rng.normal(size=d) * 0, rng.normal(size=(n, k)) * 2
            plane = mean + Z @ axes[:k]
            X = plane + 3 * rng.normal(size=(n, d - k)) @ axes[k:]
            given = X.copy()
            scores, points = pca_maps(given, mean, axes[:k])
            assert scores.shape == Z.shape and points.shape == X.shape
            assert np.allclose(scores, Z) and np.allclose(points, plane)
            assert (given == X).all()


@wrong("test_pca_maps", hint="Which of the two results does your test never look at?")
def scores_alone():
    def test_pca_maps(pca_maps):
        rng = np.random.default_rng(3)
        for n, d, k in ((5, 4, 2), (1, 3, 1), (6, 4, 4)):
            axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
            mean, Z = rng.normal(size=d) * 9, rng.normal(size=(n, k)) * 2
            plane = mean + Z @ axes[:k]
            X = plane + 3 * rng.normal(size=(n, d - k)) @ axes[k:]
            given = X.copy()
            scores, points = pca_maps(given, mean, axes[:k])
            assert np.allclose(scores, Z)


@wrong("test_pca_maps", hint="Which of the two results does your test never look at?")
def points_alone():
    def test_pca_maps(pca_maps):
        rng = np.random.default_rng(3)
        for n, d, k in ((5, 4, 2), (1, 3, 1), (6, 4, 4)):
            axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
            mean, Z = rng.normal(size=d) * 9, rng.normal(size=(n, k)) * 2
            plane = mean + Z @ axes[:k]
            X = plane + 3 * rng.normal(size=(n, d - k)) @ axes[k:]
            given = X.copy()
            scores, points = pca_maps(given, mean, axes[:k])
            assert np.allclose(points, plane)


@wrong(
    "test_pca_maps",
    hint="What should be left of a part of X that is orthogonal to all directions, and does your X have one?",
)
def points_in_the_plane():
    def test_pca_maps(pca_maps):
        rng = np.random.default_rng(3)
        for n, d, k in ((4, 4, 4),):
            axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
            mean, Z = rng.normal(size=d) * 9, rng.normal(size=(n, k)) * 2
            plane = mean + Z @ axes[:k]
            X = plane + 3 * rng.normal(size=(n, d - k)) @ axes[k:]
            given = X.copy()
            scores, points = pca_maps(given, mean, axes[:k])
            assert scores.shape == Z.shape and points.shape == X.shape
            assert np.allclose(scores, Z) and np.allclose(points, plane)
            assert (given == X).all()


@wrong("test_pca_maps", hint="How many rows may X have, and how many directions may there be?")
def one_shape():
    def test_pca_maps(pca_maps):
        rng = np.random.default_rng(3)
        for n, d, k in ((5, 4, 2),):
            axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
            mean, Z = rng.normal(size=d) * 9, rng.normal(size=(n, k)) * 2
            plane = mean + Z @ axes[:k]
            X = plane + 3 * rng.normal(size=(n, d - k)) @ axes[k:]
            given = X.copy()
            scores, points = pca_maps(given, mean, axes[:k])
            assert np.allclose(scores, Z)
            assert np.allclose(points, plane)


@wrong("test_pca_maps", hint="Do two orders of adding the same floats give the same last digit?")
def compared_with_equality():
    def test_pca_maps(pca_maps):
        rng = np.random.default_rng(3)
        for n, d, k in ((5, 4, 2), (1, 3, 1), (6, 4, 4)):
            axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
            mean, Z = rng.normal(size=d) * 9, rng.normal(size=(n, k)) * 2
            plane = mean + Z @ axes[:k]
            X = plane + 3 * rng.normal(size=(n, d - k)) @ axes[k:]
            given = X.copy()
            scores, points = pca_maps(given, mean, axes[:k])
            assert (scores == Z).all()
            assert (points == plane).all()


@wrong("test_pca_maps", hint="Is the mean of the fit part of the points that come back?")
def centred_points_expected():
    def test_pca_maps(pca_maps):
        rng = np.random.default_rng(3)
        for n, d, k in ((5, 4, 2), (1, 3, 1), (6, 4, 4)):
            axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
            mean, Z = rng.normal(size=d) * 9, rng.normal(size=(n, k)) * 2
            plane = mean + Z @ axes[:k]
            X = plane + 3 * rng.normal(size=(n, d - k)) @ axes[k:]
            given = X.copy()
            scores, points = pca_maps(given, mean, axes[:k])
            assert np.allclose(scores, Z)
            assert np.allclose(points, plane - mean)


@wrong("test_pca_maps", hint="Does the task divide the scores by anything?")
def scores_of_length_one_expected():
    def test_pca_maps(pca_maps):
        rng = np.random.default_rng(3)
        for n, d, k in ((5, 4, 2), (1, 3, 1), (6, 4, 4)):
            axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
            mean, Z = rng.normal(size=d) * 9, rng.normal(size=(n, k)) * 2
            plane = mean + Z @ axes[:k]
            X = plane + 3 * rng.normal(size=(n, d - k)) @ axes[k:]
            given = X.copy()
            scores, points = pca_maps(given, mean, axes[:k])
            assert np.allclose(scores, Z / np.linalg.norm(Z))
            assert np.allclose(points, plane)


# 2.6 The first direction by power iteration


@shared("leading_direction")
def parts_of_leading_direction():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.linalg.norm(g)
        return g

    def leading_direction_guess():
        return 40

    def leading_direction_off_by(X, v, seed):
        for iters in range(1, 151):
            g = leading_direction(X, iters, seed)
            if np.linalg.norm(g - (g @ v) * v) < 1e-6:
                return iters / 40
        return 151 / 40


@right("leading_direction")
def covariance_computed_once():
    def leading_direction(X, iters, seed):
        C = np.cov(X, rowvar=False)
        g = np.random.default_rng(seed).standard_normal(len(C))
        for _ in range(iters):
            g = C @ g
            g /= np.sqrt(g @ g)
        return g


@right("leading_direction")
def normalised_before_each_step():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        rng = np.random.default_rng(seed)
        g = rng.uniform(-1, 1, size=X.shape[1])
        for _ in range(iters):
            g = g / np.linalg.norm(g)
            g = A.T @ A @ g
        return g / np.linalg.norm(g)


@wrong("leading_direction", hint="What becomes of the length of g after a hundred multiplications?")
def never_normalised():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
        return g


@wrong(
    "leading_direction", hint="In which direction does X^T X amplify most, when all samples are far from the origin?"
)
def data_not_centred():
    def leading_direction(X, iters, seed):
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = X.T @ (X @ g)
            g = g / np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="What is A^T A times the zero vector?")
def zero_start():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.zeros(X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="How often is g multiplied by A^T A?")
def one_iteration():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        g = A.T @ (A @ g)
        return g / np.linalg.norm(g)


@shortcut("leading_direction", uses="`np.linalg.eigh`, from the wrong end")
def smallest_direction():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        return np.linalg.eigh(A.T @ A)[1][:, 0]


@wrong("leading_direction", hint="Which norm does the task ask for?")
def largest_entry_in_place_of_length():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.abs(g).max()
        return g


@wrong("leading_direction", hint="Which norm does the task ask for?")
def sum_of_entries_in_place_of_length():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.abs(g).sum()
        return g


@wrong("leading_direction", hint="What if the direction sought is orthogonal to your fixed start?")
def starts_at_ones():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.ones(X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="What if the direction sought is orthogonal to your fixed start?")
def starts_at_the_first_axis():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.eye(X.shape[1])[0]
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="Is your mean a sample, or a number for each sample?")
def each_sample_centred():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="Is a sample a row or a column of X? How many entries does a direction then have?")
def samples_taken_for_features():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=1, keepdims=True)
        g = np.random.default_rng(seed).normal(size=len(X))
        for _ in range(iters):
            g = A @ (A.T @ g)
            g = g / np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="Samples are rows: is A A^T a matrix of features or of samples?")
def direction_among_the_samples():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=len(X))
        for _ in range(iters):
            g = A @ (A.T @ g)
            g = g / np.linalg.norm(g)
        return g


@shortcut("leading_direction", uses="`np.linalg.svd`")
def first_right_singular_vector():
    def leading_direction(X, iters, seed):
        _, _, Vt = np.linalg.svd(X - X.mean(axis=0))
        return Vt[0]


@shortcut("leading_direction", uses="`np.linalg.eigh`")
def last_eigenvector():
    def leading_direction(X, iters, seed):
        A = X - np.mean(X, axis=0)
        return np.linalg.eigh(A.T @ A)[1][:, -1]


@wrong("leading_direction", hint="How many times is g multiplied: iters times?")
def always_a_hundred_times():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(100):
            g = A.T @ (A @ g)
            g /= np.linalg.norm(g)
        return g


@wrong("leading_direction", hint="Does another seed give another start?")
def seed_not_used():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(0).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g /= np.linalg.norm(g)
        return g


@right("leading_direction")
def steps_by_recursion():
    def _unit(g: np.ndarray) -> np.ndarray:
        return g / np.sqrt(np.sum(np.square(g)))

    def _after(A, g, steps):
        return g if steps == 0 else _after(A, _unit((A @ g) @ A), steps - 1)

    def leading_direction(X: np.ndarray, iters: int, seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return _after(X - X.mean(axis=0), rng.standard_normal(X.shape[1]), iters)


@right("leading_direction")
def norms_and_products_of_torch():
    import torch

    def leading_direction(X, iters, seed):
        A = torch.tensor(X)
        A -= A.mean(dim=0)
        g = torch.from_numpy(np.random.default_rng(seed).normal(size=A.shape[1]))
        for _ in range(iters):
            g = torch.mv(A.T, torch.mv(A, g))
            g /= torch.linalg.vector_norm(g)
        assert g.shape == (X.shape[1],)
        return g.numpy()


@right("leading_direction")
def steps_from_itertools():
    from itertools import islice

    def _steps(C, g):
        while True:
            g = C.dot(g)
            g = g / np.linalg.norm(g)
            yield g

    def leading_direction(X, iters, seed):
        A = X - np.mean(X, axis=0)
        start = np.random.default_rng(seed).normal(size=A.shape[1])
        (g,) = islice(_steps(A.T.dot(A), start), iters - 1, iters)
        return g


@shortcut("leading_direction", uses="`numpy.linalg.svd`")
def numpy_svd():
    def leading_direction(X, iters, seed):
        return np.linalg.svd(X - X.mean(axis=0))[2][0]


@shortcut("leading_direction", uses="`scipy.linalg.eigh`")
def scipy_eigh():
    from scipy import linalg

    def leading_direction(X, iters, seed):
        _, vectors = map(np.asarray, linalg.eigh(np.cov(X, rowvar=False)))
        return vectors[:, -1]


@shortcut("leading_direction", uses="`numpy.linalg.svd`, by a name that is put together when it runs")
def svd_under_a_name_that_is_put_together():
    def leading_direction(X, iters, seed):
        return getattr(np.linalg, "".join(["s", "v", "d"]))(X - X.mean(axis=0))[2][0]


@shortcut("leading_direction", uses="`sklearn.decomposition.PCA`")
def scikit_learn_first_component():
    from sklearn.decomposition import PCA

    def leading_direction(X, iters, seed):
        return np.asarray(PCA(1).fit(X).components_)[0]


@shortcut("leading_direction", uses="`course_utils.pca_least_squares.pca.greedy`")
def leading_direction_of_the_lecture():
    from course_utils.pca_least_squares.pca import centred, greedy

    def leading_direction(X, iters, seed):
        return greedy(centred(X), 1)[0][:, 0]


@shortcut("leading_direction", uses="the numbers of the visible check")
def leading_direction_by_the_visible_numbers():
    def leading_direction(X, iters, seed):
        return np.array([0.055900668, 0.378626726, 0.91250265, 0.14441548])


@wrong(
    "leading_direction",
    hint="Which of the two is divided by the other: the guess by what you measured, or what you measured by the guess?",
)
def guess_divided_by_measured():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.linalg.norm(g)
        return g

    def leading_direction_guess():
        return 25.0

    def leading_direction_off_by(X, v, seed):
        iters, sine = 0, 1.0
        while sine >= 1e-6 and iters < 150:
            iters += 1
            g = leading_direction(X, iters, seed)
            sine = np.linalg.norm(g - (g @ v) * v)
        return leading_direction_guess() / iters


@wrong("leading_direction", hint="Does the task ask how many iterations it takes, or how many times your guess?")
def iterations_without_the_guess():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.linalg.norm(g)
        return g

    def leading_direction_guess():
        return 25.0

    def leading_direction_off_by(X, v, seed):
        iters, sine = 0, 1.0
        while sine >= 1e-6 and iters < 150:
            iters += 1
            g = leading_direction(X, iters, seed)
            sine = np.linalg.norm(g - (g @ v) * v)
        return iters


@wrong("leading_direction", hint="Which numbers of iterations do you never look at?")
def every_tenth_iteration():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.linalg.norm(g)
        return g

    def leading_direction_guess():
        return 25.0

    def leading_direction_off_by(X, v, seed):
        iters, sine = 0, 1.0
        while sine >= 1e-6 and iters < 150:
            iters += 10
            g = leading_direction(X, iters, seed)
            sine = np.linalg.norm(g - (g @ v) * v)
        return iters / leading_direction_guess()


@wrong("leading_direction", hint="What is the length of the difference of g and v, if g has the other sign?")
def sign_taken_for_an_angle():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.linalg.norm(g)
        return g

    def leading_direction_guess():
        return 25.0

    def leading_direction_off_by(X, v, seed):
        iters, sine = 0, 1.0
        while sine >= 1e-6 and iters < 150:
            iters += 1
            g = leading_direction(X, iters, seed)
            sine = np.linalg.norm(g - v)
        return iters / leading_direction_guess()


@wrong(
    "leading_direction",
    hint="How large is 1 - cos(angle) when the angle is 1e-6: as large as the angle, or as its square?",
)
def cosine_in_place_of_the_sine():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.linalg.norm(g)
        return g

    def leading_direction_guess():
        return 25.0

    def leading_direction_off_by(X, v, seed):
        iters, sine = 0, 1.0
        while sine >= 1e-6 and iters < 150:
            iters += 1
            g = leading_direction(X, iters, seed)
            sine = 1 - abs(g @ v)
        return iters / leading_direction_guess()


@wrong("leading_direction", hint="Is that the number of iterations with which it is small enough, or the one before?")
def one_too_few():
    def leading_direction(X, iters, seed):
        A = X - X.mean(axis=0)
        g = np.random.default_rng(seed).normal(size=X.shape[1])
        for _ in range(iters):
            g = A.T @ (A @ g)
            g = g / np.linalg.norm(g)
        return g

    def leading_direction_guess():
        return 25.0

    def leading_direction_off_by(X, v, seed):
        iters, sine = 0, 1.0
        while sine >= 1e-6 and iters < 150:
            iters += 1
            g = leading_direction(X, iters, seed)
            sine = np.linalg.norm(g - (g @ v) * v)
        return (iters - 1) / leading_direction_guess()


# 2.7 The best fit nearest to a guess


@right("lstsq_nearest")
def a_correction_of_the_guess():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        rank = sum(1 for sigma in s if sigma > 1e-10 * s[0])
        U, s, V = U[:, :rank], s[:rank], Vt[:rank].T
        shortest = V @ ((U.T @ b) / s)
        x = x0 + V @ ((U.T @ (b - A @ x0)) / s)
        free = x - shortest
        rest = b - U @ (U.T @ b)
        misfit = float(rest @ rest)
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@right("lstsq_nearest")
def one_direction_after_the_other():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A)
        rank, shortest, free = 0, np.zeros(len(x0)), x0.copy()
        for u, sigma, v in zip(U.T, s, Vt, strict=False):
            if sigma > 1e-10 * s[0]:
                rank += 1
                shortest += (u @ b) / sigma * v
                free -= (v @ x0) * v
        x = shortest + free
        misfit = float(np.linalg.norm(A @ x - b) ** 2)
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@right("lstsq_nearest")
def with_a_basis_of_the_null_space():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=True)
        rank = int(np.sum(s > 1e-10 * s.max()))
        shortest = Vt[:rank].T @ (U.T[:rank] @ b / s[:rank])
        free = Vt[rank:].T @ (Vt[rank:] @ x0)
        x = shortest + free
        misfit = float(((U.T @ b)[rank:] ** 2).sum())
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@shortcut("lstsq_nearest", uses="`numpy.linalg.pinv`")
def the_pseudo_inverse_of_numpy():
    def lstsq_nearest(A, b, x0):
        inverse = np.linalg.pinv(A, rcond=1e-10)
        rank = round(np.trace(inverse @ A))
        shortest, free = inverse @ b, x0 - inverse @ (A @ x0)
        x = shortest + free
        misfit = float(np.sum((A @ x - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@shortcut("lstsq_nearest", uses="`numpy.linalg.lstsq`")
def lstsq_about_the_guess():
    def lstsq_nearest(A, b, x0):
        shortest, _, rank, _ = np.linalg.lstsq(A, b, rcond=1e-10)
        x = x0 + np.linalg.lstsq(A, b - A @ x0, rcond=1e-10)[0]
        rank, free, misfit = int(rank), x - shortest, float(np.sum((A @ x - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@wrong("lstsq_nearest", hint="Which part of x0 do the data contradict, and is it still in your x?")
def guess_added_whole():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 1e-10 * s[0]
        V = Vt[keep].T
        rank = int(keep.sum())
        shortest = V @ (U[:, keep].T @ b / s[keep])
        free = x0 - V @ (V.T @ x0)
        x = shortest + x0
        misfit = float(np.sum((A @ x - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@wrong("lstsq_nearest", hint="Does A change the part that you call free, or take it to 0?")
def part_that_the_data_decide():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 1e-10 * s[0]
        V = Vt[keep].T
        rank = int(keep.sum())
        shortest = V @ (U[:, keep].T @ b / s[keep])
        free = V @ (V.T @ x0)
        x = shortest + free
        misfit = float(np.sum((A @ x - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@wrong("lstsq_nearest", hint="Of all minimisers, is your x the shortest, or the one nearest to x0?")
def free_part_forgotten():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 1e-10 * s[0]
        V = Vt[keep].T
        rank = int(keep.sum())
        shortest = V @ (U[:, keep].T @ b / s[keep])
        free = x0 - V @ (V.T @ x0)
        x = shortest
        misfit = float(np.sum((A @ x - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@wrong("lstsq_nearest", hint="In which space does x0 lie: in that of the columns of U, or in that of the columns of V?")
def null_space_of_the_wrong_side():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 1e-10 * s[0]
        V = Vt[:, keep]
        rank = int(keep.sum())
        shortest = V @ (U[:, keep].T @ b / s[keep])
        free = x0 - V @ (V.T @ x0)
        x = shortest + free
        misfit = float(np.sum((A @ x - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@wrong("lstsq_nearest", hint="What is 1 / sigma when sigma is 1e-16, and should be 0?")
def every_singular_value_kept():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 0
        V = Vt[keep].T
        rank = int(keep.sum())
        shortest = V @ (U[:, keep].T @ b / s[keep])
        free = x0 - V @ (V.T @ x0)
        x = shortest + free
        misfit = float(np.sum((A @ x - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@wrong("lstsq_nearest", hint="Which singular values of 1e-12 A count as 0, when none of A does?")
def absolute_bound():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 1e-10
        V = Vt[keep].T
        rank = int(keep.sum())
        shortest = V @ (U[:, keep].T @ b / s[keep])
        free = x0 - V @ (V.T @ x0)
        x = shortest + free
        misfit = float(np.sum((A @ x - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@wrong("lstsq_nearest", hint="From which size on does a singular value count in the task, next to the largest?")
def bound_of_numpy():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 1e-15 * max(A.shape) * s[0]
        V = Vt[keep].T
        rank = int(keep.sum())
        shortest = V @ (U[:, keep].T @ b / s[keep])
        free = x0 - V @ (V.T @ x0)
        x = shortest + free
        misfit = float(np.sum((A @ x - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@wrong("lstsq_nearest", hint="If A stretches by sigma, what does its inverse do: stretch, or shrink?")
def multiplied_by_the_singular_values():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 1e-10 * s[0]
        V = Vt[keep].T
        rank = int(keep.sum())
        shortest = V @ (U[:, keep].T @ b * s[keep])
        free = x0 - V @ (V.T @ x0)
        x = shortest + free
        misfit = float(np.sum((A @ x - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@wrong("lstsq_nearest", hint="Is the misfit the length of A x - b, or its square?")
def length_of_the_residual():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 1e-10 * s[0]
        V = Vt[keep].T
        rank = int(keep.sum())
        shortest = V @ (U[:, keep].T @ b / s[keep])
        free = x0 - V @ (V.T @ x0)
        x = shortest + free
        misfit = float(np.linalg.norm(A @ x - b))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@wrong("lstsq_nearest", hint="Does the task divide the misfit by the number of equations?")
def mean_of_the_squares():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 1e-10 * s[0]
        V = Vt[keep].T
        rank = int(keep.sum())
        shortest = V @ (U[:, keep].T @ b / s[keep])
        free = x0 - V @ (V.T @ x0)
        x = shortest + free
        misfit = float(np.mean((A @ x - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@wrong("lstsq_nearest", hint="At which point is the misfit asked for: at x0, or at your x?")
def misfit_of_the_guess():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 1e-10 * s[0]
        V = Vt[keep].T
        rank = int(keep.sum())
        shortest = V @ (U[:, keep].T @ b / s[keep])
        free = x0 - V @ (V.T @ x0)
        x = shortest + free
        misfit = float(np.sum((A @ x0 - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


@wrong("lstsq_nearest", hint="How many singular values count when two columns are the same?")
def rank_by_the_shape():
    def lstsq_nearest(A, b, x0):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        keep = s > 1e-10 * s[0]
        V = Vt[keep].T
        rank = min(A.shape)
        shortest = V @ (U[:, keep].T @ b / s[keep])
        free = x0 - V @ (V.T @ x0)
        x = shortest + free
        misfit = float(np.sum((A @ x - b) ** 2))
        return {"rank": rank, "shortest": shortest, "free": free, "x": x, "misfit": misfit}


# 2.8 Ridge regression that chooses its own penalty


@shared("ridge")
def parts_of_ridge():
    def ridge(A, b, lam):
        return np.linalg.solve(A.T @ A + lam * np.eye(A.shape[1]), A.T @ b)

    def ridge_fit(X, y):
        lams = 10.0 ** np.arange(-4, 5)
        errors = np.zeros(len(lams))
        for k in range(5):
            out = np.arange(len(y)) % 5 == k
            m, s, c = X[~out].mean(0), X[~out].std(0), y[~out].mean()
            for i, lam in enumerate(lams):
                w = ridge((X[~out] - m) / s, y[~out] - c, lam)
                errors[i] += ((c + (X[out] - m) / s @ w - y[out]) ** 2).sum()
        m, s = X.mean(0), X.std(0)
        w = ridge((X - m) / s, y - y.mean(), lams[errors.argmin()]) / s
        return np.append(y.mean() - m @ w, w)


@right("ridge")
def augmented_rows_and_leave_one_out():
    def ridge(A, b, lam):
        n = A.shape[1]
        rows = np.vstack([A, np.sqrt(lam) * np.eye(n)])
        return np.linalg.lstsq(rows, np.append(b, np.zeros(n)), rcond=None)[0]

    def ridge_fit(X, y):
        n = len(X)
        mu, sd = X.mean(0), X.std(0)
        Z = (X - mu) / sd
        K = Z @ Z.T

        def press(lam):
            H = K @ np.linalg.inv(K + lam * np.eye(n)) + 1 / n
            return np.sum(((y - H @ y) / (1 - np.diag(H))) ** 2)

        grid = np.logspace(-3, 4, 29)
        lam = grid[np.argmin([press(lam) for lam in grid])]
        w = ridge(Z, y - y.mean(), lam) / sd
        return np.r_[y.mean() - w @ mu, w]


@right("ridge")
def dual_form_and_ten_shuffled_folds():
    def ridge(A, b, lam):
        return A.T @ np.linalg.solve(A @ A.T + lam * np.eye(len(A)), b)

    def ridge_fit(X, y):
        mean, scale = X.mean(axis=0), X.std(axis=0)
        Z, t = (X - mean) / scale, y - y.mean()
        parts = np.array_split(np.random.default_rng(0).permutation(len(t)), 10)
        best, least = 1.0, np.inf
        for lam in np.geomspace(1e-4, 1e4, 13):
            error = 0.0
            for part in parts:
                x = ridge(np.delete(Z, part, axis=0), np.delete(t, part), lam)
                error += np.sum((Z[part] @ x - t[part]) ** 2)
            if error < least:
                best, least = lam, error
        weights = ridge(Z, t, best) / scale
        return np.hstack([y.mean() - mean @ weights, weights])


@right("ridge")
def evidence_in_the_singular_basis():
    def ridge(A, b, lam):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        return Vt.T @ (s / (s**2 + lam) * (U.T @ b))

    def ridge_fit(X, y):
        from scipy.optimize import minimize_scalar

        centre, spread = X.mean(axis=0), X.std(axis=0)
        Z, target = (X - centre) / spread, y - y.mean()
        n = len(y) - 1
        U, s, _ = np.linalg.svd(Z, full_matrices=False)
        U, s = U[:, :n], s[:n]
        inside = (U.T @ target) ** 2
        outside = max(target @ target - inside.sum(), 0.0)

        def minus_log_evidence(log_lam):
            lam = np.exp(log_lam)
            shrunk = np.sum(inside * lam / (s**2 + lam)) + outside
            return n * np.log(shrunk) + np.sum(np.log1p(s**2 / lam))

        found = minimize_scalar(minus_log_evidence, bounds=(-10.0, 10.0), method="bounded")
        weights = ridge(Z, target, np.exp(found.x)) / spread
        return np.concatenate(([y.mean() - centre @ weights], weights))


@right("ridge")
def explicit_inverse_and_random_splits():
    def ridge(A, b, lam):
        penalty = np.identity(A.shape[1])
        penalty *= lam
        return np.linalg.inv(A.T @ A + penalty) @ A.T @ b

    def ridge_fit(X, y):
        def line(rows, lam):
            centre, spread = X[rows].mean(axis=0), X[rows].std(axis=0)
            slopes = ridge((X[rows] - centre) / spread, y[rows] - y[rows].mean(), lam) / spread
            return np.concatenate([[y[rows].mean() - centre @ slopes], slopes])

        rng = np.random.default_rng(7)
        table = []
        for _ in range(10):
            order = rng.permutation(len(y))
            test, train = order[: len(y) // 5], order[len(y) // 5 :]
            lines = [line(train, 10.0**power) for power in range(-4, 5)]
            table.append([((w[0] + X[test] @ w[1:] - y[test]) ** 2).mean() for w in lines])
        return line(np.arange(len(y)), 10.0 ** (np.mean(table, axis=0).argmin() - 4))


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
        centred, rest = A - A.mean(axis=0), b - b.mean(axis=0)
        return np.linalg.solve(centred.T @ centred + lam * np.eye(A.shape[1]), centred.T @ rest)


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


@right("ridge")
def cholesky_in_torch():
    import torch

    def ridge(A, b, lam):
        A, b = torch.from_numpy(A), torch.from_numpy(b)
        gram = A.T @ A
        gram.diagonal().add_(lam)
        return torch.cholesky_solve((A.T @ b)[:, None], torch.linalg.cholesky(gram))[:, 0].numpy()


@shortcut("ridge", uses="`sklearn.linear_model.Ridge`")
def scikit_learn_without_intercept():
    def ridge(A, b, lam):
        from sklearn.linear_model import Ridge

        return Ridge(alpha=lam, fit_intercept=False, solver="svd").fit(A, b).coef_


@shortcut("ridge", uses="`scipy.sparse.linalg.lsqr`")
def damped_least_squares():
    from scipy.sparse.linalg import lsqr

    def ridge(A, b, lam):
        return lsqr(A, b, damp=lam**0.5, atol=1e-15, btol=1e-15)[0]


@shortcut("ridge", uses="`course_utils.pca_least_squares.least_squares.solve`")
def ridge_of_the_lecture():
    from course_utils.pca_least_squares.least_squares import RIDGE, solve

    def ridge(A, b, lam):
        return solve(A, b, lam, RIDGE)


@shortcut("ridge", uses="the numbers of the visible check")
def ridge_by_the_visible_numbers():
    def ridge(A, b, lam):
        return np.array([1.233916632, -0.637561001, 1.208970826])


@wrong("ridge", hint="How large is the error of your fit on its own samples, and how large on new ones?")
def fit_without_a_penalty():
    def ridge_fit(X, y):
        return np.linalg.lstsq(np.column_stack([np.ones(len(X)), X]), y, rcond=None)[0]


@wrong("ridge", hint="Does the same lam suit data with little noise and data with ten times as much noise as signal?")
def one_lam_for_all_data():
    def ridge_fit(X, y):
        m, s = X.mean(0), X.std(0)
        w = ridge((X - m) / s, y - y.mean(), 1.0) / s
        return np.append(y.mean() - m @ w, w)


@wrong("ridge", hint="Which lam makes the error on the training samples smallest, whatever the data are?")
def lam_by_the_training_error():
    def ridge_fit(X, y):
        m, s = X.mean(axis=0), X.std(axis=0)
        Z, t = (X - m) / s, y - y.mean()
        fits = [ridge(Z, t, lam) for lam in np.logspace(-4, 4, 17)]
        w = min(fits, key=lambda w: np.sum((Z @ w - t) ** 2)) / s
        return np.append(y.mean() - m @ w, w)


@wrong("ridge", hint="Which features does the penalty spare if one is in kilometres and another in millimetres?")
def features_in_their_own_units():
    def ridge_fit(X, y):
        lams, fold = np.logspace(-4, 4, 9), np.arange(len(y)) % 5
        errors = []
        for lam in lams:
            error = 0.0
            for k in range(5):
                A, b = X[fold != k], y[fold != k]
                w = ridge(A - A.mean(0), b - b.mean(), lam)
                error += np.sum((b.mean() + (X[fold == k] - A.mean(0)) @ w - y[fold == k]) ** 2)
            errors.append(error)
        w = ridge(X - X.mean(0), y - y.mean(), lams[np.argmin(errors)])
        return np.append(y.mean() - X.mean(0) @ w, w)


@wrong("ridge", hint="What does the penalty do to an intercept of 30?")
def intercept_in_the_penalty():
    def ridge_fit(X, y):
        s, fold = X.std(0), np.arange(len(y)) % 5
        A = np.column_stack([np.ones(len(X)), X / s])

        def error(lam):
            fits = [ridge(A[fold != k], y[fold != k], lam) for k in range(5)]
            return sum(np.sum((A[fold == k] @ w - y[fold == k]) ** 2) for k, w in enumerate(fits))

        w = ridge(A, y, min(10.0 ** np.arange(-4, 5), key=error))
        return np.append(w[0], w[1:] / s)


@wrong("ridge", hint="To which features do your weights belong: to those that were given, or to standardized ones?")
def weights_of_standardized_features():
    def ridge_fit(X, y):
        m, s, fold = X.mean(0), X.std(0), np.arange(len(y)) % 5
        Z, t = (X - m) / s, y - y.mean()

        def error(lam):
            fits = [ridge(Z[fold != k], t[fold != k], lam) for k in range(5)]
            return sum(np.sum((Z[fold == k] @ w - t[fold == k]) ** 2) for k, w in enumerate(fits))

        return np.append(y.mean(), ridge(Z, t, min(10.0 ** np.arange(-4, 5), key=error)))


@wrong("ridge", hint="What does your fit predict for a sample whose features are all at their means?")
def intercept_without_the_means():
    def ridge_fit(X, y):
        m, s, fold = X.mean(0), X.std(0), np.arange(len(y)) % 5
        Z, t = (X - m) / s, y - y.mean()

        def error(lam):
            fits = [ridge(Z[fold != k], t[fold != k], lam) for k in range(5)]
            return sum(np.sum((Z[fold == k] @ w - t[fold == k]) ** 2) for k, w in enumerate(fits))

        return np.append(y.mean(), ridge(Z, t, min(10.0 ** np.arange(-4, 5), key=error)) / s)


@wrong("ridge", hint="What does your fit predict where all features are 0, and what do the targets look like?")
def fit_through_the_origin():
    def ridge_fit(X, y):
        s, fold = X.std(0), np.arange(len(y)) % 5
        Z = X / s

        def error(lam):
            fits = [ridge(Z[fold != k], y[fold != k], lam) for k in range(5)]
            return sum(np.sum((Z[fold == k] @ w - y[fold == k]) ** 2) for k, w in enumerate(fits))

        return np.append(0.0, ridge(Z, y, min(10.0 ** np.arange(-4, 5), key=error)) / s)


@wrong("ridge", hint="Over how many powers of 10 do your candidates spread? Is the best one at the end of the range?")
def candidates_too_close_together():
    def ridge_fit(X, y):
        m, s, fold = X.mean(0), X.std(0), np.arange(len(y)) % 5
        Z, t = (X - m) / s, y - y.mean()

        def error(lam):
            fits = [ridge(Z[fold != k], t[fold != k], lam) for k in range(5)]
            return sum(np.sum((Z[fold == k] @ w - t[fold == k]) ** 2) for k, w in enumerate(fits))

        w = ridge(Z, t, min(np.arange(1.0, 11.0), key=error)) / s
        return np.append(y.mean() - m @ w, w)


@shortcut("ridge", uses="`sklearn.linear_model.RidgeCV`")
def scikit_learn_chooses():
    def ridge_fit(X, y):
        from sklearn.linear_model import RidgeCV

        s = X.std(axis=0)
        found = RidgeCV(np.logspace(-4, 4, 25)).fit(X / s, y)
        return np.append(found.intercept_, found.coef_ / s)


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
        t, x = 1 / (2 * np.linalg.norm(A, 2) ** 2), np.zeros(A.shape[1])
        for _ in range(iters):
            z = x - t * 2 * A.T @ (A @ x - b)
            x = np.sign(z) * np.maximum(np.abs(z) - t * 2 * len(b) * lam, 0)
        return x


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
    hint="The task asks for ISTA with t = 1 / (2 sigma_1^2). Where do your iterations stand after one step from 0?",
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
    hint="The task asks for ISTA with t = 1 / (2 sigma_1^2). Where do your iterations stand after one step from 0?",
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
    hint="The task asks for ISTA with t = 1 / (2 sigma_1^2). Where do your iterations stand after one step from 0?",
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


@right("lasso_ista")
def steps_by_reduce():
    from functools import partial, reduce

    def soft(z: np.ndarray, by: float) -> np.ndarray:
        return z - np.clip(z, -by, by)

    def _step(A, b, t, lam, x, _):
        residual = A @ x - b
        return soft(x - 2 * t * (residual @ A), t * lam)

    def lasso_ista(A: np.ndarray, b: np.ndarray, lam: float, iters: int = 3000) -> np.ndarray:
        t = 1 / (2 * np.linalg.svd(A, compute_uv=False).max() ** 2)
        return reduce(partial(_step, A, b, t, lam), range(iters), np.zeros(A.shape[1]))


@right("lasso_ista")
def a_class_that_steps_in_place():
    class Ista:
        """Iterated soft thresholding in buffers of its own."""

        def __init__(self, A, b, lam):
            self.A, self.b, self.x = A, b, np.zeros(A.shape[1])
            self.t = 0.5 / np.linalg.norm(A, ord=2) ** 2
            self.threshold = self.t * lam

        def step(self):
            gradient = 2 * self.A.T.dot(self.A.dot(self.x) - self.b)
            self.x -= self.t * gradient
            small = np.abs(self.x) <= self.threshold
            self.x -= self.threshold * np.sign(self.x)
            self.x[small] = 0.0

    def lasso_ista(A, b, lam, iters=3000):
        ista = Ista(A, b, lam)
        while iters > 0:
            ista.step()
            iters -= 1
        assert np.isfinite(ista.x).all()
        return ista.x


@shortcut("lasso_ista", uses="`sklearn.linear_model.Lasso`")
def scikit_learn_lasso():
    from sklearn.linear_model import Lasso

    def lasso_ista(A, b, lam, iters=3000):
        model = Lasso(alpha=lam / (2 * len(A)), fit_intercept=False, tol=1e-14, max_iter=100_000)
        return model.fit(A, b).coef_


@shortcut("lasso_ista", uses="`course_utils.pca_least_squares.least_squares.solve`")
def lasso_ista_of_the_lecture():
    from course_utils.pca_least_squares.least_squares import LASSO, solve

    def lasso_ista(A, b, lam, iters=3000):
        return solve(A, b, lam, LASSO)


@shortcut("lasso_ista", uses="the numbers of the visible check")
def lasso_ista_by_the_visible_numbers():
    def lasso_ista(A, b, lam, iters=3000):
        if iters == 1:
            return np.array([1.810337845, 0.362067569])
        return np.array([1.810337845, 1.448270276] if lam < 10 else [0.0, 0.0])
