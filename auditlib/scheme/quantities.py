"""From rows to counts: columns derived row by row, measures counted from a register, rates divided from measures."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

from pydantic import Field, model_validator

from auditlib.core.exact import StepMode
from auditlib.core.yaml_file import Number, Positive, Strict, Text, Whole, exactly_one, in_order, range_words

__all__ = [
    "MINUTE_US",
    "Column",
    "Composite",
    "Deadline",
    "Earlier",
    "ExtraColumn",
    "Length",
    "Limit",
    "Measure",
    "Rate",
    "Span",
    "Standing",
    "Steps",
    "Window",
]


MINUTE_US = 60_000_000
DAY_US = 1440 * MINUTE_US


class Span(Strict):
    """A length of time in one unit."""

    minutes: Whole | None = None
    hours: Whole | None = None
    days: Whole | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Span:
        exactly_one(self, "minutes", "hours", "days")
        for unit in ("minutes", "hours", "days"):
            if (length := getattr(self, unit)) is not None and length < 0:
                raise ValueError(f"found {unit}: {length}, expected a length of time, at least 0")
        return self

    @property
    def us(self) -> int:
        """The length in microseconds."""
        return MINUTE_US * ((self.minutes or 0) + 60 * (self.hours or 0) + 1440 * (self.days or 0))


class Length(Span):
    """A length of time in one unit, longer than nothing."""

    minutes: Positive | None = None
    hours: Positive | None = None
    days: Positive | None = None


class Window(Strict):
    """A length of time within which something happens.

    Of days the source must be read: ``ends: day`` ends with the last of so many days, the first not counted (from
    1 January 30 days end with 31 January; source: 民法典 第二百零一条), ``ends: time`` after so many times 24 hours.
    """

    minutes: Positive | None = None
    hours: Positive | None = None
    days: Positive | None = None
    ends: Literal["day", "time"] | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Window:
        exactly_one(self, "minutes", "hours", "days")
        if (self.days is None) != (self.ends is None):
            raise ValueError("found one of days and ends, expected both: `ends: day` or `ends: time`")
        return self

    @property
    def span(self) -> Span:
        """How long it is; by days that end with the day, no row further apart can be within it."""
        return Span(minutes=self.minutes, hours=self.hours, days=self.days)

    @property
    def reach_us(self) -> int:
        """The microseconds that it can reach back at most."""
        return self.span.us + (DAY_US if self.ends == "day" else 0)


class Limit(Strict):
    """A time limit for the rows that ``when`` selects. Of days that end with a day the first is not counted."""

    when: str | None = None
    minutes: Positive | None = None
    hours: Positive | None = None
    days: Whole | None = None
    working_days: Positive | None = None
    ends: Literal["day", "time"] | None = None
    """Whether a limit in days ends with its last day, or on it at the time of day at which it began."""

    @model_validator(mode="after")
    def _one_unit(self) -> Limit:
        exactly_one(self, "minutes", "hours", "days", "working_days")
        in_days = self.working_days is not None or self.days is not None
        if in_days != (self.ends is not None):
            found = "a limit in days without ends" if in_days else "ends without a limit in days"
            raise ValueError(f"found {found}, expected both: `ends: day` or `ends: time`")
        least = 0 if self.ends == "day" else 1  # nought days that end with the day: by the end of that very day
        if self.days is not None and self.days < least:
            raise ValueError(f"found days: {self.days}, expected at least {least} where it `ends: {self.ends}`")
        return self

    @property
    def span(self) -> Span | None:
        """How long it is by the clock; None where it counts working days."""
        if self.working_days is not None:
            return None
        return Span(minutes=self.minutes, hours=self.hours, days=self.days)


class Deadline(Strict):
    """The moment by which something is due: the first limit whose ``when`` holds, counted from a time."""

    start: str = Field(alias="from")
    limits: tuple[Limit, ...]


class Steps(Strict):
    """How many steps the time between two columns runs over a limit.

    ``open: as_of`` lets a row without an end run to the as-of time; ``open: ignore`` leaves it out.
    """

    start: str = Field(alias="from")
    end: str = Field(alias="to")
    open: Literal["as_of", "ignore"]
    clock: Literal["continuous", "working_days"]
    over: Span
    every: Length
    mode: StepMode


class Earlier(Strict):
    """Whether an earlier row has the same keys: a repeat. Rows with an unknown key are never repeats.

    Both rows must satisfy ``where``; ``within`` limits the time back to the nearest earlier row.
    """

    same: tuple[str, ...]
    order: str
    within: Window | None
    where: str | None


class ExtraColumn(Strict):
    """A column that the ledger has beside those of the registers, with the type that it is read as.

    Written as the type alone where it has no title. Times are local to the ledger.
    """

    type: Literal["text", "time", "deadline", "boolean", "integer", "number"]
    title: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _type_alone(cls, data: Any) -> Any:
        return {"type": data} if isinstance(data, str) else data


class Column(Strict):
    """A column derived for every row of a register; without a title people see its name."""

    title: Text | None = None
    sql: str | None = None
    deadline: Deadline | None = None
    steps: Steps | None = None
    earlier: Earlier | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Column:
        exactly_one(self, "sql", "deadline", "steps", "earlier")
        return self


class Measure(Strict):
    """A whole number counted for a unit and period.

    ``register``: its rows where ``where`` holds are counted, or their column ``sum`` is added up. They
    belong to the period by the time ``at``; ``window`` looks at more than the period (the quarter or
    year it lies in, or everything up to its end).
    ``fact``: a value of ``unit_facts``; ``otherwise`` says what stands in where the ledger has none.
    """

    title: Text
    register_: str | None = Field(default=None, alias="register")
    where: str | None = None
    sum: str | None = None
    at: str | None = None
    window: Literal["period", "quarter", "year", "to_date"] = "period"
    fact: str | None = None
    otherwise: Literal["calendar_days", "working_days"] | None = None
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
        exactly_one(self, "register_", "fact")
        if (self.low is not None or self.high is not None) and not (self.sum or self.fact):
            raise ValueError("found a range, expected it beside sum or fact")
        in_order(self.low, self.high)
        if self.part_of is not None and self.fact is None:
            raise ValueError("found part_of beside register, expected it beside a fact")
        return self

    def possible(self, value: Fraction) -> bool:
        """Whether a fact can have this value."""
        return self.allows(value) and (self.low is not None or value >= 0)

    @property
    def possible_values(self) -> str:
        """In words, which values a fact can have."""
        return range_words(Fraction(0) if self.low is None else self.low, self.high)

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
