"""The sheet of a form, row by row: what is printed on it, and which cells are to be filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from auditlib.core.message import t
from auditlib.ledger.registers import REGISTERS
from auditlib.objections.contested import ContestedLine, ContestedResult
from auditlib.objections.issue import day_words

__all__ = ["CHANGE", "ENTRY", "WIDTH", "FormRow", "form_rows", "register_title", "sheet_names"]

Kind = Literal["title", "note", "fact", "head", "change", "reason", "filed", "sign"]
ENTRY = None
"""A cell to be filled."""
CHANGE = ("number", "register", "key", "column", "was", "becomes", "ref")
WIDTH = len(CHANGE)
LISTED, SPARE = 20, 5
"""So many rows behind a line are listed on its form, and so many are left free."""


@dataclass(frozen=True)
class FormRow:
    """One row of a sheet; the cells after those given are empty and locked."""

    kind: Kind
    cells: tuple[str | None, ...]

    @property
    def whole(self) -> tuple[str | None, ...]:
        return (*self.cells, *("",) * (WIDTH - len(self.cells)))


def sheet_names(result: ContestedResult) -> tuple[str, ...]:
    """The names of the sheets of lines: their numbers in the list of contents."""
    return tuple(f"{number:02d}" for number in range(1, len(result.lines) + 1))


def form_rows(result: ContestedResult, line: ContestedLine) -> tuple[FormRow, ...]:
    """The rows of the form on one line, from the first."""
    language, against = result.language, result.terms.objections
    assert against is not None
    until = day_words(against.deadline, language)
    note = t(
        "Fill the yellow cells only, days as 2026-01-31, and hand the form in until {deadline}: {contact}. No names, "
        "telephones or addresses of persons; who signs does so by hand, on paper.",
        language, deadline=until, contact=against.contact(language),
    )  # fmt: skip
    rows = [FormRow("title", (t("Objection to an assessment result", language),)), FormRow("note", (note,))]
    rows += [FormRow("fact", fact) for fact in (*result.facts, *line.facts)]
    headings = ("No.", "Register", "Record", "Column", "The result has", "It should be", "Paper")
    rows.append(FormRow("head", tuple(t(name, language) for name in headings)))
    listed = line.keys[:LISTED]
    known = register_title(line.register, language) if line.register else ENTRY
    for number, key in enumerate((*listed, *(ENTRY,) * SPARE), 1):
        register = known if key is not ENTRY else ENTRY
        rows.append(FormRow("change", (str(number), register, key, ENTRY, ENTRY, ENTRY, ENTRY)))
    rows.append(FormRow("reason", (t("Reason", language), ENTRY)))
    rows.append(FormRow("filed", (t("Filed on", language), ENTRY)))
    rows.append(FormRow("sign", (t("Seal of the unit:", language), "", "", t("Signature, by hand:", language))))
    return tuple(rows)


def register_title(register: str, language: str) -> str:
    """A register by its title and its name, which is the last word."""
    return f"{REGISTERS[register].zh} {register}" if language == "zh" else register
