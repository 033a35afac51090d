import sys

# jsonschema, which nbformat checks notebooks with, builds 39 grammars for its format "iri" while it is imported. No
# notebook has that format, and it takes longer than all that a command imports besides.
sys.modules.setdefault("rfc3987_syntax", None)
