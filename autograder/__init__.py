"""The instructor's side of the course: make, check and grade its notebooks. Importing it changes nothing."""
