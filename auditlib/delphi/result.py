"""What the analysis of a panel holds, and how it is written as JSON.

Marks, shares and weights are exact; statistics with square roots or distributions are floats. As JSON all are numbers
of 12 significant digits, and null where a statistic is not defined; published weights are text, digit for digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from auditlib.core.values import Text
from auditlib.delphi.attendance import Attendance
from auditlib.delphi.authority import Authority
from auditlib.delphi.consensus_rules import Verdict
from auditlib.delphi.items import Group, Item, walk
from auditlib.delphi.rounds import Panel, Round
from auditlib.delphi.statistics.appropriateness import Appropriateness
from auditlib.delphi.statistics.concordance import Concordance
from auditlib.delphi.statistics.content_validity import ItemValidity, ScaleValidity, scale_validity
from auditlib.delphi.statistics.descriptives import Descriptives
from auditlib.delphi.statistics.interval import Interval
from auditlib.delphi.statistics.reliability import Alpha
from auditlib.delphi.statistics.resampling import PValue
from auditlib.delphi.statistics.screening import Screened
from auditlib.delphi.statistics.stability import Consensus, ItemStability
from auditlib.delphi.weighing import MethodWeights
from auditlib.delphi.weights.ahp import Priorities
from auditlib.delphi.weights.best_worst import BestWorstPriorities
from auditlib.delphi.weights.methods import Consistency
from auditlib.delphi.weights.rounding import Printed
from auditlib.delphi.weights.shares import Weight
from auditlib.delphi.wordings import ItemChange, item_changes

__all__ = ["Analysis", "GroupAnalysis", "ItemAnalysis", "MovedItem", "RoundAnalysis"]

SIGNIFICANT = 12


@dataclass(frozen=True)
class ItemAnalysis:
    """One item in one round. ``described`` is None where its weight is declared and nobody was asked.

    ``importance`` is what the weight is a share of: the plain or weighted mean, or the declared weight.
    ``verdict`` is consensus by every agreed rule; it, ``appropriateness`` and ``validity`` are None where not agreed.
    ``authority`` holds the means of Ca, Cs and Cr for the item over those who returned a form.
    ``published`` holds weight and combined weight in percent, rounded so that they add up.
    """

    item: Item
    level: int
    described: Descriptives | None
    importance: Fraction | None
    weight: Weight
    published: Printed | None
    consensus: Consensus | None
    verdict: Verdict | None = None
    appropriateness: Appropriateness | None = None
    validity: ItemValidity | None = None
    authority: Authority | None = None

    def printed(self, which: Literal["weight", "combined"], digits: int) -> str | None:
        """The published weight or combined weight in percent, with all its ``digits``."""
        return None if self.published is None else f"{float(getattr(self.published, which)):.{digits}f}"


@dataclass(frozen=True)
class GroupAnalysis:
    """The agreement of a round over one group; where ``concordance`` or its W is None, ``undefined`` says why.

    ``chance`` is the exact or permutation p of W, ``interval`` a bootstrap interval over the experts, ``alpha``
    Krippendorff's α of the marks as ordinal.
    """

    group: Group
    concordance: Concordance | None
    chance: PValue | None
    interval: Interval | None
    alpha: Alpha | None
    undefined: Text | None


@dataclass(frozen=True)
class MovedItem:
    """How an item moved since the round before; ``stable`` by the panel's thresholds, None without thresholds."""

    moved: ItemStability
    stable: bool | None


@dataclass(frozen=True)
class RoundAnalysis:
    """One round. ``stability`` compares with the round before and is None in the first.

    ``by_method`` holds the weights by each compared method, ``consistencies`` those of AHP by group and expert,
    ``joint`` those of the judgements of all experts together, and ``best_worst`` those of the best-worst method;
    ``weighing_notes`` say what a method lacks.
    ``authority`` is the mean over those who returned a form, None where there is no ``experts.csv``.
    """

    round: Round
    items: Mapping[str, ItemAnalysis]
    groups: tuple[GroupAnalysis, ...]
    screening: Mapping[int, tuple[Screened, ...]]
    stability: tuple[MovedItem, ...] | None
    authority: Authority | None
    attendance: Attendance
    by_method: tuple[MethodWeights, ...]
    consistencies: Mapping[tuple[str, ...], tuple[Consistency, ...]]
    joint: Mapping[tuple[str, ...], Priorities]
    best_worst: Mapping[tuple[str, ...], Mapping[str, BestWorstPriorities]]
    weighing_notes: tuple[Text, ...]

    @property
    def positive_coefficient(self) -> Fraction:
        """专家积极系数: forms returned over forms sent."""
        return Fraction(self.round.returned, self.round.sent)

    @property
    def validity(self) -> ScaleValidity | None:
        """Content validity of all items that were marked; None where it was not agreed to count it."""
        return scale_validity({name: one.validity for name, one in self.items.items() if one.validity is not None})

    @property
    def remarked(self) -> Fraction:
        """The share of those who returned a form that wrote a remark."""
        return Fraction(len({remark.expert for remark in self.round.remarks}), self.round.returned)


@dataclass(frozen=True)
class Analysis:
    """A panel analysed, round by round; ``authority`` is the mean over all experts of ``experts.csv``."""

    panel: Panel
    rounds: tuple[RoundAnalysis, ...]
    authority: Authority | None
    notes: tuple[Text, ...]
    """What a reader of the numbers has to know."""

    @property
    def last(self) -> RoundAnalysis:
        """The round that settles the weights."""
        return self.rounds[-1]

    @property
    def weights_by_round(self) -> dict[str, dict[int, tuple[ItemAnalysis, int | None]]]:
        """Every item that any round weighed, with its analysis and its rank among its siblings, by round."""
        found: dict[str, dict[int, tuple[ItemAnalysis, int | None]]] = {}
        for one in self.rounds:
            for name, item in one.items.items():
                others = [
                    other.weight.weight for other in one.items.values() if other.weight.parent == item.weight.parent
                ]
                own = item.weight.weight
                rank = None if own is None else 1 + sum(other is not None and other > own for other in others)
                found.setdefault(name, {})[one.round.number] = (item, rank)
        order = [item.id for item, _ in walk(self.panel.declared.items)]
        return {name: found[name] for name in sorted(found, key=order.index)}

    @property
    def changes(self) -> tuple[ItemChange, ...]:
        """What became of the items between the rounds, up to the last of them."""
        return tuple(item_changes(self.panel.declared, self.last.round.number))

    def to_json(self) -> dict[str, Any]:
        """Plain values, as the public contract names them."""
        from auditlib.delphi.result_json import panel_json

        return panel_json(self)
