"""Markdown in, HTML out, in three steps that each do one thing to a stream of tokens.

`parser` makes the tokens and knows the grammar; the rules check them, say what is wrong, and leave on each token what
the renderer needs; `renderer` writes HTML and can no longer fail.
"""

from l2site.markdown.renderer import (
    render,
    render_intro,
    render_references,
    render_remembered,
    render_term,
)
from l2site.markdown.tokens import code_blocks

__all__ = ["code_blocks", "render", "render_intro", "render_references", "render_remembered", "render_term"]
