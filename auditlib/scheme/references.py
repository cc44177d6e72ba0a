"""What a scheme names: clauses, measures, columns, outcomes and SQL, each of which must be there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from auditlib.core.errors import Problem
from auditlib.core.yaml_file import Tree
from auditlib.scheme.columns import needs_calendar
from auditlib.scheme.duty_references import dangling_duties
from auditlib.scheme.fitting import misfits
from auditlib.scheme.formed_references import formed_problems
from auditlib.scheme.full_marks import unequal
from auditlib.scheme.model import Scheme
from auditlib.scheme.name_places import place_of, written_names
from auditlib.scheme.near_names import register_told, those
from auditlib.scheme.quantities import Measure
from auditlib.scheme.results import TieBreak
from auditlib.scheme.vocabulary import misspelt

__all__ = ["dangling"]


def dangling(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Everything in the scheme that names something which is not there, and SQL that does not parse."""
    clauses, measures, quantities = scheme.clauses, scheme.measures, scheme.quantity_names

    def need(
        known: Any, name: str | None, path: tuple[str | int, ...], what: str, clause: str | None = None
    ) -> Iterator[Problem]:
        if name is not None and name not in known:
            meant = written_names(tree, known) if known is quantities else known
            yield tree.problem(path, f"found {name}, expected {what}{those(name, meant)}", clause)

    for section in ("readings", "gaps"):
        for name, entry in getattr(scheme, section).items():
            yield from need(clauses, entry.clause, (section, name, "clause"), "a clause of this file")
    for name, reading in scheme.readings.items():
        for option, answer in reading.options.items():
            path: tuple[str | int, ...] = ("readings", name, "options", option, "clause")
            yield from need(clauses, answer.clause, path, "a clause of this file")
    yield from _unknown_words(tree, scheme)
    taken = set(scheme.measures)
    for section in ("rates", "composites", "standings", "quantities"):
        for name in getattr(scheme, section):
            if name in taken:
                yield tree.problem((section, name), "a measure or another quantity has this name already")
            taken.add(name)
    for name, composite in scheme.composites.items():
        for part in composite.parts:
            yield from need(scheme.rates, part, ("composites", name, "parts"), "a rate of this file")
    for name, standing in scheme.standings.items():
        indices = {*scheme.rates, *scheme.composites}
        yield from need(indices, standing.index, ("standings", name, "index"), "a rate or composite of this file")
        yield from need(measures, standing.ties, ("standings", name, "ties"), "a measure of this file")
    for name, rate in scheme.rates.items():
        for side in ("numerator", "denominator"):
            for measure in getattr(rate, side):
                yield from need(measures, measure, ("rates", name, side), "a measure of this file")
        yield from need(measures, rate.lacking, ("rates", name, "lacking"), "a measure of this file")
    for register in scheme.columns:
        if register not in scheme.known_registers:
            yield tree.problem(("columns", register), register_told(register, scheme.known_registers))
    yield from dangling_duties(tree, scheme)
    yield from misfits(tree, scheme)
    yield from misspelt(tree, scheme)
    yield from _proportional_problems(tree, scheme)
    for name, measure in scheme.measures.items():
        yield from _measure_problems(tree, scheme, name, measure)
    seen: dict[str, int] = {}
    for index, indicator in enumerate(scheme.indicators):
        at: tuple[str | int, ...] = ("indicators", index)
        if seen.setdefault(indicator.id, index) != index:
            yield tree.problem((*at, "id"), f"a second indicator named {indicator.id}")
        yield from need(clauses, indicator.clause, (*at, "clause"), "a clause of this file")
        dimensions = {dimension.id for dimension in scheme.dimensions}
        yield from need(dimensions, indicator.dimension, (*at, "dimension"), "a dimension of this file")
        rule_ids: set[str] = set()
        for position, rule in enumerate(indicator.rules):
            here = (*at, "rules", position)
            if rule.id in rule_ids:
                yield tree.problem((*here, "id"), f"a second rule named {rule.id} in this indicator", rule.clause)
            yield from need(rule_ids, rule.unless, (*here, "unless"), "a rule above it in this indicator", rule.clause)
            rule_ids.add(rule.id)
            yield from need(clauses, rule.clause, (*here, "clause"), "a clause of this file")
            named = place_of(tree, here, rule.quantity or "")
            yield from need(quantities, rule.quantity, named, "a quantity of this file", rule.clause)
            yield from need(measures, rule.evidence, (*here, "evidence"), "a measure of this file", rule.clause)
            if rule.multiplier:
                yield from need(
                    clauses, rule.multiplier.clause, (*here, "multiplier", "clause"), "a clause of this file"
                )
                yield from need(measures, rule.multiplier.of, (*here, "multiplier", "of"), "a measure of this file")
    for index, dimension in enumerate(scheme.dimensions):
        yield from need(clauses, dimension.clause, ("dimensions", index, "clause"), "a clause of this file")
    yield from formed_problems(tree, scheme)
    yield from _unequal_maxima(tree, scheme)
    for granularity, roll_up in scheme.roll_up.items():
        yield from need(clauses, roll_up.clause, ("roll_up", granularity, "clause"), "a clause of this file")
    if scheme.base:
        yield from need(clauses, scheme.base.clause, ("base", "clause"), "a clause of this file")
    yield from need(clauses, scheme.ranking.clause, ("ranking", "clause"), "a clause of this file")
    indicators = {indicator.id for indicator in scheme.indicators}
    for index, name in enumerate(scheme.ranking.needs):
        yield from need(indicators, name, ("ranking", "needs", index), "an indicator of this file")
    if scheme.ranking.minimum is not None:
        here = ("ranking", "minimum")
        yield from need(clauses, scheme.ranking.minimum.clause, (*here, "clause"), "a clause of this file")
        yield from need(measures, scheme.ranking.minimum.of, (*here, "of"), "a measure of this file")
    if isinstance(scheme.ranking.ties, TieBreak):
        yield from need(measures, scheme.ranking.ties.by, ("ranking", "ties", "by"), "a measure of this file")
    yield from _outcome_problems(tree, scheme)
    if any(outcome.forces_last for outcome in scheme.outcomes) and scheme.ranking.forced_last is None:
        expected = "`forced_last: undecided` or `forced_last: by_total`, as an outcome puts units last"
        yield tree.problem(("ranking",), f"missing key `forced_last`; expected {expected}")
    for name, measure in scheme.measures.items():
        facts = [other for other, spec in scheme.measures.items() if spec.fact]
        yield from need(facts, measure.part_of, ("measures", name, "part_of"), "a measure of a fact of this file")
    if scheme.calendar is None and needs_calendar(scheme):
        yield tree.problem((), "working days are counted, but the scheme names no `calendar`")


def _outcome_problems(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    known = {outcome.id for outcome in scheme.outcomes}
    forcing = {outcome.id for outcome in scheme.outcomes if outcome.forces_last}
    for index, outcome in enumerate(scheme.outcomes):
        at = ("outcomes", index)

        def need(among: Any, name: str | None, what: str, *keys: str | int, at: Any = at) -> Iterator[Problem]:
            if name is not None and name not in among:
                yield tree.problem((*at, *keys), f"found {name}, expected {what}{those(name, among)}")

        yield from need(scheme.clauses, outcome.clause, "a clause of this file", "clause")
        quantity = outcome.quantity.of if outcome.quantity else None
        known_names = written_names(tree, scheme.quantity_names)
        yield from need(known_names, quantity, "a quantity of this file", "quantity", "of")
        by = outcome.place.by if outcome.place else None
        yield from need(known_names, by, "a quantity of this file", "place", "by")
        for number, consequence in enumerate(outcome.consequences):
            keys = ("consequences", number, "of")
            yield from need(scheme.measures, consequence.of, "a measure of this file", *keys)
        yield from need(scheme.measures, outcome.evidence, "a measure of this file", "evidence")
        for barred in outcome.bars:
            yield from need(known, barred, "an outcome of this file", "bars")
            if barred == outcome.id:
                yield tree.problem((*at, "bars"), f"found {barred} itself, expected other outcomes of this file")
            if barred in forcing:
                told = f"found {barred}, which puts units last before any outcome is looked at, so that nothing bars it"
                yield tree.problem((*at, "bars"), f"{told}; expected other outcomes of this file")
        if [other.id for other in scheme.outcomes].index(outcome.id) != index:
            yield tree.problem((*at, "id"), f"a second outcome named {outcome.id}")


def _unequal_maxima(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Full marks of a dimension that are not those of its indicators, unless the source is known to print them so."""
    known = {finding.at for finding in scheme.findings if finding.kind == "maxima"}
    for one in unequal(scheme):
        if one.dimension.id not in known:
            at = one.dimension.id
            listed = f"`{{kind: maxima, at: {at}}}` among `findings`"
            expected = f"expected the sum, or {listed} where the source prints it so"
            path = ("dimensions", one.index, "max")
            yield tree.problem(path, f"{at} {one.message} ({one.proof}); {expected}", one.dimension.clause)


def _proportional_problems(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Steps in proportion are kept as microseconds until they are summed: SQL may only ask whether there are any."""
    for register, columns in scheme.columns.items():
        texts: list[tuple[tuple[str | int, ...], str]] = [
            (("columns", register, name, "sql"), column.sql) for name, column in columns.items() if column.sql
        ]
        counted = [(name, measure.where) for name, measure in scheme.measures.items() if measure.register_ == register]
        texts += [(("measures", name, "where"), where) for name, where in counted if where]
        for name, column in columns.items():
            if column.steps is None or column.steps.mode != "exact":
                continue
            for path, sql in texts:
                if re.search(rf"\b{name}\b", re.sub(rf"\b{name}\s*>\s*0(?![\d.])", "", sql)):
                    expected = f"expected no more than `{name} > 0`, because its steps are in proportion"
                    yield tree.problem(path, f"found {name} in {sql!r}, {expected}")


def _measure_problems(tree: Tree, scheme: Scheme, name: str, measure: Measure) -> Iterator[Problem]:
    if measure.register_ is None:
        return
    register = scheme.known_registers.get(measure.register_)
    if register is None:
        yield tree.problem(
            ("measures", name, "register"),
            register_told(measure.register_, scheme.known_registers),
        )
    elif register.at is None and measure.at is None:
        yield tree.problem(("measures", name), f"rows of {register.name} have no time; expected `at`")


def _unknown_words(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Words of cases and acts that a clause or ``may_follow`` names and ``words`` does not declare."""
    cases, acts = scheme.words.get("cases", {}), scheme.words.get("acts", {}).get("act", ())
    named: list[tuple[tuple[str | int, ...], str, Collection[str]]] = []
    for name, clause in scheme.clauses.items():
        named += [(("clauses", name, "lists"), column, cases) for column in clause.lists]
        named += [(("clauses", name, "covers"), column, cases) for column in clause.covers]
        for column, covered in clause.covers.items():
            named += [(("clauses", name, "covers", column), word, cases.get(column, ())) for word in covered]
    for act, before in scheme.may_follow.items():
        named += [(("may_follow", act), word, acts) for word in (act, *before)]
    for path, word, known in named:
        if word not in known:
            yield tree.problem(path, f"found {word}, expected one that is declared under words{those(word, known)}")
