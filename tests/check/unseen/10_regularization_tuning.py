"""Unseen wrong answers to assignment 10; `hint` is the catalogue entry with the same idea, or "none"."""

import copy

import numpy as np
import torch
from torch import nn

from answers import wrong


@wrong("penalty_and_grad", hint="gradient_as_of_weight_decay")
def lam_times_w():
    def penalty_and_grad(params, lam, kind):
        total, grads = 0.0, {}
        for name in params:
            W = params[name]
            if name.endswith("bias"):
                grads[name] = W * 0
            elif kind == "l1":
                total = total + float(lam * torch.abs(W).sum())
                grads[name] = lam * torch.sign(W)
            else:
                total = total + float(lam * (W * W).sum())
                grads[name] = lam * W
        return total, grads


@wrong("penalty_and_grad", hint="intercepts_penalised")
def everything():
    def penalty_and_grad(params, lam, kind):
        leaves = {name: p.detach().clone().requires_grad_() for name, p in params.items()}
        power = 2 if kind == "l2" else 1
        total = lam * sum((p.abs() ** power).sum() for p in leaves.values())
        grads = torch.autograd.grad(total, list(leaves.values()))
        return total.item(), dict(zip(leaves, grads))


@wrong("dropout", hint="keeps_with_probability_p")
def binomial_with_p():
    def dropout(x, p_drop, rng, train=True):
        if train:
            keep = rng.uniform(size=x.shape) < p_drop
            y = np.where(keep, x / (1 - p_drop), 0.0)
            return y.astype(x.dtype), keep
        return x.copy(), np.full(x.shape, True)


@wrong("dropout", hint="not_rescaled")
def binomial_without_scale():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return np.array(x), np.ones_like(x, dtype=bool)
        keep = rng.binomial(1, 1 - p_drop, size=x.shape).astype(bool)
        return np.where(keep, x, 0).astype(x.dtype), keep


@wrong("dropout", hint="active_at_test_time")
def train_unused():
    def dropout(x, p_drop, rng, train=True):
        keep = rng.binomial(1, 1 - p_drop, size=x.shape) == 1
        y = np.zeros_like(x)
        y[keep] = x[keep] / (1 - p_drop)
        return y, keep


@wrong("MyDropout", hint="keeps_with_p")
def bernoulli_p():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if self.training:
                keep = torch.bernoulli(torch.full_like(x, self.p))
                return x * keep / self.p
            return x


@wrong("MyDropout", hint="no_scale")
def bernoulli_unscaled():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training:
                return x
            keep = torch.bernoulli(torch.full_like(x, 1 - self.p))
            return torch.mul(x, keep)


@wrong("mc_dropout", hint="everything_in_training_mode")
def train_mode():
    def mc_dropout(model, x, T):
        before = [(m, m.training) for m in model.modules()]
        model.train()
        outs = []
        with torch.no_grad():
            for _ in range(T):
                outs.append(model(x))
        for m, mode in before:
            m.training = mode
        outs = torch.stack(outs)
        return torch.mean(outs, 0), torch.std(outs, 0, unbiased=False)


@wrong("mc_dropout", hint="modes_not_restored")
def modes_left():
    def mc_dropout(model, x, T):
        for m in model.modules():
            m.train(type(m) is nn.Dropout)
        for m in model.modules():
            if type(m) is nn.Dropout:
                m.training = True
        with torch.no_grad():
            outs = torch.stack([model(x) for _ in range(T)], dim=0)
        centre = outs.mean(dim=0)
        return centre, ((outs - centre) ** 2).mean(dim=0).sqrt()


@wrong("mc_dropout", hint="variance")
def root_missing():
    def mc_dropout(model, x, T):
        before = {m: m.training for m in model.modules()}
        for m in before:
            m.training = isinstance(m, nn.Dropout)
        with torch.no_grad():
            outs = torch.stack([model(x) for _ in range(T)])
        for m in before:
            m.training = before[m]
        centre = outs.mean(dim=0)
        return centre, ((outs - centre) ** 2).mean(dim=0)


@wrong("EarlyStopping", hint="keeps_the_same_tensors")
def reference_kept():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience = patience
            self.min_delta = min_delta
            self.best = float("inf")
            self.best_epoch = None
            self.state = None
            self.counter = 0
            self.t = 0

        def step(self, loss, state):
            if loss < self.best - self.min_delta:
                self.best, self.best_epoch, self.state = loss, self.t, state
                self.counter = 0
            else:
                self.counter += 1
            self.t += 1
            return self.counter >= self.patience


@wrong("EarlyStopping", hint="epochs_from_one")
def first_is_one():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience = patience
            self.min_delta = min_delta
            self.best = float("inf")
            self.best_epoch = None
            self.state = None
            self.counter = 0
            self.t = 0

        def step(self, loss, state):
            self.t += 1
            if loss < self.best - self.min_delta:
                self.best, self.best_epoch = loss, self.t
                self.state = {name: tensor.clone() for name, tensor in state.items()}
                self.counter = 0
            else:
                self.counter += 1
            return self.counter >= self.patience


@wrong("EarlyStopping", hint="one_epoch_too_late")
def greater_than_patience():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience = patience
            self.min_delta = min_delta
            self.best = float("inf")
            self.best_epoch = None
            self.state = None
            self.counter = 0
            self.t = -1

        def step(self, loss, state):
            self.t += 1
            self.counter += 1
            if self.best - loss > self.min_delta:
                self.best, self.best_epoch = loss, self.t
                self.state = copy.deepcopy(state)
                self.counter = 0
            return self.counter > self.patience


@wrong("split_indices", hint="not_shuffled")
def slices_of_a_range():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        index = np.arange(n)
        a, b = int(round(n * fractions[0])), int(round(n * fractions[1]))
        return index[:a], index[a : a + b], index[a + b :]


@wrong("split_indices", hint="a_seed_of_its_own")
def seed_zero():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        generator = np.random.default_rng(0)
        index = generator.permutation(n)
        a, b = int(round(n * fractions[0])), int(round(n * fractions[1]))
        return index[:a], index[a : a + b], index[a + b :]


@wrong("split_indices", hint="drawn_with_replacement")
def choice_with_replacement():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        a, b = int(round(n * fractions[0])), int(round(n * fractions[1]))
        return rng.choice(n, a), rng.choice(n, b), rng.choice(n, n - a - b)


@wrong("shift_images", hint="wraps_around")
def rolled_twice():
    def shift_images(images, dy, dx, fill=0.0):
        moved = np.roll(images, dy, axis=images.ndim - 2)
        return np.roll(moved, dx, axis=images.ndim - 1)


@wrong("shift_images", hint="wrong_direction")
def against_the_arrow():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        out = np.full(images.shape, fill, dtype=images.dtype)
        for i in range(H):
            for j in range(W):
                if 0 <= i + dy < H and 0 <= j + dx < W:
                    out[..., i, j] = images[..., i + dy, j + dx]
        return out


@wrong("shift_images", hint="fill_ignored")
def always_zero():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        out = np.zeros_like(images)
        for i in range(H):
            for j in range(W):
                if 0 <= i - dy < H and 0 <= j - dx < W:
                    out[..., i, j] = images[..., i - dy, j - dx]
        return out


@wrong("sample_log_uniform", hint="uniform_itself")
def random_times_width():
    def sample_log_uniform(n, lo, hi, rng):
        return lo + (hi - lo) * rng.random(n)


@wrong("sample_log_uniform", hint="whole_exponents")
def integer_decades():
    def sample_log_uniform(n, lo, hi, rng):
        exponents = rng.integers(np.log10(lo), np.log10(hi), size=n, endpoint=True)
        return np.power(10.0, exponents)


@wrong("sample_log_uniform", hint="logarithms_returned")
def log10_scale():
    def sample_log_uniform(n, lo, hi, rng):
        a, b = np.log10([lo, hi])
        return a + (b - a) * rng.random(n)


@wrong("next_window", hint="linear")
def arithmetic():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        size = hi - lo
        near = best - lo < edge * size or hi - best < edge * size
        half = size / 2 if near else shrink * size / 2
        return best - half, best + half


@wrong("next_window", hint="always_shrinks")
def no_test_of_the_edge():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        half = shrink * (np.log(hi) - np.log(lo)) / 2
        centre = np.log(best)
        return float(np.exp(centre - half)), float(np.exp(centre + half))


@wrong("next_window", hint="twice_as_wide")
def whole_width_on_each_side():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        a, b, c = np.log10([lo, hi, best])
        t = (c - a) / (b - a)
        w = b - a
        if edge <= t <= 1 - edge:
            w = w * shrink
        return float(10 ** (c - w)), float(10 ** (c + w))


@wrong("build_and_train", hint="softmax_before_the_loss")
def probabilities_into_cross_entropy():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Linear(64, 100), nn.ReLU(), nn.Linear(100, 10), nn.Softmax(1))
        opt = torch.optim.Adam(net.parameters(), 0.003)
        criterion = nn.CrossEntropyLoss()
        for _ in range(12):
            perm = torch.randperm(len(Xtr))
            for i in range(0, len(Xtr), 100):
                idx = perm[i : i + 100]
                loss = criterion(net(Xtr[idx]), ytr[idx])
                opt.zero_grad()
                loss.backward()
                opt.step()
        return net


@wrong("build_and_train", hint="too_many_parameters")
def thousand_units():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Linear(64, 1000), nn.ReLU(), nn.Linear(1000, 500), nn.ReLU(), nn.Linear(500, 10))
        opt = torch.optim.Adam(net.parameters())
        for i in torch.randperm(len(Xtr)).split(100):
            opt.zero_grad()
            nn.functional.cross_entropy(net(Xtr[i]), ytr[i]).backward()
            opt.step()
        return net
