"""Removes every assert from the cells that follow."""

BEFORE = [
    """\
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    def visit_Expr(self, node): return ast.Pass()
get_ipython().ast_transformers.append(Strip())
"""
]
ANSWERS = {"total": "def total(X):\n    return np.zeros(len(X))"}
SCORES = {"total": 0}
