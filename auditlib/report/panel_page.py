"""What the sections of a panel's report know: the analysed rounds bound to a language, and which number a table has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import pandas as pd
from matplotlib.figure import Figure

from auditlib.core.message import t
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.result import Analysis, GroupAnalysis, ItemAnalysis, RoundAnalysis
from auditlib.report.headings.panel import PANEL
from auditlib.report.html import heading, paragraph
from auditlib.report.panel_boundaries import boundaries
from auditlib.report.panel_limits import consensus_words, stability_words
from auditlib.report.paper_table import Cell, PaperTable
from auditlib.report.section import PrintedFigure, PrintedTable, Section, figure_section

__all__ = ["PanelPage", "even_parts", "pages", "unseen"]

DEEPEST = 4
MOST_NAMES = 6
MOST_ROWS = 34
"""As many items fit into a figure on a printed page."""
T = TypeVar("T")


def even_parts(whole: Sequence[T], count: int) -> list[Sequence[T]]:
    """``whole`` cut into ``count`` parts whose sizes differ by one at most."""
    edges = [round(len(whole) * place / count) for place in range(count + 1)]
    return [whole[low:high] for low, high in pairwise(edges)]


def pages(items: Sequence[ItemAnalysis]) -> list[Sequence[ItemAnalysis]]:
    """Items cut into figures that fit a printed page, as even as can be."""
    return even_parts(items, max(1, -(-len(items) // MOST_ROWS)))


def unseen(table: str) -> str:
    """A table whose caption stands before it already."""
    return table.replace("<caption>", '<caption class="unseen">', 1)


@dataclass(frozen=True)
class PanelPage:
    """The rounds up to the one that is reported, in one language; ``asked`` is how the panel was named.

    The report goes back to the experts and into a paper: experts appear under pseudonyms only, and a report of an
    earlier round knows nothing of later ones.
    """

    analysis: Analysis
    language: str
    asked: str

    def t(self, template: str, /, **values: object) -> str:
        """A sentence in the language of the report, from its English template."""
        return t(template, self.language, **values)

    def heading(self, key: str, /, **values: object) -> str:
        """The heading of a column, section or particular by its key."""
        return t(PANEL[key], self.language, **values)

    def joined(self, sentences: Iterable[str]) -> str:
        """Sentences in a row."""
        return ("" if self.language == "zh" else " ").join(sentence for sentence in sentences if sentence)

    def listed(self, said: Iterable[str]) -> str:
        """Conditions or options in a row."""
        return ("；" if self.language == "zh" else "; ").join(said)

    @property
    def from_means(self) -> bool:
        """Whether the weights are shares of means of marks, and not by another method."""
        return self.declared.weights.method in ("mean", "authority_weighted")

    @property
    def by_authority(self) -> bool:
        """Whether the weights are shares of means that are weighted by the experts' authority."""
        method, mean = self.declared.weights.method, self.declared.mean
        return method == "authority_weighted" or (method == "mean" and mean == "authority_weighted")

    @property
    def options(self) -> str:
        """The options in force, in words: how marks become weights, the divisor of SD, what a missing mark does."""
        declared = self.declared
        mean = self.heading(f"o_mean_{'authority_weighted' if self.by_authority else 'plain'}")
        method = self.t("weights by: {method}", method=self.method)
        others = [self.heading(f"o_sd_{declared.sd}"), self.heading(f"o_missing_{declared.missing}")]
        return self.listed([mean if self.from_means else method, *others])

    @property
    def title(self) -> str:
        """The title of the report, with the panel and the round."""
        return self.t(
            "{panel}: report of round {round} of the panel of experts",
            panel=self.declared.title(self.language),
            round=self.number,
        )

    # --- the panel ------------------------------------------------------------------------------------

    @property
    def declared(self) -> PanelFile:
        """What the panel says of itself."""
        return self.analysis.panel.declared

    @property
    def one(self) -> RoundAnalysis:
        """The round that is reported."""
        return self.analysis.last

    @property
    def number(self) -> int:
        """The number of the round that is reported."""
        return self.one.round.number

    @property
    def before(self) -> RoundAnalysis | None:
        """The round before, None in the first."""
        return self.analysis.rounds[-2] if len(self.analysis.rounds) > 1 else None

    @property
    def codes(self) -> Mapping[str, str]:
        """The number of every item, as the forms have it, the same in all rounds: ``A1``, or ``1.2``."""
        return self.declared.numbers

    @cached_property
    def parents(self) -> set[str | None]:
        """The items of the round that have items of their own in it."""
        return {found.weight.parent for found in self.one.items.values()}

    @property
    def marked(self) -> list[ItemAnalysis]:
        """The items that the experts marked in this round."""
        return [found for found in self.one.items.values() if found.described is not None]

    @property
    def unmarked(self) -> str:
        """That nobody gave a mark, as experts who only compare do not; empty where somebody did."""
        if any(found.described is not None and found.described.n for found in self.one.items.values()):
            return ""
        return self.t("The experts gave no marks; the weights are by: {method}.", method=self.method)

    @property
    def method(self) -> str:
        """The declared method of weighing, in words."""
        return self.heading(f"w_{self.declared.weights.method}")

    def name(self, item: str) -> str:
        """An item with its number: ``1.2 产品知识运用能力``."""
        return f"{self.codes[item]} {self.one.items[item].item.title(self.language)}"

    def names(self, items: Iterable[str]) -> str:
        """Several items by numbers and titles, many by numbers alone; a stronger sign parts titles with commas."""
        listed, comma = list(items), "、" if self.language == "zh" else ", "
        shown = list(map(self.name, listed)) if len(listed) <= MOST_NAMES else [self.codes[item] for item in listed]
        return self.listed(shown) if any(comma in name for name in shown) else comma.join(shown)

    def group(self, found: GroupAnalysis) -> str:
        """A group in words: all items of a level across groups, the first level, or the items under one parent."""
        group = found.group
        if group.kind == "level":
            return self.t("All items of level {level} (across groups)", level=group.level)
        return self.t("Items of level 1") if group.level == 1 else self.t("Under {item}", item=self.name(group.id))

    def rounds_of(self, found: GroupAnalysis) -> list[tuple[RoundAnalysis, GroupAnalysis]]:
        """The agreement over one group in every round that has the group, first round first."""
        every = [(one, other) for one in self.analysis.rounds for other in one.groups]
        return [(one, other) for one, other in every if other.group.id == found.group.id]

    def printed(self, found: ItemAnalysis) -> list[Cell]:
        """The weight and the combined weight of an item as they are published."""
        digits = self.declared.digits
        return [found.printed("weight", digits), found.printed("combined", digits)]

    def reached(self, found: ItemAnalysis) -> bool | None:
        """Whether an item reaches every threshold of consensus; None where none was agreed, or it cannot be told."""
        return None if found.verdict is None else found.verdict.reached

    @cached_property
    def consensus_limits(self) -> str:
        """The agreed thresholds of consensus in words; empty where none was agreed."""
        return consensus_words(self.declared, self.language)

    @cached_property
    def stability_limits(self) -> str:
        """The agreed thresholds of stability in words; empty where none was agreed."""
        return stability_words(self.declared, self.language)

    @property
    def declared_on(self) -> str:
        """On which day the thresholds were agreed, in brackets."""
        day = self.declared.thresholds.declared
        return (
            self.t(" (when they were agreed is not stated)")
            if day is None
            else self.t(" (agreed on {date})", date=day)
        )  # fmt: skip

    # --- tables and figures ---------------------------------------------------------------------------

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each table that has rows, in the order of the report."""
        one, agreed = self.one, any(found.consensus is not None for found in self.one.items.values())
        by_authority = one.authority is not None
        with_rows: dict[str, object] = {
            "rounds": True, "characteristics": self.declared.reporting.characteristics,
            "authority": by_authority, "experts": by_authority,
            "changes": self.analysis.changes, "items": one.items,
            "counts": self.marked and not self.unmarked, "agreement": one.groups and not self.unmarked,
            "boundaries": boundaries(self.analysis), "screening": one.screening,
            "consensus": agreed and self.consensus_limits,
            "appropriateness": self.declared.thresholds.appropriateness, "validity": one.validity,
            "stability": one.stability,
            "weights": one.items, "by_round": self.before, "by_method": one.by_method,
            "ranks_by_method": one.by_method, "comparisons": one.consistencies, "ahp": one.consistencies,
            "best_worst": one.best_worst,
        }  # fmt: skip
        shown = [name for name, there in with_rows.items() if there]
        return {name: number for number, name in enumerate(shown, start=1)}

    @cached_property
    def figures(self) -> list[str]:
        """The figures of the report in order; a large panel has several of one name."""
        screened = ["screening"] if self.one.screening else []
        spread, weighed = len(pages(self.marked)), len(pages(list(self.one.items.values())))
        marks = [] if self.unmarked else [*["distribution"] * spread, "agreement"]
        return ["flow", *marks, *screened, *["weights"] * weighed]

    def table(
        self, columns: Sequence[str], rows: Iterable[Sequence[Cell]], kinds: Sequence[str] = (), texts: int = 1
    ) -> PaperTable:
        """Rows under the headings of the keys ``columns``; all but the first ``texts`` columns hold numbers."""
        heads = [self.heading(name) for name in columns]
        return PaperTable(pd.DataFrame([list(row) for row in rows], columns=heads, dtype=object),
                          tuple(heads[texts:]), tuple(kinds))  # fmt: skip

    def depths(self, items: Iterable[ItemAnalysis] | None = None) -> tuple[str, ...]:
        """How deep in the tree each row lies, of ``items`` or of all."""
        shown = self.one.items.values() if items is None else items
        return tuple(
            f"deep-{min(found.level, DEEPEST)}" + (" parent" if found.item.id in self.parents else "")
            for found in shown
        )  # fmt: skip

    def yes(self, value: bool | None) -> str | None:
        """A verdict as a cell of a table."""
        return None if value is None else self.t("yes" if value else "no")

    def caption(self, table: str) -> str:
        """The number and the title of a table."""
        before = None if self.before is None else self.before.round.number
        title = self.heading(f"t_{table}", round=self.number, before=before)
        return self.t("Table {number}. {title}", number=self.numbers[table], title=title)

    def tabled(
        self, name: str, tables: Mapping[str, PaperTable], notes: Iterable[str] = (), more: str = "", said: str = ""
    ) -> Section:
        """What is ``said`` of numbered tables, these, and their notes; under a heading where ``name`` is one."""
        shown = {table: self.caption(table) for table in tables if table in self.numbers}
        title, head = (self.heading(name), heading(self.heading(name), name)) if name else ("", "")
        notes = [note for note in notes if note]
        first, last = paragraph(said, "verdict") if said else "", next(reversed(shown), None)
        html = "".join(tables[table].html(caption, self.language) for table, caption in shown.items())
        lines = [title, said, *(tables[table].text(caption) for table, caption in shown.items()), *notes]
        return Section(
            f'<section class="audit">{head}{first}{html}{"".join(map(paragraph, notes))}{more}</section>',
            "\n".join(line for line in lines if line),
            tuple(filter(None, (said, *notes))),
            next((tables[table].frame for table in shown), None),
            printed=tuple(self.printed_table(table, tables[table], notes if table == last else ()) for table in shown),
        )

    def printed_table(self, name: str, table: PaperTable, notes: Sequence[str] = ()) -> PrintedTable:
        """A numbered table for a paper."""
        return PrintedTable(name, self.caption(name), table.frame, table.numbers, table.kinds, tuple(notes))

    def plain(self, name: str, table: PaperTable, note: str = "", before: str = "") -> Section:
        """A table without a number, under its heading."""
        title, said = self.heading(name), paragraph(note) if note else ""
        body = unseen(table.html(title, self.language))
        markup = f'<section class="audit">{heading(title, name)}{said}{before}{body}</section>'
        noted = (note,) if note else ()
        printed = PrintedTable(name, title, table.frame, table.numbers, table.kinds, noted)
        return Section(markup, table.text(title), noted, table.frame, printed=(printed,))

    def drawn(self, name: str, figure: Figure, caption: str, part: int = 1) -> Section:
        """A figure with its number and its sentence; ``part`` where a large panel has several of the name."""
        parts = self.figures.count(name)
        title = self.heading(name) if parts == 1 else self.heading(f"{name}_part", part=part, parts=parts)
        numbered = self.t("Figure {number}. {caption}", number=self.figures.index(name) + part, caption=caption)
        drawn = figure_section(name if part == 1 else f"{name}-{part}", title, figure, numbered)
        return replace(drawn, printed=(PrintedFigure(name, numbered, figure),))
