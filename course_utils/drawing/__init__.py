"""What the pictures of all units share: style, sliders, computation graphs, digits, comparisons with an authority."""
