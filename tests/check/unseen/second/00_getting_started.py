"""More unseen wrong answers to assignment 00; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np
import torch

from answers import shared, wrong


@wrong("make_tensors", hint="t3_with_its_axes_reversed")
def counted_by_the_first_axis():
    def make_tensors():
        t3 = torch.arange(64).view(4, 4, 4).permute(2, 1, 0)
        return {"zeros": torch.zeros((2, 3)), "mat": torch.eye(8), "t3": t3, "slice": t3.select(1, 1)}


@wrong("make_tensors", hint="slice_of_the_first_axis")
def one_index_for_the_slice():
    def make_tensors():
        out = dict(zeros=torch.zeros(2, 3), mat=torch.eye(8), t3=torch.arange(64).reshape(4, 4, 4))
        out["slice"] = out["t3"][1, :, :]
        return out


@wrong("pairwise_sq_dists", hint="transposed_table")
def y_against_x():
    def pairwise_sq_dists(X, Y):
        gaps = Y.unsqueeze(1) - X.unsqueeze(0)
        return torch.sum(gaps * gaps, dim=-1)


@wrong("layers_as_one", hint="padding_of_both_ends")
def all_that_is_padded():
    def layers_as_one(n, layers):
        field, jump, both = 1, 1, 0
        for k, s, p in layers:
            both = both + 2 * p * jump
            field = field + (k - 1) * jump
            jump = jump * s
        return {"stride": jump, "window": field, "padding": both, "size": (n + both - field) // jump + 1}


@wrong("test_fgsm", hint="far_from_both_ends")
def grey_pixels():
    def test_fgsm(fgsm):
        x = torch.full((2, 2), 0.5)
        grad = torch.tensor([[4.0, -0.3], [0.0, 2.0]])
        expected = torch.tensor([[0.51, 0.49], [0.5, 0.51]])
        assert torch.allclose(fgsm(x, grad, 0.01), expected)
        assert torch.equal(x, torch.full((2, 2), 0.5))


@wrong("to_torch_copy", hint="counterexample_of_float64")
def random_numbers():
    def to_torch_copy(a):
        return torch.tensor(a.tolist(), dtype=torch.float32)

    def to_torch_copy_counterexample():
        return (np.random.default_rng(0).normal(size=(3, 2)),)

    def to_torch_copy_fault():
        return "c"


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


@wrong("count_fc_params", hint="no_biases")
def weights_only():
    def count_fc_params(sizes):
        total = 0
        for i in range(1, len(sizes)):
            total = total + sizes[i] * sizes[i - 1]
        return total


@wrong("count_fc_params", hint="ratio_upside_down")
def deep_by_shallow():
    def count_fc_params_guess():
        return 40

    def count_fc_params(sizes):
        return sum(b + a * b for a, b in zip(sizes, sizes[1:], strict=False))

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        widths = []
        for hidden in (depth, 1):
            w = 1
            while count_fc_params([inputs] + [w + 1] * hidden + [outputs]) <= budget:
                w += 1
            widths.append(w)
        return widths[0] / widths[1] / count_fc_params_guess()


@wrong("prune_weights", hint="the_least_important_kept")
def ascending_order():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        hidden = np.clip(X @ W1.T + b1, 0, None)
        worth = np.concatenate([np.ravel(np.abs(W1) * np.std(X, 0)), np.ravel(np.abs(W2) * np.std(hidden, 0))])
        chosen = np.zeros_like(worth)
        chosen[worth.argsort()[:k]] = 1.0
        first, second = np.split(chosen, [W1.size])
        return W1 * first.reshape(W1.shape), b1, W2 * second.reshape(W2.shape), b2
