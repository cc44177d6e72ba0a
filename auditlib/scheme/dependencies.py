"""What a part of a scheme reaches: the definitions and readings that can have a say in it, whatever is read how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["Definition", "reached"]

Definition = tuple[str, ...]
"""Where a definition stands in the file: ``("measures", "resolved")``, ``("columns", "cases", "repeated")``."""

DEFINED = ("readings", "values", "measures", "rates", "composites", "standings", "quantities")
SILENT = frozenset({"title", "note", "question", "zh", "en", "clause"})
"""Keys whose text is for people: a word in it names nothing."""

WORD = re.compile(r"\w+")


def reached(written: Mapping[str, Any], part: Any) -> frozenset[Definition]:
    """The definitions of the file ``written`` that ``part`` of it names, directly or through others.

    Every option of a reading is followed, and every word of an SQL expression that is the name of something, so
    that more may be found than is used, but never less: what is not found cannot change what ``part`` means.
    The groups of ``ranking.regroup`` belong to whatever asks for a unit's ``group`` or a place within it, and
    the calendar and the validity of units to everything.
    """
    named = _named(written)
    ranking = written.get("ranking")
    regroup = ranking.get("regroup") if isinstance(ranking, dict) else None
    found: set[Definition] = set()
    seen: set[str] = set()
    waiting = [*_words(part), *_words(written.get("calendar")), *_words(written.get("validity"))]
    while waiting:
        word = waiting.pop()
        if word in seen:
            continue
        seen.add(word)
        if word == "group":
            waiting += _words(regroup)
        for definition, content in named.get(word, ()):
            found.add(definition)
            waiting += _words(content)
            if definition[0] == "standings":
                waiting.append("group")
    return frozenset(found)


def _named(written: Mapping[str, Any]) -> dict[str, list[tuple[Definition, Any]]]:
    """What each name of the file stands for."""
    named: dict[str, list[tuple[Definition, Any]]] = {}
    for section in DEFINED:
        for name, content in (written.get(section) or {}).items():
            named.setdefault(name, []).append(((section, name), content))
    for register, columns in (written.get("columns") or {}).items():
        for name, content in columns.items():
            named.setdefault(name, []).append((("columns", register, name), content))
    return named


def _words(value: Any) -> Iterator[str]:
    """Every word in ``value`` that could be a name."""
    if isinstance(value, str):
        yield value.removeprefix("$")
        yield from WORD.findall(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in SILENT:
                yield str(key)
                yield from _words(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)
