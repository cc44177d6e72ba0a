"""Repeats counted by correction: all rows as if none were one, and then what the few near ones change.

Whether a row repeats an earlier one takes looking at all others, but few have any that is near. So the measures of a
register are counted as if no row were a repeat, while a hash of the keys is collected of every row that could be one.
The rows whose hash occurs twice, near enough in time, are then counted twice more, with their repeats and without; the
difference is the correction. The sums are those of :mod:`auditlib.scoring.repeats`, and most rows are compared by eight
bytes alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from auditlib.ledger.conditions import parse_sql
from auditlib.scheme.columns import columns_of, with_inputs
from auditlib.scheme.times import Earlier
from auditlib.scoring.repeats import HASH, hashes_of, keys_hash, near_hashes, repeated_keys

if TYPE_CHECKING:
    from auditlib.scoring.counting import Counter

__all__ = ["Corrections", "correctable", "corrected", "sums"]

Corrections = Mapping[tuple[str | None, str], int]
"""By unit and measure what its repeats add to a sum, or take away."""
FEW = 2_000_000
"""So many rows may have another near. Of more all columns that are read would not fit: they are compared at once."""


def sums(counter: Counter, register: str, measures: list[str]) -> tuple[pl.DataFrame, Corrections]:
    """By unit each measure's sum, or the values from which it is taken, and what repeats change of it.

    Raises :class:`InputError` as counting does.
    """
    columns = correctable(counter, register, measures)
    answer = corrected(counter, register, measures, columns) if columns else None
    if answer is None:
        return counter.collected([counter.grouped(counter.frame(register, measures), measures)], register)[0], {}
    table, more, found = answer
    if {name for name, spec in counter.scheme.measures.items() if spec.register_ == register} <= set(measures):
        counter.found.update({(register, name): keys for name, keys in found.items()})
    return table, more


def correctable(counter: Counter, register: str, measures: list[str]) -> dict[str, Earlier]:
    """The columns of repeats that these measures read, where they can be counted by correction; else none.

    They can where rows have keys, what is compared stands in the register as it is, and the measures are sums.
    """
    scheme, found = counter.scheme, dict[str, Earlier]()
    derived = scheme.columns.get(register, {})
    for name in measures:
        own = _compared(counter, register, columns_of(scheme, scheme.measures[name]))
        if own and not counter.adds_up(name):
            return {}
        found |= own
    plain = {column.name for column in scheme.ledger_columns(register).values() if column.type != "time"} - set(derived)
    for name, earlier in found.items():
        behind = [earlier.order, *(parse_sql(earlier.where).columns if earlier.where else ())]
        if (
            earlier.count  # a number, not a yes or no
            or (register, name) in counter.repeats  # found already
            or not plain.issuperset(earlier.same)  # such a time may be hidden, and is another one in the register
            or _compared(counter, register, with_inputs(scheme, register, behind))
        ):
            return {}
    return found if scheme.known_registers[register].key else {}


def _compared(counter: Counter, register: str, columns: list[str]) -> dict[str, Earlier]:
    """Those of the columns that compare rows."""
    derived = counter.scheme.columns.get(register, {})
    return {name: own for name in columns if name in derived and (own := derived[name].earlier) is not None}


def corrected(
    counter: Counter, register: str, measures: list[str], columns: Mapping[str, Earlier]
) -> tuple[pl.DataFrame, Corrections, dict[str, pl.Series]] | None:
    """The sums of the measures by unit as if no row were a repeat, what to add to them, and by column the repeats.

    None where more than a :data:`FEW` rows have another near. Raises :class:`InputError` as counting does.
    """
    key = counter.scheme.known_registers[register].key[-1]
    source = counter.registers[register]
    nobody = pl.Series([], dtype=source.collect_schema()[key])
    none = {(register, name): nobody for name in columns}
    plain = replace(counter, repeats={**counter.repeats, **none})
    frame = plain.frame(register, measures)  # kept for all queries its rows would wait in memory, for no time saved
    hashes = [hashes_of(plain.compared_rows(frame, earlier, key), earlier) for earlier in columns.values()]
    table, *times = plain.collected([plain.grouped(frame, measures), *hashes], register)
    near = [(earlier.same, near_hashes(own, earlier)) for own, earlier in zip(times, columns.values(), strict=True)]
    if sum(int(own[HASH].is_in(found.implode()).sum()) for own, (_, found) in zip(times, near, strict=True)) > FEW:
        return None
    masks = [keys_hash(same).is_in(found.implode()) for same, found in near if found.len()]
    if not masks:
        return table, {}, dict.fromkeys(columns, nobody)
    concerned = [n for n in measures if columns.keys() & set(columns_of(counter.scheme, counter.scheme.measures[n]))]
    read = counter.columns_read(register, concerned)
    (few,) = plain.collected([source.filter(pl.any_horizontal(masks)).select(read)], register)
    own = {**counter.registers, register: few.lazy()}
    true = replace(counter, registers=own)
    for name, earlier in columns.items():
        rows = true.compared_rows(true.frame(register, concerned, until=name), earlier, key)
        found = repeated_keys(rows, earlier, key)
        true = replace(true, repeats={**true.repeats, (register, name): found})
    added: dict[tuple[str | None, str], int] = defaultdict(int)
    for sign, one in ((1, true), (-1, replace(plain, registers=own))):
        (few_sums,) = one.collected([one.grouped(one.frame(register, concerned), concerned)], register)
        for row in few_sums.iter_rows(named=True):
            for name in concerned:
                added[row["unit"], name] += sign * (row[name] or 0)
    return table, added, {name: true.repeats[register, name] for name in columns}
