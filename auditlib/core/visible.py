"""Characters that show nothing, or rearrange what stands beside them, made visible."""

from __future__ import annotations

import re

__all__ = ["UNSEEN", "as_a_terminal", "visible"]

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters and lone surrogates, which neither XML nor HTML can hold; tab and line feed are left."""
DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What makes the text after it run from right to left: a name could show as another one."""

UNSEEN = re.compile(f"{CONTROL.pattern}|{DIRECTION.pattern}")
"""Either of them."""


def visible(text: str) -> str:
    """``text`` as it can be shown beside other text: ``⟨U+202E⟩`` where a character turns the writing direction.

    Control characters become U+FFFD, the sign that something stood there. Letters that are written from right to
    left stay, and so do the joiners inside an emoji.
    """
    return DIRECTION.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))


def as_a_terminal(text: str) -> str:
    """``text`` as a terminal leaves it: what stands in a line before a carriage return is written over."""
    if "\r" not in text:
        return text
    return "\n".join(line[line.rfind("\r", 0, max(len(line) - 1, 0)) + 1 :] for line in text.split("\n"))
