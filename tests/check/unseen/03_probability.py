"""Unseen wrong answers to assignment 03; `hint` is the catalogue entry with the same idea, or "none"."""
# ruff: noqa: F821 - what answers share is defined once
# pyright: reportUndefinedVariable=false

import numpy as np

from answers import shared, wrong


@wrong("polar_pdf", hint="one_direction_of_two")
def right_half_plane_only():
    def polar_pdf(Sigma, r, theta, t):
        inverse, c = np.linalg.inv(Sigma), 1 / (2 * np.pi * np.linalg.det(Sigma) ** 0.5)

        def angle(theta):
            e = np.stack([np.cos(theta), np.sin(theta)])
            return c / np.einsum("in,ij,jn->n", e, inverse, e)

        e = np.stack([np.cos(theta), np.sin(theta)])
        q = np.einsum("in,ij,jn->n", e, inverse, e)
        return {
            "determinant": np.array(r),
            "polar": c * r * np.exp(-0.5 * r * r * q),
            "angle": angle(theta),
            "slope": angle(np.arctan(t)) / (1 + t * t),
        }


@wrong("polar_pdf", hint="uniform_directions")
def every_direction_alike():
    def polar_pdf(Sigma, r, theta, t):
        x = np.stack([r * np.cos(theta), r * np.sin(theta)], axis=1)
        density = np.exp(-0.5 * np.sum(x @ np.linalg.inv(Sigma) * x, axis=1)) / np.sqrt(
            np.linalg.det(2 * np.pi * Sigma)
        )
        return dict(determinant=r * 1.0, polar=r * density, angle=0 * theta + 0.5 / np.pi, slope=1 / np.pi / (t**2 + 1))


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


@wrong("posterior", hint="prior_lined_up_with_the_outcomes")
def prior_along_the_wrong_axis():
    def posterior(prior, counts):
        likelihood = counts / counts.sum(1).reshape(-1, 1)
        joint = np.multiply(likelihood, prior)
        total = joint.sum(0)
        total[total == 0] = 1
        return joint / total

    def posterior_counterexample():
        return np.array([0.1, 0.9]), np.array([[8.0, 2.0], [1.0, 9.0]])

    def posterior_fault():
        return "b"


@wrong("posterior", hint="counts_not_normalised")
def counts_for_probabilities():
    def posterior(prior, counts):
        out = np.zeros(counts.shape)
        for j in range(counts.shape[1]):
            column = np.array([prior[i] * counts[i, j] for i in range(len(prior))])
            if column.sum() > 0:
                out[:, j] = column / column.sum()
        return out

    def posterior_counterexample():
        return np.array([0.02, 0.98]), np.array([[9.0, 1.0], [2.0, 8.0]])

    def posterior_fault():
        return "b"


@wrong("posterior", hint="prior_where_y_never_occurs")
def falls_back_on_the_prior():
    def posterior(prior, counts):
        likelihood = counts / counts.sum(axis=1)[:, None]
        out = np.repeat(prior[:, None], counts.shape[1], axis=1)
        for j in np.flatnonzero(counts.any(axis=0)):
            out[:, j] = prior * likelihood[:, j] / (prior @ likelihood[:, j])
        return out

    def posterior_counterexample():
        return np.array([0.25, 0.75]), np.array([[9.0, 1.0], [2.0, 8.0]])

    def posterior_fault():
        return "b"


@wrong("test_entropies", hint="no_zeros")
def two_full_distributions():
    def test_entropies(entropies):
        p, q = np.array([0.2, 0.5, 0.3]), np.array([0.6, 0.3, 0.1])
        for base in (2, 10):
            H = sum(-a * np.log(a) / np.log(base) for a in p)
            cross = sum(-a * np.log(b) / np.log(base) for a, b in zip(p, q))
            for found, expected in zip(entropies(p, q, base), (H, cross, cross - H)):
                assert abs(found - expected) < 1e-9


@wrong("test_entropies", hint="equal_to_the_last_digit")
def compared_with_a_loop():
    def test_entropies(entropies):
        p, q = np.array([0.2, 0.5, 0.3, 0.0]), np.array([0.6, 0.25, 0.05, 0.1])
        H = cross = 0.0
        for a, b in zip(p, q):
            if a > 0:
                H -= a * np.log(a) / np.log(3)
                cross -= a * np.log(b) / np.log(3)
        assert entropies(p, q, 3)[0] == H
        assert entropies(p, q, 3)[1] == cross
        assert entropies(p, q, 3)[2] == cross - H


@shared("mutual_information")
def measured_in_bits():
    def mutual_information_guess():
        return 0.3

    def mutual_information_measured(counts):
        p = counts / counts.sum(axis=(1, 2), keepdims=True)
        return np.mean([mutual_information(table) for table in p])

    def mutual_information_off_by(counts):
        return mutual_information_measured(counts) - mutual_information_guess()


@wrong("mutual_information", hint="tables_added_up_first")
def one_large_table():
    def mutual_information(joint, base=2):
        def H(p):
            p = p[p > 0]
            return -np.sum(p * np.log(p)) / np.log(base)

        return H(joint.sum(axis=0)) + H(joint.sum(axis=1)) - H(joint)

    def mutual_information_measured(counts):
        return mutual_information(counts.sum(axis=0) / counts.sum())


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


@wrong("best_prediction", hint="second_moments_for_variances")
def raw_moments():
    def best_prediction(xs, ys, P):
        x, y = xs[:, None], ys[None, :]
        Ex, Ey = (x * P).sum(), (y * P).sum()
        Vx, Vy, C = (x**2 * P).sum(), (y**2 * P).sum(), (x * y * P).sum() - Ex * Ey
        g = (P * y).sum(1) / P.sum(1)
        b = np.array([Ey - C / Vx * Ex, C / Vx])
        costs = [(P * (y - h.reshape(-1, 1)) ** 2).sum() for h in (g, b[0] + b[1] * xs)]
        return {"cov": np.array([[Vx, C], [C, Vy]]), "best": g, "best_cost": costs[0], "line": b, "line_cost": costs[1]}


@wrong("best_prediction", hint="most_likely_value")
def mode_of_each_row():
    def best_prediction(xs, ys, P):
        x, y = np.meshgrid(xs, ys, indexing="ij")
        Ex, Ey = np.sum(x * P), np.sum(y * P)
        C = np.array([[np.sum(a * b * P) for b in (x - Ex, y - Ey)] for a in (x - Ex, y - Ey)])
        g = np.array([ys[np.argmax(row)] for row in P])
        slope = C[0, 1] / C[0, 0]
        return {
            "cov": C,
            "best": g,
            "best_cost": float(np.sum(P * (y - g[:, None]) ** 2)),
            "line": np.array([Ey - slope * Ex, slope]),
            "line_cost": float(C[1, 1] - slope * C[0, 1]),
        }


@wrong("next_symbol", hint="one_added_to_every_triple")
def laplace():
    def next_symbol(text):
        table = np.zeros((27, 27, 27))
        for a, b, c in zip(text, text[1:], text[2:]):
            table[a, b, c] += 1
        return (table + 1) / (table.sum(axis=-1)[..., None] + 27)


@wrong("next_symbol", hint="frequencies_of_symbols")
def no_context_at_all():
    def next_symbol(text):
        _, n = np.unique(np.append(text, np.arange(27)), return_counts=True)
        return np.ones((27, 27, 1)) * n / n.sum()
