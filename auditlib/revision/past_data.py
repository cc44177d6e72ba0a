"""What the indicators of a scheme came to in past periods, as the data of a panel: for entropy and CRITIC weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import yaml

from auditlib.analysis.assessment import assess
from auditlib.core.cells import csv_text
from auditlib.core.errors import InputError, Problem
from auditlib.core.exact import full_text
from auditlib.core.files import write_together
from auditlib.delphi.items import Item, walk
from auditlib.delphi.past_data import past_data_files
from auditlib.delphi.rounds import Panel, read_panel

__all__ = ["DataWritten", "still_asked", "write_past_data"]

ZH = "各单位在该期的得分占满分的比例；有下级条目的，取其各条目得分之和占满分之和的比例"
EN = "points of a unit in the period over full marks; of an item with items of its own, of all of these together"


@dataclass(frozen=True)
class DataWritten:
    """The files, how many rows they have, the items that no unit has points of, and the units that were left out.

    Of these the period and the items that the unit lacks.
    """

    files: tuple[Path, ...]
    rows: int
    without: tuple[str, ...]
    left_out: tuple[tuple[str, str, str], ...]


def write_past_data(
    folder: Path, scheme: str, ledger: str, periods: Sequence[str], replace: bool = False
) -> DataWritten:
    """Score ``periods`` of a past ledger by ``scheme``, and write what each item of the panel came to for each unit.

    The panel's items are indicators by their ids, as for a revision; those dropped before the last round do not count.
    An item that no unit has points of gets no column; a unit that lacks the points of another item in a period is left
    out of it, and told. Raises :class:`InputError` where an item is no indicator with full marks, no two rows are left,
    or data are there and not to be replaced.
    """
    panel = read_panel(folder)
    files = past_data_files(folder)
    there = [file.name for file in files if file.exists()]
    if there and not replace:
        raise InputError.at(folder, "", f"found {', '.join(there)}; expected no data yet, or --replace")
    items = still_asked(panel.declared.items, len(panel.rounds) or 1)
    scored: dict[tuple[str, str], Mapping[str, Fraction | None]] = {}
    most: Mapping[str, Fraction | None] = {}
    ranking = None
    for period in periods:
        ranking = assess(scheme=scheme, ledger=ledger, period=period).ranking()
        most = {one.id: one.max for one in ranking.scored.resolved.scheme.indicators}
        if problems := list(_mismatches(panel, items, most)):
            raise InputError(problems)
        for unit in ranking.result.units:
            scored[unit.unit, period] = {own.id: own.points for own in unit.indicators}
    leaves = [leaf.id for leaf in _leaves(items)]
    never = {leaf for leaf in leaves if all(points.get(leaf) is None for points in scored.values())}
    told = [item.id for item, _ in walk(items) if not never & {leaf.id for leaf in _leaves([item])}]
    rows: list[list[object]] = []
    left_out: list[tuple[str, str, str]] = []
    for (name, period), points in scored.items():
        if lost := [leaf for leaf in leaves if leaf not in never and points.get(leaf) is None]:
            left_out.append((name, period, ", ".join(lost)))
        else:
            shares = _shares(items, points, most)
            rows.append([name, period, *(full_text(shares[item]) for item in told)])
    if len(rows) < 2 or ranking is None:
        raise InputError.at(ledger, "", f"found {len(rows)} rows with all items, expected at least 2")
    resolved = ranking.scored.resolved.scheme
    origin = {
        "scheme": resolved.scheme, "version": resolved.version, "ledger": ledger,
        "snapshot": ranking.scored.content, "periods": list(periods), "value": {"zh": ZH, "en": EN},
    }  # fmt: skip
    text = yaml.safe_dump(origin, allow_unicode=True, sort_keys=False)
    table = csv_text(["unit", "period", *told], rows)
    write_together({files[0]: table.encode("utf-8"), files[1]: text.encode("utf-8")})
    return DataWritten(
        files, len(rows), tuple(item.id for item, _ in walk(items) if item.id not in told), tuple(left_out)
    )


def still_asked(items: Sequence[Item], last: int) -> tuple[Item, ...]:
    """The tree without the items that stand neither in round ``last`` nor in the next."""
    standing = [item for item in items if item.stands_in(last) or item.stands_in(last + 1)]
    return tuple(item.model_copy(update={"items": still_asked(item.items, last)}) for item in standing)


def _leaves(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        yield from _leaves(item.items) if item.items else (item,)


def _mismatches(panel: Panel, items: Sequence[Item], most: Mapping[str, Fraction | None]) -> Iterator[Problem]:
    for leaf in _leaves(items):
        if not most.get(leaf.id):
            known = ", ".join(name for name, value in most.items() if value)
            message = f"found an item, expected the id of an indicator with full marks: {known}"
            yield Problem(str(panel.folder / "panel.yaml"), None, leaf.id, message)


def _shares(
    items: Sequence[Item], points: Mapping[str, Fraction | None], most: Mapping[str, Fraction | None]
) -> dict[str, Fraction]:
    """The share of full marks of every item; parents by the sums over their leaves."""
    found = {}
    for item, _ in walk(tuple(items)):
        leaves = list(_leaves([item]))
        whole = sum((most[leaf.id] or Fraction(0) for leaf in leaves), Fraction(0))
        found[item.id] = sum((points[leaf.id] or Fraction(0) for leaf in leaves), Fraction(0)) / whole
    return found
