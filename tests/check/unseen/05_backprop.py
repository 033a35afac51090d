"""Unseen wrong answers to assignment 05; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("backprop_xyz", hint="dx_is_q")
def upstream_is_the_value():
    def backprop_xyz(x, y, z):
        out = {"q": x + y}
        out["f"] = out["q"] * z
        out["dz"] = out["q"]
        out["dq"] = z
        out["dx"] = 1.0 * out["q"]
        out["dy"] = 1.0 * out["q"]
        return out


@wrong("backprop_xyz", hint="local_gradient_only")
def chain_rule_forgotten():
    def backprop_xyz(x, y, z):
        q = x + y
        return dict(q=q, f=z * q, dq=z, dz=q, dx=1, dy=1)


@wrong("backprop_gates", hint="max_copies_to_both")
def both_inputs():
    def backprop_gates(x, y, z, w):
        product, larger = x * y, z if z > w else w
        up = 2.0
        return dict(f=up * (product + larger), dx=up * y, dy=up * x, dz=up, dw=up)


@wrong("backprop_gates", hint="factor_two_forgotten")
def upstream_one():
    def backprop_gates(x, y, z, w):
        out = {"f": 2 * x * y + 2 * max(z, w), "dx": y, "dy": x, "dz": 0.0, "dw": 0.0}
        out["dz" if z > w else "dw"] = 1.0
        return out


@wrong("unbroadcast", hint="mean_of_the_copies")
def averaged():
    def unbroadcast(g, shape):
        while g.ndim > len(shape):
            g = g.mean(axis=0)
        for axis, size in enumerate(shape):
            if size == 1 and g.shape[axis] != 1:
                g = np.expand_dims(g.mean(axis), axis)
        return g


@wrong("unbroadcast", hint="axes_of_length_one_lost")
def squeezed():
    def unbroadcast(g, shape):
        while g.ndim > len(shape):
            g = g.sum(0)
        for axis in reversed(range(len(shape))):
            if shape[axis] == 1:
                g = g.sum(axis)
        return g


@wrong("logistic_chain", hint="last_factor_forgotten")
def dw_like_db():
    def logistic_chain(x, w, b, y):
        out = {"u": x * w, "z": x * w + b}
        a = out["a"] = 1.0 / (1.0 + np.exp(-out["z"]))
        out["L"] = -np.log(a) if y == 1 else -np.log(1 - a)
        out["dL_da"] = -1 / a if y == 1 else 1 / (1 - a)
        out["da_dz"] = a - a**2
        out["dz_du"], out["du_dw"] = 1.0, x
        out["dL_db"] = out["dL_dw"] = out["dL_da"] * out["da_dz"]
        return out


@wrong("logistic_chain", hint="sign_of_the_loss_lost")
def slope_with_the_other_sign():
    def logistic_chain(x, w, b, y):
        z = w * x + b
        a = 1.0 / (1.0 + np.exp(-z))
        out = {"u": w * x, "z": z, "a": a, "L": -np.log(a if y else 1 - a)}
        out |= {"dL_da": (y - a) / (a * (1 - a)), "da_dz": a * (1 - a), "dz_du": 1.0, "du_dw": x}
        out["dL_db"] = out["dL_da"] * out["da_dz"] * out["dz_du"]
        out["dL_dw"] = out["dL_db"] * x
        return out


@wrong("linear_forward", hint="db_averaged")
def class_as_cache():
    class Saved:
        X = W = None

    def linear_forward(X, W, b):
        saved = Saved()
        saved.X, saved.W = X, W
        return np.dot(X, W.T) + b, saved

    def linear_backward(dY, cache):
        return np.dot(dY, cache.W), np.dot(dY.T, cache.X), np.average(dY, axis=0)


@wrong("linear_forward", hint="divided_by_n_again")
def scaled_by_the_batch():
    def linear_forward(X, W, b):
        return np.einsum("ni,oi->no", X, W) + b, {"X": X, "W": W}

    def linear_backward(dY, cache):
        n = cache["X"].shape[0]
        dW = np.einsum("no,ni->oi", dY, cache["X"]) / n
        return np.einsum("no,oi->ni", dY, cache["W"]), dW, dY.sum(axis=0) / n


@wrong("linear_forward", hint="cache_used_up")
def cache_emptied():
    def linear_forward(X, W, b):
        return X @ W.T + b, {"X": X, "W": W}

    def linear_backward(dY, cache):
        X = cache.pop("X")
        W = cache.pop("W")
        return dY @ W, dY.T @ X, dY.sum(0)


@wrong("act_backward", hint="local_slope_only")
def without_dout():
    def act_backward(dout, z, kind):
        match kind:
            case "relu":
                return np.where(z > 0, 1.0, 0.0)
            case "sigmoid":
                s = np.exp(-np.logaddexp(0, -z))
                return s * np.exp(-np.logaddexp(0, z))
            case "tanh":
                return 1 - np.tanh(z) * np.tanh(z)
        raise ValueError("unknown activation " + kind)


@wrong("act_backward", hint="everything_else_is_tanh")
def else_branch():
    def act_backward(dout, z, kind):
        if kind == "relu":
            slope = z > 0
        elif kind == "sigmoid":
            s = 0.5 * (np.tanh(z / 2) + 1)
            slope = s * (1 - s)
        else:
            slope = 1 - np.tanh(z) ** 2
        return dout * slope


@wrong("mlp_forward", hint="tanh_in_the_hidden_layers")
def tanh_units():
    def mlp_forward(params, X):
        L = sum(name.startswith("W") for name in params)
        acts = [X]
        for i in range(L):
            W, b = params[f"W{i + 1}"], params[f"b{i + 1}"]
            Z = W.dot(acts[i]) + b
            acts.append(np.tanh(Z) if i + 1 < L else 1 / (1 + np.exp(-Z)))
        return acts[L], acts


@wrong("mlp_backward", hint="no_mask")
def linear_backward_pass():
    def mlp_backward(params, cache, Y):
        L = len(params) // 2
        m, grads = Y.shape[1], {}
        delta = cache[-1] - Y
        for i in reversed(range(L)):
            grads[f"W{i + 1}"] = delta.dot(cache[i].T) / m
            grads[f"b{i + 1}"] = delta.sum(axis=1).reshape(-1, 1) / m
            delta = params[f"W{i + 1}"].T.dot(delta)
        return grads


@wrong("mlp_backward", hint="not_divided_by_m")
def sum_over_samples():
    def mlp_backward(params, cache, Y):
        L = len(params) // 2
        grads = {}
        delta = cache[-1] - Y
        for i in reversed(range(L)):
            grads[f"W{i + 1}"] = delta.dot(cache[i].T)
            grads[f"b{i + 1}"] = delta.sum(axis=1, keepdims=True)
            delta = np.where(cache[i] > 0, params[f"W{i + 1}"].T.dot(delta), 0)
        return grads


@wrong("reverse_products", hint="matrices_multiplied_first")
def linalg_multi():
    def reverse_products(Js, v):
        rows = [v[np.newaxis, :]]
        M = None
        for J in Js[::-1]:
            M = J if M is None else M @ J
            rows.append(v[np.newaxis, :] @ M)
        return rows[::-1]


@wrong("train_mlp", hint="weights_too_small")
def one_hundredth():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        gen = np.random.default_rng(seed)
        W = [0.01 * gen.standard_normal((b, a)) for a, b in zip(sizes, sizes[1:])]
        c = [np.zeros((b, 1)) for b in sizes[1:]]
        history, m = [], X.shape[1]
        for _ in range(steps):
            H = [X]
            for i in range(len(W)):
                Z = W[i] @ H[i] + c[i]
                H.append(np.maximum(Z, 0) if i < len(W) - 1 else 1 / (1 + np.exp(-Z)))
            a = H[-1].clip(1e-14, 1 - 1e-14)
            history.append(float((-Y * np.log(a) - (1 - Y) * np.log(1 - a)).mean()))
            d = (H[-1] - Y) / m
            for i in reversed(range(len(W))):
                gW, gc = d @ H[i].T, d.sum(1, keepdims=True)
                d = (W[i].T @ d) * (H[i] > 0)
                W[i] = W[i] - lr * gW
                c[i] = c[i] - lr * gc
        params = {}
        for i in range(len(W)):
            params[f"W{i + 1}"], params[f"b{i + 1}"] = W[i], c[i]
        return params, history
