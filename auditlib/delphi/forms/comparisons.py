"""The sheets of a questionnaire on which experts compare items: pair by pair for AHP, with best and worst for BWM.

Cells for judgements hold text: a spreadsheet would make a date of 1/3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

from auditlib.core.cells import csv_text
from auditlib.core.errors import Problem
from auditlib.core.values import Text
from auditlib.delphi.best_worst import (
    BEST_WORST_COLUMNS,
    ROLES,
    BestWorstAnswer,
    best_worst_file,
    group_comparisons,
)
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.forms.sheets import Grid, read_sheet
from auditlib.delphi.pairwise import (
    MOST_ITEMS,
    PAIRWISE_COLUMNS,
    judgement_in,
    judgement_text,
    judgements_of,
    pairwise_file,
)
from auditlib.delphi.weights.ahp import ACCEPTABLE, priorities, reciprocal

__all__ = [
    "BEST_WORST", "BEST_WORST_HEAD", "CHOICES", "PAIRS", "PAIR_HEAD", "ROLE_WORDS", "TIMES", "Comparisons",
    "best_worst_rows", "comparison_lines", "comparison_sheets",
    "comparison_texts", "inconsistent", "lost_comparisons", "pair_rows", "read_comparisons",
]  # fmt: skip

PAIRS, BEST_WORST = "两两比较", "最优最劣"
"""The sheets for AHP and for the best-worst method."""
PAIR_HEAD = ("编号", "条目", "对比编号", "对比条目", "判断")
BEST_WORST_HEAD = ("编号", "条目", "最重要或最不重要", "最重要的是它的几倍", "它是最不重要的几倍")
CHOICES = [*map(str, range(9, 0, -1)), *(f"1/{k}" for k in range(2, 10))]
TIMES = [str(k) for k in range(1, 10)]
ROLE_WORDS = [word for word in ROLES if not word.isascii()]
"""What an expert chooses among: judgements of a pair, times more important, the best and the worst item."""


@dataclass(frozen=True)
class Comparisons:
    """What one expert compared: judgements by the two items, and rows of the best-worst sheet by item."""

    pairs: Mapping[tuple[str, str], Fraction] = field(default_factory=dict)
    best_worst: Mapping[str, BestWorstAnswer] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.pairs or self.best_worst)


def _groups(declared: PanelFile, number: int, most: int) -> list[tuple[str, ...]]:
    return [group for group in declared.siblings(number) if 2 <= len(group) <= most]


def _titles(declared: PanelFile, number: int) -> dict[str, str]:
    return {item.id: item.title.zh for item in declared.asked(number)}


def pair_rows(declared: PanelFile, number: int) -> list[tuple[str, str, str, str]]:
    """Every pair that the round compares for AHP, by id and title; none where the panel does not ask for it."""
    if "ahp" not in declared.weights.used:
        return []
    titles = _titles(declared, number)
    return [
        (one, titles[one], other, titles[other])
        for group in _groups(declared, number, MOST_ITEMS)
        for one, other in combinations(group, 2)
    ]


def best_worst_rows(declared: PanelFile, number: int) -> list[tuple[tuple[str, str], ...]]:
    """The items of each group that the round compares with the best and the worst; none where it is not asked."""
    if "best_worst" not in declared.weights.used:
        return []
    titles = _titles(declared, number)
    return [tuple((item, titles[item]) for item in group) for group in _groups(declared, number, len(titles))]


def comparison_lines(declared: PanelFile, number: int) -> list[str]:
    """What the instructions say of these sheets; nothing where the panel asks for neither."""
    said = []
    if pair_rows(declared, number):
        said.append(
            f"“{PAIRS}”页：每行比较两个条目，填左边的条目比右边的重要几倍：1 同等，3 稍微，5 明显，7 强烈，9 极端；"
            "右边的更重要时填倒数，如 1/3（也可填 0.333）。一组中的各对请全部填写，或全部留空。"
        )
    if best_worst_rows(declared, number):
        said.append(
            f"“{BEST_WORST}”页：每组先选出最重要和最不重要的条目各一个，再填最重要的条目是其他各条目的几倍（1—9），"
            "以及其他各条目是最不重要条目的几倍（1—9）。"
        )
    return said


def comparison_sheets(book: Any, styles: Mapping[str, Any], declared: PanelFile, number: int) -> list[Any]:
    """Write the sheets that the panel asks for into a workbook of xlsxwriter, and return them."""
    sheets = []
    text = {"validate": "list", "error_type": "warning", "error_title": "请核对"}
    if pairs := pair_rows(declared, number):
        sheets.append(sheet := _sheet(book, styles, PAIRS, PAIR_HEAD, (16, 28, 16, 28, 12)))
        for row, cells in enumerate(pairs, start=1):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell, styles["cell"])
            sheet.write_blank(row, len(cells), None, styles["judgement"])
        hint = "左边比右边重要几倍：\n1 同等 3 稍微 5 明显\n7 强烈 9 极端\n反之填倒数，如 1/3"
        rule = text | {"source": CHOICES, "input_title": "判断", "input_message": hint, "error_message": "1/9 至 9"}
        sheet.data_validation(1, len(PAIR_HEAD) - 1, len(pairs), len(PAIR_HEAD) - 1, rule)
    if groups := best_worst_rows(declared, number):
        sheets.append(sheet := _sheet(book, styles, BEST_WORST, BEST_WORST_HEAD, (16, 28, 18, 22, 22)))
        row = 1
        for group in groups:
            for item in group:
                for column, cell in enumerate(item):
                    sheet.write_string(row, column, cell, styles["cell"])
                for column in range(len(item), len(BEST_WORST_HEAD)):
                    sheet.write_blank(row, column, None, styles["judgement"])
                row += 1
            first = row - len(group)
            roles = text | {"source": ROLE_WORDS, "error_message": "、".join(ROLE_WORDS)}
            sheet.data_validation(first, 2, row - 1, 2, roles)
            sheet.data_validation(first, 3, row - 1, 4, text | {"source": TIMES, "error_message": "1 至 9"})
            row += 1  # an empty line between groups
    return sheets


def _sheet(book: Any, styles: Mapping[str, Any], name: str, head: Sequence[str], widths: Sequence[int]) -> Any:
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, head, styles["head"])
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    return sheet


# --- back again -------------------------------------------------------------------------------------------


def read_comparisons(
    file: str, grids: Mapping[str, Grid], declared: PanelFile, number: int
) -> tuple[Comparisons | None, list[Problem]]:
    """What an expert filled in on these sheets, and every fault; a group is compared as a whole or not at all.

    None where the form has none of them.
    """
    if PAIRS not in grids and BEST_WORST not in grids:
        return None, []
    problems: list[Problem] = []
    pairs: dict[tuple[str, str], Fraction] = {}
    known = {(row[0], row[2]) for row in pair_rows(declared, number)}
    for row, cells in _rows(grids.get(PAIRS, []), PAIR_HEAD):
        one, other, text = cells[0], cells[2], cells[4]
        if one is None and other is None:
            continue
        if (one, other) not in known:
            message = f"found {one} and {other}, expected the pairs of the form as it was sent"
            problems.append(Problem(file, row, f"{PAIRS}.{PAIR_HEAD[0]}", message))
        elif text is not None:
            try:
                pairs[one or "", other or ""] = judgement_in(text)
            except ValueError as error:
                problems.append(Problem(file, row, f"{PAIRS}.{one}/{other}", str(error)))
    extremes: dict[str, BestWorstAnswer] = {}
    items = {item for group in best_worst_rows(declared, number) for item, _ in group}
    for row, cells in _rows(grids.get(BEST_WORST, []), BEST_WORST_HEAD):
        if (item := cells[0]) is None:
            continue
        if item not in items:
            message = f"found {item}, expected the items of the form as it was sent"
            problems.append(Problem(file, row, f"{BEST_WORST}.{BEST_WORST_HEAD[0]}", message))
            continue
        try:
            answer = BestWorstAnswer.read(*cells[2:5])
        except ValueError as error:
            problems.append(Problem(file, row, f"{BEST_WORST}.{item}", str(error)))
            continue
        if not answer.empty:
            extremes[item] = answer
    if not problems:
        problems += [Problem(file, None, PAIRS, said) for said in _missing(pairs, declared, number)]
        for group in best_worst_rows(declared, number):
            try:
                group_comparisons(extremes, [item for item, _ in group])
            except ValueError as error:
                problems.append(Problem(file, None, BEST_WORST, str(error)))
    return Comparisons(pairs, extremes), problems


def _rows(grid: Grid, head: Sequence[str]) -> Iterator[tuple[int, list[str | None]]]:
    """The rows under the headers, as wide as these; nothing where the sheet has no such headers."""
    top = next((place for place, cells in enumerate(grid) if cells[: len(head)] == list(head)), None)
    for place, cells in enumerate(grid[top + 1 :] if top is not None else (), start=(top or 0) + 2):
        if cells[: len(head)] != list(head):  # a Word document has a table a group
            yield place, [*cells, *[None] * (len(head) - len(cells))]


def _missing(pairs: Mapping[tuple[str, str], Fraction], declared: PanelFile, number: int) -> Iterator[str]:
    for group in _groups(declared, number, MOST_ITEMS):
        every = list(combinations(group, 2))
        lost = [f"{one} and {other}" for one, other in every if (one, other) not in pairs]
        if lost and len(lost) < len(every):
            yield f"found no judgement on {', '.join(lost)}, expected all pairs of the group or none"


def inconsistent(expert: str, own: Comparisons, declared: PanelFile, number: int) -> Iterator[Text]:
    """The groups that an expert compared with a CR of Saaty's 0.1 or more, with the comparison that spoils it most.

    To be sent back to the expert, who may think it over; nothing is refused for it.
    """
    judged = {(expert, *pair): value for pair, value in own.pairs.items()}
    for group in declared.siblings(number):
        upper = judgements_of(judged, group).get(expert)
        if upper is None:
            continue
        found = priorities(reciprocal(upper, len(group)), declared.weights.index)
        if found.acceptable:
            continue
        zh = f"{expert}：{'、'.join(group)} 的两两比较 CR = {found.CR:.3f}，应小于 {ACCEPTABLE}"
        en = f"{expert}: CR = {found.CR:.3f} of the comparisons of {', '.join(group)}, expected below {ACCEPTABLE}"
        if (worst := found.worst) is not None:
            one, other, given = group[worst.row], group[worst.column], judgement_text(worst.given)
            zh += f"；{one} 比 {other} 填 {given}，其余各对推得 {worst.implied:.2f}"
            en += f"; {one} over {other} is {given}, the others imply {worst.implied:.2f}"
        yield Text(zh=zh, en=en)


# --- kept beside a round ----------------------------------------------------------------------------------


def comparison_texts(folder: Path, number: int, new: Mapping[str, Comparisons]) -> dict[str, str]:
    """The files of a round's comparisons with those of ``new`` experts in place of their own; what they leave empty
    stays, and so do the others."""
    texts = {}
    pairs = {e: list(_pair_cells(e, own)) for e, own in new.items() if own.pairs}
    roles = {e: list(_role_cells(e, own)) for e, own in new.items() if own.best_worst}
    made = {
        pairwise_file(folder, number): (PAIRWISE_COLUMNS, pairs),
        best_worst_file(folder, number): (BEST_WORST_COLUMNS, roles),
    }
    for file, (columns, rows) in made.items():
        kept = [cells for cells in _kept(file, columns) if cells[0] not in rows]
        added = [cells for own in rows.values() for cells in own]
        if kept or added or file.exists():
            texts[file.name] = csv_text(list(columns), [*kept, *added])
    return texts


def lost_comparisons(folder: Path, number: int, expert: str, own: Comparisons) -> bool:
    """Whether taking ``own`` in would lose other comparisons of the expert that are there."""
    for file, columns, cells in (
        (pairwise_file(folder, number), PAIRWISE_COLUMNS, _pair_cells(expert, own)),
        (best_worst_file(folder, number), BEST_WORST_COLUMNS, _role_cells(expert, own)),
    ):
        there = [row for row in _kept(file, columns) if row[0] == expert]
        given = sorted(cells)
        if there and given and sorted(there) != given:
            return True
    return False


def _kept(file: Path, columns: Sequence[str]) -> list[tuple[str, ...]]:
    if not file.exists():
        return []
    return [tuple(cells.get(name) or "" for name in columns) for _, cells in read_sheet(file).rows]


def _pair_cells(expert: str, own: Comparisons) -> Iterator[tuple[str, ...]]:
    for (one, other), value in own.pairs.items():
        yield expert, one, other, judgement_text(value)


def _role_cells(expert: str, own: Comparisons) -> Iterator[tuple[str, ...]]:
    for item, answer in own.best_worst.items():
        yield expert, item, *answer.cells
