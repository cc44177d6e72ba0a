"""The text of a proposed mapping: what is uncertain stands as a comment beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from auditlib.ledger.intake.times import EXCEL
from auditlib.ledger.registers import REGISTERS
from auditlib.ledger.tables.layout import SourceTable

__all__ = ["DraftColumn", "DraftTable", "draft_text"]


@dataclass
class DraftColumn:
    """A column of the ledger as proposed, and what is uncertain about it."""

    target: str
    source: str
    formats: tuple[str, ...] = ()
    remarks: list[str] = field(default_factory=list)


@dataclass
class DraftTable:
    """A table of the source and the register that it seems to be."""

    table: SourceTable
    register: str
    columns: list[DraftColumn]
    header: int
    footer: int
    empty: tuple[str, ...]
    unused: list[str]
    pattern: str


def draft_text(tables: Mapping[str, DraftTable], others: Sequence[str]) -> str:
    """The mapping as the text of a file."""
    return "\n".join(_lines(tables, others)) + "\n"


def _lines(tables: Mapping[str, DraftTable], others: Sequence[str]) -> Iterator[str]:
    first = next(iter(tables.values()))
    stem = first.table.file.name.split(".")[0]
    yield "# Proposed by `auditlib mapping draft`: look at every line that has a comment, then at `intake --dry-run`."
    yield f"mapping: {_word(stem)}"
    yield f"title: {{zh: {_word(stem)}, en: {_word(stem)}}}"
    yield "timezone: Asia/Shanghai"
    yield '# as_of: "2026-01-31T00:00:00"  # when the export was made: without it nothing tells times of the future'
    if empty := sorted({word for table in tables.values() for word in table.empty}):
        yield f"empty: [{', '.join(map(_word, empty))}]  # found where a value should be"
    if others:
        yield f"# not in this mapping: {', '.join(dict.fromkeys(others))}"
    yield "registers:"
    if "units" not in tables and "cases" in tables and any(one.target == "unit" for one in tables["cases"].columns):
        yield from _units(tables["cases"])
    for name in (name for name in REGISTERS if name in tables):
        yield from _register(name, tables[name])


def _layout(proposed: DraftTable) -> Iterator[str]:
    yield f"    from: {_word(proposed.pattern)}"
    if proposed.header > 1:
        yield f"    header: {proposed.header}"
    if proposed.footer:
        yield f"    footer: {proposed.footer}  # rows of totals"
    if proposed.table.assumed.get("encoding", "utf-8") not in ("utf-8", "utf-8-sig"):
        yield f"    encoding: {proposed.table.assumed['encoding']}"
    if (separator := proposed.table.assumed.get("separator", ",")) != ",":
        yield f"    separator: {_word(separator)}"
    if any(doubt.kind in ("sheets_left_out", "hidden_sheets") for doubt in proposed.table.doubts):
        yield f"    sheet: {_word(proposed.table.sheet or '')}  # there are others"


def _units(cases: DraftTable) -> Iterator[str]:
    (unit,) = (one.source for one in cases.columns if one.target == "unit")
    yield "  units:  # as they are named in the cases; better is a list of them with their groups"
    yield from _layout(cases)
    yield "    distinct: true"
    yield f"    columns: {{unit: {{column: {_word(unit)}}}, name: {{column: {_word(unit)}}}}}"


def _register(name: str, proposed: DraftTable) -> Iterator[str]:
    yield f"  {name}:"
    yield from _layout(proposed)
    yield "    columns:"
    for column in proposed.columns:
        form = ""
        if column.formats:
            words = ", ".join(map(_quoted, column.formats))
            form = f", time: {words}" if len(column.formats) == 1 else f", time: [{words}]"
        remark = f"  # {'; '.join(column.remarks)}" if column.remarks else ""
        yield f"      {column.target}: {{column: {_word(column.source)}{form}}}{remark}"
    for missing in (one for one in REGISTERS[name].required if one not in {own.target for own in proposed.columns}):
        yield f"      # {missing}: which column? Every row needs it"
    if proposed.unused:
        yield f"    # columns that are not used: {', '.join(proposed.unused)}"


def _word(text: str) -> str:
    """A text as YAML writes it inside braces."""
    return yaml.safe_dump([text], allow_unicode=True, default_flow_style=True, width=10_000).strip()[1:-1]


def _quoted(form: str) -> str:
    return form if form == EXCEL else f'"{form}"'
