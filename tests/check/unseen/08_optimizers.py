"""Unseen wrong answers to assignment 08; `hint` is the catalogue entry with the same idea, or "none"."""

import math

import numpy as np

from answers import wrong


@wrong("sgd_step", hint="explicit_step")
def as_torch_does():
    def sgd_step(w, g, lr, wd=0.0):
        return (1 - lr * wd) * w - lr * g


@wrong("sgd_step", hint="decay_of_the_full_square")
def doubled_decay():
    def sgd_step(w, g, lr, wd=0.0):
        curvature = 2 * wd + 1 / lr
        return np.divide(w / lr - g, curvature)


@wrong("momentum_step", hint="average_of_the_gradients")
def dict_state_with_mean():
    def momentum_step(w, g, state, lr, mu, convention):
        v = state["v"] if state else np.zeros(w.shape)
        if convention == "torch":
            v = mu * v + (1 - mu) * g
            return w - lr * v, {"v": v}
        v = mu * v - (1 - mu) * lr * g
        return w + v, {"v": v}


@wrong("momentum_step", hint="no_memory")
def plain_descent():
    def momentum_step(w, g, state, lr, mu, convention):
        step = -lr * g
        return w + step, {"convention": convention}


@wrong("momentum_step", hint="convention_ignored")
def always_the_lecture():
    def momentum_step(w, g, state, lr, mu, convention):
        velocity = [0.0] if state is None else state
        rho = mu * velocity[0] - lr * g
        return w + rho, [rho]


@wrong("nesterov_rate", hint="root_of_mu")
def size_of_the_heavy_ball():
    def nesterov_rate(h, mu):
        a, s = 1 - h, np.sqrt(h)
        D = a**2 * (1 + mu) ** 2 - 4 * a * mu
        r = np.sqrt(mu) if D < 0 else (a * (1 + mu) + np.sqrt(D)) / 2
        return {
            "p": a * (1 + mu),
            "q": -a * mu,
            "discriminant": D,
            "kept": float(r),
            "updates": float(-np.log(10) / np.log(r)),
            "best_mu": float((1 - s) / (1 + s)),
            "best_kept": float(1 - s),
        }


@wrong("nesterov_rate", hint="a_factor_of_e")
def natural_logarithm():
    def nesterov_rate(h, mu):
        a, s = 1 - h, math.sqrt(h)
        p, q = a * (1 + mu), -a * mu
        D = p**2 + 4 * q
        r = (p + D**0.5) / 2 if D >= 0 else (-q) ** 0.5
        values = p, q, D, r, 1 / math.log(1 / r), (1 - s) / (1 + s), 1 - s
        names = "p", "q", "discriminant", "kept", "updates", "best_mu", "best_kept"
        return dict(zip(names, values, strict=True))


@wrong("adagrad_step", hint="eps_inside_the_root")
def dicts_with_eps_inside():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        cache = {"s": np.zeros_like(w)} if state is None else state
        s = cache["s"] + np.square(g)
        return w - lr * g * (s + eps) ** -0.5, {"s": s}

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        cache = {"s": np.zeros_like(w)} if state is None else state
        s = lam * cache["s"] + (1 - lam) * np.square(g)
        return w - lr * g * (s + eps) ** -0.5, {"s": s}


@wrong("adagrad_step", hint="rmsprop_as_adagrad")
def no_forgetting():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        s = g * g if state is None else state[0] + g * g
        return w - lr / (eps + np.sqrt(s)) * g, [s]

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        s = g * g if state is None else state[0] + g * g
        return w - lr / (eps + np.sqrt(s)) * g, [s]


@wrong("adam_step", hint="no_correction")
def moments_only():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        if state is None:
            state = {"m": 0 * w, "v": 0 * w, "t": 0}
        m = state["m"] + (1 - b1) * (g - state["m"])
        v = state["v"] + (1 - b2) * (g * g - state["v"])
        return (1 - lr * wd) * w - lr * m / (eps + v**0.5), {"m": m, "v": v, "t": state["t"] + 1}

    def adam_step_counterexample():
        return np.array([1.0]), np.array([100.0]), 0.1, 0.5

    def adam_step_fault():
        return "d"


@wrong("adam_step", hint="only_m_corrected")
def v_as_it_is():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = state if state is not None else (0 * w, 0 * w, 0)
        t = t + 1
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * np.square(g)
        return (1 - lr * wd) * w - lr * m / ((1 - math.pow(b1, t)) * (np.sqrt(v) + eps)), [m, v, t]

    def adam_step_counterexample():
        return np.array([1.0]), np.array([100.0]), 0.1, 0.5

    def adam_step_fault():
        return "d"


@wrong("test_minibatches", hint="a_list_expected")
def first_batch_by_index():
    def test_minibatches(minibatches):
        X, y = np.eye(9), np.arange(9.0)
        batches = minibatches(X, y, 4, np.random.default_rng(1))
        assert [len(batches[i][1]) for i in range(3)] == [4, 4, 1]
        assert sorted(t for _, batch in batches for t in batch) == y.tolist()
        assert batches[0][1].tolist() != [0.0, 1.0, 2.0, 3.0]


@wrong("test_minibatches", hint="batches_are_not_looked_at")
def does_not_crash():
    def test_minibatches(minibatches):
        batches = list(minibatches(np.zeros((8, 1)), np.zeros(8), 2, np.random.default_rng(0)))
        assert batches is not None


@wrong("designed_lr", hint="the_best_constant")
def no_schedule():
    def designed_lr(t):
        best = 0.115
        return best


@wrong("designed_lr", hint="warm_up_and_then_constant")
def never_small_again():
    def designed_lr(t):
        return 0.1 if t < 8 else 0.5


@wrong("cyclical_lr", hint="starts_at_the_top")
def down_first():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        cycle = it // (2 * step_size)
        inside = it - cycle * 2 * step_size
        part = 1 - inside / step_size if inside <= step_size else inside / step_size - 1
        if mode == "triangular2":
            part /= 2**cycle
        if mode == "exp_range":
            part *= gamma**it
        return base + part * (mx - base)


@wrong("train_accumulate", hint="never_divided")
def summed_gradients():
    def train_accumulate(model, opt, loss_fn, batches, k):
        opt.zero_grad()
        count = done = 0
        for xb, yb in batches:
            loss_fn(model(xb), yb).backward()
            count += 1
            if count % k == 0:
                opt.step()
                opt.zero_grad()
                done += 1
        if count % k:
            opt.step()
            opt.zero_grad()
            done += 1
        return done


@wrong("train_accumulate", hint="divided_by_k")
def one_over_k():
    def train_accumulate(model, opt, loss_fn, batches, k):
        opt.zero_grad()
        count = done = 0
        for xb, yb in batches:
            loss = loss_fn(model(xb), yb)
            loss = loss / k
            loss.backward()
            count += 1
            if count == k:
                opt.step()
                opt.zero_grad()
                done += 1
                count = 0
        if count > 0:
            opt.step()
            opt.zero_grad()
            done += 1
        return done


@wrong("gradient_noise", hint="mean_over_the_entries")
def variance_of_the_flat_array():
    import itertools

    def gradient_noise(gradients, B):
        means = [
            np.mean([gradients[i] for i in batch], axis=0) for batch in itertools.combinations(range(len(gradients)), B)
        ]
        return float(((np.array(means) - np.mean(gradients, axis=0)) ** 2).mean())

    def gradient_noise_guess():
        return 7.0

    def gradient_noise_off_by(gradients):
        return gradient_noise(gradients, 2) / gradient_noise(gradients, 8) / gradient_noise_guess()
