"""More unseen wrong answers to assignment 03; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("transform_pdf", hint="no_derivative")
def density_moved_only():
    def transform_pdf(p, f_inv, df_inv, y):
        x = f_inv(y)
        return p(x)


@wrong("gaussian_logpdf", hint="two_pi_once")
def constant_without_d():
    def gaussian_logpdf(X, mu, Sigma):
        d = X - mu
        L = np.linalg.cholesky(Sigma)
        z = np.linalg.solve(L, d.T)
        return -0.5 * (z**2).sum(0) - np.log(np.diag(L)).sum() - 0.5 * np.log(2 * np.pi)


@wrong("ellipse_axes", hint="eigenvalues_without_the_root")
def variances_as_lengths():
    def ellipse_axes(Sigma, mass=0.95):
        k = np.sqrt(-2 * np.log1p(-mass))
        values, vectors = np.linalg.eigh(Sigma)
        order = np.argsort(-values)
        return k * values[order], vectors[:, order]


@wrong("conditional", hint="result_transposed")
def x_in_the_columns():
    def conditional(joint):
        px = joint.sum(axis=1)
        out = np.zeros(joint.T.shape)
        for i, mass in enumerate(px):
            if mass > 0:
                out[:, i] = joint[i] / mass
        return out


@wrong("entropy", hint="minus_forgotten")
def positive_sums():
    def entropy(p, base=2):
        q = p[p > 0]
        return float(np.sum(q * np.log(q)) / np.log(base))

    def cross_entropy(p, q, base=2):
        with np.errstate(divide="ignore"):
            return float(-np.sum(p[p > 0] * np.log(q[p > 0])) / np.log(base))

    def kl(p, q, base=2):
        with np.errstate(divide="ignore"):
            return float(np.sum(p[p > 0] * np.log(p[p > 0] / q[p > 0])) / np.log(base))


@wrong("joint_moments", hint="expectation_of_the_product")
def covariance_without_the_means():
    def joint_moments(xs, ys, P):
        px, py = P.sum(axis=1), P.sum(axis=0)
        ex, ey = float(xs @ px), float(ys @ py)
        vx, vy = float((xs - ex) ** 2 @ px), float((ys - ey) ** 2 @ py)
        return ex, ey, vx, vy, float(xs @ P @ ys)
