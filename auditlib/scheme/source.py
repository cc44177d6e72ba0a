"""What a scheme says of its source: the document, its clauses, what it leaves open and what it leaves out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from auditlib.core.refusals import Said, shown
from auditlib.core.yaml_file import Day, Number, Strict, Text, Whole
from auditlib.scheme.finding import KINDS

__all__ = ["Clause", "Effective", "Gap", "KnownFinding", "Name", "Option", "Reading", "Source"]


def _name(value: str) -> str:
    if not value.replace("_", "").replace("-", "").isalnum() or not value.isascii():
        raise ValueError(f"found {shown(value)}, expected a name of letters, digits, _ or -")
    return value


Name = Annotated[str, AfterValidator(_name), Said("a name of letters, digits, _ or -")]


class Source(Strict):
    """The published document; ``last_checked`` is the day on which someone last compared the file with it."""

    document: str
    title: Text
    issuer: Text | None = None
    sha256: str | None = None
    last_checked: Day


class Effective(Strict):
    """The days on which this version is in force, both included; null where the source names none."""

    first: Day | None = Field(alias="from")
    last: Day | None = Field(default=None, alias="until")


class Clause(Strict):
    """A numbered piece of the source text, quoted to the letter."""

    quote: str
    en: str | None = None
    about: bool = False
    """True where the clause only frames the scheme, so that no rule cites it."""
    announces: dict[Literal["dimensions", "indicators", "rules", "clauses"], Annotated[Whole, Field(ge=1)]] = {}
    """How many parts its words announce: those that cite it, or a clause that stands under it by its number."""


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
