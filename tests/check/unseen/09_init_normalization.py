"""Unseen wrong answers to assignment 09; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np
import torch
from torch import nn

from answers import wrong


@wrong("activation", hint="alpha_ignored")
def fixed_alpha():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            e = np.exp(-np.abs(z))
            s = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
            return s, s * (1 - s)
        if kind == "tanh":
            t = np.tanh(z)
            return t, 1 - t * t
        if kind == "relu":
            return np.maximum(z, 0.0), (z > 0).astype(float)
        return np.where(z > 0, z, 0.01 * z), np.where(z > 0, 1.0, 0.01)


@wrong("activation", hint="a_derivative_of_booleans")
def bool_slope():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            from scipy.special import expit

            return expit(z), expit(z) * expit(-z)
        if kind == "tanh":
            return np.tanh(z), 1 - np.tanh(z) ** 2
        if kind == "relu":
            return np.where(z > 0, z, 0.0), z > 0
        return np.where(z > 0, z, alpha * z), np.where(z > 0, 1.0, alpha)


@wrong("activation", hint="one_minus_h")
def tanh_slope_not_squared():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            e = np.exp(-np.abs(z))
            s = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
            return s, s - s**2
        if kind == "tanh":
            t = np.tanh(z)
            return t, 1 - t
        a = alpha if kind == "leaky_relu" else 0.0
        return np.where(z > 0, z, a * z), np.where(z > 0, 1.0, a)


@wrong("PReLU", hint="the_larger_of_two")
def maximum():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.slope = nn.Parameter(torch.ones(n) * init)

        def forward(self, x):
            return torch.max(self.slope * x, x)


@wrong("PReLU", hint="a_tensor_that_is_no_parameter")
def tensor_attribute():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.slope = torch.tensor([init] * n, requires_grad=True)

        def forward(self, x):
            positive = torch.relu(x)
            return positive + self.slope * (x - positive)


@wrong("init_layer", hint="the_weight_transposed")
def fan_in_first():
    def init_layer(scheme, fan_in, fan_out, rng):
        if scheme == "xavier":
            sd = (2 / (fan_in + fan_out)) ** 0.5
        elif scheme == "he":
            sd = (2 / fan_in) ** 0.5
        elif scheme == "he_out":
            sd = (2 / fan_out) ** 0.5
        else:
            sd = fan_in**-0.5
        return sd * rng.standard_normal((fan_in, fan_out)), np.zeros((fan_out,))


@wrong("init_layer", hint="a_random_bias")
def small_noise_in_the_bias():
    def init_layer(scheme, fan_in, fan_out, rng):
        sd = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}[
            scheme
        ] ** 0.5
        W = rng.normal(scale=sd, size=(fan_out, fan_in))
        b = rng.normal(scale=0.1, size=fan_out)
        return W, b


@wrong("init_layer", hint="the_variance_as_the_deviation")
def root_forgotten():
    def init_layer(scheme, fan_in, fan_out, rng):
        variances = dict(xavier=2 / (fan_in + fan_out), he=2 / fan_in, he_out=2 / fan_out, lecun=1 / fan_in)
        W = variances[scheme] * rng.standard_normal(size=(fan_out, fan_in))
        return W, np.zeros(fan_out)


@wrong("forward_stats", hint="saturated_on_one_side")
def upper_side():
    def forward_stats(X, Ws, act):
        spread, share = np.zeros(len(Ws)), np.zeros(len(Ws))
        for i, W in enumerate(Ws):
            X = act(np.einsum("ni,oi->no", X, W))
            spread[i] = np.sqrt(((X - X.mean()) ** 2).mean())
            share[i] = (X > 0.99).sum() / X.size
        return spread, share


@wrong("forward_stats", hint="before_the_activation")
def preactivations():
    def forward_stats(X, Ws, act):
        spread, share = [], []
        for W in Ws:
            pre = (W @ X.T).T
            spread += [np.std(pre)]
            share += [(np.abs(pre) > 0.99).mean()]
            X = act(pre)
        return np.array(spread), np.array(share)


@wrong("Standardizer", hint="divided_by_n_minus_one")
def sample_deviation():
    class Standardizer:
        def fit(self, X):
            self.m = X.sum(axis=0) / len(X)
            v = ((X - self.m) ** 2).sum(axis=0) / (len(X) - 1)
            self.s = np.sqrt(v)
            self.s[self.s == 0] = 1.0

        def transform(self, X):
            return (X - self.m) / self.s


@wrong("Standardizer", hint="scaled_by_the_variance")
def variance():
    class Standardizer:
        def fit(self, X):
            self.m = np.mean(X, axis=0)
            self.v = np.mean((X - self.m) ** 2, axis=0)
            self.v[self.v == 0] = 1.0

        def transform(self, X):
            return np.divide(X - self.m, self.v)


@wrong("bn_forward", hint="biased_running_variance")
def same_variance_for_both():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if not train:
            std = np.sqrt(running_var + eps)
            xhat = (x - running_mean) / std
            return gamma * xhat + beta, (xhat, gamma, running_var, eps), running_mean, running_var
        mu = x.sum(0) / len(x)
        var = ((x - mu) ** 2).sum(0) / len(x)
        xhat = (x - mu) / np.sqrt(var + eps)
        rm = running_mean + momentum * (mu - running_mean)
        rv = running_var + momentum * (var - running_var)
        return gamma * xhat + beta, (xhat, gamma, var, eps), rm, rv


@wrong("bn_forward", hint="momentum_on_the_old")
def keras_momentum():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if train:
            mu, var = np.mean(x, axis=0), np.var(x, axis=0)
            running_mean = momentum * running_mean + (1 - momentum) * mu
            running_var = momentum * running_var + (1 - momentum) * np.var(x, axis=0, ddof=1)
        else:
            mu, var = running_mean, running_var
        normal = (x - mu) / (var + eps) ** 0.5
        return normal * gamma + beta, (normal, gamma, var, eps), running_mean, running_var


@wrong("bn_backward", hint="gamma_is_missing")
def dxhat_is_dy():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        n = dy.shape[0]
        dgamma = np.einsum("nd,nd->d", dy, xhat)
        dbeta = np.einsum("nd->d", dy)
        dx = (n * dy - dbeta - xhat * dgamma) / (n * np.sqrt(var + eps))
        return dx, dgamma, dbeta


@wrong("bn_backward", hint="mean_and_variance_taken_as_constants")
def simple_chain():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        inverse = (var + eps) ** -0.5
        return inverse * gamma * dy, np.sum(xhat * dy, axis=0), np.sum(dy, axis=0)


@wrong("dead_fraction", hint="rows_as_units")
def per_sample():
    def dead_fraction(H):
        dead = sum(1 for row in H if not row.any())
        return dead / len(H)


@wrong("dead_fraction", hint="a_count")
def number_of_units():
    def dead_fraction(H):
        return float(sum((column == 0).all() for column in H.T))


@wrong("dead_fraction", hint="share_of_zeros")
def zeros_counted():
    def dead_fraction(H):
        return 1.0 - np.count_nonzero(H) / H.size
