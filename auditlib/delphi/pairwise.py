"""``pairwise-N.csv``: how much more important one item of a group is than another, expert by expert, for AHP.

The columns are ``expert``, ``item``, ``over``, ``judgement``: 3 says that ``item`` is moderately more important than
``over``, 1/3 the reverse. A decimal that is 1/k (k from 2 to 9), cut or rounded at two or more decimals, is that
fraction: 0.33 and 0.333 are one third. An expert compares each two items of a group once, in either direction, or none.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from pathlib import Path

from auditlib.core.errors import Problem
from auditlib.core.exact import full_text
from auditlib.delphi.experts import pseudonym_fault
from auditlib.delphi.forms.sheets import read_sheet
from auditlib.delphi.scales import number_in

__all__ = [
    "MOST_ITEMS", "PAIRWISE_COLUMNS", "Judged", "judgement_in", "judgement_text", "judgements_of", "pairwise_file",
    "read_pairwise", "who_compared",
]  # fmt: skip

Judged = Mapping[tuple[str, str, str], Fraction]
"""Expert, item, the item that it is compared with: how many times more important."""

PAIRWISE_COLUMNS = ("expert", "item", "over", "judgement")
MOST, MOST_ITEMS = 9, 15
"""The largest judgement, and how many items the random indices reach to."""


def pairwise_file(folder: Path, number: int) -> Path:
    """Where a panel keeps the pairwise comparisons of a round."""
    return folder / f"pairwise-{number}.csv"


def judgement_in(text: str) -> Fraction:
    """The judgement that ``text`` is: 1/9 to 9, full-width or not. Raises :class:`ValueError` for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()  # which makes 1⁄3 of ⅓
    divided = re.fullmatch(r"([1-9])\s*[/:⁄÷]\s*([1-9])", plain)
    value = Fraction(int(divided[1]), int(divided[2])) if divided else number_in(plain)
    if value is not None and not divided and value < 1:
        digits = len(plain.partition(".")[2])
        scaled = {k: 10**digits * Fraction(1, k) for k in range(2, MOST + 1)} if digits > 1 else {}
        near = [
            k
            for k, exact in scaled.items()
            if value * 10**digits in (math.floor(exact), math.floor(exact + Fraction(1, 2)))
        ]
        value = Fraction(1, near[0]) if len(near) == 1 else value
    if value is None or not Fraction(1, MOST) <= value <= MOST:
        raise ValueError(f"found {text!r}, expected a judgement from 1/9 to 9, such as 3, 1/3 or 0.333")
    return value


def read_pairwise(
    file: Path, groups: Sequence[Sequence[str]], experts: Sequence[str]
) -> tuple[dict[tuple[str, str, str], Fraction], list[Problem]]:
    """The judgements in ``file``, each in the order of its group, and every fault; nothing where there is no file."""
    if not file.exists():
        return {}, []
    sheet = read_sheet(file)
    problems = [*sheet.problems]
    problems += [
        Problem(sheet.name, 1, name, "missing column") for name in PAIRWISE_COLUMNS if name not in sheet.columns
    ]
    place = {item: (number, at) for number, group in enumerate(groups) for at, item in enumerate(group)}
    found: dict[tuple[str, str, str], Fraction] = {}
    for row, cells in sheet.rows if not problems else ():
        expert, item, over, text = (cells[name] for name in PAIRWISE_COLUMNS)
        if (fault := pseudonym_fault(expert)) or expert is None:
            problems.append(Problem(sheet.name, row, "expert", fault or ""))
        elif expert not in experts:
            problems.append(Problem(sheet.name, row, "expert", f"found {expert}, expected an expert of the round"))
        elif item not in place or over not in place or item == over or place[item][0] != place[over][0]:
            message = f"found {item} over {over}, expected two items of one group"
            problems.append(Problem(sheet.name, row, "over", message))
        else:
            try:
                value = judgement_in(text or "")
            except ValueError as error:
                problems.append(Problem(sheet.name, row, "judgement", str(error)))
                continue
            first = place[item][1] < place[over][1]
            key = (expert, item, over) if first else (expert, over, item)
            if key in found:
                again = f"found {item} and {over} again, expected each pair of {expert} once"
                problems.append(Problem(sheet.name, row, "item", again))
            found[key] = value if first else 1 / value
    problems += [] if problems else _missing(sheet.name, found, groups)
    problems += [
        Problem(sheet.name, None, ", ".join(group), f"found {len(group)} items, expected at most {MOST_ITEMS} for AHP")
        for group in groups
        if len(group) > MOST_ITEMS and any((expert, *group[:2]) in found for expert, _, _ in found)
    ]
    return found, problems


def who_compared(*files: Path) -> set[str]:
    """The experts who stand in files of comparisons, as far as these can be read."""
    sheets = [read_sheet(file) for file in files if file.exists()]
    rows = (cells for sheet in sheets if "expert" in sheet.columns for _, cells in sheet.rows)
    return {expert for cells in rows if (expert := cells["expert"]) is not None}


def _missing(name: str, found: Judged, groups: Sequence[Sequence[str]]) -> Iterator[Problem]:
    for expert in dict.fromkeys(expert for expert, _, _ in found):
        for group in groups:
            pairs = list(combinations(group, 2))
            given = [pair for pair in pairs if (expert, *pair) in found]
            if given and len(given) < len(pairs):
                lost = ", ".join(f"{a} and {b}" for a, b in pairs if (a, b) not in given)
                message = f"found no judgement of {expert} on {lost}, expected all pairs of the group or none"
                yield Problem(name, None, expert, message)


def judgements_of(judged: Judged, group: Sequence[str]) -> dict[str, dict[tuple[int, int], Fraction]]:
    """The judgements over one group by expert: row and column in the group, counted from 0, to the judgement."""
    found: dict[str, dict[tuple[int, int], Fraction]] = {}
    for (i, one), (k, other) in combinations(enumerate(group), 2):
        for expert in dict.fromkeys(expert for expert, _, _ in judged):
            if (value := judged.get((expert, one, other))) is not None:
                found.setdefault(expert, {})[i, k] = value
    return found


def judgement_text(value: Fraction) -> str:
    """A judgement as experts write it: ``3``, ``1/3``."""
    return f"1/{value.denominator}" if value.numerator == 1 and value.denominator > 1 else full_text(value)
