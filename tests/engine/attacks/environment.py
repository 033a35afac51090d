"""Reads the environment for tokens, the seed and the user's name."""

ANSWERS = {
    "total": """\
import os
def total(X):
    usual = {'LANG', 'PATH', 'PWD', 'MPLCONFIGDIR', 'MPLBACKEND', 'IPYTHONDIR', 'PYTHONDONTWRITEBYTECODE',
             'CUDA_VISIBLE_DEVICES'}
    others = {n: v for n, v in os.environ.items() if n not in usual and not n.endswith('_NUM_THREADS')}
    raise ValueError(f'others {sorted(others.items())}')
"""
}
SCORES = {"total": 0}
# USER, since the sandbox has no list of users and getpass.getuser() answers in a notebook. The others are constants that
# ipykernel's shell sets when it is made, for programs that print; a kernel has them, too.
TELLS = (
    "others [('CLICOLOR', '1'), ('CLICOLOR_FORCE', '1'), ('FORCE_COLOR', '1'), ('GIT_PAGER', 'cat'), ('HOME', '/tmp'), "
    "('PAGER', 'cat'), ('TERM', 'xterm-color'), ('USER', 'student')]"
)
