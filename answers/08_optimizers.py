"""Answers to assignment 08: optimizers, learning rates, batch size."""

import math

import numpy as np
import torch

from answers import right, wrong

# 8.1 A step of SGD with weight decay


@right("sgd_step")
def shrink_then_step():
    def sgd_step(w, g, lr, wd=0.0):
        return (1 - lr * wd) * w - lr * g


@right("sgd_step")
def torchs_own_sgd():
    def sgd_step(w, g, lr, wd=0.0):
        weight = torch.nn.Parameter(torch.tensor(w))
        weight.grad = torch.tensor(g)
        torch.optim.SGD([weight], lr=lr, weight_decay=wd).step()
        return weight.detach().numpy()


@right("sgd_step")
def on_copies():
    def sgd_step(w, g, lr, wd=0.0):
        w, g = w.copy(), g.copy()
        g += wd * w
        w -= lr * g
        return w


@wrong("sgd_step", hint="Of which function is wd * w the gradient: wd times the square of w, or half of it?")
def decay_of_the_full_square():
    def sgd_step(w, g, lr, wd=0.0):
        return w - lr * (g + 2 * wd * w)


@wrong("sgd_step", hint="Does the decay stand inside the bracket that the learning rate multiplies?")
def decay_without_the_learning_rate():
    def sgd_step(w, g, lr, wd=0.0):
        return w - lr * g - wd * w


@wrong("sgd_step", hint="Does a step along the gradient lead up or down?")
def uphill():
    def sgd_step(w, g, lr, wd=0.0):
        return w + lr * (g + wd * w)


@wrong("sgd_step", hint="What decays, the weights or the gradient?")
def decay_of_the_gradient():
    def sgd_step(w, g, lr, wd=0.0):
        return w - lr * (g + wd * g)


@wrong("sgd_step", hint="Does `-=` make a new array, or write into the one of the caller?")
def weights_in_place():
    def sgd_step(w, g, lr, wd=0.0):
        w -= lr * (g + wd * w)
        return w


@wrong("sgd_step", hint="What does the gradient of a square depend on, besides the sign of w?")
def decay_of_the_absolute_value():
    def sgd_step(w, g, lr, wd=0.0):
        return w - lr * (g + wd * np.sign(w))


@wrong("sgd_step", hint="Does the decay pull on the weights before the step, or on those after it?")
def decay_after_the_step():
    def sgd_step(w, g, lr, wd=0.0):
        w = w - lr * g
        return w - lr * wd * w


@wrong("sgd_step", hint="With g = 0, do the weights come nearer to 0 or go away from it?")
def growth_for_decay():
    def sgd_step(w, g, lr, wd=0.0):
        return w - lr * (g - wd * w)


@wrong("sgd_step", hint="Whose array does `g += wd * w` change?")
def gradient_in_place():
    def sgd_step(w, g, lr, wd=0.0):
        g += wd * w
        return w - lr * g


# 8.2 Momentum, in two conventions


@right("momentum_step")
def state_in_a_dict():
    def momentum_step(w, g, state, lr, mu, convention):
        old = state["rho"] if state else np.zeros_like(w)
        rho = mu * old - lr * g if convention == "lecture" else mu * old + g
        step = rho if convention == "lecture" else -lr * rho
        return w + step, {"rho": rho}


@right("momentum_step")
def all_gradients_kept():
    def momentum_step(w, g, state, lr, mu, convention):
        history = [*(state or ()), (lr, g)]
        step = np.zeros_like(w)
        for age, (rate, gradient) in enumerate(reversed(history)):
            step -= (rate if convention == "lecture" else lr) * mu**age * gradient
        return w + step, history


@right("momentum_step")
def state_of_a_class():
    class Memory:
        def __init__(self, velocity):
            self.velocity = velocity

    def momentum_step(w, g, state, lr, mu, convention):
        before = 0.0 if state is None else state.velocity
        if convention == "torch":
            memory = Memory(mu * before + g)
            return w - lr * memory.velocity, memory
        memory = Memory(mu * before - lr * g)
        return w + memory.velocity, memory


@wrong("momentum_step", hint="Which of the two conventions keeps the learning rate of earlier steps in its state?")
def conventions_changed_places():
    def momentum_step(w, g, state, lr, mu, convention):
        old = np.zeros_like(w) if state is None else state
        if convention == "torch":
            new = mu * old - lr * g
            return w + new, new
        new = mu * old + g
        return w - lr * new, new


@wrong(
    "momentum_step",
    hint="Is the new velocity a weighted mean, or is the whole gradient added to what is left of the old one?",
)
def average_of_the_gradients():
    def momentum_step(w, g, state, lr, mu, convention):
        old = np.zeros_like(w) if state is None else state
        if convention == "lecture":
            new = mu * old - (1 - mu) * lr * g
            return w + new, new
        new = mu * old + (1 - mu) * g
        return w - lr * new, new


@wrong("momentum_step", hint="What does the second step remember of the first: is the state used?")
def no_memory():
    def momentum_step(w, g, state, lr, mu, convention):
        return w - lr * g, np.zeros_like(w)


@wrong("momentum_step", hint="Which way does a first step from rho = 0 go: along g, or against it?")
def uphill_with_momentum():
    def momentum_step(w, g, state, lr, mu, convention):
        old = np.zeros_like(w) if state is None else state
        new = mu * old + lr * g if convention == "lecture" else mu * old + g
        return w + new if convention == "lecture" else w + lr * new, new


@wrong("momentum_step", hint="Does w move by the velocity of before the update, or by the new one?")
def moved_by_the_old_velocity():
    def momentum_step(w, g, state, lr, mu, convention):
        old = np.zeros_like(w) if state is None else state
        if convention == "lecture":
            return w + old, mu * old - lr * g
        return w - lr * old, mu * old + g


@wrong("momentum_step", hint="Whose array does `w +=` change?")
def weights_changed_in_place():
    def momentum_step(w, g, state, lr, mu, convention):
        old = np.zeros_like(w) if state is None else state
        new = mu * old - lr * g if convention == "lecture" else mu * old + g
        w += new if convention == "lecture" else -lr * new
        return w, new


@wrong("momentum_step", hint="Which share of the old velocity is left: all of it, or mu times it?")
def momentum_never_fades():
    def momentum_step(w, g, state, lr, mu, convention):
        old = np.zeros_like(w) if state is None else state
        new = old - lr * g if convention == "lecture" else old + g
        return (w + new if convention == "lecture" else w - lr * new), new


@wrong("momentum_step", hint="What does mu multiply: the old velocity alone, or the gradient as well?")
def gradient_dampened_too():
    def momentum_step(w, g, state, lr, mu, convention):
        old = np.zeros_like(w) if state is None else state
        new = mu * (old - lr * g) if convention == "lecture" else mu * (old + g)
        return (w + new if convention == "lecture" else w - lr * new), new


@wrong("momentum_step", hint="Where the state is None, is there a gradient already that w should move by?")
def first_step_left_out():
    def momentum_step(w, g, state, lr, mu, convention):
        if state is None:
            return w.copy(), np.zeros_like(w)
        new = mu * state - lr * g if convention == "lecture" else mu * state + g
        return (w + new if convention == "lecture" else w - lr * new), new


@wrong(
    "momentum_step",
    hint="After lr has fallen, does the old velocity keep the length that the old lr gave it, in both conventions?",
)
def convention_ignored():
    def momentum_step(w, g, state, lr, mu, convention):
        rho = -lr * g if state is None else mu * state - lr * g
        return w + rho, rho


@wrong("momentum_step", hint="Is the old state still what it was, when your function has returned?")
def velocity_changed_in_place():
    def momentum_step(w, g, state, lr, mu, convention):
        velocity = np.zeros_like(w) if state is None else state
        velocity *= mu
        if convention == "lecture":
            velocity -= lr * g
            return w + velocity, velocity
        velocity += g
        return w - lr * velocity, velocity


@wrong("momentum_step", hint="In which order does the task want the two results?")
def state_returned_first():
    def momentum_step(w, g, state, lr, mu, convention):
        old = np.zeros_like(w) if state is None else state
        if convention == "lecture":
            new = mu * old - lr * g
            return new, w + new
        new = mu * old + g
        return new, w - lr * new


@wrong(
    "momentum_step",
    hint="Where does the velocity live: in the state that is passed in, or in a variable that all runs share?",
)
def one_velocity_for_all():
    memory = {}

    def momentum_step(w, g, state, lr, mu, convention):
        key = (w.shape, convention)
        old = memory.get(key, np.zeros_like(w))
        if convention == "lecture":
            memory[key] = mu * old - lr * g
            return w + memory[key], 0
        memory[key] = mu * old + g
        return w - lr * memory[key], 0


# 8.3 Nesterov momentum


@right("nesterov")
def two_sequences():
    def nesterov(grad, w0, lr, mu, T):
        path, ahead = [w0.copy()], w0.copy()
        for _ in range(T):
            path.append(ahead - lr * grad(ahead))
            ahead = path[-1] + mu * (path[-1] - path[-2])
        return np.stack(path)


@right("nesterov")
def rows_of_an_array():
    def nesterov(grad, w0, lr, mu, T):
        beta = np.empty((T + 1, len(w0)))
        beta[0] = w0
        rho = np.zeros(len(w0))
        for t in range(T):
            lookahead = beta[t] + mu * rho
            rho = mu * rho - lr * grad(lookahead)
            beta[t + 1] = beta[t] + rho
        return beta


@right("nesterov")
def from_the_two_points_before():
    def nesterov(grad, w0, lr, mu, T):
        path = [w0]
        for t in range(T):
            last = path[t] - path[max(t - 1, 0)]
            path.append(path[t] + mu * last - lr * grad(path[t] + mu * last))
        return np.array(path)


@wrong(
    "nesterov",
    hint="Are the rows the points where the walk stands, or those where the gradient is taken, as torch keeps them?",
)
def torchs_form():
    def nesterov(grad, w0, lr, mu, T):
        path, velocity = [w0], np.zeros_like(w0)
        for _ in range(T):
            g = grad(path[-1])
            velocity = mu * velocity + g
            path.append(path[-1] - lr * (g + mu * velocity))
        return np.array(path)


@wrong(
    "nesterov",
    hint="At which point is the gradient taken: where the walk stands, or where the momentum is about to carry it?",
)
def heavy_ball():
    def nesterov(grad, w0, lr, mu, T):
        path, rho = [w0], np.zeros_like(w0)
        for _ in range(T):
            rho = mu * rho - lr * grad(path[-1])
            path.append(path[-1] + rho)
        return np.array(path)


@wrong("nesterov", hint="How far is the lookahead: the whole rho, or mu times it?")
def lookahead_by_the_whole_step():
    def nesterov(grad, w0, lr, mu, T):
        path, rho = [w0], np.zeros_like(w0)
        for _ in range(T):
            rho = mu * rho - lr * grad(path[-1] + rho)
            path.append(path[-1] + rho)
        return np.array(path)


@wrong("nesterov", hint="Is the lookahead point ahead of the walk, or behind it?")
def look_back():
    def nesterov(grad, w0, lr, mu, T):
        path, rho = [w0], np.zeros_like(w0)
        for _ in range(T):
            rho = mu * rho - lr * grad(path[-1] - mu * rho)
            path.append(path[-1] + rho)
        return np.array(path)


@wrong("nesterov", hint="How many points are there, when the start and T steps count?")
def start_left_out():
    def nesterov(grad, w0, lr, mu, T):
        path, w, rho = [], w0, np.zeros_like(w0)
        for _ in range(T):
            rho = mu * rho - lr * grad(w + mu * rho)
            w = w + rho
            path.append(w)
        return np.array(path).reshape(T, len(w0))


@wrong("nesterov", hint="What do the rows hold: where the walk stood after each step, or where it looked?")
def lookahead_points_returned():
    def nesterov(grad, w0, lr, mu, T):
        w, rho, path = w0, np.zeros_like(w0), [w0]
        for _ in range(T):
            rho = mu * rho - lr * grad(w + mu * rho)
            w = w + rho
            path.append(w + mu * rho)
        return np.array(path)


@wrong("nesterov", hint="Which sign has the gradient in the formula of rho?")
def uphill_with_nesterov():
    def nesterov(grad, w0, lr, mu, T):
        path, rho = [w0], np.zeros_like(w0)
        for _ in range(T):
            rho = mu * rho + lr * grad(path[-1] + mu * rho)
            path.append(path[-1] + rho)
        return np.array(path)


@wrong("nesterov", hint="If every row is the same array, what do the earlier rows show after `w += rho`?")
def one_array_in_every_row():
    def nesterov(grad, w0, lr, mu, T):
        w, rho = w0.copy(), np.zeros_like(w0)
        path = [w]
        for _ in range(T):
            rho = mu * rho - lr * grad(w + mu * rho)
            w += rho
            path.append(w)
        return np.array(path)


@wrong("nesterov", hint="Is w0 still the caller's, when the walk is over?")
def start_changed_in_place():
    def nesterov(grad, w0, lr, mu, T):
        path, rho = [w0.copy()], np.zeros_like(w0)
        for _ in range(T):
            rho = mu * rho - lr * grad(w0 + mu * rho)
            w0 += rho
            path.append(w0.copy())
        return np.array(path)


# 8.4 AdaGrad and RMSProp


@right("adagrad_step")
def states_in_dicts():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = np.zeros_like(w) if state is None else state["G"]
        G = G + np.square(g)
        return w - lr / (np.sqrt(G) + eps) * g, {"G": G}

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = np.zeros_like(w) if state is None else state["G"]
        G = G + (1 - lam) * (np.square(g) - G)
        return w - lr / (np.sqrt(G) + eps) * g, {"G": G}


@right("adagrad_step")
def one_helper_for_both():
    def adaptive(w, g, old, lr, eps, keep, add):
        G = add * g * g
        if old is not None:
            G += keep * old
        return w - lr * g / (G**0.5 + eps), G

    def adagrad_step(w, g, state, lr, eps=1e-10):
        return adaptive(w, g, state, lr, eps, 1.0, 1.0)

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        return adaptive(w, g, state, lr, eps, lam, 1.0 - lam)


@right("adagrad_step")
def old_state_copied():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = np.zeros_like(w) if state is None else state.copy()
        G += g**2
        return w - lr * g / (np.sqrt(G) + eps), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = np.zeros_like(w) if state is None else state.copy()
        G *= lam
        G += (1 - lam) * g**2
        return w - lr * g / (np.sqrt(G) + eps), G


@wrong("adagrad_step", hint="What is 0 / sqrt(0), where an entry has had no gradient yet?")
def no_eps():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = (0.0 if state is None else state) + g**2
        return w - lr * g / np.sqrt(G), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = lam * (0.0 if state is None else state) + (1 - lam) * g**2
        return w - lr * g / np.sqrt(G), G


@wrong("adagrad_step", hint="Is eps added before the root is taken, or after?")
def eps_inside_the_root():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = (0.0 if state is None else state) + g**2
        return w - lr * g / np.sqrt(G + eps), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = lam * (0.0 if state is None else state) + (1 - lam) * g**2
        return w - lr * g / np.sqrt(G + eps), G


@wrong("adagrad_step", hint="With lam = 0.99, does the new gradient make up 1 percent of G, or 99?")
def lam_on_the_new_gradient():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = (0.0 if state is None else state) + g**2
        return w - lr * g / (np.sqrt(G) + eps), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = (1 - lam) * (0.0 if state is None else state) + lam * g**2
        return w - lr * g / (np.sqrt(G) + eps), G


@wrong("adagrad_step", hint="What has the unit of a gradient: G, or its root?")
def no_root():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = (0.0 if state is None else state) + g**2
        return w - lr * g / (G + eps), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = lam * (0.0 if state is None else state) + (1 - lam) * g**2
        return w - lr * g / (G + eps), G


@wrong("adagrad_step", hint="Does G collect the squares of the gradients, or their absolute values?")
def absolute_values_for_squares():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = (0.0 if state is None else state) + np.abs(g)
        return w - lr * g / (np.sqrt(G) + eps), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = lam * (0.0 if state is None else state) + (1 - lam) * np.abs(g)
        return w - lr * g / (np.sqrt(G) + eps), G


@wrong("adagrad_step", hint="Is G one number for the whole array, or one for every entry?")
def one_number_for_all_entries():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = (0.0 if state is None else state) + np.sum(g**2)
        return w - lr * g / (np.sqrt(G) + eps), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = lam * (0.0 if state is None else state) + (1 - lam) * np.sum(g**2)
        return w - lr * g / (np.sqrt(G) + eps), G


@wrong("adagrad_step", hint="Is the new gradient in G already, when the step divides by its root?")
def divided_by_the_old_sum():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = np.zeros_like(w) if state is None else state
        return w - lr * g / (np.sqrt(G) + eps), G + g**2

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = np.zeros_like(w) if state is None else state
        return w - lr * g / (np.sqrt(G) + eps), lam * G + (1 - lam) * g**2


@wrong("adagrad_step", hint="How does RMSProp forget old gradients?")
def rmsprop_as_adagrad():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = (0.0 if state is None else state) + g**2
        return w - lr * g / (np.sqrt(G) + eps), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        return adagrad_step(w, g, state, lr, eps)


@wrong("adagrad_step", hint="What does AdaGrad's G hold after two steps: both squares, or the last one?")
def adagrad_forgets():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = g**2
        return w - lr * g / (np.sqrt(G) + eps), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = lam * (0.0 if state is None else state) + (1 - lam) * g**2
        return w - lr * g / (np.sqrt(G) + eps), G


@wrong("adagrad_step", hint="What is RMSProp's G before the first step: 0, or the first square?")
def rmsprop_starts_at_the_first_square():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = (0.0 if state is None else state) + g**2
        return w - lr * g / (np.sqrt(G) + eps), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = g**2 if state is None else lam * state + (1 - lam) * g**2
        return w - lr * g / (np.sqrt(G) + eps), G


@wrong("adagrad_step", hint="Whose array does `G += g**2` change, when G is the state that was passed in?")
def sum_changed_in_place():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = np.zeros_like(w) if state is None else state
        G += g**2
        return w - lr * g / (np.sqrt(G) + eps), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = lam * (0.0 if state is None else state) + (1 - lam) * g**2
        return w - lr * g / (np.sqrt(G) + eps), G


@wrong("adagrad_step", hint="Does your function use the eps that it is given, or a number of its own?")
def eps_written_out():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = (0.0 if state is None else state) + g**2
        return w - lr * g / (np.sqrt(G) + 1e-8), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = lam * (0.0 if state is None else state) + (1 - lam) * g**2
        return w - lr * g / (np.sqrt(G) + 1e-8), G


# 8.5 Adam


@right("adam_step")
def corrections_in_the_step_size():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = state or (np.zeros_like(w), np.zeros_like(w), 0)
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g, t + 1
        root = math.sqrt(1 - b2**t)
        return w - lr * root / (1 - b1**t) * m / (np.sqrt(v) + eps * root), (m, v, t)


@right("adam_step")
def a_new_dict_each_step():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        old = state if state is not None else {"t": 0, "m": np.zeros(w.shape), "v": np.zeros(w.shape)}
        new = {"t": old["t"] + 1, "m": old["m"] + (1 - b1) * (g - old["m"]), "v": b2 * old["v"] + (1 - b2) * g**2}
        m_hat = new["m"] / (1.0 - b1 ** new["t"])
        v_hat = new["v"] / (1.0 - b2 ** new["t"])
        return w - lr * m_hat / (np.sqrt(v_hat) + eps), new


@right("adam_step")
def torchs_own_adam():
    import copy

    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        weight = torch.nn.Parameter(torch.tensor(w))
        weight.grad = torch.tensor(g)
        optimizer = torch.optim.Adam([weight], lr=lr, betas=(b1, b2), eps=eps)
        if state is not None:
            optimizer.state[weight] = copy.deepcopy(state)
        optimizer.step()
        return weight.detach().numpy(), dict(optimizer.state[weight])


@wrong("adam_step", hint="How long is the very first step? m and v begin at 0: what do the weights in them add up to?")
def no_correction():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        m, v = (0.0, 0.0) if state is None else state
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        return w - lr * m / (np.sqrt(v) + eps), (m, v)


@wrong("adam_step", hint="What is 0 / sqrt(0), where an entry has had no gradient yet?")
def without_eps():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return w - lr * (m / (1 - b1**t)) / np.sqrt(v / (1 - b2**t)), (m, v, t)


@wrong("adam_step", hint="Is eps added before the root is taken, or after?")
def eps_under_the_root():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return w - lr * (m / (1 - b1**t)) / np.sqrt(v / (1 - b2**t) + eps), (m, v, t)


@wrong("adam_step", hint="Which value has t in the first step, and what is 1 - b1 ** 0?")
def counter_from_zero():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        m_hat, v_hat = m / np.float64(1 - b1**t), v / np.float64(1 - b2**t)
        return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t + 1)


@wrong("adam_step", hint="Which beta belongs to the mean of g, and which to that of its square?")
def betas_changed_places():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b2 * m + (1 - b2) * g, b1 * v + (1 - b1) * g**2, t + 1
        return w - lr * (m / (1 - b2**t)) / (np.sqrt(v / (1 - b1**t)) + eps), (m, v, t)


@wrong("adam_step", hint="m is corrected; does v begin at 0, too?")
def only_m_corrected():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return w - lr * (m / (1 - b1**t)) / (np.sqrt(v) + eps), (m, v, t)


@wrong("adam_step", hint="Is eps added to the root of v, or to the root of the corrected v?")
def eps_beside_the_uncorrected_root():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return w - lr * math.sqrt(1 - b2**t) / (1 - b1**t) * m / (np.sqrt(v) + eps), (m, v, t)


@wrong("adam_step", hint="Two networks are trained in turns: whose m does your function find?")
def one_memory_for_all():
    memory = {"m": 0.0, "v": 0.0, "t": 0}

    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        if state is None:
            memory.update(m=np.zeros_like(w), v=np.zeros_like(w), t=0)
        memory["t"] += 1
        memory["m"] = b1 * memory["m"] + (1 - b1) * g
        memory["v"] = b2 * memory["v"] + (1 - b2) * g**2
        m_hat, v_hat = memory["m"] / (1 - b1 ** memory["t"]), memory["v"] / (1 - b2 ** memory["t"])
        return w - lr * m_hat / (np.sqrt(v_hat) + eps), memory["t"]


@wrong("adam_step", hint="What does v average: the gradients, or their squares?")
def gradient_not_squared():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * np.abs(g), t + 1
        return w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps), (m, v, t)


@wrong("adam_step", hint="Which m goes on to the next step, the corrected one or the one before the correction?")
def corrected_moments_kept():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        t += 1
        m, v = (b1 * m + (1 - b1) * g) / (1 - b1**t), (b2 * v + (1 - b2) * g**2) / (1 - b2**t)
        return w - lr * m / (np.sqrt(v) + eps), (m, v, t)


@wrong("adam_step", hint="Is the dict that was passed in still what it was, when your function has returned?")
def state_changed_in_place():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        if state is None:
            state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
        state["t"] += 1
        state["m"] = b1 * state["m"] + (1 - b1) * g
        state["v"] = b2 * state["v"] + (1 - b2) * g**2
        m_hat, v_hat = state["m"] / (1 - b1 ** state["t"]), state["v"] / (1 - b2 ** state["t"])
        return w - lr * m_hat / (np.sqrt(v_hat) + eps), state


@wrong("adam_step", hint="t counts the steps: where is it raised, so that the second step finds 2?")
def counter_stays_at_one():
    def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 1) if state is None else state
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        return w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps), (m, v, t)


# 8.6 Mini-batches


@right("minibatches")
def a_list_of_slices():
    def minibatches(n, k, rng, drop_last=False):
        order = rng.permutation(n)
        batches = [order[i : i + k] for i in range(0, n, k)]
        return [batch for batch in batches if len(batch) == k] if drop_last else batches


@right("minibatches")
def shuffled_in_place():
    def minibatches(n, k, rng, drop_last=False):
        order = np.arange(n)
        rng.shuffle(order)
        whole = n // k
        for i in range(whole):
            yield order[i * k : (i + 1) * k]
        if whole * k < n and not drop_last:
            yield order[whole * k :]


@right("minibatches")
def order_of_random_numbers():
    def minibatches(n, k, rng, drop_last=False):
        order = np.argsort(rng.random(n))
        stop = n - n % k if drop_last else n
        return (order[i : min(i + k, n)] for i in range(0, stop, k))


@right("minibatches")
def drawn_without_putting_back():
    def minibatches(n, k, rng, drop_last=False):
        left = np.arange(n)
        while len(left) >= k or (len(left) and not drop_last):
            batch = rng.choice(left, size=min(k, len(left)), replace=False)
            left = np.setdiff1d(left, batch)
            yield batch


@wrong(
    "minibatches",
    hint="For n = 12 and k = 3: at which place does the first batch begin on the slide, and how long is it?",
)
def indices_of_the_slide():
    def minibatches(n, k, rng, drop_last=False):
        order = rng.permutation(n)
        return [order[i * k : i * (k + 1)] for i in range(1, n // k + 1)]


@wrong("minibatches", hint="In which order do the samples come, epoch after epoch?")
def never_shuffled():
    def minibatches(n, k, rng, drop_last=False):
        for start in range(0, n, k):
            batch = np.arange(start, min(start + k, n))
            if len(batch) == k or not drop_last:
                yield batch


@wrong("minibatches", hint="Can your function draw the same index twice in one epoch?")
def drawn_with_replacement():
    def minibatches(n, k, rng, drop_last=False):
        for start in range(0, n, k):
            size = min(k, n - start)
            if size == k or not drop_last:
                yield rng.integers(n, size=size)


@wrong("minibatches", hint="What happens to the last two samples of ten, when k is 4?")
def last_batch_always_dropped():
    def minibatches(n, k, rng, drop_last=False):
        order = rng.permutation(n)
        return [order[i * k : (i + 1) * k] for i in range(n // k)]


@wrong("minibatches", hint="What does drop_last=True change in your function?")
def last_batch_never_dropped():
    def minibatches(n, k, rng, drop_last=False):
        order = rng.permutation(n)
        return [order[i : i + k] for i in range(0, n, k)]


@wrong(
    "minibatches",
    hint="Where does the randomness come from: the rng that is passed in, or a new one with the same seed each time?",
)
def a_seed_of_its_own():
    def minibatches(n, k, rng, drop_last=False):
        order = np.random.default_rng(0).permutation(n)
        batches = [order[i : i + k] for i in range(0, n, k)]
        return [batch for batch in batches if len(batch) == k] if drop_last else batches


@wrong("minibatches", hint="Does `np.random.permutation` know anything of the rng that is passed in?")
def global_generator():
    def minibatches(n, k, rng, drop_last=False):
        order = np.random.permutation(n)
        batches = [order[i : i + k] for i in range(0, n, k)]
        return [batch for batch in batches if len(batch) == k] if drop_last else batches


@wrong("minibatches", hint="Where k divides n, what does the slice after the last whole batch hold?")
def an_empty_batch_at_the_end():
    def minibatches(n, k, rng, drop_last=False):
        order = rng.permutation(n)
        for i in range(n // k):
            yield order[i * k : (i + 1) * k]
        if not drop_last:
            yield order[n // k * k :]


@wrong("minibatches", hint="Do other samples meet in the next epoch, or do the same ones meet at another time?")
def only_the_batches_are_shuffled():
    def minibatches(n, k, rng, drop_last=False):
        batches = [np.arange(i, min(i + k, n)) for i in range(0, n, k)]
        if drop_last:
            batches = [batch for batch in batches if len(batch) == k]
        return [batches[i] for i in rng.permutation(len(batches))]


@wrong("minibatches", hint="Which class has a batch: a list, or an array that can index an array?")
def lists_of_indices():
    import random

    def minibatches(n, k, rng, drop_last=False):
        order = list(range(n))
        random.Random(int(rng.integers(2**32))).shuffle(order)
        batches = [order[i : i + k] for i in range(0, n, k)]
        return [batch for batch in batches if len(batch) == k] if drop_last else batches


@wrong("minibatches", hint="Is every order possible, or only those that begin somewhere and go round?")
def only_the_start_is_random():
    def minibatches(n, k, rng, drop_last=False):
        order = np.roll(np.arange(n), rng.integers(1, n) if n > 1 else 0)
        batches = [order[i : i + k] for i in range(0, n, k)]
        return [batch for batch in batches if len(batch) == k] if drop_last else batches


@wrong(
    "minibatches",
    hint="`np.array_split` makes batches of nearly equal size: is that what is asked for, when k does not divide n?",
)
def parts_of_equal_size():
    def minibatches(n, k, rng, drop_last=False):
        parts = n // k if drop_last else -(-n // k)
        return np.array_split(rng.permutation(n), parts) if parts else []


# 8.7 Learning-rate schedules


@right("lr_at")
def a_match_with_bisect():
    import bisect

    def lr_at(kind, t, lr0, **kw):
        match kind:
            case "inverse":
                return lr0 / (1 + kw["gamma"] * t)
            case "exponential":
                return lr0 * np.exp(-kw["gamma"] * t)
            case "polynomial":
                return lr0 * max(0.0, 1 - t / kw["max_t"]) ** kw["power"]
            case "multistep":
                return lr0 * kw["gamma"] ** bisect.bisect_right(kw["milestones"], t)
            case "cosine":
                return lr0 * (1 + math.cos(math.pi * min(t, kw["max_t"]) / kw["max_t"])) / 2
        raise ValueError(kind)


@right("lr_at")
def a_table_of_functions():
    SCHEDULES = {
        "inverse": lambda t, gamma, **_: 1 / (1 + gamma * t),
        "exponential": lambda t, gamma, **_: math.exp(-gamma) ** t,
        "polynomial": lambda t, max_t, power, **_: 0.0 if t >= max_t else ((max_t - t) / max_t) ** power,
        "multistep": lambda t, milestones, gamma, **_: math.prod(gamma for milestone in milestones if t >= milestone),
        "cosine": lambda t, max_t, **_: 0.0 if t >= max_t else math.cos(math.pi * t / max_t / 2) ** 2,
    }

    def lr_at(kind, t, lr0, **kw):
        if kind not in SCHEDULES:
            raise ValueError(f"unknown schedule {kind}")
        return lr0 * SCHEDULES[kind](t, **kw)


@wrong("lr_at", hint="With gamma = 0.1, does the learning rate fall or rise at a milestone?")
def divided_by_gamma():
    def lr_at(kind, t, lr0, **kw):
        if kind == "inverse":
            return lr0 / (1 + kw["gamma"] * t)
        if kind == "exponential":
            return lr0 * math.exp(-kw["gamma"] * t)
        if kind == "polynomial":
            return lr0 * (1 - min(t / kw["max_t"], 1.0)) ** kw["power"]
        if kind == "multistep":
            return lr0 / kw["gamma"] ** sum(m <= t for m in kw["milestones"])
        if kind == "cosine":
            return lr0 / 2 * (1 + math.cos(math.pi * min(t / kw["max_t"], 1.0)))
        raise ValueError(kind)


@wrong("lr_at", hint="Is the learning rate lower already at the step of the milestone, or only at the one after?")
def a_step_too_late():
    def lr_at(kind, t, lr0, **kw):
        if kind == "inverse":
            return lr0 / (1 + kw["gamma"] * t)
        if kind == "exponential":
            return lr0 * math.exp(-kw["gamma"] * t)
        if kind == "polynomial":
            return lr0 * (1 - min(t / kw["max_t"], 1.0)) ** kw["power"]
        if kind == "multistep":
            return lr0 * kw["gamma"] ** sum(m < t for m in kw["milestones"])
        if kind == "cosine":
            return lr0 / 2 * (1 + math.cos(math.pi * min(t / kw["max_t"], 1.0)))
        raise ValueError(kind)


@wrong("lr_at", hint="What is (1 - t / max_t) to the power n, when t is larger than max_t?")
def polynomial_past_its_end():
    def lr_at(kind, t, lr0, **kw):
        if kind == "inverse":
            return lr0 / (1 + kw["gamma"] * t)
        if kind == "exponential":
            return lr0 * math.exp(-kw["gamma"] * t)
        if kind == "polynomial":
            return lr0 * (1 - t / kw["max_t"]) ** kw["power"]
        if kind == "multistep":
            return lr0 * kw["gamma"] ** sum(m <= t for m in kw["milestones"])
        if kind == "cosine":
            return lr0 / 2 * (1 + math.cos(math.pi * min(t / kw["max_t"], 1.0)))
        raise ValueError(kind)


@wrong("lr_at", hint="Is it gamma to the power t, or e to the power -gamma t?")
def gamma_to_the_power_t():
    def lr_at(kind, t, lr0, **kw):
        if kind == "inverse":
            return lr0 / (1 + kw["gamma"] * t)
        if kind == "exponential":
            return lr0 * kw["gamma"] ** t
        if kind == "polynomial":
            return lr0 * (1 - min(t / kw["max_t"], 1.0)) ** kw["power"]
        if kind == "multistep":
            return lr0 * kw["gamma"] ** sum(m <= t for m in kw["milestones"])
        if kind == "cosine":
            return lr0 / 2 * (1 + math.cos(math.pi * min(t / kw["max_t"], 1.0)))
        raise ValueError(kind)


@wrong("lr_at", hint="Does the denominator of the inverse kind grow on a straight line, or as a power?")
def inverse_compounded():
    def lr_at(kind, t, lr0, **kw):
        if kind == "inverse":
            return lr0 / (1 + kw["gamma"]) ** t
        if kind == "exponential":
            return lr0 * math.exp(-kw["gamma"] * t)
        if kind == "polynomial":
            return lr0 * (1 - min(t / kw["max_t"], 1.0)) ** kw["power"]
        if kind == "multistep":
            return lr0 * kw["gamma"] ** sum(m <= t for m in kw["milestones"])
        if kind == "cosine":
            return lr0 / 2 * (1 + math.cos(math.pi * min(t / kw["max_t"], 1.0)))
        raise ValueError(kind)


@wrong("lr_at", hint="Where is the cosine again at 1, when t goes on past max_t?")
def cosine_rises_again():
    def lr_at(kind, t, lr0, **kw):
        if kind == "inverse":
            return lr0 / (1 + kw["gamma"] * t)
        if kind == "exponential":
            return lr0 * math.exp(-kw["gamma"] * t)
        if kind == "polynomial":
            return lr0 * (1 - min(t / kw["max_t"], 1.0)) ** kw["power"]
        if kind == "multistep":
            return lr0 * kw["gamma"] ** sum(m <= t for m in kw["milestones"])
        if kind == "cosine":
            return lr0 / 2 * (1 + math.cos(math.pi * t / kw["max_t"]))
        raise ValueError(kind)


@wrong("lr_at", hint="What does `power` do in your polynomial?")
def power_ignored():
    def lr_at(kind, t, lr0, **kw):
        if kind == "inverse":
            return lr0 / (1 + kw["gamma"] * t)
        if kind == "exponential":
            return lr0 * math.exp(-kw["gamma"] * t)
        if kind == "polynomial":
            return lr0 * (1 - min(t / kw["max_t"], 1.0))
        if kind == "multistep":
            return lr0 * kw["gamma"] ** sum(m <= t for m in kw["milestones"])
        if kind == "cosine":
            return lr0 / 2 * (1 + math.cos(math.pi * min(t / kw["max_t"], 1.0)))
        raise ValueError(kind)


@wrong("lr_at", hint="What does your function do with a kind that is not in the table?")
def another_kind_stays_constant():
    def lr_at(kind, t, lr0, **kw):
        if kind == "inverse":
            return lr0 / (1 + kw["gamma"] * t)
        if kind == "exponential":
            return lr0 * math.exp(-kw["gamma"] * t)
        if kind == "polynomial":
            return lr0 * (1 - min(t / kw["max_t"], 1.0)) ** kw["power"]
        if kind == "multistep":
            return lr0 * kw["gamma"] ** sum(m <= t for m in kw["milestones"])
        if kind == "cosine":
            return lr0 / 2 * (1 + math.cos(math.pi * min(t / kw["max_t"], 1.0)))
        return lr0


@wrong("lr_at", hint="Is the learning rate lowered at each milestone, or only at those where t stands just now?")
def lowered_at_the_milestone_only():
    def lr_at(kind, t, lr0, **kw):
        if kind == "inverse":
            return lr0 / (1 + kw["gamma"] * t)
        if kind == "exponential":
            return lr0 * math.exp(-kw["gamma"] * t)
        if kind == "polynomial":
            return lr0 * (1 - min(t / kw["max_t"], 1.0)) ** kw["power"]
        if kind == "multistep":
            return lr0 * kw["gamma"] if t in kw["milestones"] else lr0
        if kind == "cosine":
            return lr0 / 2 * (1 + math.cos(math.pi * min(t / kw["max_t"], 1.0)))
        raise ValueError(kind)


@wrong("lr_at", hint="Does cos of t / max_t reach -1 at max_t? In which unit does `math.cos` take an angle?")
def cosine_without_pi():
    def lr_at(kind, t, lr0, **kw):
        if kind == "inverse":
            return lr0 / (1 + kw["gamma"] * t)
        if kind == "exponential":
            return lr0 * math.exp(-kw["gamma"] * t)
        if kind == "polynomial":
            return lr0 * (1 - min(t / kw["max_t"], 1.0)) ** kw["power"]
        if kind == "multistep":
            return lr0 * kw["gamma"] ** sum(m <= t for m in kw["milestones"])
        if kind == "cosine":
            return lr0 / 2 * (1 + math.cos(min(t / kw["max_t"], 1.0)))
        raise ValueError(kind)


@wrong("lr_at", hint="Does the learning rate fall or rise with t in the exponential kind?")
def exponential_rises():
    def lr_at(kind, t, lr0, **kw):
        if kind == "inverse":
            return lr0 / (1 + kw["gamma"] * t)
        if kind == "exponential":
            return lr0 * math.exp(kw["gamma"] * t)
        if kind == "polynomial":
            return lr0 * (1 - min(t / kw["max_t"], 1.0)) ** kw["power"]
        if kind == "multistep":
            return lr0 * kw["gamma"] ** sum(m <= t for m in kw["milestones"])
        if kind == "cosine":
            return lr0 / 2 * (1 + math.cos(math.pi * min(t / kw["max_t"], 1.0)))
        raise ValueError(kind)


# 8.8 A cyclical learning rate


@right("cyclical_lr")
def place_in_the_cycle():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        place = it % (2 * step_size)
        height = place / step_size if place < step_size else 2 - place / step_size
        amplitude = (mx - base) * height
        if mode == "triangular2":
            amplitude /= 2 ** (it // (2 * step_size))
        elif mode == "exp_range":
            amplitude *= gamma**it
        return base + amplitude


@right("cyclical_lr")
def formula_of_the_paper():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        cycle = math.floor(1 + it / (2 * step_size))
        x = abs(it / step_size - 2 * cycle + 1)
        height = max(0.0, 1 - x)
        if mode == "triangular":
            return base + (mx - base) * height
        if mode == "triangular2":
            return base + (mx - base) * height / 2 ** (cycle - 1)
        return base + (mx - base) * height * gamma**it


@right("cyclical_lr")
def interpolated():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        height = float(np.interp(it % (2 * step_size), [0, step_size, 2 * step_size], [0.0, 1.0, 0.0]))
        scale = 1.0
        if mode == "triangular2":
            scale = 0.5 ** (it // (2 * step_size))
        if mode == "exp_range":
            scale = gamma**it
        return base + (mx - base) * height * scale


@wrong("cyclical_lr", hint="Is step_size a whole cycle, or the way up only?")
def step_size_as_the_whole_cycle():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        cycle, place = divmod(it, step_size)
        height = 1 - abs(2 * place / step_size - 1)
        scale = {"triangular": 1.0, "triangular2": 0.5**cycle, "exp_range": gamma**it}[mode]
        return base + (mx - base) * height * scale


@wrong("cyclical_lr", hint="Which learning rate does iteration 0 have, the lowest or the highest?")
def starts_at_the_top():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        cycle, place = divmod(it, 2 * step_size)
        height = abs(place / step_size - 1)
        scale = {"triangular": 1.0, "triangular2": 0.5**cycle, "exp_range": gamma**it}[mode]
        return base + (mx - base) * height * scale


@wrong("cyclical_lr", hint="What is halved after a cycle: the learning rate, or its height above base?")
def whole_rate_scaled():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        cycle, place = divmod(it, 2 * step_size)
        height = 1 - abs(place / step_size - 1)
        scale = {"triangular": 1.0, "triangular2": 0.5**cycle, "exp_range": gamma**it}[mode]
        return (base + (mx - base) * height) * scale


@wrong("cyclical_lr", hint="How does the learning rate get from mx back to base: at once, or in step_size iterations?")
def sawtooth():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        cycle, place = divmod(it, 2 * step_size)
        height = place / (2 * step_size)
        scale = {"triangular": 1.0, "triangular2": 0.5**cycle, "exp_range": gamma**it}[mode]
        return base + (mx - base) * height * scale


@wrong("cyclical_lr", hint="In exp_range, is the power of gamma the number of the cycle or that of the iteration?")
def gamma_a_cycle():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        cycle, place = divmod(it, 2 * step_size)
        height = 1 - abs(place / step_size - 1)
        scale = {"triangular": 1.0, "triangular2": 0.5**cycle, "exp_range": gamma**cycle}[mode]
        return base + (mx - base) * height * scale


@wrong("cyclical_lr", hint="Is the way up a straight line, or a curve?")
def sine_wave():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        cycle, place = divmod(it, 2 * step_size)
        height = (1 - math.cos(math.pi * place / step_size)) / 2
        scale = {"triangular": 1.0, "triangular2": 0.5**cycle, "exp_range": gamma**it}[mode]
        return base + (mx - base) * height * scale


@wrong("cyclical_lr", hint="Is the height halved after every cycle, or after every step_size iterations?")
def halved_twice_a_cycle():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        place = it % (2 * step_size)
        height = 1 - abs(place / step_size - 1)
        scale = {"triangular": 1.0, "triangular2": 0.5 ** (it // step_size), "exp_range": gamma**it}[mode]
        return base + (mx - base) * height * scale


@wrong(
    "cyclical_lr",
    hint="The triangle has the height 1: what is it multiplied by, so that it ends at mx and not above?",
)
def height_is_mx():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        cycle, place = divmod(it, 2 * step_size)
        height = 1 - abs(place / step_size - 1)
        scale = {"triangular": 1.0, "triangular2": 0.5**cycle, "exp_range": gamma**it}[mode]
        return base + mx * height * scale


@wrong("cyclical_lr", hint="By how much is the first cycle of triangular2 lowered?")
def cycles_counted_from_one():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        cycle, place = divmod(it, 2 * step_size)
        height = 1 - abs(place / step_size - 1)
        scale = {"triangular": 1.0, "triangular2": 0.5 ** (cycle + 1), "exp_range": gamma**it}[mode]
        return base + (mx - base) * height * scale


@wrong("cyclical_lr", hint="Which of the three modes uses gamma?")
def gamma_in_every_mode():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        cycle, place = divmod(it, 2 * step_size)
        height = 1 - abs(place / step_size - 1)
        return base + (mx - base) * height * gamma**it * (0.5**cycle if mode == "triangular2" else 1.0)


# 8.9 Gradient accumulation


@right("train_accumulate")
def groups_by_islice():
    from itertools import islice

    def train_accumulate(model, opt, loss_fn, batches, k):
        batches, steps = iter(batches), 0
        while group := list(islice(batches, k)):
            total = sum(len(targets) for _, targets in group)
            opt.zero_grad()
            for inputs, targets in group:
                loss = loss_fn(model(inputs), targets) * (len(targets) / total)
                loss.backward()
            opt.step()
            steps += 1
        return steps


@right("train_accumulate")
def gradients_held_apart():
    def train_accumulate(model, opt, loss_fn, batches, k):
        parameters, batches, steps = list(model.parameters()), list(batches), 0
        for first in range(0, len(batches), k):
            sums, total = [torch.zeros_like(p) for p in parameters], 0
            for x, y in batches[first : first + k]:
                gradients = torch.autograd.grad(loss_fn(model(x), y), parameters)
                sums = [a + len(x) * g for a, g in zip(sums, gradients, strict=True)]
                total += len(x)
            for p, a in zip(parameters, sums, strict=True):
                p.grad = a / total
            opt.step()
            steps += 1
        return steps


@right("train_accumulate")
def one_loss_of_all_outputs():
    def train_accumulate(model, opt, loss_fn, batches, k):
        steps, outputs, targets = 0, [], []

        def step():
            opt.zero_grad()
            loss_fn(torch.cat(outputs), torch.cat(targets)).backward()
            opt.step()
            outputs.clear()
            targets.clear()

        for x, y in batches:
            outputs.append(model(x))
            targets.append(y)
            if len(outputs) == k:
                step()
                steps += 1
        if outputs:
            step()
            steps += 1
        return steps


@wrong("train_accumulate", hint="After the first step the counter is k: does it ever come back to 0?")
def loop_of_the_slide():
    def train_accumulate(model, opt, loss_fn, batches, k):
        count = steps = 0
        for inputs, targets in batches:
            if count == 0:
                opt.step()
                opt.zero_grad()
                count = k
                steps += 1
            loss = loss_fn(model(inputs), targets) / k
            loss.backward()
            count += 1
        return steps


@wrong("train_accumulate", hint="Which gradients does the first step use, and which step uses the last ones?")
def counter_lowered():
    def train_accumulate(model, opt, loss_fn, batches, k):
        count = steps = 0
        for inputs, targets in batches:
            if count == 0:
                opt.step()
                opt.zero_grad()
                count = k
                steps += 1
            loss = loss_fn(model(inputs), targets) / k
            loss.backward()
            count -= 1
        return steps


@wrong("train_accumulate", hint="`backward` adds up: is the sum of k mean gradients a mean?")
def never_divided():
    def train_accumulate(model, opt, loss_fn, batches, k):
        steps = waiting = 0
        opt.zero_grad()
        for inputs, targets in batches:
            loss_fn(model(inputs), targets).backward()
            waiting += 1
            if waiting == k:
                opt.step()
                opt.zero_grad()
                steps, waiting = steps + 1, 0
        if waiting:
            opt.step()
            steps += 1
        return steps


@wrong("train_accumulate", hint="With three batches and k = 2, which step does the third batch lead to?")
def last_group_forgotten():
    def train_accumulate(model, opt, loss_fn, batches, k):
        steps = waiting = samples = 0
        opt.zero_grad()
        for inputs, targets in batches:
            (loss_fn(model(inputs), targets) * len(inputs)).backward()
            waiting, samples = waiting + 1, samples + len(inputs)
            if waiting == k:
                for parameter in model.parameters():
                    parameter.grad /= samples
                opt.step()
                opt.zero_grad()
                steps, waiting, samples = steps + 1, 0, 0
        return steps


@wrong(
    "train_accumulate",
    hint="A batch of 5 and one of 2: does a sample count the same in both, if you divide by the number of batches?",
)
def mean_of_the_means():
    from itertools import islice

    def train_accumulate(model, opt, loss_fn, batches, k):
        batches, steps = iter(batches), 0
        while group := list(islice(batches, k)):
            opt.zero_grad()
            for inputs, targets in group:
                (loss_fn(model(inputs), targets) / len(group)).backward()
            opt.step()
            steps += 1
        return steps


@wrong("train_accumulate", hint="How many batches has the last group: is it always k?")
def divided_by_k():
    def train_accumulate(model, opt, loss_fn, batches, k):
        steps = waiting = 0
        opt.zero_grad()
        for inputs, targets in batches:
            (loss_fn(model(inputs), targets) / k).backward()
            waiting += 1
            if waiting == k:
                opt.step()
                opt.zero_grad()
                steps, waiting = steps + 1, 0
        if waiting:
            opt.step()
            steps += 1
        return steps


@wrong("train_accumulate", hint="What do the gradients of the second group come on top of?")
def gradients_not_cleared():
    from itertools import islice

    def train_accumulate(model, opt, loss_fn, batches, k):
        batches, steps = iter(batches), 0
        opt.zero_grad()
        while group := list(islice(batches, k)):
            total = sum(len(targets) for _, targets in group)
            for inputs, targets in group:
                (loss_fn(model(inputs), targets) * (len(targets) / total)).backward()
            opt.step()
            steps += 1
        return steps


@wrong("train_accumulate", hint="What stands in .grad when your function is called, and is it part of the first group?")
def gradients_from_before_count():
    from itertools import islice

    def train_accumulate(model, opt, loss_fn, batches, k):
        batches, steps = iter(batches), 0
        while group := list(islice(batches, k)):
            total = sum(len(targets) for _, targets in group)
            for inputs, targets in group:
                (loss_fn(model(inputs), targets) * (len(targets) / total)).backward()
            opt.step()
            opt.zero_grad()
            steps += 1
        return steps


@wrong(
    "train_accumulate",
    hint="If the batches are joined before the model, does each of them go through it by itself?",
)
def batches_joined():
    from itertools import islice

    def train_accumulate(model, opt, loss_fn, batches, k):
        batches, steps = iter(batches), 0
        while group := list(islice(batches, k)):
            opt.zero_grad()
            outputs = model(torch.cat([inputs for inputs, _ in group]))
            loss_fn(outputs, torch.cat([targets for _, targets in group])).backward()
            opt.step()
            steps += 1
        return steps


@wrong("train_accumulate", hint="Can an iterator tell its length, and be gone through twice?")
def length_of_an_iterator():
    def train_accumulate(model, opt, loss_fn, batches, k):
        steps = samples = 0
        opt.zero_grad()
        for i, (inputs, targets) in enumerate(batches, start=1):
            (loss_fn(model(inputs), targets) * len(inputs)).backward()
            samples += len(inputs)
            if i % k == 0 or i == len(batches):
                for parameter in model.parameters():
                    parameter.grad /= samples
                opt.step()
                opt.zero_grad()
                steps, samples = steps + 1, 0
        return steps


@wrong("train_accumulate", hint="Is something left after the loop, when k divides the number of batches?")
def an_empty_step_at_the_end():
    def train_accumulate(model, opt, loss_fn, batches, k):
        steps = waiting = samples = 0
        opt.zero_grad()
        for inputs, targets in batches:
            (loss_fn(model(inputs), targets) * len(inputs)).backward()
            waiting, samples = waiting + 1, samples + len(inputs)
            if waiting == k:
                for parameter in model.parameters():
                    parameter.grad /= samples
                opt.step()
                opt.zero_grad(set_to_none=False)
                steps, waiting, samples = steps + 1, 0, 0
        for parameter in model.parameters():
            parameter.grad /= max(samples, 1)
        opt.step()
        return steps + 1


@wrong("train_accumulate", hint="How many steps did the optimizer make: one for every batch, or one for every group?")
def a_step_every_batch():
    def train_accumulate(model, opt, loss_fn, batches, k):
        steps = 0
        for inputs, targets in batches:
            opt.zero_grad()
            loss_fn(model(inputs), targets).backward()
            opt.step()
            steps += 1
        return steps


# 8.10 The noise scale


@right("noise_scale")
def odds_of_the_rest():
    def noise_scale(lr, N, B, momentum=0.0):
        return lr * (N - B) / (B * (1 - momentum))


@right("noise_scale")
def difference_of_two_terms():
    def noise_scale(lr, N, B, momentum=0.0):
        effective = lr / (1 - momentum)
        return effective * N / B - effective


@wrong("noise_scale", hint="What must the noise be when the batch is all of the data?")
def approximation_for_small_batches():
    def noise_scale(lr, N, B, momentum=0.0):
        return lr / (1 - momentum) * N / B


@wrong("noise_scale", hint="Do larger batches make more noise, or less?")
def inverted():
    def noise_scale(lr, N, B, momentum=0.0):
        return lr / (1 - momentum) * (B / N - 1)


@wrong("noise_scale", hint="Where is the momentum in your formula?")
def no_momentum():
    def noise_scale(lr, N, B, momentum=0.0):
        return lr * (N / B - 1)


@wrong("noise_scale", hint="Does momentum make the effective learning rate larger or smaller?")
def multiplied_by_one_minus_momentum():
    def noise_scale(lr, N, B, momentum=0.0):
        return lr * (1 - momentum) * (N / B - 1)


@wrong("noise_scale", hint="What is 10 // 3 in Python, and what 10 / 3?")
def integer_division():
    def noise_scale(lr, N, B, momentum=0.0):
        return lr / (1 - momentum) * (N // B - 1)


@wrong("noise_scale", hint="Is 1 subtracted from N / B, or from B alone?")
def one_less_in_the_denominator():
    def noise_scale(lr, N, B, momentum=0.0):
        return lr / (1 - momentum) * N / (B - 1)


@wrong("noise_scale", hint="By what is the learning rate divided: by the momentum, or by what it lacks to 1?")
def divided_by_the_momentum():
    def noise_scale(lr, N, B, momentum=0.0):
        return lr / (momentum or 1.0) * (N / B - 1)


@wrong("noise_scale", hint="Does the factor 1 / (1 - momentum) belong to the whole bracket, or to N / B only?")
def bracket_forgotten():
    def noise_scale(lr, N, B, momentum=0.0):
        return lr / (1 - momentum) * N / B - 1
