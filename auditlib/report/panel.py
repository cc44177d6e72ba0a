"""What the notebook of a panel calls: the report of one round, section by section.

Each method returns a :class:`~auditlib.report.section.Section` that displays itself in Jupyter. The report goes back
to the experts and into a paper: tables are printed as journals print them, experts appear under pseudonyms only, and a
report of an earlier round knows nothing of later ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd
from matplotlib.figure import Figure

from auditlib.analysis.request import check_language
from auditlib.core.numerals import plain
from auditlib.delphi.analysis import analyse
from auditlib.delphi.result import ItemAnalysis
from auditlib.delphi.rounds import find_panel, read_panel
from auditlib.report import panel_figures as figures
from auditlib.report import panel_method as method
from auditlib.report import panel_screening as screening
from auditlib.report import panel_sentences as sentences
from auditlib.report import panel_tables as tables
from auditlib.report.html import escape, heading, paragraph
from auditlib.report.panel_first import first_screen
from auditlib.report.panel_tables import PanelView, PaperTable
from auditlib.report.section import Section, figure_section, joined_sections

__all__ = ["PanelReport"]

CAPTIONED = (
    "rounds", "authority", "experts", "items", "counts", "agreement", "boundaries", "screening", "consensus",
    "stability", "weights",
)  # fmt: skip
"""The numbered tables in the order of the report; those without rows get no number."""


@dataclass(frozen=True)
class PanelReport:
    """One round of a panel: what the experts said, how far they agree, and the weights that follow."""

    view: PanelView
    asked: str

    @classmethod
    def open(cls, *, panel: str, round: int | None = None, language: str = "zh") -> PanelReport:
        """Reads and analyses the rounds up to ``round`` (none or 0: the last that has come back).

        Raises :class:`InputError` for a panel that cannot be read, or a round that has not come back.
        """
        check_language(language)
        read = read_panel(find_panel(panel))
        if round:
            last = read.round(round).number
            read = replace(read, rounds=tuple(one for one in read.rounds if one.number <= last))
        return cls(PanelView(analyse(read), language), panel)

    def __repr__(self) -> str:
        return f"PanelReport({self.view.analysis.panel.declared.panel}, {self.view.number})"

    @property
    def title(self) -> str:
        """The title of the report, with the panel and the round."""
        return self.view.t(
            "{panel}: report of round {round} of the panel of experts",
            panel=self.view.analysis.panel.declared.title(self.view.language),
            round=self.view.number,
        )

    def headline(self) -> Section:
        """The first screen: who was asked, how many answered, agreement, consensus, stability, and their limits."""
        return first_screen(self.view, self.title)

    def participation(self) -> Section:
        """How many forms came back in each round, and the authority of those who answered."""
        note = (
            method.authority_tables(self.view)
            if self.view.one.authority
            else self.view.t("not known: there is no experts.csv")
        )
        folded = ""
        if "experts" in self._tables:
            summary = escape(self._caption("experts"))
            folded = f"<details><summary>{summary}</summary>{_unseen(self._html('experts'))}</details>"
        return self._section("participation", ("rounds", "authority"), [note], folded)

    def items(self) -> Section:
        """Mean, spread, quartiles, full-mark ratio and weights of every item."""
        view, declared = self.view, self.view.analysis.panel.declared
        divisor = view.heading(f"divisor_{declared.sd}")
        note = view.t(
            "x̄ is the plain mean, s divides by {divisor}, CV = s / x̄, K is the share that gave the "
            "top mark ({top}), quartiles are of type 7. Weights are shares of the means of a group, "
            "combined ones products down the tree, both rounded by largest remainders.",
            divisor=divisor,
            top=plain(declared.scale.max),
        )
        weighted = (
            view.t("Weights are taken from means weighted by each expert's authority.")
            if declared.mean == "authority_weighted"
            else ""
        )
        return self._section("items", ("items",), [sentences.joined([note, weighted], view.language)])

    def distribution(self) -> Section:
        """Who gave which mark, as a figure and as counts."""
        caption = sentences.distribution_caption(self.view)
        drawn = [figures.distribution(self.view, part) for part in figures.pages(self._asked)]
        shown = [self._figure("distribution", figure, caption, part) for part, figure in enumerate(drawn, start=1)]
        return joined_sections(*shown, self._section("", ("counts",)))

    def agreement(self) -> Section:
        """W of every group and round: figure, table, a sentence for each group, and by which methods."""
        view = self.view
        said = [sentences.agreement_sentence(view, found) for found in view.one.groups]
        listed = "".join(f"<li>{escape(text)}</li>" for text in said)
        figure = self._figure("agreement", figures.agreement(view), sentences.agreement_caption(view))
        rest = self._section("", ("agreement",), [sentences.agreement_method(view)], f'<ul class="said">{listed}</ul>')
        return joined_sections(figure, Section(f'<div class="panel">{rest.html}</div>', "\n".join([rest.text, *said])))

    def screening(self) -> Section:
        """CV against mean with the boundaries, and what is proposed for each item and why."""
        view = self.view
        if not view.one.screening:
            criteria = view.analysis.panel.declared.thresholds.screening
            none = not criteria.boundary_values and not criteria.criteria
            return self._section(
                "screening",
                (),
                [view.t("No criterion of screening is in force." if none else "There are no items to screen.")],
            )
        said = [
            view.t(
                "Each point is an item, by its number in the table. Dashed lines are boundaries: the "
                "mean should not lie left of them, the CV not above. {proposals}",
                proposals=sentences.proposals_sentence(view),
            )
        ]
        if max(map(len, view.one.screening.values())) > figures.MOST_LABELS:
            said.append(
                view.t(
                    "On a level of more than {most} {most:item|items} only those to discuss or delete are numbered.",
                    most=figures.MOST_LABELS,
                )
            )
        notes = [
            view.t(
                "An item that fails every criterion is proposed for deletion, one that fails some for "
                "discussion. The panel decides."
            )
        ]
        if view.analysis.panel.declared.thresholds.screening.boundary_values:
            divisor = view.heading(f"divisor_{view.analysis.panel.declared.sd}")
            notes.insert(
                0,
                view.t(
                    "By level: means and full-mark ratios not below mean − SD, CVs not above mean + SD (the "
                    "SD divides by {divisor}).",
                    divisor=divisor,
                ),
            )
        figure = self._figure("screening", figures.screening(view), sentences.joined(said, view.language))
        return joined_sections(
            figure, self._section("", ("boundaries", "screening"), [sentences.joined(notes, view.language)])
        )

    def consensus(self) -> Section:
        """Which items reach the thresholds that were agreed; said apart from stability."""
        view, limits = self.view, sentences.consensus_limits(self.view)
        if not limits:
            return self._section(
                "consensus", (), [view.t("The panel agreed on no thresholds of consensus, so none is said here.")]
            )
        note = view.t("Thresholds: {limits}{declared}.", limits=limits, declared=sentences.declared_on(view))
        return self._section("consensus", ("consensus",), [note], said=sentences.consensus_sentence(view))

    def stability(self) -> Section:
        """What changed since the round before, item by item, with the tests corrected for being several."""
        view, found = self.view, self.view.one.stability
        if view.before is None or found is None:
            return self._section(
                "stability", (), [view.t("This is the first round; there is none before to compare with.")]
            )
        limits = sentences.stability_limits(view)
        judged = (
            view.t("Stable means: {limits}{declared}.", limits=limits, declared=sentences.declared_on(view))
            if limits
            else view.t("No thresholds of stability were agreed: the changes are told and nothing is judged.")
        )
        tests = sum(one.moved.wilcoxon_p is not None for one in found)
        compared = {one.moved.item for one in found}
        absent = [name for name in view.one.round.items if name not in compared]
        notes = [
            view.t(
                "Each of {count} {count:item|items} has one two-sided Wilcoxon signed-rank test, and p "
                "(Holm) is corrected for these {count}. κ has linear weights. CVs are of all answers of "
                "a round, κ and Wilcoxon of those who answered in both. {limits}",
                count=tests,
                limits=judged,
            )
            + view.t(" A large p finds no movement; it does not prove that there is none."),
            view.t(" Not compared, because the round before did not ask them: {names}.", names=view.names(absent))
            if absent
            else "",
        ]
        said = sentences.joined([sentences.stability_sentence(view), sentences.moved_sentence(view)], view.language)
        return self._section("stability", ("stability",), notes, said=said)

    def weights(self) -> Section:
        """The weights as a tree, as a figure and as they are published."""
        view = self.view
        caption = view.t(
            "Bars are combined weights, pale for items with items of their own; the figures are "
            "weight inside the group → combined weight. {sentence}",
            sentence=sentences.weights_sentence(view),
        )
        drawn = [figures.weights(view, part) for part in figures.pages(list(view.one.items.values()))]
        shown = [self._figure("weights", figure, caption, part) for part, figure in enumerate(drawn, start=1)]
        return joined_sections(*shown, self._section("", ("weights",), [sentences.weights_rounding(view)]))

    def remarks(self) -> Section:
        """What the experts wrote in this round, under their pseudonyms. Empty where nobody wrote anything."""
        if not self.view.one.round.remarks:
            return Section("", "")
        table = tables.remark_table(self.view)
        return self._plain("remarks", table, self.view.t("As they were written, under pseudonyms only."))

    def basis(self) -> Section:
        """What is not defined and why, and what was agreed on options and thresholds."""
        view = self.view
        missing = method.undefined_table(view)
        if missing.frame.empty:
            text = view.t("Every statistic of this round is defined.")
            title = view.t("Statistics that are not defined")
            first = Section(
                f'<section class="audit">{heading(title, "undefined")}{paragraph(text)}</section>', f"{title}: {text}"
            )
        else:
            first = self._plain(
                "undefined", missing, view.t("These statistics are not defined. Tables show — for them, never 0.")
            )
        return joined_sections(first, self._plain("method", method.method_table(view)))

    def how_to_repeat(self) -> Section:
        """The commands and the files, with their hashes, that give this report again."""
        view = self.view
        steps = method.commands(view, self.asked)
        lines = "".join(
            f"<dt>{escape(what)}</dt><dd><pre><code>{escape(line)}</code></pre></dd>" for what, line in steps
        )
        inputs = self._plain(
            "repeat",
            method.inputs_table(view, self.asked),
            view.t(
                "The same files give the same report. These commands compute all statistics again and "
                "make the report anew, in the folder where this one was made."
            ),
            f'<dl class="commands">{lines}</dl>',
        )
        return replace(inputs, text="\n".join([inputs.text, *(f"{what}: {line}" for what, line in steps)]))

    def item_table(self) -> pd.DataFrame:
        """The table of items as a frame, for filtering and export."""
        return tables.items_table(self.view).frame

    @cached_property
    def _tables(self) -> dict[str, PaperTable]:
        """The numbered tables of this report, in order, those with rows."""
        view = self.view
        made = {
            "rounds": tables.rounds_table, "items": tables.items_table, "counts": tables.counts_table,
            "agreement": tables.agreement_table, "boundaries": screening.boundary_table,
            "screening": screening.proposal_table, "consensus": tables.consensus_table,
            "stability": tables.stability_table, "weights": tables.weights_table,
        }  # fmt: skip
        if view.one.authority is not None:
            made |= {"authority": tables.authority_table, "experts": tables.expert_table}
        if not sentences.consensus_limits(view):
            del made["consensus"]
        found = {name: made[name](view) for name in CAPTIONED if name in made}
        return {name: table for name, table in found.items() if not table.frame.empty}

    def _caption(self, name: str) -> str:
        before = None if self.view.before is None else self.view.before.round.number
        title = self.view.heading(f"t_{name}", round=self.view.number, before=before)
        return self.view.t("Table {number}. {title}", number=list(self._tables).index(name) + 1, title=title)

    def _html(self, name: str) -> str:
        return self._tables[name].html(self._caption(name), self.view.language)

    def _section(
        self, name: str, shown: Iterable[str], notes: Iterable[str] = (), more: str = "", said: str = ""
    ) -> Section:
        """What is ``said`` of numbered tables, these, and their notes; under a heading where ``name`` is one."""
        kept = [table for table in shown if table in self._tables]
        title = self.view.heading(name) if name else ""
        notes = [note for note in notes if note]
        first = paragraph(said, "verdict") if said else ""
        body = first + "".join(map(self._html, kept)) + "".join(map(paragraph, notes)) + more
        head = heading(title, name) if name else ""
        lines = [title, said, *(self._tables[table].text(self._caption(table)) for table in kept), *notes]
        return Section(f'<section class="audit">{head}{body}</section>', "\n".join(line for line in lines if line))

    def _plain(self, name: str, table: PaperTable, note: str = "", before: str = "") -> Section:
        """A table without a number, under its heading."""
        title, language = self.view.heading(name), self.view.language
        text = paragraph(note) if note else ""
        body = _unseen(table.html(title, language))
        markup = f'<section class="audit">{heading(title, name)}{text}{before}{body}</section>'
        return Section(markup, table.text(title))

    @cached_property
    def _asked(self) -> list[ItemAnalysis]:
        """The items that the experts marked in this round."""
        return [found for found in self.view.one.items.values() if found.described is not None]

    @cached_property
    def _drawn(self) -> list[str]:
        """The figures of this report in order; a large panel has several of one name."""
        every = list(self.view.one.items.values())
        screened = ["screening"] if self.view.one.screening else []
        spread = ["distribution"] * len(figures.pages(self._asked))
        return [*spread, "agreement", *screened, *["weights"] * len(figures.pages(every))]

    def _figure(self, name: str, figure: Figure, caption: str, part: int = 1) -> Section:
        parts = self._drawn.count(name)
        title = self.view.heading(name) if parts == 1 else self.view.heading(f"{name}_part", part=part, parts=parts)
        numbered = self.view.t("Figure {number}. {caption}", number=self._drawn.index(name) + part, caption=caption)
        return figure_section(name if part == 1 else f"{name}-{part}", title, figure, numbered)


def _unseen(table: str) -> str:
    """A table whose caption stands before it already."""
    return table.replace("<caption>", '<caption class="unseen">', 1)
