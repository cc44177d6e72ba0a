"""The ranking and its points, laid out once: terminal, CSV, page and workbook take their columns from here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from auditlib.core.message import Joined, Message
from auditlib.core.table import Field, Number, Table, number
from auditlib.scheme.load import Resolved
from auditlib.scheme.rules import Indicator
from auditlib.scoring.result import TOTAL, IndicatorScore, OutcomeScore, Result, UnitScore

__all__ = [
    "RankedUnit",
    "outcome_title",
    "points_fields",
    "ranked_units",
    "ranking_table",
    "result_csv",
    "result_table",
]


@dataclass(frozen=True)
class RankedUnit:
    """A row of the ranking: a unit in its result, and in the result of the period before where there is one."""

    unit: UnitScore
    result: Result
    before: UnitScore | None = None

    @property
    def change(self) -> Number | None:
        """What the total has changed by, where both are out of as much."""
        old, new = self.before, self.unit
        if old is None or old.total_of != new.total_of or old.total is None or new.total is None:
            return None
        return Number(new.total - old.total, self.result.rounding, sign=True)

    @property
    def complete(self) -> Message | None:
        """Whether the total is that of the whole; None without a total."""
        if self.unit.total is None:
            return None
        return Message("yes") if self.unit.complete else Message("in part")

    @property
    def provisional(self) -> int:
        """How many rows rest on days of a provisional calendar."""
        return sum(rows.count for rows in self.unit.provisional)

    @property
    def total_before(self) -> Number | None:
        """The total without what appeals have changed, where that is another result."""
        before = self.unit.before_adjustments
        return None if before is None else number(before.total, self.result.rounding_of(self.unit.unit, TOTAL))

    @cached_property
    def _scores(self) -> dict[str, IndicatorScore]:
        return {scored.id: scored for scored in self.unit.indicators}

    def points_of(self, indicator: str, otherwise: Callable[[IndicatorScore], object]) -> object:
        """Points, or whether a target is met; without either what ``otherwise`` says; None where it is not assessed."""
        scored = self._scores.get(indicator)
        if scored is None:
            return None
        if scored.met is not None:
            return Message("met") if scored.met else Message("not met")
        return otherwise(scored) if scored.points is None else Number(scored.points, self.result.rounding)


RANKING: tuple[Field[RankedUnit], ...] = (
    Field("rank", "Rank", lambda row: row.unit.rank),
    Field("unit", "Code", lambda row: row.unit.unit),
    Field("name", "Name", lambda row: row.unit.name),
    Field("group", "Group", lambda row: row.unit.group or ""),
    Field("ranked_in", "Ranked in", lambda row: row.unit.ranked_in or ""),
    Field("total", "Total", lambda row: number(row.unit.total, row.result.total_rounding)),
    Field("of", "Out of", lambda row: number(row.unit.total_of, row.result.rounding)),
    Field("change", "Against the last period", lambda row: row.change),
    Field("complete", "Complete", lambda row: row.complete),
    Field("tie", "Undecided tie", lambda row: row.unit.tie),
    Field("outcomes", "Outcomes", lambda row: tuple(outcome_title(outcome) for outcome in row.unit.outcomes)),
    Field("provisional", "Rows by provisional days", lambda row: row.provisional),
    Field("provisional_or_blank", "Rows by provisional days", lambda row: row.provisional or ""),
)
"""Every column that a ranking may have, in the order of a page. All totals have as many digits as the closest need."""

SHARED_RANK = Field[RankedUnit](
    "rank", "Rank", lambda row: row.unit.rank and f"{row.unit.rank}{'=' if row.unit.tie else ''}"
)
OWN_TOTAL = Field[RankedUnit](
    "total", "Total", lambda row: number(row.unit.total, row.result.rounding_of(row.unit.unit, TOTAL))
)
AMOUNTS = Field[RankedUnit](
    "outcomes", "Outcomes", lambda row: "; ".join(_outcome(row.result, outcome) for outcome in row.unit.outcomes)
)
TIE = Field[RankedUnit]("undecided_with", "Undecided tie", lambda row: row.unit.tie)
BEFORE_ADJUSTMENTS = (
    Field[RankedUnit]("total_before_adjustments", "Total before adjustments", lambda row: row.total_before),
    Field[RankedUnit](
        "rank_before_adjustments",
        "Rank before adjustments",
        lambda row: row.unit.before_adjustments and row.unit.before_adjustments.rank,
    ),
)
UNSCORED = {"not_assessable": "n/a", "needs_input": "?"}


def ranking_table(result: Result, previous: Result | None, *wanted: str) -> Table:
    """The ``wanted`` columns of :data:`RANKING`, a row a unit by group and rank."""
    return Table.of(RANKING, ranked_units(result, previous), *wanted)


def ranked_units(result: Result, previous: Result | None = None) -> list[RankedUnit]:
    """The rows of a ranking, by group and rank."""
    earlier = {unit.unit: unit for unit in previous.units} if previous else {}
    return [RankedUnit(unit, result, earlier.get(unit.unit)) for unit in result.units]


def result_table(resolved: Resolved, result: Result, *, sortable: bool = False) -> Table:
    """The ranking for terminals and programs: rank, total, and every indicator's points or whether its target is met.

    Where the scheme has outcomes, they follow: with a question mark where a tie leaves them open, and with what
    they come to, or a question mark where a person still has to decide that. Then the rows that rest on days of a
    provisional calendar are counted, where any unit has such rows, and where appeals have changed inputs, total and
    rank before that follow. A shared rank has ``=`` behind it; ``sortable`` ranks are numbers, and who shares one
    stands in a last column.
    """
    known = {one.key: one for one in RANKING}
    fields = [known["group"], known["ranked_in"], known["rank"] if sortable else SHARED_RANK, known["unit"]]
    fields += [known["name"], OWN_TOTAL, known["of"]]
    fields += points_fields(resolved.scheme.indicators, lambda scored: UNSCORED[scored.status])
    fields += [AMOUNTS] if resolved.scheme.outcomes else []
    fields += [known["provisional"]] if result.provisional_after else []
    fields += BEFORE_ADJUSTMENTS if result.adjustments else ()
    return Table.of([*fields, TIE] if sortable else fields, ranked_units(result))


def result_csv(resolved: Resolved, result: Result) -> str:
    """The sortable :func:`result_table` as CSV text. Text that a spreadsheet would run as a formula is quoted."""
    return result_table(resolved, result, sortable=True).csv()


def points_fields(
    indicators: Iterable[Indicator], otherwise: Callable[[IndicatorScore], object] = lambda scored: None
) -> list[Field[RankedUnit]]:
    """A column an indicator: its points, or whether its target is met; without either what ``otherwise`` says."""
    return [
        Field(own.id, own.title, lambda row, own=own: row.points_of(own.id, otherwise))  # type: ignore[misc]
        for own in indicators
    ]


def _outcome(result: Result, outcome: OutcomeScore) -> str:
    parts = [f"{name} {result.text(value)}" for name, value in outcome.amounts.items()]
    parts += [f"{name} ?" for name in outcome.needs]
    return outcome.id + ("" if outcome.decided else "?") + (f" ({', '.join(parts)})" if parts else "")


def outcome_title(outcome: OutcomeScore) -> Joined:
    """An outcome by its title; one that a tie leaves open is marked."""
    return Joined(outcome.title, "" if outcome.decided else Message(" (undecided)"))
