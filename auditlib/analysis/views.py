"""One period scored once, with everything that reports ask of it, as plain values that processes can share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from auditlib.analysis.commands import command_lines
from auditlib.analysis.earlier_periods import Past, past_of
from auditlib.analysis.handling_time import Handling, Taken
from auditlib.analysis.readings.one_at_a_time import RankRange
from auditlib.analysis.readings.ranges import Effect
from auditlib.analysis.rejected import Rejected
from auditlib.analysis.request import Asked, CaseRow, EventRow, Reject, SignalRow
from auditlib.core.errors import InputError
from auditlib.core.hashes import digest, library_version
from auditlib.core.period import Period
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scoring.result import TOTAL, AppliedAdjustment, Result, UnitScore
from auditlib.scoring.totals import paired

__all__ = ["Own", "ScoredPeriod", "counted_rows", "joined", "named_in", "received_in"]


@dataclass(frozen=True)
class ScoredPeriod:
    """A ledger scored by a scheme for a period, as the parameters of a report ask.

    ``previous`` is the period before as the scheme then in force scores it at the same as-of time; None where the
    ledger has nothing there. ``history`` are the periods before, the earliest first. ``effects`` says for each unit
    what each reading that is not in use would change; None, with the reason in ``untried``, where one of them cannot
    be scored. ``ranks`` are the ranks that readings lead each unit to, over all combinations of them where these were
    tried ``together``, and else over one changed at a time; None where they were not asked for. ``received_cases``
    says how many cases of each unit came in. ``basis`` is the content hash of all that a report made from this can
    show.
    """

    asked: Asked
    scheme_name: str
    scheme_sha256: str
    resolved: Resolved
    period: Period
    result: Result = field(repr=False)
    previous: Result | None = field(repr=False)
    synthetic: bool
    snapshot: str
    rejected: Rejected
    """How many rows the ledger rejects; ``rejects`` are the faults of those that concern the period or may do so."""
    rejects: tuple[Reject, ...] = field(repr=False)
    cases: Mapping[str, tuple[CaseRow, ...]] = field(repr=False)
    history: tuple[Past, ...] = field(default=(), repr=False)
    handling: Handling = field(default=Handling(), repr=False)
    effects: Mapping[str, tuple[Effect, ...]] | None = field(default=None, repr=False)
    untried: str = field(default="", repr=False)
    ranks: Mapping[str, RankRange] | None = field(default=None, repr=False)
    together: bool = False
    received_cases: Mapping[str, int] = field(default_factory=dict, repr=False)
    events: Mapping[str, tuple[EventRow, ...]] = field(default_factory=dict, repr=False)
    rest: Mapping[date, bool] = field(default_factory=dict, repr=False)
    """Of each day of the period whether it is no working day, where the scheme's calendar knows it."""
    basis: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    signals: Mapping[str, tuple[SignalRow, ...]] | None = field(default=None, repr=False)
    """By unit, what a probe of the ledger says of it; None where nobody asked."""

    def unit(self, code: str) -> UnitScore:
        """The score of a unit. Raises :class:`InputError` with the units there are."""
        try:
            return self.result.unit(code)
        except KeyError:
            known = ", ".join(unit.unit for unit in self.result.units) or "none"
            raise InputError.at(
                self.asked.ledger, "unit", f"found {code!r}, expected one of the units of {self.period}: {known}"
            ) from None

    def previous_unit(self, code: str) -> UnitScore | None:
        """The unit's score in the period before, where there is one."""
        if self.previous is None:
            return None
        return next((unit for unit in self.previous.units if unit.unit == code), None)

    def of_unit(self, code: str) -> ScoredPeriod:
        """What a report on one unit shows: all of its own, and of the others no more than where they stand."""
        return joined(self.standing(), self.own(code))

    def of_ranking(self) -> ScoredPeriod:
        """What a report on all units shows: no evidence."""
        bare = replace(self.result, units=tuple(_without_evidence(unit) for unit in self.result.units))
        readings = [self.ranks, self.together, self.untried]
        data = digest([bare, self.previous, self.rejects, self.snapshot, self.synthetic, readings, self.received_cases])
        return replace(
            self, result=bare, cases={}, history=(), handling=Handling(), effects=None, events={}, rest={},
            basis={"scheme": self._scheme_digest, "data": data}, signals=None,
        )  # fmt: skip

    def standing(self) -> ScoredPeriod:
        """What the reports on all units have in common: where each stands, and nothing of why."""
        shown = _compared(self.resolved.scheme)
        others = {TOTAL} | shown[0] | shown[1]
        digits = {key: digits for key, digits in self.result.digits.items() if key[1] in others}
        units = tuple(_place(unit, *shown) for unit in self.result.units)
        bare = replace(self.result, units=units, digits=digits, adjustments=())
        before = self.previous and replace(self.previous, units=())
        handling = Handling(self.handling.limits)
        seen = digest([bare, before, self.rejected, self.synthetic, handling, self.untried, self.rest])
        basis = {"scheme": self._scheme_digest, "standing": seen}
        return replace(
            self, result=bare, previous=before, rejects=(), cases={}, history=(), handling=handling, effects=None,
            snapshot="", basis=basis, events={}, signals=None, ranks=None, together=False, received_cases={},
        )  # fmt: skip

    def own(self, code: str) -> Own:
        """What the period holds of one unit alone, and of its history no more than it shows."""
        rejects = tuple(reject for reject in self.rejects if reject.unit in (code, None))
        effects = None if self.effects is None else self.effects.get(code, ())
        history = tuple(past.seen_by(code) for past in self.history)
        taken = self.handling.taken.get(code, ())
        before = self.previous_unit(code)
        digits = {name: digits for (unit, name), digits in self.result.digits.items() if unit == code}
        decided = tuple(one for one in self.result.adjustments if code in one.units)
        return Own(
            self.unit(code), before and _place(before), self.cases.get(code, ()), rejects, history, taken, effects,
            self.events.get(code, ()), digits, decided, None if self.signals is None else self.signals.get(code, ()),
        )  # fmt: skip

    @property
    def _scheme_digest(self) -> str:
        return digest([self.scheme_sha256, self.resolved])

    def rejected_of(self, unit: str, *, dated: bool = True) -> tuple[int, int]:
        """How many rejected rows of the period are of ``unit``, and of how many nobody can tell whose they are.

        Without ``dated`` the same of those whose time cannot be read.
        """
        rows = [reject for reject in self.rejects if (reject.at is not None) == dated]
        own, unknown = (
            len({(reject.file, reject.row) for reject in rows if reject.unit == whose}) for whose in (unit, None)
        )
        return own, unknown

    def counted_rows(self, unit: UnitScore, register: str = "cases") -> dict[str, list[tuple[str, str]]]:
        """The rows behind lost points, each with the (indicator, rule) ids under which they were lost."""
        return counted_rows(self.resolved, unit, register)

    def received(self, unit: UnitScore) -> tuple[CaseRow, ...]:
        """The unit's cases received in the period and known at the as-of time."""
        return received_in(self.cases.get(unit.unit, ()), self.period, self.result.as_of)

    @property
    def trend(self) -> tuple[Past, ...]:
        """The periods before and this one, the earliest first."""
        return (*self.history, past_of(self.resolved, self.result))

    @property
    def command(self) -> dict[str, str]:
        """The command lines that ``score`` and ``explain`` again, and the parameters of a ``notebook``."""
        return command_lines(self.asked, self.result.as_of, accept_rejects=bool(self.rejected.all))

    @property
    def content(self) -> str:
        """The hash of the data behind a report: of the whole ledger, or of what a unit's report shows."""
        return self.snapshot or digest([self.basis["data"], self.basis["standing"]])

    @property
    def software(self) -> str:
        return library_version()


class Own(NamedTuple):
    """What a period holds of one unit alone."""

    unit: UnitScore
    previous: UnitScore | None
    cases: tuple[CaseRow, ...]
    rejects: tuple[Reject, ...]
    history: tuple[Past, ...]
    taken: tuple[Taken, ...]
    effects: tuple[Effect, ...] | None
    events: tuple[EventRow, ...]
    digits: Mapping[str, int]
    """Of the unit's own quantities, those that need more digits than the scheme declares."""
    adjustments: tuple[AppliedAdjustment, ...] = ()
    """Those that change rows of its own."""
    signals: tuple[SignalRow, ...] | None = None


def joined(standing: ScoredPeriod, own: Own) -> ScoredPeriod:
    """The period as one unit sees it: where all stand, and its own scores and rows."""
    code = own.unit.unit
    units = tuple(own.unit if unit.unit == code else unit for unit in standing.result.units)
    digits = {**standing.result.digits, **{(code, name): digits for name, digits in own.digits.items()}}
    previous = standing.previous
    if previous is not None and own.previous is not None:
        previous = replace(previous, units=(own.previous,))
    basis = {**standing.basis, "data": digest(list(own))}
    result = replace(standing.result, units=units, digits=digits, adjustments=own.adjustments)
    return replace(
        standing, result=result, previous=previous,
        cases={code: own.cases}, rejects=own.rejects, history=own.history, basis=basis,
        handling=Handling(standing.handling.limits, {code: own.taken}),
        effects=None if own.effects is None else {code: own.effects}, events={code: own.events},
        signals=None if own.signals is None else {code: own.signals},
    )  # fmt: skip


def received_in(rows: Iterable[CaseRow], period: Period, look: datetime) -> tuple[CaseRow, ...]:
    """The cases received in a period and known when one looks."""
    return tuple(
        row
        for row in rows
        if row.received_at is not None and period.start <= row.received_at < period.end and row.received_at <= look
    )


def named_in(scored: ScoredPeriod, language: str) -> ScoredPeriod:
    """The period with its units and groups called as reports in ``language`` call them.

    In English by ``name_en`` and ``group_en`` of the register of units, where it has them.
    """
    if language != "en" or not any(unit.name_en or unit.group_en for unit in scored.result.units):
        return scored
    groups: dict[str | None, str] = {unit.group: unit.group_en for unit in scored.result.units if unit.group_en}

    def named(result: Result) -> Result:
        units = tuple(
            replace(
                unit,
                name=unit.name_en or unit.name,
                group=groups.get(unit.group) or unit.group,
                ranked_in=groups.get(unit.ranked_in) or unit.ranked_in,
            )
            for unit in result.units
        )
        return replace(result, units=units)

    return replace(scored, result=named(scored.result), previous=scored.previous and named(scored.previous))


def _compared(scheme: Scheme) -> tuple[frozenset[str], frozenset[str]]:
    """The rates and measures of others that a unit's lines are explained with: averages and places of standings."""
    standings = scheme.standings.values()
    rates = frozenset(standing.index for standing in standings)
    measures = {name for standing in standings for name in (*scheme.measures_of(standing.index), standing.ties)}
    return rates, frozenset(measures)


def _place(unit: UnitScore, rates: frozenset[str] = frozenset(), measures: frozenset[str] = frozenset()) -> UnitScore:
    """Where a unit stands, and nothing of why but for these rates and measures."""
    kept = {name: value for name, value in unit.rates.items() if name in rates}
    counts = {name: value for name, value in unit.measures.items() if name in measures}
    bare = replace(unit, indicators=(), measures=counts, rates=kept, parts=(), outcomes=())
    bare = replace(bare, before_exclusions=None, excluded=0, exclusions=(), provisional=())
    return replace(bare, before_adjustments=None, duties=())


def _without_evidence(unit: UnitScore) -> UnitScore:
    indicators = tuple(
        replace(indicator, lines=tuple(replace(line, evidence=()) for line in indicator.lines))
        for indicator in unit.indicators
    )
    outcomes = tuple(replace(one, evidence=()) for one in unit.outcomes)
    provisional = tuple(replace(rows, evidence=()) for rows in unit.provisional)
    return replace(unit, indicators=indicators, outcomes=outcomes, provisional=provisional)


def counted_rows(resolved: Resolved, unit: UnitScore, register: str = "cases") -> dict[str, list[tuple[str, str]]]:
    """The rows of a register behind lost points, each with the (indicator, rule) ids under which they were lost.

    A row loses points where its rule takes some, and where it keeps a rate from giving the full marks.
    """
    counted: dict[str, list[tuple[str, str]]] = {}
    scheme = resolved.scheme
    for indicator, scored in paired(scheme, unit.indicators):
        rules = {rule.id: rule for rule in indicator.rules}
        for line in scored.lines:
            rule = rules[line.rule]
            measure = scheme.measures.get(scheme.evidence_of(rule) or "")
            short = scored.max is None or scored.points is None or scored.points < scored.max
            lost = line.points is not None and (
                line.points < 0 or (short and scheme.lacking(rules[line.rule]) is not None)
            )
            if not lost or measure is None or measure.register_ != register:
                continue
            for key in line.evidence:
                under = counted.setdefault(key, [])
                if (indicator.id, rule.id) not in under:
                    under.append((indicator.id, rule.id))
    return counted
