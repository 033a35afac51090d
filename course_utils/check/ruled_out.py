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
import re
import sys
from collections.abc import Iterable
from functools import cache, lru_cache
from types import ModuleType
from typing import Any

from course_utils.student.rooms import OFFERED, OPEN_TO_ANSWERS, PACKAGE

# A word of a text, and the operator of matrix products.
_WORD = re.compile(r"\w+|@")

# What stands behind a point, or is a text of its own: `x.backward()`, `getattr(x, "backward")`.
_ATTRIBUTE = re.compile(r"[.\"']\s*(\w+)")

# The words that loops are written with, where they are not their own names.
_KEYWORDS = {"comprehension": "for"}

# A line that imports what answers may import of `course_utils`, and the question of a setup cell whether it is there.
_OPEN_IMPORT = re.compile(
    rf"^from course_utils(?:\.(?:{'|'.join(OPEN_TO_ANSWERS)})\b[.\w]* import .*| import check)$"
    r"|find_spec\(.course_utils.\)",
    re.MULTILINE,
)

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
        "scipy.stats.logistic.*",
        ".relu", ".relu_", ".sigmoid", ".sigmoid_", ".softmax", ".log_softmax", "torch.ops.*",
        "torch._prelu_kernel", "torch._softmax", "torch._log_softmax", "torch._safe_softmax",
        "torch._masked_softmax", "torch._addmm_activation", "torch._add_relu", "torch._add_relu_",
        "torch._foreach_sigmoid", "torch._foreach_sigmoid_", "torch.rrelu", "torch.rrelu_",
        "torch.nn.functional.rrelu", "torch.nn.functional.relu6", "torch.nn.functional.celu", "torch.celu",
        "torch.nn.RReLU", "torch.nn.ReLU6", "torch.nn.CELU", "torch.threshold", "torch._VF.*",
        "torch._C._nn.leaky_relu", "torch._C._nn.elu", "torch._C._nn.gelu", "torch._C._nn.silu",
        "torch._C._nn.relu6", "torch._C._nn.softplus", "torch._C._nn.hardtanh", "torch._C._nn.log_sigmoid",
        "torch._C._nn.hardsigmoid",
    ),
    "automatic differentiation": (
        "torch.autograd.*", "torch.func.*", "torch.ops.*", ".backward", ".requires_grad_",
        "course_utils.check.central_differences",
    ),
    "convolutions of libraries": (
        "torch.nn.*", "torch.nn.functional.*", "torch.conv1d", "torch.conv2d", "torch.conv3d", "torch.max_pool1d",
        "torch.max_pool2d", "torch.avg_pool1d", "scipy.signal.*", "scipy.ndimage.*", "numpy.convolve",
        "numpy.correlate", "numpy.lib.stride_tricks.*", ".unfold",
        "torch._convolution", "torch._convolution_mode", "torch._nnpack_spatial_convolution",
        "torch.convolution", "torch.mkldnn_convolution", "torch._C._nn.*", "torch._VF.*",
    ),
    "decompositions": (
        "numpy.linalg.svd", "numpy.linalg.svdvals", "numpy.linalg.eig", "numpy.linalg.eigh", "numpy.linalg.eigvals",
        "numpy.linalg.eigvalsh", "numpy.linalg.qr", "numpy.linalg.cholesky", "numpy.linalg.pinv",
        "numpy.linalg.lstsq", "numpy.linalg.matrix_rank", "numpy.linalg.cond", "numpy.linalg.det",
        "numpy.linalg.slogdet", "scipy.linalg.svd", "scipy.linalg.svdvals", "scipy.linalg.eig", "scipy.linalg.eigh",
        "scipy.linalg.eigvals", "scipy.linalg.eigvalsh", "scipy.linalg.qr", "scipy.linalg.rq", "scipy.linalg.lu",
        "scipy.linalg.schur", "scipy.linalg.hessenberg", "scipy.linalg.polar", "scipy.linalg.cholesky",
        "scipy.linalg.pinv", "scipy.linalg.pinvh", "scipy.linalg.lstsq", "scipy.linalg.orth", "scipy.linalg.null_space",
        "scipy.linalg.subspace_angles", "scipy.linalg.det", "scipy.linalg.lapack.*", "scipy.linalg.interpolative.*",
        "scipy.sparse.linalg.*", "torch.linalg.svd", "torch.linalg.svdvals", "torch.linalg.eig", "torch.linalg.eigh",
        "torch.linalg.eigvals", "torch.linalg.eigvalsh", "torch.linalg.qr", "torch.linalg.cholesky", "torch.linalg.lu",
        "torch.linalg.cholesky_ex", "torch.linalg.pinv", "torch.linalg.lstsq", "torch.linalg.matrix_rank",
        "torch.linalg.cond", "torch.linalg.det", "torch.linalg.slogdet", "torch.svd", "torch.qr",
        "torch.svd_lowrank", "torch.pca_lowrank", "torch.lobpcg", "torch.cholesky", "torch.pinverse", "torch.det",
        "sklearn.*", ".svd", ".qr", ".pinverse", ".det",
        "torch._linalg_svd", "torch._linalg_eigh", "torch._linalg_det", "torch._linalg_slogdet",
        "torch._lu_with_info", "torch._VF.*",
    ),
    "dropout of libraries": (
        "torch.dropout", "torch.dropout_", "torch.native_dropout", "torch.alpha_dropout", "torch.feature_dropout",
        "torch.nn.Dropout", "torch.nn.Dropout1d", "torch.nn.Dropout2d", "torch.nn.Dropout3d", "torch.nn.AlphaDropout",
        "torch.nn.functional.dropout", "torch.nn.functional.dropout1d", "torch.nn.functional.dropout2d",
        "torch.nn.functional.dropout3d", "torch.nn.functional.alpha_dropout", "torch.ops.*",
        "torch._fused_dropout", "torch.feature_alpha_dropout", "torch._VF.*",
    ),
    # Not `torch.autograd.Function`: a Function of one's own differentiates nothing by itself.
    "gradients by autograd": (
        "torch.autograd.grad", "torch.autograd.backward", "torch.autograd.functional.*",
        "torch.autograd.forward_ad.*", "torch.func.*", "torch.enable_grad", "torch.ops.*", ".backward",
        ".requires_grad_",
    ),
    "initializers of libraries": ("torch.nn.init.*",),
    "least squares of libraries": (
        "numpy.linalg.lstsq", "numpy.linalg.pinv", "scipy.linalg.lstsq", "scipy.linalg.pinv", "scipy.linalg.pinvh",
        "scipy.optimize.lsq_linear", "scipy.optimize.least_squares", "scipy.sparse.linalg.*", "torch.linalg.lstsq",
        "torch.linalg.pinv", "torch.pinverse", "sklearn.*", ".pinverse", ".lstsq",
    ),
    "loops": (
        "for", "while", "comprehension", "recursion", "builtins.map", "builtins.filter",
        "builtins.exec", "builtins.eval",
        "functools.reduce", "numpy.vectorize", "numpy.frompyfunc", "numpy.apply_along_axis", "numpy.apply_over_axes",
        "numpy.fromiter", "numpy.nditer", "numpy.ndenumerate", "numpy.ndindex", "itertools.*", "torch.vmap",
        "torch.func.*", ".tolist", ".item", ".apply_", ".map_",
    ),
    "a look at code": (
        "inspect.getsource", "inspect.getsourcelines", "inspect.getclosurevars", "inspect.getmembers", "dis.*",
        "marshal.*", ".__code__", ".__closure__", ".__globals__", ".__name__", ".__qualname__", ".__defaults__",
        ".__dict__",
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
        "torch.special.entr", "torch.ops.*",
        "torch.binary_cross_entropy_with_logits", "torch.kl_div", "torch.hinge_embedding_loss",
        "torch._VF.*",
        "torch._C._nn.cross_entropy_loss", "torch._C._nn.nll_loss", "torch._C._nn.nll_loss_nd",
        "torch._C._nn.binary_cross_entropy", "torch._C._nn.mse_loss", "torch._C._nn.l1_loss",
        "torch._C._nn.huber_loss", "torch._C._nn.smooth_l1_loss", "torch._C._nn.multi_margin_loss",
        "torch._C._nn.soft_margin_loss",
    ),
    "matrix products": (
        "@", ".__matmul__", ".__rmatmul__", ".__imatmul__", ".dot", ".matmul", ".mm", ".bmm", ".mv", ".addmm",
        ".addmm_", ".addmv", ".baddbmm", ".inner", "operator.matmul", "operator.imatmul", "numpy.dot",
        "numpy.matmul", "numpy.inner", "numpy.vdot", "numpy.vecdot", "numpy.matvec", "numpy.vecmat",
        "numpy.tensordot", "numpy.einsum", "numpy.matrix", "numpy.asmatrix", "numpy.linalg.multi_dot",
        "numpy.linalg.matmul", "numpy.linalg.vecdot", "numpy.linalg.tensordot", "scipy.linalg.blas.*", "scipy.sparse.*",
        "torch.dot",
        "torch.matmul", "torch.mm", "torch.bmm", "torch.mv", "torch.inner", "torch.tensordot", "torch.einsum",
        "torch.addmm", "torch.addmv", "torch.baddbmm", "torch.chain_matmul", "torch.linalg.multi_dot",
        "torch.linalg.matmul", "torch.linalg.vecdot", "torch.nn.functional.linear", "torch.nn.functional.bilinear",
        "torch.nn.Linear", "torch.ops.*",
        "torch._addmm_activation", "torch._int_mm", "torch._trilinear", "torch._compute_linear_combination",
        "torch._grouped_mm", "torch._VF.*",
        "torch._C._nn.linear",
    ),
    "normalization of libraries": (
        "torch.batch_norm", "torch.layer_norm", "torch.group_norm", "torch.rms_norm", "torch.instance_norm",
        "torch.native_batch_norm", "torch.native_layer_norm", "torch.nn.functional.batch_norm",
        "torch.nn.functional.layer_norm", "torch.nn.functional.group_norm", "torch.nn.functional.instance_norm",
        "torch.nn.functional.rms_norm", "torch.nn.functional.normalize", "torch.nn.BatchNorm1d",
        "torch.nn.BatchNorm2d", "torch.nn.BatchNorm3d", "torch.nn.SyncBatchNorm", "torch.nn.LayerNorm",
        "torch.nn.LazyBatchNorm1d", "torch.nn.InstanceNorm1d", "torch.nn.GroupNorm", "torch.nn.RMSNorm",
        "sklearn.*", "scipy.stats.zscore", "torch.ops.*",
        "torch._native_batch_norm_legit", "torch._native_batch_norm_legit_no_training",
        "torch._batch_norm_impl_index", "torch._fused_rms_norm", "torch.native_group_norm", "torch._VF.*",
    ),
    "multivariate densities of libraries": (
        "scipy.stats.multivariate_normal", "scipy.stats.multivariate_normal.*", "scipy.stats.matrix_normal",
        "scipy.stats.matrix_normal.*", "torch.distributions.*", "sklearn.*",
    ),
    "norms of libraries": (
        "numpy.linalg.norm", "numpy.linalg.vector_norm", "numpy.linalg.matrix_norm", "scipy.linalg.norm",
        "torch.norm", "torch.linalg.norm", "torch.linalg.vector_norm", "torch.linalg.matrix_norm", "torch.dist",
        "torch.cdist", "torch.nn.functional.pairwise_distance", "scipy.spatial.distance.*", "math.dist", "math.hypot",
        ".norm",
        "torch._euclidean_dist", "torch._foreach_norm", "torch.frobenius_norm", "torch.nuclear_norm",
        "torch._VF.*",
    ),
    "numerical differentiation": (
        "course_utils.check.central_differences", "scipy.optimize.approx_fprime", "scipy.differentiate.*",
    ),
    "optimizers of libraries": (
        "torch.optim.*", "torch._fused_sgd_", "torch._fused_adagrad_", "torch._fused_adam_", "torch._fused_adamw_",
        "scipy.optimize.*", "sklearn.*",
    ),
    "parametric ReLUs of libraries": (
        "torch.prelu", "torch._prelu_kernel", "torch.nn.functional.prelu", "torch.nn.PReLU", ".prelu", "torch.ops.*",
        "torch._VF.*",
    ),
    "scikit-learn": ("sklearn.*",),
    "singular value decompositions": (
        "numpy.linalg.svd",
        "numpy.linalg.svdvals",
        "numpy.linalg.pinv",
        "scipy.linalg.svd",
        "scipy.linalg.svdvals",
        "scipy.linalg.pinv",
        "scipy.linalg.pinvh",
        "scipy.linalg.polar",
        "scipy.linalg.orth",
        "scipy.linalg.null_space",
        "scipy.linalg.lapack.*",
        "scipy.sparse.linalg.svds",
        "torch.linalg.svd",
        "torch.linalg.svdvals",
        "torch.linalg.pinv",
        "torch.pinverse",
        "torch.svd",
        "torch.svd_lowrank",
        "torch.pca_lowrank",
        "sklearn.*",
        ".svd",
        ".pinverse",
        "torch._linalg_svd", "torch._VF.*",
    ),
}  # fmt: skip


def patterns(rules: Iterable[str]) -> tuple[str, ...]:
    """Return the names that `rules` stand for, groups in their parts."""
    return tuple(dict.fromkeys(name for rule in rules for name in GROUPS.get(rule, (rule,))))


def is_of_a_lecture(what: str) -> bool:
    """Say whether a full name is that of a helper of the lectures."""
    package, _, rest = what.partition(".")
    is_open = rest.partition(".")[0] in ("", *OFFERED, *OPEN_TO_ANSWERS)
    return package == PACKAGE and not is_open


@lru_cache(maxsize=512)
def may_import_a_lecture(cell: str) -> bool:
    """Say whether a cell may import a helper of the lectures; False is certain."""
    return PACKAGE in _OPEN_IMPORT.sub("", cell)


def may_be_in(cell: str, names: tuple[str, ...]) -> bool:
    """Say whether a cell may use one of `names`, as `patterns` returns them, by its name; False is certain.

    It saves following the names of the cells: the name of what is used, or another one that its module has for it, is a
    word of the text.
    """
    return not _words_in(cell).isdisjoint(_words_of_all(names)) or "recursion" in names


@lru_cache(maxsize=512)
def _words_in(cell: str) -> frozenset[str]:
    return frozenset(_WORD.findall(cell)) | {f".{name}" for name in _ATTRIBUTE.findall(cell)}


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
def _words_of_all(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for name in names for word in _words_of(name))


def _words_of(pattern: str) -> frozenset[str]:
    """Return the words of which a text has one that uses what `pattern` stands for."""
    if pattern[:1] == ".":
        return frozenset([pattern])
    owner, _, name = pattern.removesuffix(".*").rpartition(".")
    module = None if pattern.endswith(".*") or not owner else found(owner)
    function = getattr(module, name, None)
    others = (key for key, value in vars(module).items() if value is function) if isinstance(module, ModuleType) else ()
    return frozenset([_KEYWORDS.get(name, name), *others])


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
