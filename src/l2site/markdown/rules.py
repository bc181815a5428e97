"""Every rule, in its order."""

from l2site.markdown.computed import formulas, readouts
from l2site.markdown.fences import code, unclosed_fences, unique_widgets, widgets
from l2site.markdown.headings import anchors, levels, unique_anchors
from l2site.markdown.links import citations, links, pictures
from l2site.markdown.notes import notes, number_notes
from l2site.markdown.prose import attributes, indented_code, leftovers, raw_html, tables
from l2site.markdown.tokens import Rule

ALONE: tuple[Rule, ...] = (
    notes, levels, anchors, raw_html, leftovers, attributes, tables, indented_code, unclosed_fences, widgets, code,
    formulas, readouts, pictures,
)  # fmt: skip
"""What can be said of a section by itself. Notes come first, so that all others find them where they are called."""

NAMING: tuple[Rule, ...] = (unique_anchors, unique_widgets, number_notes)
"""What takes a name for the whole article, section by section."""

TOGETHER: tuple[Rule, ...] = (links, citations)
"""What can be said of a section once every name is known."""
