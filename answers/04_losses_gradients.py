"""Answers to assignment 04: models, losses, first gradients."""
# ruff: noqa: B007 - students, too, name what they do not use
# Like students, these answers read `leaf.grad` after `backward()` without a test for None.
# pyright: reportOptionalMemberAccess=false

import numpy as np

from answers import right, wrong

# 4.1 A linear model and three losses


@right("linear_losses")
def norms_of_the_residual():
    def linear_losses(X, w, b, y):
        pred = X @ w + b
        l1_sum = np.linalg.norm(pred - y, ord=1)
        l2_sum = np.linalg.norm(pred - y) ** 2
        return pred, l1_sum, l2_sum, l2_sum / X.shape[0]


@right("linear_losses")
def sample_by_sample():
    def linear_losses(X, w, b, y):
        pred = np.array([float(np.dot(w, x)) + b for x in X])
        l1_sum = l2_sum = 0.0
        for guess, truth in zip(pred, y, strict=True):
            l1_sum += abs(guess - truth)
            l2_sum += (guess - truth) ** 2
        return pred, l1_sum, l2_sum, l2_sum / len(y)


@right("linear_losses")
def bias_as_a_weight_of_ones():
    def linear_losses(X, w, b, y):
        ones = np.ones((len(X), 1))
        pred = np.hstack([X, ones]) @ np.append(w, b)
        r = y - pred
        return pred, np.abs(r).sum(), r @ r, np.mean(r * r)


@wrong("linear_losses", hint="Is the first loss a sum over the samples, or a mean?")
def l1_is_a_mean():
    def linear_losses(X, w, b, y):
        pred = X @ w + b
        r = pred - y
        return pred, np.mean(np.abs(r)), np.sum(r**2), np.mean(r**2)


@wrong("linear_losses", hint="What does a residual of -3 add to a residual of 3, without absolute values?")
def l1_without_absolute_values():
    def linear_losses(X, w, b, y):
        pred = X @ w + b
        r = pred - y
        return pred, np.sum(r), np.sum(r**2), np.mean(r**2)


@wrong("linear_losses", hint="Is it the norm of the residual that is asked for, or its square?")
def root_of_the_squares():
    def linear_losses(X, w, b, y):
        pred = X @ w + b
        r = pred - y
        return pred, np.sum(np.abs(r)), np.sqrt(np.sum(r**2)), np.mean(r**2)


@wrong("linear_losses", hint="What is the shape of a column (n, 1) less a vector (n,)?")
def column_less_vector():
    def linear_losses(X, w, b, y):
        pred = X @ w.reshape(-1, 1) + b
        r = pred - y
        return pred.ravel(), np.sum(np.abs(r)), np.sum(r**2), np.mean(r**2)


@wrong("linear_losses", hint="What does the model predict where x is 0?")
def bias_forgotten():
    def linear_losses(X, w, b, y):
        pred = X @ w
        r = pred - y
        return pred, np.sum(np.abs(r)), np.sum(r**2), np.mean(r**2)


@wrong("linear_losses", hint="Are the samples the rows or the columns of X here?")
def samples_in_columns():
    def linear_losses(X, w, b, y):
        pred = X.T @ w + b
        r = pred - y
        return pred, np.sum(np.abs(r)), np.sum(r**2), np.mean(r**2)


@wrong("linear_losses", hint="Does the formula of the task have a factor 1/2?")
def halved_squares():
    def linear_losses(X, w, b, y):
        pred = X @ w + b
        r = pred - y
        return pred, np.sum(np.abs(r)), 0.5 * np.sum(r**2), 0.5 * np.mean(r**2)


@wrong("linear_losses", hint="Is pred asked for as a column (n, 1), or as a vector (n,)?")
def predictions_as_a_column():
    def linear_losses(X, w, b, y):
        pred = X @ w[:, None] + b
        r = pred[:, 0] - y
        return pred, np.sum(np.abs(r)), np.sum(r**2), np.mean(r**2)


@wrong("linear_losses", hint="Is the mean taken over the samples or over the features?")
def mse_divided_by_the_number_of_features():
    def linear_losses(X, w, b, y):
        pred = X @ w + b
        r = pred - y
        return pred, np.sum(np.abs(r)), np.sum(r**2), np.sum(r**2) / X.shape[1]


@wrong("linear_losses", hint="Which of the three losses is a sum of squares, and which is a mean?")
def l2_and_mse_are_the_same():
    def linear_losses(X, w, b, y):
        pred = X @ w + b
        r = pred - y
        mse = np.mean(r**2)
        return pred, np.sum(np.abs(r)), mse, mse


@wrong("linear_losses", hint="How often does the bias count in each prediction: once, or once a feature?")
def bias_added_once_a_feature():
    def linear_losses(X, w, b, y):
        pred = (X * w + b).sum(axis=1)
        r = pred - y
        return pred, np.sum(np.abs(r)), np.sum(r**2), np.mean(r**2)


# 4.2 A sigmoid that does not overflow


@right("sigmoid")
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


@right("sigmoid")
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


@wrong("sigmoid", hint="What is exp(1000) in float64, and for which z does your formula ask for it?")
def naive():
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))


@wrong("sigmoid", hint="What is inf / inf, and for which z does your formula compute it?")
def naive_with_the_exponential_above():
    def sigmoid(z):
        return np.exp(z) / (1 + np.exp(z))


@wrong("sigmoid", hint="Does np.where compute only the side it takes, or both?")
def where_computes_both_sides():
    def sigmoid(z):
        return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


@wrong("sigmoid", hint="What is sigma(-40), and what does your function give for it?")
def clipped_at_30():
    def sigmoid(z):
        return 1 / (1 + np.exp(-np.clip(z, -30, 30)))


@wrong("sigmoid", hint="Which dtype has the result when z is float32?")
def always_float64():
    def sigmoid(z):
        small = np.exp(-np.abs(z.astype(np.float64)))
        return np.where(z >= 0, 1, small) / (1 + small)


@wrong("sigmoid", hint="What is the value at z = 0: 0 or 1/2?")
def tanh():
    def sigmoid(z):
        return np.tanh(z)


@wrong("sigmoid", hint="What is left in floating point of 1 + tanh(-20)?")
def half_tanh_loses_the_tail():
    def sigmoid(z):
        return np.asarray(0.5 * (1 + np.tanh(0.5 * z)), dtype=z.dtype)


@wrong("sigmoid", hint="Does the sigmoid rise or fall as z grows?")
def sign_of_the_exponent():
    def sigmoid(z):
        small = np.exp(-np.abs(z))
        return np.where(z >= 0, small, 1) / (1 + small)


@wrong("sigmoid", hint="What stands in the caller's z after your function?")
def z_is_overwritten():
    def sigmoid(z):
        positive = z >= 0
        z[positive] = 1 / (1 + np.exp(-z[positive]))
        z[~positive] = np.exp(z[~positive]) / (1 + np.exp(z[~positive]))
        return z


@wrong("sigmoid", hint="Is the small number that you add still small next to sigma(-40) = 4e-18?")
def epsilon_in_the_result():
    def sigmoid(z):
        small = np.exp(-np.abs(z))
        return (np.where(z >= 0, 1, small) / (1 + small) + 1e-12).astype(z.dtype)


@wrong("sigmoid", hint="Does your function return an array of the shape of z when z has two axes?")
def result_is_flattened():
    def sigmoid(z):
        return np.array([1 / (1 + np.exp(-v)) if v >= 0 else np.exp(v) / (1 + np.exp(v)) for v in z.ravel()])


@wrong("sigmoid", hint="Is the value of tanh between 0 and 1, and at which argument is it taken?")
def tanh_of_the_whole_argument():
    def sigmoid(z):
        return ((1 + np.tanh(z)) / 2).astype(z.dtype)


# 4.3 Binary cross entropy from logits


@right("bce_with_logits")
def logaddexp_of_both_signs():
    def bce_with_logits(z, y):
        from scipy.special import expit

        loss = np.mean(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))
        return loss, (expit(z) - y) / z.shape[0]


@right("bce_with_logits")
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


@wrong("bce_with_logits", hint="What is log(1 - sigma(800)) in floating point?")
def logarithm_of_the_sigmoid():
    def bce_with_logits(z, y):
        a = 1 / (1 + np.exp(-z))
        return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)), (a - y) / len(z)


@wrong("bce_with_logits", hint="How much should a wrong logit of 800 cost, and how much does log(1e-12) let it cost?")
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


@wrong("bce_with_logits", hint="Should the loss rise or fall when the logit of a sample of class 1 grows?")
def gradient_with_the_other_sign():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        return np.mean(np.logaddexp(0, z) - y * z), (y - a) / len(z)


@wrong("bce_with_logits", hint="Write out dJ/da times da/dz: what becomes of a (1 - a)?")
def slope_of_the_sigmoid_too_many():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        return np.mean(np.logaddexp(0, z) - y * z), (a - y) * a * (1 - a) / len(z)


@wrong("bce_with_logits", hint="Which of the two terms counts when y is 0.3?")
def hard_labels_only():
    def bce_with_logits(z, y):
        small = np.exp(-np.abs(z))
        a = np.where(z >= 0, 1, small) / (1 + small)
        loss = np.where(y > 0.5, np.logaddexp(0, -z), np.logaddexp(0, z))
        return loss.mean(), np.where(y > 0.5, a - 1, a) / len(z)


@wrong("bce_with_logits", hint="Which samples does the second term of the cost speak of?")
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


@wrong("bce_with_logits", hint="Is the gradient asked for with respect to the probability a, or to the logit z?")
def gradient_with_respect_to_the_probability():
    def bce_with_logits(z, y):
        a = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        return np.mean(np.logaddexp(0, z) - y * z), (a - y) / (a * (1 - a)) / len(z)


@wrong("bce_with_logits", hint="What does a clipped logit cost when it should cost 800?")
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


# 4.4 Softmax and cross entropy


@right("softmax_xent")
def one_hot_targets():
    def softmax_xent(s, y):
        from scipy.special import log_softmax, softmax

        n, C = s.shape
        one_hot = np.eye(C)[y]
        return -np.sum(one_hot * log_softmax(s, axis=1)) / n, (softmax(s, axis=1) - one_hot) / n


@right("softmax_xent")
def logsumexp_less_the_right_score():
    def softmax_xent(s, y):
        from scipy.special import logsumexp

        n = s.shape[0]
        total = logsumexp(s, axis=1)
        ds = np.exp(s - total[:, None])  # pyright: ignore[reportCallIssue, reportArgumentType] - no tuple
        for i in range(n):
            ds[i, y[i]] -= 1
        return (total - s[np.arange(n), y]).mean(), ds / n


@right("softmax_xent")
def torch_cross_entropy():
    def softmax_xent(s, y):
        import torch

        scores = torch.tensor(s, requires_grad=True)
        loss = torch.nn.functional.cross_entropy(scores, torch.tensor(y))
        loss.backward()
        return loss.item(), scores.grad.numpy()


@right("softmax_xent")
def row_by_row_relative_to_the_right_class():
    def softmax_xent(s, y):
        n, C = s.shape
        loss, ds = 0.0, np.zeros((n, C))
        for i in range(n):
            d = s[i] - np.max(s[i])
            e = np.exp(d)
            loss += np.log(e.sum()) - d[y[i]]
            ds[i] = e / e.sum()
            ds[i, y[i]] -= 1
        return loss / n, ds / n


@wrong("softmax_xent", hint="What is exp(1000) in float64?")
def nothing_subtracted():
    def softmax_xent(s, y):
        n = len(y)
        e = np.exp(s)
        p = e / e.sum(axis=1, keepdims=True)
        ds = p.copy()
        ds[np.arange(n), y] -= 1
        return -np.log(p[np.arange(n), y]).mean(), ds / n


@wrong("softmax_xent", hint="If one row is near 1000, what is left of a row near -1000 after you subtract 1000?")
def largest_score_of_all_rows():
    def softmax_xent(s, y):
        n = len(y)
        e = np.exp(s - s.max())
        p = e / e.sum(axis=1, keepdims=True)
        ds = p.copy()
        ds[np.arange(n), y] -= 1
        return -np.log(p[np.arange(n), y]).mean(), ds / n


@wrong(
    "softmax_xent", hint="How much should a class cost that is behind by 900, and how much does log(1e-12) let it cost?"
)
def epsilon_in_the_logarithm_of_p():
    def softmax_xent(s, y):
        n = len(y)
        e = np.exp(s - s.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        ds = p.copy()
        ds[np.arange(n), y] -= 1
        return -np.log(p[np.arange(n), y] + 1e-12).mean(), ds / n


@wrong("softmax_xent", hint="Which numbers add up to 1: the probabilities of one sample, or those of one class?")
def softmax_over_the_samples():
    def softmax_xent(s, y):
        n = len(y)
        e = np.exp(s - s.max(axis=0))
        p = e / e.sum(axis=0)
        ds = p.copy()
        ds[np.arange(n), y] -= 1
        return -np.log(p[np.arange(n), y]).mean(), ds / n


@wrong("softmax_xent", hint="The loss is a mean over n samples. What does that do to its gradient?")
def gradient_of_the_sum():
    def softmax_xent(s, y):
        n = len(y)
        shifted = s - s.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        ds = np.exp(log_p)
        ds[np.arange(n), y] -= 1
        return -log_p[np.arange(n), y].mean(), ds


@wrong("softmax_xent", hint="Is the loss a sum over the samples or a mean?")
def summed_loss():
    def softmax_xent(s, y):
        n = len(y)
        shifted = s - s.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        ds = np.exp(log_p)
        ds[np.arange(n), y] -= 1
        return -log_p[np.arange(n), y].sum(), ds


@wrong("softmax_xent", hint="What do the entries of a row of the gradient add up to?")
def gradient_is_the_probability():
    def softmax_xent(s, y):
        n = len(y)
        shifted = s - s.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return -log_p[np.arange(n), y].mean(), np.exp(log_p) / n


@wrong("softmax_xent", hint="How many entries does ds[:, y] pick from a row?")
def one_subtracted_from_whole_columns():
    def softmax_xent(s, y):
        n = len(y)
        shifted = s - s.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        ds = np.exp(log_p)
        ds[:, y] -= 1
        return -log_p[np.arange(n), y].mean(), ds / n


@wrong("softmax_xent", hint="What has become of the caller's s after your function?")
def scores_shifted_in_place():
    def softmax_xent(s, y):
        n = len(y)
        s -= s.max(axis=1, keepdims=True)
        log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
        ds = np.exp(log_p)
        ds[np.arange(n), y] -= 1
        return -log_p[np.arange(n), y].mean(), ds / n


@wrong("softmax_xent", hint="Which axis does a maximum of shape (n,) line up with, when it is subtracted from (n, C)?")
def maximum_without_keepdims():
    def softmax_xent(s, y):
        n = len(y)
        e = np.exp(s - s.max(axis=1))
        p = e / e.sum(axis=1)
        ds = p.copy()
        ds[np.arange(n), y] -= 1
        return -np.log(p[np.arange(n), y]).mean(), ds / n


@wrong("softmax_xent", hint="Does the mean over the samples divide by n, or by the number of entries of s?")
def divided_by_all_entries():
    def softmax_xent(s, y):
        n, C = s.shape
        shifted = s - s.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        one_hot = np.eye(C)[y]
        return -np.mean(one_hot * log_p), (np.exp(log_p) - one_hot) / (n * C)


@wrong("softmax_xent", hint="Does the gradient point to where the loss grows, or to where it falls?")
def one_hot_less_probability():
    def softmax_xent(s, y):
        n = len(y)
        shifted = s - s.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return -log_p[np.arange(n), y].mean(), (np.eye(s.shape[1])[y] - np.exp(log_p)) / n


@wrong("softmax_xent", hint="What is log(p) where p underflows to 0: can you get it without p?")
def logarithm_of_an_underflow():
    def softmax_xent(s, y):
        n = len(y)
        e = np.exp(s - s.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        ds = p.copy()
        ds[np.arange(n), y] -= 1
        return -np.log(p[np.arange(n), y]).mean(), ds / n


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


@right("svm_loss")
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


@wrong("svm_loss", hint="Do all classes that come too close pay, or only the worst of them?")
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


@wrong("svm_loss", hint="What happens to the loss when the score of the right class grows?")
def gradient_of_the_right_class_missing():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y][:, None] + 1)
        margins[rows, y] = 0
        return margins.sum() / n, (margins > 0) / n


@wrong("svm_loss", hint="In how many positive terms of a sample does the score of its right class stand?")
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


@wrong("svm_loss", hint="By how much should the right class be ahead before nothing is paid?")
def margin_of_zero():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y][:, None])
        margins[rows, y] = 0
        ds = (margins > 0).astype(float)
        ds[rows, y] = -ds.sum(axis=1)
        return margins.sum() / n, ds / n


@wrong("svm_loss", hint="Which axis does a vector (n,) line up with, when it is subtracted from (n, C)?")
def right_scores_along_the_wrong_axis():
    def svm_loss(s, y):
        n = len(y)
        rows = np.arange(n)
        margins = np.maximum(0, s - s[rows, y] + 1)
        margins[rows, y] = 0
        ds = (margins > 0).astype(float)
        ds[rows, y] = -ds.sum(axis=1)
        return margins.sum() / n, ds / n


@wrong("svm_loss", hint="Which comes first in the formula: the score of the other class, or that of the right one?")
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


@wrong("svm_loss", hint="Is the slope of max(0, m) equal to m, or to 1, where m is positive?")
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


@wrong("regularized", hint="Does lambda stand before the penalty as it is, or halved?")
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


@wrong("regularized", hint="What should be left when lam is 0?")
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


@wrong("regularized", hint="Is the caller asking for the penalty alone, or for the total loss?")
def penalty_alone():
    def regularized(data_loss, params, lam, kind):
        weights = [W for name, W in params.items() if not name.startswith("b")]
        if kind == "l2":
            return lam * sum(np.sum(W**2) for W in weights)
        return lam * sum(np.sum(np.abs(W)) for W in weights)


@wrong("regularized", hint="How often does your loop return, when there are two layers?")
def returns_after_the_first_layer():
    def regularized(data_loss, params, lam, kind):
        total = data_loss
        for name, W in params.items():
            if not name.startswith("b"):
                total += lam * (np.sum(W**2) if kind == "l2" else np.sum(np.abs(W)))
                return total


# 4.7 A gradient by central differences


@right("numerical_gradient")
def flat_loop_in_place_and_back():
    def numerical_gradient(f, x, h=1e-5):
        gradient = np.zeros_like(x)
        for i in range(x.size):
            old = x.flat[i]
            x.flat[i] = old + h
            up = f(x)
            x.flat[i] = old - h
            down = f(x)
            x.flat[i] = old
            gradient.flat[i] = (up - down) / (2 * h)
        return gradient


@right("numerical_gradient")
def up_twice_down_and_up():
    def numerical_gradient(f, x, h=1e-5):
        gradient = np.zeros(x.shape)
        iterator = np.nditer(x, flags=["multi_index"])
        for _ in iterator:
            i = iterator.multi_index
            x[i] += h
            up = f(x)
            x[i] -= 2 * h
            down = f(x)
            x[i] += h
            gradient[i] = (up - down) / (2 * h)
        return gradient


@right("numerical_gradient")
def unit_arrays():
    def numerical_gradient(f, x, h=1e-5):
        units = np.eye(x.size).reshape(x.size, *x.shape)
        slopes = [(f(x + h * e) - f(x - h * e)) / 2 / h for e in units]
        return np.array(slopes).reshape(x.shape)


@right("numerical_gradient")
def mean_of_forward_and_backward():
    def numerical_gradient(f, x, h=1e-5):
        here = f(x)
        gradient = np.zeros_like(x)
        for i in np.ndindex(*x.shape):
            up, down = np.array(x), np.array(x)
            up[i], down[i] = up[i] + h, down[i] - h
            gradient[i] = ((f(up) - here) / h + (here - f(down)) / h) / 2
        return gradient


@wrong("numerical_gradient", hint="Between which two points is the difference taken: x and x + h, or x - h and x + h?")
def forward_difference():
    def numerical_gradient(f, x, h=1e-5):
        gradient = np.zeros_like(x)
        for i in np.ndindex(x.shape):
            up = x.copy()
            up[i] += h
            gradient[i] = (f(up) - f(x)) / h
        return gradient


@wrong("numerical_gradient", hint="Where is x when the next coordinate has its turn?")
def x_not_restored():
    def numerical_gradient(f, x, h=1e-5):
        gradient = np.zeros_like(x)
        for i in np.ndindex(x.shape):
            x[i] += h
            up = f(x)
            x[i] -= 2 * h
            down = f(x)
            gradient[i] = (up - down) / (2 * h)
        return gradient


@wrong("numerical_gradient", hint="How far apart are x - h and x + h?")
def divided_by_h():
    def numerical_gradient(f, x, h=1e-5):
        gradient = np.zeros_like(x)
        for i in np.ndindex(x.shape):
            up, down = x.copy(), x.copy()
            up[i] += h
            down[i] -= h
            gradient[i] = (f(up) - f(down)) / h
        return gradient


@wrong("numerical_gradient", hint="Which shape has the gradient when x has two axes?")
def gradient_flattened():
    def numerical_gradient(f, x, h=1e-5):
        gradient = np.zeros(x.size)
        for k, i in enumerate(np.ndindex(x.shape)):
            up, down = x.copy(), x.copy()
            up[i] += h
            down[i] -= h
            gradient[k] = (f(up) - f(down)) / (2 * h)
        return gradient


@wrong("numerical_gradient", hint="How many coordinates does x + h move?")
def all_coordinates_at_once():
    def numerical_gradient(f, x, h=1e-5):
        return np.full_like(x, (f(x + h) - f(x - h)) / (2 * h))


@wrong("numerical_gradient", hint="Between which two points is the difference taken: x - h and x, or x - h and x + h?")
def backward_difference():
    def numerical_gradient(f, x, h=1e-5):
        gradient = np.zeros_like(x)
        for i in np.ndindex(x.shape):
            down = x.copy()
            down[i] -= h
            gradient[i] = (f(x) - f(down)) / h
        return gradient


@wrong("numerical_gradient", hint="What does your function do with the argument h?")
def h_ignored():
    def numerical_gradient(f, x, h=1e-5):
        gradient = np.zeros_like(x)
        for i in np.ndindex(x.shape):
            up, down = x.copy(), x.copy()
            up[i] += 1e-5
            down[i] -= 1e-5
            gradient[i] = (f(up) - f(down)) / 2e-5
        return gradient


@wrong("numerical_gradient", hint="Does range(len(x)) reach every entry of an x with two axes, or every row?")
def one_row_at_a_time():
    def numerical_gradient(f, x, h=1e-5):
        gradient = np.zeros_like(x)
        for i in range(len(x)):
            up, down = x.copy(), x.copy()
            up[i] += h
            down[i] -= h
            gradient[i] = (f(up) - f(down)) / (2 * h)
        return gradient


@wrong("numerical_gradient", hint="Which shape does f expect: that of x, or a plain vector?")
def f_given_a_plain_vector():
    def numerical_gradient(f, x, h=1e-5):
        flat = x.ravel()
        slopes = [(f(flat + h * e) - f(flat - h * e)) / (2 * h) for e in np.eye(x.size)]
        return np.array(slopes).reshape(x.shape)


@wrong("numerical_gradient", hint="After up = x, are up and x two arrays or one?")
def two_names_for_one_array():
    def numerical_gradient(f, x, h=1e-5):
        gradient = np.zeros_like(x)
        for i in np.ndindex(x.shape):
            up = x
            up[i] += h
            down = x
            down[i] -= h
            gradient[i] = (f(up) - f(down)) / (2 * h)
        return gradient


@wrong("numerical_gradient", hint="What does 2 * h stand for when it is written as `/ 2 * h`?")
def two_h_without_brackets():
    def numerical_gradient(f, x, h=1e-5):
        gradient = np.zeros_like(x)
        for i in np.ndindex(x.shape):
            up, down = x.copy(), x.copy()
            up[i] += h
            down[i] -= h
            gradient[i] = (f(up) - f(down)) / 2 * h
        return gradient


@wrong("numerical_gradient", hint="Which point comes first in the difference: the one above, or the one below?")
def below_less_above():
    def numerical_gradient(f, x, h=1e-5):
        gradient = np.zeros_like(x)
        for i in np.ndindex(x.shape):
            up, down = x.copy(), x.copy()
            up[i] += h
            down[i] -= h
            gradient[i] = (f(down) - f(up)) / (2 * h)
        return gradient


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


@wrong("numerical_jacobian", hint="What is the Jacobian of A x: A, or its transpose?")
def inputs_by_outputs():
    def numerical_jacobian(f, x, h=1e-5):
        return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])


@wrong("numerical_jacobian", hint="Between which two points is the difference taken, and how large is the step?")
def coarse_forward_difference():
    def numerical_jacobian(f, x, h=1e-5):
        here = f(x)
        return np.stack([(f(x + h * e) - here) / h for e in np.eye(len(x))], axis=1)


@wrong("numerical_jacobian", hint="How many numbers does f return, and has each of them a row of its own?")
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


@wrong("numerical_jacobian", hint="How many rows has J when f has 2 outputs and x has 3 entries?")
def taken_for_square():
    def numerical_jacobian(f, x, h=1e-5):
        n = len(x)
        J = np.zeros((n, n))
        for j, e in enumerate(np.eye(n)):
            J[:, j] = (f(x + h * e) - f(x - h * e)) / (2 * h)
        return J


@wrong("numerical_jacobian", hint="Where is x when the next input has its turn?")
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


@wrong("numerical_jacobian", hint="Which shape has J when there is one output: (n,), or (1, n)?")
def squeezed():
    def numerical_jacobian(f, x, h=1e-5):
        return np.squeeze(np.stack([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))], axis=1))


@wrong("numerical_jacobian", hint="Does reshape(m, n) turn rows into columns, as a transpose does?")
def reshaped_in_place_of_transposed():
    def numerical_jacobian(f, x, h=1e-5):
        rows = np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])
        return rows.reshape(len(f(x)), len(x))


# 4.9 Gradient descent and when to stop


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


@wrong("gradient_descent", hint="After x = x0 and x -= ..., what has become of the caller's x0?")
def start_overwritten():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = x0
        for k in range(max_iter):
            g = grad(x)
            if np.linalg.norm(g) < tol:
                return x, k
            x -= lr * g
        return x, max_iter


@wrong("gradient_descent", hint="How many updates have been made when x0 is the minimum already?")
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


@wrong("gradient_descent", hint="How long is a step, when the gradient has been divided by its length?")
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


@wrong(
    "gradient_descent", hint="Is the gradient looked at before the update or after it, and what if x0 is the minimum?"
)
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
    hint="What does your function return when the loop ends without a small gradient: is k the updates done?",
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


@wrong("gradient_descent", hint="Which number is compared with tol: the norm, or its square?")
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


@wrong("gradient_descent", hint="Where is the gradient taken in the second update: at x0, or at the new x?")
def gradient_taken_once():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x, g = x0.copy(), grad(x0)
        for k in range(max_iter):
            if np.linalg.norm(g) < tol:
                return x, k
            x = x - lr * g
        return x, max_iter


@wrong("gradient_descent", hint="Is an update made where the length of the gradient is exactly tol?")
def stops_at_tol_itself():
    def gradient_descent(grad, x0, lr=0.1, max_iter=1000, tol=1e-6):
        x = np.array(x0)
        for k in range(max_iter):
            g = grad(x)
            if np.sqrt(g @ g) <= tol:
                return x, k
            x = x - lr * g
        return x, max_iter


# 4.10 Logistic regression by gradient descent


@right("fit_logistic")
def column_of_ones():
    def fit_logistic(X, y, lr, n_iter):
        from scipy.special import expit

        A = np.column_stack([X, np.ones(len(X))])
        theta = np.zeros(A.shape[1])
        for _ in range(n_iter):
            theta -= lr * A.T @ (expit(A @ theta) - y) / len(y)
        return theta[:-1], theta[-1]


@right("fit_logistic")
def torch_optimizer():
    def fit_logistic(X, y, lr, n_iter):
        import torch

        X, y = torch.tensor(X), torch.tensor(y)
        w = torch.zeros(X.shape[1], dtype=torch.float64, requires_grad=True)
        b = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([w, b], lr=lr)
        for _ in range(n_iter):
            optimizer.zero_grad()
            torch.nn.functional.binary_cross_entropy_with_logits(X @ w + b, y).backward()
            optimizer.step()
        return w.detach().numpy(), b.item()


@right("fit_logistic")
def mean_of_the_pulls():
    def fit_logistic(X, y, lr, n_iter):
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(n_iter):
            error = y - 1 / (1 + np.exp(-(X @ w) - b))
            w += lr * np.mean(error[:, None] * X, axis=0)
            b += lr * error.mean()
        return w, b


@wrong("fit_logistic", hint="Is the loss a mean over the samples or a sum?")
def gradient_of_a_sum():
    def fit_logistic(X, y, lr, n_iter):
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(n_iter):
            dz = 1 / (1 + np.exp(-(X @ w + b))) - y
            w, b = w - lr * X.T @ dz, b - lr * dz.sum()
        return w, b


@wrong("fit_logistic", hint="What is the gradient with respect to the bias, and is the bias updated?")
def bias_not_updated():
    def fit_logistic(X, y, lr, n_iter):
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(n_iter):
            dz = (1 / (1 + np.exp(-(X @ w + b))) - y) / len(y)
            w = w - lr * X.T @ dz
        return w, b


@wrong("fit_logistic", hint="At which w are the probabilities computed that update b: the old one, or the new one?")
def one_after_the_other():
    def fit_logistic(X, y, lr, n_iter):
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(n_iter):
            w = w - lr * X.T @ (1 / (1 + np.exp(-(X @ w + b))) - y) / len(y)
            b = b - lr * np.mean(1 / (1 + np.exp(-(X @ w + b))) - y)
        return w, b


@wrong("fit_logistic", hint="Does the loss fall along your updates?")
def uphill():
    def fit_logistic(X, y, lr, n_iter):
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(n_iter):
            dz = (1 / (1 + np.exp(-(X @ w + b))) - y) / len(y)
            w, b = w + lr * X.T @ dz, b + lr * dz.sum()
        return w, b


@wrong("fit_logistic", hint="Where does the task start?")
def random_start():
    def fit_logistic(X, y, lr, n_iter):
        w, b = np.random.default_rng(0).normal(size=X.shape[1]), 0.0
        for _ in range(n_iter):
            dz = (1 / (1 + np.exp(-(X @ w + b))) - y) / len(y)
            w, b = w - lr * X.T @ dz, b - lr * dz.sum()
        return w, b


@wrong("fit_logistic", hint="Which two values do the targets have in the formula: 0 and 1, or -1 and 1?")
def labels_of_minus_one_and_one():
    def fit_logistic(X, y, lr, n_iter):
        y = 2 * y - 1
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(n_iter):
            dz = (1 / (1 + np.exp(-(X @ w + b))) - y) / len(y)
            w, b = w - lr * X.T @ dz, b - lr * dz.sum()
        return w, b


@wrong("fit_logistic", hint="Is your gradient that of the cross entropy, or that of the squared error?")
def gradient_of_the_squared_error():
    def fit_logistic(X, y, lr, n_iter):
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(n_iter):
            a = 1 / (1 + np.exp(-(X @ w + b)))
            dz = (a - y) * a * (1 - a) / len(y)
            w, b = w - lr * X.T @ dz, b - lr * dz.sum()
        return w, b


@wrong("fit_logistic", hint="Where in the logits does the bias stand?")
def bias_left_out_of_the_logits():
    def fit_logistic(X, y, lr, n_iter):
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(n_iter):
            dz = (1 / (1 + np.exp(-X @ w)) - y) / len(y)
            w, b = w - lr * X.T @ dz, b - lr * dz.sum()
        return w, b


@wrong("fit_logistic", hint="How many updates does range(1, n_iter) make?")
def one_update_too_few():
    def fit_logistic(X, y, lr, n_iter):
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(1, n_iter):
            dz = (1 / (1 + np.exp(-(X @ w + b))) - y) / len(y)
            w, b = w - lr * X.T @ dz, b - lr * dz.sum()
        return w, b


@wrong("fit_logistic", hint="Does the model give the probability, or the logit, that is compared with y?")
def sigmoid_left_out():
    def fit_logistic(X, y, lr, n_iter):
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(n_iter):
            dz = (X @ w + b - y) / len(y)
            w, b = w - lr * X.T @ dz, b - lr * dz.sum()
        return w, b


@wrong("fit_logistic", hint="Is the number of samples the length of X, or the number of its columns?")
def divided_by_features():
    def fit_logistic(X, y, lr, n_iter):
        w, b = np.zeros(X.shape[1]), 0.0
        for _ in range(n_iter):
            dz = (1 / (1 + np.exp(-(X @ w + b))) - y) / X.shape[1]
            w, b = w - lr * X.T @ dz, b - lr * dz.sum()
        return w, b
