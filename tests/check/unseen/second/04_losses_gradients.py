"""More unseen wrong answers to assignment 04; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("linear_losses", hint="l1_is_a_mean")
def mean_absolute_error():
    def linear_losses(X, w, y):
        gap = X.dot(w) - y
        return np.mean(np.abs(gap - np.quantile(gap, 0.5))), np.var(gap), (gap.max() - gap.min()) / 2


@wrong("sigmoid", hint="tanh")
def hyperbolic():
    def sigmoid(z):
        return np.sinh(np.clip(z, -20, 20)) / np.cosh(np.clip(z, -20, 20))


@wrong("bce_with_logits", hint="gradient_with_the_other_sign")
def label_minus_probability():
    def bce_with_logits(z, y):
        loss = np.mean(np.logaddexp(0, z) - y * z)
        a = np.exp(-np.logaddexp(0, -z))
        return loss, (y - a) / len(z)

    def bce_with_logits_counterexample():
        return np.array([800.0, -5.0]), np.array([1.0, 0.0])

    def bce_with_logits_fault():
        return "c"


@wrong("bce_with_logits", hint="counterexample_from_the_old_test")
def minimum_and_maximum():
    def bce_with_logits(z, y):
        loss = np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0) - z * y
        p = np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))
        return loss.mean(), (p - y) / y.size

    def bce_with_logits_counterexample():
        return np.array([3.0, 25.0, -25.0]), np.array([1.0, 0.0, 1.0])

    def bce_with_logits_fault():
        return "c"


@wrong("tempered_xent", hint="gradient_of_the_sum")
def mean_forgotten_in_dz():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        shifted = (s - s.max(axis=1, keepdims=True)) / T
        logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = (1 - eps) * (np.arange(C) == y[:, None]) + eps / C
        grad = np.exp(logs) - q
        loss = -np.sum(q * logs) / n
        return {"p": np.exp(logs), "loss": loss, "dz": grad, "ds": grad / T, "dT": -np.sum(grad * s) / T**2}


@wrong("svm_loss", hint="hinge_summed")
def no_mean_over_samples():
    def svm_loss(s, y):
        n, c = s.shape
        loss, ds = 0.0, np.zeros((n, c))
        for i in range(n):
            for j in range(c):
                margin = s[i, j] - s[i, y[i]] + 1
                if j != y[i] and margin > 0:
                    loss += margin
                    ds[i, j] += 1 / n
                    ds[i, y[i]] -= 1 / n
        return loss, ds


@wrong("test_numerical_gradient", hint="only_shapes")
def form_of_the_result():
    def test_numerical_gradient(numerical_gradient):
        for shape in ((4,), (2, 3)):
            result = numerical_gradient(np.sum, np.zeros(shape), 1e-3)
            if not isinstance(result, np.ndarray) or result.shape != shape:
                raise TypeError(f"{shape} gave {result}")


@wrong("gradient_descent", hint="a_cap_of_a_thousand")
def ended_by_max_iter():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x, k = np.copy(x0), 0
        while k < max_iter:
            slope = grad(x)
            if np.sqrt(slope @ slope) < tol:
                break
            x, k = x - lr * slope, k + 1
        return x, k

    def gradient_descent_guess():
        return 2000.0

    def gradient_descent_updates(lr):
        return gradient_descent(lambda x: np.array([x[0], 100 * x[1]]), np.array([1.0, 1.0]), lr, tol=1e-4)[1]

    def gradient_descent_off_by():
        return gradient_descent_updates(0.0199) / 2000.0
