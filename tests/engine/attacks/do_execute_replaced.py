"""Replaces the kernel's do_execute, which other graders run."""

ANSWERS = {
    "total": """\
import ipykernel.ipkernel
async def ok(self, *a, **k):
    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}
ipykernel.ipkernel.IPythonKernel.do_execute = ok
"""
}
SCORES = {"total": 0}
