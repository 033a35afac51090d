"""More unseen wrong answers to assignment 09; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np
import torch
from torch import nn

from answers import wrong


@wrong("activation", hint="slope_of_the_sigmoid_for_softplus")
def logistic_slope():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            value = np.tanh(z)
            return value, 1 - value * value
        if kind == "leaky_relu":
            return np.where(z > 0, z, alpha * z), np.where(z > 0, 1.0, alpha)
        logistic = 0.5 + 0.5 * np.tanh(z / 2)
        if kind == "silu":
            return logistic * z, logistic + z * logistic * (1 - logistic)
        if kind == "softplus":
            return np.logaddexp(0.0, z), logistic - logistic**2
        raise ValueError(kind)


@wrong("PReLU", hint="init_ignored")
def always_a_quarter():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.slope = nn.Parameter(torch.ones(n) * 0.25)

        def forward(self, x):
            a = self.slope if len(self.slope) == 1 else self.slope.view(1, -1, *[1] * (x.dim() - 2))
            return torch.relu(x) - a * torch.relu(-x)


@wrong("test_standardizer", hint="new_data_by_its_own_numbers")
def each_batch_is_centred():
    def test_standardizer(Standardizer):
        s = Standardizer()
        s.fit(np.array([[0.0, 1.0], [2.0, 5.0], [4.0, 3.0]]))
        batch = np.array([[10.0, 20.0], [30.0, 50.0]])
        assert np.abs(s.transform(batch).sum(axis=0)).max() < 1e-9


@wrong("bn_forward", hint="normalized_by_the_unbiased_variance")
def torch_var_for_numpy_var():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if train:
            mean, var = x.mean(axis=0), x.var(axis=0, ddof=1)
            running_mean = running_mean + momentum * (mean - running_mean)
            running_var = running_var + momentum * (var - running_var)
        else:
            mean, var = running_mean, running_var
        xhat = (x - mean) / np.sqrt(var + eps)
        return gamma * xhat + beta, running_mean, running_var

    def bn_forward_counterexample():
        x = 1e8 + np.array([[-1.0], [3.0]])
        return x, np.ones(1), np.zeros(1), np.zeros(1), np.ones(1), True, 0.1, 1e-5

    def bn_forward_fault():
        return "c"


@wrong("rms_norm_backward", hint="the_mean_for_dgain")
def averages_for_the_gain():
    def rms_norm_backward(dy, x, gain, eps):
        n, d = x.shape
        r = np.sqrt(np.einsum("nd,nd->n", x, x) / d + eps)[:, None]
        up = gain * dy
        dr = -(up * x / r / r).sum(axis=1)
        dx = up / r + x * dr[:, None] / d / r
        return {"dgain": (dy * x / r).sum(axis=0) / n, "dxhat": up, "dr": dr, "dx": dx}
