"""Make the page that a student reads after grading."""
