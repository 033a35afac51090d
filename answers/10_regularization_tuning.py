"""Answers to assignment 10: regularization, tuning, the practical recipe."""

import copy

import numpy as np
import torch
from torch import nn

from answers import right, wrong

# 10.1 A penalty and its gradient


@right("penalty_and_grad")
def by_autograd():
    def penalty_and_grad(params, lam, kind):
        leaves = {k: v.detach().clone().requires_grad_() for k, v in params.items()}
        power = 2 if kind == "l2" else 1
        weights = [leaf for k, leaf in leaves.items() if not k.endswith("bias")]
        value = torch.stack([lam * (leaf.abs() ** power).sum() for leaf in weights]).sum()
        gradients = torch.autograd.grad(value, list(leaves.values()), allow_unused=True)
        found = zip(leaves.items(), gradients, strict=True)
        return value.item(), {k: torch.zeros_like(leaf) if g is None else g for (k, leaf), g in found}


@right("penalty_and_grad")
def unrolled_into_one_vector():
    def penalty_and_grad(params, lam, kind):
        w = torch.cat([v.reshape(-1) for k, v in params.items() if not k.endswith("bias")])
        value = lam * (w @ w if kind == "l2" else torch.linalg.vector_norm(w, 1))
        slope = (lambda v: 2 * v) if kind == "l2" else torch.sign
        return float(value), {k: lam * slope(v) * (0.0 if k.endswith("bias") else 1.0) for k, v in params.items()}


@right("penalty_and_grad")
def two_loops():
    def penalty_and_grad(params, lam, kind):
        value = 0.0
        grads = {name: torch.zeros_like(p) for name, p in params.items()}
        for name in [n for n in params if not n.endswith("bias")]:
            w = params[name]
            if kind == "l1":
                value = value + lam * torch.sum(torch.abs(w)).item()
                grads[name] = torch.where(w > 0, lam, -lam).to(w.dtype)
            if kind == "l2":
                value = value + lam * torch.linalg.norm(w.flatten()).item() ** 2
                grads[name] = w * lam * 2
        return value, grads


@wrong("penalty_and_grad", hint="What is the derivative of w squared: w, or twice that?")
def gradient_as_of_weight_decay():
    def penalty_and_grad(params, lam, kind):
        value, gradients = 0.0, {}
        for k, v in params.items():
            if k.endswith("bias"):
                gradients[k] = torch.zeros_like(v)
            elif kind == "l2":
                value += lam * v.square().sum().item()
                gradients[k] = lam * v
            else:
                value += lam * v.abs().sum().item()
                gradients[k] = lam * v.sign()
        return value, gradients


@wrong("penalty_and_grad", hint="Is there a factor 1/2 before the penalty in this task?")
def half_of_the_squares():
    def penalty_and_grad(params, lam, kind):
        value, gradients = 0.0, {}
        for k, v in params.items():
            if k.endswith("bias"):
                gradients[k] = torch.zeros_like(v)
            elif kind == "l2":
                value += lam / 2 * v.square().sum().item()
                gradients[k] = lam * v
            else:
                value += lam * v.abs().sum().item()
                gradients[k] = lam * v.sign()
        return value, gradients


@wrong("penalty_and_grad", hint="Which parameters does the penalty leave out?")
def intercepts_penalised():
    def penalty_and_grad(params, lam, kind):
        if kind == "l2":
            return lam * sum(v.square().sum().item() for v in params.values()), {
                k: 2 * lam * v for k, v in params.items()
            }
        return lam * sum(v.abs().sum().item() for v in params.values()), {k: lam * v.sign() for k, v in params.items()}


@wrong("penalty_and_grad", hint="Every parameter has a gradient. What is it for one that does not enter the penalty?")
def no_keys_for_intercepts():
    def penalty_and_grad(params, lam, kind):
        weights = {k: v for k, v in params.items() if not k.endswith("bias")}
        if kind == "l2":
            return lam * sum(v.square().sum().item() for v in weights.values()), {
                k: 2 * lam * v for k, v in weights.items()
            }
        return lam * sum(v.abs().sum().item() for v in weights.values()), {
            k: lam * v.sign() for k, v in weights.items()
        }


@wrong("penalty_and_grad", hint="What is the slope of |w| where w is negative?")
def slope_of_the_absolute_value_without_sign():
    def penalty_and_grad(params, lam, kind):
        value, gradients = 0.0, {}
        for k, v in params.items():
            if k.endswith("bias"):
                gradients[k] = torch.zeros_like(v)
            elif kind == "l2":
                value += lam * v.square().sum().item()
                gradients[k] = 2 * lam * v
            else:
                value += lam * v.abs().sum().item()
                gradients[k] = lam * v.abs()
        return value, gradients


@wrong("penalty_and_grad", hint="Is the penalty the norm, or its square?")
def norm_not_squared():
    def penalty_and_grad(params, lam, kind):
        value, gradients = 0.0, {}
        for k, v in params.items():
            if k.endswith("bias"):
                gradients[k] = torch.zeros_like(v)
            elif kind == "l2":
                norm = v.square().sum().sqrt()
                value += lam * norm.item()
                gradients[k] = lam * v / norm
            else:
                value += lam * v.abs().sum().item()
                gradients[k] = lam * v.sign()
        return value, gradients


@wrong("penalty_and_grad", hint="Is the penalty the mean over the entries, or their sum?")
def mean_of_the_squares():
    def penalty_and_grad(params, lam, kind):
        value, gradients = 0.0, {}
        for k, v in params.items():
            if k.endswith("bias"):
                gradients[k] = torch.zeros_like(v)
            elif kind == "l2":
                value += lam * v.square().mean().item()
                gradients[k] = 2 * lam * v / v.numel()
            else:
                value += lam * v.abs().mean().item()
                gradients[k] = lam * v.sign() / v.numel()
        return value, gradients


@wrong("penalty_and_grad", hint="How many layers have a part in the sum: the last one, or all?")
def value_of_the_last_layer_only():
    def penalty_and_grad(params, lam, kind):
        gradients = {}
        for k, v in params.items():
            if k.endswith("bias"):
                gradients[k] = torch.zeros_like(v)
            elif kind == "l2":
                value = lam * v.square().sum().item()
                gradients[k] = 2 * lam * v
            else:
                value = lam * v.abs().sum().item()
                gradients[k] = lam * v.sign()
        return value, gradients


@wrong("penalty_and_grad", hint="Does lam stand before the gradient, too?")
def gradient_without_lam():
    def penalty_and_grad(params, lam, kind):
        value, gradients = 0.0, {}
        for k, v in params.items():
            if k.endswith("bias"):
                gradients[k] = torch.zeros_like(v)
            elif kind == "l2":
                value += lam * v.square().sum().item()
                gradients[k] = 2 * v
            else:
                value += lam * v.abs().sum().item()
                gradients[k] = v.sign()
        return value, gradients


@wrong("penalty_and_grad", hint="Is every vector an intercept? What shape has the weight of a batch norm?")
def vectors_taken_for_intercepts():
    def penalty_and_grad(params, lam, kind):
        value, gradients = 0.0, {}
        for name, p in params.items():
            if p.dim() == 1:
                gradients[name] = torch.zeros_like(p)
            elif kind == "l2":
                value += lam * p.square().sum().item()
                gradients[name] = 2 * lam * p
            else:
                value += lam * p.abs().sum().item()
                gradients[name] = lam * p.sign()
        return value, gradients


@wrong("penalty_and_grad", hint="Does the name of an intercept contain bias somewhere, or end in it?")
def bias_anywhere_in_the_name():
    def penalty_and_grad(params, lam, kind):
        value, gradients = 0.0, {}
        for name, p in params.items():
            if "bias" in name:
                gradients[name] = torch.zeros_like(p)
            elif kind == "l2":
                value += lam * p.square().sum().item()
                gradients[name] = 2 * lam * p
            else:
                value += lam * p.abs().sum().item()
                gradients[name] = lam * p.sign()
        return value, gradients


# 10.2 Dropout


@right("dropout")
def binomial_mask():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x, np.ones_like(x, dtype=bool)
        mask = rng.binomial(1, 1 - p_drop, size=x.shape).astype(bool)
        return np.where(mask, x / (1 - p_drop), 0).astype(x.dtype), mask


@right("dropout")
def drop_the_small_draws():
    def dropout(x, p_drop, rng, train=True):
        keep = np.full(x.shape, True)
        y = x.copy()
        if train:
            keep = ~(rng.uniform(size=x.shape) < p_drop)
            y[~keep] = 0
            y /= 1 - p_drop
        return y, keep


@wrong("dropout", hint="p_drop is the probability to drop. How often is a draw between 0 and 1 below it?")
def keeps_with_probability_p():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x.copy(), np.ones(x.shape, dtype=bool)
        mask = rng.random(x.shape) < p_drop
        return (x * mask / (1 - p_drop)).astype(x.dtype), mask


@wrong(
    "dropout", hint="What is the mean of y, when a share p_drop of the entries is 0 and the others are as they were?"
)
def not_rescaled():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x.copy(), np.ones(x.shape, dtype=bool)
        mask = rng.random(x.shape) >= p_drop
        return (x * mask).astype(x.dtype), mask


@wrong("dropout", hint="Ten ones and p_drop = 0.2: eight are left. By what must they be divided so that the sum is 10?")
def divided_by_p():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x.copy(), np.ones(x.shape, dtype=bool)
        mask = rng.random(x.shape) >= p_drop
        return (x * mask / (p_drop or 1.0)).astype(x.dtype), mask


@wrong("dropout", hint="If training has divided by 1 - p_drop already, what is left to do at test time?")
def scaled_at_test_time():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return (x * (1 - p_drop)).astype(x.dtype), np.ones(x.shape, dtype=bool)
        mask = rng.random(x.shape) >= p_drop
        return (x * mask).astype(x.dtype), mask


@wrong("dropout", hint="Has each row of x a mask of its own?")
def same_mask_in_every_row():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x.copy(), np.ones(x.shape, dtype=bool)
        mask = np.broadcast_to(rng.random(x.shape[-1]) >= p_drop, x.shape).copy()
        return (x * mask / (1 - p_drop)).astype(x.dtype), mask


@wrong("dropout", hint="Are single entries dropped, or whole rows at once?")
def whole_rows():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x.copy(), np.ones(x.shape, dtype=bool)
        draw = rng.random((len(x),) + (1,) * (x.ndim - 1))
        mask = np.broadcast_to(draw >= p_drop, x.shape).copy()
        return (x * mask / (1 - p_drop)).astype(x.dtype), mask


@wrong("dropout", hint="Could you say before the call which entries are dropped?")
def fixed_pattern():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x.copy(), np.ones(x.shape, dtype=bool)
        mask = (np.arange(x.size) % 10 >= 10 * p_drop - 1e-9).reshape(x.shape)
        return (x * mask / (1 - p_drop)).astype(x.dtype), mask


@wrong("dropout", hint="What does your function do with its argument train?")
def active_at_test_time():
    def dropout(x, p_drop, rng, train=True):
        mask = rng.random(x.shape) >= p_drop
        return (x * mask / (1 - p_drop)).astype(x.dtype), mask


@wrong("dropout", hint="Whose array does x *= ... write into?")
def writes_into_x():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x, np.ones(x.shape, dtype=bool)
        mask = rng.random(x.shape) >= p_drop
        x *= mask
        x /= 1 - p_drop
        return x, mask


@wrong("dropout", hint="Is each entry dropped by itself, or is their number the same every time?")
def an_exact_share_is_dropped():
    def dropout(x, p_drop, rng, train=True):
        mask = np.ones(x.size, dtype=bool)
        if not train:
            return x.copy(), mask.reshape(x.shape)
        mask[rng.choice(x.size, size=round(p_drop * x.size), replace=False)] = False
        mask = mask.reshape(x.shape)
        return (x * mask / (1 - p_drop)).astype(x.dtype), mask


@wrong("dropout", hint="From which generator do the random numbers come: from the one you were given?")
def a_generator_of_its_own():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x.copy(), np.ones(x.shape, dtype=bool)
        mask = np.random.default_rng(0).random(x.shape) >= p_drop
        return (x * mask / (1 - p_drop)).astype(x.dtype), mask


@wrong("dropout", hint="What does True stand for in the mask: kept, or dropped?")
def mask_of_what_was_dropped():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x.copy(), np.zeros(x.shape, dtype=bool)
        dropped = rng.random(x.shape) < p_drop
        return np.where(dropped, 0, x / (1 - p_drop)).astype(x.dtype), dropped


@wrong("dropout", hint="What dtype has a product of float32 and float64 arrays?")
def always_float64():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x.copy(), np.ones(x.shape, dtype=bool)
        scale = (rng.random(x.shape) >= p_drop) / (1 - p_drop)
        return x * scale, scale > 0


# 10.3 Dropout as a module


@right("MyDropout")
def functional():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            return nn.functional.dropout(x, self.p, training=self.training)


@right("MyDropout")
def bernoulli():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.keep = 1 - p

        def forward(self, x):
            if self.training:
                return x * torch.bernoulli(torch.full_like(x, self.keep)) / self.keep
            return x


@right("MyDropout")
def masked_fill():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training or self.p == 0:
                return x
            return x.masked_fill(torch.rand(x.shape) < self.p, 0.0) / (1 - self.p)


@wrong(
    "MyDropout",
    hint="What is the default of F.dropout's argument training, and who changes it when the model is evaluated?",
)
def functional_with_its_default():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            return nn.functional.dropout(x, self.p)


@wrong("MyDropout", hint="What is the mean of y, when a share p of the entries is 0 and the others are as they were?")
def no_scale():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            return x * (torch.rand_like(x) >= self.p) if self.training else x


@wrong("MyDropout", hint="p is the probability to drop. How often is a draw between 0 and 1 below it?")
def keeps_with_p():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training or self.p == 0:
                return x
            return x * (torch.rand_like(x) < self.p) / self.p


@wrong("MyDropout", hint="Which of the two ways is asked for: scaling in training, or scaling in evaluation mode?")
def scales_in_evaluation_mode():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            return x * (torch.rand_like(x) >= self.p) if self.training else x * (1 - self.p)


@wrong("MyDropout", hint="How often is the mask drawn: once for the module, or once a call?")
def one_mask_for_ever():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p, self.mask = p, None

        def forward(self, x):
            if not self.training:
                return x
            if self.mask is None:
                self.mask = torch.rand_like(x.detach()) >= self.p
            return x * self.mask / (1 - self.p)


@wrong("MyDropout", hint="Can torch follow what numpy computes, when it looks for the gradient of x?")
def through_numpy():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training:
                return x
            values = x.detach().numpy()
            mask = torch.rand(x.shape).numpy() >= self.p
            return torch.from_numpy((values * mask / (1 - self.p)).astype(values.dtype))


@wrong("MyDropout", hint="Does the numpy generator know what torch.manual_seed was told?")
def mask_from_numpy():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p, self.rng = p, np.random.default_rng(0)

        def forward(self, x):
            if not self.training:
                return x
            mask = torch.from_numpy(self.rng.random(tuple(x.shape)) >= self.p)
            return x * mask / (1 - self.p)


@wrong("MyDropout", hint="Are single entries dropped, or whole columns at once?")
def whole_features():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training:
                return x
            return x * (torch.rand(x.shape[-1]) >= self.p) / (1 - self.p)


@wrong("MyDropout", hint="Which mode changes when model.eval() is called: self.training, or an attribute of your own?")
def a_mode_of_its_own():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p, self.active = p, True

        def forward(self, x):
            return x * (torch.rand_like(x) >= self.p) / (1 - self.p) if self.active else x


@wrong("MyDropout", hint="Whose tensor does mul_ write into?")
def in_place():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training:
                return x
            with torch.no_grad():
                x.mul_(torch.rand_like(x) >= self.p).div_(1 - self.p)
            return x


# 10.4 Monte-Carlo dropout


@right("mc_dropout")
def train_and_eval_calls():
    def mc_dropout(model, x, T):
        before = [(m, m.training) for m in model.modules()]
        model.eval()
        for m in model.modules():
            if type(m) is nn.Dropout:
                m.train()
        try:
            with torch.inference_mode():
                ys = torch.stack([model(x) for _ in range(T)]).clone()
        finally:
            for m, mode in before:
                m.training = mode
        return ys.mean(0), ys.std(0, correction=0)


@right("mc_dropout")
def on_a_copy_of_the_model():
    def mc_dropout(model, x, T):
        twin = copy.deepcopy(model).eval()
        [m.train() for m in twin.modules() if isinstance(m, nn.Dropout)]
        outputs = [twin(x).detach() for _ in range(T)]
        mean = sum(outputs) / T
        return mean, (sum((y - mean) ** 2 for y in outputs) / T).sqrt()


@right("mc_dropout")
def all_passes_in_one_batch():
    @torch.no_grad()
    def mc_dropout(model, x, T):
        modes = [m.training for m in model.modules()]
        model.eval()
        for m in model.modules():
            m.training = m.__class__.__name__ == "Dropout"
        y = model(x.repeat(T, 1)).reshape(T, len(x), -1)
        for m, mode in zip(model.modules(), modes, strict=True):
            m.training = mode
        return y.mean(dim=0), y.std(dim=0, unbiased=False)


@wrong("mc_dropout", hint="Which layers beside Dropout behave differently after model.train()?")
def everything_in_training_mode():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        model.train()
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.std(0, correction=0)


@wrong("mc_dropout", hint="How much do two passes differ, when dropout is off?")
def everything_in_evaluation_mode():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        model.eval()
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.std(0, correction=0)


@wrong("mc_dropout", hint="In which mode is each module when you return?")
def modes_not_restored():
    def mc_dropout(model, x, T):
        model.eval()
        for m in model.modules():
            if isinstance(m, nn.Dropout):
                m.train()
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        return ys.mean(0), ys.std(0, correction=0)


@wrong("mc_dropout", hint="Has each of the T passes a mask of its own?")
def the_same_mask_each_time():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        for m in modes:
            m.training = isinstance(m, nn.Dropout)
        ys = []
        with torch.no_grad():
            for _ in range(T):
                torch.manual_seed(0)
                ys.append(model(x))
        for m, mode in modes.items():
            m.training = mode
        return torch.stack(ys).mean(0), torch.stack(ys).std(0, correction=0)


@wrong("mc_dropout", hint="Was the model in evaluation mode when you were given it?")
def ends_in_evaluation_mode():
    def mc_dropout(model, x, T):
        model.eval()
        for m in model.modules():
            if isinstance(m, nn.Dropout):
                m.train()
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        model.eval()
        return ys.mean(0), ys.std(0, correction=0)


@wrong("mc_dropout", hint="Is the spread of the outputs asked for, or that of their mean?")
def error_of_the_mean():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        for m in modes:
            m.training = isinstance(m, nn.Dropout)
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.std(0, correction=0) / T**0.5


@wrong("mc_dropout", hint="Have all modules of a model the same mode? What does model.train(mode) do to its children?")
def one_mode_for_the_whole_model():
    def mc_dropout(model, x, T):
        was = model.training
        model.eval()
        for m in model.modules():
            if isinstance(m, nn.Dropout):
                m.train()
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        model.train(was)
        return ys.mean(0), ys.std(0, correction=0)


@wrong("mc_dropout", hint="Is the variance asked for, or its square root?")
def variance():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        for m in modes:
            m.training = isinstance(m, nn.Dropout)
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.var(0, correction=0)


@wrong("mc_dropout", hint="Over which axis do you take the mean: over the passes, or over the samples?")
def over_passes_and_samples():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        for m in modes:
            m.training = isinstance(m, nn.Dropout)
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(dim=(0, 1)), ys.std(dim=(0, 1))


@wrong("mc_dropout", hint="Which modules does model.children() leave out, that model.modules() has?")
def only_the_outer_layers():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        model.eval()
        for m in model.children():
            m.training = isinstance(m, nn.Dropout)
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.std(0, correction=0)


@wrong("mc_dropout", hint="By which number does torch's std divide the sum of squares, and by which one does the task?")
def divided_by_one_less_than_T():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        for m in modes:
            m.training = isinstance(m, nn.Dropout)
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.std(0)


@wrong("mc_dropout", hint="How many passes does your answer make when T is 2?")
def half_the_passes():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        for m in modes:
            m.training = isinstance(m, nn.Dropout)
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T // 2)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.std(0, correction=0)


# 10.5 Early stopping


@right("EarlyStopping")
def counting_bad_epochs():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = np.inf, None, None
            self.bad = self.epoch = 0

        def step(self, loss, state):
            if self.best - loss > self.min_delta:
                self.best, self.best_epoch, self.bad = loss, self.epoch, 0
                self.state = {name: value.clone() for name, value in state.items()}
            else:
                self.bad += 1
            self.epoch += 1
            return self.bad >= self.patience


@right("EarlyStopping")
def keeping_all_losses():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.losses, self.improved = [], []
            self.state = None

        @property
        def best_epoch(self):
            return self.improved[-1] if self.improved else None

        @property
        def best(self):
            return self.losses[self.improved[-1]] if self.improved else float("inf")

        def step(self, loss, state):
            if loss < self.best - self.min_delta:
                self.improved.append(len(self.losses))
                self.state = copy.deepcopy(state)
            self.losses.append(loss)
            recent = range(len(self.losses) - self.patience, len(self.losses))
            return recent[0] >= 0 and not set(recent) & set(self.improved)


@wrong("EarlyStopping", hint="Is the loss compared with that of the epoch before, or with the best so far?")
def compares_with_the_previous():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = float("inf"), None, None
            self.epoch, self.bad, self.previous = -1, 0, float("inf")

        def step(self, loss, state):
            self.epoch += 1
            if loss < self.previous - self.min_delta:
                self.best, self.best_epoch, self.state, self.bad = loss, self.epoch, copy.deepcopy(state), 0
            else:
                self.bad += 1
            self.previous = loss
            return self.bad >= self.patience


@wrong("EarlyStopping", hint="What happens to the count of bad epochs when an improvement comes?")
def never_resets_the_count():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = float("inf"), None, None
            self.epoch, self.bad = -1, 0

        def step(self, loss, state):
            self.epoch += 1
            if loss < self.best - self.min_delta:
                self.best, self.best_epoch, self.state = loss, self.epoch, copy.deepcopy(state)
            else:
                self.bad += 1
            return self.bad >= self.patience


@wrong("EarlyStopping", hint="What does the kept state hold, after the optimizer has taken its next step?")
def keeps_the_same_tensors():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = float("inf"), None, None
            self.epoch, self.bad = -1, 0

        def step(self, loss, state):
            self.epoch += 1
            self.bad += 1
            if loss < self.best - self.min_delta:
                self.best, self.best_epoch, self.state, self.bad = loss, self.epoch, dict(state), 0
            return self.bad >= self.patience


@wrong("EarlyStopping", hint="Which state is asked for: that of the last epoch, or that of the best?")
def keeps_the_last_state():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = float("inf"), None, None
            self.epoch, self.bad = -1, 0

        def step(self, loss, state):
            self.epoch += 1
            self.bad += 1
            self.state = copy.deepcopy(state)
            if loss < self.best - self.min_delta:
                self.best, self.best_epoch, self.bad = loss, self.epoch, 0
            return self.bad >= self.patience


@wrong("EarlyStopping", hint="With patience 2: is it the second bad epoch in a row that stops, or the third?")
def one_epoch_too_late():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = float("inf"), None, None
            self.epoch, self.bad = -1, 0

        def step(self, loss, state):
            self.epoch += 1
            self.bad += 1
            if loss < self.best - self.min_delta:
                self.best, self.best_epoch, self.state, self.bad = loss, self.epoch, copy.deepcopy(state), 0
            return self.bad > self.patience


@wrong("EarlyStopping", hint="Is a larger loss better?")
def maximises():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = -float("inf"), None, None
            self.epoch, self.bad = -1, 0

        def step(self, loss, state):
            self.epoch += 1
            self.bad += 1
            if loss > self.best + self.min_delta:
                self.best, self.best_epoch, self.state, self.bad = loss, self.epoch, copy.deepcopy(state), 0
            return self.bad >= self.patience


@wrong("EarlyStopping", hint="What is `nan >= 1.0`, and what is `not (nan >= 1.0)`?")
def nan_is_an_improvement():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = float("inf"), None, None
            self.epoch, self.bad = -1, 0

        def step(self, loss, state):
            self.epoch += 1
            if loss >= self.best - self.min_delta:
                self.bad += 1
            else:
                self.best, self.best_epoch, self.state, self.bad = loss, self.epoch, copy.deepcopy(state), 0
            return self.bad >= self.patience


@wrong("EarlyStopping", hint="Is a loss that equals the best an improvement?")
def ties_are_improvements():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = float("inf"), None, None
            self.epoch, self.bad = -1, 0

        def step(self, loss, state):
            self.epoch += 1
            self.bad += 1
            if loss <= self.best - self.min_delta:
                self.best, self.best_epoch, self.state, self.bad = loss, self.epoch, copy.deepcopy(state), 0
            return self.bad >= self.patience


@wrong("EarlyStopping", hint="What does min_delta do in your comparison?")
def min_delta_ignored():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience = patience
            self.best, self.best_epoch, self.state = float("inf"), None, None
            self.epoch, self.bad = -1, 0

        def step(self, loss, state):
            self.epoch += 1
            self.bad += 1
            if loss < self.best:
                self.best, self.best_epoch, self.state, self.bad = loss, self.epoch, copy.deepcopy(state), 0
            return self.bad >= self.patience


@wrong("EarlyStopping", hint="Many small steps below min_delta: does the best loss move with them?")
def best_moves_with_small_steps():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = float("inf"), None, None
            self.epoch, self.bad = -1, 0

        def step(self, loss, state):
            self.epoch += 1
            self.bad = 0 if loss < self.best - self.min_delta else self.bad + 1
            if loss < self.best:
                self.best, self.best_epoch, self.state = loss, self.epoch, copy.deepcopy(state)
            return self.bad >= self.patience


@wrong("EarlyStopping", hint="Has the first epoch the number 0 or 1?")
def epochs_from_one():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = float("inf"), None, None
            self.epoch, self.bad = 0, 0

        def step(self, loss, state):
            self.epoch += 1
            self.bad += 1
            if loss < self.best - self.min_delta:
                self.best, self.best_epoch, self.state, self.bad = loss, self.epoch, copy.deepcopy(state), 0
            return self.bad >= self.patience


# 10.6 Training, validation, test


@right("split_indices")
def shuffle_and_slice():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        order = np.arange(n)
        rng.shuffle(order)
        a, b = round(fractions[0] * n), round(fractions[1] * n)
        return order[:a], order[a : a + b], order[a + b :]


@right("split_indices")
def sorted_random_parts():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        cuts = [int(fractions[0] * n + 1e-9), int((fractions[0] + fractions[1]) * n + 1e-9)]
        return tuple(np.sort(part) for part in np.split(np.argsort(rng.random(n)), cuts))


@right("split_indices")
def choice_of_what_is_left():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        train = rng.choice(n, size=int(n * fractions[0]), replace=False)
        left = np.setdiff1d(np.arange(n), train)
        validation = rng.choice(left, size=int(n * fractions[1]), replace=False)
        return train, validation, np.setdiff1d(left, validation)


@wrong("split_indices", hint="The data may be sorted by class. Which classes are then in the first part?")
def not_shuffled():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        cuts = np.rint(np.cumsum(fractions)[:2] * n).astype(int)
        return tuple(np.split(np.arange(n), cuts))


@wrong("split_indices", hint="Can a sample be drawn twice?")
def drawn_with_replacement():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        cuts = np.rint(np.cumsum(fractions)[:2] * n).astype(int)
        return tuple(np.split(rng.integers(n, size=n), cuts))


@wrong("split_indices", hint="With what does the validation part begin: where the training part ends, or before?")
def parts_overlap():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        order = rng.permutation(n)
        a, b, c = (round(f * n) for f in fractions)
        return order[:a], order[a - 1 : a - 1 + b], order[n - c :]


@wrong("split_indices", hint="What does your function do with its argument fractions?")
def fractions_ignored():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        return tuple(np.split(rng.permutation(n), [round(0.6 * n), round(0.8 * n)]))


@wrong(
    "split_indices", hint="11 samples: what are 60%, 20% and 20% of them, rounded down, and how many is that together?"
)
def remainder_dropped():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        order = rng.permutation(n)
        a, b, c = (int(f * n + 1e-9) for f in fractions)
        return order[:a], order[a : a + b], order[a + b : a + b + c]


@wrong("split_indices", hint="Who decides which split it is: the caller's rng, or a number in your function?")
def a_seed_of_its_own():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        cuts = np.rint(np.cumsum(fractions)[:2] * n).astype(int)
        return tuple(np.split(np.random.default_rng(42).permutation(n), cuts))


@wrong("split_indices", hint="Three shuffles: can a sample be in the beginning of one and at the end of another?")
def three_shuffles():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        a, b = np.rint(np.cumsum(fractions)[:2] * n).astype(int)
        return rng.permutation(n)[:a], rng.permutation(n)[a:b], rng.permutation(n)[b:]


@wrong("split_indices", hint="Does np.random.shuffle draw from rng?")
def global_shuffle():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        order = np.arange(n)
        np.random.shuffle(order)
        return tuple(np.split(order, np.rint(np.cumsum(fractions)[:2] * n).astype(int)))


@wrong("split_indices", hint="Does each sample's part follow from a draw of its own? How large are the parts then?")
def each_sample_draws_its_part():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        part = rng.choice(3, size=n, p=fractions)
        return tuple(np.flatnonzero(part == i) for i in range(3))


@wrong("split_indices", hint="Do the numbers of the samples begin with 0 or with 1?")
def numbers_from_one():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        cuts = np.rint(np.cumsum(fractions)[:2] * n).astype(int)
        return tuple(np.split(rng.permutation(n) + 1, cuts))


@wrong("split_indices", hint="Only the training part is shuffled: which samples are then in the other two?")
def shuffled_after_the_cut():
    def split_indices(n, rng, fractions=(0.6, 0.2, 0.2)):
        train, validation, test = np.split(np.arange(n), np.rint(np.cumsum(fractions)[:2] * n).astype(int))
        return rng.permutation(train), rng.permutation(validation), rng.permutation(test)


# 10.7 Shifted images


@right("shift_images")
def pad_and_crop():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        before = [(0, 0)] * (images.ndim - 2)
        a, b = abs(dy), abs(dx)
        padded = np.pad(images, [*before, (a, a), (b, b)], constant_values=fill)
        return padded[..., a - dy : a - dy + H, b - dx : b - dx + W].copy()


@right("shift_images")
def by_index():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        i, j = np.arange(H)[:, None] - dy, np.arange(W)[None, :] - dx
        inside = (i >= 0) & (i < H) & (j >= 0) & (j < W)
        values = images[..., i.clip(0, H - 1), j.clip(0, W - 1)]
        return np.where(inside, values, fill).astype(images.dtype)


@right("shift_images")
def roll_and_blank():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        moved = np.roll(images, (dy, dx), axis=(-2, -1))
        rows = slice(0, min(dy, H)) if dy >= 0 else slice(max(H + dy, 0), H)
        columns = slice(0, min(dx, W)) if dx >= 0 else slice(max(W + dx, 0), W)
        moved[..., rows, :] = fill
        moved[..., :, columns] = fill
        return moved


@wrong("shift_images", hint="Where do the pixels go that leave the image at the bottom?")
def wraps_around():
    def shift_images(images, dy, dx, fill=0.0):
        return np.roll(images, (dy, dx), axis=(-2, -1))


@wrong("shift_images", hint="Which of the last two axes are the rows: does dy move along it?")
def dy_and_dx_swapped():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        a, b = abs(dx), abs(dy)
        padded = np.pad(images, [(0, 0)] * (images.ndim - 2) + [(a, a), (b, b)], constant_values=fill)
        return padded[..., a - dx : a - dx + H, b - dy : b - dy + W].copy()


@wrong("shift_images", hint="Row 0 of the old image and dy = 1: in which row of the new one is it?")
def wrong_direction():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        a, b = abs(dy), abs(dx)
        padded = np.pad(images, [(0, 0)] * (images.ndim - 2) + [(a, a), (b, b)], constant_values=fill)
        return padded[..., a + dy : a + dy + H, b + dx : b + dx + W].copy()


@wrong("shift_images", hint="Which axes are rows and columns, when there are images before them?")
def along_the_first_axes():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[:2]
        a, b = abs(dy), abs(dx)
        padded = np.pad(images, [(a, a), (b, b)] + [(0, 0)] * (images.ndim - 2), constant_values=fill)
        return padded[a - dy : a - dy + H, b - dx : b - dx + W].copy()


@wrong("shift_images", hint="What is laid open: the value fill, or a copy of the edge?")
def edge_repeated():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        a, b = abs(dy), abs(dx)
        padded = np.pad(images, [(0, 0)] * (images.ndim - 2) + [(a, a), (b, b)], mode="edge")
        return padded[..., a - dy : a - dy + H, b - dx : b - dx + W].copy()


@wrong("shift_images", hint="What do your slices do for a negative shift?")
def positive_shifts_only():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        J = np.full_like(images, fill)
        if dy < 0 or dx < 0 or dy >= H or dx >= W:
            return images.copy()
        J[..., dy:, dx:] = images[..., : H - dy, : W - dx]
        return J


@wrong("shift_images", hint="What does your function do with its argument fill?")
def fill_ignored():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        a, b = abs(dy), abs(dx)
        padded = np.pad(images, [(0, 0)] * (images.ndim - 2) + [(a, a), (b, b)])
        return padded[..., a - dy : a - dy + H, b - dx : b - dx + W].copy()


@wrong("shift_images", hint="What is images[..., :-0, :]?")
def slices_with_minus_zero():
    def shift_images(images, dy, dx, fill=0.0):
        J = np.full_like(images, fill)
        to_rows, from_rows = (slice(dy, None), slice(None, -dy)) if dy >= 0 else (slice(None, dy), slice(-dy, None))
        to_cols, from_cols = (slice(dx, None), slice(None, -dx)) if dx >= 0 else (slice(None, dx), slice(-dx, None))
        J[..., to_rows, to_cols] = images[..., from_rows, from_cols]
        return J


@wrong("shift_images", hint="Whose array do you write fill into?")
def writes_into_the_images():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        old = images.copy()
        images[...] = fill
        if abs(dy) < H and abs(dx) < W:
            images[..., max(dy, 0) : H + min(dy, 0), max(dx, 0) : W + min(dx, 0)] = old[
                ..., max(-dy, 0) : H + min(-dy, 0), max(-dx, 0) : W + min(-dx, 0)
            ]
        return images


@wrong("shift_images", hint="What are H - dy rows, when dy is larger than H?")
def large_shifts_wrap():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        dy, dx = int(np.fmod(dy, H)), int(np.fmod(dx, W))
        a, b = abs(dy), abs(dx)
        padded = np.pad(images, [(0, 0)] * (images.ndim - 2) + [(a, a), (b, b)], constant_values=fill)
        return padded[..., a - dy : a - dy + H, b - dx : b - dx + W].copy()


# 10.8 Sampling on a log scale


@right("sample_log_uniform")
def powers_of_ten():
    def sample_log_uniform(n, lo, hi, rng):
        return 10 ** rng.uniform(np.log10(lo), np.log10(hi), n)


@right("sample_log_uniform")
def scipy_loguniform():
    def sample_log_uniform(n, lo, hi, rng):
        from scipy.stats import loguniform

        return loguniform(lo, hi).rvs(size=n, random_state=rng)


@wrong("sample_log_uniform", hint="Which share of your numbers lies in the lower half of the logarithms?")
def uniform_itself():
    def sample_log_uniform(n, lo, hi, rng):
        return rng.uniform(lo, hi, n)


@wrong("sample_log_uniform", hint="Does anything about the numbers depend on rng?")
def grid():
    def sample_log_uniform(n, lo, hi, rng):
        return np.geomspace(lo, hi, n)


@wrong("sample_log_uniform", hint="How many different numbers do whole exponents give?")
def whole_exponents():
    def sample_log_uniform(n, lo, hi, rng):
        first, last = np.ceil(np.log10(lo)), max(np.floor(np.log10(hi)), np.ceil(np.log10(lo)))
        return 10.0 ** rng.integers(int(first), int(last) + 1, n)


@wrong("sample_log_uniform", hint="Which base has the logarithm that you take, and which the power that undoes it?")
def bases_mixed():
    def sample_log_uniform(n, lo, hi, rng):
        return np.exp(rng.uniform(np.log10(lo), np.log10(hi), n))


@wrong(
    "sample_log_uniform", hint="Who decides which numbers are drawn: the caller's rng, or a number in your function?"
)
def its_own_seed():
    def sample_log_uniform(n, lo, hi, rng):
        return np.exp(np.random.default_rng(0).uniform(np.log(lo), np.log(hi), n))


@wrong("sample_log_uniform", hint="Is the logarithm to be uniform, or normal?")
def log_normal():
    def sample_log_uniform(n, lo, hi, rng):
        middle, width = np.log(lo * hi) / 2, np.log(hi / lo)
        return np.exp(np.clip(rng.normal(middle, width / 6, n), np.log(lo), np.log(hi)))


@wrong("sample_log_uniform", hint="Do other seeds give other numbers, or the same ones in another order?")
def grid_in_random_order():
    def sample_log_uniform(n, lo, hi, rng):
        return rng.permutation(np.geomspace(lo, hi, n))


@wrong("sample_log_uniform", hint="Is the logarithm of the numbers uniform, or their exponential?")
def exponential_of_the_range():
    def sample_log_uniform(n, lo, hi, rng):
        return np.log(rng.uniform(np.exp(lo), np.exp(min(hi, 700.0)), n))


@wrong("sample_log_uniform", hint="What have you drawn, if you have not undone the logarithm?")
def logarithms_returned():
    def sample_log_uniform(n, lo, hi, rng):
        return rng.uniform(np.log(lo), np.log(hi), n)


@wrong("sample_log_uniform", hint="n numbers: how many draws do you make?")
def one_number_n_times():
    def sample_log_uniform(n, lo, hi, rng):
        return np.full(n, np.exp(rng.uniform(np.log(lo), np.log(hi))))


@wrong("sample_log_uniform", hint="Does one draw say anything about where the others lie? Independent draws do not.")
def stratified():
    def sample_log_uniform(n, lo, hi, rng):
        u = (rng.permutation(n) + rng.random(n)) / n
        return lo * (hi / lo) ** u


# 10.9 The next window


@right("next_window")
def powers_of_ten_for_the_window():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        a, b, c = np.log10([lo, hi, best])
        width = b - a
        if min(c - a, b - c) >= edge * width:
            width = width * shrink
        return 10.0 ** (c - width / 2), 10.0 ** (c + width / 2)


@right("next_window")
def by_factors():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        factor = hi / lo
        near = best < lo * factor**edge or best > hi / factor**edge
        reach = factor ** (0.5 if near else shrink / 2)
        return best / reach, best * reach


@wrong("next_window", hint="What is the middle of 0.001 and 1: 0.5, or 0.03?")
def linear():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        width = hi - lo
        place = (best - lo) / width
        if edge <= place <= 1 - edge:
            width *= shrink
        return best - width / 2, best + width / 2


@wrong("next_window", hint="The best value stands at the boundary. Is that a reason to look at less?")
def always_shrinks():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        reach = (hi / lo) ** (shrink / 2)
        return best / reach, best * reach


@wrong("next_window", hint="When does the search become finer?")
def never_shrinks():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        reach = (hi / lo) ** 0.5
        return best / reach, best * reach


@wrong("next_window", hint="May the next window reach beyond the old one?")
def kept_inside_the_old_window():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        width = np.log(hi / lo)
        place = np.log(best / lo) / width
        reach = np.exp(width / 2 * (shrink if edge <= place <= 1 - edge else 1))
        return float(max(best / reach, lo)), float(min(best * reach, hi))


@wrong("next_window", hint="Where is the middle of the next window?")
def not_centred():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        width = np.log(hi / lo)
        place = np.log(best / lo) / width
        if not edge <= place <= 1 - edge:
            return lo, hi
        middle = (lo * hi) ** 0.5
        reach = np.exp(width / 2 * shrink)
        return float(middle / reach), float(middle * reach)


@wrong("next_window", hint="What does your function do with its argument shrink?")
def shrink_ignored():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        width = np.log(hi / lo)
        place = np.log(best / lo) / width
        reach = np.exp(width / 2 * (0.5 if edge <= place <= 1 - edge else 1))
        return float(best / reach), float(best * reach)


@wrong("next_window", hint="On which scale is measured how near best stands to an end?")
def nearness_measured_linearly():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        width = np.log(hi / lo)
        place = (best - lo) / (hi - lo)
        reach = np.exp(width / 2 * (shrink if edge <= place <= 1 - edge else 1))
        return float(best / reach), float(best * reach)


@wrong("next_window", hint="Is the whole width multiplied by shrink, or half of it on each side?")
def twice_as_wide():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        width = np.log(hi / lo)
        place = np.log(best / lo) / width
        reach = np.exp(width * (shrink if edge <= place <= 1 - edge else 1))
        return float(best / reach), float(best * reach)


@wrong("next_window", hint="A window has two ends. Which of them did you look at?")
def only_the_lower_end():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        width = np.log(hi / lo)
        place = np.log(best / lo) / width
        reach = np.exp(width / 2 * (shrink if edge <= place else 1))
        return float(best / reach), float(best * reach)


# 10.10 Capstone: build and train


@right("build_and_train")
def small_convolutional_network():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = nn.Sequential(
            nn.Unflatten(1, (1, 8, 8)),
            nn.Conv2d(1, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(512, 10),
        )
        optimizer = torch.optim.AdamW(model.parameters())
        steps = 10 * -(-len(Xtr) // 64)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1e-2, total_steps=steps)
        for _ in range(10):
            for rows in torch.randperm(len(Xtr)).split(64):
                loss = nn.functional.cross_entropy(model(Xtr[rows]), ytr[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
        return model


@right("build_and_train")
def sgd_with_early_stopping():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.ModuleList([nn.Linear(64, 256), nn.Linear(256, 256), nn.Linear(256, 10)])
                self.norms = nn.ModuleList([nn.BatchNorm1d(256), nn.BatchNorm1d(256)])
                for layer in self.layers:
                    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")  # pyright: ignore[reportArgumentType] - a Linear
                    nn.init.zeros_(layer.bias)  # pyright: ignore[reportArgumentType] - a Linear

            def forward(self, x):
                for layer, norm in zip(self.layers, self.norms, strict=False):
                    x = nn.functional.dropout(torch.relu(norm(layer(x))), 0.2, self.training)
                return self.layers[-1](x)

        model, best, kept = Net(), float("inf"), {}
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-3)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 25)
        for _ in range(25):
            model.train()
            for rows in torch.randperm(len(Xtr)).split(100):
                noisy = Xtr[rows] + 0.15 * torch.randn_like(Xtr[rows])
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(noisy), ytr[rows]).backward()
                optimizer.step()
            schedule.step()
            model.eval()
            with torch.no_grad():
                loss = nn.functional.cross_entropy(model(Xva), yva).item()
            if loss < best:
                best, kept = loss, {name: value.clone() for name, value in model.state_dict().items()}
        model.load_state_dict(kept)
        return model.eval()


@wrong(
    "build_and_train", hint="How far does the loss fall in an epoch? What does a learning rate ten times as large do?"
)
def learning_rate_of_the_slide():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
        for _ in range(20):
            for rows in torch.randperm(len(Xtr)).split(64):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(Xtr[rows]), ytr[rows]).backward()
                optimizer.step()
        return model


@wrong("build_and_train", hint="What does cross_entropy do with its input: does it expect logits or probabilities?")
def softmax_before_the_loss():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10), nn.Softmax(dim=1))
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
        for _ in range(10):
            for rows in torch.randperm(len(Xtr)).split(64):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(Xtr[rows]), ytr[rows]).backward()
                optimizer.step()
        return model


@wrong("build_and_train", hint="The training images are sorted by class. Which classes are in one batch?")
def not_shuffled_in_training():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(64, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Linear(128, 10))
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
        for _ in range(8):
            for X, y in zip(Xtr.split(64), ytr.split(64), strict=True):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(X), y).backward()
                optimizer.step()
        return model


@wrong("build_and_train", hint="Which images does the network learn from: those to train, or those to validate?")
def trains_on_validation_only():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
        for _ in range(60):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(Xva), yva).backward()
            optimizer.step()
        return model


@wrong("build_and_train", hint="Does dropout look at the mode of the model? Compare two calls after model.eval().")
def dropout_in_evaluation_mode():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden, self.out = nn.Linear(64, 128), nn.Linear(128, 10)

            def forward(self, x):
                return self.out(nn.functional.dropout(torch.relu(self.hidden(x)), 0.2))

        torch.manual_seed(seed)
        model = Net()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
        for _ in range(8):
            for rows in torch.randperm(len(Xtr)).split(64):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(Xtr[rows]), ytr[rows]).backward()
                optimizer.step()
        return model


@wrong("build_and_train", hint="What does your function do with its argument seed?")
def seed_ignored():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(64, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Dropout(0.3), nn.Linear(256, 10))
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
        for _ in range(8):
            for rows in torch.randperm(len(Xtr)).split(64):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(Xtr[rows]), ytr[rows]).backward()
                optimizer.step()
        return model


@wrong("build_and_train", hint="Which random draws are made before the seed is set? Those of the initial weights?")
def seed_set_after_the_weights():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        model = nn.Sequential(nn.Linear(64, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Dropout(0.3), nn.Linear(256, 10))
        torch.manual_seed(seed)
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
        for _ in range(8):
            for rows in torch.randperm(len(Xtr)).split(64):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(Xtr[rows]), ytr[rows]).backward()
                optimizer.step()
        return model


@wrong("build_and_train", hint="How many numbers has a layer of 1,000 x 1,000?")
def too_many_parameters():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(64, 800), nn.ReLU(), nn.Linear(800, 800), nn.ReLU(), nn.Linear(800, 10))
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for _ in range(3):
            for rows in torch.randperm(len(Xtr)).split(64):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(Xtr[rows]), ytr[rows]).backward()
                optimizer.step()
        return model


@wrong(
    "build_and_train",
    hint="What can a model without a hidden layer not draw? Look at its accuracy on the training images.",
)
def logistic_regression():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = nn.Linear(64, 10)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
        for _ in range(20):
            for rows in torch.randperm(len(Xtr)).split(64):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(Xtr[rows]), ytr[rows]).backward()
                optimizer.step()
        return model


@wrong(
    "build_and_train", hint="Does the order of forward, zero_grad, backward and step leave any gradient to step with?"
)
def gradients_never_zeroed():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        for _ in range(10):
            for rows in torch.randperm(len(Xtr)).split(64):
                nn.functional.cross_entropy(model(Xtr[rows]), ytr[rows]).backward()
                optimizer.step()
        return model


@wrong(
    "build_and_train",
    hint="What does build_and_train return: the network, or what it says about the validation images?",
)
def logits_returned():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
        for _ in range(5):
            for rows in torch.randperm(len(Xtr)).split(64):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(Xtr[rows]), ytr[rows]).backward()
                optimizer.step()
        return model(Xva)
