"""Validate, release, verify and execute the units of the course."""
