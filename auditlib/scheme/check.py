"""Checking scheme files without any data: what does not load, and what loads but cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from auditlib.errors import InputError, Problem
from auditlib.scheme.columns import columns_of
from auditlib.scheme.load import SchemeFile, load_scheme, references_in

__all__ = ["check_scheme"]


def check_scheme(file: Path, name: str | None = None) -> list[Problem]:
    """Everything wrong with the scheme in ``file``: the faults that keep it from loading, or else the findings."""
    try:
        scheme_file = load_scheme(file, name)
    except InputError as error:
        return list(error.problems)
    return [problem for check in (_unused, _clauses, _maxima, _roll_ups) for problem in check(scheme_file)]


def _unused(file: SchemeFile) -> Iterator[Problem]:
    """What is declared and changes nothing."""
    scheme, tree = file.natural, file.tree
    referred = set(references_in({key: value for key, value in tree.value.items() if key != "readings"}))
    for section in ("readings", "gaps", "values"):
        for name, entry in getattr(scheme, section).items():
            if name not in referred:
                yield tree.problem(
                    (section, name), "is declared, but nothing refers to it", getattr(entry, "clause", None)
                )
    # Rules that wait for a gap and options not in use name quantities too: the file as written is searched.
    named = set(_words({key: tree.value.get(key) for key in ("indicators", "readings", "rates", "ranking")}))
    in_rules = set(_words({key: tree.value.get(key) for key in ("indicators", "readings")}))
    for name in scheme.rates:
        if name not in in_rules:
            yield tree.problem(("rates", name), "is declared, but no rule looks at it")
    for name, measure in scheme.measures.items():
        if name not in named and not measure.context:
            yield tree.problem(
                ("measures", name),
                "is declared, but neither a rule nor a rate looks at it; `context: true` keeps it for the reader",
            )
    for register, columns in scheme.columns.items():
        read = {column for m in scheme.measures.values() if m.register_ == register for column in columns_of(scheme, m)}
        for name in columns:
            if name not in read:
                yield tree.problem(("columns", register, name), "is derived, but no measure reads it")


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _words(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)


def _clauses(file: SchemeFile) -> Iterator[Problem]:
    """Clauses that nothing cites."""
    scheme = file.natural
    cited = {scheme.ranking.clause, *(roll_up.clause for roll_up in scheme.roll_up.values())}
    cited |= {scheme.base.clause} if scheme.base else set()
    cited |= {reading.clause for reading in scheme.readings.values()} | {gap.clause for gap in scheme.gaps.values()}
    cited |= {dimension.clause for dimension in scheme.dimensions} | {part.clause for part in scheme.indicators}
    for _, rule in scheme.rules():
        cited |= {rule.clause} | ({rule.multiplier.clause} if rule.multiplier else set())
    for name, clause in scheme.clauses.items():
        if name not in cited and not clause.about:
            yield file.tree.problem(
                ("clauses", name),
                "no rule cites this clause; `about: true` marks one that only frames the scheme",
                name,
            )


def _maxima(file: SchemeFile) -> Iterator[Problem]:
    """Full marks that do not add up to what their dimension states; indicators that start above their own bounds."""
    scheme = file.natural
    for index, dimension in enumerate(scheme.dimensions):
        parts = [indicator.max for indicator in scheme.indicators if indicator.dimension == dimension.id]
        known = [part for part in parts if part is not None]
        if dimension.max is not None and len(known) == len(parts) and sum(known, Fraction(0)) != dimension.max:
            total = " + ".join(map(str, known)) or "nothing"
            message = f"states {dimension.max} points, but its indicators add up to {total} = {sum(known, Fraction(0))}"
            yield file.tree.problem(("dimensions", index), message, dimension.clause)
    for index, indicator in enumerate(scheme.indicators):
        low, high = indicator.floor, indicator.cap
        if (low is not None and indicator.start < low) or (high is not None and indicator.start > high):
            message = f"starts at {indicator.start}, outside its floor {low} and cap {high}"
            yield file.tree.problem(("indicators", index, "start"), message, indicator.clause)


def _roll_ups(file: SchemeFile) -> Iterator[Problem]:
    """Weights of a roll-up that do not add up to one."""
    for granularity, roll_up in file.natural.roll_up.items():
        weights = [part.weight for part in roll_up.parts]
        if sum(weights, Fraction(0)) != 1:
            total = f"{' + '.join(map(str, weights))} = {sum(weights, Fraction(0))}"
            yield file.tree.problem(
                ("roll_up", granularity, "parts"), f"the weights add up to {total}, expected 1", roll_up.clause
            )
