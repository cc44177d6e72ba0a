"""A scheme file as frozen values.

A closed vocabulary, a chain of small parts: *columns* derived row by row, *measures* counted from a
register, *rates* divided from measures (``counting``), *rules* that turn one of them into points
(``rules``), roll-ups, ranks and outcomes (``results``), each with its clause (``source``). A policy
that a source can leave open (step mode, inclusion of a bound, zero denominator, floor, cap, missing
period, ties) is a key without a default: a file that does not say does not load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from auditlib.core.exact import Rounding, RoundingMode
from auditlib.core.period import Granularity
from auditlib.core.values import Day, Strict, Text, Whole
from auditlib.ledger.extra_registers import ExtraColumn, ExtraRegister, known_registers
from auditlib.ledger.registers import Column as Printed
from auditlib.ledger.registers import Register
from auditlib.scheme.conditions import UnitCondition
from auditlib.scheme.duties import Actor, Counting, Duty
from auditlib.scheme.former_words import text_of
from auditlib.scheme.formers.arithmetic import PointsOf
from auditlib.scheme.formers.elsewhere import OfOutcome, OverPeriods
from auditlib.scheme.formers.quantity import Quantity
from auditlib.scheme.nodes import Branch
from auditlib.scheme.quantities import Column, Composite, Measure, Rate, Standing
from auditlib.scheme.results import FurtherRanking, Outcome, Ranking, RollUp, main_ranking
from auditlib.scheme.revision_note import Revision
from auditlib.scheme.rules import Base, Bound, Dimension, Indicator, Rule, Shortfall
from auditlib.scheme.share_differences import is_difference, is_share
from auditlib.scheme.source import Clause, Effective, Gap, KnownFinding, Name, Periods, Reading, Source
from auditlib.scheme.unranked import UNRANKED

__all__ = ["Rounded", "Scheme"]


class Rounded(Strict):
    """How points and rates are shown. Ranks and thresholds use exact values."""

    digits: Annotated[Whole, Field(ge=0, le=12)]
    mode: RoundingMode

    def rounding(self) -> Rounding:
        return Rounding(self.digits, self.mode)


class Scheme(Strict):
    """A scheme with every reading decided and every known value in its place."""

    scheme: Name
    extends: str | None = None
    version: str
    title: Text
    note: Text | None = None
    source: Source
    effective: Effective
    revision: Revision | None = None
    calendar: str | None = None
    validity: Literal["rows", "period"] = "rows"
    """What the validity of a unit decides: of each row whether it is the unit's, or only whether the unit is assessed
    in a period, all of whose rows are then counted."""
    periods: Periods
    year_starts: Annotated[Whole, Field(ge=1, le=12)] = 1
    """The month with which its year begins: 4 for a fiscal year from April to March, of which FY2025-04 is one."""
    clauses: dict[str, Clause]
    readings: dict[Name, Reading] = {}
    gaps: dict[Name, Gap] = {}
    values: dict[Name, dict[Day, Any]] = {}
    words: dict[str, dict[str, tuple[str, ...]]] = {}
    """Every value that a coded column may have, by register: all that rules test, and those that none tests."""
    extra_columns: dict[str, dict[str, ExtraColumn]] = {}
    """Columns of the ledger's own that the rules read, by register."""
    extra_registers: dict[Name, ExtraRegister] = {}
    """Registers of the ledger's own that the rules read: rows of a kind for which no other register is meant."""
    columns: dict[str, dict[Name, Column]] = {}
    actors: dict[Name, Actor] = {}
    counting: Counting = Counting.natural()
    duties: tuple[Duty, ...] = ()
    may_follow: dict[str, tuple[str, ...]] = {}
    """Acts that nobody owes, each with the acts after which somebody may do it: a new complaint after an answer."""
    measures: dict[Name, Measure]
    rates: dict[Name, Rate] = {}
    composites: dict[Name, Composite] = {}
    standings: dict[Name, Standing] = {}
    quantities: dict[Name, Quantity] = {}
    """Everything else that is computed, each under its name; one written where it is used has a name of its place."""
    named: tuple[str, ...] = Field(default=(), repr=False)
    """Those of the quantities that the file itself names."""
    dimensions: tuple[Dimension, ...] = ()
    base: Base | None = None
    indicators: tuple[Indicator, ...]
    branches: tuple[Branch, ...] = Field(default=(), repr=False)
    """The nodes of a tree that have other nodes under them, children before parents."""
    roll_up: dict[Granularity, RollUp] = {}
    ranking: Ranking
    rankings: tuple[FurtherRanking, ...] = ()
    """The rankings by name. Where the file has no ``ranking`` of its own, the first is the one that reports show."""
    earlier_as_of: Literal["then", "now"] = "then"
    """How an earlier period is looked at that a quantity asks for: as it was known then, or as it is now."""
    outcomes: tuple[Outcome, ...] = ()
    rounding: Rounded
    findings: tuple[KnownFinding, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _duties_alone(cls, data: Any) -> Any:
        """Where a source prints duties and no points there is nothing to rank and nothing to round but rates."""
        if not isinstance(data, dict) or not data.get("duties"):
            return data
        if "counting" not in data and any(
            isinstance(duty, dict) and duty.get("limits") and not duty.get("supplied") for duty in data["duties"]
        ):
            raise ValueError("found limits and no `counting`, expected how the scheme counts time")
        return data if data.get("indicators") else UNRANKED | data

    @model_validator(mode="before")
    @classmethod
    def _first_ranking(cls, data: Any) -> Any:
        """A file with ``rankings`` alone: the first of them is the one that everybody is shown."""
        if isinstance(data, dict) and "ranking" not in data and isinstance(data.get("rankings"), list | tuple):
            first = next((one for one in data["rankings"] if isinstance(one, dict)), None)
            return data if first is None else data | {"ranking": main_ranking(first)}
        return data

    @property
    def actor_ids(self) -> dict[str, str]:
        """The id of an actor by each of its titles."""
        return {title: name for name, actor in self.actors.items() for title in (actor.zh, actor.en) if title != name}

    def duty(self, name: str) -> Duty:
        """The duty with this id. Raises :class:`KeyError`."""
        return {duty.id: duty for duty in self.duties}[name]

    def rules(self) -> Iterator[tuple[Indicator, Rule]]:
        """Every rule with its indicator, in the order of the file."""
        for indicator in self.indicators:
            for rule in indicator.rules:
                yield indicator, rule

    def title_of(self, quantity: str) -> Text:
        """What people call a quantity. Raises :class:`KeyError` where the scheme has no such thing."""
        if quantity in self.quantities:
            return text_of(self, quantity)
        return (self.measures | self.rates | self.composites | self.standings)[quantity].title

    def has_name(self, quantity: str) -> bool:
        """Whether the file itself gives a computed quantity its name, so that other sentences may call it so."""
        return quantity in self.named

    @property
    def node_ids(self) -> frozenset[str]:
        """The ids of all nodes with points."""
        return frozenset(one.id for one in self.nodes)

    @property
    def nodes(self) -> tuple[Indicator | Branch, ...]:
        """Everything that has points: the indicators, and the branches of the tree."""
        return (*self.indicators, *self.branches)

    def node(self, id: str) -> Indicator | Branch:
        """The indicator or the branch with this id. Raises :class:`KeyError`."""
        return {one.id: one for one in self.nodes}[id]

    @property
    def roots(self) -> tuple[str, ...]:
        """The nodes that stand under no other, in the order of the file."""
        under = {child for branch in self.branches for child in branch.children}
        return tuple(one.id for one in self.nodes if one.id not in under)

    @property
    def indicator_titles(self) -> dict[str, Text]:
        """The title of every indicator by its id."""
        return {indicator.id: indicator.title for indicator in self.indicators}

    @property
    def quantity_names(self) -> set[str]:
        """Everything that a rule or outcome may look at."""
        return {*self.measures, *self.rates, *self.composites, *self.standings, *self.quantities}

    @property
    def main_ranking(self) -> str | None:
        """The id of the ranking that reports show: the first by name, if the total leads it."""
        first = self.rankings[0] if self.rankings else None
        leading = self.quantities.get(str(first.by[0].of)) if first is not None else None
        return first.id if first is not None and isinstance(leading, PointsOf) else None

    @property
    def further_rankings(self) -> tuple[FurtherRanking, ...]:
        """The rankings by name, without the one that the total gives."""
        return tuple(one for one in self.rankings if one.id != self.main_ranking)

    @property
    def scored_quantities(self) -> tuple[str, ...]:
        """The computed quantities that are known as soon as a unit has points: none that asks for outcomes."""
        return tuple(name for name in self.quantities if not self._asks_for_outcomes(name, frozenset()))

    def asks_for_outcomes(self, condition: UnitCondition) -> bool:
        """Whether a condition depends on outcomes, directly or through quantities."""
        names = (part for part in condition.parts() if isinstance(part, str))
        return bool(next(condition.outcomes(), None)) or any(
            self._asks_for_outcomes(name, frozenset()) for name in names
        )

    def outcomes_behind(self, outcome: str) -> frozenset[str]:
        """An outcome with those that bar it and those that it asks for, through everything that it looks at."""
        found: set[str] = set()
        waiting = [outcome]
        while waiting:
            id = waiting.pop()
            if id in found:
                continue
            found.add(id)
            waiting += [one.id for one in self.outcomes if id in one.bars]
            for one in self.outcomes:
                if one.id == id and one.when is not None:
                    waiting += one.when.outcomes()
        return frozenset(found)

    def _asks_for_outcomes(self, name: str, seen: frozenset[str]) -> bool:
        former = self.quantities.get(name)
        if former is None or name in seen:
            return False
        if isinstance(former, OverPeriods) and isinstance(former.over, OfOutcome):
            return True
        asked = any(next(one.outcomes(), None) for one in former.conditions())
        return asked or any(self._asks_for_outcomes(part, seen | {name}) for part in former.names)

    @property
    def known_registers(self) -> Mapping[str, Register]:
        """Every register that a ledger of this scheme may have, by name."""
        return known_registers(self.extra_registers)

    def ledger_columns(self, register: str) -> dict[str, Printed]:
        """The columns of a register in the ledger: those that every ledger knows, and the declared extra ones."""
        known = {column.name: column for column in self.known_registers[register].columns}
        for name, extra in self.extra_columns.get(register, {}).items():
            en, zh = (extra.title.en, extra.title.zh) if extra.title else ("a column of the ledger's own", name)
            known[name] = Printed(name, extra.type, en, zh)
        return known

    def parts_of(self, quantity: str) -> tuple[str, ...]:
        """The quantities that a rate, composite or standing is made of; a measure has none."""
        if quantity in self.rates:
            return (*self.rates[quantity].numerator, *self.rates[quantity].denominator)
        if quantity in self.composites:
            return tuple(self.composites[quantity].parts)
        if quantity in self.standings:
            return (self.standings[quantity].index, self.standings[quantity].ties)
        if quantity in self.quantities:
            return self.quantities[quantity].names
        return ()

    def measures_of(self, quantity: str) -> tuple[str, ...]:
        """The measures behind a quantity: itself, or those of its parts."""
        if quantity in self.measures:
            return (quantity,)
        return tuple(name for part in self.parts_of(quantity) for name in self.measures_of(part))

    def thresholds(self, quantity: str) -> tuple[Bound | Shortfall, ...]:
        """Every threshold by which a rule or an outcome decides on a quantity."""
        looked_at = [one for _, rule in self.rules() for one in (rule.step, rule.when, rule.target)]
        looked_at += [outcome.quantity for outcome in self.outcomes]
        return tuple(one for one in looked_at if one is not None and one.of == quantity)

    def unit_of(self, quantity: str) -> str | None:
        """What a quantity is measured in, as far as the file says; rows are counted."""
        if quantity in self.quantities:
            return self.quantities[quantity].unit
        if quantity in self.measures:
            measure = self.measures[quantity]
            return measure.unit or ("count" if measure.fact is None and measure.column is None else None)
        return "share" if is_share(self, quantity) else None

    def is_percent(self, quantity: str) -> bool:
        """Whether people write the quantity as a percentage, or in percentage points."""
        return is_share(self, quantity) or is_difference(self, quantity)

    def evidence_of(self, rule: Rule) -> str | None:
        """The measure whose rows show why a rule gave its points."""
        if rule.evidence is not None:
            return rule.evidence
        return rule.per if rule.per in self.measures else self.lacking(rule)

    def evidence_of_outcome(self, outcome: Outcome) -> str:
        """The measure whose rows stand behind an outcome: what it names, or what it looks at; empty for neither."""
        return outcome.evidence or (outcome.quantity.of if outcome.quantity is not None else "")

    def lacking(self, rule: Rule) -> str | None:
        """The measure of what the rate lacks that a rule pays for, as open cases are behind 10 × close rate."""
        rate = self.rates.get(rule.per or "") or self.quantities.get(rule.per or "")
        return None if rate is None or rule.evidence is not None else rate.lacking
