"""Unseen wrong answers to assignment 07; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np
import torch
from torch import nn

from answers import wrong


@wrong("LogisticRegression", hint="sigmoid_at_the_end")
def sequential_with_sigmoid():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.net = nn.Sequential(nn.Linear(d, 1), nn.Sigmoid(), nn.Flatten(0))

        def forward(self, x):
            return self.net(x)

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (p * (1 - y) - c * y * (1 - p)) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@wrong("LogisticRegression", hint="layer_made_in_forward")
def linear_on_demand():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.features = d

        def forward(self, x):
            layer = nn.Linear(self.features, 1)
            out = layer(x)
            return out[:, 0]

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (p * (1 - y) - c * y * (1 - p)) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@wrong("LogisticRegression", hint="logits_as_a_column")
def column():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(d, 1))
            self.bias = nn.Parameter(torch.zeros(1))

        def forward(self, x):
            return x @ self.weight + self.bias

    def LogisticRegression_gradient(X, y, w, b, c):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        dz = (p * (1 - y) - c * y * (1 - p)) / len(y)
        return {"dz": dz, "dw": dz @ X, "db": np.sum(dz), "b0": np.log(c * np.sum(y == 1) / np.sum(y == 0))}


@wrong("MLP", hint="relu_after_the_last_layer")
def one_relu_too_many():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            parts = []
            for i in range(len(sizes) - 1):
                parts.append(nn.Linear(sizes[i], sizes[i + 1]))
                parts.append(nn.ReLU())
            self.body = nn.Sequential(*parts)

        def forward(self, x):
            return self.body(x)


@wrong("MLP", hint="python_list")
def plain_list():
    class MLP(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.stack = []
            for i in range(1, len(sizes)):
                self.stack.append(nn.Linear(sizes[i - 1], sizes[i]))

        def forward(self, x):
            for i, layer in enumerate(self.stack):
                x = layer(x)
                if i < len(self.stack) - 1:
                    x = torch.relu(x)
            return x


@wrong("LeNet", hint="average_pooling")
def mean_pooling():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(
                nn.Conv2d(3, 6, kernel_size=5),
                nn.ReLU(),
                nn.AvgPool2d(2, 2),
                nn.Conv2d(6, 16, kernel_size=5),
                nn.ReLU(),
                nn.AvgPool2d(2, 2),
            )
            self.head = nn.Sequential(
                nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)
            )

        def forward(self, x):
            return self.head(self.features(x))

    def LeNet_guess():
        return 0.6

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


@wrong("LeNet", hint="view_of_the_slide")
def reshape():
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.c1 = nn.Conv2d(3, 6, 5)
            self.c2 = nn.Conv2d(6, 16, 5)
            self.l1 = nn.Linear(400, 120)
            self.l2 = nn.Linear(120, 84)
            self.l3 = nn.Linear(84, 10)

        def forward(self, x):
            x = nn.functional.max_pool2d(torch.relu(self.c1(x)), 2)
            x = nn.functional.max_pool2d(torch.relu(self.c2(x)), 2)
            x = torch.reshape(x, (-1, 400))
            x = torch.relu(self.l1(x))
            x = torch.relu(self.l2(x))
            return self.l3(x)

    def LeNet_guess():
        return 0.6

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


@wrong("sgd_update_", hint="gradients_not_cleared")
def old_gradients_stay():
    def sgd_update_(params, lr):
        for p in params:
            if p.grad is None:
                continue
            with torch.no_grad():
                p.sub_(lr * p.grad)


@wrong("sgd_update_", hint="other_memory")
def data_replaced():
    def sgd_update_(params, lr):
        for p in params:
            if p.grad is not None:
                p.data = p.data.add(p.grad, alpha=-lr)
                p.grad = None


@wrong("train_one_epoch", hint="mean_of_batch_means")
def average_of_losses():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train()
        total, batches = 0.0, 0
        for inputs, targets in loader:
            loss = loss_fn(model(inputs), targets)
            if loss.item() > skip_above:
                continue
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += float(loss)
            batches += 1
        return total / batches

    def train_one_epoch_counterexample():
        return [[0.0], [20.0, 20.0], [1.0]], 0.125, 50.0

    def train_one_epoch_fault():
        return "b"


@wrong("train_one_epoch", hint="never_cleared")
def zero_grad_forgotten():
    def train_one_epoch(model, loader, loss_fn, opt, skip_above=float("inf")):
        model.train(True)
        losses, counts = [], []
        for inputs, targets in loader:
            loss = loss_fn(model(inputs), targets)
            if loss.item() > skip_above:
                continue
            loss.backward()
            opt.step()
            losses.append(loss.item() * inputs.shape[0])
            counts.append(inputs.shape[0])
        return sum(losses) / sum(counts)

    def train_one_epoch_counterexample():
        return [[0.0], [20.0, 20.0], [1.0]], 0.125, 50.0

    def train_one_epoch_fault():
        return "b"


@wrong("test_evaluate", hint="nothing_is_asserted")
def it_runs():
    def test_evaluate(evaluate):
        net = nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.2))
        data = [(torch.zeros(2, 4), torch.tensor([0, 2])), (torch.zeros(1, 4), torch.tensor([1]))]
        evaluate(net, data, nn.CrossEntropyLoss())


@wrong("test_evaluate", hint="a_mean_of_means_is_expected")
def averages_over_batches():
    def test_evaluate(evaluate):
        z = torch.tensor([[1.0, 0.0], [3.0, 0.0], [8.0, 0.0]])
        y = torch.tensor([0, 0, 0])
        loss, accuracy = evaluate(nn.Identity(), [(z[:2], y[:2]), (z[2:], y[2:])], lambda out, t: out[:, 0].mean())
        assert abs(loss - (2.0 + 8.0) / 2) < 1e-6
        assert accuracy == 1.0


@wrong("choose_to_label", hint="at_random")
def drawn_by_numpy():
    def choose_to_label(X, k, seed):
        n = X.shape[0]
        return np.random.default_rng(seed).choice(n, k, replace=False)


@wrong("choose_to_label", hint="nearest_to_the_mean")
def most_typical():
    def choose_to_label(X, k, seed):
        typical = X.mean(axis=0, keepdims=True)
        squares = np.square(X - typical).sum(axis=1)
        return squares.argsort()[:k]


@wrong("fit", hint="no_momentum")
def manual_loop_without_momentum():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        g = torch.Generator()
        g.manual_seed(seed)
        optimizer = torch.optim.SGD(model.parameters(), lr)
        criterion = nn.CrossEntropyLoss()
        model.train()
        curve = []
        for epoch in range(epochs):
            perm = torch.randperm(X.shape[0], generator=g)
            running = 0.0
            for i in range(0, X.shape[0], batch_size):
                idx = perm[i : i + batch_size]
                optimizer.zero_grad()
                loss = criterion(model(X[idx]), y[idx])
                (loss * (idx.numel() / batch_size)).backward()
                optimizer.step()
                running += loss.item() * idx.numel()
            curve.append(running / X.shape[0])
        return curve


@wrong("fit", hint="never_shuffled")
def in_order():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        optimizer = torch.optim.SGD(model.parameters(), lr, momentum=0.9)
        criterion = nn.CrossEntropyLoss()
        model.train()
        curve = []
        for epoch in range(epochs):
            running = 0.0
            for i in range(0, X.shape[0], batch_size):
                xb, yb = X[i : i + batch_size], y[i : i + batch_size]
                optimizer.zero_grad()
                loss = criterion(model(xb), yb)
                (loss * (len(xb) / batch_size)).backward()
                optimizer.step()
                running += loss.item() * len(xb)
            curve.append(running / X.shape[0])
        return curve


@wrong("fit", hint="small_batch_counts_in_full")
def the_usual_loop_with_a_loader():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        shuffler = torch.Generator()
        shuffler.manual_seed(seed)
        samples = torch.utils.data.TensorDataset(X, y)
        loader = torch.utils.data.DataLoader(samples, batch_size, shuffle=True, generator=shuffler)
        optimizer = torch.optim.SGD(model.parameters(), lr, momentum=0.9)
        model.train()
        curve = []
        for epoch in range(epochs):
            losses = []
            for xb, yb in loader:
                optimizer.zero_grad(set_to_none=False)
                loss = nn.functional.cross_entropy(model(xb), yb)
                loss.backward()
                optimizer.step()
                losses += [loss.item()] * len(yb)
            curve.append(sum(losses) / len(losses))
        return curve


@wrong("checkpoint", hint="optimizer_not_loaded")
def only_weights_restored():
    def save_checkpoint(path, model, opt, generator, epoch):
        content = dict(epoch=epoch, weights=model.state_dict(), optimizer=opt.state_dict())
        content["rng"] = generator.get_state()
        torch.save(content, path)

    def load_checkpoint(path, model, opt, generator):
        content = torch.load(path)
        model.load_state_dict(content["weights"])
        generator.set_state(content["rng"])
        return content["epoch"]

    def checkpoint_counterexample():
        return ["linear", "batch norm", "relu", "linear"], 3, False

    def checkpoint_fault():
        return "c"


@wrong("checkpoint", hint="the_next_epoch")
def resume_at():
    def save_checkpoint(path, model, opt, generator, epoch):
        torch.save([epoch + 1, model.state_dict(), opt.state_dict(), generator.get_state()], path)

    def load_checkpoint(path, model, opt, generator):
        epoch, weights, moments, drawn = torch.load(path)
        generator.set_state(drawn)
        model.load_state_dict(weights)
        opt.load_state_dict(moments)
        return epoch

    def checkpoint_counterexample():
        return ["linear", "batch norm", "relu", "linear"], 3, False

    def checkpoint_fault():
        return "c"
