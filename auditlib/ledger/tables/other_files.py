"""Files of another kind under the name of a text with separators: told by how they begin."""

from __future__ import annotations

import re
from pathlib import Path

from auditlib.core.errors import InputError

__all__ = ["other_kind", "refuse_other_kinds"]

BEGINNINGS = (
    (b"PK\x03\x04", "a workbook or ZIP file"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow (Feather) file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (.xls, or one with a password)"),
    (b"%PDF", "a PDF file"),
    (b"{\\rtf", "a text of a word processor (RTF)"),
    (b"\x1f\x8b", "a gzipped file"),
    (b"ID;P", "a SYLK file (.slk)"),
    (b"MIME-Version:", "a web archive (MHTML)"),
    (b"BZh", "a file packed by bzip2"),
    (b"\xfd7zXZ\x00", "a file packed by xz"),
    (b"\x28\xb5\x2f\xfd", "a file packed by zstd"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x00\x01\x00\x00Standard ", "an Access database"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
)
WEB = (b"<html", b"<!doctype", b"<table", b"<meta", b"<head", b"<style", b"<div")
JSON = re.compile(rb"[\[{]\s*[\[{\"]")
DBASE = frozenset((0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5))
"""The first byte of a table of dBase or FoxPro."""
HEAD, FIELD, FIELDS = 32, 32, 255
LOOKED_AT = 2000


def refuse_other_kinds(content: bytes, name: str) -> None:
    """Raises :class:`InputError` for a file of another kind, which is called what it is."""
    if (what := other_kind(content)) is not None:
        ending = "".join(Path(name).suffixes[-1:]) or "a table"
        raise InputError.at(name, "", f"found {what} named {ending}, expected text with separators")


def other_kind(content: bytes) -> str | None:
    """What a file is that is no text with separators, by its beginning; None for what may be one."""
    for begin, what in BEGINNINGS:
        if content.startswith(begin):
            return what
    if _is_dbase(content):
        return "a table of dBase (DBF)"
    start = content[:LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(WEB):
        return "a web page (HTML)"
    if start.startswith(b"<?xml"):
        return "an XML file"
    return "a file of JSON" if JSON.match(start) else None


def _is_dbase(content: bytes) -> bool:
    """Its head gives a day, and says where the fields end, which a byte of 13 or a whole number of fields confirms."""
    if len(content) <= HEAD or content[0] not in DBASE or not (1 <= content[2] <= 12 and 1 <= content[3] <= 31):
        return False
    size = int.from_bytes(content[8:10], "little")
    return HEAD + FIELD <= size <= min(HEAD + FIELDS * FIELD + 264, len(content)) and content.find(
        b"\r", HEAD + FIELD, size
    ) in range(HEAD + FIELD, size, FIELD)
