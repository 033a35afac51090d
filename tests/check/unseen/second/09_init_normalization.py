"""More unseen wrong answers to assignment 09; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np
import torch
from torch import nn

from answers import wrong


@wrong("activation", hint="slope_from_z")
def logistic_slope_of_the_input():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            value = 0.5 + 0.5 * np.tanh(z / 2)
            return value, z * (1 - z)
        if kind == "tanh":
            value = np.tanh(z)
            return value, 1 - value * value
        if kind == "relu":
            return np.maximum(z, 0), np.where(z > 0, 1.0, 0.0)
        if kind == "leaky_relu":
            return np.where(z > 0, z, alpha * z), np.where(z > 0, 1.0, alpha)
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


@wrong("Standardizer", hint="fitted_again_on_new_data")
def own_statistics_each_time():
    class Standardizer:
        def fit(self, X):
            self.seen = X.shape[1]
            return self

        def transform(self, X):
            D = X - X.mean(axis=0)
            spread = np.sqrt((D * D).mean(axis=0))
            constant = X.max(axis=0) == X.min(axis=0)
            return np.where(constant, 0.0, D / np.where(constant, 1.0, spread))


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
        return gamma * xhat + beta, (xhat, gamma, var, eps), running_mean, running_var


@wrong("bn_backward", hint="the_mean_for_dgamma")
def averages_for_gamma():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        n = len(dy)
        dgamma, dbeta = np.einsum("ij,ij->j", dy, xhat), dy.sum(axis=0)
        dx = gamma / np.sqrt(var + eps) * (dy - dbeta / n - xhat * dgamma / n)
        return dx, dgamma / n, dbeta
