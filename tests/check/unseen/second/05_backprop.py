"""More unseen wrong answers to assignment 05; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("backprop_xyz", hint="dp_is_p")
def factors_with_themselves():
    def backprop_xyz(x, y, z):
        p, q = x + y, x + z
        grads = {"dp": p, "dq": q}
        grads["dy"], grads["dz"] = grads["dp"], grads["dq"]
        return {"p": p, "q": q, "f": p * q, "dx": grads["dy"] + grads["dz"], **grads}


@wrong("test_unbroadcast", hint="nothing_is_asserted")
def printed():
    def test_unbroadcast(unbroadcast):
        for shape in ((3,), (4, 1), ()):
            print(shape, unbroadcast(np.arange(12.0).reshape(4, 3), shape))


@wrong("tied_backward", hint="bias_left_out_of_y")
def product_without_bias():
    def tied_backward(X, W, b, dR):
        H, G = W.dot(X), W.dot(dR)
        decode = H.dot(dR.T)
        encode = G.dot(X.T)
        db, dX = G.sum(1, keepdims=True), W.T.dot(G)
        return {"dY": G, "dW_decode": decode, "dW_encode": encode, "dW": decode + encode, "db": db, "dX": dX}


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

    def act_backward_counterexample():
        return np.array([-2.0]), np.array([3.0]), "relu"

    def act_backward_fault():
        return "b"


@wrong("mlp_backward", hint="sign_reversed")
def target_minus_output():
    def mlp_backward(params, cache, Y):
        L = len(params) // 2
        m = len(Y)
        delta = (Y - cache[L]) / m
        out = {}
        for layer in range(L, 0, -1):
            out[f"W{layer}"] = delta.T @ cache[layer - 1]
            out[f"b{layer}"] = delta.sum(axis=0)
            if layer > 1:
                delta = (delta @ params[f"W{layer}"]) * (cache[layer - 1] > 0)
        return out
