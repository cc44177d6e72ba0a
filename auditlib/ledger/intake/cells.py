"""Cells that hold something and no value: errors, rows of totals, ids that a spreadsheet has spoilt, broken text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.checks import REJECTS_SCHEMA, ROW
from auditlib.ledger.distinct import looked_at

__all__ = [
    "CELL_FAULTS",
    "NAMES_AGAIN",
    "NOTHING_WORDS",
    "ROW_OF_DATA",
    "cell_faults",
    "header_rows",
    "lines",
    "names_in_other_order",
    "totals_rows",
    "unwrapped",
]

ERRORS = (
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#ERROR!", "#SPILL!", "#CALC!", "#FIELD!",
    "#BUSY!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA",
)  # fmt: skip
SHOWN_ERRORS = ("#{4,}", "(?:Err|错误)[:：] ?[0-9]{3}")
"""What a column too narrow for its values shows in their place, and how LibreOffice calls errors."""
NOTHING_WORDS = (
    "NULL", "null", "(null)", "None", "NaN", "nan", "N/A", "n/a", "NIL", "nil", "-", "--", "—", "——", "－", "/", "\\",
    "无", "空", "(空白)", "（空白）", "undefined", "\\N", "<null>", "<NULL>", "[NULL]", "[null]", "NaT", "N.A.", "暂无",
    "空值", "无数据", "－－",
)  # fmt: skip
"""Words by which programs and offices write that there is nothing."""
TOTALS = (
    r"^(?:本[页月日周年]|全[市区县省部]|各[区县单位]+)?(?:合计|总计|小计|共计|累计|汇总|总数)(?:[数行]|[：:].*|[(（].*[)）])?$"
    r"|^(?i:grand ?total|sub-?total|totals?)(?:[：:].*|[(（].*[)）])?$|^(?:合计|共计?|总计|总共)[0-9]+[件条行单个宗]$"
)
SUM = "[合总小共累汇]|(?i:total)"
"""A first look: a cell of totals has one of these."""
SCIENTIFIC = r"^[0-9](?:[.][0-9]+)?[Ee][+][0-9]{1,3}$|^[0-9][.][0-9]+[Ee][0-9]{1,3}$"
BROKEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|锟斤拷|ï¿½"
TWICE = (
    "[ã-é][\xa0-\xbf\u2000-\u206f\u0152-\u0192\u02c6\u02dc\u2122\u20ac]"
    "[\x80-\xbf\u2000-\u206f\u0152-\u0192\u02c6\u02dc\u2122\u20ac]"
)
"""A Chinese letter of UTF-8 that was taken for three Latin ones: ä¸œ for 东."""
LOST = "\ufffd"
WRAPPED = r'^="(.*)"$'


@dataclass(frozen=True)
class _CellFault:
    """A kind of cell that is no value: a pattern of texts, and what is expected instead."""

    pattern: str
    expected: Message
    keys_only: bool = False


NO_ERROR = Message("a value; the spreadsheet has an error here")
COMPUTED = Message("a value; the formula was never computed: open and save the file in its program")
UNBROKEN = Message("text without control characters")
READABLE = Message("text in the encoding that its file is in; other bytes were taken for these letters before")
UNSPOILT = Message("a number as it was given, not one that a spreadsheet has rounded")
A_KEY = Message("a value that names something; a word for nothing stands here")
ROW_OF_DATA = Message("a row of data; leave out totals by `footer` or `where`")
NAMES_AGAIN = Message("a row of data; the names of the columns stand here again")

FAULTS = (
    _CellFault(f"^(?i:{'|'.join((*map(re.escape, ERRORS), *SHOWN_ERRORS))})$", NO_ERROR),
    _CellFault(BROKEN, UNBROKEN),
    _CellFault(TWICE, READABLE),
    _CellFault(f"[{LOST}\t\n\r]", UNBROKEN, keys_only=True),
    _CellFault(SCIENTIFIC, UNSPOILT, keys_only=True),
)
ANY = "|".join(("^=", *(fault.pattern for fault in FAULTS if not fault.keys_only)))
ANY_KEY = "|".join(("^=", *(fault.pattern for fault in FAULTS), f"^(?:{'|'.join(map(re.escape, NOTHING_WORDS))})$"))
"""A first look: most columns fit neither and need no other."""
CELL_FAULTS = {
    str(message): message
    for message in (NO_ERROR, COMPUTED, UNBROKEN, READABLE, UNSPOILT, A_KEY, ROW_OF_DATA, NAMES_AGAIN)
}
"""What is expected of cells, by its English."""


def unwrapped(values: pl.Series) -> pl.Series:
    """Texts without the ``="…"`` by which exports keep a spreadsheet from changing them."""
    if not values.str.starts_with('="').any():
        return values
    return values.str.replace(WRAPPED, "${1}").str.strip_chars()


def cell_faults(
    texts: pl.DataFrame, sources: Collection[str], target: str, is_key: bool, is_sheet: bool
) -> Iterator[tuple[str, pl.Series, pl.Series, Message]]:
    """Which rows of a column of the ledger have cells in ``sources`` that are no values, with the texts."""
    for source in sources:
        values = texts[source]
        if values.dtype != pl.String or not looked_at(values).str.contains(ANY_KEY if is_key else ANY).any():
            continue
        for fault in FAULTS:
            if not fault.keys_only or is_key:
                yield target, values.str.contains(fault.pattern).fill_null(False), values, fault.expected
        if is_sheet:
            yield target, values.str.starts_with("=").fill_null(False), values, COMPUTED
        if is_key:
            yield target, values.is_in(NOTHING_WORDS).fill_null(False), values, A_KEY


def totals_rows(table: pl.DataFrame, columns: Collection[str]) -> pl.Series:
    """Which rows of a table hold totals: one of the ``columns``, or the first one, says so."""
    names = dict.fromkeys([*[name for name in table.columns if name != ROW][:1], *columns])
    found = pl.repeat(False, table.height, dtype=pl.Boolean, eager=True)
    for name in names:
        if name in table.columns and table.schema[name] == pl.String and looked_at(table[name]).str.contains(SUM).any():
            bare = (
                table[name].str.replace_all(r"\s", "")
                if table[name].str.contains(r"[合总小共]\s").any()
                else table[name]
            )
            found |= bare.str.strip_chars().str.contains(TOTALS).fill_null(False)
    return found


def header_rows(texts: pl.DataFrame, columns: Collection[str]) -> pl.Series:
    """Which rows hold the names of ``columns`` again, as where several exports were put one below the other.

    The mark of UTF-8 may stand before the first, and of two rows of a header only the lower one's part in each.
    """
    names = {name: name.rpartition(" ")[2] for name in columns if texts.schema.get(name) == pl.String}
    if not names or not all(texts[name].str.ends_with(last).any() for name, last in names.items()):
        return pl.repeat(False, texts.height, dtype=pl.Boolean, eager=True)
    each = (pl.col(name).str.strip_chars("\ufeff").is_in([name, last]) for name, last in names.items())
    return texts.select(pl.all_horizontal(each).fill_null(False).alias("again")).to_series()


def names_in_other_order(texts: pl.DataFrame, columns: Collection[str]) -> int | None:
    """The first row that holds the names of ``columns`` again, in another order: what follows stands in others."""
    names = [name for name in columns if texts.schema.get(name) == pl.String]
    if not names or not texts[names[0]].is_in(names).any():
        return None
    again = texts.filter(pl.all_horizontal(pl.col(names).is_in(names)))
    rows = again.select(ROW, *names).iter_rows()
    return next((row for row, *cells in rows if cells != names and len({*cells}) == len(names)), None)


def lines(name: str, file: str, rows: pl.Series, column: str, found: pl.Series, expected: str) -> pl.DataFrame:
    """Faults in the form of rejects: one line a row."""
    return (
        pl.DataFrame({ROW: rows, "found": found})
        .select(
            pl.lit(name).alias("register"),
            pl.lit(file).alias("file"),
            pl.col(ROW).cast(pl.Int64).alias("row"),
            pl.lit(column).alias("column"),
            pl.col("found").cast(pl.String),
            pl.lit(expected).alias("expected"),
            pl.lit(None, pl.String).alias("unit"),
            pl.lit(None, pl.String).alias("at"),
        )
        .select(list(REJECTS_SCHEMA))
    )
