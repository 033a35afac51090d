"""Answers to assignment 05: backprop by hand."""
# ruff: noqa: E741, F841, RUF007, RUF059 - students, too, name a layer l, and make what they do not use
# Like students, these answers read `leaf.grad` after `backward()` without a test for None.
# pyright: reportOptionalMemberAccess=false

import numpy as np

from answers import right, wrong

# 5.1 Three gates


@right("backprop_xyz")
def explicit_products():
    def backprop_xyz(x, y, z):
        q = x + y
        df_dq, dq_dx, dq_dy = z, 1.0, 1.0
        return {"q": q, "f": q * z, "dq": df_dq, "dz": q, "dx": df_dq * dq_dx, "dy": df_dq * dq_dy}


@right("backprop_xyz")
def autograd():
    def backprop_xyz(x, y, z):
        import torch

        x, y, z = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (x, y, z))
        q = x + y
        q.retain_grad()
        f = q * z
        f.backward()
        named = {"q": q, "f": f, "dq": q.grad, "dz": z.grad, "dx": x.grad, "dy": y.grad}
        return {name: value.item() for name, value in named.items()}


@right("backprop_xyz")
def multiplied_out():
    def backprop_xyz(x, y, z):
        # f = x z + y z, without the graph.
        return dict(q=x + y, f=x * z + y * z, dq=z, dz=x + y, dx=z, dy=z)


@wrong("backprop_xyz", hint="Do your numbers change when x, y and z do?")
def numbers_of_the_slide():
    def backprop_xyz(x, y, z):
        return {"q": 3.0, "f": -12.0, "dq": -4.0, "dz": 3.0, "dx": -4.0, "dy": -4.0}


@wrong(
    "backprop_xyz", hint="In f = q z, which number decides how fast f changes with z: z itself, or the other factor?"
)
def dz_is_z():
    def backprop_xyz(x, y, z):
        q = x + y
        return {"q": q, "f": q * z, "dq": z, "dz": z, "dx": z, "dy": z}


@wrong("backprop_xyz", hint="What is the upstream gradient of the add gate: the value q, or the derivative of f by q?")
def dx_is_q():
    def backprop_xyz(x, y, z):
        q = x + y
        return {"q": q, "f": q * z, "dq": z, "dz": q, "dx": q, "dy": q}


@wrong("backprop_xyz", hint="What are the local gradients of x + y: the other input, or 1?")
def mul_rule_on_the_add_gate():
    def backprop_xyz(x, y, z):
        q = x + y
        return {"q": q, "f": q * z, "dq": z, "dz": q, "dx": z * y, "dy": z * x}


@wrong("backprop_xyz", hint="1 is the local gradient of the add gate. By what is it multiplied?")
def local_gradient_only():
    def backprop_xyz(x, y, z):
        q = x + y
        return {"q": q, "f": q * z, "dq": z, "dz": q, "dx": 1.0, "dy": 1.0}


@wrong("backprop_xyz", hint="In f = q z, how fast does f change with q while z stands still?")
def dq_is_q():
    def backprop_xyz(x, y, z):
        q = x + y
        return {"q": q, "f": q * z, "dq": q, "dz": q, "dx": q, "dy": q}


@wrong("backprop_xyz", hint="Is a gradient divided among the inputs of an add gate, or copied to each?")
def add_gate_shares_the_gradient():
    def backprop_xyz(x, y, z):
        q = x + y
        return {"q": q, "f": q * z, "dq": z, "dz": q, "dx": z / 2, "dy": z / 2}


@wrong("backprop_xyz", hint="With which gradient does the backward pass begin: the value of f, or df/df?")
def backward_begins_with_f():
    def backprop_xyz(x, y, z):
        q = x + y
        f = q * z
        return {"q": q, "f": f, "dq": f * z, "dz": f * q, "dx": f * z, "dy": f * z}


@wrong("backprop_xyz", hint="Which of the two gates of f = (x + y) z comes first?")
def product_before_sum():
    def backprop_xyz(x, y, z):
        q = y * z
        return {"q": q, "f": x + q, "dq": 1.0, "dz": y, "dx": 1.0, "dy": z}


# 5.2 Add, max and mul


@right("backprop_gates")
def ties_to_z():
    def backprop_gates(x, y, z, w):
        p, s = x * y, max(z, w)
        dt = 2
        dp = ds = dt
        if z >= w:
            dz, dw = ds, 0
        else:
            dz, dw = 0, ds
        return {"f": 2 * (p + s), "dx": dp * y, "dy": dp * x, "dz": dz, "dw": dw}


@right("backprop_gates")
def ties_shared():
    def backprop_gates(x, y, z, w):
        to_z = 0.5 if z == w else float(z > w)
        f = 2 * (x * y + np.maximum(z, w))
        return {"f": f, "dx": 2 * y, "dy": 2 * x, "dz": 2 * to_z, "dw": 2 * (1 - to_z)}


@right("backprop_gates")
def autograd_of_maximum():
    def backprop_gates(x, y, z, w):
        import torch

        v = torch.tensor([x, y, z, w], dtype=torch.float64, requires_grad=True)
        f = 2 * (v[0] * v[1] + torch.maximum(v[2], v[3]))
        f.backward()
        return {"f": f.item()} | dict(zip(["dx", "dy", "dz", "dw"], v.grad.tolist(), strict=True))


@wrong("backprop_gates", hint="What does the last gate, the multiplication by 2, do to the gradient that goes back?")
def factor_two_forgotten():
    def backprop_gates(x, y, z, w):
        first = float(z > w)
        return {"f": 2 * (x * y + max(z, w)), "dx": y, "dy": x, "dz": first, "dw": 1 - first}


@wrong("backprop_gates", hint="Does f change when the smaller of z and w moves a little?")
def max_copies_to_both():
    def backprop_gates(x, y, z, w):
        return {"f": 2 * (x * y + max(z, w)), "dx": 2 * y, "dy": 2 * x, "dz": 2.0, "dw": 2.0}


@wrong(
    "backprop_gates", hint="Which of the two inputs did the max gate let through: the larger one, or the smaller one?"
)
def router_inverted():
    def backprop_gates(x, y, z, w):
        dz = 2.0 * (z < w)
        return {"f": 2 * (x * y + max(z, w)), "dx": 2 * y, "dy": 2 * x, "dz": dz, "dw": 2.0 - dz}


@wrong("backprop_gates", hint="By how much does x y change when x moves by 1: by x, or by y?")
def mul_not_switched():
    def backprop_gates(x, y, z, w):
        dz = 2.0 * (z > w)
        return {"f": 2 * (x * y + max(z, w)), "dx": 2 * x, "dy": 2 * y, "dz": dz, "dw": 2.0 - dz}


@wrong("backprop_gates", hint="What do your two conditions give when z and w are equal?")
def tie_drops_the_gradient():
    def backprop_gates(x, y, z, w):
        return {"f": 2 * (x * y + max(z, w)), "dx": 2 * y, "dy": 2 * x, "dz": 2.0 * (z > w), "dw": 2.0 * (w > z)}


@wrong(
    "backprop_gates",
    hint="Does the max gate pass on the gradient, or the gradient times the value that it let through?",
)
def gradient_times_value():
    def backprop_gates(x, y, z, w):
        f = 2 * (x * y + max(z, w))
        return {"f": f, "dx": 2 * y, "dy": 2 * x, "dz": 2 * z * (z > w), "dw": 2 * w * (z <= w)}


@wrong("backprop_gates", hint="Is the larger of two numbers the one of larger absolute value, when one is negative?")
def larger_in_size():
    def backprop_gates(x, y, z, w):
        dz = 2.0 * (abs(z) > abs(w))
        return {"f": 2 * (x * y + max(z, w)), "dx": 2 * y, "dy": 2 * x, "dz": dz, "dw": 2.0 - dz}


@wrong("backprop_gates", hint="Which terms stand inside the bracket that is multiplied by 2?")
def factor_on_the_product_alone():
    def backprop_gates(x, y, z, w):
        first = float(z > w)
        return {"f": 2 * x * y + max(z, w), "dx": 2 * y, "dy": 2 * x, "dz": first, "dw": 1 - first}


@wrong("backprop_gates", hint="What do you return when w is larger than z?")
def z_taken_for_the_larger():
    def backprop_gates(x, y, z, w):
        return {"f": 2 * (x * y + z), "dx": 2 * y, "dy": 2 * x, "dz": 2.0, "dw": 0.0}


# 5.3 The backward of broadcasting


@right("unbroadcast")
def torch_sum_to_size():
    def unbroadcast(g, shape):
        import torch

        return torch.from_numpy(g.copy()).sum_to_size(shape).numpy()


@right("unbroadcast")
def one_axis_at_a_time():
    def unbroadcast(g, shape):
        while g.ndim > len(shape):
            g = g.sum(axis=0)
        for axis, size in enumerate(shape):
            if g.shape[axis] != size:
                g = g.sum(axis=axis, keepdims=True)
        return g


@right("unbroadcast")
def ones_in_front_then_reshaped():
    def unbroadcast(g, shape):
        padded = (1,) * (g.ndim - len(shape)) + tuple(shape)
        axes = tuple(i for i in range(g.ndim) if padded[i] == 1 and g.shape[i] > 1)
        return np.sum(g, axis=axes, keepdims=True).reshape(shape)


@right("unbroadcast")
def added_up_where_the_copies_came_from():
    def unbroadcast(g, shape):
        total = np.zeros(shape)
        source = np.broadcast_to(np.arange(total.size).reshape(shape), g.shape)
        np.add.at(total.reshape(-1), source, g)
        return total


@wrong("unbroadcast", hint="Each copy sends back a gradient. Are they averaged where they meet, or added?")
def mean_of_the_copies():
    def unbroadcast(g, shape):
        g = g.mean(axis=tuple(range(g.ndim - len(shape))))
        return g.mean(axis=tuple(i for i, size in enumerate(shape) if size == 1), keepdims=True)


@wrong(
    "unbroadcast", hint="What is the shape of a (4, 3) array after it is summed over axis 1, and what was asked for?"
)
def axes_of_length_one_lost():
    def unbroadcast(g, shape):
        g = g.sum(axis=tuple(range(g.ndim - len(shape))))
        return g.sum(axis=tuple(i for i, size in enumerate(shape) if size == 1))


@wrong("unbroadcast", hint="Along which axes does broadcasting make copies when both arrays have as many axes?")
def leading_axes_only():
    def unbroadcast(g, shape):
        return g.sum(axis=tuple(range(g.ndim - len(shape))))


@wrong("unbroadcast", hint="Every copy got a gradient of its own. Which of them does your result hold?")
def first_copy_only():
    def unbroadcast(g, shape):
        g = g[(0,) * (g.ndim - len(shape))]
        return g[tuple(slice(0, size) for size in shape)]


@wrong("unbroadcast", hint="Is axis 0 always the one along which copies were made?")
def always_axis_zero():
    def unbroadcast(g, shape):
        return g.sum(axis=0)


@wrong("unbroadcast", hint="Should entries of the result that were used by different entries of g be equal?")
def grand_total():
    def unbroadcast(g, shape):
        return np.full(shape, g.sum())


@wrong("unbroadcast", hint="From which side does broadcasting line two shapes up?")
def lined_up_from_the_left():
    def unbroadcast(g, shape):
        g = g.sum(axis=tuple(range(len(shape), g.ndim)))
        return g.sum(axis=tuple(i for i, size in enumerate(shape) if size == 1), keepdims=True)


@wrong("unbroadcast", hint="What does your function do with axes that g has and shape does not?")
def axes_of_length_one_only():
    def unbroadcast(g, shape):
        return g.sum(axis=tuple(i for i, size in enumerate(shape) if size == 1), keepdims=True)


@wrong("unbroadcast", hint="Does reshape add anything up, or does it only put the same numbers in another form?")
def cut_to_the_size_asked_for():
    def unbroadcast(g, shape):
        return np.resize(g, shape)


@wrong("unbroadcast", hint="How many axes can broadcasting put in front, and over how many of them do you sum?")
def one_new_axis_at_most():
    def unbroadcast(g, shape):
        if shape == ():
            return g.sum()
        if g.ndim > len(shape):
            g = g.sum(axis=0)
        for axis, size in enumerate(shape):
            if size == 1:
                g = g.sum(axis=axis, keepdims=True)
        return g


# 5.4 The logistic chain


@right("logistic_chain")
def the_shortcut():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        a = 1 / (1 + np.exp(-z))
        L = -np.log(a if y == 1 else 1 - a)
        dL_da = -1 / a if y == 1 else 1 / (1 - a)
        return {
            "u": u, "z": z, "a": a, "L": L, "dL_da": dL_da, "da_dz": a * (1 - a), "dz_du": 1.0, "du_dw": x,
            "dL_dw": (a - y) * x, "dL_db": a - y,
        }  # fmt: skip


@right("logistic_chain")
def autograd_of_the_chain():
    def logistic_chain(x, w, b, y):
        import torch

        w, b = torch.tensor([w, b], dtype=torch.float64).requires_grad_()
        w.retain_grad(), b.retain_grad()
        u = w * x
        z = u + b
        a = torch.sigmoid(z)
        L = -(y * torch.log(a) + (1 - y) * torch.log(1 - a))
        for value in (a, z, u):
            value.retain_grad()
        L.backward()
        s = a.item()
        return dict(
            u=u.item(), z=z.item(), a=s, L=L.item(), dL_da=a.grad.item(), da_dz=s - s**2, dz_du=1, du_dw=x,
            dL_dw=w.grad.item(), dL_db=b.grad.item(),
        )  # fmt: skip


@right("logistic_chain")
def slope_of_the_sigmoid_by_exponentials():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        a = 1 / (1 + np.exp(-z))
        L = np.logaddexp(0, z) - y * z
        dL_da = (a - y) / (a * (1 - a))
        da_dz = np.exp(-z) / (1 + np.exp(-z)) ** 2
        result = {"u": u, "z": z, "a": a, "L": L, "dL_da": dL_da, "da_dz": da_dz, "dz_du": 1.0, "du_dw": x}
        result["dL_db"] = dL_da * da_dz
        result["dL_dw"] = result["dL_db"] * x
        return result


@wrong("logistic_chain", hint="What is left of your dL_da when y is 0, and what of the loss?")
def dl_da_for_the_label_one_alone():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        a = 1 / (1 + np.exp(-z))
        L = -(y * np.log(a) + (1 - y) * np.log(1 - a))
        dL_da, da_dz = -y / a, a * (1 - a)
        dL_dz = dL_da * da_dz
        return {"u": u, "z": z, "a": a, "L": L, "dL_da": dL_da, "da_dz": da_dz, "dz_du": 1.0, "du_dw": x,
                "dL_dw": dL_dz * x, "dL_db": dL_dz}  # fmt: skip


@wrong("logistic_chain", hint="sigma' is a (1 - a). Is it the input or the output of the sigmoid that stands there?")
def slope_of_the_sigmoid_from_z():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        a = 1 / (1 + np.exp(-z))
        L = -(y * np.log(a) + (1 - y) * np.log(1 - a))
        dL_da, da_dz = (1 - y) / (1 - a) - y / a, z * (1 - z)
        dL_dz = dL_da * da_dz
        return {"u": u, "z": z, "a": a, "L": L, "dL_da": dL_da, "da_dz": da_dz, "dz_du": 1.0, "du_dw": x,
                "dL_dw": dL_dz * x, "dL_db": dL_dz}  # fmt: skip


@wrong("logistic_chain", hint="Which logarithm does the task say: the natural one, or the one of base 2?")
def logarithm_of_base_two():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        a = 1 / (1 + np.exp(-z))
        L = -(y * np.log2(a) + (1 - y) * np.log2(1 - a))
        dL_da, da_dz = ((1 - y) / (1 - a) - y / a) / np.log(2), a * (1 - a)
        dL_dz = dL_da * da_dz
        return {"u": u, "z": z, "a": a, "L": L, "dL_da": dL_da, "da_dz": da_dz, "dz_du": 1.0, "du_dw": x,
                "dL_dw": dL_dz * x, "dL_db": dL_dz}  # fmt: skip


@wrong("logistic_chain", hint="With y = 1, does the loss grow or shrink when a grows? Which sign must its slope have?")
def sign_of_the_loss_lost():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        a = 1 / (1 + np.exp(-z))
        L = -(y * np.log(a) + (1 - y) * np.log(1 - a))
        dL_da, da_dz = y / a - (1 - y) / (1 - a), a * (1 - a)
        dL_dz = dL_da * da_dz
        return {"u": u, "z": z, "a": a, "L": L, "dL_da": dL_da, "da_dz": da_dz, "dz_du": 1.0, "du_dw": x,
                "dL_dw": dL_dz * x, "dL_db": dL_dz}  # fmt: skip


@wrong("logistic_chain", hint="u = w x: how fast does u change with w?")
def last_factor_forgotten():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        a = 1 / (1 + np.exp(-z))
        L = -(y * np.log(a) + (1 - y) * np.log(1 - a))
        dL_da, da_dz = (1 - y) / (1 - a) - y / a, a * (1 - a)
        dL_dz = dL_da * da_dz
        return {"u": u, "z": z, "a": a, "L": L, "dL_da": dL_da, "da_dz": da_dz, "dz_du": 1.0, "du_dw": x,
                "dL_dw": dL_dz, "dL_db": dL_dz}  # fmt: skip


@wrong(
    "logistic_chain", hint="a - y is the derivative by z already. Which factor is in it, and is multiplied once more?"
)
def sigmoid_slope_twice():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        a = 1 / (1 + np.exp(-z))
        L = -(y * np.log(a) + (1 - y) * np.log(1 - a))
        dL_da, da_dz = (1 - y) / (1 - a) - y / a, a * (1 - a)
        dL_dz = (a - y) * da_dz
        return {"u": u, "z": z, "a": a, "L": L, "dL_da": dL_da, "da_dz": da_dz, "dz_du": 1.0, "du_dw": x,
                "dL_dw": dL_dz * x, "dL_db": dL_dz}  # fmt: skip


@wrong("logistic_chain", hint="Which loss does the task ask for: the squared error, or the cross entropy?")
def squared_error():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        a = 1 / (1 + np.exp(-z))
        L = (a - y) ** 2
        dL_da, da_dz = 2 * (a - y), a * (1 - a)
        dL_dz = dL_da * da_dz
        return {"u": u, "z": z, "a": a, "L": L, "dL_da": dL_da, "da_dz": da_dz, "dz_du": 1.0, "du_dw": x,
                "dL_dw": dL_dz * x, "dL_db": dL_dz}  # fmt: skip


@wrong("logistic_chain", hint="z = u + b: how fast does z change with b, and does x play a part in it?")
def bias_treated_like_a_weight():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        a = 1 / (1 + np.exp(-z))
        L = -(y * np.log(a) + (1 - y) * np.log(1 - a))
        dL_da, da_dz = (1 - y) / (1 - a) - y / a, a * (1 - a)
        dL_dw = dL_da * da_dz * x
        return {"u": u, "z": z, "a": a, "L": L, "dL_da": dL_da, "da_dz": da_dz, "dz_du": 1.0, "du_dw": x,
                "dL_dw": dL_dw, "dL_db": dL_dw}  # fmt: skip


@wrong("logistic_chain", hint="What is the derivative of log(1 - a) with respect to a, inner derivative included?")
def inner_derivative_forgotten():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        a = 1 / (1 + np.exp(-z))
        L = -(y * np.log(a) + (1 - y) * np.log(1 - a))
        dL_da, da_dz = -y / a - (1 - y) / (1 - a), a * (1 - a)
        dL_dz = dL_da * da_dz
        return {"u": u, "z": z, "a": a, "L": L, "dL_da": dL_da, "da_dz": da_dz, "dz_du": 1.0, "du_dw": x,
                "dL_dw": dL_dz * x, "dL_db": dL_dz}  # fmt: skip


@wrong("logistic_chain", hint="What is the derivative of u = w x with respect to w: w, or x?")
def weight_and_feature_exchanged():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        a = 1 / (1 + np.exp(-z))
        L = -(y * np.log(a) + (1 - y) * np.log(1 - a))
        dL_da, da_dz = (1 - y) / (1 - a) - y / a, a * (1 - a)
        dL_dz = dL_da * da_dz
        return {"u": u, "z": z, "a": a, "L": L, "dL_da": dL_da, "da_dz": da_dz, "dz_du": 1.0, "du_dw": w,
                "dL_dw": dL_dz * w, "dL_db": dL_dz}  # fmt: skip


# 5.5 A linear layer, forward and backward


@right("linear_forward")
def einsum():
    def linear_forward(X, W, b):
        return np.einsum("ni,oi->no", X, W) + b, (X, W, b)

    def linear_backward(dY, cache):
        X, W, b = cache
        return np.einsum("no,oi->ni", dY, W), np.einsum("no,ni->oi", dY, X), np.einsum("no->o", dY)


@right("linear_forward")
def a_class_as_cache():
    class Saved:
        def __init__(self, X, W):
            self.X = X.copy()
            self.W = W.copy()

    def linear_forward(X, W, b):
        return X.dot(W.T) + b.reshape(1, -1), Saved(X, W)

    def linear_backward(dY, cache):
        return dY.dot(cache.W), dY.T.dot(cache.X), np.ones(len(dY)).dot(dY)


@right("linear_forward")
def a_loop_over_the_samples():
    def linear_forward(X, W, b):
        return np.stack([W @ x + b for x in X]), {"X": X, "W": W}

    def linear_backward(dY, cache):
        X, W = cache["X"], cache["W"]
        dX, dW, db = np.zeros_like(X), np.zeros_like(W), np.zeros(len(W))
        for n in range(len(X)):
            dX[n] = W.T @ dY[n]
            dW += np.outer(dY[n], X[n])
            db += dY[n]
        return dX, dW, db


@right("linear_forward")
def a_closure_as_cache():
    def linear_forward(X, W, b):
        def backward(dY):
            return dY @ W, (X.T @ dY).T, np.sum(dY, axis=0)

        return X @ W.T + b, backward

    def linear_backward(dY, cache):
        return cache(dY)


@wrong("linear_forward", hint="The gradient of W has the shape of W. In which order do dY and X stand in your product?")
def dw_transposed():
    def linear_forward(X, W, b):
        return X @ W.T + b, (X, W)

    def linear_backward(dY, cache):
        X, W = cache
        return dY @ W, X.T @ dY, dY.sum(axis=0)


@wrong(
    "linear_forward", hint="The bias was copied to every sample. Are the gradients of the copies added, or averaged?"
)
def db_averaged():
    def linear_forward(X, W, b):
        return X @ W.T + b, (X, W)

    def linear_backward(dY, cache):
        X, W = cache
        return dY @ W, dY.T @ X, dY.mean(axis=0)


@wrong("linear_forward", hint="What is the shape of b here, and what is the shape of your db?")
def db_keeps_its_axes():
    def linear_forward(X, W, b):
        return X @ W.T + b, (X, W)

    def linear_backward(dY, cache):
        X, W = cache
        return dY @ W, dY.T @ X, dY.sum(axis=0, keepdims=True)


@wrong("linear_forward", hint="Forward multiplies by the transpose of W. By what does backward multiply?")
def dx_with_w_transposed():
    def linear_forward(X, W, b):
        return X @ W.T + b, (X, W)

    def linear_backward(dY, cache):
        X, W = cache
        return dY @ W.T, dY.T @ X, dY.sum(axis=0)


@wrong("linear_forward", hint="Is the loss a mean? And if it is, where is the division by n: here, or in dY already?")
def divided_by_n_again():
    def linear_forward(X, W, b):
        return X @ W.T + b, (X, W)

    def linear_backward(dY, cache):
        X, W = cache
        return dY @ W, dY.T @ X / len(dY), dY.sum(axis=0) / len(dY)


@wrong(
    "linear_forward", hint="W has the shape (o, i). What has to be done to it before X, (n, i), is multiplied by it?"
)
def weight_not_transposed():
    def linear_forward(X, W, b):
        return X @ W + b, (X, W)

    def linear_backward(dY, cache):
        X, W = cache
        return dY @ W.T, X.T @ dY, dY.sum(axis=0)


@wrong("linear_forward", hint="b is used by every sample. How many gradients reach each of its entries?")
def db_not_summed():
    def linear_forward(X, W, b):
        return X @ W.T + b, (X, W)

    def linear_backward(dY, cache):
        X, W = cache
        return dY @ W, dY.T @ X, dY


@wrong("linear_forward", hint="Whose X does the backward pass use, when another batch went forward in between?")
def last_batch_remembered_globally():
    saved = {}

    def linear_forward(X, W, b):
        saved["X"], saved["W"] = X, W
        return X @ W.T + b, None

    def linear_backward(dY, cache):
        return dY @ saved["W"], dY.T @ saved["X"], dY.sum(axis=0)


@wrong("linear_forward", hint="What does your backward pass do with dY?")
def upstream_gradient_ignored():
    def linear_forward(X, W, b):
        return X @ W.T + b, (X, W)

    def linear_backward(dY, cache):
        X, W = cache
        ones = np.ones_like(dY)
        return ones @ W, ones.T @ X, ones.sum(axis=0)


@wrong("linear_forward", hint="What is left in the cache after the first backward pass?")
def cache_used_up():
    def linear_forward(X, W, b):
        return X @ W.T + b, [X.copy(), W.copy()]

    def linear_backward(dY, cache):
        return dY @ cache.pop(), dY.T @ cache.pop(), dY.sum(axis=0)


@wrong("linear_forward", hint="Along which axis of dY do the samples lie, when they are rows?")
def db_summed_over_the_outputs():
    def linear_forward(X, W, b):
        return X @ W.T + b, (X, W)

    def linear_backward(dY, cache):
        X, W = cache
        return dY @ W, dY.T @ X, dY.sum(axis=1)


@wrong("linear_forward", hint="Where does the bias come in?")
def bias_forgotten():
    def linear_forward(X, W, b):
        return X @ W.T, (X, W)

    def linear_backward(dY, cache):
        X, W = cache
        return dY @ W, dY.T @ X, dY.sum(axis=0)


# 5.6 The backward of an activation


@right("act_backward")
def where():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return np.where(z > 0, dout, 0.0)
        elif kind == "sigmoid":
            s = 1.0 / (1.0 + np.exp(-z))
            return s * (1 - s) * dout
        elif kind == "tanh":
            t = np.tanh(z)
            return dout - dout * t * t
        raise ValueError("unknown activation")


@right("act_backward")
def one_at_zero_and_hyperbolic_cosine():
    def act_backward(dout, z, kind):
        if kind not in ("relu", "sigmoid", "tanh"):
            raise ValueError(kind)
        if kind == "relu":
            return (z >= 0).astype(float) * dout
        return dout / np.cosh(z) ** 2 if kind == "tanh" else dout / (2 * np.cosh(z / 2)) ** 2


@right("act_backward")
def a_table_of_slopes():
    def act_backward(dout, z, kind):
        from scipy.special import expit

        slopes = {
            "relu": lambda z: np.heaviside(z, 0.5),
            "sigmoid": lambda z: expit(z) * expit(-z),
            "tanh": lambda z: 4 * expit(2 * z) * expit(-2 * z),
        }
        if kind not in slopes:
            raise ValueError(f"unknown activation {kind}")
        return dout * slopes[kind](z)


@right("act_backward")
def masked_copy():
    def act_backward(dout, z, kind):
        dz = dout.copy()
        if kind == "relu":
            dz[z <= 0] = 0
        elif kind == "sigmoid":
            s = np.exp(-np.logaddexp(0, -z))
            dz *= s * (1 - s)
        elif kind == "tanh":
            dz *= 1 - np.square(np.tanh(z))
        else:
            raise ValueError
        return dz


@wrong("act_backward", hint="sigma' = a (1 - a). Is a the input of the sigmoid, or its output?")
def sigmoid_slope_from_the_input():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return dout * (z > 0)
        if kind == "sigmoid":
            return dout * z * (1 - z)
        if kind == "tanh":
            return dout * (1 - np.tanh(z) ** 2)
        raise ValueError(kind)


@wrong("act_backward", hint="tanh' = 1 - a squared. Is a the input of the tanh, or its output?")
def tanh_slope_from_the_input():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return dout * (z > 0)
        if kind == "sigmoid":
            a = 1 / (1 + np.exp(-z))
            return dout * a * (1 - a)
        if kind == "tanh":
            return dout * (1 - z**2)
        raise ValueError(kind)


@wrong("act_backward", hint="What decides whether the gate is open: the sign of z, or that of the upstream gradient?")
def mask_from_the_upstream_gradient():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return dout * (dout > 0)
        if kind == "sigmoid":
            a = 1 / (1 + np.exp(-z))
            return dout * a * (1 - a)
        if kind == "tanh":
            return dout * (1 - np.tanh(z) ** 2)
        raise ValueError(kind)


@wrong("act_backward", hint="What does your function do with dout?")
def local_slope_only():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return (z > 0).astype(float)
        if kind == "sigmoid":
            a = 1 / (1 + np.exp(-z))
            return a * (1 - a)
        if kind == "tanh":
            return 1 - np.tanh(z) ** 2
        raise ValueError(kind)


@wrong("act_backward", hint="What has become of the caller's dout after your function?")
def in_place():
    def act_backward(dout, z, kind):
        if kind == "relu":
            dout[z <= 0] = 0
            return dout
        if kind == "sigmoid":
            a = 1 / (1 + np.exp(-z))
            dout *= a * (1 - a)
            return dout
        if kind == "tanh":
            dout *= 1 - np.tanh(z) ** 2
            return dout
        raise ValueError(kind)


@wrong("act_backward", hint="Is the slope of tanh one minus tanh, or one minus its square? What is it at a large z?")
def tanh_not_squared():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return dout * (z > 0)
        if kind == "sigmoid":
            a = 1 / (1 + np.exp(-z))
            return dout * a * (1 - a)
        if kind == "tanh":
            return dout * (1 - np.tanh(z))
        raise ValueError(kind)


@wrong("act_backward", hint="Is the slope of a ReLU at z = 3 equal to 3?")
def multiplied_by_the_output_of_the_relu():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return dout * np.maximum(z, 0)
        if kind == "sigmoid":
            a = 1 / (1 + np.exp(-z))
            return dout * a * (1 - a)
        if kind == "tanh":
            return dout * (1 - np.tanh(z) ** 2)
        raise ValueError(kind)


@wrong("act_backward", hint="What does your function do with a kind that it does not know?")
def everything_else_is_tanh():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return dout * (z > 0)
        if kind == "sigmoid":
            a = 1 / (1 + np.exp(-z))
            return dout * a * (1 - a)
        return dout * (1 - np.tanh(z) ** 2)


@wrong("act_backward", hint="What is exp(800) in floating point, and what is it divided by itself?")
def sigmoid_that_overflows():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return dout * (z > 0)
        if kind == "sigmoid":
            a = np.exp(z) / (1 + np.exp(z))
            return dout * a * (1 - a)
        if kind == "tanh":
            return dout * (1 - np.tanh(z) ** 2)
        raise ValueError(kind)


@wrong("act_backward", hint="Do you return the activation itself, or its slope?")
def activation_in_place_of_its_slope():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return dout * np.maximum(z, 0)
        if kind == "sigmoid":
            return dout / (1 + np.exp(-z))
        if kind == "tanh":
            return dout * np.tanh(z)
        raise ValueError(kind)


@wrong("act_backward", hint="z went into the activation. Is the sigmoid applied to it once, or to its sigmoid again?")
def z_taken_for_the_output():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return dout * (z > 0)
        if kind in ("sigmoid", "tanh"):
            a = 1 / (1 + np.exp(-z)) if kind == "sigmoid" else np.tanh(z)
            b = 1 / (1 + np.exp(-a)) if kind == "sigmoid" else np.tanh(a)
            return dout * (b * (1 - b) if kind == "sigmoid" else 1 - b**2)
        raise ValueError(kind)


# 5.7 A network forward


@right("mlp_forward")
def as_long_as_there_are_weights():
    def mlp_forward(params, X):
        def sigmoid(Z):
            return 1.0 / (1.0 + np.exp(-Z))

        cache, l = [X], 1
        while f"W{l}" in params:
            Z = np.dot(params[f"W{l}"], cache[l - 1]) + params[f"b{l}"]
            last = f"W{l + 1}" not in params
            cache.append(sigmoid(Z) if last else Z * (Z > 0))
            l += 1
        return cache[-1], cache


@right("mlp_forward")
def hidden_layers_first():
    def mlp_forward(params, X):
        names = [name for name in params if name.startswith("W")]
        A, cache = X, [X]
        for name in names[:-1]:
            Z = params[name] @ A + params["b" + name[1:]]
            A = np.where(Z > 0, Z, 0.0)
            cache.append(A)
        logits = params[names[-1]] @ A + params["b" + names[-1][1:]]
        A = 0.5 * (1 + np.tanh(logits / 2))
        return A, [*cache, A]


@right("mlp_forward")
def a_tuple_as_cache():
    def mlp_forward(params, X):
        from scipy.special import expit

        def layers(l, A):
            if l > len(params) // 2:
                return (A,)
            Z = (A.T @ params[f"W{l}"].T + params[f"b{l}"].T).T
            return (A, *layers(l + 1, expit(Z) if 2 * l == len(params) else Z.clip(min=0)))

        cache = layers(1, X)
        return cache[-1], cache


@wrong("mlp_forward", hint="Which activation does the last layer have, and which range must its output have?")
def relu_in_the_last_layer():
    def mlp_forward(params, X):
        cache = [X]
        for l in range(1, len(params) // 2 + 1):
            cache.append(np.maximum(params[f"W{l}"] @ cache[-1] + params[f"b{l}"], 0))
        return cache[-1], cache


@wrong("mlp_forward", hint="Which activation do the hidden layers have?")
def sigmoid_in_every_layer():
    def mlp_forward(params, X):
        cache = [X]
        for l in range(1, len(params) // 2 + 1):
            cache.append(1 / (1 + np.exp(-(params[f"W{l}"] @ cache[-1] + params[f"b{l}"]))))
        return cache[-1], cache


@wrong("mlp_forward", hint="Where does b come in?")
def no_bias():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = params[f"W{l}"] @ cache[-1]
            cache.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1], cache


@wrong("mlp_forward", hint="What is done to Z in the last layer?")
def logits_returned():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = params[f"W{l}"] @ cache[-1] + params[f"b{l}"]
            cache.append(np.maximum(Z, 0) if l < L else Z)
        return cache[-1], cache


@wrong("mlp_forward", hint="W has a row for each unit of its own layer. Which side of the product does that fit?")
def weights_transposed():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = params[f"W{l}"].T @ cache[-1] + params[f"b{l}"]
            cache.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1], cache


@wrong("mlp_forward", hint="Which activation do the hidden layers have here: ReLU or tanh?")
def tanh_in_the_hidden_layers():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = params[f"W{l}"] @ cache[-1] + params[f"b{l}"]
            cache.append(np.tanh(Z) if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1], cache


@wrong("mlp_forward", hint="With which axis does a bias of shape (n,) line up, when it is added to an array (n, m)?")
def bias_flattened():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = params[f"W{l}"] @ cache[-1] + params[f"b{l}"].ravel()
            cache.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1], cache


@wrong("mlp_forward", hint="What is the shape of the output: (m,), or (1, m)?")
def output_without_its_first_axis():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = params[f"W{l}"] @ cache[-1] + params[f"b{l}"]
            cache.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1][0], cache


@wrong("mlp_forward", hint="With what does the cache begin, and how many arrays should it hold?")
def input_not_in_the_cache():
    def mlp_forward(params, X):
        L, A, cache = len(params) // 2, X, []
        for l in range(1, L + 1):
            Z = params[f"W{l}"] @ A + params[f"b{l}"]
            A = np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z))
            cache.append(A)
        return A, cache


@wrong("mlp_forward", hint="Does the cache hold what goes into the activations, or what comes out of them?")
def cache_before_the_activation():
    def mlp_forward(params, X):
        L, A, cache = len(params) // 2, X, [X]
        for l in range(1, L + 1):
            Z = params[f"W{l}"] @ A + params[f"b{l}"]
            A = np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z))
            cache.append(Z)
        return A, cache


@wrong("mlp_forward", hint="What is the softmax of a single logit?")
def softmax_of_one_logit():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = params[f"W{l}"] @ cache[-1] + params[f"b{l}"]
            cache.append(np.maximum(Z, 0) if l < L else np.exp(Z) / np.exp(Z).sum(axis=0))
        return cache[-1], cache


@wrong("mlp_forward", hint="Is the ReLU applied to a layer's output, or to the input X, too?")
def relu_before_the_weights():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = params[f"W{l}"] @ np.maximum(cache[-1], 0) + params[f"b{l}"]
            cache.append(Z if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1], cache


# 5.8 A network backward


@right("mlp_backward")
def mask_from_the_logits():
    def mlp_backward(params, cache, Y):
        L, m = len(cache) - 1, Y.shape[1]
        dZ = (cache[-1] - Y) / m
        grads = {}
        for l in reversed(range(1, L + 1)):
            if l < L:
                Z = params[f"W{l}"] @ cache[l - 1] + params[f"b{l}"]
                dZ = np.where(Z > 0, params[f"W{l + 1}"].T @ dZ, 0.0)
            grads[f"b{l}"] = np.sum(dZ, axis=1).reshape(-1, 1)
            grads[f"W{l}"] = np.dot(dZ, cache[l - 1].T)
        return grads


@right("mlp_backward")
def slope_of_the_sigmoid_written_out():
    def mlp_backward(params, cache, Y):
        L, m = len(params) // 2, Y.size
        A = cache[L]
        dA = -(Y / A - (1 - Y) / (1 - A))
        grads = {}
        for l in range(L, 0, -1):
            slope = A * (1 - A) if l == L else np.sign(cache[l])
            dZ = dA * slope
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l - 1].T / m, dZ.mean(axis=1, keepdims=True)
            dA = params[f"W{l}"].T @ dZ
        return grads


@right("mlp_backward")
def a_loop_over_samples():
    def mlp_backward(params, cache, Y):
        L, m = len(params) // 2, Y.shape[1]
        grads = {name: np.zeros_like(value) for name, value in params.items()}
        for k in range(m):
            delta = (cache[L][:, k] - Y[:, k]) / m
            for l in range(L, 0, -1):
                grads[f"W{l}"] += np.outer(delta, cache[l - 1][:, k])
                grads[f"b{l}"] += delta[:, None]
                delta = (params[f"W{l}"].T @ delta) * (cache[l - 1][:, k] > 0)
        return grads


@right("mlp_backward")
def autograd_of_the_cost():
    def mlp_backward(params, cache, Y):
        import torch

        leaves = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
        A, L = torch.tensor(cache[0]), len(params) // 2
        for l in range(1, L + 1):
            Z = leaves[f"W{l}"] @ A + leaves[f"b{l}"]
            A = torch.relu(Z)
        torch.nn.functional.softplus(torch.where(torch.tensor(Y) > 0, -Z, Z)).mean().backward()  # pyright: ignore[reportOperatorIssue] - one layer or more
        return {name: leaf.grad.numpy() for name, leaf in leaves.items()}


@wrong("mlp_backward", hint="The cost is a mean over the samples. Where is it divided by m?")
def not_divided_by_m():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = cache[L] - Y
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l - 1].T, dZ.sum(axis=1, keepdims=True)
            dZ = params[f"W{l}"].T @ dZ * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="A - Y is the derivative by Z already. Which factor is in it, and is multiplied once more?")
def sigmoid_slope_once_more():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) * cache[L] * (1 - cache[L]) / Y.shape[1]
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l - 1].T, dZ.sum(axis=1, keepdims=True)
            dZ = params[f"W{l}"].T @ dZ * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="The gradient of b has the shape of b. What does a sum over axis 1 leave without keepdims?")
def db_without_its_second_axis():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / Y.shape[1]
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l - 1].T, dZ.sum(axis=1)
            dZ = params[f"W{l}"].T @ dZ * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="The factor 1/m is in dZ. Is b then the sum of it over the samples, or the mean?")
def db_divided_twice():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / Y.shape[1]
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l - 1].T, dZ.mean(axis=1, keepdims=True)
            dZ = params[f"W{l}"].T @ dZ * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="Which gradient passes through a hidden unit that is off?")
def no_mask():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / Y.shape[1]
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l - 1].T, dZ.sum(axis=1, keepdims=True)
            dZ = params[f"W{l}"].T @ dZ
        return grads


@wrong(
    "mlp_backward", hint="If the output is larger than the label, should the logit grow or shrink to lower the cost?"
)
def sign_reversed():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (Y - cache[L]) / Y.shape[1]
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l - 1].T, dZ.sum(axis=1, keepdims=True)
            dZ = params[f"W{l}"].T @ dZ * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="What is W of layer l multiplied by in the forward pass: the layer's input, or its output?")
def output_of_the_layer_for_its_input():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / Y.shape[1]
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l].T, dZ.sum(axis=1, keepdims=True)
            dZ = params[f"W{l}"].T @ dZ * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="W takes n values to n' of the next layer. What takes n' gradients back to n?")
def weight_not_transposed_on_the_way_back():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / Y.shape[1]
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l - 1].T, dZ.sum(axis=1, keepdims=True)
            if l > 1:
                dZ = params[f"W{l}"] @ dZ * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="Is a unit off where its gradient is negative, or where its own Z is?")
def mask_from_the_gradient():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / Y.shape[1]
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l - 1].T, dZ.sum(axis=1, keepdims=True)
            dZ = params[f"W{l}"].T @ dZ
            dZ = dZ * (dZ > 0)
        return grads


@wrong(
    "mlp_backward",
    hint="The factor 1/m comes in with the cost. How often does it come in between cost and first layer?",
)
def divided_by_m_in_every_layer():
    def mlp_backward(params, cache, Y):
        L, m, grads = len(params) // 2, Y.shape[1], {}
        dZ = (cache[L] - Y) / m
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l - 1].T / m, dZ.sum(axis=1, keepdims=True) / m
            dZ = params[f"W{l}"].T @ dZ * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="Does every hidden unit pass on a gradient of its own, or its value times the gradient?")
def multiplied_by_the_activation():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / Y.shape[1]
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l - 1].T, dZ.sum(axis=1, keepdims=True)
            dZ = params[f"W{l}"].T @ dZ * np.maximum(cache[l - 1], 0)
        return grads


@wrong("mlp_backward", hint="Are hidden units of this network sigmoids, or ReLUs?")
def hidden_layers_taken_for_sigmoids():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / Y.shape[1]
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ @ cache[l - 1].T, dZ.sum(axis=1, keepdims=True)
            dZ = params[f"W{l}"].T @ dZ * cache[l - 1] * (1 - cache[l - 1])
        return grads


@wrong("mlp_backward", hint="Which layers does your loop reach?")
def last_layer_only():
    def mlp_backward(params, cache, Y):
        L = len(params) // 2
        dZ = (cache[L] - Y) / Y.shape[1]
        grads = {name: np.zeros_like(value) for name, value in params.items()}
        grads[f"W{L}"], grads[f"b{L}"] = dZ @ cache[L - 1].T, dZ.sum(axis=1, keepdims=True)
        return grads


# 5.9 Jacobians in the right order


@right("reverse_products")
def every_row_from_the_start():
    def reverse_products(Js, v):
        D = []
        for j in range(len(Js) + 1):
            row = v[None, :]
            for J in reversed(Js[j:]):
                row = row @ J
            D.append(row)
        return D


@right("reverse_products")
def appended_and_turned_around():
    def reverse_products(Js, v):
        rows = [np.atleast_2d(v)]
        for j in range(len(Js) - 1, -1, -1):
            rows.append(np.dot(rows[-1], Js[j]))
        return rows[::-1]


@right("reverse_products")
def columns_and_transposes():
    def reverse_products(Js, v):
        D = [None] * len(Js) + [v.reshape(1, len(v)).copy()]
        g = v
        for j in reversed(range(len(Js))):
            g = Js[j].T @ g
            D[j] = g[None, :]
        return D


@right("reverse_products")
def einsum_of_a_row_and_a_matrix():
    def reverse_products(Js, v):
        from itertools import accumulate

        rows = accumulate(reversed(Js), lambda g, J: np.einsum("k,kn->n", g, J), initial=v)
        return [np.expand_dims(row, 0) for row in rows][::-1]


@right("reverse_products")
def sums_of_scaled_rows():
    def reverse_products(Js, v):
        D = [v.reshape(1, -1)]
        for J in Js[::-1]:
            D.append((D[-1].T * J).sum(axis=0, keepdims=True))
        return list(reversed(D))


@wrong(
    "reverse_products", hint="How many multiplications does a matrix times a matrix take, and how many a row times one?"
)
def matrices_multiplied_first():
    def reverse_products(Js, v):
        product = np.eye(len(v))
        D = [v[None] @ product]
        for J in Js[::-1]:
            product = product @ J
            D.insert(0, v[None] @ product)
        return D


@wrong("reverse_products", hint="Each entry of your product of all Jacobians cost a sum. Which of them does v need?")
def one_product_by_einsum():
    def reverse_products(Js, v):
        product, D = np.eye(len(v)), [v[None]]
        for J in Js[::-1]:
            product = np.einsum("ik,kj->ij", product, J)
            D.insert(0, np.einsum("i,ij->j", v, product)[None])
        return D


@wrong("reverse_products", hint="To which layer does the first entry of your list belong, and to which should it?")
def last_layer_first():
    def reverse_products(Js, v):
        D = [v.reshape(1, -1)]
        for J in reversed(Js):
            D.append(D[-1] @ J)
        return D


@wrong(
    "reverse_products", hint="A Jacobian has a row for each output. Is the row on its left multiplied by J, or by J^T?"
)
def jacobians_transposed():
    def reverse_products(Js, v):
        D = [v.reshape(1, -1)]
        for J in reversed(Js):
            D.insert(0, D[0] @ J.T)
        return D


@wrong("reverse_products", hint="For how many values of the chain is a gradient asked for?")
def gradient_of_the_input_only():
    def reverse_products(Js, v):
        row = v.reshape(1, -1)
        for J in reversed(Js):
            row = row @ J
        return [row]


@wrong("reverse_products", hint="Which Jacobian does v belong to: that of the first layer, or that of the last?")
def first_jacobian_first():
    def reverse_products(Js, v):
        D = [v.reshape(1, -1)]
        for J in Js:
            D.insert(0, D[0] @ J)
        return D


@wrong("reverse_products", hint="What is the shape of a row: (n,), or (1, n)?")
def plain_vectors():
    def reverse_products(Js, v):
        D = [v]
        for J in reversed(Js):
            D.insert(0, D[0] @ J)
        return D


@wrong("reverse_products", hint="Is the gradient with respect to the last value in your list?")
def last_value_left_out():
    def reverse_products(Js, v):
        row, D = v.reshape(1, -1), []
        for J in reversed(Js):
            row = row @ J
            D.insert(0, row)
        return D


@wrong("reverse_products", hint="Gradients as columns or as rows: what shape does the task ask for?")
def columns_in_place_of_rows():
    def reverse_products(Js, v):
        D = [v.reshape(-1, 1)]
        for J in reversed(Js):
            D.insert(0, J.T @ D[0])
        return D


@wrong("reverse_products", hint="You keep a list of products of matrices. What is cheaper, and starts from v?")
def products_from_the_first_layer_up():
    def reverse_products(Js, v):
        D = [v[None]]
        for j in range(len(Js) - 1, -1, -1):
            product = Js[j]
            for J in Js[j + 1 :]:
                product = J @ product
            D.insert(0, v[None] @ product)
        return D


@wrong("reverse_products", hint="With which gradient does the recursion begin: that of the loss, or 1?")
def begun_with_ones():
    def reverse_products(Js, v):
        D = [np.ones((1, len(v)))]
        for J in reversed(Js):
            D.insert(0, D[0] @ J)
        return D


# 5.10 Training


@right("train_mlp")
def autograd_for_the_gradients():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        import torch

        rng = np.random.default_rng(seed)
        params = {}
        for l, (before, after) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            weight = rng.standard_normal((after, before)) * (2 / before) ** 0.5
            params[f"W{l}"] = torch.tensor(weight, requires_grad=True)
            params[f"b{l}"] = torch.zeros((after, 1), dtype=torch.float64, requires_grad=True)
        X, Y, losses = torch.tensor(X), torch.tensor(Y), []
        for _ in range(steps):
            A = X
            for l in range(1, len(sizes)):
                Z = params[f"W{l}"] @ A + params[f"b{l}"]
                A = torch.relu(Z)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(Z, Y)
            losses.append(loss.item())
            gradients = torch.autograd.grad(loss, list(params.values()))
            with torch.no_grad():
                for value, gradient in zip(params.values(), gradients, strict=True):
                    value -= lr * gradient
        return {name: value.detach().numpy() for name, value in params.items()}, losses


@right("train_mlp")
def own_functions_inside():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L = len(sizes) - 1

        def forward(params):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.where(Z > 0, Z, 0.0) if l < L else 1 / (1 + np.exp(-Z)))
            return A

        def backward(params, A):
            dZ, grads = (A[L] - Y) / Y.size, {}
            for l in range(L, 0, -1):
                grads[f"W{l}"], grads[f"b{l}"] = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
            return grads

        rng = np.random.default_rng(seed)
        params = {
            f"W{l}": np.sqrt(2 / sizes[l - 1]) * rng.normal(size=(sizes[l], sizes[l - 1])) for l in range(1, L + 1)
        }
        params |= {f"b{l}": np.zeros((sizes[l], 1)) for l in range(1, L + 1)}
        losses = []
        for _ in range(steps):
            A = forward(params)
            losses.append(-np.log(np.clip(np.where(Y == 1, A[L], 1 - A[L]), 1e-300, None)).mean())
            grads = backward(params, A)
            params = {name: params[name] - lr * grads[name] for name in params}
        return params, losses


@wrong("train_mlp", hint="What tells two hidden units apart, when both begin with the same weights?")
def zeros_at_the_start():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = np.zeros((sizes[l], sizes[l - 1]))
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, losses


@wrong("train_mlp", hint="Should a step follow the gradient, or go against it?")
def uphill():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] += lr * dW
                params[f"b{l}"] += lr * db
        return params, losses


@wrong("train_mlp", hint="The factor 1/m is in dZ of the last layer. Where does it come in once more?")
def divided_by_m_twice():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW / m
                params[f"b{l}"] -= lr * db / m
        return params, losses


@wrong("train_mlp", hint="The cost is a mean over the samples. Where is the gradient divided by m?")
def sum_in_place_of_the_mean():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = A[L] - Y
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, losses


@wrong(
    "train_mlp",
    hint="Which generator do your weights come from: the one made from seed, or the one that all of NumPy shares?",
)
def global_random_numbers():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = np.random.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, losses


@wrong("train_mlp", hint="Whose random numbers change too, when np.random is seeded inside your function?")
def global_random_numbers_seeded():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        np.random.seed(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = np.random.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, losses


@wrong("train_mlp", hint="From which parameters is each cost computed: those of its step, or those at the end?")
def the_same_loss_every_time():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            loss = float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a)))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, [loss] * steps if steps else []


@wrong("train_mlp", hint="What can layers without a ReLU between them do that a single layer cannot?")
def no_activation_in_the_hidden_layers():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(Z if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, losses


@wrong("train_mlp", hint="How large is the signal after a few layers, when every weight is near 0.01?")
def weights_too_small():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * 0.01
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, losses


@wrong("train_mlp", hint="How large is a sum of 400 terms, each of which is near 1 in size?")
def weights_without_a_scale():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1]))
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, losses


@wrong(
    "train_mlp",
    hint="Which weight takes the gradient back to the layer before: the one of this forward pass, or the updated one?",
)
def updated_before_it_is_used():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
        return params, losses


@wrong("train_mlp", hint="Is a cost noted before the step, or after it?")
def loss_after_the_step():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
            H = X
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ H + params[f"b{l}"]
                H = np.maximum(Z, 0)
            a = np.clip(1 / (1 + np.exp(-Z)), 1e-12, 1 - 1e-12)  # pyright: ignore[reportOperatorIssue] - one layer or more
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
        return params, losses


@wrong("train_mlp", hint="What does your function do with the argument seed?")
def seed_ignored():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(0)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, losses


@wrong("train_mlp", hint="Which parameters does your update reach?")
def biases_never_updated():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
        return params, losses


@wrong("train_mlp", hint="Is a cost the sum over the samples, or the mean?")
def loss_summed():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, losses


@wrong("train_mlp", hint="What is 0 times the logarithm of 0 in floating point?")
def logarithm_of_zero():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = A[L]
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, losses


@wrong("train_mlp", hint="By what does the task multiply the numbers of rng.normal?")
def four_fifths_of_the_scale():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            params[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1])) * 0.8 * np.sqrt(2 / sizes[l - 1])
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, losses


@wrong("train_mlp", hint="From which distribution does the task draw the weights?")
def weights_drawn_uniformly():
    def train_mlp(X, Y, sizes, lr, steps, seed):
        L, m = len(sizes) - 1, X.shape[1]
        rng = np.random.default_rng(seed)
        params, losses = {}, []
        for l in range(1, L + 1):
            reach = np.sqrt(6 / sizes[l - 1])
            params[f"W{l}"] = rng.uniform(-reach, reach, size=(sizes[l], sizes[l - 1]))
            params[f"b{l}"] = np.zeros((sizes[l], 1))
        for _ in range(steps):
            A = [X]
            for l in range(1, L + 1):
                Z = params[f"W{l}"] @ A[-1] + params[f"b{l}"]
                A.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
            a = np.clip(A[L], 1e-12, 1 - 1e-12)
            losses.append(float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a))))
            dZ = (A[L] - Y) / m
            for l in range(L, 0, -1):
                dW, db = dZ @ A[l - 1].T, dZ.sum(axis=1, keepdims=True)
                dZ = params[f"W{l}"].T @ dZ * (A[l - 1] > 0)
                params[f"W{l}"] -= lr * dW
                params[f"b{l}"] -= lr * db
        return params, losses
