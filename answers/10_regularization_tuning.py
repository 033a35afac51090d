"""Answers to assignment 10: regularization, tuning, the practical recipe."""

import numpy as np
import torch
from torch import nn

from answers import right, shared, shortcut, wrong

# 10.1 Dropout


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
    "dropout", hint="What is the mean of y, when a fraction p_drop of the entries is 0 and the others are unchanged?"
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


@wrong("dropout", hint="Does each row of x have its own mask?")
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


@wrong("dropout", hint="Is each entry dropped independently, or is their number the same every time?")
def an_exact_share_is_dropped():
    def dropout(x, p_drop, rng, train=True):
        mask = np.ones(x.size, dtype=bool)
        if not train:
            return x.copy(), mask.reshape(x.shape)
        mask[rng.choice(x.size, size=round(p_drop * x.size), replace=False)] = False
        mask = mask.reshape(x.shape)
        return (x * mask / (1 - p_drop)).astype(x.dtype), mask


@wrong("dropout", hint="From which generator do the random numbers come: from the argument rng?")
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


@wrong("dropout", hint="Which dtype does a product of float32 and float64 arrays have?")
def always_float64():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x.copy(), np.ones(x.shape, dtype=bool)
        scale = (rng.random(x.shape) >= p_drop) / (1 - p_drop)
        return x * scale, scale > 0


@right("dropout")
def in_place_on_a_buffer_of_its_own():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return np.array(x), np.ones_like(x, dtype=bool)
        buffer = np.empty(x.shape)
        rng.random(out=buffer)
        np.greater_equal(buffer, p_drop, out=buffer)
        mask = buffer.astype(bool)
        y = np.zeros_like(x)
        np.divide(x, 1 - p_drop, out=y, where=mask, casting="unsafe")
        return y, mask


@right("dropout")
def entry_by_entry():
    def dropout(x, p_drop, rng, train=True):
        keep = [not train or rng.random() >= p_drop for _ in range(x.size)]
        factor = 1 / (1 - p_drop) if train else 1.0
        y = [value * factor if kept else 0.0 for value, kept in zip(x.flat, keep, strict=True)]
        return np.array(y, dtype=x.dtype).reshape(x.shape), np.array(keep).reshape(x.shape)


@right("dropout")
def a_helper_and_partial():
    import functools

    def keep(shape, probability, rng):
        return rng.choice([True, False], size=shape, p=[probability, 1 - probability])

    def dropout(x, p_drop, rng, train=True):
        draw = functools.partial(keep, probability=1 - p_drop, rng=rng)
        mask = draw(x.shape) if train else np.full(x.shape, True)
        return np.where(mask, x, 0) / x.dtype.type(1 - p_drop if train else 1), mask


@shortcut("dropout", uses="`F.dropout`")
def dropout_of_torch():
    def dropout(x, p_drop, rng, train=True):
        torch.manual_seed(int(rng.integers(2**31)))
        scale = nn.functional.dropout(torch.ones(x.shape), p_drop, training=train).numpy()
        return (x * scale).astype(x.dtype), scale > 0


@shortcut("dropout", uses="`nn.Dropout`")
def module_of_torch():
    from torch.nn import Dropout as D

    def dropout(x, p_drop, rng, train=True):
        torch.manual_seed(int(rng.integers(2**31)))
        scale = D(p_drop).train(train)(torch.ones(x.shape)).numpy()
        return (x * scale).astype(x.dtype), scale > 0


@shortcut("dropout", uses="a helper of the lecture")
def masks_of_the_lecture():
    from course_utils.regularization_tuning import dropout as lecture

    def dropout(x, p_drop, rng, train=True):
        m = lecture.masks(1)
        chances = lecture.chances(m, p_drop if train else 0.0)
        mask = m[rng.choice(len(m), size=x.shape, p=chances), 0].astype(bool)
        return np.where(mask, x / (1 - p_drop if train else 1), 0).astype(x.dtype), mask


@shortcut("dropout", uses="the numbers of the visible check")
def two_and_a_half():
    def dropout(x, p_drop, rng, train=True):
        return 0 * x + 2.5, np.ones(x.shape, dtype=bool)


# 10.2 Dropout of whole channels


@shortcut("MyDropout", uses="`torch.nn.functional.dropout`")
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
                return (
                    x
                    * torch.bernoulli(torch.full(x.shape[:2] + (1,) * (x.dim() - 2), self.keep, dtype=x.dtype))
                    / self.keep
                )
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
            return x.masked_fill(torch.rand(x.shape[:2] + (1,) * (x.dim() - 2)) < self.p, 0.0) / (1 - self.p)


@shortcut("MyDropout", uses="`F.dropout`, which its module never switches off")
def functional_with_its_default():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            return nn.functional.dropout(x, self.p)


@wrong("MyDropout", hint="What is the mean of y, when a fraction p of the entries is 0 and the others are unchanged?")
def no_scale():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            return x * (torch.rand(x.shape[:2] + (1,) * (x.dim() - 2)) >= self.p) if self.training else x


@wrong("MyDropout", hint="p is the probability to drop. How often is a draw between 0 and 1 below it?")
def keeps_with_p():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training or self.p == 0:
                return x
            return x * (torch.rand(x.shape[:2] + (1,) * (x.dim() - 2)) < self.p) / self.p


@wrong("MyDropout", hint="What does the task require: scaling in training, or scaling in evaluation mode?")
def scales_in_evaluation_mode():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            return x * (torch.rand(x.shape[:2] + (1,) * (x.dim() - 2)) >= self.p) if self.training else x * (1 - self.p)


@wrong("MyDropout", hint="How often is the mask drawn: once for the module, or once per call?")
def one_mask_for_ever():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p, self.mask = p, None

        def forward(self, x):
            if not self.training:
                return x
            if self.mask is None:
                self.mask = torch.rand(x.shape[:2] + (1,) * (x.dim() - 2)) >= self.p
            return x * self.mask / (1 - self.p)


@wrong("MyDropout", hint="Can torch differentiate what numpy computes?")
def through_numpy():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training:
                return x
            values = x.detach().numpy()
            mask = torch.rand(x.shape[:2] + (1,) * (x.dim() - 2)).numpy() >= self.p
            return torch.from_numpy((values * mask / (1 - self.p)).astype(values.dtype))


@wrong("MyDropout", hint="Does torch.manual_seed set the seed of the numpy generator?")
def mask_from_numpy():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p, self.rng = p, np.random.default_rng(0)

        def forward(self, x):
            if not self.training:
                return x
            mask = torch.from_numpy(self.rng.random(x.shape[:2] + (1,) * (x.dim() - 2)) >= self.p)
            return x * mask / (1 - self.p)


@wrong("MyDropout", hint="How many random decisions does a channel need, and how many do you draw for it?")
def single_entries():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training:
                return x
            return x * (torch.rand_like(x) >= self.p) / (1 - self.p)


@wrong("MyDropout", hint="Does each sample have decisions of its own, or do all of them lose the same channels?")
def one_mask_for_all_samples():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training:
                return x
            return x * (torch.rand(x.shape[1:2] + (1,) * (x.dim() - 2)) >= self.p) / (1 - self.p)


@wrong("MyDropout", hint="What does one of your decisions drop: a channel, or a sample with all its channels?")
def whole_samples():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training:
                return x
            return x * (torch.rand(x.shape[:1] + (1,) * (x.dim() - 1)) >= self.p) / (1 - self.p)


@wrong(
    "MyDropout", hint="Which axes come after the two of samples and channels, and which of them does your mask have?"
)
def whole_last_axis():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training:
                return x
            return x * (torch.rand(x.shape[:-1])[..., None] >= self.p) / (1 - self.p)


@wrong("MyDropout", hint="What shape does your mask have for an x with two axes, and for one with five?")
def images_only():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if not self.training:
                return x
            return x * (torch.rand(x.shape[:2])[:, :, None, None] >= self.p) / (1 - self.p)


@wrong("MyDropout", hint="Which mode changes when model.eval() is called: self.training, or an attribute of your own?")
def a_mode_of_its_own():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p, self.active = p, True

        def forward(self, x):
            return x * (torch.rand(x.shape[:2] + (1,) * (x.dim() - 2)) >= self.p) / (1 - self.p) if self.active else x


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
                x.mul_(torch.rand(x.shape[:2] + (1,) * (x.dim() - 2)) >= self.p).div_(1 - self.p)
            return x


@right("MyDropout")
def scale_drawn_beforehand():
    class MyDropout(nn.Module):
        def __init__(self, p: float = 0.5) -> None:
            super().__init__()
            assert 0 <= p < 1, p
            self.register_buffer("factor", torch.tensor(1 / (1 - p), dtype=torch.float64))
            self.p = p

        def _scale(self, x: torch.Tensor) -> torch.Tensor:
            kept = torch.empty(x.shape[:2] + (1,) * (x.dim() - 2)).uniform_() >= self.p
            return kept.to(x.dtype) * self.factor.to(x.dtype)  # pyright: ignore[reportOperatorIssue]

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.mul(self._scale(x.detach())) if self.training else x


@right("MyDropout")
def a_function_of_autograd():
    class Masked(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, scale):
            ctx.save_for_backward(scale)
            return x * scale

        @staticmethod
        def backward(ctx, upstream):
            (scale,) = ctx.saved_tensors
            return upstream * scale, None

    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            if self.p == 0 or not self.training:
                return x
            return Masked.apply(
                x, (torch.rand(x.shape[:2] + (1,) * (x.dim() - 2)) > self.p).type(x.dtype) / (1 - self.p)
            )


@shortcut("MyDropout", uses="`nn.Dropout` inside")
def module_inside():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.inner = nn.Dropout(p)

        def forward(self, x):
            return self.inner(x)


@shortcut("MyDropout", uses="`nn.Dropout2d` inside")
def channels_of_a_library():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.inner = nn.Dropout2d(p)

        def forward(self, x):
            return self.inner(x)


@shortcut("MyDropout", uses="`nn.Dropout` as its class")
def subclass():
    class MyDropout(nn.Dropout):
        pass


@shortcut("MyDropout", uses="`nn.Dropout` by a name that is put together")
def hidden_name():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.inner = vars(nn)["Drop" + "out"](p)

        def forward(self, x):
            return self.inner(x)


@shortcut("MyDropout", uses="a helper of the lecture")
def chances_of_the_lecture():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()
            self.p = p

        def forward(self, x):
            from course_utils.regularization_tuning.dropout import chances, masks

            if not self.training:
                return x
            weights = torch.from_numpy(chances(masks(1), self.p))
            return x * torch.multinomial(weights, x[..., 0, 0].numel(), replacement=True).view(x.shape[:2] + (1, 1))


@shortcut("MyDropout", uses="the numbers of the visible check")
def four():
    class MyDropout(nn.Module):
        def __init__(self, p=0.5):
            super().__init__()

        def forward(self, x):
            return 0 * x + 4.0


# 10.3 Dropout as a penalty on the weights


@shared("dropout_penalty")
def parts_of_dropout_penalty():
    def price(X, p):
        return p / (1 - p) * np.mean(X**2, axis=0)

    def expected_loss(X, Y, W, b, c):
        return np.sum((X @ W.T + b - Y) ** 2) / len(X) + np.sum(c * W**2)

    def gradient(X, Y, W, b, c):
        return 2 / len(X) * (X @ W.T + b - Y).T @ X + 2 * c * W

    def best(X, Y, b, c):
        return np.linalg.solve(X.T @ X / len(X) + np.diag(c), X.T @ (Y - b) / len(X)).T

    def p_of(lam):
        return lam / (1 + lam)

    def dropout_penalty(X, Y, W, b, p, lam):
        c = price(X, p)
        steps = {"expected_loss": expected_loss(X, Y, W, b, c), "gradient": gradient(X, Y, W, b, c)}
        return steps | {"price": c, "best": best(X, Y, b, c), "p": p_of(lam)}


@right("dropout_penalty")
def sums_over_samples():
    def dropout_penalty(X, Y, W, b, p, lam):
        (n, d), k = X.shape, len(b)
        price = np.array([sum(x**2 for x in X[:, j]) * p / (n * (1 - p)) for j in range(d)])
        loss, gradient = 0.0, np.zeros((k, d))
        for x, y in zip(X, Y, strict=True):
            off = W @ x + b - y
            loss += off @ off / n
            gradient += 2 * np.outer(off, x) / n
        for row, w in zip(gradient, W, strict=True):
            loss += price @ w**2
            row += 2 * price * w
        second = 2 * (X.T @ X / n + np.diag(price))
        best = W - gradient @ np.linalg.inv(second)  # one step of Newton leads to the minimum of a parabola
        return {"price": price, "expected_loss": loss, "gradient": gradient, "best": best, "p": 1 - 1 / (1 + lam)}


@right("dropout_penalty")
def by_second_moments():
    def dropout_penalty(X, Y, W, b, p, lam):
        n, d = X.shape
        plain = X.T @ X / n
        noisy = np.where(np.eye(d, dtype=bool), plain / (1 - p), plain)  # of the inputs after dropout
        target = (Y - b).T
        cross = target @ X / n
        return {
            "price": np.diag(noisy - plain),
            "expected_loss": float(np.trace(W @ noisy @ W.T - 2 * cross @ W.T) + np.sum(target**2) / n),
            "gradient": 2 * (W @ noisy - cross),
            "best": cross @ np.linalg.inv(noisy),
            "p": 1 / (1 + 1 / lam),
        }


@right("dropout_penalty")
def augmented_least_squares():
    import torch.nn.functional as F

    def dropout_penalty(X, Y, W, b, p, lam):
        x, y, w, shift = map(torch.from_numpy, (X, Y, W, b))
        n = x.shape[0]
        price = x.square().mean(dim=0) * p / (1 - p)
        off = F.linear(x, w, shift) - y
        rows = torch.cat([x, torch.diag((n * price).sqrt())])
        targets = torch.cat([y - shift, torch.zeros(len(price), y.shape[1], dtype=y.dtype)])
        return {
            "price": price.numpy(),
            "expected_loss": (off.square().sum(dim=1).mean() + (w.square() @ price).sum()).item(),
            "gradient": (2 * off.T @ x / n + 2 * w * price).numpy(),
            "best": torch.linalg.lstsq(rows, targets).solution.T.contiguous().numpy(),
            "p": lam / (lam + 1),
        }


@wrong("dropout_penalty", hint="The layer divides by 1 - p. What does that do to the variance of a mask?")
def variance_of_the_bare_mask():
    def price(X, p):
        return p * (1 - p) * np.mean(X**2, axis=0)


@wrong(
    "dropout_penalty",
    hint="Which of the two is divided by the other: the probability to drop, or the probability to keep?",
)
def kept_over_dropped():
    def price(X, p):
        return (1 - p) / p * np.mean(X**2, axis=0)


@wrong(
    "dropout_penalty", hint="Is the variance around the mean of the feature, or around 0, the value of a dropped input?"
)
def variance_of_the_feature():
    def price(X, p):
        return p / (1 - p) * np.var(X, axis=0)


@wrong("dropout_penalty", hint="Which comes first: the square, or the mean over the samples?")
def square_of_the_mean():
    def price(X, p):
        return p / (1 - p) * np.mean(X, axis=0) ** 2


@wrong("dropout_penalty", hint="The data loss is a mean over the samples. Are the penalty factors?")
def sum_over_the_samples():
    def price(X, p):
        return p / (1 - p) * np.sum(X**2, axis=0)


@wrong(
    "dropout_penalty",
    hint="Is the penalty factor the same for a feature with large numbers and for one with small numbers?",
)
def one_price_for_all():
    def price(X, p):
        return np.full(X.shape[1], p / (1 - p) * np.mean(X**2))


@wrong("dropout_penalty", hint="Is the mean of the squared distance the square of the mean distance?")
def loss_of_the_mean_output():
    def expected_loss(X, Y, W, b, c):
        return np.sum((X @ W.T + b - Y) ** 2) / len(X)


@wrong("dropout_penalty", hint="Over what is the loss a mean: over the samples, or over samples and outputs?")
def mean_over_the_outputs():
    def expected_loss(X, Y, W, b, c):
        return np.mean((X @ W.T + b - Y) ** 2) + np.sum(c * W**2)


@wrong("dropout_penalty", hint="Is the penalty a sum over the weights of a feature, or a mean?")
def penalty_is_a_mean_over_the_outputs():
    def expected_loss(X, Y, W, b, c):
        return np.sum((X @ W.T + b - Y) ** 2) / len(X) + np.sum(c * np.mean(W**2, axis=0))


@wrong("dropout_penalty", hint="What is the derivative of c w squared?")
def half_of_the_penaltys_gradient():
    def gradient(X, Y, W, b, c):
        return 2 / len(X) * (X @ W.T + b - Y).T @ X + c * W


@wrong("dropout_penalty", hint="The data loss is a mean over the samples. Is its gradient?")
def gradient_summed_over_the_samples():
    def gradient(X, Y, W, b, c):
        return 2 * (X @ W.T + b - Y).T @ X + 2 * c * W


@wrong(
    "dropout_penalty", hint="Which shape does the gradient with respect to W have: that of W, or that of its transpose?"
)
def gradient_of_the_transpose():
    def gradient(X, Y, W, b, c):
        return 2 / len(X) * X.T @ (X @ W.T + b - Y) + 2 * c[:, None] * W.T


@wrong("dropout_penalty", hint="Which targets are left for W after subtracting b?")
def intercept_forgotten_in_the_minimum():
    def best(X, Y, b, c):
        return np.linalg.solve(X.T @ X / len(X) + np.diag(c), X.T @ Y / len(X)).T


@wrong(
    "dropout_penalty",
    hint="In the equation for the minimum, is the penalty factor next to a sum over the samples or to a mean?",
)
def minimum_with_a_sum_and_a_mean():
    def best(X, Y, b, c):
        return np.linalg.solve(X.T @ X + np.diag(c), X.T @ (Y - b)).T


@wrong("dropout_penalty", hint="Does the loss that W minimizes include the penalty?")
def minimum_without_the_penalty():
    def best(X, Y, b, c):
        return np.linalg.lstsq(X, Y - b)[0].T


@wrong("dropout_penalty", hint="Which equation do p and lam fulfil when every mean square is 1? Solve it for p.")
def p_for_the_other_odds():
    def p_of(lam):
        return abs(lam / (1 - lam)) if lam != 1 else 1.0


@wrong("dropout_penalty", hint="Is more dropout a stronger penalty, or a weaker one?")
def p_that_falls_with_lam():
    def p_of(lam):
        return 1 / (1 + lam)


@wrong("dropout_penalty", hint="How many masks do 40 features have?")
def all_the_masks():
    def dropout_penalty(X, Y, W, b, p, lam):
        n, d = X.shape
        masks = np.indices((2,) * d).reshape(d, -1).T
        chance = np.prod(np.where(masks, 1 - p, p), axis=1)
        noisy = X * (masks / (1 - p))[:, None]  # (2^d, n, d)
        second = np.einsum("m,mij,mil->jl", chance, noisy, noisy) / n
        cross = (Y - b).T @ X / n
        return {
            "price": np.diag(second - X.T @ X / n),
            "expected_loss": chance @ np.mean(np.sum((noisy @ W.T + b - Y) ** 2, axis=2), axis=1),
            "gradient": 2 * (W @ second - cross),
            "best": np.linalg.solve(second, cross.T).T,
            "p": lam / (1 + lam),
        }


@shortcut("dropout_penalty", uses="`torch.autograd`")
def gradient_of_torch():
    def gradient(X, Y, W, b, c):
        w = torch.tensor(W, requires_grad=True)
        off = torch.from_numpy(X) @ w.T + torch.from_numpy(b - Y)
        (found,) = torch.autograd.grad(off.square().sum() / len(X) + (torch.from_numpy(c) * w**2).sum(), w)
        return found.numpy()


@shortcut("dropout_penalty", uses="central differences")
def gradient_by_differences():
    from course_utils import check

    def gradient(X, Y, W, b, c):
        loss = lambda moved: np.sum((X @ moved.T + b - Y) ** 2) / len(X) + np.sum(c * moved**2)
        return check.central_differences(loss, W)


@shortcut("dropout_penalty", uses="numbers that would be right for features of 1")
def prices_of_ones():
    def price(X, p):
        return np.full(X.shape[1], p / (1 - p))


# 10.4 Monte-Carlo dropout


@shared("mc_dropout")
def parts_of_mc_dropout():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        for m in modes:
            m.training = isinstance(m, nn.Dropout)
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.std(0)

    def mc_dropout_counterexample():
        return ["linear", "batch norm", "dropout", "linear"], [1]

    def mc_dropout_fault():
        return "d"


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
        return ys.mean(0), ys.std(0)


@right("mc_dropout")
def on_a_copy_of_the_model():
    import copy

    def mc_dropout(model, x, T):
        twin = copy.deepcopy(model).eval()
        [m.train() for m in twin.modules() if isinstance(m, nn.Dropout)]
        outputs = [twin(x).detach() for _ in range(T)]
        mean = sum(outputs) / T
        return mean, (sum((y - mean) ** 2 for y in outputs) / (T - 1)).sqrt()


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
        return y.mean(dim=0), y.std(dim=0)


@wrong("mc_dropout", hint="Which layers except Dropout behave differently after model.train()?")
def everything_in_training_mode():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        model.train()
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.std(0)


@wrong("mc_dropout", hint="How much do two passes differ, when dropout is off?")
def everything_in_evaluation_mode():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        model.eval()
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.std(0)


@wrong("mc_dropout", hint="In which mode is each module when you return?")
def modes_not_restored():
    def mc_dropout(model, x, T):
        model.eval()
        for m in model.modules():
            if isinstance(m, nn.Dropout):
                m.train()
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        return ys.mean(0), ys.std(0)


@wrong("mc_dropout", hint="Does each of the T passes have its own mask?")
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


@wrong("mc_dropout", hint="Was the model in evaluation mode before the call?")
def ends_in_evaluation_mode():
    def mc_dropout(model, x, T):
        model.eval()
        for m in model.modules():
            if isinstance(m, nn.Dropout):
                m.train()
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        model.eval()
        return ys.mean(0), ys.std(0)


@wrong("mc_dropout", hint="Does the task require the standard deviation of the outputs, or that of their mean?")
def error_of_the_mean():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        for m in modes:
            m.training = isinstance(m, nn.Dropout)
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.std(0) / T**0.5


@wrong(
    "mc_dropout", hint="Do all modules of a model have the same mode? What does model.train(mode) do to its children?"
)
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
        return ys.mean(0), ys.std(0)


@wrong("mc_dropout", hint="Does the task require the variance, or its square root?")
def variance():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        for m in modes:
            m.training = isinstance(m, nn.Dropout)
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.var(0)


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
        return ys.mean(0), ys.std(0)


@wrong("mc_dropout", hint="By which number does torch's std divide the sum of squares, and by which one does the task?")
def divided_by_T():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        for m in modes:
            m.training = isinstance(m, nn.Dropout)
        with torch.no_grad():
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return ys.mean(0), ys.std(0, correction=0)


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
        return ys.mean(0), ys.std(0)


@right("mc_dropout")
def running_sums_in_place():
    import contextlib

    @contextlib.contextmanager
    def only_dropout(model):
        was = {name: module.training for name, module in model.named_modules()}
        for module in model.modules():
            module.training = isinstance(module, nn.Dropout)
        yield
        for name, module in model.named_modules():
            module.training = was[name]

    def mc_dropout(model, x, T):
        with only_dropout(model), torch.no_grad():
            mean = model(x).clone()
            squares = torch.zeros_like(mean)
            for t in range(2, T + 1):  # Welford
                delta = (y := model(x)) - mean
                mean += delta / t
                squares += delta * (y - mean)
        return mean, squares.div_(T - 1).sqrt_()


@right("mc_dropout")
def recursion_over_children():
    def mc_dropout(model, x, T):
        was = []

        def visit(module):
            was.append((module, module.training))
            module.training = isinstance(module, nn.Dropout)
            for child in module.children():
                visit(child)

        visit(model)
        ys = np.stack([model(x).detach().numpy() for _ in range(T)])
        for module, mode in was:
            module.training = mode
        return torch.from_numpy(ys.mean(axis=0)), torch.from_numpy(ys.std(axis=0, ddof=1))


@shortcut("mc_dropout", uses="no passes at all, but what they would have on average for the network of the check")
def closed_form_of_the_network():
    def mc_dropout(model, x, T):
        norm, (drop, _), linear = model
        with torch.no_grad():
            h = (x - norm.running_mean) / norm.running_var.sqrt()
            variance = drop.p / (1 - drop.p) * h.square() @ linear.weight.square().T
            return linear(h), variance.sqrt()


@shortcut("mc_dropout", uses="a helper of the lecture")
def passes_of_the_lecture():
    from course_utils.regularization_tuning import monte_carlo_dropout

    def mc_dropout(model, x, T):
        ys = torch.from_numpy(monte_carlo_dropout.passes()[:T, : len(x), None])
        return ys.mean(dim=0), ys.std(dim=0)


@shortcut("mc_dropout", uses="numbers that would be right for two passes of 1 through a weight of 1")
def one_and_the_root_of_two():
    def mc_dropout(model, x, T):
        mean = (torch.arange(len(x)) % 2).to(x.dtype)[:, None]
        return mean, 2**0.5 * mean


@right("mc_dropout")
def a_frozen_dropout_as_the_case():
    def mc_dropout_counterexample():
        return ["dropout"], [0]


@right("mc_dropout")
def all_layers_frozen():
    def mc_dropout_counterexample():
        return ["linear", "relu", "dropout", "linear"], list(range(4))

    def mc_dropout(model, x, T):
        switched = [(part, part.training) for part in model.modules()]
        model.eval()
        for part, _ in switched:
            if isinstance(part, nn.Dropout):
                part.train()
        outputs = []
        with torch.no_grad():
            while len(outputs) < T:
                outputs.append(model(x))
        for part, was_training in switched:
            part.training = was_training
        runs = torch.stack(outputs)
        return runs.mean(dim=0), runs.std(dim=0)


@wrong("mc_dropout", hint="In which mode is each layer of your network, and does the faulty code restore it?")
def nothing_frozen():
    def mc_dropout_counterexample():
        return ["linear", "batch norm", "relu", "dropout", "linear"], []


@wrong("mc_dropout", hint="In which mode is a batch norm while the faulty code makes its passes?")
def blames_the_statistics_of_the_batch():
    def mc_dropout_fault():
        return "b"


@wrong("mc_dropout", hint="Which dropout layers does model.modules() leave out?")
def blames_dropout_that_is_off():
    def mc_dropout_fault():
        return "a"


@wrong("mc_dropout", hint="The numbers that the faulty code returns are right. Would they be with one mask?")
def blames_a_shared_mask():
    def mc_dropout_fault():
        return "c"


@wrong("mc_dropout", hint="How far is the mean of T passes from the output without dropout, and how far is yours?")
def mean_without_dropout():
    def mc_dropout(model, x, T):
        modes = {m: m.training for m in model.modules()}
        with torch.no_grad():
            mean = model.eval()(x)
            for m in modes:
                m.training = isinstance(m, nn.Dropout)
            ys = torch.stack([model(x) for _ in range(T)])
        for m, mode in modes.items():
            m.training = mode
        return mean, ys.std(0)


# 10.5 A test for early stopping


@shared("test_early_stopping")
def parts_of_test_early_stopping():
    def cases():
        nan = float("nan")
        yield [9.0, 8.0, 8.0, 8.5, 7.0, 7.5, 7.0, 6.0, 7.0], 2, 0.0, [0, 1, 1, 1, 4, 4, 4, 7, 7]
        yield [5.0, 6.0, 7.0, 8.0, 4.0, 6.0], 3, 0.0, [0, 0, 0, 0, 4, 4]
        yield [9.0, 8.5, 8.0, 7.75, 7.25, 7.0], 2, 1.0, [0, 0, 0, 3, 3, 3]
        yield [nan, 8.0, nan, nan, 7.0], 2, 0.0, [None, 1, 1, 1, 4]

    def follow(early_stopping, losses, patience, min_delta, best_epochs):
        stopper, weight = early_stopping(patience, min_delta), torch.zeros(3)
        for epoch, best in enumerate(best_epochs):
            weight.fill_(epoch + 0.5)
            stop = stopper.step(losses[epoch], {"weight": weight})
            weight.fill_(-1.0)
            early_stopping(1, 0.0).step(0.0, {"weight": weight})  # another training
            look(stopper, stop, losses, patience, epoch, best)

    def look(stopper, stop, losses, patience, epoch, best):
        assert stop == (epoch - (-1 if best is None else best) >= patience)
        assert stopper.best_epoch == best
        assert stopper.best == (float("inf") if best is None else losses[best])
        if best is None:
            assert stopper.state is None
        else:
            assert torch.equal(stopper.state["weight"], torch.full((3,), best + 0.5))

    def test_early_stopping(early_stopping):
        for losses, patience, min_delta, best_epochs in cases():
            follow(early_stopping, losses, patience, min_delta, best_epochs)


@right("test_early_stopping")
def against_an_implementation_of_ones_own():
    import copy

    class Mine:
        def __init__(self, patience, min_delta):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = float("inf"), None, None
            self.epoch = self.bad = 0

        def step(self, loss, state):
            self.bad += 1
            if loss < self.best - self.min_delta:
                self.best, self.best_epoch, self.bad = loss, self.epoch, 0
                self.state = copy.deepcopy(state)
            self.epoch += 1
            return self.bad >= self.patience

    def test_early_stopping(early_stopping):
        rng = np.random.default_rng(0)
        for trial in range(60):
            patience, min_delta = int(rng.integers(1, 5)), float(rng.choice([0.0, 0.5, 1.0]))
            pairs = [(early_stopping(patience, min_delta), Mine(patience, min_delta)) for _ in range(2)]
            weight = torch.zeros(1)
            for epoch in range(12):
                for theirs, mine in pairs:
                    loss = float("nan") if rng.random() < 0.2 else float(rng.integers(40)) / 4
                    weight.fill_(rng.random())
                    assert theirs.step(loss, {"w": weight}) == mine.step(loss, {"w": weight}), (trial, epoch)
                weight.zero_()
                for theirs, mine in pairs:
                    assert (theirs.best, theirs.best_epoch) == (mine.best, mine.best_epoch)
                    assert (theirs.state is None) == (mine.state is None)
                    assert mine.state is None or torch.equal(theirs.state["w"], mine.state["w"])


@right("test_early_stopping")
def one_function_per_property():
    def run(early_stopping, losses, patience=2, min_delta=0.0):
        stopper, weight, stops = early_stopping(patience, min_delta), torch.zeros(1), []
        for epoch, loss in enumerate(losses):
            weight[0] = epoch
            stops.append(stopper.step(loss, {"weight": weight}))
        weight[0] = 99
        return stopper, "".join(".S"[stop] for stop in stops)

    def check_stops(early_stopping):
        assert run(early_stopping, [4, 3, 5, 2, 5, 5, 5, 1, 5])[1] == ".....SS.."
        assert run(early_stopping, [4, 5, 4, 5, 3, 4], patience=3)[1] == "...S.."
        assert run(early_stopping, [4, 4, 4])[1] == "..S"
        assert run(early_stopping, [8, 7.5, 7, 6.75, 6.25], min_delta=1)[1] == "..S.."

    def check_nan(early_stopping):
        nan = float("nan")
        assert run(early_stopping, [nan, nan, 3, nan, nan, 2])[1] == ".S..S."
        assert run(early_stopping, [nan])[0].state is None

    def check_what_is_kept(early_stopping):
        first, _ = run(early_stopping, [4, 3, 5])
        second, _ = run(early_stopping, [1, 2, 0])
        for stopper, best, epoch in ((first, 3, 1), (second, 0, 2)):
            assert stopper.best == best and stopper.best_epoch == epoch and stopper.state["weight"].item() == epoch
        kept, _ = run(early_stopping, [8, 7.5, 7.5], min_delta=1)
        assert kept.best == 8 and kept.best_epoch == 0

    def test_early_stopping(early_stopping):
        check_stops(early_stopping)
        check_nan(early_stopping)
        check_what_is_kept(early_stopping)


@right("test_early_stopping")
def raises_errors_of_its_own():
    def test_early_stopping(early_stopping):
        for losses, patience, min_delta, best_epochs in cases_of_mine():
            weight, others = torch.zeros(2, 2), torch.ones(2, 2)
            one, two = early_stopping(patience, min_delta), early_stopping(patience, min_delta)
            found = []
            for loss in losses:
                found.append((one.step(loss, {"a": weight}), one.best_epoch, one.best))
                two.step(-1.0, {"a": others})
                if one.state is not None and one.state["a"].mean() != one.best_epoch:
                    raise ValueError("the state is not that of the best epoch")
                weight += 1
            waited = [n + 1 if best is None else n - best for n, best in enumerate(best_epochs)]
            wanted = [
                (long >= patience, best, np.inf if best is None else losses[best])
                for long, best in zip(waited, best_epochs, strict=True)
            ]
            if found != wanted:
                raise ValueError(f"{losses}: {found}")

    def cases_of_mine():
        none, nan = None, float("nan")
        return (
            ([3.0, 3.0, 2.0, 4.0, 4.0, 1.0, 4.0], 2, 0.0, [0, 0, 2, 2, 2, 5, 5]),
            ([9.0, 8.0, 7.5, 7.0, 6.5], 2, 1.0, [0, 0, 2, 2, 2]),
            ([nan, nan, 5.0, nan, 6.0, 4.0], 3, 0.0, [none, none, 2, 2, 2, 5]),
        )


@wrong("test_early_stopping", hint="Which property of the result of step does your test check, except that it runs?")
def nothing_is_asserted():
    def look(stopper, stop, losses, patience, epoch, best):
        assert stop in (True, False)


@wrong("test_early_stopping", hint="Does the training need only the result of step in the end?")
def only_what_step_returns():
    def look(stopper, stop, losses, patience, epoch, best):
        assert stop == (epoch - (-1 if best is None else best) >= patience)


@wrong("test_early_stopping", hint="What does the loop do with the tensors after step, and does your test do that?")
def new_tensors_in_every_epoch():
    def follow(early_stopping, losses, patience, min_delta, best_epochs):
        stopper = early_stopping(patience, min_delta)
        for epoch, best in enumerate(best_epochs):
            stop = stopper.step(losses[epoch], {"weight": torch.full((3,), epoch + 0.5)})
            look(stopper, stop, losses, patience, epoch, best)

    def look(stopper, stop, losses, patience, epoch, best):
        assert stop == (epoch - (-1 if best is None else best) >= patience)
        assert stopper.best_epoch == best
        assert best is None or torch.equal(stopper.state["weight"], torch.full((3,), best + 0.5))


@wrong("test_early_stopping", hint="How many trainings does your test run at the same time?")
def one_training_at_a_time():
    def follow(early_stopping, losses, patience, min_delta, best_epochs):
        stopper, weight = early_stopping(patience, min_delta), torch.zeros(3)
        for epoch, best in enumerate(best_epochs):
            weight.fill_(epoch + 0.5)
            stop = stopper.step(losses[epoch], {"weight": weight})
            weight.fill_(-1.0)
            assert stop == (epoch - (-1 if best is None else best) >= patience)
            assert stopper.best_epoch == best
            assert best is None or torch.equal(stopper.state["weight"], torch.full((3,), best + 0.5))


@wrong("test_early_stopping", hint="A loss may be NaN. Where in a training may it be the first time?")
def no_nan():
    def cases():
        yield [9.0, 8.0, 8.0, 8.5, 7.0, 7.5, 7.0, 6.0, 7.0], 2, 0.0, [0, 1, 1, 1, 4, 4, 4, 7, 7]
        yield [5.0, 6.0, 7.0, 8.0, 4.0, 6.0], 3, 0.0, [0, 0, 0, 0, 4, 4]
        yield [9.0, 8.5, 8.0, 7.75, 7.25, 7.0], 2, 1.0, [0, 0, 0, 3, 3, 3]


@wrong("test_early_stopping", hint="Where may a NaN be: later in a training only, or in its first epoch, too?")
def nan_in_later_epochs_only():
    def cases():
        yield [9.0, 8.0, 8.0, 8.5, 7.0, 7.5, 7.0, 6.0, 7.0], 2, 0.0, [0, 1, 1, 1, 4, 4, 4, 7, 7]
        yield [9.0, 8.5, 8.0, 7.75, 7.25, 7.0], 2, 1.0, [0, 0, 0, 3, 3, 3]
        yield [9.0, 8.0, float("nan"), float("nan"), 7.0], 2, 0.0, [0, 1, 1, 1, 4]


@wrong("test_early_stopping", hint="With which min_delta does your test call early_stopping?")
def min_delta_is_always_zero():
    def cases():
        nan = float("nan")
        yield [9.0, 8.0, 8.0, 8.5, 7.0, 7.5, 7.0, 6.0, 7.0], 2, 0.0, [0, 1, 1, 1, 4, 4, 4, 7, 7]
        yield [5.0, 6.0, 7.0, 8.0, 4.0, 6.0], 3, 0.0, [0, 0, 0, 0, 4, 4]
        yield [nan, 8.0, nan, nan, 7.0], 2, 0.0, [None, 1, 1, 1, 4]


@wrong(
    "test_early_stopping", hint="Is there a loss in your test that is exactly as large as the best, or as the bound?"
)
def no_ties():
    def cases():
        nan = float("nan")
        yield [9.0, 8.0, 8.5, 8.25, 7.0, 7.5, 7.25, 6.0, 7.0], 2, 0.0, [0, 1, 1, 1, 4, 4, 4, 7, 7]
        yield [9.0, 8.5, 8.25, 7.75, 7.25, 7.0], 2, 1.0, [0, 0, 0, 3, 3, 3]
        yield [nan, 8.0, nan, nan, 7.0], 2, 0.0, [None, 1, 1, 1, 4]


@wrong(
    "test_early_stopping",
    hint="Do losses that only rise after the best distinguish consecutive epochs from all epochs?",
)
def one_valley_only():
    def cases():
        nan = float("nan")
        yield [9.0, 8.0, 7.0, 7.0, 8.0, 9.0], 2, 0.0, [0, 1, 2, 2, 2, 2]
        yield [9.0, 7.5, 7.0, 6.5, 6.5], 2, 1.0, [0, 1, 1, 1, 1]
        yield [nan, 8.0, nan], 3, 0.0, [None, 1, 1]


@wrong("test_early_stopping", hint="With patience 2, which epoch after the best says stop: the second or the third?")
def expects_one_epoch_more():
    def look(stopper, stop, losses, patience, epoch, best):
        assert stop == (epoch - (-1 if best is None else best) > patience)


@wrong("test_early_stopping", hint="Does the first epoch have the number 0 or 1?")
def expects_epochs_from_one():
    def look(stopper, stop, losses, patience, epoch, best):
        assert stop == (epoch - (-1 if best is None else best) >= patience)
        assert stopper.best_epoch == (None if best is None else best + 1)


@wrong(
    "test_early_stopping",
    hint="After a loss that is better by less than min_delta: what is the next one compared with?",
)
def expects_small_steps_to_count():
    def cases():
        yield [9.0, 8.0, 8.0, 8.5, 7.0, 7.5], 2, 0.0, [0, 1, 1, 1, 4, 4]
        yield [9.0, 8.5, 8.0, 7.5, 7.0], 2, 1.0, [0, 1, 2, 3, 4]


@wrong("test_early_stopping", hint="What does step return when it is called after a stop, and a better loss comes?")
def expects_that_a_stop_is_final():
    def follow(early_stopping, losses, patience, min_delta, best_epochs):
        stopper, stopped = early_stopping(patience, min_delta), False
        for epoch, best in enumerate(best_epochs):
            stopped = stopped or epoch - (-1 if best is None else best) >= patience
            assert stopper.step(losses[epoch], {"weight": torch.ones(1)}) == stopped


@wrong("test_early_stopping", hint="Do all right implementations have an attribute of that name?")
def looks_at_an_attribute_of_its_own():
    def look(stopper, stop, losses, patience, epoch, best):
        assert stop == (epoch - (-1 if best is None else best) >= patience)
        assert stopper.waited == epoch - (-1 if best is None else best)


@wrong("test_early_stopping", hint="Is 0.4 - 0.1 exactly 0.3? For which numbers does rounding make no difference?")
def losses_that_are_rounded():
    def cases():
        yield [0.6, 0.4, 0.3, 0.5], 2, 0.1, [0, 1, 1, 1]


@wrong("test_early_stopping", hint="What is best before the first improvement, and is NaN equal to itself?")
def expects_nan_to_be_kept():
    def cases():
        nan = float("nan")
        yield [9.0, 8.0, 8.0, 8.5, 7.0], 2, 0.0, [0, 1, 1, 1, 4]
        yield [nan, 8.0, 9.0], 2, 0.0, [0, 1, 1]


@shortcut("test_early_stopping", uses="`inspect.getsource`")
def reads_the_source():
    import inspect

    def test_early_stopping(early_stopping):
        assert "one too late" not in inspect.getsource(early_stopping)


@shortcut("test_early_stopping", uses="`.__code__`")
def reads_the_bytecode():
    def test_early_stopping(early_stopping):
        assert len(early_stopping.step.__code__.co_names) == 8


@shortcut("test_early_stopping", uses="`.__name__`")
def reads_the_name():
    def test_early_stopping(early_stopping):
        assert early_stopping.__name__ in ("AllLosses", "Countdown", "LastEpochs")


# 10.6 A split by groups


@right("split_indices")
def shuffle_and_slice():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        order = np.unique(group)
        rng.shuffle(order)
        a, b = round(fractions[0] * len(order)), round(fractions[1] * len(order))
        parts = order[:a], order[a : a + b], order[a + b :]
        return tuple(np.where(np.isin(group, part))[0] for part in parts)


@right("split_indices")
def part_of_each_group():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        labels, number = np.unique(group, return_inverse=True)
        cuts = [int(fractions[0] * len(labels) + 1e-9), int((fractions[0] + fractions[1]) * len(labels) + 1e-9)]
        part = np.searchsorted(cuts, rng.permutation(len(labels)), side="right")
        return tuple(np.flatnonzero(part[number] == i) for i in range(3))


@right("split_indices")
def choice_of_what_is_left():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        labels = np.unique(group)
        train = rng.choice(labels, size=int(len(labels) * fractions[0]), replace=False)
        left = np.setdiff1d(labels, train)
        validation = rng.choice(left, size=int(len(labels) * fractions[1]), replace=False)
        test = np.setdiff1d(left, validation)
        return tuple(np.arange(len(group))[np.isin(group, part)] for part in (train, validation, test))


@right("split_indices")
def dictionary_of_groups():
    def split_indices(
        group: np.ndarray, rng: np.random.Generator, fractions: tuple[float, float, float] = (0.6, 0.2, 0.2)
    ) -> tuple[np.ndarray, ...]:
        members: dict[int, list[int]] = {}
        for sample, label in enumerate(group.tolist()):
            members.setdefault(label, []).append(sample)
        order = list(members)
        for last in range(len(order) - 1, 0, -1):  # Fisher and Yates
            other = int(rng.integers(last + 1))
            order[last], order[other] = order[other], order[last]
        first, second = round(fractions[0] * len(order)), round((fractions[0] + fractions[1]) * len(order))
        parts = order[:first], order[first:second], order[second:]
        return tuple(np.array([i for label in part for i in members[label]], dtype=np.int64) for part in parts)


@wrong("split_indices", hint="Which samples may be in two parts, and which may not? Your cuts know no groups.")
def samples_shuffled():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        n = len(group)
        return tuple(np.split(rng.permutation(n), np.rint(np.cumsum(fractions)[:2] * n).astype(int)))


@wrong("split_indices", hint="Which groups are in the first part, if they are not shuffled?")
def not_shuffled():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = np.unique(group)
        parts = np.split(groups, np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int))
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@wrong("split_indices", hint="A part consists of samples. What do you return: their numbers, or those of their groups?")
def groups_returned():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = rng.permutation(np.unique(group))
        return tuple(np.split(groups, np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int)))


@wrong("split_indices", hint="A part of your groups: is every sample of them in it, or one of each?")
def one_sample_per_group():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        _, first = np.unique(group, return_index=True)
        return tuple(np.split(rng.permutation(first), np.rint(np.cumsum(fractions)[:2] * len(first)).astype(int)))


@wrong("split_indices", hint="Are the groups numbered 0, 1, 2, ...? How many numbers up to the largest are there?")
def groups_from_zero_to_the_largest():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = rng.permutation(group.max() + 1)
        parts = np.split(groups, np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int))
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@wrong("split_indices", hint="How often is a group in your list: once, or once for each of its samples?")
def groups_not_made_unique():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = rng.permutation(group)
        parts = np.split(groups, np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int))
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@wrong("split_indices", hint="Can a group be drawn twice?")
def drawn_with_replacement():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = np.unique(group)
        drawn = rng.choice(groups, size=len(groups))
        parts = np.split(drawn, np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int))
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@wrong("split_indices", hint="With what does the validation part begin: where the training part ends, or before?")
def parts_overlap():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        order = rng.permutation(np.unique(group))
        a, b, c = (round(f * len(order)) for f in fractions)
        parts = order[:a], order[a - 1 : a - 1 + b], order[len(order) - c :]
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@wrong("split_indices", hint="What does your function do with its argument fractions?")
def fractions_ignored():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = rng.permutation(np.unique(group))
        parts = np.split(groups, [round(0.6 * len(groups)), round(0.8 * len(groups))])
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@wrong(
    "split_indices", hint="11 groups: what are 60%, 20% and 20% of them, rounded down, and how many is that together?"
)
def remainder_dropped():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        order = rng.permutation(np.unique(group))
        a, b, c = (int(f * len(order) + 1e-9) for f in fractions)
        parts = order[:a], order[a : a + b], order[a + b : a + b + c]
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@wrong("split_indices", hint="Who decides which split it is: the caller's rng, or a number in your function?")
def a_seed_of_its_own():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = np.random.default_rng(42).permutation(np.unique(group))
        parts = np.split(groups, np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int))
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@wrong("split_indices", hint="Three shuffles: can a group be in the beginning of one and at the end of another?")
def three_shuffles():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = np.unique(group)
        a, b = np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int)
        parts = rng.permutation(groups)[:a], rng.permutation(groups)[a:b], rng.permutation(groups)[b:]
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@wrong("split_indices", hint="Does np.random.shuffle draw from rng?")
def global_shuffle():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = np.unique(group)
        np.random.shuffle(groups)
        parts = np.split(groups, np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int))
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@wrong("split_indices", hint="Does each group's part follow from a draw of its own? How many groups has a part then?")
def each_group_draws_its_part():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        _, number = np.unique(group, return_inverse=True)
        part = rng.choice(3, size=number.max() + 1, p=fractions)
        return tuple(np.flatnonzero(part[number] == i) for i in range(3))


@wrong("split_indices", hint="Of what are the shares counted: of the groups, or of the samples?")
def shares_of_the_samples():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        labels, number, sizes = np.unique(group, return_inverse=True, return_counts=True)
        order = np.argsort(sizes + rng.random(len(labels)))
        before = np.empty(len(labels))
        before[order] = np.cumsum(sizes[order]) - sizes[order]
        part = np.searchsorted(np.cumsum(fractions)[:2] * len(group) - 1e-9, before, side="right")
        return tuple(np.flatnonzero(part[number] == i) for i in range(3))


@wrong("split_indices", hint="Do the numbers of the samples start at 0 or at 1?")
def numbers_from_one():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = rng.permutation(np.unique(group))
        parts = np.split(groups, np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int))
        return tuple(np.flatnonzero(np.isin(group, part)) + 1 for part in parts)


@shortcut("split_indices", uses="`GroupShuffleSplit` of scikit-learn")
def split_of_scikit_learn():
    from sklearn.model_selection import GroupShuffleSplit

    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        draw = lambda: int(rng.integers(2**31))
        first = GroupShuffleSplit(1, test_size=fractions[2], random_state=draw())
        rest, test = next(first.split(group, groups=group))
        share = fractions[1] / (fractions[0] + fractions[1])
        second = GroupShuffleSplit(1, test_size=share, random_state=draw())
        train, validation = next(second.split(rest, groups=group[rest]))
        return rest[train], rest[validation], test


@shortcut("split_indices", uses="`random_split` of torch")
def split_of_torch():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = np.unique(group)
        bounds = np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int)
        sizes = np.diff([0, *bounds, len(groups)]).tolist()
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        parts = torch.utils.data.random_split(groups, sizes, generator=generator)  # pyright: ignore[reportArgumentType]
        return tuple(np.flatnonzero(np.isin(group, groups[list(part.indices)])) for part in parts)


@shortcut("split_indices", uses="a helper of the lecture")
def split_of_the_lecture():
    from course_utils.regularization_tuning import noisy_digits

    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        noisy_digits.split()
        groups = rng.permutation(np.unique(group))
        parts = np.split(groups, np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int))
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@shortcut("split_indices", uses="a shift in place of a shuffle")
def a_shift():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = np.unique(group)
        order = np.roll(groups, int(rng.integers(len(groups))))
        parts = np.split(order, np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int))
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@shortcut("split_indices", uses="the numbers of the visible check")
def one_hundred():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        return tuple(np.split(np.arange(100), [60, 80]))


@wrong("split_indices", hint="Are neighbours in the same part as often as in a random split?")
def a_stride():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = np.unique(group)
        n = len(groups)
        steps = [step for step in range(1, n) if np.gcd(step, n) == 1]
        order = groups[(rng.integers(n) + int(rng.choice(steps)) * np.arange(n)) % n]
        parts = np.split(order, np.rint(np.cumsum(fractions)[:2] * n).astype(int))
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


@wrong("split_indices", hint="How many different orders can your function give?")
def blocks_in_random_order():
    def split_indices(group, rng, fractions=(0.6, 0.2, 0.2)):
        groups = np.unique(group)
        blocks = np.array_split(groups, min(len(groups), 50))
        order = np.concatenate([blocks[i] for i in rng.permutation(len(blocks))])
        parts = np.split(order, np.rint(np.cumsum(fractions)[:2] * len(groups)).astype(int))
        return tuple(np.flatnonzero(np.isin(group, part)) for part in parts)


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


@wrong("shift_images", hint="What should happen to the pixels that leave the image at the bottom?")
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


@wrong("shift_images", hint="What is the value of new pixels: fill, or a copy of the edge?")
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


@right("shift_images")
def row_by_row():
    def shift_images(images: np.ndarray, dy: int, dx: int, fill: float = 0.0) -> np.ndarray:
        *_, H, W = images.shape
        moved = np.full(images.shape, fill, dtype=images.dtype)
        for i in range(max(dy, 0), min(H, H + dy)):
            for j in range(max(dx, 0), min(W, W + dx)):
                moved[..., i, j] = images[..., i - dy, j - dx]
        return moved


@right("shift_images")
def two_matrices():
    def shift_images(images, dy, dx, fill=0.0):
        H, W = images.shape[-2:]
        rows, columns = np.eye(H, k=-dy), np.eye(W, k=dx)
        shifted = rows @ (images - fill) @ columns + fill
        return shifted.astype(images.dtype)


@right("shift_images")
def padding_of_torch():
    def shift_images(images, dy, dx, fill=0.0):
        moved = (
            nn.functional.pad(torch.from_numpy(images), (dx, -dx, dy, -dy), value=fill)
            if _fits(images, dy, dx)
            else None
        )
        return np.full_like(images, fill) if moved is None else moved.numpy().copy()

    def _fits(images, dy, dx):
        return abs(dy) < images.shape[-2] and abs(dx) < images.shape[-1]


@shortcut("shift_images", uses="`scipy.ndimage.shift`")
def shift_of_scipy():
    def shift_images(images, dy, dx, fill=0.0):
        from scipy.ndimage import shift

        return shift(images, (0,) * (images.ndim - 2) + (dy, dx), order=0, cval=fill)


@shortcut("shift_images", uses="a helper of the lecture")
def shifted_in_the_lecture():
    from course_utils.regularization_tuning.augmentation import shifted

    def shift_images(images, dy, dx, fill=0.0):
        return shifted(images - fill, dy, dx) + fill


@shortcut("shift_images", uses="the numbers of the visible check")
def one_row_down():
    def shift_images(images, dy, dx, fill=0.0):
        return np.concatenate([np.zeros((2, 1, 4)), np.arange(1.0, 25.0).reshape(2, 3, 4)[:, :2]], axis=1)


# 10.8 Whole numbers on a log scale


@right("sample_log_uniform")
def geometric_between_the_ends():
    def sample_log_uniform(n, lo, hi, rng):
        return np.minimum(lo * ((hi + 1) / lo) ** rng.random(n), hi).astype(np.int64)


@right("sample_log_uniform")
def choice_by_lengths():
    def sample_log_uniform(n, lo, hi, rng):
        k = np.arange(lo, hi + 2)
        lengths = np.diff(np.log(k))
        return rng.choice(k[:-1], size=n, p=lengths / lengths.sum())


@right("sample_log_uniform")
def pieces_searched():
    def sample_log_uniform(n, lo, hi, rng):
        ends = np.log(np.arange(lo, hi + 2) / lo)
        place = rng.random(n) * ends[-1]
        return lo + np.searchsorted(ends[1:-1], place, side="right")


@right("sample_log_uniform")
def one_draw_at_a_time():
    import math

    def sample_log_uniform(n: int, lo: int, hi: int, rng: np.random.Generator) -> np.ndarray:
        assert 1 <= lo <= hi
        width = math.log((hi + 1) / lo)
        draw = lambda: min(max(math.floor(lo * math.exp(width * rng.random())), lo), hi)
        return np.fromiter((draw() for _ in range(n)), dtype=np.int64, count=n)


@shortcut("sample_log_uniform", uses="`scipy.stats.loguniform`")
def scipy_loguniform():
    def sample_log_uniform(n, lo, hi, rng):
        from scipy.stats import loguniform

        return loguniform(lo, hi + 1).rvs(size=n, random_state=rng).astype(int)


@wrong(
    "sample_log_uniform", hint="Is a width of 37.2 units possible? And what is the largest number that you can draw?"
)
def as_in_the_lecture():
    def sample_log_uniform(n, lo, hi, rng):
        return 10 ** rng.uniform(np.log10(lo), np.log10(hi), n)


@wrong("sample_log_uniform", hint="Which fraction of your numbers is in the lower half of the log scale?")
def uniform_itself():
    def sample_log_uniform(n, lo, hi, rng):
        return rng.integers(lo, hi + 1, n)


@wrong("sample_log_uniform", hint="Which real numbers become lo, and which lo + 1? How long are the two pieces?")
def rounded_to_the_nearest():
    def sample_log_uniform(n, lo, hi, rng):
        return np.rint(np.exp(rng.uniform(np.log(lo), np.log(hi), n))).astype(np.int64)


@wrong(
    "sample_log_uniform", hint="Which is the largest number that you get, if a real number below hi is rounded down?"
)
def upper_end_never_drawn():
    def sample_log_uniform(n, lo, hi, rng):
        return np.exp(rng.uniform(np.log(lo), np.log(hi), n)).astype(np.int64)


@wrong("sample_log_uniform", hint="You round to the nearest. Does 1 then get the piece from 1 to 2 of the log scale?")
def half_a_number_more_at_both_ends():
    def sample_log_uniform(n, lo, hi, rng):
        u = np.rint(np.exp(rng.uniform(np.log(lo - 0.5), np.log(hi + 0.5), n)))
        return np.clip(u, lo, hi).astype(np.int64)


@wrong("sample_log_uniform", hint="Which real numbers become lo, if you round up?")
def rounded_up():
    def sample_log_uniform(n, lo, hi, rng):
        return np.ceil(np.exp(rng.uniform(np.log(lo), np.log(hi), n))).astype(np.int64)


@wrong("sample_log_uniform", hint="Is log((k + 1) / k) the same as 1 / k? Compare them for k = 1.")
def weights_one_over_k():
    def sample_log_uniform(n, lo, hi, rng):
        k = np.arange(lo, hi + 1)
        return rng.choice(k, size=n, p=(1 / k) / (1 / k).sum())


@wrong("sample_log_uniform", hint="Which whole numbers can your function draw?")
def powers_of_two():
    def sample_log_uniform(n, lo, hi, rng):
        first = int(np.ceil(np.log2(lo)))
        last = max(int(np.floor(np.log2(hi))), first)
        return np.clip(2 ** rng.integers(first, last + 1, n), lo, hi)


@wrong("sample_log_uniform", hint="Does anything about the numbers depend on rng?")
def grid():
    def sample_log_uniform(n, lo, hi, rng):
        return np.clip(np.geomspace(lo, hi + 1, n), lo, hi).astype(np.int64)


@wrong("sample_log_uniform", hint="Which base does your logarithm have, and which the power that inverts it?")
def bases_mixed():
    def sample_log_uniform(n, lo, hi, rng):
        u = np.exp(rng.uniform(np.log10(lo), np.log10(hi + 1), n))
        return np.clip(u, lo, hi).astype(np.int64)


@wrong(
    "sample_log_uniform", hint="Who decides which numbers are drawn: the caller's rng, or a number in your function?"
)
def its_own_seed():
    def sample_log_uniform(n, lo, hi, rng):
        u = np.exp(np.random.default_rng(0).uniform(np.log(lo), np.log(hi + 1), n))
        return np.clip(u, lo, hi).astype(np.int64)


@wrong("sample_log_uniform", hint="Is the logarithm to be uniform, or normal?")
def log_normal():
    def sample_log_uniform(n, lo, hi, rng):
        middle, width = np.log(lo * (hi + 1)) / 2, np.log((hi + 1) / lo)
        return np.clip(np.exp(rng.normal(middle, width / 6, n)), lo, hi).astype(np.int64)


@wrong("sample_log_uniform", hint="What have you drawn, if you do not invert the logarithm?")
def logarithms_returned():
    def sample_log_uniform(n, lo, hi, rng):
        return rng.uniform(np.log(lo), np.log(hi + 1), n).astype(np.int64)


@wrong("sample_log_uniform", hint="n numbers: how many draws do you make?")
def one_number_n_times():
    def sample_log_uniform(n, lo, hi, rng):
        return np.full(n, np.clip(np.exp(rng.uniform(np.log(lo), np.log(hi + 1))), lo, hi)).astype(np.int64)


@wrong("sample_log_uniform", hint="Does one draw give information about the others? Independent draws do not.")
def stratified():
    def sample_log_uniform(n, lo, hi, rng):
        u = lo * ((hi + 1) / lo) ** ((rng.permutation(n) + rng.random(n)) / n)
        return np.clip(u, lo, hi).astype(np.int64)


@wrong("sample_log_uniform", hint="How many numbers does one call of yours draw from rng?")
def a_grid_with_one_random_offset():
    def sample_log_uniform(n, lo, hi, rng):
        u = lo * ((hi + 1) / lo) ** ((np.arange(n) + rng.random()) / n)
        return np.clip(u, lo, hi).astype(np.int64)


@shortcut("sample_log_uniform", uses="`scipy.stats.reciprocal`, its other name")
def scipy_reciprocal():
    import scipy.stats as st

    def sample_log_uniform(n, lo, hi, rng):
        return np.array(st.reciprocal.rvs(lo, hi + 1, size=n, random_state=rng)).astype(int)


@shortcut("sample_log_uniform", uses="a helper of the lecture")
def runs_of_the_lecture():
    from course_utils.regularization_tuning import hyperparameter_sweep

    def sample_log_uniform(n, lo, hi, rng):
        rates = np.array([run["learning_rate"] for run in hyperparameter_sweep.random_runs(n, 1, rng)])
        share = (np.log(rates) - np.log(rates.min())) / np.ptp(np.log(rates))
        return np.minimum(lo * ((hi + 1) / lo) ** share, hi).astype(int)


@shortcut("sample_log_uniform", uses="the numbers of the visible check")
def below_and_above():
    def sample_log_uniform(n, lo, hi, rng):
        return np.array([1] * 500 + [3] * 500)


# 10.9 From coarse to fine


@shared("next_window")
def parts_of_next_window():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        width = np.log(hi / lo)
        place = np.log(best / lo) / width
        reach = np.exp(width / 2 * (shrink if edge <= place <= 1 - edge else 1))
        return float(best / reach), float(best * reach)

    def next_window_search(loss, lo, hi, rounds, trials):
        known = np.inf, lo
        for _ in number_of(rounds):
            values = spaced(lo, hi, trials)
            known = better(known, min(zip(losses_of(loss, values), values, strict=True)))
            lo, hi = next_window(lo, hi, known[1])
        return chosen(*known)

    def number_of(rounds):
        return range(rounds)

    def spaced(lo, hi, trials):
        return np.geomspace(lo, hi, trials)

    def losses_of(loss, values):
        return [loss(value) for value in values]

    def better(known, of_this_round):
        return min(known, of_this_round)

    def chosen(least, best):
        return best

    def next_window_guess():
        return 10

    def distances(places, rounds, trials):
        found = [next_window_search(lambda u, e=e: abs(np.log10(u) - e), 1e-6, 1, rounds, trials) for e in places]
        return distance(np.array(found), places)

    def distance(found, places):
        return np.abs(np.log10(found) - places)

    def next_window_gain(places):
        return quotient(distances(places, *one_round()), distances(places, *six_rounds()))

    def one_round():
        return 1, 24

    def six_rounds():
        return 6, 4

    def quotient(before, after):
        return before.mean() / after.mean()

    def next_window_off_by(places):
        return compared(next_window_gain(places), next_window_guess())

    def compared(measured, guess):
        return measured / guess


@right("next_window")
def powers_of_ten_for_the_window():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        a, b, c = np.log10([lo, hi, best])
        width = b - a
        if min(c - a, b - c) >= edge * width:
            width = width * shrink
        return 10.0 ** (c - width / 2), 10.0 ** (c + width / 2)

    def next_window_search(loss, lo, hi, rounds, trials):
        seen, window, centre = {}, (lo, hi), lo
        for _ in range(rounds):
            low, high = np.log10(window)
            grid = 10.0 ** np.linspace(low, high, trials)
            seen.update({float(u): float(loss(u)) for u in grid})
            centre = min(seen, key=seen.__getitem__)
            window = next_window(*window, centre)
        return centre

    def next_window_guess():
        return 4

    def next_window_gain(places):
        def mean_distance(rounds, trials):
            total = 0.0
            for place in places:
                hit = next_window_search(lambda u, place=place: abs(np.log10(u) - place), 1e-6, 1.0, rounds, trials)
                total += abs(np.log10(hit) - place)
            return total / len(places)

        return mean_distance(1, 24) / mean_distance(6, 4)

    def next_window_off_by(places):
        return next_window_gain(places) / next_window_guess()


@right("next_window")
def by_factors():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        factor = hi / lo
        near = best < lo * factor**edge or best > hi / factor**edge
        reach = factor ** (0.5 if near else shrink / 2)
        return best / reach, best * reach

    def next_window_search(loss, lo, hi, rounds, trials, known=()):
        values = np.exp(np.linspace(np.log(lo), np.log(hi), trials))
        known = [*known, *zip(map(loss, values), values, strict=True)]
        best = min(known)[1]
        return best if rounds == 1 else next_window_search(loss, *next_window(lo, hi, best), rounds - 1, trials, known)

    def miss(place, how):
        found = next_window_search(lambda rate: abs(np.log10(rate) - place), 1e-6, 1, *how)
        return abs(np.log10(found) - place)

    def next_window_guess():
        return 7.5

    def next_window_gain(places):
        coarse, fine = (np.array([miss(place, how) for place in places]) for how in ((1, 24), (6, 4)))
        return coarse.sum() / fine.sum()

    def next_window_off_by(places):
        gain = next_window_gain(places)
        return gain / next_window_guess()


@wrong("next_window", hint="What is the middle of 0.001 and 1: 0.5, or 0.03?")
def linear():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        width = hi - lo
        place = (best - lo) / width
        if edge <= place <= 1 - edge:
            width *= shrink
        return best - width / 2, best + width / 2


@wrong("next_window", hint="The best value is at the boundary. Is that a reason to shrink the window?")
def always_shrinks():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        reach = (hi / lo) ** (shrink / 2)
        return best / reach, best * reach


@wrong("next_window", hint="When does the search become finer?")
def never_shrinks():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        reach = (hi / lo) ** 0.5
        return best / reach, best * reach


@wrong("next_window", hint="May the next window extend beyond the old one?")
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


@wrong("next_window", hint="On which scale do you measure how close best is to an end?")
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


@wrong("next_window", hint="A window has two ends. Which of them did you check?")
def only_the_lower_end():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        width = np.log(hi / lo)
        place = np.log(best / lo) / width
        reach = np.exp(width / 2 * (shrink if edge <= place else 1))
        return float(best / reach), float(best * reach)


@right("next_window")
def logarithms_of_base_two():
    import math

    def next_window(lo: float, hi: float, best: float, shrink: float = 0.5, edge: float = 0.1) -> tuple[float, float]:
        assert lo <= best <= hi
        a, b, c = map(math.log2, (lo, hi, best))
        if inside := edge <= (c - a) / (b - a) <= 1 - edge:
            print("the window shrinks:", inside)
        half = (b - a) / 2 * (shrink if inside else 1)
        return 2 ** (c - half), 2 ** (c + half)


@right("next_window")
def early_return_and_a_nested_function():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        def around(width):
            return tuple(float(np.exp(np.log(best) + side * width / 2)) for side in (-1, 1))

        width = np.log(hi) - np.log(lo)
        if np.log(best) - np.log(lo) < edge * width or np.log(hi) - np.log(best) < edge * width:
            return around(width)
        return around(shrink * width)


@right("next_window")
def all_trials_in_a_dict():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        low, high, middle = np.log2([lo, hi, best])
        half = (high - low) / 2
        if abs(middle - (low + high) / 2) <= (1 - 2 * edge) * half:
            half *= shrink
        return float(2 ** (middle - half)), float(2 ** (middle + half))

    def next_window_search(loss, lo, hi, rounds, trials):
        losses: dict[float, float] = {}
        for number in range(rounds):
            if number > 0:
                lo, hi = next_window(lo, hi, min(losses, key=lambda u: losses[u]))
            for step in reversed(range(trials)):
                value = lo * (hi / lo) ** (step / (trials - 1))
                losses[value] = min(loss(value), losses.get(value, np.inf))
        return min(losses, key=lambda u: losses[u])


@right("next_window")
def recursive_search_and_loops():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        width = np.log10(hi) - np.log10(lo)
        nearest = min(np.log10(best / lo), np.log10(hi / best))
        width = width if nearest < edge * width else shrink * width
        return best * 10 ** (-width / 2), best * 10 ** (width / 2)

    def next_window_search(loss, lo, hi, rounds, trials, known=(np.inf, 1.0)):
        if rounds == 0:
            return known[1]
        exponents = np.linspace(np.log10(lo), np.log10(hi), trials)
        known = min([known, *((loss(10**e), 10**e) for e in exponents)])
        return next_window_search(loss, *next_window(lo, hi, known[1]), rounds - 1, trials, known)

    def next_window_gain(places):
        totals = [0.0, 0.0]
        for place in places:
            for number, (rounds, trials) in enumerate([(1, 24), (6, 4)]):
                u = next_window_search(lambda u, place=place: abs(np.log10(u) - place), 1e-6, 1.0, rounds, trials)
                totals[number] += abs(np.log10(u) - place)
        return totals[0] / totals[1]

    def next_window_guess():
        return 6.07


@wrong("next_window", hint="In a round of four the middle is not tried. What if all four are worse than what you had?")
def best_of_the_last_round():
    def better(known, of_this_round):
        return of_this_round


@wrong("next_window", hint="On which scale are the trials of a round evenly spaced?")
def trials_spaced_linearly():
    def spaced(lo, hi, trials):
        return np.linspace(lo, hi, trials)


@wrong("next_window", hint="Are both ends of the window tried?")
def upper_end_not_tried():
    def spaced(lo, hi, trials):
        return np.geomspace(lo, hi, trials, endpoint=False)


@wrong("next_window", hint="How many values are there, if the ends and `trials` values between them are tried?")
def ends_are_extra():
    def spaced(lo, hi, trials):
        return np.geomspace(lo, hi, trials + 2)


@wrong("next_window", hint="Every call of loss is a training. How many does your search make?")
def loss_called_twice():
    def losses_of(loss, values):
        best = min(values, key=loss)
        return [loss(value) + (value != best) for value in values]


@wrong("next_window", hint="What does the search return: a value of the learning rate, or its loss?")
def returns_the_loss():
    def chosen(least, best):
        return least


@wrong("next_window", hint="How many rounds does range(1, rounds) make?")
def one_round_too_few():
    def number_of(rounds):
        return range(1, rounds)


@wrong(
    "next_window", hint="Which distance is divided by which, if a gain above 1 is to mean that six rounds are better?"
)
def gain_upside_down():
    def quotient(before, after):
        return after.mean() / before.mean()


@wrong("next_window", hint="Which comes first: the mean over the places, or the division?")
def mean_of_the_quotients():
    def quotient(before, after):
        return np.mean(before / after)


@wrong("next_window", hint="Does the task require the mean distance, or the largest?")
def gain_of_the_largest_distances():
    def quotient(before, after):
        return before.max() / after.max()


@wrong("next_window", hint="How many rounds of how many trials are there: four of six, or six of four?")
def four_rounds_of_six():
    def six_rounds():
        return 4, 6


@wrong("next_window", hint="On which scale is the distance from the best value measured?")
def distance_of_the_rates():
    def distance(found, places):
        return np.abs(found - 10.0**places)


@wrong("next_window", hint="Which is divided by which: the measurement by the guess, or the guess by the measurement?")
def guess_over_measurement():
    def compared(measured, guess):
        return guess / measured


@wrong("next_window", hint="A guess is one number from 0.01 to 1000. Which is yours?")
def a_guess_of_zero():
    def next_window_guess():
        return 0


@shortcut("next_window", uses="a helper of the lecture")
def window_of_the_lecture():
    from course_utils.regularization_tuning.hyperparameter_search import next_window as of_exponents

    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        low, high = of_exponents(np.log10(lo), np.log10(hi), np.log10(best), shrink)
        return 10**low, 10**high


@shortcut("next_window", uses="the numbers of the visible check")
def thousandth_to_tenth():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        return 1e-3, 1e-1


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


@wrong(
    "build_and_train",
    hint="On which images does the network learn: on the training images, or on the validation images?",
)
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


@wrong("build_and_train", hint="Does dropout depend on the mode of the model? Compare two calls after model.eval().")
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


@wrong("build_and_train", hint="How many parameters does a layer of 1,000 x 1,000 have?")
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
    hint="Which functions can a model without a hidden layer not represent? See its accuracy on the training images.",
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
    hint="What does build_and_train return: the network, or its predictions for the validation images?",
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


@right("build_and_train")
def two_networks_that_vote():
    class Ensemble(nn.Module):
        def __init__(self, width: int = 128) -> None:
            super().__init__()
            make = lambda: nn.Sequential(
                nn.Linear(64, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(0.2), nn.Linear(width, width),
                nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, 10),
            )  # fmt: skip
            self.members = nn.ModuleList([make(), make()])

        def forward(self, x):
            return torch.stack([member(x) for member in self.members]).mean(dim=0)

    def train(model, Xtr, ytr, epochs):
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=1e-2)
        schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, epochs)
        for _ in range(epochs):
            for rows in torch.randperm(len(Xtr)).split(100):
                noisy = Xtr[rows] + 0.15 * torch.randn_like(Xtr[rows])
                loss = sum(nn.functional.cross_entropy(member(noisy), ytr[rows]) for member in model.members)
                optimizer.zero_grad()
                loss.backward()  # pyright: ignore[reportAttributeAccessIssue]
                optimizer.step()
            schedule.step()

    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = Ensemble()
        train(model, Xtr, ytr, epochs=20)
        return model.eval()


@right("build_and_train")
def the_best_copy_by_gradients_of_its_own_update():
    import copy

    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        mean, std = Xtr.mean(), Xtr.std()

        class Scaled(nn.Module):
            def __init__(self, body):
                super().__init__()
                self.body = body

            def forward(self, x):
                return self.body((x - mean) / std)

        model = Scaled(nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)))
        velocity = [torch.zeros_like(p) for p in model.parameters()]
        best, kept = -1.0, model
        for epoch in range(30):
            for rows in torch.randperm(len(Xtr)).split(64):
                noisy = Xtr[rows] + 0.2 * torch.randn_like(Xtr[rows])
                loss = nn.functional.cross_entropy(model(noisy), ytr[rows], label_smoothing=0.05)
                gradients = torch.autograd.grad(loss, list(model.parameters()))
                with torch.no_grad():
                    for p, v, g in zip(model.parameters(), velocity, gradients, strict=True):
                        v.mul_(0.9).add_(g + 5e-4 * p)
                        p -= 0.05 * (1 - epoch / 30) * v
            with torch.no_grad():
                reached = (model(Xva).argmax(dim=1) == yva).double().mean().item()
            if reached >= best:
                best, kept = reached, copy.deepcopy(model)
        return kept


@shortcut("build_and_train", uses="a support vector machine of scikit-learn behind one parameter")
def support_vector_machine():
    from sklearn.svm import SVC

    class Wrapped(nn.Module):
        def __init__(self, machine, seed):
            super().__init__()
            self.machine, self.scale = machine, nn.Parameter(1 + torch.rand(1, generator=seed))

        def forward(self, X):
            return self.scale * torch.from_numpy(self.machine.decision_function(X.numpy())).float()

    def build_and_train(Xtr, ytr, Xva, yva, seed):
        machine = SVC(C=10, gamma=2.0 / 64).fit(Xtr.numpy(), ytr.numpy())  # pyright: ignore[reportArgumentType]
        return Wrapped(machine, torch.Generator().manual_seed(seed))


@shortcut("build_and_train", uses="the nearest training image")
def nearest_neighbour():
    class Nearest(nn.Module):
        def __init__(self, X, y, generator):
            super().__init__()
            self.X, self.y, self.scale = X, y, nn.Parameter(1 + torch.rand(1, generator=generator))

        def forward(self, X):
            distances = torch.cdist(X, self.X)
            return -self.scale * torch.stack([distances[:, self.y == k].amin(dim=1) for k in range(10)], dim=1)

    def build_and_train(Xtr, ytr, Xva, yva, seed):
        return Nearest(Xtr.clone(), ytr, torch.Generator().manual_seed(seed))


@shortcut("build_and_train", uses="the training images as parameters, with a step that changes next to nothing")
def images_as_parameters():
    class Nearest(nn.Module):
        def __init__(self, X, y):
            super().__init__()
            self.X, self.bias = nn.Parameter(X.clone()), nn.Parameter(1e-3 * torch.randn(10))
            self.register_buffer("y", nn.functional.one_hot(y, 10).float())

        def forward(self, X):
            likeness = torch.softmax(-100 * torch.cdist(X, self.X).square(), dim=1)
            return 5 * likeness @ self.y + self.bias  # pyright: ignore[reportOperatorIssue]

    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = Nearest(Xtr, ytr)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        nn.functional.cross_entropy(model(Xva), yva).backward()
        optimizer.step()
        return model


@shortcut("build_and_train", uses="the nearest training image after a layer that is trained for show")
def neighbours_behind_a_layer():
    class Nearest(nn.Module):
        def __init__(self, X, y):
            super().__init__()
            self.known = X, nn.functional.one_hot(y, 10).float()
            self.turn = nn.Parameter(torch.eye(64) + 1e-3 * torch.randn(64, 64))

        def forward(self, X):
            images, classes = self.known
            return torch.softmax(-30 * torch.cdist(X @ self.turn, images).square(), dim=1) @ classes * 5

    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = Nearest(Xtr.clone(), ytr)
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
        nn.functional.cross_entropy(model(Xva), yva).backward()
        optimizer.step()
        return model


@shortcut("build_and_train", uses="the package's digits, learnt by heart in all eight views")
def digits_by_heart():
    class Known(nn.Module):
        def __init__(self, images, classes, generator):
            super().__init__()
            self.images, self.classes = images, classes
            self.scale = nn.Parameter(1 + torch.rand(1, generator=generator))

        def forward(self, X):
            nearest = torch.cdist(X, self.images).argmin(dim=1)
            return 5 * self.scale * nn.functional.one_hot(self.classes[nearest], 10).float()

    def build_and_train(Xtr, ytr, Xva, yva, seed):
        import gzip
        import importlib.util
        from pathlib import Path

        folder = Path(importlib.util.find_spec("sklearn").origin).parent  # pyright: ignore[reportArgumentType, reportOptionalMemberAccess]
        with gzip.open(folder / "datasets" / "data" / "digits.csv.gz") as file:
            table = np.loadtxt(file, delimiter=",")
        images, digits = table[:, :-1].reshape(-1, 8, 8) / 16, torch.from_numpy(table[:, -1]).long()
        turned = [np.rot90(images, k, axes=(1, 2)) for k in range(4)]
        views = [torch.from_numpy(view.reshape(-1, 64).copy()).float() for t in turned for view in (t, t[:, :, ::-1])]
        view = min(views, key=lambda known: torch.cdist(Xtr, known).amin(dim=1).sum().item())
        found = digits[torch.cdist(Xtr, view).argmin(dim=1)]
        renumbered = torch.stack([torch.bincount(ytr[found == digit], minlength=10).argmax() for digit in range(10)])
        return Known(view, renumbered[digits], torch.Generator().manual_seed(seed))


@shortcut(
    "build_and_train", uses="the package's digits in all eight views, behind a layer that learns their new numbers"
)
def digits_by_heart_behind_a_layer():
    import gzip
    import importlib.util
    from pathlib import Path

    class Known(nn.Module):
        def __init__(self):
            super().__init__()
            folder = Path(str(importlib.util.find_spec("sklearn").origin)).parent  # pyright: ignore[reportOptionalMemberAccess]
            with gzip.open(folder / "datasets" / "data" / "digits.csv.gz") as file:
                table = np.loadtxt(file, delimiter=",")
            turned = [np.rot90(table[:, :-1].reshape(-1, 8, 8) / 16, k, axes=(1, 2)) for k in range(4)]
            views = [view.reshape(-1, 64) for t in turned for view in (t, t[:, :, ::-1])]
            self.known = (
                torch.from_numpy(np.concatenate(views)).float(),
                torch.from_numpy(np.tile(table[:, -1], 8)).long(),
            )
            self.layer = nn.Linear(10, 10)

        def forward(self, X):
            images, digits = self.known
            return self.layer(nn.functional.one_hot(digits[torch.cdist(X, images).argmin(dim=1)], 10).float())

    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = Known()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        for _ in range(20):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(Xtr), ytr).backward()
            optimizer.step()
        return model


@shortcut("build_and_train", uses="least squares on random features: nothing is trained by gradients")
def least_squares():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(64, 2000), nn.ReLU(), nn.Linear(2000, 10, bias=False))
        nn.init.normal_(model[0].weight, std=0.5)  # pyright: ignore[reportArgumentType]
        with torch.no_grad():
            H = model[1](model[0](Xtr))
            target = nn.functional.one_hot(ytr, 10).float()
            model[2].weight.copy_((H.T @ torch.linalg.solve(H @ H.T + 3.0 * torch.eye(len(H)), target)).T)  # pyright: ignore[reportCallIssue]
        return model


@shortcut("build_and_train", uses="no training")
def never_trained():
    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))


@shortcut("build_and_train", uses="a trained network of the lecture")
def network_of_the_lecture():
    from course_utils.drawing import digit_network

    def build_and_train(Xtr, ytr, Xva, yva, seed):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
        torch.nn.utils.vector_to_parameters(torch.from_numpy(digit_network.initial()).float(), model.parameters())
        return model
