"""Configure Sphinx for the web edition. What differs from course to course is in SITE, which `build` writes."""

import json
from pathlib import Path

SITE = json.loads((Path(__file__).parent / "settings.json").read_text(encoding="utf-8"))

project = html_title = SITE["title"]
html_show_copyright = html_show_sourcelink = html_copy_source = False
extensions = ["myst_nb", "sphinxcontrib.katex"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
myst_dmath_double_inline = True
nb_execution_mode = "off"
nb_merge_streams = True
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type", "misc.highlighting_failure"]

# Formulas are drawn when the site is built, so a page needs KaTeX's fonts and no script.
katex_prerender = True
katex_css_path = "katex/katex.min.css"

html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_css_files = ["stage.css", "site.css", "predictions.css"]
html_js_files = [("frames.js", {"type": "module"}), ("questions.js", {"type": "module"})]
html_theme_options = {
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "home_page_in_toc": True,
}
if SITE["repository"]:
    html_theme_options |= {
        "repository_url": SITE["repository"],
        "repository_branch": SITE["branch"],
        "path_to_docs": "notebooks",
        "use_repository_button": True,
        "launch_buttons": {
            "notebook_interface": "jupyterlab",
            "binderhub_url": SITE["binder"],
            "colab_url": SITE["colab"],
            "jupyterhub_url": SITE["jupyterhub"],
        },
    }
