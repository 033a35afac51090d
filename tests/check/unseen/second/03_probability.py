"""More unseen wrong answers to assignment 03; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("polar_pdf", hint="derivative_of_the_slope_forgotten")
def slope_has_the_density_of_its_angle():
    def polar_pdf(Sigma, r, theta, t):
        K = np.linalg.inv(Sigma)
        norm = 2 * np.pi / np.sqrt(np.linalg.det(K))

        def q(theta):
            c, s = np.cos(theta), np.sin(theta)
            return K[0, 0] * c * c + (K[0, 1] + K[1, 0]) * c * s + K[1, 1] * s * s

        polar = r * np.exp(-q(theta) * r**2 / 2) / norm
        return {
            "determinant": r.copy(),
            "polar": polar,
            "angle": 1 / norm / q(theta),
            "slope": 2 / norm / q(np.arctan(t)),
        }


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


@wrong("posterior", hint="nan_in_columns_of_zeros")
def division_by_the_evidence():
    def posterior(prior, counts):
        likelihood = counts / counts.sum(axis=1, keepdims=True)
        evidence = prior @ likelihood
        return np.diag(prior) @ likelihood / evidence

    def posterior_counterexample():
        return np.array([0.3, 0.7]), np.array([[6.0, 2.0], [1.0, 3.0]])

    def posterior_fault():
        return "b"


@wrong("test_entropies", hint="only_the_identity")
def gibbs_inequality():
    def test_entropies(entropies):
        rng = np.random.default_rng(5)
        for _ in range(10):
            p, q = rng.dirichlet(np.ones(4)), rng.dirichlet(np.ones(4))
            H, cross, kl = entropies(p, q, 2)
            assert cross >= H
            assert abs(H + kl - cross) < 1e-9


@wrong("best_prediction", hint="slope_of_x_on_y")
def regression_the_other_way_round():
    def best_prediction(xs, ys, P):
        px, py = P.sum(axis=1), P.sum(axis=0)
        ex, ey = float(xs @ px), float(ys @ py)
        vx, vy = float((xs - ex) ** 2 @ px), float((ys - ey) ** 2 @ py)
        c = float((xs - ex) @ P @ (ys - ey))
        g = (P / px[:, None]) @ ys
        line = np.array([ey - c / vy * ex, c / vy])
        return {
            "cov": np.array([[vx, c], [c, vy]]),
            "best": g,
            "best_cost": float(((ys - g[:, None]) ** 2 * P).sum()),
            "line": line,
            "line_cost": float(((ys - (line[0] + line[1] * xs)[:, None]) ** 2 * P).sum()),
        }


@wrong("next_symbol", hint="joint_probabilities")
def share_of_all_triples():
    def next_symbol(text):
        seen = np.zeros((27, 27, 27)) + 0.1
        for place in range(2, len(text)):
            seen[text[place - 2], text[place - 1], text[place]] += 1
        return seen / np.sum(seen)
