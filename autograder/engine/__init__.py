"""The engine: a judge that knows the expected values, and a worker that runs the student's code and knows nothing.

`wire` is plain data as bytes, `channel` carries it, `worker` runs the student's cells, `zygote` keeps a warm worker to
fork from, `sandbox` builds the walls around it, `plan` says what is run, `judge` runs the check cells.
"""
