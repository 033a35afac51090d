"""Unseen wrong answers to assignment 05; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("backprop_xyz", hint="second_path_overwrites_the_first")
def dx_assigned_twice():
    def backprop_xyz(x, y, z):
        out = {"p": x + y, "q": x + z}
        out["f"] = out["p"] * out["q"]
        out["dp"], out["dq"] = out["q"], out["p"]
        out["dx"] = out["dy"] = out["dp"]
        out["dx"] = out["dz"] = out["dq"]
        return out


@wrong("backprop_xyz", hint="local_gradient_only")
def chain_rule_forgotten():
    def backprop_xyz(x, y, z):
        p, q = x + y, z + x
        return dict(p=p, q=q, f=q * p, dp=q, dq=p, dx=1 + 1, dy=1, dz=1)


@wrong("backprop_gates", hint="tie_drops_the_gradient")
def signs_of_the_difference():
    def backprop_gates(x, y, z):
        s, m = x + y, z if z > x else x
        to_x, to_z = (0, 1) if z > x else (1, 0) if x > z else (0, 0)
        return dict(f=s * m, dx=m + to_x * s, dy=m, dz=to_z * s)


@wrong("backprop_gates", hint="max_gate_left_out_of_dx")
def only_the_sum():
    def backprop_gates(x, y, z):
        larger = np.maximum(x, z)
        out = {"f": (x + y) * larger, "dx": larger, "dy": larger, "dz": 0.0}
        if z >= x:
            out["dz"] = x + y
        return out


@wrong("test_unbroadcast", hint="a_mean_is_expected")
def averaged():
    def test_unbroadcast(unbroadcast):
        g = np.array([[1.0, 5.0], [3.0, 9.0]])
        assert list(unbroadcast(g, (2,))) == [2.0, 7.0]


@wrong("test_unbroadcast", hint="only_shapes")
def sizes_compared():
    def test_unbroadcast(unbroadcast):
        for before, after in [((5, 2), (2,)), ((5, 2), (5, 1)), ((3, 5, 2), (5, 1)), ((5, 2), ())]:
            result = np.asarray(unbroadcast(np.zeros(before), after))
            if result.shape != after:
                raise ValueError(f"shape is {result.shape}")


@wrong("logistic_chain", hint="last_factor_forgotten")
def dw_like_db():
    def logistic_chain(x, w, b, y):
        out = {"u": x * w, "z": x * w + b}
        m = out["m"] = y * out["z"]
        out["L"] = max(-m, 0) + np.log1p(np.exp(-abs(m)))
        out["dL_dm"] = -np.exp(-np.logaddexp(0.0, m))
        out["dL_db"] = out["dL_dw"] = out["dL_dm"] * y
        return out


@wrong("logistic_chain", hint="as_printed")
def sigmoid_first():
    def logistic_chain(x, w, b, y):
        z = w * x + b
        a = 1.0 / (1.0 + np.exp(-y * z))
        out = {"u": w * x, "z": z, "m": y * z, "L": -np.log(a), "dL_dm": a - 1}
        out["dL_db"] = out["dL_dm"] * y
        out["dL_dw"] = out["dL_db"] * x
        return out


@wrong("tied_backward", hint="db_averaged")
def mean_of_the_copies():
    def tied_backward(X, W, b, dR):
        hidden = np.dot(W, X) + b
        up = np.dot(W, dR)
        out = {"dY": up, "dW_decode": np.dot(hidden, dR.T), "dW_encode": np.dot(up, X.T)}
        out["dW"] = out["dW_decode"] + out["dW_encode"]
        out["db"], out["dX"] = np.average(up, axis=1)[:, None], np.dot(W.T, up)
        return out


@wrong("tied_backward", hint="second_use_forgotten")
def only_the_encoder():
    def tied_backward(X, W, b, dR):
        up = np.einsum("in,oi->on", dR, W)
        encode = np.einsum("on,in->oi", up, X)
        decode = np.einsum("on,in->oi", W @ X + b, dR)
        return dict(dY=up, dW_decode=decode, dW_encode=encode, dW=encode.copy(), db=up.sum(1)[:, None], dX=W.T @ up)


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

    def act_backward_counterexample():
        return np.array([-2.0]), np.array([3.0]), "relu"

    def act_backward_fault():
        return "b"


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

    def act_backward_counterexample():
        return np.array([-2.0]), np.array([3.0]), "relu"

    def act_backward_fault():
        return "b"


@wrong("mlp_forward", hint="tanh_in_the_hidden_layers")
def tanh_units():
    def mlp_forward(params, X):
        L = sum(name.startswith("W") for name in params)
        acts = [X]
        for i in range(L):
            W, b = params[f"W{i + 1}"], params[f"b{i + 1}"]
            Z = acts[i].dot(W.T) + b
            acts.append(np.tanh(Z) if i + 1 < L else 1 / (1 + np.exp(-Z)))
        return acts[L], acts


@wrong("mlp_backward", hint="no_mask")
def linear_backward_pass():
    def mlp_backward(params, cache, Y):
        L = len(params) // 2
        m, grads = len(Y), {}
        delta = cache[-1] - Y
        for i in reversed(range(L)):
            grads[f"W{i + 1}"] = delta.T.dot(cache[i]) / m
            grads[f"b{i + 1}"] = delta.sum(axis=0) / m
            delta = delta.dot(params[f"W{i + 1}"])
        return grads


@wrong("mlp_backward", hint="not_divided_by_m")
def sum_over_samples():
    def mlp_backward(params, cache, Y):
        L = len(params) // 2
        grads = {}
        delta = cache[-1] - Y
        for i in reversed(range(L)):
            grads[f"W{i + 1}"] = delta.T.dot(cache[i])
            grads[f"b{i + 1}"] = delta.sum(axis=0)
            delta = np.where(cache[i] > 0, delta.dot(params[f"W{i + 1}"]), 0)
        return grads


@wrong("chain_product", hint="last_product_not_counted")
def row_comes_free():
    def chain_product(Js, v, first):
        number = 0
        if first == "row":
            out = v[np.newaxis]
            for J in Js[::-1]:
                number += np.prod(J.shape)
                out = out.dot(J)
            return out, int(number)
        M = Js[0]
        for J in Js[1:]:
            number += np.prod(J.shape) * M.shape[1]
            M = J.dot(M)
        return v[np.newaxis].dot(M), int(number)

    def chain_product_guess():
        return 25

    def chain_product_off_by(Js, v):
        return chain_product(Js, v, "matrices")[1] / chain_product(Js, v, "row")[1] / chain_product_guess()


@wrong("train_mlp", hint="no_hidden_layer")
def logistic_regression():
    def train_mlp(X, Y, seed):
        gen = np.random.default_rng(seed)
        W = gen.standard_normal((1, 2))
        c = gen.standard_normal(1)
        V, u = 0 * W, 0 * c
        for step in range(300):
            d = (1 / (1 + np.exp(-(X @ W.T + c))) - Y) / len(X)
            V, u = 0.9 * V + d.T @ X, 0.9 * u + d.sum(0)
            W, c = W - 0.2 * (1 - step / 300) * V, c - 0.2 * (1 - step / 300) * u
        return {"W1": W, "b1": c}
