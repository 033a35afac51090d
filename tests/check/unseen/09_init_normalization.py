"""Unseen wrong answers to assignment 09; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np
import torch
from torch import nn

from answers import wrong


@wrong("activation", hint="alpha_ignored")
def fixed_alpha():
    def activation(kind, z, alpha=0.01):
        e = np.exp(-np.abs(z))
        s = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
        if kind == "silu":
            return z * s, s * (1 + z * (1 - s))
        if kind == "softplus":
            return np.where(z > 0, z, 0.0) + np.log1p(e), s
        if kind == "tanh":
            t = np.tanh(z)
            return t, 1 - t * t
        return np.where(z > 0, z, 0.01 * z), np.where(z > 0, 1.0, 0.01)


@wrong("activation", hint="first_term_of_the_product_rule")
def gate_alone():
    def activation(kind, z, alpha=0.01):
        gate = (1 + np.tanh(z / 2)) / 2
        if kind == "softplus":
            return np.logaddexp(z, 0), gate
        if kind == "silu":
            return gate * z, gate
        if kind == "tanh":
            return np.tanh(z), 1 - np.tanh(z) ** 2
        return np.where(z > 0, z, alpha * z), np.where(z > 0, 1.0, alpha)


@wrong("activation", hint="one_minus_h")
def tanh_slope_not_squared():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            t = np.tanh(z)
            return t, 1 - t
        if kind == "leaky_relu":
            return np.where(z > 0, z, alpha * z), np.where(z > 0, 1.0, alpha)
        e = np.exp(-np.abs(z))
        s = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
        return (np.logaddexp(0, z), s) if kind == "softplus" else (z * s, s + z * (s - s**2))


@wrong("PReLU", hint="the_larger_of_two")
def maximum():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.slope = nn.Parameter(torch.ones(n) * init)

        def forward(self, x):
            slope = self.slope.view(-1, *[1] * (x.dim() - 2))
            return torch.max(slope * x, x)


@wrong("PReLU", hint="a_tensor_that_is_no_parameter")
def tensor_attribute():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.slope = torch.tensor([init] * n, requires_grad=True)

        def forward(self, x):
            positive = torch.relu(x)
            return positive + self.slope.view(-1, *[1] * (x.dim() - 2)) * (x - positive)


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

    def forward_stats_guess():
        return 0.1

    def forward_stats_off_by(X, Ws):
        return np.log10(forward_stats(X, Ws, lambda z: z * (z > 0))[0][-1] / forward_stats_guess())


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

    def forward_stats_guess():
        return 0.1

    def forward_stats_off_by(X, Ws):
        return np.log10(forward_stats(X, Ws, lambda z: z * (z > 0))[0][-1] / forward_stats_guess())


@wrong("test_standardizer", hint="the_training_set_alone")
def columns_of_the_fitted_data():
    def test_standardizer(Standardizer):
        scaler = Standardizer()
        data = np.arange(12.0).reshape(4, 3) ** 2
        data[:, 2] = 1.5
        scaler.fit(data)
        result = scaler.transform(data.copy())
        for j in range(2):
            if abs(result[:, j].mean()) > 1e-9 or abs(result[:, j].std() - 1) > 1e-9:
                raise ValueError(j)
        if np.any(np.abs(result[:, 2]) > 1e-9) or not np.isfinite(result).all():
            raise ValueError("constant")


@wrong("test_standardizer", hint="n_minus_one_expected")
def sample_deviation():
    def test_standardizer(Standardizer):
        X = np.array([[1.0], [2.0], [6.0]])
        s = Standardizer()
        s.fit(X)
        assert np.allclose(s.transform(X), (X - 3) / np.sqrt(14 / 2))


@wrong("bn_forward", hint="biased_running_variance")
def same_variance_for_both():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if not train:
            std = np.sqrt(running_var + eps)
            xhat = (x - running_mean) / std
            return gamma * xhat + beta, running_mean, running_var
        mu = x.sum(0) / len(x)
        var = ((x - mu) ** 2).sum(0) / len(x)
        xhat = (x - mu) / np.sqrt(var + eps)
        rm = running_mean + momentum * (mu - running_mean)
        rv = running_var + momentum * (var - running_var)
        return gamma * xhat + beta, rm, rv

    def bn_forward_counterexample():
        x = 1e8 + np.array([[-1.0], [3.0]])
        return x, np.ones(1), np.zeros(1), np.zeros(1), np.ones(1), True, 0.1, 1e-5

    def bn_forward_fault():
        return "c"


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
        return normal * gamma + beta, running_mean, running_var

    def bn_forward_counterexample():
        x = 1e8 + np.array([[-1.0], [3.0]])
        return x, np.ones(1), np.zeros(1), np.zeros(1), np.ones(1), True, 0.1, 1e-5

    def bn_forward_fault():
        return "c"


@wrong("rms_norm_backward", hint="the_gain_is_missing")
def dxhat_is_dy():
    def rms_norm_backward(dy, x, gain, eps):
        n, d = x.shape
        r = ((x * x).sum(1) / d + eps) ** 0.5
        xhat = x / r.reshape(n, 1)
        dr = -np.einsum("nd,nd->n", dy, xhat) / r
        dx = dy / r[:, None] + xhat * dr[:, None] / d
        return {"dgain": np.einsum("nd,nd->d", dy, xhat), "dxhat": dy.copy(), "dr": dr, "dx": dx}


@wrong("rms_norm_backward", hint="the_path_through_r_is_missing")
def simple_chain():
    def rms_norm_backward(dy, x, gain, eps):
        inverse = (np.mean(np.square(x), 1, keepdims=True) + eps) ** -0.5
        up = dy * gain
        dr = -np.sum(up * x * inverse**2, axis=1)
        return {"dgain": np.sum(dy * x * inverse, axis=0), "dxhat": up, "dr": dr, "dx": up * inverse}


@wrong("deep_start", hint="hes_scheme")
def kaiming():
    def deep_start(widths, X, rng):
        start = []
        for k in range(len(widths) - 1):
            W = np.sqrt(2 / widths[k]) * rng.normal(size=(widths[k + 1], widths[k]))
            start.append((W, 0 * W[:, 0]))
        return start


@wrong("deep_start", hint="all_zeros")
def nothing_at_all():
    def deep_start(widths, X, rng):
        return [(np.zeros((o, i)), np.zeros(o)) for i, o in zip(widths[:-1], widths[1:], strict=True)]
