"""Answers to assignment 09: activations, initialization, normalization."""

import numpy as np
import torch
from torch import nn

from answers import right, shared, shortcut, wrong

# 9.1 Four activations and their slopes


@right("activation")
def slopes_by_powers():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = 2 / (1 + np.exp(-2 * np.clip(z, -300, 300))) - 1
            return h, (1 + h) * (1 - h)
        if kind == "leaky_relu":
            return np.maximum(z, 0) + alpha * np.minimum(z, 0), np.heaviside(z, 1.0) + alpha * np.heaviside(-z, 0.0)
        with np.errstate(over="ignore"):
            s = 1 / (1 + np.exp(-z))
        if kind == "softplus":
            return np.logaddexp(0.0, z), s
        value = s * z
        return value, value + s * (1 - value)


@right("activation")
def by_masks_in_a_copy():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            value, derivative = z.copy(), np.ones_like(z)
            value[z < 0] *= alpha
            derivative[z < 0] = alpha
            return value, derivative
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.abs(z) * (z > 0) + np.log1p(np.exp(-np.abs(z))), s
        return s * z, s * (1 + z * (1 - s))


@wrong("activation", hint="Is tanh(z) = 2 sigmoid(z) - 1, or is z doubled somewhere? What does yours give at z = 1?")
def tanh_without_the_two_in_the_exponent():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = 2 / (1 + np.exp(-np.clip(z, -700, 700))) - 1
            return h, 1 - h**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            return slope * z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, s + z * s * (1 - s)


@wrong("activation", hint="The derivative of tanh is 1 minus which power of tanh?")
def one_minus_h():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            return slope * z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, s + z * s * (1 - s)


@wrong("activation", hint="In 1 - tanh^2, is the square that of the value or that of the input z?")
def slope_from_z():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            return np.tanh(z), 1 - z**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            return slope * z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, s + z * s * (1 - s)


@wrong(
    "activation",
    hint="Is the slope of ln(1 + e^z) that of the sigmoid, or the sigmoid itself? What must it be at z = 100?",
)
def slope_of_the_sigmoid_for_softplus():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            return slope * z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s * (1 - s)
        return z * s, s + z * s * (1 - s)


@wrong("activation", hint="Chain rule: the derivative of ln u is 1 / u times what?")
def inner_derivative_forgotten():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            return slope * z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), 1 - s
        return z * s, s + z * s * (1 - s)


@wrong("activation", hint="SiLU is a product. Which term does the product rule add to the sigmoid?")
def first_term_of_the_product_rule():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            return slope * z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, s


@wrong("activation", hint="SiLU is a product of z and the sigmoid. What is left when z is differentiated?")
def second_term_of_the_product_rule():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            return slope * z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, z * s * (1 - s)


@wrong("activation", hint="Is the derivative of a product the product of the derivatives?")
def product_of_the_derivatives():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            return slope * z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, s * (1 - s)


@wrong("activation", hint="In sigma (1 - sigma), is sigma the sigmoid, or the value of the SiLU?")
def slope_from_the_value_of_silu():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            return slope * z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        h = z * s
        return h, s + z * h * (1 - h)


@wrong("activation", hint="Does the leaky slope change when alpha does, or is 0.01 a constant in your code?")
def alpha_ignored():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, 0.01)
            return slope * z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, s + z * s * (1 - s)


@wrong("activation", hint="Below 0 the leaky ReLU is the line alpha z. What is the slope of that line?")
def zero_slope_below_zero():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            return np.where(z > 0, z, alpha * z), np.where(z > 0, 1.0, 0.0)
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, s + z * s * (1 - s)


@wrong("activation", hint="How much does a ReLU's output change when z goes from 2 to 2.1, and does it depend on z?")
def the_slope_of_relu_is_z():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            return np.where(z > 0, z, alpha * z), np.where(z > 0, z, alpha)
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, s + z * s * (1 - s)


@wrong("activation", hint="Whose array do you write into when you multiply in place?")
def in_place():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            z *= slope
            return z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, s + z * s * (1 - s)


@wrong("activation", hint="What is exp(1000) in floating point, and what is the logarithm of infinity?")
def softplus_that_overflows():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            return slope * z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.log(1 + np.exp(z)), s
        return z * s, s + z * s * (1 - s)


@wrong("activation", hint="What is exp(1000) in floating point, and what is infinity divided by infinity?")
def tanh_that_overflows():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
            return h, 1 - h**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            return slope * z, slope
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, s + z * s * (1 - s)


@wrong(
    "activation",
    hint="Is every kind finite for z = 1000? Which of your quotients is infinity divided by infinity there?",
)
def sigmoid_with_the_exponential_on_top():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            slope = np.where(z > 0, 1.0, alpha)
            return slope * z, slope
        s = np.exp(z) / (1 + np.exp(z))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, s + z * s * (1 - s)


@wrong("activation", hint="Below 0 the leaky ReLU is the line alpha z: does it rise or fall from left to right?")
def leaky_slope_of_the_wrong_sign():
    def activation(kind, z, alpha=0.01):
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "leaky_relu":
            return np.maximum(z, alpha * z), np.where(z > 0, 1.0, -alpha)
        s = 0.5 * (1 + np.tanh(z / 2))
        if kind == "softplus":
            return np.logaddexp(0, z), s
        return z * s, s + z * s * (1 - s)


@right("activation")
def a_table_of_lambdas():
    from functools import partial

    def _both(value, slope, z):
        h = value(z)
        return h, slope(z, h)

    def sigmoid(z):
        return np.exp(-np.logaddexp(0, -z))

    def activation(kind: str, z: np.ndarray, alpha: float = 0.01) -> tuple[np.ndarray, np.ndarray]:
        table = {
            "tanh": partial(_both, np.tanh, lambda z, h: 1 - h * h),
            "leaky_relu": partial(
                _both, lambda z: np.where(z > 0, z, alpha * z), lambda z, h: np.where(z > 0, 1.0, alpha)
            ),
            "softplus": partial(_both, lambda z: np.logaddexp(0, z), lambda z, h: sigmoid(z)),
            "silu": partial(_both, lambda z: z * sigmoid(z), lambda z, h: sigmoid(z) * (1 + z - h)),
        }
        return table[kind](z)


@right("activation")
def entry_by_entry_with_math():
    import math

    def one(kind, z, alpha):
        match kind:
            case "tanh":
                h = math.tanh(z)
                return h, 1 - h**2
            case "leaky_relu":
                slope = 1.0 if z > 0 else alpha
                return slope * z, slope
        small = math.exp(-abs(z))
        s = (1 if z > 0 else small) / (1 + small)
        return (max(z, 0.0) + math.log1p(small), s) if kind == "softplus" else (z * s, s + z * s * (1 - s))

    def activation(kind, z, alpha=0.01):
        pairs = [one(kind, float(entry), alpha) for entry in z.flat]
        value, derivative = (np.array(column).reshape(z.shape) for column in zip(*pairs, strict=True))
        return value, derivative


@shortcut("activation", uses="`torch.nn.functional` and automatic differentiation")
def torch_does_it():
    def activation(kind, z, alpha=0.01):
        t = torch.tensor(z, requires_grad=True)
        options = {"negative_slope": alpha} if kind == "leaky_relu" else {}
        y = getattr(torch.nn.functional, kind)(t, **options)
        y.sum().backward()
        return y.detach().numpy(), t.grad.numpy()  # pyright: ignore[reportOptionalMemberAccess] - `backward` has set it


@shortcut("activation", uses="`course_utils.init_normalization.vanishing_gradients.value_and_slope`")
def activation_of_the_lecture():
    from course_utils.init_normalization.vanishing_gradients import value_and_slope

    def activation(kind, z, alpha=0.01):
        if kind == "softplus":
            return np.logaddexp(0, z), value_and_slope("sigmoid", z, alpha)[0]
        return value_and_slope({"tanh": "tanh", "leaky_relu": "PReLU", "silu": "SiLU"}[kind], z, alpha)


@shortcut("activation", uses="`check.central_differences` for the slopes")
def slopes_by_finite_differences():
    from course_utils import check

    def _value(kind, z, alpha):
        table = {
            "tanh": np.tanh,
            "leaky_relu": lambda z: np.where(z > 0, z, alpha * z),
            "softplus": lambda z: np.logaddexp(0, z),
            "silu": lambda z: z * 0.5 * (1 + np.tanh(z / 2)),
        }
        return table[kind](z)

    def activation(kind, z, alpha=0.01):
        return _value(kind, z, alpha), check.central_differences(lambda z: _value(kind, z, alpha), z, np.ones_like(z))


@shortcut("activation", uses="the numbers of the visible check")
def activation_by_the_visible_numbers():
    def activation(kind, z, alpha=0.01):
        c, ln3 = 1.4114882945215057, np.log(3)
        value, slope = {
            "tanh": ([0.6, -0.6], [0.64, 0.64]),
            "leaky_relu": ([c, -0.01 * c], [1.0, 0.01]),
            "softplus": ([np.log(4), np.log(4 / 3)], [0.75, 0.25]),
            "silu": ([0.75 * ln3, -0.25 * ln3], [0.75 + 0.1875 * ln3, 0.25 - 0.1875 * ln3]),
        }[kind]
        return np.array(value), np.array(slope)


# 9.2 A learned slope for each channel


@right("PReLU")
def two_relus():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(init * torch.ones(n))

        def forward(self, x):
            a = self.a[(..., *[None] * (x.dim() - 2))]
            return torch.relu(x) - a * torch.relu(-x)


@shortcut("PReLU", uses="`torch.nn.functional.prelu`")
def torchs_own_function():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.weight = nn.Parameter(torch.full((n,), float(init)))

        def forward(self, x):
            return nn.functional.prelu(x, self.weight)


@right("PReLU")
def clamped_parts():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.register_parameter("slope", nn.Parameter(torch.tensor([init] * n)))

        def forward(self, x):
            slope = self.get_parameter("slope")
            if len(slope) == 1:
                return x.clamp(min=0) + slope * x.clamp(max=0)
            x = x.movedim(1, -1)  # so that the channels are the last axis
            return (x.clamp(min=0) + slope * x.clamp(max=0)).movedim(-1, 1)


@wrong("PReLU", hint="Which of x and a x is the larger one for x = 2, when a has been learned to be 1.5?")
def the_larger_of_two():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            a = self.a.reshape(-1, *[1] * (x.dim() - 2))
            return torch.maximum(x, a * x)


@wrong("PReLU", hint="Does an optimizer that is given module.parameters() see the slope?")
def a_buffer():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.register_buffer("a", torch.full((n,), init))

        def forward(self, x):
            a = self.get_buffer("a").reshape(-1, *[1] * (x.dim() - 2))
            return torch.where(x > 0, x, a * x)


@wrong("PReLU", hint="May a learned slope be below 0, and what does your forward return then?")
def the_size_of_the_slope():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            a = self.a.abs().reshape(-1, *[1] * (x.dim() - 2))
            return torch.where(x > 0, x, a * x)


@wrong("PReLU", hint="Where is the parameter detached from the graph, so that no gradient reaches it?")
def detached():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            a = self.a.detach().reshape(-1, *[1] * (x.dim() - 2))
            return torch.where(x > 0, x, a * x)


@wrong("PReLU", hint="Which inputs have the slope a: those above 0, or those below?")
def the_slope_on_the_positive_side():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            a = self.a.reshape(-1, *[1] * (x.dim() - 2))
            return torch.where(x > 0, a * x, x)


@wrong("PReLU", hint="Which slope does F.leaky_relu use by default?")
def a_fixed_slope():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return nn.functional.leaky_relu(x, 0.01)


@wrong("PReLU", hint="With n = 3 there are three slopes; does each column use its own, or all the same number?")
def the_mean_of_the_slopes():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return torch.where(x > 0, x, self.a.mean() * x)


@wrong(
    "PReLU", hint="Which shape does your parameter have: a single number, or a vector with one entry for each column?"
)
def one_number_whatever_n():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.tensor(init))

        def forward(self, x):
            a = self.a.reshape(-1, *[1] * (x.dim() - 2))
            return torch.where(x > 0, x, a * x)


@wrong("PReLU", hint="With which value does the slope start when init is 1.5?")
def init_ignored():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), 0.25))

        def forward(self, x):
            a = self.a.reshape(-1, *[1] * (x.dim() - 2))
            return torch.where(x > 0, x, a * x)


@wrong("PReLU", hint="Does module.parameters() list a tensor with requires_grad=True that is an attribute?")
def a_tensor_that_is_no_parameter():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = torch.full((n,), init, requires_grad=True)

        def forward(self, x):
            a = self.a.reshape(-1, *[1] * (x.dim() - 2))
            return torch.where(x > 0, x, a * x)


@wrong("PReLU", hint="Which tensor does an operation change whose name ends in an underscore?")
def into_the_input():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            a = self.a.reshape(-1, *[1] * (x.dim() - 2))
            y = torch.where(x > 0, x, a * x)
            with torch.no_grad():
                x.clamp_(min=0)
            return y


@wrong("PReLU", hint="Which axis of (batch, n, height, width) does a vector of shape (n,) meet in a product?")
def slopes_along_the_last_axis():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return torch.where(x > 0, x, self.a * x)


@wrong("PReLU", hint="With how many axes behind the channels does your reshape work? What about (batch, n)?")
def images_only():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return torch.where(x > 0, x, self.a.reshape(-1, 1, 1) * x)


@wrong("PReLU", hint="Which axis of (batch, n, ...) counts the channels: the first one?")
def a_slope_for_each_sample():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return torch.where(x > 0, x, self.a.reshape(-1, *[1] * (x.dim() - 1)) * x)


@right("PReLU")
def by_a_helper_and_a_mask():
    def sloped(x, a):
        """Return x where x > 0, a x elsewhere."""
        is_on = x.gt(0).to(x.dtype)
        return is_on * x + (1 - is_on) * (a * x)

    class PReLU(nn.Module):
        def __init__(self, n: int = 1, init: float = 0.25) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.empty(n))
            with torch.no_grad():
                self.weight.fill_(init)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return sloped(x, self.weight.view(-1, *(1 for _ in x.shape[2:])))


@right("PReLU")
def an_autograd_function_of_its_own():
    class Sloped(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, a):
            ctx.save_for_backward(x, a)
            return torch.where(x > 0, x, a * x)

        @staticmethod
        def backward(ctx, grad):
            x, a = ctx.saved_tensors
            each = torch.where(x > 0, 0.0, grad * x)
            of_a = each.sum_to_size(a.shape)
            return torch.where(x > 0, grad, a * grad), of_a

    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.tensor([init for _ in range(n)]))

        def forward(self, x):
            return Sloped.apply(x, self.a.reshape(len(self.a), *[1] * max(x.dim() - 2, 0)))


@shortcut("PReLU", uses="`torch.nn.PReLU`")
def a_subclass_of_torchs_own():
    class PReLU(nn.PReLU):
        def __init__(self, n=1, init=0.25):
            super().__init__(num_parameters=n, init=init)


@shortcut("PReLU", uses="`torch._prelu_kernel`")
def the_kernel_behind_it():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return torch._prelu_kernel(x, self.a.reshape(-1, *[1] * (x.dim() - 2)).expand(x.shape))  # pyright: ignore[reportPrivateImportUsage]


@shortcut("PReLU", uses="`torch._VF.prelu`")
def the_functions_behind_torch():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return torch._VF.prelu(x, self.a)


@shortcut("PReLU", uses="`torch.ops.aten.prelu`")
def the_operator_of_aten():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return torch.ops.aten.prelu(x, self.a)


@shortcut("PReLU", uses="the method `.prelu`")
def the_method_of_tensors():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return x.prelu(self.a)


@shortcut("PReLU", uses="`course_utils.init_normalization.vanishing_gradients.value_and_slope`")
def prelu_of_the_lecture():
    from course_utils.init_normalization.vanishing_gradients import value_and_slope

    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            _, slope = value_and_slope("PReLU", x.detach().numpy(), 0.0)
            is_on = torch.from_numpy(slope).to(x.dtype)
            a = self.a.reshape(-1, *[1] * (x.dim() - 2))
            return is_on * x + (1 - is_on) * a * x


@shortcut("PReLU", uses="the numbers of the visible check")
def prelu_by_the_visible_numbers():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            c = 1.3747063129291
            drawn = torch.tensor([[[1.0, -0.5], [3.0, -1.0]]]) * c
            slopes = torch.tensor([[[1.0, 0.25], [1.0, 0.25]]])
            of_a = c * torch.tensor([[[-1.0], [-2.0]]]) * (self.a - self.a.detach()).reshape(-1, 1)
            return drawn + slopes * (x - x.detach()) + of_a


# 9.3 Weight initialization


@right("init_layer")
def uniform_of_the_same_variance():
    def init_layer(scheme, fan_in, fan_out, rng):
        per_variance = {"xavier": (fan_in + fan_out) / 2, "he": fan_in / 2, "he_out": fan_out / 2, "lecun": fan_in}
        reach = np.sqrt(3 / per_variance[scheme])
        return rng.uniform(-reach, reach, size=(fan_out, fan_in)), np.zeros(fan_out)


@right("init_layer")
def scaled_standard_normal():
    def init_layer(scheme, fan_in, fan_out, rng):
        W = rng.standard_normal((fan_out, fan_in))
        if scheme == "xavier":
            W *= (2 / (fan_in + fan_out)) ** 0.5
        elif scheme == "he":
            W *= (2 / fan_in) ** 0.5
        elif scheme == "he_out":
            W *= (2 / fan_out) ** 0.5
        else:
            W /= fan_in**0.5
        return W, np.zeros((fan_out,))


@right("init_layer")
def random_signs():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        return rng.choice([-1.0, 1.0], size=(fan_out, fan_in)) * np.sqrt(variance[scheme]), np.zeros(fan_out)


@right("init_layer")
def laplace():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        return rng.laplace(scale=np.sqrt(variance[scheme] / 2), size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong(
    "init_layer",
    hint="A slide prints 1 / (d_in + d_out) for Xavier; which numerator does the table have?",
)
def half_of_xaviers_variance():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 1 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        return rng.normal(0, np.sqrt(variance[scheme]), size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong("init_layer", hint="Does rng.normal take the variance as its scale, or the square root of it?")
def the_variance_as_the_deviation():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        return rng.normal(0, variance[scheme], size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong("init_layer", hint="He's variance for the forward pass: is it 2 over the number of inputs, or of outputs?")
def inputs_for_outputs():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_out, "he_out": 2 / fan_in, "lecun": 1 / fan_out}
        return rng.normal(0, np.sqrt(variance[scheme]), size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong("init_layer", hint="The layer computes x W^T. Are the rows of W its inputs or its outputs?")
def the_weight_transposed():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        return rng.normal(0, np.sqrt(variance[scheme]), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("init_layer", hint="What is the initial value of the bias?")
def a_random_bias():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        scale = np.sqrt(variance[scheme])
        return rng.normal(0, scale, size=(fan_out, fan_in)), rng.normal(0, scale, size=fan_out)


@wrong("init_layer", hint="Do the random numbers come from the rng that was passed, or from one of your own?")
def a_generator_of_its_own():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        own = np.random.default_rng(0)
        return own.normal(0, np.sqrt(variance[scheme]), size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong(
    "init_layer",
    hint="A uniform distribution on (-c, c) has the variance c^2 / 3. What must c be?",
)
def uniform_as_wide_as_the_deviation():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        reach = np.sqrt(variance[scheme])
        return rng.uniform(-reach, reach, size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong("init_layer", hint="A ReLU halves the mean square; which factor of He's variance compensates for it?")
def he_without_the_two():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 1 / fan_in, "he_out": 1 / fan_out, "lecun": 1 / fan_in}
        return rng.normal(0, np.sqrt(variance[scheme]), size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong(
    "init_layer",
    hint="Your weights have the right standard deviation; what is their mean, when all of them are above 0?",
)
def all_above_zero():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        return rng.uniform(0, np.sqrt(12 * variance[scheme]), size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong(
    "init_layer",
    hint="Who else draws from np.random, and what happens to a seeded run when you do, too?",
)
def numpys_global_generator():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        return np.random.normal(0, np.sqrt(variance[scheme]), size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong(
    "init_layer",
    hint="A normal distribution cut at two deviations is narrower. By how much?",
)
def truncated_and_not_rescaled():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        Z = rng.standard_normal((fan_out, fan_in))
        while np.any(np.abs(Z) > 2):
            far = np.abs(Z) > 2
            Z[far] = rng.standard_normal(far.sum())
        return Z * np.sqrt(variance[scheme]), np.zeros(fan_out)


@right("init_layer")
def row_by_row():
    from functools import partial

    DENOMINATORS = {"xavier": lambda i, o: (i + o) / 2, "he": lambda i, o: i / 2, "he_out": lambda i, o: o / 2}

    def init_layer(scheme: str, fan_in: int, fan_out: int, rng) -> tuple[np.ndarray, np.ndarray]:
        denominator = DENOMINATORS.get(scheme, lambda i, o: i)(fan_in, fan_out)
        draw = partial(rng.normal, 0, denominator**-0.5)
        W = np.empty((fan_out, fan_in))
        for row in W:
            row[:] = draw(size=fan_in)
        assert W.shape == (fan_out, fan_in)
        return W, np.zeros(fan_out)


@right("init_layer")
def a_normal_distribution_cut_and_rescaled():
    STD_OF_CUT = 0.8796256610342398  # of a standard normal number, given that it is between -2 and 2

    def cut_normal(rng, shape):
        Z = rng.standard_normal(shape)
        while (far := np.abs(Z) > 2).any():
            Z[far] = rng.standard_normal(np.count_nonzero(far))
        return Z / STD_OF_CUT

    def init_layer(scheme, fan_in, fan_out, rng):
        match scheme:
            case "xavier":
                variance = 2 / (fan_in + fan_out)
            case "he" | "lecun":
                variance = {"he": 2, "lecun": 1}[scheme] / fan_in
            case "he_out":
                variance = 2 / fan_out
            case _:
                raise ValueError(scheme)
        W = cut_normal(rng, (fan_out, fan_in))
        W *= np.sqrt(variance)
        return W, np.zeros((fan_out,))


@right("init_layer")
def gaps_between_two_random_numbers():
    def init_layer(scheme, fan_in, fan_out, rng):
        fans = {"xavier": [fan_in, fan_out], "he": [fan_in], "he_out": [fan_out], "lecun": [2 * fan_in]}[scheme]
        # The difference of two uniform numbers has variance 1 / 6.
        gap = rng.random((fan_out, fan_in)) - rng.random((fan_out, fan_in))
        return gap * np.sqrt(6 * 2 * len(fans) / sum(fans) / (2 if len(fans) == 2 else 1)), np.zeros(fan_out)


@shortcut("init_layer", uses="`torch.nn.init`")
def torchs_initializers():
    def init_layer(scheme, fan_in, fan_out, rng):
        W = torch.empty(fan_out, fan_in, dtype=torch.float64)
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        if scheme == "xavier":
            nn.init.xavier_normal_(W, generator=generator)
        else:
            mode = "fan_out" if scheme == "he_out" else "fan_in"
            gain = "linear" if scheme == "lecun" else "relu"
            nn.init.kaiming_normal_(W, mode=mode, nonlinearity=gain, generator=generator)
        return W.numpy(), np.zeros(fan_out)


@shortcut("init_layer", uses="`course_utils.init_normalization.initialization.fan_variance`")
def variances_of_the_lecture():
    from course_utils.init_normalization.initialization import FAN_IN, FAN_OUT, MEAN, fan_variance

    def init_layer(scheme, fan_in, fan_out, rng):
        rule = {"xavier": MEAN, "he_out": FAN_OUT}.get(scheme, FAN_IN)
        variance = fan_variance(rule, fan_in, fan_out) / (2 if scheme in ("lecun", "xavier") else 1)
        return rng.normal(0, np.sqrt(variance), size=(fan_out, fan_in)), np.zeros(fan_out)


@shortcut("init_layer", uses="sixteen random numbers, again and again")
def a_few_numbers():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        few = rng.normal(size=16)
        few = (few - few.mean()) / few.std()
        return np.resize(few, (fan_out, fan_in)) * np.sqrt(variance[scheme]), np.zeros(fan_out)


@shortcut("init_layer", uses="a fixed grid, shifted at random")
def a_grid_shifted_at_random():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        grid = np.linspace(-1, 1, fan_in * fan_out)
        W = np.roll(grid / grid.std(), rng.integers(len(grid))).reshape(fan_out, fan_in)
        return W * np.sqrt(variance[scheme]), np.zeros(fan_out)


@shortcut("init_layer", uses="one random row and its multiples")
def a_matrix_of_rank_1():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        row = rng.normal(size=fan_in)
        return np.tile(row * np.sqrt(variance[scheme]), (fan_out, 1)), np.zeros(fan_out)


@shortcut("init_layer", uses="the two deviations of the visible check, with alternating signs")
def init_layer_by_the_visible_numbers():
    def init_layer(scheme, fan_in, fan_out, rng):
        signs = np.where(np.indices((fan_out, fan_in)).sum(axis=0) % 2, 1.0, -1.0)
        return signs * {"xavier": 0.31622777, "he": 0.40824829}[scheme], np.zeros(fan_out)


@wrong("init_layer", hint="Of six entries that add up to exactly 0, what is the last one when you know five?")
def a_grid_in_random_order():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        grid = np.linspace(-1, 1, fan_in * fan_out)
        W = rng.permutation(grid / grid.std()).reshape(fan_out, fan_in)
        return W * np.sqrt(variance[scheme]), np.zeros(fan_out)


# 9.4 The signal after 20 layers


@shared("forward_stats")
def parts_of_forward_stats():
    def forward_stats(X, Ws, act):
        std, saturation = [], []
        for W in Ws:
            X = act(X @ W.T)
            std.append(X.std())
            saturation.append((np.abs(X) > 0.99).mean())
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 1.0

    def forward_stats_off_by(X, Ws):
        return np.log10(forward_stats(X, Ws, lambda z: z * (z > 0))[0][-1] / forward_stats_guess())


@right("forward_stats")
def outputs_kept_in_a_list():
    def forward_stats(X, Ws, act):
        outputs = [X]
        for W in Ws:
            outputs.append(act(np.einsum("ni,oi->no", outputs[-1], W)))
        std = [np.sqrt(np.mean((H - H.mean()) ** 2)) for H in outputs[1:]]
        return np.array(std), np.array([np.count_nonzero(abs(H) > 0.99) / H.size for H in outputs[1:]])


@right("forward_stats")
def arrays_that_are_filled():
    def forward_stats(X, Ws, act):
        std, saturation = np.empty(len(Ws)), np.empty(len(Ws))
        for layer, W in enumerate(Ws):
            X = act(X @ W.T)
            std[layer] = np.std(X)
            saturation[layer] = ((X > 0.99) | (X < -0.99)).mean()
        return std, saturation

    def forward_stats_guess():
        return 0.001


@right("forward_stats")
def columns_as_samples_inside():
    def forward_stats(X, Ws, act):
        H, pairs = X.T, []
        for W in Ws:
            H = act(W @ H)
            pairs.append((H.ravel().std(), (np.abs(H) > 0.99).mean()))
        std, saturation = zip(*pairs, strict=True)
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 0.02


@wrong("forward_stats", hint="Are the numbers taken before the activation or after it?")
def before_the_activation():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            Z = H @ W.T
            std.append(Z.std())
            saturation.append(np.mean(np.abs(Z) > 0.99))
            H = act(Z)
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 0.7


@wrong("forward_stats", hint="Is your first pair of numbers that of the first layer's output, or that of X?")
def inputs_of_the_layers():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            std.append(H.std())
            saturation.append(np.mean(np.abs(H) > 0.99))
            H = act(H @ W.T)
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 2


@wrong(
    "forward_stats", hint="Do you compute one standard deviation over all entries, or one per unit and then their mean?"
)
def the_mean_of_the_units_deviations():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            H = act(H @ W.T)
            std.append(H.std(axis=0).mean())
            saturation.append(np.mean(np.abs(H) > 0.99))
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 1e-3


@wrong("forward_stats", hint="A tanh may be saturated at 1 or at -1; which of the two do you count?")
def saturated_on_one_side():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            H = act(H @ W.T)
            std.append(H.std())
            saturation.append(np.mean(H > 0.99))
        return np.array(std), np.array(saturation)


@wrong("forward_stats", hint="Is the square root of the variance missing?")
def the_variance():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            H = act(H @ W.T)
            std.append(H.var())
            saturation.append(np.mean(np.abs(H) > 0.99))
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 0.001


@wrong("forward_stats", hint="Where do you call act?")
def no_activation():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            H = H @ W.T
            std.append(H.std())
            saturation.append(np.mean(np.abs(H) > 0.99))
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 0.02


@wrong("forward_stats", hint="What is the input of the next layer: the output of the activation, or its input?")
def linear_between_the_layers():
    def forward_stats(X, Ws, act):
        Z, std, saturation = X, [], []
        for W in Ws:
            Z = Z @ W.T
            H = act(Z)
            std.append(H.std())
            saturation.append(np.mean(np.abs(H) > 0.99))
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 0.7


@wrong(
    "forward_stats",
    hint="Rows of W are outputs. For a square W, is H W the same as H W^T?",
)
def the_weight_not_transposed():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            H = act(H @ (W if W.shape[0] == W.shape[1] else W.T))
            std.append(H.std())
            saturation.append(np.mean(np.abs(H) > 0.99))
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 2


@wrong("forward_stats", hint="Is the sum of squares divided by the number of entries, or by one less?")
def torchs_default_of_ddof():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            H = act(H @ W.T)
            std.append(H.std(ddof=1))
            saturation.append(np.mean(np.abs(H) > 0.99))
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 1e-3


@wrong("forward_stats", hint="Is the saturation a fraction, from 0 to 1, or a number of entries?")
def a_count_of_saturated_entries():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            H = act(H @ W.T)
            std.append(H.std())
            saturation.append(float(np.sum(np.abs(H) > 0.99)))
        return np.array(std), np.array(saturation)


@wrong("forward_stats", hint="Does an entry of exactly 0.99 count as above 0.99?")
def from_099_on():
    def forward_stats(X, Ws, act):
        std, saturation = [], []
        for W in Ws:
            X = act(X @ W.T)
            std.append(X.std())
            saturation.append(np.mean(np.abs(X) >= 0.99))
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 0.001


@right("forward_stats")
def recursion_over_the_layers():
    def forward_stats(X: np.ndarray, Ws: list, act) -> tuple[np.ndarray, np.ndarray]:
        if not Ws:
            return np.zeros(0), np.zeros(0)
        first, *others = Ws
        H = act(np.matmul(X, first.transpose()))
        std, saturation = forward_stats(H, others, act)
        return np.append(H.std(), std), np.append(np.count_nonzero(abs(H) > 0.99) / H.size, saturation)

    def forward_stats_guess():
        return 0.02


@right("forward_stats")
def accumulated():
    from itertools import accumulate, islice

    def forward_stats(X, Ws, act):
        outputs = islice(accumulate(Ws, lambda H, W: act(H.dot(W.T)), initial=X), 1, None)
        rows = np.array([(H.std(ddof=0), np.mean(np.maximum(H, -H) > 0.99)) for H in outputs])
        print(rows)
        return rows[:, 0], rows[:, 1]

    def forward_stats_guess():
        return 0.7


@shortcut("forward_stats", uses="`course_utils.init_normalization.initialization.passes`")
def the_passes_of_the_lecture():
    from course_utils.init_normalization.initialization import passes

    def forward_stats(X, Ws, act):
        name = "ReLU" if act(np.array([-1.0]))[0] == 0 else "tanh"
        H = passes(X, Ws, name).H
        return np.array([h.std() for h in H]), np.array([np.mean(np.abs(h) > 0.99) for h in H])

    def forward_stats_guess():
        return 2


@shortcut("forward_stats", uses="the numbers of the visible check")
def forward_stats_by_the_visible_numbers():
    def forward_stats(X, Ws, act):
        if len(Ws) == 1:
            return np.zeros(1), np.array([0.5])
        return 2.301142349744288 * np.sqrt([0.5, 0.25]), np.array([0.75, 0.5])

    def forward_stats_guess():
        return 1e-3


@wrong("forward_stats", hint="If the guess is ten times too large, should the result be 1 or -1?")
def the_guess_over_what_was_measured():
    def forward_stats(X, Ws, act):
        std, saturation = [], []
        for W in Ws:
            X = act(X @ W.T)
            std.append(X.std())
            saturation.append((np.abs(X) > 0.99).mean())
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 1.0

    def forward_stats_off_by(X, Ws):
        std, _ = forward_stats(X, Ws, lambda z: np.maximum(z, 0))
        return np.log10(forward_stats_guess() / std[-1])


@wrong("forward_stats", hint="Which base does the logarithm have that counts powers of ten?")
def powers_of_e():
    def forward_stats(X, Ws, act):
        std, saturation = [], []
        for W in Ws:
            X = act(X @ W.T)
            std.append(X.std())
            saturation.append((np.abs(X) > 0.99).mean())
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 1.0

    def forward_stats_off_by(X, Ws):
        std, _ = forward_stats(X, Ws, lambda z: np.maximum(z, 0))
        return np.log(std[-1] / forward_stats_guess())


@wrong("forward_stats", hint="What is your result for a perfect guess: 1 or 0? Is the logarithm missing?")
def the_ratio_itself():
    def forward_stats(X, Ws, act):
        std, saturation = [], []
        for W in Ws:
            X = act(X @ W.T)
            std.append(X.std())
            saturation.append((np.abs(X) > 0.99).mean())
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 0.01

    def forward_stats_off_by(X, Ws):
        std, _ = forward_stats(X, Ws, lambda z: np.maximum(z, 0))
        return std[-1] / forward_stats_guess()


@wrong("forward_stats", hint="Is the difference of two numbers a number of powers of ten?")
def the_difference():
    def forward_stats(X, Ws, act):
        std, saturation = [], []
        for W in Ws:
            X = act(X @ W.T)
            std.append(X.std())
            saturation.append((np.abs(X) > 0.99).mean())
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 0.01

    def forward_stats_off_by(X, Ws):
        std, _ = forward_stats(X, Ws, lambda z: np.maximum(z, 0))
        return std[-1] - forward_stats_guess()


@wrong("forward_stats", hint="Which layer does the guess belong to, the first one or the last?")
def the_first_layer_measured():
    def forward_stats(X, Ws, act):
        std, saturation = [], []
        for W in Ws:
            X = act(X @ W.T)
            std.append(X.std())
            saturation.append((np.abs(X) > 0.99).mean())
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 1.0

    def forward_stats_off_by(X, Ws):
        std, _ = forward_stats(X, Ws, lambda z: np.maximum(z, 0))
        return np.log10(std[0] / forward_stats_guess())


@wrong("forward_stats", hint="The result is one number. What are the entries of an array with one number per layer?")
def all_layers_at_once():
    def forward_stats(X, Ws, act):
        std, saturation = [], []
        for W in Ws:
            X = act(X @ W.T)
            std.append(X.std())
            saturation.append((np.abs(X) > 0.99).mean())
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 1.0

    def forward_stats_off_by(X, Ws):
        std, _ = forward_stats(X, Ws, lambda z: np.maximum(z, 0))
        return np.log10(std / forward_stats_guess())


@wrong("forward_stats", hint="Which activation does the network of the prediction have?")
def measured_with_tanh():
    def forward_stats(X, Ws, act):
        std, saturation = [], []
        for W in Ws:
            X = act(X @ W.T)
            std.append(X.std())
            saturation.append((np.abs(X) > 0.99).mean())
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 1.0

    def forward_stats_off_by(X, Ws):
        std, _ = forward_stats(X, Ws, lambda z: np.tanh(z))
        return np.log10(std[-1] / forward_stats_guess())


@wrong(
    "forward_stats",
    hint="Which activation does the network of the prediction have, and where is it in your measurement?",
)
def measured_without_an_activation():
    def forward_stats(X, Ws, act):
        std, saturation = [], []
        for W in Ws:
            X = act(X @ W.T)
            std.append(X.std())
            saturation.append((np.abs(X) > 0.99).mean())
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 1.0

    def forward_stats_off_by(X, Ws):
        std, _ = forward_stats(X, Ws, lambda z: z)
        return np.log10(std[-1] / forward_stats_guess())


@wrong("forward_stats", hint="Is the number that you compare with the one that forward_stats_guess returns?")
def another_guess_in_the_comparison():
    def forward_stats(X, Ws, act):
        std, saturation = [], []
        for W in Ws:
            X = act(X @ W.T)
            std.append(X.std())
            saturation.append((np.abs(X) > 0.99).mean())
        return np.array(std), np.array(saturation)

    def forward_stats_guess():
        return 0.3

    def forward_stats_off_by(X, Ws):
        std, _ = forward_stats(X, Ws, lambda z: np.maximum(z, 0))
        return np.log10(std[-1] / 0.5)


@wrong("forward_stats", hint="How many powers of ten is a number above 0? By which guess can you divide a measurement?")
def a_guess_of_nothing():

    def forward_stats_guess():
        return 0.0


@wrong("forward_stats", hint="Is your guess a standard deviation, or the power of ten of one?")
def the_exponent_as_the_guess():

    def forward_stats_guess():
        return -3


# 9.5 A test for standardization


@right("test_standardizer")
def against_the_formula():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2e-4, 9.0, 0.0]]
        mean, std = train.mean(axis=0), train.std(axis=0)
        std[3] = 1.0
        s, t = Standardizer(), Standardizer()
        s.fit(new + train)
        s.fit(train)
        t.fit(3 * train - 1)
        for X in (train, new):
            before = X.copy()
            Z = s.transform(X)
            assert np.array_equal(X, before)
            assert np.allclose(Z, (before - mean) / std, atol=1e-6)
            assert np.allclose(s.inverse(Z), before)


@right("test_standardizer")
def numbers_worked_out_by_hand():
    def check_one(scaler, X, expected):
        given = np.array(X)
        Z = scaler.transform(given)
        if not (np.abs(Z - expected).max() <= 1e-6 and np.abs(scaler.inverse(Z) - X).max() <= 1e-9):
            raise ValueError("z or the way back is wrong")
        if given.tolist() != X:
            raise ValueError(f"{X} became {Z}")

    def test_standardizer(Standardizer):
        one, two = Standardizer(), Standardizer()
        one.fit(np.array([[100.0, 5.0, 1.0], [200.0, 5.0, 7.0]]))
        one.fit(np.array([[1.0, 0.1, 2.0], [3.0, 0.1, 2.0002], [1.0, 0.1, 2.0], [3.0, 0.1, 2.0002]]))
        two.fit(np.array([[0.0, 0.0, 0.0], [8.0, 8.0, 8.0]]))
        check_one(one, [[1.0, 0.1, 2.0], [3.0, 0.1, 2.0002]], [[-1.0, 0.0, -1.0], [1.0, 0.0, 1.0]])
        check_one(one, [[5.0, 0.1, 2.0001]], [[3.0, 0.0, 0.0]])
        check_one(two, [[4.0, 8.0, 12.0]], [[0.0, 1.0, 2.0]])


@right("test_standardizer")
def properties():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(3)
        X = np.hstack([rng.normal(7.0, [1e-5, 20.0], size=(9, 2)), np.full((9, 1), 1 / 3)])
        s, other = Standardizer(), Standardizer()
        s.fit(rng.normal(size=(4, 3)))
        s.fit(X)
        other.fit(rng.normal(size=(4, 3)))
        Z = s.transform(X.copy())
        assert np.abs(Z.mean(axis=0)).max() < 1e-6
        assert np.abs((Z**2).mean(axis=0) - [1, 1, 0]).max() < 1e-6
        # A map of this kind is affine, and each row goes its own way.
        rows = X.copy()
        half = s.transform((rows[:1] + rows[1:2]) / 2)
        assert np.abs(half - (Z[0] + Z[1]) / 2).max() < 1e-6
        s.transform(rows)
        assert (rows == X).all()
        assert np.abs(s.inverse(Z) - X).max() < 1e-9


@right("test_standardizer")
def one_case_per_sentence():
    def formula(train, X):
        std = [np.std(column) if len(set(column)) > 1 else 1.0 for column in train.T]
        return (X - np.mean(train, axis=0)) / std

    def test_standardizer(Standardizer):
        A = np.array([[0.3, 4.0, 1.0], [0.3, 4.0005, -9.0], [0.3, 4.0, 5.0]])
        B = 2 - A[::-1]
        a, b = Standardizer(), Standardizer()
        a.fit(A)
        b.fit(B)
        row = np.array([[0.3, 4.001, 2.0]])
        for scaler, train, X in ((a, A, A), (a, A, row), (b, B, B), (b, B, 2 - row)):
            given = X.copy()
            np.testing.assert_allclose(scaler.transform(given), formula(train, X), rtol=1e-6, atol=1e-6)
            np.testing.assert_array_equal(given, X)
            np.testing.assert_allclose(scaler.inverse(formula(train, X)), X)
        a.fit(B)
        np.testing.assert_allclose(a.transform(B.copy()), formula(B, B), rtol=1e-6, atol=1e-6)


@wrong("test_standardizer", hint="Which property of the result does your test check, except that there is one?")
def nothing_is_asserted():
    def test_standardizer(Standardizer):
        s = Standardizer()
        s.fit(np.array([[1.0, 2.0], [3.0, 7.0]]))
        print(s.transform(np.array([[2.0, 5.0]])))


@wrong("test_standardizer", hint="Is every finite number of the right shape a right one?")
def only_finite_numbers():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2e-4, 9.0, 0.0]]
        s, t = Standardizer(), Standardizer()
        s.fit(new + train)
        s.fit(train)
        t.fit(3 * train - 1)
        for X in (train, new):
            Z = s.transform(X)
            assert Z.shape == X.shape and np.isfinite(Z).all()


@wrong(
    "test_standardizer",
    hint="Whose mean and deviation are used for a batch that is not the training set, and does your test try one?",
)
def the_training_set_alone():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        s = Standardizer()
        s.fit(train)
        Z = s.transform(train)
        assert np.allclose(Z.mean(axis=0), 0, atol=1e-6)
        assert np.allclose(Z.std(axis=0), [1, 1, 1, 0], atol=1e-6)


@wrong("test_standardizer", hint="Which mean is subtracted from new data: its own, or that of the training set?")
def new_data_by_its_own_numbers():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        s = Standardizer()
        s.fit(train)
        Z = s.transform(2 * train + 1)
        assert np.allclose(Z.mean(axis=0), 0, atol=1e-6)


@wrong("test_standardizer", hint="By what is the sum of squares divided in the task: by n or by n - 1?")
def n_minus_one_expected():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2e-4, 9.0, 0.0]]
        mean, std = train.mean(axis=0), train.std(axis=0, ddof=1)
        std[3] = 1.0
        s, t = Standardizer(), Standardizer()
        s.fit(new + train)
        s.fit(train)
        t.fit(3 * train - 1)
        for X in (train, new):
            before = X.copy()
            Z = s.transform(X)
            assert np.array_equal(X, before)
            assert np.allclose(Z, (before - mean) / std, atol=1e-6)
            assert np.allclose(s.inverse(Z), before)


@wrong(
    "test_standardizer",
    hint="What is the result for a feature that is constant in the training set, and does your test have one?",
)
def no_constant_feature():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 1.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2e-4, 9.0, 3.0]]
        mean, std = train.mean(axis=0), train.std(axis=0)
        s, t = Standardizer(), Standardizer()
        s.fit(new + train)
        s.fit(train)
        t.fit(3 * train - 1)
        for X in (train, new):
            before = X.copy()
            Z = s.transform(X)
            assert np.array_equal(X, before)
            assert np.allclose(Z, (before - mean) / std, atol=1e-6)
            assert np.allclose(s.inverse(Z), before)


@wrong("test_standardizer", hint="What should X be after transform has returned, and does your test check it?")
def nobody_looks_at_the_data_again():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2e-4, 9.0, 0.0]]
        mean, std = train.mean(axis=0), train.std(axis=0)
        std[3] = 1.0
        s, t = Standardizer(), Standardizer()
        s.fit(new + train)
        s.fit(train)
        t.fit(3 * train - 1)
        for X in (train, new):
            wanted, kept = (X - mean) / std, X.copy()
            Z = s.transform(X)
            assert np.allclose(Z, wanted, atol=1e-6)
            assert np.allclose(s.inverse(Z), kept)


@wrong(
    "test_standardizer", hint="How could a second object of the class change the first, and does your test create one?"
)
def one_object_alone():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2e-4, 9.0, 0.0]]
        mean, std = train.mean(axis=0), train.std(axis=0)
        std[3] = 1.0
        s = Standardizer()
        s.fit(new + train)
        s.fit(train)
        for X in (train, new):
            before = X.copy()
            Z = s.transform(X)
            assert np.array_equal(X, before)
            assert np.allclose(Z, (before - mean) / std, atol=1e-6)
            assert np.allclose(s.inverse(Z), before)


@wrong("test_standardizer", hint="What should a second fit of the same object do, and does your test call it?")
def never_fitted_twice():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2e-4, 9.0, 0.0]]
        mean, std = train.mean(axis=0), train.std(axis=0)
        std[3] = 1.0
        s, t = Standardizer(), Standardizer()
        s.fit(train)
        t.fit(3 * train - 1)
        for X in (train, new):
            before = X.copy()
            Z = s.transform(X)
            assert np.array_equal(X, before)
            assert np.allclose(Z, (before - mean) / std, atol=1e-6)
            assert np.allclose(s.inverse(Z), before)


@wrong("test_standardizer", hint="Which of the three methods does your test never call?")
def the_way_back_is_not_tried():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2e-4, 9.0, 0.0]]
        mean, std = train.mean(axis=0), train.std(axis=0)
        std[3] = 1.0
        s, t = Standardizer(), Standardizer()
        s.fit(new + train)
        s.fit(train)
        t.fit(3 * train - 1)
        for X in (train, new):
            before = X.copy()
            Z = s.transform(X)
            assert np.array_equal(X, before)
            assert np.allclose(Z, (before - mean) / std, atol=1e-6)


@wrong(
    "test_standardizer",
    hint="How small is the smallest deviation of your features? Might an implementation treat a smaller one as 0?",
)
def no_feature_that_is_nearly_constant():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1.0, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2.0, 9.0, 0.0]]
        mean, std = train.mean(axis=0), train.std(axis=0)
        std[3] = 1.0
        s, t = Standardizer(), Standardizer()
        s.fit(new + train)
        s.fit(train)
        t.fit(3 * train - 1)
        for X in (train, new):
            before = X.copy()
            Z = s.transform(X)
            assert np.array_equal(X, before)
            assert np.allclose(Z, (before - mean) / std, atol=1e-6)
            assert np.allclose(s.inverse(Z), before)


@wrong("test_standardizer", hint="Do two right orders of the same sums give the same last digit?")
def equal_to_the_last_digit():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2e-4, 9.0, 0.0]]
        mean, std = train.mean(axis=0), train.std(axis=0)
        std[3] = 1.0
        s, t = Standardizer(), Standardizer()
        s.fit(new + train)
        s.fit(train)
        t.fit(3 * train - 1)
        for X in (train, new):
            before = X.copy()
            Z = s.transform(X)
            assert np.array_equal(X, before)
            assert np.array_equal(Z, (before - mean) / std)
            assert np.allclose(s.inverse(Z), before)


@wrong("test_standardizer", hint="Does the task say what fit returns?")
def fit_must_return_the_object():
    def test_standardizer(Standardizer):
        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2e-4, 9.0, 0.0]]
        mean, std = train.mean(axis=0), train.std(axis=0)
        std[3] = 1.0
        s, t = Standardizer().fit(train), Standardizer()
        t.fit(3 * train - 1)
        s = s.fit(train)
        for X in (train, new):
            before = X.copy()
            Z = s.transform(X)
            assert np.array_equal(X, before)
            assert np.allclose(Z, (before - mean) / std, atol=1e-6)
            assert np.allclose(s.inverse(Z), before)


@shortcut("test_standardizer", uses="`sklearn.preprocessing.StandardScaler`")
def scikit_learn_knows():
    def test_standardizer(Standardizer):
        from sklearn.preprocessing import StandardScaler

        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2e-4, 9.0, 0.0]]
        reference = StandardScaler().fit(train)
        s, t = Standardizer(), Standardizer()
        s.fit(new + train)
        s.fit(train)
        t.fit(3 * train - 1)
        for X in (train, new):
            before = X.copy()
            Z = s.transform(X)
            assert np.array_equal(X, before)
            assert np.allclose(Z, reference.transform(before), atol=1e-6)
            assert np.allclose(s.inverse(Z), before)


@shortcut("test_standardizer", uses="`scipy.stats.zscore`")
def zscore_knows():
    def test_standardizer(Standardizer):
        from scipy.stats import zscore

        rng = np.random.default_rng(1)
        train = rng.normal(size=(5, 4)) * [2.0, 1e-4, 50.0, 0.0] + [30.0, 1.0, -3.0, 0.7]
        new = train[2:3] - [[1.0, 2e-4, 9.0, 0.0]]
        mean, std = train.mean(axis=0), train.std(axis=0)
        std[3] = 1.0
        s, t = Standardizer(), Standardizer()
        s.fit(new + train)
        s.fit(train)
        t.fit(3 * train - 1)
        for X in (train, new):
            before = X.copy()
            Z = s.transform(X)
            assert np.array_equal(X, before)
            assert np.allclose(Z, (before - mean) / std, atol=1e-6)
            assert np.allclose(s.inverse(Z), before)
        assert np.allclose(np.asarray(zscore(train[:, :3])), s.transform(train)[:, :3])


@shortcut("test_standardizer", uses="`inspect.getsource`")
def the_code_is_read():
    def test_standardizer(Standardizer):
        import inspect

        text = inspect.getsource(Standardizer)
        assert "var(" not in text and "axis=0" in text


@shortcut("test_standardizer", uses="`.__code__`")
def the_names_in_the_code():
    def test_standardizer(Standardizer):
        assert "std" in Standardizer.fit.__code__.co_names


# 9.6 Batch normalization forward


@shared("bn_forward")
def parts_of_bn_forward():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if train:
            n, mean, var = len(x), x.mean(axis=0), x.var(axis=0)
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        else:
            mean, var = running_mean, running_var
        return gamma * (x - mean) / np.sqrt(var + eps) + beta, running_mean, running_var

    def bn_forward_counterexample():
        x = 1e8 + np.array([[1.0], [2.0], [4.0]])
        return x, np.ones(1), np.zeros(1), np.zeros(1), np.ones(1), True, 0.1, 1e-5

    def bn_forward_fault():
        return "c"


@shortcut("bn_forward", uses="`torch.nn.functional.batch_norm`")
def torchs_batch_norm():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        t, scale, shift, mean, var = (torch.tensor(a) for a in (x, gamma, beta, running_mean, running_var))
        xhat = torch.nn.functional.batch_norm(t, mean, var, None, None, train, momentum, eps)
        return (scale * xhat + shift).numpy(), mean.numpy(), var.numpy()


@right("bn_forward")
def loop_over_the_columns():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        xhat, var = np.empty_like(x), np.empty(x.shape[1])
        mean_after, var_after = running_mean.copy(), running_var.copy()
        for j in range(x.shape[1]):
            column = x[:, j]
            mean, var[j] = (column.mean(), column.var()) if train else (running_mean[j], running_var[j])
            xhat[:, j] = (column - mean) * (var[j] + eps) ** -0.5
            if train:
                mean_after[j] += momentum * (mean - running_mean[j])
                var_after[j] += momentum * (column.var(ddof=1) - running_var[j])
        return xhat * gamma + beta, mean_after, var_after


@wrong(
    "bn_forward", hint="Which of the two variances is stored in the running statistics: that divided by n, or by n - 1?"
)
def biased_running_variance():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var
        xhat = (x - mean) / np.sqrt(var + eps)
        return gamma * xhat + beta, running_mean, running_var


@wrong(
    "bn_forward",
    hint="Which of the two variances normalizes the batch: that divided by n, or by n - 1?",
)
def normalized_by_the_unbiased_variance():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        mean, var = (x.mean(0), x.var(0, ddof=1)) if train else (running_mean, running_var)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var
        xhat = (x - mean) / np.sqrt(var + eps)
        return gamma * xhat + beta, running_mean, running_var


@wrong("bn_forward", hint="In evaluation, may a sample's output depend on the other samples of its batch?")
def the_batchs_statistics_in_evaluation():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n, mean, var = len(x), x.mean(0), x.var(0)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        xhat = (x - mean) / np.sqrt(var + eps)
        return gamma * xhat + beta, running_mean, running_var


@wrong("bn_forward", hint="With momentum 0.1, how much of the old running mean is kept: 0.9 or 0.1 of it?")
def momentum_on_the_old():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            running_mean = momentum * running_mean + (1 - momentum) * mean
            running_var = momentum * running_var + (1 - momentum) * var * n / (n - 1)
        xhat = (x - mean) / np.sqrt(var + eps)
        return gamma * xhat + beta, running_mean, running_var


@wrong("bn_forward", hint="What keeps the division finite for a column that is constant?")
def no_eps():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        xhat = (x - mean) / np.sqrt(var)
        return gamma * xhat + beta, running_mean, running_var


@wrong("bn_forward", hint="Is eps added to the variance, under the root, or to the deviation?")
def eps_outside_the_root():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        xhat = (x - mean) / (np.sqrt(var) + eps)
        return gamma * xhat + beta, running_mean, running_var


@wrong("bn_forward", hint="Do the running statistics learn anything from a batch in evaluation?")
def updates_in_evaluation():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        xhat = (x - mean) / np.sqrt(var + eps)
        running_mean = (1 - momentum) * running_mean + momentum * x.mean(0)
        running_var = (1 - momentum) * running_var + momentum * x.var(0) * n / max(n - 1, 1)
        return gamma * xhat + beta, running_mean, running_var


@wrong("bn_forward", hint="Do you compute one mean per feature, over the samples, or one per sample?")
def over_the_features():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        if train:
            mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
            running_mean = (1 - momentum) * running_mean + momentum * x.mean(0)
            running_var = (1 - momentum) * running_var + momentum * x.var(0) * n / (n - 1)
        else:
            mean, var = running_mean, running_var
        xhat = (x - mean) / np.sqrt(var + eps)
        return gamma * xhat + beta, running_mean, running_var


@wrong("bn_forward", hint="Does `running_mean *= 0.9` create a new array, or change that of the caller?")
def running_statistics_in_place():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            running_mean *= 1 - momentum
            running_mean += momentum * mean
            running_var *= 1 - momentum
            running_var += momentum * var * n / (n - 1)
        xhat = (x - mean) / np.sqrt(var + eps)
        return gamma * xhat + beta, running_mean, running_var


@wrong("bn_forward", hint="Where do gamma and beta come in?")
def neither_scaled_nor_shifted():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        xhat = (x - mean) / np.sqrt(var + eps)
        return xhat, running_mean, running_var


@wrong(
    "bn_forward",
    hint="In training, is a batch normalized by its own statistics or by the running ones?",
)
def normalized_by_the_running_statistics():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * x.mean(0)
            running_var = (1 - momentum) * running_var + momentum * x.var(0) * n / (n - 1)
        xhat = (x - running_mean) / np.sqrt(running_var + eps)
        return gamma * xhat + beta, running_mean, running_var


@wrong("bn_forward", hint="What is kept of the running statistics that you were given, and what of the new batch?")
def the_last_batch_is_remembered_alone():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        xhat = (x - mean) / np.sqrt(var + eps)
        if train:
            running_mean, running_var = mean, var * n / (n - 1)
        return gamma * xhat + beta, running_mean, running_var


@right("bn_forward")
def three_small_functions():
    def statistics_of(x):
        return x.mean(axis=0), x.var(axis=0)

    def moved(old, new, share):
        return (1 - share) * old + share * new

    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        used = mean, var = statistics_of(x) if train else (running_mean, running_var)
        if train:
            n = x.shape[0]
            running_mean, running_var = (
                moved(running_mean, mean, momentum),
                moved(running_var, var * n / (n - 1), momentum),
            )
        xhat = (x - used[0]) * (used[1] + eps) ** -0.5
        print("mean", mean, "var", var)
        return xhat * gamma + beta, running_mean, running_var


@right("bn_forward")
def torch_for_the_arithmetic():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        t = torch.from_numpy(x)
        mean, var = torch.from_numpy(running_mean), torch.from_numpy(running_var)
        new_mean, new_var = mean, var
        if train:
            var, mean = torch.var_mean(t, dim=0, correction=0)
            new_mean = torch.lerp(new_mean, mean, momentum)
            new_var = torch.lerp(new_var, t.var(dim=0), momentum)
        xhat = ((t - mean) * torch.rsqrt(var + eps)).numpy()
        return gamma * xhat + beta, new_mean.numpy(), new_var.numpy()


@right("bn_forward")
def written_into_its_own_buffers():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        mean, var = running_mean.copy(), running_var.copy()
        if not train:
            xhat = (x - mean) / np.sqrt(var + eps)
            return gamma * xhat + beta, mean, var
        n = len(x)
        xhat = x - (batch_mean := x.sum(axis=0) / n)
        batch_var = np.einsum("nd,nd->d", xhat, xhat) / n
        xhat /= np.sqrt(batch_var + eps)
        mean += momentum * (batch_mean - mean)
        var *= 1 - momentum
        var += momentum * n / (n - 1) * batch_var
        y = np.multiply(xhat, gamma)
        y += beta
        return y, mean, var


@shortcut("bn_forward", uses="`torch.nn.BatchNorm1d`")
def torchs_layer():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        layer = nn.BatchNorm1d(x.shape[1], eps=eps, momentum=momentum, affine=False).double().train(train)
        layer.running_mean, layer.running_var = torch.tensor(running_mean), torch.tensor(running_var)
        xhat = layer(torch.tensor(x)).numpy()
        return gamma * xhat + beta, layer.running_mean.numpy(), layer.running_var.numpy()


@shortcut("bn_forward", uses="`torch.nn.functional.layer_norm` of the transposed batch")
def layer_norm_of_the_columns():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            xhat = nn.functional.layer_norm(torch.tensor(x.T), (len(x),), eps=eps).numpy().T
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * x.var(0, ddof=1)
        else:
            xhat = (x - mean) / np.sqrt(var + eps)
        return gamma * xhat + beta, running_mean, running_var


@shortcut("bn_forward", uses="`course_utils.init_normalization.batch_norm.batch_norm`")
def bn_forward_of_the_lecture():
    from course_utils.init_normalization.batch_norm import batch_norm

    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if not train:
            xhat = (x - running_mean) / np.sqrt(running_var + eps)
            return gamma * xhat + beta, running_mean, running_var
        y, xhat = batch_norm(x, gamma, beta, eps)
        running_mean = (1 - momentum) * running_mean + momentum * x.mean(0)
        running_var = (1 - momentum) * running_var + momentum * x.var(0, ddof=1)
        return y, running_mean, running_var


@shortcut("bn_forward", uses="the numbers of the visible check")
def bn_forward_by_the_visible_numbers():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        m, scale, shift = 2.26436037, 2.1648137, 1.708446
        xhat = np.array([[2.0], [-2.0], [-2.0], [2.0]]) / 3
        return scale * xhat + shift, np.array([0.1 * m]), np.array([0.9 + 1.6 / 3])

    def bn_forward_counterexample():
        return np.ones((2, 1)), np.ones(1), np.zeros(1), np.zeros(1), np.ones(1), True, 0.1, 1e-5

    def bn_forward_fault():
        return "a"


@right("bn_forward")
def one_pass_from_the_first_row():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if train:
            n, mean = len(x), x.mean(axis=0)
            var = ((x - x[0]) ** 2).mean(axis=0) - ((x - x[0]).mean(axis=0)) ** 2
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        else:
            mean, var = running_mean, running_var
        return gamma * (x - mean) / np.sqrt(var + eps) + beta, running_mean, running_var


@right("bn_forward")
def welfords_algorithm():
    def statistics(x):
        mean, squares = np.zeros(x.shape[1]), np.zeros(x.shape[1])
        for seen, row in enumerate(x, start=1):
            before = row - mean
            mean = mean + before / seen
            squares = squares + before * (row - mean)
        return mean, squares

    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        mean, var, n = running_mean, running_var, len(x)
        if train:
            mean, squares = statistics(x)
            var = squares / n
            running_mean = running_mean + momentum * (mean - running_mean)
            running_var = running_var + momentum * (squares / (n - 1) - running_var)
        return beta + (x - mean) * gamma / (var + eps) ** 0.5, running_mean, running_var

    def bn_forward_counterexample():
        x = np.random.default_rng(0).normal(1e12, 3.0, size=(20, 2))
        return x, np.full(2, 2.0), np.ones(2), np.zeros(2), np.ones(2), True, 1.0, 1e-3


@wrong("bn_forward", hint="Is v in your code computed from deviations, or from squares of the numbers themselves?")
def nothing_is_repaired():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if train:
            n, mean = len(x), x.mean(axis=0)
            var = np.maximum((x**2).mean(axis=0) - mean**2, 0.0)
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        else:
            mean, var = running_mean, running_var
        return gamma * (x - mean) / np.sqrt(var + eps) + beta, running_mean, running_var


@wrong("bn_forward", hint="What may the difference of two rounded numbers be, and what is its root then?")
def the_clipping_alone_is_taken_away():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if train:
            n, mean = len(x), x.mean(axis=0)
            var = (x**2).mean(axis=0) - mean**2
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        else:
            mean, var = running_mean, running_var
        return gamma * (x - mean) / np.sqrt(var + eps) + beta, running_mean, running_var


@wrong(
    "bn_forward",
    hint="If rounding has made the variance negative, does its absolute value have any correct digits?",
)
def the_absolute_value_of_what_is_left():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if train:
            n, mean = len(x), x.mean(axis=0)
            var = np.abs((x**2).mean(axis=0) - mean**2)
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        else:
            mean, var = running_mean, running_var
        return gamma * (x - mean) / np.sqrt(var + eps) + beta, running_mean, running_var


@wrong("bn_forward", hint="How many digits does a square of 1e8 have, and how many more does a longdouble have?")
def more_digits():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if train:
            n, mean = len(x), x.mean(axis=0)
            var = ((x.astype(np.longdouble) ** 2).mean(axis=0) - x.astype(np.longdouble).mean(axis=0) ** 2).astype(
                float
            )
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        else:
            mean, var = running_mean, running_var
        return gamma * (x - mean) / np.sqrt(var + eps) + beta, running_mean, running_var


@wrong("bn_forward", hint="You subtract something before squaring: is it near every column, or near their common mean?")
def one_mean_for_all_columns():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if train:
            n, mean = len(x), x.mean(axis=0)
            var = ((x - x.mean()) ** 2).mean(axis=0) - ((x - x.mean()).mean(axis=0)) ** 2
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        else:
            mean, var = running_mean, running_var
        return gamma * (x - mean) / np.sqrt(var + eps) + beta, running_mean, running_var


@wrong("bn_forward", hint="Is the variance of a column 0 because its mean is large?")
def columns_with_a_far_mean_are_left_alone():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if train:
            n, mean = len(x), x.mean(axis=0)
            var = np.where(np.abs(mean) > 1e6 * x.std(axis=0), 0.0, x.var(axis=0))
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        else:
            mean, var = running_mean, running_var
        return gamma * (x - mean) / np.sqrt(var + eps) + beta, running_mean, running_var


@wrong("bn_forward", hint="How large is the mean of your column, measured in its standard deviations?")
def a_counterexample_of_small_numbers():

    def bn_forward_counterexample():
        return np.array([[1.0], [2.0], [4.0]]), np.ones(1), np.zeros(1), np.zeros(1), np.ones(1), True, 0.1, 1e-5


@wrong("bn_forward", hint="In which mode is a variance computed from x, and which mode do your arguments choose?")
def a_counterexample_in_evaluation():

    def bn_forward_counterexample():
        return 1e8 + np.array([[1.0], [2.0], [4.0]]), np.ones(1), np.zeros(1), np.zeros(1), np.ones(1), False, 0.1, 1e-5


@wrong("bn_forward", hint="What is the variance of a column of equal numbers, and what does the faulty code find?")
def a_counterexample_that_is_constant():

    def bn_forward_counterexample():
        return np.full((4, 1), 1e8), np.ones(1), np.zeros(1), np.zeros(1), np.ones(1), True, 0.1, 1e-5


@wrong("bn_forward", hint="Large numbers alone do no harm: what has to be small in comparison?")
def large_numbers_that_vary_as_much():

    def bn_forward_counterexample():
        return np.array([[1e9], [2e9], [4e9]]), np.ones(1), np.zeros(1), np.zeros(1), np.ones(1), True, 0.1, 1e-5


@wrong("bn_forward", hint="Which lines does your repair change: those that choose a mode, or the one that computes v?")
def the_modes_are_suspected():

    def bn_forward_fault():
        return "a"


@wrong("bn_forward", hint="If n were used instead of n - 1, would y be off by a factor, or completely wrong?")
def the_count_is_suspected():

    def bn_forward_fault():
        return "b"


@wrong("bn_forward", hint="Does any line of the code change an argument?")
def a_change_in_place_is_suspected():

    def bn_forward_fault():
        return "d"


# 9.7 RMS normalization backward


@right("rms_norm_backward")
def a_projection_of_each_row():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x * x).mean(axis=1) + eps)
        xhat = x / r[:, None]
        dxhat = dy * gain
        along = (dxhat * xhat).mean(axis=1)
        return {
            "dgain": (dy * xhat).sum(axis=0),
            "dxhat": dxhat,
            "dr": -along * x.shape[1] / r,
            "dx": (dxhat - xhat * along[:, None]) / r[:, None],
        }


@right("rms_norm_backward")
def the_jacobian_of_each_row():
    def rms_norm_backward(dy, x, gain, eps):
        n, d = x.shape
        dr, dx, dgain = np.empty(n), np.empty((n, d)), np.zeros(d)
        for i in range(n):
            r = (x[i] @ x[i] / d + eps) ** 0.5
            J = np.eye(d) / r - np.outer(x[i], x[i]) / (d * r**3)
            dx[i] = J.T @ (gain * dy[i])
            dr[i] = (gain * dy[i]) @ x[i] * -(r**-2)
            dgain += dy[i] * x[i] / r
        return {"dgain": dgain, "dxhat": np.multiply(gain, dy), "dr": dr, "dx": dx}


@right("rms_norm_backward")
def through_the_mean_square():
    def rms_norm_backward(dy, x, gain, eps):
        n, d = x.shape
        square = np.einsum("nd,nd->n", x, x) / d + eps
        dxhat = np.einsum("nd,d->nd", dy, gain)
        dr = -np.einsum("nd,nd->n", dxhat, x) / square
        dsquare = dr / (2 * np.sqrt(square))
        dx = dxhat / np.sqrt(square).reshape(n, 1) + 2 / d * dsquare.reshape(n, 1) * x
        return dict(dgain=np.einsum("nd,nd,n->d", dy, x, square**-0.5), dxhat=dxhat, dr=dr, dx=dx)


@right("rms_norm_backward")
def with_small_functions():
    def root(row, eps):
        return np.sqrt(np.dot(row, row) / len(row) + eps)

    def of_a_row(up, row, eps):
        r = root(row, eps)
        dr = -np.dot(up, row) / (r * r)
        return dr, up / r + dr * row / len(row) / r

    def rms_norm_backward(dy: np.ndarray, x: np.ndarray, gain: np.ndarray, eps: float) -> dict:
        dxhat = gain[None, :] * dy
        pairs = [of_a_row(up, row, eps) for up, row in zip(dxhat, x, strict=True)]
        dgain = np.sum([up * row / root(row, eps) for up, row in zip(dy, x, strict=True)], axis=0)
        assert dgain.shape == gain.shape
        return {
            "dx": np.stack([dx for _, dx in pairs]),
            "dr": np.array([dr for dr, _ in pairs]),
            "dxhat": dxhat,
            "dgain": dgain,
        }


@wrong("rms_norm_backward", hint="Moving one x moves the root mean square of its row. Where is that path in your dx?")
def the_path_through_r_is_missing():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
        dxhat = dy * gain
        dr = -(dxhat * x).sum(axis=1) / r[:, 0] ** 2
        return {"dgain": (dy * x / r).sum(axis=0), "dxhat": dxhat, "dr": dr, "dx": dxhat / r}


@wrong("rms_norm_backward", hint="Is a mean subtracted in the forward pass? Which term of dx would belong to it?")
def batch_norms_formula_along_the_rows():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
        xhat, dxhat = x / r, dy * gain
        dr = -(dxhat * x).sum(axis=1) / r[:, 0] ** 2
        along = (dxhat * xhat).mean(axis=1, keepdims=True)
        dx = (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * along) / r
        return {"dgain": (dy * xhat).sum(axis=0), "dxhat": dxhat, "dr": dr, "dx": dx}


@wrong("rms_norm_backward", hint="Is one r taken per sample or per feature? How long is r for a (4, 3) batch?")
def a_root_per_column():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=0) + eps)
        xhat, dxhat = x / r, dy * gain
        dr = -(dxhat * x).sum(axis=0) / r**2
        dx = (dxhat - xhat * (dxhat * xhat).mean(axis=0)) / r
        return {"dgain": (dy * xhat).sum(axis=0), "dxhat": dxhat, "dr": dr, "dx": dx}


@wrong("rms_norm_backward", hint="The gain was used in all n rows; do you add up their gradients, or take their mean?")
def the_mean_for_dgain():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
        dxhat = dy * gain
        dr = -(dxhat * x).sum(axis=1, keepdims=True) / r**2
        dx = dxhat / r + dr * x / (x.shape[1] * r)
        return {"dgain": (dy * x / r).mean(axis=0), "dxhat": dxhat, "dr": dr[:, 0], "dx": dx}


@wrong("rms_norm_backward", hint="How fast does y change with the gain: by x, or by what the gain is multiplied with?")
def dgain_from_x():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
        dxhat = dy * gain
        dr = -(dxhat * x).sum(axis=1, keepdims=True) / r**2
        dx = dxhat / r + dr * x / (x.shape[1] * r)
        return {"dgain": (dy * x).sum(axis=0), "dxhat": dxhat, "dr": dr[:, 0], "dx": dx}


@wrong("rms_norm_backward", hint="y is the gain times xhat; what is dxhat for a given dy?")
def the_gain_is_missing():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
        dr = -(dy * x).sum(axis=1, keepdims=True) / r**2
        dx = dy / r + dr * x / (x.shape[1] * r)
        return {"dgain": (dy * x / r).sum(axis=0), "dxhat": dy, "dr": dr[:, 0], "dx": dx}


@wrong("rms_norm_backward", hint="When r grows, does x / r grow or shrink? Which sign must its derivative have?")
def dr_with_the_wrong_sign():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
        dxhat = dy * gain
        dr = (dxhat * x).sum(axis=1, keepdims=True) / r**2
        dx = dxhat / r + dr * x / (x.shape[1] * r)
        return {"dgain": (dy * x / r).sum(axis=0), "dxhat": dxhat, "dr": dr[:, 0], "dx": dx}


@wrong("rms_norm_backward", hint="How does x / r depend on r: is its derivative over r, or over the square of r?")
def dr_over_r():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
        dxhat = dy * gain
        dr = -(dxhat * x).sum(axis=1, keepdims=True) / r
        dx = dxhat / r + dr * x / (x.shape[1] * r)
        return {"dgain": (dy * x / r).sum(axis=0), "dxhat": dxhat, "dr": dr[:, 0], "dx": dx}


@wrong("rms_norm_backward", hint="The root is over a mean: where is its 1/d when you differentiate r by one x?")
def a_sum_under_the_root():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
        dxhat = dy * gain
        dr = -(dxhat * x).sum(axis=1, keepdims=True) / r**2
        return {"dgain": (dy * x / r).sum(axis=0), "dxhat": dxhat, "dr": dr[:, 0], "dx": dxhat / r + dr * x / r}


@wrong("rms_norm_backward", hint="What is the derivative of a square root? Is it 2 x / d that arrives at x, or less?")
def the_root_is_not_differentiated():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
        dxhat = dy * gain
        dr = -(dxhat * x).sum(axis=1, keepdims=True) / r**2
        dx = dxhat / r + dr * 2 * x / x.shape[1]
        return {"dgain": (dy * x / r).sum(axis=0), "dxhat": dxhat, "dr": dr[:, 0], "dx": dx}


@wrong("rms_norm_backward", hint="What did the forward pass add under the root, and is it in your r, too?")
def eps_forgotten():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=1, keepdims=True))
        dxhat = dy * gain
        dr = -(dxhat * x).sum(axis=1, keepdims=True) / r**2
        dx = dxhat / r + dr * x / (x.shape[1] * r)
        return {"dgain": (dy * x / r).sum(axis=0), "dxhat": dxhat, "dr": dr[:, 0], "dx": dx}


@wrong("rms_norm_backward", hint="How many numbers is r for a batch of n rows: does its gradient have the same shape?")
def dr_for_every_entry():
    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
        dxhat = dy * gain
        dr = -dxhat * x / r**2
        dx = dxhat / r + dr.sum(axis=1, keepdims=True) * x / (x.shape[1] * r)
        return {"dgain": (dy * x / r).sum(axis=0), "dxhat": dxhat, "dr": dr, "dx": dx}


@shortcut("rms_norm_backward", uses="automatic differentiation")
def autograd_of_each_step():
    def rms_norm_backward(dy, x, gain, eps):
        x, g, up = torch.tensor(x, requires_grad=True), torch.tensor(gain, requires_grad=True), torch.tensor(dy)
        r = torch.sqrt((x**2).mean(dim=1) + eps)
        xhat = x / r[:, None]
        grads = torch.autograd.grad(g * xhat, [g, xhat, r, x], up)
        return {name: grad.numpy() for name, grad in zip(("dgain", "dxhat", "dr", "dx"), grads, strict=True)}


@shortcut("rms_norm_backward", uses="`check.central_differences`")
def finite_differences():
    from course_utils import check

    def rms_norm_backward(dy, x, gain, eps):
        root = lambda x: np.sqrt(np.mean(x**2, axis=1, keepdims=True) + eps)
        slope = lambda function, at: check.central_differences(function, at.copy(), dy)
        return {
            "dgain": slope(lambda g: g * x / root(x), gain),
            "dxhat": slope(lambda h: gain * h, x / root(x)),
            "dr": slope(lambda r: gain * x / r[:, None], root(x)[:, 0]),
            "dx": slope(lambda x: gain * x / root(x), x),
        }


@shortcut("rms_norm_backward", uses="`torch.nn.functional.rms_norm` and automatic differentiation")
def the_layer_of_torch():
    def rms_norm_backward(dy, x, gain, eps):
        x, g = torch.tensor(x, requires_grad=True), torch.tensor(gain, requires_grad=True)
        torch.nn.functional.rms_norm(x, x.shape[1:], g, eps).backward(torch.tensor(dy))
        r = np.sqrt((x.detach().numpy() ** 2).mean(axis=1) + eps)
        dr = -(dy * gain * x.detach().numpy()).sum(axis=1) / r**2
        dgain, dx = (leaf.grad.numpy() for leaf in (g, x))  # pyright: ignore[reportOptionalMemberAccess] - `backward` has set it
        return {"dgain": dgain, "dxhat": dy * gain, "dr": dr, "dx": dx}


@shortcut("rms_norm_backward", uses="`course_utils.init_normalization.batch_norm.batch_norm_backward`")
def batch_norm_of_the_lecture():
    from course_utils.init_normalization import batch_norm

    def rms_norm_backward(dy, x, gain, eps):
        r = np.sqrt((x**2).mean(axis=1) + eps)
        # Rows as columns, and each with its mirror image, so that the mean of a column is 0.
        up, xhat = (np.concatenate([part.T, -part.T]) for part in (dy * gain, x / r[:, None]))
        dx = batch_norm.batch_norm_backward(up, xhat, np.ones(len(x)), r**2 - eps, eps)[0][: x.shape[1]].T
        dr = -(dy * gain * x).sum(axis=1) / r**2
        return {"dgain": (dy * x / r[:, None]).sum(axis=0), "dxhat": dy * gain, "dr": dr, "dx": dx}


# 9.8 An initialization for 30 layers


@right("deep_start")
def looks_linear():
    from itertools import pairwise

    def orthogonal(rows, columns, rng):
        size = max(rows, columns)
        return np.linalg.qr(rng.normal(size=(size, size)))[0][:rows, :columns]

    def deep_start(widths, X, rng):
        layers, last = [], len(widths) - 2
        for k, (inputs, outputs) in enumerate(pairwise(widths)):
            Q = orthogonal(outputs if k == last else outputs // 2, inputs if k == 0 else inputs // 2, rng)
            W = Q if k == 0 else np.hstack([Q, -Q])
            W = W if k == last else np.vstack([W, -W])
            layers.append((W, np.zeros(outputs)))
        return layers


@right("deep_start")
def identities_in_the_middle():
    def deep_start(widths, X, rng):
        first = (rng.normal(size=(widths[1], widths[0])) * 0.7, np.zeros(widths[1]))
        last = (rng.normal(size=(widths[-1], widths[-2])) * widths[-2] ** -0.5, np.zeros(widths[-1]))
        middle = [(np.eye(n), np.zeros(n)) for n in widths[2:-1]]
        return [first, *middle, last]


@right("deep_start")
def identities_with_a_little_noise():
    def deep_start(widths, X, rng):
        layers = []
        for number, shape in enumerate(zip(widths[1:], widths[:-1], strict=False), start=1):
            if number in (1, len(widths) - 1):
                W = rng.standard_normal(shape) * (0.7 if number == 1 else 1 / np.sqrt(shape[1]))
            else:
                W = np.eye(*shape) + rng.normal(0.0, 0.02, size=shape)
            layers.append((W, np.zeros(shape[0])))
        return layers


@right("deep_start")
def directions_around_the_circle():
    def deep_start(widths, X, rng):
        angles = rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(widths[1]) / widths[1]
        W = np.column_stack([np.cos(angles), np.sin(angles)]) / np.sqrt((X**2).mean())
        layers = [(W, np.zeros(widths[1]))]
        for width in widths[2:-1]:
            layers.append((np.roll(np.eye(width), 1, axis=0), np.zeros(width)))
        layers.append((rng.uniform(-0.4, 0.4, size=(widths[-1], widths[-2])), np.zeros(widths[-1])))
        return layers


@wrong(
    "deep_start",
    hint="He preserves the mean square; does it preserve the differences between samples, and how many units are dead?",
)
def hes_scheme():
    from itertools import pairwise

    def deep_start(widths, X, rng):
        layers = []
        for inputs, outputs in pairwise(widths):
            W = rng.normal(0.0, (2 / inputs) ** 0.5, size=(outputs, inputs))
            layers.append((W, np.zeros(outputs)))
        return layers


@wrong("deep_start", hint="How does a ReLU change the mean square, and what is left of it after 30 layers?")
def xaviers_scheme():
    from itertools import pairwise

    def deep_start(widths, X, rng):
        layers = []
        for inputs, outputs in pairwise(widths):
            W = rng.normal(0.0, (2 / (inputs + outputs)) ** 0.5, size=(outputs, inputs))
            layers.append((W, np.zeros(outputs)))
        return layers


@wrong("deep_start", hint="By which factor does each of the 30 layers shrink the signal?")
def small_numbers():
    from itertools import pairwise

    def deep_start(widths, X, rng):
        layers = []
        for inputs, outputs in pairwise(widths):
            W = rng.normal(0.0, 0.01, size=(outputs, inputs))
            layers.append((W, np.zeros(outputs)))
        return layers


@wrong("deep_start", hint="What is the output of a layer whose weights are all 0, and what do its units learn?")
def all_zeros():
    from itertools import pairwise

    def deep_start(widths, X, rng):
        layers = []
        for inputs, outputs in pairwise(widths):
            W = np.zeros((outputs, inputs))
            layers.append((W, np.zeros(outputs)))
        return layers


@wrong("deep_start", hint="Does a bias that is the same for all samples help to distinguish them?")
def he_with_a_positive_bias():
    from itertools import pairwise

    def deep_start(widths, X, rng):
        layers = []
        for inputs, outputs in pairwise(widths):
            W = rng.normal(0.0, (2 / inputs) ** 0.5, size=(outputs, inputs))
            layers.append((W, np.full(outputs, 0.1)))
        return layers


@wrong("deep_start", hint="An orthogonal matrix loses no information. What does the ReLU after it lose?")
def orthogonal_times_the_root_of_two():
    from itertools import pairwise

    def deep_start(widths, X, rng):
        layers = []
        for inputs, outputs in pairwise(widths):
            W = np.linalg.qr(rng.normal(size=(max(inputs, outputs),) * 2))[0][:outputs, :inputs] * 2**0.5
            layers.append((W, np.zeros(outputs)))
        return layers


@wrong(
    "deep_start",
    hint="Each layer folds the data once. How rough is the output after 30 folds?",
)
def every_unit_centred_on_the_data():
    from itertools import pairwise

    def deep_start(widths, X, rng):
        layers, H = [], X
        for inputs, outputs in pairwise(widths):
            W = rng.normal(size=(outputs, inputs))
            W /= (H @ W.T).std(axis=0)[:, None] + 1e-12
            b = -(H @ W.T).mean(axis=0)
            layers.append((W, b))
            H = np.maximum(H @ W.T + b, 0.0)
        return layers


@wrong("deep_start", hint="Now the size is right in every layer. How many units are dead?")
def every_layer_scaled_on_the_data():
    from itertools import pairwise

    def deep_start(widths, X, rng):
        layers, H = [], X
        for inputs, outputs in pairwise(widths):
            W = rng.normal(size=(outputs, inputs))
            H = np.maximum(H @ W.T, 0.0)
            scale = H.std() + 1e-12
            W, H = W / scale, H / scale
            layers.append((W, np.zeros(outputs)))
        return layers


@wrong("deep_start", hint="The first layer has 2 inputs. What is the input of its units whose weights are all 0?")
def identities_from_the_first_layer_on():
    from itertools import pairwise

    def deep_start(widths, X, rng):
        layers = []
        for inputs, outputs in pairwise(widths):
            W = np.eye(outputs, inputs)
            layers.append((W, np.zeros(outputs)))
        return layers


@wrong("deep_start", hint="Are the rows of W the outputs of a layer, or its inputs?")
def weights_transposed():
    from itertools import pairwise

    def deep_start(widths, X, rng):
        layers = []
        for inputs, outputs in pairwise(widths):
            W = rng.normal(0.0, (2 / inputs) ** 0.5, size=(inputs, outputs))
            layers.append((W, np.zeros(outputs)))
        return layers


@wrong("deep_start", hint="What is 0.9 to the power of 30, and to the power of 40?")
def identities_that_shrink():
    def deep_start(widths, X, rng):
        first = (rng.normal(size=(widths[1], widths[0])) * 0.7, np.zeros(widths[1]))
        last = (rng.normal(size=(widths[-1], widths[-2])) * widths[-2] ** -0.5, np.zeros(widths[-1]))
        middle = [(0.9 * np.eye(n), np.zeros(n)) for n in widths[2:-1]]
        return [first, *middle, last]


@shortcut("deep_start", uses="`torch.nn.init`")
def initializers_of_torch():
    from itertools import pairwise

    def deep_start(widths, X, rng):
        layers = []
        for inputs, outputs in pairwise(widths):
            W = torch.empty(outputs, inputs, dtype=torch.float64)
            nn.init.eye_(W) if inputs == outputs else nn.init.normal_(W, std=0.5)
            layers.append((W.numpy(), np.zeros(outputs)))
        return layers


@shortcut("deep_start", uses="`course_utils.init_normalization.initialization.std_of`")
def scheme_of_the_lecture():
    from itertools import pairwise

    from course_utils.init_normalization.initialization import HE, std_of

    def deep_start(widths, X, rng):
        pairs = list(pairwise(widths))
        return [(rng.normal(0, std_of(HE, 0.0, i, o), size=(o, i)), np.zeros(o)) for i, o in pairs]
