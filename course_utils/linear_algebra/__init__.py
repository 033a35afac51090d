"""Draw the pictures of unit 01, linear algebra: one module per topic, and `answers` for the assignment."""
