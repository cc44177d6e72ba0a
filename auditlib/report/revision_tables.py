"""The tables of a revision of weights, and the numbers that its figures show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

import pandas as pd

from auditlib.analysis.weights.leave_out import RanksWithout
from auditlib.analysis.weights.sobol import SobolIndices
from auditlib.analysis.weights.uncertainty import RankUncertainty
from auditlib.core.exact import Rounding
from auditlib.core.message import t
from auditlib.core.numerals import PERCENT_DIGITS, number_text, share_text, signed
from auditlib.report.headings import REVISION
from auditlib.report.revision_figures import Bars, Interval
from auditlib.report.tables import joined, points_text, shown_number
from auditlib.revision.compare import Comparison

__all__ = [
    "bars_of", "chance_table", "chance_text", "frame", "index_table", "interval_rows", "maxima_table", "move_table",
    "moved_without", "signed_text", "why_table", "without_table",
]  # fmt: skip

TWO = Rounding(2)


def frame(rows: Iterable[Sequence[object]], columns: Sequence[str], language: str, **values: object) -> pd.DataFrame:
    """Rows under headings in the language of the report; ``values`` stand in the headings."""
    headings = [t(REVISION[name], language, **values) for name in columns]
    return pd.DataFrame([list(row) for row in rows], columns=headings, dtype=object)


def signed_text(value: Fraction) -> str:
    """A change with its sign and at most two decimals; no change as 0."""
    return signed(value, TWO) if value else "0"


def move_table(comparison: Comparison, language: str) -> pd.DataFrame:
    """Both totals out of their maxima and both ranks of every unit."""
    rows = []
    for move in comparison.moves:
        places = move.places
        shown = None if places is None else f"↑{places}" if places > 0 else f"↓{-places}" if places else "—"
        totals = [
            f"{shown_number(one.total, TWO)} / {shown_number(one.total_of, TWO)}" if one.total is not None else None
            for one in (move.old, move.new)
        ]
        rows.append((move.new.name, move.group or "", *totals, move.old.rank, move.new.rank, shown))
    return frame(rows, ("unit", "group", "old_total", "new_total", "old_rank", "new_rank", "places"), language)


def why_table(comparison: Comparison, titles: Mapping[str, str], language: str, most: int = 2) -> pd.DataFrame:
    """For each ranked unit its change, and the indicators that set it apart from its group, ``most`` either way."""
    rows = []
    for moves in comparison.groups.values():
        for move in moves:
            pulls = sorted(comparison.pulls(move).items(), key=lambda pull: pull[1])
            up = [pull for pull in reversed(pulls) if pull[1] > 0][:most]
            down = [pull for pull in pulls if pull[1] < 0][:most]
            told = [
                joined(
                    [f"{titles.get(name, name)} {points_text(value, TWO, language)}" for name, value in found], language
                )
                or None
                for found in (up, down)
            ]
            whole = sum((value for _, value in pulls), Fraction(0))
            delta = move.delta or Fraction(0)
            rows.append(
                (
                    move.new.name,
                    move.group or "",
                    signed_text(delta),
                    signed_text(whole),
                    *(text or None for text in told),
                )
            )
    return frame(rows, ("unit", "group", "change", "relative", "up", "down"), language)


def maxima_table(
    pairs: Sequence[tuple[Fraction, Fraction, str]], clauses: Mapping[str, str], language: str
) -> pd.DataFrame:
    """Old and new maximum of each indicator, and the new one in percent of the old."""
    rows = [
        (
            title,
            clauses[title],
            shown_number(old, TWO),
            shown_number(new, TWO),
            signed_text(new - old),
            number_text(100 * new / old, Rounding(PERCENT_DIGITS)),
        )
        for old, new, title in pairs
    ]
    return frame(rows, ("indicator", "clause", "old_max", "new_max", "change", "factor"), language)


def interval_rows(found: RankUncertainty, names: Mapping[str, str], level: float) -> list[Interval]:
    """For each unit, by rank: its rank, expected rank and interval."""
    spans, expected = found.rank_interval(level), found.expected_rank()
    return [
        (names[found.units[row]], found.in_force[row], float(expected[row]), int(spans[row, 0]), int(spans[row, 1]))
        for row in _by_rank(found)
    ]


def chance_table(
    groups: Mapping[str | None, RankUncertainty],
    group_name: Callable[[str | None], str],
    names: Mapping[str, str],
    level: float,
    language: str,
) -> pd.DataFrame:
    """For each unit its interval, how often it keeps its rank, and its chances of the first and the last place."""
    rows = []
    for group, found in groups.items():
        first, last = found.top(1), found.bottom(1)
        spans = interval_rows(found, names, level)
        for row, (name, rank, expected, best, worst) in zip(_by_rank(found), spans, strict=True):
            keeps = found.first[row, rank - 1] / found.draws
            interval = str(best) if best == worst else f"{best}–{worst}"
            chances = (chance_text(found, share) for share in (keeps, first[row], last[row]))
            rows.append((name, group_name(group), rank, f"{expected:.2f}", interval, *chances))
    columns = ("unit", "group", "rank", "expected", "interval", "keeps", "top", "bottom")
    return frame(rows, columns, language, level=f"{100 * level:g}", number=1)


def chance_text(found: RankUncertainty, share: float) -> str:
    """How often something happens among the draws, as a percentage without its sign; 100 only where it always does."""
    return share_text(Fraction(round(float(share) * found.draws), found.draws), "")


def bars_of(found: SobolIndices, name: Callable[[str], str]) -> Bars:
    """The indices of one group, the greatest with interactions first."""
    order = sorted(range(len(found.inputs)), key=lambda place: (-float(found.total[place]), place))
    return Bars(
        [name(found.inputs[place]) for place in order],
        *([float(values[place]) for place in order] for values in (found.first, found.total, found.total_half_width)),
    )


def index_table(groups: Mapping[str, Bars], language: str) -> pd.DataFrame:
    """Every index of every group."""
    rows = [
        (name, group, *(_index(value) for value in values))
        for group, bars in groups.items()
        for name, *values in zip(bars.names, bars.first, bars.total, bars.half_width, strict=True)
    ]
    return frame(rows, ("input", "group", "first", "total", "half_width"), language)


def moved_without(groups: Mapping[str | None, RanksWithout]) -> dict[str, int]:
    """By indicator, how many units of all groups have another rank without it."""
    counts: dict[str, int] = {}
    for found in groups.values():
        for indicator in found.ranks:
            moved = sum(map(bool, found.change(indicator).values()))
            counts[indicator] = counts.get(indicator, 0) + moved
    return counts


def without_table(
    groups: Mapping[str | None, RanksWithout], titles: Mapping[str, str], names: Mapping[str, str], language: str
) -> pd.DataFrame:
    """By indicator, how many units move without it, and the one that moves furthest in each group."""
    rows = []
    for indicator, count in moved_without(groups).items():
        furthest = []
        for found in groups.values():
            changes = found.change(indicator)
            unit = max(changes, key=lambda code: abs(changes[code]))
            if changes[unit]:
                now = found.in_force[found.units.index(unit)]
                furthest.append(f"{names[unit]} {now} → {now + changes[unit]}")
        rows.append((titles[indicator], str(count), joined(furthest, language) or None))
    return frame(rows, ("indicator", "moved", "furthest"), language)


def _by_rank(found: RankUncertainty) -> list[int]:
    return sorted(range(len(found.units)), key=lambda row: (found.in_force[row], found.units[row]))


def _index(value: float) -> str:
    shown = f"{value:.3f}".replace("-", "−")
    return shown.removeprefix("−") if shown == "−0.000" else shown
