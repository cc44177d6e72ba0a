"""What the sections of a report on duties know: the judged duties in a language, of all units, of one, of one case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from matplotlib.figure import Figure

from auditlib.analysis.duty_view import DutyView
from auditlib.core.message import t
from auditlib.ledger.registers import REGISTERS
from auditlib.report.headings.duty import DUTY
from auditlib.report.section import Section, figure_section, said_section, table_section
from auditlib.scheme.duties import Duty
from auditlib.scheme.model import Scheme
from auditlib.scoring.duties.compliance import Compliance

__all__ = ["DutyPage"]

SPECIAL = {"order": "the order of the acts", "checks": "what a person has to judge"}
"""What an instance can lack that is neither a column nor an act."""


@dataclass(frozen=True)
class DutyPage:
    """Judged duties as a report in one language shows them."""

    view: DutyView
    language: str

    def t(self, template: str, /, **values: object) -> str:
        """A sentence in the language of the report, from its English template."""
        return t(template, self.language, **values)

    @property
    def compliance(self) -> Compliance:
        return self.view.compliance

    @property
    def scheme(self) -> Scheme:
        return self.view.resolved.scheme

    @property
    def title(self) -> str:
        """The title of the report, with the case or the unit and the period."""
        period = self.compliance.period.words(self.language)
        if self.view.case is not None:
            return self.t("Duties in the case {case}", case=self.view.case)
        if self.view.unit is not None:
            return self.t("Duties of {unit}, {period}", unit=self.name(self.view.unit), period=period)
        return self.t("Duties of all units, {period}", period=period)

    @cached_property
    def totals(self) -> Counter[str]:
        """How many instances on this page have which status."""
        return Counter(self.compliance.instances["status"].to_list())

    def name(self, unit: str | None) -> str:
        """A unit by its name."""
        return self._names.get(unit or "", unit or "")

    @cached_property
    def _names(self) -> dict[str, str]:
        return self.view.names_in(self.language)

    def duty(self, name: str) -> Duty:
        """A duty of the scheme."""
        return self.scheme.duty(name)

    def facts(self, names: Sequence[str] | None) -> str:
        """What is not recorded or not done, by the titles of columns, the words of acts, the titles of actors."""
        said = [self._fact(name) for one in names or () for name in one.split(", ")]
        return (", " if self.language == "en" else "、").join(dict.fromkeys(said))

    def _fact(self, name: str) -> str:
        if name in SPECIAL:
            return self.t(SPECIAL[name])
        extra, derived = self.scheme.extra_columns.values(), self.scheme.columns.values()
        titles = {column: one.title for columns in extra for column, one in columns.items()}
        titles |= {column: one.title for columns in derived for column, one in columns.items()}
        if title := titles.get(name):
            return title(self.language)
        if name in self.scheme.actors:
            return self.scheme.actors[name](self.language)
        known = next((found for one in REGISTERS.values() if (found := one.column(name)) is not None), None)
        if known is not None and self.language == "zh":
            return known.zh
        return name.removesuffix("_at") + " time" if name.endswith("_at") else name.replace("_", " ")

    def said(self, name: str, sentence: str) -> Section:
        """A section that has nothing to list: the sentence that says so."""
        return said_section(name, self.t(DUTY[name]), sentence)

    def tabled(self, name: str, table: pd.DataFrame, note: str = "", **options: object) -> Section:
        """A table under its heading."""
        return table_section(name, self.t(DUTY[name]), table, self.language, note, **options)

    def drawn(self, name: str, figure: Figure, caption: str, table: pd.DataFrame | None = None) -> Section:
        """A figure with its sentence and, folded under it, its table."""
        return figure_section(name, self.t(DUTY[name]), figure, caption, table, self.language)
