"""Helpers of the tests: courses and classes in temporary folders, services, rules for lectures."""
