"""What a scheme says of its source: the document, its clauses, what it leaves open and what it leaves out."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from auditlib.core.period import Granularity
from auditlib.core.refusals import Said, shown
from auditlib.core.values import Day, Number, Strict, Text, Whole, both_languages, in_order, range_words
from auditlib.scheme.finding import KINDS

__all__ = ["Clause", "Effective", "Gap", "KnownFinding", "Name", "Option", "Periods", "Reading", "Source"]


NAME = "a name of letters, digits, _ or -"
WHY = (
    f"{NAME}: an id stands in conditions, commands, file names and addresses of pages, and has to be typed on every "
    "keyboard; people read the `title`, in any language"
)


def _name(value: str) -> str:
    if not value.isascii():
        raise ValueError(f"found {shown(value)}, expected {WHY}")
    if not value.replace("_", "").replace("-", "").isalnum():
        raise ValueError(f"found {shown(value)}, expected {NAME}")
    return value


Name = Annotated[str, AfterValidator(_name), Said(NAME)]
"""An id: ASCII alone. What people call a thing is its title, and clauses, facts, words and columns of the ledger's own
keep the names that they have in Chinese."""


def _each_once(periods: tuple[Granularity, ...]) -> tuple[Granularity, ...]:
    for index, period in enumerate(periods):
        if period in periods[:index]:
            raise ValueError(f"found {period} a second time, expected each kind of period once")
    return periods


Periods = Annotated[tuple[Granularity, ...], Field(min_length=1), AfterValidator(_each_once)]
"""Kinds of period, each once."""


class Source(Strict):
    """The published document: how it is called, where it is, and who issued it."""

    document: str
    """Its number or the name of its file."""
    title: Text
    issuer: Text | None = None
    url: Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$")] | None = None
    """Where it is published."""
    sha256: str | None = None
    """The hash of the text that the clauses are quoted from."""
    last_checked: Day | None = None
    """The day on which someone last compared this file with it; left out where nobody has."""


class Effective(Strict):
    """The days on which this version is in force, both included; null where the source names none."""

    first: Day | None = Field(alias="from")
    last: Day | None = Field(default=None, alias="until")

    @model_validator(mode="after")
    def _in_order(self) -> Effective:
        if self.first is not None and self.last is not None and self.first > self.last:
            found = f"found from {self.first} after until {self.last}"
            raise ValueError(f"{found}, expected from to be no later than until")
        return self


class Clause(Strict):
    """A numbered piece of the source text, quoted to the letter."""

    quote: str
    en: str | None = None
    about: bool = False
    """True where the clause only frames the scheme, so that no rule cites it."""
    not_vague: tuple[str, ...] = ()
    """Words such as 一般 that here are part of a name, and set no limit without a number."""
    announces: dict[Literal["dimensions", "indicators", "rules", "clauses"], Annotated[Whole, Field(ge=1)]] = {}
    """How many parts its words announce: those that cite it, or a clause that stands under it by its number."""
    covers: dict[str, tuple[str, ...]] = {}
    """What its words bring into scope: by column of the cases, words for each of which some duty should say a rule."""
    lists: tuple[str, ...] = ()
    """The coded columns of the cases whose classes it lists: a word that it does not list is no class."""
    apart: bool = True
    """False where its words do not keep the classes that it lists apart, so that one matter can be of two."""


class Option(Strict):
    """One way to understand an open clause: the value it puts into the rules, and what it means."""

    value: Any
    zh: str
    en: str
    clause: str | None = None
    """The clause that answers so, where the source itself gives several answers: it contradicts itself."""

    @model_validator(mode="before")
    @classmethod
    def _one_language(cls, data: Any) -> Any:
        return both_languages(data)

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
        if not self.options:
            raise ValueError("found no options, expected the ways to read the clause, each with a name")
        if self.use not in self.options:
            raise ValueError(f"found use: {self.use}, expected one of {', '.join(self.options)}")
        return self

    @property
    def clauses(self) -> tuple[str, ...]:
        """Its clause, and those that answer it."""
        return (self.clause, *(answer.clause for answer in self.options.values() if answer.clause is not None))


class Gap(Strict):
    """What the source does not give: ``exclude`` scores without it, ``require`` gives no total until it is supplied."""

    clause: str
    missing: Text
    policy: Literal["exclude", "require"]
    max: Number | None = None
    low: Number | None = None
    high: Number | None = None
    """The range, both ends included, in which a supplied value can be meant."""

    @model_validator(mode="after")
    def _range(self) -> Gap:
        in_order(self.low, self.high)
        return self

    @property
    def lowest(self) -> Fraction | None:
        """The least value that can be meant: of marks out of ``max`` nothing."""
        return Fraction(0) if self.low is None and self.max is not None else self.low

    @property
    def highest(self) -> Fraction | None:
        """The greatest value that can be meant."""
        return self.max if self.high is None else self.high

    def refuses(self, value: Fraction) -> str | None:
        """What is expected in the place of a value that cannot be meant; None where it can."""
        low, high = self.lowest, self.highest
        if (low is None or low <= value) and (high is None or value <= high):
            return None
        return range_words(low, high)


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
