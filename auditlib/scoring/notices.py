"""What a reader of a result must know: of the ledger, of the scheme, of ties and of units that are not ranked."""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

import polars as pl

from auditlib.core.message import Message, Notice
from auditlib.core.period import Period
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scoring.facts import Facts
from auditlib.scoring.mark_notices import meant, other_periods
from auditlib.scoring.rank import attainable
from auditlib.scoring.result import UnitScore

__all__ = ["standing_notices"]

MAXIMA = {
    "unranked": Message("those out of less are not ranked"),
    "by_share": Message("by the share of the full marks"),
    "apart": Message("those of equal full marks among themselves"),
    "undecided": Message("undecided"),
}
"""What a scheme declares of units that were assessed out of different full marks."""
LISTED = 5
"""So many rows or words are named; of more, the number says how many there are."""


def standing_notices(
    resolved: Resolved, ledger: Ledger, period: Period, as_of: datetime, units: Sequence[UnitScore],
    facts: Mapping[str, Facts],
) -> Iterator[Notice]:  # fmt: skip
    """What holds for the whole result of ``period``, its ``units`` ranked."""
    scheme = resolved.scheme
    for name in ledger.ignored:
        yield Notice("ignored_file", Message("the ledger's file {name} is no register and is not read", name=name))
    yield from _unknown_words(scheme, ledger, period, as_of)
    yield from _unknown_facts(scheme, ledger, period, facts)
    yield from other_periods(scheme, ledger, period)
    yield from _groups(scheme, units)
    if rejected := sum(ledger.rejected.values()):
        detail = tuple(f"{name} {count}" for name, count in sorted(ledger.rejected.items()) if count)
        message = Message("rejected rows are not counted: {count} ({registers})", count=rejected, registers=detail)
        yield Notice("rejected_rows", message)
    for name, gap in scheme.gaps.items():
        if name not in resolved.supplied and any(name in unit.gaps for unit in units):
            message = Message("gap {name} [{clause}]: {missing}", name=name, clause=gap.clause, missing=gap.missing)
            yield Notice("gap", message)
    yield from _in_time(scheme, period)
    yield from _places(scheme, units)
    yield from _above_full_marks(scheme, units)


def _unknown_words(scheme: Scheme, ledger: Ledger, period: Period, as_of: datetime) -> Iterator[Notice]:
    """Values of coded columns that the scheme does not name: no rule will ever count them."""
    for register, columns in scheme.words.items():
        if register not in ledger.registers:
            continue
        frame = ledger.registers[register]
        have = frame.collect_schema()
        at = scheme.known_registers[register].at
        if at is not None and at in have:  # what came later is not of this period; what came before may count to date
            frame = frame.filter((pl.col(at) < period.end).fill_null(True) & (pl.col(at) <= as_of).fill_null(True))
            if not _looks_back(scheme, register):
                frame = frame.filter((pl.col(at) >= period.start).fill_null(True))
        key = [name for name in scheme.known_registers[register].key if name in have][-1:]
        if "unit" not in have:  # acts may leave it to their case
            frame = frame.with_columns(unit=pl.lit(None, pl.String))
        for column, words in columns.items():
            if column not in have or (register, column) == ("units", "group"):  # groups are told by themselves
                continue
            unknown = (
                frame.filter(~pl.col(column).is_in(words)).select(list(dict.fromkeys(["unit", column, *key]))).collect()
            )
            for word in sorted(set(unknown[column])):
                rows = unknown.filter(pl.col(column) == word)
                yield _unknown_word(register, column, word, words, rows, key)


def _unknown_word(
    register: str, column: str, word: str, words: Sequence[str], rows: pl.DataFrame, key: Sequence[str]
) -> Notice:
    named = rows[key[0]].sort().to_list() if key else []
    shown = tuple(named[:LISTED]) + (("…",) if len(named) > LISTED else ())
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.4)
    message = Message(
        "{register}: {count} {count:row|rows} with {column} {word}, which the scheme does not name{near}{rows}",
        register=register, count=rows.height, column=column, word=word, near=meant(near),
        rows=Message(" ({rows})", rows=shown) if shown else "",
    )  # fmt: skip
    return Notice("unknown_word", message, tuple(sorted(set(rows["unit"].drop_nulls()))))


def _looks_back(scheme: Scheme, register: str) -> bool:
    """Whether any measure of a register counts rows from before the period."""
    return any(m.window != "period" for m in scheme.measures.values() if m.register_ == register)


def _unknown_facts(scheme: Scheme, ledger: Ledger, period: Period, facts: Mapping[str, Facts]) -> Iterator[Notice]:
    """Facts of the period that no measure names, where a unit lacks one with nearly that name."""
    wanted = {measure.fact: name for name, measure in scheme.measures.items() if measure.fact}
    if not wanted or "unit_facts" not in ledger.registers:
        return
    frame = ledger.registers["unit_facts"].filter(pl.col("period") == str(period))
    given = frame.select("unit", "fact").collect()
    have = set(given.iter_rows())
    for unit, fact in sorted(have):
        lacking = [name for name in wanted if (unit, name) not in have]
        if fact in wanted or unit not in facts or not (near := difflib.get_close_matches(fact, lacking, n=1)):
            continue
        message = Message(
            "unit_facts: {unit} has a fact {fact}, which the scheme does not name{near}",
            unit=unit, fact=fact, near=meant(near),
        )  # fmt: skip
        yield Notice("unknown_fact", message, (unit,))


def _groups(scheme: Scheme, units: Sequence[UnitScore]) -> Iterator[Notice]:
    """Groups that a standing has no table for, and moves to another group that move nobody."""
    groups = {unit.unit: scheme.ranking.group_of(unit.unit, unit.name, unit.group) for unit in units}
    tables = dict.fromkeys(group for standing in scheme.standings.values() for group in standing.tables)
    declared = tuple(tables or scheme.words.get("units", {}).get("group", ()))
    known = declared
    if not declared and scheme.ranking.within == "group":
        known = _seen_groups(groups.values())
    for group in sorted({group or "" for group in groups.values()}) if known else ():  # none: all are ranked together
        if group in known:
            continue
        own = tuple(sorted(unit for unit, found in groups.items() if (found or "") == group))
        if group:
            message = Message(
                "{units}: the scheme ranks no group {group}; it ranks by {groups}{near}",
                units=own, group=group, groups=known, near=meant(difflib.get_close_matches(group, known, n=1)),
            )  # fmt: skip
        else:
            message = Message(
                "{units}: the register of units gives no group; the scheme ranks by {groups}", units=own, groups=known
            )
        yield Notice("unknown_group", message, own)
    there = {name for unit in units for name in (unit.unit, unit.name)}
    own_groups = {unit.group for unit in units}
    for name, group in scheme.ranking.regroup.items():
        if name not in there and scheme.ranking.within == "group":
            message = Message(
                "the scheme ranks {name} in {group}, but no unit has this code or name", name=name, group=group
            )
            yield Notice("unmoved_unit", message)
        elif name in there and not declared and group not in own_groups and scheme.ranking.within == "group":
            message = Message(
                "the scheme ranks {name} in {group}, but no unit is of this group{near}", name=name, group=group,
                near=meant(difflib.get_close_matches(group, sorted(filter(None, own_groups)), n=1)),
            )  # fmt: skip
            yield Notice("unknown_group", message)


def _seen_groups(groups: Iterable[str | None]) -> tuple[str, ...]:
    """The groups of a scheme that names none: one of those that differ only in blanks and width, the most frequent.

    Nothing where no unit has a group: then all are ranked together.
    """
    frequent = Counter(filter(None, groups)).most_common()
    alike: dict[str, str] = {}
    for group, _ in frequent:
        alike.setdefault("".join(unicodedata.normalize("NFKC", group).split()), group)
    return tuple(sorted(alike.values()))


def _in_time(scheme: Scheme, period: Period) -> Iterator[Notice]:
    """Whether the version was in force, and whether it has been compared with its source since."""
    first, last = scheme.effective.first, scheme.effective.last
    if not (first or date.min) <= period.first <= (last or date.max):
        if first and last:
            days = Message("from {first} until {last}", first=first, last=last)
        else:
            days = Message("from {first}", first=first) if first else Message("until {last}", last=last)
        message = Message(
            "{period} lies outside the days in force of version {version}: {days}",
            period=period, version=scheme.version, days=days,
        )  # fmt: skip
        yield Notice("outside_days_in_force", message)
    if scheme.source.last_checked is not None and period.after > scheme.source.last_checked:
        message = Message(
            "version {version} was last checked against its source on {day}, before {period} ended",
            version=scheme.version, day=scheme.source.last_checked, period=period,
        )  # fmt: skip
        yield Notice("not_checked_since", message)


def _places(scheme: Scheme, units: Sequence[UnitScore]) -> Iterator[Notice]:
    """Ties that nothing decides, units that are not ranked, totals that do not compare."""
    ranking = scheme.ranking
    titles = {(indicator.id, rule.id): rule.title for indicator, rule in scheme.rules()}
    for names in sorted({tuple(sorted((unit.unit, *unit.tie))) for unit in units if unit.tie}):
        yield Notice("tie", Message("undecided tie: {units}", units=names), names)
    for unit in units:
        if unit.unranked is not None:
            message = Message("unit {unit} is not ranked: {why}", unit=unit.unit, why=unit.unranked)
            yield Notice("not_ranked", message, (unit.unit,))
        for indicator, line in ((one, line) for one in unit.indicators for line in one.lines):
            if line.undecided_with:
                title = titles.get((indicator.id, line.rule), line.rule)
                message = Message("unit {unit}, {rule}: {why}", unit=unit.unit, rule=title, why=line.reason)
                yield Notice("undecided_place", message, (unit.unit, *line.undecided_with))
    groups: dict[str | None, list[UnitScore]] = {}
    for unit in units:
        if unit.total is not None:
            group = ranking.group_of(unit.unit, unit.name, unit.group) if ranking.within == "group" else None
            groups.setdefault(group, []).append(unit)
    for members in groups.values():
        if len({attainable(unit) for unit in members}) > 1:
            marks = tuple(sorted({one.total_of for one in members if one.total_of is not None}, reverse=True))
            if len(marks) > 1:
                message = Message(
                    "totals are out of different full marks ({maxima}), as some indicators cannot be assessed for some "
                    "units; ranking: {how}",
                    maxima=marks, how=MAXIMA[ranking.different_maxima],
                )  # fmt: skip
            else:
                message = Message(
                    "some indicators cannot be assessed for some units; ranking: {how}",
                    how=MAXIMA[ranking.different_maxima],
                )
            yield Notice("different_maxima", message, tuple(sorted(unit.unit for unit in members)))


def _above_full_marks(scheme: Scheme, units: Sequence[UnitScore]) -> Iterator[Notice]:
    """Totals, and sums of a dimension, above the full marks: points come on top that the scheme does not cap."""
    totals: dict[Fraction, dict[str, Fraction]] = {}
    sums: dict[str, dict[str, Fraction]] = {}
    dimension_of = {indicator.id: indicator.dimension for indicator in scheme.indicators}
    for unit in units:
        if unit.total is not None and unit.total_of is not None and unit.total > unit.total_of:
            totals.setdefault(unit.total_of, {})[unit.unit] = unit.total
        for indicator in unit.indicators:
            own = sums.setdefault(dimension_of.get(indicator.id) or "", {})
            own[unit.unit] = own.get(unit.unit, Fraction(0)) + (indicator.points or 0)
    for maximum, above in sorted(totals.items(), reverse=True):
        yield _above(Message("the total is above the full marks of {maximum}", maximum=maximum), above)
    for dimension in scheme.dimensions:
        found = sums.get(dimension.id, {})
        above = {unit: points for unit, points in found.items() if dimension.max is not None and points > dimension.max}
        if above:
            whole = Message(
                "{title} is above its full marks of {maximum}", title=dimension.title, maximum=dimension.max
            )
            yield _above(whole, above)


def _above(what: Message, units: Mapping[str, Fraction]) -> Notice:
    listed = tuple(Message("{unit} {points}", unit=unit, points=points) for unit, points in sorted(units.items()))
    message = Message("{what}, as points come on top: {units}", what=what, units=listed)
    return Notice("above_full_marks", message, tuple(sorted(units)))
