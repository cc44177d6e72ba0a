"""Duties (义务): who owes which act to whom within which limit, as a source writes it.

A duty has one of five shapes: do (``to``), do not (``never``), in this order (``order``), have these recorded
(``filled``), ask a person (``asked``). Where its ``when`` holds for a row, that row is an *instance* with one status.
A limit without a number (及时, 立即) is ``vague``; how time is counted is argued once a scheme, in ``counting``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from auditlib.core.values import Positive, Strict, Text, Whole, exactly_one
from auditlib.scheme.source import Name

__all__ = [
    "Act", "Actor", "Counting", "Duty", "DutyLimit", "DutyStart", "Extension", "HandOver", "Higher", "Moment", "Ought",
    "Pause", "Referral", "Way",
]  # fmt: skip

UNITS = (
    "minutes", "hours", "days", "working_days", "weeks", "months", "same_day", "day_of_next_month", "until", "gap",
)  # fmt: skip

OF_DAYS = ("days", "working_days", "weeks", "months")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_listed, str | tuple[str, ...]), Field(min_length=1)]
"""One word, or several of which any will do."""


class Actor(Text):
    """Who can owe or decide: a role inside the unit, or with ``outside`` a party whose acts are rights, no duties."""

    outside: bool = False


class DutyLimit(Strict):
    """How long somebody has. Of several limits the first whose ``when`` holds is the limit.

    ``until`` names a column with a promised or assigned last moment; ``at_best`` is the lower number of a printed
    range (5-7), a target beside the limit. ``soft`` limits (一般, 原则上) are counted apart; ``advisory`` ones do not
    bind, so that what is done late is merely done. ``gap`` names what the source leaves out, until it is supplied.
    """

    when: str | None = None
    minutes: Positive | None = None
    hours: Positive | None = None
    days: Positive | None = None
    working_days: Positive | None = None
    weeks: Positive | None = None
    months: Positive | None = None
    same_day: Literal[True] | None = None
    day_of_next_month: Annotated[Whole, Field(ge=1, le=31)] | None = None
    until: str | None = None
    gap: str | None = None
    ends: Literal["day", "time"] | None = None
    """Whether a limit in days ends with its last day or at the hour at which it began; else as ``counting`` says."""
    first_day: Literal["excluded", "included"] | None = None
    at_best: Positive | None = None
    soft: bool | Literal["advisory"] = False

    @model_validator(mode="after")
    def _one_unit(self) -> DutyLimit:
        exactly_one(self, *UNITS)
        in_days = any(getattr(self, unit) is not None for unit in OF_DAYS)
        for key in ("ends", "first_day", "at_best"):
            if getattr(self, key) is not None and not in_days:
                raise ValueError(f"found {key} beside {self.unit}, expected it beside one of {', '.join(OF_DAYS)}")
        return self

    @property
    def unit(self) -> str:
        """Which unit it is given in."""
        return next(unit for unit in UNITS if getattr(self, unit) is not None)

    @property
    def by_the_clock(self) -> bool:
        """Whether it runs in minutes, at night and on days of rest too."""
        return self.minutes is not None or self.hours is not None

    @property
    def by_days(self) -> bool:
        """Whether days of rest bear on it: it is counted in working days, or may end on a day of rest."""
        return any(getattr(self, unit) is not None for unit in (*OF_DAYS, "day_of_next_month"))


class Act(Strict):
    """Acts of the case: those with one of the words, by this actor or unit, whose row meets ``where``."""

    act: Words
    by: str | None = None
    where: str | None = None
    take: Literal["first", "last"] = "first"


class DutyStart(Strict):
    """The clock runs from the end of another duty's limit in the same case."""

    due: Name


Moment = str | Act
"""A column with a time, or an act."""


class Extension(Strict):
    """An act that moves the end of the limit to its ``until``, as far as ``most`` allows.

    It counts if the columns ``needs`` are filled and, ``before: due``, if it was granted before the limit ended. The
    cap is counted from the start (``of: total``) or from the first end (``of: added``); ``most: null`` where the source
    sets none. It never makes the limit shorter. Under ``told`` it counts only if that act follows it in the case.
    """

    act: str
    needs: tuple[str, ...] = ()
    told: str | None = None
    most: DutyLimit | None
    of: Literal["total", "added"]
    before: Literal["due", "any"]


class Pause(Strict):
    """The clock stands still from one act to the next act that ends it."""

    act: str
    ends: str


class HandOver(Strict):
    """The act after which it is the receiver's to do, with the columns (a receipt) without which it is none."""

    act: str
    needs: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _word_alone(cls, data: Any) -> Any:
        return {"act": data} if isinstance(data, str) else data


class Way(Strict):
    """Another way to meet a duty, as telling the leader in place of passing on."""

    to: Moment
    limits: tuple[DutyLimit, ...] = ()


class Ought(Strict):
    """How the end of a limit ought to stand to that of another duty: a harder matter has no less time than an easier
    one (``not_before``), an urgent one no more than an ordinary one (``not_after``)."""

    not_before: Name | None = None
    not_after: Name | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Ought:
        exactly_one(self, "not_before", "not_after")
        return self


class Referral(Strict):
    """Who decides on a matter, and whose act it is about: nobody ought to judge in their own cause."""

    to: Name
    against: Name
    clause: str | None = None
    """The clause that refers it, where it is not that of the duty."""


class Higher(Strict):
    """What a cited higher rule allows at most: its limit, and how long that may be extended."""

    document: str
    clause: str
    days: Positive
    extended: Whole = 0


class Duty(Strict):
    """What a clause obliges somebody to, for each row of ``of`` for which ``when`` holds."""

    id: Name
    clause: str
    title: Text
    of: Literal["cases", "acts", "submissions", "events", "units"] = "cases"
    when: str | None = None
    by: str
    """An actor, or a column with the unit that owes it."""
    start: Moment | DutyStart | None = Field(default=None, alias="from")
    to: Annotated[tuple[Moment, ...], BeforeValidator(_listed, Moment | tuple[Moment, ...])] | None = None
    limits: tuple[DutyLimit, ...] = ()
    vague: str | None = None
    """The word of the source that sets a limit without a number: where none of ``limits`` holds."""
    never: str | None = None
    shown_by: Act | None = None
    """Beside ``never``: the acts that are such a breach, as their ``where`` tells them from others."""
    order: Annotated[tuple[Words, ...], Field(min_length=2)] | None = None
    """Acts of which each comes before the next; in each place one word, or several of which any will do."""
    filled: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    asked: Text | None = None
    ways: tuple[Way, ...] = Field(default=(), alias="or")
    extended: Extension | None = None
    paused: Pause | None = None
    excused: str | None = None
    handed_over: HandOver | None = None
    higher: Higher | None = None
    ought: Ought | None = None
    referral: Referral | None = None
    inside: tuple[Name, ...] = ()
    """The duties within whose limits this one has to be done too, so that its time is part of theirs."""
    supplied: bool = False
    """Whether the limit of a vague duty was supplied by whoever asks: no file says it."""

    @model_validator(mode="before")
    @classmethod
    def _question_alone(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("asked"), str):
            return data | {"asked": {"zh": data["asked"], "en": data["asked"]}}
        return data

    @model_validator(mode="after")
    def _one_shape(self) -> Duty:
        exactly_one(self, "to", "never", "order", "filled", "asked")
        if self.to is None and (self.start or self.limits or self.vague or self.ways or self.extended):
            raise ValueError(f"{self.id}: found a clock beside {self.shape}, expected it beside `to`")
        if self.limits and self.start is None and any(limit.until is None for limit in self.limits):
            raise ValueError(f"{self.id}: found limits without from, expected the time that they run from")
        if self.vague is not None and not self.supplied and any(limit.when is None for limit in self.limits):
            raise ValueError(f"{self.id}: found vague beside limits, expected one of them, or a `when` in each limit")
        if self.shown_by and not self.never:
            raise ValueError(f"{self.id}: found shown_by without never, expected what must not be done")
        for key in ("extended", "paused"):
            if getattr(self, key) is not None and not self.limits:
                raise ValueError(f"{self.id}: found {key} without limits, expected a limit that it moves")
        return self

    @property
    def clauses(self) -> tuple[str, ...]:
        """Its clause, and the one that refers the matter."""
        referring = self.referral.clause if self.referral is not None else None
        return (self.clause,) if referring is None else (self.clause, referring)

    @property
    def shape(self) -> str:
        """Which of the five shapes it has."""
        return next(key for key in ("to", "never", "order", "filled", "asked") if getattr(self, key) is not None)

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Everything that it looks for: its acts and columns, and those of its other ways."""
        start = (self.start,) if self.start is not None and not isinstance(self.start, DutyStart) else ()
        return (*start, *(self.to or ()), *(way.to for way in self.ways))

    @property
    def every_limit(self) -> tuple[DutyLimit, ...]:
        """Its limits, those of its other ways, and how far it can be extended."""
        caps = (self.extended.most,) if self.extended is not None and self.extended.most is not None else ()
        return (*self.limits, *(limit for way in self.ways for limit in way.limits), *caps)

    @property
    def acts(self) -> tuple[str, ...]:
        """The words of acts that it looks for."""
        moments = (*self.moments, self.shown_by)
        words = [word for moment in moments if isinstance(moment, Act) for word in moment.act]
        words += [word for place in self.order or () for word in place]
        words += [one.act for one in (self.extended, self.handed_over) if one is not None]
        words += [self.extended.told] if self.extended is not None and self.extended.told is not None else []
        words += [self.paused.act, self.paused.ends] if self.paused else []
        return tuple(dict.fromkeys(words))


class Counting(Strict):
    """How a scheme counts time. Every key is said: no source, and no law, counts alike for all.

    Law as the fallback: 民法典 第二百零一条 (the day of the event is not counted), 第二百零三条 (a last day that is a
    legal holiday rolls forward; a day ends at midnight). ``before`` is whether 7日前 takes in the 7th. ``belongs`` is
    the period in which an instance is judged: that in which its limit ends (``due``), or in which it begins.
    """

    clause: str | None
    first_day: Literal["excluded", "included"]
    last_day: Literal["stands", "next_working_day"]
    ends: Literal["day", "time"]
    before: Literal["included", "excluded"]
    belongs: Literal["due", "from"]
    received_on_rest_day: Literal["that_day", "next_working_day"] = "that_day"
    range: Literal["upper", "lower"] = "upper"
    """Which number of a printed range (5-7) binds; where it is the upper one, the lower is a target (``at_best``)."""

    @classmethod
    def natural(cls) -> Counting:
        """How time is counted where a scheme prints no limit at all: for the elapsed time of a vague duty."""
        return cls(clause=None, first_day="excluded", last_day="stands", ends="day", before="included", belongs="due")
