"""What a ledger says of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator

from auditlib.core.period import declared_time
from auditlib.core.values import Strict, Text
from auditlib.ledger.extra_registers import ExtraRegister

__all__ = ["AskedQuery", "LedgerNote", "Records", "timezone_name"]


def timezone_name(name: str) -> str:
    """``name`` if it is a time zone. Raises :class:`ValueError`."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"found {name!r}, expected a time zone such as Asia/Shanghai") from None
    return name


class Records(Strict):
    """What a ledger records of every case: only there does silence say that something was not done."""

    acts: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    """As ``register.column``; where it is not said, every column that holds anything."""


class AskedQuery(Strict):
    """A query that a register is the answer to; the database as it was called, without its address."""

    database: str
    query: str
    sha256: str


class LedgerNote(Strict):
    """``ledger.yaml``: what a ledger says of itself."""

    title: Text | None = None
    synthetic: bool = False
    period: str | None = None
    """The period that a demonstration was made for."""
    timezone: Annotated[str, AfterValidator(timezone_name)] = "Asia/Shanghai"
    as_of: Annotated[datetime, BeforeValidator(declared_time)] | None = None
    source: str | None = None
    mapping: str | None = None
    snapshot: str | None = None
    queries: dict[str, AskedQuery] | None = None
    """By register that came from a database, what was asked of which; the hash is that of the query's text."""
    not_personal: tuple[str, ...] = ()
    """Columns, as ``register.column``, whose content may look like personal data and is none."""
    records: Records | None = None
    """Which acts and columns it records without exception, so that what is not there was not done."""
    precision: dict[str, Literal["day", "time"]] = {}
    """Columns of times, as ``register.column``, in which only the ``day`` is known."""
    closed_before_opened: Text | None = None
    """What the source says of cases closed before they were received, which are then kept."""
    extra_registers: dict[str, ExtraRegister] = {}
    """Registers of its own, for whoever reads it without the scheme that declares them."""
    expectations: dict[str, Text] | None = None
    """What its list of rejected rows says that does not stand for every ledger, in the words of a report."""

    @property
    def looked_at(self) -> datetime | None:
        """``as_of`` as a local time of the ledger's zone."""
        if self.as_of is None or self.as_of.tzinfo is None:
            return self.as_of
        return self.as_of.astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None)
