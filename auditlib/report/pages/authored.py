"""What the author of a notebook decides of its page: HTML in Markdown, made harmless; cells and outputs left out."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

import nh3
from nbformat.v4 import new_output

from auditlib.core.visible import as_a_terminal

__all__ = ["cleaned", "gathered", "hides", "leaves_out"]

HEADINGS = {f"h{level}" for level in range(1, 7)}
TAGS = nh3.ALLOWED_TAGS - {"area", "map", "nav", "header", "footer"} | {"input", "section"}
ATTRIBUTES = {
    "*": {"class", "lang", "dir", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "input": {"checked"},
    "ol": {"start"},
    **{tag: {"id"} for tag in HEADINGS},
    **{tag: {"style", "colspan", "rowspan", "scope"} for tag in ("td", "th")},
    "details": {"open"},
}
CLASSES = re.compile(r"highlight|[a-z][a-z0-9]{0,2}|task-list-item(-checkbox)?|anchor-link")
"""Those of code, of lists to tick off, of links to headings; others could look like what the page itself says."""
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,", re.IGNORECASE)


def _kept(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class":
        return " ".join(word for word in value.split() if CLASSES.fullmatch(word)) or None
    if attribute == "src":
        return value if PICTURE.match(value) else None  # a page loads nothing
    return None if attribute == "href" and value.strip().lower().startswith("data:") else value


_cleaner = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style", "iframe", "object", "template", "noscript", "title", "textarea", "select"},
    attributes=ATTRIBUTES,
    attribute_filter=_kept,
    link_rel=None,
    set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
    url_schemes={"http", "https", "mailto", "data"},
    filter_style_properties={"text-align"},
)


def cleaned(html: str) -> str:
    """HTML from Markdown as a whole fragment that runs, loads and lays over nothing, and closes nothing around it."""
    return _cleaner.clean(html)


def _tags(cell: Any) -> set[str]:
    return {str(tag).replace("_", "-") for tag in cell.metadata.get("tags", ())}


def leaves_out(cell: Any) -> bool:
    """Whether the author leaves a cell out of the page, or all that it shows; inputs are never in it."""
    tags = _tags(cell)
    return "remove-cell" in tags or (cell.cell_type == "code" and "remove-output" in tags)


def hides(cell: Any) -> bool:
    """Whether the author lets a reader open what a cell shows."""
    return bool(_tags(cell) & {"hide-cell", "hide-output"})


def gathered(outputs: list[Any]) -> list[Any]:
    """Outputs with neighbouring pieces of one stream as one text, as a terminal leaves it."""
    told: list[Any] = []
    for name, group in groupby(outputs, lambda one: one.get("name") if one.output_type == "stream" else None):
        pieces = list(group)
        if name is None:
            told += pieces
        else:
            text = as_a_terminal("".join(one.text for one in pieces))
            told.append(new_output("stream", name=name, text=text))  # type: ignore[no-untyped-call]
    return told
