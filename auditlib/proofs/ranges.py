"""What the quantities of a scheme can be, from the scheme alone.

A count is at least 0. A measure that counts some of the rows that another counts is at most that other: its
condition demands the same and more. From this follows that a share lies between 0 and 1, and a mean of marks
between the lowest and the highest mark. What does not follow is not claimed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import combinations

from auditlib.ledger.conditions import parse_sql
from auditlib.proofs.formed_ranges import formed_range
from auditlib.proofs.intervals import ANYTHING, COUNT, Interval, between, exactly, hull
from auditlib.scheme.model import Scheme
from auditlib.scheme.quantities import Composite, Measure, Rate, Standing

__all__ = ["Demand", "Ranges", "conjuncts", "demand"]

MANY = 10
"""Of so many measures in a numerator every combination is looked at; of more, none."""

AND = re.compile(r"'(?:[^']|'')*'|(?P<and>\band\b)", re.IGNORECASE)
COMPARED = re.compile(r"(?P<column>[^\W\d]\w*)\s*(?P<sign><=|>=|=|<|>)\s*(?P<value>-?\d+|'[^']*')$")
LISTED = re.compile(r"(?P<column>[^\W\d]\w*)\s+in\s*\((?P<values>\s*'[^']*'(?:\s*,\s*'[^']*')*\s*)\)$", re.IGNORECASE)
KNOWN = re.compile(r"(?P<column>[^\W\d]\w*)\s+is\s+not\s+null$", re.IGNORECASE)
PLAIN = re.compile(r"[^\W\d]\w*$")


@dataclass(frozen=True)
class Demand:
    """What one condition demands of a row: a column among texts or numbers, or whatever it says as it is written."""

    text: str
    column: str | None = None
    texts: frozenset[str] | None = None
    numbers: Interval | None = None

    def implies(self, other: Demand) -> bool:
        """Whether every row that meets this one meets the other."""
        if self.text == other.text:
            return True
        if (known := KNOWN.match(other.text)) and self.column == known["column"]:
            return True
        if self.column is None or self.column != other.column:
            return False
        if self.texts is not None and other.texts is not None:
            return self.texts <= other.texts
        return self.numbers is not None and other.numbers is not None and self.numbers.within(other.numbers)

    def excludes(self, other: Demand) -> bool:
        """Whether no row meets both."""
        if self.column is None or self.column != other.column:
            return False
        if self.texts is not None and other.texts is not None:
            return not self.texts & other.texts
        return self.numbers is not None and other.numbers is not None and self.numbers.meets(other.numbers).empty


@lru_cache(maxsize=4096)
def demand(condition: str) -> Demand:
    """What a condition without AND demands."""
    if found := LISTED.match(condition):
        return Demand(condition, found["column"], frozenset(re.findall(r"'[^']*'", found["values"])))
    if found := COMPARED.match(condition):
        column, sign, value = found["column"], found["sign"], found["value"]
        if value.startswith("'"):
            return Demand(condition, column, frozenset({value})) if sign == "=" else Demand(condition)
        number = Fraction(value)
        numbers = {
            "=": exactly(number),
            "<": Interval(None, number, high_open=True),
            ">": Interval(number, None, low_open=True),
            "<=": Interval(None, number),
            ">=": Interval(number, None),
        }[sign]
        return Demand(condition, column, numbers=numbers)
    return Demand(condition, condition if PLAIN.match(condition) else None)


@lru_cache(maxsize=4096)
def conjuncts(sql: str) -> tuple[str, ...]:
    """The conditions that ``sql`` joins by AND; all of it as one where it does not fall apart so.

    Whether it does is left to the parser that counts: the parts joined again must be the same expression.
    """
    ends = [match.span() for match in AND.finditer(sql) if match["and"]]
    starts = [0, *(end for _, end in ends)]
    parts = [sql[a:b].strip() for a, b in zip(starts, [*(start for start, _ in ends), len(sql)], strict=True)]
    try:
        joined = reduce(lambda a, b: a & b, (parse_sql(part).expression for part in parts))
        if joined.meta.eq(parse_sql(sql).expression):
            return tuple(" ".join(part.split()) if "'" not in part else part for part in parts)
    except ValueError:
        pass
    return (sql.strip(),)


@dataclass(frozen=True)
class Ranges:
    """What the measures, rates and other quantities of a scheme can be."""

    scheme: Scheme
    compared: dict[tuple[str, str], bool] = field(default_factory=dict, compare=False, repr=False)
    formed: dict[str, Interval] = field(default_factory=dict, compare=False, repr=False)

    def of(self, quantity: str) -> Interval:
        """Where a quantity can lie whenever it has a value."""
        scheme = self.scheme
        if quantity in scheme.measures:
            return self._measure(scheme.measures[quantity])
        if quantity in scheme.rates:
            return self._rate(scheme.rates[quantity])
        if quantity in scheme.composites:
            return self._composite(scheme.composites[quantity])
        if quantity in scheme.standings:
            return _standing(scheme.standings[quantity])
        if quantity in scheme.quantities:
            if quantity not in self.formed:
                self.formed[quantity] = ANYTHING  # a circle, which does not load, claims nothing
                self.formed[quantity] = formed_range(self, scheme.quantities[quantity])
            return self.formed[quantity]
        return ANYTHING

    def of_node(self, node: str) -> Interval:
        """Where the points of a node can lie: between its floor and its cap."""
        if node not in self.scheme.node_ids:
            return ANYTHING
        own = self.scheme.node(node)
        floor, cap = own.floor, own.cap
        if floor is None and own.floor_of is not None:
            floor = self.of(str(own.floor_of)).low
        if cap is None and own.cap_of is not None:
            cap = self.of(str(own.cap_of)).high
        return between(floor, cap)

    def part_of(self, small: str, large: str) -> bool:
        """Whether every row that ``small`` counts is one that ``large`` counts; of facts, whether it is declared."""
        key = (small, large)
        if key not in self.compared:
            self.compared[key] = (
                small == large
                or self._declared_part(small, large)
                or (
                    self._same_rows(small, large)
                    and all(any(own.implies(it) for own in self.demands(small)) for it in self._written(large))
                )
            )
        return self.compared[key]

    def _declared_part(self, small: str, large: str) -> bool:
        """Whether a fact is declared as a part of another, or of a part of it; a ledger with more is refused."""
        seen = {small}
        while (whole := self.scheme.measures[small].part_of) is not None and whole not in seen:
            if whole == large:
                return True
            seen.add(whole)
            small = whole
        return False

    def apart(self, one: str, other: str) -> bool:
        """Whether no row is counted by both."""
        if one == other or not self._same_rows(one, other):
            return False
        return any(a.excludes(b) for a in self.demands(one) for b in self.demands(other))

    def demands(self, measure: str) -> tuple[Demand, ...]:
        """All that a row counted by ``measure`` meets, with what a repeat demands of the row it finds."""
        register = self.scheme.measures[measure].register_ or ""
        derived = self.scheme.columns.get(register, {})
        found = list(self._written(measure))
        for own in found:
            column = derived.get(own.text)
            if column is not None and column.earlier is not None and column.earlier.where is not None:
                found += [demand(part) for part in conjuncts(column.earlier.where)]
        return tuple(dict.fromkeys(found))

    def _written(self, measure: str) -> tuple[Demand, ...]:
        where = self.scheme.measures[measure].where
        return tuple(demand(part) for part in conjuncts(where)) if where else ()

    def _same_rows(self, one: str, other: str) -> bool:
        """Whether both count rows (not sums of a column) of one register in one window."""
        a, b = self.scheme.measures[one], self.scheme.measures[other]
        return (
            a.register_ is not None
            and not a.column
            and not b.column
            and (a.register_, a.at, a.window) == (b.register_, b.at, b.window)
        )

    def _measure(self, measure: Measure) -> Interval:
        """Rows and steps are counted from 0, and so is what people set in a range above 0; facts are as declared."""
        if measure.duty is not None:
            return COUNT
        if measure.register_ is None:
            return between(Fraction(0) if measure.low is None else measure.low, measure.high)
        if measure.column is None or measure.distinct is not None:
            return COUNT
        if measure.low is not None and measure.low >= 0:
            return between(0, None)
        column = measure.column
        derived = self.scheme.columns.get(measure.register_, {}).get(column)
        if measure.sum is None:  # a middle or greatest value: of steps at least none
            return between(0, None) if derived is not None and derived.steps is not None else ANYTHING
        if derived is None:
            printed = self.scheme.ledger_columns(measure.register_).get(column)
            counts = printed is not None and printed.type == "integer" and printed.minimum is not None
            return COUNT if counts else ANYTHING  # a whole number of the ledger's own may be below 0
        if derived.steps is None:
            return ANYTHING
        return between(0, None) if derived.steps.mode == "exact" else COUNT

    def _rate(self, rate: Rate) -> Interval:
        value = self._quotient(rate)
        return value if rate.zero == "not_assessable" else hull((value, exactly(Fraction(rate.zero))))

    def _quotient(self, rate: Rate) -> Interval:
        """The weighted numerator over the denominator, where that is not 0.

        Where each part of the numerator belongs to one part of the denominator, the whole quotient lies between
        the least and the greatest quotient of such a pair. A row that several measures count counts for each.
        """
        measures = [*rate.numerator, *rate.denominator]
        known = all(self.of(name).within(between(0, None)) for name in measures)
        if not known or any(weight <= 0 for weight in rate.denominator.values()):
            return ANYTHING
        weights = [weight for weight in rate.numerator.values() if weight != 0]
        open_ended = Interval(
            None if any(weight < 0 for weight in weights) else Fraction(0),
            None if any(weight > 0 for weight in weights) else Fraction(0),
        ).times(rate.times)
        belongs: dict[str, list[str]] = {name: [] for name in rate.denominator}
        for name in rate.numerator:
            wholes = [name] if name in rate.denominator else rate.denominator
            home = next((whole for whole in wholes if self.part_of(name, whole)), None)
            if home is None:
                return open_ended
            belongs[home].append(name)
        if len(rate.numerator) > MANY:
            return open_ended
        sums = [
            sum((rate.numerator[name] for name in together), Fraction(0)) / rate.denominator[whole]
            for whole, parts in belongs.items()
            for together in self._counted_together(whole, parts)
        ]
        return between(min(sums), max(sums)).times(rate.times)

    def _counted_together(self, whole: str, measures: list[str]) -> Iterator[tuple[str, ...]]:
        """The sets of measures that a row of ``whole`` may be counted by; where it is one of them, in each."""
        for size in range(len(measures) + 1):
            for chosen in combinations(measures, size):
                if whole in measures and whole not in chosen:
                    continue
                if not any(self.apart(a, b) for a, b in combinations(chosen, 2)):
                    yield chosen

    def _composite(self, composite: Composite) -> Interval:
        """A weighted mean lies between its least and its greatest part, times the sum of the weights."""
        if any(weight < 0 for weight in composite.parts.values()):
            return ANYTHING
        parts = [self.of(name) for name in composite.parts]
        stand_in = {"zero": [exactly(Fraction(0))], "full": [exactly(Fraction(1))]}.get(composite.missing, [])
        return hull([*parts, *stand_in]).times(sum(composite.parts.values(), Fraction(0)) * composite.times)


def _standing(standing: Standing) -> Interval:
    """Nothing, an entry of a table, or what stands past its end."""
    entries = [entry for table in standing.tables.values() for entry in table]
    return hull(exactly(value) for value in (Fraction(0), *entries, standing.then))
