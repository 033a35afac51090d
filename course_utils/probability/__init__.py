"""Draw the pictures of unit 03, probability: one module per topic, and `answers` for the assignment."""
