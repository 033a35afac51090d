"""More unseen wrong answers to assignment 05; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("backprop_xyz", hint="dz_is_z")
def z_with_itself():
    def backprop_xyz(x, y, z):
        q = x + y
        f = q * z
        grads = {"dq": z, "dz": z}
        grads["dx"] = grads["dy"] = grads["dq"]
        return {"q": q, "f": f, **grads}


@wrong("unbroadcast", hint="leading_axes_only")
def only_extra_axes():
    def unbroadcast(g, shape):
        extra = g.ndim - len(shape)
        return g.sum(axis=tuple(range(extra)))


@wrong("linear_forward", hint="dw_transposed")
def x_times_dy():
    def linear_forward(X, W, b):
        return X @ W.T + b, {"X": X, "W": W}

    def linear_backward(dY, cache):
        X, W = cache["X"], cache["W"]
        return dY @ W, np.dot(X.T, dY), dY.sum(0)


@wrong("act_backward", hint="in_place")
def masked_into_dout():
    def act_backward(dout, z, kind):
        if kind == "relu":
            dout *= z > 0
            return dout
        if kind == "tanh":
            return dout * (1 - np.tanh(z) ** 2)
        if kind == "sigmoid":
            a = 0.5 * (1 + np.tanh(z / 2))
            return dout * a * (1 - a)
        raise ValueError(kind)


@wrong("mlp_backward", hint="sign_reversed")
def target_minus_output():
    def mlp_backward(params, cache, Y):
        L = len(params) // 2
        m = Y.shape[1]
        delta = (Y - cache[L]) / m
        out = {}
        for layer in range(L, 0, -1):
            out[f"W{layer}"] = delta @ cache[layer - 1].T
            out[f"b{layer}"] = delta.sum(axis=1, keepdims=True)
            if layer > 1:
                delta = (params[f"W{layer}"].T @ delta) * (cache[layer - 1] > 0)
        return out
