"""A workbook of working papers taken back: all of its answers or none, and nothing that was locked has moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from auditlib.core.errors import AuditError, InputError, Problem
from auditlib.delphi.forms.sheets import Grid
from auditlib.papers.answers import paper_values
from auditlib.papers.folder import Papers
from auditlib.papers.log import LogStep
from auditlib.papers.sheets import FIRST_ROW, PaperSheet, answered, cell, paper_sheets
from auditlib.papers.workbook import paper_grids

__all__ = ["read_workbook", "require_auditor"]

KINDS = {"exception": "answer", "finding": "finding", "sample": "sample_answer"}
SHOWN = 60


def read_workbook(papers: Papers, file: Path, by: str) -> list[LogStep]:
    """What a workbook answers anew, as steps of the log, prepared ``by`` one of the auditors.

    Raises :class:`InputError` with every fault by its cell: papers of another snapshot or engagement, a locked cell
    that was changed, a row that was not there, an answer that is none, and one changed since the workbook was
    written.
    """
    require_auditor(papers, by)
    found, marker = paper_grids(file)
    base = _base(papers, marker, file)
    problems: list[Problem] = []
    steps: list[LogStep] = []
    now = {sheet.kind: sheet for sheet in paper_sheets(papers, marker["language"])}
    for sheet in paper_sheets(base, marker["language"]):
        if sheet.name not in found:
            raise InputError.at(file, sheet.name, f"found no sheet {sheet.name}, expected it as it was written")
        given = _given(sheet, found[sheet.name], str(file), problems)
        if sheet.kind in KINDS:
            current = dict(zip(now[sheet.kind].ids, now[sheet.kind].rows, strict=True))
            steps += _steps(papers, sheet, given, current, (str(file), by), problems)
    if problems:
        raise InputError(problems)
    return _together(steps)


def require_auditor(papers: Papers, by: str) -> None:
    """Refuses whoever is none of the auditors."""
    if by not in papers.engagement.auditors:
        raise InputError.at("--by", "", f"found {by}, expected one of {', '.join(papers.engagement.auditors)}")


def _base(papers: Papers, marker: Mapping[str, str], file: Path) -> Papers:
    """The papers as they stood when the workbook was written."""
    for name, own in (("snapshot", papers.engagement.snapshot), ("papers", papers.hash)):
        if (found := marker.get(name, "")) != own:
            said = f"found papers of the {name} {found[:12] or '(none)'}, expected those of {own[:12]}"
            raise InputError.at(file, name, said)
    if marker.get("language") not in ("zh", "en"):
        raise InputError.at(file, "language", f"found {marker.get('language')}, expected zh or en")
    try:
        return papers.at("" if marker.get("state") == "new" else marker.get("state", "?"))
    except AuditError as error:
        raise InputError.at(file, "state", f"{error}; expected one that was exported from them") from None


def _given(sheet: PaperSheet, grid: Grid, file: str, problems: list[Problem]) -> list[tuple[int, str, dict[str, str]]]:
    """Row, id and answers of each row; what stands elsewhere than it was sent is a problem."""
    texts = [[text or "" for text in row] + [""] * len(sheet.columns) for row in grid]
    headings = {one.key: one.title for one in sheet.columns}
    if len(texts) < FIRST_ROW - 1:
        problems.append(Problem(file, None, sheet.name, "found no rows, expected the sheet as it was written"))
        return []
    _compare(sheet, texts[FIRST_ROW - 2], headings, FIRST_ROW - 1, file, problems, every=True)
    found = []
    rows = texts[FIRST_ROW - 1 :]
    for number, (id_, expected) in enumerate(zip(sheet.ids, sheet.rows, strict=True)):
        place = FIRST_ROW + number
        own = rows[number] if number < len(rows) else [""] * len(sheet.columns)
        if _compare(sheet, own, expected, place, file, problems):
            line = dict(zip((one.key for one in sheet.columns), own, strict=False))
            found.append((place, id_, answered(sheet, line)))
    for place, own in enumerate(rows[len(sheet.rows) :], FIRST_ROW + len(sheet.rows)):
        if any(own):
            said = (
                f"found {next(text for text in own if text)[:SHOWN]}, expected no row below the last that was written"
            )
            if sheet.kind == "sample":
                said += ": a case that was not drawn is not answered"
            problems.append(Problem(file, None, f"{sheet.name}!A{place}", said))
    return found


def _compare(
    sheet: PaperSheet, own: Sequence[str], expected: Mapping[str, str], place: int, file: str, problems: list[Problem],
    *, every: bool = False,
) -> bool:  # fmt: skip
    """Whether the locked cells of a row are as they were written; of the headings every one."""
    good = True
    for text, column in zip(own, sheet.columns, strict=False):
        wanted = " ".join(expected[column.key].split())
        if (every or not column.open) and " ".join(text.split()) != wanted:
            good = False
            said = f"found {text[:SHOWN] or 'nothing'}, expected {wanted[:SHOWN] or 'nothing'}: the cell is locked"
            problems.append(Problem(file, None, cell(sheet, column.key, place), said))
    return good


def _steps(
    papers: Papers, sheet: PaperSheet, given: Sequence[tuple[int, str, dict[str, str]]],
    current: Mapping[str, Mapping[str, str]], source: tuple[str, str], problems: list[Problem],
) -> Iterator[LogStep]:  # fmt: skip
    file, by = source
    before = dict(zip(sheet.ids, sheet.rows, strict=True))
    for place, id_, answers in given:
        sent, stands = answered(sheet, before[id_]), answered(sheet, current.get(id_, before[id_]))
        if _same(answers, sent) or _same(answers, stands):
            continue
        first = next(key for key in answers if _plain(answers[key]) != _plain(stands[key]))
        if not _same(sent, stands):
            said = "found an answer to what was changed since this workbook was written, expected one to a newer export"
            problems.append(Problem(file, None, cell(sheet, first, place), said))
            continue
        values, faults = paper_values(papers, sheet.kind, id_, answers)
        problems += [Problem(file, None, cell(sheet, key, place), said) for key, said in faults]
        if not faults:
            yield LogStep(KINDS[sheet.kind], id_, by, values)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return all(_plain(one[key]) == _plain(other[key]) for key in one)


def _together(steps: Sequence[LogStep]) -> list[LogStep]:
    """The steps, those of the cases of one sample as one."""
    found: list[LogStep] = []
    for (kind, name), own in groupby(steps, key=lambda step: (step.kind, _sample_of(step))):
        lines = list(own)
        if kind == "sample_answer":
            answers = {step.id.partition("/")[2]: dict(step.values) for step in lines}
            found.append(LogStep(kind, name, lines[0].by, answers))
        else:
            found += lines
    return found


def _sample_of(step: LogStep) -> str:
    return step.id.partition("/")[0] if step.kind == "sample_answer" else ""
