"""Filled questionnaires taken back: all forms of a round into its round file, remarks and ``experts.csv``, or none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from auditlib.core.errors import InputError, Problem
from auditlib.core.files import write_together
from auditlib.core.values import Text
from auditlib.delphi.answers import Remark
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.experts import experts_text, pseudonym_fault, self_assessment
from auditlib.delphi.forms.comparisons import inconsistent, read_comparisons
from auditlib.delphi.forms.held import Form, Held
from auditlib.delphi.forms.instructions import ABOUT, ANSWERS
from auditlib.delphi.forms.sheets import Grid, grids
from auditlib.delphi.forms.survey_columns import plain
from auditlib.delphi.forms.word_form import word_grids
from auditlib.delphi.forms.words import EXPERT, FAMILIARITY, ITEM, MARK, MARKER, REMARK, WHOLE
from auditlib.delphi.pseudonyms import spelt_twice
from auditlib.delphi.round_faults import stranger_faults
from auditlib.delphi.rounds import Panel, Round, read_panel
from auditlib.delphi.wordings import asked_file, asked_text

__all__ = ["Returned", "await_of", "form_faults", "panel_of", "read_questionnaires", "round_faults", "take_in"]

EXPERT_ROW = 2  # where a form names its expert


@dataclass(frozen=True)
class Returned:
    """What a reading of answers made: the round, how many forms, answers left empty, and the files written.

    ``whole`` is how many experts the round holds now, ``missing`` who was asked and has not answered yet,
    ``inconsistent`` whose comparisons contradict each other too much, with what spoils them.
    """

    number: int
    forms: int
    unanswered: int
    files: tuple[Path, ...]
    whole: int
    missing: tuple[str, ...]
    inconsistent: tuple[Text, ...] = ()


def panel_of(file: Path) -> Path:
    """The panel that a questionnaire lies in: the nearest folder above with a ``panel.yaml``, or the working folder."""
    return next((folder for folder in file.absolute().parents if (folder / "panel.yaml").exists()), Path())


def read_questionnaires(
    files: Sequence[Path], folder: Path, number: int | None = None, replace: bool = False
) -> Returned:
    """Take the filled ``files`` into the panel in ``folder``: ``round-N.csv``, ``remarks-N.csv``, ``experts.csv``.

    ``number`` is the round that the forms must be of (default: the one that the first form names). Forms join those
    that the round has, at any time until ``closed`` of the round; nothing else of it changes. ``replace`` puts a form
    in the place of an earlier one of the same expert. Nothing is written unless every form is sound. Raises
    :class:`InputError` with every fault of every form, where an expert's answers would be lost, or in a closed round.
    """
    panel = read_panel(folder)
    wanted = number if number is not None else _round_of(files[0], len(panel.rounds) + 1)
    problems = list(round_faults(panel, wanted))
    forms = [form for file in files if (form := _read_form(file, panel.declared, wanted, problems)) is not None]
    problems += form_faults(forms, panel, wanted)
    return take_in(panel, wanted, forms, replace, problems)


def take_in(panel: Panel, wanted: int, forms: Sequence[Form], replace: bool, problems: list[Problem]) -> Returned:
    """Put sound ``forms`` into round ``wanted``: what was there stays. Raises :class:`InputError` with all problems."""
    folder, declared = panel.folder, panel.declared
    added = _self_assessments(panel, forms)
    texts: dict[str, str] = {}
    items = tuple(item.id for item in declared.asked(wanted))
    there = next((one for one in panel.rounds if one.number == wanted), None)
    try:
        if added:
            texts["experts.csv"] = experts_text(folder / "experts.csv", added, declared.tables, replace)
    except InputError as error:
        problems += error.problems
    held = Held.of(there, folder, wanted, items)
    problems += held.would_lose(forms, replace)
    note = declared.rounds.get(wanted)
    experts = {*held.experts, *(form.expert for form in forms)}
    if note is not None and note.sent is not None and note.sent < len(experts):
        message = f"found {note.sent}, expected at least the {len(experts)} forms"
        problems.append(Problem(str(folder / "panel.yaml"), None, f"rounds.{wanted}.sent", message))
    if problems:
        raise InputError(problems)
    texts |= held.with_forms(forms)
    if not asked_file(folder, wanted).exists():
        texts[asked_file(folder, wanted).relative_to(folder).as_posix()] = asked_text(declared, wanted)
    write_together({folder / name: texts[name].encode("utf-8") for name in sorted(texts)})
    unanswered = sum(len(items) - len(form.marks) for form in forms if form.marks)
    written = tuple(folder / name for name in sorted(texts) if "/" not in name)
    contradict = tuple(
        said
        for form in forms
        if form.compared is not None
        for said in inconsistent(form.expert, form.compared, declared, wanted)
    )
    return Returned(wanted, len(forms), unanswered, written, len(experts), await_of(panel, wanted, experts), contradict)


def _self_assessments(panel: Panel, forms: Sequence[Form]) -> dict[str, Mapping[str, str | None]]:
    """What joins ``experts.csv``. Where the first form with a self-assessment makes it, it names everyone who answered:
    else it would turn the others into strangers."""
    about = {form.expert: form.about for form in forms if form.about is not None}
    if panel.experts:
        return about
    if not any(any(said.values()) for said in about.values()):
        return {}
    seats = [expert for one in panel.rounds for expert in one.experts] + [form.expert for form in forms]
    return {expert: about.get(expert, {}) for expert in dict.fromkeys(seats)}


def round_faults(panel: Panel, number: int) -> Iterator[Problem]:
    """Why no form of round ``number`` can be taken: it is closed, kept in a workbook, or the one before is missing."""
    there = next((one for one in panel.rounds if one.number == number), None)
    if there is not None and there.file.endswith(".xlsx"):
        yield Problem(there.file, None, "", "found the round in a workbook, expected a round-N.csv to add forms to")
    note = panel.declared.rounds.get(number)
    if note is not None and note.closed is not None:
        where, message = f"rounds.{number}.closed", f"found {note.closed}, expected a round that is open, to take forms"
        yield Problem(str(panel.folder / "panel.yaml"), None, where, message)
    if number > len(panel.rounds) + 1:
        yield Problem(
            str(panel.folder),
            None,
            "",
            f"found {len(panel.rounds)} rounds, expected round {number - 1} before round {number}",
        )


def await_of(panel: Panel, number: int, answered: Collection[str]) -> tuple[str, ...]:
    """The experts whose form of round ``number`` has not come back: those whom it was sent to, as far as is known."""
    return tuple(expert for expert in panel.invited(number) if expert not in answered)


def _round_of(file: Path, default: int) -> int:
    """The round that a form names; ``default`` where it is no form that names one."""
    try:
        marker = {row[0]: row[1] for row in _grids(file).get(MARKER, []) if len(row) > 1}
    except InputError:
        return default
    text = marker.get("round") or ""
    return int(text) if text.isdecimal() and text.isascii() else default


def form_faults(forms: Sequence[Form], panel: Panel, number: int) -> Iterator[Problem]:
    """Two forms of one expert, experts whom the panel does not know, more forms than were sent."""
    first: dict[str, str] = {}
    earlier = [one for one in panel.rounds if one.number < number]
    for form in forms:
        if form.expert in first:
            message = (
                f"found {form.expert} again, expected each expert once; {first[form.expert]} is a form of the same"
            )
            yield Problem(form.file, None, ANSWERS, message)
        first[form.expert] = form.file
        one = Round(number, form.file, (), {form.expert: EXPERT_ROW}, {})
        known = [(expert, other.file) for other in panel.rounds for expert in other.experts]
        known += [(expert, "experts.csv") for expert in panel.experts]
        if twice := list(spelt_twice([*known, *first.items()], [(form.file, None, form.expert)])):
            yield from twice
            continue
        yield from stranger_faults(one, earlier, panel.experts if form.about is None else {}, panel.declared)


def _grids(file: Path) -> dict[str, Grid]:
    """The sheets of a form, which is a workbook or a Word document."""
    return word_grids(file) if file.suffix.lower() == ".docx" else grids(file)


def _read_form(file: Path, declared: PanelFile, number: int, problems: list[Problem]) -> Form | None:
    """The form in ``file``, or None where it has faults, all of which go to ``problems``."""
    try:
        found = _grids(file)
    except InputError as error:
        problems += error.problems
        return None
    faults = list(_marker_faults(file, found, declared, number))
    if not faults:
        form, faults = _checked(file, found, declared, number)
    problems += faults
    return None if faults else form


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
                marks[item] = declared.scale.mark(plain(mark))
            except ValueError as error:
                faults.append(Problem(name, row, f"{ANSWERS}.{item}", str(error)))
    faults += [
        Problem(name, None, f"{ANSWERS}.{item}", "missing item, expected the form as it was sent")
        for item in items
        if item not in found
    ]
    for item, message in declared.scale.group_faults(declared.siblings(number), marks) if not faults else ():
        faults.append(Problem(name, None, f"{ANSWERS}.{item}", message))
    compared, wrong = read_comparisons(name, grids, declared, number)
    faults += wrong
    if not marks and not compared and not faults:
        faults.append(Problem(name, None, ANSWERS, "found an empty form, expected at least one mark"))
    if text := _beside(grid, WHOLE):
        remarks.append(Remark(expert or "", None, text))
    about = _about(grids[ABOUT], declared) if ABOUT in grids else None
    for column, message in self_assessment(about or {}, declared.tables)[1]:
        faults.append(Problem(name, None, f"{ABOUT}.{column}", message))
    return Form(name, number, expert or "", marks, tuple(remarks), about, compared), faults


def _beside(grid: Grid, word: str) -> str | None:
    """What is written in the cell to the right of ``word``."""
    return next((cells[1] for cells in grid if cells[0] == word and len(cells) > 1), None)


def _about(grid: Grid, declared: PanelFile) -> dict[str, str | None]:
    bases = {name: _beside(grid, basis.title.zh) for name, basis in declared.tables.bases.items()}
    return bases | {"familiarity": _beside(grid, FAMILIARITY)}
