"""Run students' code: all of `autograder` that the sandbox shows."""
