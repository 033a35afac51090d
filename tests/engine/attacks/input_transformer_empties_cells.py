"""Replaces the text of every later cell by nothing; the student's own answers go with it."""

AFTER = ["get_ipython().input_transformers_post[:] = [lambda lines: ['pass\\n']]"]
ANSWERS = {
    "total": "get_ipython().input_transformers_post.append(lambda lines: ['pass\\n'])",
}
SCORES = {"total": 0, "rank": 0, "scale": 0, "softplus": 0, "momentum": 0}
TELLS = "`total` is not defined"
