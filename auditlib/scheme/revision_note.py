"""What a version of a scheme says of its making: which version it revises, and the panel behind its weights."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Literal, Protocol

from pydantic import Field

from auditlib.core.values import Strict, Text
from auditlib.scheme.source import Effective

__all__ = ["Decimals", "PanelCitation", "Revision", "Versioned", "last_day"]


class PanelCitation(Strict):
    """The panel whose weights are in force: its round, how many experts answered, and the hash of its files."""

    panel: str
    round: Annotated[int, Field(ge=1)]
    experts: Annotated[int, Field(ge=1)]
    digits: Annotated[int, Field(ge=0)]
    """Decimals of the maxima, shared out by largest remainders."""
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    synthetic: bool = False


class Decimals(Strict):
    """How points inside an indicator were rounded after they were scaled."""

    digits: Annotated[int, Field(ge=0, le=9)]
    mode: Literal["half_up"]


class Revision(Strict):
    """The version that this one revises, which ends on the day before this one begins, and why the numbers differ."""

    of: str
    panel: PanelCitation
    points: Literal["exact"] | Decimals
    """How the points inside an indicator follow its maximum: in exact proportion, or rounded after that."""
    note: Text


class Versioned(Protocol):
    """A version of a scheme, as far as its days go."""

    @property
    def version(self) -> str: ...

    @property
    def effective(self) -> Effective: ...

    @property
    def revision(self) -> Revision | None: ...


def last_day(scheme: Versioned, versions: Iterable[Versioned]) -> date:
    """The last day on which a version is in force beside the other ``versions``; :attr:`date.max` where none ends it.

    A version ends on the day that it says itself, or on the day before one begins that revises it.
    """
    revised = [
        other.effective.first - timedelta(days=1)
        for other in versions
        if other.revision is not None and other.revision.of == scheme.version and other.effective.first is not None
    ]
    return min([scheme.effective.last or date.max, *revised])
