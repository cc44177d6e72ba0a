"""The text of an element of a page, in one line or in the lines of a cell, without what only a screen has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["SKIPPED", "UNPRINTED", "CellLine", "classes_of", "lines_of", "text_of"]

SKIPPED = frozenset(
    {"nav", "script", "style", "button", "form", "input", "select", "template", "noscript", "svg", "audio", "video"}
)
"""Elements that have no place on paper."""
UNPRINTED = frozenset({"skip", "filter", "anchor-link", "screen", "issue", "printed"})
"""Classes of what only the screen has, and of what papers write in their own way: long lists, the end of the page."""
BREAKING = frozenset({"main", "more", "count", "keys"})
"""Classes of what stands in a cell on a line of its own."""
BLANKS = re.compile(r"[ \t\r\n\f]+")


@dataclass(frozen=True)
class CellLine:
    """A line of a cell; ``small`` is what says more."""

    text: str
    small: bool = False


def classes_of(element: Any) -> frozenset[str]:
    """The class names of an element."""
    return frozenset((element.get("class") or "").split())


def lines_of(element: Any) -> Iterator[CellLine]:
    """The lines of a cell: what stands on a line of its own begins one, and so does what follows it."""
    pieces: list[tuple[str, bool]] = []  # a text and whether it is small; "\n" ends a line

    def walk(node: Any, small: bool) -> None:
        if node.text:
            pieces.append((node.text, small))
        for child in node:
            tail = child.tail or ""
            if isinstance(child.tag, str) and child.tag not in SKIPPED and child.get("hidden") is None:
                classes = classes_of(child)
                if child.tag == "br":
                    pieces.append(("\n", small))
                elif child.tag == "details" and any("many" in classes_of(one) for one in child.iter("summary")):
                    pieces.append((text_of(next(child.iter("summary"))), True))
                    pieces.append(("\n", small))
                elif not classes & UNPRINTED:
                    breaks = bool(classes & BREAKING) or child.tag in ("p", "div", "li", "details", "summary")
                    if breaks:
                        pieces.append(("\n", small))
                    walk(child, small or bool(classes & {"more", "count"}))
                    if breaks:
                        pieces.append(("\n", small))
                    elif child.tag in ("code", "a"):
                        pieces.append((" ", small))
            if tail:
                pieces.append((tail, small))

    walk(element, False)
    text, small = "", False
    for piece, own in [*pieces, ("\n", False)]:
        if piece == "\n":
            if plain := BLANKS.sub(" ", text).strip(" "):
                yield CellLine(plain, small)
            text = ""
        else:
            text, small = text + piece, own if not text.strip() else small


def text_of(element: Any, but: list[Any] | None = None) -> str:
    """The text of an element in one line, without that of the elements ``but`` and of what is not printed."""
    parts: list[str] = []

    def walk(node: Any) -> None:
        parts.append(node.text or "")
        for child in node:
            printed = isinstance(child.tag, str) and child.tag not in SKIPPED and not classes_of(child) & UNPRINTED
            if child.tag == "br":
                parts.append(" ")
            elif printed and child not in (but or ()):
                walk(child)
            parts.append(child.tail or "")

    walk(element)
    return BLANKS.sub(" ", "".join(parts)).strip(" ")
