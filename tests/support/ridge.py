"""An answer to the second part of exercise 2.8, for tests that change its first part."""

RIDGE_FIT = """

def ridge_fit(X, y):
    m, s = X.mean(0), X.std(0)
    Z = (X - m) / s

    def left_out(lam):
        H = Z @ np.linalg.solve(Z.T @ Z + lam * np.eye(Z.shape[1]), Z.T) + 1 / len(y)
        return np.sum(((y - H @ y) / (1 - np.diag(H))) ** 2)

    w = ridge(Z, y - y.mean(), min(np.logspace(-3, 4, 15), key=left_out)) / s
    return np.append(y.mean() - m @ w, w)"""
