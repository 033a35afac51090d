"""Unseen wrong answers to assignment 03; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("transform_pdf", hint="divided_by_the_derivative")
def quotient():
    def transform_pdf(p, f_inv, df_inv, y):
        x = f_inv(y)
        slope = df_inv(y)
        return p(x) / np.sqrt(slope**2)


@wrong("transform_pdf", hint="density_at_y")
def jacobian_only():
    def transform_pdf(p, f_inv, df_inv, y):
        return np.multiply(np.abs(df_inv(y)), p(y))


@wrong("gaussian_logpdf", hint="no_half")
def without_the_half():
    def gaussian_logpdf(X, mu, Sigma):
        d = len(mu)
        P = np.linalg.inv(Sigma)
        out = np.empty(len(X))
        for i, x in enumerate(X):
            out[i] = -(x - mu) @ P @ (x - mu) - d / 2 * np.log(2 * np.pi) - 0.5 * np.linalg.slogdet(Sigma)[1]
        return out


@wrong("gaussian_logpdf", hint="covariance_not_inverted")
def sigma_in_the_form():
    def gaussian_logpdf(X, mu, Sigma):
        D = X - mu
        form = np.einsum("ni,ij,nj->n", D, Sigma, D)
        return -0.5 * form - 0.5 * np.linalg.slogdet(Sigma)[1] - len(mu) * 0.5 * np.log(2 * np.pi)


@wrong("gaussian_logpdf", hint="logarithm_of_the_determinant")
def det_of_two_pi_sigma():
    def gaussian_logpdf(X, mu, Sigma):
        D = X - mu
        form = np.sum(D * np.linalg.solve(Sigma, D.T).T, axis=1)
        return -0.5 * form - 0.5 * np.log(np.linalg.det(Sigma)) - 0.5 * len(mu) * np.log(2 * np.pi)


@wrong("ellipse_axes", hint="quantile_of_one_variable")
def normal_quantile():
    def ellipse_axes(Sigma, mass=0.95):
        from scipy.stats import chi2

        lam, U = np.linalg.eigh(Sigma)
        order = [1, 0]
        return np.sqrt(chi2.ppf(mass, df=1) * lam[order]), U[:, order]


@wrong("ellipse_axes", hint="full_lengths")
def diameters():
    def ellipse_axes(Sigma, mass=0.95):
        from scipy.stats import chi2

        U, s, _ = np.linalg.svd(Sigma)
        return 2 * np.sqrt(chi2.ppf(mass, 2) * s), U


@wrong("ellipse_axes", hint="mass_ignored")
def two_point_four():
    def ellipse_axes(Sigma, mass=0.95):
        U, s, _ = np.linalg.svd(Sigma)
        return np.sqrt(-2 * np.log(0.05) * s), U


@wrong("gmm", hint="weights_ignored")
def unweighted():
    def gmm(X, w, M, S):
        n, k = len(X), len(w)
        logs = np.zeros((n, k))
        for j in range(k):
            P = np.linalg.inv(S[j])
            for i in range(n):
                d = X[i] - M[j]
                logs[i, j] = -0.5 * (d @ P @ d + np.log(np.linalg.det(S[j])) + len(d) * np.log(2 * np.pi))
        top = logs.max(1, keepdims=True)
        total = top + np.log(np.exp(logs - top).sum(1, keepdims=True))
        return total.ravel(), np.exp(logs - total)


@wrong("gmm", hint="largest_term_not_added_back")
def shift_forgotten():
    def gmm(X, w, M, S):
        from scipy.stats import multivariate_normal

        logs = np.stack([np.log(w[j]) + multivariate_normal(M[j], S[j]).logpdf(X) for j in range(len(w))], axis=1)
        logs = logs.reshape(len(X), len(w))
        shifted = np.exp(logs - logs.max(axis=1)[:, None])
        return np.log(shifted.sum(axis=1)), shifted / shifted.sum(axis=1)[:, None]


@wrong("conditional", hint="x_given_y")
def columns_add_up_to_one():
    def conditional(joint):
        result = np.zeros_like(joint)
        for j in range(joint.shape[1]):
            total = joint[:, j].sum()
            if total > 0:
                result[:, j] = joint[:, j] / total
        return result


@wrong("conditional", hint="nan_in_rows_of_zeros")
def plain_quotient():
    def conditional(joint):
        px = joint.sum(1)
        return (joint.T / px).T


@wrong("conditional", hint="uniform_where_x_never_occurs")
def same_for_every_y():
    def conditional(joint):
        out = np.empty_like(joint)
        for i, row in enumerate(joint):
            out[i] = row / row.sum() if row.sum() > 0 else np.ones(len(row)) / len(row)
        return out


@wrong("entropy", hint="nats_always")
def natural_logarithms():
    def entropy(p, base=2):
        return float(sum(-v * np.log(v) for v in p if v > 0))

    def cross_entropy(p, q, base=2):
        total = 0.0
        for a, b in zip(p, q):
            if a > 0:
                total += np.inf if b == 0 else -a * np.log(b)
        return float(total)

    def kl(p, q, base=2):
        return cross_entropy(p, q) - entropy(p)


@wrong("entropy", hint="arguments_swapped")
def q_first():
    def entropy(p, base=2):
        return float(sum(-v * np.log(v) for v in p if v > 0) / np.log(base))

    def cross_entropy(p, q, base=2):
        total = 0.0
        for a, b in zip(q, p):
            if a > 0:
                total += np.inf if b == 0 else -a * np.log(b) / np.log(base)
        return float(total)

    def kl(p, q, base=2):
        return cross_entropy(p, q, base) - entropy(q, base)


@wrong("mutual_information", hint="conditional_entropy")
def what_is_left_open():
    def mutual_information(joint, base=2):
        h = 0.0
        for row in joint:
            for v in row:
                if v > 0:
                    h -= v * np.log(v / row.sum()) / np.log(base)
        return float(h)


@wrong("mutual_information", hint="nats_whatever_the_base")
def nats():
    def mutual_information(joint, base=2):
        px, py = joint.sum(1), joint.sum(0)
        total = 0.0
        for i in range(len(px)):
            for j in range(len(py)):
                if joint[i, j] > 0:
                    total += joint[i, j] * np.log(joint[i, j] / (px[i] * py[j]))
        return float(total)


@wrong("joint_moments", hint="second_moments_for_variances")
def raw_moments():
    def joint_moments(xs, ys, P):
        x, y = xs[:, None], ys[None, :]
        Ex, Ey = (x * P).sum(), (y * P).sum()
        return Ex, Ey, (x**2 * P).sum(), (y**2 * P).sum(), (x * y * P).sum() - Ex * Ey


@wrong("joint_moments", hint="standard_deviations")
def roots():
    def joint_moments(xs, ys, P):
        x, y = np.meshgrid(xs, ys, indexing="ij")
        Ex, Ey = np.sum(x * P), np.sum(y * P)
        sx, sy = np.sum((x - Ex) ** 2 * P) ** 0.5, np.sum((y - Ey) ** 2 * P) ** 0.5
        return Ex, Ey, sx, sy, np.sum((x - Ex) * (y - Ey) * P)
