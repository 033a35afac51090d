"""Unseen wrong answers to assignment 00; `hint` is the catalogue entry with the same idea, or "none"."""

import math

import numpy as np
import torch

from answers import wrong


@wrong("make_tensors", hint="three_rows_of_two")
def full_of_zeros():
    def make_tensors():
        t = torch.empty(64, dtype=torch.int64)
        for i in range(64):
            t[i] = i
        return dict(
            zeros=torch.full((3, 2), 0.0), vec=torch.full((64,), 1.0), mat=torch.diag(torch.ones(8)), t3=t.view(4, 4, 4)
        )


@wrong("make_tensors", hint="t3_of_floats")
def linspace():
    def make_tensors():
        out = {}
        out["zeros"] = torch.zeros((2, 3))
        out["vec"] = torch.ones(64)
        out["mat"] = torch.eye(8)
        out["t3"] = torch.tensor([float(i) for i in range(64)]).view(4, 4, 4)
        return out


@wrong("make_tensors", hint="matrix_of_ones")
def full_of_ones():
    def make_tensors():
        return {
            "zeros": torch.zeros(2, 3),
            "vec": torch.ones(64),
            "mat": torch.full((8, 8), 1.0),
            "t3": torch.arange(0, 64).view(4, 4, 4),
        }


@wrong("second_column_first_row", hint="second_row_and_first_column")
def index_select():
    def second_column_first_row(x):
        row = torch.index_select(x, 0, torch.tensor([1]))[0]
        column = torch.index_select(x, 1, torch.tensor([0]))[:, 0]
        return row, column


@wrong("second_column_first_row", hint="slices_keep_the_axis")
def narrow():
    def second_column_first_row(x):
        return x.narrow(1, 1, 1), x.narrow(0, 0, 1)


@wrong("pairwise_sq_dists", hint="square_root_taken")
def cdist():
    def pairwise_sq_dists(X, Y):
        return torch.linalg.vector_norm(X.unsqueeze(1) - Y.unsqueeze(0), dim=2)


@wrong("pairwise_sq_dists", hint="double_loop")
def list_of_lists():
    def pairwise_sq_dists(X, Y):
        rows = []
        for x in X:
            row = []
            for y in Y:
                d = x - y
                row.append(torch.dot(d, d))
            rows.append(torch.stack(row))
        return torch.stack(rows)


@wrong("pairwise_sq_dists", hint="one_loop_over_rows")
def filled_row_by_row():
    def pairwise_sq_dists(X, Y):
        result = X.new_empty(X.shape[0], Y.shape[0])
        for i in range(X.shape[0]):
            result[i] = torch.pow(Y - X[i], 2).sum(1)
        return result


@wrong("pairwise_sq_dists", hint="factor_two_missing")
def expanded_with_einsum():
    def pairwise_sq_dists(X, Y):
        a = torch.einsum("nd,nd->n", X, X)
        b = torch.einsum("md,md->m", Y, Y)
        return a.view(-1, 1) - torch.einsum("nd,md->nm", X, Y) + b.view(1, -1)


@wrong("to_torch_copy", hint="flattened")
def flatten():
    def to_torch_copy(a):
        return torch.from_numpy(np.array(a, dtype=np.float32).flatten())


@wrong("to_torch_copy", hint="dtype_kept")
def clone_of_from_numpy():
    def to_torch_copy(a):
        return torch.from_numpy(np.array(a)).clone()


@wrong("conv_out_size", hint="padding_forgotten_in_the_error")
def compares_with_n():
    def conv_out_size(n, k, s=1, p=0):
        if n < k:
            raise ValueError(f"kernel size {k} exceeds input size {n}")
        padded = n + p + p
        return 1 + (padded - k) // s


@wrong("conv_out_size", hint="assertion_for_a_value_error")
def asserts():
    def conv_out_size(n, k, s=1, p=0):
        padded = n + 2 * p
        assert padded >= k
        return int((padded - k) / s) + 1


@wrong("conv_out_size", hint="error_where_it_just_fits")
def strictly_smaller():
    def conv_out_size(n, k, s=1, p=0):
        padded = n + 2 * p
        if not k < padded:
            raise ValueError("kernel does not fit")
        return math.floor((padded - k) / s) + 1


@wrong("conv_out_size", hint="rounded_up")
def negative_floor():
    def conv_out_size(n, k, s=1, p=0):
        size = n + 2 * p
        if k > size:
            raise ValueError("kernel too big")
        return -(-(size - k) // s) + 1


@wrong("fgsm", hint="down_the_gradient")
def subtracts():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        step = torch.sign(grad) * eps
        return torch.clip(torch.sub(x, step), min=lo, max=hi)


@wrong("fgsm", hint="range_always_zero_to_one")
def clipped_to_the_unit_interval():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        adversarial = x + grad.sign().mul(eps)
        return torch.minimum(torch.maximum(adversarial, torch.tensor(0.0)), torch.tensor(1.0))


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
