"""What the notebook on a revision of weights calls: a past ledger scored under both versions of a scheme.

Each method returns a :class:`~auditlib.report.fragments.Fragment` that displays itself in Jupyter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from auditlib.analysis.request import check_language
from auditlib.core.hashes import file_sha256
from auditlib.core.message import told
from auditlib.ledger.snapshot import snapshot_hash
from auditlib.report import revision_figures as figures
from auditlib.report import revision_tables as tables
from auditlib.report.fragments import Fragment, escape, figure_fragment, heading, join, paragraph
from auditlib.report.markup import render_table, table_text
from auditlib.report.pages.styles import lab_style
from auditlib.report.revision_words import phrased
from auditlib.report.tables import joined, reading_table
from auditlib.report.wording import period_words, say
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
        return self._say("title", period=period_words(self.scored.asked.period, self.language), **versions)

    def headline(self) -> Fragment:
        """The first screen: which versions, on what, and how many units change rank."""
        revision = self.scored.new.resolved.scheme.revision
        particulars = [
            ("scheme", self.scored.new.resolved.scheme.title(self.language)),
            ("old", self._version(self.scored.old)),
            ("new", self._version(self.scored.new)),
            ("period", period_words(self.scored.asked.period, self.language)),
        ]
        if revision is not None:
            cited = revision.panel
            text = self._say("panel_cited", panel=cited.panel, round=cited.round, experts=cited.experts)
            particulars.append(("panel", text))
        label = {name: say(name, self.language) if name == "scheme" else self._say(name) for name, _ in particulars}
        items = "".join(f"<div><dt>{escape(label[n])}</dt><dd>{escape(v)}</dd></div>" for n, v in particulars)
        made_up = self.scored.ledger.note.synthetic or (revision is not None and revision.panel.synthetic)
        synthetic = f'<p class="synthetic">{escape(self._say("synthetic"))}</p>' if made_up else ""
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
        return Fragment(markup, "\n".join((self.title, finding, *notes)), facts)

    def _finding(self) -> str:
        ranked = [move for moves in self.scored.comparison.groups.values() for move in moves]
        moved = [move for move in ranked if move.places]
        furthest = ""
        if moved:
            most = max(moved, key=lambda move: (abs(move.places or 0), abs(move.delta or 0)))
            furthest = self._say(
                "furthest_move", unit=most.new.name, group=self._group(most.group), old=most.old.rank, new=most.new.rank
            )
        cause = self._say("only_weights" if self.scored.comparison.proportional else "not_only_weights")
        fullest = max((move.new.total_of or 0 for move in ranked), default=0)
        short = joined([move.new.name for move in moved if (move.new.total_of or 0) < fullest], self.language)
        incomplete = self._say("incomplete", units=short) if short else ""
        numbers = {"ranked": len(ranked), "moved": len(moved)}
        return self._say("headline", **numbers, furthest=furthest, cause=cause, incomplete=incomplete).rstrip()

    def slopes(self) -> Fragment:
        """The rank of every unit under the old version and under the new one."""
        by_group = self.scored.comparison.groups.items()
        groups = {self._group(group): [_slope(move) for move in moves] for group, moves in by_group}
        sentences = []
        for group, units in groups.items():
            up, down = (sum(sign * (old - new) > 0 for _, old, new in units) for sign in (1, -1))
            same = len(units) - up - down
            sentences.append(self._say("slope_group", group=group, count=len(units), up=up, down=down, same=same))
        versions = (self._version(self.scored.old, short=True), self._version(self.scored.new, short=True))
        figure = figures.slopes(groups, versions, self.language)
        caption = self._say("slopes_sum", groups=self._say("semicolon").join(sentences))
        table = tables.move_table(self.scored.comparison, self.language)
        return join(self._figure("slopes", figure, caption), self._table("moves", table, self._say("note_moves")))

    def why(self) -> Fragment:
        """What each indicator contributes to the change of each unit's total, and what sets the unit apart by it."""
        table = tables.why_table(self.scored.comparison, self._titles, self.language)
        return self._table("why", table, self._say("note_why"))

    def maxima(self) -> Fragment:
        """The maximum of every indicator in both versions."""
        old, new = (
            {one.id: one for one in side.resolved.scheme.indicators} for side in (self.scored.old, self.scored.new)
        )
        both = [(old[id].max, one.max, one.title(self.language)) for id, one in new.items() if id in old]
        pairs = [(before, after, title) for before, after, title in both if before and after is not None]
        gains = [(after - before, title) for before, after, title in pairs]
        most, least = max(gains, key=lambda gain: gain[0]), min(gains, key=lambda gain: gain[0])
        caption = self._say(
            "maxima_caption", count=len(gains), up=sum(gain > 0 for gain, _ in gains),
            down=sum(gain < 0 for gain, _ in gains),
            most=most[1], gain=tables.signed_text(most[0]), least=least[1], loss=tables.signed_text(least[0]),
        )  # fmt: skip
        clauses = {one.title(self.language): one.clause for one in new.values()}
        return self._table("maxima", tables.maxima_table(pairs, clauses, self.language), caption)

    # --- how firm it is -------------------------------------------------------------------------------

    def intervals(self) -> Fragment:
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
                self._say(
                    "interval_group", group=self._group(group), fixed=fixed, count=len(rows), level=level,
                    unit=names[found.units[first]], share=tables.chance_text(found, stays),
                )
            )  # fmt: skip
        excluded = joined([names[code] for code in self.scored.without_units], self.language)
        left_out = self._say("left_out", units=excluded) if excluded else ""
        sampling = self.scored.sampling
        experts = 0 if self.scored.panel is None else self.scored.panel.last.returned
        drawn, near = "drawn_dirichlet" if self.scored.panel is None else "drawn_experts", f"{sampling.concentration:g}"
        how = self._say(drawn, draws=sampling.draws, experts=experts, concentration=near)
        caption = self._say("intervals_sum", how=how, seed=sampling.seed, groups=self._say("semicolon").join(sentences),
                            left_out=left_out).rstrip()  # fmt: skip
        table = tables.chance_table(
            self.scored.uncertainty, self._group, names, self.scored.sampling.level, self.language
        )
        figure = figures.intervals(groups, level, self.language)
        return join(self._figure("intervals", figure, caption), self._table("chances", table))

    def drivers(self) -> Fragment:
        """Which uncertain input moves the ranks: bars of Sobol indices with their table."""
        sentences, moving = [], {}
        for group, found in self.scored.indices.items():
            name = self._group(group)
            if not found.variance:
                sentences.append(self._say("driver_fixed", group=name))
                continue
            moving[name] = tables.bars_of(found, self._input)
            top = moving[name]
            shares = zip(found.inputs, found.total, strict=True)
            of_readings = {self._input(one): 100 * float(share) for one, share in shares if one in self.scored.varied}
            reading = ""
            if of_readings:
                most = max(of_readings, key=lambda one: of_readings[one])
                reading = self._say("driver_reading", name=most, share=f"{of_readings[most]:.0f}")
            share = f"{100 * top.total[0]:.0f}"
            sentences.append(self._say("driver_group", group=name, name=top.names[0], share=share, reading=reading))
        sampling, evaluations = (
            self.scored.sampling,
            max((one.evaluations for one in self.scored.indices.values()), default=0),
        )
        caption = self._say(
            "drivers_sum", concentration=f"{sampling.concentration:g}", evaluations=evaluations, seed=sampling.seed,
            groups=self._say("semicolon").join(sentences),
        )  # fmt: skip
        if not moving:
            title = heading(self._say("drivers"), "drivers")
            return Fragment(f'<section class="audit">{title}{paragraph(caption)}</section>', caption)
        table = tables.index_table(moving, self.language)
        figure = figures.bars(moving, self.language)
        return join(self._figure("drivers", figure, caption), self._table("indices", table))

    def without(self) -> Fragment:
        """How many units move when one indicator is left out, exactly."""
        names = {unit.unit: unit.name for unit in self.scored.new.result.units}
        counts = tables.moved_without(self.scored.ranks_without)
        most = max(counts, key=lambda name: counts[name], default="")
        sentence = self._say("without_none")
        if counts.get(most):
            sentence = self._say("without_most", name=self._titles[most], count=counts[most])
        table = tables.without_table(self.scored.ranks_without, self._titles, names, self.language)
        return self._table("without", table, self._say("note_without", sentence=sentence))

    # --- what it rests on -----------------------------------------------------------------------------

    def readings(self) -> Fragment:
        """The readings under which both versions were scored."""
        table = reading_table(self.scored.new.resolved, self.language)
        title = say("readings", self.language)
        return self._section(title, "readings", table, say("note_readings", self.language) if len(table) else "")

    def how_to_repeat(self) -> Fragment:
        """The commands and the inputs that give this report again."""
        revision, rows = self.scored.new.resolved.scheme.revision, []
        for name, side in (("old", self.scored.old), ("new", self.scored.new)):
            rows.append((self._say(name), f"{side.name}\nsha256 {file_sha256(side.file)}"))
        rows.append(
            (self._say("ledger"), f"{self.scored.asked.ledger}\nsha256 {snapshot_hash(self.scored.ledger.registers)}")
        )
        if self.scored.panel is not None:
            own = panel_sha256(self.scored.panel)
            same = ""
            if revision is not None:
                same = "\n" + self._say("panel_same" if own == revision.panel.sha256 else "panel_other")
            rows.append((self._say("panel"), f"{self.scored.panel.declared.panel}\nsha256 {own}{same}"))
        steps = self.scored.commands(self.language)
        title = self._say("repeat")
        commands = "".join(
            f"<dt>{escape(self._say(name))}</dt><dd><pre><code>{escape(line)}</code></pre></dd>" for name, line in steps
        )
        table = tables.frame(rows, ("what", "value"), self.language)
        shown = render_table(table, title, self.language, show_caption=False)
        markup = (
            f'<section class="audit repeat">{heading(title, "repeat")}{paragraph(self._say("note_repeat"))}'
            f'<dl class="commands">{commands}</dl>{shown}</section>'
        )
        plain = "\n".join(f"{self._say(name)}: {line}" for name, line in steps)
        return Fragment(markup, f"{table_text(table, title)}\n{plain}")

    # --- pieces ---------------------------------------------------------------------------------------

    @property
    def _titles(self) -> dict[str, str]:
        return {one.id: one.title(self.language) for one in self.scored.new.resolved.scheme.indicators}

    def _input(self, name: str) -> str:
        if name in self.scored.varied:
            reading = self.scored.new.resolved.scheme.readings[name]
            return self._say("reading_of", clause=reading.clause, question=reading.question(self.language))
        return self._say("weight_of", name=self._titles[name])

    def _version(self, side: Side, *, short: bool = False) -> str:
        scheme = side.resolved.scheme
        if short:
            return self._say("version", version=scheme.version)
        first = scheme.effective.first
        return self._say("version_from" if first else "version_open", version=scheme.version, first=first)

    def _group(self, group: Group) -> str:
        return group or self._say("no_group")

    def _say(self, name: str, /, **values: object) -> str:
        return phrased(name, self.language, **values)

    def _figure(self, name: str, figure: Figure, caption: str) -> Fragment:
        return figure_fragment(figure, self._say(name), name, caption)

    def _table(self, name: str, table: pd.DataFrame, note: str = "") -> Fragment:
        return self._section(self._say(name), name, table, note)

    def _section(self, title: str, name: str, table: pd.DataFrame, note: str) -> Fragment:
        markup = render_table(table, title, self.language, show_caption=False)
        text = paragraph(note) if note else ""
        return Fragment(
            f'<section class="audit {name}">{heading(title, name)}{text}{markup}</section>', table_text(table, title)
        )


def _slope(move: Move) -> figures.Slope:
    return move.new.name, move.old.rank or 0, move.new.rank or 0
