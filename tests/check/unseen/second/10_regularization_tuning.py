"""More unseen wrong answers to assignment 10; `hint` is the catalogue entry with the same idea, or "none"."""

import copy

import numpy as np
import torch

from answers import wrong


@wrong("penalty_and_grad", hint="half_of_the_squares")
def one_half_in_front():
    def penalty_and_grad(params, lam, kind):
        total, grads = 0.0, {}
        for key, value in params.items():
            if key.endswith("bias"):
                grads[key] = torch.zeros_like(value)
            elif kind == "l2":
                total += lam / 2 * float(value.square().sum())
                grads[key] = 2 * lam * value
            elif kind == "l1":
                total += lam * float(value.abs().sum())
                grads[key] = lam * torch.sign(value)
            else:
                raise ValueError(kind)
        return total, grads


@wrong("dropout", hint="divided_by_p")
def wrong_probability_below():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x.copy(), np.ones(x.shape)
        mask = (rng.random(x.shape) >= p_drop).astype(float)
        return (mask * x / p_drop).astype(x.dtype), mask


@wrong("EarlyStopping", hint="ties_are_improvements")
def not_strictly_better():
    class EarlyStopping:
        def __init__(self, patience, min_delta=0.0):
            self.patience, self.min_delta = patience, min_delta
            self.best, self.best_epoch, self.state = float("inf"), -1, None
            self._epoch = -1

        def step(self, loss, state):
            self._epoch += 1
            if loss <= self.best - self.min_delta:
                self.best, self.best_epoch = loss, self._epoch
                self.state = copy.deepcopy(state)
            return self._epoch - self.best_epoch >= self.patience


@wrong("shift_images", hint="writes_into_the_images")
def border_filled_in_the_input():
    def shift_images(images, dy, dx, fill=0.0):
        h, w = images.shape[-2:]
        images[...] = np.roll(images, (dy, dx), axis=(-2, -1))
        rows, cols = np.arange(h) - dy, np.arange(w) - dx
        images[..., (rows < 0) | (rows >= h), :] = fill
        images[..., (cols < 0) | (cols >= w)] = fill
        return images


@wrong("next_window", hint="shrink_ignored")
def always_one_half():
    def next_window(lo, hi, best, shrink=0.5, edge=0.1):
        a, b, c = np.log(lo), np.log(hi), np.log(best)
        place = (c - a) / (b - a)
        width = (b - a) if place < edge or place > 1 - edge else (b - a) / 2
        return float(np.exp(c - width / 2)), float(np.exp(c + width / 2))
