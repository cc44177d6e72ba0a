"""From rows to counts: columns derived row by row, measures counted from a register, rates divided from measures."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from statistics import median
from typing import Any, Literal

from pydantic import Field, model_validator

from auditlib.core.values import Number, Strict, Text, exactly_one, in_order, range_words
from auditlib.scheme.decision import DecisionTable
from auditlib.scheme.times import Deadline, Earlier, LastPeriods, PeriodOf, Steps
from auditlib.scheme.units_of_measure import Unit

__all__ = ["LATENESS", "Column", "Composite", "DutyStatus", "Measure", "Rate", "Standing"]


DutyStatus = Literal[
    "met", "late", "missed", "done", "running", "excused", "handed_over", "not_assessable", "no_record",
    "not_applicable",
]  # fmt: skip
"""What can be said of an instance of a duty: a closed list."""
LATENESS = ("late_working_days", "late_days", "late_minutes")
"""What of the instances of a duty can be added up."""


class Column(Strict):
    """A column derived for every row of a register; without a title people see its name."""

    title: Text | None = None
    sql: str | None = None
    deadline: Deadline | None = None
    steps: Steps | None = None
    earlier: Earlier | None = None
    choose: DecisionTable | None = None
    period_of: PeriodOf | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Column:
        exactly_one(self, "sql", "deadline", "steps", "earlier", "choose", "period_of")
        return self


class Measure(Strict):
    """A whole number counted for a unit and period.

    ``register``: its rows where ``where`` holds are counted, or their column ``sum`` is added up. They
    belong to the period by the time ``at``; ``window`` looks at more than the period: the quarter or
    year it lies in, the year up to its end, everything up to its end, or the last so many periods of a kind.
    ``duty``: its instances whose status ``is`` one of these, or their lateness in ``sum``.
    ``fact``: a value of ``unit_facts``; ``otherwise`` says what stands in where the ledger has none.
    """

    title: Text
    register_: str | None = Field(default=None, alias="register")
    where: str | None = None
    sum: str | None = None
    distinct: str | None = None
    """The column whose different values are counted."""
    median: str | None = None
    """The column of which the middle value is taken; of an even number of values the mean of the two in the middle."""
    longest: str | None = None
    """The column of which the greatest value is taken."""
    empty: Literal["not_assessable"] | Number | None = None
    """What a median or a greatest value is where no row has one."""
    at: str | None = None
    window: Literal["period", "quarter", "year", "to_date", "year_to_date"] | LastPeriods = "period"
    duty: str | None = None
    statuses: tuple[DutyStatus, ...] = Field(default=(), alias="is")
    fact: str | None = None
    unit: Unit | None = None
    """What it is measured in. A fact in ``share`` lies between 0 and 1 where no other range is declared."""
    otherwise: Literal["calendar_days", "working_days", "not_assessable"] | None = None
    context: bool = False
    """True where no rule looks at it: it is counted for the reader."""
    undecided: bool = False
    """True where each row waits for what a person decides and counts for nothing until then: the result warns."""
    low: Number | None = None
    high: Number | None = None
    """The range, both ends included, that the source leaves to a person for each value of ``sum``; of a fact, which
    values are possible. Either end may be left open. A fact without ``low`` is a count or an amount: it cannot be less
    than nothing."""
    part_of: str | None = None
    """The fact of which this one is a part, so that it cannot be more: calls connected, of calls."""

    @model_validator(mode="after")
    def _one_kind(self) -> Measure:
        exactly_one(self, "register_", "fact", "duty")
        taken = [key for key in ("sum", "distinct", "median", "longest") if getattr(self, key) is not None]
        if len(taken) > 1:
            raise ValueError(f"found {' and '.join(taken)}, expected at most one of sum, distinct, median, longest")
        if taken and taken != ["sum"] and self.register_ is None:
            raise ValueError(f"found {taken[0]}, expected it beside a register whose rows have that column")
        if (self.empty is None) == (taken in (["median"], ["longest"])):
            raise ValueError("found one of empty and median or longest, expected both: what it is where no row has one")
        if (self.duty is None) == bool(self.statuses):
            raise ValueError("found one of duty and is, expected both: `{duty: reply, is: [late, missed]}`")
        if self.duty is not None and (
            self.window not in ("period", "quarter", "year") or "not_applicable" in self.statuses
        ):
            raise ValueError(
                "found `window: to_date` or `is: not_applicable` beside a duty, expected instances of a period"
            )
        if self.duty is not None and (self.sum not in (None, *LATENESS) or self.where or self.at):
            raise ValueError(f"found more than a duty and its statuses, expected at most sum: {', '.join(LATENESS)}")
        if (self.low is not None or self.high is not None) and not (self.sum or self.fact):
            raise ValueError("found a range, expected it beside sum or fact")
        in_order(self.low, self.high)
        if self.part_of is not None and self.fact is None:
            raise ValueError("found part_of beside register, expected it beside a fact")
        return self

    @property
    def column(self) -> str | None:
        """The column whose values are added up, told apart, or compared; None where rows are counted."""
        return self.sum or self.distinct or self.median or self.longest

    def taken(self, values: Sequence[Fraction]) -> Fraction | None:
        """What the measure takes of the values of its column; None where there is no middle or greatest one."""
        if self.median is not None or self.longest is not None:
            return None if not values else Fraction(median(values)) if self.median is not None else max(values)
        return sum(values, Fraction(0))

    def possible(self, value: Fraction) -> bool:
        """Whether a fact can have this value."""
        most = Fraction(1) if self.unit == "share" and self.high is None else None
        return self.allows(value) and (self.low is not None or value >= 0) and (most is None or value <= most)

    @property
    def possible_values(self) -> str:
        """In words, which values a fact can have."""
        high = Fraction(1) if self.unit == "share" and self.high is None else self.high
        return range_words(Fraction(0) if self.low is None else self.low, high)

    @property
    def allowed_values(self) -> str:
        """In words, which values a row may add."""
        return range_words(self.low, self.high)

    @property
    def limited(self) -> bool:
        """Whether a range is declared."""
        return self.low is not None or self.high is not None

    def allows(self, value: Fraction) -> bool:
        """Whether a summed value lies in the range left to a person; everything does where there is none."""
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


class Rate(Strict):
    """A weighted sum of measures, times a factor, divided by another. ``zero`` says what 0/0 is.

    ``lacking`` is the measure of the rows that the denominator counts and the numerator does not: they are the
    evidence of a rule that pays for the rate, since they kept it from giving more.
    """

    title: Text
    numerator: dict[str, Number]
    denominator: dict[str, Number]
    lacking: str | None = None
    times: Number = Fraction(1)
    zero: Literal["not_assessable"] | Number
    show: Literal["percent", "number"]

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, data: Any) -> Any:
        """A measure by itself has weight 1; ``cases`` gives both sides at once, for readings that change both."""
        if not isinstance(data, dict):
            return data
        both = data.get("cases")
        if isinstance(both, dict):
            data = {key: value for key, value in data.items() if key != "cases"} | both
        sides = {key: {data[key]: 1} for key in ("numerator", "denominator") if isinstance(data.get(key), str)}
        return data | sides


class Composite(Strict):
    """A weighted sum of rates. ``missing`` says what a part of 0/0 becomes: shared out, 0 or 1."""

    title: Text
    parts: dict[str, Number]
    times: Number = Fraction(1)
    missing: Literal["renormalise", "zero", "full", "not_assessable"]
    show: Literal["percent", "number"]


class Standing(Strict):
    """What a unit loses (or gains) by its place among the units of its group.

    Units whose ``index`` is above the group's ``average`` (the mean of the indices, or the index of the summed
    counts) get the entry of ``table`` for their place from the highest index on, and ``then`` past its end; the
    others get zero. Equal indices are ordered by the measure ``ties``, greater first; of units that are equal in both
    ``still_equal`` says what each gets: nobody can say (``undecided``), the entry of the first of their places, or the
    mean of them. Entries that are the same anyway need no decision.
    """

    title: Text
    index: str
    average: Literal["mean", "pooled"]
    tables: dict[str, tuple[Number, ...]]
    """The table of each group; a group without one is not ranked."""
    then: Number
    ties: str
    still_equal: Literal["undecided", "first", "mean"]
