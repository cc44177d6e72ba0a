"""The tables of a panel's report as papers print them (三线表), and the numbers of a panel as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import inf
from typing import Any, TypeVar

import pandas as pd

from auditlib.core.exact import fixed_text
from auditlib.core.message import t
from auditlib.core.numerals import for_people, plain
from auditlib.delphi.declared import Item
from auditlib.delphi.result import Analysis, GroupAnalysis, ItemAnalysis, RoundAnalysis
from auditlib.delphi.statistics.concordance import strength
from auditlib.report.headings import PANEL
from auditlib.report.markup import render_table, table_text

__all__ = [
    "PanelView", "PaperTable", "agreement_table", "authority_table", "bands", "consensus_table", "counts_table",
    "even_parts",
    "expert_table", "fixed", "group_name", "items_table", "p_text", "percent", "plain_table", "reached", "remark_table",
    "rounds_of", "rounds_table", "stability_table", "weights_table",
]  # fmt: skip

MOST_BANDS, BINS = 11, 5
MOST_NAMES = 6
DEEPEST = 4
AUTHORITY = ("Ca", "Cs", "Cr")
Cell = str | None
T = TypeVar("T")


def fixed(value: float | Fraction | None, digits: int) -> str | None:
    """A number with all its ``digits``, rounded half up, with a true minus; None stays None."""
    if value is None:
        return None
    exact = value if isinstance(value, Fraction) else Fraction(repr(float(value)))
    return for_people(fixed_text(exact, digits))


def percent(value: Fraction | float | None, digits: int = 1) -> str | None:
    """A share in percent, without the sign."""
    return (
        None
        if value is None
        else fixed((value if isinstance(value, Fraction) else Fraction(repr(value))) * 100, digits)
    )


def p_text(p: float | None, sign: bool = False) -> str | None:
    """A p as papers print it: three decimals, ``<0.001`` below; ``sign`` puts the equals sign before it."""
    if p is None:
        return None
    text = "<0.001" if p < 0.001 else ">0.999" if 0.9995 <= p < 1 else fixed(p, 3) or ""
    return text if not sign else text.replace("<", "< ").replace(">", "> ") if text[0] in "<>" else f"= {text}"


@dataclass(frozen=True)
class PanelView:
    """An analysis of the rounds up to the one that is reported, and the language of the report."""

    analysis: Analysis
    language: str

    @property
    def one(self) -> RoundAnalysis:
        """The round that is reported."""
        return self.analysis.last

    @property
    def number(self) -> int:
        return self.one.round.number

    @property
    def before(self) -> RoundAnalysis | None:
        """The round before, None in the first."""
        return self.analysis.rounds[-2] if len(self.analysis.rounds) > 1 else None

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """The number of every item by its place in the declared tree, the same in all rounds: ``1``, ``1.2``."""
        return dict(_codes(self.analysis.panel.declared.items))

    @property
    def leaves(self) -> list[ItemAnalysis]:
        """The items of the round that have no items of their own in it."""
        parents = {found.weight.parent for found in self.one.items.values()}
        return [found for name, found in self.one.items.items() if name not in parents]

    def t(self, template: str, /, **values: object) -> str:
        """A sentence in the language of the report."""
        return t(template, self.language, **values)

    def heading(self, key: str, /, **values: object) -> str:
        """The heading of a column, section or particular by its key."""
        return t(PANEL[key], self.language, **values)

    def name(self, item: str) -> str:
        """An item with its number: ``1.2 产品知识运用能力``."""
        return f"{self.codes[item]} {self.one.items[item].item.title(self.language)}"

    def names(self, items: Iterable[str]) -> str:
        """Several items by their numbers and titles; many by their numbers alone."""
        listed = list(items)
        shown = map(self.name, listed) if len(listed) <= MOST_NAMES else (self.codes[item] for item in listed)
        return ("、" if self.language == "zh" else ", ").join(shown)


@dataclass(frozen=True)
class PaperTable:
    """A three-line table: its rows, the depth of each row in the tree, and which columns hold numbers."""

    frame: pd.DataFrame
    numbers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    dense: bool = False

    def html(self, caption: str, language: str) -> str:
        kinds: dict[str, Any] = {"row_kinds": self.kinds} if self.kinds else {}
        return render_table(
            self.frame, caption, language, kind=f"three-line{' dense' * self.dense}", numbers=self.numbers, **kinds
        )

    def text(self, caption: str) -> str:
        return table_text(self.frame, caption)


def plain_table(
    view: PanelView, columns: Sequence[str], rows: Iterable[Sequence[Cell]], kinds: Sequence[str] = (), texts: int = 1
) -> PaperTable:
    """Rows under the headings of the words ``columns``; all but the first ``texts`` columns hold numbers."""
    heads = [view.heading(name) for name in columns]
    return PaperTable(
        pd.DataFrame([list(row) for row in rows], columns=heads, dtype=object), tuple(heads[texts:]), tuple(kinds)
    )


def rounds_table(view: PanelView) -> PaperTable:
    """How many forms went out and came back in each round, remarks, mean authority of those who answered."""
    rows = []
    for one in view.analysis.rounds:
        by = one.authority
        coefficients = [fixed(value, 3) for value in ((by.Ca, by.Cs, by.Cr) if by else (None, None, None))]
        counts = [
            str(one.round.sent),
            str(one.round.returned),
            percent(one.positive_coefficient),
            percent(one.remarked),
        ]
        rows.append([view.t("Round {round}", round=one.round.number), *counts, *coefficients])
    table = plain_table(view, ("round", "sent", "returned", "positive", "remarked"), [row[:5] for row in rows])
    authority: dict[str, Any] = {name: [row[5 + place] for row in rows] for place, name in enumerate(AUTHORITY)}
    frame = table.frame.assign(**authority)
    return PaperTable(frame, (*table.numbers, *AUTHORITY))


def authority_table(view: PanelView) -> PaperTable:
    """Mean, smallest and largest Ca, Cs and Cr of those who returned a form."""
    experts = [view.analysis.panel.experts[expert] for expert in view.one.round.experts]
    rows = []
    for name in AUTHORITY:
        known = [value for expert in experts if (value := getattr(expert, name)) is not None]
        extremes = (min(known), max(known)) if known else (None, None)
        numbers = [fixed(value, 3) for value in (getattr(view.one.authority, name), *extremes)]
        rows.append([name, str(len(known)), *numbers])
    return plain_table(view, ("coefficient", "experts", "mean", "min", "max"), rows)


def expert_table(view: PanelView) -> PaperTable:
    """Ca, Cs and Cr of each expert who returned a form, by pseudonym."""
    known = view.analysis.panel.experts
    rows = [[e, *(fixed(v, 3) for v in (known[e].Ca, known[e].Cs, known[e].Cr))] for e in view.one.round.experts]
    heads = [view.t("Expert"), *AUTHORITY]
    return PaperTable(pd.DataFrame(rows, columns=heads, dtype=object), tuple(heads[1:]))


def items_table(view: PanelView) -> PaperTable:
    """n, mean, s, CV, K, quartiles and published weights of every item."""
    weighted = view.analysis.panel.declared.mean == "authority_weighted"
    columns = ["item", "n", "x", "s", "cv", "k", "q1", "median", "q3", "weight_p", "combined_p"]
    rows = []
    for name, found in view.one.items.items():
        said = found.described
        row: list[Cell] = [view.name(name)]
        if said is None:
            row += ["0", *[None] * 7]
        else:
            quartiles = [_short(value) for value in (said.q1, said.median, said.q3)]
            row += [str(said.n), fixed(said.mean, 2), fixed(said.sd, 2), fixed(said.cv, 3)]
            row += [fixed(said.full_mark_ratio, 3), *quartiles]
        row += _published(view, found)
        if weighted:
            row.insert(3, None if said is None else fixed(found.importance, 2))
        rows.append(row)
    if weighted:
        columns.insert(3, "xw")
    return plain_table(view, columns, rows, _depths(view))


def bands(view: PanelView) -> list[tuple[str, frozenset[Fraction]]]:
    """The marks of the scale, lowest first, with their words; a scale of many marks in five ranges."""
    scale = view.analysis.panel.declared.scale
    marks = scale.marks
    if len(marks) <= MOST_BANDS:
        return [(_mark_words(view, mark), frozenset([mark])) for mark in marks]
    return [
        (view.t("{low}–{high}", low=plain(part[0]), high=plain(part[-1])), frozenset(part))
        for part in even_parts(marks, BINS)
    ]


def even_parts(whole: Sequence[T], count: int) -> list[Sequence[T]]:
    """``whole`` cut into ``count`` parts whose sizes differ by one at most."""
    edges = [round(len(whole) * place / count) for place in range(count + 1)]
    return [whole[low:high] for low, high in pairwise(edges)]


def counts_table(view: PanelView) -> PaperTable:
    """How many experts gave each mark, and how many gave none."""
    parts = bands(view)
    rows = []
    for name, found in view.one.items.items():
        if found.described is not None:
            given = [view.one.round.marks.get((expert, name)) for expert in view.one.round.experts]
            rows.append(
                [view.name(name), *(str(sum(m in part for m in given)) for _, part in parts), str(given.count(None))]
            )
    heads = [view.t("Item"), *(label for label, _ in parts), view.t("No answer")]
    kinds = _depths(view, [f for f in view.one.items.values() if f.described is not None])
    return PaperTable(pd.DataFrame(rows, columns=heads, dtype=object), tuple(heads[1:]), kinds)


def group_name(view: PanelView, found: GroupAnalysis) -> str:
    """A group in words: all items of a level across groups, the first level, or the items under one parent."""
    group = found.group
    if group.kind == "level":
        return view.t("All items of level {level} (across groups)", level=group.level)
    return view.t("Items of level 1") if group.level == 1 else view.t("Under {item}", item=view.name(group.id))


def agreement_table(view: PanelView) -> PaperTable:
    """W of every group and round with its interval, χ², df, p, and the word for its strength."""
    columns = (
        "group",
        "items_n",
        "round",
        "m",
        "W",
        "interval",
        "chi2",
        "df",
        "p",
        "p_exact",
        "word",
        "W_plain",
        "alpha",
    )
    rows, kinds = [], []
    for found in view.one.groups:
        for place, (one, same) in enumerate(rounds_of(view, found)):
            head = ["", ""] if place else [group_name(view, found), str(len(found.group.items))]
            rows.append([*head, str(one.round.number), *_agreed(view, same)])
            kinds.append("" if place else "first-of")
    return replace(plain_table(view, columns, rows, kinds), dense=True)


def rounds_of(view: PanelView, found: GroupAnalysis) -> list[tuple[RoundAnalysis, GroupAnalysis]]:
    """The agreement over one group in every round that has the group, first round first."""
    every = [(one, other) for one in view.analysis.rounds for other in one.groups]
    return [(one, other) for one, other in every if other.group.id == found.group.id]


def _agreed(view: PanelView, found: GroupAnalysis) -> list[Cell]:
    agreed, span = found.concordance, found.interval
    if agreed is None or agreed.W is None:
        raters = None if agreed is None else str(agreed.raters)
        return [raters, *[None] * 6, view.t("undefined"), None, None]
    return [
        str(agreed.raters), fixed(agreed.W, 3), None if span is None else f"{fixed(span.low, 3)}–{fixed(span.high, 3)}",
        fixed(agreed.chi2, 3), None if agreed.df is None else str(agreed.df), p_text(agreed.p),
        p_text(found.chance.p) if found.chance else None, strength(agreed.W).words(view.language),
        fixed(agreed.W_uncorrected, 3), fixed(found.alpha.alpha, 3) if found.alpha else None,
    ]  # fmt: skip


def reached(view: PanelView, found: ItemAnalysis) -> bool | None:
    """Whether an item reaches every threshold of consensus; None where none was agreed, or it cannot be told."""
    limits, agreed = view.analysis.panel.declared.thresholds.consensus, found.consensus
    if limits is None or agreed is None:
        return None
    asked = [(limits.cv_below, agreed.cv_reached), (limits.agreement_at_least, agreed.agreement_reached)]
    verdicts = [verdict for threshold, verdict in asked if threshold is not None]
    return False if False in verdicts else None if None in verdicts or not verdicts else True


def consensus_table(view: PanelView) -> PaperTable:
    """CV and share of agreement of every item against the agreed thresholds."""
    limits = view.analysis.panel.declared.thresholds.consensus
    rows, kept = [], []
    for name, found in view.one.items.items():
        if found.consensus is not None:
            agreed = found.consensus
            rows.append([
                view.name(name), fixed(agreed.cv, 3), _yes(view, agreed.cv_reached), percent(agreed.agreement),
                _yes(view, agreed.agreement_reached), _yes(view, reached(view, found)) or view.t("undefined"),
            ])  # fmt: skip
            kept.append(found)
    mark = "" if limits is None or limits.agreeing_from is None else plain(limits.agreeing_from)
    heads = [
        view.t("Item"), view.t("CV"), view.t("CV reached"), view.t("Marks of {mark} or more (%)", mark=mark),
        view.t("Share reached"), view.t("Consensus"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=heads, dtype=object)
    if not mark:
        frame = frame.drop(columns=heads[3:5])
    if limits is None or limits.cv_below is None:
        frame = frame.drop(columns=heads[2:3])
    return PaperTable(frame, tuple(heads[1:]), _depths(view, kept))


def stability_table(view: PanelView) -> PaperTable:
    """What changed since the round before, item by item."""
    columns = ["item", "pairs", "cv_before", "cv_after", "cv_change", "kappa", "wilcoxon", "holm", "stable"]
    rows, kept = [], []
    for found in view.one.stability or ():
        m = found.moved
        change = fixed(m.cv_change, 3)
        rows.append([
            view.name(m.item), str(m.experts), fixed(m.cv_before, 3), fixed(m.cv_after, 3),
            f"+{change}" if m.cv_change is not None and change not in (None, "0.000") and m.cv_change > 0 else change,
            fixed(m.kappa_linear, 3), p_text(m.wilcoxon_p), p_text(m.wilcoxon_p_holm), _yes(view, found.stable),
        ])  # fmt: skip
        kept.append(view.one.items[m.item])
    if view.analysis.panel.declared.thresholds.stability is None:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return plain_table(view, columns, rows, _depths(view, kept))


def weights_table(view: PanelView) -> PaperTable:
    """Every item's exact weights, the published ones, and what rounding each by itself would print."""
    digits = view.analysis.panel.declared.digits
    rows = []
    for name, found in view.one.items.items():
        row: list[Cell] = [view.name(name)]
        pairs = zip((found.weight.weight, found.weight.combined), _published(view, found), strict=True)
        for exact, printed in pairs:
            row += [fixed(exact, digits + 4), printed, percent(exact, digits)]
        rows.append(row)
    columns = ("item", "share", "weight_p", "weight_alone", "combined", "combined_p", "combined_alone")
    return plain_table(view, columns, rows, _depths(view))


def remark_table(view: PanelView) -> PaperTable:
    """What the experts of the round wrote, by item, under their pseudonyms."""
    order = {name: place for place, name in enumerate(view.one.items)}
    said = sorted(view.one.round.remarks, key=lambda r: (order.get(r.item or "", inf), r.expert, r.text))
    rows = [[view.name(r.item) if r.item in order else view.t("(on the whole)"), r.expert, r.text] for r in said]
    return plain_table(view, ("item", "expert", "remark"), rows, texts=3)


def _codes(items: Sequence[Item], above: str = "") -> Iterator[tuple[str, str]]:
    for place, item in enumerate(items, start=1):
        yield item.id, f"{above}{place}"
        yield from _codes(item.items, f"{above}{place}.")


def _depths(view: PanelView, items: Iterable[ItemAnalysis] | None = None) -> tuple[str, ...]:
    parents = {found.weight.parent for found in view.one.items.values()}
    shown = view.one.items.values() if items is None else items
    return tuple(
        f"deep-{min(found.level, DEEPEST)}" + (" parent" if found.item.id in parents else "") for found in shown
    )


def _mark_words(view: PanelView, mark: Fraction) -> str:
    label = view.analysis.panel.declared.scale.labels.get(mark)
    if label is None:
        return view.t("{mark}", mark=plain(mark))
    return view.t("{mark} {label}", mark=plain(mark), label=label(view.language))


def _published(view: PanelView, found: ItemAnalysis) -> list[str | None]:
    digits = view.analysis.panel.declared.digits
    return [found.printed("weight", digits), found.printed("combined", digits)]


def _short(value: float | None) -> str | None:
    return None if value is None else f"{value:.4g}"


def _yes(view: PanelView, value: bool | None) -> str | None:
    return None if value is None else view.t("yes" if value else "no")
