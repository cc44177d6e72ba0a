"""What the sections of the report on new weights know: a past period scored by both versions, bound to a language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import pandas as pd
from matplotlib.figure import Figure

from auditlib.core.exact import Rounding
from auditlib.core.message import t
from auditlib.core.numerals import signed
from auditlib.report.headings.revision import REVISION
from auditlib.report.markup import table_text
from auditlib.report.section import Section, figure_section, table_section
from auditlib.report.wording import period_words
from auditlib.revision.scored import Group, RevisedPeriod, Side

__all__ = ["TWO", "RevisionPage", "signed_text"]

TWO = Rounding(2)
"""Totals and maxima are told with two decimals at most."""


@dataclass(frozen=True)
class RevisionPage:
    """A past period under an old and a new version of a scheme, as a report in one language shows it."""

    scored: RevisedPeriod
    language: str

    def t(self, template: str, /, **values: object) -> str:
        """A sentence in the language of the report, from its English template."""
        return t(template, self.language, **values)

    @property
    def title(self) -> str:
        """The title of the report, with the period and both versions."""
        versions = {"old": self.scored.old.result.version, "new": self.scored.new.result.version}
        return self.t(
            "Scores by versions {old} and {new}, {period}: what the new weights change",
            period=period_words(self.scored.asked.period, self.language),
            **versions,
        )

    @cached_property
    def titles(self) -> dict[str, str]:
        """The indicators of the new version by id."""
        return {one.id: one.title(self.language) for one in self.scored.new.resolved.scheme.indicators}

    @cached_property
    def names(self) -> dict[str, str]:
        """The units by code."""
        return {unit.unit: unit.name for unit in self.scored.new.result.units}

    def group(self, group: Group) -> str:
        """The name of a group; all units where they are ranked together."""
        return group or self.t("All units")

    def version(self, side: Side) -> str:
        """One of the versions with the day from which it is in force."""
        scheme = side.resolved.scheme
        first = scheme.effective.first
        return self.t(
            "version {version}, in force from {first}" if first else "version {version}, no date in the source",
            version=scheme.version,
            first=first,
        )

    def frame(self, rows: Iterable[Sequence[object]], columns: Sequence[str], **values: object) -> pd.DataFrame:
        """Rows under headings in the language of the report; ``values`` stand in the headings."""
        headings = [self.t(REVISION[name], **values) for name in columns]
        return pd.DataFrame([list(row) for row in rows], columns=headings, dtype=object)

    def drawn(self, name: str, figure: Figure, caption: str) -> Section:
        """A figure with its sentence."""
        return figure_section(name, self.t(REVISION[name]), figure, caption)

    def tabled(self, name: str, table: pd.DataFrame, note: str = "", title: str = "") -> Section:
        """A table under its heading: ``title``, or what the report calls ``name``. Its text leaves the note out."""
        title = title or self.t(REVISION[name])
        return replace(table_section(name, title, table, self.language, note), text=table_text(table, title))


def signed_text(value: Fraction) -> str:
    """A change with its sign and at most two decimals; no change as 0."""
    return signed(value, TWO) if value else "0"
