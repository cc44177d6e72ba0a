"""The sections that a unit's report and a ranking have in common."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from auditlib.analysis.views import ScoredPeriod
from auditlib.core.message import t
from auditlib.report import tables
from auditlib.report.fragments import Fragment, escape, figure_fragment, heading, join, paragraph
from auditlib.report.headings import REPORT
from auditlib.report.markup import folded_table, render_table, table_text
from auditlib.report.wording import number_words
from auditlib.scoring.result import UnitScore

__all__ = ["Sections"]


@dataclass(frozen=True)
class Sections:
    """The sections that a unit's report and a ranking have in common."""

    scored: ScoredPeriod
    language: str

    def _section(
        self, name: str, table: pd.DataFrame, note: str = "", title: str = "", **options: object
    ) -> Fragment:  # fmt: skip
        """A table under its heading: ``title``, or what the reports call ``name``."""
        title = title or t(REPORT[name], self.language)
        markup = render_table(table, title, self.language, show_caption=False, **options)  # type: ignore[arg-type]
        text = paragraph(note) if note else ""
        return Fragment(
            f'<section class="audit {name}">{heading(title, name)}{text}{markup}</section>',
            "\n".join(filter(None, (note, table_text(table, title)))),
        )

    def _figure(
        self, title: str, name: str, figure: Figure, caption: str, table: pd.DataFrame, kind: str = ""
    ) -> Fragment:  # fmt: skip
        """A figure with its sentence and, folded under it, its table."""
        folded = Fragment(folded_table(table, title, self.language, kind=kind), table_text(table, title))
        return join(figure_fragment(figure, title, name, caption), folded)

    def _said(self, title: str, name: str, sentence: str) -> Fragment:
        """A section whose figure would show nothing: the sentence that says so."""
        markup = f'<section class="audit">{heading(title, name)}{paragraph(sentence)}</section>'
        return Fragment(markup, f"{title}: {sentence}")

    def readings(self) -> Fragment:
        """The reading in use of every open clause, and the ones that are not."""
        table = tables.reading_table(self.scored.resolved, self.language)
        return self._section(
            "readings",
            table,
            t(
                "Where a clause can be understood in several ways, these readings are in use; another "
                "may change the score.",
                self.language,
            )
            if len(table)
            else "",
        )

    @property
    def _units(self) -> Sequence[UnitScore]:
        """The units that the report is on."""
        return self.scored.result.units

    def gaps(self) -> Fragment:
        """What the source does not give, and how it was treated."""
        table = tables.gap_table(self.scored.resolved, self.scored.result, self._units, self.language)
        return self._section(
            "gaps",
            table,
            t(
                "What the source does not give. A gap that is open counts neither as zero nor as full marks.",
                self.language,
            )
            if len(table)
            else "",
        )

    def _rejects(self, unit: str | None) -> Fragment:
        scored = self.scored
        table = tables.reject_table(scored.rejects, unit, self.language, scored.result.as_of)
        rejected = scored.rejected
        note = (
            t(
                "These rows were set aside for the reason given; once mended they count. Of the {all} "
                "{all:row|rows} that the ledger rejects {own} {own:is|are} of the period, {undated} "
                "{undated:has|have} no readable time, and {elsewhere} {elsewhere:is|are} of other "
                "periods and not listed here.",
                self.language,
                all=rejected.all,
                **rejected._asdict(),
            )
            if len(table)
            else ""
        )
        if not len(table) and rejected.elsewhere:
            note = t(
                "No row of the period was rejected; of other periods {count} {count:was|were}.",
                self.language,
                count=rejected.elsewhere,
            )
        return self._section("rejects", table, note)

    def _repeat(self, notebook: str, unit: str | None) -> Fragment:
        scored, language = self.scored, self.language
        source = scored.resolved.scheme.source
        checked = t("checked {date}", language, date=source.last_checked)
        inputs = [
            (t("Scheme file", language), f"{scored.scheme_name}\nsha256 {scored.scheme_sha256}"),
            (
                t("Source document", language),
                f"{source.title(language)}（{source.document}），{checked}"
                if language == "zh"
                else f"{source.title(language)} ({source.document}), {checked}",
            ),
            (t("Ledger", language), scored.asked.ledger),
            (t("Ledger snapshot" if unit is None else "Data behind this report", language), f"sha256 {scored.content}"),
            (t("Software", language), scored.software),
            (t("Numbers", language), number_words(scored.result.rounding, language)),
        ]
        own = "" if unit is None else f"-r unit {shlex.quote(unit)} "
        made = f"papermill auditlib://{notebook}.ipynb {notebook}.ipynb {own}{scored.command['notebook']}"
        made += f" -p language {language}"
        steps = [("Score again", scored.command["score"]), ("Make the report anew", made)]
        if unit is not None:  # `explain` speaks of one unit
            steps.insert(1, ("Explain each line", f"{scored.command['explain']} --unit {shlex.quote(unit)}"))
        table = tables.frame(inputs, ("what", "value"), language)
        commands = "".join(
            f"<dt>{escape(t(name, language))}</dt><dd><pre><code>{escape(line)}</code></pre></dd>"
            for name, line in steps
        )
        title = t("How to re-perform this report", language)
        note = t(
            "The same inputs give the same report. These commands score again, explain each line and make the report "
            "anew, in the folder where this one was made.",
            language,
        )
        markup = (
            f'<section class="audit repeat">{heading(title, "repeat")}{paragraph(note)}'
            f'<dl class="commands">{commands}</dl>{render_table(table, title, language, show_caption=False)}</section>'
        )
        plain = "\n".join(f"{t(name, language)}: {line}" for name, line in steps)
        return Fragment(markup, f"{table_text(table, title)}\n{plain}")
