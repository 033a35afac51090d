"""Unseen wrong answers to assignment 10; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np
import torch
from torch import nn

from answers import wrong


@wrong("dropout_penalty", hint="variance_of_the_bare_mask")
def bernoulli_variance():
    def dropout_penalty(X, Y, W, b, p, lam):
        n, d = X.shape
        prices = np.zeros(d)
        for j in range(d):
            prices[j] = (X[:, j] ** 2).sum() / n * (p - p**2)
        error = X @ W.T + b - Y
        return {
            "price": prices,
            "expected_loss": (error**2).sum() / n + (W**2 @ prices).sum(),
            "gradient": 2 * error.T @ X / n + 2 * W * prices,
            "best": np.linalg.inv(X.T @ X / n + np.diag(prices)).dot(X.T @ (Y - b) / n).T,
            "p": lam,
        }


@wrong("dropout_penalty", hint="half_of_the_penaltys_gradient")
def weight_decay_as_in_torch():
    def dropout_penalty(X, Y, W, b, p, lam):
        n = X.shape[0]
        prices = (X * X).sum(axis=0) / n * p / (1 - p)
        error = X @ W.T + b - Y
        return {
            "price": prices,
            "expected_loss": (error**2).sum() / n + (W**2 @ prices).sum(),
            "gradient": 2 * error.T @ X / n + W * prices,
            "best": np.linalg.inv(X.T @ X / n + np.diag(prices)).dot(X.T @ (Y - b) / n).T,
            "p": lam / (1 + lam),
        }


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
                shape = list(x.shape[:2]) + [1] * (x.ndim - 2)
                return x * torch.bernoulli(torch.full(shape, self.p).to(x)) / self.p
            return x


@wrong("MyDropout", hint="single_entries")
def as_in_the_exercise_before():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training:
                return x
            keep = torch.bernoulli(torch.full_like(x, 1 - self.p))
            return torch.mul(x, keep) / (1 - self.p)


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

    def mc_dropout_counterexample():
        return ["batch norm", "linear", "dropout"], [0]

    def mc_dropout_fault():
        return "d"


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

    def mc_dropout_counterexample():
        return ["batch norm", "linear", "dropout"], [0]

    def mc_dropout_fault():
        return "d"


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
        return centre, ((outs - centre) ** 2).sum(dim=0) / (T - 1)

    def mc_dropout_counterexample():
        return ["batch norm", "linear", "dropout"], [0]

    def mc_dropout_fault():
        return "d"


@wrong("test_early_stopping", hint="nothing_is_asserted")
def prints_only():
    def test_early_stopping(early_stopping):
        stopper = early_stopping(2, 0.1)
        for loss in (3.0, 2.0, 2.5, 2.5):
            print(stopper.step(loss, {"w": torch.zeros(1)}), stopper.best)


@wrong("test_early_stopping", hint="expects_epochs_from_one")
def third_epoch_is_called_three():
    def test_early_stopping(early_stopping):
        stopper = early_stopping(patience=2, min_delta=0.0)
        results = [stopper.step(loss, {"w": torch.zeros(1)}) for loss in (3.0, 2.0, 1.0, 2.0, 2.0)]
        assert results == [False, False, False, False, True]
        assert stopper.best_epoch == 3


@wrong("split_indices", hint="samples_shuffled")
def the_lectures_cell():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        index = rng.permutation(len(group))
        a, b = int(round(len(group) * fractions[0])), int(round(len(group) * fractions[1]))
        return index[:a], index[a : a + b], index[a + b :]


@wrong("split_indices", hint="a_seed_of_its_own")
def seed_zero():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        generator = np.random.default_rng(0)
        labels = generator.permutation(np.unique(group))
        a, b = int(round(len(labels) * fractions[0])), int(round(len(labels) * fractions[1]))
        parts = labels[:a], labels[a : a + b], labels[a + b :]
        return tuple(np.nonzero(np.isin(group, part))[0] for part in parts)


@wrong("split_indices", hint="not_shuffled")
def slices_of_the_labels():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        labels = sorted(set(group.tolist()))
        a, b = int(round(len(labels) * fractions[0])), int(round(len(labels) * fractions[1]))
        parts = labels[:a], labels[a : a + b], labels[a + b :]
        return tuple(np.nonzero(np.isin(group, part))[0] for part in parts)


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
def floor_of_a_uniform_number():
    def sample_log_uniform(n, lo, hi, rng):
        return np.floor(lo + (hi + 1 - lo) * rng.random(n)).astype(int)


@wrong("sample_log_uniform", hint="upper_end_never_drawn")
def whole_part_of_the_lectures_draw():
    def sample_log_uniform(n, lo, hi, rng):
        a, b = np.log10([lo, hi])
        return (10 ** (a + (b - a) * rng.random(n)) * (1 + 1e-12)).astype("int64")


@wrong("sample_log_uniform", hint="rounded_to_the_nearest")
def np_round():
    def sample_log_uniform(n, lo, hi, rng):
        real = lo * (hi / lo) ** rng.uniform(size=n)
        return np.round(real).astype(int)


@wrong("next_window", hint="linear")
def arithmetic():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        size = hi - lo
        near = best - lo < edge * size or hi - best < edge * size
        half = size / 2 if near else shrink * size / 2
        return best - half, best + half

    def next_window_search(loss, lo, hi, rounds, trials):
        seen = {}
        for _ in range(rounds):
            seen |= {u: loss(u) for u in np.geomspace(lo, hi, trials)}
            lo, hi = next_window(lo, hi, min(seen, key=lambda u: seen[u]))
        return min(seen, key=lambda u: seen[u])

    def next_window_guess():
        return 4.0

    def next_window_gain(places):
        off = []
        for rounds, trials in ((1, 24), (6, 4)):
            found = [next_window_search(lambda u, e=e: abs(np.log10(u) - e), 1e-6, 1.0, rounds, trials) for e in places]
            off.append(np.mean([abs(np.log10(u) - e) for u, e in zip(found, places, strict=True)]))
        return off[0] / off[1]

    def next_window_off_by(places):
        return next_window_gain(places) / next_window_guess()


@wrong("next_window", hint="always_shrinks")
def no_test_of_the_edge():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        half = shrink * (np.log(hi) - np.log(lo)) / 2
        centre = np.log(best)
        return float(np.exp(centre - half)), float(np.exp(centre + half))

    def next_window_search(loss, lo, hi, rounds, trials):
        seen = {}
        for _ in range(rounds):
            seen |= {u: loss(u) for u in np.geomspace(lo, hi, trials)}
            lo, hi = next_window(lo, hi, min(seen, key=lambda u: seen[u]))
        return min(seen, key=lambda u: seen[u])

    def next_window_guess():
        return 32.0

    def next_window_gain(places):
        off = []
        for rounds, trials in ((1, 24), (6, 4)):
            found = [next_window_search(lambda u, e=e: abs(np.log10(u) - e), 1e-6, 1.0, rounds, trials) for e in places]
            off.append(np.mean([abs(np.log10(u) - e) for u, e in zip(found, places, strict=True)]))
        return off[0] / off[1]

    def next_window_off_by(places):
        return next_window_gain(places) / next_window_guess()


@wrong("next_window", hint="twice_as_wide")
def whole_width_on_each_side():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        a, b, c = np.log10([lo, hi, best])
        t = (c - a) / (b - a)
        w = b - a
        if edge <= t <= 1 - edge:
            w = w * shrink
        return float(10 ** (c - w)), float(10 ** (c + w))

    def next_window_search(loss, lo, hi, rounds, trials):
        seen = {}
        for _ in range(rounds):
            seen |= {u: loss(u) for u in np.geomspace(lo, hi, trials)}
            lo, hi = next_window(lo, hi, min(seen, key=lambda u: seen[u]))
        return min(seen, key=lambda u: seen[u])

    def next_window_guess():
        return 2.0

    def next_window_gain(places):
        off = []
        for rounds, trials in ((1, 24), (6, 4)):
            found = [next_window_search(lambda u, e=e: abs(np.log10(u) - e), 1e-6, 1.0, rounds, trials) for e in places]
            off.append(np.mean([abs(np.log10(u) - e) for u, e in zip(found, places, strict=True)]))
        return off[0] / off[1]

    def next_window_off_by(places):
        return next_window_gain(places) / next_window_guess()


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
