"""A pandas frame as an HTML table: escaped, with scopes and a caption, and the same bytes every time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import pandas as pd

from auditlib.core.exact import Rounding, full_text, round_exact
from auditlib.core.message import t
from auditlib.report.html import escape, explained

__all__ = [
    "Anchored",
    "Evidence",
    "Keyed",
    "Stack",
    "UnitName",
    "folded_table",
    "render_table",
    "table_text",
    "unit_span",
]

NUMBER = re.compile(
    r"(?P<sign>[↑↓+−<>-]?)(?P<number>\d[\d,]*(?:\.\d+)?)(?P<under>/\d+)?"
    r"(?:=|[ \N{NO-BREAK SPACE}]?%| / (?:[\d.,]+|—)| \(\d+\)|–−?[\d.]+)?"
)
"""A number and what may stand by it: ``↑3``, ``<0.001``, ``1/3``, ``6=``, ``85 %``, ``12 / 50``, ``8 (2)``, ``3–5``."""
SORTS_ITSELF = re.compile(r"[+−-]?\d[\d,]*(?:\.\d+)?[ \N{NO-BREAK SPACE}]?%?")
"""What the script of the pages reads as a number by itself."""
JUST = Fraction(1, 10**9)
"""By so little of itself is what is less than 0.001 put before 0.001."""
WHOLE_SECOND = re.compile(r"(?<=\d\d:\d\d:\d\d)\.0{6}")
INLINE_KEYS = 4
PRINTED_KEYS = 40
SHORT, SHORT_NAME = 18, 12
LONG_KEY = 22
SHOWN_KEYS = 500
PRINTED_ROWS = 20


@dataclass(frozen=True)
class Stack:
    """A cell of several lines: the first says what, the others, smaller, say more."""

    main: str
    more: tuple[str, ...] = ()
    key: str = ""
    """What a column of such cells is sorted by, where its text would stand in the wrong place."""

    def __str__(self) -> str:
        return " · ".join((self.main, *self.more))


@dataclass(frozen=True)
class Evidence:
    """A cell of keys with their number in words; a key that ``anchors`` names links to this place of the page."""

    keys: tuple[str, ...]
    number: str
    anchors: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join(self.keys)


@dataclass(frozen=True)
class Anchored:
    """A cell that links lead to."""

    text: str
    anchor: str

    def __str__(self) -> str:
        return self.text


class Keyed(str):
    """A text by whose ``key``, a number or a day as ``2026-01-05``, a column of such texts is sorted: ``6.1 h``."""

    key: str

    def __new__(cls, text: str, key: str = "") -> Keyed:
        made = super().__new__(cls, text)
        made.key = key
        return made


@dataclass(frozen=True)
class UnitName:
    """A unit's name, which a page that stands among the pages of a run links to the unit's own."""

    name: str
    unit: str

    def __str__(self) -> str:
        return self.name


def render_table(
    table: pd.DataFrame,
    caption: str,
    language: str,
    *,
    kind: str = "",
    row_kinds: Sequence[str] = (),
    numbers: Sequence[str] = (),
    show_caption: bool = True,
) -> str:
    """``table`` as HTML. A column of numbers is aligned right; a tuple is a list of keys, folded where it is long.

    The first column heads its row. ``numbers`` names columns of numbers that may be empty throughout; ``kind`` and
    ``row_kinds`` are class names of the report's style sheet.
    """
    if table.empty:
        return f'<p class="note">{escape(t("None.", language))}</p>'
    columns = list(table.columns)
    listed = [column.tolist() for _, column in table.items()]
    kinds = ["number" if name in numbers else _kind(values) for name, values in zip(columns, listed, strict=True)]
    if columns[0] == t("Clause", language) and kinds[0] == "number":
        kinds[0] = "short"  # the number of a clause is a name
    head = "".join(
        f'<th scope="col"{_class(column_kind)}{explained(column)}>{escape(column)}</th>'
        for column, column_kind in zip(columns, kinds, strict=True)
    )
    rows = []
    for position, row in enumerate(zip(*listed, strict=True)):
        cells = []
        for index, (value, column_kind) in enumerate(zip(row, kinds, strict=True)):
            tag, scope = ("th", ' scope="row"') if index == 0 and value != "" else ("td", "")
            key = _sort_key(value, column_kind)
            sort = "" if key is None else f' data-sort="{escape(key)}"'
            cells.append(f"<{tag}{scope}{_class(column_kind)}{sort}>{_cell(value, language)}</{tag}>")
        row_kind = row_kinds[position] if row_kinds else ""
        rows.append(f"<tr{_class(row_kind)}>{''.join(cells)}</tr>")
    hidden = "" if show_caption else ' class="unseen"'
    return (
        f'<div class="wide" role="group" tabindex="0" aria-label="{escape(caption)}"><table{_class(kind)}>'
        f"<caption{hidden}>{escape(caption)}</caption><thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{chr(10).join(rows)}\n</tbody></table></div>"
    )


def folded_table(table: pd.DataFrame, caption: str, language: str, *, kind: str = "") -> str:
    """A table that belongs to a figure, folded under it; a long one is not printed."""
    summary = escape(t("Table of the figure ({count} {count:row|rows})", language, count=len(table)))
    many = (
        f' class="many" data-print="{escape(t(" (listed in the electronic report)", language))}"'
        if len(table) > PRINTED_ROWS
        else ""
    )
    return (
        f'<details class="data audit"><summary{many}>{summary}</summary>'
        f"{render_table(table, caption, language, kind=kind, show_caption=False)}</details>"
    )


def table_text(table: pd.DataFrame, caption: str) -> str:
    """The plain-text twin of a table, with tabs between the columns."""
    lines = ["\t".join(map(str, table.columns))]
    for values in table.itertuples(index=False, name=None):
        lines.append("\t".join(_plain(value).replace("\n", " / ") for value in values))
    return "\n".join((caption, *lines))


def _class(name: str) -> str:
    return f' class="{escape(name)}"' if name else ""


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _plain(value: object) -> str:
    if _missing(value):
        return ""
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _kind(column: Sequence[object]) -> str:
    """``number`` (aligned right), ``short`` (never broken), or nothing in particular."""
    filled = [value for value in column if not _missing(value) and value not in ("", "—")]
    if filled and all(isinstance(value, str | int) and NUMBER.fullmatch(str(value)) for value in filled):
        return "number"
    return "short" if filled and all(map(_short, filled)) else ""


def _sort_key(value: object, kind: str) -> str | None:
    """What the script sorts a cell by where its text would stand in the wrong place; None where the text does."""
    if isinstance(value, Keyed | Stack):
        return value.key or None
    if isinstance(value, Evidence | tuple):
        keys = value.keys if isinstance(value, Evidence) else value
        return str(len(keys)) if keys else None
    if kind != "number" or _missing(value) or SORTS_ITSELF.fullmatch(str(value)):
        return None
    found = NUMBER.fullmatch(str(value))
    return None if found is None else full_text(_read_number(found))


def _read_number(found: re.Match[str]) -> Fraction:
    number = Fraction(found["number"].replace(",", "")) / Fraction((found["under"] or "/1")[1:])
    sign = found["sign"]
    number = {"<": number * (1 - JUST), ">": number * (1 + JUST)}.get(sign, number)
    rounded = round_exact(number, Rounding(12))
    return -rounded if sign in ("−", "-", "↓") else rounded


def _short(value: object) -> bool:
    if isinstance(value, UnitName):
        return len(value.name) <= SHORT_NAME
    if isinstance(value, Anchored):
        return len(value.text) <= SHORT
    return isinstance(value, str) and len(value) <= SHORT and "\n" not in value


def _cell(value: object, language: str) -> str:
    if _missing(value):
        return '<span class="empty">—</span>'
    if isinstance(value, tuple):
        return _keys(value, language)
    if isinstance(value, Evidence):
        told = f'<span class="count">{escape(value.number)}</span> ' if len(value.keys) <= INLINE_KEYS else ""
        return told + _keys(value.keys, language, value.anchors)  # of many keys their number heads the list
    if isinstance(value, UnitName):
        return unit_span(value.name, value.unit)
    if isinstance(value, Anchored):
        return f'<span id="{escape(value.anchor)}">{escape(value.text)}</span>'
    if isinstance(value, Stack):
        more = "".join(f'<span class="more">{escape(line)}</span>' for line in value.more if line)
        return f'<span class="main">{escape(value.main)}</span>{more}'
    return "<br>".join(escape(line) for line in str(value).split("\n"))


def unit_span(name: str, unit: str) -> str:
    """The name of a unit, which a page among the pages of a run links to the unit's own."""
    return f'<span data-unit="{escape(unit)}">{escape(name)}</span>'


def _key(key: str, anchor: str | None, *, stop: bool = True) -> str:
    """A key, linked to its place; only one that is a ``stop`` of the tabulator key, arrows lead to those beside it."""
    shown = WHOLE_SECOND.sub("", key)
    code = f"<code{_class('long' if len(shown) > LONG_KEY else '')}>{escape(shown)}</code>"
    passed = "" if stop else ' tabindex="-1"'
    return code if anchor is None else f'<a href="#{escape(anchor)}"{passed}>{code}</a>'


def _keys(keys: tuple[object, ...], language: str, anchors: Mapping[str, str] | None = None) -> str:
    if not keys:
        return '<span class="empty">—</span>'
    linked = (str(key) for key in keys[:SHOWN_KEYS])
    items = " ".join(_key(key, (anchors or {}).get(key), stop=at == 0) for at, key in enumerate(linked))
    if len(keys) <= INLINE_KEYS:
        return f'<span class="keys">{items}</span>'
    rest = len(keys) - SHOWN_KEYS
    tail = f" <span>{escape(t('{count} more', language, count=rest))}</span>" if rest > 0 else ""
    total = escape(t("{count} in all", language, count=len(keys)))
    if len(keys) <= PRINTED_KEYS:
        return f'<details class="keys"><summary>{total}</summary>{items}{tail}</details>'
    first = " ".join(_key(str(key), None) for key in keys[:PRINTED_KEYS])
    here = {"count": PRINTED_KEYS, "all": len(keys), "shown": SHOWN_KEYS}
    told = t("The first {count} of {all}; the others are in the web page.", language, **here)
    if rest > 0:
        told = t("The first {count} of {all}; the web page has {shown}.", language, **here)
    rest_told = escape(told)
    return (
        f'<details class="keys"><summary class="many">{total}</summary>{items}{tail}</details>'
        f'<p class="keys printed">{first} {rest_told}</p>'
    )
