"""Answers to assignment 00: getting started."""
# ruff: noqa: B905, RUF007 - students pair neighbours by a plain zip

import numpy as np
import torch

from answers import right, wrong

# 0.1 Four tensors


@right("make_tensors")
def full_and_arange():
    def make_tensors():
        return {
            "zeros": torch.full((2, 3), 0.0),
            "vec": torch.full((64,), 1.0),
            "mat": torch.diag(torch.ones(8)),
            "t3": torch.arange(0, 64).view(4, 4, 4),
        }


@right("make_tensors")
def nested_lists():
    def make_tensors():
        return {
            "zeros": torch.tensor([[0.0] * 3] * 2),
            "vec": torch.tensor([1.0] * 64),
            "mat": torch.tensor([[1.0 if i == j else 0.0 for j in range(8)] for i in range(8)]),
            "t3": torch.tensor([[[16 * i + 4 * j + k for k in range(4)] for j in range(4)] for i in range(4)]),
        }


@right("make_tensors")
def filled_in_a_loop():
    def make_tensors():
        t3 = torch.zeros(4, 4, 4, dtype=torch.long)
        mat = torch.zeros(8, 8)
        for i in range(4):
            for j in range(4):
                for k in range(4):
                    t3[i, j, k] = 16 * i + 4 * j + k
        for i in range(8):
            mat[i, i] = 1
        return {"t3": t3, "mat": mat, "vec": torch.ones(64), "zeros": torch.zeros((2, 3))}


@right("make_tensors")
def indices_broadcast():
    def make_tensors():
        i = torch.arange(4)
        t3 = 16 * i[:, None, None] + 4 * i[:, None] + i
        tensors = {"zeros": torch.zeros(2, 3), "vec": torch.ones(64), "mat": torch.eye(8)}
        tensors["t3"] = t3
        return tensors


@right("make_tensors")
def over_from_numpy():
    def make_tensors():
        return {
            "zeros": torch.from_numpy(np.zeros((2, 3), dtype=np.float32)),
            "vec": torch.from_numpy(np.ones(64)).float(),
            "mat": torch.from_numpy(np.eye(8)).to(torch.float32),
            "t3": torch.from_numpy(np.arange(64).reshape(4, 4, 4)).long(),
        }


@wrong("make_tensors", hint="A shape (2, 3) has how many rows, and how many columns?")
def three_rows_of_two():
    def make_tensors():
        return {
            "zeros": torch.zeros(3, 2),
            "vec": torch.ones(64),
            "mat": torch.eye(8),
            "t3": torch.arange(64).reshape(4, 4, 4),
        }


@wrong("make_tensors", hint="Which dtype has a tensor that is made of the numbers 0 and not 0.0?")
def zeros_of_whole_numbers():
    def make_tensors():
        return {
            "zeros": torch.tensor([[0, 0, 0], [0, 0, 0]]),
            "vec": torch.ones(64),
            "mat": torch.eye(8),
            "t3": torch.arange(64).reshape(4, 4, 4),
        }


@wrong("make_tensors", hint="How many axes has a vector, and how many has a matrix of one column?")
def vector_as_a_column():
    def make_tensors():
        return {
            "zeros": torch.zeros(2, 3),
            "vec": torch.ones(64, 1),
            "mat": torch.eye(8),
            "t3": torch.arange(64).reshape(4, 4, 4),
        }


@wrong("make_tensors", hint="What does torch.arange make of 64, and what of 64.0?")
def t3_of_floats():
    def make_tensors():
        return {
            "zeros": torch.zeros(2, 3),
            "vec": torch.ones(64),
            "mat": torch.eye(8),
            "t3": torch.arange(64.0).reshape(4, 4, 4),
        }


@wrong("make_tensors", hint="Which of i, j, k changes fastest when you count from 0 to 63, and which axis is it?")
def t3_with_its_axes_reversed():
    def make_tensors():
        return {
            "zeros": torch.zeros(2, 3),
            "vec": torch.ones(64),
            "mat": torch.eye(8),
            "t3": torch.arange(64).reshape(4, 4, 4).permute(2, 1, 0),
        }


@wrong("make_tensors", hint="Which matrix leaves every vector as it is?")
def matrix_of_ones():
    def make_tensors():
        return {
            "zeros": torch.zeros(2, 3),
            "vec": torch.ones(64),
            "mat": torch.ones(8, 8),
            "t3": torch.arange(64).reshape(4, 4, 4),
        }


@wrong("make_tensors", hint="Which dtype has an array of NumPy by default, and what does torch.from_numpy make of it?")
def matrix_of_float64():
    def make_tensors():
        return {
            "zeros": torch.zeros(2, 3),
            "vec": torch.ones(64),
            "mat": torch.from_numpy(np.eye(8)),
            "t3": torch.arange(64).reshape(4, 4, 4),
        }


@wrong("make_tensors", hint="What does torch.tensor([64]) hold: 64 numbers, or the number 64?")
def size_taken_for_a_value():
    def make_tensors():
        return {
            "zeros": torch.zeros(2, 3),
            "vec": torch.Tensor([64]),
            "mat": torch.eye(8),
            "t3": torch.arange(64).reshape(4, 4, 4),
        }


@wrong("make_tensors", hint="What is t3[0, 0, 0], by the formula?")
def t3_from_one():
    def make_tensors():
        return {
            "zeros": torch.zeros(2, 3),
            "vec": torch.ones(64),
            "mat": torch.eye(8),
            "t3": torch.arange(1, 65).reshape(4, 4, 4),
        }


@wrong("make_tensors", hint="From which library are the four objects that you return?")
def numpy_arrays():
    def make_tensors():
        return {
            "zeros": np.zeros((2, 3), dtype=np.float32),
            "vec": np.ones(64, dtype=np.float32),
            "mat": np.eye(8, dtype=np.float32),
            "t3": np.arange(64).reshape(4, 4, 4),
        }


@wrong("make_tensors", hint="How is a name tied to a tensor, so that it can be asked for by that name?")
def tuple_without_names():
    def make_tensors():
        return torch.zeros(2, 3), torch.ones(64), torch.eye(8), torch.arange(64).reshape(4, 4, 4)


@wrong("make_tensors", hint="What number does each of the 64 places hold when you make the vector by torch.zeros?")
def vector_of_zeros():
    def make_tensors():
        return {
            "zeros": torch.zeros(2, 3),
            "vec": torch.zeros(64),
            "mat": torch.eye(8),
            "t3": torch.arange(64).reshape(4, 4, 4),
        }


# 0.2 A column and a row


@right("second_column_first_row")
def select():
    def second_column_first_row(x):
        return x.select(1, 1), x.select(0, 0)


@right("second_column_first_row")
def row_of_the_transpose():
    def second_column_first_row(x):
        return x.T[1], x[0]


@right("second_column_first_row")
def clones():
    def second_column_first_row(x):
        return x[:, 1].clone(), x[0].clone()


@right("second_column_first_row")
def index_select_and_squeeze():
    def second_column_first_row(x):
        column = torch.index_select(x, 1, torch.tensor([1])).squeeze(1)
        row = torch.index_select(x, 0, torch.tensor([0])).squeeze(0)
        return column, row


@right("second_column_first_row")
def entries_stacked():
    def second_column_first_row(x):
        n, m = x.shape
        return torch.stack([x[i, 1] for i in range(n)]), torch.stack([x[0, j] for j in range(m)])


@wrong("second_column_first_row", hint="In x[i, j], which of the two counts the rows?")
def second_row_and_first_column():
    def second_column_first_row(x):
        return x[1, :], x[:, 0]


@wrong("second_column_first_row", hint="At which number does the count of the columns begin?")
def third_column():
    def second_column_first_row(x):
        return x[:, 2], x[0, :]


@wrong("second_column_first_row", hint="How many axes has x[:, 1:2], and how many has x[:, 1]?")
def slices_keep_the_axis():
    def second_column_first_row(x):
        return x[:, 1:2], x[0:1, :]


@wrong("second_column_first_row", hint="In which order are the two asked for?")
def row_before_column():
    def second_column_first_row(x):
        return x[0, :], x[:, 1]


@wrong("second_column_first_row", hint="At which number does the count of the rows begin?")
def row_counted_from_one():
    def second_column_first_row(x):
        return x[:, 1], x[1, :]


@wrong("second_column_first_row", hint="Does x[1] stand for a row or for a column?")
def one_index_is_a_row():
    def second_column_first_row(x):
        return x[1], x[0]


@wrong("second_column_first_row", hint="Which column is the second when counting begins at 0?")
def first_column():
    def second_column_first_row(x):
        return x[:, 0], x[0, :]


@wrong("second_column_first_row", hint="What does the caller find in x after a function whose name ends in _?")
def transposed_in_place():
    def second_column_first_row(x):
        row = x[0].clone()
        return x.t_()[1], row


@wrong("second_column_first_row", hint="Which column does -1 stand for when there are more than two?")
def last_column():
    def second_column_first_row(x):
        return x[:, -1], x[0, :]


@wrong("second_column_first_row", hint="For a view like x.T, in which order do the numbers stand in memory?")
def strides_assumed():
    def second_column_first_row(x):
        n, m = x.shape
        return x.as_strided((n,), (m,), 1), x.as_strided((m,), (1,), 0)


@wrong("second_column_first_row", hint="Does anything in the task say that the numbers are to be float32?")
def converted_to_float():
    def second_column_first_row(x):
        return x[:, 1].float(), x[0, :].float()


# 0.3 All squared distances


@right("pairwise_sq_dists")
def broadcasting_by_unsqueeze():
    def pairwise_sq_dists(X, Y):
        differences = X.unsqueeze(1) - Y.unsqueeze(0)
        return torch.sum(differences * differences, dim=-1)


@right("pairwise_sq_dists")
def gram_matrix():
    def pairwise_sq_dists(X, Y):
        squares = (X**2).sum(dim=1, keepdim=True) + (Y**2).sum(dim=1)
        return squares - 2 * X @ Y.T


@right("pairwise_sq_dists")
def cdist_squared():
    def pairwise_sq_dists(X, Y):
        return torch.cdist(X, Y) ** 2


@right("pairwise_sq_dists")
def numpy_and_back():
    def pairwise_sq_dists(X, Y):
        a, b = X.numpy(), Y.numpy()
        return torch.from_numpy(np.square(a[:, np.newaxis] - b[np.newaxis]).sum(-1))


@right("pairwise_sq_dists")
def einsum_of_differences():
    def pairwise_sq_dists(X, Y):
        d = X[:, None] - Y
        return torch.einsum("nmd,nmd->nm", d, d)


@right("pairwise_sq_dists")
def expanded_by_repeating():
    def pairwise_sq_dists(X, Y):
        n, m = X.shape[0], Y.shape[0]
        left = X.repeat_interleave(m, dim=0)
        right_ = Y.repeat(n, 1)
        return (left - right_).pow(2).sum(1).view(n, m)


@right("pairwise_sq_dists")
def vmap_over_rows():
    def pairwise_sq_dists(X, Y):
        return torch.vmap(lambda x: ((x - Y) ** 2).sum(dim=1))(X)


@wrong("pairwise_sq_dists", hint="Is the distance asked for, or its square?")
def square_root_taken():
    def pairwise_sq_dists(X, Y):
        return ((X[:, None] - Y[None]) ** 2).sum(-1).sqrt()


@wrong("pairwise_sq_dists", hint="Multiply out (x - y)^2: which factor has the mixed term?")
def factor_two_missing():
    def pairwise_sq_dists(X, Y):
        return (X**2).sum(1)[:, None] + (Y**2).sum(1)[None] - X @ Y.T


@wrong("pairwise_sq_dists", hint="Which axis of the table counts the points of X?")
def transposed_table():
    def pairwise_sq_dists(X, Y):
        return ((Y[:, None] - X[None]) ** 2).sum(-1)


@wrong("pairwise_sq_dists", hint="Are the squares added up, or averaged over the coordinates?")
def mean_over_the_coordinates():
    def pairwise_sq_dists(X, Y):
        return ((X[:, None] - Y[None]) ** 2).mean(-1)


@wrong("pairwise_sq_dists", hint="What is done to each difference before the sum: its absolute value, or its square?")
def absolute_differences():
    def pairwise_sq_dists(X, Y):
        return (X[:, None] - Y[None]).abs().sum(-1)


@wrong("pairwise_sq_dists", hint="How often does your inner line run when there are 40 points against 30?")
def double_loop():
    def pairwise_sq_dists(X, Y):
        D = torch.zeros(len(X), len(Y), dtype=X.dtype)
        for i in range(len(X)):
            for j in range(len(Y)):
                D[i, j] = ((X[i] - Y[j]) ** 2).sum()
        return D


@wrong("pairwise_sq_dists", hint="Is a comprehension over the rows of X a loop, too?")
def one_loop_over_rows():
    def pairwise_sq_dists(X, Y):
        return torch.stack([((x - Y) ** 2).sum(dim=1) for x in X])


@wrong("pairwise_sq_dists", hint="How often does your loop go round when the points have 64 coordinates?")
def loop_over_coordinates():
    def pairwise_sq_dists(X, Y):
        D = torch.zeros(len(X), len(Y), dtype=X.dtype)
        for j in range(X.shape[1]):
            D += (X[:, j, None] - Y[None, :, j]) ** 2
        return D


@wrong("pairwise_sq_dists", hint="In X - Y, which row of X meets which row of Y?")
def rows_matched_one_to_one():
    def pairwise_sq_dists(X, Y):
        return ((X - Y) ** 2).sum(dim=1)


@wrong("pairwise_sq_dists", hint="Your differences have the axes (n, m, d): which of them is to vanish?")
def summed_over_the_points():
    def pairwise_sq_dists(X, Y):
        return ((X[:, None, :] - Y[None, :, :]) ** 2).sum(dim=1)


@wrong("pairwise_sq_dists", hint="Is the square of a sum the sum of the squares?")
def squared_after_the_sum():
    def pairwise_sq_dists(X, Y):
        return (X[:, None, :] - Y[None, :, :]).sum(dim=2) ** 2


@wrong(
    "pairwise_sq_dists", hint="Which shape has (X ** 2).sum(1), and along which axis of the table does it broadcast?"
)
def norms_of_x_along_the_columns():
    def pairwise_sq_dists(X, Y):
        return (X**2).sum(1) + (Y**2).sum(1)[None, :].T - 2 * (X @ Y.T).T


@wrong("pairwise_sq_dists", hint="In which dtype are the distances asked for, and in which do you compute them?")
def computed_in_single_precision():
    def pairwise_sq_dists(X, Y):
        return ((X.float()[:, None] - Y.float()[None]) ** 2).sum(-1).double()


# 0.4 From NumPy to PyTorch


@right("to_torch_copy")
def contiguous_then_tensor():
    def to_torch_copy(a):
        return torch.tensor(np.ascontiguousarray(a), dtype=torch.float32)


@right("to_torch_copy")
def copied_and_cloned():
    def to_torch_copy(a):
        return torch.from_numpy(a.copy()).clone().float()


@right("to_torch_copy")
def over_lists():
    def to_torch_copy(a):
        return torch.tensor(a.tolist(), dtype=torch.float32)


@right("to_torch_copy")
def numpy_makes_the_copy():
    def to_torch_copy(a):
        return torch.from_numpy(np.array(a, dtype=np.float32, copy=True, order="C"))


@right("to_torch_copy")
def astype_copies():
    def to_torch_copy(a):
        return torch.from_numpy(a.astype(np.float32, order="C"))


@right("to_torch_copy")
def written_into_an_empty_tensor():
    def to_torch_copy(a):
        tensor = torch.empty(a.shape, dtype=torch.float32)
        tensor.numpy()[...] = a
        return tensor


@wrong("to_torch_copy", hint="Which dtype has torch.from_numpy(a), and whose memory?")
def from_numpy():
    def to_torch_copy(a):
        return torch.from_numpy(a)


@wrong("to_torch_copy", hint="What does .float() have to do where the numbers are float32 already?")
def float_need_not_copy():
    def to_torch_copy(a):
        return torch.from_numpy(a).float()


@wrong("to_torch_copy", hint="In which cases does torch.as_tensor copy, and in which not?")
def as_tensor():
    def to_torch_copy(a):
        return torch.as_tensor(a, dtype=torch.float32)


@wrong("to_torch_copy", hint="Which dtype does torch.tensor take when it is told none?")
def dtype_kept():
    def to_torch_copy(a):
        return torch.tensor(a.copy())


@wrong("to_torch_copy", hint="Which shape has a, and which has your tensor?")
def flattened():
    def to_torch_copy(a):
        return torch.tensor(a.ravel().copy(), dtype=torch.float32)


@wrong("to_torch_copy", hint="What does torch say about an array with negative strides?")
def negative_strides_refused():
    def to_torch_copy(a):
        return torch.tensor(a, dtype=torch.float32)


@wrong("to_torch_copy", hint="What does copy=False ask of astype when the dtype is right already?")
def astype_without_copy():
    def to_torch_copy(a):
        return torch.from_numpy(a.astype(np.float32, copy=False))


@wrong("to_torch_copy", hint="When is np.ascontiguousarray(a) the array a itself?")
def contiguous_is_no_copy():
    def to_torch_copy(a):
        return torch.from_numpy(np.ascontiguousarray(a, dtype=np.float32))


@wrong(
    "to_torch_copy", hint="What does torch.Tensor do with a float32 array: copy its numbers, or take over its memory?"
)
def legacy_constructor():
    def to_torch_copy(a):
        return torch.Tensor(a)


@wrong("to_torch_copy", hint="In which order do the numbers of a view stand in memory, and in which do you count them?")
def order_of_memory():
    def to_torch_copy(a):
        return torch.tensor(a.ravel(order="K").copy(), dtype=torch.float32).reshape(a.shape)


@wrong("to_torch_copy", hint="What becomes of an axis of length 1 in your function?")
def squeezed():
    def to_torch_copy(a):
        return torch.tensor(a.copy(), dtype=torch.float32).squeeze()


@wrong("to_torch_copy", hint="Which dtypes of a does your function convert, and which does it let through?")
def only_float64_is_converted():
    def to_torch_copy(a):
        tensor = torch.tensor(a.copy())
        if tensor.dtype == torch.float64:
            tensor = tensor.float()
        return tensor


@wrong("to_torch_copy", hint="What is left of 0.7 after the dtype that you go through?")
def through_whole_numbers():
    def to_torch_copy(a):
        return torch.tensor(a.astype(int)).float()


# 0.5 Size after a convolution


@right("conv_out_size")
def math_floor():
    def conv_out_size(n, k, s=1, p=0):
        import math

        if n + 2 * p < k:
            raise ValueError("the kernel does not fit")
        return math.floor((n + 2 * p - k) / s + 1)


@right("conv_out_size")
def places_counted():
    def conv_out_size(n, k, s=1, p=0):
        places = range(-p, n + p - k + 1, s)
        if len(places) == 0:
            raise ValueError("the kernel does not fit")
        return len(places)


@right("conv_out_size")
def added_before_the_division():
    def conv_out_size(n, k, s=1, p=0):
        if k > n + 2 * p:
            raise ValueError
        return (n + 2 * p - k + s) // s


@right("conv_out_size")
def walked():
    def conv_out_size(n, k, s=1, p=0):
        start, count = 0, 0
        while start + k <= n + 2 * p:
            count += 1
            start += s
        if not count:
            raise ValueError("no place")
        return count


@right("conv_out_size")
def integer_cut_off():
    def conv_out_size(n, k, s=1, p=0):
        room = n + 2 * p - k
        if room < 0:
            raise ValueError(f"kernel {k} larger than the input {n + 2 * p}")
        return int(room / s) + 1


@wrong("conv_out_size", hint="May the kernel stand half outside at its last place?")
def rounded_up():
    def conv_out_size(n, k, s=1, p=0):
        import math

        if k > n + 2 * p:
            raise ValueError("too large")
        return math.ceil((n + 2 * p - k) / s) + 1


@wrong("conv_out_size", hint="How many places has a kernel of three pixels on three pixels?")
def steps_not_places():
    def conv_out_size(n, k, s=1, p=0):
        if k > n + 2 * p:
            raise ValueError("too large")
        return (n + 2 * p - k) // s


@wrong("conv_out_size", hint="On how many ends are the p pixels put?")
def padding_on_one_end():
    def conv_out_size(n, k, s=1, p=0):
        if k > n + 2 * p:
            raise ValueError("too large")
        return (n + p - k) // s + 1


@wrong("conv_out_size", hint="Of which type is the result of / in Python?")
def not_a_whole_number():
    def conv_out_size(n, k, s=1, p=0):
        if k > n + 2 * p:
            raise ValueError("too large")
        return (n + 2 * p - k) / s + 1


@wrong("conv_out_size", hint="What is round(1.75), and what is the floor of 1.75?")
def rounded_to_the_nearest():
    def conv_out_size(n, k, s=1, p=0):
        if k > n + 2 * p:
            raise ValueError("too large")
        return round((n + 2 * p - k) / s) + 1


@wrong("conv_out_size", hint="What does your function say when the kernel is larger than the padded row?")
def no_error():
    def conv_out_size(n, k, s=1, p=0):
        return (n + 2 * p - k) // s + 1


@wrong("conv_out_size", hint="Is it n or the padded row that the kernel must fit into?")
def padding_forgotten_in_the_error():
    def conv_out_size(n, k, s=1, p=0):
        if k > n:
            raise ValueError("too large")
        return (n + 2 * p - k) // s + 1


@wrong("conv_out_size", hint="Does a kernel of six pixels fit into six pixels?")
def error_where_it_just_fits():
    def conv_out_size(n, k, s=1, p=0):
        if k >= n + 2 * p:
            raise ValueError("too large")
        return (n + 2 * p - k) // s + 1


@wrong("conv_out_size", hint="Which of + and // does Python compute first?")
def parentheses_missing():
    def conv_out_size(n, k, s=1, p=0):
        if k > n + 2 * p:
            raise ValueError("too large")
        return n + 2 * p - k // s + 1


@wrong("conv_out_size", hint="Is the 1 of the last place divided by the stride, too?")
def one_inside_the_division():
    def conv_out_size(n, k, s=1, p=0):
        if k > n + 2 * p:
            raise ValueError("too large")
        return (n + 2 * p - k + 1) // s


@wrong("conv_out_size", hint="Is a kernel without a place an output of size 0, or an error?")
def zero_for_an_error():
    def conv_out_size(n, k, s=1, p=0):
        return max((n + 2 * p - k) // s + 1, 0)


@wrong("conv_out_size", hint="Which kind of error does assert raise?")
def assertion_for_a_value_error():
    def conv_out_size(n, k, s=1, p=0):
        assert k <= n + 2 * p, "too large"
        return (n + 2 * p - k) // s + 1


@wrong("conv_out_size", hint="Does a stride that leaves pixels over make the layer impossible?")
def error_where_the_stride_does_not_divide():
    def conv_out_size(n, k, s=1, p=0):
        if k > n + 2 * p or (n + 2 * p - k) % s:
            raise ValueError("does not fit")
        return (n + 2 * p - k) // s + 1


# 0.6 An adversarial step


@right("fgsm")
def minimum_of_maximum():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        moved = x + eps * torch.sign(grad)
        return torch.minimum(torch.maximum(moved, torch.full_like(x, lo)), torch.full_like(x, hi))


@right("fgsm")
def where_up_and_where_down():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        moved = torch.where(grad > 0, x + eps, torch.where(grad < 0, x - eps, x))
        return torch.clip(moved, lo, hi)


@right("fgsm")
def on_a_clone_in_place():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        adversarial = x.clone()
        adversarial += eps * grad.sign()
        return adversarial.clamp_(lo, hi)


@right("fgsm")
def by_masks():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        out = x.clone()
        out[grad > 0] += eps
        out[grad < 0] -= eps
        out[out > hi] = hi
        out[out < lo] = lo
        return out


@right("fgsm")
def by_numpy():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        moved = x.numpy() + eps * np.sign(grad.numpy())
        return torch.from_numpy(np.clip(moved, lo, hi)).to(x.dtype)


@wrong("fgsm", hint="Which way does gradient descent go, and which way does an attack go?")
def down_the_gradient():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        return (x - eps * grad.sign()).clamp(lo, hi)


@wrong("fgsm", hint="How far does a pixel with a large gradient move, and how far may it?")
def gradient_itself():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        return (x + eps * grad).clamp(lo, hi)


@wrong("fgsm", hint="Is it the length of the whole step that is eps, or the change of each pixel?")
def gradient_of_length_one():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        return (x + eps * grad / grad.norm()).clamp(lo, hi)


@wrong("fgsm", hint="Is 0.95 + 0.125 still a pixel?")
def not_clamped():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        return x + eps * grad.sign()


@wrong("fgsm", hint="What does x += ... do to the image of the caller?")
def image_changed_in_place():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        x += eps * grad.sign()
        return x.clamp_(lo, hi)


@wrong("fgsm", hint="Which way should a pixel move on which the loss does not depend?")
def zero_counts_as_positive():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        direction = torch.where(grad >= 0, 1.0, -1.0).to(x.dtype)
        return (x + eps * direction).clamp(lo, hi)


@wrong("fgsm", hint="What must lie between lo and hi: the step, or the image after it?")
def step_clamped():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        return x + (eps * grad.sign()).clamp(lo, hi)


@wrong("fgsm", hint="What does your function do with lo and hi?")
def range_always_zero_to_one():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        return (x + eps * grad.sign()).clamp(0, 1)


@wrong("fgsm", hint="What does grad.sign_() leave in the caller's gradient?")
def gradient_changed_in_place():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        return (x + eps * grad.sign_()).clamp(lo, hi)


@wrong("fgsm", hint="Is 0.05 - 0.125 a pixel?")
def upper_end_only():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        return torch.clamp(x + eps * grad.sign(), max=hi)


@wrong("fgsm", hint="What is 0 / |0|?")
def divided_by_its_absolute_value():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        return (x + eps * grad / grad.abs()).clamp(lo, hi)


@wrong("fgsm", hint="How far does a pixel move whose gradient is 1e-12, when 1e-8 is added below the fraction?")
def softened_sign():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        return (x + eps * grad / (grad.abs() + 1e-8)).clamp(lo, hi)


@wrong("fgsm", hint="Do all pixels change by eps, or only the one with the largest gradient?")
def scaled_by_the_largest():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        return (x + eps * grad / grad.abs().max()).clamp(lo, hi)


@wrong("fgsm", hint="Is the image asked for, or what is added to it?")
def step_alone():
    def fgsm(x, grad, eps, lo=0.0, hi=1.0):
        return (eps * grad.sign()).clamp(lo, hi)


# 0.7 Counting parameters


@right("count_fc_params")
def index_loop():
    def count_fc_params(sizes):
        total = 0
        for i in range(1, len(sizes)):
            total += sizes[i - 1] * sizes[i]
            total += sizes[i]
        return total


@right("count_fc_params")
def layers_of_torch():
    def count_fc_params(sizes):
        layers = [torch.nn.Linear(sizes[i], sizes[i + 1]) for i in range(len(sizes) - 1)]
        return sum(p.numel() for layer in layers for p in layer.parameters())


@right("count_fc_params")
def weights_then_biases():
    def count_fc_params(sizes):
        weights = sum(a * b for a, b in zip(sizes, sizes[1:]))
        return weights + sum(sizes[1:])


@right("count_fc_params")
def recursion():
    def count_fc_params(sizes):
        if len(sizes) < 2:
            return 0
        return sizes[0] * sizes[1] + sizes[1] + count_fc_params(sizes[1:])


@right("count_fc_params")
def product_of_arrays():
    def count_fc_params(sizes):
        n = np.array(sizes)
        return int(np.sum((n[:-1] + 1) * n[1:]))


@wrong("count_fc_params", hint="What does each unit add to the sum of its weighted inputs?")
def no_biases():
    def count_fc_params(sizes):
        return sum(a * b for a, b in zip(sizes[:-1], sizes[1:]))


@wrong("count_fc_params", hint="Has an input a bias?")
def bias_of_the_input():
    def count_fc_params(sizes):
        return sum(a * b for a, b in zip(sizes[:-1], sizes[1:])) + sum(sizes)


@wrong("count_fc_params", hint="Between which layers are there weights: all of them, or neighbours?")
def product_of_all_sizes():
    def count_fc_params(sizes):
        product = 1
        for size in sizes:
            product *= size
        return product + sum(sizes[1:])


@wrong("count_fc_params", hint="Has the last layer a bias, too?")
def no_bias_at_the_output():
    def count_fc_params(sizes):
        return sum(a * b for a, b in zip(sizes[:-1], sizes[1:])) + sum(sizes[1:-1])


@wrong("count_fc_params", hint="How many layers do four sizes make, and how many does your loop see?")
def last_layer_left_out():
    def count_fc_params(sizes):
        return sum(sizes[i] * sizes[i + 1] + sizes[i + 1] for i in range(len(sizes) - 2))


@wrong("count_fc_params", hint="How many biases has a layer: one for each input, or one for each output?")
def bias_of_fan_in_size():
    def count_fc_params(sizes):
        return sum(a * b + a for a, b in zip(sizes[:-1], sizes[1:]))


@wrong("count_fc_params", hint="Is there one bias for a layer, or one for each of its units?")
def one_bias_a_layer():
    def count_fc_params(sizes):
        return sum(a * b + 1 for a, b in zip(sizes[:-1], sizes[1:]))


@wrong("count_fc_params", hint="What is left of the caller's list after pop?")
def list_emptied():
    def count_fc_params(sizes):
        total, fan_in = 0, sizes.pop(0)
        while sizes:
            fan_out = sizes.pop(0)
            total += (fan_in + 1) * fan_out
            fan_in = fan_out
        return total


@wrong("count_fc_params", hint="Which size follows on the last one in your pairs?")
def last_paired_with_first():
    def count_fc_params(sizes):
        return sum(sizes[i - 1] * sizes[i] + sizes[i] for i in range(len(sizes)))


@wrong("count_fc_params", hint="Does your function work for a network of another depth than the slide's?")
def depth_of_the_slide():
    def count_fc_params(sizes):
        a, b, c, d = sizes
        return a * b + b + b * c + c + c * d + d


@wrong("count_fc_params", hint="What does your function return where there is no layer?")
def starts_with_the_first_layer():
    def count_fc_params(sizes):
        total = sizes[0] * sizes[1] + sizes[1]
        for a, b in zip(sizes[1:], sizes[2:]):
            total += a * b + b
        return total


@wrong("count_fc_params", hint="Of which type is a count?")
def count_as_a_float():
    def count_fc_params(sizes):
        n = np.array(sizes, dtype=float)
        return float(np.sum((n[:-1] + 1) * n[1:]))
