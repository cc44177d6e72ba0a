"""Filled questionnaires taken back: all forms of a round into its round file, remarks and ``experts.csv``, or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import fastexcel

from auditlib.core.cells import csv_text, inert
from auditlib.core.errors import InputError, Problem
from auditlib.core.exact import full_text
from auditlib.core.files import write_together
from auditlib.delphi.answers import Remark
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.experts import experts_text, pseudonym_fault, self_assessment
from auditlib.delphi.forms.questionnaire import ABOUT, ANSWERS, EXPERT, FAMILIARITY, ITEM, MARK, MARKER, REMARK, WHOLE
from auditlib.delphi.rounds import Panel, Round, read_panel, stranger_faults
from auditlib.ledger.table_guards import guard_workbook

__all__ = ["Returned", "panel_of", "read_questionnaires"]

Grid = list[list[str | None]]
EXPERT_ROW = 2  # where a form names its expert


@dataclass(frozen=True)
class Form:
    """One filled questionnaire, checked. ``about`` is None where the form does not ask for a self-assessment."""

    file: str
    round: int
    expert: str
    marks: Mapping[str, Fraction]
    remarks: tuple[Remark, ...]
    about: Mapping[str, str | None] | None


@dataclass(frozen=True)
class Returned:
    """What a reading of questionnaires made: the round, how many forms, answers left empty, and the files written."""

    number: int
    forms: int
    unanswered: int
    files: tuple[Path, ...]


def panel_of(file: Path) -> Path:
    """The panel that a questionnaire lies in: the nearest folder above with a ``panel.yaml``, or the working folder."""
    return next((folder for folder in file.absolute().parents if (folder / "panel.yaml").exists()), Path())


def read_questionnaires(
    files: Sequence[Path], folder: Path, number: int | None = None, replace: bool = False
) -> Returned:
    """Take the filled ``files`` into the panel in ``folder``: ``round-N.csv``, ``remarks-N.csv``, ``experts.csv``.

    ``number`` is the round that the forms must be of (default: the next, or with ``replace`` the last). Nothing is
    written unless every form is sound. Raises :class:`InputError` with every fault of every form, or where the round
    is already there and not to be replaced.
    """
    panel = read_panel(folder)
    wanted = number if number is not None else max(1, len(panel.rounds) + (0 if replace else 1))
    problems = list(_folder_faults(panel, wanted, replace))
    forms = [form for file in files if (form := _read_form(file, panel.declared, wanted, problems)) is not None]
    problems += _faults_between(forms, panel, wanted)
    added = {form.expert: form.about for form in forms if form.about is not None}
    experts = None
    if added:
        try:
            experts = experts_text(folder / "experts.csv", added, panel.declared.tables, replace)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    items = tuple(item.id for item in panel.declared.asked(wanted))
    texts = {f"round-{wanted}.csv": csv_text(["expert", *items], (_row(form, items) for form in forms))}
    remarks = [[r.expert, r.item or "", inert(r.text)] for form in forms for r in form.remarks]
    if remarks or (folder / f"remarks-{wanted}.csv").exists():
        texts[f"remarks-{wanted}.csv"] = csv_text(["expert", "item", "remark"], remarks)
    if experts is not None:
        texts["experts.csv"] = experts
    write_together({folder / name: texts[name].encode("utf-8") for name in sorted(texts)})
    unanswered = sum(len(items) - len(form.marks) for form in forms)
    return Returned(wanted, len(forms), unanswered, tuple(folder / name for name in sorted(texts)))


def _folder_faults(panel: Panel, number: int, replace: bool) -> Iterator[Problem]:
    there = next((one for one in panel.rounds if one.number == number), None)
    if there is not None and (not replace or there.file.endswith(".xlsx")):
        yield Problem(
            there.file,
            None,
            "",
            "found answers of this round, expected none, or --replace of a round-N.csv with all its forms",
        )
    if number > len(panel.rounds) + 1:
        yield Problem(
            str(panel.folder),
            None,
            "",
            f"found {len(panel.rounds)} rounds, expected round {number - 1} before round {number}",
        )


def _faults_between(forms: Sequence[Form], panel: Panel, number: int) -> Iterator[Problem]:
    """Two forms of one expert, experts whom the panel does not know, more forms than were sent."""
    first: dict[str, str] = {}
    before = next((one for one in panel.rounds if one.number == number - 1), None)
    for form in forms:
        if form.expert in first:
            message = (
                f"found {form.expert} again, expected each expert once; {first[form.expert]} is a form of the same"
            )
            yield Problem(form.file, None, ANSWERS, message)
        first[form.expert] = form.file
        one = Round(number, form.file, (), {form.expert: EXPERT_ROW}, {})
        yield from stranger_faults(one, before, panel.experts if form.about is None else {})
    note = panel.declared.rounds.get(number)
    if note is not None and note.sent is not None and note.sent < len(first):
        yield Problem(
            str(panel.folder / "panel.yaml"),
            None,
            f"rounds.{number}.sent",
            f"found {note.sent}, expected at least the {len(first)} forms",
        )


def _read_form(file: Path, declared: PanelFile, number: int, problems: list[Problem]) -> Form | None:
    """The form in ``file``, or None where it has faults, all of which go to ``problems``."""
    try:
        grids = _grids(file)
    except InputError as error:
        problems += error.problems
        return None
    faults = list(_marker_faults(file, grids, declared, number))
    if not faults:
        form, faults = _checked(file, grids, declared, number)
    problems += faults
    return None if faults else form


def _grids(file: Path) -> dict[str, Grid]:
    """Every sheet of a workbook as rows of stripped text, row 1 first."""
    if not file.is_file():
        raise InputError.at(file, "", "no such file")
    guard_workbook(file)
    try:
        book = fastexcel.read_excel(str(file))
        tables = {
            name: book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string") for name in book.sheet_names
        }
    except fastexcel.FastExcelError as error:
        raise InputError.at(
            file, "", f"found {str(error).splitlines()[0]}, expected a filled questionnaire in XLSX"
        ) from None
    return {
        name: [[(cell or "").strip() or None for cell in row] for row in table.to_polars().iter_rows()]
        for name, table in tables.items()
    }


def _marker_faults(file: Path, grids: Mapping[str, Grid], declared: PanelFile, number: int) -> Iterator[Problem]:
    if missing := [name for name in (ANSWERS, MARKER) if name not in grids]:
        yield Problem(
            str(file), None, "", f"found no sheet {', '.join(missing)}, expected a questionnaire of this panel"
        )
        return
    marker = {row[0]: row[1] for row in grids[MARKER] if len(row) > 1}
    for key, expected in (("panel", declared.panel), ("round", str(number))):
        if marker.get(key) != expected:
            yield Problem(
                str(file), None, MARKER, f"found a form of {key} {marker.get(key)}, expected one of {key} {expected}"
            )


def _checked(file: Path, grids: Mapping[str, Grid], declared: PanelFile, number: int) -> tuple[Form, list[Problem]]:
    name, grid, faults = str(file), grids[ANSWERS], []
    expert = _beside(grid, EXPERT)
    if fault := pseudonym_fault(expert):
        faults.append(Problem(name, EXPERT_ROW, f"{ANSWERS}.{EXPERT}", fault))
    items = [item.id for item in declared.asked(number)]
    top = next((row for row, cells in enumerate(grid) if cells[0] == ITEM), None)
    header = grid[top] if top is not None else []
    marks: dict[str, Fraction] = {}
    remarks: list[Remark] = []
    found: list[str] = []
    if top is None or not {MARK, REMARK} <= set(header):
        faults.append(
            Problem(
                name,
                None,
                ANSWERS,
                f"found no row of headers with {ITEM}, {MARK} and {REMARK}, expected the form as it was sent",
            )
        )
        return Form(name, number, expert or "", {}, (), None), faults
    for row, cells in enumerate(grid[top + 1 :], start=top + 2):
        item, mark, remark = cells[0], cells[header.index(MARK)], cells[header.index(REMARK)]
        if item is None or item == WHOLE:
            continue
        if item not in items or item in found:
            faults.append(
                Problem(name, row, f"{ANSWERS}.{ITEM}", f"found {item}, expected each of {', '.join(items)} once")
            )
            continue
        found.append(item)
        if remark is not None:
            remarks.append(Remark(expert or "", item, remark))
        if mark is not None:
            try:
                marks[item] = declared.scale.mark(mark)
            except ValueError as error:
                faults.append(Problem(name, row, f"{ANSWERS}.{item}", str(error)))
    faults += [
        Problem(name, None, f"{ANSWERS}.{item}", "missing item, expected the form as it was sent")
        for item in items
        if item not in found
    ]
    if not marks and not faults:
        faults.append(Problem(name, None, ANSWERS, "found an empty form, expected at least one mark"))
    if text := _beside(grid, WHOLE):
        remarks.append(Remark(expert or "", None, text))
    about = _about(grids[ABOUT], declared) if ABOUT in grids else None
    for column, message in self_assessment(about or {}, declared.tables)[1]:
        faults.append(Problem(name, None, f"{ABOUT}.{column}", message))
    return Form(name, number, expert or "", marks, tuple(remarks), about), faults


def _beside(grid: Grid, word: str) -> str | None:
    """What is written in the cell to the right of ``word``."""
    return next((cells[1] for cells in grid if cells[0] == word and len(cells) > 1), None)


def _about(grid: Grid, declared: PanelFile) -> dict[str, str | None]:
    bases = {name: _beside(grid, basis.title.zh) for name, basis in declared.tables.bases.items()}
    return bases | {"familiarity": _beside(grid, FAMILIARITY)}


def _row(form: Form, items: Iterable[str]) -> list[str]:
    return [form.expert, *(full_text(form.marks[item]) if item in form.marks else "" for item in items)]
