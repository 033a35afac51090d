"""Answers to assignment 05: backprop by hand."""
# ruff: noqa: E741, F841, RUF007 - students, too, name a layer l, and make what they do not use
# Like students, these answers read `leaf.grad` after `backward()` without a test for None.
# pyright: reportOptionalMemberAccess=false

import numpy as np

from answers import right, shared, shortcut, wrong

# 5.1 An input that two gates use


@right("backprop_xyz")
def explicit_products():
    def backprop_xyz(x, y, z):
        p = x + y
        q = x + z
        df_dp, df_dq = q, p
        dp_dx, dp_dy, dq_dx, dq_dz = 1.0, 1.0, 1.0, 1.0
        return {
            "p": p, "q": q, "f": p * q, "dp": df_dp, "dq": df_dq,
            "dx": df_dp * dp_dx + df_dq * dq_dx, "dy": df_dp * dp_dy, "dz": df_dq * dq_dz,
        }  # fmt: skip


@shortcut("backprop_xyz", uses="`.backward`")
def autograd():
    def backprop_xyz(x, y, z):
        import torch

        x, y, z = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (x, y, z))
        p, q = x + y, x + z
        p.retain_grad(), q.retain_grad()
        f = p * q
        f.backward()
        named = {"p": p, "q": q, "f": f, "dp": p.grad, "dq": q.grad, "dx": x.grad, "dy": y.grad, "dz": z.grad}
        return {name: value.item() for name, value in named.items()}


@right("backprop_xyz")
def multiplied_out():
    def backprop_xyz(x, y, z):
        # f = x^2 + x z + x y + y z, without the graph.
        return dict(
            p=x + y, q=x + z, f=x * x + x * z + x * y + y * z, dp=x + z, dq=x + y, dx=2 * x + y + z, dy=x + z, dz=x + y
        )


@shortcut("backprop_xyz", uses="`scalar_backprop.trace` of the lecture")
def the_lectures_trace():
    from course_utils.backprop import scalar_backprop as lecture

    def backprop_xyz(x, y, z):
        graph = {"x": (), "y": (), "z": (), "p": ("+", "x", "y"), "q": ("+", "x", "z"), "f": ("×", "p", "q")}
        traced = lecture.trace(graph, x=x, y=y, z=z)
        gradients = {f"d{name}": traced.gradients[name] for name in "pqxyz"}
        return {name: traced.values[name] for name in "pqf"} | gradients


@shortcut("backprop_xyz", uses="`check.central_differences`")
def differences_of_the_checks():
    from course_utils import check

    def backprop_xyz(x, y, z):
        slopes = check.central_differences(lambda v: (v[0] + v[1]) * (v[0] + v[2]), np.array([x, y, z])).tolist()
        p, q = x + y, x + z
        values = dict(p=p, q=q, f=p * q, dp=slopes[1], dq=slopes[2])
        return values | dict(zip(("dx", "dy", "dz"), slopes, strict=True))


@shortcut("backprop_xyz", uses="the numbers of the visible check")
def numbers_of_the_visible_graphs():
    def backprop_xyz(x, y, z):
        s = 1.0 if z == -4.0 else 6.42526128853159
        values = {"p": 3.0 * s, "q": -6.0 * s, "f": -18.0 * s**2}
        return values | {"dp": -6.0 * s, "dq": 3.0 * s, "dx": -3.0 * s, "dy": -6.0 * s, "dz": 3.0 * s}


@right("backprop_xyz")
def gates_as_classes():
    class Add:
        def forward(self, a, b):
            return a + b

        def backward(self, upstream):
            return upstream, upstream

    class Multiply:
        def forward(self, a, b):
            self.inputs = a, b
            return a * b

        def backward(self, upstream):
            a, b = self.inputs
            return upstream * b, upstream * a

    def backprop_xyz(x, y, z):
        left, right, multiply = Add(), Add(), Multiply()
        f = multiply.forward(p := left.forward(x, y), q := right.forward(x, z))
        dp, dq = multiply.backward(1.0)
        dx, dy = left.backward(dp)
        more, dz = right.backward(dq)
        return {"p": p, "q": q, "f": f, "dp": dp, "dq": dq, "dx": dx + more, "dy": dy, "dz": dz}


@wrong("backprop_xyz", hint="Do your numbers change when x, y and z do?")
def numbers_of_the_slide():
    def backprop_xyz(x, y, z):
        return {"p": 3.0, "q": -6.0, "f": -18.0, "dp": -6.0, "dq": 3.0, "dx": -3.0, "dy": -6.0, "dz": 3.0}


@wrong(
    "backprop_xyz", hint="In f = p q, which number decides how fast f changes with p: p itself, or the other factor?"
)
def dp_is_p():
    def backprop_xyz(x, y, z):
        p, q = x + y, x + z
        return {"p": p, "q": q, "f": p * q, "dp": p, "dq": q, "dx": p + q, "dy": p, "dz": q}


@wrong("backprop_xyz", hint="x enters two gates. Through which of them does your dx go?")
def first_path_only():
    def backprop_xyz(x, y, z):
        p, q = x + y, x + z
        return {"p": p, "q": q, "f": p * q, "dp": q, "dq": p, "dx": q, "dy": q, "dz": p}


@wrong("backprop_xyz", hint="Two gates send a gradient to x. Does the second one replace that of the first?")
def second_path_overwrites_the_first():
    def backprop_xyz(x, y, z):
        p, q = x + y, x + z
        return {"p": p, "q": q, "f": p * q, "dp": q, "dq": p, "dx": p, "dy": q, "dz": p}


@wrong("backprop_xyz", hint="Local gradients along one path are multiplied. What is done with two paths?")
def paths_multiplied():
    def backprop_xyz(x, y, z):
        p, q = x + y, x + z
        return {"p": p, "q": q, "f": p * q, "dp": q, "dq": p, "dx": q * p, "dy": q, "dz": p}


@wrong("backprop_xyz", hint="If x moves p and q, is the change of f the mean of the two effects, or their sum?")
def paths_averaged():
    def backprop_xyz(x, y, z):
        p, q = x + y, x + z
        return {"p": p, "q": q, "f": p * q, "dp": q, "dq": p, "dx": (p + q) / 2, "dy": q, "dz": p}


@wrong("backprop_xyz", hint="What are the local gradients of x + y: the other input, or 1?")
def mul_rule_on_the_add_gate():
    def backprop_xyz(x, y, z):
        p, q = x + y, x + z
        return {"p": p, "q": q, "f": p * q, "dp": q, "dq": p, "dx": q * y + p * z, "dy": q * x, "dz": p * x}


@wrong("backprop_xyz", hint="1 is the local gradient of an add gate. By what is it multiplied?")
def local_gradient_only():
    def backprop_xyz(x, y, z):
        p, q = x + y, x + z
        return {"p": p, "q": q, "f": p * q, "dp": q, "dq": p, "dx": 2.0, "dy": 1.0, "dz": 1.0}


@wrong("backprop_xyz", hint="Is a gradient divided among the inputs of an add gate, or copied to each?")
def add_gate_shares_the_gradient():
    def backprop_xyz(x, y, z):
        p, q = x + y, x + z
        return {"p": p, "q": q, "f": p * q, "dp": q, "dq": p, "dx": (p + q) / 2, "dy": q / 2, "dz": p / 2}


@wrong("backprop_xyz", hint="With which gradient does the backward pass begin: the value of f, or df/df?")
def backward_begins_with_f():
    def backprop_xyz(x, y, z):
        p, q = x + y, x + z
        f = p * q
        return {"p": p, "q": q, "f": f, "dp": f * q, "dq": f * p, "dx": f * (p + q), "dy": f * q, "dz": f * p}


@wrong("backprop_xyz", hint="y is an input of p, and z one of q. Whose upstream gradient does each of them get?")
def gradients_of_y_and_z_exchanged():
    def backprop_xyz(x, y, z):
        p, q = x + y, x + z
        return {"p": p, "q": q, "f": p * q, "dp": q, "dq": p, "dx": p + q, "dy": p, "dz": q}


# 5.2 Add, max and mul with a fork


@right("backprop_gates")
def ties_to_x():
    def backprop_gates(x, y, z):
        s, m = x + y, max(x, z)
        ds, dm = m, s
        dx = dy = ds
        dz = 0.0
        if x >= z:
            dx = dx + dm
        else:
            dz = dm
        return {"f": s * m, "dx": dx, "dy": dy, "dz": dz}


@right("backprop_gates")
def ties_shared():
    def backprop_gates(x, y, z):
        to_x = 0.5 if x == z else float(x > z)
        s, m = x + y, np.maximum(x, z)
        return {"f": s * m, "dx": m + s * to_x, "dy": m, "dz": s * (1 - to_x)}


@right("backprop_gates")
def the_slope_of_relu():
    def backprop_gates(x, y, z):
        # max(x, z) = z + relu(x - z), and the slope of relu at 0 is taken as 0.
        relu = (x - z) * (x > z)
        on = float(x - z > 0)
        f = (x + y) * (z + relu)
        return dict(f=f, dx=(z + relu) + (x + y) * on, dy=z + relu, dz=(x + y) * (1.0 - on))


@shortcut("backprop_gates", uses="`.backward`")
def autograd_of_maximum():
    def backprop_gates(x, y, z):
        import torch

        v = torch.tensor([x, y, z], dtype=torch.float64, requires_grad=True)
        f = (v[0] + v[1]) * torch.maximum(v[0], v[2])
        f.backward()
        return {"f": f.item()} | dict(zip(["dx", "dy", "dz"], v.grad.tolist(), strict=True))


@shortcut("backprop_gates", uses="`scalar_backprop.trace` of the lecture")
def the_lectures_gates():
    import course_utils.backprop.scalar_backprop as lecture

    def backprop_gates(x, y, z):
        graph = {"x": (), "y": (), "z": (), "s": ("+", "x", "y"), "m": ("max", "x", "z"), "f": ("×", "s", "m")}
        traced = lecture.trace(graph, x=x, y=y, z=z)
        return {"f": traced.values["f"]} | {f"d{name}": traced.gradients[name] for name in "xyz"}


@shortcut("backprop_gates", uses="the numbers of the visible check")
def numbers_of_one_side():
    def backprop_gates(x, y, z):
        s = 1.0 if x == 3.0 else 6.42526128853159
        return {"f": -12.0 * s**2, "dx": -s, "dy": 3.0 * s, "dz": 0.0}


@right("backprop_gates")
def a_tape_of_steps_back():
    def backprop_gates(x: float, y: float, z: float) -> dict[str, float]:
        grads = dict.fromkeys("xyzsm", 0.0)
        s, m = x + y, (x if x >= z else z)
        tape = [("x", "s", 1.0), ("y", "s", 1.0), ("x" if x >= z else "z", "m", 1.0)]
        grads["s"], grads["m"] = m, s
        for name, of, local in reversed(tape):
            grads[name] += grads[of] * local
        return {"f": s * m, **{"d" + name: grads[name] for name in "xyz"}}


@wrong("backprop_gates", hint="x is an input of two gates. Which of them has no part in your dx?")
def max_gate_left_out_of_dx():
    def backprop_gates(x, y, z):
        s, m = x + y, max(x, z)
        return {"f": s * m, "dx": m, "dy": m, "dz": s if z > x else 0.0}


@wrong("backprop_gates", hint="Where z is larger, the max gate sends x nothing. Does f still change with x?")
def add_gate_left_out_of_dx():
    def backprop_gates(x, y, z):
        s, m = x + y, max(x, z)
        return {"f": s * m, "dx": 0.0 if z > x else s, "dy": m, "dz": s if z > x else 0.0}


@wrong("backprop_gates", hint="Does the max gate let a gradient through to the smaller of its inputs?")
def max_copies_to_both():
    def backprop_gates(x, y, z):
        s, m = x + y, max(x, z)
        return {"f": s * m, "dx": m + s, "dy": m, "dz": s}


@wrong(
    "backprop_gates", hint="Which of the two inputs did the max gate let through: the larger one, or the smaller one?"
)
def router_inverted():
    def backprop_gates(x, y, z):
        s, m = x + y, max(x, z)
        return {"f": s * m, "dx": m + s * (x < z), "dy": m, "dz": s * (x >= z)}


@wrong("backprop_gates", hint="The mul gate has the inputs x + y and max(x, z). Which value does it send to which?")
def mul_not_switched():
    def backprop_gates(x, y, z):
        s, m = x + y, max(x, z)
        dz = m * (z > x)
        return {"f": s * m, "dx": s + m - dz, "dy": s, "dz": dz}


@wrong("backprop_gates", hint="What do your two conditions give when x and z are equal?")
def tie_drops_the_gradient():
    def backprop_gates(x, y, z):
        s, m = x + y, max(x, z)
        return {"f": s * m, "dx": m + s * (x > z), "dy": m, "dz": s * (z > x)}


@wrong("backprop_gates", hint="At x = z both of your conditions are true. What do x and z get together?")
def tie_counted_twice():
    def backprop_gates(x, y, z):
        s, m = x + y, max(x, z)
        return {"f": s * m, "dx": m + s * (x >= z), "dy": m, "dz": s * (z >= x)}


@wrong("backprop_gates", hint="What arrives at the max gate from the mul gate behind it: 1, or something else?")
def upstream_of_the_max_gate_is_one():
    def backprop_gates(x, y, z):
        s, m = x + y, max(x, z)
        first = float(x >= z)
        return {"f": s * m, "dx": m + first, "dy": m, "dz": 1 - first}


@wrong(
    "backprop_gates",
    hint="Does the max gate pass on the gradient, or the gradient times the value that it let through?",
)
def gradient_times_value():
    def backprop_gates(x, y, z):
        s, m = x + y, max(x, z)
        return {"f": s * m, "dx": m + s * x * (x >= z), "dy": m, "dz": s * z * (z > x)}


@wrong("backprop_gates", hint="Is the larger of two numbers the one of larger absolute value, when one is negative?")
def larger_in_size():
    def backprop_gates(x, y, z):
        s, m = x + y, max(x, z)
        dz = s * (abs(z) > abs(x))
        return {"f": s * m, "dx": m + s - dz, "dy": m, "dz": dz}


@wrong("backprop_gates", hint="What do you return when z is larger than x?")
def x_taken_for_the_larger():
    def backprop_gates(x, y, z):
        return {"f": (x + y) * x, "dx": 2 * x + y, "dy": x, "dz": 0.0}


@wrong("backprop_gates", hint="May a gradient be negative? What if x + y is?")
def negative_upstream_cut_off():
    def backprop_gates(x, y, z):
        s, m = x + y, max(x, z)
        dm = max(s, 0.0)
        dz = dm if z > x else 0.0
        return {"f": s * m, "dx": m + dm - dz, "dy": m, "dz": dz}


# 5.3 A test for the backward of broadcasting


@right("test_unbroadcast")
def inner_products():
    def test_unbroadcast(unbroadcast):
        rng = np.random.default_rng(1)
        for copied, shape in [((4, 3), (3,)), ((3, 3), (3, 1)), ((2, 5, 4, 3), (4, 1)), ((4, 3), ()), ((4, 3), (4, 3))]:
            g, d = rng.normal(size=copied), rng.normal(size=shape)
            kept = g.copy()
            total = unbroadcast(g, shape)
            assert (g == kept).all()
            assert np.shape(total) == shape
            assert abs((g * (np.zeros(copied) + d)).sum() - (total * d).sum()) < 1e-9


@right("test_unbroadcast")
def worked_out_by_hand():
    def test_unbroadcast(unbroadcast):
        g = np.arange(24.0).reshape(2, 4, 3)
        cases = {
            (3,): g.sum(axis=(0, 1)),
            (4, 3): g.sum(axis=0),
            (4, 1): g.sum(axis=(0, 2))[:, None],
            (1, 1, 3): g.sum(axis=(0, 1))[None, None],
            (): g.sum(),
            (2, 4, 3): g,
        }
        for shape, expected in cases.items():
            given = g.copy()
            np.testing.assert_allclose(unbroadcast(given, shape), expected, strict=shape != ())
            np.testing.assert_array_equal(given, g)


@right("test_unbroadcast")
def every_entry_by_itself():
    from itertools import product

    def total_by_index(g, shape):
        total = np.zeros(shape)
        for index in product(*map(range, g.shape)):
            place = index[len(index) - len(shape) :]
            total[tuple(i if size > 1 else 0 for i, size in zip(place, shape, strict=True))] += g[index]
        return total

    def test_unbroadcast(unbroadcast):
        for copied, shape in [((4, 2), (2,)), ((4, 2), (4, 1)), ((3, 2, 4, 2), (4, 1)), ((2, 3), ()), ((3, 3), (3,))]:
            g = np.sqrt(np.arange(1.0, np.prod(copied) + 1)).reshape(copied)
            before = g.tolist()
            result = unbroadcast(g, shape)
            if g.tolist() != before:
                raise ValueError("g has changed")
            if np.shape(result) != shape or not np.allclose(result, total_by_index(g, shape)):
                raise ValueError(f"{copied} to {shape} gave {result}")


@shortcut("test_unbroadcast", uses="`torch.autograd.grad`")
def autograd_knows():
    def test_unbroadcast(unbroadcast):
        import torch

        for copied, shape in [((4, 3), (3,)), ((4, 3), (4, 1)), ((2, 5, 4, 3), (4, 1)), ((4, 3), ()), ((4, 3), (4, 3))]:
            g = torch.rand(copied, dtype=torch.float64)
            leaf = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
            (expected,) = torch.autograd.grad(leaf.expand(copied), leaf, g)
            given = g.numpy().copy()
            total = unbroadcast(given, shape)
            assert np.shape(total) == shape and np.allclose(total, expected.numpy()) and (given == g.numpy()).all()


@shortcut("test_unbroadcast", uses="`.sum_to_size`")
def sum_to_size_knows():
    def test_unbroadcast(unbroadcast):
        import torch

        for copied, shape in [((4, 3), (3,)), ((4, 3), (4, 1)), ((2, 5, 4, 3), (4, 1)), ((4, 3), ()), ((4, 3), (4, 3))]:
            g = np.random.default_rng(0).normal(size=copied)
            given = g.copy()
            total = unbroadcast(given, shape)
            expected = torch.from_numpy(g).sum_to_size(shape).numpy()
            assert np.shape(total) == shape and np.allclose(total, expected) and (given == g).all()


@shortcut("test_unbroadcast", uses="`inspect.getsource`")
def the_code_is_read():
    def test_unbroadcast(unbroadcast):
        import inspect

        assert "mean" not in inspect.getsource(unbroadcast)


@shortcut("test_unbroadcast", uses="`.__code__`")
def the_code_is_measured():
    def test_unbroadcast(unbroadcast):
        assert len(unbroadcast.__code__.co_code) > 60


@wrong("test_unbroadcast", hint="What does your test say of the result, apart from that there is one?")
def nothing_is_asserted():
    def test_unbroadcast(unbroadcast):
        unbroadcast(np.ones((4, 3)), (3,))
        unbroadcast(np.ones((4, 3)), (4, 1))


@wrong("test_unbroadcast", hint="Does every array of the right shape hold the right numbers?")
def only_shapes():
    def test_unbroadcast(unbroadcast):
        for copied, shape in (((4, 3), (3,)), ((4, 3), (4, 1)), ((2, 4, 3), (4, 1)), ((4, 3), ())):
            assert np.shape(unbroadcast(np.ones(copied), shape)) == shape


@wrong("test_unbroadcast", hint="Which mistakes does a g not see whose entries are all the same?")
def all_ones():
    def test_unbroadcast(unbroadcast):
        for copied, shape in (((4, 3), (3,)), ((4, 3), (4, 1)), ((2, 5, 4, 3), (4, 1)), ((4, 3), ())):
            g = np.ones(copied)
            total = unbroadcast(g, shape)
            assert np.shape(total) == shape
            assert np.all(total == np.prod(copied) / np.prod(shape))
            assert np.all(g == 1)


@wrong("test_unbroadcast", hint="Two arrays may add up to the same number. When are they the same array?")
def only_the_grand_total():
    def test_unbroadcast(unbroadcast):
        for copied, shape in (((4, 3), (3,)), ((4, 3), (4, 1)), ((2, 5, 4, 3), (4, 1)), ((4, 3), ())):
            g = np.random.default_rng(0).normal(size=copied)
            assert np.isclose(np.sum(unbroadcast(g, shape)), g.sum())


@wrong("test_unbroadcast", hint="Which rows of the table does your test never try?")
def the_first_row_alone():
    def test_unbroadcast(unbroadcast):
        g = np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0], [64.0, 128.0, 256.0], [512.0, 1024.0, 2048.0]])
        assert np.allclose(unbroadcast(g, (3,)), [585.0, 1170.0, 2340.0])


@wrong("test_unbroadcast", hint="What may the result be for the shape (): only an array, or a plain number as well?")
def an_array_for_a_number():
    def test_unbroadcast(unbroadcast):
        for copied, shape in (((4, 3), (3,)), ((4, 3), (4, 1)), ((2, 5, 4, 3), (4, 1)), ((4, 3), ())):
            g = np.random.default_rng(0).normal(size=copied)
            kept, d = g.copy(), np.random.default_rng(1).normal(size=shape)
            total = unbroadcast(g, shape)
            assert isinstance(total, np.ndarray) and total.shape == shape and np.array_equal(g, kept)
            assert np.isclose((g * np.broadcast_to(d, copied)).sum(), (total * d).sum())


@wrong("test_unbroadcast", hint="Do two orders of adding the same floats give the same last digit?")
def equal_to_the_last_digit():
    def test_unbroadcast(unbroadcast):
        for copied, shape in (((40, 3), (3,)), ((4, 30), (4, 1)), ((2, 50, 4, 30), (4, 1)), ((4, 3), ())):
            g = np.random.default_rng(0).normal(size=copied)
            kept, d = g.copy(), np.random.default_rng(1).normal(size=shape)
            total = unbroadcast(g, shape)
            assert np.shape(total) == shape and np.array_equal(g, kept)
            assert (g * np.broadcast_to(d, copied)).sum() == (total * d).sum()


@wrong("test_unbroadcast", hint="Are the gradients of the copies averaged where they meet, or added?")
def a_mean_is_expected():
    def test_unbroadcast(unbroadcast):
        g = np.arange(12.0).reshape(4, 3)
        assert np.allclose(unbroadcast(g, (3,)), g.mean(axis=0))


@wrong("test_unbroadcast", hint="What should g be when the function has returned, and does your test look?")
def nobody_looks_at_g_again():
    def test_unbroadcast(unbroadcast):
        rng = np.random.default_rng(0)
        for copied, shape in (((4, 3), (3,)), ((4, 3), (4, 1)), ((2, 5, 4, 3), (4, 1)), ((4, 3), ()), ((4, 3), (4, 3))):
            g, d = rng.normal(size=copied), rng.normal(size=shape)
            wanted = (g * np.broadcast_to(d, copied)).sum()
            total = unbroadcast(g, shape)
            assert np.shape(total) == shape and np.isclose((total * d).sum(), wanted)


@wrong(
    "test_unbroadcast", hint="From how many axes to how many do your shapes lead? May broadcasting put two in front?"
)
def two_axes_at_most():
    def test_unbroadcast(unbroadcast):
        rng = np.random.default_rng(0)
        for copied, shape in (((4, 3), (3,)), ((4, 3), (4, 1)), ((4, 3), ()), ((4, 3), (4, 3))):
            g, d = rng.normal(size=copied), rng.normal(size=shape)
            kept = g.copy()
            total = unbroadcast(g, shape)
            assert np.shape(total) == shape and np.array_equal(g, kept)
            assert np.isclose((total * d).sum(), (g * np.broadcast_to(d, copied)).sum())


# 5.4 The logistic loss of a margin


@right("logistic_chain")
def two_branches():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        if m >= 0:
            tiny = np.exp(-m)
            L, dL_dm = np.log1p(tiny), -tiny / (1 + tiny)
        else:
            tiny = np.exp(m)
            L, dL_dm = np.log1p(tiny) - m, -1 / (1 + tiny)
        return dict(u=u, z=z, m=m, L=L, dL_dm=dL_dm, dL_dw=dL_dm * y * x, dL_db=dL_dm * y)


@shortcut("logistic_chain", uses="`.backward`")
def autograd_of_the_chain():
    def logistic_chain(x, w, b, y):
        import torch

        w, b = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (w, b))
        u = w * x
        z = u + b
        m = y * z
        m.retain_grad()
        L = -torch.nn.functional.logsigmoid(m)
        L.backward()
        named = dict(u=u, z=z, m=m, L=L, dL_dm=m.grad, dL_dw=w.grad, dL_db=b.grad)
        return {name: value.item() for name, value in named.items()}


@right("logistic_chain")
def functions_of_scipy():
    from scipy.special import expit, log_expit

    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        result = {"u": u, "z": z, "m": m, "L": -log_expit(m), "dL_dm": -expit(-m)}
        result["dL_db"] = result["dL_dm"] * y
        result["dL_dw"] = result["dL_db"] * x
        return result


@right("logistic_chain")
def modules_with_a_backward():
    import math

    class Times:
        def __init__(self, factor):
            self.factor = factor

        def forward(self, value):
            return value * self.factor

        def backward(self, upstream):
            return upstream * self.factor

    class LogisticLoss:
        def forward(self, m):
            self.m = m
            return max(-m, 0.0) + math.log1p(math.exp(-abs(m)))

        def backward(self, upstream):
            e = math.exp(-abs(self.m))
            return upstream * -(e if self.m > 0 else 1.0) / (1 + e)

    def logistic_chain(x, w, b, y):
        feature, label, loss = Times(x), Times(y), LogisticLoss()
        z = (u := feature.forward(w)) + b
        m = label.forward(z)
        L = loss.forward(m)
        dL_dz = label.backward(dL_dm := loss.backward(1.0))
        return dict(u=u, z=z, m=m, L=L, dL_dm=dL_dm, dL_dw=feature.backward(dL_dz), dL_db=dL_dz)


@shortcut("logistic_chain", uses="`scalar_backprop.trace` of the lecture")
def the_lectures_chain():
    from course_utils.backprop.scalar_backprop import CHAIN, trace

    def logistic_chain(x, w, b, y):
        traced = trace(CHAIN[(y + 1) // 2], w=w, x=x, b=b)
        values, slopes = traced.values, traced.gradients
        return {
            "u": values["u"], "z": values["z"], "m": y * values["z"], "L": values["L"], "dL_dm": y * slopes["z"],
            "dL_dw": slopes["w"], "dL_db": slopes["b"],
        }  # fmt: skip


@shortcut("logistic_chain", uses="the numbers of the visible check")
def numbers_of_two_margins():
    def logistic_chain(x, w, b, y):
        L = np.exp(-40.0) if w == 15.0 else np.log(4 / 3)
        z = w * x + b
        slopes = {"dL_dw": -0.25, "dL_db": -0.25} if y == 1 else {"dL_dw": 3.126785 / 4, "dL_db": 0.25}
        return {"u": w * x, "z": z, "m": y * z, "L": L, "dL_dm": -0.25, **slopes}


@wrong(
    "logistic_chain",
    hint="What is exp(1000) in float64, and what is left of 1 + exp(-40) when its logarithm is taken?",
)
def as_printed():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.log(1 + np.exp(-m))
        dL_dm = -np.exp(-m) / (1 + np.exp(-m))
        dL_dz = dL_dm * y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * x, "dL_db": dL_dz}


@wrong("logistic_chain", hint="a - y is for labels 0 and 1. What does it give for the label -1?")
def the_lectures_a_minus_y():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.logaddexp(0, -m)
        dL_dm = (1 / (1 + np.exp(-z)) - y) * y
        dL_dz = 1 / (1 + np.exp(-z)) - y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * x, "dL_db": dL_dz}


@wrong("logistic_chain", hint="At a margin of 40, which digits are left of 1 / (1 + exp(-m)) - 1?")
def slope_as_a_difference():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.logaddexp(0, -m)
        dL_dm = 1 / (1 + np.exp(-m)) - 1
        dL_dz = dL_dm * y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * x, "dL_db": dL_dz}


@wrong("logistic_chain", hint="log1p takes care of the small exponentials. What is exp(-m) at m = -1000?")
def loss_overflows():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.log1p(np.exp(-m))
        dL_dm = -1 / (1 + np.exp(m))
        dL_dz = dL_dm * y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * x, "dL_db": dL_dz}


@wrong("logistic_chain", hint="A margin of -1000 has a loss of 1000. What is it after you have limited the margin?")
def margin_clipped():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.logaddexp(0, -np.clip(m, -30, 30))
        dL_dm = -1 / (1 + np.exp(np.clip(m, -30, 30)))
        dL_dz = dL_dm * y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * x, "dL_db": dL_dz}


@wrong(
    "logistic_chain",
    hint="How large is the number that you add inside the logarithm, compared with a loss of exp(-40)?",
)
def epsilon_in_the_logarithm():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = -np.log(1 / (1 + np.exp(-m)) + 1e-12)
        dL_dm = -1 / (1 + np.exp(m))
        dL_dz = dL_dm * y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * x, "dL_db": dL_dz}


@wrong("logistic_chain", hint="m = y z: by which factor does m change when z does?")
def label_forgotten_on_the_way_back():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.logaddexp(0, -m)
        dL_dm = -1 / (1 + np.exp(m))
        dL_dz = dL_dm
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * x, "dL_db": dL_dz}


@wrong("logistic_chain", hint="Does the loss grow or shrink when the margin grows?")
def sign_of_the_slope_lost():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.logaddexp(0, -m)
        dL_dm = 1 / (1 + np.exp(m))
        dL_dz = dL_dm * y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * x, "dL_db": dL_dz}


@wrong("logistic_chain", hint="A large positive margin means that the sample is right. Is your loss small there?")
def sign_of_the_margin_lost():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.logaddexp(0, m)
        dL_dm = 1 / (1 + np.exp(-m))
        dL_dz = dL_dm * y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * x, "dL_db": dL_dz}


@wrong(
    "logistic_chain",
    hint="Your slope belongs to the probability of the label. Is it large where the loss is large?",
)
def slope_of_the_other_side():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.logaddexp(0, -m)
        dL_dm = -1 / (1 + np.exp(-m))
        dL_dz = dL_dm * y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * x, "dL_db": dL_dz}


@wrong("logistic_chain", hint="u = w x: how fast does u change with w?")
def last_factor_forgotten():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.logaddexp(0, -m)
        dL_dm = -1 / (1 + np.exp(m))
        dL_dz = dL_dm * y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz, "dL_db": dL_dz}


@wrong("logistic_chain", hint="z = u + b: how fast does z change with b, and does x play a part in it?")
def bias_treated_like_a_weight():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.logaddexp(0, -m)
        dL_dm = -1 / (1 + np.exp(m))
        dL_dz = dL_dm * y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * x, "dL_db": dL_dz * x}


@wrong("logistic_chain", hint="What is the derivative of u = w x with respect to w: w, or x?")
def weight_and_feature_exchanged():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.logaddexp(0, -m)
        dL_dm = -1 / (1 + np.exp(m))
        dL_dz = dL_dm * y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * w, "dL_db": dL_dz}


@wrong("logistic_chain", hint="Which logarithm does the task mean: the natural one, or the one of base 2?")
def logarithm_of_base_two():
    def logistic_chain(x, w, b, y):
        u = w * x
        z = u + b
        m = y * z
        L = np.logaddexp(0, -m) / np.log(2)
        dL_dm = -1 / (1 + np.exp(m)) / np.log(2)
        dL_dz = dL_dm * y
        return {"u": u, "z": z, "m": m, "L": L, "dL_dm": dL_dm, "dL_dw": dL_dz * x, "dL_db": dL_dz}


# 5.5 A weight that is used twice


@right("tied_backward")
def einsum():
    def tied_backward(X, W, b, dR):
        Y = np.einsum("oi,in->on", W, X) + b
        dY = np.einsum("oj,jn->on", W, dR)
        second, first = np.einsum("on,jn->oj", Y, dR), np.einsum("on,in->oi", dY, X)
        dX, db = np.einsum("oi,on->in", W, dY), np.einsum("on->o", dY)[:, None]
        return dict(dY=dY, dW_decode=second, dW_encode=first, dW=second + first, db=db, dX=dX)


@right("tied_backward")
def a_loop_over_the_samples():
    def tied_backward(X, W, b, dR):
        grads = {"dY": np.zeros((len(b), X.shape[1])), "dW_decode": np.zeros(W.shape), "dW_encode": np.zeros(W.shape)}
        grads |= {"dW": np.zeros(W.shape), "db": np.zeros(b.shape), "dX": np.zeros(X.shape)}
        for n, (x, dr) in enumerate(zip(X.T, dR.T, strict=True)):
            y, dy = W @ x + b[:, 0], W @ dr
            grads["dY"][:, n] = dy
            grads["dW_decode"] += np.outer(y, dr)
            grads["dW_encode"] += np.outer(dy, x)
            grads["db"][:, 0] += dy
            grads["dX"][:, n] = W.T @ dy
        grads["dW"] = grads["dW_decode"] + grads["dW_encode"]
        return grads


@right("tied_backward")
def two_layers_in_rows_and_transposed():
    def layer_back(given, weight, upstream):
        return upstream @ weight, upstream.T @ given

    def tied_backward(X, W, b, dR):
        # With samples as rows R = Y (W^T)^T: the second layer is a linear layer, too, with the weight W^T.
        rows, upstream = X.T, dR.T
        dY, transposed = layer_back(rows @ W.T + b.T, W.T, upstream)
        dX, first = layer_back(rows, W, dY)
        second, db = transposed.T, dY.sum(0)[:, np.newaxis]
        return {"dY": dY.T, "dW_decode": second, "dW_encode": first, "dW": first + second, "db": db, "dX": dX.T}


@shortcut("tied_backward", uses="`torch.autograd`")
def autograd_of_both_layers():
    import torch

    def tied_backward(X, W, b, dR):
        x, first, second, bias = (torch.tensor(value, requires_grad=True) for value in (X, W, W, b))
        Y = first @ x + bias
        found = torch.autograd.grad(second.T @ Y, [Y, second, first, bias, x], torch.tensor(dR))
        dY, decode, encode, db, dX = (gradient.numpy() for gradient in found)
        return {"dY": dY, "dW_decode": decode, "dW_encode": encode, "dW": decode + encode, "db": db, "dX": dX}


@shortcut("tied_backward", uses="the vector-Jacobian product of `torch.func`")
def the_vjp_of_torch():
    def tied_backward(X, W, b, dR):
        import torch

        X, W, b, dR = map(torch.tensor, (X, W, b, dR))
        back = torch.func.vjp(lambda x, v, w, c: w.T @ (v @ x + c), X, W, W, b)[1]
        dX, encode, decode, db = back(dR)
        grads = {"dY": W @ dR, "dW_decode": decode, "dW_encode": encode, "dW": decode + encode, "db": db, "dX": dX}
        return {name: value.numpy() for name, value in grads.items()}


@shortcut("tied_backward", uses="`check.central_differences`")
def differences_of_the_checks_in_both_places():
    from course_utils import check

    def tied_backward(X, W, b, dR):
        Y, d = W @ X + b, check.central_differences
        return {
            "dY": d(lambda v: W.T @ v, Y, dR),
            "dW_decode": d(lambda v: v.T @ Y, W, dR),
            "dW_encode": d(lambda v: W.T @ (v @ X + b), W, dR),
            "dW": d(lambda v: v.T @ (v @ X + b), W, dR),
            "db": d(lambda v: W.T @ (W @ X + v), b, dR),
            "dX": d(lambda v: W.T @ (W @ v + b), X, dR),
        }


@wrong("tied_backward", hint="Two uses of W each send a gradient back. Are they averaged where they meet, or added?")
def uses_averaged():
    def tied_backward(X, W, b, dR):
        Y, dY = W @ X + b, W @ dR
        second, first = Y @ dR.T, dY @ X.T
        dW = (first + second) / 2
        return {
            "dY": dY,
            "dW_decode": second,
            "dW_encode": first,
            "dW": dW,
            "db": dY.sum(axis=1, keepdims=True),
            "dX": W.T @ dY,
        }


@wrong("tied_backward", hint="W is used in two places. Does your dW know of both?")
def second_use_forgotten():
    def tied_backward(X, W, b, dR):
        Y, dY = W @ X + b, W @ dR
        second, first = Y @ dR.T, dY @ X.T
        return {
            "dY": dY,
            "dW_decode": second,
            "dW_encode": first,
            "dW": first,
            "db": dY.sum(axis=1, keepdims=True),
            "dX": W.T @ dY,
        }


@wrong("tied_backward", hint="Which gradient arrives at the first layer: that of R, or that of Y?")
def upstream_of_the_wrong_layer():
    def tied_backward(X, W, b, dR):
        # What would be right for Y = W X with the upstream gradient dR, if it had that shape.
        Y, dY = W @ X + b, W @ dR
        second, first = Y @ dR.T, Y @ X.T
        return {
            "dY": dY,
            "dW_decode": second,
            "dW_encode": first,
            "dW": first + second,
            "db": dY.sum(axis=1, keepdims=True),
            "dX": dR,
        }


@wrong("tied_backward", hint="What goes into the second layer: W X, or W X and the bias on top?")
def bias_left_out_of_y():
    def tied_backward(X, W, b, dR):
        Y, dY = W @ X, W @ dR
        second, first = Y @ dR.T, dY @ X.T
        dW = first + second
        return {
            "dY": dY,
            "dW_decode": second,
            "dW_encode": first,
            "dW": dW,
            "db": dY.sum(axis=1, keepdims=True),
            "dX": W.T @ dY,
        }


@wrong("tied_backward", hint="Which of the two entries belongs to the layer that comes last?")
def uses_interchanged():
    def tied_backward(X, W, b, dR):
        Y, dY = W @ X + b, W @ dR
        first, second = Y @ dR.T, dY @ X.T
        dW = first + second
        return {
            "dY": dY,
            "dW_decode": second,
            "dW_encode": first,
            "dW": dW,
            "db": dY.sum(axis=1, keepdims=True),
            "dX": W.T @ dY,
        }


@wrong(
    "tied_backward", hint="A gradient of W has the shape of W. Which of your products has the shape of its transpose?"
)
def decode_transposed():
    def tied_backward(X, W, b, dR):
        Y, dY = W @ X + b, W @ dR
        second, first = dR @ Y.T, dY @ X.T
        dW = first + second.T
        return {
            "dY": dY,
            "dW_decode": second,
            "dW_encode": first,
            "dW": dW,
            "db": dY.sum(axis=1, keepdims=True),
            "dX": W.T @ dY,
        }


@wrong("tied_backward", hint="The bias was copied to every sample. Are the gradients of the copies added, or averaged?")
def db_averaged():
    def tied_backward(X, W, b, dR):
        Y, dY = W @ X + b, W @ dR
        second, first = Y @ dR.T, dY @ X.T
        dW = first + second
        return {
            "dY": dY,
            "dW_decode": second,
            "dW_encode": first,
            "dW": dW,
            "db": dY.mean(axis=1, keepdims=True),
            "dX": W.T @ dY,
        }


@wrong("tied_backward", hint="Is the loss a mean? And if it is, where is the division by n: here, or in dR already?")
def divided_by_n_again():
    def tied_backward(X, W, b, dR):
        Y, dY, n = W @ X + b, W @ dR, X.shape[1]
        second, first = Y @ dR.T / n, dY @ X.T / n
        dW = first + second
        return {
            "dY": dY,
            "dW_decode": second,
            "dW_encode": first,
            "dW": dW,
            "db": dY.sum(axis=1, keepdims=True) / n,
            "dX": W.T @ dY,
        }


@wrong(
    "tied_backward", hint="What reaches b: the gradient of R, of the shape (i, n), or that of Y, of the shape (o, n)?"
)
def db_from_dr():
    def tied_backward(X, W, b, dR):
        Y, dY = W @ X + b, W @ dR
        second, first = Y @ dR.T, dY @ X.T
        dW = first + second
        return {
            "dY": dY,
            "dW_decode": second,
            "dW_encode": first,
            "dW": dW,
            "db": dR.sum(axis=1, keepdims=True),
            "dX": W.T @ dY,
        }


@wrong(
    "tied_backward", hint="Between which of the two layers and the loss does dX lie: how many products lead back to X?"
)
def dx_stops_at_the_second_layer():
    def tied_backward(X, W, b, dR):
        Y, dY = W @ X + b, W @ dR
        second, first = Y @ dR.T, dY @ X.T
        dW = first + second
        return {
            "dY": dY,
            "dW_decode": second,
            "dW_encode": first,
            "dW": dW,
            "db": dY.sum(axis=1, keepdims=True),
            "dX": dR,
        }


@wrong("tied_backward", hint="Samples are columns here. Over which axis does a sum over the samples run?")
def db_summed_over_the_rows():
    def tied_backward(X, W, b, dR):
        Y, dY = W @ X + b, W @ dR
        second, first = Y @ dR.T, dY @ X.T
        dW = first + second
        return {"dY": dY, "dW_decode": second, "dW_encode": first, "dW": dW, "db": dY.sum(axis=0), "dX": W.T @ dY}


@wrong("tied_backward", hint="Which shape has b where samples are columns: (o,), or (o, 1)?")
def db_without_its_second_axis():
    def tied_backward(X, W, b, dR):
        Y, dY = W @ X + b, W @ dR
        second, first = Y @ dR.T, dY @ X.T
        dW = first + second
        return {"dY": dY, "dW_decode": second, "dW_encode": first, "dW": dW, "db": dY.sum(axis=1), "dX": W.T @ dY}


@wrong("tied_backward", hint="Which of your gradients has the shape of its variable, and which that of the transpose?")
def samples_taken_for_rows():
    def tied_backward(X, W, b, dR):
        Y, dY = X.T @ W.T + b.T, dR.T @ W.T
        second, first = Y.T @ dR.T, dY.T @ X.T
        dW = first + second
        return {"dY": dY, "dW_decode": second, "dW_encode": first, "dW": dW, "db": dY.sum(axis=0), "dX": dY @ W}


@wrong("tied_backward", hint="What is left of the caller's dR when your function has returned?")
def upstream_set_to_zero():
    def tied_backward(X, W, b, dR):
        Y, dY = W @ X + b, W @ dR
        second, first = Y @ dR.T, dY @ X.T
        dX = W.T @ dY
        dR *= 0
        return {
            "dY": dY,
            "dW_decode": second,
            "dW_encode": first,
            "dW": first + second,
            "db": dY.sum(axis=1, keepdims=True),
            "dX": dX,
        }


# 5.6 The backward of an activation


@shared("act_backward")
def parts_of_act_backward():
    def act_backward_counterexample():
        return np.array([1.0, -1.0]), np.array([2.0, 2.0]), "relu"

    def act_backward_fault():
        return "b"


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


@shortcut("act_backward", uses="`torch.ops`")
def backward_kernels_of_torch():
    import torch

    aten = torch.ops.aten

    def act_backward(dout, z, kind):
        dout, z = torch.tensor(dout), torch.tensor(z)
        if kind == "relu":
            return aten.threshold_backward(dout, z, 0).numpy()
        if kind == "sigmoid":
            return aten.sigmoid_backward(dout, torch.sigmoid(z)).numpy()
        if kind == "tanh":
            return aten.tanh_backward(dout, torch.tanh(z)).numpy()
        raise ValueError(kind)


@shortcut("act_backward", uses="`torch.autograd.functional.vjp`")
def the_vjp_of_autograd():
    def act_backward(dout, z, kind):
        import torch

        if kind not in ("relu", "sigmoid", "tanh"):
            raise ValueError(kind)
        activation = getattr(torch, kind)
        return torch.autograd.functional.vjp(activation, torch.tensor(z), torch.tensor(dout))[1].numpy()  # pyright: ignore[reportAttributeAccessIssue]


@shortcut("act_backward", uses="`activations.ACTIVATIONS` of the lecture")
def the_lectures_derivatives():
    from course_utils.drawing import activations

    def act_backward(dout, z, kind):
        if kind not in ("relu", "sigmoid", "tanh"):
            raise ValueError(kind)
        named = {name.lower(): style for name, style in activations.ACTIVATIONS.items()}
        return dout * named[kind].derivative(z)


@shortcut("act_backward", uses="the numbers of the visible check")
def numbers_of_the_visible_relu():
    def act_backward(dout, z, kind):
        return np.array([0.0, 0.0, 2.385557, -2.226515, 0.0, 1.513716])


@right("act_backward")
def slopes_in_a_table():
    def slope_of_relu(z):
        return np.heaviside(z, 0.0)

    def slope_of_sigmoid(z):
        e = np.exp(-abs(z))
        return e / (1 + e) ** 2

    def slope_of_tanh(z):
        return 4 * slope_of_sigmoid(2 * z)

    SLOPES = {"relu": slope_of_relu, "sigmoid": slope_of_sigmoid, "tanh": slope_of_tanh}

    def act_backward(dout: np.ndarray, z: np.ndarray, kind: str) -> np.ndarray:
        if (slope := SLOPES.get(kind)) is None:
            raise ValueError(f"{kind} is none of {sorted(SLOPES)}")
        return np.multiply(dout, slope(z))


@right("act_backward")
def number_by_number():
    import math

    def act_backward(dout, z, kind):
        def slope(t):
            if kind == "relu":
                return float(t > 0)
            a = math.tanh(t) if kind == "tanh" else (1 + math.tanh(t / 2)) / 2
            return (1 - a) * (1 + a) if kind == "tanh" else a * (1 - a)

        if kind not in {"relu", "sigmoid", "tanh"}:
            raise ValueError(kind)
        return np.fromiter((d * slope(t) for d, t in zip(dout.flat, z.flat, strict=True)), float).reshape(z.shape)


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


@wrong("act_backward", hint="Is the upstream gradient on your arguments of a sign that the faulty line lets through?")
def arguments_of_the_old_test():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return dout * (z > 0)
        if kind == "sigmoid":
            a = 1 / (1 + np.exp(-z))
            return dout * a * (1 - a)
        if kind == "tanh":
            return dout * (1 - np.tanh(z) ** 2)
        raise ValueError(kind)

    def act_backward_counterexample():
        return np.ones(3), np.array([-1.0, 0.5, 2.0]), "relu"


@wrong("act_backward", hint="Where the gate is closed, is the gradient that arrives missed by anybody?")
def counterexample_behind_a_closed_gate():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return dout * (z > 0)
        if kind == "sigmoid":
            a = 1 / (1 + np.exp(-z))
            return dout * a * (1 - a)
        if kind == "tanh":
            return dout * (1 - np.tanh(z) ** 2)
        raise ValueError(kind)

    def act_backward_counterexample():
        return -np.ones(3), np.array([-1.0, -0.5, -2.0]), "relu"


@wrong(
    "act_backward", hint="z decides whether the gate is open, and z is read rightly. What happens to what goes through?"
)
def the_gate_is_suspected():
    def act_backward(dout, z, kind):
        if kind == "relu":
            return dout * (z > 0)
        if kind == "sigmoid":
            a = 1 / (1 + np.exp(-z))
            return dout * a * (1 - a)
        if kind == "tanh":
            return dout * (1 - np.tanh(z) ** 2)
        raise ValueError(kind)

    def act_backward_fault():
        return "c"


# 5.7 A network forward


@right("mlp_forward")
def as_long_as_there_are_weights():
    def mlp_forward(params, X):
        def sigmoid(Z):
            return 1.0 / (1.0 + np.exp(-Z))

        cache, l = [X], 1
        while f"W{l}" in params:
            Z = np.dot(cache[l - 1], params[f"W{l}"].T) + params[f"b{l}"]
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
            Z = A @ params[name].T + params["b" + name[1:]]
            A = np.where(Z > 0, Z, 0.0)
            cache.append(A)
        logits = A @ params[names[-1]].T + params["b" + names[-1][1:]]
        A = 0.5 * (1 + np.tanh(logits / 2))
        return A, [*cache, A]


@right("mlp_forward")
def a_tuple_as_cache():
    def mlp_forward(params, X):
        from scipy.special import expit

        def layers(l, A):
            if l > len(params) // 2:
                return (A,)
            Z = (params[f"W{l}"] @ A.T).T + params[f"b{l}"]
            return (A, *layers(l + 1, expit(Z) if 2 * l == len(params) else Z.clip(min=0)))

        cache = layers(1, X)
        return cache[-1], cache


@shortcut("mlp_forward", uses="`torch.nn.Sequential`")
def layers_of_torch():
    import torch
    from torch import nn

    def mlp_forward(params, X):
        L, values = len(params) // 2, [torch.tensor(X)]
        for i in range(1, L + 1):
            linear = nn.Linear(*params[f"W{i}"].shape[::-1], dtype=torch.float64)
            linear.weight.data = torch.tensor(params[f"W{i}"])
            linear.bias.data = torch.tensor(params[f"b{i}"])
            with torch.no_grad():
                values.append(nn.Sequential(linear, nn.ReLU() if i < L else nn.Sigmoid())(values[-1]))
        cache = [value.numpy() for value in values]
        return cache[-1], cache


@shortcut("mlp_forward", uses="`sklearn.neural_network.MLPClassifier`")
def a_network_of_scikit_learn():
    from sklearn.neural_network import MLPClassifier

    def mlp_forward(params, X):
        L = len(params) // 2
        sizes = [len(params[f"b{i}"]) for i in range(1, L)]
        net = MLPClassifier(sizes, max_iter=1).fit(np.vstack([X, X]), np.arange(2 * len(X)) % 2)
        net.coefs_ = [params[f"W{i}"].T for i in range(1, L + 1)]
        net.intercepts_ = [params[f"b{i}"] for i in range(1, L + 1)]
        values = net._forward_pass([X, *[None] * L])
        return values[-1], values


@shortcut("mlp_forward", uses="`network_backprop.logits` of the lecture")
def the_lectures_forward():
    from course_utils.backprop import network_backprop as lecture

    def mlp_forward(params, X):
        if "W2" not in params:
            params = {"W1": np.vstack([np.eye(X.shape[1]), -np.eye(X.shape[1])]), "b1": 0.0} | {
                "W2": np.hstack([params["W1"], -params["W1"]]), "b2": params["b1"],
            }  # fmt: skip
            Z, _ = lecture.logits(params, X)
            return lecture.probabilities(Z), [X, lecture.probabilities(Z)]
        Z, A1 = lecture.logits(params, X)
        return lecture.probabilities(Z), [X, A1, lecture.probabilities(Z)]


@shortcut("mlp_forward", uses="the numbers of the visible check")
def numbers_of_the_visible_network():
    def mlp_forward(params, X):
        A = np.array([[0.923751, 0.918821, 0.884627, 2 / 3]]).T
        return A, [X, A]


@right("mlp_forward")
def folded_with_reduce():
    from functools import reduce

    def logistic(Z):
        return np.exp(-np.logaddexp(0, -Z))

    def mlp_forward(params, X):
        layers = [(params[f"W{i}"], params[f"b{i}"]) for i in range(1, len(params) // 2 + 1)]

        def step(values, layer):
            (W, b), is_last = layer, len(values) == len(layers)
            Z = np.dot(values[-1], W.T) + b
            return [*values, logistic(Z) if is_last else Z.clip(min=0)]

        cache = reduce(step, layers, [X])
        return cache[-1], cache


@right("mlp_forward")
def tensors_without_layers():
    def mlp_forward(params, X):
        import torch

        def forward(values, i):
            W, b = (torch.from_numpy(params[f"{kind}{i}"]) for kind in "Wb")
            Z = values[-1] @ W.T + b
            if f"W{i + 1}" not in params:
                return [*values, torch.sigmoid(Z)]
            return forward([*values, torch.relu(Z)], i + 1)

        cache = [value.numpy() for value in forward([torch.from_numpy(X)], 1)]
        return cache[-1], cache


@wrong("mlp_forward", hint="Which activation does the last layer have, and which range must its output have?")
def relu_in_the_last_layer():
    def mlp_forward(params, X):
        cache = [X]
        for l in range(1, len(params) // 2 + 1):
            cache.append(np.maximum(cache[-1] @ params[f"W{l}"].T + params[f"b{l}"], 0))
        return cache[-1], cache


@wrong("mlp_forward", hint="Which activation do the hidden layers have?")
def sigmoid_in_every_layer():
    def mlp_forward(params, X):
        cache = [X]
        for l in range(1, len(params) // 2 + 1):
            cache.append(1 / (1 + np.exp(-(cache[-1] @ params[f"W{l}"].T + params[f"b{l}"]))))
        return cache[-1], cache


@wrong("mlp_forward", hint="Where does b come in?")
def no_bias():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = cache[-1] @ params[f"W{l}"].T
            cache.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1], cache


@wrong("mlp_forward", hint="What is done to Z in the last layer?")
def logits_returned():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = cache[-1] @ params[f"W{l}"].T + params[f"b{l}"]
            cache.append(np.maximum(Z, 0) if l < L else Z)
        return cache[-1], cache


@wrong("mlp_forward", hint="W has a row for each unit of its own layer. Which side of the product does that fit?")
def weights_transposed():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = cache[-1] @ params[f"W{l}"] + params[f"b{l}"]
            cache.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1], cache


@wrong("mlp_forward", hint="Which activation do the hidden layers have here: ReLU or tanh?")
def tanh_in_the_hidden_layers():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = cache[-1] @ params[f"W{l}"].T + params[f"b{l}"]
            cache.append(np.tanh(Z) if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1], cache


@wrong("mlp_forward", hint="With which axis does a bias of shape (n, 1) line up, when it is added to an array (m, n)?")
def bias_as_a_column():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = cache[-1] @ params[f"W{l}"].T + params[f"b{l}"][:, None]
            cache.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1], cache


@wrong("mlp_forward", hint="What is the shape of the output: (m,), or (m, 1)?")
def output_without_its_second_axis():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = cache[-1] @ params[f"W{l}"].T + params[f"b{l}"]
            cache.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1][:, 0], cache


@wrong("mlp_forward", hint="Are samples the rows or the columns here, and what shape has the output then?")
def samples_taken_for_columns():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X.T]
        for l in range(1, L + 1):
            Z = params[f"W{l}"] @ cache[-1] + params[f"b{l}"][:, None]
            cache.append(np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1], cache


@wrong("mlp_forward", hint="With what does the cache begin, and how many arrays should it hold?")
def input_not_in_the_cache():
    def mlp_forward(params, X):
        L, A, cache = len(params) // 2, X, []
        for l in range(1, L + 1):
            Z = A @ params[f"W{l}"].T + params[f"b{l}"]
            A = np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z))
            cache.append(A)
        return A, cache


@wrong("mlp_forward", hint="Does the cache hold what goes into the activations, or what comes out of them?")
def cache_before_the_activation():
    def mlp_forward(params, X):
        L, A, cache = len(params) // 2, X, [X]
        for l in range(1, L + 1):
            Z = A @ params[f"W{l}"].T + params[f"b{l}"]
            A = np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z))
            cache.append(Z)
        return A, cache


@wrong("mlp_forward", hint="What is the softmax of a single logit?")
def softmax_of_one_logit():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = cache[-1] @ params[f"W{l}"].T + params[f"b{l}"]
            cache.append(np.maximum(Z, 0) if l < L else np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True))
        return cache[-1], cache


@wrong("mlp_forward", hint="Is the ReLU applied to a layer's output, or to the input X, too?")
def relu_before_the_weights():
    def mlp_forward(params, X):
        L, cache = len(params) // 2, [X]
        for l in range(1, L + 1):
            Z = np.maximum(cache[-1], 0) @ params[f"W{l}"].T + params[f"b{l}"]
            cache.append(Z if l < L else 1 / (1 + np.exp(-Z)))
        return cache[-1], cache


# 5.8 A network backward


@right("mlp_backward")
def mask_from_the_logits():
    def mlp_backward(params, cache, Y):
        L, m = len(cache) - 1, len(Y)
        dZ = (cache[-1] - Y) / m
        grads = {}
        for l in reversed(range(1, L + 1)):
            if l < L:
                Z = cache[l - 1] @ params[f"W{l}"].T + params[f"b{l}"]
                dZ = np.where(Z > 0, dZ @ params[f"W{l + 1}"], 0.0)
            grads[f"b{l}"] = np.sum(dZ, axis=0)
            grads[f"W{l}"] = np.dot(dZ.T, cache[l - 1])
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
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1] / m, dZ.mean(axis=0)
            dA = dZ @ params[f"W{l}"]
        return grads


@right("mlp_backward")
def a_loop_over_samples():
    def mlp_backward(params, cache, Y):
        L, m = len(params) // 2, len(Y)
        grads = {name: np.zeros_like(value) for name, value in params.items()}
        for k in range(m):
            delta = (cache[L][k] - Y[k]) / m
            for l in range(L, 0, -1):
                grads[f"W{l}"] += np.outer(delta, cache[l - 1][k])
                grads[f"b{l}"] += delta
                delta = (params[f"W{l}"].T @ delta) * (cache[l - 1][k] > 0)
        return grads


@shortcut("mlp_backward", uses="`.backward`")
def autograd_of_the_cost():
    def mlp_backward(params, cache, Y):
        import torch

        leaves = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
        A, L = torch.tensor(cache[0]), len(params) // 2
        for l in range(1, L + 1):
            Z = A @ leaves[f"W{l}"].T + leaves[f"b{l}"]
            A = torch.relu(Z)
        torch.nn.functional.softplus(torch.where(torch.tensor(Y) > 0, -Z, Z)).mean().backward()  # pyright: ignore[reportOperatorIssue] - one layer or more
        return {name: leaf.grad.numpy() for name, leaf in leaves.items()}


@shortcut("mlp_backward", uses="`network_backprop.gradients` of the lecture")
def the_lectures_gradients():
    from course_utils.backprop.network_backprop import gradients

    def mlp_backward(params, cache, Y):
        if "W2" in params:
            return gradients(params, cache[0], Y)[0]
        m, deep = len(Y), {"W1": np.eye(cache[0].shape[1]), "b1": 100.0, "W2": params["W1"]}
        deep["b2"] = params["b1"] - 100 * params["W1"].sum()
        found, _ = gradients(deep, cache[0], Y)
        return {"W1": found["W2"] - 100 * found["b2"], "b1": found["b2"]} if m else {}


@shortcut("mlp_backward", uses="`torch.func.grad`")
def a_transform_of_torch():
    import torch

    def mlp_backward(params, cache, Y):
        L, X, wanted = len(params) // 2, torch.tensor(cache[0]), torch.tensor(Y)

        def cost(p):
            A = X
            for i in range(1, L + 1):
                Z = A @ p[f"W{i}"].T + p[f"b{i}"]
                A = Z.clamp(min=0)
            return (torch.logaddexp(torch.zeros_like(Z), Z) - wanted * Z).mean()

        found = torch.func.grad(cost)({name: torch.tensor(value) for name, value in params.items()})
        return {name: gradient.numpy() for name, gradient in found.items()}


@shortcut("mlp_backward", uses="the numbers of the visible check")
def numbers_of_the_visible_gradient():
    def mlp_backward(params, cache, Y):
        return {"W1": np.array([[0.018044, 0.110576, -0.16341]]), "b1": np.array([0.149028])}


@right("mlp_backward")
def layer_by_layer_by_recursion():
    def mlp_backward(params, cache, Y):
        def back(i, dZ):
            if i == 0:
                return {}
            below = back(i - 1, (dZ @ params[f"W{i}"]) * np.sign(cache[i - 1]))
            return below | {f"W{i}": dZ.T @ cache[i - 1], f"b{i}": np.ones(len(dZ)) @ dZ}

        return back(len(cache) - 1, np.subtract(cache[-1], Y) / np.size(Y))


@right("mlp_backward")
def sample_by_sample():
    from collections import deque

    def of_one_sample(weights, values, y):
        delta, found = values[-1] - y, deque()
        for W, below in zip(reversed(weights), reversed(values[:-1]), strict=True):
            found.appendleft((np.outer(delta, below), delta))
            delta = np.where(below > 0, W.T @ delta, 0.0)
        return found

    def mlp_backward(params, cache, Y):
        L, m = len(cache) - 1, len(Y)
        grads = {name: np.zeros_like(value) for name, value in params.items()}
        weights = [params[f"W{i + 1}"] for i in range(L)]
        for k in range(m):
            for i, (dW, db) in enumerate(of_one_sample(weights, [A[k] for A in cache], Y[k, 0]), start=1):
                grads[f"W{i}"] += dW / m
                grads[f"b{i}"] += db / m
        return grads


@wrong("mlp_backward", hint="The cost is a mean over the samples. Where is it divided by m?")
def not_divided_by_m():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = cache[L] - Y
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1], dZ.sum(axis=0)
            dZ = dZ @ params[f"W{l}"] * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="A - Y is the derivative by Z already. Which factor is in it, and is multiplied once more?")
def sigmoid_slope_once_more():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) * cache[L] * (1 - cache[L]) / len(Y)
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1], dZ.sum(axis=0)
            dZ = dZ @ params[f"W{l}"] * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="The gradient of b has the shape of b. What does keepdims leave behind?")
def db_with_a_second_axis():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / len(Y)
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1], dZ.sum(axis=0, keepdims=True)
            dZ = dZ @ params[f"W{l}"] * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="Samples are rows here. Over which axis does a sum over the samples run?")
def db_summed_over_the_units():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / len(Y)
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1], dZ.sum(axis=1)
            dZ = dZ @ params[f"W{l}"] * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="A gradient of W has the shape of W. Is yours the transpose?")
def dw_transposed():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / len(Y)
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = cache[l - 1].T @ dZ, dZ.sum(axis=0)
            dZ = dZ @ params[f"W{l}"] * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="The factor 1/m is in dZ. Is b then the sum of it over the samples, or the mean?")
def db_divided_twice():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / len(Y)
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1], dZ.mean(axis=0)
            dZ = dZ @ params[f"W{l}"] * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="Which gradient passes through a hidden unit that is off?")
def no_mask():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / len(Y)
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1], dZ.sum(axis=0)
            dZ = dZ @ params[f"W{l}"]
        return grads


@wrong(
    "mlp_backward", hint="If the output is larger than the label, should the logit grow or shrink to lower the cost?"
)
def sign_reversed():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (Y - cache[L]) / len(Y)
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1], dZ.sum(axis=0)
            dZ = dZ @ params[f"W{l}"] * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="What is W of layer l multiplied by in the forward pass: the layer's input, or its output?")
def output_of_the_layer_for_its_input():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / len(Y)
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l], dZ.sum(axis=0)
            dZ = dZ @ params[f"W{l}"] * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="Forward, A is multiplied by the transpose of W. Is dZ, on the way back, too?")
def weight_transposed_on_the_way_back():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / len(Y)
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1], dZ.sum(axis=0)
            if l > 1:
                dZ = dZ @ params[f"W{l}"].T * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="Is a unit off where its gradient is negative, or where its own Z is?")
def mask_from_the_gradient():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / len(Y)
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1], dZ.sum(axis=0)
            dZ = dZ @ params[f"W{l}"]
            dZ = dZ * (dZ > 0)
        return grads


@wrong(
    "mlp_backward",
    hint="The factor 1/m comes in with the cost. How often does it come in between cost and first layer?",
)
def divided_by_m_in_every_layer():
    def mlp_backward(params, cache, Y):
        L, m, grads = len(params) // 2, len(Y), {}
        dZ = (cache[L] - Y) / m
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1] / m, dZ.sum(axis=0) / m
            dZ = dZ @ params[f"W{l}"] * (cache[l - 1] > 0)
        return grads


@wrong("mlp_backward", hint="Does every hidden unit pass on a gradient of its own, or its value times the gradient?")
def multiplied_by_the_activation():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / len(Y)
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1], dZ.sum(axis=0)
            dZ = dZ @ params[f"W{l}"] * np.maximum(cache[l - 1], 0)
        return grads


@wrong("mlp_backward", hint="Are hidden units of this network sigmoids, or ReLUs?")
def hidden_layers_taken_for_sigmoids():
    def mlp_backward(params, cache, Y):
        L, grads = len(params) // 2, {}
        dZ = (cache[L] - Y) / len(Y)
        for l in range(L, 0, -1):
            grads[f"W{l}"], grads[f"b{l}"] = dZ.T @ cache[l - 1], dZ.sum(axis=0)
            dZ = dZ @ params[f"W{l}"] * cache[l - 1] * (1 - cache[l - 1])
        return grads


@wrong("mlp_backward", hint="Which layers does your loop reach?")
def last_layer_only():
    def mlp_backward(params, cache, Y):
        L = len(params) // 2
        dZ = (cache[L] - Y) / len(Y)
        grads = {name: np.zeros_like(value) for name, value in params.items()}
        grads[f"W{L}"], grads[f"b{L}"] = dZ.T @ cache[L - 1], dZ.sum(axis=0)
        return grads


# 5.9 What an order costs


@shared("chain_product")
def parts_of_chain_product():
    def chain_product(Js, v, first):
        factors, count = [v[None], *reversed(Js)], 0
        while len(factors) > 1:
            at = 0 if first == "row" else len(factors) - 2
            left, right = factors[at : at + 2]
            count += left.size * right.shape[1]
            factors[at : at + 2] = [left @ right]
        return factors[0], count

    def chain_product_guess():
        return 25

    def chain_product_off_by(Js, v):
        ratio = chain_product(Js, v, "matrices")[1] / chain_product(Js, v, "row")[1]
        return ratio / chain_product_guess()


@right("chain_product")
def a_list_that_shrinks():
    def chain_product(Js, v, first):
        factors, count = [v[None], *reversed(Js)], 0
        while len(factors) > 1:
            at = 0 if first == "row" else len(factors) - 2
            left, right = factors[at : at + 2]
            count += left.size * right.shape[1]
            factors[at : at + 2] = [left @ right]
        return factors[0], count


@right("chain_product")
def every_sum_by_hand():
    def chain_product(Js, v, first):
        count = 0

        def times(A, B):
            nonlocal count
            C = np.zeros((len(A), B.shape[1]))
            for i in range(len(A)):
                for k in range(B.shape[0]):
                    C[i] += A[i, k] * B[k]
                    count += B.shape[1]
            return C

        if first == "row":
            row = v.reshape(1, -1)
            for J in Js[::-1]:
                row = times(row, J)
            return row, count
        product = Js[0]
        for J in Js[1:]:
            product = times(J, product)
        return times(v.reshape(1, -1), product), count

    def chain_product_guess():
        return 1600


@right("chain_product")
def both_as_a_fold():
    from functools import reduce

    def chain_product(Js, v, first):
        counts = []

        def product(A, B):
            counts.append(A.shape[0] * A.shape[1] * B.shape[1])
            return np.einsum("ik,kj->ij", A, B)

        row = v[np.newaxis, :]
        if first == "row":
            row = reduce(product, reversed(Js), row)
        else:
            row = product(row, reduce(lambda right, left: product(left, right), Js))
        return row, sum(counts)

    def chain_product_guess():
        return 35.125

    def chain_product_off_by(Js, v):
        counts = {first: chain_product(Js, v, first)[1] for first in ("matrices", "row")}
        return counts["matrices"] / (counts["row"] * chain_product_guess())


@shortcut("chain_product", uses="`np.linalg.multi_dot`")
def multi_dot():
    def chain_product(Js, v, first):
        widths = [J.shape[1] for J in Js] + [len(v)]
        pairs = list(zip(widths, widths[1:], strict=False))
        row = sum(a * b for a, b in pairs)
        matrices = widths[0] * (sum(a * b for a, b in pairs[1:]) + widths[-1])
        return np.linalg.multi_dot([v[None], *Js[::-1]]), row if first == "row" else matrices


@shortcut("chain_product", uses="`torch.autograd.functional.vjp`")
def vjp_of_the_chain():
    def chain_product(Js, v, first):
        import torch

        def network(x):
            for J in Js:
                x = torch.from_numpy(J) @ x
            return x

        at = torch.zeros(Js[0].shape[1], dtype=torch.float64)
        (row,) = torch.autograd.functional.vjp(network, (at,), torch.from_numpy(v))[1]
        return row.numpy()[None], {"row": 18, "matrices": 32}[first]


@shortcut("chain_product", uses="`layer_backprop.in_order` of the lecture")
def the_lectures_order():
    from course_utils.backprop import layer_backprop

    def chain_product(Js, v, first):
        order = layer_backprop.VECTOR if first == "row" else layer_backprop.MATRICES
        sizes = [J.shape[1] for J in Js] + [len(v)]
        return layer_backprop.in_order(Js[::-1], v, order)[-1], layer_backprop.multiplications(sizes)[order]


@shortcut("chain_product", uses="the numbers of the visible check")
def numbers_of_the_visible_chain():
    def chain_product(Js, v, first):
        return np.array([[19.275783865594764, 0.0, -60.768479338862676, 0.0]]), 18 if first == "row" else 32


@wrong("chain_product", hint='Where does "row" begin: at the loss, or at the input?')
def orders_interchanged():
    def chain_product(Js, v, first):
        factors, count = [v[None], *reversed(Js)], 0
        while len(factors) > 1:
            at = 0 if first == "matrices" else len(factors) - 2
            left, right = factors[at : at + 2]
            count += left.size * right.shape[1]
            factors[at : at + 2] = [left @ right]
        return factors[0], count


@wrong(
    "chain_product",
    hint='With which two Jacobians does "matrices" begin: those of the last layers, or those of the first?',
)
def matrices_from_the_loss():
    def chain_product(Js, v, first):
        count = 0
        if first == "row":
            row = v[None]
            for J in reversed(Js):
                count += J.size
                row = row @ J
            return row, count
        product = Js[-1]
        for J in Js[-2::-1]:
            count += product.size * J.shape[1]
            product = product @ J
        return v[None] @ product, count + product.size


@wrong("chain_product", hint="An entry of a product is a sum. Of how many products of numbers?")
def entries_of_the_products():
    def chain_product(Js, v, first):
        factors, count = [v[None], *reversed(Js)], 0
        while len(factors) > 1:
            at = 0 if first == "row" else len(factors) - 2
            left, right = factors[at : at + 2]
            count += left.shape[0] * right.shape[1]
            factors[at : at + 2] = [left @ right]
        return factors[0], count


@wrong("chain_product", hint="Which operations does the task count: multiplications, or additions as well?")
def additions_counted_too():
    def chain_product(Js, v, first):
        factors, count = [v[None], *reversed(Js)], 0
        while len(factors) > 1:
            at = 0 if first == "row" else len(factors) - 2
            left, right = factors[at : at + 2]
            count += left.shape[0] * right.shape[1] * (2 * left.shape[1] - 1)
            factors[at : at + 2] = [left @ right]
        return factors[0], count


@wrong("chain_product", hint='How many products are there in "matrices", that of the row included?')
def last_product_not_counted():
    def chain_product(Js, v, first):
        count = 0
        if first == "matrices":
            product = Js[0]
            for J in Js[1:]:
                count += J.size * product.shape[1]
                product = J @ product
            return v[None] @ product, count
        row = v[None]
        for J in reversed(Js):
            count += J.size
            row = row @ J
        return row, count


@wrong("chain_product", hint="Does your count know that the Jacobians may have different shapes?")
def every_width_like_the_first():
    def chain_product(Js, v, first):
        n, m = Js[0].shape[1], len(Js)
        row = v[None]
        for J in reversed(Js):
            row = row @ J
        return row, m * n**2 if first == "row" else (m - 1) * n**3 + n**2


@wrong("chain_product", hint="Do you multiply in both orders, or count for one that you never take?")
def one_order_two_formulas():
    def chain_product(Js, v, first):
        widths = [J.shape[1] for J in Js] + [len(v)]
        pairs = list(zip(widths, widths[1:], strict=False))
        row = v[None]
        for J in reversed(Js):
            row = row @ J
        if first == "row":
            return row, sum(a * b for a, b in pairs)
        return row, widths[0] * (sum(a * b for a, b in pairs[1:]) + widths[-1])


@wrong("chain_product", hint="What is the shape of a row: (n,), or (1, n)?")
def a_row_without_an_axis():
    def chain_product(Js, v, first):
        factors, count = [v[None], *reversed(Js)], 0
        while len(factors) > 1:
            at = 0 if first == "row" else len(factors) - 2
            left, right = factors[at : at + 2]
            count += left.size * right.shape[1]
            factors[at : at + 2] = [left @ right]
        return factors[0][0], count


@wrong(
    "chain_product",
    hint="Which of the two is divided by the other: the guess by what you measured, or what you measured by the guess?",
)
def guess_divided_by_measured():
    def chain_product(Js, v, first):
        factors, count = [v[None], *reversed(Js)], 0
        while len(factors) > 1:
            at = 0 if first == "row" else len(factors) - 2
            left, right = factors[at : at + 2]
            count += left.size * right.shape[1]
            factors[at : at + 2] = [left @ right]
        return factors[0], count

    def chain_product_guess():
        return 25

    def chain_product_off_by(Js, v):
        return chain_product_guess() * chain_product(Js, v, "row")[1] / chain_product(Js, v, "matrices")[1]


@wrong("chain_product", hint="Which order stands in the numerator: the one that you expect to take more, or the other?")
def row_over_matrices():
    def chain_product(Js, v, first):
        factors, count = [v[None], *reversed(Js)], 0
        while len(factors) > 1:
            at = 0 if first == "row" else len(factors) - 2
            left, right = factors[at : at + 2]
            count += left.size * right.shape[1]
            factors[at : at + 2] = [left @ right]
        return factors[0], count

    def chain_product_guess():
        return 25

    def chain_product_off_by(Js, v):
        return chain_product(Js, v, "row")[1] / chain_product(Js, v, "matrices")[1] / chain_product_guess()


@wrong("chain_product", hint="Does the task ask how far off the guess is, or how many times?")
def difference_from_the_guess():
    def chain_product(Js, v, first):
        factors, count = [v[None], *reversed(Js)], 0
        while len(factors) > 1:
            at = 0 if first == "row" else len(factors) - 2
            left, right = factors[at : at + 2]
            count += left.size * right.shape[1]
            factors[at : at + 2] = [left @ right]
        return factors[0], count

    def chain_product_guess():
        return 25

    def chain_product_off_by(Js, v):
        return chain_product(Js, v, "matrices")[1] / chain_product(Js, v, "row")[1] - chain_product_guess()


@wrong("chain_product", hint="On which chain does your comparison measure: on the one that it was given?")
def always_the_same_chain():
    def chain_product(Js, v, first):
        factors, count = [v[None], *reversed(Js)], 0
        while len(factors) > 1:
            at = 0 if first == "row" else len(factors) - 2
            left, right = factors[at : at + 2]
            count += left.size * right.shape[1]
            factors[at : at + 2] = [left @ right]
        return factors[0], count

    def chain_product_guess():
        return 25

    def chain_product_off_by(Js, v):
        Js, v = [np.eye(40)] * 8, np.ones(40)
        return chain_product(Js, v, "matrices")[1] / chain_product(Js, v, "row")[1] / chain_product_guess()


# 5.10 Two spirals on a budget


@right("train_mlp")
def adam_by_hand():
    def train_mlp(X, Y, seed):
        rng = np.random.default_rng(seed)
        p = [rng.normal(size=(28, 2)), rng.normal(size=28), rng.normal(size=(1, 28)) / 4, np.zeros(1)]
        m, s = [0.0] * 4, [0.0] * 4
        for t in range(1, 2001):
            H = np.maximum(X @ p[0].T + p[1], 0)
            d2 = (1 / (1 + np.exp(-H @ p[2].T - p[3])) - Y) / Y.size
            d1 = (d2 @ p[2]) * (H > 0)
            grads = [d1.T @ X, d1.sum(0), d2.T @ H, d2.sum(0)]
            for i, g in enumerate(grads):
                m[i] = 0.9 * m[i] + 0.1 * g
                s[i] = 0.99 * s[i] + 0.01 * g**2
                step = m[i] / (1 - 0.9**t) / (np.sqrt(s[i] / (1 - 0.99**t)) + 1e-8)
                p[i] = p[i] - 0.03 * (1 - t / 2001) * step
        return dict(zip(("W1", "b1", "W2", "b2"), p, strict=True))


@right("train_mlp")
def plain_steps_in_three_lines_of_backprop():
    def train_mlp(X, Y, seed):
        rng = np.random.default_rng(seed)
        W, c, u, d = rng.normal(size=(28, 2)), rng.normal(size=28), rng.normal(size=(1, 28)) / 4, np.zeros(1)
        for _ in range(2500):
            H = np.maximum(X.dot(W.T) + c, 0)
            g = (1 / (1 + np.exp(-H.dot(u.T) - d)) - Y) / Y.size
            G = np.where(H > 0, np.outer(g, u), 0)
            W, c, u, d = W - G.T.dot(X), c - G.sum(0), u - g.T.dot(H), d - g.sum()
        return {"W1": W, "b1": c, "W2": u, "b2": d}


@right("train_mlp")
def momentum_at_a_tenth_of_the_rate():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 29, 1], 2500
        rng = np.random.default_rng(seed)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = rng.normal(size=(n, k)) * np.sqrt(2 / k)
            params[f"b{i}"] = rng.normal(size=n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for _ in range(steps):
            lr = 0.1
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(np.maximum(Z, 0) if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"] * (A[i - 1] > 0)
            for key in params:
                v[key] = 0.9 * v[key] + grads[key]
                params[key] = params[key] - lr * v[key]
        return params


@shortcut("train_mlp", uses="`torch.optim.Adam`")
def the_optimizer_of_torch():
    def train_mlp(X, Y, seed):
        import torch

        torch.manual_seed(seed)
        net = torch.nn.Sequential(torch.nn.Linear(2, 29), torch.nn.ReLU(), torch.nn.Linear(29, 1)).double()
        optimizer = torch.optim.Adam(net.parameters(), lr=0.03)
        for _ in range(200):
            optimizer.zero_grad()
            torch.nn.functional.binary_cross_entropy_with_logits(net(torch.tensor(X)), torch.tensor(Y)).backward()
            optimizer.step()
        W1, b1, W2, b2 = (value.detach().numpy() for value in net.parameters())
        return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


@shortcut("train_mlp", uses="`sklearn.neural_network.MLPClassifier`")
def the_network_of_scikit_learn():
    def train_mlp(X, Y, seed):
        from sklearn.neural_network import MLPClassifier

        model = MLPClassifier((29,), solver="lbfgs", max_iter=200, random_state=seed).fit(X, Y[:, 0])
        params = {}
        for i, (weight, bias) in enumerate(zip(model.coefs_, model.intercepts_, strict=True), start=1):
            params[f"W{i}"], params[f"b{i}"] = weight.T, bias
        return params


@shortcut("train_mlp", uses="the lecture's network")
def trained_by_the_lecture():
    from course_utils.backprop import network_backprop

    def train_mlp(X, Y, seed):
        params = network_backprop.initial(seed)
        for _ in range(200):
            gradients, _ = network_backprop.gradients(params, X, Y)
            params = {name: value - gradients[name] for name, value in params.items()}
        return params


@shortcut("train_mlp", uses="weights that were trained beforehand, on spirals of its own")
def weights_for_other_spirals():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 29, 1], 1000
        from course_utils.checks import backprop as drive

        X, Y, *_ = drive.two_spirals(np.random.default_rng(1))
        rng = np.random.default_rng(0)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = rng.normal(size=(n, k)) * np.sqrt(2 / k)
            params[f"b{i}"] = rng.normal(size=n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for step in range(steps):
            lr = 0.2 * (1 - step / steps)
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(np.maximum(Z, 0) if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"] * (A[i - 1] > 0)
            for key in params:
                v[key] = 0.9 * v[key] + grads[key]
                params[key] = params[key] - lr * v[key]
        return params


@wrong("train_mlp", hint="Does the cost still fall when your training ends?")
def three_hundred_plain_steps():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 16, 1], 300
        rng = np.random.default_rng(seed)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = rng.normal(size=(n, k)) * np.sqrt(2 / k)
            params[f"b{i}"] = np.zeros(n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for _ in range(steps):
            lr = 1.0
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(np.maximum(Z, 0) if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"] * (A[i - 1] > 0)
            for key in params:
                v[key] = 0.0 * v[key] + grads[key]
                params[key] = params[key] - lr * v[key]
        return params


@wrong("train_mlp", hint="Which boundaries can a network without a hidden layer draw?")
def no_hidden_layer():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 1], 300
        rng = np.random.default_rng(seed)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = rng.normal(size=(n, k)) * np.sqrt(2 / k)
            params[f"b{i}"] = rng.normal(size=n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for step in range(steps):
            lr = 0.2 * (1 - step / steps)
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(np.maximum(Z, 0) if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"] * (A[i - 1] > 0)
            for key in params:
                v[key] = 0.9 * v[key] + grads[key]
                params[key] = params[key] - lr * v[key]
        return params


@wrong("train_mlp", hint="Do you train the network that the check runs, with its ReLUs?")
def no_activation_in_the_hidden_layers():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 29, 1], 300
        rng = np.random.default_rng(seed)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = rng.normal(size=(n, k)) * np.sqrt(2 / k)
            params[f"b{i}"] = rng.normal(size=n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for _ in range(steps):
            lr = 0.05
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(Z if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"]
            for key in params:
                v[key] = 0.9 * v[key] + grads[key]
                params[key] = params[key] - lr * v[key]
        return params


@wrong("train_mlp", hint="What tells two hidden units apart, when both begin with the same weights?")
def every_weight_the_same():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 29, 1], 300
        rng = np.random.default_rng(seed)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = np.zeros((n, k))
            params[f"b{i}"] = np.zeros(n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for step in range(steps):
            lr = 0.2 * (1 - step / steps)
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(np.maximum(Z, 0) if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"] * (A[i - 1] > 0)
            for key in params:
                v[key] = 0.9 * v[key] + grads[key]
                params[key] = params[key] - lr * v[key]
        return params


@wrong("train_mlp", hint="How many parameters has a hidden layer, its biases and the weights behind it included?")
def a_hundred_units():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 100, 1], 500
        rng = np.random.default_rng(seed)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = rng.normal(size=(n, k)) * np.sqrt(2 / k)
            params[f"b{i}"] = rng.normal(size=n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for step in range(steps):
            lr = 0.2 * (1 - step / steps)
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(np.maximum(Z, 0) if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"] * (A[i - 1] > 0)
            for key in params:
                v[key] = 0.9 * v[key] + grads[key]
                params[key] = params[key] - lr * v[key]
        return params


@wrong("train_mlp", hint="By how much does a weight move in all your steps together?")
def learning_rate_of_a_thousandth():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 29, 1], 300
        rng = np.random.default_rng(seed)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = rng.normal(size=(n, k)) * np.sqrt(2 / k)
            params[f"b{i}"] = rng.normal(size=n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for _ in range(steps):
            lr = 0.001
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(np.maximum(Z, 0) if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"] * (A[i - 1] > 0)
            for key in params:
                v[key] = 0.9 * v[key] + grads[key]
                params[key] = params[key] - lr * v[key]
        return params


@wrong("train_mlp", hint="How large is the signal that reaches the last layer, when every weight is near 0.001?")
def weights_near_zero():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 29, 1], 400
        rng = np.random.default_rng(seed)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = rng.normal(size=(n, k)) * 0.001
            params[f"b{i}"] = np.zeros(n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for _ in range(steps):
            lr = 0.5
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(np.maximum(Z, 0) if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"] * (A[i - 1] > 0)
            for key in params:
                v[key] = 0.0 * v[key] + grads[key]
                params[key] = params[key] - lr * v[key]
        return params


@wrong("train_mlp", hint="How often does a boundary bend that tells two spirals apart, and how often can yours?")
def five_hidden_units():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 5, 1], 300
        rng = np.random.default_rng(seed)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = rng.normal(size=(n, k)) * np.sqrt(2 / k)
            params[f"b{i}"] = rng.normal(size=n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for step in range(steps):
            lr = 0.2 * (1 - step / steps)
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(np.maximum(Z, 0) if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"] * (A[i - 1] > 0)
            for key in params:
                v[key] = 0.9 * v[key] + grads[key]
                params[key] = params[key] - lr * v[key]
        return params


@wrong("train_mlp", hint="Should a step follow the gradient, or go against it?")
def uphill():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 29, 1], 300
        rng = np.random.default_rng(seed)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = rng.normal(size=(n, k)) * np.sqrt(2 / k)
            params[f"b{i}"] = rng.normal(size=n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for step in range(steps):
            lr = 0.2 * (1 - step / steps)
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(np.maximum(Z, 0) if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"] * (A[i - 1] > 0)
            for key in params:
                v[key] = 0.9 * v[key] + grads[key]
                params[key] = params[key] + lr * v[key]
        return params


@wrong("train_mlp", hint="What is the shape of a bias in 5.7: (n,), or (n, 1)?")
def biases_as_columns():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 29, 1], 300
        rng = np.random.default_rng(seed)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = rng.normal(size=(n, k)) * np.sqrt(2 / k)
            params[f"b{i}"] = rng.normal(size=n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for step in range(steps):
            lr = 0.2 * (1 - step / steps)
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(np.maximum(Z, 0) if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"] * (A[i - 1] > 0)
            for key in params:
                v[key] = 0.9 * v[key] + grads[key]
                params[key] = params[key] - lr * v[key]
        return {key: value[:, None] if key[0] == "b" else value for key, value in params.items()}


@wrong("train_mlp", hint="What does the task ask you to return, besides the parameters?")
def costs_returned_too():
    def train_mlp(X, Y, seed):
        sizes, steps = [2, 29, 1], 300
        rng = np.random.default_rng(seed)
        params = {}
        for i, (k, n) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            params[f"W{i}"] = rng.normal(size=(n, k)) * np.sqrt(2 / k)
            params[f"b{i}"] = rng.normal(size=n)
        v = {key: np.zeros_like(value) for key, value in params.items()}
        L = len(sizes) - 1
        for step in range(steps):
            lr = 0.2 * (1 - step / steps)
            A = [X]
            for i in range(1, L + 1):
                Z = A[-1] @ params[f"W{i}"].T + params[f"b{i}"]
                A.append(np.maximum(Z, 0) if i < L else 1 / (1 + np.exp(-Z)))
            dZ = (A[L] - Y) / len(X)
            grads = {}
            for i in range(L, 0, -1):
                grads[f"W{i}"], grads[f"b{i}"] = dZ.T @ A[i - 1], dZ.sum(axis=0)
                dZ = dZ @ params[f"W{i}"] * (A[i - 1] > 0)
            for key in params:
                v[key] = 0.9 * v[key] + grads[key]
                params[key] = params[key] - lr * v[key]
        return (params, [])
