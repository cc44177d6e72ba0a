"""A table: typed cells under named columns, laid out once, written as a terminal, CSV, JSON, pandas or a page needs it.

A cell keeps what it is: a number stays exact with its declared rounding, a sentence stays a message. Only a writer
makes text of it. Without a language the text is for machines (keys for headings, a plain ``-``, English sentences);
with one it is for people. Pages (:mod:`auditlib.report.markup`) and workbooks
(:mod:`auditlib.report.workbook.sheets`) take their cells from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Generic, TypeVar

from auditlib.core.cells import csv_text
from auditlib.core.exact import Rounding, decimal_text
from auditlib.core.message import t, told
from auditlib.core.numerals import number_text, signed
from auditlib.core.values import Text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Field", "Number", "Table", "number"]

Row = TypeVar("Row")


@dataclass(frozen=True)
class Number:
    """An exact number and how it is shown. ``sign`` is for a change: people see ``+2`` and not ``2``."""

    value: Fraction
    rounding: Rounding
    sign: bool = False

    def text(self, language: str | None) -> str:
        """As plain decimal text for machines, with a true minus where it is told in a language."""
        if language is None:
            return decimal_text(self.value, self.rounding)
        return (signed if self.sign else number_text)(self.value, self.rounding)


def number(value: Fraction | None, rounding: Rounding, *, sign: bool = False) -> Number | None:
    """A cell with a number; None stays None."""
    return None if value is None else Number(value, rounding, sign)


@dataclass(frozen=True)
class Field(Generic[Row]):
    """A column of a layout: its key, its heading (an English template, or a text of the scheme), its cell in a row."""

    key: str
    title: str | Text
    cell: Callable[[Row], object]


@dataclass(frozen=True)
class Table:
    """Rows of cells under columns. ``keys`` name the columns to machines; ``titles`` are their headings, in English.
    ``name`` and ``heading`` name the table itself, to machines and to people.

    A cell is None, text, a whole number, a float of statistics, a :class:`Number`, something sayable, or a tuple
    of such.
    """

    keys: tuple[str, ...]
    rows: Sequence[Sequence[object]] = field(repr=False)
    titles: tuple[str | Text, ...] = ()
    name: str = ""
    heading: str = ""

    @classmethod
    def of(cls, fields: Iterable[Field[Row]], rows: Iterable[Row], *wanted: str) -> Table:
        """The rows as a layout has them; with ``wanted`` these columns alone, in this order."""
        chosen = list(fields)
        if wanted:
            known = {one.key: one for one in chosen}
            chosen = [known[key] for key in wanted]
        cells = [tuple(one.cell(row) for one in chosen) for row in rows]
        return cls(tuple(one.key for one in chosen), cells, tuple(one.title for one in chosen))

    def headings(self, language: str | None = None) -> list[str]:
        """The keys of the columns, or their titles in a language."""
        return (
            list(self.keys)
            if language is None
            else [t(title, language) if isinstance(title, str) else title(language) for title in self.titles]
        )

    def texts(self, language: str | None = None) -> list[list[str | int | float | None]]:
        """The cells as text; whole numbers stay numbers and None stays None."""
        return [[_text(cell, language) for cell in row] for row in self.rows]

    def csv(self) -> str:
        """As CSV text, in which nothing starts a formula."""
        return csv_text(self.headings(), self.texts())

    def records(self) -> list[dict[str, str | int | float | None]]:
        """A plain value a row, for JSON."""
        return [dict(zip(self.keys, row, strict=True)) for row in self.texts()]

    def frame(self, language: str | None = None) -> pd.DataFrame:
        """As a pandas frame of texts."""
        import pandas as pd

        rows = [[str(cell) if isinstance(cell, int) else cell for cell in row] for row in self.texts(language)]
        return pd.DataFrame(rows, columns=self.headings(language), dtype=object)


def _text(cell: object, language: str | None) -> str | int | float | None:
    if cell is None or isinstance(cell, int | float):
        return cell
    if isinstance(cell, Number):
        return cell.text(language)
    if isinstance(cell, tuple):
        between = "; " if language is None else t(", ", language)
        return between.join(str(_text(one, language)) for one in cell)
    return told(cell, language or "en")
