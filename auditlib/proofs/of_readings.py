"""What the readings of a scheme prove: that an answer changes nothing, or that something hangs on the answer alone."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.core.exact import exact
from auditlib.core.message import Joined, Message, Named, Sayable
from auditlib.core.numerals import plain
from auditlib.proofs.combinations import Combinations
from auditlib.proofs.sample_rows import Row, Witnesses, domains, row_text
from auditlib.scheme.finding import Finding, finding, in_turn, listed
from auditlib.scheme.load import SchemeFile
from auditlib.scheme.model import Scheme
from auditlib.scheme.reference_names import references_in

__all__ = ["reading_findings"]

SCALE = 10
"""Factors that differ by less are no units of measure."""


def reading_findings(file: SchemeFile, combinations: Combinations) -> Iterator[Finding]:
    """Everything that the readings prove by themselves."""
    yield from _without_effect(file, combinations)
    yield from _units(file)
    yield from _outcomes(file, combinations)


def _without_effect(file: SchemeFile, combinations: Combinations) -> Iterator[Finding]:
    """Readings whose options make no difference. In a rule that waits for a gap nobody can tell yet."""
    waiting = {rule.id for _, rule in file.natural.rules() if rule.gap is not None}
    raw = [rule for item in file.tree.value["indicators"] for rule in item["rules"] if rule.get("id") in waiting]
    untold = set(references_in(raw))
    for name, reading in file.natural.readings.items():
        if name in untold:
            continue
        schemes = [combinations.under({name: option}).scheme for option in reading.options]
        if len(schemes) < 2 or all(scheme == schemes[0] for scheme in schemes):
            first, *others = (_option(name, option) for option in reading.options)
            options = Joined(first, *(piece for option in others for piece in (" = ", option)))
            proof = Message("{options}: the same rules", options=options)
            message, path = Message("changes no rule"), ("readings", name)
            yield finding(file.tree, path, "reading-without-effect", name, reading.clause, message, proof)


def _units(file: SchemeFile) -> Iterator[Finding]:
    """Rates whose factor is a unit of measure that only a reading gives."""
    factors: dict[str, list[str]] = {}
    for rate, written in (file.tree.value.get("rates") or {}).items():
        for name in references_in(written.get("times")):
            if name in file.natural.readings:
                factors.setdefault(name, []).append(rate)
    for name, rates in factors.items():
        reading = file.natural.readings[name]
        values = {option: exact(answer.value) for option, answer in reading.options.items()}
        if min(values.values()) > 0 and (between := max(values.values()) / min(values.values())) >= SCALE:
            message = Message("only this reading says in what unit {rate} is measured", rate=Named(rates[0]))
            terms = [
                Message("{option} × {factor}", option=_option(name, option), factor=value)
                for option, value in values.items()
            ]
            proof = Message(
                "{factors}: the same counts give up to {times} times as much", factors=listed(terms), times=between
            )
            yield finding(file.tree, ("readings", name), "unit-by-reading", name, reading.clause, message, proof)


def _outcomes(file: SchemeFile, combinations: Combinations) -> Iterator[Finding]:
    """Readings that alone decide what follows from one event, each answer with an event that shows it."""
    registers = dict.fromkeys(m.register_ for m in file.natural.measures.values() if m.register_ is not None)
    for name, reading in file.natural.readings.items():
        if not _asked_of_rows(file, name):
            continue
        others = [option for option in reading.options if option != reading.use]
        schemes = {option: combinations.under({name: option}).scheme for option in (reading.use, *others)}
        shown = [
            text
            for register in registers
            for other in others
            for text in _difference(name, schemes, register, reading.use, other)
        ]
        if shown:
            message = Message("what follows from one and the same event hangs on this reading alone")
            yield finding(
                file.tree, ("readings", name), "outcome-by-reading", name, reading.clause, message, in_turn(shown)
            )


def _option(reading: str, option: str) -> Named:
    return Named(option, f"readings.{reading}")


def _asked_of_rows(file: SchemeFile, name: str) -> bool:
    """Whether a reading stands in conditions on rows."""
    raw = file.tree.value
    return name in set(references_in([raw.get("columns", {}), raw.get("measures", {})]))


def _difference(reading: str, schemes: dict[str, Scheme], register: str, used: str, other: str) -> Iterator[Message]:
    """An event from which another outcome follows under ``other``, if there is one, with what follows either way."""
    pair = [schemes[used], schemes[other]]
    values = tuple((name, tuple(some)) for name, some in domains(pair, register).items())
    if not values:
        return
    one, two = (Witnesses(scheme, register, values) for scheme in pair)
    among = [id for id in one.outcomes if id in two.outcomes]
    best: tuple[tuple[bool, int], Row, frozenset[str], frozenset[str]] | None = None
    for position, row in enumerate(one.rows):
        here, there = one.of(position, among), two.of(position, among)
        if here != there:
            # What follows either way sets off what does not: such an event says most, and the shortest says it best.
            rank = (not here & there, len(row))
            if best is None or rank < best[0]:
                best = rank, row, here, there
    if best is not None:
        _, row, here, there = best
        shared = tuple(Named(id) for id in among if id in here & there)
        answers = listed(
            _answer(
                _option(reading, option), tuple(_said(schemes[option], id) for id in among if id in own), bool(shared)
            )
            for option, own in ((used, here - there), (other, there - here))
        )
        follows = Message("{outcomes} either way; {answers}", outcomes=shared, answers=answers) if shared else answers
        yield Message("{one}: {other}", one=row_text(row), other=follows)


def _answer(option: Named, outcomes: tuple[Sayable, ...], more: bool) -> Message:
    """What follows under an option, or what ``more`` beside that which follows under both."""
    if more:
        if not outcomes:
            return Message("{option} adds nothing", option=option)
        return Message("{option} adds {outcomes}", option=option, outcomes=outcomes)
    if not outcomes:
        return Message("{option} gives nothing", option=option)
    return Message("{option} gives {outcomes}", option=option, outcomes=outcomes)


def _said(scheme: Scheme, id: str) -> Sayable:
    """An outcome with its clause and the amounts that it brings."""
    outcome = next(outcome for outcome in scheme.outcomes if outcome.id == id)
    amounts: list[Sayable] = []
    for part in outcome.consequences:
        name = Named(part.id, f"outcomes.{id}")
        fixed = part.amount if part.amount is not None else part.low if part.high is None else None
        if fixed is not None:
            amounts.append(Joined(name, f" {plain(fixed)}"))
        elif part.low is not None:
            amounts.append(Joined(name, " ", Message("{first} to {last}", first=part.low, last=part.high)))
    named = Joined(Named(id), f" [{outcome.clause}]")
    return Message("{outcome} ({amounts})", outcome=named, amounts=tuple(amounts)) if amounts else named
