"""Write grades for other systems: CSV, a table per exercise, Canvas."""
