"""Unseen wrong answers to assignment 00; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np
import torch

from answers import shared, wrong


@wrong("make_tensors", hint="three_rows_of_two")
def full_of_zeros():
    def make_tensors():
        t = torch.empty(64, dtype=torch.int64)
        for i in range(64):
            t[i] = i
        t = t.view(4, 4, 4)
        return dict(zeros=torch.full((3, 2), 0.0), mat=torch.diag(torch.ones(8)), t3=t, slice=t.select(1, 1))


@wrong("make_tensors", hint="t3_of_floats")
def linspace():
    def make_tensors():
        out = {}
        out["zeros"] = torch.zeros((2, 3))
        out["mat"] = torch.eye(8)
        out["t3"] = torch.tensor([float(i) for i in range(64)]).view(4, 4, 4)
        out["slice"] = out["t3"][:, 1, :]
        return out


@wrong("make_tensors", hint="matrix_of_ones")
def full_of_ones():
    def make_tensors():
        numbers = torch.arange(0, 64).view(4, 4, 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.full((8, 8), 1.0), "t3": numbers, "slice": numbers[:, 1]}


@wrong("make_tensors", hint="slice_that_is_a_copy")
def slice_by_formula():
    def make_tensors():
        i, k = torch.arange(4)[:, None], torch.arange(4)
        tensors = {"zeros": torch.zeros((2, 3)), "mat": torch.eye(8), "slice": 16 * i + 4 + k}
        tensors["t3"] = torch.stack([16 * i + 4 * j + k for j in range(4)], dim=1)
        return tensors


@wrong("make_tensors", hint="slice_keeps_the_axis")
def narrow():
    def make_tensors():
        t3 = torch.arange(64).view(4, 4, 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.eye(8), "t3": t3, "slice": t3.narrow(1, 1, 1)}


@wrong("pairwise_sq_dists", hint="square_root_taken")
def lengths_of_the_differences():
    def pairwise_sq_dists(X, Y):
        differences = X.unsqueeze(1) - Y.unsqueeze(0)
        return torch.einsum("nmd,nmd->nm", differences, differences).pow(0.5)


@wrong("pairwise_sq_dists", hint="factor_two_missing")
def expanded_with_einsum():
    def pairwise_sq_dists(X, Y):
        a = torch.einsum("nd,nd->n", X, X)
        b = torch.einsum("md,md->m", Y, Y)
        return a.view(-1, 1) - torch.einsum("nd,md->nm", X, Y) + b.view(1, -1)


@shared("to_torch_copy")
def parts_of_to_torch_copy():
    def to_torch_copy_counterexample():
        return (np.arange(3, dtype=np.float32),)

    def to_torch_copy_fault():
        return "c"


@wrong("to_torch_copy", hint="flattened")
def flatten():
    def to_torch_copy(a):
        return torch.from_numpy(np.array(a, dtype=np.float32).flatten())


@wrong("to_torch_copy", hint="dtype_kept")
def clone_of_from_numpy():
    def to_torch_copy(a):
        return torch.from_numpy(np.array(a)).clone()


@wrong("layers_as_one", hint="paddings_added")
def padding_as_it_stands():
    import math

    def layers_as_one(n, layers):
        out = {"stride": math.prod(s for _, s, _ in layers), "window": 1, "padding": sum(p for _, _, p in layers)}
        for k, s, _ in layers[::-1]:
            out["window"] = k + s * (out["window"] - 1)
        size = n
        for k, s, p in layers:
            size = 1 + (size + 2 * p - k) // s
        out["size"] = size
        return out


@wrong("layers_as_one", hint="gaps_of_one_pixel")
def every_layer_adds_k_minus_one():
    def layers_as_one(n, layers):
        jump, pad = 1, 0
        for _, s, p in layers:
            pad, jump = pad + jump * p, jump * s
        field = sum(k for k, _, _ in layers) - len(layers) + 1
        return {"stride": jump, "window": field, "padding": pad, "size": 1 + (n - field + 2 * pad) // jump}


@wrong("layers_as_one", hint="strides_added")
def sum_of_the_strides():
    def layers_as_one(n, layers):
        jumps = [1]
        for _, s, _ in layers:
            jumps.append(jumps[-1] + s - 1)
        field = 1 + sum((k - 1) * jump for (k, _, _), jump in zip(layers, jumps, strict=False))
        pad = sum(p * jump for (_, _, p), jump in zip(layers, jumps, strict=False))
        return {"stride": jumps[-1], "window": field, "padding": pad, "size": 1 + (n - field + 2 * pad) // jumps[-1]}


@wrong("layers_as_one", hint="steps_not_positions")
def one_output_too_few():
    import math

    def layers_as_one(n, layers):
        field = jump = 1
        pad = 0
        for k, s, p in layers:
            field, pad, jump = field + jump * (k - 1), pad + jump * p, jump * s
        return dict(stride=jump, window=field, padding=pad, size=math.floor((n + 2 * pad - field) / jump))


@wrong("test_fgsm", hint="gradients_of_one")
def signs_for_gradients():
    def test_fgsm(fgsm):
        x = torch.tensor([[0.5, 0.99], [0.01, 0.5]])
        signs = torch.tensor([[1.0, 1.0], [-1.0, -1.0]])
        kept = x.clone()
        stepped = fgsm(x, signs, 0.2)
        if not torch.allclose(stepped, torch.tensor([[0.7, 1.0], [0.0, 0.3]])):
            raise ValueError(f"wrong pixels: {stepped}")
        if not torch.equal(kept, x):
            raise ValueError("the image was changed")
        byte = fgsm(torch.tensor([100.0, 1.0]), torch.tensor([1.0, -1.0]), 2.0, lo=0.0, hi=255.0)
        assert torch.allclose(byte, torch.tensor([102.0, 0.0]))


@wrong("test_fgsm", hint="nobody_looks_at_x_again")
def pixels_one_by_one():
    def test_fgsm(fgsm):
        for pixel, slope, lo, hi, expected in (
            (0.5, 9.0, 0.0, 1.0, 0.7),
            (0.5, -0.1, 0.0, 1.0, 0.3),
            (0.5, 0.0, 0.0, 1.0, 0.5),
            (0.9, 4.0, 0.0, 1.0, 1.0),
            (0.1, -4.0, 0.0, 1.0, 0.0),
            (-0.9, -4.0, -1.0, 1.0, -1.0),
        ):
            x, grad = torch.tensor([pixel, pixel]), torch.tensor([slope, 20.0])
            assert torch.allclose(fgsm(x, grad, 0.2, lo, hi)[0], torch.tensor(expected))


@shared("count_fc_params")
def parts_of_count_fc_params():
    def count_fc_params(sizes):
        return sum((a + 1) * b for a, b in zip(sizes, sizes[1:], strict=False))

    def count_fc_params_guess():
        return 12

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        one = many = 1
        while count_fc_params([inputs, one + 1, outputs]) <= budget:
            one += 1
        while count_fc_params([inputs] + [many + 1] * depth + [outputs]) <= budget:
            many += 1
        return one / many / count_fc_params_guess()


@wrong("count_fc_params", hint="bias_of_fan_in_size")
def accumulates():
    def count_fc_params(sizes):
        total = 0
        for i in range(1, len(sizes)):
            weights = sizes[i - 1] * sizes[i]
            biases = sizes[i - 1]
            total += weights + biases
        return total


@wrong("count_fc_params", hint="count_as_a_float")
def numpy_dot():
    def count_fc_params(sizes):
        total = 0.0
        for i in range(len(sizes) - 1):
            total += sizes[i] * sizes[i + 1] + sizes[i + 1]
        return total


@wrong("count_fc_params", hint="first_width_that_is_too_large")
def widths_that_break_the_budget():
    def count_fc_params(sizes):
        return sum(n * (m + 1) for m, n in zip(sizes, sizes[1:], strict=False))

    def count_fc_params_guess():
        return 40

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        def search(hidden):
            w = 0
            while True:
                w += 1
                if count_fc_params([inputs, *hidden * [w], outputs]) > budget:
                    return w

        return search(1) / search(depth) / count_fc_params_guess()


@wrong("prune_weights", hint="by_the_size_of_the_weights")
def threshold_by_a_quantile():
    def prune_weights(network, X, k):
        first, b1, second, b2 = network
        sizes = np.abs(np.hstack([first.ravel(), second.ravel()]))
        least = np.sort(sizes)[::-1][k - 1]
        return np.where(np.abs(first) < least, 0, first), b1, np.where(np.abs(second) < least, 0, second), b2


@wrong("prune_weights", hint="a_budget_for_each_layer")
def k_of_every_layer():
    def prune_weights(network, X, k):
        pruned = []
        for part in network:
            if part.ndim == 2 and part.size > k:
                part = np.where(np.abs(part) >= np.sort(np.abs(part), axis=None)[-k], part, 0.0)
            pruned.append(part)
        return tuple(pruned)
