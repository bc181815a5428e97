"""The lines between dashes at the top of a section."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import Any

import yaml

from l2site.problems import Mistake, suggest

FIELDS = ("title", "summary")
"""What every section has."""
DRAFT = "draft"
"""What it may have besides."""
LONGEST_SUMMARY = 160
"""As many characters as search engines show."""


def split(text: str) -> tuple[dict[str, str], str, list[Mistake]]:
    """Return a section's fields, its text with blank lines in the place of the front matter, and what is wrong."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return {}, text, [(1, "the section has no front matter; begin with '---', title, summary, '---'")]
    ends = [number for number, line in enumerate(lines) if number and line.rstrip() == "---"]
    if not ends:
        return {}, "", [(1, "the front matter is not closed; end it with '---' on a line of its own")]
    fields, mistakes = _read("\n".join(lines[1 : ends[0]]) + "\n")
    return fields, "\n" * (ends[0] + 1) + "\n".join(lines[ends[0] + 1 :]), mistakes


def _read(source: str) -> tuple[dict[str, str], list[Mistake]]:
    fields, mistakes = _parsed(source)
    return dict(fields), list(mistakes)


@lru_cache(maxsize=4096)
def _parsed(source: str) -> tuple[dict[str, str], list[Mistake]]:
    """Return the fields and what is wrong with them; a build asks twice, and so does the next one."""
    try:
        root = _composed(source)
    except yaml.YAMLError as error:
        return {}, [_explain(error, source)]
    if not isinstance(root, yaml.MappingNode):
        return {}, [(2, "the front matter has no fields; write 'title: …' and 'summary: …'")]
    fields: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for key, value in root.value:
        name, line = str(key.value), key.start_mark.line + 2
        check = _check_draft if name == DRAFT and name not in fields else _check
        mistakes += [(line, message) for message in check(name, value, fields)]
        fields.setdefault(name, value.value if isinstance(value, yaml.ScalarNode) else "")
    mistakes += [
        (1, f"the front matter has no {name!r}; add '{name}: …'") for name in FIELDS if name not in fields
    ]
    return fields, mistakes


def _composed(source: str) -> yaml.Node | None:
    """Return what YAML's reader makes of a text: the quick one, and where that refuses it, the one that says why."""
    quick: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with suppress(yaml.YAMLError):
        return yaml.compose(source, Loader=quick)
    return yaml.compose(source, Loader=yaml.SafeLoader)


def _check(name: str, value: yaml.Node, fields: dict[str, str]) -> list[str]:
    if name not in (*FIELDS, DRAFT):
        return [f"front matter has no field {name!r}; {suggest(name, (*FIELDS, DRAFT))}"]
    if name in fields:
        return [f"{name!r} is given twice; keep one"]
    if isinstance(value, yaml.ScalarNode) and not value.value.strip():
        return [f"{name!r} is empty; write some words"]
    if value.tag != "tag:yaml.org,2002:str":
        return [f"{name!r} must be text; put it in quotes"]
    if name == "summary" and len(value.value) > LONGEST_SUMMARY:
        return [f"the summary has {len(value.value)} characters; shorten it to {LONGEST_SUMMARY} or fewer"]
    return []


def _check_draft(_: str, value: yaml.Node, __: dict[str, str]) -> list[str]:
    if isinstance(value, yaml.ScalarNode) and value.value in ("true", "false"):
        return []
    return ["'draft' is neither true nor false; write 'draft: true', or remove the line"]


def _explain(error: yaml.YAMLError, source: str) -> Mistake:
    mark = getattr(error, "problem_mark", None)
    line = mark.line if mark else source.count("\n", 0, getattr(error, "position", 0))
    reason = str(getattr(error, "problem", None) or getattr(error, "reason", "it cannot be read"))
    tab = "\\t" in reason
    hint = (
        "; use spaces, no tab" if tab else "; put a value that contains ': ' or begins with a sign in quotes"
    )
    return line + 2, f"the front matter is no YAML: {re.sub(r'\s+', ' ', reason)}{hint}"
