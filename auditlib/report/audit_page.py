"""What the sections of a report on a ledger know: the audited ledger in a language."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from matplotlib.figure import Figure

from auditlib.core.message import t, told
from auditlib.probe.clock_words import clock_message
from auditlib.probe.families import Line
from auditlib.report.audited import AuditedLedger
from auditlib.report.headings.ledger import AUDIT
from auditlib.report.markup import UnitName
from auditlib.report.section import Section, figure_section, said_section, table_section

__all__ = ["AuditPage"]


@dataclass(frozen=True)
class AuditPage:
    """An audited ledger as a report in one language shows it."""

    audited: AuditedLedger
    language: str

    def t(self, template: str, /, **values: object) -> str:
        """A sentence in the language of the report, from its English template."""
        return t(template, self.language, **values)

    @property
    def title(self) -> str:
        """The title of the report, with the period."""
        period = self.audited.period.words(self.language)
        return self.t("Can the ledger be believed? {period}", period=period)

    @cached_property
    def states(self) -> Counter[str]:
        """How many lines are in which state."""
        return Counter(line.state for line in self.audited.found.lines)

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of every unit by its code."""
        return {unit.unit: unit.name for unit in self.audited.scored.result.units}

    @cached_property
    def signals(self) -> list[Line]:
        """The signals, the strongest first."""
        from auditlib.probe.probe import ranked

        return [line for line in ranked(self.audited.found.lines) if line.state in ("strong", "signal")]

    def name(self, unit: str) -> str:
        """A unit by its name; of the whole ledger that it is."""
        return self.names.get(unit, unit) or self.t("the whole ledger")

    def clock(self, clock: str) -> str:
        """The clock of a test in words."""
        return told(clock_message(clock, self.audited.resolved.scheme), self.language)

    def linked(self, unit: str) -> UnitName | str:
        """A unit's name, which a run's page links to the report on it."""
        return UnitName(self.names[unit], unit) if unit in self.names else self.name(unit)

    def said(self, name: str, sentence: str) -> Section:
        """A section that has nothing to show: the sentence that says so."""
        return said_section(name, self.t(AUDIT[name]), sentence)

    def tabled(self, name: str, table: pd.DataFrame, note: str = "", **options: object) -> Section:
        """A table under its heading."""
        return table_section(name, self.t(AUDIT[name]), table, self.language, note, **options)

    def drawn(self, name: str, figure: Figure, caption: str, table: pd.DataFrame | None = None) -> Section:
        """A figure with its sentence and, folded under it, its table."""
        return figure_section(name, self.t(AUDIT[name]), figure, caption, table, self.language)
