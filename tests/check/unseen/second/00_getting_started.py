"""More unseen wrong answers to assignment 00; `hint` is the catalogue entry with the same idea, or "none"."""

import torch

from answers import wrong


@wrong("make_tensors", hint="t3_with_its_axes_reversed")
def counted_by_the_first_axis():
    def make_tensors():
        count = torch.arange(64).view(4, 4, 4)
        return {"zeros": torch.zeros((2, 3)), "vec": torch.ones(64), "mat": torch.eye(8), "t3": count.permute(2, 1, 0)}


@wrong("make_tensors", hint="vector_as_a_column")
def ones_with_two_axes():
    def make_tensors():
        out = dict(zeros=torch.zeros(2, 3), mat=torch.eye(8), t3=torch.arange(64).reshape(4, 4, 4))
        out["vec"] = torch.ones(64)[:, None]
        return out


@wrong("second_column_first_row", hint="row_before_column")
def pair_in_the_wrong_order():
    def second_column_first_row(x):
        first_row = x[0]
        second_column = x[:, 1]
        return first_row, second_column


@wrong("pairwise_sq_dists", hint="transposed_table")
def y_against_x():
    def pairwise_sq_dists(X, Y):
        gaps = Y.unsqueeze(1) - X.unsqueeze(0)
        return torch.sum(gaps * gaps, dim=-1)


@wrong("conv_out_size", hint="padding_on_one_end")
def p_once():
    def conv_out_size(n, k, s=1, p=0):
        if n + 2 * p < k:
            raise ValueError(f"a kernel of {k} does not fit")
        padded = n + p
        return 1 + (padded - k) // s


@wrong("fgsm", hint="not_clamped")
def range_forgotten():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        direction = torch.sign(grad)
        attacked = x + direction * eps
        return attacked


@wrong("count_fc_params", hint="no_biases")
def weights_only():
    def count_fc_params(sizes):
        total = 0
        for i in range(1, len(sizes)):
            total = total + sizes[i] * sizes[i - 1]
        return total
