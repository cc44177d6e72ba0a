"""``experts.csv``: who sits on the panel, by pseudonym, and how far their judgement carries.

The first column is ``expert``. The basis of judgement is either one column a basis of the panel's table (its id or its
title, filled with large, medium, small or 大, 中, 小), or a column ``Ca`` with the coefficient. Familiarity is a
column ``familiarity`` with a level of the table (its id or title), or a column ``Cs`` with the coefficient. Each may be
left out, and an empty cell is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from auditlib.core.cells import csv_text
from auditlib.core.errors import InputError, Problem
from auditlib.delphi.authority import Authority, SelfAssessment, expert_authority
from auditlib.delphi.authority_tables import STRENGTHS, AuthorityTables
from auditlib.delphi.forms.sheets import Sheet, read_sheet
from auditlib.delphi.pseudonyms import spelt_twice
from auditlib.delphi.scales import number_in

__all__ = ["PSEUDONYM", "experts_text", "pseudonym_fault", "read_experts", "self_assessment"]

PSEUDONYM = "a letter, or letters and up to four digits, such as E01; no names, phones or addresses"
"""What an expert is called in a panel, in words for a message."""

_PSEUDONYM = re.compile(r"[A-Za-z]|(?:专家|[A-Za-z]{0,6}[-_]?)[0-9]{1,4}")
BASIS_COLUMNS = {"Ca": "Ca", "judgement": "Ca", "判断依据": "Ca"}
FAMILIARITY_COLUMNS = {"Cs": "Cs", "familiarity": "Cs", "熟悉程度": "Cs"}


def pseudonym_fault(text: str | None) -> str | None:
    """Why ``text`` cannot name an expert; None where it can."""
    if text is None:
        return f"found nothing, expected the expert's pseudonym: {PSEUDONYM}"
    return None if _PSEUDONYM.fullmatch(text) else f"found what is none, expected a pseudonym: {PSEUDONYM}"


def read_experts(file: Path, tables: AuthorityTables) -> dict[str, Authority]:
    """The experts of a panel in the order of the file, with their coefficients as far as they answered.

    Raises :class:`InputError` with every fault.
    """
    sheet = read_sheet(file)
    problems = [*sheet.problems, *_column_faults(sheet, tables)]
    if problems:
        raise InputError(problems)
    experts: dict[str, Authority] = {}
    rows: dict[str, int] = {}
    for row, cells in sheet.rows:
        expert = cells["expert"]
        if (fault := pseudonym_fault(expert)) or expert is None:
            problems.append(Problem(sheet.name, row, "expert", fault or ""))
            continue
        if expert in rows:
            message = f"found {expert} again, expected each expert once; row {rows[expert]} has it"
            problems.append(Problem(sheet.name, row, "expert", message))
            continue
        rows[expert] = row
        authority, faults = self_assessment(cells, tables)
        problems += [Problem(sheet.name, row, column, message) for column, message in faults]
        experts[expert] = authority
    problems += spelt_twice((), [(sheet.name, rows[expert], expert) for expert in experts])
    if problems:
        raise InputError(problems)
    return experts


def _column_faults(sheet: Sheet, tables: AuthorityTables) -> Iterator[Problem]:
    bases = _basis_columns(tables)
    if "expert" not in sheet.columns:
        yield Problem(sheet.name, 1, "expert", f"missing column; found {', '.join(sheet.columns)}")
    known = {"expert", *bases, *BASIS_COLUMNS, *FAMILIARITY_COLUMNS}
    for column in sheet.columns:
        if column not in known:
            expected = ", ".join(["expert", *tables.bases, "Ca", "familiarity", "Cs"])
            yield Problem(sheet.name, 1, column, f"unknown column, expected some of {expected}")
    asked = [bases[column] for column in sheet.columns if column in bases]
    given = [column for column in sheet.columns if column in BASIS_COLUMNS]
    if asked and given:
        message = f"found columns for bases beside it ({', '.join(asked)}), expected the one or the other"
        yield Problem(sheet.name, 1, given[0], message)
    for basis in tables.bases if asked else ():
        if asked.count(basis) != 1:
            found = "missing column" if basis not in asked else "found it in two columns"
            yield Problem(sheet.name, 1, basis, f"{found}; expected one column for each of {', '.join(tables.bases)}")
    for names in (BASIS_COLUMNS, FAMILIARITY_COLUMNS):
        if len(both := [column for column in sheet.columns if column in names]) > 1:
            yield Problem(sheet.name, 1, both[1], f"found {both[0]} beside it, expected the one or the other")


def _basis_columns(tables: AuthorityTables) -> dict[str, str]:
    """What the column of a basis may be called, to its id."""
    return {
        name: basis
        for basis, declared in tables.bases.items()
        for name in (basis, declared.title.zh, declared.title.en)
    }


def self_assessment(
    cells: Mapping[str, str | None], tables: AuthorityTables
) -> tuple[Authority, list[tuple[str, str]]]:
    """The authority that the answered ``cells`` of one expert make, and every fault as column and message."""
    faults: list[tuple[str, str]] = []
    strengths = {word: name for name, title in STRENGTHS.items() for word in (name, title.zh)}
    levels = {
        word: name for name, level in tables.familiarity.items() for word in (name, level.title.zh, level.title.en)
    }
    columns = _basis_columns(tables)
    bases: dict[str, str | None] = {}
    familiarity: str | None = None
    numbers: dict[str, Fraction] = {}
    for column, text in cells.items():
        if text is None:
            continue
        if column in columns:
            if text in strengths:
                bases[columns[column]] = strengths[text]
            else:
                faults.append((column, f"found {text!r}, expected one of {_words(STRENGTHS)}"))
        elif column in FAMILIARITY_COLUMNS and text in levels:
            familiarity = levels[text]
        elif name := (BASIS_COLUMNS | FAMILIARITY_COLUMNS).get(column):
            value = number_in(text)
            if value is not None and 0 <= value <= 1:
                numbers[name] = value
            else:
                words = {key: level.title for key, level in tables.familiarity.items()}
                level = f"one of {_words(words)}, or " if name == "Cs" else ""
                faults.append((column, f"found {text!r}, expected {level}a number from 0 to 1"))
    said = expert_authority(SelfAssessment(bases, familiarity), _contributions(tables), _levels(tables))
    Ca, Cs = numbers.get("Ca", said.Ca), numbers.get("Cs", said.Cs)
    return Authority(Ca, Cs, None if Ca is None or Cs is None else (Ca + Cs) / 2), faults


def _words(titles: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} ({title.zh})" for name, title in titles.items())


def _contributions(tables: AuthorityTables) -> dict[str, dict[str, Fraction]]:
    return {basis: {name: getattr(declared, name) for name in STRENGTHS} for basis, declared in tables.bases.items()}


def _levels(tables: AuthorityTables) -> dict[str, Fraction]:
    return {name: level.value for name, level in tables.familiarity.items()}


def experts_text(
    file: Path, added: Mapping[str, Mapping[str, str | None]], tables: AuthorityTables, replace: bool = False
) -> str:
    """The text of an ``experts.csv`` with the rows of ``file``, if it exists, and the ``added`` self-assessments.

    ``added`` holds for each expert the cells by column, in words of the tables. Raises :class:`InputError` where
    ``file`` has other columns, or says otherwise of an expert and is not to be replaced there.
    """
    columns = ["expert", *tables.bases, "familiarity"]
    rows: dict[str, list[str]] = {}
    if file.exists():
        sheet = read_sheet(file)
        if sorted(sheet.columns) != sorted(columns):
            found = f"found the columns {', '.join(sheet.columns)}"
            raise InputError.at(
                file, "", f"{found}, expected {', '.join(columns)}, to add those who filled a form", line=1
            )
        rows = {cells["expert"] or "": [cells[column] or "" for column in columns] for _, cells in sheet.rows}
    problems = []
    for expert, cells in added.items():
        row = [expert, *(cells.get(column) or "" for column in columns[1:])]
        there = rows.get(expert, row)
        if expert in rows and not any(row[1:]):
            continue  # a form that leaves the self-assessment empty takes none away
        if there != row and any(there[1:]) and not replace:
            problems.append(
                Problem(
                    str(file),
                    None,
                    expert,
                    f"found {rows[expert][1:]}, expected {row[1:]} as in the form, or --replace",
                )
            )
        rows[expert] = row
    if problems:
        raise InputError(problems)
    return csv_text(columns, rows.values())
