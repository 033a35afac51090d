"""Reads the environment for tokens, the seed and the user's name."""

ANSWERS = {
    "total": """\
import os
def total(X):
    usual = {'HOME', 'LANG', 'PATH', 'PWD', 'MPLCONFIGDIR', 'MPLBACKEND', 'IPYTHONDIR', 'PYTHONDONTWRITEBYTECODE',
             'CUDA_VISIBLE_DEVICES'}
    others = [n for n in os.environ if n not in usual and not n.endswith('_NUM_THREADS')]
    raise ValueError(f'others {others} {os.environ["HOME"]}')
"""
}
SCORES = {"total": 0}
TELLS = "others [] /tmp"
