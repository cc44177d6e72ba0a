"""The sections that a unit's report and a ranking have in common."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from auditlib.analysis.views import ScoredPeriod
from auditlib.report import tables
from auditlib.report.fragments import Fragment, escape, figure_fragment, heading, join, paragraph
from auditlib.report.markup import folded_table, render_table, table_text
from auditlib.report.wording import number_words, say
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
        title = title or say(name, self.language)
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
        return self._section("readings", table, say("note_readings", self.language) if len(table) else "")

    @property
    def _units(self) -> Sequence[UnitScore]:
        """The units that the report is on."""
        return self.scored.result.units

    def gaps(self) -> Fragment:
        """What the source does not give, and how it was treated."""
        table = tables.gap_table(self.scored.resolved, self.scored.result, self._units, self.language)
        return self._section("gaps", table, say("note_gaps", self.language) if len(table) else "")

    def _rejects(self, unit: str | None) -> Fragment:
        scored = self.scored
        table = tables.reject_table(scored.rejects, unit, self.language, scored.result.as_of)
        rejected = scored.rejected
        note = say("note_rejects", self.language, all=rejected.all, **rejected._asdict()) if len(table) else ""
        if not len(table) and rejected.elsewhere:
            note = say("rejected_elsewhere", self.language, count=rejected.elsewhere)
        return self._section("rejects", table, note)

    def _repeat(self, notebook: str, unit: str | None) -> Fragment:
        scored, language = self.scored, self.language
        source = scored.resolved.scheme.source
        checked = say("last_checked", language, date=source.last_checked)
        inputs = [
            (say("scheme_file", language), f"{scored.scheme_name}\nsha256 {scored.scheme_sha256}"),
            (say("source", language), f"{source.title(language)}（{source.document}），{checked}" if language == "zh"
             else f"{source.title(language)} ({source.document}), {checked}"),
            (say("ledger", language), scored.asked.ledger),
            (say("snapshot" if unit is None else "basis", language), f"sha256 {scored.content}"),
            (say("software", language), scored.software),
            (say("numbers", language), number_words(scored.result.rounding, language)),
        ]  # fmt: skip
        own = "" if unit is None else f"-r unit {shlex.quote(unit)} "
        made = f"papermill auditlib://{notebook}.ipynb {notebook}.ipynb {own}{scored.command['notebook']}"
        made += f" -p language {language}"
        steps = [("step_score", scored.command["score"]), ("step_report", made)]
        if unit is not None:  # `explain` speaks of one unit
            steps.insert(1, ("step_explain", f"{scored.command['explain']} --unit {shlex.quote(unit)}"))
        table = tables.frame(inputs, ("what", "value"), language)
        commands = "".join(
            f"<dt>{escape(say(name, language))}</dt><dd><pre><code>{escape(line)}</code></pre></dd>"
            for name, line in steps
        )
        title = say("repeat", language)
        markup = (
            f'<section class="audit repeat">{heading(title, "repeat")}{paragraph(say("note_repeat", language))}'
            f'<dl class="commands">{commands}</dl>{render_table(table, title, language, show_caption=False)}</section>'
        )
        plain = "\n".join(f"{say(name, language)}: {line}" for name, line in steps)
        return Fragment(markup, f"{table_text(table, title)}\n{plain}")
