"""The text of a file in UTF-8 or GB18030, as offices write it."""

from __future__ import annotations

import re
import unicodedata

from auditlib.core.errors import InputError

__all__ = ["as_utf8"]

HAN_OR_BEYOND = re.compile("[\u0800-\U0010ffff]")
WRITTEN_ALONE = ("LATIN", "GREEK", "CYRILLIC")
"""The alphabets of which a file in UTF-8 may hold one, and no Han beside it."""


def as_utf8(content: bytes, name: str) -> bytes:
    """The content of a file in UTF-8 without a mark; ``name`` is the file's, for the error.

    A few Han characters in GB18030 can be letters in UTF-8 by chance (住院楼 is ``סԺ¥``): letters of several alphabets,
    or of one that no office writes, are read as Han. Raises :class:`InputError` for what is neither.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _of_gb18030(content, name)
    if not text.isascii() and not HAN_OR_BEYOND.search(text) and _letters_by_chance(text):
        return _of_gb18030(content, name)
    return content.removeprefix(b"\xef\xbb\xbf")


def _of_gb18030(content: bytes, name: str) -> bytes:
    try:
        return content.decode("gb18030").encode("utf-8")
    except UnicodeDecodeError as error:
        found = f"found neither UTF-8 nor GB18030: {error.reason} at byte {error.start}"
        raise InputError.at(name, "", found) from None


def _letters_by_chance(text: str) -> bool:
    """Whether what is beyond ASCII is no text in one alphabet."""
    letters = {letter for letter in set(text) if not letter.isascii() and letter.isalpha()}
    alphabets = {unicodedata.name(letter, "?").split()[0] for letter in letters}
    return len(alphabets) > 1 or not alphabets <= set(WRITTEN_ALONE)
