"""`autograder watch`: grade submissions as they arrive in the exchange, and hand the feedback back at once.

arrivals.py    what is in the exchange's inbound folder, and whether it is whole
attempts.py    each attempt as a folder of the course: the state that survives whatever ends the watcher
policy.py      what a student sees and how often: `c.Watch` in nbgrader_config.py
lane.py        a warm class run in a process of its own, which grades several submissions at a time
page.py        the page of one attempt, as far as the policy shows it
publish.py     pages and receipts in the exchange, under names that only the submission's owner can compute
records.py     the attempt that counts: `submitted/`, `.results/`, `autograded/` and the gradebook
watcher.py     the loop that does all this, and tries again what did not work
status.py      `autograder status`: queue, rate, wait and errors, in the terminal and as a page
"""
