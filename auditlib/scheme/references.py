"""What a scheme names: clauses, measures, columns, outcomes and SQL, each of which must be there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from auditlib.conditions import parse_sql
from auditlib.errors import Problem
from auditlib.registers import REGISTERS
from auditlib.scheme.columns import needs_calendar
from auditlib.scheme.counting import Measure
from auditlib.scheme.model import Scheme
from auditlib.scheme.results import TieBreak
from auditlib.tree import Tree

__all__ = ["dangling"]


def dangling(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Everything in the scheme that names something which is not there, and SQL that does not parse."""
    clauses, measures, quantities = scheme.clauses, scheme.measures, scheme.quantities

    def need(
        known: Any, name: str | None, path: tuple[str | int, ...], what: str, clause: str | None = None
    ) -> Iterator[Problem]:
        if name is not None and name not in known:
            yield tree.problem(path, f"found {name}, expected {what}", clause)

    for section in ("readings", "gaps"):
        for name, entry in getattr(scheme, section).items():
            yield from need(clauses, entry.clause, (section, name, "clause"), "a clause of this file")
    taken = set(scheme.measures)
    for section in ("rates", "composites", "standings"):
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
    for register, columns in scheme.columns.items():
        yield from need(REGISTERS, register, ("columns", register), f"one of {', '.join(REGISTERS)}")
        for name, column in columns.items():
            yield from _sql_problems(tree, ("columns", register, name), column)
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
            yield from need(quantities, rule.quantity, here, "a measure or rate of this file", rule.clause)
            yield from need(measures, rule.evidence, (*here, "evidence"), "a measure of this file", rule.clause)
            if rule.multiplier:
                yield from need(
                    clauses, rule.multiplier.clause, (*here, "multiplier", "clause"), "a clause of this file"
                )
                yield from need(measures, rule.multiplier.of, (*here, "multiplier", "of"), "a measure of this file")
    for index, dimension in enumerate(scheme.dimensions):
        yield from need(clauses, dimension.clause, ("dimensions", index, "clause"), "a clause of this file")
    for granularity, roll_up in scheme.roll_up.items():
        yield from need(clauses, roll_up.clause, ("roll_up", granularity, "clause"), "a clause of this file")
    if scheme.base:
        yield from need(clauses, scheme.base.clause, ("base", "clause"), "a clause of this file")
    yield from need(clauses, scheme.ranking.clause, ("ranking", "clause"), "a clause of this file")
    indicators = {indicator.id for indicator in scheme.indicators}
    for index, name in enumerate(scheme.ranking.needs):
        yield from need(indicators, name, ("ranking", "needs", index), "an indicator of this file")
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
    for index, outcome in enumerate(scheme.outcomes):
        at = ("outcomes", index)
        if outcome.clause not in scheme.clauses:
            yield tree.problem((*at, "clause"), f"found {outcome.clause}, expected a clause of this file")
        if outcome.quantity and outcome.quantity.of not in scheme.quantities:
            yield tree.problem(
                (*at, "quantity"), f"found {outcome.quantity.of}, expected a measure or rate of this file"
            )
        if outcome.place and outcome.place.by and outcome.place.by not in scheme.quantities:
            yield tree.problem((*at, "place"), f"found {outcome.place.by}, expected a measure or rate of this file")
        for number, consequence in enumerate(outcome.consequences):
            if consequence.of is not None and consequence.of not in scheme.measures:
                here = (*at, "consequences", number, "of")
                yield tree.problem(here, f"found {consequence.of}, expected a measure of this file")
        if outcome.evidence is not None and outcome.evidence not in scheme.measures:
            yield tree.problem((*at, "evidence"), f"found {outcome.evidence}, expected a measure of this file")
        for barred in outcome.bars:
            if barred not in known:
                yield tree.problem((*at, "bars"), f"found {barred}, expected an outcome of this file")
        if [other.id for other in scheme.outcomes].index(outcome.id) != index:
            yield tree.problem((*at, "id"), f"a second outcome named {outcome.id}")


def _sql_problems(tree: Tree, path: tuple[str | int, ...], column: Any) -> Iterator[Problem]:
    texts = [(column.sql, (*path, "sql"))]
    if column.deadline:
        texts += [
            (limit.when, (*path, "deadline", "limits", i, "when")) for i, limit in enumerate(column.deadline.limits)
        ]
    if column.earlier:
        texts.append((column.earlier.where, (*path, "earlier", "where")))
    for sql, at in texts:
        yield from _sql_problem(tree, at, sql)


def _sql_problem(tree: Tree, path: tuple[str | int, ...], sql: str | None) -> Iterator[Problem]:
    if sql is not None:
        try:
            parse_sql(sql)
        except ValueError as error:
            yield tree.problem(path, str(error))


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
    register = REGISTERS.get(measure.register_)
    if register is None:
        yield tree.problem(
            ("measures", name, "register"), f"found {measure.register_}, expected one of {', '.join(REGISTERS)}"
        )
    elif register.at is None and measure.at is None:
        yield tree.problem(("measures", name), f"rows of {register.name} have no time; expected `at`")
    yield from _sql_problem(tree, ("measures", name, "where"), measure.where)
    if measure.sum is not None and register is not None:
        derived = scheme.columns.get(register.name, {}).get(measure.sum)
        printed = register.column(measure.sum)
        if derived is None and printed is not None and printed.type not in ("integer", "number"):
            yield tree.problem(
                ("measures", name, "sum"), f"found {measure.sum}, a {printed.type}, expected a column of numbers"
            )
