"""A questionnaire filled as an expert fills it: the workbook that went out, opened, answered and saved.

What stands in the form is read from the form: the items that it asks, and from the second round on the own last mark
and the panel's median. The same form and answers give the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import openpyxl  # type: ignore[import-untyped]

from auditlib.delphi.forms.instructions import ABOUT, ANSWERS
from auditlib.delphi.forms.words import (
    EXPERT,
    INSTRUCTIONS,
    ITEM,
    MARK,
    MEDIAN,
    REMARK,
    WHOLE,
    own_mark,
)
from auditlib.delphi.scales import number_in

__all__ = ["Filling", "OpenForm"]

SAVED = (2000, 1, 1, 0, 0, 0)  # a workbook and its parts state when they were saved
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


@dataclass(frozen=True)
class Filling:
    """What an expert writes into a form: marks and remarks by item, one on the whole, the self-assessment in words."""

    marks: Mapping[str, Fraction]
    remarks: Mapping[str, str] = field(default_factory=dict)
    whole: str = ""
    about: Mapping[str, str] = field(default_factory=dict)


class OpenForm:
    """A questionnaire that is open to be filled."""

    def __init__(self, content: bytes) -> None:
        self._book: Any = openpyxl.load_workbook(io.BytesIO(content))
        self._sheet: Any = self._book[ANSWERS]
        rows = list(self._sheet.iter_rows())
        top = next(number for number, row in enumerate(rows) if row[0].value == ITEM)
        self._columns = {cell.value: cell.column for cell in rows[top] if cell.value is not None}
        self._rows = {row[0].value: row[0].row for row in rows[top + 1 :] if row[0].value not in (None, WHOLE)}
        self._beside = {row[0].value: row[0].row for row in rows}

    @property
    def expert(self) -> str:
        """The pseudonym that the form names; empty where it asks for it."""
        return self._sheet.cell(self._beside[EXPERT], 2).value or ""

    @property
    def items(self) -> tuple[str, ...]:
        """The ids of the items that the form asks."""
        return tuple(self._rows)

    @property
    def asks_about_the_expert(self) -> bool:
        """Whether the form has the sheet of the self-assessment."""
        return ABOUT in self._book.sheetnames

    def own_marks(self, number: int) -> dict[str, Fraction]:
        """The expert's marks of round ``number``, as far as the form shows them."""
        return self._numbers(own_mark(number))

    def medians(self) -> dict[str, Fraction]:
        """The panel's medians of the round before, as far as the form shows them."""
        return self._numbers(MEDIAN)

    def _numbers(self, header: str) -> dict[str, Fraction]:
        if header not in self._columns:
            return {}
        shown = {item: str(self._sheet.cell(row, self._columns[header]).value) for item, row in self._rows.items()}
        return {item: value for item, text in shown.items() if (value := number_in(text)) is not None}

    def filled(self, filling: Filling, label: str) -> bytes:
        """The workbook with the answers of ``filling``; ``label`` is written below the instructions."""
        for item, mark in filling.marks.items():
            value = mark.numerator if mark.denominator == 1 else float(mark)
            self._sheet.cell(self._rows[item], self._columns[MARK]).value = value
        for item, text in filling.remarks.items():
            self._sheet.cell(self._rows[item], self._columns[REMARK]).value = text
        if filling.whole:
            self._sheet.cell(self._beside[WHOLE], 2).value = filling.whole
        if filling.about:
            for row in self._book[ABOUT].iter_rows():
                if row[0].value in filling.about:
                    row[1].value = filling.about[row[0].value]
        instructions = self._book[INSTRUCTIONS]
        instructions.cell(instructions.max_row + 2, 1).value = label
        memory = io.BytesIO()
        self._book.save(memory)
        return _settled(memory.getvalue())


def _settled(workbook: bytes) -> bytes:
    """The workbook without the time at which it was saved."""
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as saved, zipfile.ZipFile(memory, "w", zipfile.ZIP_STORED) as settled:
        for name in saved.namelist():
            content = MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", saved.read(name))
            settled.writestr(zipfile.ZipInfo(name, SAVED), content)
    return memory.getvalue()
