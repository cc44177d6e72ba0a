"""A line of a unit's result as its form shows it: what was decided, by which clause, from which rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from auditlib.analysis.explain import ExplainedLine, explain
from auditlib.core.hashes import digest
from auditlib.core.message import t
from auditlib.ledger.registers import REGISTERS
from auditlib.objections.issue import Terms
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["ContestedLine", "ContestedResult", "contested_result", "keyed_registers"]

Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ContestedLine:
    """One line that a unit may object to: ``facts`` are labels with texts, ``keys`` the rows behind it.

    ``register`` is the one of these rows; empty where no keyed register is behind the line.
    """

    indicator: str
    rule: str
    title: str
    points: str
    clause: str
    register: str
    facts: Rows = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The line as commands name it: ``promptness.late``."""
        return f"{self.indicator}.{self.rule}"


@dataclass(frozen=True)
class ContestedResult:
    """The result of a unit with all its lines, as it was issued: what a form is written from and held against."""

    terms: Terms
    scheme: str
    period: str
    unit: str
    facts: Rows
    lines: tuple[ContestedLine, ...] = field(repr=False)
    columns: dict[str, tuple[tuple[str, str], ...]] = field(repr=False)
    """By register, the columns that can be contested, each with its title."""
    language: str

    @property
    def fingerprint(self) -> str:
        """A hash of all that the form says of the result: that of another result, or of a result since changed,
        differs."""
        shown = [[line.name, line.register, line.facts, line.keys] for line in self.lines]
        return digest([self.terms.run, self.scheme, self.period, self.unit, self.language, self.facts, shown])


def keyed_registers() -> tuple[str, ...]:
    """The registers of which an adjustment can change cells."""
    return tuple(name for name, one in REGISTERS.items() if one.key and name != "checks")


def contested_result(
    resolved: Resolved, result: Result, unit: UnitScore, terms: Terms, language: str
) -> ContestedResult:  # fmt: skip
    """What ``unit`` may object to in its result: every line of the scheme, in its order."""
    scheme = resolved.scheme
    total = result.total(unit) or t("no total", language)
    version = f"{t('version', language)} {scheme.version}"
    facts = (
        *terms.rows(language),
        (t("Scheme", language), f"{scheme.title(language)} ({scheme.scheme}, {version})"),
        (t("Period", language), result.period),
        (t("Unit", language), f"{unit.name} ({unit.unit})"),
        (t("Total", language), total),
        (t("Rank", language), "—" if unit.rank is None else str(unit.rank)),
    )  # fmt: skip
    columns = {
        name: tuple(
            (column.name, column.zh if language == "zh" else column.meaning)
            for column in scheme.ledger_columns(name).values()
            if column.name not in REGISTERS[name].key
        )
        for name in keyed_registers()
    }
    lines = tuple(_lines(resolved, result, unit, language))
    return ContestedResult(terms, scheme.scheme, result.period, unit.unit, facts, lines, columns, language)


def _lines(resolved: Resolved, result: Result, unit: UnitScore, language: str) -> Iterator[ContestedLine]:
    """The lines, those of one rule together."""
    by_rule: dict[tuple[str, str], list[ExplainedLine]] = {}
    for line in explain(resolved, result, unit, language):
        by_rule.setdefault((line.indicator, line.rule), []).append(line)
    scheme = resolved.scheme
    titles = {indicator.id: indicator.title(language) for indicator in scheme.indicators}
    registers = {(i.id, rule.id): scheme.measures.get(scheme.evidence_of(rule) or "") for i, rule in scheme.rules()}
    for (indicator, rule), own in by_rule.items():
        first, measure = own[0], registers[indicator, rule]
        register = measure.register_ if measure is not None and measure.register_ in keyed_registers() else ""
        single = bool(register) and len(REGISTERS[register].key) == 1
        keys = dict.fromkeys(key for line in own for key in line.evidence)
        points = "; ".join(line.points or "—" for line in own)
        facts = [
            (t("Indicator", language), titles[indicator]),
            (t("Line", language), f"{first.title} ({indicator}.{rule})"),
        ]
        facts.append((t("Clause", language), f"{first.clause}　{first.quote}"))
        for line in own:
            facts += [
                (
                    t("What was counted", language),
                    "; ".join(filter(None, (line.operands, *line.facts, line.reason or ""))),
                ),
                (t("Arithmetic", language), line.arithmetic),
            ]
        facts.append((t("Points", language), points))
        if keys:
            facts.append((t("Rows behind it", language), str(len(keys))))
        shown = tuple((label, text) for label, text in facts if text)
        yield ContestedLine(
            indicator, rule, first.title, points, first.clause, register, shown, tuple(keys) if single else ()
        )
