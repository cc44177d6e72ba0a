"""``data.csv``: what the items came to in past periods, for weights that come from data (entropy, CRITIC).

A row is a unit, in one period where there are several: the columns are ``unit``, perhaps ``period``, and one an item
with a number. ``auditlib panel data`` writes it from past ledgers, and ``data.yaml`` beside it, which says from which;
a table of one's own serves as well. Nothing is mended, and every fault is reported at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.core.errors import InputError, Problem
from auditlib.core.exact import exact
from auditlib.core.values import Strict, Text
from auditlib.delphi.forms.sheets import read_sheet
from auditlib.ledger.privacy.declared import read_impersonal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DATA", "ORIGIN", "DataOrigin", "PastData", "past_data_files", "read_past_data"]

DATA, ORIGIN = "data.csv", "data.yaml"
KEYS = ("unit", "period")


class DataOrigin(Strict):
    """From which ledger and scheme the data come, and what a number is."""

    scheme: str
    version: str
    ledger: str
    snapshot: str
    periods: tuple[str, ...]
    value: Text


@dataclass(frozen=True)
class PastData:
    """The rows by unit and period, and their numbers by item; ``origin`` is None for a table of one's own."""

    rows: tuple[tuple[str, str | None], ...]
    values: Mapping[str, tuple[Fraction, ...]]
    origin: DataOrigin | None

    def matrix(self, items: Sequence[str]) -> list[list[float]] | None:
        """A row a unit, a column an item; None where an item has no data."""
        if any(item not in self.values for item in items):
            return None
        return [[float(self.values[item][place]) for item in items] for place in range(len(self.rows))]


def past_data_files(folder: Path) -> tuple[Path, Path]:
    """Where a panel keeps past data, and from where they come."""
    return folder / DATA, folder / ORIGIN


def read_past_data(folder: Path, items: Sequence[str]) -> tuple[PastData | None, list[Problem]]:
    """The data beside a panel whose ``items`` they are of, and every fault; nothing where there is no file."""
    file, note = past_data_files(folder)
    if not file.exists():
        return None, []
    sheet = read_sheet(file)
    problems = [*sheet.problems]
    if "unit" not in sheet.columns:
        problems.append(Problem(sheet.name, 1, "unit", "missing column"))
    for column in sheet.columns:
        if column not in (*KEYS, *items):
            problems.append(Problem(sheet.name, 1, column, "unknown column, expected unit, period or an item's id"))
    columns = [column for column in sheet.columns if column in items]
    values: dict[str, list[Fraction]] = {column: [] for column in columns}
    rows: dict[tuple[str, str | None], int] = {}
    for row, cells in sheet.rows if not problems else ():
        key = (cells["unit"] or "", cells.get("period"))
        if key in rows or not key[0]:
            message = f"found {key[0] or 'nothing'} again, expected each unit once in a period; row {rows.get(key)}"
            problems.append(Problem(sheet.name, row, "unit", message if key[0] else "found nothing, expected a unit"))
        rows[key] = row
        for column in columns:
            try:
                values[column].append(exact(cells[column] or ""))
            except (TypeError, ValueError):
                message = f"found {cells[column] or 'nothing'}, expected a number; leave a unit out that lacks one"
                problems.append(Problem(sheet.name, row, column, message))
    origin = None
    if note.exists() and not problems:
        try:
            origin = read_impersonal(DataOrigin, note, whole=True)
        except InputError as error:
            problems += error.problems
    return PastData(tuple(rows), {name: tuple(column) for name, column in values.items()}, origin), problems
