"""What a round holds already, and how forms join it: every other row stays as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from auditlib.core.cells import csv_text, inert
from auditlib.core.errors import Problem
from auditlib.core.exact import full_text
from auditlib.delphi.answers import LONG, Remark
from auditlib.delphi.forms.comparisons import Comparisons, comparison_texts, lost_comparisons
from auditlib.delphi.forms.sheets import read_sheet
from auditlib.delphi.rounds import Round

__all__ = ["Form", "Held"]

REMARKS = ("expert", "item", "remark")


@dataclass(frozen=True)
class Form:
    """The answers of one expert, checked; ``about`` and ``compared`` are None where the form does not ask for them."""

    file: str
    round: int
    expert: str
    marks: Mapping[str, Fraction]
    remarks: tuple[Remark, ...]
    about: Mapping[str, str | None] | None
    compared: Comparisons | None = None


@dataclass(frozen=True)
class Held:
    """A round file and its remarks as they are written: column names, and rows that begin with the expert."""

    folder: Path
    number: int
    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remarks: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, there: Round | None, folder: Path, number: int, items: Sequence[str]) -> Held:
        """What is there of round ``number``, wide or long; an empty wide table of ``items`` where nothing is."""
        if there is None or there.file.endswith(".xlsx"):  # nothing can be added to a workbook
            return cls(folder, number, "", ("expert", *items), (), ())
        columns, rows = _table(Path(there.file))
        file = folder / f"remarks-{there.number}.csv"
        remarks = _table(file, REMARKS)[1] if file.exists() else ()
        return cls(folder, number, there.file, columns, rows, remarks)

    @property
    def long(self) -> bool:
        """Whether the round has a row an answer."""
        return set(LONG) <= set(self.columns)

    @property
    def experts(self) -> tuple[str, ...]:
        """Those who are there, in the order of the file."""
        place = self.columns.index("expert")
        return tuple(dict.fromkeys(row[place] for row in self.rows))

    def would_lose(self, forms: Sequence[Form], replace: bool) -> Iterator[Problem]:
        """The forms of experts whose other answers are there, unless they are to be replaced.

        Marks, remarks and comparisons are parts: one that is empty, there or in the form, stands against nothing.
        Experts mark in a survey tool, and compare in a workbook.
        """
        for form in forms if not replace else ():
            marks, remarks = self._rows_of(form.expert), self._remarks_of(form.expert)
            other = bool(form.marks) and self._marked(marks) and marks != tuple(self._answers(form))
            other = other or (bool(remarks) and _speaks(form) and remarks != tuple(_remarks(form)))
            if form.compared is not None:
                other = other or lost_comparisons(self.folder, self.number, form.expert, form.compared)
            if other:
                message = (
                    f"found {form.expert}, whose other answers {self.file} holds; expected a new expert, or --replace"
                )
                yield Problem(form.file, None, "expert", message)

    def with_forms(self, forms: Sequence[Form]) -> dict[str, str]:
        """The texts of the round and of its remarks with ``forms``, by file name; who was there stays in place, and
        so does each part of an expert's answers that the form leaves empty."""
        number = self.number
        new = {form.expert: form for form in forms}
        rows: list[tuple[str, ...]] = []
        for expert in dict.fromkeys((*self.experts, *new)):
            kept = expert not in new or (expert in self.experts and not new[expert].marks)
            rows += self._rows_of(expert) if kept else self._answers(new[expert])
        remarks = [row for row in self.remarks if row[0] not in new or not _speaks(new[row[0]])]
        remarks += [row for one in forms for row in _remarks(one)]
        texts = {f"round-{number}.csv": csv_text(list(self.columns), rows)}
        if remarks or self.remarks:
            texts[f"remarks-{number}.csv"] = csv_text(list(REMARKS), remarks)
        return texts | comparison_texts(
            self.folder, number, {form.expert: form.compared for form in forms if form.compared is not None}
        )

    def _rows_of(self, expert: str) -> tuple[tuple[str, ...], ...]:
        place = self.columns.index("expert")
        return tuple(row for row in self.rows if row[place] == expert)

    def _remarks_of(self, expert: str) -> tuple[tuple[str, ...], ...]:
        return tuple(row for row in self.remarks if row[0] == expert)

    def _marked(self, rows: Sequence[Sequence[str]]) -> bool:
        """Whether any mark stands in the ``rows`` of an expert."""
        places = [at for at, name in enumerate(self.columns) if name not in ("expert", "item", "remark")]
        return any(row[at] for row in rows for at in places)

    def _answers(self, form: Form) -> list[tuple[str, ...]]:
        marks = {item: full_text(mark) for item, mark in form.marks.items()}
        if not self.long:
            return [tuple(form.expert if name == "expert" else marks.get(name, "") for name in self.columns)]
        cells = ({"expert": form.expert, "item": item, "mark": mark} for item, mark in marks.items())
        return [tuple(cell.get(name, "") for name in self.columns) for cell in cells]


def _table(file: Path, columns: Sequence[str] = ()) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    sheet = read_sheet(file)
    names = tuple(columns) or sheet.columns
    return names, tuple(tuple(cells[name] or "" for name in names) for _, cells in sheet.rows)


def _speaks(form: Form) -> bool:
    """Whether a form has anything to say of the items in words: where it marks them, silence is an answer too."""
    return bool(form.marks or form.remarks)


def _remarks(form: Form) -> list[tuple[str, ...]]:
    return [(r.expert, r.item or "", inert(r.text)) for r in form.remarks]
