"""The web edition: `notebooks/` as a static site in which every demonstration works without a kernel.

`demonstrations` runs a lecture and draws a few positions of each demonstration's controls; `pages` turns notebooks into
what Sphinx reads; `build` puts the site together. The files of the site that are written by hand are in `files/`.
"""
