"""Draw the pictures of unit 02, PCA and least squares: one module per topic, and `answers` for the assignment."""
