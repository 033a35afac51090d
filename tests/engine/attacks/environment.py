"""Reads the environment for tokens, the seed and the user's name."""

ANSWERS = {
    "total": """\
import os
def total(X):
    usual = {'HOME', 'LANG', 'PATH', 'PWD', 'MPLCONFIGDIR', 'MPLBACKEND', 'IPYTHONDIR', 'PYTHONDONTWRITEBYTECODE',
             'CUDA_VISIBLE_DEVICES',
             # what ipykernel sets for programs that print
             'TERM', 'CLICOLOR', 'FORCE_COLOR', 'CLICOLOR_FORCE', 'PAGER', 'GIT_PAGER'}
    others = [n for n in os.environ if n not in usual | {'USER'} and not n.endswith('_NUM_THREADS')]
    raise ValueError(f'others {others} {os.environ["HOME"]} {os.environ["USER"]}')
"""
}
SCORES = {"total": 0}
TELLS = "others [] /tmp student"
