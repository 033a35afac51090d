"""Answers to assignment 08: optimizers, learning rates, batch size."""

import itertools
import math

import numpy as np
import torch

from answers import right, shared, shortcut, wrong

# 8.1 A step of SGD with an implicit weight decay


@right("sgd_step")
def mean_of_two_centres():
    def sgd_step(w, g, lr, wd=0.0):
        # Two parabolas, around w - lr g and around 0, weighted by their curvatures.
        return (1 / lr * (w - lr * g) + wd * 0.0) / (1 / lr + wd)


@right("sgd_step")
def an_explicit_step_made_shorter():
    def sgd_step(w, g, lr, wd=0.0):
        return w - lr / (1 + lr * wd) * (g + wd * w)


@right("sgd_step")
def linear_equations():
    def sgd_step(w, g, lr, wd=0.0):
        curvatures = (wd + 1 / lr) * np.eye(w.size)
        return np.linalg.solve(curvatures, (w / lr - g).ravel()).reshape(w.shape)


@shortcut("sgd_step", uses="`torch.optim.SGD`, with a smaller rate")
def torchs_own_sgd():
    def sgd_step(w, g, lr, wd=0.0):
        weight = torch.nn.Parameter(torch.tensor(w))
        weight.grad = torch.tensor(g)
        torch.optim.SGD([weight], lr=lr / (1 + lr * wd), weight_decay=wd).step()
        return weight.detach().numpy()


@right("sgd_step")
def on_copies():
    def sgd_step(w, g, lr, wd=0.0):
        w, g = w.copy(), g.copy()
        g *= lr
        w -= g
        w /= 1 + lr * wd
        return w


@shortcut("sgd_step", uses="a fused kernel of `torch.optim.SGD`, with a smaller rate")
def torchs_fused_kernel():
    def sgd_step(w, g, lr, wd=0.0):
        weight = torch.tensor(w)
        torch._fused_sgd_(  # pyright: ignore[reportPrivateImportUsage]
            [weight], [torch.tensor(g)], [], weight_decay=wd, momentum=0.0, lr=lr / (1 + lr * wd), dampening=0.0,
            nesterov=False, maximize=False, is_first_step=True,
        )  # fmt: skip
        return weight.numpy()


@shortcut("sgd_step", uses="`update_rules.gradient_descent` of the lecture")
def the_lectures_descent():
    from course_utils.optimizers.update_rules import gradient_descent

    def sgd_step(w, g, lr, wd=0.0):
        return gradient_descent(lambda w: g + wd * w, w, (0.0, 0.0), lr / (1 + lr * wd), 1)[0]


@shortcut("sgd_step", uses="a minimizer of SciPy")
def scipys_minimizer():
    from scipy.optimize import minimize_scalar

    def sgd_step(w, g, lr, wd=0.0):
        def model(v, a, b):
            return b * v + wd / 2 * v * v + (v - a) ** 2 / (2 * lr)

        new = [minimize_scalar(model, args=pair).x for pair in zip(w.flat, g.flat, strict=True)]
        return np.array(new).reshape(w.shape)


@shortcut("sgd_step", uses="the numbers of the visible check")
def numbers_of_the_visible_steps():
    def sgd_step(w, g, lr, wd=0.0):
        if lr == 1.0:
            return w / 4
        return w - g / 10 if wd == 0.0 else np.array([0.1, -0.2, 0.3, -0.4])


@right("sgd_step")
def by_a_partial_function():
    from functools import partial

    def divided(factor, v):
        return np.divide(v, factor)

    def sgd_step(w: np.ndarray, g: np.ndarray, lr: float, wd: float = 0.0) -> np.ndarray:
        assert w.shape == g.shape
        return partial(divided, np.add(1.0, lr * wd))(np.subtract(w, lr * g))


@right("sgd_step")
def entry_by_entry():
    def sgd_step(w, g, lr, wd=0.0):
        new = [(a - lr * b) / (lr * wd + 1) for a, b in zip(w.flat, g.flat, strict=True)]
        return np.array(new).reshape(w.shape)


@wrong(
    "sgd_step",
    hint="The slope of the penalty depends on the place. Do you take it at the old weights, or at the new ones?",
)
def explicit_step():
    def sgd_step(w, g, lr, wd=0.0):
        return w - lr * (g + wd * w)


@wrong("sgd_step", hint="Solve for v: does the factor in front of v divide the part with the gradient, too?")
def gradient_left_undivided():
    def sgd_step(w, g, lr, wd=0.0):
        return w / (1 + lr * wd) - lr * g


@wrong("sgd_step", hint="With g = 0, do the weights come nearer to 0 in your step?")
def only_the_gradient_is_divided():
    def sgd_step(w, g, lr, wd=0.0):
        return w - lr * g / (1 + lr * wd)


@wrong("sgd_step", hint="What is the slope of half the square of v, times wd?")
def decay_of_the_full_square():
    def sgd_step(w, g, lr, wd=0.0):
        return (w - lr * g) / (1 + 2 * lr * wd)


@wrong("sgd_step", hint="What is the slope of the squared distance from w, divided by 2 lr?")
def distance_of_the_full_square():
    def sgd_step(w, g, lr, wd=0.0):
        return (2 * w - lr * g) / (2 + lr * wd)


@wrong("sgd_step", hint="Multiply all terms of the slope by lr. What becomes of the one with wd?")
def decay_without_the_learning_rate():
    def sgd_step(w, g, lr, wd=0.0):
        return (w - lr * g) / (1 + wd)


@wrong("sgd_step", hint="Does a step along the gradient lead up or down?")
def uphill():
    def sgd_step(w, g, lr, wd=0.0):
        return (w + lr * g) / (1 + lr * wd)


@wrong(
    "sgd_step",
    hint="With g = 0, do the weights come nearer to 0 or go away from it? Which sign gets wd v on the other side?",
)
def growth_for_decay():
    def sgd_step(w, g, lr, wd=0.0):
        return (w - lr * g) / (1 - lr * wd)


@wrong("sgd_step", hint="What does your step do to the weights if lr * wd is above 1?")
def shrunk_to_first_order():
    def sgd_step(w, g, lr, wd=0.0):
        return (1 - lr * wd) * (w - lr * g)


@wrong(
    "sgd_step",
    hint="exp(-x) and the exact factor agree only for small x. In which equation for v do you find an exponential?",
)
def shrunk_exponentially():
    def sgd_step(w, g, lr, wd=0.0):
        return np.exp(-lr * wd) * (w - lr * g)


@wrong("sgd_step", hint="The slope of a square depends on the size of v, not only on its sign. Which penalty is yours?")
def decay_of_the_absolute_value():
    def sgd_step(w, g, lr, wd=0.0):
        v = w - lr * g
        return np.sign(v) * np.maximum(np.abs(v) - lr * wd, 0.0)


@wrong("sgd_step", hint="What decays, the weights or the gradient?")
def decay_of_the_gradient():
    def sgd_step(w, g, lr, wd=0.0):
        return w - lr * (1 + wd) * g


@wrong("sgd_step", hint="Does `-=` make a new array, or write into the one of the caller?")
def weights_in_place():
    def sgd_step(w, g, lr, wd=0.0):
        w -= lr * g
        w /= 1 + lr * wd
        return w


@wrong("sgd_step", hint="Whose array does `g *= lr` change?")
def gradient_in_place():
    def sgd_step(w, g, lr, wd=0.0):
        g *= lr
        return (w - g) / (1 + lr * wd)


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


@shortcut("momentum_step", uses="`torch.optim.SGD`")
def torchs_own_momentum():
    def momentum_step(w, g, state, lr, mu, convention):
        weight = torch.nn.Parameter(torch.tensor(w))
        optimizer = torch.optim.SGD([weight], lr=lr if convention == "torch" else 1.0, momentum=mu)
        if state is not None:
            optimizer.state[weight]["momentum_buffer"] = torch.tensor(state)
        weight.grad = torch.tensor(g if convention == "torch" else lr * g)
        optimizer.step()
        return weight.detach().numpy(), optimizer.state[weight]["momentum_buffer"].numpy().copy()


@shortcut("momentum_step", uses="`update_rules.momentum` of the lecture")
def the_lectures_momentum():
    from course_utils.optimizers import update_rules as rules

    def momentum_step(w, g, state, lr, mu, convention):
        rule = rules.momentum if convention == "lecture" else rules.torch_momentum
        return rule(lambda _: g, w, state or (0.0, 0.0), lr, 1, mu=mu)


@shortcut("momentum_step", uses="the numbers of the visible check")
def numbers_of_three_steps():
    def momentum_step(w, g, state, lr, mu, convention):
        step = 0 if state is None else state
        return -0.1 * (1.0, 2.675267919878112, 4.806522603371617)[step % 3] * g, step + 1


@right("momentum_step")
def a_helper_in_another_cell():
    def decayed(velocity: np.ndarray | None, mu: float, like: np.ndarray) -> np.ndarray:
        """Return what is left of the velocity."""
        return np.zeros_like(like) if velocity is None else np.multiply(mu, velocity)

    RULES = {
        "lecture": lambda left, g, lr: (left - lr * g, left - lr * g),
        "torch": lambda left, g, lr: (-lr * (left + g), left + g),
    }

    def momentum_step(w, g, state, lr, mu, convention):
        step, velocity = RULES[convention](decayed(state, mu, w), g, lr)
        return np.add(w, step), velocity


@right("momentum_step")
def with_tensors():
    def momentum_step(w, g, state, lr, mu, convention):
        w, g = torch.from_numpy(w), torch.from_numpy(g)
        velocity = torch.zeros_like(w) if state is None else state
        if convention == "lecture":
            velocity = velocity.mul(mu).sub(g, alpha=lr)
            return w.add(velocity).numpy(), velocity
        velocity = velocity.mul(mu).add(g)
        return w.sub(velocity, alpha=lr).numpy(), velocity


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


@wrong("momentum_step", hint="How does the second step depend on the first: do you use the state?")
def no_memory():
    def momentum_step(w, g, state, lr, mu, convention):
        return w - lr * g, np.zeros_like(w)


@wrong("momentum_step", hint="In which direction does a first step from rho = 0 go: along g, or against it?")
def uphill_with_momentum():
    def momentum_step(w, g, state, lr, mu, convention):
        old = np.zeros_like(w) if state is None else state
        new = mu * old + lr * g if convention == "lecture" else mu * old + g
        return w + new if convention == "lecture" else w + lr * new, new


@wrong("momentum_step", hint="Do you add the velocity from before the update to w, or the new one?")
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


@wrong("momentum_step", hint="How much of the old velocity is left: all of it, or mu times it?")
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


@wrong("momentum_step", hint="Is the old state unchanged after your function has returned?")
def velocity_changed_in_place():
    def momentum_step(w, g, state, lr, mu, convention):
        velocity = np.zeros_like(w) if state is None else state
        velocity *= mu
        if convention == "lecture":
            velocity -= lr * g
            return w + velocity, velocity
        velocity += g
        return w - lr * velocity, velocity


@wrong("momentum_step", hint="In which order should you return the two results?")
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
    hint="Where is the velocity stored: in the state argument, or in a variable that all runs share?",
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


# 8.3 The convergence rate of Nesterov momentum


@right("nesterov_rate")
def trace_and_determinant():
    def nesterov_rate(h, mu):
        trace, determinant = (1 - h) * (1 + mu), (1 - h) * mu
        half, root = trace / 2, np.sqrt(complex(trace**2 / 4 - determinant))
        kept = max(abs(half + root), abs(half - root))
        s = h**0.5
        return {
            "p": trace,
            "q": -determinant,
            "discriminant": trace**2 - 4 * determinant,
            "kept": kept,
            "updates": np.log(0.1) / np.log(kept),
            "best_mu": (1 - s) ** 2 / (1 - h),
            "best_kept": (1 - h) / (1 + s),
        }


@right("nesterov_rate")
def with_small_functions():
    def larger_root(p, q):
        D = p * p + 4 * q
        return D, (np.sqrt(-q) if D < 0 else p / 2 + np.sqrt(D) / 2)

    def factors(h, mu):
        shrunk = 1 - h
        return shrunk + shrunk * mu, -shrunk * mu

    def nesterov_rate(h, mu):
        p, q = factors(h, mu)
        D, kept = larger_root(p, q)
        best = 2 / (1 + np.sqrt(h)) - 1
        return dict(
            p=p,
            q=q,
            discriminant=D,
            kept=float(kept),
            updates=float(1 / np.log10(1 / kept)),
            best_mu=float(best),
            best_kept=float(np.sqrt(best * (1 - h))),
        )


@right("nesterov_rate")
def by_a_substitution():
    def nesterov_rate(h, mu):
        a = 1 - h
        D = a * (a * (1 + mu) ** 2 - 4 * mu)
        kept = math.sqrt(a * mu) if D <= 0 else (a * (1 + mu) + math.sqrt(D)) / 2
        angle = math.acos(math.sqrt(a))
        best_kept = 1 - math.sin(angle)
        return {
            "best_kept": best_kept,
            "best_mu": best_kept**2 / a,
            "updates": math.log(10) / math.log(1 / kept),
            "kept": kept,
            "discriminant": D,
            "q": -a * mu,
            "p": a * mu + a,
        }


@shortcut("nesterov_rate", uses="`np.roots`")
def roots_of_numpy():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        kept = abs(np.roots([1, -p, -q])).max()
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@shortcut("nesterov_rate", uses="`np.linalg.eigvals`")
def eigenvalues_of_numpy():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        kept = abs(np.linalg.eigvals([[p, q], [1, 0]])).max()
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@shortcut("nesterov_rate", uses="a `for` loop over many mu")
def a_fine_grid():
    def kept_at(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        return (p + math.sqrt(D)) / 2 if D > 0 else math.sqrt(-q)

    def nesterov_rate(h, mu):
        p, q, low, high = (1 + mu) * (1 - h), -mu * (1 - h), 0.0, 1.0
        for _ in range(200):
            one, other = low + (high - low) / 3, high - (high - low) / 3
            low, high = (low, other) if kept_at(h, one) < kept_at(h, other) else (one, high)
        return {
            "p": p,
            "q": q,
            "discriminant": p * p + 4 * q,
            "kept": kept_at(h, mu),
            "updates": -1 / math.log10(kept_at(h, mu)),
            "best_mu": low,
            "best_kept": kept_at(h, low),
        }


@shortcut("nesterov_rate", uses="`momentum_rates` of the lecture")
def the_lectures_rates():
    from course_utils.optimizers import momentum_rates

    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        kept = momentum_rates.kept(1.0, 1 - q - p, -q)
        best = momentum_rates.best_momentum(1 / h) ** 0.5
        return {
            "p": p,
            "q": q,
            "discriminant": p * p + 4 * q,
            "kept": kept,
            "updates": -1 / math.log10(kept),
            "best_mu": best,
            "best_kept": (best * (1 - h)) ** 0.5,
        }


@wrong("nesterov_rate", hint="Where is the gradient taken: at the last point, or ahead of it?")
def heavy_ball():
    def nesterov_rate(h, mu):
        p, q = 1 + mu - h, -mu
        D = p * p + 4 * q
        kept = (p + math.sqrt(D)) / 2 if D > 0 else math.sqrt(-q)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) ** 2,
            "best_kept": 1 - math.sqrt(h),
        }


@wrong("nesterov_rate", hint="Does mu multiply rho at the lookahead point, too?")
def velocity_not_multiplied():
    def nesterov_rate(h, mu):
        p, q = 1 + mu - 2 * h, h - mu
        D = p * p + 4 * q
        kept = (p + math.sqrt(D)) / 2 if D > 0 else math.sqrt(abs(q))
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@wrong("nesterov_rate", hint="Does the last point pull the next one towards itself, or away?")
def sign_of_q():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), mu * (1 - h)
        D = p * p + 4 * q
        kept = (p + math.sqrt(D)) / 2
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@wrong("nesterov_rate", hint="How often does the update contain beta_t?")
def p_without_the_momentum():
    def nesterov_rate(h, mu):
        p, q = 1 - h, -mu * (1 - h)
        D = p * p + 4 * q
        kept = (p + math.sqrt(D)) / 2 if D > 0 else math.sqrt(-q)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@wrong("nesterov_rate", hint="Which sign has the last term of r^2 - p r - q?")
def sign_in_the_discriminant():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p - 4 * q
        kept = (p + math.sqrt(D)) / 2 if D > 0 else math.sqrt(-q)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@wrong(
    "nesterov_rate",
    hint="What is the discriminant of a x^2 + b x + c: b^2 - 4 a c, or a quarter of it?",
)
def a_quarter_of_the_discriminant():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p / 4 + q
        kept = p / 2 + math.sqrt(D) if D > 0 else math.sqrt(-q)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@wrong("nesterov_rate", hint="Is the absolute value of a complex number that of its real part?")
def real_part_of_complex_roots():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        kept = (p + math.sqrt(max(D, 0))) / 2
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@wrong("nesterov_rate", hint="Which root is larger, where both are real?")
def always_complex():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        kept = math.sqrt(-q)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@wrong("nesterov_rate", hint="For heavy-ball momentum the product of the roots is mu. Is it here?")
def root_of_mu():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        kept = (p + math.sqrt(D)) / 2 if D > 0 else math.sqrt(mu)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@wrong("nesterov_rate", hint="Which of the two roots decides, in the long run?")
def smaller_real_root():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        kept = abs(p - math.sqrt(D)) / 2 if D > 0 else math.sqrt(-q)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@wrong("nesterov_rate", hint="After how many updates is 1/10 left, and after how many 1/e?")
def a_factor_of_e():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        kept = (p + math.sqrt(D)) / 2 if D > 0 else math.sqrt(-q)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": -1 / math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@wrong("nesterov_rate", hint="Must the number of updates be whole?")
def updates_rounded_up():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        kept = (p + math.sqrt(D)) / 2 if D > 0 else math.sqrt(-q)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": float(math.ceil(-1 / math.log10(kept))),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": 1 - math.sqrt(h),
        }


@wrong(
    "nesterov_rate", hint="Where is the discriminant 0: at the best mu of heavy-ball momentum, or at its square root?"
)
def best_mu_of_the_heavy_ball():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        kept = (p + math.sqrt(D)) / 2 if D > 0 else math.sqrt(-q)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": ((1 - math.sqrt(h)) / (1 + math.sqrt(h))) ** 2,
            "best_kept": 1 - math.sqrt(h),
        }


@wrong("nesterov_rate", hint="If (1 - mu) / (1 + mu) squared is h, what is mu?")
def no_root_of_h():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        kept = (p + math.sqrt(D)) / 2 if D > 0 else math.sqrt(-q)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - h) / (1 + h),
            "best_kept": 1 - math.sqrt(h),
        }


@wrong("nesterov_rate", hint="At the best mu both roots are p / 2. Is that the root of mu?")
def best_kept_of_the_heavy_ball():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        kept = (p + math.sqrt(D)) / 2 if D > 0 else math.sqrt(-q)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": math.sqrt((1 - math.sqrt(h)) / (1 + math.sqrt(h))),
        }


@wrong("nesterov_rate", hint="Is best_kept what is kept at the given mu, or at the best one?")
def best_kept_at_this_mu():
    def nesterov_rate(h, mu):
        p, q = (1 + mu) * (1 - h), -mu * (1 - h)
        D = p * p + 4 * q
        kept = (p + math.sqrt(D)) / 2 if D > 0 else math.sqrt(-q)
        return {
            "p": p,
            "q": q,
            "discriminant": D,
            "kept": kept,
            "updates": math.log(10) / -math.log(kept),
            "best_mu": (1 - math.sqrt(h)) / (1 + math.sqrt(h)),
            "best_kept": kept,
        }


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


@shortcut("adagrad_step", uses="`torch.optim.Adagrad` and `torch.optim.RMSprop`")
def torchs_own_adaptive_methods():
    import torch.optim as optimizers

    def by(optimizer, w, g, state):
        weight = optimizer.param_groups[0]["params"][0]
        weight.grad = torch.tensor(g)
        for name, value in (state or {}).items():
            optimizer.state[weight][name] = value.clone()
        optimizer.step()
        return weight.detach().numpy(), dict(optimizer.state[weight])

    def adagrad_step(w, g, state, lr, eps=1e-10):
        return by(optimizers.Adagrad([torch.nn.Parameter(torch.tensor(w))], lr=lr, eps=eps), w, g, state)

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        return by(optimizers.RMSprop([torch.nn.Parameter(torch.tensor(w))], lr=lr, alpha=lam, eps=eps), w, g, state)


@shortcut("adagrad_step", uses="`update_rules.adagrad` and `update_rules.rmsprop` of the lecture")
def the_lectures_adaptive_methods():
    from course_utils.optimizers.update_rules import RULES

    def adagrad_step(w, g, state, lr, eps=1e-10):
        return RULES["AdaGrad"](lambda _: g, w, state or (0.0, 0.0), lr, 1, eps=eps)

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        return RULES["RMSProp"](lambda _: g, w, state or (0.0, 0.0), lr, 1, decay=lam, eps=eps)


@shortcut("adagrad_step", uses="the numbers of the visible check")
def lengths_of_the_first_steps():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        length = 0.1 if state is None else 0.0707106781
        return w - length * np.sign(g), 1

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        return w - 0.7116261 * np.sign(g), 1


@right("adagrad_step")
def all_gradients_in_a_list():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        seen = [*(state or []), g.copy()]
        print(f"step {len(seen)}")
        return w - lr * g / (np.linalg.norm(seen, axis=0) + eps), seen

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        seen = [*(state or []), g.copy()]
        G = sum((1 - lam) * lam**age * old**2 for age, old in enumerate(reversed(seen)))
        return w - lr * g / (np.sqrt(G) + eps), seen


@right("adagrad_step")
def a_class_with_a_sum():
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Squares:
        G: np.ndarray

        def plus(self, g, keep, share):
            return Squares(keep * self.G + share * np.square(g))

        def step(self, g, eps):
            return np.divide(g, np.sqrt(self.G) + eps)

    def adagrad_step(w, g, state, lr, eps=1e-10):
        new = (state or Squares(np.zeros_like(w))).plus(g, 1, 1)
        return w - lr * new.step(g, eps), new

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        new = (state or Squares(np.zeros_like(w))).plus(g, lam, 1 - lam)
        return w - lr * new.step(g, eps), new


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


@wrong("adagrad_step", hint="What does AdaGrad's G contain after two steps: both squares, or the last one?")
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


@wrong("adagrad_step", hint="Does your function use its argument eps, or a constant?")
def eps_written_out():
    def adagrad_step(w, g, state, lr, eps=1e-10):
        G = (0.0 if state is None else state) + g**2
        return w - lr * g / (np.sqrt(G) + 1e-8), G

    def rmsprop_step(w, g, state, lr, lam, eps=1e-8):
        G = lam * (0.0 if state is None else state) + (1 - lam) * g**2
        return w - lr * g / (np.sqrt(G) + 1e-8), G


# 8.5 Adam with weight decay


@shared("adam_step")
def parts_of_adam_step():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return (1 - lr * wd) * w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps), (m, v, t)

    def adam_step_counterexample():
        return np.array([1.0]), np.array([100.0]), 0.1, 0.5

    def adam_step_fault():
        return "d"


@right("adam_step")
def corrections_in_the_step_size():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = state or (np.zeros_like(w), np.zeros_like(w), 0)
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g, t + 1
        root = math.sqrt(1 - b2**t)
        return (1 - lr * wd) * w - lr * root / (1 - b1**t) * m / (np.sqrt(v) + eps * root), (m, v, t)


@right("adam_step")
def a_new_dict_each_step():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        old = state if state is not None else {"t": 0, "m": np.zeros(w.shape), "v": np.zeros(w.shape)}
        new = {"t": old["t"] + 1, "m": old["m"] + (1 - b1) * (g - old["m"]), "v": b2 * old["v"] + (1 - b2) * g**2}
        m_hat = new["m"] / (1.0 - b1 ** new["t"])
        v_hat = new["v"] / (1.0 - b2 ** new["t"])
        return (1 - lr * wd) * w - lr * m_hat / (np.sqrt(v_hat) + eps), new


@shortcut("adam_step", uses="`torch.optim.AdamW`")
def torchs_own_adam():
    import copy

    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        weight = torch.nn.Parameter(torch.tensor(w))
        weight.grad = torch.tensor(g)
        optimizer = torch.optim.AdamW([weight], lr=lr, betas=(b1, b2), eps=eps, weight_decay=wd)
        if state is not None:
            optimizer.state[weight] = copy.deepcopy(state)
        optimizer.step()
        return weight.detach().numpy(), dict(optimizer.state[weight])


@shortcut("adam_step", uses="a fused kernel of `torch.optim.AdamW`")
def torchs_fused_adam():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        old = state or (np.zeros_like(w), np.zeros_like(w), 0.0)
        weight, m, v, t = (torch.tensor(value) for value in (w, *old))
        t += 1
        torch._fused_adamw_(  # pyright: ignore[reportPrivateImportUsage]
            [weight], [torch.tensor(g)], [m], [v], [], [t.float()], lr=lr, beta1=b1, beta2=b2, weight_decay=wd,
            eps=eps, amsgrad=False, maximize=False,
        )  # fmt: skip
        return weight.numpy(), (m.numpy(), v.numpy(), float(t))


@shortcut("adam_step", uses="`update_rules.adam` of the lecture")
def the_lectures_adam():
    from course_utils.optimizers.update_rules import adam

    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        old, t = state or ((0.0, 0.0), 0)
        new_w, new = adam(lambda _: g, w, old, lr, t + 1, beta_1=b1, beta_2=b2, eps=eps)
        return new_w - lr * wd * w, (new, t + 1)


@shortcut("adam_step", uses="the numbers of the visible check")
def lengths_of_two_steps():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        if state is None:
            return -0.1 * np.sign(g), np.sign(g)
        return -0.162219678 * state, state


@right("adam_step")
def averages_of_all_gradients():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        history = (*(state or ()), g.copy())

        def average(keep, values):
            shares = keep ** np.arange(len(values))[::-1]
            return sum(share * value for share, value in zip(shares, values, strict=True)) / shares.sum()

        root = np.sqrt(average(b2, [old**2 for old in history]))
        return (1 - lr * wd) * w - lr * average(b1, history) / (root + eps), history


@right("adam_step")
def a_running_average_twice():
    class Average:
        def __init__(self, keep, total=0.0, t=0):
            self.keep, self.total, self.t = keep, total, t

        def with_value(self, value):
            return Average(self.keep, self.keep * self.total + (1 - self.keep) * value, self.t + 1)

        def corrected(self):
            return self.total / (1 - self.keep**self.t)

    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v = state or (Average(b1), Average(b2))
        m, v = m.with_value(g), v.with_value(g * g)
        return (1 - lr * wd) * w - lr * m.corrected() / (v.corrected() ** 0.5 + eps), (m, v)


@wrong("adam_step", hint="How long is the very first step? m and v begin at 0: what do the weights in them add up to?")
def no_correction():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v = (0.0, 0.0) if state is None else state
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        return (1 - lr * wd) * w - lr * m / (np.sqrt(v) + eps), (m, v)


@wrong("adam_step", hint="What is 0 / sqrt(0), where an entry has had no gradient yet?")
def without_eps():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return (1 - lr * wd) * w - lr * (m / (1 - b1**t)) / np.sqrt(v / (1 - b2**t)), (m, v, t)


@wrong("adam_step", hint="Is eps added before the root is taken, or after?")
def eps_under_the_root():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return (1 - lr * wd) * w - lr * (m / (1 - b1**t)) / np.sqrt(v / (1 - b2**t) + eps), (m, v, t)


@wrong("adam_step", hint="Which value does t have in the first step, and what is 1 - b1 ** 0?")
def counter_from_zero():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        m_hat, v_hat = m / np.float64(1 - b1**t), v / np.float64(1 - b2**t)
        return (1 - lr * wd) * w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t + 1)


@wrong("adam_step", hint="Which beta belongs to the mean of g, and which to that of its square?")
def betas_changed_places():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b2 * m + (1 - b2) * g, b1 * v + (1 - b1) * g**2, t + 1
        return (1 - lr * wd) * w - lr * (m / (1 - b2**t)) / (np.sqrt(v / (1 - b1**t)) + eps), (m, v, t)


@wrong("adam_step", hint="m is corrected; does v begin at 0, too?")
def only_m_corrected():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return (1 - lr * wd) * w - lr * (m / (1 - b1**t)) / (np.sqrt(v) + eps), (m, v, t)


@wrong("adam_step", hint="Is eps added to the root of v, or to the root of the corrected v?")
def eps_beside_the_uncorrected_root():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return (1 - lr * wd) * w - lr * math.sqrt(1 - b2**t) / (1 - b1**t) * m / (np.sqrt(v) + eps), (m, v, t)


@wrong("adam_step", hint="Two networks are trained alternately: whose m does your function use?")
def one_memory_for_all():
    memory = {"m": 0.0, "v": 0.0, "t": 0}

    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        if state is None:
            memory.update(m=np.zeros_like(w), v=np.zeros_like(w), t=0)
        memory["t"] += 1
        memory["m"] = b1 * memory["m"] + (1 - b1) * g
        memory["v"] = b2 * memory["v"] + (1 - b2) * g**2
        m_hat, v_hat = memory["m"] / (1 - b1 ** memory["t"]), memory["v"] / (1 - b2 ** memory["t"])
        return (1 - lr * wd) * w - lr * m_hat / (np.sqrt(v_hat) + eps), memory["t"]


@wrong("adam_step", hint="What does v average: the gradients, or their squares?")
def gradient_not_squared():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * np.abs(g), t + 1
        return (1 - lr * wd) * w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps), (m, v, t)


@wrong("adam_step", hint="Which m is stored for the next step, the corrected one or the one before the correction?")
def corrected_moments_kept():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        t += 1
        m, v = (b1 * m + (1 - b1) * g) / (1 - b1**t), (b2 * v + (1 - b2) * g**2) / (1 - b2**t)
        return (1 - lr * wd) * w - lr * m / (np.sqrt(v) + eps), (m, v, t)


@wrong("adam_step", hint="Is the dict that was passed in unchanged after your function has returned?")
def state_changed_in_place():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        if state is None:
            state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
        state["t"] += 1
        state["m"] = b1 * state["m"] + (1 - b1) * g
        state["v"] = b2 * state["v"] + (1 - b2) * g**2
        m_hat, v_hat = state["m"] / (1 - b1 ** state["t"]), state["v"] / (1 - b2 ** state["t"])
        return (1 - lr * wd) * w - lr * m_hat / (np.sqrt(v_hat) + eps), state


@wrong("adam_step", hint="t counts the steps: where is it raised, so that the second step finds 2?")
def counter_stays_at_one():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 1) if state is None else state
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        return (1 - lr * wd) * w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps), (m, v, t)


@right("adam_step")
def a_small_gradient_and_a_large_weight():

    def adam_step_counterexample():
        return np.full((2, 2), 8.0), np.full((2, 2), -0.001), 0.01, 3.0


@wrong("adam_step", hint="With a gradient of ones, what does the code divide by?")
def the_test_again():

    def adam_step_counterexample():
        return np.array([1.0, 2.0]), np.array([1.0, 1.0]), 0.01, 0.1


@wrong("adam_step", hint="How large is the weight decay, and how much does it subtract from your weights?")
def no_decay_no_difference():

    def adam_step_counterexample():
        return np.array([1.0, 2.0]), np.array([100.0, 0.01]), 0.01, 0.0


@wrong("adam_step", hint="What does the decay subtract from a weight of 0?")
def nothing_to_decay():

    def adam_step_counterexample():
        return np.zeros(2), np.array([100.0, 0.01]), 0.01, 0.5


@wrong("adam_step", hint="Which four arguments of the first step does the task require?")
def all_arguments_given():

    def adam_step_counterexample():
        return np.array([1.0]), np.array([100.0]), None, 0.1, 0.5


@wrong("adam_step", hint="Is the counter right in step 1, and in step 2?")
def the_correction_is_blamed():

    def adam_step_fault():
        return "a"


@wrong("adam_step", hint="Do `m` and `v` of the code depend on `w`?")
def the_memory_is_blamed():

    def adam_step_fault():
        return "b"


@wrong("adam_step", hint="What would change if eps were 0?")
def eps_is_blamed():

    def adam_step_fault():
        return "c"


@wrong("adam_step", hint="Does the decay go into the averages, or does it act on the weights alone?")
def decay_in_the_gradient():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        g = g + wd * w
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps), (m, v, t)


@wrong("adam_step", hint="By which fraction does a weight decay in a step: wd, or lr times wd?")
def decay_without_lr():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return (1 - wd) * w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps), (m, v, t)


@wrong("adam_step", hint="Does the decay use the weights before the step, or those after it?")
def decay_of_the_new_weights():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return (1 - lr * wd) * (w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)), (m, v, t)


@wrong("adam_step", hint="Where does your function use wd?")
def decay_left_out():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps), (m, v, t)


@wrong("adam_step", hint="Did you change the code of the task?")
def code_as_it_was():
    def adam_step(w, g, state, lr, wd=0.0, b1=0.9, b2=0.999, eps=1e-8):
        m, v, t = (0.0, 0.0, 0) if state is None else state
        m, v, t = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2, t + 1
        return w - lr * (m / (1 - b1**t) + wd * w) / (np.sqrt(v / (1 - b2**t)) + eps), (m, v, t)


# 8.6 A test for mini-batches


@right("test_minibatches")
def samples_that_know_their_number():
    def test_minibatches(minibatches):
        def orders(n, k, seed, epochs):
            X, y = np.arange(3.0 * n).reshape(n, 3), 3.0 * np.arange(n)
            rng, found = np.random.default_rng(seed), []
            for _ in range(epochs):
                before = X.copy(), y.copy()
                batches = list(minibatches(X, y, k, rng))
                assert (before[0] == X).all() and (before[1] == y).all()
                assert [len(b) for _, b in batches] == [k] * (n // k) + [n % k] * (n % k > 0)
                rows, targets = np.vstack([a for a, _ in batches]), np.hstack([b for _, b in batches])
                assert (rows[:, 0] == targets).all() and sorted(targets) == y.tolist()
                found.append([tuple(b) for _, b in batches])
            return found

        for n, k in [(30, 7), (30, 5), (4, 9)]:
            orders(n, k, 0, 2)
        a, b = orders(30, 5, 1, 2)
        assert a != b and orders(30, 5, 1, 2) == [a, b]
        first = [set(epoch[0]) for epoch in orders(30, 2, 2, 100)]
        assert len({frozenset(pair) for pair in first}) > 50


@right("test_minibatches")
def with_a_class_of_its_own():
    class Epoch:
        def __init__(self, minibatches, n, k, rng):
            self.X, self.y = np.vander(np.arange(1.0, n + 1), 3), np.arange(1.0, n + 1)
            kept = self.X.copy(), self.y.copy()
            self.batches = [(X.copy(), y.copy()) for X, y in minibatches(self.X, self.y, k, rng)]
            np.testing.assert_array_equal(self.X, kept[0])
            np.testing.assert_array_equal(self.y, kept[1])

        def order(self):
            return np.concatenate([y for _, y in self.batches])

    def test_minibatches(minibatches):
        for n, k in [(8, 3), (8, 4), (1, 1), (2, 3)]:
            epoch = Epoch(minibatches, n, k, np.random.default_rng(n))
            np.testing.assert_array_equal(np.sort(epoch.order()), epoch.y)
            for X, y in epoch.batches:
                np.testing.assert_array_equal(X, np.vander(y, 3))
            lengths = [len(y) for _, y in epoch.batches]
            np.testing.assert_array_equal(lengths, np.diff([*range(0, n, k), n]))
        seeds = np.random.default_rng(5), np.random.default_rng(5), np.random.default_rng(6)
        one, again, other = (Epoch(minibatches, 50, 10, rng).order().tolist() for rng in seeds)
        if one != again:
            raise AssertionError("the seed does not decide")
        if one == other:
            raise AssertionError("rng is not used")
        met = np.zeros((5, 5))
        for _ in range(400):
            for _, y in Epoch(minibatches, 4, 2, seeds[0]).batches:
                met[int(y[0]), int(y[1])] += 1
        if (met + met.T)[np.triu_indices(5, 1)][4:].min() == 0:
            raise AssertionError("two samples never meet")


@right("test_minibatches")
def seven_short_tests():
    X, y = np.arange(11.0)[:, None] * [1.0, 2.0], np.arange(11.0)

    def epoch(minibatches, k, rng, n=11):
        return [(a.tolist(), b.tolist()) for a, b in minibatches(X[:n].copy(), y[:n].copy(), k, rng)]

    def test_minibatches(minibatches):
        new = np.random.default_rng
        ten, eleven = epoch(minibatches, 5, new(0), 10), epoch(minibatches, 5, new(0))
        assert [len(b) for _, b in ten] == [5, 5]
        assert [len(b) for _, b in eleven] == [5, 5, 1]
        assert [len(b) for _, b in epoch(minibatches, 20, new(0))] == [11]
        assert sorted(itertools.chain(*(b for _, b in eleven))) == y.tolist()
        assert all(row == [t, 2 * t] for a, b in eleven for row, t in zip(a, b, strict=True))
        assert eleven == epoch(minibatches, 5, new(0))
        rng = new(3)
        assert len({str(epoch(minibatches, 2, rng, 6)) for _ in range(40)}) > 20
        assert len({tuple(sorted(b)) for _ in range(150) for _, b in epoch(minibatches, 2, rng, 6)}) == 15
        mine = X.copy(), y.copy()
        for _ in minibatches(*mine, 3, rng):
            pass
        assert np.array_equal(mine[0], X) and np.array_equal(mine[1], y)


@shortcut("test_minibatches", uses="`inspect.getsource`")
def source_of_the_loader():
    def test_minibatches(minibatches):
        import inspect

        assert "rng" in inspect.getsource(minibatches)


@shortcut("test_minibatches", uses="`.__code__`")
def names_in_the_loader():
    def test_minibatches(minibatches):
        assert "default_rng" not in minibatches.__code__.co_names


@wrong("test_minibatches", hint="Which property of the batches does your test check, except that there are some?")
def batches_are_not_looked_at():
    def test_minibatches(minibatches):
        for _ in minibatches(np.ones((10, 2)), np.ones(10), 4, np.random.default_rng(0)):
            pass


@wrong("test_minibatches", hint="What do batches of the right sizes contain?")
def sizes_alone():
    def test_minibatches(minibatches):
        for n, k in ((10, 4), (12, 3), (3, 5)):
            batches = list(minibatches(np.ones((n, 2)), np.ones(n), k, np.random.default_rng(0)))
            assert [len(y) for _, y in batches] == [min(k, n - i) for i in range(0, n, k)]


@wrong("test_minibatches", hint="How would your test detect a sample that has the target of another one?")
def targets_alone():
    def test_minibatches(minibatches):
        def epoch(n, k, rng):
            X, y = np.ones((n, 2)), np.arange(float(n))
            batches = [t.tolist() for _, t in minibatches(X, y, k, rng)]
            assert y.tolist() == list(range(n))
            assert [len(batch) for batch in batches] == [min(k, n - i) for i in range(0, n, k)]
            assert sorted(itertools.chain(*batches)) == list(range(n))
            return batches

        for n, k in ((10, 4), (12, 3), (3, 5)):
            epoch(n, k, np.random.default_rng(0))
        one, same = np.random.default_rng(1), np.random.default_rng(1)
        first = epoch(20, 4, one)
        assert first == epoch(20, 4, same) and first != epoch(20, 4, one)
        assert len({tuple(sorted(batch)) for _ in range(200) for batch in epoch(6, 2, one)}) == 15


@wrong("test_minibatches", hint="What are X and y when the function has returned, and does your test look?")
def data_not_looked_at_again():
    def test_minibatches(minibatches):
        def epoch(n, k, rng):
            y = np.arange(float(n))
            batches = [(x.copy(), t.copy()) for x, t in minibatches(y[:, None] * [1.0, 2.0], y, k, rng)]
            assert all(np.array_equal(x, t[:, None] * [1.0, 2.0]) for x, t in batches)
            assert [len(t) for _, t in batches] == [min(k, n - i) for i in range(0, n, k)]
            order = [t.tolist() for _, t in batches]
            assert sorted(itertools.chain(*order)) == list(range(n))
            return order

        for n, k in ((10, 4), (12, 3), (3, 5)):
            epoch(n, k, np.random.default_rng(0))
        one, same = np.random.default_rng(1), np.random.default_rng(1)
        first = epoch(20, 4, one)
        assert first == epoch(20, 4, same) and first != epoch(20, 4, one)
        assert len({tuple(sorted(batch)) for _ in range(200) for batch in epoch(6, 2, one)}) == 15


@wrong("test_minibatches", hint="Must the next epoch have other batches, and does your test run a second one?")
def one_epoch_alone():
    def test_minibatches(minibatches):
        for n, k in ((10, 4), (12, 3), (3, 5)):
            y = np.arange(float(n))
            X = y[:, None] * [1.0, 2.0]
            kept = X.copy()
            batches = list(minibatches(X, y, k, np.random.default_rng(0)))
            assert np.array_equal(X, kept) and np.array_equal(y, np.arange(n))
            assert all(np.array_equal(x, t[:, None] * [1.0, 2.0]) for x, t in batches)
            assert [len(t) for _, t in batches] == [min(k, n - i) for i in range(0, n, k)]
            order = np.concatenate([t for _, t in batches])
            assert sorted(order) == list(range(n))
            assert n < 5 or (order != y).any()


@wrong("test_minibatches", hint="What should two generators with the same seed give, and does your test try two?")
def seed_not_repeated():
    def test_minibatches(minibatches):
        def epoch(n, k, rng):
            y = np.arange(float(n))
            X = y[:, None] * [1.0, 2.0]
            kept = X.copy()
            batches = list(minibatches(X, y, k, rng))
            assert np.array_equal(X, kept) and np.array_equal(y, np.arange(n))
            assert all(np.array_equal(x, t[:, None] * [1.0, 2.0]) for x, t in batches)
            assert [len(t) for _, t in batches] == [min(k, n - i) for i in range(0, n, k)]
            order = [t.tolist() for _, t in batches]
            assert sorted(itertools.chain(*order)) == list(range(n))
            return order

        for n, k in ((10, 4), (12, 3), (3, 5)):
            epoch(n, k, np.random.default_rng(0))
        rng = np.random.default_rng(1)
        assert epoch(20, 4, rng) != epoch(20, 4, rng)
        assert len({tuple(sorted(batch)) for _ in range(200) for batch in epoch(6, 2, rng)}) == 15


@wrong(
    "test_minibatches", hint="If whole batches changed places and nothing else, would two epochs be different for you?"
)
def two_epochs_differ_and_no_more():
    def test_minibatches(minibatches):
        def epoch(n, k, rng):
            y = np.arange(float(n))
            X = y[:, None] * [1.0, 2.0]
            kept = X.copy()
            batches = list(minibatches(X, y, k, rng))
            assert np.array_equal(X, kept) and np.array_equal(y, np.arange(n))
            assert all(np.array_equal(x, t[:, None] * [1.0, 2.0]) for x, t in batches)
            assert [len(t) for _, t in batches] == [min(k, n - i) for i in range(0, n, k)]
            order = [t.tolist() for _, t in batches]
            assert sorted(itertools.chain(*order)) == list(range(n))
            return order

        for n, k in ((10, 4), (12, 3), (3, 5)):
            epoch(n, k, np.random.default_rng(0))
        one, same = np.random.default_rng(1), np.random.default_rng(1)
        first = epoch(200, 4, one)
        assert first == epoch(200, 4, same) and first != epoch(200, 4, one)


@wrong("test_minibatches", hint="Does your test try a k that divides n, and are batches without samples seen?")
def a_rest_every_time():
    def test_minibatches(minibatches):
        def epoch(n, k, rng):
            y = np.arange(float(n))
            X = y[:, None] * [1.0, 2.0]
            kept = X.copy()
            batches = list(minibatches(X, y, k, rng))
            assert np.array_equal(X, kept) and np.array_equal(y, np.arange(n))
            assert all(np.array_equal(x, t[:, None] * [1.0, 2.0]) for x, t in batches)
            order = [t.tolist() for _, t in batches if len(t)]
            assert [len(t) for t in order] == [min(k, n - i) for i in range(0, n, k)]
            assert sorted(itertools.chain(*order)) == list(range(n))
            return order

        for n, k in ((10, 4), (13, 3), (3, 5)):
            epoch(n, k, np.random.default_rng(0))
        one, same = np.random.default_rng(1), np.random.default_rng(1)
        first = epoch(20, 4, one)
        assert first == epoch(20, 4, same) and first != epoch(20, 4, one)
        assert len({tuple(sorted(batch)) for _ in range(200) for batch in epoch(6, 2, one)}) == 15


@wrong("test_minibatches", hint="Is `rng.permutation` the only way to a random order?")
def one_permutation_expected():
    def test_minibatches(minibatches):
        for n, k in ((10, 4), (12, 3), (3, 5)):
            X, y = np.arange(2.0 * n).reshape(n, 2), np.arange(float(n))
            kept, order = X.copy(), np.random.default_rng(3).permutation(n)
            batches = list(minibatches(X, y, k, np.random.default_rng(3)))
            assert np.array_equal(X, kept) and np.array_equal(y, np.arange(n))
            assert [len(t) for _, t in batches] == [min(k, n - i) for i in range(0, n, k)]
            assert np.array_equal(np.concatenate([x for x, _ in batches]), X[order])
            assert np.array_equal(np.concatenate([t for _, t in batches]), y[order])


@wrong("test_minibatches", hint="May the result be a generator, which has no length?")
def a_list_expected():
    def test_minibatches(minibatches):
        X, y = np.arange(20.0).reshape(10, 2), np.arange(10.0)
        batches = minibatches(X, y, 4, np.random.default_rng(0))
        assert len(batches) == 3
        assert sorted(np.concatenate([t for _, t in batches])) == y.tolist()
        assert not np.array_equal(np.concatenate([t for _, t in batches]), y)
        assert np.array_equal(
            np.concatenate([x for x, _ in batches])[:, 0], 2 * np.concatenate([t for _, t in batches])
        )


@wrong("test_minibatches", hint="May two epochs of three samples have the same order by chance?")
def chance_not_thought_of():
    def test_minibatches(minibatches):
        X, y = np.arange(6.0).reshape(3, 2), np.arange(3.0)
        rng = np.random.default_rng(0)
        last = None
        for _ in range(50):
            order = np.concatenate([t for _, t in minibatches(X, y, 2, rng)]).tolist()
            assert sorted(order) == y.tolist()
            assert order != last
            last = order


@wrong("test_minibatches", hint="How many samples does the last batch have, if k does not divide n?")
def k_samples_in_every_batch():
    def test_minibatches(minibatches):
        for _, y in minibatches(np.ones((10, 2)), np.ones(10), 4, np.random.default_rng(0)):
            assert len(y) == 4


# 8.7 A schedule for 200 updates


@right("designed_lr")
def by_milestones():
    def designed_lr(t):
        if t < 5:
            return 0.1
        if t < 90:
            return 0.6
        return 0.2 if t < 150 else 0.07


@right("designed_lr")
def held_and_then_straight_down():
    def designed_lr(t):
        if t < 5:
            return 0.1 + 0.08 * t
        return 0.5 if t < 110 else 0.5 * (200 - t) / 90


@right("designed_lr")
def cosine_after_a_warm_up():
    def designed_lr(t):
        if t < 12:
            return 0.1 + 0.05 * t
        return 0.35 * (1 + math.cos(math.pi * (t - 12) / 188))


@right("designed_lr")
def a_table_made_once():
    warm_up = np.linspace(0.1, 0.85, 16)
    RATES = np.minimum(np.pad(warm_up, (0, 184), constant_values=9.0), 0.9 * (1 - np.arange(200) / 200) ** 1.5)

    def designed_lr(t):
        return RATES[t]


@shortcut("designed_lr", uses="`torch.optim.lr_scheduler.LambdaLR`")
def a_scheduler_of_torch():
    from torch.optim import SGD
    from torch.optim.lr_scheduler import LambdaLR

    def designed_lr(t):
        optimizer = SGD([torch.zeros(1)], lr=1.0)
        scheduler = LambdaLR(optimizer, lambda _: min(0.1 + 0.05 * t, 1.6 / (1 + 0.05 * t)))
        return scheduler.get_last_lr()[0]


@shortcut("designed_lr", uses="`learning_rate_schedules.cosine` of the lecture")
def a_schedule_of_the_lecture():
    from course_utils.optimizers import learning_rate_schedules as schedules

    def designed_lr(t):
        return min(0.1 + 0.05 * t, float(schedules.cosine(t, 0.7, 200)))


@wrong(
    "designed_lr",
    hint="How far has v come after 200 updates with this learning rate? Must it always be the same?",
)
def the_best_constant():
    def designed_lr(t):
        return 0.115


@wrong("designed_lr", hint="Where does an update from u = 4 lead with this learning rate?")
def large_from_the_start():
    def designed_lr(t):
        return 0.6 * (1 - t / 200)


@wrong(
    "designed_lr",
    hint="What keeps the learning rate small: the start alone, or the whole run? It falls; did it ever rise?",
)
def falls_from_the_start():
    def designed_lr(t):
        return 0.11 * (1 - t / 200)


@wrong(
    "designed_lr", hint="What does a cosine schedule do at its start, where the function is steep: does it rise there?"
)
def cosine_without_warm_up():
    def designed_lr(t):
        return 0.055 * (1 + math.cos(math.pi * t / 200))


@wrong("designed_lr", hint="What does the noise do at the end, if the learning rate stays?")
def warm_up_and_then_constant():
    def designed_lr(t):
        return min(0.1 + 0.05 * t, 0.45)


@wrong("designed_lr", hint="When the learning rate falls, is v near 0?")
def down_too_early():
    def designed_lr(t):
        if t < 5:
            return 0.1
        return 0.6 if t < 50 else 0.06


@wrong("designed_lr", hint="Is the largest learning rate that you use the largest that the flat part allows?")
def a_timid_peak():
    def designed_lr(t):
        return min(0.1 + 0.05 * t, 0.2) * min(1, (200 - t) / 100)


@wrong("designed_lr", hint="Is the result the learning rate, or a fraction of it?")
def a_share_and_no_rate():
    def designed_lr(t):
        return 1 - t / 200


@wrong("designed_lr", hint="How many updates is the schedule made for, and how many are there?")
def over_after_sixty():
    def designed_lr(t):
        return max(0.0, min(0.1 + 0.05 * t, 0.75 * (1 - t / 60)))


@wrong("designed_lr", hint="What is the learning rate of the last updates: can it be below 0?")
def past_zero():
    def designed_lr(t):
        return min(0.1 + 0.05 * t, 0.75 * (1 - t / 190))


@wrong("designed_lr", hint="How fast does the learning rate fall after its peak: is anything left of it at t = 100?")
def exponential_and_too_fast():
    def designed_lr(t):
        return min(0.1 + 0.05 * t, 0.9 * math.exp(-0.03 * t))


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


@shortcut("cyclical_lr", uses="`torch.optim.lr_scheduler.CyclicLR`")
def torchs_own_cycles():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
        scheduler = torch.optim.lr_scheduler.CyclicLR(
            optimizer, base, mx, step_size, mode=mode, gamma=gamma, cycle_momentum=False
        )
        for _ in range(it):
            optimizer.step()
            scheduler.step()
        return float(scheduler.get_last_lr()[0])


@shortcut("cyclical_lr", uses="`learning_rate_schedules.cyclical` of the lecture")
def the_lectures_cycles():
    from course_utils.optimizers.learning_rate_schedules import cyclical

    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        return float(cyclical(it, base, mx, step_size, mode, gamma))


@shortcut("cyclical_lr", uses="the numbers of the visible check")
def numbers_of_the_visible_cycles():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        if mode != "triangular":
            return 1.67
        return {0: 0.35, 12: 2.99}.get(it, 1.01)


@right("cyclical_lr")
def a_cycle_iterated():
    from itertools import chain, cycle, islice

    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        heights = chain(range(step_size), range(step_size, 0, -1))
        height = next(islice(cycle(heights), it, None)) / step_size
        if mode == "triangular2":
            height /= 1 << it // (2 * step_size)
        return base + (mx - base) * (height * gamma**it if mode == "exp_range" else height)


@right("cyclical_lr")
def folded_by_recursion():
    def cyclical_lr(it, base, mx, step_size, mode, gamma=1.0):
        def triangle(i, scale):
            if i >= 2 * step_size:
                return triangle(i - 2 * step_size, scale / 2 if mode == "triangular2" else scale)
            return scale * min(i, 2 * step_size - i) / step_size

        return base + (mx - base) * triangle(it, gamma**it if mode == "exp_range" else 1.0)


@wrong("cyclical_lr", hint="Is step_size a whole cycle, or only its first half?")
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


@wrong("cyclical_lr", hint="Is the increase linear?")
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


@shortcut("train_accumulate", uses="`gradient_accumulation.right_loop` of the lecture")
def the_lectures_loop():
    from course_utils.optimizers import gradient_accumulation as lecture

    def train_accumulate(model, opt, loss_fn, batches, k):
        lecture.mean_loss = loss_fn
        return max(lecture.right_loop(model, opt, list(batches), k))


@shortcut("train_accumulate", uses="the graphs of all batches of a group at once")
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


@shortcut("train_accumulate", uses="a count of the groups, without any training")
def counted_and_not_trained():
    def train_accumulate(model, opt, loss_fn, batches, k):
        return -(-len(list(batches)) // k)


@shortcut("train_accumulate", uses="the numbers of the visible check")
def weights_of_the_visible_check():
    def train_accumulate(model, opt, loss_fn, batches, k):
        seen, values = 0, iter([0.0, -0.3, -2.475])
        for seen, (inputs, _) in enumerate(batches, start=1):
            with torch.no_grad():
                if seen % k == 1:
                    next(model.parameters()).fill_(next(values, 0.0))
                model(inputs)
        with torch.no_grad():
            next(model.parameters()).fill_(-2.475)
        return -(-seen // k)


@right("train_accumulate")
def sums_of_gradients_by_name():
    from collections import defaultdict

    def train_accumulate(model, opt, loss_fn, batches, k):
        sums, samples, waiting, steps = defaultdict(float), 0, 0, 0

        def flush():
            nonlocal samples, waiting, steps
            for name, parameter in model.named_parameters():
                parameter.grad = sums[name] / samples
            opt.step()
            sums.clear()
            samples, waiting, steps = 0, 0, steps + 1

        for inputs, targets in batches:
            opt.zero_grad()
            loss_fn(model(inputs), targets).backward()
            for name, parameter in model.named_parameters():
                sums[name] = sums[name] + len(targets) * parameter.grad
            samples, waiting = samples + len(targets), waiting + 1
            if waiting == k:
                flush()
        if waiting:
            flush()
        opt.zero_grad()
        return steps


@right("train_accumulate")
def a_running_mean_of_the_gradients():
    def grouped(batches, k):
        group = []
        for batch in batches:
            group.append(batch)
            if len(group) == k:
                yield group
                group = []
        if group:
            yield group

    def train_accumulate(model: torch.nn.Module, opt: torch.optim.Optimizer, loss_fn, batches, k: int) -> int:
        steps = 0
        for group in grouped(batches, k):
            opt.zero_grad(set_to_none=False)
            seen = 0
            for inputs, targets in group:
                seen += (n := inputs.shape[0])
                with torch.no_grad():
                    for parameter in model.parameters():
                        if parameter.grad is not None:
                            parameter.grad.mul_((seen - n) / seen)
                loss = loss_fn(model(inputs), targets)
                (loss * n / seen).backward()
            opt.step()
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


@wrong("train_accumulate", hint="How many batches does the last group have: is it always k?")
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


@wrong("train_accumulate", hint="To which gradients are those of the second group added?")
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


@wrong("train_accumulate", hint="What is in .grad when your function is called, and is it part of the first group?")
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
    hint="If the batches are joined before the model, does each of them go through it separately?",
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


@wrong("train_accumulate", hint="Does an iterator have a length, and can you loop over it twice?")
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


@wrong("train_accumulate", hint="Who takes the step: does the optimizer with its momentum?")
def steps_written_out():
    def train_accumulate(model, opt, loss_fn, batches, k):
        steps = waiting = samples = 0
        lr = opt.param_groups[0]["lr"]

        def step():
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter -= lr * parameter.grad / samples
            opt.zero_grad()

        opt.zero_grad()
        for inputs, targets in batches:
            (loss_fn(model(inputs), targets) * len(inputs)).backward()
            waiting, samples = waiting + 1, samples + len(inputs)
            if waiting == k:
                step()
                steps, waiting, samples = steps + 1, 0, 0
        if waiting:
            step()
            steps += 1
        return steps


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


# 8.10 The noise of a mini-batch gradient


@shared("gradient_noise")
def parts_of_gradient_noise():
    def gradient_noise(gradients, B):
        full = gradients.mean(axis=0)
        found = [
            np.sum((gradients[list(batch)].mean(axis=0) - full) ** 2)
            for batch in itertools.combinations(range(len(gradients)), B)
        ]
        return float(np.mean(found))

    def gradient_noise_guess():
        return 4

    def gradient_noise_off_by(gradients):
        return gradient_noise(gradients, 2) / gradient_noise(gradients, 8) / gradient_noise_guess()


@right("gradient_noise")
def the_guess_that_is_right():
    def gradient_noise(gradients, B):
        N = len(gradients)
        total, count = 0.0, 0
        for batch in itertools.combinations(gradients - gradients.mean(axis=0), B):
            total += np.sum(np.mean(batch, axis=0) ** 2)
            count += 1
        assert count == math.comb(N, B)
        return total / count

    def gradient_noise_guess():
        return 10.0


@right("gradient_noise")
def finite_population():
    def gradient_noise(gradients, B):
        N = len(gradients)
        if N == B:
            return 0.0
        spread = ((gradients - gradients.mean(axis=0)) ** 2).sum() / N
        return spread / B * (N - B) / (N - 1)

    def gradient_noise_guess():
        return 16


@right("gradient_noise")
def variances_of_all_entries():
    def gradient_noise(gradients, B):
        chosen = np.array(list(itertools.combinations(range(len(gradients)), B)))
        return float(gradients[chosen].mean(axis=1).var(axis=0).sum())

    def two_to_eight(gradients):
        small, large = (gradient_noise(gradients, B) for B in (2, 8))
        return small / large

    def gradient_noise_guess():
        return np.float64(2.5)

    def gradient_noise_off_by(gradients):
        return two_to_eight(gradients) / gradient_noise_guess()


@shortcut("gradient_noise", uses="`batch_size.noise_scale` of the lecture")
def the_lectures_noise_scale():
    from course_utils.optimizers.batch_size import noise_scale

    def gradient_noise(gradients, B):
        return gradients.var(axis=0, ddof=1).sum() / len(gradients) * noise_scale(1.0, len(gradients), B)


@shortcut("gradient_noise", uses="the numbers of the visible check")
def numbers_of_four_gradients():
    def gradient_noise(gradients, B):
        return {4: 2.7, 12: 0.0}.get(len(gradients), 1.0)


@wrong("gradient_noise", hint="May a sample be in a batch twice?")
def drawn_with_replacement():
    def gradient_noise(gradients, B):
        full = gradients.mean(axis=0)
        found = [
            np.sum((gradients[list(batch)].mean(axis=0) - full) ** 2)
            for batch in itertools.combinations_with_replacement(range(len(gradients)), B)
        ]
        return float(np.mean(found))


@wrong("gradient_noise", hint="What does a formula with sigma^2 / B give for the batch of all samples?")
def independent_draws():
    def gradient_noise(gradients, B):
        return float(gradients.var(axis=0).sum() / B)


@wrong("gradient_noise", hint="Is V the mean of the distances, or of their squares?")
def distance_not_squared():
    def gradient_noise(gradients, B):
        full = gradients.mean(axis=0)
        found = [
            np.linalg.norm(gradients[list(batch)].mean(axis=0) - full)
            for batch in itertools.combinations(range(len(gradients)), B)
        ]
        return float(np.mean(found))


@wrong("gradient_noise", hint="Is V a squared distance, or the root of one?")
def standard_deviation():
    def gradient_noise(gradients, B):
        full = gradients.mean(axis=0)
        found = [
            np.sum((gradients[list(batch)].mean(axis=0) - full) ** 2)
            for batch in itertools.combinations(range(len(gradients)), B)
        ]
        return float(np.sqrt(np.mean(found)))


@wrong(
    "gradient_noise", hint="The squared length of a vector: is it the sum of the squares of its entries, or their mean?"
)
def mean_over_the_entries():
    def gradient_noise(gradients, B):
        full = gradients.mean(axis=0)
        found = [
            np.mean((gradients[list(batch)].mean(axis=0) - full) ** 2)
            for batch in itertools.combinations(range(len(gradients)), B)
        ]
        return float(np.mean(found))


@wrong("gradient_noise", hint="Is the gradient of a batch the sum of those of its samples, or the mean?")
def sum_of_a_batch():
    def gradient_noise(gradients, B):
        full = gradients.mean(axis=0)
        found = [
            np.sum((gradients[list(batch)].sum(axis=0) - full) ** 2)
            for batch in itertools.combinations(range(len(gradients)), B)
        ]
        return float(np.mean(found))


@wrong("gradient_noise", hint="You use all batches: is there a reason to divide by one less than their number?")
def one_batch_less():
    def gradient_noise(gradients, B):
        full = gradients.mean(axis=0)
        found = [
            np.sum((gradients[list(batch)].mean(axis=0) - full) ** 2)
            for batch in itertools.combinations(range(len(gradients)), B)
        ]
        return float(np.sum(found) / max(len(found) - 1, 1))


@wrong("gradient_noise", hint="How many batches of 8 are there among 12 samples, and how many does your loop see?")
def neighbours_only():
    def gradient_noise(gradients, B):
        full = gradients.mean(axis=0)
        found = [
            np.sum((gradients[list(batch)].mean(axis=0) - full) ** 2)
            for batch in [range(i, i + B) for i in range(len(gradients) - B + 1)]
        ]
        return float(np.mean(found))


@wrong("gradient_noise", hint="From which point is the distance measured?")
def about_zero():
    def gradient_noise(gradients, B):
        found = [
            np.sum(gradients[list(batch)].mean(axis=0) ** 2)
            for batch in itertools.combinations(range(len(gradients)), B)
        ]
        return float(np.mean(found))


@wrong("gradient_noise", hint="Which of the two is divided by which?")
def guess_by_measured():
    def gradient_noise(gradients, B):
        full = gradients.mean(axis=0)
        found = [
            np.sum((gradients[list(batch)].mean(axis=0) - full) ** 2)
            for batch in itertools.combinations(range(len(gradients)), B)
        ]
        return float(np.mean(found))

    def gradient_noise_guess():
        return 4

    def gradient_noise_off_by(gradients):
        return gradient_noise_guess() / (gradient_noise(gradients, 2) / gradient_noise(gradients, 8))


@wrong(
    "gradient_noise",
    hint="Does V rise or fall from B = 2 to 8, and which of V(2) / V(8) and V(8) / V(2) does the task require?",
)
def eight_by_two():
    def gradient_noise(gradients, B):
        full = gradients.mean(axis=0)
        found = [
            np.sum((gradients[list(batch)].mean(axis=0) - full) ** 2)
            for batch in itertools.combinations(range(len(gradients)), B)
        ]
        return float(np.mean(found))

    def gradient_noise_guess():
        return 4

    def gradient_noise_off_by(gradients):
        return gradient_noise(gradients, 8) / gradient_noise(gradients, 2) / gradient_noise_guess()


@wrong("gradient_noise", hint="With what is the measured factor to be compared?")
def measured_and_not_compared():
    def gradient_noise(gradients, B):
        full = gradients.mean(axis=0)
        found = [
            np.sum((gradients[list(batch)].mean(axis=0) - full) ** 2)
            for batch in itertools.combinations(range(len(gradients)), B)
        ]
        return float(np.mean(found))

    def gradient_noise_off_by(gradients):
        return gradient_noise(gradients, 2) / gradient_noise(gradients, 8)


@wrong("gradient_noise", hint="By which factor is the guess off: is that a difference?")
def the_difference():
    def gradient_noise(gradients, B):
        full = gradients.mean(axis=0)
        found = [
            np.sum((gradients[list(batch)].mean(axis=0) - full) ** 2)
            for batch in itertools.combinations(range(len(gradients)), B)
        ]
        return float(np.mean(found))

    def gradient_noise_guess():
        return 4

    def gradient_noise_off_by(gradients):
        return gradient_noise(gradients, 2) / gradient_noise(gradients, 8) - gradient_noise_guess()


@wrong("gradient_noise", hint="Do you measure the factor for the gradients in the argument?")
def written_down_once():

    def gradient_noise_guess():
        return 4

    def gradient_noise_off_by(gradients):
        return 10.0 / gradient_noise_guess()


@wrong("gradient_noise", hint="V falls: is V(2) / V(8) above 1 or below?")
def a_share_guessed():

    def gradient_noise_guess():
        return 0.25
