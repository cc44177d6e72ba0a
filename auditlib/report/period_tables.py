"""The tables of a report on a period: who moved, where points are lost, which units to look at."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from auditlib.analysis.losses import IndicatorLoss
from auditlib.analysis.movements import Movement
from auditlib.core.exact import Rounding
from auditlib.core.message import t
from auditlib.core.numerals import share_text, signed
from auditlib.report.headings import PERIOD
from auditlib.report.tables import frame, points_text
from auditlib.scoring.result import UnitScore

__all__ = ["attention_table", "loss_table", "movement_table", "percent"]

CAUSES = 3
EMPTY = "—"


def percent(part: Fraction, whole: Fraction) -> str:
    """A share as a percentage; a dash where there is no whole."""
    return share_text(part / whole, sign="\N{NO-BREAK SPACE}%") if whole else EMPTY


def movement_table(moved: Sequence[Movement], rounding: Rounding, language: str) -> pd.DataFrame:
    """Every unit that both periods hold: its ranks, how far it moved, its total's change and what changed most."""
    grouped = any(one.unit.ranked_in for one in moved)
    rows = [
        (
            one.unit.name,
            one.unit.ranked_in or EMPTY,
            _rank(one.before),
            _rank(one.unit),
            EMPTY if one.places is None else _arrow(one.places),
            EMPTY if one.points is None else "0" if one.points == 0 else signed(one.points, rounding),
            _causes(one, rounding, language) or EMPTY,
        )
        for one in moved
    ]
    columns = ("unit", "group", "before", "now", "places", "points", "causes")
    table = frame(rows, columns, language, PERIOD)
    return table if grouped else table.drop(columns=t("Group", language))


def _rank(unit: UnitScore) -> str:
    return EMPTY if unit.rank is None else str(unit.rank)


def _arrow(places: int) -> str:
    return "0" if places == 0 else f"{'↑' if places > 0 else '↓'}{abs(places)}"


def _causes(moved: Movement, rounding: Rounding, language: str) -> str:
    stop = "，" if language == "zh" else ", "
    return stop.join(
        f"{change.title} {points_text(change.points, rounding, language)}" for change in moved.causes[:CAUSES]
    )


def loss_table(losses: Sequence[IndicatorLoss], rounding: Rounding, language: str) -> pd.DataFrame:
    """Every indicator: how many units lost points or missed the target, how many have nothing left, what all lost,
    and how much was kept.
    """
    everything = sum((loss.lost for loss in losses), Fraction(0))
    rows = [
        (
            loss.title,
            f"{len(loss.missed)} / {len(loss.judged)}" if loss.judged else EMPTY,
            f"{len(loss.losing)} / {len(loss.scored)}" if loss.scored else EMPTY,
            str(len(loss.emptied)) if loss.scored else EMPTY,
            "0" if not loss.lost else signed(-loss.lost, rounding),
            percent(loss.lost, everything),
            percent(loss.possible - loss.lost, loss.possible),
        )
        for loss in losses
    ]
    columns = ("indicator", "missed", "losing", "emptied", "lost", "share", "kept")
    points, targets = any(loss.scored for loss in losses), any(loss.judged for loss in losses)
    shown = [name for name in columns if name == "indicator" or (targets if name == "missed" else points)]
    return frame(rows, columns, language, PERIOD)[[t(PERIOD[name], language) for name in shown]]


def attention_table(found: Sequence[tuple[UnitScore, Sequence[str]]], language: str) -> pd.DataFrame:
    """The units that a reader should look at, each with its rank and the reasons, one a line."""
    rows = [(unit.name, unit.ranked_in or EMPTY, _rank(unit), "\n".join(reasons)) for unit, reasons in found]
    table = frame(rows, ("unit", "group", "rank", "why"), language, PERIOD)
    return table if any(unit.ranked_in for unit, _ in found) else table.drop(columns=t("Group", language))
