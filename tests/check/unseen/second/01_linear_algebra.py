"""More unseen wrong answers to assignment 01; `hint` is the catalogue entry with the same idea, or "none"."""

import numpy as np

from answers import wrong


@wrong("lp_norm", hint="no_absolute_value")
def signed_powers():
    def lp_norm(x, p):
        if p < 0:
            raise ValueError("p")
        if p == 0:
            return float(np.count_nonzero(x))
        if np.isinf(p):
            return float(np.max(np.abs(x)))
        total = 0.0
        for entry in x:
            total += float(entry) ** p
        return float(total ** (1 / p))


@wrong("matmul", hint="dtype_of_the_first_factor")
def zeros_like_the_left_one():
    def matmul(A, B):
        if A.shape[1] != B.shape[0]:
            raise ValueError("cannot multiply")
        out = np.zeros((len(A), B.shape[1]), A.dtype)
        for row in range(len(A)):
            for column in range(B.shape[1]):
                out[row, column] = sum(A[row, t] * B[t, column] for t in range(len(B)))
        return out


@wrong("rotate", hint="clockwise")
def turns_the_other_way():
    def rotate(P, theta):
        turn = np.array([[np.cos(theta), np.sin(theta)], [-np.sin(theta), np.cos(theta)]])
        return (turn @ P.T).T


@wrong("matrix_norms", hint="trace_taken_for_nuclear")
def sum_of_the_diagonal():
    def matrix_norms(A):
        sigma = np.linalg.svd(A)[1]
        return {
            "one": np.abs(A).sum(0).max(),
            "inf": np.abs(A).sum(1).max(),
            "fro": np.sqrt((A * A).sum()),
            "spectral": sigma.max(),
            "nuclear": float(sum(A[i, i] for i in range(min(A.shape)))),
        }


@wrong("svd_summary", hint="condition_upside_down")
def smallest_over_largest():
    def svd_summary(A, rtol=1e-10):
        sigma = np.linalg.svd(A, compute_uv=False)
        rank = int((sigma > rtol * sigma.max()).sum())
        det = float(np.linalg.det(A)) if A.shape[0] == A.shape[1] else None
        return {"rank": rank, "det": det, "cond": float(sigma.min() / sigma.max())}


@wrong("sym_eig", hint="ascending_as_eigh_returns_them")
def no_sorting():
    def sym_eig(A):
        values, vectors = np.linalg.eigh(A)
        best = np.abs(values).argmax()
        return values, vectors, vectors[:, best]
