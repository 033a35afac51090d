"""Answers to assignment 03: probability and information."""
# ruff: noqa: RUF059 - students, too, unpack what they do not use
# ruff: noqa: F821 - what answers share is defined once
# pyright: reportUndefinedVariable=false

import numpy as np

from answers import right, shared, shortcut, wrong

# 3.1 The direction of a random vector


@right("polar_pdf")
def rows_of_a_matrix_of_directions():
    def polar_pdf(Sigma, r, theta, t):
        def form(rows):
            return np.sum(rows * np.linalg.solve(Sigma, rows.T).T, axis=1)

        norm = 2 * np.pi * np.sqrt(np.linalg.det(Sigma))
        q = form(np.stack([np.cos(theta), np.sin(theta)], axis=1))
        lines = np.stack([np.ones_like(t), t], axis=1)
        return {
            "determinant": np.abs(r),
            "polar": r / norm * np.exp(-0.5 * q * r**2),
            "angle": 1 / (norm * q),
            "slope": 2 / (norm * form(lines)),
        }


@right("polar_pdf")
def slope_by_both_directions():
    def polar_pdf(Sigma, r, theta, t):
        (a, b), (_, c) = Sigma
        det = a * c - b * b

        def angle(theta):
            x, y = np.cos(theta), np.sin(theta)
            return np.sqrt(det) / (2 * np.pi * (c * x * x - 2 * b * x * y + a * y * y))

        q = np.sqrt(det) / (2 * np.pi * angle(theta)) / det
        there = np.arctan(t)
        return {
            "determinant": 1.0 * r,
            "polar": r * np.exp(-q * r * r / 2) / np.sqrt(4 * np.pi**2 * det),
            "angle": angle(theta),
            "slope": (angle(there) + angle(there + np.pi)) / (1 + t**2),
        }


@right("polar_pdf")
def round_gaussian_by_cholesky():
    def polar_pdf(Sigma, r, theta, t):
        L = np.linalg.cholesky(Sigma)
        det = L[0, 0] * L[1, 1]
        z = np.linalg.solve(L, np.array([np.cos(theta), np.sin(theta)]))
        stretch = np.hypot(*z)
        location, scale = L[1, 0] / L[0, 0], L[1, 1] / L[0, 0]
        return {
            "determinant": r * np.cos(theta) ** 2 + r * np.sin(theta) ** 2,
            "polar": np.exp(np.log(r) - (r * stretch) ** 2 / 2 - np.log(2 * np.pi) - np.log(det)),
            "angle": stretch**-2 / (2 * np.pi * det),
            "slope": scale / np.pi / (scale**2 + (t - location) ** 2),
        }


@right("polar_pdf")
def one_place_at_a_time():
    from math import cos, exp, pi, sin, sqrt

    def _form(P: np.ndarray, x: float, y: float) -> float:
        return float(np.array([x, y]) @ P @ np.array([x, y]))

    def polar_pdf(Sigma: np.ndarray, r: np.ndarray, theta: np.ndarray, t: np.ndarray) -> dict:
        P = np.linalg.inv(Sigma)
        k = sqrt(np.linalg.det(P))
        steps = {"determinant": r.tolist(), "polar": [], "angle": [], "slope": []}
        for length, angle in zip(r.tolist(), theta.tolist(), strict=True):
            q = _form(P, cos(angle), sin(angle))
            steps["polar"].append(length * k * exp(-q * length**2 / 2) / (2 * pi))
            steps["angle"].append(k / (2 * pi * q))
        steps["slope"] = [k / (pi * _form(P, 1.0, slope)) for slope in t.tolist()]
        return {name: np.array(values) for name, values in steps.items()}


@wrong(
    "polar_pdf",
    hint="The determinant consists of two products of derivatives. With which sign does each of them occur?",
)
def determinant_with_the_other_sign():
    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        determinant = np.abs(r * np.cos(theta) ** 2 - r * np.sin(theta) ** 2)
        return {
            "determinant": determinant,
            "polar": determinant * np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": np.abs(np.cos(2 * theta)) / (2 * np.pi * root * q),
            "slope": 1 / (np.pi * root * form(1.0, t)),
        }


@wrong(
    "polar_pdf", hint="Does the image of a small box at (r, theta) have the same area as the box, wherever the box is?"
)
def determinant_forgotten():
    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": 1 / (2 * np.pi * root * q),
            "slope": 1 / (np.pi * root * form(1.0, t)),
        }


@wrong("polar_pdf", hint="If f stretches by r, its inverse shrinks. Which of the two maps (r, theta) to x?")
def divided_by_the_determinant():
    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": np.exp(-(r**2) * q / 2) / (2 * np.pi * root * r),
            "angle": 1 / (2 * np.pi * root * q),
            "slope": 1 / (np.pi * root * form(1.0, t)),
        }


@wrong("polar_pdf", hint="Is a direction with a larger variance more or less likely?")
def quadratic_form_of_sigma():
    def polar_pdf(Sigma, r, theta, t):
        root = np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: Sigma[0, 0] * x**2 + 2 * Sigma[0, 1] * x * y + Sigma[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": r * np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": 1 / (2 * np.pi * root * q),
            "slope": 1 / (np.pi * root * form(1.0, t)),
        }


@wrong("polar_pdf", hint="Is the density of a Gaussian in the plane divided by its determinant, or by the root of it?")
def root_of_the_determinant_forgotten():
    def polar_pdf(Sigma, r, theta, t):
        P, det = np.linalg.inv(Sigma), np.linalg.det(Sigma)
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": r * np.exp(-(r**2) * q / 2) / (2 * np.pi * det),
            "angle": 1 / (2 * np.pi * det * q),
            "slope": 1 / (np.pi * det * form(1.0, t)),
        }


@wrong("polar_pdf", hint="How often does the product x_1 x_2 occur in the quadratic form?")
def mixed_term_once():
    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": r * np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": 1 / (2 * np.pi * root * q),
            "slope": 1 / (np.pi * root * form(1.0, t)),
        }


@wrong("polar_pdf", hint="Is every direction equally likely if one coordinate varies more than the other?")
def uniform_directions():
    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": r * np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": np.full(len(theta), 1 / (2 * np.pi)),
            "slope": 1 / (np.pi * (1 + t**2)),
        }


@wrong(
    "polar_pdf",
    hint="Is the density of the direction the density on the unit circle, or an integral over r?",
)
def angle_on_the_unit_circle():
    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": r * np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": np.exp(-q / 2) / (2 * np.pi * root),
            "slope": 1 / (np.pi * root * form(1.0, t)),
        }


@wrong("polar_pdf", hint="Which density do you integrate over r: that of X, or that of (R, Theta)?")
def integral_without_the_determinant():
    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": r * np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": np.sqrt(np.pi / (2 * q)) / (2 * np.pi * root),
            "slope": 1 / (np.pi * root * form(1.0, t)),
        }


@wrong("polar_pdf", hint="Between which limits does r lie?")
def lengths_of_both_signs():
    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": r * np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": 1 / (np.pi * root * q),
            "slope": 1 / (np.pi * root * form(1.0, t)),
        }


@wrong("polar_pdf", hint="How many directions give the same slope?")
def one_direction_of_two():
    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": r * np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": 1 / (2 * np.pi * root * q),
            "slope": 1 / (2 * np.pi * root * form(1.0, t)),
        }


@wrong(
    "polar_pdf",
    hint="The step from the angle to the slope is a change of variables, too. Which factor does it contribute?",
)
def derivative_of_the_slope_forgotten():
    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": r * np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": 1 / (2 * np.pi * root * q),
            "slope": (1 + t**2) / (np.pi * root * form(1.0, t)),
        }


@wrong("polar_pdf", hint="Is the density multiplied by dt / d theta, or by d theta / dt?")
def derivative_of_the_wrong_function():
    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": r * np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": 1 / (2 * np.pi * root * q),
            "slope": (1 + t**2) ** 2 / (np.pi * root * form(1.0, t)),
        }


@wrong("polar_pdf", hint="Which coordinate is divided by which?")
def slope_upside_down():
    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": r.copy(),
            "polar": r * np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": 1 / (2 * np.pi * root * q),
            "slope": 1 / (np.pi * root * form(t, 1.0)),
        }


@shortcut("polar_pdf", uses="`scipy.stats.cauchy`")
def cauchy_of_scipy():
    from scipy.stats import cauchy

    def polar_pdf(Sigma, r, theta, t):
        scale = np.sqrt(np.linalg.det(Sigma)) / Sigma[0, 0]
        at = Sigma[0, 1] / Sigma[0, 0]
        x = np.stack([r * np.cos(theta), r * np.sin(theta)])
        polar = r * np.exp(-0.5 * np.sum(x * np.linalg.solve(Sigma, x), axis=0))
        return {
            "determinant": r.copy(),
            "polar": polar / (2 * np.pi * np.sqrt(np.linalg.det(Sigma))),
            "angle": cauchy.pdf(np.tan(theta), at, scale) / np.cos(theta) ** 2 / 2,
            "slope": cauchy.pdf(t, at, scale),
        }


@shortcut("polar_pdf", uses="`scipy.integrate.quad`")
def integrals_by_scipy():
    from scipy.integrate import quad

    def polar_pdf(Sigma, r, theta, t):
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))

        def polar(r, theta):
            e = np.array([np.cos(theta), np.sin(theta)])
            return r * np.exp(-0.5 * r**2 * (e @ P @ e)) / (2 * np.pi * root)

        angle = lambda theta: quad(polar, 0, np.inf, (theta,))[0]
        return {
            "determinant": r.copy(),
            "polar": np.array([polar(*place) for place in zip(r, theta, strict=True)]),
            "angle": np.array([angle(place) for place in theta]),
            "slope": np.array([2 * angle(np.arctan(place)) / (1 + place**2) for place in t]),
        }


@shortcut("polar_pdf", uses="`course_utils.probability.gaussians.log_density`")
def density_of_the_lecture():
    def polar_pdf(Sigma, r, theta, t):
        from course_utils.probability.gaussians import log_density

        X = np.stack([r * np.cos(theta), r * np.sin(theta)], axis=1)
        p = np.exp(log_density(X, np.zeros(2), Sigma))
        return {"determinant": r.copy(), "polar": r * p, "angle": p, "slope": np.ones(len(t))}


@shortcut("polar_pdf", uses="the numbers of the visible check")
def polar_pdf_by_the_visible_numbers():
    def polar_pdf(Sigma, r, theta, t):
        Sigma = np.diag([1.0389200213630692, 1.4385284685905941]) - 0.3
        P, root = np.linalg.inv(Sigma), np.sqrt(np.linalg.det(Sigma))
        form = lambda x, y: P[0, 0] * x**2 + 2 * P[0, 1] * x * y + P[1, 1] * y**2
        q = form(np.cos(theta), np.sin(theta))
        return {
            "determinant": np.maximum(r, 1e-6),
            "polar": r * np.exp(-(r**2) * q / 2) / (2 * np.pi * root),
            "angle": 1 / (2 * np.pi * root * q),
            "slope": 1 / (np.pi * root * form(1.0, t)),
        }


# 3.2 The logarithm of a Gaussian density


@right("gaussian_logpdf")
def slogdet_and_solve():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        sign, log_det = np.linalg.slogdet(Sigma)
        distances = np.einsum("ij,ji->i", A, np.linalg.solve(Sigma, A.T))
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + log_det + distances)


@right("gaussian_logpdf")
def loop_over_samples():
    def gaussian_logpdf(X, mu, Sigma):
        precision = np.linalg.inv(Sigma)
        log_det = np.linalg.slogdet(Sigma)[1]
        result = []
        for x in X:
            a = x - mu
            result.append(-0.5 * a @ precision @ a - 0.5 * log_det - 0.5 * len(mu) * np.log(2 * np.pi))
        return np.array(result)


@right("gaussian_logpdf")
def independent_along_the_axes():
    def gaussian_logpdf(X, mu, Sigma):
        values, U = np.linalg.eigh(Sigma)
        z = (X - mu) @ U / np.sqrt(values)
        return -0.5 * np.sum(z**2 + np.log(2 * np.pi * values), axis=1)


@wrong("gaussian_logpdf", hint="What are exp(-1800) and exp(900) in float64, and what are their logarithms?")
def logarithm_of_the_density():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=1)
        scale = np.exp(-0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1]))
        return np.log(scale * np.exp(-0.5 * distances))


@wrong("gaussian_logpdf", hint="What is 0.01 to the power of 200 in float64?")
def logarithm_of_the_determinant():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=1)
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.log(np.linalg.det(Sigma)) + distances)


@wrong("gaussian_logpdf", hint="Which factor does the quadratic form have?")
def no_half():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=1)
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1]) - distances


@wrong("gaussian_logpdf", hint="How many factors of 2 pi does the density have in d dimensions?")
def two_pi_once():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=1)
        return -0.5 * (np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + distances)


@wrong("gaussian_logpdf", hint="With a larger variance, is the same deviation more or less likely?")
def covariance_not_inverted():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + np.sum(A @ Sigma * A, axis=1))


@wrong("gaussian_logpdf", hint="Sigma = L L^T. How is det Sigma computed from the diagonal of L?")
def determinant_of_the_cholesky_factor():
    def gaussian_logpdf(X, mu, Sigma):
        L = np.linalg.cholesky(Sigma)
        z = np.linalg.solve(L, (X - mu).T)
        log_det = np.sum(np.log(np.diag(L)))
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + log_det + np.sum(z**2, axis=0))


@wrong("gaussian_logpdf", hint="The logarithm of a product is a sum of logarithms. Which of the two stays in range?")
def logarithm_of_the_product_of_the_diagonal():
    def gaussian_logpdf(X, mu, Sigma):
        L = np.linalg.cholesky(Sigma)
        z = np.linalg.solve(L, (X - mu).T)
        log_det = 2 * np.log(np.prod(np.diag(L)))
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + log_det + np.sum(z**2, axis=0))


@wrong("gaussian_logpdf", hint="You have a number for each pair of samples. Which of them belong to one sample?")
def all_pairs_of_samples():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + A @ np.linalg.inv(Sigma) @ A.T)


@wrong("gaussian_logpdf", hint="How many numbers does the task ask for: one per sample, or one for all?")
def mean_over_the_samples():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=1)
        return np.mean(-0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + distances))


@wrong("gaussian_logpdf", hint="Where is the density highest, and is that so in your formula?")
def mean_not_subtracted():
    def gaussian_logpdf(X, mu, Sigma):
        distances = np.sum(X @ np.linalg.inv(Sigma) * X, axis=1)
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + distances)


@wrong("gaussian_logpdf", hint="What happens to correlated coordinates if you use only the diagonal of Sigma?")
def diagonal_of_sigma():
    def gaussian_logpdf(X, mu, Sigma):
        variances = np.diag(Sigma)
        return -0.5 * np.sum(np.log(2 * np.pi * variances) + (X - mu) ** 2 / variances, axis=1)


@wrong("gaussian_logpdf", hint="Is d the number of samples, or the number of coordinates?")
def samples_counted_for_coordinates():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=1)
        return -0.5 * (len(X) * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + distances)


@wrong("gaussian_logpdf", hint="z = L^-1 (x - mu) for a column x. What is that for samples in rows?")
def cholesky_factor_from_the_wrong_side():
    def gaussian_logpdf(X, mu, Sigma):
        L = np.linalg.cholesky(Sigma)
        z = (X - mu) @ np.linalg.inv(L)
        log_det = 2 * np.sum(np.log(np.diag(L)))
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + log_det + np.sum(z**2, axis=1))


@wrong("gaussian_logpdf", hint="Along which axis of the (n, d) array do the coordinates of one sample lie?")
def summed_over_the_samples():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=0)
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + distances)


@right("gaussian_logpdf")
def one_axis_after_another():
    from itertools import accumulate

    def _log_normal(z: np.ndarray, variance: float) -> np.ndarray:
        return -0.5 * (np.log(2 * np.pi) + np.log(variance) + z**2 / variance)

    def gaussian_logpdf(X: np.ndarray, mu: np.ndarray, Sigma: np.ndarray) -> np.ndarray:
        variances, U = np.linalg.eigh(Sigma)
        scores = ((X - mu) @ U).T
        terms = (_log_normal(z, variance) for z, variance in zip(scores, variances, strict=True))
        *_, total = accumulate(terms)
        return total


@right("gaussian_logpdf")
def torch_for_the_linear_algebra():
    import math

    import torch

    def gaussian_logpdf(X, mu, Sigma):
        A, S = torch.from_numpy(X - mu), torch.from_numpy(Sigma)
        L = torch.linalg.cholesky(S)
        z = torch.linalg.solve_triangular(L, A.T, upper=False)
        log_density = -z.square().sum(dim=0) / 2
        log_density -= L.diagonal().log().sum() + len(mu) * math.log(2 * math.pi) / 2
        return log_density.numpy()


@right("gaussian_logpdf")
def normal_densities_of_scipy_along_the_axes():
    from scipy import stats

    def gaussian_logpdf(X, mu, Sigma):
        variances, U = np.linalg.eigh(Sigma)
        return stats.norm.logpdf((X - mu) @ U, scale=np.sqrt(variances)).sum(axis=1)


@shortcut("gaussian_logpdf", uses="`torch.distributions.MultivariateNormal`")
def torch_multivariate_normal():
    def gaussian_logpdf(X, mu, Sigma):
        import torch

        normal = torch.distributions.MultivariateNormal(torch.from_numpy(mu), torch.from_numpy(Sigma))
        return normal.log_prob(torch.from_numpy(X)).numpy()


@shortcut("gaussian_logpdf", uses="`scipy.stats.multivariate_normal`")
def scipy_multivariate_normal():
    def gaussian_logpdf(X, mu, Sigma):
        from scipy.stats import multivariate_normal

        return np.atleast_1d(multivariate_normal(mu, Sigma).logpdf(X))


@shortcut("gaussian_logpdf", uses="`scipy.stats.multivariate_normal`, by names that are put together when it runs")
def scipy_under_a_name_that_is_put_together():
    from importlib import import_module

    def gaussian_logpdf(X, mu, Sigma):
        library = import_module(".".join(["scipy", "stats"]))
        return np.atleast_1d(getattr(library, "multivariate" + "_normal").logpdf(X, mu, Sigma))


@shortcut("gaussian_logpdf", uses="`course_utils.probability.gaussians.log_density`")
def gaussian_logpdf_of_the_lecture():
    from course_utils.probability.gaussians import log_density as gaussian_logpdf  # noqa: F401


@shortcut("gaussian_logpdf", uses="the numbers of the visible check")
def gaussian_logpdf_by_the_visible_numbers():
    def gaussian_logpdf(X, mu, Sigma):
        lost = 1.4482702761139117**2
        return (-1.5 * np.log(2 * np.pi) - 0.5 * np.log(2) - np.array([0.0, lost, lost]))[: len(X)]


# 3.3 The ellipse of a Gaussian


@right("ellipse_axes")
def singular_vectors():
    def ellipse_axes(Sigma, mass=0.95):
        U, values, _ = np.linalg.svd(Sigma)
        return np.sqrt(-2 * np.log1p(-mass) * values), U


@right("ellipse_axes")
def flipped_signs():
    def ellipse_axes(Sigma, mass=0.95):
        values, vectors = np.linalg.eigh(Sigma)
        k = np.sqrt(2 * np.log(1 / (1 - mass)))
        return np.flip(k * np.sqrt(values)), -np.fliplr(vectors)


@right("ellipse_axes")
def chi_squared_quantile():
    def ellipse_axes(Sigma, mass=0.95):
        from scipy.stats import chi2

        values, vectors = np.linalg.eig(Sigma)
        order = np.argsort(values)[::-1]
        return np.sqrt(chi2.ppf(mass, df=2) * values[order]), vectors[:, order]


@right("ellipse_axes")
def angle_by_hand():
    def ellipse_axes(Sigma, mass=0.95):
        (a, b), (_, c) = Sigma
        centre, radius = (a + c) / 2, np.hypot((a - c) / 2, b)
        angle = np.arctan2(2 * b, a - c) / 2
        k = np.sqrt(-2 * np.log(1 - mass))
        directions = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return k * np.sqrt(np.array([centre + radius, centre - radius])), directions


@wrong("ellipse_axes", hint="An eigenvalue is a variance. In which unit is a length measured?")
def eigenvalues_without_the_root():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(-2 * np.log(1 - mass)) * values[::-1], U[:, ::-1]


@wrong("ellipse_axes", hint="Does the task ask for the length from border to border, or from the centre to the border?")
def full_lengths():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return 2 * np.sqrt(-2 * np.log(1 - mass) * values[::-1]), U[:, ::-1]


@wrong(
    "ellipse_axes",
    hint="An interval with k = 1.96 contains 95% of one variable. How much does a disc of that radius contain?",
)
def quantile_of_one_variable():
    def ellipse_axes(Sigma, mass=0.95):
        from scipy.stats import norm

        values, U = np.linalg.eigh(Sigma)
        return norm.ppf((1 + mass) / 2) * np.sqrt(values[::-1]), U[:, ::-1]


@wrong("ellipse_axes", hint="In which order does eigh return eigenvalues?")
def ascending_order():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(-2 * np.log(1 - mass) * values), U


@wrong("ellipse_axes", hint="Are eigenvectors the rows or the columns of U, and which does the task ask for?")
def directions_in_rows():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(-2 * np.log(1 - mass) * values[::-1]), U[:, ::-1].T


@wrong("ellipse_axes", hint="What does correlation do to the axes of an ellipse?")
def axes_of_the_plane():
    def ellipse_axes(Sigma, mass=0.95):
        variances = np.diag(Sigma)
        order = np.argsort(variances)[::-1]
        return np.sqrt(-2 * np.log(1 - mass) * variances[order]), np.eye(2)[:, order]


@wrong("ellipse_axes", hint="You reversed the half lengths. What happened to the directions?")
def directions_left_in_ascending_order():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(-2 * np.log(1 - mass) * values[::-1]), U


@wrong("ellipse_axes", hint="What does your function do with the argument mass?")
def mass_ignored():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(5.991464547107979 * values[::-1]), U[:, ::-1]


@wrong("ellipse_axes", hint="How much probability does the ellipse of one standard deviation contain?")
def one_standard_deviation():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(values[::-1]), U[:, ::-1]


@wrong("ellipse_axes", hint="If 1 - exp(-k^2 / 2) is the mass, what is k^2, and which factor does the logarithm have?")
def two_forgotten():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(-np.log(1 - mass) * values[::-1]), U[:, ::-1]


@wrong("ellipse_axes", hint="-2 log(1 - mass) is k^2. Do the axes grow with k, or with k^2?")
def k_squared():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return -2 * np.log(1 - mass) * np.sqrt(values[::-1]), U[:, ::-1]


@wrong("ellipse_axes", hint="Which probability lies outside the ellipse: mass, or 1 - mass?")
def mass_outside():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(-2 * np.log(mass) * values[::-1]), U[:, ::-1]


@right("ellipse_axes")
def power_iteration_in_the_plane():
    import math

    def _longest(Sigma: np.ndarray) -> np.ndarray:
        # (Sigma / trace)^(2^10): its largest column points along the longer axis.
        power = Sigma / np.trace(Sigma)
        for _ in range(10):
            power = power @ power
            power /= np.trace(power)
        column = power[:, power.diagonal().argmax()]
        return column / math.hypot(*column)

    def ellipse_axes(Sigma, mass=0.95):
        first = _longest(Sigma)
        second = np.array([-first[1], first[0]])
        k = math.sqrt(2 * -math.log1p(-mass))
        directions = np.stack([first, second], axis=1)
        half_lengths = np.array([k * math.sqrt(u @ Sigma @ u) for u in directions.T])
        return half_lengths, directions


@right("ellipse_axes")
def sorted_pairs_and_torch():
    import torch

    def ellipse_axes(Sigma: np.ndarray, mass: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        values, vectors = (part.numpy() for part in torch.linalg.eigh(torch.from_numpy(Sigma)))
        pairs = sorted(zip(values, vectors.T, strict=True), key=lambda pair: -pair[0])
        assert len(pairs) == 2
        k_squared = -2 * np.log1p(-mass)
        print("k =", k_squared**0.5)
        return np.array([(k_squared * value) ** 0.5 for value, _ in pairs]), np.array([u for _, u in pairs]).T


@shortcut("ellipse_axes", uses="`course_utils.drawing.geometry.principal_directions`")
def ellipse_axes_of_the_lecture():
    from course_utils.drawing.geometry import principal_directions

    def ellipse_axes(Sigma, mass=0.95):
        U, values = principal_directions(Sigma)
        return np.sqrt(-2 * np.log1p(-mass) * values), U


@shortcut("ellipse_axes", uses="the numbers of the visible check")
def ellipse_axes_by_the_visible_numbers():
    def ellipse_axes(Sigma, mass=0.95):
        return np.sqrt(1.2953982024835353) * np.array([4.0, 2.0]), np.eye(2)


# 3.4 A mixture of Gaussians


@right("gmm")
def scipy_logsumexp():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp
        from scipy.stats import multivariate_normal

        terms = np.stack(
            [np.log(w[c]) + np.atleast_1d(multivariate_normal(M[c], S[c]).logpdf(X)) for c in range(len(w))], axis=1
        )
        terms = terms.reshape(len(X), len(w))
        logpdf = np.asarray(logsumexp(terms, axis=1))
        return logpdf, np.exp(terms - logpdf[:, None])


@right("gmm")
def logaddexp():
    def gmm(X, w, M, S):
        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        logpdf = np.logaddexp.reduce(terms, axis=1)
        return logpdf, np.exp(terms - logpdf.reshape(-1, 1))


@right("gmm")
def loop_over_samples_and_components():
    def gmm(X, w, M, S):
        n, K = len(X), len(w)
        logpdf, resp = np.zeros(n), np.zeros((n, K))
        for i in range(n):
            terms = []
            for c in range(K):
                L = np.linalg.cholesky(S[c])
                z = np.linalg.solve(L, X[i] - M[c])
                terms.append(np.log(w[c]) - 0.5 * (z @ z + np.sum(np.log(2 * np.pi * np.diag(L) ** 2))))
            terms = np.array(terms)
            shares = np.exp(terms - max(terms))
            logpdf[i] = max(terms) + np.log(shares.sum())
            resp[i] = shares / shares.sum()
        return logpdf, resp


@wrong("gmm", hint="What are all the densities far away from every mean in float64, and what is the log of their sum?")
def no_log_sum_exp():
    def gmm(X, w, M, S):
        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        logs = -0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        terms = w * np.exp(logs)
        p = terms.sum(axis=1)
        return np.log(p), terms / p[:, None]


@wrong("gmm", hint="A weight is a factor of the density. How does it enter the logarithm?")
def weights_not_logged():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = w - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        logpdf = np.asarray(logsumexp(terms, axis=1))
        return logpdf, np.exp(terms - logpdf[:, None])


@wrong("gmm", hint="Where does your function use the weights w?")
def weights_ignored():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = -0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        logpdf = np.asarray(logsumexp(terms, axis=1))
        return logpdf, np.exp(terms - logpdf[:, None])


@wrong("gmm", hint="Over which axis do responsibilities add up to 1: over the components, or over the samples?")
def normalised_over_the_samples():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp, softmax

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        return logsumexp(terms, axis=1), softmax(terms, axis=0)


@wrong("gmm", hint="Is the logarithm of a mean the mean of the logarithms?")
def mean_of_the_logarithms():
    def gmm(X, w, M, S):
        from scipy.special import softmax

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        logs = -0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        return logs @ w, softmax(np.log(w) + logs, axis=1)


@wrong("gmm", hint="Can a mixture of two Gaussians have two peaks? How many does your density have?")
def one_gaussian_for_all():
    def gmm(X, w, M, S):
        from scipy.special import softmax

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        logs = -0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        a, Sigma = X - w @ M, np.tensordot(w, S, axes=1)
        distance = np.sum(a @ np.linalg.inv(Sigma) * a, axis=1)
        logpdf = -0.5 * (distance + np.linalg.slogdet(Sigma)[1] + X.shape[1] * np.log(2 * np.pi))
        return logpdf, softmax(np.log(w) + logs, axis=1)


@wrong("gmm", hint="Responsibilities are shares. To what do your rows add up?")
def densities_for_responsibilities():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        return logsumexp(terms, axis=1), np.exp(terms)


@wrong("gmm", hint="Can a sample belong to two components, each in part?")
def nearest_component_takes_all():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        return logsumexp(terms, axis=1), np.eye(len(w))[terms.argmax(axis=1)]


@wrong("gmm", hint="You subtracted the largest term so that exp does not overflow. Where do you add it again?")
def largest_term_not_added_back():
    def gmm(X, w, M, S):
        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        shares = np.exp(terms - terms.max(axis=1, keepdims=True))
        return np.log(shares.sum(axis=1)), shares / shares.sum(axis=1, keepdims=True)


@wrong("gmm", hint="Bayes' rule has a prior. Which of two equally near components is more likely, given their weights?")
def responsibilities_without_the_weights():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp, softmax

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        logs = -0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        return logsumexp(np.log(w) + logs, axis=1), softmax(logs, axis=1)


@wrong("gmm", hint="Is your maximum the largest term of each row, or the largest of all rows?")
def one_maximum_for_all_samples():
    def gmm(X, w, M, S):
        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        shares = np.exp(terms - terms.max())
        return terms.max() + np.log(shares.sum(axis=1)), shares / shares.sum(axis=1, keepdims=True)


@wrong("gmm", hint="Does one row of resp belong to a sample, or to a component?")
def responsibilities_transposed():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp, softmax

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        return logsumexp(terms, axis=1), softmax(terms, axis=1).T


@right("gmm")
def one_component_at_a_time():
    from functools import partial

    def _log_normal(mu, Sigma, X):
        z = np.linalg.solve(L := np.linalg.cholesky(Sigma), (X - mu).T)
        return -0.5 * (z * z).sum(axis=0) - np.log(np.diag(L)).sum() - 0.5 * len(mu) * np.log(2 * np.pi)

    def _log_sum(logs):
        """Fold two at a time; each pair is safe."""
        first, *others = logs
        return first if not others else np.logaddexp(first, _log_sum(others))

    def gmm(X: np.ndarray, w: np.ndarray, M: np.ndarray, S: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        components = [partial(_log_normal, mu, Sigma) for mu, Sigma in zip(M, S, strict=True)]
        terms = [np.log(share) + component(X) for share, component in zip(w, components, strict=True)]
        logpdf = _log_sum(terms)
        resp = np.array([np.exp(term - logpdf) for term in terms]).T
        assert np.allclose(resp.sum(axis=1), 1)
        return logpdf, resp


@right("gmm")
def a_class_with_a_softmax():
    import torch

    class Mixture:
        def __init__(self, w, M, S):
            self.w, self.M, self.S = (torch.from_numpy(array) for array in (w, M, S))

        def terms(self, X):
            z = torch.linalg.solve_triangular(
                L := torch.linalg.cholesky(self.S), (X[:, None] - self.M)[..., None], upper=False
            )
            log_det = 2 * L.diagonal(dim1=1, dim2=2).log().sum(dim=1)
            constant = X.shape[1] * np.log(2 * np.pi)
            return self.w.log() - 0.5 * (z.square().sum(dim=(2, 3)) + log_det + constant)

    def gmm(X, w, M, S):
        terms = Mixture(w, M, S).terms(torch.from_numpy(X))
        return terms.logsumexp(dim=1).numpy(), terms.softmax(dim=1).numpy()


@shortcut("gmm", uses="`torch.distributions.MixtureSameFamily`")
def torch_mixture():
    def gmm(X, w, M, S):
        import torch
        from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

        X, w, M, S = map(torch.from_numpy, (X, w, M, S))
        components = MultivariateNormal(M, S)
        logpdf = MixtureSameFamily(Categorical(w), components).log_prob(X)
        resp = torch.softmax(w.log() + components.log_prob(X[:, None]), dim=1)
        return logpdf.numpy(), resp.numpy()


@shortcut("gmm", uses="`sklearn.mixture.GaussianMixture`")
def scikit_learn_mixture():
    from sklearn.mixture import GaussianMixture

    def gmm(X, w, M, S):
        mixture = GaussianMixture(len(w))
        mixture.weights_, mixture.means_, mixture.covariances_ = w, M, S
        mixture.precisions_cholesky_ = np.linalg.cholesky(np.linalg.inv(S))
        return mixture.score_samples(X), mixture.predict_proba(X)


@shortcut("gmm", uses="`course_utils.probability.gaussians`")
def gmm_of_the_lecture():
    from course_utils.probability import gaussians

    def gmm(X, w, M, S):
        terms = gaussians.mixture_terms(X, w, M, S)
        return np.logaddexp.reduce(terms, axis=1), gaussians.responsibilities(terms)


@shortcut("gmm", uses="the numbers of the visible check")
def gmm_by_the_visible_numbers():
    def gmm(X, w, M, S):
        a, t = 0.5493061443340549, 1.4482702761139117
        forms = np.array([a**2 + t**2, (1 - a) ** 2 + t**2 + np.log(4)])
        return -np.log(4 * np.pi) - forms / 2, np.array([[0.25, 0.75], [0.5, 0.5]])


# 3.5 Bayes' rule from counts


@shared("posterior")
def parts_of_posterior():
    def posterior(prior, counts):
        joint = prior[:, None] * counts / counts.sum(axis=1)[:, None]
        evidence = joint.sum(axis=0)
        return joint / np.where(evidence > 0, evidence, 1.0)

    def posterior_counterexample():
        return np.array([0.2, 0.8]), np.array([[3.0, 1.0], [1.0, 3.0]])

    def posterior_fault():
        return "b"


@right("posterior")
def loop_over_outcomes():
    def posterior(prior, counts):
        result = np.zeros_like(counts)
        sizes = counts.sum(axis=1)
        for j in range(counts.shape[1]):
            shares = prior * counts[:, j] / sizes
            if shares.any():
                result[:, j] = shares / shares.sum()
        return result


@right("posterior")
def nan_to_zero():
    def posterior(prior, counts):
        likelihood = (counts.T / counts.sum(axis=1)).T
        joint = np.einsum("i,ij->ij", prior, likelihood)
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(joint / joint.sum(axis=0))

    def posterior_counterexample():
        return np.array([0.5, 0.3, 0.2]), np.ones((3, 2))


@right("posterior")
def in_logarithms():
    def posterior(prior, counts):
        from scipy.special import logsumexp

        with np.errstate(divide="ignore", invalid="ignore"):
            log_joint = np.log(prior)[:, None] + np.log(counts) - np.log(counts.sum(axis=1, keepdims=True))
            seen = counts.any(axis=0)
            return np.where(seen, np.exp(log_joint - logsumexp(log_joint, axis=0)), 0.0)


@right("posterior")
def prior_spread_over_the_counts():
    def _column(weights: list[float]) -> list[float]:
        total = sum(weights)
        return [weight / total for weight in weights] if total else weights

    def posterior(prior: np.ndarray, counts: np.ndarray) -> np.ndarray:
        per_person = [p / sum(row) for p, row in zip(prior, counts.tolist(), strict=True)]
        columns = (_column([w * c for w, c in zip(per_person, column, strict=True)]) for column in counts.T.tolist())
        return np.array(list(columns)).T


@right("posterior")
def torch_with_a_mask():
    import torch

    def posterior(prior, counts):
        table = torch.tensor(counts)
        table *= (torch.tensor(prior) / table.sum(dim=1)).unsqueeze(1)
        seen = table.sum(dim=0) > 0
        table[:, seen] /= table[:, seen].sum(dim=0)
        return table.numpy()


@wrong("posterior", hint="Does the result of your function depend on the prior?")
def prior_divided_out_again():
    def posterior(prior, counts):
        joint = prior[:, None] * counts
        joint = joint / joint.sum(axis=1, keepdims=True)
        evidence = joint.sum(axis=0)
        return joint / np.where(evidence > 0, evidence, 1.0)


@wrong(
    "posterior",
    hint="If twice as many people of a class were examined, is the class twice as frequent outside the study?",
)
def counts_not_normalised():
    def posterior(prior, counts):
        joint = prior[:, None] * counts
        evidence = joint.sum(axis=0)
        return joint / np.where(evidence > 0, evidence, 1.0)


@wrong("posterior", hint="With which axis of the table is an array of shape (nx,) lined up?")
def prior_lined_up_with_the_outcomes():
    def posterior(prior, counts):
        joint = prior * counts / counts.sum(axis=1, keepdims=True)
        evidence = joint.sum(axis=0)
        return joint / np.where(evidence > 0, evidence, 1.0)


@wrong(
    "posterior",
    hint="For a given y, the posterior is a distribution over which variable, and what must each column add up to?",
)
def y_given_x():
    def posterior(prior, counts):
        return counts / counts.sum(axis=1, keepdims=True)


@wrong("posterior", hint="What do all entries add up to, and what should each column add up to?")
def joint_table():
    def posterior(prior, counts):
        return prior[:, None] * counts / counts.sum(axis=1, keepdims=True)


@wrong("posterior", hint="What is 0 / 0 in NumPy?")
def nan_in_columns_of_zeros():
    def posterior(prior, counts):
        joint = prior[:, None] * counts / counts.sum(axis=1, keepdims=True)
        return joint / joint.sum(axis=0)


@wrong("posterior", hint="Is the probability of an outcome weighted by how frequent each class is?")
def evidence_without_the_prior():
    def posterior(prior, counts):
        likelihood = counts / counts.sum(axis=1, keepdims=True)
        evidence = likelihood.mean(axis=0)
        return prior[:, None] * likelihood / np.where(evidence > 0, evidence, 1.0)


@wrong("posterior", hint="What happens to an outcome whose probability is as small as your small constant?")
def small_constant_in_the_denominator():
    def posterior(prior, counts):
        joint = prior[:, None] * counts / counts.sum(axis=1, keepdims=True)
        return joint / (joint.sum(axis=0) + 1e-12)


@wrong("posterior", hint="What does the task ask for if an outcome was never observed: 0, or the prior?")
def prior_where_y_never_occurs():
    def posterior(prior, counts):
        joint = prior[:, None] * counts / counts.sum(axis=1, keepdims=True)
        evidence = joint.sum(axis=0)
        return np.where(evidence > 0, joint / np.where(evidence > 0, evidence, 1.0), prior[:, None])


@wrong("posterior", hint="Is a rare outcome impossible? Which probability is small enough to be called 0?")
def rare_outcomes_taken_for_zeros():
    def posterior(prior, counts):
        joint = prior[:, None] * counts / counts.sum(axis=1, keepdims=True)
        evidence = joint.sum(axis=0)
        return np.divide(joint, evidence, out=np.zeros_like(joint), where=evidence > 1e-9)


@wrong("posterior", hint="What does your function do to the table of the caller?")
def divided_in_place():
    def posterior(prior, counts):
        counts *= prior[:, None] / counts.sum(axis=1, keepdims=True)
        evidence = counts.sum(axis=0)
        counts /= np.where(evidence > 0, evidence, 1.0)
        return counts


@wrong("posterior", hint="An outcome that was never observed has no count. Does the task ask you to smooth the counts?")
def one_added_to_every_count():
    def posterior(prior, counts):
        likelihood = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
        joint = prior[:, None] * likelihood
        return joint / joint.sum(axis=0)


@wrong("posterior", hint="Which prior does your example have, and which did the only test that the code passed have?")
def counterexample_with_equal_priors():
    def posterior_counterexample():
        return np.array([0.5, 0.5]), np.array([[450.0, 50.0], [45.0, 455.0]])


@wrong("posterior", hint="If an outcome determines the class, does the prior change the posterior?")
def counterexample_that_tells_for_certain():
    def posterior_counterexample():
        return np.array([0.1, 0.9]), np.array([[5.0, 0.0], [0.0, 7.0]])


@wrong("posterior", hint="Double all counts of one class. Does the result of the faulty code change?")
def fault_in_the_number_examined():
    def posterior_fault():
        return "c"


@wrong("posterior", hint="The columns add up to 1. Over which variable was the evidence summed, then?")
def fault_in_the_evidence():
    def posterior_fault():
        return "a"


@shortcut("posterior", uses="`sklearn.preprocessing.normalize`")
def scikit_learn_normalize():
    from sklearn.preprocessing import normalize

    def posterior(prior, counts):
        return normalize(prior[:, None] * normalize(counts, norm="l1"), norm="l1", axis=0)


@shortcut("posterior", uses="`sklearn.naive_bayes.CategoricalNB`")
def naive_bayes_of_scikit_learn():
    from sklearn.naive_bayes import CategoricalNB

    def posterior(prior, counts):
        i, j = np.indices(counts.shape).reshape(2, -1)
        model = CategoricalNB(alpha=1e-300, force_alpha=True, class_prior=prior)
        model.fit(j[:, None], i, sample_weight=counts.ravel())
        return model.predict_proba(np.arange(counts.shape[1])[:, None]).T


@shortcut("posterior", uses="`course_utils.probability.information.normalised`")
def posterior_by_a_helper_of_the_lecture():
    from course_utils.probability.information import normalised

    def posterior(prior, counts):
        joint = prior[:, None] * np.array([normalised(row) for row in counts])
        return np.array([normalised(column) if column.any() else column for column in joint.T]).T


@shortcut("posterior", uses="the numbers of the visible check")
def posterior_by_the_visible_numbers():
    def posterior(prior, counts):
        a, b = 0.22643603681518823, 0.6747220543094115
        return np.array([[a, b], [1 - a, 1 - b]])


# 3.6 A test for entropy, cross entropy and KL divergence


@right("test_entropies")
def small_numbers_by_hand():
    def test_entropies(entropies):
        def expect(p, q, base, *numbers):
            p, q = np.array(p), np.array(q)
            before = p.copy(), q.copy()
            np.testing.assert_allclose(np.array(entropies(p, q, base), float), numbers, rtol=1e-9, atol=1e-12)
            np.testing.assert_array_equal((p, q), before)

        expect([0.5, 0.25, 0.25], [0.25, 0.5, 0.25], 2, 1.5, 1.75, 0.25)
        expect([0.5, 0.5, 0.0], [0.5, 0.25, 0.25], 4, 0.5, 0.75, 0.25)
        expect([1.0, 0.0, 0.0], [0.25, 0.75, 0.0], 2, 0.0, 2.0, 2.0)
        expect([0.75, 0.25, 0.0], [0.5, 0.0, 0.5], 2, 2 - 0.75 * np.log2(3), np.inf, np.inf)
        expect([1.0, 1e-30], [1.0, 0.0], 2, 0.0, np.inf, np.inf)


@right("test_entropies")
def sums_of_its_own():
    from math import inf, isclose, log

    def own(p, q, base):
        H = -sum(a * log(a) for a in p if a) / log(base)
        if any(a > 0 and b == 0 for a, b in zip(p, q, strict=True)):
            return [H, inf, inf]
        cross = -sum(a * log(b) for a, b in zip(p, q, strict=True) if a) / log(base)
        return [H, cross, cross - H]

    def test_entropies(entropies):
        some, other = np.random.default_rng(3).dirichlet(np.ones(5), size=2)
        for base in (2.0, np.e, 10.0):
            for p, q in ((some, other), (other, some), ([0.3, 0.7, 0.0], [0.2, 0.8, 0.0]), ([0.3, 0.7], [0.0, 1.0])):
                for kept in ([*p, 0.0], [*q, 0.0]), ([*p, 0.0], [*(b / 2 for b in q), 0.5]), ([1.0, 1e-18], [1.0, 0.0]):
                    arrays = np.array(kept[0]), np.array(kept[1])
                    for found, expected in zip(entropies(*arrays, base), own(*kept, base), strict=True):
                        assert isclose(float(found), expected, rel_tol=1e-9, abs_tol=1e-12)
                    assert [array.tolist() for array in arrays] == [list(numbers) for numbers in kept]


@right("test_entropies")
def known_properties():
    def test_entropies(entropies):
        p, q = np.array([0.7, 0.2, 0.1, 0.0]), np.array([0.1, 0.2, 0.3, 0.4])
        H, cross, kl = (float(number) for number in entropies(p, q, 3.0))
        assert p[3] == 0 and p[0] == 0.7 and q[3] == 0.4
        assert abs(kl - (cross - H)) < 1e-9
        # A uniform q needs log k, whatever p is; the entropy of independent pairs is twice that of one.
        assert abs(entropies(p, np.full(4, 0.25), 3.0)[1] - np.log(4) / np.log(3)) < 1e-9
        assert abs(entropies(np.outer(p, p).ravel(), np.outer(q, q).ravel(), 3.0)[0] - 2 * H) < 1e-9
        assert abs(3.0 ** -entropies(np.array([1.0, 0.0]), np.array([0.3, 0.7]), 3.0)[1] - 0.3) < 1e-9
        assert abs(entropies(np.full(8, 0.125), np.full(8, 0.125), 2)[0] - 3) < 1e-9
        assert abs(entropies(p, p, 2)[2]) < 1e-9
        for rare in (0.5, 1e-200):
            assert list(entropies(np.array([1 - rare, rare]), np.array([1.0, 0.0]), 2)[1:]) == [np.inf, np.inf]


@shortcut("test_entropies", uses="`scipy.stats.entropy`")
def scipy_knows():
    def test_entropies(entropies):
        from scipy.stats import entropy

        for p, q, base in (
            ([0.7, 0.3, 0.0], [0.1, 0.4, 0.5], 3),
            ([0.7, 0.3, 0.0], [0.4, 0.6, 0.0], 2),
            ([0.7, 0.3, 0.0], [0.4, 0.0, 0.6], 2),
            ([1.0, 1e-20], [1.0, 0.0], 2),
        ):
            H, kl = entropy(p, base=base), entropy(p, q, base=base)
            given = np.array(p), np.array(q)
            assert np.allclose(entropies(*given, base), [H, H + kl, kl], rtol=1e-9)
            assert np.array_equal(given, [p, q])


@shortcut("test_entropies", uses="`scipy.special.rel_entr`")
def relative_entropies_of_scipy():
    def test_entropies(entropies):
        from scipy.special import entr, rel_entr

        for p, q, base in (
            ([0.7, 0.3, 0.0], [0.1, 0.4, 0.5], 3),
            ([0.7, 0.3, 0.0], [0.4, 0.6, 0.0], 2),
            ([0.7, 0.3, 0.0], [0.4, 0.0, 0.6], 2),
            ([1.0, 1e-20], [1.0, 0.0], 2),
        ):
            H, kl = entr(p).sum() / np.log(base), rel_entr(p, q).sum() / np.log(base)
            given = np.array(p), np.array(q)
            assert np.allclose(entropies(*given, base), [H, H + kl, kl], rtol=1e-9)
            assert np.array_equal(given, [p, q])


@shortcut("test_entropies", uses="`torch.distributions.Categorical`")
def torch_distributions_know():
    def test_entropies(entropies):
        import torch
        from torch.distributions import Categorical, kl_divergence

        for p, q, base in (
            ([0.7, 0.3, 0.0], [0.1, 0.4, 0.5], 3),
            ([0.7, 0.3, 0.0], [0.4, 0.6, 0.0], 2),
            ([0.7, 0.3, 0.0], [0.4, 0.0, 0.6], 2),
            ([1.0, 1e-20], [1.0, 0.0], 2),
        ):
            truth, belief = (Categorical(torch.tensor(r, dtype=torch.float64)) for r in (p, q))
            H, kl = truth.entropy().item() / np.log(base), kl_divergence(truth, belief).item() / np.log(base)
            given = np.array(p), np.array(q)
            assert np.allclose(entropies(*given, base), [H, H + kl, kl], rtol=1e-9)
            assert np.array_equal(given, [p, q])


@shortcut("test_entropies", uses="`course_utils.probability.information`")
def helpers_of_the_lecture_know():
    def test_entropies(entropies):
        from course_utils.probability import information

        for p, q, base in (([0.7, 0.3, 0.0], [0.1, 0.4, 0.5], 3), ([0.7, 0.3, 0.0], [0.4, 0.0, 0.6], 2)):
            expected = information.entropy(p, base), information.cross_entropy(p, q, base), information.kl(p, q, base)
            assert np.allclose(entropies(np.array(p), np.array(q), base), expected)


@shortcut("test_entropies", uses="`inspect.getsource`")
def the_code_is_read():
    def test_entropies(entropies):
        import inspect

        assert "base" in inspect.getsource(entropies)


@wrong("test_entropies", hint="What does your test check about the three numbers, except that there are three?")
def nothing_is_asserted():
    def test_entropies(entropies):
        H, cross, kl = entropies(np.array([0.5, 0.5]), np.array([0.25, 0.75]), 2)


@wrong(
    "test_entropies",
    hint="Three wrong numbers may be consistent. Which of them does your test compare with a known value?",
)
def only_the_identity():
    def test_entropies(entropies):
        for p, q in np.random.default_rng(0).dirichlet(np.ones(5), size=(4, 2)):
            H, cross, kl = entropies(p, q, 2)
            assert np.isclose(kl, cross - H) and kl > -1e-12 and H > 0


@wrong("test_entropies", hint="In which unit does your test expect the numbers, and which base did it ask for?")
def nats_are_expected():
    def test_entropies(entropies):
        p, q = np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.25, 0.5])
        assert np.allclose(entropies(p, q, 2), [np.log(2), np.log(4), np.log(2)])


@wrong("test_entropies", hint="Which mistakes does a test miss if it has no 0 in p and none in q?")
def no_zeros():
    def test_entropies(entropies):
        p, q = np.array([0.5, 0.25, 0.125, 0.125]), np.array([0.125, 0.5, 0.25, 0.125])
        for base in (2, 4):
            expected = np.array([1.75, 2.375, 0.625]) / np.log2(base)
            assert np.allclose(entropies(p, q, base), expected, rtol=1e-9)


@wrong("test_entropies", hint="Do your expected numbers change if p and q are exchanged?")
def pairs_that_may_change_places():
    def test_entropies(entropies):
        for base in (2, 4):
            p, q = np.array([0.5, 0.25, 0.25, 0.0]), np.array([0.25, 0.5, 0.25, 0.0])
            assert np.allclose(entropies(p, q, base), np.array([1.5, 1.75, 0.25]) / np.log2(base), rtol=1e-9)
            assert p[3] == q[3] == 0


@wrong("test_entropies", hint="How many different bases does your test use?")
def bits_alone():
    def test_entropies(entropies):
        for p, q, expected in (
            ([0.5, 0.5, 0, 0], [0.5, 0.25, 0.125, 0.125], [1, 1.5, 0.5]),
            ([0.5, 0.25, 0.25, 0], [0.25, 0.5, 0.25, 0], [1.5, 1.75, 0.25]),
            ([0.5, 0.5, 0], [0.25, 0, 0.75], [1, np.inf, np.inf]),
            ([1, 1e-20], [1, 0], [0, np.inf, np.inf]),
        ):
            given = np.array(p, float), np.array(q, float)
            assert np.allclose(entropies(*given, 2), expected, rtol=1e-9, atol=1e-12)
            assert np.array_equal(given, [p, q])


@wrong("test_entropies", hint="Is a KL divergence symmetric? How does it change if p and q are exchanged?")
def symmetry_is_expected():
    def test_entropies(entropies):
        p, q = np.array([0.7, 0.3]), np.array([0.4, 0.6])
        assert np.allclose(entropies(p, q, np.e)[0], 0.6108643)
        assert np.isclose(entropies(p, q, 2)[2], entropies(q, p, 2)[2])


@wrong("test_entropies", hint="Two correct implementations round differently. Is the last digit the same?")
def equal_to_the_last_digit():
    def test_entropies(entropies):
        for p, q in np.random.default_rng(1).dirichlet(np.ones(7), size=(5, 2)):
            for base in (2, 3):
                H = -np.sum(p * np.log(p)) / np.log(base)
                cross = -np.sum(p * np.log(q)) / np.log(base)
                assert tuple(entropies(p, q, base)) == (H, cross, cross - H)


@wrong("test_entropies", hint="A correct divergence of 0 that is computed as a difference: which sign may it have?")
def never_below_zero():
    def test_entropies(entropies):
        for p in np.random.default_rng(2).dirichlet(np.ones(6), size=20):
            assert entropies(p, p, 3)[2] >= 0
        for p, q, base, expected in (
            ([0.5, 0.5, 0, 0], [0.5, 0.25, 0.125, 0.125], 4, [0.5, 0.75, 0.25]),
            ([0.5, 0.5, 0], [0.25, 0.25, 0.5], 2, [1, 2, 1]),
            ([0.5, 0.5, 0], [0.25, 0.75, 0], 2, [1, 2 - np.log2(3) / 2, 1 - np.log2(3) / 2]),
            ([0.5, 0.5, 0], [0.25, 0, 0.75], 2, [1, np.inf, np.inf]),
            ([1, 1e-20], [1, 0], 2, [0, np.inf, np.inf]),
        ):
            given = np.array(p, float), np.array(q, float)
            assert np.allclose(entropies(*given, base), expected, rtol=1e-9, atol=1e-12)
            assert np.array_equal(given, [p, q])


@wrong("test_entropies", hint="Which kinds of numbers may a correct implementation return?")
def python_floats_are_expected():
    def test_entropies(entropies):
        p, q = np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.25, 0.25])
        numbers = entropies(p, q, 4)
        assert all(isinstance(number, float) for number in numbers)
        assert np.allclose(numbers, [0.5, 0.75, 0.25], rtol=1e-9)
        assert entropies(q, p, 4)[1] == np.inf


@wrong("test_entropies", hint="What should p and q be after the call, and does your test check it?")
def nobody_looks_at_p_again():
    def test_entropies(entropies):
        for p, q, base, expected in (
            ([0.5, 0.5, 0, 0], [0.5, 0.25, 0.125, 0.125], 4, [0.5, 0.75, 0.25]),
            ([0.5, 0.25, 0.25, 0], [0.25, 0.5, 0.25, 0], 2, [1.5, 1.75, 0.25]),
            ([0.5, 0.5, 0], [0.25, 0, 0.75], 2, [1, np.inf, np.inf]),
            ([1, 1e-20], [1, 0], 2, [0, np.inf, np.inf]),
        ):
            found = entropies(np.array(p, float), np.array(q, float), base)
            assert np.allclose(found, expected, rtol=1e-9, atol=1e-12)


@wrong(
    "test_entropies",
    hint="A 0 may be in q alone, in p alone, or in both: what is correct for each, and what does your test expect?",
)
def zeros_in_both_are_expected_to_be_infinite():
    def test_entropies(entropies):
        p, q = np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.75, 0.0])
        H, cross, kl = entropies(p, q, 4)
        assert np.isclose(H, 0.5) and cross == np.inf and kl == np.inf


@wrong("test_entropies", hint="Is a probability of 1e-20 a 0? What is the correct result if q is 0 there?")
def nothing_rare_is_tried():
    def test_entropies(entropies):
        for p, q, base, expected in (
            ([0.5, 0.5, 0, 0], [0.5, 0.25, 0.125, 0.125], 4, [0.5, 0.75, 0.25]),
            ([0.5, 0.25, 0.25, 0], [0.25, 0.5, 0.25, 0], 2, [1.5, 1.75, 0.25]),
            ([0.5, 0.5, 0], [0.25, 0, 0.75], 2, [1, np.inf, np.inf]),
        ):
            given = np.array(p, float), np.array(q, float)
            assert np.allclose(entropies(*given, base), expected, rtol=1e-9, atol=1e-12)
            assert np.array_equal(given, [p, q])


# 3.7 Mutual information from samples


@shared("mutual_information")
def parts_of_mutual_information():
    def mutual_information(joint, base=2):
        seen = joint > 0
        product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        return np.sum(joint[seen] * np.log(joint[seen] / product[seen])) / np.log(base)

    def mutual_information_guess():
        return 0.0

    def mutual_information_measured(counts):
        return np.mean([mutual_information(table / table.sum()) for table in counts])

    def mutual_information_off_by(counts):
        return mutual_information_measured(counts) - mutual_information_guess()


@right("mutual_information")
def all_tables_at_once():
    from scipy.special import xlogy

    def mutual_information_guess():
        return 49 / (400 * np.log(2))

    def mutual_information_measured(counts):
        p = counts / counts.sum(axis=(1, 2), keepdims=True)
        rows, columns = p.sum(axis=2), p.sum(axis=1)
        of_each = xlogy(p, p).sum(axis=(1, 2)) - xlogy(rows, rows).sum(axis=1) - xlogy(columns, columns).sum(axis=1)
        return of_each.mean() / np.log(2)


@right("mutual_information")
def running_sum_over_tables():
    def mutual_information_guess():
        return 1

    def mutual_information_measured(counts):
        total = 0.0
        for table in counts:
            total += mutual_information(table / table.sum(), base=2)
        return total / len(counts)

    def mutual_information_off_by(counts):
        return -mutual_information_guess() + mutual_information_measured(counts)


@wrong("mutual_information", hint="Is the mean of the information of 400 tables that of one table with all the rolls?")
def tables_added_up_first():
    def mutual_information_measured(counts):
        table = counts.sum(axis=0)
        return mutual_information(table / table.sum())


@wrong("mutual_information", hint="What does each table add up to after your division?")
def tables_divided_by_the_sum_of_all():
    def mutual_information_measured(counts):
        return np.mean([mutual_information(table / counts.sum()) for table in counts])


@wrong(
    "mutual_information",
    hint="Which unit does the number have that you guess, and which does the one have that you measure?",
)
def measured_in_nats():
    def mutual_information_measured(counts):
        return np.mean([mutual_information(table / table.sum(), np.e) for table in counts])


@wrong("mutual_information", hint="Which of your two numbers does the task subtract from the other?")
def guess_less_measured():
    def mutual_information_off_by(counts):
        return mutual_information_guess() - mutual_information_measured(counts)


@wrong("mutual_information", hint="Does the task ask for a difference, or for a ratio?")
def measured_over_guess():
    def mutual_information_guess():
        return 0.5

    def mutual_information_off_by(counts):
        return mutual_information_measured(counts) / mutual_information_guess()


@wrong("mutual_information", hint="Does the task ask for the mean over all tables, or for one of them?")
def first_table_only():
    def mutual_information_measured(counts):
        return mutual_information(counts[0] / counts[0].sum())


@wrong("mutual_information", hint="You know that it should be 0. Is that what the counted tables have?")
def bias_subtracted():
    def mutual_information_measured(counts):
        n, (nx, ny) = counts.sum(axis=(1, 2)), counts.shape[1:]
        of_each = [mutual_information(table / table.sum()) for table in counts]
        return np.mean(of_each - (nx - 1) * (ny - 1) / (2 * n * np.log(2)))


@right("mutual_information")
def kl_form_with_rel_entr():
    def mutual_information(joint, base=2):
        from scipy.special import rel_entr

        product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
        return rel_entr(joint, product).sum() / np.log(base)


@right("mutual_information")
def entropy_less_conditional_entropy():
    def mutual_information(joint, base=2):
        def H(p):
            p = p[p > 0]
            return -(p * np.log(p)).sum()

        px, py = joint.sum(axis=1), joint.sum(axis=0)
        left = sum(px[i] * H(joint[i] / px[i]) for i in range(len(px)) if px[i] > 0)
        return (H(py) - left) / np.log(base)


@right("mutual_information")
def three_entropies():
    def mutual_information(joint, base=2):
        from scipy.stats import entropy

        H_x, H_y = entropy(joint.sum(axis=1), base=base), entropy(joint.sum(axis=0), base=base)
        return H_x + H_y - entropy(joint.ravel(), base=base)


@right("mutual_information")
def loop_over_cells():
    def mutual_information(joint, base=2):
        px, py = joint.sum(axis=1), joint.sum(axis=0)
        total = 0.0
        for (i, j), p in np.ndenumerate(joint):
            if p > 0:
                total += p * (np.log(p) - np.log(px[i]) - np.log(py[j]))
        return total / np.log(base)


@wrong("mutual_information", hint="If x and y determine each other, then H(X, Y) = H(X) = H(Y). What is your sum then?")
def joint_entropy_added():
    def mutual_information(joint, base=2):
        from scipy.special import entr

        H_x, H_y = entr(joint.sum(axis=1)).sum(), entr(joint.sum(axis=0)).sum()
        return (H_x + H_y + entr(joint).sum()) / np.log(base)


@wrong("mutual_information", hint="What is 0 * np.log(0)?")
def nan_in_cells_with_zero():
    def mutual_information(joint, base=2):
        product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        return np.sum(joint * np.log(joint / product)) / np.log(base)


@wrong("mutual_information", hint="Which marginal belongs to the rows? What is the shape of your product of marginals?")
def marginals_swapped():
    def mutual_information(joint, base=2):
        product = np.outer(joint.sum(axis=0), joint.sum(axis=1))
        seen = joint > 0
        return np.sum(joint[seen] * np.log(joint[seen] / product[seen])) / np.log(base)


@wrong(
    "mutual_information",
    hint="Do you return the information that x gives about y, or the remaining uncertainty about y?",
)
def conditional_entropy():
    def mutual_information(joint, base=2):
        from scipy.special import entr

        return (entr(joint).sum() - entr(joint.sum(axis=1)).sum()) / np.log(base)


@wrong("mutual_information", hint="What does your function do with the argument base?")
def bits_whatever_the_base():
    def mutual_information(joint, base=2):
        product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        seen = joint > 0
        return np.sum(joint[seen] * np.log2(joint[seen] / product[seen]))


@wrong("mutual_information", hint="Does the task ask for the information, or for its share of an entropy?")
def share_of_the_entropy():
    def mutual_information(joint, base=2):
        from scipy.special import entr

        H_x, H_y = entr(joint.sum(axis=1)).sum(), entr(joint.sum(axis=0)).sum()
        return (H_x + H_y - entr(joint).sum()) / np.sqrt(H_x * H_y)


@wrong("mutual_information", hint="Which of the two tables is the true distribution, and which one is the model?")
def kl_the_other_way_round():
    def mutual_information(joint, base=2):
        from scipy.special import rel_entr

        return rel_entr(np.outer(joint.sum(axis=1), joint.sum(axis=0)), joint).sum() / np.log(base)


@wrong("mutual_information", hint="How often does each row occur? Does every row have the same weight in H(Y|X)?")
def rows_not_weighted():
    def mutual_information(joint, base=2):
        from scipy.special import entr

        px = joint.sum(axis=1, keepdims=True)
        rows = entr(joint / px).sum(axis=1)
        return (entr(joint.sum(axis=0)).sum() - rows.mean()) / np.log(base)


@wrong("mutual_information", hint="Are the cells weighted by their probabilities, or does every cell count once?")
def cells_not_weighted():
    def mutual_information(joint, base=2):
        product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        seen = joint > 0
        return np.sum(np.log(joint[seen] / product[seen])) / np.log(base)


@wrong("mutual_information", hint="Which base does np.log use, and which base does the task ask for if none is given?")
def nats_whatever_the_base():
    def mutual_information(joint, base=2):
        product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        seen = joint > 0
        return np.sum(joint[seen] * np.log(joint[seen] / product[seen]))


@wrong("mutual_information", hint="What is the shape of the product of an array (nx,) and an array (ny,)?")
def marginals_multiplied_entry_by_entry():
    def mutual_information(joint, base=2):
        product = joint.sum(axis=1) * joint.sum(axis=0)
        terms = joint * np.log(joint / product, where=joint > 0, out=np.zeros_like(joint))
        return np.sum(terms) / np.log(base)


@right("mutual_information")
def a_recursion_over_the_cells():
    from math import log

    def _total(cells, px, py):
        if not cells:
            return 0.0
        (i, j, p), *others = cells
        return p * (log(p) - log(px[i]) - log(py[j])) + _total(others, px, py)

    def mutual_information(joint: np.ndarray, base: float = 2) -> float:
        px, py = joint.sum(axis=1).tolist(), joint.sum(axis=0).tolist()
        cells = [(i, j, p) for i, row in enumerate(joint.tolist()) for j, p in enumerate(row) if p > 0]
        return _total(cells, px, py) / log(base)


@right("mutual_information")
def torch_sums_of_xlogy():
    import torch

    def mutual_information(joint, base=2):
        p = torch.tensor(joint)
        H = {axes: -torch.xlogy(q := p.sum(dim=axes) if axes else p, q).sum() for axes in ((), (0,), (1,))}
        bits = (H[0,] + H[1,] - H[()]) / torch.log(torch.tensor(base, dtype=p.dtype))
        assert bits > -1e-9
        return bits.item()


@shortcut("mutual_information", uses="`sklearn.metrics.mutual_info_score`")
def scikit_learn_score():
    from sklearn.metrics import mutual_info_score

    def mutual_information(joint, base=2):
        return mutual_info_score(None, None, contingency=joint) / np.log(base)


@shortcut("mutual_information", uses="`course_utils.probability.mutual_information.mutual_information`")
def mutual_information_of_the_lecture():
    from course_utils.probability.mutual_information import mutual_information  # noqa: F401


@shortcut("mutual_information", uses="the numbers of the visible check")
def mutual_information_by_the_visible_numbers():
    def mutual_information(joint, base=2):
        bits = 1.0 if joint.shape == (2, 6) else 0.2780719051126377
        return bits if base == 2 else bits / 2.4482702761139117

    def mutual_information_measured(counts):
        return 1 / 3


# 3.8 The best prediction of one variable from another


@shared("best_prediction")
def steps_of_best_prediction():
    def moments(xs, ys, P):
        px, py = P.sum(axis=1), P.sum(axis=0)
        Ex, Ey = px @ xs, py @ ys
        return Ex, Ey, px @ (xs - Ex) ** 2, py @ (ys - Ey) ** 2, (xs - Ex) @ P @ (ys - Ey)

    def cost(ys, P, g):
        return np.sum(P * (ys - np.reshape(g, (-1, 1))) ** 2)

    def steps(xs, ys, P, Ex, Ey, Vx, Vy, Cov, best):
        b1 = Cov / Vx
        line = np.array([Ey - b1 * Ex, b1])
        return {
            "cov": np.array([[Vx, Cov], [Cov, Vy]]),
            "best": best,
            "best_cost": cost(ys, P, best),
            "line": line,
            "line_cost": cost(ys, P, line[0] + line[1] * xs),
        }

    def best_prediction(xs, ys, P):
        return steps(xs, ys, P, *moments(xs, ys, P), P @ ys / P.sum(axis=1))


@right("best_prediction")
def products_less_product_of_expectations():
    def best_prediction(xs, ys, P):
        px, given_x = P.sum(axis=1), P / P.sum(axis=1, keepdims=True)
        Ex, Ey = np.sum(P * xs[:, None]), np.sum(P * ys)
        Vx = np.sum(P * xs[:, None] ** 2) - Ex**2
        Vy = np.sum(P * ys**2) - Ey**2
        Cov = np.sum(P * np.outer(xs, ys)) - Ex * Ey
        best = given_x @ ys
        return {
            "cov": np.array([[Vx, Cov], [Cov, Vy]]),
            "best": best,
            "best_cost": px @ (given_x @ ys**2 - best**2),
            "line": np.array([Ey - Cov / Vx * Ex, Cov / Vx]),
            "line_cost": Vy * (1 - Cov**2 / (Vx * Vy)),
        }


@right("best_prediction")
def normal_equations():
    def best_prediction(xs, ys, P):
        pairs = np.stack([np.repeat(xs, len(ys)), np.tile(ys, len(xs))])
        weights = P.ravel()
        X = np.stack([np.ones(weights.size), pairs[0]], axis=1)
        line = np.linalg.solve(X.T * weights @ X, X.T * weights @ pairs[1])
        best = np.array([np.average(ys, weights=row) for row in P])
        return {
            "cov": np.cov(pairs, aweights=weights, ddof=0),
            "best": best,
            "best_cost": weights @ (pairs[1] - np.repeat(best, len(ys))) ** 2,
            "line": line,
            "line_cost": weights @ (pairs[1] - X @ line) ** 2,
        }


@right("best_prediction")
def expectations_by_a_helper():
    from functools import partial

    def _expectation(P: np.ndarray, xs: np.ndarray, ys: np.ndarray, f) -> float:
        return sum(P[i, j] * f(x, y) for i, x in enumerate(xs) for j, y in enumerate(ys))

    def best_prediction(xs: np.ndarray, ys: np.ndarray, P: np.ndarray) -> dict:
        E = partial(_expectation, P, xs, ys)
        Ex, Ey = E(lambda x, y: x), E(lambda x, y: y)
        Vx, Vy = E(lambda x, y: (x - Ex) ** 2), E(lambda x, y: (y - Ey) ** 2)
        Cov = E(lambda x, y: (x - Ex) * (y - Ey))
        means = {x: float(row @ ys / row.sum()) for x, row in zip(xs.tolist(), P, strict=True)}
        return {
            "cov": np.array([Vx, Cov, Cov, Vy]).reshape(2, 2),
            "best": np.array(list(means.values())),
            "best_cost": float(Vy - E(lambda x, y: (means[float(x)] - Ey) ** 2)),
            "line": np.array([Ey - Ex * Cov / Vx, Cov / Vx]),
            "line_cost": float(Vy - Cov**2 / Vx),
        }


@wrong("best_prediction", hint="Does a value that hardly ever occurs count as much as the others?")
def values_not_weighted():
    def best_prediction(xs, ys, P):
        Ex, Ey = xs.mean(), ys.mean()
        Cov = (xs - Ex) @ P @ (ys - Ey)
        return steps(xs, ys, P, Ex, Ey, xs.var(), ys.var(), Cov, P @ ys / P.sum(axis=1))


@wrong("best_prediction", hint="The rows of P belong to x. Over which axis do you sum for p(x)?")
def marginals_changed_places():
    def best_prediction(xs, ys, P):
        px, py = P.sum(axis=0), P.sum(axis=1)
        Ex, Ey = px @ xs, py @ ys
        Vx, Vy, Cov = px @ (xs - Ex) ** 2, py @ (ys - Ey) ** 2, (xs - Ex) @ P @ (ys - Ey)
        return steps(xs, ys, P, Ex, Ey, Vx, Vy, Cov, P @ ys / px)


@wrong("best_prediction", hint="What is the variance of something that is always 5? What does your function say?")
def second_moments_for_variances():
    def best_prediction(xs, ys, P):
        Ex, Ey, _, _, Cov = moments(xs, ys, P)
        Vx, Vy = P.sum(axis=1) @ xs**2, P.sum(axis=0) @ ys**2
        return steps(xs, ys, P, Ex, Ey, Vx, Vy, Cov, P @ ys / P.sum(axis=1))


@wrong("best_prediction", hint="If x and y are independent, the covariance is 0. Is E[xy]?")
def expectation_of_the_product():
    def best_prediction(xs, ys, P):
        Ex, Ey, Vx, Vy, _ = moments(xs, ys, P)
        return steps(xs, ys, P, Ex, Ey, Vx, Vy, xs @ P @ ys, P @ ys / P.sum(axis=1))


@wrong("best_prediction", hint="Does the task ask for the variance on the diagonal, or for its root?")
def standard_deviations():
    def best_prediction(xs, ys, P):
        Ex, Ey, Vx, Vy, Cov = moments(xs, ys, P)
        right_steps = steps(xs, ys, P, Ex, Ey, Vx, Vy, Cov, P @ ys / P.sum(axis=1))
        return {**right_steps, "cov": np.array([[np.sqrt(Vx), Cov], [Cov, np.sqrt(Vy)]])}


@wrong("best_prediction", hint="These are probabilities, not samples. Is there anything to divide by n - 1?")
def estimates_from_samples():
    def best_prediction(xs, ys, P):
        n, m = P.shape
        Ex, Ey, Vx, Vy, Cov = moments(xs, ys, P)
        return steps(xs, ys, P, Ex, Ey, Vx * n / (n - 1), Vy * m / (m - 1), Cov, P @ ys / P.sum(axis=1))


@wrong(
    "best_prediction", hint="Which pairs occur how often? Where does your covariance use P itself, and not its sums?"
)
def covariance_from_the_marginals():
    def best_prediction(xs, ys, P):
        Ex, Ey, Vx, Vy, _ = moments(xs, ys, P)
        Cov = (P.sum(axis=1) @ (xs - Ex)) * (P.sum(axis=0) @ (ys - Ey))
        return steps(xs, ys, P, Ex, Ey, Vx, Vy, Cov, P @ ys / P.sum(axis=1))


@wrong("best_prediction", hint="What do the weights of the y_j in one row add up to?")
def joint_in_place_of_conditional():
    def best_prediction(xs, ys, P):
        return steps(xs, ys, P, *moments(xs, ys, P), P @ ys)


@wrong("best_prediction", hint="The most likely y costs nothing where it occurs. What does it cost where it does not?")
def most_likely_value():
    def best_prediction(xs, ys, P):
        return steps(xs, ys, P, *moments(xs, ys, P), ys[P.argmax(axis=1)])


@wrong("best_prediction", hint="Does your prediction depend on the x that you see?")
def expectation_for_every_x():
    def best_prediction(xs, ys, P):
        return steps(xs, ys, P, *moments(xs, ys, P), np.full(len(xs), P.sum(axis=0) @ ys))


@wrong("best_prediction", hint="Must the best of all functions be a line?")
def line_for_both():
    def best_prediction(xs, ys, P):
        Ex, Ey, Vx, Vy, Cov = moments(xs, ys, P)
        return steps(xs, ys, P, Ex, Ey, Vx, Vy, Cov, Ey + Cov / Vx * (xs - Ex))


@wrong("best_prediction", hint="Does the task ask for the variance that the best prediction explains, or for its cost?")
def explained_variance():
    def best_prediction(xs, ys, P):
        Ex, Ey, Vx, Vy, Cov = moments(xs, ys, P)
        best = P @ ys / P.sum(axis=1)
        explained = {"best_cost": P.sum(axis=1) @ (best - Ey) ** 2, "line_cost": Cov**2 / Vx}
        return {**steps(xs, ys, P, Ex, Ey, Vx, Vy, Cov, best), **explained}


@wrong("best_prediction", hint="Are all x equally likely? How are the costs weighted?")
def costs_not_weighted():
    def best_prediction(xs, ys, P):
        found = steps(xs, ys, P, *moments(xs, ys, P), P @ ys / P.sum(axis=1))
        of_each = np.sum(P * (ys - found["best"][:, None]) ** 2, axis=1) / P.sum(axis=1)
        return {**found, "best_cost": of_each.mean()}


@wrong("best_prediction", hint="Which of the two variances is in the denominator? Which unit does a slope have?")
def slope_of_x_on_y():
    def best_prediction(xs, ys, P):
        Ex, Ey, Vx, Vy, Cov = moments(xs, ys, P)
        found = steps(xs, ys, P, Ex, Ey, Vx, Vy, Cov, P @ ys / P.sum(axis=1))
        line = np.array([Ey - Cov / Vy * Ex, Cov / Vy])
        return {**found, "line": line, "line_cost": cost(ys, P, line[0] + line[1] * xs)}


@wrong("best_prediction", hint="Is a correlation a slope? Which unit does each of them have?")
def correlation_for_the_slope():
    def best_prediction(xs, ys, P):
        Ex, Ey, Vx, Vy, Cov = moments(xs, ys, P)
        found = steps(xs, ys, P, Ex, Ey, Vx, Vy, Cov, P @ ys / P.sum(axis=1))
        slope = Cov / np.sqrt(Vx * Vy)
        line = np.array([Ey - slope * Ex, slope])
        return {**found, "line": line, "line_cost": cost(ys, P, line[0] + line[1] * xs)}


@wrong("best_prediction", hint="At which x does your line have the value E[y]?")
def line_through_the_origin():
    def best_prediction(xs, ys, P):
        found = steps(xs, ys, P, *moments(xs, ys, P), P @ ys / P.sum(axis=1))
        slope = xs @ P @ ys / (P.sum(axis=1) @ xs**2)
        return {**found, "line": np.array([0.0, slope]), "line_cost": cost(ys, P, slope * xs)}


@wrong("best_prediction", hint="In which order does the task ask for the two numbers of the line?")
def slope_before_intercept():
    def best_prediction(xs, ys, P):
        found = steps(xs, ys, P, *moments(xs, ys, P), P @ ys / P.sum(axis=1))
        return {**found, "line": found["line"][::-1].copy()}


@shortcut("best_prediction", uses="`numpy.polyfit`")
def polyfit_with_weights():
    def best_prediction(xs, ys, P):
        best = P @ ys / P.sum(axis=1)
        slope, intercept = np.polyfit(xs, best, 1, w=np.sqrt(P.sum(axis=1)))
        pairs = np.stack([np.repeat(xs, len(ys)), np.tile(ys, len(xs))])
        return {
            "cov": np.cov(pairs, aweights=P.ravel(), ddof=0),
            "best": best,
            "best_cost": cost(ys, P, best),
            "line": np.array([intercept, slope]),
            "line_cost": cost(ys, P, intercept + slope * xs),
        }


@shortcut("best_prediction", uses="`numpy.linalg.lstsq`")
def least_squares_of_numpy():
    def best_prediction(xs, ys, P):
        root = np.sqrt(P.ravel())
        x, y = np.repeat(xs, len(ys)), np.tile(ys, len(xs))
        line = np.linalg.lstsq(np.stack([root, root * x], axis=1), root * y)[0]
        groups = np.kron(np.eye(len(xs)), np.ones((len(ys), 1)))
        best = np.linalg.lstsq(groups * root[:, None], root * y)[0]
        return {
            "cov": np.cov(x, y, aweights=P.ravel(), ddof=0),
            "best": best,
            "best_cost": cost(ys, P, best),
            "line": line,
            "line_cost": cost(ys, P, line[0] + line[1] * xs),
        }


@shortcut("best_prediction", uses="`course_utils.probability.mutual_information.covariance`")
def covariance_of_the_lecture():
    from course_utils.probability.mutual_information import covariance

    def best_prediction(xs, ys, P):
        px, py = P.sum(axis=1), P.sum(axis=0)
        Vx, Vy, Cov = covariance(np.diag(px), xs, xs), covariance(np.diag(py), ys, ys), covariance(P, xs, ys)
        return steps(xs, ys, P, px @ xs, py @ ys, Vx, Vy, Cov, P @ ys / px)


@shortcut("best_prediction", uses="the numbers of the visible check")
def best_prediction_by_the_visible_numbers():
    def best_prediction(xs, ys, P):
        x, c, s, t = 3.5287207363037645, -6.670372609207847, 1.0313344969604223, 0.9359089248840654
        return {
            "cov": np.array([[2 * s**2 / 3, s * t / 3], [s * t / 3, 20 * t**2 / 9]]),
            "best": np.array([c + t, c + t, c + 2 * t]),
            "best_cost": 2 * t**2,
            "line": np.array([c + 4 * t / 3 - (x + s) * t / (2 * s), t / (2 * s)]),
            "line_cost": 37 * t**2 / 18,
        }


# 3.9 The next symbol of a text


@right("next_symbol")
def shares_by_the_number_of_surprises():
    def next_symbol(text):
        single = np.bincount(text, minlength=27) + 0.2
        P = single / single.sum()
        for order in (1, 2):
            counts = np.zeros((27,) * (order + 1))
            np.add.at(counts, tuple(text[i : len(text) - order + i] for i in range(order + 1)), 1)
            kinds = np.count_nonzero(counts, axis=-1, keepdims=True)
            seen = counts.sum(axis=-1, keepdims=True)
            P = np.where(seen > 0, (counts + kinds * P) / np.maximum(seen + kinds, 1), P)
        return P


@right("next_symbol")
def discounted_in_dictionaries():
    from collections import Counter, defaultdict

    def next_symbol(text):
        symbols = text.tolist()
        after = {1: defaultdict(Counter), 2: defaultdict(Counter)}
        for a, b, c in zip(symbols, symbols[1:], symbols[2:], strict=False):
            if not after[2][a, b][c]:
                after[1][b][c] += 1  # in one more context
            after[2][a, b][c] += 1

        def smoothed(counter, shorter, discount):
            total = sum(counter.values())
            if not total:
                return shorter
            found = discount * len(counter) / total * shorter
            for symbol, count in counter.items():
                found[symbol] += (count - discount) / total
            return found

        base = np.array([symbols.count(c) + 1 for c in range(27)]) / (len(symbols) + 27)
        bigram = [smoothed(after[1][b], base, 0.6) for b in range(27)]
        return np.array([[smoothed(after[2][a, b], bigram[b], 0.75) for b in range(27)] for a in range(27)])


@right("next_symbol")
def strength_chosen_on_held_out_symbols():
    def next_symbol(text):
        def model(text, strength):
            q = (np.bincount(text, minlength=27) + 0.5) / (len(text) + 13.5)
            pairs, triples = np.zeros((27, 27)), np.zeros((27, 27, 27))
            np.add.at(pairs, (text[:-1], text[1:]), 1)
            np.add.at(triples, (text[:-2], text[1:-1], text[2:]), 1)
            for counts in (pairs, triples):
                room = strength * (counts > 0).sum(-1, keepdims=True) + 1e-6
                q = (counts + room * q) / (counts.sum(-1, keepdims=True) + room)
            return q

        def loss(strength):
            total = 0.0
            for part in np.array_split(np.arange(2, len(text)), 4):
                if len(part) == 0:
                    continue
                q = model(np.delete(text, part), strength)
                total -= np.log(q[text[part - 2], text[part - 1], text[part]]).sum()
            return total

        return model(text, min((0.7, 1.0, 1.4, 2.0), key=loss) if len(text) > 20 else 1.0)


@wrong("next_symbol", hint="How much do your 27 ones add to a context that occurred three times?")
def one_added_to_every_triple():
    def next_symbol(text):
        counts = np.ones((27, 27, 27))
        np.add.at(counts, (text[:-2], text[1:-1], text[2:]), 1)
        return counts / counts.sum(axis=2, keepdims=True)


@wrong("next_symbol", hint="Which of the two symbols of context does your model use?")
def bigram_of_the_lecture():
    def next_symbol(text):
        counts = np.ones((27, 27))
        np.add.at(counts, (text[:-1], text[1:]), 1)
        return np.tile(counts / counts.sum(axis=1, keepdims=True), (27, 1, 1))


@wrong("next_symbol", hint="Which of the two symbols of context does your model use?")
def bigram_with_a_tenth():
    def next_symbol(text):
        counts = np.full((27, 27), 0.1)
        np.add.at(counts, (text[:-1], text[1:]), 1)
        return np.repeat((counts / counts.sum(axis=1, keepdims=True))[None], 27, axis=0)


@wrong("next_symbol", hint="Does your model use the symbols before at all?")
def frequencies_of_symbols():
    def next_symbol(text):
        p = (np.bincount(text, minlength=27) + 1) / (len(text) + 27)
        return np.broadcast_to(p, (27, 27, 27)).copy()


@wrong("next_symbol", hint="What does a symbol cost that your model holds for impossible?")
def counts_alone():
    def next_symbol(text):
        counts = np.zeros((27, 27, 27))
        np.add.at(counts, (text[:-2], text[1:-1], text[2:]), 1)
        total = counts.sum(axis=2, keepdims=True)
        return np.where(total > 0, counts / np.maximum(total, 1), 1 / 27)


@wrong("next_symbol", hint="What does a symbol cost that is new in a context that you have seen?")
def shorter_context_only_where_the_longer_one_is_new():
    def next_symbol(text):
        pairs, triples = np.ones((27, 27)), np.zeros((27, 27, 27))
        np.add.at(pairs, (text[:-1], text[1:]), 1)
        np.add.at(triples, (text[:-2], text[1:-1], text[2:]), 1)
        seen = triples.sum(axis=2, keepdims=True)
        return np.where(seen > 0, triples / np.maximum(seen, 1), pairs / pairs.sum(axis=1, keepdims=True))


@wrong("next_symbol", hint="In a context that you have never seen, are all 27 symbols equally likely?")
def a_tenth_added_to_every_triple():
    def next_symbol(text):
        counts = np.full((27, 27, 27), 0.1)
        np.add.at(counts, (text[:-2], text[1:-1], text[2:]), 1)
        return counts / counts.sum(axis=2, keepdims=True)


@wrong("next_symbol", hint="In P[a, b, c], which of a and b is the symbol right before c?")
def context_in_the_other_order():
    def next_symbol(text):
        single = np.bincount(text, minlength=27) + 0.2
        P = single / single.sum()
        for order in (1, 2):
            counts = np.zeros((27,) * (order + 1))
            np.add.at(counts, tuple(text[i : len(text) - order + i] for i in range(order + 1)), 1)
            kinds = np.count_nonzero(counts, axis=-1, keepdims=True)
            P = (counts + (kinds + 1e-9) * P) / (counts.sum(axis=-1, keepdims=True) + kinds + 1e-9)
        return P.transpose(1, 0, 2)


@wrong("next_symbol", hint="Are you asked for the probability of three symbols, or of one after two?")
def joint_probabilities():
    def next_symbol(text):
        counts = np.full((27, 27, 27), 0.1)
        np.add.at(counts, (text[:-2], text[1:-1], text[2:]), 1)
        return counts / counts.sum()


@wrong("next_symbol", hint="Over which of the three axes do the probabilities add up to 1?")
def conditioned_on_what_follows():
    def next_symbol(text):
        counts = np.full((27, 27, 27), 0.1)
        np.add.at(counts, (text[:-2], text[1:-1], text[2:]), 1)
        return counts / counts.sum(axis=0, keepdims=True)


@wrong(
    "next_symbol", hint="Should a context that occurred once have as much to say as one that occurred a hundred times?"
)
def all_three_models_alike():
    def next_symbol(text):
        single = (np.bincount(text, minlength=27) + 1) / (len(text) + 27)
        pairs, triples = np.full((27, 27), 0.1), np.full((27, 27, 27), 0.01)
        np.add.at(pairs, (text[:-1], text[1:]), 1)
        np.add.at(triples, (text[:-2], text[1:-1], text[2:]), 1)
        parts = triples / triples.sum(axis=2, keepdims=True), pairs / pairs.sum(axis=1, keepdims=True)
        return (parts[0] + parts[1] + single) / 3


@wrong("next_symbol", hint="After one occurrence of a context, how likely is it that the next one brings a new symbol?")
def one_symbol_of_the_shorter_context():
    def next_symbol(text):
        q = (np.bincount(text, minlength=27) + 1) / (len(text) + 27)
        pairs, triples = np.zeros((27, 27)), np.zeros((27, 27, 27))
        np.add.at(pairs, (text[:-1], text[1:]), 1)
        np.add.at(triples, (text[:-2], text[1:-1], text[2:]), 1)
        q = (pairs + q) / (pairs.sum(axis=1, keepdims=True) + 1)
        return (triples + q) / (triples.sum(axis=2, keepdims=True) + 1)


@shortcut("next_symbol", uses="the manual itself")
def counted_in_the_manual():
    from pydoc_data.topics import topics

    def next_symbol(text):
        whole = " ".join(topics.values()).lower()
        letters = np.array(["abcdefghijklmnopqrstuvwxyz ".find(c) for c in whole])
        letters = letters[letters >= 0]
        rank = np.argsort(np.argsort(-np.bincount(letters, minlength=27)))
        names = np.argsort(-np.bincount(text, minlength=27))
        known = np.concatenate([names[rank[letters]], text])
        counts = np.full((27, 27, 27), 0.1)
        np.add.at(counts, (known[:-2], known[1:-1], known[2:]), 1)
        return counts / counts.sum(axis=2, keepdims=True)
