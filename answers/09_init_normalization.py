"""Answers to assignment 09: activations, initialization, normalization."""

import numpy as np
import torch
from torch import nn

from answers import right, wrong

# 9.1 Four activations and their slopes


@right("activation")
def tanh_as_the_slide_writes_it():
    def activation(kind, z, alpha=0.01):
        with np.errstate(over="ignore"):
            if kind == "sigmoid":
                h = 1 / (1 + np.exp(-z))
                return h, h * (1 - h)
            if kind == "tanh":
                h = 2 / (1 + np.exp(-2 * z)) - 1
                return h, (1 + h) * (1 - h)
        if kind == "relu":
            return np.maximum(z, 0.0), np.heaviside(z, 0.5)
        return np.maximum(z, 0) + alpha * np.minimum(z, 0), np.heaviside(z, 1.0) + alpha * np.heaviside(-z, 0.0)


@right("activation")
def by_masks_in_a_copy():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            h = 0.5 * (1 + np.tanh(z / 2))
            return h, h - h**2
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - np.square(h)
        slope = alpha if kind == "leaky_relu" else 0.0
        value, derivative = z.copy(), np.ones_like(z)
        value[z < 0] *= slope
        derivative[z < 0] = slope
        return value, derivative


@right("activation")
def torch_does_it():
    def activation(kind, z, alpha=0.01):
        t = torch.tensor(z, requires_grad=True)
        options = {"negative_slope": alpha} if kind == "leaky_relu" else {}
        y = getattr(torch.nn.functional, kind)(t, **options)
        y.sum().backward()
        return y.detach().numpy(), t.grad.numpy()  # pyright: ignore[reportOptionalMemberAccess] - `backward` has set it


@wrong("activation", hint="Is tanh(z) = 2 sigmoid(z) - 1, or is z doubled somewhere? What does yours give at z = 1?")
def tanh_without_the_two_in_the_exponent():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            h = 0.5 * (1 + np.tanh(z / 2))
            return h, h * (1 - h)
        if kind == "tanh":
            h = 2 / (1 + np.exp(-np.clip(z, -700, 700))) - 1
            return h, 1 - h**2
        slope = np.where(z > 0, 1.0, alpha if kind == "leaky_relu" else 0.0)
        return slope * z, slope


@wrong("activation", hint="The derivative of tanh is 1 minus which power of tanh?")
def one_minus_h():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            h = 0.5 * (1 + np.tanh(z / 2))
            return h, h * (1 - h)
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h
        slope = np.where(z > 0, 1.0, alpha if kind == "leaky_relu" else 0.0)
        return slope * z, slope


@wrong("activation", hint="In sigma (1 - sigma), is sigma the value or the input z?")
def slope_from_z():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            return 0.5 * (1 + np.tanh(z / 2)), z * (1 - z)
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        slope = np.where(z > 0, 1.0, alpha if kind == "leaky_relu" else 0.0)
        return slope * z, slope


@wrong("activation", hint="Does the leaky slope change when alpha does, or does 0.01 stand in your code?")
def alpha_ignored():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            h = 0.5 * (1 + np.tanh(z / 2))
            return h, h * (1 - h)
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        slope = np.where(z > 0, 1.0, 0.01 if kind == "leaky_relu" else 0.0)
        return slope * z, slope


@wrong("activation", hint="Below 0 the leaky ReLU is the line alpha z. What is the slope of that line?")
def zero_slope_below_zero():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            h = 0.5 * (1 + np.tanh(z / 2))
            return h, h * (1 - h)
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        value = np.where(z > 0, z, alpha * z if kind == "leaky_relu" else 0.0)
        return value, np.where(z > 0, 1.0, 0.0)


@wrong("activation", hint="How much does a ReLU's output change when z goes from 2 to 2.1, and does it depend on z?")
def the_slope_of_relu_is_z():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            h = 0.5 * (1 + np.tanh(z / 2))
            return h, h * (1 - h)
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        low = alpha if kind == "leaky_relu" else 0.0
        return np.where(z > 0, z, low * z), np.where(z > 0, z, low)


@wrong("activation", hint="Whose array do you write into when you set the entries below 0?")
def in_place():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            h = 0.5 * (1 + np.tanh(z / 2))
            return h, h * (1 - h)
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        slope = np.where(z > 0, 1.0, alpha if kind == "leaky_relu" else 0.0)
        z *= slope
        return z, slope


@wrong("activation", hint="What is exp(1000) in floating point, and what is infinity divided by infinity?")
def tanh_that_overflows():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            h = 1 / (1 + np.exp(-z))
            return h, h * (1 - h)
        if kind == "tanh":
            h = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
            return h, 1 - h**2
        slope = np.where(z > 0, 1.0, alpha if kind == "leaky_relu" else 0.0)
        return slope * z, slope


@wrong("activation", hint="What type do the entries of `z > 0` have, and which type is asked for?")
def a_derivative_of_booleans():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            h = 0.5 * (1 + np.tanh(z / 2))
            return h, h * (1 - h)
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        if kind == "relu":
            return np.maximum(z, 0), z > 0
        return np.where(z > 0, z, alpha * z), np.where(z > 0, 1.0, alpha)


@wrong(
    "activation",
    hint="Below 0 the leaky ReLU is the line alpha z: does it rise or fall from left to right?",
)
def leaky_slope_of_the_wrong_sign():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            h = 0.5 * (1 + np.tanh(z / 2))
            return h, h * (1 - h)
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        low = alpha if kind == "leaky_relu" else 0.0
        return np.maximum(z, low * z), np.where(z > 0, 1.0, -low)


@wrong("activation", hint="Is every kind finite for z = -1000? Which of your two branches of the sigmoid overflows?")
def sigmoid_with_the_exponential_on_top():
    def activation(kind, z, alpha=0.01):
        if kind == "sigmoid":
            h = np.exp(z) / (1 + np.exp(z))
            return h, h * (1 - h)
        if kind == "tanh":
            h = np.tanh(z)
            return h, 1 - h**2
        slope = np.where(z > 0, 1.0, alpha if kind == "leaky_relu" else 0.0)
        return slope * z, slope


# 9.2 A slope that is learned


@right("PReLU")
def two_relus():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(init * torch.ones(n))

        def forward(self, x):
            return torch.relu(x) - self.a * torch.relu(-x)


@right("PReLU")
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
            return x.clamp(min=0) + self.slope * x.clamp(max=0)


@wrong("PReLU", hint="Which of x and a x is the larger one for x = 2, when a has been learned to be 1.5?")
def the_larger_of_two():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return torch.maximum(x, self.a * x)


@wrong("PReLU", hint="Does an optimizer that is given module.parameters() see the slope?")
def a_buffer():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.register_buffer("a", torch.full((n,), init))

        def forward(self, x):
            return torch.where(x > 0, x, self.a * x)


@wrong("PReLU", hint="May a learned slope be below 0, and what does your forward make of it then?")
def the_size_of_the_slope():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return torch.where(x > 0, x, self.a.abs() * x)


@wrong("PReLU", hint="Where is the parameter cut off from the graph, so that no gradient reaches it?")
def detached():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return torch.where(x > 0, x, self.a.detach() * x)


@wrong("PReLU", hint="Which inputs have the slope a: those above 0, or those below?")
def the_slope_on_the_positive_side():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            return torch.where(x > 0, self.a * x, x)


@wrong("PReLU", hint="Which slope does F.leaky_relu use when it is not told yours?")
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


@wrong("PReLU", hint="What shape has your parameter: a single number, or a vector with one entry for each column?")
def one_number_whatever_n():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.tensor(init))

        def forward(self, x):
            return torch.where(x > 0, x, self.a * x)


@wrong("PReLU", hint="With which value does the slope begin when init is 1.5?")
def init_ignored():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), 0.25))

        def forward(self, x):
            return torch.where(x > 0, x, self.a * x)


@wrong("PReLU", hint="Does a tensor with requires_grad=True that is kept as an attribute stand in module.parameters()?")
def a_tensor_that_is_no_parameter():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = torch.full((n,), init, requires_grad=True)

        def forward(self, x):
            return torch.where(x > 0, x, self.a * x)


@wrong("PReLU", hint="Whose tensor does an operation write into whose name ends in an underscore?")
def into_the_input():
    class PReLU(nn.Module):
        def __init__(self, n=1, init=0.25):
            super().__init__()
            self.a = nn.Parameter(torch.full((n,), init))

        def forward(self, x):
            y = torch.where(x > 0, x, self.a * x)
            with torch.no_grad():
                x.clamp_(min=0)
            return y


# 9.3 Weights of the right spread


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
    hint="A slide prints 1 / (d_in + d_out) for Xavier; which numerator has the table?",
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


@wrong("init_layer", hint="With which value does the bias begin?")
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


@wrong("init_layer", hint="A ReLU cuts away half of the mean square; which factor of He's variance makes up for it?")
def he_without_the_two():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 1 / fan_in, "he_out": 1 / fan_out, "lecun": 1 / fan_in}
        return rng.normal(0, np.sqrt(variance[scheme]), size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong("init_layer", hint="Your weights have the right spread; what is their mean, when all of them are above 0?")
def all_above_zero():
    def init_layer(scheme, fan_in, fan_out, rng):
        variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "he_out": 2 / fan_out, "lecun": 1 / fan_in}
        return rng.uniform(0, np.sqrt(12 * variance[scheme]), size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong(
    "init_layer",
    hint="Who else draws from np.random, and what becomes of a seeded run when you do, too?",
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


# 9.4 What the layers make of a batch


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


@right("forward_stats")
def columns_as_samples_inside():
    def forward_stats(X, Ws, act):
        H, pairs = X.T, []
        for W in Ws:
            H = act(W @ H)
            pairs.append((H.ravel().std(), (np.abs(H) > 0.99).mean()))
        std, saturation = zip(*pairs, strict=True)
        return np.array(std), np.array(saturation)


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


@wrong("forward_stats", hint="Is your first pair of numbers that of the first layer's output, or that of X?")
def inputs_of_the_layers():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            std.append(H.std())
            saturation.append(np.mean(np.abs(H) > 0.99))
            H = act(H @ W.T)
        return np.array(std), np.array(saturation)


@wrong("forward_stats", hint="Is one deviation taken over all entries, or one for each unit and then their mean?")
def the_mean_of_the_units_deviations():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            H = act(H @ W.T)
            std.append(H.std(axis=0).mean())
            saturation.append(np.mean(np.abs(H) > 0.99))
        return np.array(std), np.array(saturation)


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


@wrong("forward_stats", hint="Where do you call act?")
def no_activation():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            H = H @ W.T
            std.append(H.std())
            saturation.append(np.mean(np.abs(H) > 0.99))
        return np.array(std), np.array(saturation)


@wrong("forward_stats", hint="What is handed to the next layer: the output of the activation, or what went into it?")
def linear_between_the_layers():
    def forward_stats(X, Ws, act):
        Z, std, saturation = X, [], []
        for W in Ws:
            Z = Z @ W.T
            H = act(Z)
            std.append(H.std())
            saturation.append(np.mean(np.abs(H) > 0.99))
        return np.array(std), np.array(saturation)


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


@wrong("forward_stats", hint="Is the sum of squares divided by the number of entries, or by one less?")
def torchs_default_of_ddof():
    def forward_stats(X, Ws, act):
        H, std, saturation = X, [], []
        for W in Ws:
            H = act(H @ W.T)
            std.append(H.std(ddof=1))
            saturation.append(np.mean(np.abs(H) > 0.99))
        return np.array(std), np.array(saturation)


@wrong("forward_stats", hint="Is the saturation a share, from 0 to 1, or a number of entries?")
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


# 9.5 Inputs of one scale


@right("Standardizer")
def scikit_learn():
    from sklearn.preprocessing import StandardScaler

    class Standardizer:
        def fit(self, X):
            self.scaler = StandardScaler().fit(X)
            return self

        def transform(self, X):
            return self.scaler.transform(X)


@right("Standardizer")
def a_tiny_epsilon():
    class Standardizer:
        def fit(self, X):
            self.mean, self.std = X.mean(0), X.std(0) + 1e-8

        def transform(self, X):
            return (X - self.mean) / self.std


@right("Standardizer")
def range_of_0():
    class Standardizer:
        def fit(self, X):
            self.mean, self.scale = X.mean(axis=0), X.std(axis=0)
            self.scale[np.ptp(X, axis=0) == 0] = 1

        def transform(self, X):
            return (X - self.mean) / self.scale


@wrong(
    "Standardizer",
    hint="Whose mean does transform subtract: the training set's, or that of the new data?",
)
def fitted_again_on_new_data():
    class Standardizer:
        def fit(self, X):
            pass

        def transform(self, X):
            std = X.std(axis=0)
            return (X - X.mean(axis=0)) / np.where(std > 0, std, 1.0)


@wrong("Standardizer", hint="Is the sum of squares divided by n or by n - 1?")
def divided_by_n_minus_one():
    class Standardizer:
        def fit(self, X):
            self.mean, std = X.mean(axis=0), X.std(axis=0, ddof=1)
            self.std = np.where(np.ptp(X, axis=0) > 0, std, 1.0)

        def transform(self, X):
            return (X - self.mean) / self.std


@wrong("Standardizer", hint="How many means are kept: one, or one for each feature?")
def one_mean_for_everything():
    class Standardizer:
        def fit(self, X):
            self.mean, self.std = X.mean(), X.std()

        def transform(self, X):
            return (X - self.mean) / self.std


@wrong("Standardizer", hint="What is the deviation of a feature that is 7 in every row, and what is 0 / 0?")
def nan_for_a_constant_feature():
    class Standardizer:
        def fit(self, X):
            self.mean, self.std = X.mean(axis=0), X.std(axis=0)

        def transform(self, X):
            return (X - self.mean) / self.std


@wrong("Standardizer", hint="Do you divide by the variance or by its square root?")
def scaled_by_the_variance():
    class Standardizer:
        def fit(self, X):
            self.mean, var = X.mean(axis=0), X.var(axis=0)
            self.var = np.where(np.ptp(X, axis=0) > 0, var, 1.0)

        def transform(self, X):
            return (X - self.mean) / self.var


@wrong("Standardizer", hint="Is the mean taken over the samples, or over the features of one sample?")
def each_row_by_itself():
    class Standardizer:
        def fit(self, X):
            pass

        def transform(self, X):
            std = X.std(axis=1, keepdims=True)
            return (X - X.mean(axis=1, keepdims=True)) / np.where(std > 0, std, 1.0)


@wrong("Standardizer", hint="Standardized data has mean 0 and deviation 1; what does scaling to [0, 1] give?")
def min_max():
    class Standardizer:
        def fit(self, X):
            self.low, reach = X.min(axis=0), np.ptp(X, axis=0)
            self.reach = np.where(reach > 0, reach, 1.0)

        def transform(self, X):
            return (X - self.low) / self.reach


@wrong("Standardizer", hint="Does `X -= mean` make a new array, or change the one of whoever called you?")
def transformed_in_place():
    class Standardizer:
        def fit(self, X):
            self.mean, std = X.mean(axis=0), X.std(axis=0)
            self.std = np.where(np.ptp(X, axis=0) > 0, std, 1.0)

        def transform(self, X):
            X -= self.mean
            X /= self.std
            return X


@wrong("Standardizer", hint="Where are the numbers kept: in the object, or in the class that all objects share?")
def kept_in_the_class():
    class Standardizer:
        def fit(self, X):
            Standardizer.mean, std = X.mean(axis=0), X.std(axis=0)
            Standardizer.std = np.where(np.ptp(X, axis=0) > 0, std, 1.0)

        def transform(self, X):
            return (X - Standardizer.mean) / Standardizer.std


@wrong("Standardizer", hint="If the object was fitted already, does a second fit take the new data?")
def fitted_once_and_for_all():
    class Standardizer:
        mean = None

        def fit(self, X):
            if self.mean is None:
                self.mean, std = X.mean(axis=0), X.std(axis=0)
                self.std = np.where(np.ptp(X, axis=0) > 0, std, 1.0)

        def transform(self, X):
            return (X - self.mean) / self.std


@wrong("Standardizer", hint="What is the computed deviation of ten numbers 0.1: exactly 0, or nearly?")
def deviation_of_exactly_0():
    class Standardizer:
        def fit(self, X):
            n = X.shape[0]
            self.mean = np.sum(X, axis=0) / n
            self.scale = np.sqrt(np.sum((X - self.mean) ** 2, axis=0) / n)
            self.scale[self.scale == 0] = 1
            return self

        def transform(self, X):
            Z = X - self.mean
            Z /= self.scale
            return Z


# 9.6 Batch normalization forward


@right("bn_forward")
def torchs_batch_norm():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        t, scale, shift, mean, var = (torch.tensor(a) for a in (x, gamma, beta, running_mean, running_var))
        xhat = torch.nn.functional.batch_norm(t, mean, var, None, None, train, momentum, eps)
        used = t.var(dim=0, correction=0) if train else var
        return (scale * xhat + shift).numpy(), (xhat.numpy(), gamma, used.numpy(), eps), mean.numpy(), var.numpy()


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
        return xhat * gamma + beta, (xhat, gamma, var, eps), mean_after, var_after


@right("bn_forward")
def the_variance_as_mean_square_minus_squared_mean():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        if not train:
            xhat = (x - running_mean) / np.sqrt(running_var + eps)
            return gamma * xhat + beta, None, running_mean, running_var
        n = x.shape[0]
        mean = x.sum(0) / n
        var = np.maximum((x**2).sum(0) / n - mean**2, 0)
        xhat = (x - mean) / np.sqrt(var + eps)
        running_mean = running_mean + momentum * (mean - running_mean)
        running_var = running_var + momentum * (var * (n / (n - 1)) - running_var)
        return gamma * xhat + beta, (xhat, gamma, var, eps), running_mean, running_var


@wrong("bn_forward", hint="Which of the two variances is remembered: that divided by n, or by n - 1?")
def biased_running_variance():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var
        xhat = (x - mean) / np.sqrt(var + eps)
        return gamma * xhat + beta, (xhat, gamma, var, eps), running_mean, running_var


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
        return gamma * xhat + beta, (xhat, gamma, var, eps), running_mean, running_var


@wrong("bn_forward", hint="In evaluation, may a sample's output depend on the other samples of its batch?")
def the_batchs_statistics_in_evaluation():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n, mean, var = len(x), x.mean(0), x.var(0)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        xhat = (x - mean) / np.sqrt(var + eps)
        return gamma * xhat + beta, (xhat, gamma, var, eps), running_mean, running_var


@wrong("bn_forward", hint="With momentum 0.1, how much of the old running mean is kept: 0.9 or 0.1 of it?")
def momentum_on_the_old():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            running_mean = momentum * running_mean + (1 - momentum) * mean
            running_var = momentum * running_var + (1 - momentum) * var * n / (n - 1)
        xhat = (x - mean) / np.sqrt(var + eps)
        return gamma * xhat + beta, (xhat, gamma, var, eps), running_mean, running_var


@wrong("bn_forward", hint="What keeps the division finite for a column that is constant?")
def no_eps():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        xhat = (x - mean) / np.sqrt(var)
        return gamma * xhat + beta, (xhat, gamma, var, eps), running_mean, running_var


@wrong("bn_forward", hint="Is eps added to the variance, under the root, or to the deviation?")
def eps_outside_the_root():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        xhat = (x - mean) / (np.sqrt(var) + eps)
        return gamma * xhat + beta, (xhat, gamma, var, eps), running_mean, running_var


@wrong("bn_forward", hint="Do the running statistics learn anything from a batch in evaluation?")
def updates_in_evaluation():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        xhat = (x - mean) / np.sqrt(var + eps)
        running_mean = (1 - momentum) * running_mean + momentum * x.mean(0)
        running_var = (1 - momentum) * running_var + momentum * x.var(0) * n / max(n - 1, 1)
        return gamma * xhat + beta, (xhat, gamma, var, eps), running_mean, running_var


@wrong("bn_forward", hint="Is one mean taken for each feature, over the samples, or one for each sample?")
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
        return gamma * xhat + beta, (xhat, gamma, x.var(0), eps), running_mean, running_var


@wrong("bn_forward", hint="Does `running_mean *= 0.9` make a new array, or change the one of whoever called you?")
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
        return gamma * xhat + beta, (xhat, gamma, var, eps), running_mean, running_var


@wrong("bn_forward", hint="Where do gamma and beta come in?")
def neither_scaled_nor_shifted():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        xhat = (x - mean) / np.sqrt(var + eps)
        return xhat, (xhat, gamma, var, eps), running_mean, running_var


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
        return gamma * xhat + beta, (xhat, gamma, x.var(0), eps), running_mean, running_var


@wrong("bn_forward", hint="What is kept of the running statistics that you were given, and what of the new batch?")
def the_last_batch_is_remembered_alone():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        xhat = (x - mean) / np.sqrt(var + eps)
        if train:
            running_mean, running_var = mean, var * n / (n - 1)
        return gamma * xhat + beta, (xhat, gamma, var, eps), running_mean, running_var


@wrong("bn_forward", hint="Is the cached xhat the normalized batch, or has it been scaled and shifted already?")
def y_in_the_cache():
    def bn_forward(x, gamma, beta, running_mean, running_var, train, momentum=0.1, eps=1e-5):
        n = len(x)
        mean, var = (x.mean(0), x.var(0)) if train else (running_mean, running_var)
        if train:
            running_mean = (1 - momentum) * running_mean + momentum * mean
            running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
        y = gamma * (x - mean) / np.sqrt(var + eps) + beta
        return y, (y, gamma, var, eps), running_mean, running_var


# 9.7 Batch normalization backward


@right("bn_backward")
def the_long_form_of_three_terms():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        n = len(dy)
        std = np.sqrt(var + eps)
        centred = xhat * std
        dxhat = dy * gamma
        dvar = np.sum(dxhat * centred, axis=0) * -0.5 * std**-3
        dmean = -np.sum(dxhat, axis=0) / std + dvar * np.mean(-2 * centred, axis=0)
        dx = dxhat / std + dvar * 2 * centred / n + dmean / n
        return dx, np.sum(dy * xhat, axis=0), np.sum(dy, axis=0)


@right("bn_backward")
def the_jacobian_of_each_column():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        n, d = dy.shape
        dx = np.empty_like(dy)
        for j in range(d):
            h = xhat[:, j]
            J = (np.eye(n) - 1 / n - np.outer(h, h) / n) * gamma[j] / np.sqrt(var[j] + eps)
            dx[:, j] = J.T @ dy[:, j]
        return dx, np.einsum("nd,nd->d", dy, xhat), dy.sum(axis=0)


@right("bn_backward")
def from_the_two_sums():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        dgamma, dbeta = np.sum(dy * xhat, 0), np.sum(dy, 0)
        return gamma / np.sqrt(var + eps) / len(dy) * (len(dy) * dy - dbeta - xhat * dgamma), dgamma, dbeta


@wrong("bn_backward", hint="Moving one x moves the mean of its column. Where is that path in your dx?")
def the_path_through_the_mean_is_missing():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        dxhat = dy * gamma
        dx = (dxhat - xhat * (dxhat * xhat).mean(0)) / np.sqrt(var + eps)
        return dx, (dy * xhat).sum(0), dy.sum(0)


@wrong("bn_backward", hint="Moving one x moves the variance of its column. Where is that path in your dx?")
def the_path_through_the_variance_is_missing():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        dxhat = dy * gamma
        dx = (dxhat - dxhat.mean(0)) / np.sqrt(var + eps)
        return dx, (dy * xhat).sum(0), dy.sum(0)


@wrong("bn_backward", hint="Are mean and variance constants, or do they depend on every x of the batch?")
def mean_and_variance_taken_as_constants():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        return dy * gamma / np.sqrt(var + eps), (dy * xhat).sum(0), dy.sum(0)


@wrong("bn_backward", hint="y is gamma times xhat plus beta; what is dxhat for a given dy?")
def gamma_is_missing():
    def bn_backward(dy, cache):
        xhat, _, var, eps = cache
        dx = (dy - dy.mean(0) - xhat * (dy * xhat).mean(0)) / np.sqrt(var + eps)
        return dx, (dy * xhat).sum(0), dy.sum(0)


@wrong("bn_backward", hint="gamma was used in all n rows; do their gradients add up, or is their mean taken?")
def the_mean_for_dgamma():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        dxhat = dy * gamma
        dx = (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / np.sqrt(var + eps)
        return dx, (dy * xhat).mean(0), dy.sum(0)


@wrong("bn_backward", hint="How fast does y change with gamma: by 1, or by what gamma is multiplied with?")
def dgamma_without_xhat():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        dxhat = dy * gamma
        dx = (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / np.sqrt(var + eps)
        return dx, dy.sum(0), dy.sum(0)


@wrong("bn_backward", hint="The mean divides by n; is that 1/n still there when you go back through it?")
def sums_in_place_of_means():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        dxhat = dy * gamma
        dx = (dxhat - dxhat.sum(0) - xhat * (dxhat * xhat).sum(0)) / np.sqrt(var + eps)
        return dx, (dy * xhat).sum(0), dy.sum(0)


@wrong("bn_backward", hint="Is the normalized batch divided by the variance, or by its square root?")
def divided_by_the_variance():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        dxhat = dy * gamma
        dx = (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / (var + eps)
        return dx, (dy * xhat).sum(0), dy.sum(0)


@wrong("bn_backward", hint="Which eps did the forward pass add to the variance, and is it in your root, too?")
def eps_forgotten():
    def bn_backward(dy, cache):
        xhat, gamma, var, _ = cache
        dxhat = dy * gamma
        dx = (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / np.sqrt(var)
        return dx, (dy * xhat).sum(0), dy.sum(0)


@wrong("bn_backward", hint="In which order are the three gradients asked for?")
def dbeta_before_dgamma():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        dxhat = dy * gamma
        dx = (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / np.sqrt(var + eps)
        return dx, dy.sum(0), (dy * xhat).sum(0)


@wrong(
    "bn_backward",
    hint="Over which axis do the samples run, whose gradients meet in gamma and beta?",
)
def sums_over_the_features():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        dxhat = dy * gamma
        means = dxhat.mean(1, keepdims=True) + xhat * (dxhat * xhat).mean(1, keepdims=True)
        return (dxhat - means) / np.sqrt(var + eps), (dy * xhat).sum(1), dy.sum(1)


@wrong("bn_backward", hint="Which sign has the path through the mean: does raising the mean raise or lower xhat?")
def the_mean_path_with_the_wrong_sign():
    def bn_backward(dy, cache):
        xhat, gamma, var, eps = cache
        dxhat = dy * gamma
        dx = (dxhat + dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / np.sqrt(var + eps)
        return dx, (dy * xhat).sum(0), dy.sum(0)


# 9.8 Dead units


@right("dead_fraction")
def never_any():
    def dead_fraction(H):
        return 1 - np.any(H > 0, axis=0).mean()


@right("dead_fraction")
def all_zero_counted():
    def dead_fraction(H):
        return np.count_nonzero((H == 0).all(axis=0)) / H.shape[1]


@right("dead_fraction")
def a_loop_over_the_units():
    def dead_fraction(H):
        return sum(1 for unit in H.T if not unit.any()) / len(H.T)


@wrong("dead_fraction", hint="Do you count units or entries? What does yours give for the identity matrix?")
def share_of_zeros():
    def dead_fraction(H):
        return float(np.mean(H == 0))


@wrong("dead_fraction", hint="Are the units the rows of H or its columns?")
def rows_as_units():
    def dead_fraction(H):
        return float(np.mean(H.max(axis=1) == 0))


@wrong("dead_fraction", hint="Is a unit dead whose mean activity is small but not 0?")
def a_threshold_on_the_mean():
    def dead_fraction(H):
        return float(np.mean(H.mean(axis=0) < 1e-6))


@wrong("dead_fraction", hint="Is a share from 0 to 1 asked for, or a number of units?")
def a_count():
    def dead_fraction(H):
        return int(np.sum(H.max(axis=0) == 0))


@wrong("dead_fraction", hint="Is a unit dead that is 0 for one sample, or one that is 0 for all of them?")
def zero_for_any_sample():
    def dead_fraction(H):
        return float(np.mean((H == 0).any(axis=0)))


@wrong("dead_fraction", hint="Which absolute tolerance does np.isclose have, when it is not told one?")
def nearly_zero():
    def dead_fraction(H):
        return float(np.mean(np.isclose(H, 0).all(axis=0)))


@wrong("dead_fraction", hint="Which share do you return: that of the dead units, or that of the living?")
def share_of_the_living():
    def dead_fraction(H):
        return float(np.mean(H.max(axis=0) > 0))


@wrong("dead_fraction", hint="By what do you divide: by the number of units, or by the number of samples?")
def divided_by_the_samples():
    def dead_fraction(H):
        return float(np.sum(H.max(axis=0) == 0) / len(H))


@wrong("dead_fraction", hint="Is a unit dead that is active by 1e-200?")
def nearly_0_is_dead():
    def dead_fraction(H):
        return float(np.mean(H.max(axis=0) < 1e-15))
