"""Draw the pictures of unit 00, getting started: one module per topic, and `answers` for the assignment."""
