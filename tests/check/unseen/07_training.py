"""Unseen wrong answers to assignment 07; `hint` is the catalogue entry with the same idea, or "none"."""

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


@wrong("LogisticRegression", hint="logits_as_a_column")
def column():
    class LogisticRegression(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(d, 1))
            self.bias = nn.Parameter(torch.zeros(1))

        def forward(self, x):
            return x @ self.weight + self.bias


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
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train()
        total, batches = 0.0, 0
        for inputs, targets in loader:
            loss = loss_fn(model(inputs), targets)
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += float(loss)
            batches += 1
        return total / batches


@wrong("train_one_epoch", hint="never_cleared")
def zero_grad_forgotten():
    def train_one_epoch(model, loader, loss_fn, opt):
        model.train(True)
        losses, counts = [], []
        for inputs, targets in loader:
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            opt.step()
            losses.append(loss.item() * inputs.shape[0])
            counts.append(inputs.shape[0])
        return sum(losses) / sum(counts)


@wrong("evaluate", hint="mode_left_as_it_is")
def training_mode():
    def evaluate(model, loader, loss_fn):
        loss_sum, correct, count = 0.0, 0, 0
        with torch.no_grad():
            for inputs, targets in loader:
                out = model(inputs)
                count += targets.size(0)
                loss_sum += loss_fn(out, targets).item() * targets.size(0)
                correct += int((out.max(1).indices == targets).sum())
        return loss_sum / count, correct / count


@wrong("evaluate", hint="left_in_evaluation_mode")
def eval_forever():
    @torch.no_grad()
    def evaluate(model, loader, loss_fn):
        model.eval()
        loss_sum, correct, count = 0.0, 0, 0
        for inputs, targets in loader:
            out = model(inputs)
            count += targets.size(0)
            loss_sum += loss_fn(out, targets).item() * targets.size(0)
            correct += int((out.max(1).indices == targets).sum())
        return loss_sum / count, correct / count


@wrong("evaluate", hint="none")
def accuracy_as_a_tensor():
    @torch.no_grad()
    def evaluate(model, loader, loss_fn):
        mode = model.training
        model.eval()
        loss_sum, correct, count = 0.0, 0, 0
        for inputs, targets in loader:
            out = model(inputs)
            count += len(targets)
            loss_sum += loss_fn(out, targets).item() * len(targets)
            correct += (out.argmax(1) == targets).sum()
        model.train(mode)
        return loss_sum / count, correct / count


@wrong("predict", hint="mode_not_changed")
def no_grad_only():
    @torch.no_grad()
    def predict(model, x):
        logits = model(x)
        return logits.max(dim=1).indices


@wrong("predict", hint="best_sample_of_each_class")
def axis_zero():
    def predict(model, x):
        mode = model.training
        model.train(False)
        with torch.inference_mode():
            best = torch.argmax(model(x), 0)
        model.train(mode)
        return best.clone()


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
                loss.backward()
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
                loss.backward()
                optimizer.step()
                running += loss.item() * len(xb)
            curve.append(running / X.shape[0])
        return curve


@wrong("checkpoint", hint="optimizer_not_loaded")
def only_weights_restored():
    def save_checkpoint(path, model, opt, epoch):
        content = dict(epoch=epoch, weights=model.state_dict(), optimizer=opt.state_dict())
        torch.save(content, path)

    def load_checkpoint(path, model, opt):
        content = torch.load(path)
        model.load_state_dict(content["weights"])
        return content["epoch"]


@wrong("checkpoint", hint="the_next_epoch")
def resume_at():
    def save_checkpoint(path, model, opt, epoch):
        torch.save([epoch + 1, model.state_dict(), opt.state_dict()], path)

    def load_checkpoint(path, model, opt):
        epoch, weights, moments = torch.load(path)
        model.load_state_dict(weights)
        opt.load_state_dict(moments)
        return epoch
