"""Every rule, in its order."""

from l2site.markdown.computed import formulas, readouts
from l2site.markdown.fences import code, unclosed_fences, unique_widgets, widgets
from l2site.markdown.headings import anchors, levels, unique_anchors
from l2site.markdown.learning import questions, remember, terms, unique_questions
from l2site.markdown.links import citations, links, pictures
from l2site.markdown.notes import notes, number_notes
from l2site.markdown.prose import attributes, indented_code, leftovers, raw_html, tables
from l2site.markdown.tokens import Rule

ALONE: tuple[Rule, ...] = (
    notes, unclosed_fences, questions, remember, levels, anchors, raw_html, leftovers, attributes, tables,
    indented_code, widgets, code, formulas, readouts, pictures,
)  # fmt: skip
"""What can be said of a section by itself. Notes and questions come first, so that all others find what is in them."""

NAMING: tuple[Rule, ...] = (unique_anchors, unique_widgets, unique_questions, number_notes)
"""What takes a name for the whole article, section by section."""

GLOSSARY: tuple[Rule, ...] = (notes, terms, raw_html, leftovers, attributes, formulas, readouts)
"""What can be said of the glossary by itself."""

TOGETHER: tuple[Rule, ...] = (links, citations)
"""What can be said of a section once every name is known."""
