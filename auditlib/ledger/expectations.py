"""What is expected of the rows of a ledger: as a list of rejected rows says it in English, and as readers are told.

A list of rejected rows holds the English text; a report finds by it what to tell its readers. Most expectations follow
from the registers and the as-of time, so that they are known of any list; the others a ledger says in its
``ledger.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

import polars as pl

from auditlib.core.message import Message, Sayable, told
from auditlib.core.values import Text
from auditlib.ledger.parse import EXPECTED
from auditlib.ledger.privacy.find import NOT_PERSONAL
from auditlib.ledger.registers import REGISTERS, Column, Register

__all__ = [
    "KNOWN_UNIT", "NOTHING", "NOT_BEFORE", "at_least", "field_counts", "fields", "filled", "header_fields", "lasting",
    "not_later", "of_register", "only_once", "standing", "taken_at",
]  # fmt: skip

NOTHING = Message("nothing")
"""What was found in an empty cell."""
KNOWN_UNIT = Message("a unit of the register of units")
NOT_BEFORE = Message("a time not before received_at")


def at_least(column: Column) -> Message:
    """The least whole number of a column."""
    return Message("a whole number from {minimum} on", minimum=column.minimum)


def filled(column: Column) -> Message:
    """Any value, in a column that every row has to fill."""
    return Message("a value: {meaning}", meaning=Text(zh=column.zh, en=column.meaning))


def not_later(as_of: datetime) -> Message:
    """A time up to the as-of time."""
    moment = Text(zh=as_of.isoformat(" "), en=as_of.isoformat())
    return Message("a time no later than the as-of time {as_of}", as_of=moment)


def taken_at(expected: Sayable) -> datetime | None:
    """The as-of time of an expectation of :func:`not_later`; None of any other."""
    moment = dict(expected.values).get("as_of") if isinstance(expected, Message) else None
    return datetime.fromisoformat(moment.en) if isinstance(moment, Text) else None


def only_once(register: Register) -> Message:
    """A key that no earlier row has."""
    titles = {column.name: column.zh for column in register.columns}
    key = Text(zh="＋".join(titles[name] for name in register.key), en=" + ".join(register.key))
    return Message("{key} only once; an earlier row has it", key=key)


def fields(count: int) -> Message:
    """How many fields a row was found to have."""
    return Message("{count} fields", count=count)


def header_fields(count: int) -> Message:
    """As many fields as there are columns."""
    return Message("{count} fields, as in the header", count=count)


def field_counts(broken: pl.DataFrame) -> dict[str, Message]:
    """What is said of the rows of a table that have too many fields, by its English."""
    if broken.is_empty():
        return {}
    counts = broken.select("fields", "columns").unique().rows()
    said = [message for many, few in counts for message in (fields(many), header_fields(few))]
    return {str(message): message for message in said}


@lru_cache(maxsize=16)
def standing(as_of: datetime | None) -> Mapping[str, Message]:
    """Every expectation that follows from the registers and the as-of time alone, by its English."""
    return MappingProxyType({str(message): message for message in _standing(as_of)})


def _standing(as_of: datetime | None) -> Iterator[Message]:
    yield from (NOTHING, KNOWN_UNIT, NOT_BEFORE, NOT_PERSONAL, *EXPECTED.values())
    if as_of is not None:
        yield not_later(as_of)
    for register in REGISTERS.values():
        yield from of_register(register)


def of_register(register: Register) -> Iterator[Message]:
    """Every expectation that follows from a register alone."""
    yield from [only_once(register)] if register.key else []
    yield from (filled(column) for column in register.columns if column.required)
    yield from (at_least(column) for column in register.columns if column.minimum is not None)


def lasting(said: Mapping[str, Sayable], rejects: pl.DataFrame, as_of: datetime | None) -> dict[str, Text] | None:
    """What a ledger has to say of its rejected rows, as it does not stand for every ledger; None where that is nothing.

    By its English in the list, the words for readers in both languages.
    """
    texts = {*rejects["found"], *rejects["expected"]} - standing(as_of).keys()
    words = {text: Text(zh=told(one, "zh"), en=told(one, "en")) for text, one in said.items() if text in texts}
    return words or None
