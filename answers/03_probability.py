"""Answers to assignment 03: probability and information."""
# ruff: noqa: RUF059 - students, too, unpack what they do not use

import numpy as np

from answers import right, wrong

# 3.1 The density of a function


@right("transform_pdf")
def sum_of_logarithms():
    def transform_pdf(p, f_inv, df_inv, y):
        with np.errstate(divide="ignore"):
            return np.exp(np.log(p(f_inv(y))) + np.log(np.abs(df_inv(y))))


@right("transform_pdf")
def one_y_at_a_time():
    def transform_pdf(p, f_inv, df_inv, y):
        density = np.zeros(len(y))
        for i in range(len(y)):
            x = f_inv(y[i])
            density[i] = p(x) * abs(df_inv(y[i]))
        return density


@right("transform_pdf")
def sign_of_the_slope():
    def transform_pdf(p, f_inv, df_inv, y):
        slope = df_inv(y)
        return np.sign(slope) * slope * p(f_inv(y))


@right("transform_pdf")
def root_of_the_square():
    def transform_pdf(p, f_inv, df_inv, y):
        x = f_inv(y)
        return np.sqrt(df_inv(y) ** 2) * p(x)


@wrong("transform_pdf", hint="What is the sign of the derivative of the inverse of f(x) = -2x?")
def no_absolute_value():
    def transform_pdf(p, f_inv, df_inv, y):
        return p(f_inv(y)) * df_inv(y)


@wrong("transform_pdf", hint="p is the density of X. From which x does y come?")
def density_at_y():
    def transform_pdf(p, f_inv, df_inv, y):
        return p(y) * np.abs(df_inv(y))


@wrong(
    "transform_pdf",
    hint="Where f stretches, its inverse shrinks. Should the density become lower or higher, and what does df_inv do?",
)
def divided_by_the_derivative():
    def transform_pdf(p, f_inv, df_inv, y):
        return p(f_inv(y)) / np.abs(df_inv(y))


@wrong("transform_pdf", hint="Where f stretches, the same probability lies over a longer piece. Which factor says so?")
def no_derivative():
    def transform_pdf(p, f_inv, df_inv, y):
        return p(f_inv(y))


@wrong("transform_pdf", hint="df_inv is the derivative of f_inv, a function of y. What did you put into it?")
def derivative_at_x():
    def transform_pdf(p, f_inv, df_inv, y):
        x = f_inv(y)
        return p(x) * np.abs(df_inv(x))


@wrong("transform_pdf", hint="Is it the values at a few places that must add up to 1, or the area under the curve?")
def made_to_add_up_to_1():
    def transform_pdf(p, f_inv, df_inv, y):
        density = p(f_inv(y)) * np.abs(df_inv(y))
        return density / density.sum()


@wrong(
    "transform_pdf",
    hint="Does cutting negative densities off bring back the probability that is lost?",
)
def negative_densities_cut_off():
    def transform_pdf(p, f_inv, df_inv, y):
        return np.maximum(p(f_inv(y)) * df_inv(y), 0)


@wrong("transform_pdf", hint="Whose sign must not matter: that of x, or that of the derivative?")
def absolute_value_of_x():
    def transform_pdf(p, f_inv, df_inv, y):
        return p(np.abs(f_inv(y))) * df_inv(y)


@wrong("transform_pdf", hint="How many x give the same y where f is increasing, or decreasing, everywhere?")
def second_branch_added():
    def transform_pdf(p, f_inv, df_inv, y):
        return (p(f_inv(y)) + p(-f_inv(y))) * np.abs(df_inv(y))


@wrong(
    "transform_pdf",
    hint="1 / f'(x) is the derivative of the inverse. Is df_inv the derivative of f, or of its inverse already?",
)
def taken_for_the_derivative_of_f():
    def transform_pdf(p, f_inv, df_inv, y):
        x = f_inv(y)
        return p(x) * np.abs(1 / df_inv(x))


# 3.2 The logarithm of a Gaussian density


@right("gaussian_logpdf")
def slogdet_and_solve():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        sign, log_det = np.linalg.slogdet(Sigma)
        distances = np.einsum("ij,ji->i", A, np.linalg.solve(Sigma, A.T))
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + log_det + distances)


@right("gaussian_logpdf")
def torch_multivariate_normal():
    def gaussian_logpdf(X, mu, Sigma):
        import torch

        normal = torch.distributions.MultivariateNormal(torch.from_numpy(mu), torch.from_numpy(Sigma))
        return normal.log_prob(torch.from_numpy(X)).numpy()


@right("gaussian_logpdf")
def scipy_multivariate_normal():
    def gaussian_logpdf(X, mu, Sigma):
        from scipy.stats import multivariate_normal

        return np.atleast_1d(multivariate_normal(mu, Sigma).logpdf(X))


@right("gaussian_logpdf")
def loop_over_samples():
    def gaussian_logpdf(X, mu, Sigma):
        precision = np.linalg.inv(Sigma)
        log_det = np.linalg.slogdet(Sigma)[1]
        result = []
        for x in X:
            a = x - mu
            result.append(-0.5 * a @ precision @ a - 0.5 * log_det - 0.5 * len(mu) * np.log(2 * np.pi))
        return np.array(result)


@right("gaussian_logpdf")
def independent_along_the_axes():
    def gaussian_logpdf(X, mu, Sigma):
        values, U = np.linalg.eigh(Sigma)
        z = (X - mu) @ U / np.sqrt(values)
        return -0.5 * np.sum(z**2 + np.log(2 * np.pi * values), axis=1)


@wrong("gaussian_logpdf", hint="What are exp(-1800) and exp(900) in float64, and what are their logarithms?")
def logarithm_of_the_density():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=1)
        scale = np.exp(-0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1]))
        return np.log(scale * np.exp(-0.5 * distances))


@wrong("gaussian_logpdf", hint="What is 0.01 to the power of 200 in float64?")
def logarithm_of_the_determinant():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=1)
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.log(np.linalg.det(Sigma)) + distances)


@wrong("gaussian_logpdf", hint="Which factor stands before the quadratic form?")
def no_half():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=1)
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1]) - distances


@wrong("gaussian_logpdf", hint="How many factors 2 pi has the density in d dimensions?")
def two_pi_once():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=1)
        return -0.5 * (np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + distances)


@wrong("gaussian_logpdf", hint="With a larger variance, is the same deviation more or less likely?")
def covariance_not_inverted():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + np.sum(A @ Sigma * A, axis=1))


@wrong("gaussian_logpdf", hint="Sigma = L L^T. How is det Sigma made from the diagonal of L?")
def determinant_of_the_cholesky_factor():
    def gaussian_logpdf(X, mu, Sigma):
        L = np.linalg.cholesky(Sigma)
        z = np.linalg.solve(L, (X - mu).T)
        log_det = np.sum(np.log(np.diag(L)))
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + log_det + np.sum(z**2, axis=0))


@wrong("gaussian_logpdf", hint="The logarithm of a product is a sum of logarithms. Which of the two stays in range?")
def logarithm_of_the_product_of_the_diagonal():
    def gaussian_logpdf(X, mu, Sigma):
        L = np.linalg.cholesky(Sigma)
        z = np.linalg.solve(L, (X - mu).T)
        log_det = 2 * np.log(np.prod(np.diag(L)))
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + log_det + np.sum(z**2, axis=0))


@wrong("gaussian_logpdf", hint="You have a number for each pair of samples. Which of them belong to one sample?")
def all_pairs_of_samples():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + A @ np.linalg.inv(Sigma) @ A.T)


@wrong("gaussian_logpdf", hint="How many numbers are asked for: one for each sample, or one for all?")
def mean_over_the_samples():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=1)
        return np.mean(-0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + distances))


@wrong("gaussian_logpdf", hint="Where is the density highest, and does your formula know?")
def mean_not_subtracted():
    def gaussian_logpdf(X, mu, Sigma):
        distances = np.sum(X @ np.linalg.inv(Sigma) * X, axis=1)
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + distances)


@wrong("gaussian_logpdf", hint="What happens to correlated coordinates when only the diagonal of Sigma is used?")
def diagonal_of_sigma():
    def gaussian_logpdf(X, mu, Sigma):
        variances = np.diag(Sigma)
        return -0.5 * np.sum(np.log(2 * np.pi * variances) + (X - mu) ** 2 / variances, axis=1)


@wrong("gaussian_logpdf", hint="Is d the number of samples, or the number of coordinates?")
def samples_counted_for_coordinates():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=1)
        return -0.5 * (len(X) * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + distances)


@wrong("gaussian_logpdf", hint="z = L^-1 (x - mu) for a column x. What is that for samples in rows?")
def cholesky_factor_from_the_wrong_side():
    def gaussian_logpdf(X, mu, Sigma):
        L = np.linalg.cholesky(Sigma)
        z = (X - mu) @ np.linalg.inv(L)
        log_det = 2 * np.sum(np.log(np.diag(L)))
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + log_det + np.sum(z**2, axis=1))


@wrong("gaussian_logpdf", hint="Along which axis of the (n, d) array do the coordinates of one sample lie?")
def summed_over_the_samples():
    def gaussian_logpdf(X, mu, Sigma):
        A = X - mu
        distances = np.sum(A @ np.linalg.inv(Sigma) * A, axis=0)
        return -0.5 * (X.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(Sigma)[1] + distances)


# 3.3 The ellipse of a Gaussian


@right("ellipse_axes")
def singular_vectors():
    def ellipse_axes(Sigma, mass=0.95):
        U, values, _ = np.linalg.svd(Sigma)
        return np.sqrt(-2 * np.log1p(-mass) * values), U


@right("ellipse_axes")
def flipped_signs():
    def ellipse_axes(Sigma, mass=0.95):
        values, vectors = np.linalg.eigh(Sigma)
        k = np.sqrt(2 * np.log(1 / (1 - mass)))
        return np.flip(k * np.sqrt(values)), -np.fliplr(vectors)


@right("ellipse_axes")
def chi_squared_quantile():
    def ellipse_axes(Sigma, mass=0.95):
        from scipy.stats import chi2

        values, vectors = np.linalg.eig(Sigma)
        order = np.argsort(values)[::-1]
        return np.sqrt(chi2.ppf(mass, df=2) * values[order]), vectors[:, order]


@right("ellipse_axes")
def angle_by_hand():
    def ellipse_axes(Sigma, mass=0.95):
        (a, b), (_, c) = Sigma
        centre, radius = (a + c) / 2, np.hypot((a - c) / 2, b)
        angle = np.arctan2(2 * b, a - c) / 2
        k = np.sqrt(-2 * np.log(1 - mass))
        directions = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return k * np.sqrt(np.array([centre + radius, centre - radius])), directions


@wrong("ellipse_axes", hint="An eigenvalue is a variance. In which unit is a length measured?")
def eigenvalues_without_the_root():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(-2 * np.log(1 - mass)) * values[::-1], U[:, ::-1]


@wrong("ellipse_axes", hint="Is the length asked for from border to border, or from the centre to the border?")
def full_lengths():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return 2 * np.sqrt(-2 * np.log(1 - mass) * values[::-1]), U[:, ::-1]


@wrong("ellipse_axes", hint="1.96 holds 95% of one variable. How much does a disc of that radius hold in the plane?")
def quantile_of_one_variable():
    def ellipse_axes(Sigma, mass=0.95):
        from scipy.stats import norm

        values, U = np.linalg.eigh(Sigma)
        return norm.ppf((1 + mass) / 2) * np.sqrt(values[::-1]), U[:, ::-1]


@wrong("ellipse_axes", hint="In which order does eigh return eigenvalues?")
def ascending_order():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(-2 * np.log(1 - mass) * values), U


@wrong("ellipse_axes", hint="Are eigenvectors the rows or the columns of U, and which does the task ask for?")
def directions_in_rows():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(-2 * np.log(1 - mass) * values[::-1]), U[:, ::-1].T


@wrong("ellipse_axes", hint="What does correlation do to the axes of an ellipse?")
def axes_of_the_plane():
    def ellipse_axes(Sigma, mass=0.95):
        variances = np.diag(Sigma)
        order = np.argsort(variances)[::-1]
        return np.sqrt(-2 * np.log(1 - mass) * variances[order]), np.eye(2)[:, order]


@wrong("ellipse_axes", hint="You turned the half lengths round. What happened to the directions?")
def directions_left_in_ascending_order():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(-2 * np.log(1 - mass) * values[::-1]), U


@wrong("ellipse_axes", hint="What does your function do with the argument mass?")
def mass_ignored():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(5.991464547107979 * values[::-1]), U[:, ::-1]


@wrong("ellipse_axes", hint="How much probability has the ellipse of one standard deviation?")
def one_standard_deviation():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(values[::-1]), U[:, ::-1]


@wrong("ellipse_axes", hint="If 1 - exp(-k^2 / 2) is the mass, what is k^2, and which factor stands before the log?")
def two_forgotten():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(-np.log(1 - mass) * values[::-1]), U[:, ::-1]


@wrong("ellipse_axes", hint="-2 log(1 - mass) is k^2. Do the axes grow with k, or with k^2?")
def k_squared():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return -2 * np.log(1 - mass) * np.sqrt(values[::-1]), U[:, ::-1]


@wrong("ellipse_axes", hint="Which probability lies outside the ellipse: mass, or 1 - mass?")
def mass_outside():
    def ellipse_axes(Sigma, mass=0.95):
        values, U = np.linalg.eigh(Sigma)
        return np.sqrt(-2 * np.log(mass) * values[::-1]), U[:, ::-1]


# 3.4 A mixture of Gaussians


@right("gmm")
def scipy_logsumexp():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp
        from scipy.stats import multivariate_normal

        terms = np.stack(
            [np.log(w[c]) + np.atleast_1d(multivariate_normal(M[c], S[c]).logpdf(X)) for c in range(len(w))], axis=1
        )
        terms = terms.reshape(len(X), len(w))
        logpdf = np.asarray(logsumexp(terms, axis=1))
        return logpdf, np.exp(terms - logpdf[:, None])


@right("gmm")
def torch_mixture():
    def gmm(X, w, M, S):
        import torch
        from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

        X, w, M, S = map(torch.from_numpy, (X, w, M, S))
        components = MultivariateNormal(M, S)
        logpdf = MixtureSameFamily(Categorical(w), components).log_prob(X)
        resp = torch.softmax(w.log() + components.log_prob(X[:, None]), dim=1)
        return logpdf.numpy(), resp.numpy()


@right("gmm")
def logaddexp():
    def gmm(X, w, M, S):
        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        logpdf = np.logaddexp.reduce(terms, axis=1)
        return logpdf, np.exp(terms - logpdf.reshape(-1, 1))


@right("gmm")
def loop_over_samples_and_components():
    def gmm(X, w, M, S):
        n, K = len(X), len(w)
        logpdf, resp = np.zeros(n), np.zeros((n, K))
        for i in range(n):
            terms = []
            for c in range(K):
                L = np.linalg.cholesky(S[c])
                z = np.linalg.solve(L, X[i] - M[c])
                terms.append(np.log(w[c]) - 0.5 * (z @ z + np.sum(np.log(2 * np.pi * np.diag(L) ** 2))))
            terms = np.array(terms)
            shares = np.exp(terms - max(terms))
            logpdf[i] = max(terms) + np.log(shares.sum())
            resp[i] = shares / shares.sum()
        return logpdf, resp


@wrong("gmm", hint="What are all the densities far away from every mean in float64, and what is the log of their sum?")
def no_log_sum_exp():
    def gmm(X, w, M, S):
        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        logs = -0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        terms = w * np.exp(logs)
        p = terms.sum(axis=1)
        return np.log(p), terms / p[:, None]


@wrong("gmm", hint="A weight is a factor of the density. What is it to the logarithm?")
def weights_not_logged():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = w - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        logpdf = np.asarray(logsumexp(terms, axis=1))
        return logpdf, np.exp(terms - logpdf[:, None])


@wrong("gmm", hint="Where does your function use the weights w?")
def weights_ignored():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = -0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        logpdf = np.asarray(logsumexp(terms, axis=1))
        return logpdf, np.exp(terms - logpdf[:, None])


@wrong("gmm", hint="The responsibilities of which things add up to 1: of the components, or of the samples?")
def normalised_over_the_samples():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp, softmax

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        return logsumexp(terms, axis=1), softmax(terms, axis=0)


@wrong("gmm", hint="Is the logarithm of a mean the mean of the logarithms?")
def mean_of_the_logarithms():
    def gmm(X, w, M, S):
        from scipy.special import softmax

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        logs = -0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        return logs @ w, softmax(np.log(w) + logs, axis=1)


@wrong("gmm", hint="Has a mixture of two Gaussians one peak or two? How many has your density?")
def one_gaussian_for_all():
    def gmm(X, w, M, S):
        from scipy.special import softmax

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        logs = -0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        a, Sigma = X - w @ M, np.tensordot(w, S, axes=1)
        distance = np.sum(a @ np.linalg.inv(Sigma) * a, axis=1)
        logpdf = -0.5 * (distance + np.linalg.slogdet(Sigma)[1] + X.shape[1] * np.log(2 * np.pi))
        return logpdf, softmax(np.log(w) + logs, axis=1)


@wrong("gmm", hint="Responsibilities are shares. To what do your rows add up?")
def densities_for_responsibilities():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        return logsumexp(terms, axis=1), np.exp(terms)


@wrong("gmm", hint="Can a sample belong to two components, each in part?")
def nearest_component_takes_all():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        return logsumexp(terms, axis=1), np.eye(len(w))[terms.argmax(axis=1)]


@wrong("gmm", hint="You subtracted the largest term so that exp is safe. Where does it come back?")
def largest_term_not_added_back():
    def gmm(X, w, M, S):
        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        shares = np.exp(terms - terms.max(axis=1, keepdims=True))
        return np.log(shares.sum(axis=1)), shares / shares.sum(axis=1, keepdims=True)


@wrong(
    "gmm", hint="Bayes' rule has a prior. Which of two equally near components is more likely, the heavy or the light?"
)
def responsibilities_without_the_weights():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp, softmax

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        logs = -0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        return logsumexp(np.log(w) + logs, axis=1), softmax(logs, axis=1)


@wrong("gmm", hint="Which of all terms is your maximum: the largest of its own row, or the largest of all rows?")
def one_maximum_for_all_samples():
    def gmm(X, w, M, S):
        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        shares = np.exp(terms - terms.max())
        return terms.max() + np.log(shares.sum(axis=1)), shares / shares.sum(axis=1, keepdims=True)


@wrong("gmm", hint="Does one row of resp belong to a sample, or to a component?")
def responsibilities_transposed():
    def gmm(X, w, M, S):
        from scipy.special import logsumexp, softmax

        A = X[:, None] - M
        distances = np.einsum("nki,kij,nkj->nk", A, np.linalg.inv(S), A)
        terms = np.log(w) - 0.5 * (distances + np.linalg.slogdet(S)[1] + X.shape[1] * np.log(2 * np.pi))
        return logsumexp(terms, axis=1), softmax(terms, axis=1).T


# 3.5 Conditional probabilities


@right("conditional")
def loop_over_rows():
    def conditional(joint):
        result = np.zeros_like(joint)
        for i, row in enumerate(joint):
            if row.sum() > 0:
                result[i] = row / row.sum()
        return result


@right("conditional")
def transposed_division():
    def conditional(joint):
        px = joint.sum(axis=1)
        return (joint.T / np.where(px == 0, 1.0, px)).T


@right("conditional")
def nan_to_zero():
    def conditional(joint):
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(joint / joint.sum(axis=1, keepdims=True))


@right("conditional")
def zero_sums_replaced_by_one():
    def conditional(joint):
        px = np.einsum("xy->x", joint)[:, np.newaxis].copy()
        px[px == 0] = 1
        return joint / px


@wrong(
    "conditional", hint="Given x, over which of the two does the distribution run, and what must each row add up to?"
)
def x_given_y():
    def conditional(joint):
        py = joint.sum(axis=0)
        return joint / np.where(py == 0, 1.0, py)


@wrong("conditional", hint="With which axis of the table is an array of shape (nx,) lined up?")
def no_keepdims():
    def conditional(joint):
        px = joint.sum(axis=1)
        return joint / np.where(px == 0, 1.0, px)


@wrong("conditional", hint="What do all entries add up to, and what should each row add up to?")
def joint_itself():
    def conditional(joint):
        return joint.copy()


@wrong("conditional", hint="What is 0 / 0 in NumPy?")
def nan_in_rows_of_zeros():
    def conditional(joint):
        return joint / joint.sum(axis=1, keepdims=True)


@wrong("conditional", hint="Which axis of your table belongs to x?")
def result_transposed():
    def conditional(joint):
        px = joint.sum(axis=1)
        return joint.T / np.where(px == 0, 1.0, px)


@wrong("conditional", hint="These are probabilities already, not scores. What is the exponential for?")
def softmax_of_the_rows():
    def conditional(joint):
        e = np.exp(joint)
        return e / e.sum(axis=1, keepdims=True)


@wrong("conditional", hint="What becomes of a row whose probability is as small as your small constant?")
def small_constant_in_the_denominator():
    def conditional(joint):
        return joint / (joint.sum(axis=1, keepdims=True) + 1e-12)


@wrong("conditional", hint="What does the task ask for where x never occurs: nothing, or every y alike?")
def uniform_where_x_never_occurs():
    def conditional(joint):
        px = joint.sum(axis=1, keepdims=True)
        return np.where(px > 0, joint / np.where(px > 0, px, 1.0), 1 / joint.shape[1])


@wrong("conditional", hint="How many rows must the result have when one x never occurs?")
def rows_of_zeros_dropped():
    def conditional(joint):
        px = joint.sum(axis=1)
        return joint[px > 0] / px[px > 0][:, None]


@wrong("conditional", hint="p(x) is the sum of a row. Is that its largest entry?")
def divided_by_the_largest_entry():
    def conditional(joint):
        largest = joint.max(axis=1, keepdims=True)
        return joint / np.where(largest > 0, largest, 1.0)


@wrong("conditional", hint="What does your function do to the table of the caller?")
def divided_in_place():
    def conditional(joint):
        for row in joint:
            if row.sum() > 0:
                row /= row.sum()
        return joint


@wrong("conditional", hint="Is a rare x impossible? Which probability is small enough to be called 0?")
def rare_rows_taken_for_zeros():
    def conditional(joint):
        px = joint.sum(axis=1, keepdims=True)
        return np.divide(joint, px, out=np.zeros_like(joint), where=px > 1e-9)


@wrong("conditional", hint="Is a row with the probability 1e-200 a row of zeros?")
def rare_rows_left_at_0():
    def conditional(joint):
        px = joint.sum(axis=1, keepdims=True)
        return np.divide(joint, px, out=np.zeros_like(joint), where=px > 1e-15)


# 3.6 Entropy, cross entropy, KL divergence


@right("entropy")
def scipy_special():
    def entropy(p, base=2):
        from scipy.special import entr

        return entr(p).sum() / np.log(base)

    def cross_entropy(p, q, base=2):
        from scipy.special import entr, rel_entr

        return (entr(p) + rel_entr(p, q)).sum() / np.log(base)

    def kl(p, q, base=2):
        from scipy.special import rel_entr

        return rel_entr(p, q).sum() / np.log(base)


@right("entropy")
def comprehensions():
    import math

    def entropy(p, base=2):
        return -sum(a * math.log(a, base) for a in p if a > 0)

    def cross_entropy(p, q, base=2):
        return sum((-a * math.log(b, base) if b > 0 else math.inf) for a, b in zip(p, q, strict=True) if a > 0)

    def kl(p, q, base=2):
        return sum((a * math.log(a / b, base) if b > 0 else math.inf) for a, b in zip(p, q, strict=True) if a > 0)


@right("entropy")
def scipy_stats():
    def entropy(p, base=2):
        from scipy import stats

        return stats.entropy(p, base=base)

    def cross_entropy(p, q, base=2):
        return entropy(p, base) + kl(p, q, base)

    def kl(p, q, base=2):
        from scipy import stats

        return stats.entropy(p, q, base=base)


@right("entropy")
def entropy_as_cross_entropy_with_itself():
    def entropy(p, base=2):
        return cross_entropy(p, p, base)

    def cross_entropy(p, q, base=2):
        some = p != 0
        with np.errstate(divide="ignore"):
            bits = -np.log2(q[some])
        return np.dot(p[some], bits) / np.log2(base)

    def kl(p, q, base=2):
        return cross_entropy(p, q, base) - entropy(p, base)


@right("entropy")
def torch_xlogy():
    def entropy(p, base=2):
        return cross_entropy(p, p, base)

    def cross_entropy(p, q, base=2):
        import torch

        return -torch.xlogy(torch.from_numpy(p), torch.from_numpy(q)).sum().item() / np.log(base)

    def kl(p, q, base=2):
        return cross_entropy(p, q, base) - entropy(p, base)


@wrong("entropy", hint="Which base has np.log, and which base does the caller ask for?")
def nats_always():
    def entropy(p, base=2):
        p = p[p > 0]
        return -np.sum(p * np.log(p))

    def cross_entropy(p, q, base=2):
        seen = p > 0
        return np.inf if np.any(q[seen] == 0) else -np.sum(p[seen] * np.log(q[seen]))

    def kl(p, q, base=2):
        return cross_entropy(p, q) - entropy(p)


@wrong("entropy", hint="What does your function do with the argument base?")
def bits_always():
    def entropy(p, base=2):
        p = p[p > 0]
        return -np.sum(p * np.log2(p))

    def cross_entropy(p, q, base=2):
        seen = p > 0
        return np.inf if np.any(q[seen] == 0) else -np.sum(p[seen] * np.log2(q[seen]))

    def kl(p, q, base=2):
        return cross_entropy(p, q) - entropy(p)


@wrong("entropy", hint="What is 0 * np.log(0)?")
def nan_at_zeros():
    def entropy(p, base=2):
        return -np.sum(p * np.log(p)) / np.log(base)

    def cross_entropy(p, q, base=2):
        return -np.sum(p * np.log(q)) / np.log(base)

    def kl(p, q, base=2):
        return np.sum(p * np.log(p / q)) / np.log(base)


@wrong("entropy", hint="What should a code cost that has no word for something that happens? What does yours say?")
def small_constant_in_the_logarithm():
    def entropy(p, base=2):
        return -np.sum(p * np.log(p + 1e-12)) / np.log(base)

    def cross_entropy(p, q, base=2):
        return -np.sum(p * np.log(q + 1e-12)) / np.log(base)

    def kl(p, q, base=2):
        return np.sum(p * np.log((p + 1e-12) / (q + 1e-12))) / np.log(base)


@wrong("entropy", hint="Which of the two happens, p or q, and which one was the code made for?")
def arguments_swapped():
    def entropy(p, base=2):
        p = p[p > 0]
        return -np.sum(p * np.log(p)) / np.log(base)

    def cross_entropy(p, q, base=2):
        seen = q > 0
        return np.inf if np.any(p[seen] == 0) else -np.sum(q[seen] * np.log(p[seen])) / np.log(base)

    def kl(p, q, base=2):
        return cross_entropy(p, q, base) - entropy(q, base)


@wrong("entropy", hint="The logarithm of a probability is negative or 0. Can an entropy be?")
def minus_forgotten():
    def entropy(p, base=2):
        p = p[p > 0]
        return np.sum(p * np.log(p)) / np.log(base)

    def cross_entropy(p, q, base=2):
        seen = p > 0
        return -np.inf if np.any(q[seen] == 0) else np.sum(p[seen] * np.log(q[seen])) / np.log(base)

    def kl(p, q, base=2):
        return entropy(p, base) - cross_entropy(p, q, base)


@wrong("entropy", hint="KL(p || p) must be 0. What is it in your function?")
def kl_is_cross_entropy():
    def entropy(p, base=2):
        p = p[p > 0]
        return -np.sum(p * np.log(p)) / np.log(base)

    def cross_entropy(p, q, base=2):
        seen = p > 0
        return np.inf if np.any(q[seen] == 0) else -np.sum(p[seen] * np.log(q[seen])) / np.log(base)

    def kl(p, q, base=2):
        return cross_entropy(p, q, base)


@wrong("entropy", hint="Is KL(p || q) a distance that is the same in both directions?")
def both_directions_averaged():
    def entropy(p, base=2):
        p = p[p > 0]
        return -np.sum(p * np.log(p)) / np.log(base)

    def cross_entropy(p, q, base=2):
        seen = p > 0
        return np.inf if np.any(q[seen] == 0) else -np.sum(p[seen] * np.log(q[seen])) / np.log(base)

    def kl(p, q, base=2):
        forward = cross_entropy(p, q, base) - entropy(p, base)
        return (forward + cross_entropy(q, p, base) - entropy(q, base)) / 2


@wrong("entropy", hint="Both p and q are 0 at one place. Which terms does your sum leave out, and which does it keep?")
def nan_where_both_are_zero():
    def entropy(p, base=2):
        p = p[p > 0]
        return -np.sum(p * np.log(p)) / np.log(base)

    def cross_entropy(p, q, base=2):
        return -np.sum(p * np.log(q)) / np.log(base)

    def kl(p, q, base=2):
        return cross_entropy(p, q, base) - entropy(p, base)


@wrong("entropy", hint="Where q is 0 and p is not, is the term 0 or infinite? May it be left out?")
def zeros_of_q_left_out():
    def entropy(p, base=2):
        p = p[p > 0]
        return -np.sum(p * np.log(p)) / np.log(base)

    def cross_entropy(p, q, base=2):
        seen = (p > 0) & (q > 0)
        return -np.sum(p[seen] * np.log(q[seen])) / np.log(base)

    def kl(p, q, base=2):
        seen = (p > 0) & (q > 0)
        return np.sum(p[seen] * np.log(p[seen] / q[seen])) / np.log(base)


@wrong("entropy", hint="An expectation is a sum weighted with p. Must it be divided by the number of values, too?")
def mean_over_the_values():
    def entropy(p, base=2):
        p = np.where(p > 0, p, 1.0)
        return -np.mean(p * np.log(p)) / np.log(base)

    def cross_entropy(p, q, base=2):
        seen = p > 0
        if np.any(q[seen] == 0):
            return np.inf
        return -np.sum(p[seen] * np.log(q[seen])) / len(p) / np.log(base)

    def kl(p, q, base=2):
        return cross_entropy(p, q, base) - entropy(p, base)


@wrong("entropy", hint="log_b x = log x / log b. Is a nat more than a bit, or less?")
def multiplied_by_the_logarithm_of_the_base():
    def entropy(p, base=2):
        p = p[p > 0]
        return -np.sum(p * np.log(p)) * np.log(base)

    def cross_entropy(p, q, base=2):
        seen = p > 0
        return np.inf if np.any(q[seen] == 0) else -np.sum(p[seen] * np.log(q[seen])) * np.log(base)

    def kl(p, q, base=2):
        return cross_entropy(p, q, base) - entropy(p, base)


@wrong("entropy", hint="Your function knows two bases. What does it do for any other?")
def only_bits_or_nats():
    def entropy(p, base=2):
        p = p[p > 0]
        log = np.log2 if base == 2 else np.log
        return -np.sum(p * log(p))

    def cross_entropy(p, q, base=2):
        seen = p > 0
        log = np.log2 if base == 2 else np.log
        return np.inf if np.any(q[seen] == 0) else -np.sum(p[seen] * log(q[seen]))

    def kl(p, q, base=2):
        return cross_entropy(p, q, base) - entropy(p, base)


@wrong("entropy", hint="Is a probability of 1e-20 the same as 0? What does an event cost that q rules out?")
def small_probabilities_count_as_0():
    def entropy(p, base=2):
        p = p[p > 1e-12]
        return float(-np.sum(p * np.log(p)) / np.log(base))

    def cross_entropy(p, q, base=2):
        seen = p > 1e-12
        if np.any(q[seen] == 0):
            return np.inf
        return float(-np.sum(p[seen] * np.log(q[seen])) / np.log(base))

    def kl(p, q, base=2):
        return cross_entropy(p, q, base) - entropy(p, base)


# 3.7 Mutual information


@right("mutual_information")
def kl_form_with_rel_entr():
    def mutual_information(joint, base=2):
        from scipy.special import rel_entr

        product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
        return rel_entr(joint, product).sum() / np.log(base)


@right("mutual_information")
def entropy_less_conditional_entropy():
    def mutual_information(joint, base=2):
        def H(p):
            p = p[p > 0]
            return -(p * np.log(p)).sum()

        px, py = joint.sum(axis=1), joint.sum(axis=0)
        left = sum(px[i] * H(joint[i] / px[i]) for i in range(len(px)) if px[i] > 0)
        return (H(py) - left) / np.log(base)


@right("mutual_information")
def three_entropies():
    def mutual_information(joint, base=2):
        from scipy.stats import entropy

        H_x, H_y = entropy(joint.sum(axis=1), base=base), entropy(joint.sum(axis=0), base=base)
        return H_x + H_y - entropy(joint.ravel(), base=base)


@right("mutual_information")
def loop_over_cells():
    def mutual_information(joint, base=2):
        px, py = joint.sum(axis=1), joint.sum(axis=0)
        total = 0.0
        for (i, j), p in np.ndenumerate(joint):
            if p > 0:
                total += p * (np.log(p) - np.log(px[i]) - np.log(py[j]))
        return total / np.log(base)


@wrong("mutual_information", hint="If x tells all of y, then H(X, Y) = H(X) = H(Y). What is your sum then?")
def joint_entropy_added():
    def mutual_information(joint, base=2):
        from scipy.special import entr

        H_x, H_y = entr(joint.sum(axis=1)).sum(), entr(joint.sum(axis=0)).sum()
        return (H_x + H_y + entr(joint).sum()) / np.log(base)


@wrong("mutual_information", hint="What is 0 * np.log(0)?")
def nan_in_cells_with_zero():
    def mutual_information(joint, base=2):
        product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        return np.sum(joint * np.log(joint / product)) / np.log(base)


@wrong("mutual_information", hint="Which marginal belongs to the rows? What is the shape of your product of marginals?")
def marginals_swapped():
    def mutual_information(joint, base=2):
        product = np.outer(joint.sum(axis=0), joint.sum(axis=1))
        seen = joint > 0
        return np.sum(joint[seen] * np.log(joint[seen] / product[seen])) / np.log(base)


@wrong("mutual_information", hint="Is it what x tells about y that you return, or what is still open about y?")
def conditional_entropy():
    def mutual_information(joint, base=2):
        from scipy.special import entr

        return (entr(joint).sum() - entr(joint.sum(axis=1)).sum()) / np.log(base)


@wrong("mutual_information", hint="What does your function do with the argument base?")
def bits_whatever_the_base():
    def mutual_information(joint, base=2):
        product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        seen = joint > 0
        return np.sum(joint[seen] * np.log2(joint[seen] / product[seen]))


@wrong("mutual_information", hint="Is the information asked for, or its share of an entropy?")
def share_of_the_entropy():
    def mutual_information(joint, base=2):
        from scipy.special import entr

        H_x, H_y = entr(joint.sum(axis=1)).sum(), entr(joint.sum(axis=0)).sum()
        return (H_x + H_y - entr(joint).sum()) / np.sqrt(H_x * H_y)


@wrong("mutual_information", hint="Which of the two tables happens, and which one is only believed?")
def kl_the_other_way_round():
    def mutual_information(joint, base=2):
        from scipy.special import rel_entr

        return rel_entr(np.outer(joint.sum(axis=1), joint.sum(axis=0)), joint).sum() / np.log(base)


@wrong("mutual_information", hint="How often does each row occur? Does every row count alike in H(Y|X)?")
def rows_not_weighted():
    def mutual_information(joint, base=2):
        from scipy.special import entr

        px = joint.sum(axis=1, keepdims=True)
        rows = entr(joint / px).sum(axis=1)
        return (entr(joint.sum(axis=0)).sum() - rows.mean()) / np.log(base)


@wrong(
    "mutual_information", hint="Is the expectation taken over the cells as they occur, or is every cell counted once?"
)
def cells_not_weighted():
    def mutual_information(joint, base=2):
        product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        seen = joint > 0
        return np.sum(np.log(joint[seen] / product[seen])) / np.log(base)


@wrong("mutual_information", hint="Which base has np.log, and which base is asked for when none is given?")
def nats_whatever_the_base():
    def mutual_information(joint, base=2):
        product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        seen = joint > 0
        return np.sum(joint[seen] * np.log(joint[seen] / product[seen]))


@wrong("mutual_information", hint="What is the shape of the product of an array (nx,) and an array (ny,)?")
def marginals_multiplied_entry_by_entry():
    def mutual_information(joint, base=2):
        product = joint.sum(axis=1) * joint.sum(axis=0)
        terms = joint * np.log(joint / product, where=joint > 0, out=np.zeros_like(joint))
        return np.sum(terms) / np.log(base)


# 3.8 Moments of a joint table


@right("joint_moments")
def products_less_product_of_expectations():
    def joint_moments(xs, ys, P):
        Ex, Ey = np.sum(P * xs[:, None]), np.sum(P * ys)
        Vx = np.sum(P * xs[:, None] ** 2) - Ex**2
        Vy = np.sum(P * ys**2) - Ey**2
        return Ex, Ey, Vx, Vy, np.sum(P * np.outer(xs, ys)) - Ex * Ey


@right("joint_moments")
def two_loops():
    def joint_moments(xs, ys, P):
        def E(f):
            return sum(P[i, j] * f(x, y) for i, x in enumerate(xs) for j, y in enumerate(ys))

        Ex, Ey = E(lambda x, y: x), E(lambda x, y: y)
        return (
            Ex,
            Ey,
            E(lambda x, y: (x - Ex) ** 2),
            E(lambda x, y: (y - Ey) ** 2),
            E(lambda x, y: (x - Ex) * (y - Ey)),
        )


@right("joint_moments")
def weighted_covariance_of_all_pairs():
    def joint_moments(xs, ys, P):
        x, y = np.meshgrid(xs, ys, indexing="ij")
        Ex, Ey = np.average(x, weights=P), np.average(y, weights=P)
        C = np.cov(x.ravel(), y.ravel(), aweights=P.ravel(), ddof=0)
        return Ex, Ey, C[0, 0], C[1, 1], C[0, 1]


@right("joint_moments")
def einsum_of_deviations():
    def joint_moments(xs, ys, P):
        Ex, Ey = np.einsum("ij,i->", P, xs), np.einsum("ij,j->", P, ys)
        a, b = xs - Ex, ys - Ey
        return [
            float(moment)
            for moment in (
                Ex,
                Ey,
                np.einsum("ij,i,i->", P, a, a),
                np.einsum("ij,j,j->", P, b, b),
                np.einsum("ij,i,j->", P, a, b),
            )
        ]


@wrong("joint_moments", hint="Does a value that hardly ever occurs count as much as the others?")
def values_not_weighted():
    def joint_moments(xs, ys, P):
        Ex, Ey = xs.mean(), ys.mean()
        return Ex, Ey, xs.var(), ys.var(), (xs - Ex) @ P @ (ys - Ey)


@wrong("joint_moments", hint="The rows of P belong to x. Over which axis do you sum for p(x)?")
def marginals_changed_places():
    def joint_moments(xs, ys, P):
        px, py = P.sum(axis=0), P.sum(axis=1)
        Ex, Ey = px @ xs, py @ ys
        return Ex, Ey, px @ (xs - Ex) ** 2, py @ (ys - Ey) ** 2, (xs - Ex) @ P @ (ys - Ey)


@wrong("joint_moments", hint="What is the variance of something that is always 5? What does your function say?")
def second_moments_for_variances():
    def joint_moments(xs, ys, P):
        px, py = P.sum(axis=1), P.sum(axis=0)
        Ex, Ey = px @ xs, py @ ys
        return Ex, Ey, px @ xs**2, py @ ys**2, (xs - Ex) @ P @ (ys - Ey)


@wrong("joint_moments", hint="If x and y are independent, the covariance is 0. Is E[xy]?")
def expectation_of_the_product():
    def joint_moments(xs, ys, P):
        px, py = P.sum(axis=1), P.sum(axis=0)
        Ex, Ey = px @ xs, py @ ys
        return Ex, Ey, px @ (xs - Ex) ** 2, py @ (ys - Ey) ** 2, xs @ P @ ys


@wrong("joint_moments", hint="Is the variance asked for, or its root?")
def standard_deviations():
    def joint_moments(xs, ys, P):
        px, py = P.sum(axis=1), P.sum(axis=0)
        Ex, Ey = px @ xs, py @ ys
        Vx, Vy = px @ (xs - Ex) ** 2, py @ (ys - Ey) ** 2
        return Ex, Ey, np.sqrt(Vx), np.sqrt(Vy), (xs - Ex) @ P @ (ys - Ey)


@wrong("joint_moments", hint="Is the covariance divided by anything in its formula?")
def correlation_for_covariance():
    def joint_moments(xs, ys, P):
        px, py = P.sum(axis=1), P.sum(axis=0)
        Ex, Ey = px @ xs, py @ ys
        Vx, Vy = px @ (xs - Ex) ** 2, py @ (ys - Ey) ** 2
        return Ex, Ey, Vx, Vy, (xs - Ex) @ P @ (ys - Ey) / np.sqrt(Vx * Vy)


@wrong("joint_moments", hint="These are probabilities, not samples. What is there to be divided by n - 1?")
def estimates_from_samples():
    def joint_moments(xs, ys, P):
        n, m = P.shape
        px, py = P.sum(axis=1), P.sum(axis=0)
        Ex, Ey = px @ xs, py @ ys
        Vx, Vy = px @ (xs - Ex) ** 2 * n / (n - 1), py @ (ys - Ey) ** 2 * m / (m - 1)
        return Ex, Ey, Vx, Vy, (xs - Ex) @ P @ (ys - Ey)


@wrong("joint_moments", hint="From which mean do the deviations go: that of the list of values, or the expectation?")
def deviations_from_the_mean_of_the_values():
    def joint_moments(xs, ys, P):
        px, py = P.sum(axis=1), P.sum(axis=0)
        a, b = xs - xs.mean(), ys - ys.mean()
        return px @ xs, py @ ys, px @ a**2, py @ b**2, a @ P @ b


@wrong("joint_moments", hint="Which pairs occur how often? Where does your covariance use P itself, and not its sums?")
def covariance_from_the_marginals():
    def joint_moments(xs, ys, P):
        px, py = P.sum(axis=1), P.sum(axis=0)
        Ex, Ey = px @ xs, py @ ys
        return Ex, Ey, px @ (xs - Ex) ** 2, py @ (ys - Ey) ** 2, (px @ (xs - Ex)) * (py @ (ys - Ey))


@wrong(
    "joint_moments", hint="E[f(x)] is a sum over all pairs. Is each pair already weighted, or must you divide again?"
)
def divided_by_the_number_of_values():
    def joint_moments(xs, ys, P):
        px, py = P.sum(axis=1), P.sum(axis=0)
        Ex, Ey = px @ xs, py @ ys
        n, m = P.shape
        return Ex, Ey, px @ (xs - Ex) ** 2 / n, py @ (ys - Ey) ** 2 / m, (xs - Ex) @ P @ (ys - Ey) / (n * m)
