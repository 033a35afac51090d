"""Answers to assignment 07: training networks in PyTorch."""

import itertools

import numpy as np
import torch
from torch import nn

from answers import right, wrong

# 7.1 Logistic regression as a module


@right("LogisticRegression")
def own_parameters():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.w = nn.Parameter(torch.randn(d) / d**0.5)
            self.b = nn.Parameter(torch.zeros(()))

        def forward(self, x):
            return x @ self.w + self.b


@right("LogisticRegression")
def first_column():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 1)

        def forward(self, x):
            return self.linear(x)[:, 0]


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


@wrong("LogisticRegression", hint="Which shape has the output of nn.Linear(d, 1)? Which one is asked for?")
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


@wrong("LogisticRegression", hint="Which logit has a sample whose features are all 0?")
def no_bias():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.linear = nn.Linear(d, 1, bias=False)

        def forward(self, x):
            return self.linear(x).squeeze(1)


@wrong("LogisticRegression", hint="What must run before a module can take note of its parameters?")
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


@wrong("LogisticRegression", hint="When is the layer made: once, with the model, or anew whenever forward runs?")
def layer_made_in_forward():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.d = d

        def forward(self, x):
            return nn.Linear(self.d, 1)(x).squeeze(1)


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


@wrong("MLP", hint="Can a logit be negative? What stands after the last layer?")
def relu_after_the_last_layer():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))

        def forward(self, x):
            for layer in self.layers:
                x = layer(x).relu()
            return x


@wrong("MLP", hint="Which activation is asked for between the layers?")
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


@wrong("MLP", hint="Is `[layer] * 3` three layers, or one layer three times? Have they parameters of their own?")
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


@wrong("MLP", hint="Does a ReLU stand before the first layer in the formula? What happens to negative features?")
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


# 7.3 LeNet


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


@wrong("LeNet", hint="Can a logit be negative? What stands after the last layer?")
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


@right("sgd_update_")
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


# 7.5 One epoch of training


@right("train_one_epoch")
def cleared_before_backward():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        losses, sizes = [], []
        for x, y in loader:
            out = model(x)
            loss = loss_fn(out, y)
            opt.zero_grad()
            loss.backward()
            opt.step()
            losses.append(loss.item())
            sizes.append(y.shape[0])
        return float(np.average(losses, weights=sizes))


@right("train_one_epoch")
def cleared_before_forward_and_summed_in_a_tensor():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train(True)
        total, n = torch.zeros((), dtype=torch.float64), 0
        for batch in loader:
            inputs, targets = batch
            opt.zero_grad(set_to_none=False)
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            opt.step()
            total += loss.detach() * inputs.size(0)
            n += inputs.size(0)
        return (total / n).item()


@right("train_one_epoch")
def running_mean_of_the_loss():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        mean, seen = 0.0, 0
        opt.zero_grad()
        for x, y in loader:
            loss = loss_fn(model(x), y)
            loss.backward()
            opt.step()
            opt.zero_grad()
            seen += len(x)
            mean += (loss.item() - mean) * len(x) / seen
        return mean


@wrong("train_one_epoch", hint="What does backward() do with the gradients of the batch before?")
def never_cleared():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            loss = loss_fn(model(x), y)
            loss.backward()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="In which mode is the model, if it was evaluated just before?")
def mode_not_set():
    def train_one_epoch(model, loader, loss_fn, opt):
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="How much does a sample of the small last batch weigh in a mean over batches?")
def mean_of_batch_means():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        losses = []
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            opt.step()
            losses.append(loss.item())
        return sum(losses) / len(losses)


@wrong("train_one_epoch", hint="What does a sum of losses keep in memory that a sum of loss.item() does not?")
def loss_is_a_tensor():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            opt.step()
            total, n = total + loss * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="How many steps are asked for: one for each batch, or one an epoch?")
def one_step_an_epoch():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        total, n = 0.0, 0
        opt.zero_grad()
        for x, y in loader:
            loss = loss_fn(model(x), y)
            loss.backward()
            total, n = total + loss.item() * len(x), n + len(x)
        opt.step()
        return total / n


@wrong("train_one_epoch", hint="Which gradients does step() use, when they are cleared just before it?")
def cleared_between_backward_and_step():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            loss = loss_fn(model(x), y)
            loss.backward()
            opt.zero_grad()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="What stands in .grad when your function is called, before its first backward()?")
def cleared_after_each_step_only():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            loss = loss_fn(model(x), y)
            loss.backward()
            opt.step()
            opt.zero_grad()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="Which loss is asked for: that before the step, or that after it?")
def loss_after_the_step():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss_fn(model(x), y).backward()
            opt.step()
            total, n = total + loss_fn(model(x), y).item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="Who says which loss is used: your function, or its caller?")
def always_cross_entropy():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            opt.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            opt.step()
            total, n = total + loss.item() * len(x), n + len(x)
        return total / n


@wrong("train_one_epoch", hint="Is the loss of the last batch the loss of the epoch?")
def loss_of_the_last_batch():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        for x, y in loader:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            opt.step()
        return loss.item()


# 7.6 Evaluation


@right("evaluate")
def inference_mode():
    def evaluate(model, loader, loss_fn):
        mode = model.training
        model.eval()
        losses, hits, sizes = [], [], []
        with torch.inference_mode():
            for x, y in loader:
                z = model(x)
                losses.append(loss_fn(z, y).item())
                hits.append((z.argmax(1) == y).float().mean().item())
                sizes.append(len(y))
        model.train(mode)
        return float(np.average(losses, weights=sizes)), float(np.average(hits, weights=sizes))


@right("evaluate")
def decorated_and_restored_in_the_end():
    @torch.no_grad()
    def evaluate(model, loader, loss_fn):
        was = model.training
        try:
            model.eval()
            total = correct = n = 0
            for x, y in loader:
                z = model(x)
                total += loss_fn(z, y).item() * x.size(0)
                correct += int(z.max(dim=1).indices.eq(y).sum())
                n += x.size(0)
        finally:
            model.train(was)
        return total / n, correct / n


@right("evaluate")
def logits_joined_first():
    def evaluate(model, loader, loss_fn):
        was = {m: m.training for m in model.modules()}
        model.eval()
        with torch.no_grad():
            pairs = [(model(x), y) for x, y in loader]
            z, y = (torch.cat(part) for part in zip(*pairs, strict=True))
            result = loss_fn(z, y).item(), (z.softmax(1).argmax(1) == y).double().mean().item()
        for m, mode in was.items():
            m.training = mode
        return result


@wrong("evaluate", hint="What do dropout and batch norm do, if nobody tells the model that it is being measured?")
def mode_left_as_it_is():
    def evaluate(model, loader, loss_fn):
        total = right = n = 0
        with torch.no_grad():
            for x, y in loader:
                z = model(x)
                total += loss_fn(z, y).item() * len(x)
                right += (z.argmax(dim=1) == y).sum().item()
                n += len(x)
        return total / n, right / n


@wrong("evaluate", hint="In which mode is the model after the call? In which one was it before?")
def left_in_evaluation_mode():
    def evaluate(model, loader, loss_fn):
        model.eval()
        total = right = n = 0
        with torch.no_grad():
            for x, y in loader:
                z = model(x)
                total += loss_fn(z, y).item() * len(x)
                right += (z.argmax(dim=1) == y).sum().item()
                n += len(x)
        return total / n, right / n


@wrong("evaluate", hint="Does eval() switch autograd off?")
def autograd_on():
    def evaluate(model, loader, loss_fn):
        was = model.training
        model.eval()
        total = right = n = 0
        for x, y in loader:
            z = model(x)
            total += loss_fn(z, y).item() * len(x)
            right += (z.argmax(dim=1) == y).sum().item()
            n += len(x)
        model.train(was)
        return total / n, right / n


@wrong("evaluate", hint="How much does a sample of the small last batch weigh in a mean over batches?")
def mean_over_batches():
    def evaluate(model, loader, loss_fn):
        was = model.training
        model.eval()
        losses, hits = [], []
        with torch.no_grad():
            for x, y in loader:
                z = model(x)
                losses.append(loss_fn(z, y).item())
                hits.append((z.argmax(dim=1) == y).double().mean().item())
        model.train(was)
        return sum(losses) / len(losses), sum(hits) / len(hits)


@wrong("evaluate", hint="Along which axis lie the logits of one sample?")
def argmax_over_samples():
    def evaluate(model, loader, loss_fn):
        was = model.training
        model.eval()
        total = right = n = 0
        with torch.no_grad():
            for x, y in loader:
                z = model(x)
                total += loss_fn(z, y).item() * len(x)
                right += (z.argmax(dim=0)[:, None] == y).any(dim=0).sum().item()
                n += len(x)
        model.train(was)
        return total / n, right / n


@wrong("evaluate", hint="Who switches autograd on again after the call?")
def autograd_stays_off():
    def evaluate(model, loader, loss_fn):
        was = model.training
        model.eval()
        torch.set_grad_enabled(False)
        total = right = n = 0
        for x, y in loader:
            z = model(x)
            total += loss_fn(z, y).item() * len(x)
            right += (z.argmax(dim=1) == y).sum().item()
            n += len(x)
        model.train(was)
        return total / n, right / n


@wrong("evaluate", hint="Is the model always in training mode when you are called?")
def always_back_to_training():
    def evaluate(model, loader, loss_fn):
        model.eval()
        total = right = n = 0
        with torch.no_grad():
            for x, y in loader:
                z = model(x)
                total += loss_fn(z, y).item() * len(x)
                right += (z.argmax(dim=1) == y).sum().item()
                n += len(x)
        model.train()
        return total / n, right / n


@wrong("evaluate", hint="Did autograd record before the call? What if it did not?")
def autograd_always_on_afterwards():
    def evaluate(model, loader, loss_fn):
        was = model.training
        model.eval()
        torch.set_grad_enabled(False)
        total = right = n = 0
        for x, y in loader:
            z = model(x)
            total += loss_fn(z, y).item() * len(x)
            right += (z.argmax(dim=1) == y).sum().item()
            n += len(x)
        torch.set_grad_enabled(True)
        model.train(was)
        return total / n, right / n


@wrong("evaluate", hint="Is accuracy a share between 0 and 1, or a number of per cent?")
def accuracy_in_per_cent():
    def evaluate(model, loader, loss_fn):
        was = model.training
        model.eval()
        total = right = n = 0
        with torch.no_grad():
            for x, y in loader:
                z = model(x)
                total += loss_fn(z, y).item() * len(x)
                right += (z.argmax(dim=1) == y).sum().item()
                n += len(x)
        model.train(was)
        return total / n, 100.0 * right / n


@wrong("evaluate", hint="Is loss_fn of a batch the sum over its samples, or their mean already?")
def sum_of_means_over_samples():
    def evaluate(model, loader, loss_fn):
        was = model.training
        model.eval()
        total = right = n = 0
        with torch.no_grad():
            for x, y in loader:
                z = model(x)
                total += loss_fn(z, y).item()
                right += (z.argmax(dim=1) == y).sum().item()
                n += len(x)
        model.train(was)
        return total / n, right / n


# 7.7 Prediction


@right("predict")
def softmax_then_max():
    def predict(model, x):
        was = model.training
        model.eval()
        with torch.no_grad():
            classes = torch.softmax(model(x), dim=1).max(dim=1)[1]
        model.train(was)
        return classes


@right("predict")
def in_inference_mode():
    def predict(model, x):
        modes = [(m, m.training) for m in model.modules()]
        try:
            with torch.inference_mode():
                return model.eval()(x).argmax(-1).clone()
        finally:
            for m, mode in modes:
                m.training = mode


@right("predict")
def one_sample_at_a_time():
    def predict(model, x):
        was = model.training
        model.eval()
        with torch.no_grad():
            classes = torch.tensor([int(model(row[None]).argmax()) for row in x])
        model.train(was)
        return classes


@wrong("predict", hint="What does model(x) return: classes, or a row of logits for each sample?")
def what_the_model_returns():
    def predict(model, x):
        was = model.training
        model.eval()
        with torch.no_grad():
            label = model(x)
        model.train(was)
        return label


@wrong("predict", hint="What do dropout and batch norm do, if nobody tells the model that it is being used?")
def mode_not_changed():
    def predict(model, x):
        with torch.no_grad():
            return model(x).argmax(dim=1)


@wrong("predict", hint="Along which axis lie the logits of one sample?")
def best_sample_of_each_class():
    def predict(model, x):
        was = model.training
        model.eval()
        with torch.no_grad():
            classes = model(x).argmax(dim=0)
        model.train(was)
        return classes


@wrong("predict", hint="Which dtype has a class, so that it can be an index?")
def classes_as_floats():
    def predict(model, x):
        was = model.training
        model.eval()
        with torch.no_grad():
            classes = model(x).argmax(dim=1).float()
        model.train(was)
        return classes


@wrong("predict", hint="What is asked for: how probable each class is, or which one is most probable?")
def probabilities_of_the_classes():
    def predict(model, x):
        was = model.training
        model.eval()
        with torch.no_grad():
            out = model(x).softmax(dim=1)
        model.train(was)
        return out


@wrong("predict", hint="In which mode is the model after the call? In which one was it before?")
def evaluation_mode_stays():
    def predict(model, x):
        model.eval()
        with torch.no_grad():
            return model(x).argmax(dim=1)


@wrong("predict", hint="max along an axis gives two things. Which one is the place, and which one the value?")
def the_value_of_the_maximum():
    def predict(model, x):
        was = model.training
        model.eval()
        with torch.no_grad():
            value = model(x).max(dim=1).values
        model.train(was)
        return value.long()


@wrong("predict", hint="Does eval() switch autograd off?")
def records_a_graph():
    def predict(model, x):
        was = model.training
        model.eval()
        classes = model(x).argmax(dim=1)
        model.train(was)
        return classes


@wrong("predict", hint="Of how many classes do the logits speak? Is a threshold enough?")
def threshold_at_zero():
    def predict(model, x):
        was = model.training
        model.eval()
        with torch.no_grad():
            classes = (model(x)[:, -1] > 0).long()
        model.train(was)
        return classes


@wrong("predict", hint="What does squeeze() without an axis make of a single sample?")
def squeezed():
    def predict(model, x):
        was = model.training
        model.eval()
        with torch.no_grad():
            classes = model(x).argmax(dim=1).squeeze()
        model.train(was)
        return classes


# 7.8 A whole training


@right("fit")
def with_a_data_loader():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        data = torch.utils.data.TensorDataset(X, y)
        g = torch.Generator().manual_seed(seed)
        loader = torch.utils.data.DataLoader(data, batch_size=batch_size, shuffle=True, generator=g)
        loss_fn, opt = nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        model.train()
        history = []
        for _ in range(epochs):
            total = 0.0
            for xb, yb in loader:
                opt.zero_grad()
                loss = loss_fn(model(xb), yb)
                loss.backward()
                opt.step()
                total += loss.item() * len(xb)
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
                        v.mul_(0.9).add_(grad)
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
                loss.backward()
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
                loss.backward()
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
                loss.backward()
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
            loss.backward()
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
                loss.backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="Which generator does randperm draw from, when it is given none? Who else draws from it?")
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
                loss.backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="What happens to the random numbers of everybody else, when you call torch.manual_seed?")
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
                loss.backward()
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
                loss.backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="What becomes of the samples that do not fill a batch?")
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
                loss.backward()
                opt.step()
                total, n = total + loss.item() * len(xb), n + len(xb)
            history.append(total / max(n, 1))
        return history


@wrong("fit", hint="Where does the velocity live, and what becomes of it when the optimizer is made anew?")
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
                loss.backward()
                opt.step()
                total += loss.item() * len(rows)
            history.append(total / len(X))
        return history


@wrong("fit", hint="Which momentum does torch.optim.SGD have, when you do not say it?")
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
                loss.backward()
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
                loss.backward()
                opt.step()
                total += loss.item() * len(xb)
            history.append(total / len(X))
        return history


# 7.9 Checkpoints


@right("checkpoint")
def explicit_weights_only():
    def save_checkpoint(path, model, opt, epoch):
        state = {"epoch": epoch, "model_state_dict": model.state_dict(), "optimizer_state_dict": opt.state_dict()}
        torch.save(state, path)

    def load_checkpoint(path, model, opt):
        state = torch.load(path, weights_only=True)
        opt.load_state_dict(state["optimizer_state_dict"])
        model.load_state_dict(state["model_state_dict"])
        return state["epoch"]


@right("checkpoint")
def a_tuple_through_an_open_file():
    def save_checkpoint(path, model, opt, epoch):
        from pathlib import Path

        with Path(path).open("wb") as file:
            torch.save((model.state_dict(), opt.state_dict(), int(epoch)), file)

    def load_checkpoint(path, model, opt):
        from pathlib import Path

        with Path(path).open("rb") as file:
            of_model, of_opt, epoch = torch.load(file)
        model.load_state_dict(of_model)
        opt.load_state_dict(of_opt)
        return epoch


@right("checkpoint")
def copied_to_the_cpu():
    def save_checkpoint(path, model, opt, epoch):
        weights = {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}
        torch.save([weights, opt.state_dict(), epoch], path)

    def load_checkpoint(path, model, opt):
        weights, of_opt, epoch = torch.load(path, map_location="cpu", weights_only=True)
        with torch.no_grad():
            for name, value in model.state_dict().items():
                value.copy_(weights[name])
        opt.load_state_dict(of_opt)
        return epoch


@wrong("checkpoint", hint="What does the next step depend on besides the weights?")
def model_only():
    def save_checkpoint(path, model, opt, epoch):
        torch.save({"model": model.state_dict(), "epoch": epoch}, path)

    def load_checkpoint(path, model, opt):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        return saved["epoch"]


@wrong("checkpoint", hint="What is run when a pickled module is opened? What does a state_dict hold instead?")
def pickled_module():
    def save_checkpoint(path, model, opt, epoch):
        torch.save({"model": model, "opt": opt.state_dict(), "epoch": epoch}, path)

    def load_checkpoint(path, model, opt):
        saved = torch.load(path, weights_only=False)
        model.load_state_dict(saved["model"].state_dict())
        opt.load_state_dict(saved["opt"])
        return saved["epoch"]


@wrong("checkpoint", hint="Does a state_dict hold copies, or the tensors of the model? What if the training goes on?")
def kept_in_memory():
    kept = []

    def save_checkpoint(path, model, opt, epoch):
        kept.append({"model": model.state_dict(), "opt": opt.state_dict(), "epoch": epoch})
        torch.save({"epoch": epoch}, path)

    def load_checkpoint(path, model, opt):
        model.load_state_dict(kept[-1]["model"])
        opt.load_state_dict(kept[-1]["opt"])
        return kept[-1]["epoch"]


@wrong("checkpoint", hint="Which epoch is to be returned: the one that was saved, or the next one?")
def the_next_epoch():
    def save_checkpoint(path, model, opt, epoch):
        torch.save({"model": model.state_dict(), "opt": opt.state_dict(), "epoch": epoch}, path)

    def load_checkpoint(path, model, opt):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        return saved["epoch"] + 1


@wrong("checkpoint", hint="What does an assignment to `model` inside the function change for its caller?")
def model_bound_anew():
    def save_checkpoint(path, model, opt, epoch):
        torch.save({"model": model.state_dict(), "opt": opt.state_dict(), "epoch": epoch}, path)

    def load_checkpoint(path, model, opt):
        saved = torch.load(path, weights_only=True)
        model = saved["model"]  # noqa: F841 - the mistake
        opt.load_state_dict(saved["opt"])
        return saved["epoch"]


@wrong("checkpoint", hint="The file holds the state of the optimizer. Who reads it?")
def optimizer_not_loaded():
    def save_checkpoint(path, model, opt, epoch):
        torch.save({"model": model.state_dict(), "opt": opt.state_dict(), "epoch": epoch}, path)

    def load_checkpoint(path, model, opt):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        return saved["epoch"]


@wrong("checkpoint", hint="Which numbers of a model are not parameters, and still change while it trains?")
def parameters_without_buffers():
    def save_checkpoint(path, model, opt, epoch):
        torch.save({"model": [p.detach() for p in model.parameters()], "opt": opt.state_dict(), "epoch": epoch}, path)

    def load_checkpoint(path, model, opt):
        saved = torch.load(path, weights_only=True)
        with torch.no_grad():
            for p, value in zip(model.parameters(), saved["model"], strict=True):
                p.copy_(value)
        opt.load_state_dict(saved["opt"])
        return saved["epoch"]


@wrong("checkpoint", hint="Which learning rate has the new optimizer, if only the moments are taken from the file?")
def settings_of_the_new_optimizer():
    def save_checkpoint(path, model, opt, epoch):
        torch.save({"model": model.state_dict(), "opt": opt.state_dict()["state"], "epoch": epoch}, path)

    def load_checkpoint(path, model, opt):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict({"state": saved["opt"], "param_groups": opt.state_dict()["param_groups"]})
        return saved["epoch"]


@wrong("checkpoint", hint="What should happen to a checkpoint that is there already under this path?")
def first_file_stays():
    def save_checkpoint(path, model, opt, epoch):
        from pathlib import Path

        if not Path(path).exists():
            torch.save({"model": model.state_dict(), "opt": opt.state_dict(), "epoch": epoch}, path)

    def load_checkpoint(path, model, opt):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        return saved["epoch"]


@wrong("checkpoint", hint="Can torch.load read what pickle has written, and without running code?")
def written_by_pickle():
    import pickle
    from pathlib import Path

    def save_checkpoint(path, model, opt, epoch):
        with Path(path).open("wb") as file:
            pickle.dump({"model": model.state_dict(), "opt": opt.state_dict(), "epoch": epoch}, file)

    def load_checkpoint(path, model, opt):
        with Path(path).open("rb") as file:
            saved = pickle.load(file)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        return saved["epoch"]


@wrong("checkpoint", hint="Which epoch was saved? Is it in the file?")
def epoch_forgotten():
    def save_checkpoint(path, model, opt, epoch):
        torch.save({"model": model.state_dict(), "opt": opt.state_dict()}, path)

    def load_checkpoint(path, model, opt):
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        return 0
