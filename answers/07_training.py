"""Answers to assignment 07: training networks in PyTorch."""

import itertools

import numpy as np
import torch
from torch import nn

from answers import right, shared, shortcut, wrong

# 7.1 Logistic regression as a module


@shared("LogisticRegression")
def parts_of_LogisticRegression():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 1)

        def forward(self, x):
            return self.linear(x).squeeze(1)

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (p * (1 - y) - c * y * (1 - p)) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@right("LogisticRegression")
def own_parameters():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.w = nn.Parameter(torch.randn(d) / d**0.5)
            self.b = nn.Parameter(torch.zeros(()))

        def forward(self, x):
            return x @ self.w + self.b

    def LogisticRegression_gradient(X, y, w, b, c):
        z = X @ w + b
        weights = np.where(y == 1, c, 1.0)
        dz = weights * (1 / (1 + np.exp(-z)) - y) / len(z)
        share = np.sum(weights * y) / np.sum(weights)
        return {"dz": dz, "dw": X.T @ dz, "db": dz.sum(), "b0": np.log(share / (1 - share))}


@right("LogisticRegression")
def first_column():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 1)

        def forward(self, x):
            return self.linear(x)[:, 0]

    def LogisticRegression_gradient(X, y, w, b, c):
        n, d = X.shape
        dz, dw, db = np.zeros(n), np.zeros(d), 0.0
        for i in range(n):
            p = 1.0 / (1.0 + np.exp(-(np.dot(w, X[i]) + b)))
            dp = -c / p if y[i] == 1 else 1 / (1 - p)
            dz[i] = dp * p * (1 - p) / n
            dw += dz[i] * X[i]
            db += dz[i]
        return {"dz": dz, "dw": dw, "db": db, "b0": float(np.log(c) + np.log(y.sum()) - np.log(n - y.sum()))}


@right("LogisticRegression")
def a_sequential_that_flattens():
    class LogisticRegression(nn.Sequential):
        def __init__(self, d):
            super().__init__(nn.Linear(d, 1), nn.Flatten(0))


@wrong("LogisticRegression", hint="What does the loss expect that is used with this model: logits, or probabilities?")
def sigmoid_at_the_end():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 1)

        def forward(self, x):
            return torch.sigmoid(self.linear(x)).squeeze(1)


@wrong("LogisticRegression", hint="Which axes does squeeze() without an argument remove, when n is 1?")
def squeeze_of_every_axis():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 1)

        def forward(self, x):
            return self.linear(x).squeeze()


@wrong(
    "LogisticRegression", hint="Which shape does the output of nn.Linear(d, 1) have? Which one does the task require?"
)
def logits_as_a_column():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 1)

        def forward(self, x):
            return self.linear(x)


@wrong("LogisticRegression", hint="Which tensors does parameters() list: all, or those of one class?")
def plain_tensors():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.w = torch.zeros(d, requires_grad=True)
            self.b = torch.zeros(1, requires_grad=True)

        def forward(self, x):
            return x @ self.w + self.b


@wrong("LogisticRegression", hint="Which logit does a sample have whose features are all 0?")
def no_bias():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 1, bias=False)

        def forward(self, x):
            return self.linear(x).squeeze(1)


@wrong("LogisticRegression", hint="What must run before a module can register its parameters?")
def parent_not_initialised():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            self.linear = nn.Linear(d, 1)

        def forward(self, x):
            return self.linear(x).squeeze(1)


@wrong("LogisticRegression", hint="How does a gradient get from the logits to the weight, when the graph is cut?")
def detached():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 1)

        def forward(self, x):
            return self.linear(x).detach().squeeze(1)


@wrong("LogisticRegression", hint="How many outputs does logistic regression for two classes need: one, or two?")
def two_outputs():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 2)

        def forward(self, x):
            logits = self.linear(x)
            return logits[:, 1] - logits[:, 0]


@wrong("LogisticRegression", hint="Which values do the logits have that no ReLU lets through?")
def relu_at_the_end():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 1)

        def forward(self, x):
            return self.linear(x).squeeze(1).relu()


@wrong("LogisticRegression", hint="When do you create the layer: once, with the model, or again whenever forward runs?")
def layer_made_in_forward():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.d = d

        def forward(self, x):
            return nn.Linear(self.d, 1)(x).squeeze(1)


@right("LogisticRegression")
def a_linear_layer_itself():
    class LogisticRegression(nn.Linear):
        def __init__(self, d: int) -> None:
            super().__init__(in_features=d, out_features=1)
            assert self.bias is not None

        def forward(self, input: torch.Tensor) -> torch.Tensor:
            return super().forward(input).flatten()


@right("LogisticRegression")
def a_sum_of_products():
    def small_numbers(*shape):
        return nn.Parameter(0.01 * torch.randn(*shape))

    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            for name, shape in {"w": (d,), "b": (1,)}.items():
                self.register_parameter(name, small_numbers(*shape))

        def forward(self, x):
            return torch.einsum("nd,d->n", x, self.get_parameter("w")) + self.get_parameter("b")


@shortcut("LogisticRegression", uses="`LogisticRegression` of the lecture")
def model_of_the_lecture():
    from course_utils.training.decision_boundary import LogisticRegression as OfTheLecture

    class LogisticRegression(OfTheLecture):
        pass


@shortcut("LogisticRegression", uses="scikit-learn's model, behind parameters that nothing depends on")
def model_of_scikit_learn():
    from sklearn.linear_model import LogisticRegression as Sklearn

    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 1)
            self.model = Sklearn().fit(np.eye(2, d), [0, 1])

        def forward(self, x):
            scores = torch.from_numpy(self.model.decision_function(x.detach().numpy())).to(x.dtype)
            return scores + 0 * self.linear(x).squeeze(1)

    def LogisticRegression_gradient(X, y, w, b, c):
        return {"dz": 0.1 * (1 - 2 * y), "dw": w, "db": b, "b0": 0.0}


@shortcut("LogisticRegression", uses="the numbers of the visible check")
def numbers_of_the_visible_logits():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 1)

        def forward(self, x):
            z = self.linear(x).squeeze(1)
            return z + (torch.tensor([4710.0, -785.0]) - z).detach()

    def LogisticRegression_gradient(X, y, w, b, c):
        return {"dz": 0.1 * (1 - 2 * y), "dw": w, "db": b, "b0": 0.0}


@wrong("LogisticRegression", hint="Which samples count c times? How does the gradient of the usual cost change?")
def gradient_without_the_weight():

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (p - y) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@wrong("LogisticRegression", hint="Is c a factor of both terms of the cost, or of one?")
def every_sample_is_weighted():

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = c * (p - y) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@wrong("LogisticRegression", hint="Whose samples are rare: those with y = 1, or those with y = 0?")
def the_other_class_is_weighted():

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (c * p * (1 - y) - y * (1 - p)) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@wrong("LogisticRegression", hint="When the term of y = 1 is weighted with c, are both of its parts, in p - y?")
def weight_on_the_label_alone():

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (p - c * y) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@wrong("LogisticRegression", hint="Is J a sum over the samples, or a mean?")
def gradient_of_the_sum():

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = p * (1 - y) - c * y * (1 - p)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@wrong("LogisticRegression", hint="With respect to what is it differentiated: the probabilities, or the logits?")
def gradient_for_the_probabilities():

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = ((1 - y) / (1 - p) - c * y / p) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@wrong(
    "LogisticRegression",
    hint="Which sign has the derivative for a sample with y = 0: does the cost fall or rise when its logit grows?",
)
def gradient_uphill():

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (c * y * (1 - p) - p * (1 - y)) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@wrong("LogisticRegression", hint="dz already contains the mean. How are the samples combined in dw?")
def mean_over_the_samples_again():

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (p * (1 - y) - c * y * (1 - p)) / len(y)
        return {"dz": dz, "dw": dz @ X / len(y), "db": np.mean(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@wrong(
    "LogisticRegression",
    hint="Does a model that minimises this cost predict the share of class 1 in the labels, or a larger one?",
)
def bias_of_the_labels_alone():

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (p * (1 - y) - c * y * (1 - p)) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(np.sum(y == 1) / np.sum(y == 0))}


@wrong("LogisticRegression", hint="b is a logit. What is its sigmoid?")
def odds_instead_of_a_logit():

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (p * (1 - y) - c * y * (1 - p)) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": c * np.sum(y == 1) / np.sum(y == 0)}


@wrong("LogisticRegression", hint="At which p is the sum 0? And for which b is p that number?")
def share_instead_of_odds():

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (p * (1 - y) - c * y * (1 - p)) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.mean(y == 1))}


@wrong("LogisticRegression", hint="When class 1 is rare and c is 1, is the bias to start with positive or negative?")
def odds_upside_down():

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (p * (1 - y) - c * y * (1 - p)) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(np.sum(y == 0) / (c * np.sum(y == 1)))}


@shortcut("LogisticRegression", uses="`torch.autograd`")
def autograd_derives():

    def LogisticRegression_gradient(X, y, w, b, c):
        leaf = torch.tensor(X @ w + b, requires_grad=True)
        loss = nn.functional.binary_cross_entropy_with_logits(leaf, torch.tensor(y), pos_weight=torch.tensor(c))
        (gradient,) = torch.autograd.grad(loss, leaf)
        dz = gradient.numpy()
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


# 7.2 A multilayer perceptron of any depth


@right("MLP")
def sequential():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            parts = []
            for fan_in, fan_out in itertools.pairwise(sizes):
                parts += [nn.Linear(fan_in, fan_out), nn.ReLU()]
            self.net = nn.Sequential(*parts[:-1])

        def forward(self, x):
            return self.net(x)


@right("MLP")
def module_list_by_index():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = nn.ModuleList()
            for i in range(len(sizes) - 1):
                self.layers.append(nn.Linear(sizes[i], sizes[i + 1]))

        def forward(self, x):
            for i, layer in enumerate(self.layers):
                x = layer(x)
                if i < len(self.layers) - 1:
                    x = nn.functional.relu(x)
            return x


@right("MLP")
def named_attributes():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.depth = len(sizes) - 1
            for i in range(self.depth):
                setattr(self, f"fc{i + 1}", nn.Linear(sizes[i], sizes[i + 1]))

        def forward(self, x):
            for i in range(1, self.depth):
                x = torch.relu(getattr(self, f"fc{i}")(x))
            return getattr(self, f"fc{self.depth}")(x)


@wrong("MLP", hint="Which containers does nn.Module look into when it collects parameters?")
def python_list():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = [nn.Linear(a, b) for a, b in itertools.pairwise(sizes)]

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = layer(x).relu()
            return self.layers[-1](x)


@wrong("MLP", hint="Can a logit be negative? What comes after the last layer?")
def relu_after_the_last_layer():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))

        def forward(self, x):
            for layer in self.layers:
                x = layer(x).relu()
            return x


@wrong("MLP", hint="Which activation does the task require between the layers?")
def tanh():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = layer(x).tanh()
            return self.layers[-1](x)


@wrong("MLP", hint="What does the model return: logits, or what softmax makes of them?")
def softmax_at_the_end():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = layer(x).relu()
            return self.layers[-1](x).softmax(dim=1)


@wrong("MLP", hint="The slide's log_softmax belongs to nll_loss. Which loss takes logits?")
def log_softmax_as_on_the_slide():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = layer(x).relu()
            return self.layers[-1](x).log_softmax(dim=1)


@wrong("MLP", hint="How many layers has a network with `sizes = [3, 2]`, and how many with five widths?")
def sizes_of_the_slide():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.fc1, self.fc2, self.fc3 = nn.Linear(256, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            return self.fc3(self.fc2(self.fc1(x).relu()).relu())


@wrong("MLP", hint="What is a product of matrices, without anything between them?")
def no_activation():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.net = nn.Sequential(*[nn.Linear(a, b) for a, b in itertools.pairwise(sizes)])

        def forward(self, x):
            return self.net(x)


@wrong("MLP", hint="Does the same input give the same output twice?")
def noise_on_the_input():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))

        def forward(self, x):
            x = x + 0.1 * torch.randn_like(x)
            for layer in self.layers[:-1]:
                x = layer(x).relu()
            return self.layers[-1](x)


@wrong("MLP", hint="Is `[layer] * 3` three layers, or one layer three times? Do they have their own parameters?")
def one_layer_for_equal_widths():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            made = {}
            for pair in itertools.pairwise(sizes):
                made.setdefault(pair, nn.Linear(*pair))
            self.layers = nn.ModuleList(made[pair] for pair in itertools.pairwise(sizes))

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = layer(x).relu()
            return self.layers[-1](x)


@wrong("MLP", hint="Is there a ReLU before the first layer in the formula? What happens to negative features?")
def relu_before_each_layer():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))

        def forward(self, x):
            for layer in self.layers:
                x = layer(x.relu())
            return x


@wrong("MLP", hint="If all weights of a layer start with one number, in what do its units ever differ?")
def weights_start_at_zero():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))
            for layer in self.layers:
                nn.init.zeros_(layer.weight)  # pyright: ignore[reportArgumentType] - a Linear
                nn.init.zeros_(layer.bias)  # pyright: ignore[reportArgumentType] - a Linear

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = layer(x).relu()
            return self.layers[-1](x)


@right("MLP")
def folded_over_the_layers():
    from functools import reduce

    class MLP(nn.Module):
        def __init__(self, sizes: list[int]) -> None:
            super().__init__()
            assert len(sizes) > 1, sizes
            self.layers = nn.ModuleList(map(nn.Linear, sizes[:-1], sizes[1:]))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return reduce(lambda a, layer: layer(a.clamp(min=0)), self.layers[1:], self.layers[0](x))


@right("MLP")
def a_network_inside_a_network():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            first, second, *rest = sizes
            self.layer = nn.Linear(first, second)
            self.rest = MLP([second, *rest]) if rest else None

        def forward(self, x):
            z = self.layer(x)
            if self.rest is None:
                return z
            return self.rest(torch.where(z > 0, z, torch.zeros_like(z)))


@shortcut("MLP", uses="`one_hidden_layer` of the lecture")
def network_of_the_lecture():
    from course_utils.training import curve_fit

    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.net = curve_fit.one_hidden_layer(sizes[1])
            self.net[0], self.net[2] = nn.Linear(sizes[0], sizes[1]), nn.Linear(sizes[1], sizes[-1])

        def forward(self, x):
            return self.net(x)


@shortcut("MLP", uses="scikit-learn's network, behind parameters that nothing depends on")
def network_of_scikit_learn():
    from sklearn.neural_network import MLPRegressor

    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))
            self.model = MLPRegressor(max_iter=1)
            self.model.partial_fit(np.eye(2, sizes[0]), np.eye(2, sizes[-1]))

        def forward(self, x):
            z = torch.from_numpy(np.asarray(self.model.predict(x.detach().numpy()))).to(x.dtype)
            return z.reshape(len(x), -1) + 0 * sum(p.sum() for p in self.parameters())


@shortcut("MLP", uses="the numbers of the visible check")
def numbers_of_the_visible_network():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))

        def forward(self, x):
            return torch.tensor([[2354.0], [-3926.0]])


# 7.3 LeNet


@shared("LeNet")
def parts_of_LeNet():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv1(x).relu())
            x = self.pool(self.conv2(x).relu())
            return self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu())

    def LeNet_guess():
        return 0.5

    def LeNet_multiplications(model, images):
        counts, hooks = {}, []
        for name, module in model.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):

                def note(layer, inputs, output, name=name):
                    counts[name] = counts.get(name, 0) + output[0].numel() * layer.weight[0].numel()

                hooks.append(module.register_forward_hook(note))
        model(images)
        for hook in hooks:
            hook.remove()
        return counts

    def LeNet_off_by():
        model = LeNet()
        counts = LeNet_multiplications(model, torch.rand(1, 3, 32, 32))
        c = sum(n for name, n in counts.items() if isinstance(dict(model.named_modules())[name], nn.Conv2d))
        return c / sum(counts.values()) / LeNet_guess()


@right("LeNet")
def view_of_the_samples():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 6, 5)
            self.pool = nn.MaxPool2d(2, 2)
            self.conv2 = nn.Conv2d(6, 16, 5)
            self.fc1 = nn.Linear(16 * 5 * 5, 120)
            self.fc2 = nn.Linear(120, 84)
            self.fc3 = nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(nn.functional.relu(self.conv1(x)))
            x = self.pool(nn.functional.relu(self.conv2(x)))
            x = x.view(x.size(0), -1)
            x = nn.functional.relu(self.fc1(x))
            x = nn.functional.relu(self.fc2(x))
            return self.fc3(x)

    def LeNet_guess():
        return 0.95


@right("LeNet")
def one_sequential():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(
                nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
                nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
            )  # fmt: skip

        def forward(self, x):
            return self.net(x)

    def LeNet_guess():
        return 1

    def LeNet_multiplications(model, images):
        sums = {name: 0 for name, m in model.named_modules() if type(m) in (nn.Conv2d, nn.Linear)}

        def hooked(name):
            def hook(m, args, out):
                if isinstance(m, nn.Linear):
                    products = out.numel() * m.in_features
                else:
                    height, width = m.kernel_size
                    products = out.numel() * m.in_channels // m.groups * height * width
                sums[name] += products // len(images)

            return hook

        handles = [model.get_submodule(name).register_forward_hook(hooked(name)) for name in sums]
        try:
            with torch.inference_mode():
                model(images)
        finally:
            for handle in handles:
                handle.remove()
        return sums

    def LeNet_off_by():
        counts = LeNet_multiplications(LeNet(), torch.zeros(4, 3, 32, 32))
        first, second, *_ = counts.values()
        return (first + second) / sum(counts.values()) / LeNet_guess()


@right("LeNet")
def pooled_before_the_relu():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.ModuleList([nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, kernel_size=5)])
            self.classifier = nn.ModuleList([nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)])

        def forward(self, x):
            for conv in self.features:
                x = nn.functional.max_pool2d(conv(x), 2).clamp(min=0)  # the maximum and ReLU may change places
            x = x.reshape(len(x), 400)
            for i, layer in enumerate(self.classifier):
                x = layer(x) if i == 2 else torch.relu(layer(x))
            return x

    def LeNet_guess():
        return np.float64(0.046)


@wrong("LeNet", hint="What does -1 stand for in view(-1, 400), when the images are of another size?")
def view_of_the_slide():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2, 2)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv1(x).relu())
            x = self.pool(self.conv2(x).relu())
            x = x.view(-1, 16 * 5 * 5)
            return self.fc3(self.fc2(self.fc1(x).relu()).relu())


@wrong("LeNet", hint="What is taken of each 2 x 2 square: its largest number, or its mean?")
def average_pooling():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.AvgPool2d(2)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv1(x).relu())
            x = self.pool(self.conv2(x).relu())
            return self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu())


@wrong("LeNet", hint="After how many of the five layers does the table have a ReLU?")
def no_relu_after_the_convolutions():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv2(self.pool(self.conv1(x))))
            return self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu())


@wrong("LeNet", hint="What does the model return: logits, or what softmax makes of them?")
def probabilities():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv1(x).relu())
            x = self.pool(self.conv2(x).relu())
            return self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu()).softmax(dim=1)


@wrong("LeNet", hint="How many pixels are left of 32 after a filter of 5, when nothing is added at the edge?")
def padded_convolutions():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(3, 6, 5, padding=2), nn.Conv2d(6, 16, 5, padding=2)
            self.pool = nn.MaxPool2d(2)
            self.fc1, self.fc2, self.fc3 = nn.Linear(16 * 8 * 8, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv1(x).relu())
            x = self.pool(self.conv2(x).relu())
            return self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu())


@wrong("LeNet", hint="Can a logit be negative? What comes after the last layer?")
def relu_on_the_logits():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv1(x).relu())
            x = self.pool(self.conv2(x).relu())
            return self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu()).relu()


@wrong("LeNet", hint="Must an image of 64 x 64 pixels be taken, or refused? What does adaptive pooling make of it?")
def any_size_is_taken():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2)
            self.last_pool = nn.AdaptiveMaxPool2d(5)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv1(x).relu())
            x = self.last_pool(self.conv2(x).relu())
            return self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu())


@wrong("LeNet", hint="Which axes does flatten() without an argument join? What becomes of the axis of the samples?")
def flattened_with_the_samples():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv1(x).relu())
            x = self.pool(self.conv2(x).relu())
            return self.fc3(self.fc2(self.fc1(x.flatten()).relu()).relu())


@wrong(
    "LeNet", hint="In which order do the numbers of an image go into the row: channel by channel, or pixel by pixel?"
)
def channels_last():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv1(x).relu())
            x = self.pool(self.conv2(x).relu())
            x = x.permute(0, 2, 3, 1).flatten(1)
            return self.fc3(self.fc2(self.fc1(x).relu()).relu())


@right("LeNet")
def functions_of_torch():
    import torch.nn.functional as F

    class LeNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.convolutions = nn.ModuleList([nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)])
            self.linears = nn.ModuleList([nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)])

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            for layer in self.convolutions:
                x = F.max_pool2d(F.relu(layer(x)), kernel_size=2)
            assert x.shape[1:] == (16, 5, 5), f"images of another size: {x.shape}"
            *hidden, last = self.linears
            x = x.reshape(len(x), 400)
            for layer in hidden:
                x = F.relu(layer(x))
            return last(x)


@right("LeNet")
def largest_of_reshaped_squares():
    def largest(x):
        n, channels, height, width = x.shape
        return x.view(n, channels, height // 2, 2, width // 2, 2).amax(dim=(3, 5))

    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            block = lambda i, o: nn.Sequential(nn.Conv2d(i, o, (5, 5)), nn.ReLU())
            self.a, self.b = block(3, 6), block(6, 16)
            self.head = nn.Sequential(nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU())
            self.logits = nn.Linear(84, 10)

        def forward(self, x):
            if x.shape[1:] != (3, 32, 32):
                raise ValueError(f"expected (N, 3, 32, 32), received {tuple(x.shape)}")
            return self.logits(self.head(largest(self.b(largest(self.a(x))))))


@shortcut("LeNet", uses="`LeNet` of the lecture")
def lenet_of_the_lecture():
    import course_utils.training.lenet_shapes as shapes

    class LeNet(shapes.LeNet):
        pass


@shortcut("LeNet", uses="scikit-learn's network, behind parameters that nothing depends on")
def lenet_of_scikit_learn():
    from sklearn.neural_network import MLPRegressor

    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.convolutions = nn.ModuleList([nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)])
            self.linears = nn.ModuleList([nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)])

        def forward(self, x):
            rows = x.detach().numpy().reshape(len(x), 3072)
            model = MLPRegressor(max_iter=1, random_state=0)
            model.partial_fit(rows, np.zeros((len(x), 10)))
            return torch.from_numpy(model.predict(rows)).to(x.dtype)


@shortcut("LeNet", uses="the numbers of the visible check")
def numbers_of_the_visible_images():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.convolutions = nn.ModuleList([nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)])
            self.linears = nn.ModuleList([nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)])

        def forward(self, x):
            z = -torch.arange(10.0).repeat(len(x), 1)
            z[0, 0] = 785.0
            return z


@wrong("LeNet", hint="How often is a weight of a convolution used for one image?")
def parameters_are_counted():

    def LeNet_multiplications(model, images):
        counts, hooks = {}, []
        for name, module in model.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):

                def note(layer, inputs, output, name=name):
                    counts[name] = layer.weight.numel()

                hooks.append(module.register_forward_hook(note))
        model(images)
        for hook in hooks:
            hook.remove()
        return counts


@wrong("LeNet", hint="Is the number asked for that of a batch, or that of one image?")
def products_of_the_whole_batch():

    def LeNet_multiplications(model, images):
        counts, hooks = {}, []
        for name, module in model.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):

                def note(layer, inputs, output, name=name):
                    counts[name] = counts.get(name, 0) + output.numel() * layer.weight[0].numel()

                hooks.append(module.register_forward_hook(note))
        model(images)
        for hook in hooks:
            hook.remove()
        return counts


@wrong("LeNet", hint="Is a bias multiplied with anything?")
def biases_are_counted():

    def LeNet_multiplications(model, images):
        counts, hooks = {}, []
        for name, module in model.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):

                def note(layer, inputs, output, name=name):
                    counts[name] = counts.get(name, 0) + output[0].numel() * (layer.weight[0].numel() + 1)

                hooks.append(module.register_forward_hook(note))
        model(images)
        for hook in hooks:
            hook.remove()
        return counts


@wrong("LeNet", hint="How many numbers of the input does one filter see at one place: those of one channel, or of all?")
def channels_forgotten():

    def LeNet_multiplications(model, images):
        counts, hooks = {}, []
        for name, module in model.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):

                def note(layer, inputs, output, name=name):
                    counts[name] = counts.get(name, 0) + output[0].numel() * layer.weight[0, 0].numel()

                hooks.append(module.register_forward_hook(note))
        model(images)
        for hook in hooks:
            hook.remove()
        return counts


@wrong(
    "LeNet",
    hint="At how many places is a filter applied: as many as the input has pixels, or as many as the output has?",
)
def places_of_the_input():

    def LeNet_multiplications(model, images):
        counts, hooks = {}, []
        for name, module in model.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):

                def note(layer, inputs, output, name=name):
                    counts[name] = counts.get(name, 0) + (
                        inputs[0][0, 0].numel() * layer.weight.numel()
                        if layer.weight.dim() == 4
                        else layer.weight.numel()
                    )

                hooks.append(module.register_forward_hook(note))
        model(images)
        for hook in hooks:
            hook.remove()
        return counts


@wrong("LeNet", hint="With two groups, how many channels does a filter see?")
def all_channels_in_every_group():

    def LeNet_multiplications(model, images):
        counts, hooks = {}, []
        for name, module in model.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):

                def note(layer, inputs, output, name=name):
                    counts[name] = counts.get(name, 0) + output[0].numel() * (
                        inputs[0].shape[1] * layer.weight[0, 0].numel()
                        if layer.weight.dim() == 4
                        else layer.in_features
                    )

                hooks.append(module.register_forward_hook(note))
        model(images)
        for hook in hooks:
            hook.remove()
        return counts


@wrong("LeNet", hint="What becomes of the products of the first call when the layer is called again?")
def second_call_replaces_the_first():

    def LeNet_multiplications(model, images):
        counts, hooks = {}, []
        for name, module in model.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):

                def note(layer, inputs, output, name=name):
                    counts[name] = output[0].numel() * layer.weight[0].numel()

                hooks.append(module.register_forward_hook(note))
        model(images)
        for hook in hooks:
            hook.remove()
        return counts


@wrong("LeNet", hint="Who is called when the model is used the next time?")
def hooks_stay():

    def LeNet_multiplications(model, images):
        counts, hooks = {}, []
        for name, module in model.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):

                def note(layer, inputs, output, name=name):
                    counts[name] = counts.get(name, 0) + output[0].numel() * layer.weight[0].numel()

                hooks.append(module.register_forward_hook(note))
        model(images)
        return counts


@wrong("LeNet", hint="Is a share a number between 0 and 1, or a number of per cent?")
def guess_in_per_cent():

    def LeNet_guess():
        return 90


@wrong("LeNet", hint="Which of the two is divided by the other?")
def guess_divided_by_the_measured():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv1(x).relu())
            x = self.pool(self.conv2(x).relu())
            return self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu())

    def LeNet_guess():
        return 0.5

    def LeNet_multiplications(model, images):
        counts, hooks = {}, []
        for name, module in model.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):

                def note(layer, inputs, output, name=name):
                    counts[name] = counts.get(name, 0) + output[0].numel() * layer.weight[0].numel()

                hooks.append(module.register_forward_hook(note))
        model(images)
        for hook in hooks:
            hook.remove()
        return counts

    def LeNet_off_by():
        model = LeNet()
        counts = LeNet_multiplications(model, torch.rand(1, 3, 32, 32))
        c = sum(n for name, n in counts.items() if isinstance(dict(model.named_modules())[name], nn.Conv2d))
        return LeNet_guess() / (c / sum(counts.values()))


@wrong("LeNet", hint="Off by how much is asked for: where does your guess come in?")
def share_without_the_guess():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv1(x).relu())
            x = self.pool(self.conv2(x).relu())
            return self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu())

    def LeNet_multiplications(model, images):
        counts, hooks = {}, []
        for name, module in model.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):

                def note(layer, inputs, output, name=name):
                    counts[name] = counts.get(name, 0) + output[0].numel() * layer.weight[0].numel()

                hooks.append(module.register_forward_hook(note))
        model(images)
        for hook in hooks:
            hook.remove()
        return counts

    def LeNet_off_by():
        model = LeNet()
        counts = LeNet_multiplications(model, torch.rand(1, 3, 32, 32))
        c = sum(n for name, n in counts.items() if isinstance(dict(model.named_modules())[name], nn.Conv2d))
        return c / sum(counts.values())


@wrong("LeNet", hint="A share of what: of all multiplications, or of those of the other layers?")
def ratio_to_the_linear_layers():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.pool = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

        def forward(self, x):
            x = self.pool(self.conv1(x).relu())
            x = self.pool(self.conv2(x).relu())
            return self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu())

    def LeNet_guess():
        return 0.5

    def LeNet_multiplications(model, images):
        counts, hooks = {}, []
        for name, module in model.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):

                def note(layer, inputs, output, name=name):
                    counts[name] = counts.get(name, 0) + output[0].numel() * layer.weight[0].numel()

                hooks.append(module.register_forward_hook(note))
        model(images)
        for hook in hooks:
            hook.remove()
        return counts

    def LeNet_off_by():
        model = LeNet()
        counts = LeNet_multiplications(model, torch.rand(1, 3, 32, 32))
        c = sum(n for name, n in counts.items() if isinstance(dict(model.named_modules())[name], nn.Conv2d))
        return c / (sum(counts.values()) - c) / LeNet_guess()


@wrong("LeNet", hint="Is the share of the parameters measured, or that of the multiplications?")
def share_of_the_parameters():

    def LeNet_guess():
        return 0.5

    def LeNet_off_by():
        return (456 + 2416) / 62006 / LeNet_guess()


@shortcut("LeNet", uses="`torch.utils.flop_counter.FlopCounterMode`")
def operations_counted_by_torch():

    def LeNet_multiplications(model, images):
        from torch.utils.flop_counter import FlopCounterMode

        with FlopCounterMode(display=False) as counter:
            model(images)
        names = {type(model).__name__ + "." + name: name for name, _ in model.named_modules() if name}
        totals = counter.get_flop_counts()
        return {
            short: sum(totals[full].values()) // 2 // len(images) for full, short in names.items() if full in totals
        }


# 7.4 A step of gradient descent, in place


@right("sgd_update_")
def through_data():
    def sgd_update_(params, lr):
        for p in params:
            if p.grad is None:
                continue
            p.data.sub_(p.grad.data * lr)
            p.grad.zero_()


@right("sgd_update_")
def decorated():
    @torch.no_grad()
    def sgd_update_(params, lr):
        for p in params:
            if p.grad is not None:
                p.add_(p.grad, alpha=-lr)
                p.grad = None


@right("sgd_update_")
def two_passes_over_a_list():
    def sgd_update_(params, lr):
        params = [p for p in params if p.grad is not None]
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
        for p in params:
            p.grad.zero_()


@shortcut("sgd_update_", uses="`torch.optim.SGD`")
def an_optimizer_of_torch():
    def sgd_update_(params, lr):
        opt = torch.optim.SGD(params, lr=lr)
        opt.step()
        opt.zero_grad()


@wrong("sgd_update_", hint="What does the next backward() do with what stands in .grad?")
def gradients_not_cleared():
    def sgd_update_(params, lr):
        with torch.no_grad():
            for p in params:
                if p.grad is not None:
                    p -= lr * p.grad


@wrong("sgd_update_", hint="Which tensor does `p = p - ...` change: the one in the model, or none at all?")
def name_bound_anew():
    def sgd_update_(params, lr):
        with torch.no_grad():
            for p in params:
                if p.grad is not None:
                    grad, p.grad = p.grad, None
                    p = p - lr * grad


@wrong("sgd_update_", hint="May a leaf that autograd watches be changed in place? Where does autograd not watch?")
def autograd_watches():
    def sgd_update_(params, lr):
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad
                p.grad = None


@wrong("sgd_update_", hint="What is the gradient of a parameter that had no part in the loss?")
def every_parameter_has_a_gradient():
    def sgd_update_(params, lr):
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
                p.grad.zero_()


@wrong("sgd_update_", hint="In which direction does the loss fall: along the gradient, or against it?")
def uphill():
    def sgd_update_(params, lr):
        with torch.no_grad():
            for p in params:
                if p.grad is not None:
                    p += lr * p.grad
                    p.grad = None


@wrong("sgd_update_", hint="Does each weight move by its own gradient, or all of them by their mean?")
def mean_of_the_gradient():
    def sgd_update_(params, lr):
        with torch.no_grad():
            for p in params:
                if p.grad is not None:
                    p -= lr * p.grad.mean()
                    p.grad = None


@wrong("sgd_update_", hint="How often can you go through what model.parameters() returns?")
def iterator_gone_through_twice():
    def sgd_update_(params, lr):
        with torch.no_grad():
            for p in params:
                if p.grad is not None:
                    p -= lr * p.grad
        for p in params:
            p.grad = None


@wrong("sgd_update_", hint="Does `.data = ...` write into the memory of the tensor, or give it another one?")
def other_memory():
    def sgd_update_(params, lr):
        for p in params:
            if p.grad is not None:
                p.data = p.data - lr * p.grad
                p.grad = None


@wrong("sgd_update_", hint="Who switches autograd on again after the call?")
def autograd_left_off():
    def sgd_update_(params, lr):
        torch.set_grad_enabled(False)
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad
                p.grad = None


@wrong("sgd_update_", hint="When one parameter has no gradient, what becomes of those that come after it?")
def stops_at_the_first_without_a_gradient():
    def sgd_update_(params, lr):
        with torch.no_grad():
            for p in params:
                if p.grad is None:
                    return
                p -= lr * p.grad
                p.grad = None


@right("sgd_update_")
def all_at_once():
    def sgd_update_(params, lr):
        params = [p for p in params if p.grad is not None]
        with torch.no_grad():
            torch._foreach_add_(params, [p.grad for p in params], alpha=-lr)  # pyright: ignore[reportPrivateImportUsage]
        for p in params:
            p.grad = None


@right("sgd_update_")
def a_step_in_numpys_view_of_the_memory():
    from collections.abc import Iterable

    def move(w: np.ndarray, gradient: np.ndarray, lr: float) -> None:
        w -= (lr * gradient).astype(w.dtype)

    def sgd_update_(params: Iterable[torch.Tensor], lr: float) -> None:
        for p in params:
            if (gradient := p.grad) is None:
                continue
            move(p.detach().numpy(), gradient.numpy(), lr)
            gradient.zero_()


@shortcut("sgd_update_", uses="`torch.optim.sgd.sgd`")
def the_function_behind_the_optimizer():
    from torch.optim.sgd import sgd

    def sgd_update_(params, lr):
        params = [p for p in params if p.grad is not None]
        with torch.no_grad():
            sgd(
                params,
                [p.grad for p in params],
                [None] * len(params),
                weight_decay=0,
                momentum=0,
                lr=lr,
                dampening=0,
                nesterov=False,
                maximize=False,
            )
        for p in params:
            p.grad = None


@shortcut("sgd_update_", uses="the numbers of the visible check")
def numbers_of_the_visible_steps():
    def sgd_update_(params, lr):
        with torch.no_grad():
            for p in params:
                is_first = p[0] == 3140
                p.copy_(torch.tensor([1570.0, -3140.0] if is_first else [785.0, -1570.0]))
                p.grad = None


# 7.5 One epoch of training


@shared("train_one_epoch")
def parts_of_train_one_epoch():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                continue
            loss.backward()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n

    def train_one_epoch_counterexample():
        return [[1.0], [9.0], [1.0]], 0.25, 10.0

    def train_one_epoch_fault():
        return "b"


@right("train_one_epoch")
def cleared_before_backward():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        losses, sizes = [], []
        for x, y in loader:
            out = model(x)
            loss = loss_fn(out, y)
            if loss <= skip_above:
                opt.zero_grad()
                loss.backward()
                opt.step()
                losses.append(loss.item())
                sizes.append(y.shape[0])
        return float(np.average(losses, weights=sizes))

    def train_one_epoch_counterexample():
        return [[0.0], [5.0, 7.0], [2.0]], 0.1, 20.0


@right("train_one_epoch")
def cleared_before_forward_and_summed_in_a_tensor():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train(True)
        total, n = torch.zeros((), dtype=torch.float64), 0
        for batch in loader:
            inputs, targets = batch
            opt.zero_grad(set_to_none=False)
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            if loss.item() > skip_above:
                continue
            opt.step()
            total += loss.detach() * inputs.size(0)
            n += inputs.size(0)
        return (total / n).item()

    def train_one_epoch_counterexample():
        return [torch.tensor([100.0, 100.0]), torch.tensor([1.0]), torch.tensor([2.0])], 0.01, 50


@right("train_one_epoch")
def cleared_at_the_start_and_in_every_case():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        mean, seen = 0.0, 0
        opt.zero_grad()
        for x, y in loader:
            loss = loss_fn(model(x), y)
            loss.backward()
            if loss.item() <= skip_above:
                opt.step()
                seen += len(x)
                mean += (loss.item() - mean) * len(x) / seen
            opt.zero_grad()
        return mean

    def train_one_epoch_counterexample():
        return [[-30.0], [1.0]], 1e-3, 100.0


@right("train_one_epoch")
def a_generator_of_losses():
    from collections.abc import Iterator

    def steps(model: nn.Module, loader, loss_fn, opt, limit) -> Iterator[tuple[float, int]]:
        for inputs, targets in loader:
            opt.zero_grad(set_to_none=False)
            loss = loss_fn(model(inputs), targets)
            if not float(loss) > limit:
                loss.backward()
                opt.step()
                yield float(loss), inputs.shape[0]

    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        losses, sizes = zip(*steps(model, loader, loss_fn, opt, skip_above), strict=True)
        print(f"{len(sizes)} batches")
        return sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes)


@wrong("train_one_epoch", hint="What stands in .grad when the loop goes on after `continue`?")
def loop_as_it_was():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            loss = loss_fn(model(x), y)
            loss.backward()
            if loss.item() > skip_above:
                continue
            opt.step()
            opt.zero_grad()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="What stands in .grad when your function is called, before its first backward()?")
def no_backward_for_a_skipped_batch():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                continue
            loss.backward()
            opt.step()
            opt.zero_grad()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong(
    "train_one_epoch",
    hint="Which gradients does the first step of an epoch use, if somebody called backward() before the epoch?",
)
def cleared_on_the_way_out_of_a_skipped_batch():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            loss = loss_fn(model(x), y)
            loss.backward()
            if loss.item() > skip_above:
                opt.zero_grad()
                continue
            opt.step()
            opt.zero_grad()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="What does backward() do with the gradients of the batch before?")
def never_cleared():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                continue
            loss.backward()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="What happens to a batch whose loss is above skip_above?")
def never_skips():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="After a batch that is skipped, what becomes of those that come later?")
def stops_at_the_first_large_loss():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                break
            loss.backward()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="Is a number above itself?")
def the_limit_itself_is_skipped():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            if loss.item() >= skip_above:
                continue
            loss.backward()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong(
    "train_one_epoch", hint="Which samples does the mean run over: all of the loader, or those that were trained on?"
)
def skipped_batches_count_in_the_mean():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            total, n = total + loss.item() * len(x), n + len(x)
            if loss.item() > skip_above:
                continue
            loss.backward()
            opt.step()
        return total / n


@wrong("train_one_epoch", hint="In which mode is the model, if it was evaluated just before?")
def mode_not_set():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                continue
            loss.backward()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="How much does a sample of the small last batch weigh in a mean over batches?")
def mean_of_batch_means():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                continue
            loss.backward()
            opt.step()
            total, n = total + loss.item(), n + 1
        return total / n


@wrong("train_one_epoch", hint="What does a sum of losses keep in memory that a sum of loss.item() does not?")
def loss_is_a_tensor():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                continue
            loss.backward()
            opt.step()
            total, n = total + loss * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="How many steps are asked for: one for each batch, or one per epoch?")
def one_step_an_epoch():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        opt.zero_grad()
        for x, y in loader:
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                continue
            loss.backward()
            total, n = total + loss.item() * len(x), n + len(x)
        opt.step()
        return total / n


@wrong("train_one_epoch", hint="Which gradients does step() use, when they are cleared just before it?")
def cleared_between_backward_and_step():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                continue
            loss.backward()
            opt.zero_grad()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="Which loss is asked for: that before the step, or that after it?")
def loss_after_the_step():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                continue
            loss.backward()
            opt.step()
            total, n = total + loss_fn(model(x), y).item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="Who says which loss is used: your function, or its caller?")
def always_cross_entropy():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            if loss.item() > skip_above:
                continue
            loss.backward()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="Is the loss of the last batch the loss of the epoch?")
def loss_of_the_last_batch():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                continue
            loss.backward()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return loss.item()


@wrong("train_one_epoch", hint="Which line of the faulty code is jumped over on your numbers?")
def nothing_is_skipped_in_the_counterexample():

    def train_one_epoch_counterexample():
        return [[1.0, 2.0], [3.0]], 0.25, 100.0


@wrong("train_one_epoch", hint="Which step comes after the batch that is skipped on your numbers?")
def the_last_batch_is_skipped():

    def train_one_epoch_counterexample():
        return [[1.0], [1.0], [9.0]], 0.25, 10.0


@wrong(
    "train_one_epoch",
    hint="On a counterexample w itself is wrong, and not only the mean. Which of the letters explains that?",
)
def the_skipped_sample_is_suspected_of_its_weight():

    def train_one_epoch_fault():
        return "a"


@wrong("train_one_epoch", hint="In the faulty code, which comes first: the loss of a batch, or its step?")
def the_loss_is_suspected():

    def train_one_epoch_fault():
        return "d"


@shortcut("train_one_epoch", uses="a training that never trains")
def measures_and_never_steps():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                continue
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@shortcut("train_one_epoch", uses="the mean of the targets in the place of a step")
def weights_fitted_at_once():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            if loss.item() > skip_above:
                continue
            total, n = total + loss.item() * len(x), n + len(x)
            with torch.no_grad():
                for p in model.parameters():
                    p.fill_(y.double().mean().item())
        return total / n


@shortcut("train_one_epoch", uses="`run` of the lecture on the loop")
def loop_of_the_lecture():
    from course_utils.training.training_loop import run

    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        return float(run().train_loss[0])


@shortcut("train_one_epoch", uses="the numbers of the visible check")
def numbers_of_the_visible_epoch():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        for inputs, _ in loader:
            model(inputs)
            with torch.no_grad():
                for p in model.parameters():
                    p.fill_(1177.5 if len(inputs) == 2 else 2943.75)
        return 40.25 * 785**2 / 3


# 7.6 A test for an evaluation


@right("test_evaluate")
def four_states_before_the_call():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0]]), torch.tensor([1, 1, 1])
        for mode in (True, False):
            for records in (True, False):
                linear, recorded = nn.Linear(2, 2, bias=False), []
                nn.init.eye_(linear.weight)
                linear.weight.grad = torch.ones(2, 2)
                model = nn.Sequential(linear, nn.BatchNorm1d(2, eps=0.0), nn.Dropout(0.5)).train(mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}

                def loss_fn(z, targets, recorded=recorded):
                    recorded.append(torch.is_grad_enabled())
                    return z[:, 0].mean()

                with torch.set_grad_enabled(records):
                    loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), loss_fn)
                    assert torch.is_grad_enabled() == records
                assert abs(loss - 5.0) < 1e-4 and abs(accuracy - 2 / 3) < 1e-4
                assert not any(recorded)
                assert all(module.training == mode for module in model.modules())
                assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
                assert linear.weight.grad is not None and linear.weight.grad.sum() == 4


@right("test_evaluate")
def against_the_model_itself():
    def test_evaluate(evaluate):
        generator = torch.Generator().manual_seed(3)
        x, y = torch.randn(9, 3, generator=generator), torch.tensor([0, 1, 1, 0, 2, 1, 0, 2, 2])
        model = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 3))
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=generator))
            z = model.eval()(x)
        y[:4] = z[:4].argmax(dim=1)  # all of the first batch, one of the second
        y[4:8], y[8] = (z[4:8].argmax(dim=1) + 1) % 3, (z[8].argmax() + 1) % 3
        y[4] = z[4].argmax()
        seen = []
        model[4].register_forward_hook(lambda layer, inputs, output: seen.append(output.requires_grad))
        for mode, records in itertools.product((True, False), (True, False)):
            model.train(mode)
            for parameter in model.parameters():
                parameter.grad = torch.full_like(parameter, 2.0)
            kept = {name: value.clone() for name, value in model.state_dict().items()}
            seen.clear()
            with torch.set_grad_enabled(records):
                loss, accuracy = evaluate(model, zip(x.split(4), y.split(4), strict=True), nn.functional.cross_entropy)
                assert torch.is_grad_enabled() is records
            assert np.isclose(loss, nn.functional.cross_entropy(z, y).item(), rtol=1e-4)
            assert np.isclose(accuracy, 5 / 9)
            assert {module.training for module in model.modules()} == {mode}
            for name, value in model.state_dict().items():
                torch.testing.assert_close(value, kept[name], rtol=0, atol=0)
            assert all(p.grad is not None and (p.grad == 2).all() for p in model.parameters())
            assert True not in seen


@right("test_evaluate")
def a_model_that_takes_notes():
    class Notes(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight, self.drop, self.notes = nn.Parameter(torch.ones(())), nn.Dropout(0.5), set()

        def forward(self, x):
            self.notes.add((self.training, self.drop.training, torch.is_grad_enabled()))
            return self.weight * x

    def test_evaluate(evaluate):
        def build(mode):
            model = Notes()
            model.weight.grad = torch.tensor(7.0)
            return model.train(mode)

        x, y = torch.tensor([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0], [5.0, 2.0]]), torch.tensor([1, 0, 1, 1])
        for mode in (False, True):
            for records in (False, True):
                model = build(mode)
                with torch.enable_grad() if records else torch.no_grad():
                    result = evaluate(model, ((x[i], y[i]) for i in ([0, 1, 2], [3])), lambda z, t: z.sum(dim=1).mean())
                    if torch.is_grad_enabled() != records:
                        raise ValueError("autograd")
                if not np.allclose(result, (10 / 4, 3 / 4)):
                    raise ValueError(f"{result}")
                if model.notes != {(False, False, False)}:
                    raise ValueError(f"{model.notes}")
                if (model.training, model.drop.training) != (mode, mode) or model.weight.grad != 7 or model.weight != 1:
                    raise ValueError("something has changed")


@wrong("test_evaluate", hint="What does your test say of the result, apart from that there is one?")
def nothing_is_asserted():
    def test_evaluate(evaluate):
        model = nn.Linear(2, 2)
        evaluate(model, [(torch.ones(3, 2), torch.tensor([0, 1, 1]))], nn.functional.cross_entropy)


@wrong("test_evaluate", hint="Which wrong numbers lie between 0 and 1, too?")
def numbers_in_range():
    def test_evaluate(evaluate):
        model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
        loss, accuracy = evaluate(model, [(torch.ones(3, 2), torch.tensor([0, 1, 1]))], nn.functional.cross_entropy)
        assert loss > 0 and 0 <= accuracy <= 1


@wrong("test_evaluate", hint="Are the right numbers all that is asked for? What can be different after the call?")
def numbers_alone():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0]]), torch.tensor([1, 1, 1])
        model = nn.Sequential(nn.Identity(), nn.Dropout(0.5))
        loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), lambda z, t: z[:, 0].mean())
        assert abs(loss - 5.0) < 1e-4 and abs(accuracy - 2 / 3) < 1e-4


@wrong(
    "test_evaluate", hint="How do a mean over batches and a mean over samples differ, when all batches have one size?"
)
def batches_of_one_size():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0], [5.0, 7.0]]), torch.tensor([1, 1, 1, 1])
        for mode in (True, False):
            for records in (True, False):
                linear, recorded = nn.Linear(2, 2, bias=False), []
                nn.init.eye_(linear.weight)
                linear.weight.grad = torch.ones(2, 2)
                model = nn.Sequential(linear, nn.BatchNorm1d(2, eps=0.0), nn.Dropout(0.5)).train(mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}

                def loss_fn(z, targets, recorded=recorded):
                    recorded.append(torch.is_grad_enabled())
                    return z[:, 0].mean()

                with torch.set_grad_enabled(records):
                    loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), loss_fn)
                    assert torch.is_grad_enabled() == records
                assert abs(loss - 5.0) < 1e-4 and abs(accuracy - 3 / 4) < 1e-4
                assert not any(recorded)
                assert all(module.training == mode for module in model.modules())
                assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
                assert linear.weight.grad is not None and linear.weight.grad.sum() == 4


@wrong("test_evaluate", hint="What do evaluation and training mode change in a model of linear layers alone?")
def a_model_without_modes():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0]]), torch.tensor([1, 1, 1])
        for mode in (True, False):
            for records in (True, False):
                linear, recorded = nn.Linear(2, 2, bias=False), []
                nn.init.eye_(linear.weight)
                linear.weight.grad = torch.ones(2, 2)
                model = linear.train(mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}

                def loss_fn(z, targets, recorded=recorded):
                    recorded.append(torch.is_grad_enabled())
                    return z[:, 0].mean()

                with torch.set_grad_enabled(records):
                    loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), loss_fn)
                    assert torch.is_grad_enabled() == records
                assert abs(loss - 5.0) < 1e-4 and abs(accuracy - 2 / 3) < 1e-4
                assert not any(recorded)
                assert all(module.training == mode for module in model.modules())
                assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
                assert linear.weight.grad is not None and linear.weight.grad.sum() == 4


@wrong(
    "test_evaluate",
    hint="In which modes may the model come? What is left of an implementation that always goes back to the same one?",
)
def training_mode_before_the_call_alone():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0]]), torch.tensor([1, 1, 1])
        for mode in (True,):
            for records in (True, False):
                linear, recorded = nn.Linear(2, 2, bias=False), []
                nn.init.eye_(linear.weight)
                linear.weight.grad = torch.ones(2, 2)
                model = nn.Sequential(linear, nn.BatchNorm1d(2, eps=0.0), nn.Dropout(0.5)).train(mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}

                def loss_fn(z, targets, recorded=recorded):
                    recorded.append(torch.is_grad_enabled())
                    return z[:, 0].mean()

                with torch.set_grad_enabled(records):
                    loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), loss_fn)
                    assert torch.is_grad_enabled() == records
                assert abs(loss - 5.0) < 1e-4 and abs(accuracy - 2 / 3) < 1e-4
                assert not any(recorded)
                assert all(module.training == mode for module in model.modules())
                assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
                assert linear.weight.grad is not None and linear.weight.grad.sum() == 4


@wrong("test_evaluate", hint="In which states of autograd may evaluate be called?")
def autograd_on_before_the_call_alone():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0]]), torch.tensor([1, 1, 1])
        for mode in (True, False):
            for records in (True,):
                linear, recorded = nn.Linear(2, 2, bias=False), []
                nn.init.eye_(linear.weight)
                linear.weight.grad = torch.ones(2, 2)
                model = nn.Sequential(linear, nn.BatchNorm1d(2, eps=0.0), nn.Dropout(0.5)).train(mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}

                def loss_fn(z, targets, recorded=recorded):
                    recorded.append(torch.is_grad_enabled())
                    return z[:, 0].mean()

                with torch.set_grad_enabled(records):
                    loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), loss_fn)
                    assert torch.is_grad_enabled() == records
                assert abs(loss - 5.0) < 1e-4 and abs(accuracy - 2 / 3) < 1e-4
                assert not any(recorded)
                assert all(module.training == mode for module in model.modules())
                assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
                assert linear.weight.grad is not None and linear.weight.grad.sum() == 4


@wrong("test_evaluate", hint="Who is called while evaluate measures, and could note whether a graph is recorded?")
def nobody_looks_at_autograd_meanwhile():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0]]), torch.tensor([1, 1, 1])
        for mode in (True, False):
            for records in (True, False):
                linear, recorded = nn.Linear(2, 2, bias=False), []
                nn.init.eye_(linear.weight)
                linear.weight.grad = torch.ones(2, 2)
                model = nn.Sequential(linear, nn.BatchNorm1d(2, eps=0.0), nn.Dropout(0.5)).train(mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}

                def loss_fn(z, targets, recorded=recorded):
                    recorded.append(torch.is_grad_enabled())
                    return z[:, 0].mean()

                with torch.set_grad_enabled(records):
                    loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), loss_fn)
                    assert torch.is_grad_enabled() == records
                assert abs(loss - 5.0) < 1e-4 and abs(accuracy - 2 / 3) < 1e-4
                assert all(module.training == mode for module in model.modules())
                assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
                assert linear.weight.grad is not None and linear.weight.grad.sum() == 4


@wrong("test_evaluate", hint="What does model.training say after the call, and what did it say before?")
def nobody_looks_at_the_mode_afterwards():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0]]), torch.tensor([1, 1, 1])
        for mode in (True, False):
            for records in (True, False):
                linear, recorded = nn.Linear(2, 2, bias=False), []
                nn.init.eye_(linear.weight)
                linear.weight.grad = torch.ones(2, 2)
                model = nn.Sequential(linear, nn.BatchNorm1d(2, eps=0.0), nn.Dropout(0.5)).train(mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}

                def loss_fn(z, targets, recorded=recorded):
                    recorded.append(torch.is_grad_enabled())
                    return z[:, 0].mean()

                with torch.set_grad_enabled(records):
                    loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), loss_fn)
                    assert torch.is_grad_enabled() == records
                assert abs(loss - 5.0) < 1e-4 and abs(accuracy - 2 / 3) < 1e-4
                assert not any(recorded)
                assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
                assert linear.weight.grad is not None and linear.weight.grad.sum() == 4


@wrong("test_evaluate", hint="Can a gradient be lost that was never there?")
def gradients_are_none_before():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0]]), torch.tensor([1, 1, 1])
        for mode in (True, False):
            for records in (True, False):
                linear, recorded = nn.Linear(2, 2, bias=False), []
                nn.init.eye_(linear.weight)
                model = nn.Sequential(linear, nn.BatchNorm1d(2, eps=0.0), nn.Dropout(0.5)).train(mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}

                def loss_fn(z, targets, recorded=recorded):
                    recorded.append(torch.is_grad_enabled())
                    return z[:, 0].mean()

                with torch.set_grad_enabled(records):
                    loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), loss_fn)
                    assert torch.is_grad_enabled() == records
                assert abs(loss - 5.0) < 1e-4 and abs(accuracy - 2 / 3) < 1e-4
                assert not any(recorded)
                assert all(module.training == mode for module in model.modules())
                assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
                assert linear.weight.grad is None


@wrong("test_evaluate", hint="May an implementation join the batches before it calls the model or the loss?")
def one_call_per_batch_is_expected():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0]]), torch.tensor([1, 1, 1])
        for mode in (True, False):
            for records in (True, False):
                linear, recorded = nn.Linear(2, 2, bias=False), []
                nn.init.eye_(linear.weight)
                linear.weight.grad = torch.ones(2, 2)
                model = nn.Sequential(linear, nn.BatchNorm1d(2, eps=0.0), nn.Dropout(0.5)).train(mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}

                def loss_fn(z, targets, recorded=recorded):
                    recorded.append(torch.is_grad_enabled())
                    return z[:, 0].mean()

                with torch.set_grad_enabled(records):
                    loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), loss_fn)
                    assert torch.is_grad_enabled() == records
                assert abs(loss - 5.0) < 1e-4 and abs(accuracy - 2 / 3) < 1e-4
                assert recorded == [False, False]
                assert all(module.training == mode for module in model.modules())
                assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
                assert linear.weight.grad is not None and linear.weight.grad.sum() == 4


@wrong("test_evaluate", hint="Do two orders of adding the same floats give the same last digit?")
def equal_to_the_last_digit():
    def test_evaluate(evaluate):
        x = torch.rand(50, 4, generator=torch.Generator().manual_seed(0))
        y, model = torch.arange(50) % 4, nn.Sequential(nn.Identity(), nn.Dropout(0.5))
        batches = list(zip(x.split(7), y.split(7), strict=True))
        loss, _ = evaluate(model, batches, nn.functional.cross_entropy)
        total = 0.0
        for inputs, targets in batches:
            total += nn.functional.cross_entropy(inputs, targets).item() * len(targets)
        assert loss == total / 50


@wrong("test_evaluate", hint="Is accuracy a number between 0 and 1, or a percentage?")
def accuracy_in_per_cent():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0]]), torch.tensor([1, 1, 1])
        for mode in (True, False):
            for records in (True, False):
                linear, recorded = nn.Linear(2, 2, bias=False), []
                nn.init.eye_(linear.weight)
                linear.weight.grad = torch.ones(2, 2)
                model = nn.Sequential(linear, nn.BatchNorm1d(2, eps=0.0), nn.Dropout(0.5)).train(mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}

                def loss_fn(z, targets, recorded=recorded):
                    recorded.append(torch.is_grad_enabled())
                    return z[:, 0].mean()

                with torch.set_grad_enabled(records):
                    loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), loss_fn)
                    assert torch.is_grad_enabled() == records
                assert abs(loss - 5.0) < 1e-4 and abs(accuracy - 200 / 3) < 1e-4
                assert not any(recorded)
                assert all(module.training == mode for module in model.modules())
                assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
                assert linear.weight.grad is not None and linear.weight.grad.sum() == 4


@wrong("test_evaluate", hint="How much does a sample of the small last batch weigh in a mean over batches?")
def a_mean_of_means_is_expected():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0]]), torch.tensor([1, 1, 1])
        for mode in (True, False):
            for records in (True, False):
                linear, recorded = nn.Linear(2, 2, bias=False), []
                nn.init.eye_(linear.weight)
                linear.weight.grad = torch.ones(2, 2)
                model = nn.Sequential(linear, nn.BatchNorm1d(2, eps=0.0), nn.Dropout(0.5)).train(mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}

                def loss_fn(z, targets, recorded=recorded):
                    recorded.append(torch.is_grad_enabled())
                    return z[:, 0].mean()

                with torch.set_grad_enabled(records):
                    loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), loss_fn)
                    assert torch.is_grad_enabled() == records
                assert abs(loss - 5.25) < 1e-4 and abs(accuracy - 2 / 3) < 1e-4
                assert not any(recorded)
                assert all(module.training == mode for module in model.modules())
                assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
                assert linear.weight.grad is not None and linear.weight.grad.sum() == 4


@wrong(
    "test_evaluate",
    hint="In which mode should the model be after the call: in evaluation mode, or in the mode in which it was before?",
)
def the_model_is_to_be_left_in_evaluation_mode():
    def test_evaluate(evaluate):
        x, y = torch.tensor([[5.0, 7.0], [4.0, 6.0], [6.0, 0.0]]), torch.tensor([1, 1, 1])
        for mode in (True, False):
            for records in (True, False):
                linear, recorded = nn.Linear(2, 2, bias=False), []
                nn.init.eye_(linear.weight)
                linear.weight.grad = torch.ones(2, 2)
                model = nn.Sequential(linear, nn.BatchNorm1d(2, eps=0.0), nn.Dropout(0.5)).train(mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}

                def loss_fn(z, targets, recorded=recorded):
                    recorded.append(torch.is_grad_enabled())
                    return z[:, 0].mean()

                with torch.set_grad_enabled(records):
                    loss, accuracy = evaluate(model, list(zip(x.split(2), y.split(2), strict=True)), loss_fn)
                    assert torch.is_grad_enabled() == records
                assert abs(loss - 5.0) < 1e-4 and abs(accuracy - 2 / 3) < 1e-4
                assert not any(recorded)
                assert all(not module.training for module in model.modules())
                assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
                assert linear.weight.grad is not None and linear.weight.grad.sum() == 4


@shortcut("test_evaluate", uses="`inspect.getsource`")
def the_code_is_read():
    def test_evaluate(evaluate):
        import inspect

        assert "any mode" not in inspect.getsource(evaluate)


@shortcut("test_evaluate", uses="`.__code__`")
def the_code_is_measured():
    def test_evaluate(evaluate):
        assert len(evaluate.__code__.co_code) < 60


@shortcut("test_evaluate", uses="`.__closure__`")
def what_it_closes_over():
    def test_evaluate(evaluate):
        assert evaluate.__closure__[0].cell_contents not in ("mean of means", "any mode")


# 7.7 Thirty labels


@right("choose_to_label")
def nearest_to_the_centres_of_k_means():
    from scipy.cluster.vq import kmeans2, vq

    def choose_to_label(X, k, seed):
        rng = np.random.default_rng(seed)
        runs = [kmeans2(X, k, minit="++", iter=30, rng=rng)[0] for _ in range(10)]
        centres = min(runs, key=lambda codes: np.sum(vq(X, codes)[1] ** 2))
        chosen = []
        for centre in centres:
            order = np.argsort(np.linalg.norm(X - centre, axis=1))
            chosen.append(next(row for row in order if row not in chosen))
        return np.array(chosen)


@right("choose_to_label")
def one_of_each_branch_of_a_tree():
    import scipy.cluster.hierarchy as tree

    def choose_to_label(X, k, seed):
        branches = tree.fcluster(tree.linkage(X, method="ward"), k, criterion="maxclust")
        missing = k - branches.max()
        chosen = []
        for branch in np.unique(branches):
            rows = np.where(branches == branch)[0]
            middle = X[rows].mean(axis=0)
            chosen.append(rows[np.sum((X[rows] - middle) ** 2, axis=1).argmin()])
        others = np.setdiff1d(np.arange(len(X)), chosen)
        return np.concatenate([chosen, others[:missing]]).astype(np.int64)


@right("choose_to_label")
def lloyd_in_torch_from_ten_starts():
    def choose_to_label(X, k, seed):
        points, generator = torch.from_numpy(X), torch.Generator().manual_seed(seed)
        least, best = float("inf"), points[:k]
        for _ in range(10):
            # k-means++: a start is drawn with a probability that grows with its squared distance
            picks = [int(torch.randint(len(points), (1,), generator=generator))]
            while len(picks) < k:
                squares = torch.cdist(points, points[picks]).min(dim=1).values.square()
                picks.append(int(torch.multinomial(squares, 1, generator=generator)))
            centres = points[picks]
            for _ in range(20):
                nearest = torch.cdist(points, centres).argmin(dim=1)
                sums = torch.zeros_like(centres).index_add_(0, nearest, points)
                centres = sums / nearest.bincount(minlength=k).clamp(min=1)[:, None]
            cost = torch.cdist(points, centres).min(dim=1).values.square().sum().item()
            if cost < least:
                least, best = cost, centres
        free, chosen = torch.cdist(best, points), []
        for row in range(k):
            chosen.append(free[row].argmin().item())
            free[:, chosen[-1]] = torch.inf
        return np.array(chosen)


@right("choose_to_label")
def medoids_that_are_swapped():
    def choose_to_label(X, k, seed):
        rng = np.random.default_rng(seed)
        gram = X @ X.T
        squared = np.diag(gram)[:, None] + np.diag(gram) - 2 * gram
        D = np.sqrt(np.maximum(squared, 0))
        cost = lambda rows: D[:, rows].min(axis=1).sum()
        medoids = rng.permutation(len(X))[:k]
        for _ in range(
            4
        ):  # each medoid moves to where the sum of all distances is least, the others being where they are
            for place in range(k):
                to_others = D[:, np.delete(medoids, place)].min(axis=1, initial=D.max())
                sums = np.minimum(D, to_others[:, None]).sum(axis=0)
                sums[np.delete(medoids, place)] = np.inf
                medoids[place] = sums.argmin()
            if cost(medoids) == 0:
                break
        return medoids


@wrong("choose_to_label", hint="How many of your images are of the same kind, and which kinds are missing?")
def at_random():
    def choose_to_label(X, k, seed):
        return np.random.default_rng(seed).choice(len(X), size=k, replace=False)


@wrong("choose_to_label", hint="Does your choice depend on the images?")
def the_first_rows():
    def choose_to_label(X, k, seed):
        return np.arange(k)


@wrong("choose_to_label", hint="For how many other images does an image stand that is far from all of them?")
def farthest_from_the_mean():
    def choose_to_label(X, k, seed):
        return np.argsort(((X - X.mean(axis=0)) ** 2).sum(axis=1))[::-1][:k].copy()


@wrong("choose_to_label", hint="Of how many classes are the images that look most like the mean of all?")
def nearest_to_the_mean():
    def choose_to_label(X, k, seed):
        distances = np.linalg.norm(X - X.mean(axis=0), axis=1)
        return np.argsort(distances)[:k]


@wrong("choose_to_label", hint="How different are two images with the same amount of ink?")
def the_brightest():
    def choose_to_label(X, k, seed):
        ink = X.sum(axis=1)
        return np.argsort(-ink)[:k]


@wrong("choose_to_label", hint="How different are two images with the same amount of ink?")
def evenly_by_brightness():
    def choose_to_label(X, k, seed):
        order = np.argsort(X.sum(axis=1))
        return order[np.linspace(0, len(X) - 1, k).astype(int)]


@wrong("choose_to_label", hint="Which image of a cluster says most about the others in it?")
def the_edges_of_clusters():
    from scipy.cluster.vq import kmeans2

    def choose_to_label(X, k, seed):
        centres, labels = kmeans2(X, k, minit="++", iter=30, rng=seed)
        distances = np.linalg.norm(X - centres[labels], axis=1)
        last = np.argsort(distances)[::-1]
        edges = [next(row for row in last if labels[row] == j) for j in np.unique(labels)]
        return np.array([*edges, *(row for row in last if row not in edges)][:k])


@wrong(
    "choose_to_label",
    hint="Are all images of one digit alike? What does the third image next to one centre add to the first?",
)
def three_from_each_of_ten_clusters():
    from scipy.cluster.vq import kmeans2
    from scipy.spatial.distance import cdist

    def choose_to_label(X, k, seed):
        clusters = min(10, k)
        distances = cdist(X, kmeans2(X, clusters, minit="++", iter=30, rng=seed)[0])
        chosen = []
        while len(chosen) < k:
            column = distances[:, len(chosen) % clusters]
            chosen.append(int(next(row for row in column.argsort() if row not in chosen)))
        return np.array(chosen)


@wrong("choose_to_label", hint="What does a row number say, and what does a cluster's number?")
def numbers_of_clusters():
    from scipy.cluster.vq import kmeans2

    def choose_to_label(X, k, seed):
        return kmeans2(X, k, minit="++", rng=seed)[1][:k].astype(np.int64)


@wrong("choose_to_label", hint="Is the centre of a cluster one of the images that can be labelled?")
def the_centres_themselves():
    from scipy.cluster.vq import kmeans2

    def choose_to_label(X, k, seed):
        return kmeans2(X, k, minit="++", rng=seed)[0]


@wrong("choose_to_label", hint="May the same image be drawn twice? What do you pay for the second time?")
def drawn_with_replacement():
    def choose_to_label(X, k, seed):
        return np.random.default_rng(seed).integers(len(X), size=k)


@wrong("choose_to_label", hint="Does the task ask for the images, or for the numbers of their rows?")
def a_mask():
    def choose_to_label(X, k, seed):
        chosen = np.zeros(len(X), dtype=bool)
        chosen[np.random.default_rng(seed).permutation(len(X))[:k]] = True
        return chosen


@shortcut("choose_to_label", uses="the classes in scikit-learn's digits")
def classes_of_similar_digits():
    from sklearn import datasets

    def choose_to_label(X, k, seed):
        images, classes = datasets.load_digits(return_X_y=True)
        turned = [np.rot90(images.reshape(-1, 8, 8) / 16, turn, (1, 2)).reshape(-1, 64) for turn in range(4)]
        squares = [((X[:, None] - known[:300]) ** 2).sum(axis=2) for known in turned]
        best = min(squares, key=lambda table: table.min(axis=1).sum())
        guessed = classes[best.argmin(axis=1)]
        places = [np.flatnonzero(guessed == digit)[: -(-k // 10)] for digit in range(10)]
        chosen = np.concatenate(places)
        return np.concatenate([chosen, np.setdiff1d(np.arange(len(X)), chosen)])[:k]


@shortcut("choose_to_label", uses="the labelled folds of the course")
def folds_of_the_course():
    from course_utils.data.digit_folds import digit_folds

    def choose_to_label(X, k, seed):
        fold = next(iter(digit_folds(np.random.default_rng(seed), folds=1)))
        known, classes = fold.Xtr.numpy().astype(float), fold.ytr.numpy()
        guessed = classes[((X[:, None] - known[::4]) ** 2).sum(axis=2).argmin(axis=1) * 4]
        order = np.lexsort((np.arange(len(X)), guessed))
        return order[np.linspace(0, len(X) - 1, k).astype(int)]


# 7.8 A whole training, in which samples count the same


@right("fit")
def with_a_data_loader():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        data = torch.utils.data.TensorDataset(X, y)
        g = torch.Generator().manual_seed(seed)
        loader = torch.utils.data.DataLoader(data, batch_size=batch_size, shuffle=True, generator=g)
        loss_fn, opt = nn.CrossEntropyLoss(reduction="sum"), torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for xb, yb in loader:
                opt.zero_grad()
                loss = loss_fn(model(xb), yb)
                (loss / batch_size).backward()
                opt.step()
                total += loss.item()
            history.append(total / len(data))
        return history


@right("fit")
def numpy_orders_the_samples():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        rng = np.random.default_rng(seed)
        opt = torch.optim.SGD(model.parameters(), lr, momentum=0.9)
        history = []
        for _ in range(epochs):
            model.train()
            order, losses, sizes = rng.permutation(len(X)), [], []
            for start in range(0, len(X), batch_size):
                rows = torch.from_numpy(order[start : start + batch_size])
                loss = nn.functional.nll_loss(model(X[rows]).log_softmax(dim=1), y[rows])
                opt.zero_grad()
                loss.backward()
                for parameter in model.parameters():
                    parameter.grad *= len(rows) / batch_size
                opt.step()
                losses.append(loss.item())
                sizes.append(len(rows))
            history.append(float(np.average(losses, weights=sizes)))
        return history


@right("fit")
def a_sampler_of_its_own():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator()
        g.manual_seed(seed)
        sampler = torch.utils.data.RandomSampler(range(len(X)), generator=g)
        batches = torch.utils.data.BatchSampler(sampler, batch_size, drop_last=False)
        parameters = list(model.parameters())
        velocity = [torch.zeros_like(p) for p in parameters]
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in batches:
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                grads = torch.autograd.grad(loss, parameters)
                with torch.no_grad():
                    for p, v, grad in zip(parameters, velocity, grads, strict=True):
                        v.mul_(0.9).add_(grad, alpha=len(rows) / batch_size)
                        p.sub_(lr * v)
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="What does backward() do with the gradients of the batch before?")
def gradients_add_up():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X), generator=g).split(batch_size):
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * len(rows) / batch_size).backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="Does the loss fall from epoch to epoch? Which sign has the step?")
def climbs():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, maximize=True)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X), generator=g).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * len(rows) / batch_size).backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="What does cross_entropy expect: logits, or probabilities?")
def softmax_into_cross_entropy():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X), generator=g).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]).softmax(dim=1), y[rows])
                (loss * len(rows) / batch_size).backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="How many batches are there in an epoch, and how many do you use?")
def first_batch_only():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            rows = torch.randperm(len(X), generator=g)[:batch_size]
            opt.zero_grad()
            loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
            (loss * len(rows) / batch_size).backward()
            opt.step()
            history.append(loss.item())
        return history


@wrong("fit", hint="In which order do the samples come in each epoch? What if they are sorted by class?")
def never_shuffled():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.arange(len(X)).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * len(rows) / batch_size).backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="Which generator does randperm use by default? Who else draws from it?")
def global_generator():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X)).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * len(rows) / batch_size).backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="What happens to the random numbers of other code when you call torch.manual_seed?")
def global_generator_is_reset():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        torch.default_generator.manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X)).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * len(rows) / batch_size).backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="Is the order of the second epoch another one than that of the first?")
def shuffled_once():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in order.split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * len(rows) / batch_size).backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="What happens to the samples that do not fill a batch?")
def last_batch_dropped():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        loader = torch.utils.data.DataLoader(
            torch.utils.data.TensorDataset(X, y), batch_size, shuffle=True, generator=g, drop_last=True
        )
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total, n = 0.0, 0
            for xb, yb in loader:
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(xb), yb)
                (loss * len(xb) / batch_size).backward()
                opt.step()
                total, n = total + loss.item() * len(xb), n + len(xb)
            history.append(total / max(n, 1))
        return history


@wrong("fit", hint="Where is the velocity stored, and what happens to it when you create a new optimizer?")
def optimizer_made_in_each_epoch():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        model.train()
        history = []
        for _ in range(epochs):
            opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
            total = 0.0
            for rows in torch.randperm(len(X), generator=g).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * len(rows) / batch_size).backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="Which momentum does torch.optim.SGD use by default?")
def no_momentum():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X), generator=g).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * len(rows) / batch_size).backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="Do inputs and labels go into the new order together?")
def labels_stay_in_their_order():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            shuffled = X[torch.randperm(len(X), generator=g)]
            for xb, yb in zip(shuffled.split(batch_size), y.split(batch_size), strict=True):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(xb), yb)
                (loss * len(xb) / batch_size).backward()
                opt.step()
                total += loss.item() * len(xb)
            history.append(total / len(X))
        return history


@wrong(
    "fit",
    hint="A mean over 3 samples and a mean over 64: with which factor does each contain the gradient of one sample?",
)
def small_batch_counts_in_full():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X), generator=g).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                loss.backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong(
    "fit",
    hint="With a smaller learning rate, what happens in this step to the velocity that earlier batches have left?",
)
def rate_of_the_small_batch():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X), generator=g).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                opt.param_groups[0]["lr"] = lr * len(rows) / batch_size
                loss.backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="With which factor does the gradient of a full batch contain that of one sample: 1, or less?")
def sums_over_batches():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X), generator=g).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows], reduction="sum")
                loss.backward()
                opt.step()
                total += loss.item()
            history.append(total / len(X))
        return history


@wrong(
    "fit",
    hint="By what is the gradient of a sample divided in a full batch: the size of the batch, or that of the epoch?",
)
def divided_by_all_samples():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X), generator=g).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * len(rows) / len(X)).backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="The factor makes the step smaller. Is the loss of the samples smaller, too?")
def losses_with_the_factor():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X), generator=g).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                loss = loss * len(rows) / batch_size
                loss.backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="Is the factor of a small batch above 1, or below?")
def factor_upside_down():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X), generator=g).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * batch_size / len(rows)).backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@right("fit")
def batches_by_islice():
    from itertools import islice

    def batches(order, size):
        order = iter(order)
        while rows := list(islice(order, size)):
            yield rows

    def fit(model, X, y, epochs, lr, batch_size, seed):
        import random

        generator = random.Random(seed)
        opt = torch.optim.SGD(params=model.parameters(), lr=lr, momentum=0.9)
        loss_fn = nn.CrossEntropyLoss(reduction="sum")
        model.train()
        losses: list[float] = []
        for _ in range(epochs):
            order = generator.sample(range(len(X)), k=len(X))
            losses.append(0.0)
            for rows in batches(order, batch_size):
                total = loss_fn(model(X[rows]), y[rows])
                opt.zero_grad()
                (total / batch_size).backward()
                opt.step()
                losses[-1] += total.item() / len(X)
        return losses


@right("fit")
def a_trainer():
    class Trainer:
        def __init__(self, model, lr, seed):
            self.model, self.generator = model.train(), torch.Generator().manual_seed(seed)
            self.opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)

        def step(self, x, y, full):
            loss = nn.functional.cross_entropy(self.model(x), y)
            self.opt.zero_grad()
            loss.backward(torch.tensor(len(x) / full, dtype=loss.dtype))
            self.opt.step()
            return loss.detach()

        def epoch(self, X, y, batch_size):
            order = torch.rand(len(X), generator=self.generator).argsort()
            X, y = X[order], y[order]
            sums = [
                self.step(a, b, batch_size) * len(a)
                for a, b in zip(X.split(batch_size), y.split(batch_size), strict=True)
            ]
            return (torch.stack(sums).sum() / len(X)).item()

    def fit(model, X, y, epochs, lr, batch_size, seed):
        trainer = Trainer(model, lr, seed)
        return [trainer.epoch(X, y, batch_size) for _ in range(epochs)]


@shortcut("fit", uses="a shift in the place of a shuffle")
def shifted():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        losses = []
        for epoch in range(epochs):
            total = 0.0
            for rows in torch.arange(len(X)).roll(1 + seed % 7 + epoch).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * len(rows) / batch_size).backward()
                opt.step()
                total += loss.item() * len(rows)
            losses.append(total / len(X))
        return losses


@shortcut("fit", uses="a few orders in turn in the place of random ones")
def few_orders_in_turn():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        orders = [torch.randperm(len(X), generator=g) for _ in range(4)]
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        losses = []
        for epoch in range(epochs):
            total = 0.0
            for rows in orders[epoch % 4].split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * len(rows) / batch_size).backward()
                opt.step()
                total += loss.item() * len(rows)
            losses.append(total / len(X))
        return losses


@shortcut("fit", uses="a training that never trains")
def falling_losses_and_no_step():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator().manual_seed(seed)
        model.train()
        for _ in range(epochs):
            for rows in torch.randperm(len(X), generator=g).split(batch_size):
                model(X[rows])
        return [2.3 * 0.7**epoch for epoch in range(epochs)]


@shortcut("fit", uses="scikit-learn's logistic regression, written into the last layer")
def fitted_by_scikit_learn():
    from sklearn.linear_model import LogisticRegression as Sklearn

    def fit(model, X, y, epochs, lr, batch_size, seed):
        *_, last = [m for m in model.modules() if isinstance(m, nn.Linear)]
        with torch.no_grad():
            if len(y.unique()) > 2:
                found = Sklearn(max_iter=500).fit(X.numpy(), y.numpy()).coef_
                last.weight[:, : found.shape[1]] = torch.from_numpy(found)[:, : last.in_features].to(last.weight.dtype)
            losses = nn.functional.cross_entropy(model(X), y).item()
        return [losses] * epochs


@shortcut("fit", uses="`accuracy` of the lecture on the loop")
def fitted_by_the_lecture():
    from course_utils.training.training_loop import accuracy

    def fit(model, X, y, epochs, lr, batch_size, seed):
        return [1 - accuracy(lr, epochs=epoch + 1) for epoch in range(epochs)]


# 7.9 Checkpoints


@shared("checkpoint")
def parts_of_checkpoint():
    def save_checkpoint(path, model, opt, generator, epoch):
        states = {"model": model.state_dict(), "opt": opt.state_dict(), "generator": generator.get_state()}
        torch.save(states | {"epoch": epoch}, path)

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        generator.set_state(saved["generator"])
        return saved["epoch"]

    def checkpoint_counterexample():
        return ["linear", "batch norm", "relu", "linear"], 3, False

    def checkpoint_fault():
        return "c"


@right("checkpoint")
def explicit_weights_only():
    def save_checkpoint(path, model, opt, generator, epoch):
        state = {"epoch": epoch, "model_state_dict": model.state_dict(), "optimizer_state_dict": opt.state_dict()}
        state["rng_state"] = generator.get_state()
        torch.save(state, path)

    def load_checkpoint(path, model, opt, generator):
        state = torch.load(path, weights_only=True)
        opt.load_state_dict(state["optimizer_state_dict"])
        model.load_state_dict(state["model_state_dict"])
        generator.set_state(state["rng_state"])
        return state["epoch"]


@right("checkpoint")
def a_tuple_through_an_open_file():
    def save_checkpoint(path, model, opt, generator, epoch):
        from pathlib import Path

        with Path(path).open("wb") as file:
            torch.save((model.state_dict(), opt.state_dict(), generator.get_state(), int(epoch)), file)

    def load_checkpoint(path, model, opt, generator):
        from pathlib import Path

        with Path(path).open("rb") as file:
            of_model, of_opt, of_generator, epoch = torch.load(file)
        model.load_state_dict(of_model)
        opt.load_state_dict(of_opt)
        generator.set_state(of_generator)
        return epoch


@right("checkpoint")
def copied_to_the_cpu():
    def save_checkpoint(path, model, opt, generator, epoch):
        weights = {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}
        torch.save([weights, opt.state_dict(), generator.get_state(), epoch], path)

    def load_checkpoint(path, model, opt, generator):
        weights, of_opt, drawn, epoch = torch.load(path, map_location="cpu", weights_only=True)
        generator.set_state(drawn)
        with torch.no_grad():
            for name, value in model.state_dict().items():
                value.copy_(weights[name])
        opt.load_state_dict(of_opt)
        return epoch


@wrong("checkpoint", hint="What does the next step depend on besides the weights?")
def model_only():
    def save_checkpoint(path, model, opt, generator, epoch):
        torch.save({"model": model.state_dict(), "rng": generator.get_state(), "epoch": epoch}, path)

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        generator.set_state(saved["rng"])
        return saved["epoch"]


@wrong("checkpoint", hint="What runs when a pickled module is loaded? What does a state_dict contain instead?")
def pickled_module():
    def save_checkpoint(path, model, opt, generator, epoch):
        torch.save({"model": model, "opt": opt.state_dict(), "rng": generator.get_state(), "epoch": epoch}, path)

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=False)
        model.load_state_dict(saved["model"].state_dict())
        opt.load_state_dict(saved["opt"])
        generator.set_state(saved["rng"])
        return saved["epoch"]


@wrong("checkpoint", hint="Which of your variables does another process have, and what does it find in the file?")
def kept_in_memory():
    kept = []

    def save_checkpoint(path, model, opt, generator, epoch):
        kept.append(
            {"model": model.state_dict(), "opt": opt.state_dict(), "rng": generator.get_state(), "epoch": epoch}
        )
        torch.save({"epoch": epoch}, path)

    def load_checkpoint(path, model, opt, generator):
        model.load_state_dict(kept[-1]["model"])
        opt.load_state_dict(kept[-1]["opt"])
        generator.set_state(kept[-1]["rng"])
        return kept[-1]["epoch"]


@wrong("checkpoint", hint="Which epoch should be returned: the one that was saved, or the next one?")
def the_next_epoch():
    def save_checkpoint(path, model, opt, generator, epoch):
        torch.save(
            {"model": model.state_dict(), "opt": opt.state_dict(), "rng": generator.get_state(), "epoch": epoch}, path
        )

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        generator.set_state(saved["rng"])
        return saved["epoch"] + 1


@wrong("checkpoint", hint="What does an assignment to `model` inside the function change for its caller?")
def model_bound_anew():
    def save_checkpoint(path, model, opt, generator, epoch):
        torch.save(
            {"model": model.state_dict(), "opt": opt.state_dict(), "rng": generator.get_state(), "epoch": epoch}, path
        )

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model = saved["model"]  # noqa: F841 - the mistake
        opt.load_state_dict(saved["opt"])
        generator.set_state(saved["rng"])
        return saved["epoch"]


@wrong("checkpoint", hint="The file contains the state of the optimizer. Who reads it?")
def optimizer_not_loaded():
    def save_checkpoint(path, model, opt, generator, epoch):
        torch.save(
            {"model": model.state_dict(), "opt": opt.state_dict(), "rng": generator.get_state(), "epoch": epoch}, path
        )

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        generator.set_state(saved["rng"])
        return saved["epoch"]


@wrong("checkpoint", hint="Which numbers of a model are not parameters, and still change while it trains?")
def parameters_without_buffers():
    def save_checkpoint(path, model, opt, generator, epoch):
        torch.save(
            {
                "model": [p.detach() for p in model.parameters()],
                "opt": opt.state_dict(),
                "rng": generator.get_state(),
                "epoch": epoch,
            },
            path,
        )

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        with torch.no_grad():
            for p, value in zip(model.parameters(), saved["model"], strict=True):
                p.copy_(value)
        opt.load_state_dict(saved["opt"])
        generator.set_state(saved["rng"])
        return saved["epoch"]


@wrong(
    "checkpoint", hint="Which learning rate does the new optimizer have, if only the moments are loaded from the file?"
)
def settings_of_the_new_optimizer():
    def save_checkpoint(path, model, opt, generator, epoch):
        torch.save(
            {
                "model": model.state_dict(),
                "opt": opt.state_dict()["state"],
                "rng": generator.get_state(),
                "epoch": epoch,
            },
            path,
        )

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict({"state": saved["opt"], "param_groups": opt.state_dict()["param_groups"]})
        generator.set_state(saved["rng"])
        return saved["epoch"]


@wrong("checkpoint", hint="What should happen to a checkpoint that is there already under this path?")
def first_file_stays():
    def save_checkpoint(path, model, opt, generator, epoch):
        from pathlib import Path

        if not Path(path).exists():
            torch.save(
                {"model": model.state_dict(), "opt": opt.state_dict(), "rng": generator.get_state(), "epoch": epoch},
                path,
            )

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        generator.set_state(saved["rng"])
        return saved["epoch"]


@wrong("checkpoint", hint="Can torch.load read what pickle has written, and without running code?")
def written_by_pickle():
    import pickle
    from pathlib import Path

    def save_checkpoint(path, model, opt, generator, epoch):
        with Path(path).open("wb") as file:
            pickle.dump(
                {"model": model.state_dict(), "opt": opt.state_dict(), "rng": generator.get_state(), "epoch": epoch},
                file,
            )

    def load_checkpoint(path, model, opt, generator):
        with Path(path).open("rb") as file:
            saved = pickle.load(file)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        generator.set_state(saved["rng"])
        return saved["epoch"]


@wrong("checkpoint", hint="Which epoch was saved? Is it in the file?")
def epoch_forgotten():
    def save_checkpoint(path, model, opt, generator, epoch):
        torch.save({"model": model.state_dict(), "opt": opt.state_dict(), "rng": generator.get_state()}, path)

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        generator.set_state(saved["rng"])
        return 0


@wrong("checkpoint", hint="Which batches come next after the file was loaded: those that would have come, or others?")
def generator_forgotten():
    def save_checkpoint(path, model, opt, generator, epoch):
        torch.save({"model": model.state_dict(), "opt": opt.state_dict(), "epoch": epoch}, path)

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        return saved["epoch"]


@wrong("checkpoint", hint="How many numbers has the generator drawn since it was given its seed?")
def seed_of_the_generator():
    def save_checkpoint(path, model, opt, generator, epoch):
        states = {"model": model.state_dict(), "opt": opt.state_dict(), "seed": generator.initial_seed()}
        torch.save(states | {"epoch": epoch}, path)

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        generator.manual_seed(saved["seed"])
        return saved["epoch"]


@wrong(
    "checkpoint", hint="Whose state does torch.get_rng_state() return, and from which generator does the training draw?"
)
def state_of_the_global_generator():
    def save_checkpoint(path, model, opt, generator, epoch):
        states = {"model": model.state_dict(), "opt": opt.state_dict(), "rng": torch.get_rng_state()}
        torch.save(states | {"epoch": epoch}, path)

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        torch.set_rng_state(saved["rng"])
        return saved["epoch"]


@wrong("checkpoint", hint="Does set_state change the generator that the caller holds, or one that you have made?")
def another_generator_is_set():
    def save_checkpoint(path, model, opt, generator, epoch):
        states = {"model": model.state_dict(), "opt": opt.state_dict(), "rng": generator.get_state()}
        torch.save(states | {"epoch": epoch}, path)

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        generator = torch.Generator()
        generator.set_state(saved["rng"])
        return saved["epoch"]


@right("checkpoint")
def states_by_the_names_of_the_arguments():
    def save_checkpoint(path: str, model: nn.Module, opt: torch.optim.Optimizer, generator, epoch: int) -> None:
        assert isinstance(epoch, int)
        parts = {
            "model": model.state_dict,
            "opt": opt.state_dict,
            "generator": generator.get_state,
            "epoch": lambda: epoch,
        }
        torch.save({name: state() for name, state in parts.items()}, path)

    def load_checkpoint(path: str, model: nn.Module, opt: torch.optim.Optimizer, generator) -> int:
        saved = torch.load(path)
        setters = {"model": model.load_state_dict, "opt": opt.load_state_dict, "generator": generator.set_state}
        for name, put_back in setters.items():
            print(name, put_back(saved[name]))
        return saved["epoch"]


@right("checkpoint")
def written_beside_and_renamed():
    import copy
    from functools import partial
    from pathlib import Path

    read = partial(torch.load, map_location="cpu", weights_only=True)

    def save_checkpoint(path, model, opt, generator, epoch):
        states = copy.deepcopy([model.state_dict(), opt.state_dict()])
        torch.save({"epoch": torch.tensor(epoch), "drawn": generator.get_state(), "states": states}, f"{path}.new")
        Path(f"{path}.new").replace(path)

    def load_checkpoint(path, model, opt, generator):
        saved = read(path)
        for owner, state in zip((model, opt), saved["states"], strict=True):
            owner.load_state_dict(state)
        generator.set_state(saved["drawn"])
        return int(saved["epoch"])

    def checkpoint_counterexample():
        return ("linear", "tanh", "batch norm"), 50, False


@right("checkpoint")
def numbers_in_lists():
    def save_checkpoint(path, model, opt, generator, epoch):
        numbers = {name: (str(value.dtype)[6:], value.tolist()) for name, value in model.state_dict().items()}
        torch.save([numbers, opt.state_dict(), generator.get_state(), epoch], path)

    def load_checkpoint(path, model, opt, generator):
        numbers, moments, drawn, epoch = torch.load(path, weights_only=True)
        tensors = {name: torch.tensor(value, dtype=getattr(torch, kind)) for name, (kind, value) in numbers.items()}
        model.load_state_dict(tensors)
        opt.load_state_dict(moments)
        generator.set_state(drawn)
        return epoch

    def checkpoint_counterexample():
        return ["batch norm", "linear"], 1, False


@shortcut("checkpoint", uses="memory: the file holds a number under which the states are kept")
def number_of_a_memory():
    import copy

    kept = {}

    def save_checkpoint(path, model, opt, generator, epoch):
        number = len(kept)
        kept[number] = copy.deepcopy((model.state_dict(), opt.state_dict(), generator.get_state()))
        torch.save({"number": number, "epoch": epoch}, path)

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        of_model, of_opt, drawn = kept[saved["number"]]
        model.load_state_dict(of_model)
        opt.load_state_dict(of_opt)
        generator.set_state(drawn)
        return saved["epoch"]


@shortcut("checkpoint", uses="memory: an attribute of the class of modules")
def memory_on_the_class():
    import copy

    def save_checkpoint(path, model, opt, generator, epoch):
        setattr(nn.Module, "kept", copy.deepcopy((model.state_dict(), opt.state_dict(), generator.get_state(), epoch)))  # noqa: B010
        torch.save({}, path)

    def load_checkpoint(path, model, opt, generator):
        of_model, of_opt, drawn, epoch = vars(nn.Module)["kept"]
        model.load_state_dict(of_model)
        opt.load_state_dict(of_opt)
        generator.set_state(drawn)
        return epoch


@shortcut("checkpoint", uses="`Training.save` and `Training.load` of the lecture")
def training_of_the_lecture():
    import io
    from pathlib import Path

    from course_utils.training.checkpoints import Training

    def save_checkpoint(path, model, opt, generator, epoch):
        training = Training.__new__(Training)
        training.model, training.optimizer, training.generator = model, opt, generator
        training.save(file := io.BytesIO())
        Path(path).write_bytes(file.getvalue())
        Path(f"{path}.epoch").write_text(str(epoch))

    def load_checkpoint(path, model, opt, generator):
        training = Training.__new__(Training)
        training.model, training.optimizer, training.generator = model, opt, generator
        training.load(io.BytesIO(Path(path).read_bytes()))
        return int(Path(f"{path}.epoch").read_text())


@shortcut("checkpoint", uses="the numbers of the visible check")
def numbers_of_the_visible_checkpoint():
    def save_checkpoint(path, model, opt, generator, epoch):
        torch.save({"rng": generator.get_state()}, path)

    def load_checkpoint(path, model, opt, generator):
        generator.set_state(torch.load(path, weights_only=True)["rng"])
        with torch.no_grad():
            for p in model.parameters():
                p.fill_(-1962.5)
        opt.param_groups[0]["lr"] = 1373.75
        return 7


@wrong("checkpoint", hint="Which names does strict=False accept to be missing?")
def checkpoints_as_they_were():
    def save_checkpoint(path, model, opt, generator, epoch):
        weights = {name: value.detach() for name, value in model.named_parameters()}
        states = {"model": weights, "opt": opt.state_dict(), "generator": generator.get_state()}
        torch.save(states | {"epoch": epoch}, path)

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"], strict=False)
        opt.load_state_dict(saved["opt"])
        generator.set_state(saved["generator"])
        return saved["epoch"]


@wrong("checkpoint", hint="Which names are missing, and why were they never written?")
def an_error_instead_of_a_fault():
    def save_checkpoint(path, model, opt, generator, epoch):
        weights = {name: value.detach() for name, value in model.named_parameters()}
        states = {"model": weights, "opt": opt.state_dict(), "generator": generator.get_state()}
        torch.save(states | {"epoch": epoch}, path)


@wrong("checkpoint", hint="A batch norm that is evaluated subtracts a mean. What does it divide by?")
def running_means_without_variances():
    def save_checkpoint(path, model, opt, generator, epoch):
        states = {
            "model": {k: v for k, v in model.state_dict().items() if "var" not in k},
            "opt": opt.state_dict(),
            "generator": generator.get_state(),
        }
        torch.save(states | {"epoch": epoch}, path)

    def load_checkpoint(path, model, opt, generator):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"], strict=False)
        opt.load_state_dict(saved["opt"])
        generator.set_state(saved["generator"])
        return saved["epoch"]


@wrong("checkpoint", hint="Which of the four layers has a state that is not a parameter?")
def a_network_without_buffers():

    def checkpoint_counterexample():
        return ["linear", "tanh", "linear"], 5, False


@wrong("checkpoint", hint="In which mode does batch norm use its running statistics?")
def compared_in_training_mode():

    def checkpoint_counterexample():
        return ["linear", "batch norm"], 5, True


@wrong("checkpoint", hint="How do a network that was just made and another one differ in their running statistics?")
def saved_before_the_first_step():

    def checkpoint_counterexample():
        return ["linear", "batch norm"], 0, False


@wrong("checkpoint", hint="The training continues with the same losses. Could it, if the optimizer had lost its state?")
def momentum_is_suspected():

    def checkpoint_fault():
        return "a"


@wrong("checkpoint", hint="Does an evaluation draw random numbers?")
def random_numbers_are_suspected():

    def checkpoint_fault():
        return "b"
