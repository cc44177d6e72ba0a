"""The closed vocabulary of a scheme file.

A chain of small parts: *columns* derived row by row, *measures* counted from a register, *rates*
divided from measures, and *rules* that turn one of them into points. A policy that a source can
leave open (step mode, inclusion of a bound, zero denominator, floor, cap, missing period, ties) is
a key without a default: a file that does not say does not load.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from auditlib.exact import Rounding, RoundingMode, StepMode, whole_steps
from auditlib.period import Granularity
from auditlib.scheme.finding import KINDS
from auditlib.tree import Number, Strict, Text

__all__ = [
    "Bound", "Clause", "Column", "Composite", "Consequence", "Deadline", "Earlier", "Gap", "Indicator",
    "KnownFinding", "Measure", "Option", "Outcome", "Place", "Ranking", "Rate", "Reading", "Rule",
    "Scheme", "Shortfall", "Span", "Standing", "Steps", "TieBreak", "Total",
]  # fmt: skip

MINUTE_US = 60_000_000


def _name(value: str) -> str:
    if not value.replace("_", "").replace("-", "").isalnum() or not value.isascii():
        raise ValueError(f"found {value!r}, expected a name of letters, digits, _ or -")
    return value


Name = Annotated[str, AfterValidator(_name)]


def _exactly_one(model: Strict, *keys: str) -> None:
    given = [key for key in keys if getattr(model, key) is not None]
    if len(given) != 1:
        raise ValueError(f"found {' and '.join(given) or 'none of them'}, expected exactly one of {', '.join(keys)}")


# --- what the source says, and what it leaves open -------------------------------------------------


class Source(Strict):
    """The published document; ``last_checked`` is the day on which someone last compared the file with it."""

    document: str
    title: Text
    issuer: Text | None = None
    sha256: str | None = None
    last_checked: date


class Effective(Strict):
    """The days on which this version is in force, both included; null where the source names none."""

    first: date | None = Field(alias="from")
    last: date | None = Field(default=None, alias="until")


class Clause(Strict):
    """A numbered piece of the source text, quoted to the letter."""

    quote: str
    en: str | None = None
    about: bool = False
    """True where the clause only frames the scheme, so that no rule cites it."""


class Option(Strict):
    """One way to understand an open clause: the value it puts into the rules, and what it means."""

    value: Any
    zh: str
    en: str

    def __call__(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class Reading(Strict):
    """An open clause, the question it leaves, the ways to answer it, and the one in use."""

    clause: str
    question: Text
    options: dict[Name, Option]
    use: str

    @model_validator(mode="after")
    def _used_option_exists(self) -> Reading:
        if self.use not in self.options:
            raise ValueError(f"found use: {self.use}, expected one of {', '.join(self.options)}")
        return self


class Gap(Strict):
    """What the source does not give: ``exclude`` scores without it, ``require`` gives no total until it is supplied."""

    clause: str
    missing: Text
    policy: Literal["exclude", "require"]
    max: Number | None = None


# --- from rows to counts ---------------------------------------------------------------------------


class Span(Strict):
    """A length of time in one unit."""

    minutes: int | None = None
    hours: int | None = None
    days: int | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Span:
        _exactly_one(self, "minutes", "hours", "days")
        return self

    @property
    def us(self) -> int:
        return MINUTE_US * ((self.minutes or 0) + 60 * (self.hours or 0) + 1440 * (self.days or 0))


class Limit(Strict):
    """A time limit for the rows that ``when`` selects. Of working days the first is not counted."""

    when: str | None = None
    minutes: int | None = None
    hours: int | None = None
    days: int | None = None
    working_days: int | None = None
    ends: Literal["day", "time"] | None = None
    """Whether a limit in working days ends with its last day, or on it at the time of day at which it began."""

    @model_validator(mode="after")
    def _one_unit(self) -> Limit:
        _exactly_one(self, "minutes", "hours", "days", "working_days")
        if (self.working_days is None) != (self.ends is None):
            raise ValueError("found one of working_days and ends, expected both: `ends: day` or `ends: time`")
        return self


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
    every: Span
    mode: StepMode


class Earlier(Strict):
    """Whether an earlier row has the same keys: a repeat. Rows with an unknown key are never repeats.

    Both rows must satisfy ``where``; ``within`` limits the time back to the nearest earlier row.
    """

    same: tuple[str, ...]
    order: str
    within: Span | None
    where: str | None


class Column(Strict):
    """A column derived for every row of a register."""

    sql: str | None = None
    deadline: Deadline | None = None
    steps: Steps | None = None
    earlier: Earlier | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Column:
        _exactly_one(self, "sql", "deadline", "steps", "earlier")
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

    @model_validator(mode="after")
    def _one_kind(self) -> Measure:
        _exactly_one(self, "register_", "fact")
        return self


class Rate(Strict):
    """A weighted sum of measures, times a factor, divided by another. ``zero`` says what 0/0 is."""

    title: Text
    numerator: dict[str, Number]
    denominator: dict[str, Number]
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
    others get zero. Equal indices are ordered by the measure ``ties``, greater first.
    """

    title: Text
    index: str
    average: Literal["mean", "pooled"]
    tables: dict[str, tuple[Number, ...]]
    """The table of each group; a group without one is not ranked."""
    then: Number
    ties: str


# --- from counts to points -------------------------------------------------------------------------


class Bound(Strict):
    """A condition on one quantity, with the inclusion of the bound said by its name."""

    of: str
    at_least: Number | None = None
    above: Number | None = None
    at_most: Number | None = None
    below: Number | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Bound:
        _exactly_one(self, "at_least", "above", "at_most", "below")
        return self

    @property
    def sign(self) -> str:
        return {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}[self._key]

    @property
    def threshold(self) -> Fraction:
        return getattr(self, self._key)

    @property
    def _key(self) -> str:
        return next(key for key in ("at_least", "above", "at_most", "below") if getattr(self, key) is not None)

    def holds(self, value: Fraction) -> bool:
        threshold = self.threshold
        return {"≥": value >= threshold, ">": value > threshold, "≤": value <= threshold, "<": value < threshold}[
            self.sign
        ]


class Shortfall(Strict):
    """How many steps a quantity lies below (or above) a threshold."""

    of: str
    below: Number | None = None
    above: Number | None = None
    every: Number
    mode: StepMode

    @model_validator(mode="after")
    def _one_side(self) -> Shortfall:
        _exactly_one(self, "below", "above")
        return self

    def steps(self, value: Fraction) -> Fraction:
        excess = value - self.above if self.above is not None else self.below - value  # type: ignore[operator]
        return whole_steps(excess, self.every, self.mode)


class Multiplier(Strict):
    """The part ``of`` what a rule counts weighs ``by`` times as much."""

    by: Number
    of: str
    clause: str


class Rule(Strict):
    """One sentence of the source: how a measure or rate becomes points.

    ``points`` × ``per`` (a quantity), × ``step`` (steps beyond a threshold) or once ``when`` a bound
    holds; ``becomes`` sets the indicator's points when a bound holds; ``mark`` takes what a person
    decided; ``target`` is met or not, without points. ``evidence`` names the measure whose rows show why,
    where ``per`` is not itself one.
    ``gap`` is set where the rule waits for a value that the source does not give.
    """

    id: Name
    clause: str
    title: Text
    points: Number | None = None
    per: str | None = None
    step: Shortfall | None = None
    when: Bound | None = None
    becomes: Number | None = None
    mark: Literal[True] | Number | None = None
    target: Bound | None = None
    multiplier: Multiplier | None = None
    evidence: str | None = None
    gap: str | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Rule:
        if self.gap is not None:
            return self
        given = {
            key
            for key in ("points", "per", "step", "when", "becomes", "mark", "target")
            if getattr(self, key) is not None
        }
        shapes = ({"points", "per"}, {"points", "step"}, {"points", "when"}, {"becomes", "when"}, {"mark"}, {"target"})
        if given not in shapes:
            expected = "; ".join(" + ".join(sorted(shape)) for shape in shapes)
            raise ValueError(f"found {' + '.join(sorted(given)) or 'no shape'}, expected one of: {expected}")
        if self.multiplier is not None and self.per is None:
            raise ValueError("found multiplier without per, expected it beside the quantity it multiplies")
        return self

    @property
    def quantity(self) -> str | None:
        """The measure or rate that the rule looks at."""
        looked_at = self.step or self.when or self.target
        return self.per or (looked_at.of if looked_at else None)


class Indicator(Strict):
    """A leaf of the scheme with points: it starts somewhere, its rules add and deduct, floor and cap bound it.

    ``max`` is the full mark as printed (null where the source sets none); ``cap`` may exceed it by a bonus.
    """

    id: Name
    title: Text
    clause: str
    dimension: str | None = None
    max: Number | None
    gap: str | None = None
    """Set where the full mark waits for a value that the source does not give."""
    start: Number
    floor: Number | None
    cap: Number | None
    periods: tuple[Granularity, ...] | None = None
    """The kinds of period in which it is assessed; all that the scheme has where it says nothing."""
    rules: tuple[Rule, ...]


class Dimension(Strict):
    """A branch of the tree of indicators, with the full mark that the source prints for it."""

    id: Name
    title: Text
    clause: str
    max: Number | None


class Base(Strict):
    """Points that every unit has before any indicator."""

    points: Number
    clause: str


class Part(Strict):
    """One part of a roll-up: the mean of the totals of the periods of a granularity, with its weight."""

    of: Granularity
    weight: Number
    missing: Literal["exclude", "zero", "full"]
    """What a period without data, or without a score, counts for: left out of the mean, 0 points, or 100."""


class RollUp(Strict):
    """How the total of a longer period comes from shorter ones and from itself."""

    clause: str
    parts: tuple[Part, ...]


class TieBreak(Strict):
    """Equal totals are ordered by a measure; what is still equal stays undecided."""

    by: str
    order: Literal["descending", "ascending"]


class Ranking(Strict):
    """Who stands before whom. ``undecided`` ties share a rank and are named as such."""

    clause: str | None
    by: Literal["total"]
    order: Literal["descending", "ascending"]
    within: Literal["group", "all"]
    ties: Literal["undecided", "shared"] | TieBreak
    regroup: dict[str, str] = {}
    """Units that are ranked in another group than the register of units says."""


class Place(Strict):
    """A condition on an outcome: the first or the last so many of the ranking, with the bound named."""

    top: int | None = None
    bottom: int | None = None
    by: str | None = None
    """A quantity to rank by in place of the total, the greatest first; what is equal stays undecided."""

    @model_validator(mode="after")
    def _one_end(self) -> Place:
        _exactly_one(self, "top", "bottom")
        return self


class Total(Strict):
    """A condition on an outcome: the unit's total, with the inclusion of the bound said by its name."""

    at_least: Number | None = None
    above: Number | None = None
    at_most: Number | None = None
    below: Number | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Total:
        _exactly_one(self, "at_least", "above", "at_most", "below")
        return self

    def holds(self, total: Fraction) -> bool:
        key = next(key for key in ("at_least", "above", "at_most", "below") if getattr(self, key) is not None)
        bound = Bound.model_validate({"of": "total", key: getattr(self, key)})
        return bound.holds(total)


class Consequence(Strict):
    """What an outcome brings: for whom, and how much where it is counted.

    A fixed ``amount``, or a range ``low`` to ``high`` within which a person decides: that decision is a mark for
    the outcome, and is asked for until it is there. Both are for each occurrence where ``each`` is true.
    """

    id: Name
    who: Text
    what: Text
    amount: Number | None = None
    low: Number | None = None
    high: Number | None = None
    each: bool = False
    of: str | None = None
    """The fact that a fixed amount is a share of; where the ledger does not give it, there is no amount."""


class Outcome(Strict):
    """What follows from a result: an honour, a sanction, a bar. All its conditions must hold.

    ``quantity`` looks at counts and rates, ``total`` and ``place`` at the score and the ranking. ``bars`` names
    outcomes that it makes impossible; a barred place stays empty unless ``fills_up`` lets the next unit move up.
    ``forces_last`` puts the unit behind all others, whatever its total.
    """

    id: Name
    title: Text
    clause: str
    quantity: Bound | None = None
    total: Total | None = None
    place: Place | None = None
    periods: tuple[Granularity, ...] | None = None
    bars: tuple[str, ...] = ()
    fills_up: bool = False
    forces_last: bool = False
    evidence: str | None = None
    consequences: tuple[Consequence, ...] = ()
    gap: str | None = None

    @model_validator(mode="after")
    def _some_condition(self) -> Outcome:
        if self.gap is not None:
            return self
        if self.quantity is None and self.total is None and self.place is None:
            raise ValueError("found no condition, expected quantity, total or place")
        if self.forces_last and (self.total is not None or self.place is not None):
            raise ValueError("found forces_last beside total or place, expected it to hang on a quantity alone")
        return self


class Rounded(Strict):
    """How points and rates are shown. Ranks and thresholds use exact values."""

    digits: Annotated[int, Field(ge=0, le=12)]
    mode: RoundingMode

    def rounding(self) -> Rounding:
        return Rounding(self.digits, self.mode)


class KnownFinding(Strict):
    """A known fault of the source, which ``auditlib check`` proves: what it means, and how the scheme deals with it."""

    kind: str
    at: str
    """What it concerns: ``indicator.rule``, an indicator, a clause, as the finding names it."""
    note: Text
    source: str | None = None

    @model_validator(mode="after")
    def _known_kind(self) -> KnownFinding:
        if self.kind not in KINDS:
            raise ValueError(f"found kind: {self.kind}, expected one of {', '.join(KINDS)}")
        return self


class Scheme(Strict):
    """A scheme with every reading decided and every known value in its place."""

    scheme: Name
    extends: str | None = None
    version: str
    title: Text
    note: Text | None = None
    source: Source
    effective: Effective
    calendar: str | None = None
    periods: tuple[Granularity, ...]
    clauses: dict[str, Clause]
    readings: dict[Name, Reading] = {}
    gaps: dict[Name, Gap] = {}
    values: dict[Name, dict[date, Any]] = {}
    words: dict[str, dict[str, tuple[str, ...]]] = {}
    """The values that the rules know of coded columns, by register; others are reported."""
    columns: dict[str, dict[Name, Column]] = {}
    measures: dict[Name, Measure]
    rates: dict[Name, Rate] = {}
    composites: dict[Name, Composite] = {}
    standings: dict[Name, Standing] = {}
    dimensions: tuple[Dimension, ...] = ()
    base: Base | None = None
    indicators: tuple[Indicator, ...]
    roll_up: dict[Granularity, RollUp] = {}
    ranking: Ranking
    outcomes: tuple[Outcome, ...] = ()
    rounding: Rounded
    findings: tuple[KnownFinding, ...] = ()

    def rules(self) -> Iterator[tuple[Indicator, Rule]]:
        """Every rule with its indicator, in the order of the file."""
        for indicator in self.indicators:
            for rule in indicator.rules:
                yield indicator, rule

    @property
    def quantities(self) -> set[str]:
        """Everything that a rule or outcome may look at."""
        return {*self.measures, *self.rates, *self.composites, *self.standings}

    def parts_of(self, quantity: str) -> tuple[str, ...]:
        """The quantities that a rate, composite or standing is made of; a measure has none."""
        if quantity in self.rates:
            return (*self.rates[quantity].numerator, *self.rates[quantity].denominator)
        if quantity in self.composites:
            return tuple(self.composites[quantity].parts)
        if quantity in self.standings:
            return (self.standings[quantity].index, self.standings[quantity].ties)
        return ()

    def measures_of(self, quantity: str) -> tuple[str, ...]:
        """The measures behind a quantity: itself, or those of its parts."""
        parts = self.parts_of(quantity)
        return tuple(name for part in parts for name in self.measures_of(part)) if parts else (quantity,)

    def evidence_of(self, rule: Rule) -> str | None:
        """The measure whose rows show why a rule gave its points."""
        if rule.evidence is not None:
            return rule.evidence
        return rule.per if rule.per in self.measures else None
