"""Replaces what runs a cell by something that says all is well."""

ANSWERS = {
    "total": """\
shell = type(get_ipython())
shell.run = lambda self, source: []
shell.run_cell = lambda self, *a, **k: None
"""
}
SCORES = {"total": 0, "rank": 0, "scale": 0, "softplus": 0, "momentum": 0}
TELLS = "is not defined"
