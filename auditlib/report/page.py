"""What the sections of a report know: a scored period bound to a language, and to a unit where the report is on one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from auditlib.analysis.losses import IndicatorLoss, losses
from auditlib.analysis.movements import Movement, movements
from auditlib.analysis.peers import Changes, changes
from auditlib.analysis.views import ScoredPeriod
from auditlib.chance.judged import JudgedShares
from auditlib.core.message import t
from auditlib.report.chance_tables import judged_shares
from auditlib.report.figure import Spot
from auditlib.report.headings.shared import REPORT
from auditlib.report.section import Section, figure_section, said_section, table_section
from auditlib.report.wording import period_words
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scoring.result import Result, UnitScore

__all__ = ["Page", "RankingPage", "UnitPage"]


@dataclass(frozen=True)
class Page:
    """A scored period as a report in one language shows it."""

    scored: ScoredPeriod
    language: str

    def t(self, template: str, /, **values: object) -> str:
        """A sentence in the language of the report, from its English template."""
        return t(template, self.language, **values)

    @property
    def resolved(self) -> Resolved:
        return self.scored.resolved

    @property
    def scheme(self) -> Scheme:
        return self.scored.resolved.scheme

    @property
    def result(self) -> Result:
        return self.scored.result

    @property
    def units(self) -> Sequence[UnitScore]:
        """The units that the report is on."""
        return self.result.units

    @property
    def code(self) -> str | None:
        """The code of the unit that the report is on; None where it is on all."""
        return None

    @property
    def parameters(self) -> str:
        """What papermill is told besides what every report is, for this page."""
        return ""

    @property
    def counts_cases(self) -> bool:
        """Whether anything of the scheme counts cases."""
        return any(measure.register_ == "cases" for measure in self.scheme.measures.values())

    def _of_period(self, name: str) -> str:
        period = period_words(self.result.period, self.language)
        return f"{period}{name}" if self.language == "zh" else f"{name}, {period}"

    def said(self, name: str, title: str, sentence: str) -> Section:
        """A section whose figure or table would show nothing: the sentence that says so."""
        return said_section(name, title, sentence)

    def tabled(self, name: str, table: pd.DataFrame, note: str = "", title: str = "", **options: Any) -> Section:
        """A table under its heading: ``title``, or what the reports call ``name``."""
        return table_section(name, title or self.t(REPORT[name]), table, self.language, note, **options)

    def drawn(
        self, name: str, title: str, figure: Figure, caption: str, table: pd.DataFrame | None = None, kind: str = "",
        spots: Sequence[Spot] = (),
    ) -> Section:  # fmt: skip
        """A figure with its sentence and, folded under it, its table; ``spots`` are parts of it that lead somewhere."""
        return figure_section(name, title, figure, caption, table, self.language, kind, spots)


@dataclass(frozen=True)
class UnitPage(Page):
    """One unit in one period; ``settings`` is the file by which a probe was made, where one is told of it."""

    unit: UnitScore
    settings: str = ""

    @property
    def title(self) -> str:
        """The title of the report, with the unit and the period."""
        return self._of_period(self.t("Assessment of {name}", name=self.unit.name))

    @property
    def units(self) -> Sequence[UnitScore]:
        return (self.unit,)

    @property
    def code(self) -> str | None:
        return self.unit.unit

    @property
    def parameters(self) -> str:
        if self.scored.signals is None:
            return ""
        return " -p signals True" + (f" -p settings {shlex.quote(self.settings)}" if self.settings else "")

    @cached_property
    def story(self) -> Changes:
        """From the full marks to the score, indicator by indicator."""
        return changes(self.resolved, self.unit, self.language)

    def rules_of(self, register: str) -> dict[str, list[str]]:
        """The rows of a register behind lost points, each with the rules under which they were lost."""
        titles = {(i.id, rule.id): rule.title(self.language) for i, rule in self.scheme.rules()}
        counted = self.scored.counted_rows(self.unit, register)
        return {key: [titles[place] for place in places] for key, places in counted.items()}

    def listed(self, limit: int) -> list[str]:
        """The cases that the list shows: those behind lost points, the first ``limit`` of them by id."""
        return sorted(self.scored.counted_rows(self.unit))[:limit]


@dataclass(frozen=True)
class RankingPage(Page):
    """All units in one period; ``draws`` is how many ledgers the ranks by total are drawn from, 0 for none."""

    draws: int = 0

    @property
    def parameters(self) -> str:
        return f" -p draws {self.draws}" if self.draws else ""

    @property
    def title(self) -> str:
        """The title of the report, with the period."""
        return self._of_period(self.t("Assessment ranking"))

    @cached_property
    def moved(self) -> tuple[Movement, ...]:
        """Every unit's movement since the period before."""
        return movements(self.resolved, self.result, self.scored.previous, self.language)

    @cached_property
    def shares(self) -> tuple[JudgedShares, ...]:
        """Every share of cases among the numbers of the period, with what chance leaves of it."""
        return judged_shares(self.resolved, self.result)

    @cached_property
    def losses(self) -> tuple[IndicatorLoss, ...]:
        """Every indicator over all units, the costliest first."""
        return losses(self.resolved, self.result, self.language)
