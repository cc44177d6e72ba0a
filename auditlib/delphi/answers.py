"""The answers of one round as they were received: wide or long tables, and the remarks beside them.

Nothing is mended: a value that is no answer becomes a problem with its row and column, and the reading goes on, so that
every fault is reported at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from auditlib.core.errors import Problem
from auditlib.delphi.experts import pseudonym_fault
from auditlib.delphi.forms.sheets import Sheet, read_sheet
from auditlib.delphi.scales import Scale
from auditlib.ledger.privacy.find import mask_personal

__all__ = ["LONG", "Answers", "Remark", "read_answers"]

LONG = ("expert", "item", "mark")


@dataclass(frozen=True)
class Remark:
    """What an expert wrote on an item, or on the whole, without the personal data that may stand in it."""

    expert: str
    item: str | None
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", mask_personal(self.text))


@dataclass(frozen=True)
class Answers:
    """What one round file holds: the row of each expert (the first one, where there are several), marks, remarks."""

    file: str
    rows: Mapping[str, int]
    marks: Mapping[tuple[str, str], Fraction] = field(repr=False)
    remarks: tuple[Remark, ...] = field(repr=False)


def read_answers(
    file: Path, remarks: Path, items: tuple[str, ...], scale: Scale, compared: Collection[str] = ()
) -> tuple[Answers, list[Problem]]:
    """The answers in ``file`` to ``items``, with the ``remarks`` file where there is one, and every fault of both.

    The experts who ``compared`` items need not have marked any.
    Raises :class:`InputError` where a file cannot be read at all.
    """
    reading = _Reading(read_sheet(file), items, scale, compared)
    if set(LONG) <= set(reading.sheet.columns):
        reading.long()
    else:
        reading.wide()
    if not reading.rows and not reading.problems:
        reading.report(None, "", "found no answers, expected at least one expert")
    if remarks.exists():
        reading.remarks_in(read_sheet(remarks))
    sheet = reading.sheet
    return Answers(sheet.name, reading.rows, reading.marks, tuple(reading.remarks)), reading.problems


class _Reading:
    """One round file while it is read: what was found so far."""

    def __init__(self, sheet: Sheet, items: tuple[str, ...], scale: Scale, compared: Collection[str]) -> None:
        self.sheet, self.items, self.scale, self.compared = sheet, items, scale, compared
        self.rows: dict[str, int] = {}
        self.marks: dict[tuple[str, str], Fraction] = {}
        self.remarks: list[Remark] = []
        self.problems: list[Problem] = list(sheet.problems)

    def report(self, row: int | None, column: str, message: str) -> None:
        self.problems.append(Problem(self.sheet.name, row, column, message))

    def wide(self) -> None:
        """First column ``expert``, then a column an item."""
        columns = self.sheet.columns
        if columns[0] != "expert":
            self.report(1, columns[0], "found this as the first column, expected expert: a row is an expert")
        for column in columns:
            if column not in ("expert", *self.items):
                self.report(1, column, f"unknown item, expected one of {', '.join(self.items)}")
        for item in self.items:
            if item not in columns:
                self.report(1, item, "missing column, expected one for every item that the round asks")
        for row, cells in self.sheet.rows if "expert" in columns else ():
            expert = self.expert(row, cells)
            if expert is None:
                continue
            if expert in self.rows:
                again = f"found {expert} again, expected each expert once; row {self.rows[expert]} has the form"
                self.report(row, "expert", again)
                continue
            self.rows[expert] = row
            answered = {item: text for item in self.items if (text := cells.get(item)) is not None}
            if not answered and expert not in self.compared:
                self.report_empty(expert)
            for item, text in answered.items():
                self.take(expert, item, text, row, item)

    def long(self) -> None:
        """Columns ``expert``, ``item``, ``mark``, perhaps ``remark``: a row an answer."""
        for column in self.sheet.columns:
            if column not in (*LONG, "remark"):
                self.report(1, column, f"unknown column, expected {', '.join(LONG)}, remark")
        seen: dict[tuple[str, str], int] = {}
        answered: set[str] = set()
        for row, cells in self.sheet.rows:
            expert, item, mark = self.expert(row, cells), cells["item"], cells["mark"]
            if expert is None:
                continue
            self.rows.setdefault(expert, row)
            if mark is not None:
                answered.add(expert)
            if item is None or item not in self.items:
                self.report(row, "item", f"found {item or 'nothing'}, expected one of {', '.join(self.items)}")
                continue
            if (expert, item) in seen:
                again = f"found {expert} on {item} again, expected one mark an item"
                self.report(row, "item", f"{again}; row {seen[expert, item]} has it")
                continue
            seen[expert, item] = row
            if mark is not None:
                self.take(expert, item, mark, row, "mark")
            if text := cells.get("remark"):
                self.remarks.append(Remark(expert, item, text))
        for expert in self.rows:
            if expert not in answered and expert not in self.compared:
                self.report_empty(expert)

    def remarks_in(self, sheet: Sheet) -> None:
        """A file of remarks: ``expert``, ``item`` (empty where the remark is on the whole), ``remark``."""
        self.problems += sheet.problems
        missing = [column for column in ("expert", "item", "remark") if column not in sheet.columns]
        self.problems += [Problem(sheet.name, 1, column, "missing column") for column in missing]
        for row, cells in sheet.rows if not missing else ():
            expert, item, text = cells["expert"], cells["item"], cells["remark"]
            if expert is None or expert not in self.rows:
                message = pseudonym_fault(expert) or f"found {expert}, expected an expert of the round"
                self.problems.append(Problem(sheet.name, row, "expert", message))
            elif item is not None and item not in self.items:
                message = f"found {item}, expected one of {', '.join(self.items)}, or nothing"
                self.problems.append(Problem(sheet.name, row, "item", message))
            elif text is not None:
                self.remarks.append(Remark(expert, item, text))

    def expert(self, row: int, cells: Mapping[str, str | None]) -> str | None:
        """The expert of a row, or None where the cell holds no pseudonym, which is reported."""
        if fault := pseudonym_fault(cells["expert"]):
            self.report(row, "expert", fault)
            return None
        return cells["expert"]

    def take(self, expert: str, item: str, text: str, row: int, column: str) -> None:
        try:
            self.marks[expert, item] = self.scale.mark(text)
        except ValueError as error:
            self.report(row, column, str(error))

    def report_empty(self, expert: str) -> None:
        expected = "at least one mark; leave an expert out whose form did not come back"
        self.report(self.rows[expert], "expert", f"found an empty form of {expert}, expected {expected}")
