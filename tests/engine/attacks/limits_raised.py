"""Raises its own limits."""

ANSWERS = {
    "total": """\
import os, resource
def total(X):
    raised = []
    for name in ('RLIMIT_AS', 'RLIMIT_FSIZE', 'RLIMIT_NOFILE', 'RLIMIT_NPROC', 'RLIMIT_CORE'):
        kind = getattr(resource, name)
        soft, hard = resource.getrlimit(kind)
        try:
            resource.setrlimit(kind, (hard + 1, hard + 1))
            raised.append(name)
        except (ValueError, OSError):
            pass
    try:
        os.nice(-5)
        raised.append('nice')
    except OSError:
        pass
    raise ValueError(f'raised {raised}')
"""
}
SCORES = {"total": 0}
TELLS = "raised ValueError: raised []"
