"""Draw pictures, sliders and graphs, for every unit."""
