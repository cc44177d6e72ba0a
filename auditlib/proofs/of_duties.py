"""What duties prove: contradictions between them, clocks that nobody starts, acts that two owe or nobody.

Duties are read as a graph from act to act, their conditions through every row that these can tell apart, and dates
are searched: :mod:`auditlib.proofs.of_dates`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations as pairs_of

from auditlib.core.message import Joined, Message, Named
from auditlib.core.yaml_file import Tree
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.expression_nodes import Constant, Node, Operation, Read, nodes
from auditlib.proofs.combinations import Choice, Combinations
from auditlib.proofs.of_dates import date_findings
from auditlib.proofs.of_tables import kinds_of, table_findings
from auditlib.proofs.possible_rows import verdicts
from auditlib.scheme.duties import Act, Duty, DutyStart, Moment
from auditlib.scheme.finding import Finding, finding, listed
from auditlib.scheme.limit_words import limit_said
from auditlib.scheme.load import SchemeFile
from auditlib.scheme.model import Scheme
from auditlib.scheme.reference_names import references_in

__all__ = ["duty_findings"]


def duty_findings(file: SchemeFile, combinations: Combinations) -> Iterator[Finding]:
    """Everything that the duties of a scheme prove, with the readings under which it holds."""
    raw = file.tree.value
    if not file.natural.duties:
        return
    named = {
        *references_in(raw["duties"]),
        *references_in(raw.get("counting") or {}),
        *references_in(raw.get("columns")),
    }
    choices, complete = combinations.of(named & set(file.natural.readings))

    def look(choice: Choice) -> Iterator[Finding]:
        scheme = combinations.under(choice).scheme
        yield from _pairs(file.tree, scheme)
        yield from _graph(file.tree, scheme)
        yield from _single(file.tree, scheme)
        yield from table_findings(file.tree, scheme)
        yield from date_findings(file.tree, scheme)

    yield from combinations.hold(choices, complete, look)


def _path(scheme: Scheme, duty: Duty, *keys: str) -> tuple[str | int, ...]:
    return ("duties", scheme.duties.index(duty), *keys)


# --- two duties ---


def _pairs(tree: Tree, scheme: Scheme) -> Iterator[Finding]:
    """Two duties that ask for one act of one row: within different limits, or of two who owe it."""
    for one, other in pairs_of(scheme.duties, 2):
        if one.of != other.of or one.to is None or other.to is None:
            continue
        shared = [moment for moment in one.to if any(_same(moment, beside) for beside in other.to)]
        if not shared or not _together(scheme, one, other):
            continue
        at = f"{one.id}+{other.id}"
        if one.by != other.by and one.by in scheme.actors and other.by in scheme.actors:
            message = Message(
                "{one} and {other} both owe {act}",
                one=scheme.actors[one.by], other=scheme.actors[other.by], act=Named(_said(shared[0])),
            )  # fmt: skip
            yield finding(tree, _path(scheme, other), "two-owe", at, other.clause, message)
        limits = [tuple((limit.unit, getattr(limit, limit.unit)) for limit in duty.limits) for duty in (one, other)]
        if one.limits and other.limits and limits[0] != limits[1] and one.start == other.start:
            message = Message(
                "one row can fall under {one} and {other}, whose limits for {act} differ",
                one=one.title, other=other.title, act=Named(_said(shared[0])),
            )  # fmt: skip
            said = [listed(map(limit_said, duty.limits)) for duty in (one, other)]
            proof = Joined(said[0], " / ", said[1])
            yield finding(tree, _path(scheme, other), "limits-contradict", at, other.clause, message, proof)


def _same(one: Moment, other: Moment) -> bool:
    if isinstance(one, Act) and isinstance(other, Act):
        return bool(set(one.act) & set(other.act))
    return isinstance(one, str) and one == other


def _said(moment: Moment) -> str:
    return moment if isinstance(moment, str) else "/".join(moment.act)


def _condition(duty: Duty) -> Node:
    return parse_sql(duty.when).tree if duty.when else Constant(True)


def _together(scheme: Scheme, one: Duty, other: Duty) -> bool:
    """Whether one row can fall under both."""
    both = [node for node in (_condition(one), _condition(other)) if node != Constant(True)]
    if not both:
        return True
    whole = both[0] if len(both) == 1 else Operation("and", tuple(both))
    return True in verdicts(kinds_of(scheme, one.of), one.of, whole, frozenset())


# --- from act to act ---


def _triggers(duty: Duty) -> set[str]:
    """The words of the acts that its clock runs from."""
    if isinstance(duty.start, Act):
        return set(duty.start.act)
    if duty.of == "acts" and duty.start is not None and duty.when is not None:
        tests = [node for node in nodes(_condition(duty)) if isinstance(node, Operation) and node.name in ("=", "in")]
        return {
            part.value
            for test in tests
            if any(isinstance(part, Read) and part.name == "act" for part in test.parts)
            for part in test.parts
            if isinstance(part, Constant) and isinstance(part.value, str)
        }
    return set()


def _brought(duty: Duty) -> set[str]:
    """The words of the acts that it brings about."""
    moments = (*(duty.to or ()), *(way.to for way in duty.ways))
    return {word for moment in moments if isinstance(moment, Act) for word in moment.act}


def _graph(tree: Tree, scheme: Scheme) -> Iterator[Finding]:
    """Clocks that run from an act which no duty with a limit brings about, and acts that lead back to themselves."""
    outside = {name for name, actor in scheme.actors.items() if actor.outside}
    bounded = {word for duty in scheme.duties if duty.limits or duty.by in outside for word in _brought(duty)}
    for duty in scheme.duties:
        endless = duty.start is not None and not duty.limits and duty.vague is None and duty.by not in outside
        if endless and not isinstance(duty.start, DutyStart):
            message = Message("the clock starts, and nobody says when it ends")
            yield finding(tree, _path(scheme, duty), "clock-unbounded", duty.id, duty.clause, message)
        if not duty.limits or isinstance(duty.start, DutyStart):
            continue
        for word in sorted(_triggers(duty) - bounded):
            if duty.extended is not None and word == duty.extended.act:
                continue
            message = Message("runs from {act}, which nobody need do by any time", act=Named(word))
            yield finding(tree, _path(scheme, duty, "from"), "clock-unbounded", duty.id, duty.clause, message)
    edges = {(start, end) for duty in scheme.duties for start in _triggers(duty) for end in _brought(duty)}
    edges |= {(start, end) for end, starts in scheme.may_follow.items() for start in starts}
    for word in sorted({start for start, _ in edges}):
        ring = _ring(edges, word)
        if ring and word == min(ring):
            message = Message("{acts} lead back to one another without end", acts=Named(" → ".join([*ring, word])))
            yield finding(tree, ("duties",), "circle", word, None, message)


def _ring(edges: set[tuple[str, str]], word: str) -> list[str]:
    """The shortest way from an act back to itself; empty where there is none."""
    waiting: list[list[str]] = [[word]]
    seen = set()
    while waiting:
        way = waiting.pop(0)
        for _, end in sorted(edge for edge in edges if edge[0] == way[-1]):
            if end == word:
                return way
            if end not in seen:
                seen.add(end)
                waiting.append([*way, end])
    return []


# --- one duty ---


def _single(tree: Tree, scheme: Scheme) -> Iterator[Finding]:
    for duty in scheme.duties:
        yield from _extension(tree, scheme, duty)
        for number, limit in enumerate(duty.limits):
            if limit.until is not None or limit.gap is not None:
                column = Named(limit.until or limit.gap or "")
                message = Message("the limit stands in {column}: the source does not give it", column=column)
                path = (*_path(scheme, duty, "limits"), number)
                yield finding(tree, path, "outside-limit", duty.id, duty.clause, message)
                break
        if duty.referral is not None and duty.referral.to == duty.referral.against:
            who = scheme.actors.get(duty.referral.to)
            message = Message("{who} decides on its own act", who=who or Named(duty.referral.to))
            clause = duty.referral.clause or duty.clause
            yield finding(tree, _path(scheme, duty, "referral"), "own-cause", duty.id, clause, message)
        yield from _silence(tree, scheme, duty)
        for number, way in enumerate(duty.ways):
            if _ends_at_once(duty, way.limits):
                message = Message(
                    "the other way is open only where the first has failed, and its limit ends no later than the first"
                )
                path = (*_path(scheme, duty, "or"), number)
                yield finding(tree, path, "due-at-trigger", duty.id, duty.clause, message)
    yield from _consequences(tree, scheme)


def _ends_at_once(duty: Duty, limits: tuple[object, ...]) -> bool:
    if not limits or len(limits) != 1 or len(duty.limits) != 1:
        return False
    first, second = duty.limits[0], limits[0]
    return first.unit == second.unit and getattr(second, first.unit) <= getattr(first, first.unit)  # type: ignore[attr-defined]


def _extension(tree: Tree, scheme: Scheme, duty: Duty) -> Iterator[Finding]:
    extended = duty.extended
    if extended is None:
        return
    path = _path(scheme, duty, "extended")
    if extended.most is None:
        message = Message("the source sets no end to the extension")
        yield finding(tree, path, "extension-open", f"{duty.id}.most", duty.clause, message)
    if not extended.needs:
        message = Message("nobody need approve the extension")
        yield finding(tree, path, "extension-open", f"{duty.id}.needs", duty.clause, message)


def _silence(tree: Tree, scheme: Scheme, duty: Duty) -> Iterator[Finding]:
    """A party outside that needs a paper of the other side, whose silence has no consequence and cannot be told."""
    owner = scheme.actors.get(duty.by)
    if duty.filled is None or duty.of != "acts" or owner is None or not owner.outside or "ref" not in duty.filled:
        return
    own = set(parse_sql(duty.when).columns if duty.when else ())
    if own - {"act", "to_post", "post", "unit", "to_unit"}:
        return  # it asks whether there is an answer to attach
    followed = {measure.duty for measure in scheme.measures.values()}
    silent = [
        other
        for other in scheme.duties
        if other.limits and other.id not in followed and other.by in scheme.actors
        and not scheme.actors[other.by].outside and _brought(other)
    ]  # fmt: skip
    if silent:
        message = Message("needs what {duty} gives, and nothing follows where it is not given", duty=silent[0].title)
        yield finding(tree, _path(scheme, duty), "silence-blocks", duty.id, duty.clause, message)


def _consequences(tree: Tree, scheme: Scheme) -> Iterator[Finding]:
    outside = {name for name, actor in scheme.actors.items() if actor.outside}
    followed = {measure.duty for measure in scheme.measures.values()}
    words = {
        value
        for measure in scheme.measures.values()
        if measure.register_ == "events" and measure.where
        for node in nodes(parse_sql(measure.where).tree)
        if isinstance(node, Constant) and isinstance(value := node.value, str)
    }
    paid = {rule.clause for _, rule in scheme.rules()} | {outcome.clause for outcome in scheme.outcomes}
    bound = [duty for duty in scheme.duties if duty.by not in outside and duty.clause not in paid]
    free = [duty for duty in bound if duty.id not in followed and duty.never not in words]
    if free:
        count = len(free)
        message = Message("nothing follows from a breach of {count} {count:duty|duties}", count=count)
        proof = listed(duty.title for duty in free)
        yield finding(tree, ("duties",), "no-consequence", "duties", None, message, proof)
    limited = [duty for duty in scheme.duties if duty.limits]
    if (
        limited
        and not scheme.indicators
        and not any(_of_quality(measure.where) for measure in scheme.measures.values())
    ):
        message = Message("limits are counted, whether the matter was settled is not")
        yield finding(tree, ("duties",), "speed-without-quality", "duties", None, message)


def _of_quality(where: str | None) -> bool:
    return bool(where) and bool({"resolved", "satisfaction", "outcome", "redone"} & set(parse_sql(where or "").columns))
