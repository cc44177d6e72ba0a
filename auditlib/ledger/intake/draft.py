"""A mapping proposed from a source: columns by names and content, formats that fit all rows, doubts as comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from auditlib.core.errors import InputError
from auditlib.ledger.checks import ROW
from auditlib.ledger.intake.cells import NOTHING_WORDS, totals_rows, unwrapped
from auditlib.ledger.intake.column_names import target_of
from auditlib.ledger.intake.draft_text import DraftColumn, DraftTable, draft_text
from auditlib.ledger.intake.sources import taken_files
from auditlib.ledger.intake.times import EXCEL, read_times
from auditlib.ledger.parse import as_text
from auditlib.ledger.privacy.find import personal_data, withhold
from auditlib.ledger.registers import REGISTERS
from auditlib.ledger.tables.layout import Layout, SourceTable
from auditlib.ledger.tables.read_table import read_tables

__all__ = ["draft_mapping"]

DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y")
CLOCKS = (
    "%H:%M:%S",
    "%H:%M",
    "%H:%M:%S%.f",
    "%p%I:%M:%S",
    "%p %I:%M:%S",
    "%I:%M:%S %p",
    "%H时%M分%S秒",
    "%H时%M分",
    "%H%M%S",
)
FORMATS = (
    *(f"{day} {clock}" for day in DAYS for clock in CLOCKS), *DAYS, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S%.f%z", "%Y%m%d%H%M%S", "%Y年%m月%d日%H:%M:%S", "%Y年%m月%d日%H时%M分",
    "%y-%m-%d %H:%M:%S", "%y-%m-%d", EXCEL,
)  # fmt: skip
"""The ways in which times are written that are tried on every row."""
SAMPLE = 2000
"""So many distinct values choose the formats, which are then tried on all."""
FOOTER = 3
"""Of so many rows at most are the totals and signatures below a table."""


@dataclass(frozen=True)
class _Sheet:
    """A table of the source, the row of its names, and how many last rows hold totals."""

    table: SourceTable
    header: int
    footer: int


def draft_mapping(sources: Sequence[Path]) -> str:
    """The text of a mapping for ``sources`` (files, or folders of them), with what is uncertain as comments.

    Files with the same columns are taken for parts of one register. Raises :class:`InputError` for a source that cannot
    be read, and where no column of it is known.
    """
    groups: dict[tuple[str, ...], list[_Sheet]] = {}
    for file in taken_files(sources):
        for sheet in _sheets(file):
            groups.setdefault(tuple(sheet.table.rows.columns), []).append(sheet)
    tables: dict[str, DraftTable] = {}
    others: list[str] = []
    for group in groups.values():
        proposed = _proposed(group)
        if proposed is None or proposed.register in tables:
            others += [sheet.table.file.name for sheet in group]
        else:
            tables[proposed.register] = proposed
    if not tables:
        known = ", ".join(str(source) for source in sources)
        expected = "expected columns that a ledger has, such as 工单号, 单位 and 受理时间"
        raise InputError.at(known, "", f"found no table of a register, {expected}")
    return draft_text(tables, others)


def _sheets(file: Path) -> Iterator[_Sheet]:
    """The tables of a file with the row of their names and how many last rows hold totals."""
    for first in read_tables(file, Layout()):
        table, header = first, 1
        best = max(range(len(table.head)), key=lambda place: (_known(table.head[place]), -place), default=0) + 1
        if best > 1 and _known(table.head[best - 1]) > _known(table.rows.columns):
            table, header = next(read_tables(file, Layout(header=(best,)))), best
        totals = table.rows.filter(totals_rows(table.rows, []))[ROW]
        last = int((table.rows[ROW] >= totals.min()).sum()) if totals.len() else 0
        footer = last + table.broken.filter(pl.col("row") > totals.min()).height if totals.len() else 0
        yield _Sheet(replace(table, doubts=(*first.doubts, *table.doubts)), header, footer if footer <= FOOTER else 0)


def _proposed(group: Sequence[_Sheet]) -> DraftTable | None:
    """What tables of the same columns seem to be: the register whose required columns they name best."""
    first = group[0].table
    names = [name for name in first.rows.columns if name != ROW]
    register, found = max(((name, _matches(name, names)) for name in REGISTERS), key=lambda one: _fit(*one))
    if _fit(register, found)[0] < max(1, len(REGISTERS[register].required) - 1):
        return None
    whole = pl.concat([sheet.table.rows.head(sheet.table.rows.height - sheet.footer) for sheet in group])
    texts = whole.select(unwrapped(as_text(whole[name])) for name in names)
    remarks = dict[str, str]()
    if (key := REGISTERS[register].required[0]) not in found and (own := _key(texts, set(found.values()))) is not None:
        found = {key: own, **found}
        remarks[key] = "by its content alone: no value stands twice"
    empty = tuple(sorted({word for name in found.values() for word in texts[name].unique() if word in NOTHING_WORDS}))
    columns = [
        _column(register, target, name, texts[name], empty, names, first.is_sheet) for target, name in found.items()
    ]
    for column in columns:
        column.remarks += [remarks[column.target]] if column.target in remarks else []
    unused = [name for name in names if name not in found.values()]
    personal = personal_data(texts.select(unused)) if unused else {}
    told = [f"{name} (holds personal data)" if name in personal else name for name in unused]
    footers = {sheet.footer for sheet in group}
    return DraftTable(first, register, columns, group[0].header, min(footers), empty, told, _pattern(group))


def _pattern(group: Sequence[_Sheet]) -> str:
    """A pattern of file names that fits all of a group."""
    names = sorted({sheet.table.file.name for sheet in group})
    if len(names) == 1:
        return names[0]
    begin = _common(names)
    end = _common([name[len(begin) :][::-1] for name in names])[::-1]
    return f"{begin}*{end}"


def _common(names: Sequence[str]) -> str:
    """What texts have in common at their beginning."""
    same = [len({*letters}) == 1 for letters in zip(*names, strict=False)]
    return names[0][: same.index(False) if False in same else len(same)]


def _key(texts: pl.DataFrame, taken: set[str]) -> str | None:
    """A column whose values are all there and all different, and look like numbers of something."""
    for name in texts.columns:
        values = texts[name]
        unlike = name in taken or values.null_count() or values.len() == 0 or values.n_unique() < values.len()
        if not unlike and values.str.contains(r"^[A-Za-z0-9\-_/〔〕\[\]号第字]{2,40}$").all():
            return name
    return None


def _known(names: Sequence[str]) -> int:
    return len({name for name in names if any(target_of(register, name) for register in ("cases", "units"))})


def _matches(register: str, names: Sequence[str]) -> dict[str, str]:
    """By column of the ledger, the column of the source; of several the one that says it in as many words."""
    found: dict[str, tuple[str, bool]] = {}
    for name in names:
        if (target := target_of(register, name)) is not None and (
            target[0] not in found or (target[1] and not found[target[0]][1])
        ):
            found[target[0]] = (name, target[1])
    return {column.name: found[column.name][0] for column in REGISTERS[register].columns if column.name in found}


def _fit(register: str, found: dict[str, str]) -> tuple[int, int, bool]:
    required = REGISTERS[register].required
    there = sum(column in found for column in required)
    return (len(required) + 1 if there == len(required) else there, len(found), register == "cases")


def _column(
    register: str,
    target: str,
    source: str,
    values: pl.Series,
    empty: Sequence[str],
    names: Sequence[str],
    is_sheet: bool,
) -> DraftColumn:
    column = DraftColumn(target, source)
    declared = REGISTERS[register].column(target)
    rivals = [name for name in names if name != source and (other := target_of(register, name)) and other[0] == target]
    if rivals:
        column.remarks.append(f"or {', '.join(rivals)}")
    values = values.filter(~values.is_in(list(empty))).drop_nulls() if empty else values.drop_nulls()
    if declared is not None and declared.type in ("time", "deadline"):
        column.formats, remarks = _formats(values, is_sheet)
        column.remarks += remarks
    if found := personal_data(values.to_frame(source)).get(source):
        column.remarks.append(f"{len(found)} values hold personal data: say `personal: mask` or `pseudonym`")
    return column


def _formats(values: pl.Series, is_sheet: bool) -> tuple[tuple[str, ...], list[str]]:
    """The fewest formats that read the values, the most frequent first, and what is uncertain about them."""
    if values.is_empty():
        return ("%Y-%m-%d %H:%M:%S",), ["no value; the format is a guess"]
    if is_sheet:
        values = values.filter(read_times(values, (), "UTC", None, False, EXCEL).is_null())
        if values.is_empty():
            return ("%Y-%m-%d %H:%M:%S",), []
    sample = values.unique(maintain_order=True).head(SAMPLE)
    chosen: list[str] = []
    remarks: list[str] = []
    while not sample.is_empty():
        counts = {one: _read(sample, one).is_not_null().sum() for one in FORMATS}
        best = max(counts, key=lambda one: counts[one])
        if counts[best] == 0:
            break
        if "%d/%m" in best and counts[best] == counts.get(turned := best.replace("%d/%m", "%m/%d")):
            remarks.append(f"{turned} fits as well: is the day or the month first?")
        chosen.append(best)
        sample = sample.filter(_read(sample, best).is_null())
    left = values.filter(read_times(values, chosen, "UTC", None, False, None).is_null())
    if left.len():
        some = withhold(left[0], persons=True)
        remarks.append(f"{left.len()} of {values.len()} values fit none of these, such as {some!r}")
    return tuple(chosen) or ("%Y-%m-%d %H:%M:%S",), remarks


def _read(values: pl.Series, form: str) -> pl.Series:
    return read_times(values, (form,), "UTC", None, False, None)
