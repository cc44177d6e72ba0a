"""``best-worst-N.csv``: the best and the worst item of each group, and how the others compare with them, for BWM.

The columns are ``expert``, ``item``, ``role`` (``best``, ``worst`` or empty), ``best_over`` (how many times more
important the best item is than this one, 1 to 9) and ``over_worst`` (how many times more important this one is than the
worst). An expert compares all items of a group or none; what the best and the worst item are over themselves is 1 and
may be left empty, and so may one of the two cells that compare the best with the worst.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from auditlib.core.errors import Problem
from auditlib.core.exact import full_text
from auditlib.delphi.experts import pseudonym_fault
from auditlib.delphi.forms.sheets import read_sheet
from auditlib.delphi.scales import number_in
from auditlib.delphi.weights.best_worst import BestWorst, best_worst_faults

__all__ = [
    "BEST_WORST_COLUMNS", "ROLES", "BestWorstAnswer", "BestWorstAnswers", "best_worst_file", "best_worst_of",
    "group_comparisons", "read_best_worst",
]  # fmt: skip

BEST_WORST_COLUMNS = ("expert", "item", "role", "best_over", "over_worst")
Role = Literal["best", "worst"]
ROLES: Mapping[str, Role] = {"best": "best", "worst": "worst", "最重要": "best", "最不重要": "worst"}
"""How an expert names the two items, in files and on forms."""
MOST = 9


@dataclass(frozen=True)
class BestWorstAnswer:
    """One row: the role of an item, and the two comparisons, None where the cell is empty."""

    role: Role | None
    best_over: Fraction | None
    over_worst: Fraction | None

    @classmethod
    def read(cls, role: str | None, best_over: str | None, over_worst: str | None) -> BestWorstAnswer:
        """The row that three cells are. Raises :class:`ValueError` with the first that cannot be read."""
        if role is not None and role not in ROLES:
            raise ValueError(f"found {role!r}, expected best, worst or nothing")
        return cls(None if role is None else ROLES[role], _times(best_over), _times(over_worst))

    @property
    def empty(self) -> bool:
        """Whether nothing was said of the item."""
        return self.role is None and self.best_over is None and self.over_worst is None

    @property
    def cells(self) -> tuple[str, str, str]:
        """The row as the file has it."""
        numbers = ("" if value is None else full_text(value) for value in (self.best_over, self.over_worst))
        return (self.role or "", *numbers)  # type: ignore[return-value]


BestWorstAnswers = Mapping[tuple[str, str], BestWorstAnswer]
"""By expert and item."""


def best_worst_file(folder: Path, number: int) -> Path:
    """Where a panel keeps the comparisons of a round with the best and the worst items."""
    return folder / f"best-worst-{number}.csv"


def _times(text: str | None) -> Fraction | None:
    if text is None:
        return None
    value = number_in(unicodedata.normalize("NFKC", text).strip())
    if value is None or not 1 <= value <= MOST:
        raise ValueError(f"found {text!r}, expected a number from 1 to {MOST}")
    return value


def read_best_worst(
    file: Path, groups: Sequence[Sequence[str]], experts: Sequence[str]
) -> tuple[dict[tuple[str, str], BestWorstAnswer], list[Problem]]:
    """The comparisons in ``file`` and every fault; nothing where there is no file."""
    if not file.exists():
        return {}, []
    sheet = read_sheet(file)
    problems = [*sheet.problems]
    problems += [Problem(sheet.name, 1, n, "missing column") for n in BEST_WORST_COLUMNS if n not in sheet.columns]
    items = {item for group in groups for item in group}
    found: dict[tuple[str, str], BestWorstAnswer] = {}
    for row, cells in sheet.rows if not problems else ():
        expert, item = cells["expert"], cells["item"]
        if (fault := pseudonym_fault(expert)) or expert is None:
            problems.append(Problem(sheet.name, row, "expert", fault or ""))
        elif expert not in experts:
            problems.append(Problem(sheet.name, row, "expert", f"found {expert}, expected an expert of the round"))
        elif item is None or item not in items:
            expected = "an item that the round asks"
            problems.append(Problem(sheet.name, row, "item", f"found {item or 'nothing'}, expected {expected}"))
        elif (expert, item) in found:
            again = f"found {item} again, expected each item of {expert} once"
            problems.append(Problem(sheet.name, row, "item", again))
        else:
            try:
                found[expert, item] = BestWorstAnswer.read(*(cells[name] for name in BEST_WORST_COLUMNS[2:]))
            except ValueError as error:
                problems.append(Problem(sheet.name, row, "role, best_over, over_worst", str(error)))
    if not problems:
        for expert in dict.fromkeys(expert for expert, _ in found):
            own = {item: answer for (who, item), answer in found.items() if who == expert}
            for group in groups:
                problems += [Problem(sheet.name, None, expert, said) for said in _group_faults(own, group)]
    return found, problems


def _group_faults(own: Mapping[str, BestWorstAnswer], group: Sequence[str]) -> Iterator[str]:
    try:
        group_comparisons(own, group)
    except ValueError as error:
        yield str(error)


def group_comparisons(own: Mapping[str, BestWorstAnswer], group: Sequence[str]) -> BestWorst | None:
    """What one expert said of a group, by item; None where nothing was said, or there is one item alone.

    Raises :class:`ValueError` where the comparisons are not complete, or contradict each other.
    """
    said = [own.get(item, BestWorstAnswer(None, None, None)) for item in group]
    if len(group) < 2 or all(answer.empty for answer in said):
        return None
    whole = ", ".join(group)
    places: list[int] = []
    for role in ("best", "worst"):
        named = [place for place, answer in enumerate(said) if answer.role == role]
        if len(named) != 1:
            listed = ", ".join(group[place] for place in named) or "none"
            raise ValueError(f"found {listed} as {role} of {whole}, expected one item")
        places += named
    best, worst = places
    between = said[worst].best_over or said[best].over_worst
    there = _whole([answer.best_over for answer in said], {best: Fraction(1), worst: between}, group, "best_over")
    back = _whole([answer.over_worst for answer in said], {worst: Fraction(1), best: between}, group, "over_worst")
    judged = BestWorst(best, worst, there, back)
    if faults := list(best_worst_faults(judged)):
        raise ValueError(f"{'; '.join(faults)} ({whole})")
    return judged


def _whole(
    given: Iterable[Fraction | None], known: Mapping[int, Fraction | None], group: Sequence[str], column: str
) -> tuple[Fraction, ...]:
    """The cells with what goes without saying put in. Raises :class:`ValueError` with the items that lack theirs."""
    values = [known.get(place) if value is None else value for place, value in enumerate(given)]
    if lost := [group[place] for place, value in enumerate(values) if value is None]:
        raise ValueError(f"found no {column} of {', '.join(lost)}, expected all items of the group or none")
    return tuple(value for value in values if value is not None)


def best_worst_of(answers: BestWorstAnswers, group: Sequence[str]) -> dict[str, BestWorst]:
    """The comparisons over one group by expert; those who made none are left out."""
    found = {}
    for expert in dict.fromkeys(expert for expert, _ in answers):
        own = {item: answer for (who, item), answer in answers.items() if who == expert}
        if (judged := group_comparisons(own, group)) is not None:
            found[expert] = judged
    return found
