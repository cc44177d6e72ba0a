"""What quantities, conditions and rankings name: quantities, nodes and outcomes, none of which hangs on itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from auditlib.core.errors import Problem
from auditlib.core.yaml_file import Tree
from auditlib.scheme.conditions import UnitCondition
from auditlib.scheme.formers.arithmetic import Add, Divide, LeastOrGreatest, Mean, PointsOf, StepsOf
from auditlib.scheme.formers.base import Former
from auditlib.scheme.formers.elsewhere import OfEarlier, OfOutcome, OfPeers, OverPeriods
from auditlib.scheme.model import Scheme
from auditlib.scheme.name_places import place_of, written_names
from auditlib.scheme.near_names import those
from auditlib.scheme.nodes import Branch
from auditlib.scheme.rules import Indicator

__all__ = ["formed_problems"]

Path = tuple[str | int, ...]
TOTAL = "total"
A_QUANTITY = "a quantity of this file"


def formed_problems(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Everything that a computed quantity, a node, a ranking or a condition names and that is not there."""
    known = scheme.quantity_names
    meant = written_names(tree, known)
    for path, names in _named_quantities(scheme):
        for name in names:
            if name not in known:
                told = f"found {name}, expected {A_QUANTITY}{those(name, meant)}"
                yield tree.problem(place_of(tree, path, name), told)
    for name, former in scheme.quantities.items():
        yield from _of_former(tree, scheme, ("quantities", name), former)
    yield from _of_outcomes(tree, scheme)
    yield from _of_nodes(tree, scheme)
    yield from _cycles(tree, scheme)
    yield from _mixed_units(tree, scheme)


def _named_quantities(scheme: Scheme) -> Iterator[tuple[Path, Iterable[str]]]:
    """Where quantities are named, and which."""
    for name, former in scheme.quantities.items():
        yield ("quantities", name), former.names
        if isinstance(former, OfEarlier) and former.published is not None:
            yield ("quantities", name, "published"), (former.published,)
    for at, node in _placed_nodes(scheme):
        amounts = (node.start_of, node.floor_of, node.cap_of)
        yield at, [one for one in amounts if isinstance(one, str)]
        yield (*at, "only"), _names_in(node.only)
        for number, rule in enumerate(node.rules):
            yield (*at, "rules", number), [rule.becomes_of] if isinstance(rule.becomes_of, str) else []
    yield ("ranking",), _names_in(scheme.ranking.only)
    for index, ranking in enumerate(scheme.rankings):
        yield ("rankings", index), [key.of for key in ranking.by if isinstance(key.of, str)]
        yield ("rankings", index), (*_names_in(ranking.only), *_names_in(ranking.last))
    for index, outcome in enumerate(scheme.outcomes):
        yield ("outcomes", index, "when"), _names_in(outcome.when)
        for number, one in enumerate(outcome.consequences):
            yield (
                ("outcomes", index, "consequences", number, "amount_of"),
                [one.amount_of] if isinstance(one.amount_of, str) else [],
            )


def _placed_nodes(scheme: Scheme) -> Iterator[tuple[Path, Indicator | Branch]]:
    """Every node with its place."""
    yield from ((("indicators", index), node) for index, node in enumerate(scheme.indicators))
    yield from ((("branches", index), node) for index, node in enumerate(scheme.branches))


def _names_in(condition: UnitCondition | None) -> tuple[str, ...]:
    return () if condition is None else tuple(part for part in condition.parts() if isinstance(part, str))


def _of_former(tree: Tree, scheme: Scheme, path: Path, former: Former) -> Iterator[Problem]:
    if former.lacking is not None and former.lacking not in scheme.measures:
        yield tree.problem(
            path, f"found {former.lacking}, expected a measure of this file{those(former.lacking, scheme.measures)}"
        )
    if isinstance(former, PointsOf) and former.points not in scheme.node_ids and former.points != TOTAL:
        expected = f"expected a node of this file, or total{those(former.points, scheme.node_ids)}"
        yield tree.problem((*path, "points"), f"found {former.points}, {expected}")
    if isinstance(former, OverPeriods) and isinstance(former.over, OfOutcome):
        yield from _outcome(tree, scheme, (*path, "over"), former.over.outcome)
    if isinstance(former, OfPeers) and former.take == "pooled":
        quotient = scheme.quantities.get(str(former.peers))
        if not isinstance(quotient, Divide) and former.peers not in scheme.rates:
            yield tree.problem(path, f"found take: pooled of {former.peers}, expected a quotient (`divide`) or a rate")
    for condition in former.conditions():
        for id in condition.outcomes():
            yield from _outcome(tree, scheme, path, id)


def _outcome(tree: Tree, scheme: Scheme, path: Path, id: str) -> Iterator[Problem]:
    known = [one.id for one in scheme.outcomes]
    if id not in known:
        yield tree.problem(path, f"found {id}, expected an outcome of this file{those(id, known)}")


def _of_outcomes(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Outcomes that ask for others find them above; places are those of a ranking of the file."""
    rankings = [ranking.id for ranking in scheme.rankings]
    for index, outcome in enumerate(scheme.outcomes):
        above = [one.id for one in scheme.outcomes[:index]]
        for id in outcome.when.outcomes() if outcome.when is not None else ():
            if id not in above:
                told = f"found {id}, expected an outcome that stands above this one{those(id, above)}"
                yield tree.problem(("outcomes", index, "when"), told)
        name = outcome.place.ranking if outcome.place is not None else None
        if name is not None and name not in rankings:
            told = f"found {name}, expected a ranking of this file{those(name, rankings)}"
            yield tree.problem(("outcomes", index, "place", "ranking"), told)
    for index, name in enumerate(rankings):
        if name in rankings[:index]:
            yield tree.problem(("rankings", index, "id"), f"a second ranking named {name}")


def _of_nodes(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Branches have ids and clauses of their own; what they share out among children has full marks."""
    seen = {one.id for one in scheme.indicators}
    for index, branch in enumerate(scheme.branches):
        path: Path = ("branches", index)
        if branch.id in seen:
            yield tree.problem((*path, "id"), f"a second node named {branch.id}")
        seen.add(branch.id)
        for clause, at in (
            (branch.clause, path),
            *((r.clause, (*path, "rules", n)) for n, r in enumerate(branch.rules)),
        ):
            if clause not in scheme.clauses:
                told = f"found {clause}, expected a clause of this file{those(clause, scheme.clauses)}"
                yield tree.problem((*at, "clause"), told)
        for number, rule in enumerate(branch.rules):
            if rule.quantity is not None and rule.quantity not in scheme.quantity_names:
                meant = written_names(tree, scheme.quantity_names)
                told = f"found {rule.quantity}, expected {A_QUANTITY}{those(rule.quantity, meant)}"
                yield tree.problem(place_of(tree, (*path, "rules", number), rule.quantity), told, rule.clause)
            if rule.target is not None:
                yield tree.problem(
                    (*path, "rules", number), "found target, expected it in a node without others under it"
                )
        if branch.missing in ("equally", "in_proportion"):
            for child in branch.children:
                if child in scheme.node_ids and not scheme.node(child).max:
                    told = (
                        f"found missing: {branch.missing}, expected full marks (`max`) of {child}, which it shares out"
                    )
                    yield tree.problem((*path, "missing"), told)


def _cycles(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Quantities and nodes that hang on themselves, each circle once."""
    depends = dict(_depends(scheme))
    done: set[str] = set()

    def visit(at: str, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if at in above:
            yield above[above.index(at) :]
            return
        if at in done:
            return
        for other in depends.get(at, ()):
            yield from visit(other, (*above, at))
        done.add(at)

    told: set[frozenset[str]] = set()
    for start in depends:
        for circle in visit(start, ()):
            if frozenset(circle) not in told:
                told.add(frozenset(circle))
                names = [name.partition(":")[2] for name in (*circle, circle[0])]
                first = next((one for one in circle if one.startswith("quantity:")), circle[0])
                yield tree.problem(_place(scheme, first), f"found a quantity that hangs on itself: {' → '.join(names)}")


def _place(scheme: Scheme, of: str) -> Path:
    kind, _, name = of.partition(":")
    if kind == "quantity":
        return ("quantities", name)
    ids = [one.id for one in scheme.branches]
    return ("branches", ids.index(name)) if name in ids else ("indicators",)


def _depends(scheme: Scheme) -> Iterator[tuple[str, list[str]]]:
    """By quantity and node what it is computed from, in this period or in earlier ones."""
    for name, former in scheme.quantities.items():
        found = [f"quantity:{one}" for one in former.names if one in scheme.quantities]
        if isinstance(former, PointsOf):
            nodes = scheme.roots if former.points == TOTAL and former.points not in scheme.node_ids else [former.points]
            found += [f"node:{one}" for one in nodes]
        yield f"quantity:{name}", found
    for node in scheme.nodes:
        amounts = (node.start_of, node.floor_of, node.cap_of, *_names_in(node.only))
        names = [*amounts, *(n for rule in node.rules for n in (rule.quantity, rule.becomes_of))]
        children = [f"node:{child}" for child in getattr(node, "children", ())]
        yield f"node:{node.id}", [f"quantity:{one}" for one in names if one in scheme.quantities] + children


def _mixed_units(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Sums and comparisons of what is not measured alike."""
    units = {name: unit for name in scheme.quantity_names if (unit := scheme.unit_of(name)) is not None}
    for name, former in scheme.quantities.items():
        path: Path = ("quantities", name)
        together: list[tuple[str | Fraction | None, ...]] = []
        if isinstance(former, Add | Mean | LeastOrGreatest):
            together.append(tuple(former.parts()))
        if isinstance(former, StepsOf):
            steps = former.steps
            together.append((steps.of, steps.above, steps.below, steps.every))
        together += [
            (one.of, *(bound for _, bound in one.bounds)) for top in former.conditions() for one in _leaves(top)
        ]
        for parts in together:
            yield from _unlike(tree, path, units, parts)
    for index, outcome in enumerate(scheme.outcomes):
        for one in _leaves(outcome.when) if outcome.when is not None else ():
            yield from _unlike(tree, ("outcomes", index, "when"), units, (one.of, *(bound for _, bound in one.bounds)))


def _leaves(condition: UnitCondition) -> Iterator[UnitCondition]:
    if condition.of is not None:
        yield condition
    for inner in condition.joined:
        yield from _leaves(inner)


def _unlike(
    tree: Tree, path: Path, units: Mapping[str, str], parts: Iterable[str | Fraction | None]
) -> Iterator[Problem]:
    found = {units[part]: part for part in parts if isinstance(part, str) and part in units}
    if len(found) > 1:
        (one, first), (other, second) = list(found.items())[:2]
        yield tree.problem(path, f"found {first} in {one} beside {second} in {other}, expected one unit of measure")
