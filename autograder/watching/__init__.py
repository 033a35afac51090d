"""`autograder watch`: grade submissions as they arrive in the exchange, and hand the feedback back at once.

watcher.py     the loop, which also sees to new settings and masters
intake.py      what is in the exchange, and the copy of what is whole; arrivals.py says what is whole
grading.py     which attempts are graded now, in lanes; lane.py is a warm class run in a process of its own
delivery.py    pages and receipts for students, and the attempt that counts for the gradebook
attempts.py    each attempt as a folder of the course: the state that survives whatever ends the watcher
policy.py      what a student sees and how often: `c.Watch` in nbgrader_config.py; timing.py: the deadlines
page.py        the page of one attempt, as far as the policy shows it; receipts.py: what the student is told
publish.py     both in the exchange, under names that only the submission's owner can compute
records.py     `submitted/`, `autograded/`, `.results/` and the gradebook
status.py      `autograder status`: queue, rate, wait and errors, in the terminal and as a page
"""
