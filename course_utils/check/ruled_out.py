"""What an exercise may rule out: functions, methods and operators by name, and groups of them.

"@"               an operator
".dot"            a method of this name, of whatever it is
"numpy.dot"       a function or class, under whatever name it was imported
"numpy.linalg.*"  all that a module holds
"for", "while", "comprehension", "recursion"
"matrix products" a group of these
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any

# What exercises rule out together. Each group is named in the task as it is here.
GROUPS: dict[str, tuple[str, ...]] = {
    "activations of libraries": (
        "torch.relu", "torch.relu_", "torch.sigmoid", "torch.tanh", "torch.softmax", "torch.log_softmax",
        "torch.special.expit", "torch.special.softmax", "torch.special.log_softmax", "torch.nn.functional.relu",
        "torch.nn.functional.leaky_relu", "torch.nn.functional.prelu", "torch.nn.functional.elu",
        "torch.nn.functional.gelu", "torch.nn.functional.silu", "torch.nn.functional.sigmoid",
        "torch.nn.functional.tanh", "torch.nn.functional.softmax", "torch.nn.functional.log_softmax",
        "torch.nn.functional.logsigmoid", "torch.nn.functional.softplus", "torch.nn.functional.threshold",
        "torch.nn.functional.hardtanh", "torch.nn.ReLU", "torch.nn.LeakyReLU", "torch.nn.PReLU", "torch.nn.ELU",
        "torch.nn.GELU", "torch.nn.SiLU", "torch.nn.Sigmoid", "torch.nn.Tanh", "torch.nn.Softmax",
        "torch.nn.LogSoftmax", "torch.nn.LogSigmoid", "torch.nn.Softplus", "scipy.special.expit",
        "scipy.special.log_expit", "scipy.special.softmax", "scipy.special.log_softmax",
        ".relu", ".relu_", ".sigmoid", ".sigmoid_", ".softmax", ".log_softmax",
    ),
    "automatic differentiation": (
        "torch.autograd.*", "torch.func.*", ".backward", ".requires_grad_",
    ),
    "decompositions": (
        "numpy.linalg.svd", "numpy.linalg.svdvals", "numpy.linalg.eig", "numpy.linalg.eigh", "numpy.linalg.eigvals",
        "numpy.linalg.eigvalsh", "numpy.linalg.qr", "numpy.linalg.cholesky", "numpy.linalg.pinv",
        "numpy.linalg.lstsq", "numpy.linalg.matrix_rank", "numpy.linalg.cond", "numpy.linalg.det",
        "numpy.linalg.slogdet", "scipy.linalg.*", "scipy.sparse.linalg.*", "torch.linalg.*", "torch.svd", "torch.qr",
        "torch.svd_lowrank", "torch.pca_lowrank", "torch.lobpcg", "torch.cholesky", "torch.pinverse", "torch.det",
        "sklearn.*", ".svd", ".qr", ".pinverse", ".det",
    ),
    "dropout of libraries": (
        "torch.dropout", "torch.dropout_", "torch.native_dropout", "torch.alpha_dropout", "torch.feature_dropout",
        "torch.nn.Dropout", "torch.nn.Dropout1d", "torch.nn.Dropout2d", "torch.nn.Dropout3d", "torch.nn.AlphaDropout",
        "torch.nn.functional.dropout", "torch.nn.functional.dropout1d", "torch.nn.functional.dropout2d",
        "torch.nn.functional.dropout3d", "torch.nn.functional.alpha_dropout",
    ),
    "initializers of libraries": ("torch.nn.init.*",),
    "loops": (
        "for", "while", "comprehension", "recursion", "builtins.map", "builtins.filter",
        "functools.reduce", "numpy.vectorize", "numpy.frompyfunc", "numpy.apply_along_axis", "numpy.apply_over_axes",
        "numpy.fromiter", "numpy.nditer", "numpy.ndenumerate", "numpy.ndindex", "itertools.*", "torch.vmap",
        "torch.func.*", ".tolist", ".item", ".apply_", ".map_",
    ),
    "losses of libraries": (
        "torch.nn.functional.cross_entropy", "torch.nn.functional.nll_loss",
        "torch.nn.functional.binary_cross_entropy", "torch.nn.functional.binary_cross_entropy_with_logits",
        "torch.nn.functional.mse_loss", "torch.nn.functional.l1_loss", "torch.nn.functional.huber_loss",
        "torch.nn.functional.smooth_l1_loss", "torch.nn.functional.kl_div", "torch.nn.functional.hinge_embedding_loss",
        "torch.nn.functional.multi_margin_loss", "torch.nn.functional.soft_margin_loss", "torch.nn.CrossEntropyLoss",
        "torch.nn.NLLLoss", "torch.nn.BCELoss", "torch.nn.BCEWithLogitsLoss", "torch.nn.MSELoss", "torch.nn.L1Loss",
        "torch.nn.KLDivLoss", "torch.nn.MultiMarginLoss", "torch.nn.SoftMarginLoss", "sklearn.*",
        "scipy.stats.entropy", "scipy.special.entr", "scipy.special.rel_entr", "scipy.special.kl_div",
    ),
    "matrix products": (
        "@", ".__matmul__", ".__rmatmul__", ".__imatmul__", ".dot", ".matmul", ".mm", ".bmm", ".mv", ".addmm",
        ".addmm_", ".addmv", ".baddbmm", ".inner", "operator.matmul", "operator.imatmul", "numpy.dot",
        "numpy.matmul", "numpy.inner", "numpy.vdot", "numpy.vecdot", "numpy.matvec", "numpy.vecmat",
        "numpy.tensordot", "numpy.einsum", "numpy.matrix", "numpy.asmatrix", "numpy.linalg.multi_dot",
        "numpy.linalg.matmul", "numpy.linalg.vecdot", "numpy.linalg.tensordot", "scipy.linalg.blas.*", "torch.dot",
        "torch.matmul", "torch.mm", "torch.bmm", "torch.mv", "torch.inner", "torch.tensordot", "torch.einsum",
        "torch.addmm", "torch.addmv", "torch.baddbmm", "torch.chain_matmul", "torch.linalg.multi_dot",
        "torch.linalg.matmul", "torch.linalg.vecdot", "torch.nn.functional.linear", "torch.nn.functional.bilinear",
        "torch.nn.Linear",
    ),
    "normalization of libraries": (
        "torch.batch_norm", "torch.layer_norm", "torch.group_norm", "torch.rms_norm", "torch.instance_norm",
        "torch.native_batch_norm", "torch.native_layer_norm", "torch.nn.functional.batch_norm",
        "torch.nn.functional.layer_norm", "torch.nn.functional.group_norm", "torch.nn.functional.instance_norm",
        "torch.nn.functional.rms_norm", "torch.nn.functional.normalize", "torch.nn.BatchNorm1d",
        "torch.nn.BatchNorm2d", "torch.nn.BatchNorm3d", "torch.nn.SyncBatchNorm", "torch.nn.LayerNorm",
        "torch.nn.GroupNorm", "torch.nn.RMSNorm", "sklearn.*", "scipy.stats.zscore",
    ),
    "norms of libraries": (
        "numpy.linalg.norm", "numpy.linalg.vector_norm", "numpy.linalg.matrix_norm", "scipy.linalg.norm",
        "torch.norm", "torch.linalg.norm", "torch.linalg.vector_norm", "torch.linalg.matrix_norm", "torch.dist",
        "torch.cdist", "torch.nn.functional.pairwise_distance", "scipy.spatial.distance.*", "math.dist", "math.hypot",
        ".norm",
    ),
    "optimizers of libraries": ("torch.optim.*", "scipy.optimize.*", "sklearn.*"),
    "scikit-learn": ("sklearn.*",),
}  # fmt: skip

# What no answer may use: helpers of the lectures compute what exercises ask for.
LECTURES = "course_utils"
NOT_LECTURES = frozenset(["check", "checks", "data", "student"])


def patterns(rules: Iterable[str]) -> tuple[str, ...]:
    """Return the names that `rules` stand for, groups in their parts."""
    return tuple(dict.fromkeys(name for rule in rules for name in GROUPS.get(rule, (rule,))))


def is_of_a_lecture(what: str) -> bool:
    """Say whether a full name is that of a helper of the lectures."""
    first, _, rest = what.partition(".")
    return first == LECTURES and rest.partition(".")[0] not in NOT_LECTURES | {""}


def matches(what: str, pattern: str) -> bool:
    """Say whether a use, as `uses.Use.what` has it, is one of what `pattern` stands for."""
    if pattern[:1] == ".":
        return what.endswith(pattern)
    if pattern.endswith(".*"):
        return what == pattern[:-2] or what.startswith(pattern[:-1])
    return what == pattern or ("." in what[1:] and _is_same(what, pattern))


def unknown(rule: str) -> bool:
    """Say whether a rule names a function, class or module that does not exist in the installed libraries."""
    known = {"@", "for", "while", "comprehension", "recursion"}
    return any(
        name not in known and name[:1] != "." and found(name.removesuffix(".*"), importing=True) is None
        for name in patterns([rule])
    )


@cache
def _is_same(what: str, pattern: str) -> bool:
    """Say whether two full names are of one object: `torch.nn.functional.tanh` and `torch.tanh` are not."""
    wanted = found(pattern)
    return wanted is not None and not isinstance(wanted, ModuleType) and found(what) is wanted


def found(name: str, importing: bool = False) -> Any:
    """Return what a full name stands for; None where there is nothing, or its module was not imported.

    importing: import the module, too.
    """
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        module = _module(".".join(parts[:end]), importing)
        if module is not None:
            value: Any = module
            for part in parts[end:]:
                value = getattr(value, part, None)
            return value
    return None


def _module(name: str, importing: bool) -> ModuleType | None:
    if importing:
        try:
            return importlib.import_module(name)
        except ImportError:
            return None
    return sys.modules.get(name)
