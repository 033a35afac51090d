"""Unseen wrong answers to assignment 04; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("linear_losses", hint="bias_forgotten")
def no_intercept():
    def linear_losses(X, w, b, y):
        pred = np.array([row @ w for row in X])
        errors = y - pred
        return pred, np.abs(errors).sum(), errors @ errors, errors @ errors / len(errors)


@wrong("linear_losses", hint="halved_squares")
def one_half():
    def linear_losses(X, w, b, y):
        pred = np.dot(X, w) + b
        e = y - pred
        l2 = (e**2).sum() / 2
        return pred, np.abs(e).sum(), l2, l2 / len(y)


@wrong("linear_losses", hint="root_of_the_squares")
def norm_of_the_residual():
    def linear_losses(X, w, b, y):
        pred = np.dot(X, w) + b
        return pred, np.linalg.norm(y - pred, 1), np.linalg.norm(y - pred), np.mean((y - pred) ** 2)


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
        from scipy.special import expit

        return expit(-z)


@wrong("bce_with_logits", hint="gradient_not_divided")
def summed_gradient():
    def bce_with_logits(z, y):
        from scipy.special import expit

        loss = np.mean(np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0) - z * y)
        return loss, expit(z) - y


@wrong("bce_with_logits", hint="minus_sign_forgotten")
def negative_loss():
    def bce_with_logits(z, y):
        from scipy.special import expit, log_expit

        loss = np.mean(y * log_expit(z) + (1 - y) * log_expit(-z))
        return loss, (y - expit(z)) / len(y)


@wrong("softmax_xent", hint="nothing_subtracted")
def plain_softmax():
    def softmax_xent(s, y):
        n = s.shape[0]
        p = np.exp(s)
        p = p / np.sum(p, axis=1, keepdims=True)
        loss = sum(-np.log(p[i, y[i]]) for i in range(n)) / n
        for i in range(n):
            p[i, y[i]] -= 1
        return loss, p / n


@wrong("softmax_xent", hint="one_hot_less_probability")
def sign_of_the_gradient():
    def softmax_xent(s, y):
        from scipy.special import log_softmax

        lp = log_softmax(s, axis=1)
        hot = np.zeros_like(s)
        hot[range(len(y)), y] = 1
        return -(hot * lp).sum() / len(y), (hot - np.exp(lp)) / len(y)


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


@wrong("numerical_gradient", hint="forward_difference")
def one_sided():
    def numerical_gradient(f, x, h=1e-5):
        flat = x.copy().reshape(-1)
        here, slopes = f(x), []
        for i in range(flat.size):
            moved = flat.copy()
            moved[i] = moved[i] + h
            slopes.append((f(moved.reshape(x.shape)) - here) / h)
        return np.array(slopes).reshape(x.shape)


@wrong("numerical_gradient", hint="divided_by_h")
def half_the_distance():
    def numerical_gradient(f, x, h=1e-5):
        result = np.zeros(x.shape)
        for k in range(x.size):
            e = np.zeros(x.size)
            e[k] = h
            e = e.reshape(x.shape)
            result.flat[k] = (f(x + e) - f(x - e)) / h
        return result


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


@wrong("fit_logistic", hint="gradient_of_a_sum")
def summed():
    def fit_logistic(X, y, lr, n_iter):
        from scipy.special import expit

        A = np.column_stack([X, np.ones(len(X))])
        theta = np.zeros(A.shape[1])
        for _ in range(n_iter):
            theta = theta - lr * A.T @ (expit(A @ theta) - y)
        return theta[:-1], theta[-1]


@wrong("fit_logistic", hint="bias_not_updated")
def weights_only():
    def fit_logistic(X, y, lr, n_iter):
        from scipy.special import expit

        w = np.zeros(X.shape[1])
        for _ in range(n_iter):
            w -= lr * ((expit(X @ w) - y)[:, None] * X).mean(axis=0)
        return w, 0.0
