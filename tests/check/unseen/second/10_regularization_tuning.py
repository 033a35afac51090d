"""More unseen wrong answers to assignment 10; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("dropout", hint="divided_by_p")
def wrong_probability_below():
    def dropout(x, p_drop, rng, train=True):
        if not train:
            return x.copy(), np.ones(x.shape)
        mask = (rng.random(x.shape) >= p_drop).astype(float)
        return (mask * x / p_drop).astype(x.dtype), mask


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

    def next_window_search(loss, lo, hi, rounds, trials):
        seen = {}
        for _ in range(rounds):
            seen |= {u: loss(u) for u in np.geomspace(lo, hi, trials)}
            lo, hi = next_window(lo, hi, min(seen, key=lambda u: seen[u]))
        return min(seen, key=lambda u: seen[u])

    def next_window_guess():
        return 8.0

    def next_window_gain(places):
        off = []
        for rounds, trials in ((1, 24), (6, 4)):
            found = [next_window_search(lambda u, e=e: abs(np.log10(u) - e), 1e-6, 1.0, rounds, trials) for e in places]
            off.append(np.mean([abs(np.log10(u) - e) for u, e in zip(found, places, strict=True)]))
        return off[0] / off[1]

    def next_window_off_by(places):
        return next_window_gain(places) / next_window_guess()
