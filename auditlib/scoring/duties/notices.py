"""What the reader of a compliance result must know: rows left out, acts nobody knows, silence that proves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditlib.core.message import Message, Notice
from auditlib.ledger.note import LedgerNote
from auditlib.scheme.limit_words import limit_said
from auditlib.scheme.model import Scheme
from auditlib.scoring.day_notices import outside_validity
from auditlib.scoring.duties.row_facts import SHOWN, Keys, Place, RowFacts

__all__ = ["duty_notices"]

RARE = 100
"""A word that fewer than one in so many closed cases has is hardly recorded without exception."""


def duty_notices(scheme: Scheme, note: LedgerNote, facts: RowFacts) -> list[Notice]:
    """Every notice on the registers and on the duties, in a fixed order."""
    return [*_acts(facts), *_units(facts), *_formalities(scheme, facts), *_records(note, facts), *_supplied(scheme)]


def _acts(facts: RowFacts) -> Iterator[Notice]:
    if facts.strays:
        message = Message(
            "acts {rows}: found a case_id that no case has, expected one of the register of cases; left out",
            rows=str(facts.strays),
        )
        yield Notice("act_of_no_case", message)
    if facts.unknown:
        message = Message(
            "acts {rows}: found the acts {words}, which the scheme does not know; no duty looks at them",
            rows=str(facts.unknown), words=", ".join(facts.words),
        )  # fmt: skip
        yield Notice("unknown_act", message)
    if facts.early:
        message = Message(
            "acts {rows}: found a time before the day on which the case was received, expected a later one",
            rows=str(facts.early),
        )
        yield Notice("act_before_case", message)


def _units(facts: RowFacts) -> Iterator[Notice]:
    """Duties that are owed by what is no unit of the register, or by a unit that is not assessed at the time."""
    for (register, column), (units, rows) in _by_column(facts.strangers).items():
        message = Message(
            "{register} {rows}: found {units} as {column}, expected a unit of the register of units; what is owed "
            "there is counted under that name",
            register=register, rows=str(rows), units=_some(units), column=column,
        )  # fmt: skip
        yield Notice("unknown_unit", message, units)
    for (register, column), (units, rows) in _by_column(facts.untimely).items():
        message = Message(
            "{register} {rows}: found {units} as {column} at a time outside the unit's validity, expected a unit that "
            "is assessed then; what is owed there is counted all the same",
            register=register, rows=str(rows), units=_some(units), column=column,
        )  # fmt: skip
        yield Notice("untimely_unit", message, units)
    yield from outside_validity({unit: {"cases": number} for unit, number in facts.left_out.items()})


def _by_column(found: Mapping[Place, Keys]) -> dict[tuple[str, str], tuple[tuple[str, ...], Keys]]:
    """The units and the rows of each register and column, in order."""
    columns = sorted({(register, column) for register, column, _ in found})
    return {
        place: (
            tuple(sorted(unit for *own, unit in found if tuple(own) == place)),
            Keys.together([keys for (*own, _), keys in found.items() if tuple(own) == place]),
        )
        for place in columns
    }


def _some(units: tuple[str, ...]) -> str:
    """The first units, and how many there are where these are more."""
    more = "" if len(units) <= SHOWN else f" … ({len(units)})"
    return ", ".join(units[:SHOWN]) + more


def _formalities(scheme: Scheme, facts: RowFacts) -> Iterator[Notice]:
    for duty in scheme.duties:
        for part in ("extended", "handed_over"):
            if lacking := facts.lacking.get((duty.id, part)):
                needs = getattr(duty, part)
                message = Message(
                    "acts {rows}: found {act} without {columns}, which {clause} asks for; it does not count",
                    rows=str(lacking), act=needs.act, columns=", ".join(needs.needs), clause=duty.clause,
                )  # fmt: skip
                yield Notice("formality_missing", message)


def _records(note: LedgerNote, facts: RowFacts) -> Iterator[Notice]:
    if note.records is None:
        message = Message(
            "the ledger does not say which acts it records (ledger.yaml: records): what is not there is unknown, "
            "not left undone"
        )
        yield Notice("nothing_recorded", message)
        return
    for word in note.records.acts:
        if facts.closed >= RARE and facts.having[word] * RARE < facts.closed:
            message = Message(
                "the ledger says that it records {act}, and {count} of {cases} closed cases have it",
                act=word, count=facts.having[word], cases=facts.closed,
            )  # fmt: skip
            yield Notice("rarely_recorded", message)


def _supplied(scheme: Scheme) -> Iterator[Notice]:
    for duty in scheme.duties:
        if duty.supplied:
            limit = duty.limits[0]
            message = Message(
                "{duty}: the source says {word} and no number; the limit of {limit} was supplied",
                duty=duty.title, word=duty.vague or "", limit=limit_said(limit),
            )  # fmt: skip
            yield Notice("supplied_limit", message)
