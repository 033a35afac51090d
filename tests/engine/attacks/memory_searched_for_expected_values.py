"""Searches the process for the secret seed and for names of the judge."""

ANSWERS = {
    "total": """\
import gc, os, sys
def total(X):
    judge = [name for name in sys.modules if name.endswith(('engine.judge', 'engine.plan', 'autograder.notebooks.assignment'))]
    seeds = [name for name in os.environ if 'SEED' in name]
    kept = [o for o in gc.get_objects() if type(o).__name__ in ('Judge', 'Verdict', 'Assignment')]
    raise ValueError(f'seen {len(judge) + len(seeds) + len(kept)}')
"""
}
SCORES = {"total": 0}
TELLS = "seen 0"
