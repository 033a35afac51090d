"""More unseen wrong answers to assignment 08; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("sgd_step", hint="uphill")
def added_gradient():
    def sgd_step(w, g, lr, wd=0.0):
        return (w / lr + g) / (1 / lr + wd)


@wrong("momentum_step", hint="uphill_with_momentum")
def climbs():
    def momentum_step(w, g, state, lr, mu, convention):
        v = 0 * w if state is None else state
        if convention == "lecture":
            v = mu * v + lr * g
            return w + v, v
        v = mu * v + g
        return w + lr * v, v


@wrong("adam_step", hint="gradient_not_squared")
def second_moment_of_sizes():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        state = state or {"m": 0 * w, "v": 0 * w, "t": 0}
        t = state["t"] + 1
        m = b1 * state["m"] + (1 - b1) * g
        v = b2 * state["v"] + (1 - b2) * abs(g)
        step = (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
        return (1 - lr * wd) * w - lr * step, {"m": m, "v": v, "t": t}

    def adam_step_counterexample():
        return np.array([1.0]), np.array([100.0]), 0.1, 0.5

    def adam_step_fault():
        return "d"


@wrong("train_accumulate", hint="last_group_forgotten")
def no_step_for_the_rest():
    def train_accumulate(model, opt, loss_fn, batches, k):
        batches = list(batches)
        steps = 0
        for first in range(0, len(batches) - k + 1, k):
            group = batches[first : first + k]
            size = sum(len(x) for x, _ in group)
            opt.zero_grad()
            for x, y in group:
                (loss_fn(model(x), y) * len(x) / size).backward()
            opt.step()
            steps += 1
        return steps


@wrong("test_minibatches", hint="sizes_alone")
def number_of_batches():
    def test_minibatches(minibatches):
        X, y = np.zeros((7, 3)), np.zeros(7)
        sizes = [x.shape for x, _ in minibatches(X, y, 3, np.random.default_rng(4))]
        assert sizes == [(3, 3), (3, 3), (1, 3)]
        sizes = [x.shape for x, _ in minibatches(X[:6], y[:6], 3, np.random.default_rng(4))]
        assert sizes == [(3, 3), (3, 3)]


@wrong("gradient_noise", hint="independent_draws")
def falls_like_one_over_b():
    def gradient_noise(gradients, B):
        centred = gradients - gradients.mean(axis=0)
        return (centred**2).sum() / len(gradients) / B

    def gradient_noise_guess():
        return 4

    def gradient_noise_off_by(gradients):
        return gradient_noise(gradients, 2) / gradient_noise(gradients, 8) / gradient_noise_guess()
