"""``familiarity-N.csv``: how familiar each expert is with each item, where a panel asks that item by item.

The first column is ``expert``, then a column an item with a level of the panel's table (its id or title) or its Cs as a
number from 0 to 1; an empty cell, or an item without a column, leaves the expert's own Cs of ``experts.csv`` in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from auditlib.core.errors import Problem
from auditlib.delphi.authority import Authority, panel_authority
from auditlib.delphi.authority_tables import AuthorityTables
from auditlib.delphi.forms.sheets import Sheet, read_sheet
from auditlib.delphi.scales import number_in

__all__ = ["familiarity_file", "item_authority", "read_familiarity"]

Familiar = Mapping[tuple[str, str], Fraction]


def familiarity_file(folder: Path, number: int) -> Path:
    """Where a panel keeps the familiarity of a round."""
    return folder / f"familiarity-{number}.csv"


def read_familiarity(
    file: Path, experts: Sequence[str], items: Sequence[str], tables: AuthorityTables
) -> tuple[dict[tuple[str, str], Fraction], list[Problem]]:
    """Cs by expert and item, and every fault; nothing where there is no such file."""
    if not file.exists():
        return {}, []
    sheet = read_sheet(file)
    problems = [*sheet.problems, *_column_faults(sheet, items)]
    levels = {word: level.value for name, level in tables.familiarity.items()
              for word in (name, level.title.zh, level.title.en)}  # fmt: skip
    found: dict[tuple[str, str], Fraction] = {}
    for row, cells in sheet.rows if not problems else ():
        expert = cells["expert"]
        if expert is None or expert not in experts:
            problems.append(
                Problem(sheet.name, row, "expert", f"found {expert}, expected an expert of the round, once")
            )
            continue
        for item in (name for name in sheet.columns if name != "expert"):
            if (text := cells[item]) is None:
                continue
            value = levels.get(text, number_in(text))
            if value is None or not 0 <= value <= 1:
                expected = f"one of {', '.join(tables.familiarity)}, or a number from 0 to 1"
                problems.append(Problem(sheet.name, row, item, f"found {text!r}, expected {expected}"))
            elif (expert, item) in found:
                problems.append(Problem(sheet.name, row, "expert", f"found {expert} again, expected each expert once"))
                break
            else:
                found[expert, item] = value
    return found, problems


def _column_faults(sheet: Sheet, items: Sequence[str]) -> Iterator[Problem]:
    if "expert" not in sheet.columns:
        yield Problem(sheet.name, 1, "expert", f"missing column; found {', '.join(sheet.columns)}")
    for column in sheet.columns:
        if column not in ("expert", *items):
            yield Problem(sheet.name, 1, column, f"unknown column, expected expert and some of {', '.join(items)}")


def item_authority(
    item: str, answered: Sequence[str], experts: Mapping[str, Authority], familiar: Familiar
) -> tuple[dict[str, Fraction | None], Authority | None]:
    """Cr of each expert who ``answered`` for one item, and the means over them; no means where nobody's is known.

    Cr = (Ca + Cs) / 2 with the Cs that the expert gave for the item, or else for the whole matter.
    """
    found: dict[str, Authority] = {}
    for expert in answered:
        known = experts.get(expert, Authority(None, None, None))
        Cs = familiar.get((expert, item), known.Cs)
        found[expert] = Authority(known.Ca, Cs, None if known.Ca is None or Cs is None else (known.Ca + Cs) / 2)
    means = panel_authority(list(found.values()))
    return {expert: one.Cr for expert, one in found.items()}, None if means == Authority(None, None, None) else means
