"""More unseen wrong answers to assignment 08; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("sgd_step", hint="uphill")
def added_gradient():
    def sgd_step(w, g, lr, wd=0.0):
        return (1 - lr * wd) * w + lr * g


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
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        state = state or {"m": 0 * w, "v": 0 * w, "t": 0}
        t = state["t"] + 1
        m = b1 * state["m"] + (1 - b1) * g
        v = b2 * state["v"] + (1 - b2) * abs(g)
        step = (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
        return w - lr * step, {"m": m, "v": v, "t": t}


@wrong("minibatches", hint="never_shuffled")
def in_order():
    def minibatches(n, k, rng, drop_last=False):
        stop = n - n % k if drop_last else n
        for start in range(0, stop, k):
            yield np.arange(start, min(start + k, n))


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


@wrong("noise_scale", hint="inverted")
def upside_down():
    def noise_scale(lr, N, B, momentum=0.0):
        g = lr / (1 - momentum) * (N / B - 1)
        return 1 / g if g else 0.0
