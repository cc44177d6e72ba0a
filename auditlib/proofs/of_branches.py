"""What the nodes of a tree, the bands of conditions and comparisons with peers prove about themselves.

Group facts need no ledger: whoever is compared with the mean of a group to which it belongs, somebody lies below it
unless all are equal, whatever they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise

from auditlib.core.message import Joined, Message, Named, Sayable
from auditlib.core.numerals import plain
from auditlib.core.yaml_file import Path_, Tree
from auditlib.proofs.formed_ranges import truth
from auditlib.proofs.formulas import values_text
from auditlib.proofs.intervals import ANYTHING, Interval, between, exactly, hull
from auditlib.proofs.of_totals import Reaches
from auditlib.proofs.ranges import Ranges
from auditlib.scheme.conditions import UnitCondition
from auditlib.scheme.finding import Finding, finding, in_turn
from auditlib.scheme.former_words import FormerWords
from auditlib.scheme.formers.arithmetic import Add
from auditlib.scheme.formers.choices import Choose
from auditlib.scheme.formers.elsewhere import OfPeers, Percentile
from auditlib.scheme.load import SchemeFile
from auditlib.scheme.model import Scheme
from auditlib.scheme.nodes import Branch

__all__ = ["branch_findings", "node_reach"]

MIDDLE = ("mean", "median", "pooled")


def branch_findings(file: SchemeFile, reaches: Reaches) -> Iterator[Finding]:
    """Everything that can be said of branches, bands and peers, under the readings in use."""
    scheme, tree = file.natural, file.tree
    ranges = Ranges(scheme)
    for index, branch in enumerate(scheme.branches):
        yield from _bounds(tree, ("branches", index), scheme, branch, reaches, ranges)
    yield from _conditions(tree, scheme, ranges)
    yield from _bands(tree, scheme, ranges)
    yield from _group_facts(tree, scheme)


# --- branches ---


def node_reach(scheme: Scheme, node: str, reaches: Reaches, ranges: Ranges) -> Interval:
    """Where the points of an indicator or a branch can lie."""
    if node in {one.id for one in scheme.indicators}:
        return reaches.of(node, True)[0]
    branch = next(one for one in scheme.branches if one.id == node)
    reach = combined_reach(scheme, branch, reaches, ranges)
    for rule in branch.rules:
        if rule.gap is not None or rule.mark is True or rule.becomes_of is not None:
            reach = ANYTHING
        elif rule.becomes is not None:
            reach = hull((reach, exactly(rule.becomes)))
        elif isinstance(rule.mark, Fraction):
            reach += exactly(rule.mark)
        elif rule.per is not None:
            reach += ranges.of(rule.per).times(rule.points or Fraction(0))
        elif rule.when is not None:
            reach += between(0, 1).times(rule.points or Fraction(0))
        else:
            reach += ranges.of(rule.quantity or "").times(Fraction(0)) if not rule.points else ANYTHING
    return reach.clipped(branch.floor, branch.cap)


def combined_reach(scheme: Scheme, branch: Branch, reaches: Reaches, ranges: Ranges) -> Interval:
    """Where lies what the children of a branch come to, before its own rules and bounds."""
    children = [node_reach(scheme, child, reaches, ranges) for child in branch.children]
    if branch.combine == "sum":
        total = exactly(branch.start)
        for child in children:
            lost = branch.missing == "left_out"
            total += hull((child, exactly(Fraction(0)))) if lost else child
        return total if branch.missing in ("left_out", "not_assessable") else ANYTHING
    return hull(children) + exactly(branch.start)


def _bounds(
    tree: Tree, path: Path_, scheme: Scheme, branch: Branch, reaches: Reaches, ranges: Ranges
) -> Iterator[Finding]:
    """A cap over a group that nothing reaches, and children that come to more than the node states."""
    reach = combined_reach(scheme, branch, reaches, ranges)
    parts: list[object] = []
    for child in branch.children:
        parts += [" + " if parts and branch.combine == "sum" else ", " if parts else "", Named(child), " "]
        parts.append(str(node_reach(scheme, child, reaches, ranges)))
    proof = Joined(*parts, f" ⇒ {reach}")
    if branch.cap is not None and not branch.rules and reach.high is not None and reach.high < branch.cap:
        message = Message("the cap of {cap} over its parts is never reached", cap=branch.cap)
        yield finding(tree, (*path, "cap"), "group-cap-never-binds", branch.id, branch.clause, message, proof)
    most = reach.high
    if branch.max is not None and branch.cap is None and most is not None and most > branch.max:
        message = Message(
            "its parts can come to more than the {points} {points:point|points} it states", points=branch.max
        )
        yield finding(tree, path, "children-exceed-max", branch.id, branch.clause, message, proof)


# --- conditions ---


def _conditions(tree: Tree, scheme: Scheme, ranges: Ranges) -> Iterator[Finding]:
    """Conditions of outcomes and cases of a choice that no possible value meets."""
    for index, outcome in enumerate(scheme.outcomes):
        if outcome.when is not None and outcome.gap is None and truth(ranges, outcome.when) is False:
            message = Message("no value meets {condition}", condition=_said(scheme, outcome.when))
            proof = _ranges_of(ranges, outcome.when)
            at: Path_ = ("outcomes", index, "when")
            yield finding(tree, at, "outcome-unreachable", outcome.id, outcome.clause, message, proof)
    for name, former in scheme.quantities.items():
        if isinstance(former, Choose):
            for number, case in enumerate(former.choose):
                if truth(ranges, case.when) is False:
                    message = Message("no value meets {condition}", condition=_said(scheme, case.when))
                    at = ("quantities", name, "choose", number, "when")
                    yield finding(tree, at, "unreachable", name, None, message, _ranges_of(ranges, case.when))


def _said(scheme: Scheme, condition: UnitCondition) -> Sayable:
    return FormerWords(scheme).condition(condition)


def _ranges_of(ranges: Ranges, condition: UnitCondition) -> Sayable:
    names = dict.fromkeys(part for part in condition.parts() if isinstance(part, str))
    return in_turn([
        Message("{what} lies in {values}", what=Named(name), values=values_text(ranges.scheme, name, ranges.of(name)))
        for name in names
    ])  # fmt: skip


# --- bands ---


def _bands(tree: Tree, scheme: Scheme, ranges: Ranges) -> Iterator[Finding]:
    """Bands of one quantity with values between them that none of them has: 80 to 89, and from 90 on."""
    grades = [(o.id, o.clause, o.when) for o in scheme.outcomes if o.when is not None and o.gap is None]
    bands = [(id, clause, band) for id, clause, when in grades if (band := _band(scheme, when)) is not None]
    for of in dict.fromkeys(band[0] for _, _, band in bands):
        own = [(id, clause, where) for id, clause, (name, where) in bands if name == of]
        first = next(i for i, one in enumerate(scheme.outcomes) if one.id == own[0][0])
        path: Path_ = ("outcomes", first, "when")
        yield from _holes(tree, path, own[0][0], own[0][1], scheme, of, [w for *_, w in own], ranges)
    for name, former in scheme.quantities.items():
        if isinstance(former, Choose):
            cases = [_band(scheme, case.when) for case in former.choose]
            known = [one for one in cases if one is not None]
            if len(known) == len(cases) and len({of for of, _ in known}) == 1:
                path = ("quantities", name, "choose")
                yield from _holes(tree, path, name, None, scheme, known[0][0], [w for _, w in known], ranges)


def _band(scheme: Scheme, condition: UnitCondition) -> tuple[str, Interval] | None:
    """The quantity and the numbers of a condition that is a band of one quantity."""
    if not isinstance(condition.of, str) or any(not isinstance(bound, Fraction) for _, bound in condition.bounds):
        return None
    where = ANYTHING
    for sign, bound in condition.bounds:
        assert isinstance(bound, Fraction)
        one = Interval(bound, None, low_open=sign == ">") if sign in ("≥", ">") else Interval(
            None, bound, high_open=sign == "<"
        )  # fmt: skip
        where = where.meets(one)
    return _same(scheme, condition.of), where


def _same(scheme: Scheme, name: str) -> str:
    """One name for quantities that are written alike where they are used."""
    own = scheme.quantities.get(name)
    return next((other for other, former in scheme.quantities.items() if former == own), name) if own else name


def _holes(
    tree: Tree, path: Path_, at: str, clause: str | None, scheme: Scheme, of: str, bands: Sequence[Interval],
    ranges: Ranges,
) -> Iterator[Finding]:  # fmt: skip
    """The gaps between neighbouring bands, at least two, in which values can lie."""
    inside, said = ranges.of(of), partial(values_text, scheme, of)
    ordered = sorted((band for band in bands if not band.empty), key=lambda band: (band.low is not None, band.low or 0))
    for one, other in pairwise(ordered):
        if one.high is None or other.low is None:
            continue
        hole = Interval(one.high, other.low, low_open=not one.high_open, high_open=not other.low_open)
        if not hole.meets(inside).empty:
            message = Message("no band has the values in {values} of {quantity}", values=said(hole), quantity=Named(of))
            proof = Joined(said(one), ", ", said(other))
            yield finding(tree, path, "band-hole", at, clause, message, proof)


# --- peers ---


def _group_facts(tree: Tree, scheme: Scheme) -> Iterator[Finding]:
    """What a comparison with peers does whatever everybody does."""
    for index, outcome in enumerate(scheme.outcomes):
        if outcome.when is not None and outcome.gap is None and outcome.when.of is not None:
            for sign, bound in outcome.when.bounds:
                told = _always_somebody(scheme, outcome.when.of, sign, bound)
                if told is not None:
                    at: Path_ = ("outcomes", index, "when")
                    yield finding(tree, at, "someone-always-fails", outcome.id, outcome.clause, *told)
    for indicator_path, node in _nodes(scheme):
        for number, rule in enumerate(node.rules):
            if rule.when is None or rule.gap is not None:
                continue
            former = scheme.quantities.get(rule.when.of)
            parts = dict(former.add) if isinstance(former, Add) else {}
            if rule.when.threshold == 0 and len(parts) == 2 and set(parts.values()) == {1, -1}:
                own, other = (next(p for p, w in parts.items() if w == sign) for sign in (1, -1))
                told = _always_somebody(scheme, own, rule.when.sign, other)
                if told is not None:
                    at = (*indicator_path, "rules", number)
                    yield finding(tree, at, "someone-always-fails", f"{node.id}.{rule.id}", rule.clause, *told)
    for name, former in scheme.quantities.items():
        if (
            isinstance(former, OfPeers)
            and former.take == "sd"
            and former.of_n == "population"
            and former.among == "group"
        ):
            message = Message("a group of one unit has the standard deviation 0")
            yield finding(tree, ("quantities", name), "peers-of-one", name, None, message)


def _nodes(scheme: Scheme) -> Iterator[tuple[Path_, Branch]]:
    for section, nodes in (("indicators", scheme.indicators), ("branches", scheme.branches)):
        for index, node in enumerate(nodes):
            yield (section, index), node  # type: ignore[misc]


def _always_somebody(
    scheme: Scheme, of: str | Fraction, sign: str, bound: str | Fraction
) -> tuple[Message, Sayable] | None:
    """The fact and its proof where a quantity is compared with a middle of itself, the unit among its peers."""
    former = scheme.quantities.get(bound) if isinstance(bound, str) else None
    if not isinstance(former, OfPeers) or former.self_ != "included" or not _equal(scheme, former.peers, of):
        return None
    take: Mapping[str, Sayable] = {"mean": Message("mean"), "median": Message("median")}
    strict = sign in ("<", ">")
    if former.take in take and former.take != "pooled":
        if not strict:
            fact = Message("somebody always meets it, whatever all do")
            return fact, Message("not all values lie on one side of their own {middle}", middle=take[str(former.take)])
        if former.take == "mean":
            fact = Message("somebody always meets it, whatever all do, unless all are equal")
            return fact, Message("not all values lie on one side of their own {middle}", middle=take["mean"])
        return None
    if isinstance(former.take, Percentile) and former.take.method == "nearest_rank" and not strict:
        share = former.take.share if sign == "≤" else 1 - former.take.share
        fact = Message("at least {share} % of the peers meet it, whatever all do", share=share * 100)
        return fact, Message(
            "by nearest rank the percentile is the value of a peer: {share}", share=plain(former.take.share)
        )
    return None


def _equal(scheme: Scheme, one: str | Fraction, other: str | Fraction) -> bool:
    if one == other:
        return True
    both = (scheme.quantities.get(part) if isinstance(part, str) else None for part in (one, other))
    first, second = both
    return first is not None and first == second
