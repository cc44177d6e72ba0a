"""What the notebook on a revision of weights calls: a past ledger scored under both versions of a scheme.

Each method returns a :class:`~auditlib.report.section.Section` that displays itself in Jupyter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from auditlib.analysis.request import check_language
from auditlib.core.hashes import file_sha256
from auditlib.core.message import t, told
from auditlib.ledger.snapshot import snapshot_hash
from auditlib.report import revision_figures as figures
from auditlib.report import revision_tables as tables
from auditlib.report.headings import REVISION
from auditlib.report.html import escape, heading, paragraph
from auditlib.report.markup import render_table, table_text
from auditlib.report.pages.styles import lab_style
from auditlib.report.reading_table import reading_table
from auditlib.report.section import Section, figure_section, joined_sections
from auditlib.report.slopes import Slope, slopes
from auditlib.report.tables import joined
from auditlib.report.wording import period_words
from auditlib.revision.compare import Move
from auditlib.revision.revise import panel_sha256
from auditlib.revision.scored import Group, RevisedPeriod, Side

__all__ = ["WeightRevision"]


@dataclass(frozen=True)
class WeightRevision:
    """A past period under an old and a new version of a scheme, before the new one is signed."""

    scored: RevisedPeriod
    language: str

    @classmethod
    def open(cls, *, language: str = "zh", **asked: Any) -> WeightRevision:
        """Scores the ledger by both versions, as :meth:`.RevisedPeriod.open` is asked to.

        Raises :class:`~auditlib.core.errors.InputError` for a parameter that does not fit.
        """
        check_language(language)
        return cls(RevisedPeriod.open(**asked), language)

    def __repr__(self) -> str:
        old, new = self.scored.old.result, self.scored.new.result
        return f"WeightRevision({old.scheme}, {old.version} → {new.version})"

    # --- who moves ------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The title of the report, with the period and both versions."""
        versions = {"old": self.scored.old.result.version, "new": self.scored.new.result.version}
        return self.t(
            "Scores by versions {old} and {new}, {period}: what the new weights change",
            period=period_words(self.scored.asked.period, self.language),
            **versions,
        )

    def headline(self) -> Section:
        """The first screen: which versions, on what, and how many units change rank."""
        revision = self.scored.new.resolved.scheme.revision
        particulars = [
            ("Scheme", self.scored.new.resolved.scheme.title(self.language)),
            ("Old version", self._version(self.scored.old)),
            ("New version", self._version(self.scored.new)),
            ("Period", period_words(self.scored.asked.period, self.language)),
        ]
        if revision is not None:
            cited = revision.panel
            text = self.t(
                "{panel}, round {round}, {experts} {experts:expert|experts}",
                panel=cited.panel,
                round=cited.round,
                experts=cited.experts,
            )
            particulars.append(("Panel", text))
        items = "".join(f"<div><dt>{escape(self.t(n))}</dt><dd>{escape(v)}</dd></div>" for n, v in particulars)
        made_up = self.scored.ledger.note.synthetic or (revision is not None and revision.panel.synthetic)
        synthetic = (
            f'<p class="synthetic">{escape(self.t("Synthetic demonstration, no real assessment or survey"))}</p>'
            if made_up
            else ""
        )
        finding = self._finding()
        sides = (self.scored.old, self.scored.new)
        days = (notice for side in sides for notice in side.result.noticed("provisional_days", "calendar_ends"))
        notes = list(dict.fromkeys(told(notice.message, self.language) for notice in days))
        markup = (
            f'{lab_style()}<div class="audit first">'
            f'<header class="masthead"><h1>{escape(self.title)}</h1><dl>{items}</dl>'
            f'{synthetic}</header><p class="finding">{escape(finding)}</p>{"".join(map(paragraph, notes))}</div>'
        )
        new = self.scored.new.result
        facts = {"kind": "revision", "title": self.title, "language": self.language, "scheme": new.scheme,
                 "version": new.version, "period": new.period}  # fmt: skip
        return Section(markup, "\n".join((self.title, finding, *notes)), (finding, *notes), facts=facts)

    def _finding(self) -> str:
        ranked = [move for moves in self.scored.comparison.groups.values() for move in moves]
        moved = [move for move in ranked if move.places]
        furthest = ""
        if moved:
            most = max(moved, key=lambda move: (abs(move.places or 0), abs(move.delta or 0)))
            furthest = self.t(
                "; {unit} moves furthest, in {group} from {old} to {new}",
                unit=most.new.name,
                group=self._group(most.group),
                old=most.old.rank,
                new=most.new.rank,
            )
        cause = self.t(
            "Every unit attains the same share of every maximum in both versions: weights alone move the ranks."
            if self.scored.comparison.proportional
            else "Some shares of the maxima differ between the versions: weights are not all that moves ranks."
        )
        fullest = max((move.new.total_of or 0 for move in ranked), default=0)
        short = joined([move.new.name for move in moved if (move.new.total_of or 0) < fullest], self.language)
        incomplete = (
            self.t(
                "Of those that move, {units} {units:lacks an indicator that others have; its total "
                "is|lack an indicator that others have; their totals are} out of less and hard to "
                "compare.",
                units=short,
            )
            if short
            else ""
        )
        numbers = {"ranked": len(ranked), "moved": len(moved)}
        return self.t(
            "Of {ranked} {ranked:ranked unit|ranked units}, {moved} {moved:changes|change} "
            "rank{furthest}. {cause} {incomplete}",
            **numbers,
            furthest=furthest,
            cause=cause,
            incomplete=incomplete,
        ).rstrip()

    def slopes(self) -> Section:
        """The rank of every unit under the old version and under the new one."""
        by_group = self.scored.comparison.groups.items()
        groups = {self._group(group): [_slope(move) for move in moves] for group, moves in by_group}
        sentences = []
        for group, units in groups.items():
            up, down = (sum(sign * (old - new) > 0 for _, old, new in units) for sign in (1, -1))
            same = len(units) - up - down
            sentences.append(
                self.t(
                    "{group}: of {count} {count:unit|units} {up} {up:rises|rise}, {down} {down:falls|fall}, "
                    "{same} {same:stays|stay}",
                    group=group,
                    count=len(units),
                    up=up,
                    down=down,
                    same=same,
                )
            )
        versions = (self._version(self.scored.old, short=True), self._version(self.scored.new, short=True))
        figure = slopes(groups, versions, self.language)
        caption = self.t("{groups}.", groups=self.t("; ").join(sentences))
        table = tables.move_table(self.scored.comparison, self.language)
        return joined_sections(
            self._figure("slopes", figure, caption),
            self._table(
                "moves",
                table,
                self.t(
                    "Ranks are within groups. The maximum of a total changes with the version; indicators "
                    "without a score are out of it."
                ),
            ),
        )

    def why(self) -> Section:
        """What each indicator contributes to the change of each unit's total, and what sets the unit apart by it."""
        table = tables.why_table(self.scored.comparison, self._titles, self.language)
        return self._table(
            "why",
            table,
            self.t(
                "A change is the sum of what the indicators contribute. What the whole group gains moves "
                "no rank, so the last columns are against the group's mean."
            ),
        )

    def maxima(self) -> Section:
        """The maximum of every indicator in both versions."""
        old, new = (
            {one.id: one for one in side.resolved.scheme.indicators} for side in (self.scored.old, self.scored.new)
        )
        both = [(old[id].max, one.max, one.title(self.language)) for id, one in new.items() if id in old]
        pairs = [(before, after, title) for before, after, title in both if before and after is not None]
        gains = [(after - before, title) for before, after, title in pairs]
        most, least = max(gains, key=lambda gain: gain[0]), min(gains, key=lambda gain: gain[0])
        caption = self.t(
            "Of {count} {count:indicator|indicators}, {up} {up:gains|gain} and {down} "
            "{down:loses|lose}; {most} gains most ({gain}), {least} loses most ({loss}).",
            count=len(gains),
            up=sum(gain > 0 for gain, _ in gains),
            down=sum(gain < 0 for gain, _ in gains),
            most=most[1],
            gain=tables.signed_text(most[0]),
            least=least[1],
            loss=tables.signed_text(least[0]),
        )
        clauses = {one.title(self.language): one.clause for one in new.values()}
        return self._table("maxima", tables.maxima_table(pairs, clauses, self.language), caption)

    # --- how firm it is -------------------------------------------------------------------------------

    def intervals(self) -> Section:
        """The ranks that most random weightings give each unit, and how often it keeps its own."""
        level = f"{100 * self.scored.sampling.level:g}"
        names = {unit.unit: unit.name for unit in self.scored.new.result.units}
        groups, sentences = {}, []
        for group, found in self.scored.uncertainty.items():
            rows = tables.interval_rows(found, names, self.scored.sampling.level)
            groups[self._group(group)] = rows
            first = found.in_force.index(min(found.in_force))
            fixed, stays = sum(best == worst for *_, best, worst in rows), float(found.first[first, 0]) / found.draws
            sentences.append(
                self.t(
                    "in {group} the {level} % interval of {fixed} of {count} {count:unit|units} is a single "
                    "rank, and {unit}, the first, stays first in {share} % of the draws",
                    group=self._group(group),
                    fixed=fixed,
                    count=len(rows),
                    level=level,
                    unit=names[found.units[first]],
                    share=tables.chance_text(found, stays),
                )
            )
        excluded = joined([names[code] for code in self.scored.without_units], self.language)
        left_out = self.t("The ranks here are without {units}.", units=excluded) if excluded else ""
        sampling = self.scored.sampling
        experts = 0 if self.scored.panel is None else self.scored.panel.last.returned
        drawn, near = (
            "{draws} sets of weights around the new ones (Dirichlet, concentration {concentration})"
            if self.scored.panel is None
            else ("{draws} panels of {experts} {experts:expert|experts}, drawn anew from the panel with replacement"),
            f"{sampling.concentration:g}",
        )
        how = self.t(drawn, draws=sampling.draws, experts=experts, concentration=near)
        caption = self.t(
            "{how} (seed {seed}): {groups}. {left_out}",
            how=how,
            seed=sampling.seed,
            groups=self.t("; ").join(sentences),
            left_out=left_out,
        ).rstrip()
        table = tables.chance_table(
            self.scored.uncertainty, self._group, names, self.scored.sampling.level, self.language
        )
        figure = figures.intervals(groups, level, self.language)
        return joined_sections(self._figure("intervals", figure, caption), self._table("chances", table))

    def drivers(self) -> Section:
        """Which uncertain input moves the ranks: bars of Sobol indices with their table."""
        sentences, moving = [], {}
        for group, found in self.scored.indices.items():
            name = self._group(group)
            if not found.variance:
                sentences.append(self.t("in {group} nothing listed moves a rank", group=name))
                continue
            moving[name] = tables.bars_of(found, self._input)
            top = moving[name]
            shares = zip(found.inputs, found.total, strict=True)
            of_readings = {self._input(one): 100 * float(share) for one, share in shares if one in self.scored.varied}
            reading = ""
            if of_readings:
                most = max(of_readings, key=lambda one: of_readings[one])
                reading = self.t(
                    "; the most influential {name}, {share} %", name=most, share=f"{of_readings[most]:.0f}"
                )
            share = f"{100 * top.total[0]:.0f}"
            sentences.append(
                self.t(
                    "in {group} what matters most is {name}, {share} % with interactions{reading}",
                    group=name,
                    name=top.names[0],
                    share=share,
                    reading=reading,
                )
            )
        sampling, evaluations = (
            self.scored.sampling,
            max((one.evaluations for one in self.scored.indices.values()), default=0),
        )
        caption = self.t(
            "Weights vary around the new ones (Dirichlet, concentration {concentration}), the "
            "options of the readings listed are equally likely, {evaluations} evaluations (seed "
            "{seed}): {groups}. Indices share out the variance of the agreement of ranks (Spearman) "
            "and are estimates.",
            concentration=f"{sampling.concentration:g}",
            evaluations=evaluations,
            seed=sampling.seed,
            groups=self.t("; ").join(sentences),
        )
        if not moving:
            title = heading(self.t("What the ranks hang on"), "drivers")
            return Section(f'<section class="audit">{title}{paragraph(caption)}</section>', caption)
        table = tables.index_table(moving, self.language)
        figure = figures.bars(moving, self.language)
        return joined_sections(self._figure("drivers", figure, caption), self._table("indices", table))

    def without(self) -> Section:
        """How many units move when one indicator is left out, exactly."""
        names = {unit.unit: unit.name for unit in self.scored.new.result.units}
        counts = tables.moved_without(self.scored.ranks_without)
        most = max(counts, key=lambda name: counts[name], default="")
        sentence = self.t("No rank moves whichever is left out.")
        if counts.get(most):
            sentence = self.t("Most units move without {name}: {count}.", name=self._titles[most], count=counts[most])
        table = tables.without_table(self.scored.ranks_without, self._titles, names, self.language)
        return self._table(
            "without", table, self.t("The other weights grow in proportion. {sentence}", sentence=sentence)
        )

    # --- what it rests on -----------------------------------------------------------------------------

    def readings(self) -> Section:
        """The readings under which both versions were scored."""
        table = reading_table(self.scored.new.resolved, self.language)
        title = t("Readings in use", self.language)
        return self._section(
            title,
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

    def how_to_repeat(self) -> Section:
        """The commands and the inputs that give this report again."""
        revision, rows = self.scored.new.resolved.scheme.revision, []
        for name, side in (("Old version", self.scored.old), ("New version", self.scored.new)):
            rows.append((self.t(name), f"{side.name}\nsha256 {file_sha256(side.file)}"))
        rows.append(
            (self.t("Ledger"), f"{self.scored.asked.ledger}\nsha256 {snapshot_hash(self.scored.ledger.registers)}")
        )
        if self.scored.panel is not None:
            own = panel_sha256(self.scored.panel)
            same = ""
            if revision is not None:
                same = "\n" + self.t(
                    "the folder has the hash that the new version cites"
                    if own == revision.panel.sha256
                    else "the folder has NOT the hash that the new version cites"
                )
            rows.append((self.t("Panel"), f"{self.scored.panel.declared.panel}\nsha256 {own}{same}"))
        steps = self.scored.commands(self.language)
        title = self.t("How to re-perform this report")
        commands = "".join(
            f"<dt>{escape(self.t(name))}</dt><dd><pre><code>{escape(line)}</code></pre></dd>" for name, line in steps
        )
        table = tables.frame(rows, ("what", "value"), self.language)
        shown = render_table(table, title, self.language, show_caption=False)
        note = self.t(
            "These commands make the report again, in the folder where this one was made; inputs are known by the "
            "hash of their content."
        )
        markup = (
            f'<section class="audit repeat">{heading(title, "repeat")}{paragraph(note)}'
            f'<dl class="commands">{commands}</dl>{shown}</section>'
        )
        plain = "\n".join(f"{self.t(name)}: {line}" for name, line in steps)
        return Section(markup, f"{table_text(table, title)}\n{plain}")

    # --- pieces ---------------------------------------------------------------------------------------

    @property
    def _titles(self) -> dict[str, str]:
        return {one.id: one.title(self.language) for one in self.scored.new.resolved.scheme.indicators}

    def _input(self, name: str) -> str:
        if name in self.scored.varied:
            reading = self.scored.new.resolved.scheme.readings[name]
            return self.t(
                "reading [{clause}] {question}", clause=reading.clause, question=reading.question(self.language)
            )
        return self.t("the weight of {name}", name=self._titles[name])

    def _version(self, side: Side, *, short: bool = False) -> str:
        scheme = side.resolved.scheme
        if short:
            return self.t("version {version}", version=scheme.version)
        first = scheme.effective.first
        return self.t(
            "version {version}, in force from {first}" if first else "version {version}, no date in the source",
            version=scheme.version,
            first=first,
        )

    def _group(self, group: Group) -> str:
        return group or self.t("All units")

    def t(self, template: str, /, **values: object) -> str:
        """A sentence in the language of the report."""
        return t(template, self.language, **values)

    def _heading(self, key: str) -> str:
        return self.t(REVISION[key])

    def _figure(self, name: str, figure: Figure, caption: str) -> Section:
        return figure_section(name, self._heading(name), figure, caption)

    def _table(self, name: str, table: pd.DataFrame, note: str = "") -> Section:
        return self._section(self._heading(name), name, table, note)

    def _section(self, title: str, name: str, table: pd.DataFrame, note: str) -> Section:
        markup = render_table(table, title, self.language, show_caption=False)
        text = paragraph(note) if note else ""
        return Section(
            f'<section class="audit {name}">{heading(title, name)}{text}{markup}</section>', table_text(table, title)
        )


def _slope(move: Move) -> Slope:
    return move.new.name, move.old.rank or 0, move.new.rank or 0
