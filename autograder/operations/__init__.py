"""Check a machine, and show the whole course with a demo class."""
