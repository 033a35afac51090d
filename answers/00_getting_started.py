"""Answers to assignment 00: getting started."""
# ruff: noqa: B905, RUF007 - students pair neighbours by a plain zip

import numpy as np
import torch

from answers import right, shared, shortcut, wrong

# 0.1 Four tensors


@right("make_tensors")
def full_and_arange():
    def make_tensors():
        t3 = torch.arange(0, 64).view(4, 4, 4)
        return {"zeros": torch.full((2, 3), 0.0), "mat": torch.diag(torch.ones(8)), "t3": t3, "slice": t3[:, 1, :]}


@right("make_tensors")
def nested_lists():
    def make_tensors():
        tensors = {
            "zeros": torch.tensor([[0.0] * 3] * 2),
            "mat": torch.tensor([[1.0 if i == j else 0.0 for j in range(8)] for i in range(8)]),
            "t3": torch.tensor([[[16 * i + 4 * j + k for k in range(4)] for j in range(4)] for i in range(4)]),
        }
        tensors["slice"] = tensors["t3"].select(1, 1)
        return tensors


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
        return {"t3": t3, "mat": mat, "slice": t3.transpose(0, 1)[1], "zeros": torch.zeros((2, 3))}


@right("make_tensors")
def indices_broadcast():
    def make_tensors():
        i = torch.arange(4)
        t3 = 16 * i[:, None, None] + 4 * i[:, None] + i
        tensors = {"zeros": torch.zeros(2, 3), "mat": torch.eye(8)}
        tensors["t3"] = t3
        tensors["slice"] = t3.narrow(1, 1, 1).squeeze(1)
        return tensors


@right("make_tensors")
def over_from_numpy():
    def make_tensors():
        numbers = np.arange(64).reshape(4, 4, 4)
        return {
            "zeros": torch.from_numpy(np.zeros((2, 3), dtype=np.float32)),
            "mat": torch.from_numpy(np.eye(8)).to(torch.float32),
            "t3": torch.from_numpy(numbers),
            "slice": torch.from_numpy(numbers[:, 1]),
        }


@right("make_tensors")
def strides_by_hand():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        middle = torch.as_strided(t3, (4, 4), (16, 1), 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.eye(8), "t3": t3, "slice": middle}


@wrong("make_tensors", hint="How many rows, and how many columns, does the shape (2, 3) mean?")
def three_rows_of_two():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        return {"zeros": torch.zeros(3, 2), "mat": torch.eye(8), "t3": t3, "slice": t3[:, 1]}


@wrong("make_tensors", hint="Which dtype does a tensor have that is created from the number 0 instead of 0.0?")
def zeros_of_whole_numbers():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        return {"zeros": torch.tensor([[0, 0, 0], [0, 0, 0]]), "mat": torch.eye(8), "t3": t3, "slice": t3[:, 1]}


@wrong("make_tensors", hint="How many axes does t3[:, 1:2] have, and how many does t3[:, 1] have?")
def slice_keeps_the_axis():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.eye(8), "t3": t3, "slice": t3[:, 1:2, :]}


@wrong("make_tensors", hint="Which of the three indices is 1 everywhere in the slice: the first, or the second?")
def slice_of_the_first_axis():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.eye(8), "t3": t3, "slice": t3[1]}


@wrong("make_tensors", hint="Which of the three indices is 1 everywhere in the slice: the last, or the second?")
def slice_of_the_last_axis():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.eye(8), "t3": t3, "slice": t3[..., 1]}


@wrong("make_tensors", hint="At which number does an index begin?")
def slice_counted_from_one():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.eye(8), "t3": t3, "slice": t3[:, 0]}


@wrong("make_tensors", hint="Which of your functions copies numbers, so that the slice does not follow a change of t3?")
def slice_that_is_a_copy():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.eye(8), "t3": t3, "slice": t3[:, 1].clone()}


@wrong("make_tensors", hint="Which axis of the slice counts i, and which counts k?")
def slice_transposed():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.eye(8), "t3": t3, "slice": t3[:, 1].T}


@wrong("make_tensors", hint="Which dtype does torch.arange(64) have, and which does torch.arange(64.0) have?")
def t3_of_floats():
    def make_tensors():
        t3 = torch.arange(64.0).reshape(4, 4, 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.eye(8), "t3": t3, "slice": t3[:, 1]}


@wrong("make_tensors", hint="Which of i, j, k changes fastest when you count from 0 to 63, and which axis is it?")
def t3_with_its_axes_reversed():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4).permute(2, 1, 0)
        return {"zeros": torch.zeros(2, 3), "mat": torch.eye(8), "t3": t3, "slice": t3[:, 1]}


@wrong("make_tensors", hint="Which matrix maps every vector to itself?")
def matrix_of_ones():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.ones(8, 8), "t3": t3, "slice": t3[:, 1]}


@wrong("make_tensors", hint="Which dtype does an array of NumPy have by default, and does torch.from_numpy change it?")
def matrix_of_float64():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.from_numpy(np.eye(8)), "t3": t3, "slice": t3[:, 1]}


@wrong("make_tensors", hint="What does torch.Tensor([2, 3]) contain: six numbers, or the numbers 2 and 3?")
def size_taken_for_values():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        return {"zeros": torch.Tensor([2, 3]), "mat": torch.eye(8), "t3": t3, "slice": t3[:, 1]}


@wrong("make_tensors", hint="What is t3[0, 0, 0], by the formula?")
def t3_from_one():
    def make_tensors():
        t3 = torch.arange(1, 65).reshape(4, 4, 4)
        return {"zeros": torch.zeros(2, 3), "mat": torch.eye(8), "t3": t3, "slice": t3[:, 1]}


@wrong("make_tensors", hint="Which library do the four objects that you return come from?")
def numpy_arrays():
    def make_tensors():
        t3 = np.arange(64).reshape(4, 4, 4)
        zeros, mat = np.zeros((2, 3), dtype=np.float32), np.eye(8, dtype=np.float32)
        return {"zeros": zeros, "mat": mat, "t3": t3, "slice": t3[:, 1]}


@wrong("make_tensors", hint="Which data structure stores each tensor under a name?")
def tuple_without_names():
    def make_tensors():
        t3 = torch.arange(64).reshape(4, 4, 4)
        return torch.zeros(2, 3), torch.eye(8), t3, t3[:, 1]


@right("make_tensors")
def a_table_of_functions():
    from functools import partial
    from itertools import product

    MAKERS = {"zeros": partial(torch.zeros, 2, 3), "mat": lambda: torch.eye(8)}

    def make_tensors() -> dict[str, torch.Tensor]:
        tensors: dict[str, torch.Tensor] = {name: make() for name, make in MAKERS.items()}
        tensors["t3"] = t3 = torch.empty((4, 4, 4), dtype=torch.int64)
        for i, j, k in product(range(4), repeat=3):
            t3[i, j, k] = 16 * i + 4 * j + k
        assert t3.dtype is torch.int64
        _, tensors["slice"], *_ = t3.unbind(dim=1)
        return tensors


@right("make_tensors")
def counted_in_place():
    def make_tensors():
        def filled(*shape, with_=0.0):
            return torch.empty(*shape).fill_(with_)

        mat = filled(8, 8)
        mat.fill_diagonal_(1)
        t3 = torch.ones(64, dtype=torch.int64).cumsum(0).sub_(1).unflatten(0, (4, 4, 4))
        print(*(t := {"zeros": filled(2, 3), "mat": mat, "t3": t3, "slice": t3.movedim(1, 0)[1]}))
        return t


@shortcut("make_tensors", uses="a helper of the lecture")
def shapes_of_the_lecture():
    from course_utils.getting_started.tensors import shape_of

    def make_tensors():
        t3 = torch.arange(64).reshape(shape_of(3, 4))
        return {"zeros": torch.zeros(2, 3), "mat": torch.eye(8), "t3": t3, "slice": t3[:, 1]}


@wrong("make_tensors", hint="The shapes are right. Which numbers does the table ask for?")
def shapes_alone():
    def make_tensors():
        shapes = {"zeros": (2, 3), "mat": (8, 8), "t3": (4, 4, 4), "slice": (4, 4)}
        return {name: torch.zeros(shape) for name, shape in shapes.items()}


# 0.2 All squared distances


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


@shortcut("pairwise_sq_dists", uses="`torch.cdist`")
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


@shortcut("pairwise_sq_dists", uses="`torch.vmap`")
def vmap_over_rows():
    def pairwise_sq_dists(X, Y):
        return torch.vmap(lambda x: ((x - Y) ** 2).sum(dim=1))(X)


@wrong("pairwise_sq_dists", hint="Does the task ask for the distance, or for its square?")
def square_root_taken():
    def pairwise_sq_dists(X, Y):
        return ((X[:, None] - Y[None]) ** 2).sum(-1).sqrt()


@wrong("pairwise_sq_dists", hint="Expand (x - y)^2: which factor does the mixed term have?")
def factor_two_missing():
    def pairwise_sq_dists(X, Y):
        return (X**2).sum(1)[:, None] + (Y**2).sum(1)[None] - X @ Y.T


@wrong("pairwise_sq_dists", hint="Which axis of the table counts the points of X?")
def transposed_table():
    def pairwise_sq_dists(X, Y):
        return ((Y[:, None] - X[None]) ** 2).sum(-1)


@wrong("pairwise_sq_dists", hint="Does the formula add the squares, or average them over the coordinates?")
def mean_over_the_coordinates():
    def pairwise_sq_dists(X, Y):
        return ((X[:, None] - Y[None]) ** 2).mean(-1)


@wrong(
    "pairwise_sq_dists",
    hint="Which function of each difference does the formula sum: the absolute value, or the square?",
)
def absolute_differences():
    def pairwise_sq_dists(X, Y):
        return (X[:, None] - Y[None]).abs().sum(-1)


@shortcut("pairwise_sq_dists", uses="`for` loops")
def double_loop():
    def pairwise_sq_dists(X, Y):
        D = torch.zeros(len(X), len(Y), dtype=X.dtype)
        for i in range(len(X)):
            for j in range(len(Y)):
                D[i, j] = ((X[i] - Y[j]) ** 2).sum()
        return D


@shortcut("pairwise_sq_dists", uses="a comprehension")
def one_loop_over_rows():
    def pairwise_sq_dists(X, Y):
        return torch.stack([((x - Y) ** 2).sum(dim=1) for x in X])


@shortcut("pairwise_sq_dists", uses="a `for` loop")
def loop_over_coordinates():
    def pairwise_sq_dists(X, Y):
        D = torch.zeros(len(X), len(Y), dtype=X.dtype)
        for j in range(X.shape[1]):
            D += (X[:, j, None] - Y[None, :, j]) ** 2
        return D


@wrong("pairwise_sq_dists", hint="In X - Y, which row of Y is subtracted from which row of X?")
def rows_matched_one_to_one():
    def pairwise_sq_dists(X, Y):
        return ((X - Y) ** 2).sum(dim=1)


@wrong("pairwise_sq_dists", hint="Your differences have the axes (n, m, d): over which of them should you sum?")
def summed_over_the_points():
    def pairwise_sq_dists(X, Y):
        return ((X[:, None, :] - Y[None, :, :]) ** 2).sum(dim=1)


@wrong("pairwise_sq_dists", hint="Is the square of a sum the sum of the squares?")
def squared_after_the_sum():
    def pairwise_sq_dists(X, Y):
        return (X[:, None, :] - Y[None, :, :]).sum(dim=2) ** 2


@wrong(
    "pairwise_sq_dists",
    hint="Which shape does (X ** 2).sum(1) have, and along which axis of the table does it broadcast?",
)
def norms_of_x_along_the_columns():
    def pairwise_sq_dists(X, Y):
        return (X**2).sum(1) + (Y**2).sum(1)[None, :].T - 2 * (X @ Y.T).T


@wrong(
    "pairwise_sq_dists", hint="In which dtype does the task ask for the distances, and in which do you compute them?"
)
def computed_in_single_precision():
    def pairwise_sq_dists(X, Y):
        return ((X.float()[:, None] - Y.float()[None]) ** 2).sum(-1).double()


@right("pairwise_sq_dists")
def with_prints_and_asserts():
    def pairwise_sq_dists(X: torch.Tensor, Y: torch.Tensor) -> torch.Tensor:
        assert X.shape[1] == Y.shape[1], (X.shape, Y.shape)
        difference = torch.sub(X.unsqueeze(1), Y)
        D = torch.linalg.vecdot(difference, difference)
        print(f"{X.shape} against {Y.shape}:", D)
        return D


@right("pairwise_sq_dists")
def helper_and_own_buffer():
    from functools import partial

    differences = partial(torch.subtract)

    def pairwise_sq_dists(X, Y):
        table = differences(X[:, None, :], Y[None, :, :])
        torch.square(table, out=table)
        return torch.add(torch.zeros((), dtype=X.dtype), table.sum(-1))


@shortcut("pairwise_sq_dists", uses="`cdist` of scipy")
def cdist_of_scipy():
    from scipy.spatial.distance import cdist

    def pairwise_sq_dists(X, Y):
        return torch.from_numpy(cdist(X, Y, "sqeuclidean"))


@shortcut("pairwise_sq_dists", uses="`euclidean_distances` of scikit-learn")
def distances_of_scikit_learn():
    from sklearn.metrics import pairwise

    def pairwise_sq_dists(X, Y):
        return torch.from_numpy(pairwise.euclidean_distances(X.numpy(), Y.numpy(), squared=True))


@shortcut("pairwise_sq_dists", uses="a loop in C: `map`")
def loop_in_map():
    def pairwise_sq_dists(X, Y):
        x, y = X.numpy(), Y.numpy()
        return torch.from_numpy(np.array(list(map(lambda row: ((row - y) ** 2).sum(axis=1), x))))


@shortcut("pairwise_sq_dists", uses="a loop in a text that is executed")
def loop_in_a_text():
    def pairwise_sq_dists(X, Y):
        names = {"x": X.numpy(), "y": Y.numpy()}
        exec("D = [((row - y) ** 2).sum(axis=1) for row in x]", names)
        return torch.from_numpy(np.array(names["D"]))


@shortcut("pairwise_sq_dists", uses="recursion in place of a loop")
def recursion_over_rows():
    def pairwise_sq_dists(X, Y):
        if len(X) == 1:
            return ((X - Y) ** 2).sum(dim=1, keepdim=True).T
        return torch.cat([pairwise_sq_dists(X[:1], Y), pairwise_sq_dists(X[1:], Y)])


@shortcut("pairwise_sq_dists", uses="a helper of the lecture")
def digits_of_the_lecture():
    from course_utils.getting_started import answers

    def pairwise_sq_dists(X, Y):
        answers._sorted_digits()
        return ((X[:, None, :] - Y[None, :, :]) ** 2).sum(dim=2)


@shortcut("pairwise_sq_dists", uses="the numbers of the visible check")
def nine_sixteen_twenty_five():
    def pairwise_sq_dists(X, Y):
        return torch.tensor([[0.0, 9.0], [25.0, 16.0], [100.0, 73.0]], dtype=torch.float64)


# 0.3 From NumPy to PyTorch


@shared("to_torch_copy")
def parts_of_to_torch_copy():
    def to_torch_copy(a):
        return torch.tensor(a.copy(), dtype=torch.float32)

    def to_torch_copy_counterexample():
        return (np.ones((2, 3), dtype=np.float32),)

    def to_torch_copy_fault():
        return "c"


@right("to_torch_copy")
def contiguous_then_tensor():
    def to_torch_copy(a):
        return torch.tensor(np.ascontiguousarray(a), dtype=torch.float32)


@right("to_torch_copy")
def copied_and_cloned():
    def to_torch_copy(a):
        return torch.from_numpy(a.copy()).clone().float()

    def to_torch_copy_counterexample():
        return (np.zeros(4, dtype=np.float32),)


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

    def to_torch_copy_counterexample():
        images = np.random.default_rng(0).normal(size=(4, 8, 8)).astype("float32")
        return (images,)


@right("to_torch_copy")
def written_into_an_empty_tensor():
    def to_torch_copy(a):
        tensor = torch.empty(a.shape, dtype=torch.float32)
        tensor.numpy()[...] = a
        return tensor

    def to_torch_copy_counterexample():
        return (np.array([[1e30, 5.0], [-3.0, 0.25]], dtype=np.float32),)


@wrong("to_torch_copy", hint="Which dtype does torch.from_numpy(a) have, and whose memory does it use?")
def from_numpy():
    def to_torch_copy(a):
        return torch.from_numpy(a)


@wrong("to_torch_copy", hint="Does .float() copy numbers that are already float32?")
def float_need_not_copy():
    def to_torch_copy(a):
        return torch.from_numpy(a).float()


@wrong("to_torch_copy", hint="In which cases does torch.as_tensor copy, and in which not?")
def as_tensor():
    def to_torch_copy(a):
        return torch.as_tensor(a, dtype=torch.float32)


@wrong("to_torch_copy", hint="Which dtype does torch.tensor choose if you pass none?")
def dtype_kept():
    def to_torch_copy(a):
        return torch.tensor(a.copy())


@wrong("to_torch_copy", hint="Which shape does a have, and which does your tensor have?")
def flattened():
    def to_torch_copy(a):
        return torch.tensor(a.ravel().copy(), dtype=torch.float32)


@wrong("to_torch_copy", hint="What does torch say about an array with negative strides?")
def negative_strides_refused():
    def to_torch_copy(a):
        return torch.tensor(a, dtype=torch.float32)


@wrong("to_torch_copy", hint="What does astype do with copy=False if the dtype is already right?")
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


@wrong(
    "to_torch_copy", hint="In which order are the numbers of a view stored in memory, and in which do you read them?"
)
def order_of_memory():
    def to_torch_copy(a):
        return torch.tensor(a.ravel(order="K").copy(), dtype=torch.float32).reshape(a.shape)


@wrong("to_torch_copy", hint="What does your function do with an axis of length 1?")
def squeezed():
    def to_torch_copy(a):
        return torch.tensor(a.copy(), dtype=torch.float32).squeeze()


@wrong("to_torch_copy", hint="Which dtypes of a does your function convert, and which does it leave unchanged?")
def only_float64_is_converted():
    def to_torch_copy(a):
        tensor = torch.tensor(a.copy())
        if tensor.dtype == torch.float64:
            tensor = tensor.float()
        return tensor


@wrong("to_torch_copy", hint="What does 0.7 become in the dtype that your code converts to first?")
def through_whole_numbers():
    def to_torch_copy(a):
        return torch.tensor(a.astype(int)).float()


@right("to_torch_copy")
def number_by_number():
    def to_torch_copy(a: np.ndarray) -> torch.Tensor:
        numbers = [float(value) for value in a.flat]
        copy = torch.tensor(numbers).reshape(a.shape)
        assert copy.dtype == torch.float32
        return copy


@right("to_torch_copy")
def filled_after_an_early_return():
    def to_torch_copy(a):
        def fresh(values):
            return torch.empty(values.shape).copy_(torch.from_numpy(values))

        if all(stride > 0 for stride in a.strides):
            return fresh(a)
        return fresh(np.ascontiguousarray(a))


@shortcut("to_torch_copy", uses="a helper of the lecture")
def maker_of_the_lecture():
    from course_utils.getting_started import tensors

    def to_torch_copy(a):
        make = next(make for name, make in tensors.MAKERS.items() if "tensor(" in name)
        return make(a.copy()).to(torch.float32).clone()


@wrong("to_torch_copy", hint="Which dtype does np.array([1.0, 2.0]) have: np.float32 or np.float64?")
def counterexample_of_float64():
    def to_torch_copy_counterexample():
        return (np.array([1.0, 2.0]),)


@wrong("to_torch_copy", hint="Must whole numbers not be converted before torch can take them as float32?")
def counterexample_of_whole_numbers():
    def to_torch_copy_counterexample():
        return (np.arange(6).reshape(2, 3),)


@wrong("to_torch_copy", hint="Is a view with negative strides copied by the faulty code, or not?")
def counterexample_with_negative_strides():
    def to_torch_copy_counterexample():
        return (np.arange(6.0)[::-1],)


@wrong("to_torch_copy", hint="What is the difference between (a) and (a,) in Python?")
def counterexample_without_a_tuple():
    def to_torch_copy_counterexample():
        a = np.ones((2, 3), dtype=np.float32)
        return a


@wrong("to_torch_copy", hint="Print tensor.dtype for arrays of three dtypes: does it ever differ?")
def fault_of_the_dtype():
    def to_torch_copy_fault():
        return "a"


@wrong("to_torch_copy", hint="Compare the tensor of a[::-1] with the array entry by entry: is the order wrong?")
def fault_of_the_order():
    def to_torch_copy_fault():
        return "b"


@wrong("to_torch_copy", hint="Do the last digits of the numbers differ, or do the numbers change only after an edit?")
def fault_of_the_digits():
    def to_torch_copy_fault():
        return "d"


@wrong("to_torch_copy", hint="How does your fixed function differ from the code of the task?")
def faulty_as_it_was():
    def to_torch_copy(a):
        return torch.from_numpy(np.asarray(a, dtype=np.float32, order="C"))


@shortcut("to_torch_copy", uses="numbers that are nearly those of the visible check")
def numbers_by_heart():
    def to_torch_copy(a):
        return torch.tensor([[1.26, -1.32, 6.4], [1.05, -5.36, 3.62]])


# 0.4 A stack of layers as one layer


@right("layers_as_one")
def from_the_last_layer_to_the_first():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in reversed(layers):
            window = (window - 1) * s + k
            padding = padding * s + p
            stride *= s
        return {
            "stride": stride,
            "window": window,
            "padding": padding,
            "size": (n + 2 * padding - window) // stride + 1,
        }


@right("layers_as_one")
def size_layer_by_layer():
    def layers_as_one(n, layers):
        size = n
        for k, s, p in layers:
            size = (size + 2 * p - k) // s + 1
        apart = [1]
        for _, s, _ in layers:
            apart.append(apart[-1] * s)
        window = 1 + sum((k - 1) * gap for (k, _, _), gap in zip(layers, apart))
        padding = sum(p * gap for (_, _, p), gap in zip(layers, apart))
        return dict(stride=apart[-1], window=window, padding=padding, size=size)


@right("layers_as_one")
def pixels_followed_back():
    def layers_as_one(n, layers):
        def ends(output):
            first = last = output
            for k, s, p in layers[::-1]:
                first, last = first * s - p, last * s - p + k - 1
            return first, last

        first, last = ends(0)
        stride = ends(1)[0] - first
        outputs = 1
        while ends(outputs)[1] <= n - 1 - first:
            outputs += 1
        return {"stride": stride, "window": last - first + 1, "padding": -first, "size": outputs}


@right("layers_as_one")
def two_layers_at_a_time():
    from functools import reduce

    def layers_as_one(n: int, layers: list[tuple[int, int, int]]) -> dict[str, int]:
        def merged(below, above):
            (k, s, p), (k_above, s_above, p_above) = below, above
            return k + s * (k_above - 1), s * s_above, p + s * p_above

        window, stride, padding = reduce(merged, layers)
        places = len(range(-padding, n + padding - window + 1, stride))
        print(f"{len(layers)} layers see {window} pixels")
        return {"size": places, "padding": padding, "window": window, "stride": stride}


@right("layers_as_one")
def products_of_arrays():
    def layers_as_one(n, layers):
        k, s, p = np.array(layers).T
        gaps = np.concatenate([[1], np.cumprod(s)])
        window, padding = 1 + int((k - 1) @ gaps[:-1]), int(p @ gaps[:-1])
        stride = int(gaps[-1])
        return {
            "stride": stride,
            "window": window,
            "padding": padding,
            "size": int(np.floor((n + 2 * padding - window) / stride)) + 1,
        }


@shortcut("layers_as_one", uses="`F.conv1d` and the gradient")
def measured_on_a_row():
    def layers_as_one(n, layers):
        row = out = torch.ones(1, 1, n, requires_grad=True)
        for k, s, p in layers:
            out = torch.nn.functional.conv1d(out, torch.ones(1, 1, k), stride=s, padding=p)
        middle = out.shape[2] // 2
        a, b = (
            torch.autograd.grad(out[0, 0, i], row, retain_graph=True)[0].nonzero()[:, 2] for i in (middle, middle + 1)
        )
        stride, window = int(b[0] - a[0]), int(a[-1] - a[0]) + 1
        return {"stride": stride, "window": window, "padding": middle * stride - int(a[0]), "size": out.shape[2]}


@shortcut("layers_as_one", uses="a helper of the lecture")
def sizes_of_the_lecture():
    from course_utils.getting_started import convolution_sizes

    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in layers:
            window, padding, stride = window + (k - 1) * stride, padding + p * stride, stride * s
        size = convolution_sizes.places(n, window, stride, padding)
        return {"stride": stride, "window": window, "padding": padding, "size": size}


@shortcut("layers_as_one", uses="the numbers of the visible check")
def numbers_of_the_three_stacks():
    def layers_as_one(n, layers):
        known = {1: (1, 5, 0, 648), 2: (2, 7, 3, 326)} if layers[0][0] == 3 else {2: (4, 4, 0, 163)}
        return dict(zip(("stride", "window", "padding", "size"), known[layers[0][1]]))


@wrong("layers_as_one", hint="Two steps of 2, one inside the other: how many pixels of the input is that?")
def strides_added():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in layers:
            window += (k - 1) * stride
            padding += p * stride
            stride += s - 1
        return {
            "stride": stride,
            "window": window,
            "padding": padding,
            "size": (n + 2 * padding - window) // stride + 1,
        }


@wrong(
    "layers_as_one", hint="Does a step of the last layer pass pixels of the input, or outputs of the previous layer?"
)
def stride_of_the_last_layer():
    def layers_as_one(n, layers):
        gap, window, padding = 1, 1, 0
        for k, s, p in layers:
            window += (k - 1) * gap
            padding += p * gap
            gap *= s
        return {
            "stride": layers[-1][1],
            "window": window,
            "padding": padding,
            "size": (n + 2 * padding - window) // gap + 1,
        }


@wrong("layers_as_one", hint="Two windows of 3, one over the other: do their pixels of the input overlap?")
def windows_multiplied():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in layers:
            window *= k
            padding += p * stride
            stride *= s
        return {
            "stride": stride,
            "window": window,
            "padding": padding,
            "size": (n + 2 * padding - window) // stride + 1,
        }


@wrong("layers_as_one", hint="How many gaps are there between k neighbours?")
def windows_added():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 0, 0
        for k, s, p in layers:
            window += k * stride
            padding += p * stride
            stride *= s
        return {
            "stride": stride,
            "window": window,
            "padding": padding,
            "size": (n + 2 * padding - window) // stride + 1,
        }


@wrong("layers_as_one", hint="After a layer with stride 2, how far apart are two neighbours in pixels of the input?")
def gaps_of_one_pixel():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in layers:
            window += k - 1
            padding += p * stride
            stride *= s
        return {
            "stride": stride,
            "window": window,
            "padding": padding,
            "size": (n + 2 * padding - window) // stride + 1,
        }


@wrong("layers_as_one", hint="Does the stride of a layer widen its own window, or only the windows after it?")
def own_stride_counted():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in layers:
            padding += p * stride
            stride *= s
            window += (k - 1) * stride
        return {
            "stride": stride,
            "window": window,
            "padding": padding,
            "size": (n + 2 * padding - window) // stride + 1,
        }


@wrong(
    "layers_as_one", hint="How many pixels of the input does one pixel of padding in the second layer correspond to?"
)
def paddings_added():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in layers:
            window += (k - 1) * stride
            padding += p
            stride *= s
        return {
            "stride": stride,
            "window": window,
            "padding": padding,
            "size": (n + 2 * padding - window) // stride + 1,
        }


@wrong("layers_as_one", hint="Does the task ask for the padding at one end, or at both together?")
def padding_of_both_ends():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in layers:
            window += (k - 1) * stride
            padding += 2 * p * stride
            stride *= s
        return {"stride": stride, "window": window, "padding": padding, "size": (n + padding - window) // stride + 1}


@wrong("layers_as_one", hint="Which layers add padding: only the first, or all?")
def padding_of_the_first_layer():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, layers[0][2]
        for k, s, _ in layers:
            window += (k - 1) * stride
            stride *= s
        return {
            "stride": stride,
            "window": window,
            "padding": padding,
            "size": (n + 2 * padding - window) // stride + 1,
        }


@wrong("layers_as_one", hint="At how many ends are the pixels of padding added?")
def padding_on_one_end():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in layers:
            window += (k - 1) * stride
            padding += p * stride
            stride *= s
        return {"stride": stride, "window": window, "padding": padding, "size": (n + padding - window) // stride + 1}


@wrong("layers_as_one", hint="How many positions does a window of three pixels have on three pixels?")
def steps_not_positions():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in layers:
            window += (k - 1) * stride
            padding += p * stride
            stride *= s
        return {"stride": stride, "window": window, "padding": padding, "size": (n + 2 * padding - window) // stride}


@wrong("layers_as_one", hint="May a window extend beyond the end at its last position?")
def rounded_up():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in layers:
            window += (k - 1) * stride
            padding += p * stride
            stride *= s
        steps = -((window - n - 2 * padding) // stride)
        return {"stride": stride, "window": window, "padding": padding, "size": steps + 1}


@wrong("layers_as_one", hint="Which type does the result of / have in Python?")
def not_a_whole_number():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in layers:
            window += (k - 1) * stride
            padding += p * stride
            stride *= s
        size = (n + 2 * padding - window) / stride + 1
        return {"stride": stride, "window": window, "padding": padding, "size": size}


@wrong("layers_as_one", hint="Which layer is applied to the pixels of the input: the first of the list, or the last?")
def layers_in_reverse():
    def layers_as_one(n, layers):
        stride, window, padding = 1, 1, 0
        for k, s, p in reversed(layers):
            window += (k - 1) * stride
            padding += p * stride
            stride *= s
        return {
            "stride": stride,
            "window": window,
            "padding": padding,
            "size": (n + 2 * padding - window) // stride + 1,
        }


@wrong("layers_as_one", hint="Does your function work for a stack of three layers?")
def two_layers_only():
    def layers_as_one(n, layers):
        (k, s, p), (k2, s2, p2) = layers
        stride, window, padding = s * s2, k + (k2 - 1) * s, p + p2 * s
        return {
            "stride": stride,
            "window": window,
            "padding": padding,
            "size": (n + 2 * padding - window) // stride + 1,
        }


# 0.5 A test for an adversarial step


@right("test_fgsm")
def one_pixel_for_each_case():
    def test_fgsm(fgsm):
        x, grad = torch.tensor([0.3, 0.3, 0.3, 0.97, 0.01]), torch.tensor([5.0, -0.2, 0.0, 1.0, -1.0])
        kept = x.clone(), grad.clone()
        adversarial = fgsm(x, grad, 0.05)
        assert torch.allclose(adversarial, torch.tensor([0.35, 0.25, 0.3, 1.0, 0.0]))
        assert torch.equal(x, kept[0]) and torch.equal(grad, kept[1])
        centred = fgsm(torch.tensor([-0.9, 0.8, -0.5]), torch.tensor([-1.0, 1.0, 1.0]), 0.25, -1.0, 1.0)
        assert torch.allclose(centred, torch.tensor([-1.0, 1.0, -0.25]))


@right("test_fgsm")
def against_pixels_in_python():
    def test_fgsm(fgsm):
        def pixel(value, slope, eps, lo, hi):
            if slope > 0:
                value += eps
            elif slope < 0:
                value -= eps
            return min(max(value, lo), hi)

        generator = torch.Generator().manual_seed(0)
        for lo, hi, eps in ((0.0, 1.0, 0.2), (-1.0, 1.0, 0.3), (0.0, 255.0, 8.0)):
            x = lo + (hi - lo) * torch.rand(4, 5, generator=generator, dtype=torch.float64)
            grad = torch.randn(4, 5, generator=generator, dtype=torch.float64)
            x[0], x[1], grad[:, 2] = lo, hi, 0.0
            before = x.tolist()
            moved = fgsm(x, grad, eps, lo, hi)
            assert x.tolist() == before
            pairs = zip(x.flatten().tolist(), grad.flatten().tolist())
            expected = torch.tensor([pixel(*pair, eps, lo, hi) for pair in pairs], dtype=torch.float64)
            assert torch.allclose(moved, expected.reshape(4, 5))


@right("test_fgsm")
def by_properties():
    def test_fgsm(fgsm):
        def require(condition, what):
            if not condition:
                raise ValueError(what)

        lo, hi, eps = -3.0, 2.0, 0.5
        x = torch.linspace(lo, hi, 21)
        for scale in (0.01, 100.0):
            for sign in (1.0, -1.0):
                grad = sign * scale * torch.linspace(1.0, 2.0, 21)
                before = x.clone()
                change = fgsm(x, grad, eps, lo=lo, hi=hi) - before
                require(torch.equal(x, before), "x has changed")
                room = (hi - before) if sign > 0 else (before - lo)
                require(torch.allclose(sign * change, room.clamp(max=eps), atol=1e-6), "the change is not eps")
        require(torch.allclose(fgsm(x, torch.zeros(21), eps, lo, hi), x), "a gradient of 0 moves pixels")
        moved = fgsm(torch.tensor([0.9, 0.9]), torch.tensor([2.0, -2.0]), 0.2)
        require(torch.allclose(moved, torch.tensor([1.0, 0.7])), "lo and hi left out")


@right("test_fgsm")
def a_table_of_pixels():
    import math

    #       pixel, gradient, eps, lo, hi, expected
    CASES = [
        (0.5, 7.0, 0.1, 0.0, 1.0, 0.6),
        (0.5, -1e-3, 0.1, 0.0, 1.0, 0.4),
        (0.5, 0.0, 0.1, 0.0, 1.0, 0.5),
        (0.95, 2.0, 0.1, 0.0, 1.0, 1.0),
        (0.05, -2.0, 0.1, 0.0, 1.0, 0.0),
        (4.0, -2.0, 3.0, 0.0, 9.0, 1.0),
        (7.0, 2.0, 3.0, 0.0, 9.0, 9.0),
    ]

    def test_fgsm(fgsm):
        for pixel, slope, eps, lo, hi, expected in CASES:
            x, grad = torch.full((2, 1), pixel), torch.full((2, 1), slope)
            grad[1] = -10 * slope
            result = fgsm(x, grad, eps, lo, hi)
            assert math.isclose(result[0].item(), expected, rel_tol=1e-5, abs_tol=1e-6), (pixel, slope)
            assert x[0].item() == torch.tensor(pixel).item(), "x was changed"


@shortcut("test_fgsm", uses="`inspect.getsource`")
def the_code_is_read():
    def test_fgsm(fgsm):
        import inspect

        source = inspect.getsource(fgsm)
        assert "sign" in source and "clamp" in source


@shortcut("test_fgsm", uses="`.__code__`")
def the_code_is_measured():
    def test_fgsm(fgsm):
        assert len(fgsm.__code__.co_varnames) > 5


@shortcut("test_fgsm", uses="a helper of the lecture")
def attack_of_the_lecture():
    from course_utils.getting_started import adversarial

    def test_fgsm(fgsm):
        images = torch.from_numpy(adversarial.digits()[2])
        signs = torch.from_numpy(adversarial.signs(adversarial.GRADIENT))
        expected = torch.from_numpy(adversarial.attacked(adversarial.GRADIENT, 0.1))
        assert torch.allclose(fgsm(images, signs, 0.1), expected)


@wrong("test_fgsm", hint="What does your test require of the result?")
def nothing_is_asserted():
    def test_fgsm(fgsm):
        fgsm(torch.tensor([0.2, 0.9]), torch.tensor([1.0, -1.0]), 0.1)


@wrong("test_fgsm", hint="Who reads the value that a test returns? What does `assert` do?")
def returns_a_verdict():
    def test_fgsm(fgsm):
        moved = fgsm(torch.tensor([0.5, 0.95]), torch.tensor([-3.0, 1.0]), 0.1)
        return torch.allclose(moved, torch.tensor([0.4, 1.0]))


@wrong("test_fgsm", hint="Is every image with pixels between 0 and 1 a correct result?")
def only_shape_and_range():
    def test_fgsm(fgsm):
        x, grad = torch.tensor([[0.1, 0.8], [0.9, 0.4]]), torch.tensor([[-2.0, 0.5], [1.5, -0.1]])
        moved = fgsm(x, grad, 0.3)
        assert moved.shape == x.shape
        assert moved.min() >= 0 and moved.max() <= 1


@wrong("test_fgsm", hint="What is the sign of 1, and what is 1 itself? For which gradients do the two differ?")
def gradients_of_one():
    def test_fgsm(fgsm):
        x, grad = torch.tensor([0.5, 0.5, 0.95, 0.02]), torch.tensor([1.0, -1.0, 1.0, -1.0])
        before = x.clone()
        assert torch.allclose(fgsm(x, grad, 0.1), torch.tensor([0.6, 0.4, 1.0, 0.0]))
        assert torch.equal(x, before)
        moved = fgsm(torch.tensor([3.0, 250.0]), torch.tensor([1.0, 1.0]), 8.0, 0.0, 255.0)
        assert torch.allclose(moved, torch.tensor([11.0, 255.0]))


@wrong("test_fgsm", hint="How large may a pixel be, and how small? Which of your pixels reaches these limits?")
def far_from_both_ends():
    def test_fgsm(fgsm):
        x, grad = torch.tensor([0.5, 0.6, 0.4]), torch.tensor([2.0, -0.1, 0.0])
        before = x.clone()
        assert torch.allclose(fgsm(x, grad, 0.1), torch.tensor([0.6, 0.5, 0.4]))
        assert torch.equal(x, before)


@wrong("test_fgsm", hint="You vary four of the five arguments. Which one always has the same value?")
def always_the_same_range():
    def test_fgsm(fgsm):
        x, grad = torch.tensor([0.5, 0.5, 0.5, 0.95, 0.02]), torch.tensor([3.0, -0.01, 0.0, 2.0, -1.0])
        before = x.clone()
        assert torch.allclose(fgsm(x, grad, 0.1), torch.tensor([0.6, 0.4, 0.5, 1.0, 0.0]))
        assert torch.equal(x, before)


@wrong("test_fgsm", hint="What should x be after the call, and does your test check it?")
def nobody_looks_at_x_again():
    def test_fgsm(fgsm):
        x, grad = torch.tensor([0.5, 0.5, 0.5, 0.95, 0.02]), torch.tensor([3.0, -0.01, 0.0, 2.0, -1.0])
        assert torch.allclose(fgsm(x, grad, 0.1), torch.tensor([0.6, 0.4, 0.5, 1.0, 0.0]))
        moved = fgsm(torch.tensor([3.0, 250.0]), torch.tensor([-1.0, 1.0]), 8.0, 0.0, 255.0)
        assert torch.allclose(moved, torch.tensor([0.0, 255.0]))


@wrong("test_fgsm", hint="Is 0.7 + 0.1 in float32 the float32 that is nearest to 0.8?")
def equal_to_the_last_digit():
    def test_fgsm(fgsm):
        x, grad = torch.tensor([0.7, 0.3, 0.5, 0.95]), torch.tensor([3.0, -0.01, 0.0, 2.0])
        before = x.clone()
        assert torch.equal(fgsm(x, grad, 0.1), torch.tensor([0.8, 0.2, 0.5, 1.0]))
        assert torch.equal(x, before)


@wrong("test_fgsm", hint="Do all pixels that you pass lie between lo and hi, as the task says?")
def pixels_outside_of_the_range():
    def test_fgsm(fgsm):
        x, grad = torch.tensor([0.5, 0.5, 1.5, -0.5]), torch.tensor([3.0, -0.01, -2.0, 0.0])
        before = x.clone()
        assert torch.allclose(fgsm(x, grad, 0.1), torch.tensor([0.6, 0.4, 1.0, 0.0]))
        assert torch.equal(x, before)
        moved = fgsm(torch.tensor([3.0, 250.0]), torch.tensor([-1.0, 1.0]), 8.0, 0.0, 255.0)
        assert torch.allclose(moved, torch.tensor([0.0, 255.0]))


@wrong("test_fgsm", hint="Should the loss rise or fall after the step?")
def expects_a_step_down():
    def test_fgsm(fgsm):
        moved = fgsm(torch.tensor([0.5, 0.5]), torch.tensor([2.0, -3.0]), 0.1)
        assert torch.allclose(moved, torch.tensor([0.4, 0.6]))


@wrong("test_fgsm", hint="How far does a pixel with a gradient of 3 move, and how far one with a gradient of 0.01?")
def expects_the_gradient():
    def test_fgsm(fgsm):
        moved = fgsm(torch.tensor([0.5, 0.5]), torch.tensor([2.0, -3.0]), 0.1)
        assert torch.allclose(moved, torch.tensor([0.7, 0.2]))


@wrong("test_fgsm", hint="By how much does a pixel change whose gradient is 0?")
def expects_every_pixel_to_move():
    def test_fgsm(fgsm):
        x, grad = torch.tensor([0.5, 0.5, 0.5]), torch.tensor([2.0, -3.0, 0.0])
        moved = fgsm(x, grad, 0.1)
        assert torch.allclose((moved - torch.tensor([0.5, 0.5, 0.5])).abs(), torch.full((3,), 0.1))


@wrong("test_fgsm", hint="Does a change of at most eps say in which direction the pixel went?")
def only_the_size_of_the_step():
    def test_fgsm(fgsm):
        x, grad = torch.tensor([0.3, 0.5, 0.7, 0.99]), torch.tensor([2.0, -3.0, 0.0, 1.0])
        before = x.clone()
        moved = fgsm(x, grad, 0.1)
        assert (moved - before).abs().max() <= 0.1001
        assert moved.max() <= 1
        assert torch.equal(x, before)


@wrong("test_fgsm", hint="Is 0.4 in float32 the same number as 0.4 in float64?")
def compares_with_an_array():
    def test_fgsm(fgsm):
        moved = fgsm(torch.tensor([0.5, 0.95]), torch.tensor([-3.0, 1.0]), 0.1)
        np.testing.assert_array_equal(moved.numpy(), np.array([0.4, 1.0]))


# 0.6 Width and depth on a budget


@shared("count_fc_params")
def parts_of_count_fc_params():
    def count_fc_params(sizes):
        return sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))

    def count_fc_params_guess():
        return 5

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        def widest(hidden):
            width = 1
            while width < budget and count_fc_params([inputs] + hidden * [width + 1] + [outputs]) <= budget:
                width += 1
            return width

        return widest(1) / widest(depth) / count_fc_params_guess()


@right("count_fc_params")
def index_loop():
    def count_fc_params(sizes):
        total = 0
        for i in range(1, len(sizes)):
            total += sizes[i - 1] * sizes[i]
            total += sizes[i]
        return total


@shortcut("count_fc_params", uses="`nn.Linear`, and counts its parameters")
def layers_of_torch():
    def count_fc_params(sizes):
        layers = [torch.nn.Linear(sizes[i], sizes[i + 1]) for i in range(len(sizes) - 1)]
        return sum(p.numel() for layer in layers for p in layer.parameters())


@right("count_fc_params")
def weights_then_biases():
    def count_fc_params(sizes):
        weights = sum(a * b for a, b in zip(sizes, sizes[1:]))
        return weights + sum(sizes[1:])

    def count_fc_params_guess():
        return 18.57

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        def largest(fits):
            low, high = 1, budget
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if fits(middle) else (low, middle)
            return low

        one = largest(lambda w: count_fc_params([inputs, w, outputs]) <= budget)
        many = largest(lambda w: count_fc_params([inputs, *[w] * depth, outputs]) <= budget)
        return one / (many * count_fc_params_guess())


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

    def count_fc_params_guess():
        return 2.5

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        a, b = depth - 1, inputs + depth + outputs
        one = (budget - outputs) // (inputs + 1 + outputs)
        many = one if a == 0 else int((-b + (b * b + 4 * a * (budget - outputs)) ** 0.5) / (2 * a) + 1e-9)
        return one / many / count_fc_params_guess()


@wrong("count_fc_params", hint="What does each unit add to the weighted sum of its inputs?")
def no_biases():
    def count_fc_params(sizes):
        return sum(a * b for a, b in zip(sizes[:-1], sizes[1:]))


@wrong("count_fc_params", hint="Does an input have a bias?")
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


@wrong("count_fc_params", hint="Does the last layer have a bias, too?")
def no_bias_at_the_output():
    def count_fc_params(sizes):
        return sum(a * b for a, b in zip(sizes[:-1], sizes[1:])) + sum(sizes[1:-1])


@wrong("count_fc_params", hint="How many layers do four sizes describe, and how many does your loop visit?")
def last_layer_left_out():
    def count_fc_params(sizes):
        return sum(sizes[i] * sizes[i + 1] + sizes[i + 1] for i in range(len(sizes) - 2))


@wrong("count_fc_params", hint="How many biases does a layer have: one per input, or one per output?")
def bias_of_fan_in_size():
    def count_fc_params(sizes):
        return sum(a * b + a for a, b in zip(sizes[:-1], sizes[1:]))


@wrong("count_fc_params", hint="Is there one bias per layer, or one per unit?")
def one_bias_a_layer():
    def count_fc_params(sizes):
        return sum(a * b + 1 for a, b in zip(sizes[:-1], sizes[1:]))


@wrong("count_fc_params", hint="What does the caller's list contain after pop?")
def list_emptied():
    def count_fc_params(sizes):
        total, fan_in = 0, sizes.pop(0)
        while sizes:
            fan_out = sizes.pop(0)
            total += (fan_in + 1) * fan_out
            fan_in = fan_out
        return total


@wrong("count_fc_params", hint="Which size follows the last one in your pairs?")
def last_paired_with_first():
    def count_fc_params(sizes):
        return sum(sizes[i - 1] * sizes[i] + sizes[i] for i in range(len(sizes)))


@wrong("count_fc_params", hint="Does your function work for a network of a different depth than that of the slide?")
def depth_of_the_slide():
    def count_fc_params(sizes):
        a, b, c, d = sizes
        return a * b + b + b * c + c + c * d + d


@wrong("count_fc_params", hint="What does your function return if there is no layer?")
def starts_with_the_first_layer():
    def count_fc_params(sizes):
        total = sizes[0] * sizes[1] + sizes[1]
        for a, b in zip(sizes[1:], sizes[2:]):
            total += a * b + b
        return total


@wrong("count_fc_params", hint="Which type does a count have?")
def count_as_a_float():
    def count_fc_params(sizes):
        n = np.array(sizes, dtype=float)
        return float(np.sum((n[:-1] + 1) * n[1:]))


@right("count_fc_params")
def pairwise_and_starmap():
    from itertools import pairwise, starmap

    def count_fc_params(sizes: list[int]) -> int:
        def layer(fan_in: int, fan_out: int) -> int:
            return fan_out * (fan_in + 1)

        return sum(starmap(layer, pairwise(sizes)))


@right("count_fc_params")
def reduce_over_pairs():
    from functools import reduce

    def count_fc_params(sizes):
        assert all(size > 0 for size in sizes)
        total, _ = reduce(lambda seen, n: (seen[0] + seen[1] * n + n, n), sizes[1:], (0, sizes[0]))
        print(total, "parameters")
        return total


@wrong("count_fc_params", hint="Which of the two widths does the task divide by the other?")
def ratio_upside_down():
    def count_fc_params(sizes):
        return sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))

    def count_fc_params_guess():
        return 5

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        def widest(hidden):
            width = 1
            while count_fc_params([inputs] + hidden * [width + 1] + [outputs]) <= budget:
                width += 1
            return width

        return widest(depth) / widest(1) / count_fc_params_guess()


@wrong(
    "count_fc_params", hint="Which number is 1 if your guess is perfect: the ratio, or the ratio divided by the guess?"
)
def guess_forgotten():
    def count_fc_params(sizes):
        return sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        def widest(hidden):
            width = 1
            while count_fc_params([inputs] + hidden * [width + 1] + [outputs]) <= budget:
                width += 1
            return width

        return widest(1) / widest(depth)


@wrong("count_fc_params", hint="Does the task divide the measured ratio by the guess, or the guess by the ratio?")
def guess_divided_by_the_ratio():
    def count_fc_params(sizes):
        return sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))

    def count_fc_params_guess():
        return 5

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        def widest(hidden):
            width = 1
            while count_fc_params([inputs] + hidden * [width + 1] + [outputs]) <= budget:
                width += 1
            return width

        return count_fc_params_guess() * widest(depth) / widest(1)


@wrong("count_fc_params", hint="May a network have exactly as many parameters as the budget?")
def less_than_the_budget():
    def count_fc_params(sizes):
        return sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))

    def count_fc_params_guess():
        return 5

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        def widest(hidden):
            width = 1
            while count_fc_params([inputs] + hidden * [width + 1] + [outputs]) < budget:
                width += 1
            return width

        return widest(1) / widest(depth) / count_fc_params_guess()


@wrong(
    "count_fc_params",
    hint="Is the width at which your search stops still within the budget, or the first one beyond it?",
)
def first_width_that_is_too_large():
    def count_fc_params(sizes):
        return sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))

    def count_fc_params_guess():
        return 5

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        def widest(hidden):
            width = 1
            while count_fc_params([inputs] + hidden * [width] + [outputs]) <= budget:
                width += 1
            return width

        return widest(1) / widest(depth) / count_fc_params_guess()


@wrong("count_fc_params", hint="Which of the layers does `depth` count: all, or the hidden ones?")
def output_counted_as_hidden():
    def count_fc_params(sizes):
        return sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))

    def count_fc_params_guess():
        return 5

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        def widest(hidden):
            width = 1
            while width < budget and count_fc_params([inputs] + hidden * [width + 1] + [outputs]) <= budget:
                width += 1
            return width

        return widest(1) / widest(depth - 1) / count_fc_params_guess()


@wrong(
    "count_fc_params", hint="How many units do all hidden layers have together, and how many does each of them have?"
)
def all_hidden_units_together():
    def count_fc_params(sizes):
        return sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))

    def count_fc_params_guess():
        return 5

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        def widest(hidden):
            width = 1
            while count_fc_params([inputs] + hidden * [width + 1] + [outputs]) <= budget:
                width += 1
            return width

        return widest(1) / (depth * widest(depth)) / count_fc_params_guess()


@wrong("count_fc_params", hint="Does your function use its own arguments, or the numbers of the task?")
def numbers_of_the_task():
    def count_fc_params(sizes):
        return sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))

    def count_fc_params_guess():
        return 5

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        def widest(hidden):
            width = 1
            while count_fc_params([100] + hidden * [width + 1] + [10]) <= 1_000_000:
                width += 1
            return width

        return widest(1) / widest(5) / count_fc_params_guess()


@wrong("count_fc_params", hint="Is 0 a guess of how many times as wide the layer is?")
def no_guess_made():
    def count_fc_params_guess():
        return 0

    def count_fc_params_off_by(inputs, outputs, depth, budget):
        return 1.0


@shortcut("count_fc_params", uses="a helper of the lecture")
def parameters_of_the_lecture():
    from course_utils.getting_started.first_network import parameters_of

    def count_fc_params(sizes):
        return parameters_of(sizes)


@shortcut("count_fc_params", uses="the number of the visible check")
def forty_one_thousand():
    def count_fc_params(sizes):
        return 41854


# 0.7 A network on a budget of weights


@right("prune_weights")
def rows_from_least_squares_in_rounds():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = (part.copy() for part in network)
        sums = X @ W1.T + b1
        logits = np.maximum(sums, 0) @ W2.T + b2

        def refit(weights, inputs, targets):
            bias = np.zeros(len(weights))
            for i in range(len(weights)):
                on = np.flatnonzero(weights[i])
                A = np.hstack([inputs[:, on], np.ones((len(inputs), 1))])
                solution = np.linalg.pinv(A, rcond=1e-8) @ targets[:, i]
                weights[i, on], bias[i] = solution[:-1], solution[-1]
            return bias

        size = W1.size + W2.size
        for share in (0.75, 0.5, 0.25, 0.0):  # of the weights that are too many, those that stay for now
            left = int(k + share * (size - k))
            hidden = np.maximum(X @ W1.T + b1, 0)
            spread = [np.abs(W1) * X.std(0), np.abs(W2) * hidden.std(0)]
            order = np.argsort(-np.concatenate([part.ravel() for part in spread]))
            off = np.zeros(size, dtype=bool)
            off[order[left:]] = True
            W1[off[: W1.size].reshape(W1.shape)] = 0
            W2[off[W1.size :].reshape(W2.shape)] = 0
            b1 = refit(W1, X, sums)
            b2 = refit(W2, np.maximum(X @ W1.T + b1, 0), logits)
        return W1, b1, W2, b2


@right("prune_weights")
def trained_on_to_the_old_logits():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        H = np.maximum(X @ W1.T + b1, 0)
        scores = [abs(W1) * X.std(axis=0), abs(W2) * H.std(axis=0)]
        order = np.concatenate([part.ravel() for part in scores]).argsort()[::-1]
        chosen = np.isin(np.arange(order.size), order[:k])
        mask1, mask2 = (
            torch.tensor(part) for part in (chosen[: W1.size].reshape(W1.shape), chosen[W1.size :].reshape(W2.shape))
        )
        images = torch.tensor(X)
        target = torch.tensor(H @ W2.T + b2)
        first, second = b1 + (W1 * ~mask1.numpy()) @ X.mean(axis=0), b2 + (W2 * ~mask2.numpy()) @ H.mean(axis=0)
        parts = [torch.tensor(part, requires_grad=True) for part in (W1, first, W2, second)]
        optimizer = torch.optim.Adam(parts, lr=0.01)
        for _ in range(150):
            V1, c1, V2, c2 = parts
            logits = torch.relu(images @ (V1 * mask1).T + c1) @ (V2 * mask2).T + c2
            loss = ((logits - target) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        V1, c1, V2, c2 = (part.detach() for part in parts)
        return (V1 * mask1).numpy(), c1.numpy(), (V2 * mask2).numpy(), c2.numpy()


@right("prune_weights")
def by_what_reaches_the_output_then_normal_equations():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        before = X @ W1.T + b1
        hidden = before * (before > 0)
        reach = np.sqrt((before > 0).mean(axis=0)) * np.sqrt((W2**2).sum(axis=0))
        scores = np.hstack(
            [(np.abs(W1) * X.std(axis=0) * reach[:, None]).ravel(), (np.abs(W2) * hidden.std(0)).ravel()]
        )
        keep = np.zeros(len(scores))
        keep[np.argpartition(scores, len(scores) - k)[len(scores) - k :]] = 1
        keep1, keep2 = np.split(keep, [W1.size])

        def layer(inputs, wanted, keep):
            W, b = np.zeros_like(keep), np.zeros(len(keep))
            mean = inputs.mean(axis=0)
            centred = inputs - mean
            for i, row in enumerate(keep > 0):
                A = centred[:, row]
                gram = A.T @ A + 1e-6 * np.eye(A.shape[1])
                W[i, row] = np.linalg.solve(gram, A.T @ (wanted[:, i] - wanted[:, i].mean()))
                b[i] = wanted[:, i].mean() - W[i] @ mean
            return W, b

        V1, c1 = layer(X, before, keep1.reshape(W1.shape))
        V2, c2 = layer(np.maximum(X @ V1.T + c1, 0), hidden @ W2.T + b2, keep2.reshape(W2.shape))
        return V1, c1, V2, c2


@wrong("prune_weights", hint="Does it matter which weights are kept?")
def a_random_quarter():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        kept = np.zeros(W1.size + W2.size, dtype=bool)
        kept[np.random.default_rng(0).choice(kept.size, k, replace=False)] = True
        return W1 * kept[: W1.size].reshape(W1.shape), b1, W2 * kept[W1.size :].reshape(W2.shape), b2


@wrong("prune_weights", hint="What does a large weight contribute if its pixel is 0 on every image?")
def by_the_size_of_the_weights():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        scores = np.concatenate([np.abs(W1).ravel(), np.abs(W2).ravel()])
        kept = np.zeros(scores.size, dtype=bool)
        kept[np.argsort(scores)[-k:]] = True
        return W1 * kept[: W1.size].reshape(W1.shape), b1, W2 * kept[W1.size :].reshape(W2.shape), b2


@wrong("prune_weights", hint="Is a weight of one layer worth as much as a weight of the other?")
def the_same_share_of_each_layer():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network

        def largest(W, count):
            kept = np.zeros(W.size, dtype=bool)
            kept[np.abs(W).ravel().argsort()[::-1][:count]] = True
            return W * kept.reshape(W.shape)

        first = round(k * W1.size / (W1.size + W2.size))
        return largest(W1, first), b1, largest(W2, k - first), b2


@wrong("prune_weights", hint="Is a weight of -3 smaller than a weight of 0.1?")
def the_largest_with_their_signs():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        scores = np.concatenate([W1.ravel(), W2.ravel()])
        kept = np.zeros(scores.size, dtype=bool)
        kept[np.argsort(scores)[-k:]] = True
        return W1 * kept[: W1.size].reshape(W1.shape), b1, W2 * kept[W1.size :].reshape(W2.shape), b2


@wrong("prune_weights", hint="Which end of the sorted list do you keep: the one with the most important weights?")
def the_least_important_kept():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        H = np.maximum(X @ W1.T + b1, 0)
        scores = np.concatenate([(np.abs(W1) * X.std(axis=0)).ravel(), (np.abs(W2) * H.std(axis=0)).ravel()])
        kept = np.zeros(scores.size, dtype=bool)
        kept[np.argsort(scores)[:k]] = True
        return W1 * kept[: W1.size].reshape(W1.shape), b1, W2 * kept[W1.size :].reshape(W2.shape), b2


@wrong("prune_weights", hint="How much do the removed weights add to a unit on average, and what could add it instead?")
def by_the_deviation_with_the_old_biases():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        H = np.maximum(X @ W1.T + b1, 0)
        scores = np.concatenate([(np.abs(W1) * X.std(axis=0)).ravel(), (np.abs(W2) * H.std(axis=0)).ravel()])
        kept = np.zeros(scores.size, dtype=bool)
        kept[np.argsort(scores)[-k:]] = True
        return W1 * kept[: W1.size].reshape(W1.shape), b1, W2 * kept[W1.size :].reshape(W2.shape), b2


@wrong("prune_weights", hint="How much do the removed weights add to a unit on average, and what could add it instead?")
def by_the_size_of_the_products():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        H = np.maximum(X @ W1.T + b1, 0)
        sizes = np.sqrt((X**2).mean(axis=0)), np.sqrt((H**2).mean(axis=0))
        scores = np.concatenate([(np.abs(W1) * sizes[0]).ravel(), (np.abs(W2) * sizes[1]).ravel()])
        kept = np.zeros(scores.size, dtype=bool)
        kept[np.argsort(scores)[-k:]] = True
        return W1 * kept[: W1.size].reshape(W1.shape), b1, W2 * kept[W1.size :].reshape(W2.shape), b2


@wrong(
    "prune_weights",
    hint="Are the old values of the weights the best ones for units that have lost three quarters of their inputs?",
)
def the_mean_in_the_biases():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        H = np.maximum(X @ W1.T + b1, 0)
        scores = np.concatenate([(np.abs(W1) * X.std(axis=0)).ravel(), (np.abs(W2) * H.std(axis=0)).ravel()])
        kept = np.zeros(scores.size, dtype=bool)
        kept[np.argsort(scores)[-k:]] = True
        V1, V2 = W1 * kept[: W1.size].reshape(W1.shape), W2 * kept[W1.size :].reshape(W2.shape)
        c1 = b1 + (W1 - V1) @ X.mean(axis=0)
        hidden = np.maximum(X @ V1.T + c1, 0)
        return V1, c1, V2, b2 + W2 @ H.mean(axis=0) - V2 @ hidden.mean(axis=0)


@wrong("prune_weights", hint="What is left of a unit if all of its weights are kept, and of one if none is?")
def whole_units():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        H = np.maximum(X @ W1.T + b1, 0)
        count = k // (W1.shape[1] + W2.shape[0])
        kept = np.argsort(H.std(axis=0) * np.linalg.norm(W2, axis=0))[::-1][:count]
        V1, V2 = np.zeros_like(W1), np.zeros_like(W2)
        V1[kept], V2[:, kept] = W1[kept], W2[:, kept]
        return V1, b1, V2, b2 + (W2 - V2) @ H.mean(axis=0)


@wrong("prune_weights", hint="For how many weights of both layers together is the budget?")
def a_budget_for_each_layer():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network

        def largest(W):
            kept = np.zeros(W.size, dtype=bool)
            kept[np.abs(W).ravel().argsort()[-k:]] = True
            return W * kept.reshape(W.shape)

        return largest(W1), b1, largest(W2), b2


@wrong("prune_weights", hint="Does the task ask for the weights, or for which of them are kept?")
def masks():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        H = np.maximum(X @ W1.T + b1, 0)
        scores = np.concatenate([(np.abs(W1) * X.std(axis=0)).ravel(), (np.abs(W2) * H.std(axis=0)).ravel()])
        kept = scores >= np.sort(scores)[-k]
        return kept[: W1.size].reshape(W1.shape), b1, kept[W1.size :].reshape(W2.shape), b2


@wrong("prune_weights", hint="Do biases count for the budget? What does a unit do without its bias?")
def biases_left_out():
    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        H = np.maximum(X @ W1.T + b1, 0)
        scores = np.concatenate([(np.abs(W1) * X.std(axis=0)).ravel(), (np.abs(W2) * H.std(axis=0)).ravel()])
        kept = np.zeros(scores.size, dtype=bool)
        kept[np.argsort(scores)[-k:]] = True
        first, second = kept[: W1.size].reshape(W1.shape), kept[W1.size :].reshape(W2.shape)
        return W1 * first, np.zeros_like(b1), W2 * second, np.zeros_like(b2)


@shortcut("prune_weights", uses="the classes in scikit-learn's digits")
def trained_on_the_classes():
    from sklearn.datasets import load_digits

    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        images = np.asarray(load_digits(return_X_y=True)[0]) / 16
        H = np.maximum(images @ W1.T + b1, 0)
        scores = np.concatenate([(np.abs(W1) * images.std(axis=0)).ravel(), (np.abs(W2) * H.std(axis=0)).ravel()])
        kept = np.zeros(scores.size, dtype=bool)
        kept[np.argsort(scores)[-k:]] = True
        return W1 * kept[: W1.size].reshape(W1.shape), b1, W2 * kept[W1.size :].reshape(W2.shape), b2


@shortcut("prune_weights", uses="the labelled folds of the course")
def folds_of_the_course():
    from course_utils.data.digit_folds import digit_folds

    def prune_weights(network, X, k):
        W1, b1, W2, b2 = network
        images = next(iter(digit_folds(np.random.default_rng(0), 1))).Xtr.numpy()
        kept = np.concatenate([(np.abs(W1) * images.std(axis=0)).ravel(), np.abs(W2).ravel()]).argsort()[-k:]
        W = np.zeros(W1.size + W2.size)
        W[kept] = np.concatenate([W1.ravel(), W2.ravel()])[kept]
        return W[: W1.size].reshape(W1.shape), b1, W[W1.size :].reshape(W2.shape), b2
