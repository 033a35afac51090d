"""The engine: a judge that knows the expected values, and a worker that runs the student's code and knows nothing.

`class_run` grades a class: `plan` says which cells run, `judge` runs the check cells, and `proxies` send their calls to
the worker. `isolation` says how a sandbox is built, `sandbox` starts a fork server in it, and `worker_pool` holds
several. `worker/` is all that the sandbox shows of this package; there, `codec` turns plain data into bytes, `channel`
carries them, `forkserver` forks workers and `server` is one.
"""
