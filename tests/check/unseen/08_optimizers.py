"""Unseen wrong answers to assignment 08; `hint` is the catalogue entry with the same idea, or "none"."""

import math

import numpy as np

from answers import wrong


@wrong("sgd_step", hint="decay_without_the_learning_rate")
def decoupled():
    def sgd_step(w, g, lr, wd=0.0):
        return (1 - wd) * w - lr * g


@wrong("sgd_step", hint="decay_of_the_full_square")
def doubled_decay():
    def sgd_step(w, g, lr, wd=0.0):
        penalty_gradient = 2 * wd * w
        total = g + penalty_gradient
        return w - np.multiply(lr, total)


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


@wrong("nesterov", hint="heavy_ball")
def without_lookahead():
    def nesterov(grad, w0, lr, mu, T):
        points = np.zeros((T + 1, len(w0)))
        points[0] = w0
        v = np.zeros(len(w0))
        for t in range(T):
            v = mu * v - lr * grad(points[t])
            points[t + 1] = points[t] + v
        return points


@wrong("nesterov", hint="start_left_out")
def t_points():
    def nesterov(grad, w0, lr, mu, T):
        w, v, points = w0.copy(), 0 * w0, np.zeros((T, len(w0)))
        for t in range(T):
            v = mu * v - lr * grad(w + mu * v)
            w = w + v
            points[t] = w
        return points


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
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        if state is None:
            state = {"m": 0 * w, "v": 0 * w, "t": 0}
        m = state["m"] + (1 - b1) * (g - state["m"])
        v = state["v"] + (1 - b2) * (g * g - state["v"])
        return w - lr * m / (eps + v**0.5), {"m": m, "v": v, "t": state["t"] + 1}


@wrong("adam_step", hint="only_m_corrected")
def v_as_it_is():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = state if state is not None else (0 * w, 0 * w, 0)
        t = t + 1
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * np.square(g)
        return w - lr * m / ((1 - math.pow(b1, t)) * (np.sqrt(v) + eps)), [m, v, t]


@wrong("minibatches", hint="last_batch_never_dropped")
def keeps_the_rest():
    def minibatches(n, k, rng, drop_last=False):
        index = np.arange(n)
        rng.shuffle(index)
        i = 0
        while i < n:
            yield index[i : i + k]
            i += k


@wrong("minibatches", hint="drawn_with_replacement")
def choice():
    def minibatches(n, k, rng, drop_last=False):
        count = n // k if drop_last else math.ceil(n / k)
        for i in range(count):
            yield rng.choice(n, min(k, n - i * k))


@wrong("minibatches", hint="last_batch_always_dropped")
def whole_batches_only():
    def minibatches(n, k, rng, drop_last=False):
        index = rng.permutation(np.arange(n))
        for i in range(0, n - k + 1, k):
            yield index[i : i + k]


@wrong("lr_at", hint="a_step_too_late")
def strictly_after():
    def lr_at(kind, t, lr0, **kw):
        match kind:
            case "inverse":
                return lr0 / (1 + kw["gamma"] * t)
            case "exponential":
                return lr0 * np.exp(-kw["gamma"] * t)
            case "polynomial":
                return lr0 * max(0.0, 1 - t / kw["max_t"]) ** kw["power"]
            case "multistep":
                lr = lr0
                for milestone in kw["milestones"]:
                    if t > milestone:
                        lr = lr * kw["gamma"]
                return lr
            case "cosine":
                return lr0 * 0.5 * (1 + math.cos(math.pi * min(t, kw["max_t"]) / kw["max_t"]))
        raise ValueError(kind)


@wrong("lr_at", hint="another_kind_stays_constant")
def falls_through():
    def lr_at(kind, t, lr0, **kw):
        factor = 1.0
        if kind == "inverse":
            factor = 1 / (1 + kw["gamma"] * t)
        elif kind == "exponential":
            factor = math.exp(-kw["gamma"] * t)
        elif kind == "polynomial":
            factor = max(1 - t / kw["max_t"], 0) ** kw["power"]
        elif kind == "multistep":
            factor = kw["gamma"] ** len([m for m in kw["milestones"] if m <= t])
        elif kind == "cosine":
            factor = (1 + math.cos(math.pi * min(1, t / kw["max_t"]))) / 2
        return lr0 * factor


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


@wrong("noise_scale", hint="approximation_for_small_batches")
def n_over_b():
    def noise_scale(lr, N, B, momentum=0.0):
        return (lr * N) / (B * (1 - momentum))


@wrong("noise_scale", hint="bracket_forgotten")
def precedence():
    def noise_scale(lr, N, B, momentum=0.0):
        effective = lr / (1 - momentum)
        ratio = N / B
        return effective * ratio - 1
