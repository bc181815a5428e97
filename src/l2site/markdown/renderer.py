"""Checked tokens in, HTML out."""
# ruff: noqa: ARG002  # every method has the signature that markdown-it calls

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from l2site.embeds import Computed
from l2site.highlight import highlight
from l2site.markdown.links import GLOSSARY
from l2site.markdown.tokens import line_of, plain
from l2site.model import CodeBlock, Embed, Glossary, Heading, Reference, Section, Term

type Tokens = Sequence[Token]

WORD_JOINER = "\u2060"
CLOSING = (".", ",", ";", ":", "?", "!", ")", "’")
"""What never begins a line; browsers would break between it and a formula."""

CHECK = (
    '<p class="act"><button class="button" type="button" data-check>Check</button> '
    '<span role="status" data-verdict></span></p>\n'
)
"""What ends a question; its script makes it visible, and without one an answer is explained when it is chosen."""

FORGET = (
    '<p class="forget"><span data-kept>Your answers stay in this browser.</span> '
    '<button class="button button-quiet" type="button" data-forget>Forget all answers</button></p>\n</div>\n'
)
"""What ends the check of understanding."""

_UNLISTED = frozenset({"link_open", "link_close", "footnote_ref", "citation", "image"})
"""What a heading may have that a list of contents must not."""


@dataclass(frozen=True, slots=True)
class _Page:
    """Where the HTML will stand."""

    slug: str
    root: str
    home: str
    heading_shift: int
    figure: Callable[[Embed], str]

    def address(self, token: Token) -> str:
        """Return where a checked link goes from this page."""
        if "term" in token.meta:
            page = "" if self.slug == GLOSSARY else f"{self.home}{GLOSSARY}/"
            return f"{page}#{token.meta['term']}"
        if "page" in token.meta:
            return f"{self.root}{token.meta['page']}" or "./"
        if "glossary" in token.meta:
            return f"{self.home}{GLOSSARY}/"
        slug, anchor = token.meta["place"]
        if not self.home or slug == self.slug:
            return f"#{anchor}"
        return f"{self.home}{slug}/" if anchor == slug else f"{self.home}{slug}/#{anchor}"


def render(
    section: Section,
    *,
    root: str,
    home: str | None = None,
    heading_shift: int,
    figure: Callable[[Embed], str],
) -> str:
    """Return a section's text as HTML.

    Parameters
    ----------
    section
        From `content.load_article`, so that nothing in it is wrong.
    root
        The way from the page to the site's root, such as "../".
    home
        The way to the page that has the whole article; None when that is the root. On that page itself it is "", and
        links between sections stay on the page.
    heading_shift
        How many levels below its own page's the headings stand: 1 where the section's title is an `h2`.
    figure
        Returns the HTML that takes a widget's place.
    """
    page = _Page(section.slug, root, root if home is None else home, heading_shift, figure)
    return _RENDERER.render(section.tokens, _OPTIONS, {"page": page})


def headings(tokens: Tokens) -> tuple[Heading, ...]:
    """Return a section's headings, for lists of contents."""
    return tuple(
        Heading(
            level=int(token.tag[1]),
            text=token.meta["text"],
            html=_RENDERER.renderInline(
                [t for t in inline.children or [] if t.type not in _UNLISTED], _OPTIONS, {}
            ),
            anchor=str(token.attrs["id"]),
            line=line_of(token),
        )
        for token, inline in pairwise(tokens)
        if token.type == "heading_open"
    )


def render_remembered(section: Section, root: str = "") -> str:
    """Return what a section asks to be remembered, for the page that has the whole article."""
    page = _Page(section.slug, root, "", 0, lambda _: "")
    return _RENDERER.render(section.remember, _OPTIONS, {"page": page, "again": True})


def render_term(term: Term, root: str, home: str | None = None) -> tuple[str, str]:
    """Return a term and its meaning, for the glossary's page."""
    env = {"page": _glossary(root, home)}
    words, meaning = (
        _RENDERER.renderInline(token.children or [], _OPTIONS, env) for token in (term.words, term.meaning)
    )
    return words, meaning


def render_intro(glossary: Glossary, root: str, home: str | None = None) -> str:
    """Return the text above the terms."""
    return _RENDERER.render(glossary.intro, _OPTIONS, {"page": _glossary(root, home)})


def _glossary(root: str, home: str | None) -> _Page:
    return _Page(GLOSSARY, root, root if home is None else home, 0, lambda _: "")


def render_references(references: Iterable[Reference]) -> str:
    """Return the list of references that ends a page; nothing when there are none."""
    entries = "".join(f'<li id="{escape(work.anchor)}">{_entry(work)}</li>\n' for work in references)
    if not entries:
        return ""
    return (
        '<section class="references" aria-labelledby="references">\n<h2 id="references">References</h2>\n'
        f"<ul>\n{entries}</ul>\n</section>\n"
    )


class _Renderer(RendererHTML):
    """One method for each kind of token that is not written as CommonMark says."""

    def heading_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        level = int(tokens[idx].tag[1]) + env["page"].heading_shift
        name = _spoken_name(tokens[idx + 1])
        return f'<div class="headed headed-{level}"><h{level}{name}{self.renderAttrs(tokens[idx])}>'

    def heading_close(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        level, opened = int(tokens[idx].tag[1]) + env["page"].heading_shift, tokens[idx - 2]
        label = f"Link to {escape(opened.meta['text'])}"
        anchor = f'<a class="anchor" href="#{opened.attrs["id"]}" aria-label="{label}">#</a>'
        return f"</h{level}>{anchor}</div>\n"  # beside the heading, of whose name it would else be a part

    def table_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        table = self.renderToken(tokens, idx, options, env)
        return f'<div class="table-scroll" tabindex="0" role="group" aria-label="Table">\n{table}'

    def table_close(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table>\n</div>\n"

    def th_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<th scope="col"{_spoken_name(tokens[idx + 1])}{self.renderAttrs(tokens[idx])}>'

    def bullet_list_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        if "again" in env:
            return "<ul>\n"
        if "remember" not in tokens[idx].meta:
            return self.renderToken(tokens, idx, options, env)
        level = 2 + env["page"].heading_shift
        return f'<div class="remember">\n<h{level}>What you should remember</h{level}>\n<ul>\n'

    def bullet_list_close(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        boxed = "remember" in tokens[idx].meta and "again" not in env
        return "</ul>\n</div>\n" if boxed else "</ul>\n"

    def question(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        """Write a question; the first of a row begins the section's check of understanding, the last ends it."""
        token, level = tokens[idx], 2 + env["page"].heading_shift
        first = idx == 0 or tokens[idx - 1].type != "question"
        last = idx + 1 == len(tokens) or tokens[idx + 1].type != "question"
        heading = f"<h{level}>Check your understanding</h{level}>"
        opening = f'<div class="check" data-checks>\n{heading}\n' if first else ""
        asked, *parts = (
            (self.renderInline(part.children or [], options, env), _spoken_name(part))
            for part in token.children or []
        )
        name = f"check-{token.meta['question'].name}"
        answers = "".join(
            _answer(name, place, words, spoken, why, right=place == token.meta["right"])
            for place, ((words, spoken), (why, _)) in enumerate(zip(parts[::2], parts[1::2], strict=True))
        )
        return (
            f'{opening}<fieldset class="question" id="{name}"{asked[1]} data-question>\n<legend>{asked[0]}</legend>\n'
            f"{answers}{CHECK}</fieldset>\n{FORGET if last else ''}"
        )

    def fence(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        if "embed" in tokens[idx].meta:
            return f"{env['page'].figure(tokens[idx].meta['embed'])}\n"
        block: CodeBlock = tokens[idx].meta["code"]
        needs = f' data-needs="{escape(" ".join(block.needs))}"' if block.needs else ""
        inner = highlight(block.code, block.language)
        name = f'role="group" aria-label="{"Output" if block.language == "output" else "Code"}"'
        opening = f'<pre class="highlight" tabindex="0" {name} data-language="{block.language}"{needs}>'
        return f"{opening}<code>{inner}</code></pre>\n"

    def math_block(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        math = tokens[idx].meta["html"]
        return f'<div class="math-block" tabindex="0" role="group" aria-label="Formula">{math}</div>\n'

    def math_inline(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        html: str = tokens[idx].meta["html"]
        after = tokens[idx + 1].content if idx + 1 < len(tokens) else ""
        return html + WORD_JOINER if after.startswith(CLOSING) else html

    def myst_role(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        number: Computed = tokens[idx].meta["computed"]
        role = f" role-{number.role}" if number.role else ""
        opening = f'<span class="readout-inline{role}" data-from="{escape(number.source)}">'
        return f"{opening}{escape(number.text)}</span>"

    def footnote_ref(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        number, note = tokens[idx].meta["number"], self.renderInline(tokens[idx].children or [], options, env)
        return (
            f'<sup class="sidenote-ref"><a href="#sn-{number}" id="snr-{number}" aria-label="Note {number}">{number}'
            f'</a></sup><small class="sidenote" id="sn-{number}" role="note" aria-label="Note {number}">'
            f'<span class="sidenote-number" aria-hidden="true">{number}</span> {note}</small>'
        )

    def citation(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        works = (
            f'<a class="citation" href="#{escape(work.anchor)}">{escape(work.label)}</a>'
            for work in tokens[idx].meta["works"]
        )
        return f"({'; '.join(works)})"

    def link_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        href = "" if "href" in token.attrs else f' href="{escape(env["page"].address(token))}"'
        return f"<a{href}{self.renderAttrs(token)}>"

    def image(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        image = tokens[idx].meta["image"]
        address = escape(env["page"].root + image.url)
        return f'<img src="{address}" alt="{escape(image.alt)}" loading="lazy" decoding="async">'

    def text_special(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return escape(tokens[idx].content)


def _answer(name: str, place: int, words: str, spoken: str, why: str, *, right: bool) -> str:
    """Return an answer of a question, with what is shown once it was checked; `spoken` is its name's attribute."""
    verdict, kind = ("Right.", "right") if right else ("Not this one.", "wrong")
    return (
        f'<div class="answer {kind}" data-answer><label><input type="radio" name="{name}" value="{place}"{spoken}> '
        f'<span>{words}</span></label>\n<p class="why" data-why><strong>{verdict}</strong> {why}</p></div>\n'
    )


def _spoken_name(inline: Token) -> str:
    """Return the attribute that names what has a formula in it, which browsers leave out of names."""
    children = inline.children or []
    has_formula = any(token.type == "math_inline" for token in children)
    return f' aria-label="{escape(plain(children))}"' if has_formula else ""


def _entry(work: Reference) -> str:
    who = f"{', '.join(work.authors[:-1])} & {work.authors[-1]}" if len(work.authors) > 1 else work.authors[0]
    title = f"<cite>{escape(work.title)}</cite>"
    if work.link:
        title = f'<a href="{escape(work.link)}" rel="noopener">{title}</a>'
    venue = f" {escape(work.venue)}." if work.venue else ""
    return f"{escape(who)} ({work.year}). {title}.{venue}"


_RENDERER = _Renderer()
_OPTIONS = OptionsDict({
    "maxNesting": 20, "html": False, "linkify": False, "typographer": False, "quotes": "", "xhtmlOut": False,
    "breaks": False, "langPrefix": "language-", "highlight": None,
})  # fmt: skip
