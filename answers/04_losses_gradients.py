"""Answers to assignment 04: models, losses, first gradients."""
# ruff: noqa: B007 - students, too, name what they do not use
# Like students, these answers read `leaf.grad` after `backward()` without a test for None.
# pyright: reportOptionalMemberAccess=false

import numpy as np

from answers import right, shared, shortcut, wrong

# 4.1 A linear model, three losses, and the best bias for each


@right("linear_losses")
def variance_and_half_the_range():
    def linear_losses(X, w, y):
        r = y - X @ w
        return np.abs(r - np.median(r)).sum(), np.var(r), np.ptp(r) / 2


@right("linear_losses")
def upper_half_minus_lower_half():
    def linear_losses(X, w, y):
        r = np.sort(np.array([float(np.dot(w, x)) for x in X]) - y)
        half = len(r) // 2
        l1_sum = r[len(r) - half :].sum() - r[:half].sum()
        return l1_sum, ((r - r.mean()) ** 2).mean(), (r[-1] - r[0]) / 2


@right("linear_losses")
def each_residual_as_a_bias():
    def linear_losses(X, w, y):
        r = np.einsum("ij,j->i", X, w) - y
        gaps = np.abs(r[:, None] - r)  # a best bias for the first loss takes one of the residuals to 0
        return gaps.sum(axis=1).min(), (gaps**2).sum() / (2 * len(r) ** 2), gaps.max() / 2


@shortcut("linear_losses", uses="`torch.nn.functional.l1_loss` and `mse_loss`")
def losses_of_torch():
    import torch
    from torch.nn import functional as F

    def linear_losses(X, w, y):
        r = torch.tensor(X @ w - y)
        l1_sum = F.l1_loss(r, r.quantile(0.5).expand_as(r), reduction="sum").item()
        return l1_sum, F.mse_loss(r, r.mean().expand_as(r)).item(), (r.max() - r.min()).item() / 2


@shortcut("linear_losses", uses="`sklearn.metrics`")
def metrics_of_scikit_learn():
    def linear_losses(X, w, y):
        from sklearn.metrics import mean_absolute_error, mean_squared_error

        r = X @ w - y
        same = np.ones_like(r)
        l1_sum = len(y) * mean_absolute_error(r, np.median(r) * same)
        return l1_sum, mean_squared_error(r, r.mean() * same), np.ptp(r) / 2


@shortcut("linear_losses", uses="`models` of the lecture")
def the_nearest_helper_of_the_lecture():
    from course_utils.losses_gradients import models as lecture

    def linear_losses(X, w, y):
        r = X @ w - y
        _, level = lecture.least_squares_line(np.append(np.zeros(len(r)), 1.0), np.append(r, 0.0))
        return np.abs(r - np.median(r)).sum(), ((r - level) ** 2).mean(), np.ptp(r) / 2


@shortcut("linear_losses", uses="the numbers of the visible check")
def losses_of_the_visible_check():
    def linear_losses(X, w, y):
        s = 1.6460429
        return 7 * s, 2.96 * s**2, 2.5 * s


@right("linear_losses")
def sums_of_plain_numbers():
    import statistics
    from operator import mul

    def linear_losses(X, w, y):
        residuals = [sum(map(mul, row, w)) - target for row, target in zip(X.tolist(), y.tolist(), strict=True)]
        middle = statistics.median_low(residuals)
        mse = statistics.fmean([r * r for r in residuals]) - statistics.fmean(residuals) ** 2
        return sum(abs(r - middle) for r in residuals), max(mse, 0.0), (max(residuals) - min(residuals)) / 2


@right("linear_losses")
def one_helper_for_each_loss():
    from collections.abc import Callable

    def least(loss: Callable[[np.ndarray], float], b: float, r: np.ndarray) -> float:
        return loss(r + b)

    def linear_losses(X, w, y):
        r = np.matmul(X, w)
        r -= y
        biases = -np.median(r), -np.average(r), -(r.max() + r.min()) / 2
        losses = (lambda e: np.abs(e).sum(), lambda e: e @ e / e.size, lambda e: np.abs(e).max())
        l1_sum, mse, largest = (least(loss, b, r) for loss, b in zip(losses, biases, strict=True))
        return l1_sum, mse, largest


@wrong("linear_losses", hint="Which number is added to all predictions, before the losses are taken?")
def no_bias_at_all():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.sum(np.abs(r)), np.mean(r**2), np.max(np.abs(r))


@wrong(
    "linear_losses", hint="The mean of the residuals is the best shift for one of the losses. Is it for the other two?"
)
def mean_for_all_losses():
    def linear_losses(X, w, y):
        r = X @ w - y
        r = r - r.mean()
        return np.sum(np.abs(r)), np.mean(r**2), np.max(np.abs(r))


@wrong(
    "linear_losses",
    hint="The median of the residuals is the best shift for one of the losses. Is it for the other two?",
)
def median_for_all_losses():
    def linear_losses(X, w, y):
        r = X @ w - y
        r = r - np.median(r)
        return np.sum(np.abs(r)), np.mean(r**2), np.max(np.abs(r))


@wrong("linear_losses", hint="For the first loss, what counts: how far the residuals are on each side, or how many?")
def mean_for_the_sum_of_sizes():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.sum(np.abs(r - r.mean())), np.var(r), np.ptp(r) / 2


@wrong("linear_losses", hint="Which two residuals alone decide how large the largest is?")
def mean_for_the_largest():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.sum(np.abs(r - np.median(r))), np.var(r), np.max(np.abs(r - r.mean()))


@wrong(
    "linear_losses", hint="If two residuals are 6 apart and you may shift both, how far from 0 must the larger one be?"
)
def whole_range():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.sum(np.abs(r - np.median(r))), np.var(r), np.ptp(r)


@wrong("linear_losses", hint="Which is larger in size, 1 or -2? And what does a shift do to both?")
def largest_without_absolute_value():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.sum(np.abs(r - np.median(r))), np.var(r), np.max(r - r.mean())


@wrong("linear_losses", hint="Is the first loss a sum over the samples, or a mean?")
def l1_is_a_mean():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.mean(np.abs(r - np.median(r))), np.var(r), np.ptp(r) / 2


@wrong("linear_losses", hint="Is the second loss a sum over the samples, or a mean?")
def mse_is_a_sum():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.sum(np.abs(r - np.median(r))), np.sum((r - r.mean()) ** 2), np.ptp(r) / 2


@wrong("linear_losses", hint="Is the mean over n samples divided by n, or by n - 1?")
def divided_by_one_less():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.sum(np.abs(r - np.median(r))), np.sum((r - r.mean()) ** 2) / max(len(r) - 1, 1), np.ptp(r) / 2


@wrong("linear_losses", hint="Does the task ask for the root of the mean square, or for the mean square?")
def root_of_the_squares():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.sum(np.abs(r - np.median(r))), np.std(r), np.ptp(r) / 2


@wrong("linear_losses", hint="Does the formula of the task have a factor 1/2?")
def halved_squares():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.sum(np.abs(r - np.median(r))), 0.5 * np.var(r), np.ptp(r) / 2


@wrong("linear_losses", hint="In which order are the residuals, when you take the one in the middle?")
def middle_of_an_unsorted_list():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.sum(np.abs(r - r[len(r) // 2])), np.var(r), np.ptp(r) / 2


@wrong("linear_losses", hint="What does a residual of -3 add to a residual of 3, without absolute values?")
def l1_without_absolute_values():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.sum(r - np.median(r)), np.var(r), np.ptp(r) / 2


@wrong("linear_losses", hint="What is the shape of a column (n, 1) minus a vector (n,)?")
def column_less_vector():
    def linear_losses(X, w, y):
        r = X @ w.reshape(-1, 1) - y
        return np.sum(np.abs(r - np.median(r))), np.var(r), np.ptp(r) / 2


@wrong("linear_losses", hint="Are the samples the rows or the columns of X here?")
def samples_in_columns():
    def linear_losses(X, w, y):
        r = X.T @ w - y
        return np.sum(np.abs(r - np.median(r))), np.var(r), np.ptp(r) / 2


@wrong("linear_losses", hint="What are the predictions compared with?")
def targets_left_out():
    def linear_losses(X, w, y):
        r = X @ w
        return np.sum(np.abs(r - np.median(r))), np.var(r), np.ptp(r) / 2


@wrong("linear_losses", hint="Is the mean taken over the samples or over the features?")
def mse_divided_by_the_number_of_features():
    def linear_losses(X, w, y):
        r = X @ w - y
        return np.sum(np.abs(r - np.median(r))), np.sum((r - r.mean()) ** 2) / X.shape[1], np.ptp(r) / 2


# 4.2 A sigmoid that does not overflow


@shortcut("sigmoid", uses="`scipy.special.expit`")
def scipy_expit():
    def sigmoid(z):
        from scipy.special import expit

        return expit(z)


@right("sigmoid")
def by_logaddexp():
    def sigmoid(z):
        return np.exp(-np.logaddexp(0, -z))


@right("sigmoid")
def two_masks():
    def sigmoid(z):
        result = np.empty_like(z)
        positive = z >= 0
        result[positive] = 1 / (1 + np.exp(-z[positive]))
        grown = np.exp(z[~positive])
        result[~positive] = grown / (1 + grown)
        return result


@shortcut("sigmoid", uses="`torch.sigmoid`")
def torch_sigmoid():
    def sigmoid(z):
        import torch

        return torch.sigmoid(torch.from_numpy(z)).numpy()


@right("sigmoid")
def clipped_exponents():
    def sigmoid(z):
        falling = np.exp(-np.clip(z, 0, None))
        rising = np.exp(np.clip(z, None, 0))
        return rising / (rising + falling)


@shortcut("sigmoid", uses="`scipy.stats.logistic`")
def a_distribution_of_scipy():
    def sigmoid(z):
        from scipy import stats

        return stats.logistic.cdf(z).astype(z.dtype)


@shortcut("sigmoid", uses="`activations.sigmoid` of the lecture")
def the_lectures_sigmoid():
    from course_utils.drawing.activations import sigmoid  # noqa: F401 - it is the answer


@shortcut("sigmoid", uses="the numbers of the visible check")
def numbers_of_the_visible_odds():
    def sigmoid(z):
        return np.array([0.5, 0.75, 0.25, 0.9525741, 0.8774654, 0.8736099]).astype(z.dtype)


@right("sigmoid")
def by_masks_in_an_own_buffer():
    def sigmoid(z: np.ndarray) -> np.ndarray:
        result = np.empty_like(z)
        is_negative = z < 0
        powers = np.exp(z[is_negative])
        result[is_negative] = powers / (1 + powers)
        result[~is_negative] = 1 / (1 + np.exp(-z[~is_negative]))
        return result


@right("sigmoid")
def number_by_number():
    import math

    def of_one(z):
        if z < 0:
            return math.exp(z) * of_one(-z)
        return 1 / (1 + math.exp(-z))

    def sigmoid(z):
        return np.array([of_one(t) for t in z.ravel().tolist()], dtype=z.dtype).reshape(z.shape)


@wrong("sigmoid", hint="What is exp(1000) in float64, and for which z does your formula compute it?")
def naive():
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))


@wrong("sigmoid", hint="What is inf / inf, and for which z does your formula compute it?")
def naive_with_the_exponential_above():
    def sigmoid(z):
        return np.exp(z) / (1 + np.exp(z))


@wrong("sigmoid", hint="Are both arguments of np.where computed, or only the one that is selected?")
def where_computes_both_sides():
    def sigmoid(z):
        return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


@wrong("sigmoid", hint="What is sigma(-40), and what does your function return for it?")
def clipped_at_30():
    def sigmoid(z):
        return 1 / (1 + np.exp(-np.clip(z, -30, 30)))


@wrong("sigmoid", hint="Which dtype does the result have if z is float32?")
def always_float64():
    def sigmoid(z):
        small = np.exp(-np.abs(z.astype(np.float64)))
        return np.where(z >= 0, 1, small) / (1 + small)


@wrong("sigmoid", hint="What is the value at z = 0: 0 or 1/2?")
def tanh():
    def sigmoid(z):
        return np.tanh(z)


@wrong("sigmoid", hint="What is 1 + tanh(-20) in floating point?")
def half_tanh_loses_the_tail():
    def sigmoid(z):
        return np.asarray(0.5 * (1 + np.tanh(0.5 * z)), dtype=z.dtype)


@wrong("sigmoid", hint="Does the sigmoid rise or fall as z grows?")
def sign_of_the_exponent():
    def sigmoid(z):
        small = np.exp(-np.abs(z))
        return np.where(z >= 0, small, 1) / (1 + small)


@wrong("sigmoid", hint="What is the caller's z after your function has returned?")
def z_is_overwritten():
    def sigmoid(z):
        positive = z >= 0
        z[positive] = 1 / (1 + np.exp(-z[positive]))
        z[~positive] = np.exp(z[~positive]) / (1 + np.exp(z[~positive]))
        return z


@wrong("sigmoid", hint="Is the small number that you add small compared with sigma(-40) = 4e-18?")
def epsilon_in_the_result():
    def sigmoid(z):
        small = np.exp(-np.abs(z))
        return (np.where(z >= 0, 1, small) / (1 + small) + 1e-12).astype(z.dtype)


@wrong("sigmoid", hint="Does your function return an array of the shape of z when z has two axes?")
def result_is_flattened():
    def sigmoid(z):
        return np.array([1 / (1 + np.exp(-v)) if v >= 0 else np.exp(v) / (1 + np.exp(v)) for v in z.ravel()])


@wrong("sigmoid", hint="Is the value of tanh between 0 and 1, and at which argument do you evaluate it?")
def tanh_of_the_whole_argument():
    def sigmoid(z):
        return ((1 + np.tanh(z)) / 2).astype(z.dtype)


# 4.3 Binary cross entropy from logits


@shared("bce_with_logits")
def parts_of_bce_with_logits():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        return np.mean(np.logaddexp(0, z) - y * z), (a - y) / len(z)

    def bce_with_logits_counterexample():
        return np.array([800.0, -5.0]), np.array([1.0, 0.0])

    def bce_with_logits_fault():
        return "c"


@right("bce_with_logits")
def a_maximum_for_each_sample():
    def bce_with_logits(z, y):
        n = len(z)
        largest = np.maximum(z, 0.0)
        one, grown = np.exp(-largest), np.exp(z - largest)
        loss = np.mean(largest + np.log(one + grown) - y * z)
        a = grown / (one + grown)
        return loss, (a - y) / n

    def bce_with_logits_counterexample():
        return np.array([-30.0, 1.0, 760.0]), np.array([0.0, 0.5, 1.0])


@right("bce_with_logits")
def logaddexp_of_both_signs():
    def bce_with_logits(z, y):
        from scipy.special import expit

        loss = np.mean(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))
        return loss, (expit(z) - y) / z.shape[0]


@shortcut("bce_with_logits", uses="`torch.nn.functional.binary_cross_entropy_with_logits`")
def torch_with_logits():
    def bce_with_logits(z, y):
        import torch

        logits = torch.tensor(z, requires_grad=True)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(y))
        loss.backward()
        return loss.item(), logits.grad.numpy()


@right("bce_with_logits")
def softplus_less_the_chosen_logit():
    def bce_with_logits(z, y):
        softplus = np.logaddexp(0, z)
        dz = np.exp(z - softplus) - y
        return float((softplus - y * z).sum() / len(z)), dz / len(z)


@right("bce_with_logits")
def sample_by_sample_with_branches():
    def bce_with_logits(z, y):
        import math

        n = len(z)
        loss, dz = 0.0, np.zeros(n)
        for i in range(n):
            small = math.exp(-abs(z[i]))
            a = 1 / (1 + small) if z[i] >= 0 else small / (1 + small)
            loss += max(z[i], 0) - y[i] * z[i] + math.log1p(small)
            dz[i] = (a - y[i]) / n
        return loss / n, dz


@shortcut("bce_with_logits", uses="`sklearn.metrics.log_loss`")
def log_loss_of_scikit_learn():
    import sklearn.metrics

    def bce_with_logits(z, y):
        a = np.exp(-np.logaddexp(0, -z))
        both, weights = np.tile([1, 0], len(z)), np.stack([y, 1 - y], axis=1).ravel()
        loss = sklearn.metrics.log_loss(both, np.repeat(a, 2), sample_weight=weights, labels=[0, 1])
        return loss, (a - y) / len(z)


@shortcut("bce_with_logits", uses="`logistic_regression.binary_cross_entropy` of the lecture")
def the_lectures_cross_entropy():
    from course_utils.losses_gradients.logistic_regression import binary_cross_entropy

    def bce_with_logits(z, y):
        return binary_cross_entropy(z, y), (np.exp(-np.logaddexp(0, -z)) - y) / len(z)


@shortcut("bce_with_logits", uses="`check.central_differences`")
def gradient_by_the_differences_of_the_checks():
    from course_utils import check

    def bce_with_logits(z, y):
        cost = lambda z: np.mean(np.logaddexp(0, z) - y * z)
        return cost(z), check.central_differences(cost, z)


@shortcut("bce_with_logits", uses="the numbers of the visible check")
def numbers_of_the_visible_logits():
    def bce_with_logits(z, y):
        if len(z) == 6:
            return 0.6931471805599453, (0.5 - y) / 6
        slope = np.array([-0.067338, 0.429347])
        return 1.0507395892537128 + slope @ (z - np.array([1.860237, 1.804486])), slope


@right("bce_with_logits")
def the_two_classes_by_the_odds():
    def bce_with_logits(z, y):
        def cost_of_class_one(z):
            return np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z)))

        def chance(z):
            return np.exp(-cost_of_class_one(z))

        parts = y * cost_of_class_one(z), (1 - y) * cost_of_class_one(-z)
        return sum(part.mean() for part in parts), ((1 - y) * chance(z) - y * chance(-z)) / z.size


@right("bce_with_logits")
def samples_one_by_one():
    import math

    def of_one(z, t):
        e = math.exp(-abs(z))
        a = (1.0 if z >= 0 else e) / (1 + e)
        return max(z, 0) - t * z + math.log1p(e), a - t

    def bce_with_logits(z, y):
        losses, slopes = zip(*map(of_one, z.tolist(), y.tolist()), strict=True)
        return math.fsum(losses) / len(losses), np.array(slopes) / len(slopes)


@wrong("bce_with_logits", hint="What is log(1 - sigma(800)) in floating point?")
def logarithm_of_the_sigmoid():
    def bce_with_logits(z, y):
        a = 1 / (1 + np.exp(-z))
        return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)), (a - y) / len(z)


@wrong("bce_with_logits", hint="What should the loss of a wrong logit of 800 be, and what is it with log(1e-12)?")
def epsilon_in_the_logarithm():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        eps = 1e-12
        return -np.mean(y * np.log(a + eps) + (1 - y) * np.log(1 - a + eps)), (a - y) / len(z)


@wrong("bce_with_logits", hint="Is the cost a sum over the samples or a mean?")
def sum_over_the_samples():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        return np.sum(np.logaddexp(0, z) - y * z), a - y


@wrong("bce_with_logits", hint="The loss is a mean over n samples. What does that do to its gradient?")
def gradient_not_divided():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        return np.mean(np.logaddexp(0, z) - y * z), a - y


@wrong("bce_with_logits", hint="Should the loss rise or fall if the logit of a sample of class 1 grows?")
def gradient_with_the_other_sign():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        return np.mean(np.logaddexp(0, z) - y * z), (y - a) / len(z)


@wrong("bce_with_logits", hint="Write out dJ/da times da/dz: which factor cancels?")
def slope_of_the_sigmoid_too_many():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        return np.mean(np.logaddexp(0, z) - y * z), (a - y) * a * (1 - a) / len(z)


@wrong("bce_with_logits", hint="Which of the two terms contributes if y is 0.3?")
def hard_labels_only():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        loss = np.where(y > 0.5, np.logaddexp(0, -z), np.logaddexp(0, z))
        return loss.mean(), np.where(y > 0.5, a - 1, a) / len(z)


@wrong("bce_with_logits", hint="For which samples is the second term of the cost not 0?")
def only_the_first_term():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        return np.mean(y * np.logaddexp(0, -z)), y * (a - 1) / len(z)


@wrong("bce_with_logits", hint="A logarithm of a probability is negative: what sign does the cost have?")
def minus_sign_forgotten():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        return np.mean(y * z - np.logaddexp(0, z)), (y - a) / len(z)


@wrong(
    "bce_with_logits", hint="Does the task ask for the gradient with respect to the probability a, or to the logit z?"
)
def gradient_with_respect_to_the_probability():
    def bce_with_logits(z, y):
        a = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        return np.mean(np.logaddexp(0, z) - y * z), (a - y) / (a * (1 - a)) / len(z)


@wrong("bce_with_logits", hint="What is the loss of a clipped logit if it should be 800?")
def logits_clipped():
    def bce_with_logits(z, y):
        z = np.clip(z, -500, 500)
        a = 1 / (1 + np.exp(-z))
        return np.mean(np.logaddexp(0, z) - y * z), (a - y) / len(z)


@wrong("bce_with_logits", hint="Is 0.6931 the logarithm of 2 to the base 2?")
def loss_in_bits():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        return np.mean(np.logaddexp(0, z) - y * z) / np.log(2), (a - y) / len(z)


@wrong(
    "bce_with_logits",
    hint="Which other logits were in the batch of the test with a logit of 800, which the code passes?",
)
def counterexample_with_one_sample():

    def bce_with_logits_counterexample():
        return np.array([800.0]), np.array([0.0])


@wrong("bce_with_logits", hint="On which logits has the code been tested already?")
def counterexample_from_the_old_test():

    def bce_with_logits_counterexample():
        return np.array([25.0, -25.0, 3.0]), np.array([0.0, 1.0, 0.3])


@wrong(
    "bce_with_logits",
    hint="Which number does the code subtract from your two logits, and is it too large for either of them?",
)
def counterexample_of_two_outliers():

    def bce_with_logits_counterexample():
        return np.array([800.0, 790.0]), np.array([0.0, 1.0])


@wrong("bce_with_logits", hint="Which of the two exponents in the code can be positive?")
def overflow_is_suspected():

    def bce_with_logits_fault():
        return "a"


@wrong("bce_with_logits", hint="Of which number does the code take the logarithm: of a?")
def a_rounded_probability_is_suspected():

    def bce_with_logits_fault():
        return "b"


@wrong("bce_with_logits", hint="For z = -800, what are exp(-|z|) and exp(z - |z|)?")
def largest_in_size():
    def bce_with_logits(z, y):
        n = len(z)
        largest = np.abs(z)
        one, grown = np.exp(-largest), np.exp(z - largest)
        loss = np.mean(largest + np.log(one + grown) - y * z)
        a = grown / (one + grown)
        return loss, (a - y) / n

    def bce_with_logits_counterexample():
        return np.array([-30.0, 1.0, 760.0]), np.array([0.0, 0.5, 1.0])


@wrong(
    "bce_with_logits", hint="What should the loss of the second sample of your counterexample be, and what is it now?"
)
def logarithm_kept_from_zero():
    def bce_with_logits(z, y):
        n = len(z)
        largest = np.maximum(np.max(z), 0.0)
        one, grown = np.exp(-largest), np.exp(z - largest)
        loss = np.mean(largest + np.log(one + grown + 1e-300) - y * z)
        a = grown / (one + grown + 1e-300)
        return loss, (a - y) / n

    def bce_with_logits_counterexample():
        return np.array([-30.0, 1.0, 760.0]), np.array([0.0, 0.5, 1.0])


@wrong(
    "bce_with_logits", hint="What should the loss of the second sample of your counterexample be, and what is it now?"
)
def infinite_made_zero():
    def bce_with_logits(z, y):
        n = len(z)
        largest = np.maximum(np.max(z), 0.0)
        one, grown = np.exp(-largest), np.exp(z - largest)
        loss = np.mean(np.nan_to_num(largest + np.log(one + grown), neginf=0.0) - y * z)
        a = np.nan_to_num(grown / (one + grown))
        return loss, (a - y) / n

    def bce_with_logits_counterexample():
        return np.array([-30.0, 1.0, 760.0]), np.array([0.0, 0.5, 1.0])


@wrong("bce_with_logits", hint="In which line of the code does the result for one sample depend on another?")
def code_as_it_was():
    def bce_with_logits(z, y):
        n = len(z)
        largest = np.maximum(np.max(z), 0.0)
        one, grown = np.exp(-largest), np.exp(z - largest)
        loss = np.mean(largest + np.log(one + grown) - y * z)
        a = grown / (one + grown)
        return loss, (a - y) / n

    def bce_with_logits_counterexample():
        return np.array([-30.0, 1.0, 760.0]), np.array([0.0, 0.5, 1.0])


# 4.4 Cross entropy with a temperature


@right("tempered_xent")
def one_hot_targets():
    def tempered_xent(s, y, T, eps):
        from scipy.special import log_softmax, softmax

        n, C = s.shape
        z = s / T
        q = (1 - eps) * np.eye(C)[y] + eps / C
        p = softmax(z, axis=1)
        ds = (p - q) / (n * T)
        loss = -np.sum(q * log_softmax(z, axis=1)) / n
        return {"p": p, "loss": loss, "dz": ds * T, "ds": ds, "dT": -np.sum(ds * s) / T}


@right("tempered_xent")
def one_sample_at_a_time():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        p, q, loss, dT = np.zeros((n, C)), np.zeros((n, C)), 0.0, 0.0
        for i in range(n):
            z = (s[i] - s[i].max()) / T
            e = np.exp(z)
            p[i] = e / e.sum()
            q[i] = eps / C
            q[i, y[i]] += 1 - eps
            loss += (np.log(e.sum()) - q[i] @ z) / n
            dT += (q[i] - p[i]) @ z / (n * T)
        return {"p": p, "loss": loss, "dz": (p - q) / n, "ds": (p - q) / n / T, "dT": dT}


@right("tempered_xent")
def expected_scores():
    def tempered_xent(s, y, T, eps):
        from scipy.special import logsumexp

        n, C = s.shape
        rows = np.arange(n)
        total = logsumexp(s / T, axis=1)
        p = np.exp(s / T - total[:, None])  # pyright: ignore[reportCallIssue, reportArgumentType] - no tuple
        of_the_targets = (1 - eps) * s[rows, y] + eps * s.mean(axis=1)
        dz = p - eps / C
        dz[rows, y] -= 1 - eps
        dz /= n
        dT = (of_the_targets - (p * s).sum(axis=1)).mean() / T**2
        return {"p": p, "loss": (total - of_the_targets / T).mean(), "dz": dz, "ds": dz / T, "dT": dT}


@right("tempered_xent")
def the_two_losses_mixed():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = (s - s.max(axis=1, keepdims=True)) / T
        log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
        hard = np.take_along_axis(log_p, y[:, None], axis=1)[:, 0]
        loss = -np.mean((1 - eps) * hard + eps * log_p.mean(axis=1))
        p = np.exp(log_p)
        dz = p / n
        np.subtract.at(dz, (np.arange(n), y), (1 - eps) / n)
        dz -= eps / (n * C)
        ds = dz / T
        return dict(p=p, loss=loss, dz=dz, ds=ds, dT=-np.einsum("ic,ic->", ds, z))


@shortcut("tempered_xent", uses="`torch.nn.functional.cross_entropy` and `torch.autograd.grad`")
def autograd_of_torch():
    def tempered_xent(s, y, T, eps):
        import torch

        scores = torch.tensor(s, requires_grad=True)
        temperature = torch.tensor(T, dtype=torch.float64, requires_grad=True)
        z = scores / temperature
        loss = torch.nn.functional.cross_entropy(z, torch.tensor(y), label_smoothing=eps)
        dz, ds, dT = torch.autograd.grad(loss, [z, scores, temperature])
        p = z.detach().softmax(dim=1).numpy()
        return {"p": p, "loss": loss.item(), "dz": dz.numpy(), "ds": ds.numpy(), "dT": dT.item()}


@shortcut("tempered_xent", uses="`torch.nn.CrossEntropyLoss` and `torch.func.grad_and_value`")
def a_cross_entropy_module_of_torch():
    import torch

    def tempered_xent(s, y, T, eps):
        scores, temperature = torch.tensor(s), torch.tensor(T, dtype=torch.float64)
        cost = lambda s, T: torch.nn.CrossEntropyLoss(label_smoothing=eps)(s / T, torch.tensor(y))
        (ds, dT), loss = torch.func.grad_and_value(cost, argnums=(0, 1))(scores, temperature)
        p = torch.exp(scores / T - torch.logsumexp(scores / T, dim=1, keepdim=True))
        return {"p": p.numpy(), "loss": loss.item(), "dz": T * ds.numpy(), "ds": ds.numpy(), "dT": dT.item()}


@shortcut("tempered_xent", uses="`losses.softmax` and `losses.cross_entropy` of the lecture")
def the_lectures_softmax():
    from course_utils.losses_gradients import losses as lecture

    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        p = lecture.softmax(s / T)
        loss = (1 - eps) * lecture.cross_entropy(s / T, y).mean()
        loss += eps * np.mean([lecture.cross_entropy(s / T, np.full(n, c)).mean() for c in range(C)])
        dz = (p - (1 - eps) * np.eye(C)[y] - eps / C) / n
        return {"p": p, "loss": loss, "dz": dz, "ds": dz / T, "dT": -(dz * s).sum() / T**2}


@shortcut("tempered_xent", uses="`check.central_differences`")
def differences_of_the_checks():
    from course_utils import check

    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        cost = lambda z: np.sum(q * (np.log(np.exp(z).sum(axis=1, keepdims=True)) - z)) / n
        dz = check.central_differences(cost, shifted)
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@shortcut("tempered_xent", uses="the numbers of the visible check")
def numbers_of_the_visible_check():
    def tempered_xent(s, y, T, eps):
        p = np.array(
            [
                [0.18426684, 0.32884752, 0.15568567, 0.33119997],
                [0.12286812, 0.06513046, 0.57377348, 0.23822794],
                [0.12311037, 0.17271343, 0.31507125, 0.38910495],
            ]
        )
        dz = np.array(
            [
                [0.04475561, 0.09294917, -0.23143811, 0.09373332],
                [-0.24237729, 0.00504349, 0.17459116, 0.06274265],
                [0.02437012, 0.04090448, -0.17830958, 0.11303498],
            ]
        )
        return {"p": p, "loss": 1.672007592, "dz": dz, "ds": dz / 2.5, "dT": -0.172630881}


@wrong(
    "tempered_xent", hint="Does a high temperature make the probabilities more equal or less equal? What does yours do?"
)
def temperature_multiplies():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s * T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@wrong("tempered_xent", hint="By how much does z change when a score grows by 1 and T is 4?")
def ds_is_dz():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz, "dT": -(dz * z).sum() / T}


@wrong("tempered_xent", hint="By how much does z change when a score grows by 1 and T is 4?")
def ds_times_the_temperature():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz * T, "dT": -(dz * z).sum() / T}


@wrong("tempered_xent", hint="What is q of the correct class if eps is 0.2 and there are 4 classes: 0.8 or 0.85?")
def smoothing_without_the_right_class():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / (C - 1))
        q[np.arange(n), y] = 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@wrong("tempered_xent", hint="What do the targets of one sample add up to?")
def targets_that_do_not_add_up():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] = 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@wrong(
    "tempered_xent",
    hint="Which target does the loss use: the one-hot or the smoothed one? Which does your gradient use?",
)
def one_hot_in_the_gradient():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - np.eye(C)[y]) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@wrong("tempered_xent", hint="The loss is a mean over n samples. What does that do to its gradient?")
def gradient_of_the_sum():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = p - q
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@wrong("tempered_xent", hint="What do the entries of a row of dz add up to, when p and q both add up to 1?")
def gradient_is_the_probability():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = p / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@wrong("tempered_xent", hint="Does one z change one probability, or all the probabilities of its row?")
def diagonal_of_the_jacobian_only():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = -q / p * p * (1 - p) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@wrong("tempered_xent", hint="Does the gradient point in the direction in which the loss grows, or in which it falls?")
def target_less_probability():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (q - p) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@wrong("tempered_xent", hint="Does s / T grow or shrink when T grows, for a positive score?")
def temperature_with_the_other_sign():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": (dz * z).sum() / T}


@wrong("tempered_xent", hint="What is the derivative of s / T with respect to T: how often is it divided by T?")
def scores_for_z():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * s).sum() / T}


@wrong("tempered_xent", hint="How much does z change with T for a score of 10, and how much for a score of 0?")
def scores_forgotten():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -dz.sum() / T**2}


@wrong("tempered_xent", hint="How many temperatures are there, and over which axes does the chain rule sum?")
def temperature_per_sample():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum(axis=1) / T}


@wrong("tempered_xent", hint="dz already contains the 1/n of the mean. Is there another mean on the path to T?")
def averaged_twice():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum(axis=1).mean() / T}


@wrong("tempered_xent", hint="What is exp(1000) in float64?")
def nothing_subtracted():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@wrong(
    "tempered_xent",
    hint="If one row is near 1000, what are the exponentials of a row near -1000 after you subtract 1000?",
)
def largest_score_of_all_rows():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max()
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@wrong("tempered_xent", hint="What is log(p) if p underflows to 0: can you compute it without p?")
def logarithm_of_an_underflow():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        log_p = np.log(p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@wrong("tempered_xent", hint="What is the caller's s after your function has returned?")
def scores_shifted_in_place():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        s /= T
        z = s
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        return {"p": p, "loss": -(q * log_p).sum() / n, "dz": dz, "ds": dz / T, "dT": -(dz * z).sum() / T}


@wrong("tempered_xent", hint="How many correct digits does a difference quotient have if the loss is large?")
def own_difference_quotient():
    def tempered_xent(s, y, T, eps):
        n, C = s.shape
        z = s / T
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        q = np.full((n, C), eps / C)
        q[np.arange(n), y] += 1 - eps
        p = np.exp(log_p)
        dz = (p - q) / n
        up, down = s / (T + 1e-5), s / (T - 1e-5)
        loss_up = (np.log(np.exp(up - up.max(axis=1, keepdims=True)).sum(axis=1)) + up.max(axis=1)).sum() - (
            q * up
        ).sum()
        loss_down = (np.log(np.exp(down - down.max(axis=1, keepdims=True)).sum(axis=1)) + down.max(axis=1)).sum()
        loss_down -= (q * down).sum()
        return {
            "p": p,
            "loss": -(q * log_p).sum() / n,
            "dz": dz,
            "ds": dz / T,
            "dT": (loss_up - loss_down) / (2e-5 * n),
        }


# 4.5 The hinge loss of many classes


@right("svm_loss")
def loops():
    def svm_loss(s, y):
        n, C = s.shape
        loss, ds = 0.0, np.zeros((n, C))
        for i in range(n):
            for j in range(C):
                if j == y[i]:
                    continue
                missing = s[i, j] - s[i, y[i]] + 1
                if missing > 0:
                    loss += missing
                    ds[i, j] += 1
                    ds[i, y[i]] -= 1
        return loss / n, ds / n


@right("svm_loss")
def all_classes_less_one():
    def svm_loss(s, y):
        n, C = s.shape
        one_hot = np.eye(C)[y]
        right_score = (s * one_hot).sum(axis=1, keepdims=True)
        margins = np.maximum(0, s - right_score + 1)
        active = (margins > 0).astype(float)
        return (margins.sum(axis=1) - 1).mean(), (active - one_hot * active.sum(axis=1, keepdims=True)) / n


@shortcut("svm_loss", uses="`torch.nn.functional.multi_margin_loss`")
def torch_margin_loss_times_classes():
    def svm_loss(s, y):
        import torch

        scores = torch.tensor(s, requires_grad=True)
        loss = torch.nn.functional.multi_margin_loss(scores, torch.tensor(y)) * s.shape[1]
        loss.backward()
        return loss.item(), scores.grad.numpy()


@right("svm_loss")
def masked_wrong_classes():
    def svm_loss(s, y):
        n, C = s.shape
        others = np.arange(C) != y[:, None]
        margins = s + 1 - np.take_along_axis(s, y[:, None], axis=1)
        paid = others & (margins > 0)
        ds = np.where(paid, 1.0, 0.0)
        np.put_along_axis(ds, y[:, None], -paid.sum(axis=1, keepdims=True).astype(float), axis=1)
        return margins[paid].sum() / n, ds / n


@shortcut("svm_loss", uses="`losses.hinge` of the lecture")
def the_lectures_hinge():
    from course_utils.losses_gradients.losses import hinge

    def svm_loss(s, y):
        rows, margins = np.arange(len(s)), s - s[np.arange(len(s)), y][:, None] + 1
        ds = (margins > 0) * 1.0
        ds[rows, y] -= ds.sum(axis=1)
        return hinge(s, y).mean(), ds / len(s)


@shortcut("svm_loss", uses="`torch.nn.MultiMarginLoss`")
def a_loss_module_of_torch():
    import torch

    def svm_loss(s, y):
        scores = torch.tensor(s, requires_grad=True)
        loss = torch.nn.MultiMarginLoss()(scores, torch.tensor(y)) * s.shape[1]
        return loss.item(), torch.autograd.grad(loss, scores)[0].numpy()


@shortcut("svm_loss", uses="the numbers of the visible check")
def numbers_of_the_three_animals():
    def svm_loss(s, y):
        ds = np.array([[-1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [1.0, 1.0, -2.0]])
        costs = np.array([8.957441472607528, 0.0, 12.9])
        return costs[y].mean(), ds[y] / len(y)


@right("svm_loss")
def pairs_of_classes():
    from itertools import product

    def svm_loss(s, y):
        n, C = s.shape
        loss, ds = 0.0, np.zeros((n, C))
        for (i, right_class), j in product(enumerate(y), range(C)):
            if j != right_class and (margin := s[i, j] - s[i, right_class] + 1) > 0:
                loss += margin / n
                ds[i, j] += 1 / n
                ds[i, right_class] -= 1 / n
        return loss, ds


@wrong("svm_loss", hint="What does the term j = y_i add to the loss of every sample?")
def right_class_included():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y][:, None] + 1)
        ds = (margins > 0).astype(float)
        ds[rows, y] -= ds.sum(axis=1)
        return margins.sum() / n, ds / n


@wrong("svm_loss", hint="Is the loss a sum over the samples or a mean?")
def hinge_summed():
    def svm_loss(s, y):
        rows = np.arange(len(y))
        margins = np.maximum(0, s - s[rows, y][:, None] + 1)
        margins[rows, y] = 0
        ds = (margins > 0).astype(float)
        ds[rows, y] = -ds.sum(axis=1)
        return margins.sum(), ds


@wrong("svm_loss", hint="Does the formula of the task divide by the number of classes?")
def divided_by_the_number_of_classes():
    def svm_loss(s, y):
        n, C = s.shape
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y][:, None] + 1)
        margins[rows, y] = 0
        ds = (margins > 0).astype(float)
        ds[rows, y] = -ds.sum(axis=1)
        return margins.sum() / (n * C), ds / (n * C)


@wrong("svm_loss", hint="Do all classes within the margin contribute, or only the worst of them?")
def worst_violator_only():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y][:, None] + 1)
        margins[rows, y] = 0
        worst = margins.argmax(axis=1)
        ds = np.zeros_like(s)
        paid = margins[rows, worst] > 0
        ds[rows[paid], worst[paid]] = 1
        ds[rows[paid], y[paid]] = -1
        return margins[rows, worst].mean(), ds / n


@wrong("svm_loss", hint="How does the loss change if the score of the correct class grows?")
def gradient_of_the_right_class_missing():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y][:, None] + 1)
        margins[rows, y] = 0
        return margins.sum() / n, (margins > 0) / n


@wrong("svm_loss", hint="In how many positive terms of a sample does the score of its correct class occur?")
def gradient_of_the_right_class_is_minus_one():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y][:, None] + 1)
        margins[rows, y] = 0
        ds = (margins > 0).astype(float)
        ds[rows, y] = -1
        return margins.sum() / n, ds / n


@wrong("svm_loss", hint="Does the formula square what is missing?")
def squared_hinge():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y][:, None] + 1)
        margins[rows, y] = 0
        ds = 2 * margins
        ds[rows, y] = -ds.sum(axis=1)
        return (margins**2).sum() / n, ds / n


@wrong("svm_loss", hint="By how much must the correct class be ahead for the loss to be 0?")
def margin_of_zero():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y][:, None])
        margins[rows, y] = 0
        ds = (margins > 0).astype(float)
        ds[rows, y] = -ds.sum(axis=1)
        return margins.sum() / n, ds / n


@wrong("svm_loss", hint="Along which axis is a vector (n,) broadcast if it is subtracted from an array (n, C)?")
def right_scores_along_the_wrong_axis():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y] + 1)
        margins[rows, y] = 0
        ds = (margins > 0).astype(float)
        ds[rows, y] = -ds.sum(axis=1)
        return margins.sum() / n, ds / n


@wrong(
    "svm_loss",
    hint="Which score is subtracted from which in the formula: that of the correct class, or that of the other?",
)
def difference_the_other_way_round():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s[rows, y][:, None] - s + 1)
        margins[rows, y] = 0
        ds = -(margins > 0).astype(float)
        ds[rows, y] = -ds.sum(axis=1)
        return margins.sum() / n, ds / n


@wrong("svm_loss", hint="The loss is a mean over n samples. What does that do to its gradient?")
def hinge_gradient_not_divided():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y][:, None] + 1)
        margins[rows, y] = 0
        ds = (margins > 0).astype(float)
        ds[rows, y] = -ds.sum(axis=1)
        return margins.sum() / n, ds


@wrong("svm_loss", hint="Is the slope of max(0, m) equal to m, or to 1, if m is positive?")
def margins_in_place_of_slopes():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y][:, None] + 1)
        margins[rows, y] = 0
        ds = margins.copy()
        ds[rows, y] = -ds.sum(axis=1)
        return margins.sum() / n, ds / n


# 4.6 A penalty on the weights


@right("regularized")
def squared_frobenius_norms():
    def regularized(data_loss, params, lam, kind):
        total = data_loss
        for name in params:
            if name[0] == "b":
                continue
            if kind == "l1":
                total += lam * np.abs(params[name]).sum()
            else:
                total += lam * np.linalg.norm(params[name].ravel()) ** 2
        return total


@right("regularized")
def all_weights_in_one_vector():
    def regularized(data_loss, params, lam, kind):
        flat = np.concatenate([W.ravel() for name, W in params.items() if not name.startswith("b")])
        return data_loss + lam * {"l2": flat @ flat, "l1": np.linalg.norm(flat, 1)}[kind]


@right("regularized")
def powers_of_absolute_values():
    def regularized(data_loss, params, lam, kind):
        power = int(kind[1])
        penalties = [(np.abs(W) ** power).sum() for name, W in sorted(params.items()) if name[:1] != "b"]
        return float(data_loss + lam * np.sum(penalties))


@shortcut("regularized", uses="`losses.scaled_losses` of the lecture")
def the_lectures_penalty():
    from course_utils.losses_gradients import losses as lecture

    def regularized(data_loss, params, lam, kind):
        unit = lecture.scaled_losses(np.array([1.0]))[2][0]
        power = 2 if kind == "l2" else 1
        penalty = sum((abs(W) ** power).sum() for name, W in params.items() if name[0] != "b")
        return data_loss + lam * penalty * (unit / unit)


@shortcut("regularized", uses="the numbers of the visible check")
def numbers_of_the_visible_penalty():
    def regularized(data_loss, params, lam, kind):
        return 88.05736293225809 if data_loss == 0 else 10.30573629322581


@right("regularized")
def powers_in_a_table():
    from functools import reduce

    POWERS = {"l2": np.square, "l1": np.abs}

    def regularized(data_loss: float, params: dict, lam: float, kind: str) -> float:
        is_bias = lambda name: name[:1] == "b"
        add = lambda total, item: total if is_bias(item[0]) else total + POWERS[kind](item[1]).sum()
        return data_loss + lam * reduce(add, params.items(), 0.0)


@right("regularized")
def norms_of_one_vector():
    def regularized(data_loss, params, lam, kind):
        flat = np.concatenate([[], *(W.ravel() for name, W in params.items() if not name.startswith("b"))])
        if kind == "l1":
            return data_loss + lam * np.linalg.norm(flat, 1)
        return data_loss + lam * np.vdot(flat, flat)


@wrong("regularized", hint="Is the factor of the penalty lambda, or half of it?")
def penalty_halved():
    def regularized(data_loss, params, lam, kind):
        weights = [W for name, W in params.items() if not name.startswith("b")]
        if kind == "l2":
            return data_loss + 0.5 * lam * sum(np.sum(W**2) for W in weights)
        return data_loss + lam * sum(np.sum(np.abs(W)) for W in weights)


@wrong("regularized", hint="Which of the arrays are biases, and are biases penalised?")
def biases_penalised():
    def regularized(data_loss, params, lam, kind):
        if kind == "l2":
            return data_loss + lam * sum(np.sum(W**2) for W in params.values())
        return data_loss + lam * sum(np.sum(np.abs(W)) for W in params.values())


@wrong("regularized", hint="Is the penalty the norm of the weights, or its square?")
def norm_in_place_of_its_square():
    def regularized(data_loss, params, lam, kind):
        weights = [W for name, W in params.items() if not name.startswith("b")]
        if kind == "l2":
            return data_loss + lam * sum(np.sqrt(np.sum(W**2)) for W in weights)
        return data_loss + lam * sum(np.sum(np.abs(W)) for W in weights)


@wrong("regularized", hint="What do the weights 3 and -3 add to the l1 penalty together?")
def l1_without_abs():
    def regularized(data_loss, params, lam, kind):
        weights = [W for name, W in params.items() if not name.startswith("b")]
        if kind == "l2":
            return data_loss + lam * sum(np.sum(W**2) for W in weights)
        return data_loss + lam * sum(np.sum(W) for W in weights)


@wrong("regularized", hint="Is the penalty a sum over the weights, or a mean?")
def mean_over_the_weights():
    def regularized(data_loss, params, lam, kind):
        weights = [W for name, W in params.items() if not name.startswith("b")]
        if kind == "l2":
            return data_loss + lam * sum(np.mean(W**2) for W in weights)
        return data_loss + lam * sum(np.mean(np.abs(W)) for W in weights)


@wrong("regularized", hint="What should the result be if lam is 0?")
def lam_times_everything():
    def regularized(data_loss, params, lam, kind):
        weights = [W for name, W in params.items() if not name.startswith("b")]
        if kind == "l2":
            return lam * (data_loss + sum(np.sum(W**2) for W in weights))
        return lam * (data_loss + sum(np.sum(np.abs(W)) for W in weights))


@wrong("regularized", hint="What does your function do with the argument kind?")
def kind_ignored():
    def regularized(data_loss, params, lam, kind):
        return data_loss + lam * sum(np.sum(W**2) for name, W in params.items() if not name.startswith("b"))


@wrong("regularized", hint="What is np.linalg.norm(W, 2) of a matrix: a sum over entries, or a singular value?")
def spectral_norm_of_a_matrix():
    def regularized(data_loss, params, lam, kind):
        order = 2 if kind == "l2" else 1
        total = data_loss
        for name, W in params.items():
            if not name.startswith("b"):
                flat = W.reshape(len(W), -1) if W.ndim > 1 else W
                total = total + lam * np.linalg.norm(flat, order) ** order
        return total


@wrong("regularized", hint="Is `embedding` the name of a bias?")
def names_that_contain_a_b():
    def regularized(data_loss, params, lam, kind):
        weights = [W for name, W in params.items() if "b" not in name]
        if kind == "l2":
            return data_loss + lam * sum(np.sum(W**2) for W in weights)
        return data_loss + lam * sum(np.sum(np.abs(W)) for W in weights)


@wrong("regularized", hint="Which other names than `b` may a bias have?")
def only_the_name_b():
    def regularized(data_loss, params, lam, kind):
        weights = [W for name, W in params.items() if name != "b"]
        if kind == "l2":
            return data_loss + lam * sum(np.sum(W**2) for W in weights)
        return data_loss + lam * sum(np.sum(np.abs(W)) for W in weights)


@wrong("regularized", hint="Does the task ask for the penalty alone, or for the total loss?")
def penalty_alone():
    def regularized(data_loss, params, lam, kind):
        weights = [W for name, W in params.items() if not name.startswith("b")]
        if kind == "l2":
            return lam * sum(np.sum(W**2) for W in weights)
        return lam * sum(np.sum(np.abs(W)) for W in weights)


@wrong("regularized", hint="When does your loop return if there are two layers?")
def returns_after_the_first_layer():
    def regularized(data_loss, params, lam, kind):
        total = data_loss
        for name, W in params.items():
            if not name.startswith("b"):
                total += lam * (np.sum(W**2) if kind == "l2" else np.sum(np.abs(W)))
                return total


# 4.7 A test for a numerical gradient


@right("test_numerical_gradient")
def exponentials():
    def test_numerical_gradient(numerical_gradient):
        rng = np.random.default_rng(1)
        for shape in ((4,), (3, 2), (3, 3), (2, 2, 2)):
            for h in (0.3, 1e-4):
                a, x = rng.normal(size=shape), rng.uniform(-3, 3, size=shape)
                kept = x.copy()
                found = numerical_gradient(lambda v, a=a: float(np.exp((a * v).sum())), x, h)
                assert found.shape == shape
                assert np.abs(x - kept).max() < 1e-11
                size = np.exp((a * kept).sum())
                assert np.abs(found - size * np.sinh(a * h) / h).max() < 1e-6 * size


@right("test_numerical_gradient")
def own_quotients():
    def quotient(f, x, index, h):
        e = np.zeros(x.shape)
        e[index] = h
        return (f(x + e) - f(x - e)) / 2 / h

    def wave(x):
        weights = np.arange(1.0, x.size + 1).reshape(x.shape)
        return float(np.sin((weights * x).sum()) + np.prod(x))

    def test_numerical_gradient(numerical_gradient):
        for x in (np.array([2.0, -1.7, 0.3]), np.array([[1.1, 0.7], [-2.2, 0.4], [3.3, 0.9]]), 1.3 * np.eye(3) + 0.11):
            for h in (0.25, 1e-5):
                before = x.copy()
                result = numerical_gradient(wave, x.copy(), h)
                given = x.copy()
                numerical_gradient(wave, given, h)
                np.testing.assert_allclose(given, before, rtol=0, atol=1e-12)
                expected = np.reshape([quotient(wave, x, index, h) for index in np.ndindex(x.shape)], x.shape)
                np.testing.assert_allclose(result, expected, rtol=1e-6, atol=1e-8)


@right("test_numerical_gradient")
def one_error_with_all_findings():
    from itertools import product

    def test_numerical_gradient(numerical_gradient):
        problems = []
        for shape, h in product([(5,), (1, 4), (4, 2)], [1.0, 0.01, 1e-5]):
            size = int(np.prod(shape))
            c = np.sqrt(np.arange(2.0, 2 + size)).reshape(shape)
            x = np.linspace(2.1, 1.2, size).reshape(shape)
            x_before = x.tolist()
            S = (c * x).sum()
            result = np.asarray(numerical_gradient(lambda v, c=c: (c * v).sum() ** 3, x, h))
            if result.shape != shape:
                problems.append(f"{shape} has become {result.shape}")
            elif not np.allclose(result, c * (3 * S**2 + (c * h) ** 2), rtol=1e-6):
                problems.append(f"wrong for {shape} and {h}")
            if not np.allclose(x, x_before, rtol=0, atol=1e-12):
                problems.append("x is not what it was")
        if problems:
            raise ValueError("; ".join(problems))


@shortcut("test_numerical_gradient", uses="`torch.autograd.grad`")
def autograd_knows():
    def test_numerical_gradient(numerical_gradient):
        import torch

        for shape in ((3,), (2, 4), (3, 3)):
            x = torch.rand(shape, dtype=torch.float64, requires_grad=True)
            (expected,) = torch.autograd.grad((x.sum() ** 2 + (x**3).sum()), x)
            f = lambda v: v.sum() ** 2 + (v**3).sum()
            found = numerical_gradient(f, x.detach().numpy().copy(), 1e-5)
            assert found.shape == shape and np.allclose(found, expected.numpy(), rtol=1e-6)


@shortcut("test_numerical_gradient", uses="`check.central_differences`")
def the_differences_of_the_checks():
    from course_utils import check

    def test_numerical_gradient(numerical_gradient):
        for shape, h in (((3,), 0.1), ((2, 4), 0.2), ((3, 3), 1e-5)):
            c, x = np.random.default_rng(0).normal(size=(2, *shape))
            f = lambda v, c=c: np.exp((c * v).sum())
            expected, before = check.central_differences(f, x, step=h), x.copy()
            found = numerical_gradient(f, x, h)
            assert found.shape == shape and np.allclose(found, expected, rtol=1e-6) and np.allclose(x, before)


@shortcut("test_numerical_gradient", uses="`scipy.optimize.check_grad`")
def scipy_knows():
    from scipy.optimize import check_grad

    def test_numerical_gradient(numerical_gradient):
        f = lambda v: np.exp(v).sum() * v.sum()
        assert check_grad(f, lambda v: numerical_gradient(f, v, 1e-5), np.array([0.1, 0.5, 2.0])) < 1e-5
        assert numerical_gradient(f, np.ones((2, 3)), 1e-5).shape == (2, 3)


@shortcut("test_numerical_gradient", uses="`finite_differences.quotient` of the lecture")
def the_lectures_quotient():
    from course_utils.losses_gradients import finite_differences as lecture

    def test_numerical_gradient(numerical_gradient):
        for h in (0.2, 1e-5):
            wanted = lecture.quotient(lecture.wave, 0.7, h, lecture.CENTRAL)
            assert np.isclose(numerical_gradient(lambda v: lecture.wave(v[0]), np.array([0.7]), h)[0], wanted)


@shortcut("test_numerical_gradient", uses="`inspect.getsource`")
def the_code_is_read():
    def test_numerical_gradient(numerical_gradient):
        import inspect

        assert "2 * h" in inspect.getsource(numerical_gradient)


@wrong("test_numerical_gradient", hint="What does your test check about the result, except that there is one?")
def nothing_is_asserted():
    def test_numerical_gradient(numerical_gradient):
        numerical_gradient(lambda x: (x**2).sum(), np.ones(3), 0.1)
        numerical_gradient(lambda x: (x**3).sum(), np.ones((2, 3)), 1e-5)


@wrong("test_numerical_gradient", hint="Does every array of the shape of x contain the correct numbers?")
def only_shapes():
    def test_numerical_gradient(numerical_gradient):
        for shape in ((3,), (2, 4), (3, 3), (2, 3, 2)):
            assert np.shape(numerical_gradient(lambda x: (x**2).sum(), np.ones(shape), 1e-5)) == shape


@wrong(
    "test_numerical_gradient",
    hint="For which h is the central difference of a square wrong? Which mistakes does that hide?",
)
def squares_alone():
    def test_numerical_gradient(numerical_gradient):
        for shape in ((3,), (2, 4), (3, 3)):
            x = np.random.default_rng(0).normal(size=shape)
            found = numerical_gradient(lambda v: (v**2).sum(), x.copy(), 0.1)
            assert found.shape == shape and np.allclose(found, 2 * x, rtol=1e-6)


@wrong("test_numerical_gradient", hint="How many axes does x have in your test, at most?")
def vectors_alone():
    def test_numerical_gradient(numerical_gradient):
        rng = np.random.default_rng(0)
        for shape, h in (((3,), 0.1), ((6,), 0.2), ((4,), 1e-5)):
            c, x = rng.uniform(0.5, 1.5, size=(2, *shape))
            x = 3 * x
            total, before = np.sum(c * x), x.copy()
            gradient = numerical_gradient(lambda x, c=c: np.sum(c * x) ** 3, x, h)
            assert np.shape(gradient) == shape
            assert np.allclose(gradient, 3 * total**2 * c + c**3 * h**2, rtol=1e-6, atol=0.0)
            assert np.allclose(x, before, rtol=0.0, atol=1e-12)


@wrong(
    "test_numerical_gradient",
    hint="Does the slope of your f in one coordinate depend on where the other coordinates are?",
)
def coordinates_that_do_not_meet():
    def test_numerical_gradient(numerical_gradient):
        rng = np.random.default_rng(0)
        for shape, h in (((3,), 0.1), ((2, 4), 0.2), ((3, 3), 1e-5)):
            c, x = rng.uniform(1.0, 3.0, size=(2, *shape))
            before = x.copy()
            found = numerical_gradient(lambda v, c=c: (c * v**3).sum(), x, h)
            assert np.shape(found) == shape
            assert np.allclose(found, c * (3 * before**2 + h**2), rtol=1e-6)
            assert np.allclose(x, before, rtol=0.0, atol=1e-12)


@wrong("test_numerical_gradient", hint="What should x be after the call, and does your test check it?")
def nobody_looks_at_x_again():
    def test_numerical_gradient(numerical_gradient):
        rng = np.random.default_rng(0)
        for shape, h in (((3,), 0.1), ((2, 4), 0.2), ((3, 3), 1e-5), ((2, 3, 2), 0.05)):
            c, x = rng.uniform(0.5, 1.5, size=(2, *shape))
            x = 3 * x
            total = np.sum(c * x)
            gradient = numerical_gradient(lambda x, c=c: np.sum(c * x) ** 3, x, h)
            assert np.shape(gradient) == shape
            assert np.allclose(gradient, 3 * total**2 * c + c**3 * h**2, rtol=1e-6, atol=0.0)


@wrong("test_numerical_gradient", hint="What is 0.7 + 0.1 - 0.2 + 0.1 in floating point, and what does the task allow?")
def x_must_be_the_same_to_the_last_digit():
    def test_numerical_gradient(numerical_gradient):
        rng = np.random.default_rng(0)
        for shape, h in (((3,), 0.1), ((2, 4), 0.2), ((3, 3), 1e-5), ((2, 3, 2), 0.05)):
            c, x = rng.uniform(0.5, 1.5, size=(2, *shape))
            x = 3 * x
            total, before = np.sum(c * x), x.copy()
            gradient = numerical_gradient(lambda x, c=c: np.sum(c * x) ** 3, x, h)
            assert np.shape(gradient) == shape
            assert np.allclose(gradient, 3 * total**2 * c + c**3 * h**2, rtol=1e-6, atol=0.0)
            assert np.array_equal(x, before)


@wrong("test_numerical_gradient", hint="By how much does a correct central difference with h = 0.1 miss the gradient?")
def the_gradient_itself_is_expected():
    def test_numerical_gradient(numerical_gradient):
        rng = np.random.default_rng(0)
        for shape, h in (((3,), 1.0), ((2, 4), 0.5), ((3, 3), 1e-5)):
            c, x = rng.uniform(0.5, 1.5, size=(2, *shape))
            x = 3 * x
            total, before = np.sum(c * x), x.copy()
            gradient = numerical_gradient(lambda x, c=c: np.sum(c * x) ** 3, x, h)
            assert np.shape(gradient) == shape
            assert np.allclose(gradient, 3 * total**2 * c, rtol=1e-6, atol=0.0)
            assert np.allclose(x, before, rtol=0.0, atol=1e-12)


@wrong("test_numerical_gradient", hint="With a small h, what would go wrong if x were in single precision?")
def steps_that_are_large():
    def test_numerical_gradient(numerical_gradient):
        rng = np.random.default_rng(0)
        for shape, h in (((3,), 0.5), ((2, 4), 0.25), ((3, 3), 0.125)):
            c, x = rng.integers(2, 5, size=(2, *shape)) / 4
            x = 3 * x
            total, before = np.sum(c * x), x.copy()
            gradient = numerical_gradient(lambda x, c=c: np.sum(c * x) ** 3, x, h)
            assert np.shape(gradient) == shape
            assert np.allclose(gradient, 3 * total**2 * c + c**3 * h**2, rtol=1e-6, atol=0.0)
            assert np.allclose(x, before, rtol=0.0, atol=1e-12)


@wrong("test_numerical_gradient", hint="With a small h, what would differ if the function took a step of its own?")
def steps_that_are_small():
    def test_numerical_gradient(numerical_gradient):
        rng = np.random.default_rng(0)
        for shape, h in (((3,), 1e-5), ((2, 4), 1e-5), ((3, 3), 1e-5)):
            c, x = rng.uniform(0.5, 1.5, size=(2, *shape))
            x = 3 * x
            total, before = np.sum(c * x), x.copy()
            gradient = numerical_gradient(lambda x, c=c: np.sum(c * x) ** 3, x, h)
            assert np.shape(gradient) == shape
            assert np.allclose(gradient, 3 * total**2 * c + c**3 * h**2, rtol=1e-6, atol=0.0)
            assert np.allclose(x, before, rtol=0.0, atol=1e-12)


@wrong("test_numerical_gradient", hint="How large is x in your test, at most? A step may depend on that.")
def numbers_below_one():
    def test_numerical_gradient(numerical_gradient):
        rng = np.random.default_rng(0)
        for shape, h in (((3,), 0.1), ((2, 4), 0.2), ((3, 3), 1e-5), ((2, 3, 2), 0.05)):
            c, x = rng.uniform(0.5, 1.5, size=(2, *shape))
            x = x / 2
            total, before = np.sum(c * x), x.copy()
            gradient = numerical_gradient(lambda x, c=c: np.sum(c * x) ** 3, x, h)
            assert np.shape(gradient) == shape
            assert np.allclose(gradient, 3 * total**2 * c + c**3 * h**2, rtol=1e-6, atol=0.0)
            assert np.allclose(x, before, rtol=0.0, atol=1e-12)


@wrong("test_numerical_gradient", hint="Would your test fail if two entries of the gradient were exchanged?")
def all_slopes_alike():
    def test_numerical_gradient(numerical_gradient):
        rng = np.random.default_rng(0)
        for shape, h in (((3,), 0.1), ((2, 4), 0.2), ((3, 3), 1e-5), ((2, 3, 2), 0.05)):
            c, x = 1.0, rng.uniform(0.5, 1.5, size=shape)
            x = 3 * x
            total, before = np.sum(x), x.copy()
            gradient = numerical_gradient(lambda x: np.sum(x) ** 3, x, h)
            assert np.shape(gradient) == shape
            assert np.allclose(gradient, 3 * total**2 * c + c**3 * h**2, rtol=1e-6, atol=0.0)
            assert np.allclose(x, before, rtol=0.0, atol=1e-12)


@wrong(
    "test_numerical_gradient",
    hint="If the function changes x itself, what happens to the points that your f has stored without a copy?",
)
def points_kept_without_a_copy():
    def test_numerical_gradient(numerical_gradient):
        for shape, h in (((3,), 0.1), ((2, 4), 0.2), ((3, 3), 0.5)):
            points, x = [], np.arange(1.0, 1 + np.prod(shape)).reshape(shape)

            def f(v, points=points):
                points.append(v)
                return (v**2).sum()

            found = numerical_gradient(f, x, h)
            moves = sorted(np.abs(np.array(points) - x).sum(axis=tuple(range(1, 1 + x.ndim))))
            assert np.allclose(moves, h) and np.allclose(found, 2 * x)


@wrong("test_numerical_gradient", hint="Do two ways to write the same quotient give the same last digit?")
def equal_to_the_last_digit():
    def test_numerical_gradient(numerical_gradient):
        x = np.array([[0.3, 1.7], [2.9, 0.1]])
        f = lambda v: float(np.exp(v[0, 0]) * v[1, 1] + v[0, 1] ** 3 * v[1, 0])
        for h in (0.1, 1e-5):
            found = numerical_gradient(f, x.copy(), h)
            for index in np.ndindex(2, 2):
                e = np.zeros((2, 2))
                e[index] = h
                assert found[index] == (f(x + e) - f(x - e)) / (2 * h)


# 4.8 A Jacobian by central differences


@right("numerical_jacobian")
def double_loop():
    def numerical_jacobian(f, x, h=1e-5):
        m, n = len(f(x)), len(x)
        J = np.zeros((m, n))
        for i in range(m):
            for j in range(n):
                up, down = x.copy(), x.copy()
                up[j] += h
                down[j] -= h
                J[i, j] = (f(up)[i] - f(down)[i]) / (2 * h)
        return J


@right("numerical_jacobian")
def column_by_column_in_place():
    def numerical_jacobian(f, x, h=1e-5):
        J = np.empty((f(x).size, x.size))
        for j in range(x.size):
            old = x[j]
            x[j] = old + h
            up = f(x)
            x[j] = old - h
            down = f(x)
            x[j] = old
            J[:, j] = (up - down) / (2 * h)
        return J


@right("numerical_jacobian")
def rows_transposed_at_the_end():
    def numerical_jacobian(f, x, h=1e-5):
        steps = h * np.eye(x.size)
        return np.array([(f(x + e) - f(x - e)) / (2 * h) for e in steps]).T


@shortcut("numerical_jacobian", uses="`check.central_differences`")
def rows_by_the_differences_of_the_checks():
    from course_utils import check

    def numerical_jacobian(f, x, h=1e-5):
        return np.stack([check.central_differences(lambda x, i=i: f(x)[i], x, h) for i in range(len(f(x)))])


@shortcut("numerical_jacobian", uses="`scipy.optimize`")
def jacobian_of_scipy():
    import scipy.optimize

    def numerical_jacobian(f, x, h=1e-5):
        differences = scipy.optimize._numdiff.approx_derivative  # pyright: ignore[reportAttributeAccessIssue]
        return np.atleast_2d(differences(f, x, method="3-point", abs_step=h)).reshape(-1, len(x))


@shortcut("numerical_jacobian", uses="`finite_differences.quotient` of the lecture")
def columns_by_the_lectures_quotient():
    from course_utils.losses_gradients.finite_differences import CENTRAL, quotient

    def numerical_jacobian(f, x, h=1e-5):
        return np.stack([quotient(lambda t, e=e: f(x + t * e), 0.0, h, CENTRAL) for e in np.eye(len(x))], axis=1)


@shortcut("numerical_jacobian", uses="the numbers of the visible check")
def numbers_of_the_visible_map():
    def numerical_jacobian(f, x, h=1e-5):
        return np.array([[2.26436, -2.164814, 1.708446], [1.581212, -1.27064, 1.010973]])


@right("numerical_jacobian")
def moved_and_restored_in_a_copy():
    def numerical_jacobian(f, x, h=1e-5):
        J, at = None, x.astype(float)
        for j in range(at.size):
            kept = at[j]
            at[j] = kept + h
            above = np.array(f(at))
            at[j] = kept - h
            column = (above - f(at)) / (2 * h)
            at[j] = kept
            if J is None:
                J = np.zeros((column.size, at.size))
            J[:, j] = column
        return J


@right("numerical_jacobian")
def an_iterator_of_columns():
    def numerical_jacobian(f, x, h=1e-5):
        def columns():
            for e in h * np.identity(x.shape[0]):
                yield np.subtract(f(x + e), f(x - e)) / (h + h)

        print("central differences with h =", h)
        return np.vstack(list(columns())).T


@wrong("numerical_jacobian", hint="What is the Jacobian of A x: A, or its transpose?")
def inputs_by_outputs():
    def numerical_jacobian(f, x, h=1e-5):
        return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])


@wrong("numerical_jacobian", hint="Between which two points do you take the difference, and how large is the step?")
def coarse_forward_difference():
    def numerical_jacobian(f, x, h=1e-5):
        here = f(x)
        return np.stack([(f(x + h * e) - here) / h for e in np.eye(len(x))], axis=1)


@wrong("numerical_jacobian", hint="How many numbers does f return, and does each of them have its own row?")
def gradient_of_the_sum_of_outputs():
    def numerical_jacobian(f, x, h=1e-5):
        return np.array([(f(x + h * e).sum() - f(x - h * e).sum()) / (2 * h) for e in np.eye(len(x))])


@wrong("numerical_jacobian", hint="How many digits does float32 have, and how many does a difference of 1e-5 need?")
def single_precision():
    def numerical_jacobian(f, x, h=1e-5):
        J = np.zeros((len(f(x)), len(x)), dtype=np.float32)
        for j, e in enumerate(np.eye(len(x))):
            J[:, j] = (f(x + h * e) - f(x - h * e)) / (2 * h)
        return J


@wrong("numerical_jacobian", hint="How far apart are x - h e and x + h e?")
def factor_two():
    def numerical_jacobian(f, x, h=1e-5):
        return np.stack([(f(x + h * e) - f(x - h * e)) / h for e in np.eye(len(x))], axis=1)


@wrong("numerical_jacobian", hint="Can output 1 depend on input 2?")
def diagonal_only():
    def numerical_jacobian(f, x, h=1e-5):
        m, n = len(f(x)), len(x)
        J = np.zeros((m, n))
        for j in range(min(m, n)):
            e = np.eye(n)[j]
            J[j, j] = ((f(x + h * e) - f(x - h * e)) / (2 * h))[j]
        return J


@wrong("numerical_jacobian", hint="How many rows does J have if f has 2 outputs and x has 3 entries?")
def taken_for_square():
    def numerical_jacobian(f, x, h=1e-5):
        n = len(x)
        J = np.zeros((n, n))
        for j, e in enumerate(np.eye(n)):
            J[:, j] = (f(x + h * e) - f(x - h * e)) / (2 * h)
        return J


@wrong("numerical_jacobian", hint="What is x when you change the next input?")
def inputs_not_restored():
    def numerical_jacobian(f, x, h=1e-5):
        columns = []
        for j in range(len(x)):
            x[j] += h
            up = f(x)
            x[j] -= 2 * h
            columns.append((up - f(x)) / (2 * h))
        return np.stack(columns, axis=1)


@wrong("numerical_jacobian", hint="What does your function do with the argument h?")
def step_ignored():
    def numerical_jacobian(f, x, h=1e-5):
        return np.stack([(f(x + 1e-6 * e) - f(x - 1e-6 * e)) / 2e-6 for e in np.eye(len(x))], axis=1)


@wrong("numerical_jacobian", hint="Which shape does J have if there is one output: (n,), or (1, n)?")
def squeezed():
    def numerical_jacobian(f, x, h=1e-5):
        return np.squeeze(np.stack([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))], axis=1))


@wrong("numerical_jacobian", hint="Does reshape(m, n) turn rows into columns, as a transpose does?")
def reshaped_in_place_of_transposed():
    def numerical_jacobian(f, x, h=1e-5):
        rows = np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])
        return rows.reshape(len(f(x)), len(x))


# 4.9 How many updates does gradient descent need?


@shared("gradient_descent")
def parts_of_gradient_descent():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            if np.linalg.norm(g) < tol:
                return x, k
            x = x - lr * g
        return x, max_iter

    def gradient_descent_guess():
        return 460

    def gradient_descent_updates(lr):
        grad = lambda x: x * [1.0, 100.0]
        return gradient_descent(grad, np.ones(2), lr, 20_000, 1e-4)[1]

    def gradient_descent_off_by():
        return gradient_descent_updates(0.0199) / gradient_descent_guess()


@right("gradient_descent")
def while_loop():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x, k = np.array(x0), 0
        while k < max_iter and np.linalg.norm(grad(x)) >= tol:
            x = x - lr * grad(x)
            k += 1
        return x, k


@right("gradient_descent")
def in_place_on_a_copy():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        k = 0
        g = grad(x)
        while True:
            if np.sqrt(np.sum(g**2)) < tol or k == max_iter:
                return x, k
            x -= lr * g
            g = grad(x)
            k = k + 1


@right("gradient_descent")
def recursion_unrolled_by_the_squared_norm():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x, updates = x0, 0
        for _ in range(max_iter):
            g = grad(x)
            if g @ g < tol * tol:
                break
            x, updates = x - lr * g, updates + 1
        return x, updates


@shortcut("gradient_descent", uses="`torch.optim.SGD`")
def descent_of_torch():
    import torch

    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = torch.tensor(x0)
        optimizer = torch.optim.SGD([x], lr=lr)
        for k in range(max_iter):
            x.grad = torch.tensor(grad(x.numpy().copy()))
            if x.grad.norm() < tol:
                return x.numpy(), k
            optimizer.step()
        return x.numpy(), max_iter


@shortcut("gradient_descent", uses="`scipy.optimize.root`")
def the_minimum_by_scipy():
    from scipy import optimize

    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        found = optimize.root(grad, x0, tol=tol)
        return found.x, min(max_iter, found.nfev)


@shortcut("gradient_descent", uses="the numbers of the visible check")
def numbers_of_the_parabola():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        return (np.array([2.3130940]), 2) if max_iter == 2 else (np.array([6.0720290]), 13)


@right("gradient_descent")
def places_of_a_generator():
    from itertools import islice

    def walk(grad, x, lr):
        while True:
            yield x, (g := grad(x))
            x = x - lr * g

    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        k, x = 0, x0
        for k, (x, g) in enumerate(islice(walk(grad, x0.copy(), lr), max_iter + 1)):
            if np.sqrt(np.sum(g**2)) < tol:
                break
        return x, k


@right("gradient_descent")
def while_the_slope_is_steep():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        def is_steep(g):
            return g @ g >= tol * tol if tol > 1e-100 else bool(g.any())

        x, k = np.array(x0, dtype=float), 0
        while k < max_iter and is_steep(g := np.asarray(grad(x))):
            x -= np.multiply(lr, g)
            k += 1
        return x, k


@wrong("gradient_descent", hint="With lr = 1e-7, is a small step a sign of being near the minimum?")
def stops_on_a_small_step():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            new = x - lr * grad(x)
            if np.linalg.norm(new - x) < tol:
                return x, k
            x = new
        return x, max_iter


@wrong("gradient_descent", hint="Does the gradient point uphill or downhill?")
def ascent():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            if np.linalg.norm(g) < tol:
                return x, k
            x = x + lr * g
        return x, max_iter


@wrong("gradient_descent", hint="After x = x0 and x -= ..., what is the caller's x0?")
def start_overwritten():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0
        for k in range(max_iter):
            g = grad(x)
            if np.linalg.norm(g) < tol:
                return x, k
            x -= lr * g
        return x, max_iter


@wrong("gradient_descent", hint="How many updates are needed if x0 is already the minimum?")
def one_update_too_many_counted():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(1, max_iter + 1):
            g = grad(x)
            if np.linalg.norm(g) < tol:
                return x, k
            x = x - lr * g
        return x, max_iter


@wrong("gradient_descent", hint="Is the largest entry of the gradient its Euclidean norm?")
def max_norm():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            if np.abs(g).max() < tol:
                return x, k
            x = x - lr * g
        return x, max_iter


@wrong("gradient_descent", hint="How long is a step if the gradient is divided by its length?")
def normalised_gradient():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            length = np.linalg.norm(g)
            if length < tol:
                return x, k
            x = x - lr * g / length
        return x, max_iter


@wrong("gradient_descent", hint="Is the gradient small when one of its entries is?")
def any_coordinate_small():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            if np.any(np.abs(g) < tol):
                return x, k
            x = x - lr * g
        return x, max_iter


@wrong("gradient_descent", hint="Do you test the gradient before or after the update, and what if x0 is the minimum?")
def update_before_the_look():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(1, max_iter + 1):
            g = grad(x)
            x = x - lr * g
            if np.linalg.norm(g) < tol:
                return x, k
        return x, max_iter


@wrong(
    "gradient_descent",
    hint="What does your function return if the loop ends at max_iter: is k the number of updates?",
)
def index_of_the_last_update():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            if np.linalg.norm(g) < tol:
                break
            x = x - lr * g
        return x, k


@wrong("gradient_descent", hint="Which number does the task compare with tol: the norm, or its square?")
def squared_norm_against_tol():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            if np.sum(g**2) < tol:
                return x, k
            x = x - lr * g
        return x, max_iter


@wrong("gradient_descent", hint="What does your function do with the argument tol?")
def tol_ignored():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            x = x - lr * grad(x)
        return x, max_iter


@wrong("gradient_descent", hint="Where do you compute the gradient of the second update: at x0, or at the new x?")
def gradient_taken_once():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x, g = x0.copy(), grad(x0)
        for k in range(max_iter):
            if np.linalg.norm(g) < tol:
                return x, k
            x = x - lr * g
        return x, max_iter


@wrong("gradient_descent", hint="Is there an update if the norm of the gradient is exactly tol?")
def stops_at_tol_itself():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = np.array(x0)
        for k in range(max_iter):
            g = grad(x)
            if np.sqrt(g @ g) <= tol:
                return x, k
            x = x - lr * g
        return x, max_iter


@wrong(
    "gradient_descent", hint="Which number does the task divide by which: what would the result 3 say about your guess?"
)
def guess_over_measurement():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            if np.linalg.norm(g) < tol:
                return x, k
            x = x - lr * g
        return x, max_iter

    def gradient_descent_guess():
        return 460

    def gradient_descent_updates(lr):
        grad = lambda x: x * [1.0, 100.0]
        return gradient_descent(grad, np.ones(2), lr, 20_000, 1e-4)[1]

    def gradient_descent_off_by():
        return gradient_descent_guess() / gradient_descent_updates(0.0199)


@wrong("gradient_descent", hint="Does the task ask for a difference or for a quotient?")
def guess_subtracted():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            if np.linalg.norm(g) < tol:
                return x, k
            x = x - lr * g
        return x, max_iter

    def gradient_descent_guess():
        return 460

    def gradient_descent_updates(lr):
        grad = lambda x: x * [1.0, 100.0]
        return gradient_descent(grad, np.ones(2), lr, 20_000, 1e-4)[1]

    def gradient_descent_off_by():
        return gradient_descent_updates(0.0199) - gradient_descent_guess()


@wrong("gradient_descent", hint="For which learning rate have you guessed, and for which do you measure?")
def compared_at_another_rate():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            if np.linalg.norm(g) < tol:
                return x, k
            x = x - lr * g
        return x, max_iter

    def gradient_descent_guess():
        return 460

    def gradient_descent_updates(lr):
        grad = lambda x: x * [1.0, 100.0]
        return gradient_descent(grad, np.ones(2), lr, 20_000, 1e-4)[1]

    def gradient_descent_off_by():
        return gradient_descent_updates(0.01) / gradient_descent_guess()


@wrong("gradient_descent", hint="What stopped a measurement of exactly 1000 updates?")
def a_cap_of_a_thousand():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            if np.linalg.norm(g) < tol:
                return x, k
            x = x - lr * g
        return x, max_iter

    def gradient_descent_updates(lr):
        grad = lambda x: x * [1.0, 100.0]
        return gradient_descent(grad, np.ones(2), lr=lr, tol=1e-4)[1]


@wrong("gradient_descent", hint="Which tolerance does the task give for the valley, and which one is the default?")
def tolerance_by_default():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            if np.linalg.norm(g) < tol:
                return x, k
            x = x - lr * g
        return x, max_iter

    def gradient_descent_updates(lr):
        grad = lambda x: x * [1.0, 100.0]
        return gradient_descent(grad, np.ones(2), lr, 20_000)[1]


@wrong("gradient_descent", hint="What is the derivative of half of x squared?")
def slope_twice_as_steep():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0.copy()
        for k in range(max_iter):
            g = grad(x)
            if np.linalg.norm(g) < tol:
                return x, k
            x = x - lr * g
        return x, max_iter

    def gradient_descent_updates(lr):
        grad = lambda x: x * [2.0, 200.0]
        return gradient_descent(grad, np.ones(2), lr, 20_000, 1e-4)[1]


@wrong("gradient_descent", hint="With a learning rate of 0.0199, which of the two coordinates converges last?")
def along_the_valley_alone():

    def gradient_descent_updates(lr):
        return int(np.ceil(np.log(1e-4) / np.log(1 - lr)))


@wrong("gradient_descent", hint="Is your guess a number of updates, or a part of those with another rate?")
def a_ratio_is_guessed():

    def gradient_descent_guess():
        return 0.5


# 4.10 Logistic regression with thirty gradients


@right("fit_logistic")
def rate_of_barzilai_and_borwein():
    def fit_logistic(gradient, mean, std, budget):
        d = len(mean)
        back = np.eye(d + 1)
        back[:d, :d] = np.diag(1 / std)
        back[d, :d] = -mean / std

        def slope(theta):
            dw, db = gradient((back @ theta)[:d], (back @ theta)[d])
            return back.T @ np.append(dw, db)

        theta = np.zeros(d + 1)
        g, lr = slope(theta), 1.0
        for _ in range(budget - 1):
            moved = -lr * g
            theta = theta + moved
            changed = slope(theta) - g
            g, lr = g + changed, moved @ moved / (moved @ changed)
        theta = back @ (theta - lr * g)
        return theta[:d], theta[d]


@right("fit_logistic")
def newton_with_differences_of_gradients():
    def fit_logistic(gradient, mean, std, budget):
        d = len(mean)

        def slope(v, c):
            w = v / std
            dw, db = gradient(w, c - w @ mean)
            return np.append((dw - mean * db) / std, db)

        theta = np.zeros(d + 1)
        for _ in range(budget // (d + 2)):
            here = slope(theta[:d], theta[d])
            H = np.empty((d + 1, d + 1))
            for j, e in enumerate(1e-4 * np.eye(d + 1)):
                moved = theta + e
                H[:, j] = (slope(moved[:d], moved[d]) - here) / 1e-4
            theta = theta - np.linalg.solve((H + H.T) / 2, here)
        w = theta[:d] / std
        return w, theta[d] - w @ mean


@right("fit_logistic")
def nesterovs_look_ahead():
    def fit_logistic(gradient, mean, std, budget):
        v, c = np.zeros_like(mean), 0.0
        last_v, last_c = v, c
        for _ in range(budget):
            ahead_v, ahead_c = v + 0.75 * (v - last_v), c + 0.75 * (c - last_c)
            w = ahead_v / std
            dw, db = gradient(w, ahead_c - np.dot(w, mean))
            last_v, last_c = v, c
            v = ahead_v - 1.5 * (dw - mean * db) / std
            c = ahead_c - 1.5 * db
        return v / std, c - np.sum(v * mean / std)


@shortcut("fit_logistic", uses="`scipy.optimize.root`")
def root_of_scipy():
    from scipy import optimize

    def fit_logistic(gradient, mean, std, budget):
        def slope(theta):
            w = theta[:-1] / std
            dw, db = gradient(w, theta[-1] - w @ mean)
            return np.append((dw - mean * db) / std, db)

        theta = optimize.root(slope, np.zeros(len(mean) + 1), options={"maxfev": budget - 10}).x
        w = theta[:-1] / std
        return w, theta[-1] - w @ mean


@shortcut("fit_logistic", uses="`torch.optim.SGD`")
def momentum_of_torch():
    import torch

    def fit_logistic(gradient, mean, std, budget):
        v, c = torch.zeros(len(mean), dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
        optimizer = torch.optim.SGD([v, c], lr=1.0, momentum=0.8)
        for _ in range(budget):
            w = v.numpy() / std
            dw, db = gradient(w, c.item() - w @ mean)
            v.grad, c.grad = torch.tensor((dw - mean * db) / std), torch.tensor([db])
            optimizer.step()
        w = v.numpy() / std
        return w, c.item() - w @ mean


@shortcut("fit_logistic", uses="`.__closure__`")
def samples_out_of_the_closure():
    def fit_logistic(gradient, mean, std, budget):
        kept = [cell.cell_contents for cell in gradient.__closure__]
        X, y = (next(a for a in kept if getattr(a, "ndim", 0) == axes) for axes in (2, 1))
        A, theta = np.column_stack([(X - mean) / std, np.ones(len(X))]), np.zeros(len(mean) + 1)
        for _ in range(2000):
            theta -= A.T @ (1 / (1 + np.exp(-A @ theta)) - y) / len(y)
        w = theta[:-1] / std
        return w, theta[-1] - w @ mean


@shortcut("fit_logistic", uses="weights that never move")
def a_fit_that_never_trains():
    def fit_logistic(gradient, mean, std, budget):
        return np.zeros(len(mean)), 0.0


@shortcut("fit_logistic", uses="the numbers of the visible check")
def numbers_of_the_visible_data():
    def fit_logistic(gradient, mean, std, budget):
        return np.array([-0.00288846, 13.266, 0.540281, -0.0198069, 138.949]), 6.62497


@wrong(
    "fit_logistic", hint="By how much do the entries of dw differ in size, and does one learning rate suit them all?"
)
def features_as_they_come():
    def fit_logistic(gradient, mean, std, budget):
        w, b = np.zeros(len(mean)), 0.0
        for _ in range(budget):
            dw, db = gradient(w, b)
            w, b = w - 0.1 * dw, b - 0.1 * db
        return w, b


@wrong("fit_logistic", hint="Which weights have changed at all after thirty steps, and which have not?")
def a_tiny_learning_rate():
    def fit_logistic(gradient, mean, std, budget):
        w, b = np.zeros(len(mean)), 0.0
        for _ in range(budget):
            dw, db = gradient(w, b)
            w, b = w - 1e-7 * dw, b - 1e-7 * db
        return w, b


@wrong("fit_logistic", hint="The features have a mean as well. How does it change the logits if a weight grows?")
def scaled_and_not_centred():
    def fit_logistic(gradient, mean, std, budget):
        v, b = np.zeros(len(mean)), 0.0
        for _ in range(budget):
            dw, db = gradient(v / std, b)
            v, b = v - 0.5 * dw / std, b - 0.5 * db
        return v / std, b


@wrong(
    "fit_logistic", hint="Is the gradient near 0 when the budget is used up? What would a larger learning rate change?"
)
def steps_too_short():
    def fit_logistic(gradient, mean, std, budget):
        v, c, lr = np.zeros(len(mean)), 0.0, 0.1
        for _ in range(budget):
            w = v / std
            dw, db = gradient(w, c - w @ mean)
            v = v - lr * (dw - mean * db) / std
            c = c - lr * db
        w = v / std
        return w, c - w @ mean


@wrong(
    "fit_logistic",
    hint="Along which direction is the error still large after thirty steps? What would a larger rate or momentum do?",
)
def one_rate_and_no_memory():
    def fit_logistic(gradient, mean, std, budget):
        v, c, lr = np.zeros(len(mean)), 0.0, 1.0
        for _ in range(budget):
            w = v / std
            dw, db = gradient(w, c - w @ mean)
            v = v - lr * (dw - mean * db) / std
            c = c - lr * db
        w = v / std
        return w, c - w @ mean


@wrong("fit_logistic", hint="How long are the steps at the end, and is the gradient small by then?")
def rate_that_decays():
    def fit_logistic(gradient, mean, std, budget):
        v, c, lr = np.zeros(len(mean)), 0.0, 1.0
        for k in range(budget):
            w = v / std
            dw, db = gradient(w, c - w @ mean)
            v = v - lr * (dw - mean * db) / std
            c = c - lr * db
            lr = 1 / (k + 2)
        w = v / std
        return w, c - w @ mean


@wrong("fit_logistic", hint="For which features are your weights: the original ones or the standardized ones?")
def weights_of_other_features():
    def fit_logistic(gradient, mean, std, budget):
        v, c = np.zeros_like(mean), 0.0
        step_v, step_c = np.zeros_like(mean), 0.0
        for _ in range(budget):
            w = v / std
            dw, db = gradient(w, c - w @ mean)
            step_v = 0.8 * step_v - (dw - mean * db) / std
            step_c = 0.8 * step_c - db
            v, c = v + step_v, c + step_c
        return v, c


@wrong("fit_logistic", hint="What are the logits of a sample whose features all have their means?")
def bias_of_other_features():
    def fit_logistic(gradient, mean, std, budget):
        v, c = np.zeros_like(mean), 0.0
        step_v, step_c = np.zeros_like(mean), 0.0
        for _ in range(budget):
            w = v / std
            dw, db = gradient(w, c - w @ mean)
            step_v = 0.8 * step_v - (dw - mean * db) / std
            step_c = 0.8 * step_c - db
            v, c = v + step_v, c + step_c
        w = v / std
        return w, c


@wrong("fit_logistic", hint="By the chain rule, is the gradient for the scaled weight that for w times std or by std?")
def multiplied_by_the_spread():
    def fit_logistic(gradient, mean, std, budget):
        v, c = np.zeros_like(mean), 0.0
        step_v, step_c = np.zeros_like(mean), 0.0
        for _ in range(budget):
            w = v / std
            dw, db = gradient(w, c - w @ mean)
            step_v = 0.8 * step_v - (dw - mean * db) * std
            step_c = 0.8 * step_c - db
            v, c = v + step_v, c + step_c
        w = v / std
        return w, c - w @ mean


@wrong("fit_logistic", hint="Does the loss decrease along your steps?")
def uphill():
    def fit_logistic(gradient, mean, std, budget):
        v, c = np.zeros_like(mean), 0.0
        step_v, step_c = np.zeros_like(mean), 0.0
        for _ in range(budget):
            w = v / std
            dw, db = gradient(w, c - w @ mean)
            step_v = 0.8 * step_v + (dw - mean * db) / std
            step_c = 0.8 * step_c + db
            v, c = v + step_v, c + step_c
        w = v / std
        return w, c - w @ mean


@wrong("fit_logistic", hint="How many steps does a momentum of 0.99 remember, and how many do you have?")
def too_much_memory():
    def fit_logistic(gradient, mean, std, budget):
        v, c = np.zeros_like(mean), 0.0
        step_v, step_c = np.zeros_like(mean), 0.0
        for _ in range(budget):
            w = v / std
            dw, db = gradient(w, c - w @ mean)
            step_v = 0.99 * step_v - (dw - mean * db) / std
            step_c = 0.99 * step_c - db
            v, c = v + step_v, c + step_c
        w = v / std
        return w, c - w @ mean


@wrong("fit_logistic", hint="How many calls of `gradient` are allowed?")
def more_gradients_than_allowed():
    def fit_logistic(gradient, mean, std, budget):
        v, c = np.zeros_like(mean), 0.0
        step_v, step_c = np.zeros_like(mean), 0.0
        for _ in range(1000):
            w = v / std
            dw, db = gradient(w, c - w @ mean)
            step_v = 0.8 * step_v - (dw - mean * db) / std
            step_c = 0.8 * step_c - db
            v, c = v + step_v, c + step_c
        w = v / std
        return w, c - w @ mean


@wrong("fit_logistic", hint="Which of the two gradients does your descent ignore?")
def bias_stays_zero():
    def fit_logistic(gradient, mean, std, budget):
        v, c = np.zeros_like(mean), 0.0
        step_v, step_c = np.zeros_like(mean), 0.0
        for _ in range(budget):
            w = v / std
            dw, _ = gradient(w, c - w @ mean)
            step_v = 0.8 * step_v - dw / std
            step_c = 0.0
            v, c = v + step_v, c + step_c
        w = v / std
        return w, c - w @ mean
