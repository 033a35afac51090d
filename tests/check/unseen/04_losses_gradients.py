"""Unseen wrong answers to assignment 04; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("linear_losses", hint="no_bias_at_all")
def no_intercept():
    def linear_losses(X, w, y):
        errors = y - np.array([row @ w for row in X])
        return np.abs(errors).sum(), errors @ errors / len(errors), np.abs(errors).max()


@wrong("linear_losses", hint="halved_squares")
def one_half():
    def linear_losses(X, w, y):
        e = y - np.dot(X, w)
        centred = e - np.mean(e)
        return np.abs(e - np.median(e)).sum(), (centred**2).sum() / (2 * len(y)), (e.max() - e.min()) / 2


@wrong("linear_losses", hint="mean_for_the_sum_of_sizes")
def centred_for_two_of_them():
    def linear_losses(X, w, y):
        e = np.dot(X, w) - y
        centred = e - e.sum() / len(e)
        return np.linalg.norm(centred, 1), np.mean(centred**2), 0.5 * (np.max(e) - np.min(e))


@wrong("sigmoid", hint="naive")
def direct():
    def sigmoid(z):
        e = np.exp(-z)
        return 1.0 / (e + 1.0)


@wrong("sigmoid", hint="where_computes_both_sides")
def two_branches():
    def sigmoid(z):
        negative = np.exp(z) / (np.exp(z) + 1)
        positive = 1 / (np.exp(-z) + 1)
        return np.where(z < 0, negative, positive)


@wrong("sigmoid", hint="sign_of_the_exponent")
def falls():
    def sigmoid(z):
        e = np.exp(-np.abs(z))
        return np.where(z < 0, 1.0, e) / (1 + e)


@wrong("bce_with_logits", hint="gradient_not_divided")
def summed_gradient():
    def bce_with_logits(z, y):
        from scipy.special import expit

        loss = np.mean(np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0) - z * y)
        return loss, expit(z) - y

    def bce_with_logits_counterexample():
        return np.array([800.0, -5.0]), np.array([1.0, 0.0])

    def bce_with_logits_fault():
        return "c"


@wrong("bce_with_logits", hint="minus_sign_forgotten")
def negative_loss():
    def bce_with_logits(z, y):
        from scipy.special import expit, log_expit

        loss = np.mean(y * log_expit(z) + (1 - y) * log_expit(-z))
        return loss, (y - expit(z)) / len(y)

    def bce_with_logits_counterexample():
        return np.array([800.0, -5.0]), np.array([1.0, 0.0])

    def bce_with_logits_fault():
        return "c"


@wrong("tempered_xent", hint="ds_is_dz")
def chain_rule_stops_at_z():
    def tempered_xent(s, y, T, eps):
        from scipy.special import log_softmax

        n, C = s.shape
        target = np.eye(C)[y] * (1 - eps) + eps / C
        lp = log_softmax(s / T, axis=1)
        gradient = (np.exp(lp) - target) / n
        dT = -(gradient * s).sum() / T**2
        return {"p": np.exp(lp), "loss": -(target * lp).sum() / n, "dz": gradient, "ds": gradient, "dT": dT}


@wrong("tempered_xent", hint="target_less_probability")
def sign_of_the_gradient():
    def tempered_xent(s, y, T, eps):
        from scipy.special import log_softmax

        n, C = s.shape
        lp = log_softmax(s / T, axis=1)
        hot = np.zeros((n, C)) + eps / C
        hot[range(n), y] += 1 - eps
        down = (hot - np.exp(lp)) / n
        dT = -(down * s).sum() / T / T
        return {"p": np.exp(lp), "loss": -(hot * lp).sum() / n, "dz": down, "ds": down / T, "dT": dT}


@wrong("svm_loss", hint="right_class_included")
def one_too_many():
    def svm_loss(s, y):
        n, C = s.shape
        loss, ds = 0.0, np.zeros_like(s)
        for i in range(n):
            for j in range(C):
                margin = s[i, j] - s[i, y[i]] + 1
                if margin > 0:
                    loss += margin
                    ds[i, j] += 1
                    ds[i, y[i]] -= 1
        return loss / n, ds / n


@wrong("svm_loss", hint="margin_of_zero")
def no_margin():
    def svm_loss(s, y):
        n, C = s.shape
        loss, ds = 0.0, np.zeros_like(s)
        for i in range(n):
            for j in range(C):
                if j != y[i] and s[i, j] > s[i, y[i]]:
                    loss += s[i, j] - s[i, y[i]]
                    ds[i, j] += 1 / n
                    ds[i, y[i]] -= 1 / n
        return loss / n, ds


@wrong("regularized", hint="penalty_halved")
def half_lambda():
    def regularized(data_loss, params, lam, kind):
        total = data_loss
        for name in params:
            if name[0] == "b":
                continue
            W = params[name]
            total += lam / 2 * (W * W).sum() if kind == "l2" else lam * abs(W).sum()
        return total


@wrong("regularized", hint="biases_penalised")
def all_parameters():
    def regularized(data_loss, params, lam, kind):
        flat = np.concatenate([array.ravel() for array in params.values()])
        return data_loss + lam * (flat @ flat if kind == "l2" else np.abs(flat).sum())


@wrong("test_numerical_gradient", hint="squares_alone")
def a_parabola():
    def test_numerical_gradient(numerical_gradient):
        for x in (np.array([1.0, -2.0, 0.5]), np.array([[1.0, 4.0], [2.0, 3.0]])):
            result = numerical_gradient(lambda x: float(np.sum(x * x) / 2), x + 0, 0.3)
            np.testing.assert_allclose(result, x, rtol=1e-6)


@wrong("test_numerical_gradient", hint="vectors_alone")
def three_coordinates():
    def test_numerical_gradient(numerical_gradient):
        c = np.array([0.5, 2.0, -1.0])
        for h in (0.3, 1e-5):
            x = np.array([1.7, -0.4, 2.5])
            wanted = np.exp(c @ x) * np.sinh(c * h) / h
            assert np.allclose(numerical_gradient(lambda v: np.exp(c @ v), x, h), wanted, rtol=1e-6)
            assert np.allclose(x, [1.7, -0.4, 2.5])


@wrong("numerical_jacobian", hint="inputs_by_outputs")
def rows_per_input():
    def numerical_jacobian(f, x, h=1e-5):
        n = x.size
        J = np.zeros((n, f(x).size))
        for i in range(n):
            e = np.zeros(n)
            e[i] = h
            J[i, :] = (f(x + e) - f(x - e)) / (2 * h)
        return J


@wrong("gradient_descent", hint="start_overwritten")
def while_loop_in_place():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        k = 0
        while k < max_iter:
            g = grad(x0)
            if np.sqrt((g**2).sum()) < tol:
                break
            x0 -= lr * g
            k += 1
        return x0, k

    def gradient_descent_guess():
        return 460

    def gradient_descent_updates(lr):
        grad = lambda x: x * [1.0, 100.0]
        return gradient_descent(grad, np.ones(2), lr, 20_000, 1e-4)[1]

    def gradient_descent_off_by():
        return gradient_descent_updates(0.0199) / gradient_descent_guess()


@wrong("gradient_descent", hint="max_norm")
def infinity_norm():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x, k = np.array(x0), 0
        while k < max_iter:
            g = grad(x)
            if max(abs(v) for v in g.ravel()) < tol:
                break
            x = x - lr * g
            k += 1
        return x, k

    def gradient_descent_guess():
        return 460

    def gradient_descent_updates(lr):
        grad = lambda x: x * [1.0, 100.0]
        return gradient_descent(grad, np.ones(2), lr, 20_000, 1e-4)[1]

    def gradient_descent_off_by():
        return gradient_descent_updates(0.0199) / gradient_descent_guess()


@wrong("fit_logistic", hint="features_as_they_come")
def straight_to_the_raw_weights():
    def fit_logistic(gradient, mean, std, budget):
        theta, db = np.zeros(len(mean)), 0.0
        bias = 0.0
        for _ in range(30):
            step, db = gradient(theta, bias)
            theta = theta - 0.1 * step
            bias = bias - 0.1 * db
        return theta, bias


@wrong("fit_logistic", hint="one_rate_and_no_memory")
def plain_descent_on_standardized_features():
    def fit_logistic(gradient, mean, std, budget):
        theta = np.zeros(len(mean) + 1)
        to_raw = lambda t: (t[1:] / std, t[0] - np.sum(t[1:] * mean / std))
        for _ in range(budget):
            dw, db = gradient(*to_raw(theta))
            theta[0] -= db
            theta[1:] -= (dw - db * mean) / std
        return to_raw(theta)
