"""The form of a sample: a workbook with a row a case, in which a person answers the plan's question, and back again."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from auditlib.core.errors import InputError, Problem
from auditlib.core.exact import exact
from auditlib.core.message import t
from auditlib.delphi.forms.sheets import form_grids, new_workbook
from auditlib.sampling.sample import Drawn, Sample

__all__ = ["ANSWERS", "FIRST_ROW", "FORM", "AnswerFault", "answer_share", "answers_in", "read_answers", "sample_form"]

FORM, MARKER = "抽样", "meta"
"""The sheet of cases, and the hidden one that says which sample it is."""
FIRST_ROW = 5
IN = {"zh": ("正确", "差错", "缺件"), "en": ("correct", "error", "not found")}
"""The answers that a form offers in a language. A form is read in either, for it may be filled in by hand."""
ANSWERS = {word: Fraction(place > 0) for words in IN.values() for place, word in enumerate(words)}
"""What an answer counts as: 0 for correct, 1 for an error and for a file that is not found."""
COLUMNS = ("number", "case", "part", "answer", "share", "ref")
WIDTHS = (8, 22, 18, 12, 12, 40)
LETTERS = dict(zip(COLUMNS, "ABCDEF", strict=True))
COMMAND = "auditlib sample draw"


def answers_in(language: str) -> tuple[str, ...]:
    """The answers that a form in a language offers: correct, in error, file not found."""
    return IN[language]


def _part_words(one: Drawn, language: str) -> str:
    words = {
        "sample": one.stratum,
        "second": t("second stage", language),
        "extension": t("extension", language),
        "certain": t("looked at for certain", language),
        "weightless": t("without weight", language),
    }
    return words[one.part]


def sample_form(sample: Sample, language: str) -> bytes:
    """The workbook of a sample; the same sample gives the same bytes. All but the yellow cells is locked."""
    memory = io.BytesIO()
    book = new_workbook(memory, sample.plan.name)
    plain = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#B0B0B0", "num_format": "@"}
    cell = book.add_format(plain)
    head = book.add_format({**plain, "bold": True, "bg_color": "#E8EDF3"})
    answer = book.add_format({**plain, "locked": False, "bg_color": "#FFF9DB"})
    sheet = book.add_worksheet(FORM)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, sample.plan.question(language), book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(
        1,
        0,
        t(
            "{drawn} of {population} {population:case|cases} were drawn by the seed {seed}….",
            language,
            drawn=len(sample.cases),
            population=sample.population,
            seed=sample.seed[:8],
        ),
    )
    sheet.write_string(
        2,
        0,
        t(
            "Answer every case: {answers}. A file that cannot be found is answered “not found” and counts as an error. "
            "Wrong share: from 0 to 1, "
            "only where a part of the weight is wrong. No names, telephones or addresses.",
            language,
            answers=answers_in(language),
        ),
    )
    headings = (
        t("No.", language),
        t("Case", language),
        t("Part", language),
        t("Answer", language),
        t("Wrong share", language),
        t("Paper", language),
    )
    for column, name in enumerate(headings):
        sheet.write_string(FIRST_ROW - 2, column, name, head)
    for number, one in enumerate(sample.cases, 1):
        row = FIRST_ROW - 2 + number
        for column, text in enumerate((str(number), one.case, _part_words(one, language))):
            sheet.write_string(row, column, text, cell)
        for column in range(3, len(COLUMNS)):
            sheet.write_blank(row, column, None, answer)
    last = FIRST_ROW - 2 + len(sample.cases)
    sheet.data_validation(FIRST_ROW - 1, 3, last, 3, {"validate": "list", "source": list(answers_in(language))})
    sheet.freeze_panes(FIRST_ROW - 1, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    marker = book.add_worksheet(MARKER)
    marker.write_row(0, 0, ["seed", sample.seed])
    marker.hide()
    book.close()
    return memory.getvalue()


def read_answers(sample: Sample, files: Sequence[Path]) -> dict[str, Fraction]:
    """The answers in filled forms: by case the share that is wrong.

    Raises :class:`InputError` with every fault by its cell: another sample's form, a case that stands elsewhere than
    the form was sent, an answer that is none, a case that two forms answer.
    """
    problems: list[Problem] = []
    found: dict[str, Fraction] = {}
    for file in files:
        for case, share, where in _answers(sample, file, problems):
            if case in found:
                problems.append(Problem(str(file), None, where, f"found a second answer to {case}, expected one"))
            found[case] = share
    if problems:
        raise InputError(problems)
    return found


def _answers(sample: Sample, file: Path, problems: list[Problem]) -> Iterator[tuple[str, Fraction, str]]:
    rows, marker = form_grids(file, {FORM: len(COLUMNS), MARKER: 2}, COMMAND)
    if marker[0] != ["seed", sample.seed]:
        found = f"found a form of the sample with the seed {marker[0][1][:16] or '(none)'}"
        raise InputError.at(file, "", f"{found}, expected {sample.seed[:16]}")
    given = rows[FIRST_ROW - 1 :]
    cases = [one.case for one in sample.cases]
    for place, row in enumerate(given, FIRST_ROW):
        number = place - FIRST_ROW
        line = dict(zip(COLUMNS, row, strict=False))
        expected = cases[number] if number < len(cases) else ""
        if line["case"] != expected:
            told = f"found {line['case'] or 'nothing'}, expected {expected or 'nothing'}, as the form was sent"
            problems.append(Problem(str(file), None, f"{FORM}!{LETTERS['case']}{place}", told))
        elif line["answer"] or line["share"]:
            where = f"{FORM}!{LETTERS['answer']}{place}"
            share = _share(sample, line, str(file), place, problems)
            if share is not None:
                yield expected, share, where


def _share(sample: Sample, line: dict[str, str], file: str, place: int, problems: list[Problem]) -> Fraction | None:
    try:
        return answer_share(sample, line["answer"], line["share"])
    except AnswerFault as fault:
        problems.append(Problem(file, None, f"{FORM}!{LETTERS[fault.column]}{place}", str(fault)))
        return None


class AnswerFault(ValueError):
    """An answer that is none; ``column`` names what is wrong, ``answer`` or ``share``."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def answer_share(sample: Sample, answer: str, share: str) -> Fraction:
    """The share of a case that is wrong by an answer and what stands beside it. Raises :class:`AnswerFault`."""
    if answer not in ANSWERS:
        raise AnswerFault("answer", f"found {answer or 'no answer'}, expected one of {', '.join(ANSWERS)}")
    whole = ANSWERS[answer]
    if not share:
        return whole
    try:
        own = exact(share)
    except ValueError:
        own = Fraction(-1)
    if sample.plan.weight is None or whole == 0 or not 0 < own <= 1:
        expected = "nothing, but beside 差错 (error) in a sample by weight, where it is above 0 and at most 1"
        raise AnswerFault("share", f"found {share}, expected {expected}")
    return own
