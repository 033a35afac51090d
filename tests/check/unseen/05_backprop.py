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
