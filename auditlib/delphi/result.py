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
from auditlib.delphi.declared import Group, Item
from auditlib.delphi.rounds import Panel, Round
from auditlib.delphi.scales import Scale
from auditlib.delphi.statistics.concordance import Concordance, strength
from auditlib.delphi.statistics.descriptives import Descriptives
from auditlib.delphi.statistics.interval import NO_INTERVAL, Interval
from auditlib.delphi.statistics.reliability import Alpha
from auditlib.delphi.statistics.resampling import PValue
from auditlib.delphi.statistics.screening import Screened
from auditlib.delphi.statistics.stability import Consensus, ItemStability
from auditlib.delphi.weights.rounding import Printed
from auditlib.delphi.weights.shares import Weight
from auditlib.delphi.wordings import ItemChange, item_changes

__all__ = ["Analysis", "GroupAnalysis", "ItemAnalysis", "MovedItem", "RoundAnalysis"]

SIGNIFICANT = 12


@dataclass(frozen=True)
class ItemAnalysis:
    """One item in one round. ``described`` is None where its weight is declared and nobody was asked.

    ``importance`` is what the weight is a share of: the plain or weighted mean, or the declared weight.
    ``published`` holds weight and combined weight in percent, rounded so that they add up.
    """

    item: Item
    level: int
    described: Descriptives | None
    importance: Fraction | None
    weight: Weight
    published: Printed | None
    consensus: Consensus | None

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

    ``authority`` is the mean over those who returned a form, None where there is no ``experts.csv``.
    """

    round: Round
    items: Mapping[str, ItemAnalysis]
    groups: tuple[GroupAnalysis, ...]
    screening: Mapping[int, tuple[Screened, ...]]
    stability: tuple[MovedItem, ...] | None
    authority: Authority | None
    attendance: Attendance

    @property
    def positive_coefficient(self) -> Fraction:
        """专家积极系数: forms returned over forms sent."""
        return Fraction(self.round.returned, self.round.sent)

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
    def changes(self) -> tuple[ItemChange, ...]:
        """What became of the items between the rounds, up to the last of them."""
        return tuple(item_changes(self.panel.declared, self.last.round.number))

    def to_json(self) -> dict[str, Any]:
        """Plain values, as the public contract names them."""
        declared = self.panel.declared
        return {
            "panel": declared.panel,
            "title": declared.title.model_dump(),
            "synthetic": declared.synthetic,
            "scale": _scale(declared.scale),
            "options": {
                "mean": declared.mean,
                "sd": declared.sd,
                "missing": declared.missing,
                "digits": declared.digits,
            },
            "rounds": [_round(one, declared.digits) for one in self.rounds],
            "authority": None if self.authority is None else _authority(self.authority, self.panel),
            "changes": [_change(change) for change in self.changes],
            "notes": [note.model_dump() for note in self.notes],
        }


def _scale(scale: Scale) -> dict[str, Any]:
    best = None if scale.kind == "ranking" else scale.min if scale.turned else scale.max
    most = None if scale.kind == "ranking" else scale.max
    return {"kind": scale.kind, "min": _number(scale.min), "max": _number(most), "best": _number(best)}


def _change(change: ItemChange) -> dict[str, Any]:
    texts = {name: getattr(change, name) for name in ("before", "after", "reason")}
    said = {name: None if text is None else text.model_dump() for name, text in texts.items()}
    return {"round": change.round, "item": change.item, "kind": change.kind, **said, "into": change.into}


def _number(value: Fraction | float | None) -> float | int | None:
    return None if value is None else value if isinstance(value, int) else float(f"{float(value):.{SIGNIFICANT}g}")


def _fields(record: Any, *names: str) -> dict[str, Any]:
    """The numbers of ``record`` by name; all null where there is no record."""
    return {name: _number(getattr(record, name, None)) for name in names}


def _authority(mean: Authority, panel: Panel) -> dict[str, Any]:
    names = ("Ca", "Cs", "Cr")
    experts = [{"expert": expert, **_fields(found, *names)} for expert, found in panel.experts.items()]
    tables = "usual" if panel.declared.authority is None else "declared"
    return {"panel": _fields(mean, *names), "experts": experts, "tables": tables}


def _round(one: RoundAnalysis, digits: int) -> dict[str, Any]:
    return {
        "round": one.round.number,
        "sent": one.round.sent,
        "sent_from": one.round.sent_from,
        "returned": one.round.returned,
        "positive_coefficient": _number(one.positive_coefficient),
        "remarked": _number(one.remarked),
        **{name: list(getattr(one.attendance, name)) for name in ("away", "back", "joined")},
        "groups": [_group(group, one, digits) for group in one.groups],
        "screening": [_screened(level, found) for level, part in one.screening.items() for found in part],
        "consensus": [_consensus(found) for found in one.items.values() if found.consensus is not None],
        "stability": None if one.stability is None else [_stability(found) for found in one.stability],
        "authority": None if one.authority is None else _fields(one.authority, "Ca", "Cs", "Cr"),
    }


def _group(found: GroupAnalysis, one: RoundAnalysis, digits: int) -> dict[str, Any]:
    group, agreed = found.group, found.concordance
    chance, interval = found.chance, found.interval
    words = strength(agreed.W).words.model_dump() if agreed is not None and agreed.W is not None else None
    return {
        "group": group.id,
        "title": group.title.model_dump(),
        "kind": group.kind,
        "level": group.level,
        "raters": agreed.raters if agreed is not None else one.round.returned,
        "dropped": agreed.dropped if agreed is not None else 0,
        **_fields(agreed, "W", "W_uncorrected", "chi2", "df", "p"),
        "p_exact": _number(chance.p) if chance is not None else None,
        "p_exact_method": None if chance is None else chance.method,
        "p_exact_error": None if chance is None else _number(chance.error),
        **_fields(agreed, "F", "F_df1", "F_df2", "F_p", "mean_rho"),
        "W_interval": None if interval is None or interval.undefined else _interval(interval),
        "W_interval_undefined": NO_INTERVAL[why].model_dump() if interval and (why := interval.undefined) else None,
        "alpha": None if found.alpha is None else _number(found.alpha.alpha),
        "strength": words,
        "undefined": None if found.undefined is None else found.undefined.model_dump(),
        "items": [_item(one.items[name], digits) for name in group.ids],
    }


def _interval(interval: Interval) -> dict[str, Any]:
    return _fields(interval, "level", "low", "high", "draws", "seed", "undefined_draws")


def _item(found: ItemAnalysis, digits: int) -> dict[str, Any]:
    names = ("mean", "sd", "cv", "median", "q1", "q3", "full_mark_ratio")
    return {
        "id": found.item.id,
        "title": found.item.title.model_dump(),
        "n": 0 if found.described is None else found.described.n,
        **_fields(found.described, *names),
        "importance": _number(found.importance),
        "weight": _number(found.weight.weight),
        "combined_weight": _number(found.weight.combined),
        "published_weight": found.printed("weight", digits),
        "published_combined_weight": found.printed("combined", digits),
    }


def _screened(level: int, found: Screened) -> dict[str, Any]:
    failures = [
        {"criterion": name, "statistic": f.statistic, "found": _number(f.found), f.bound: _number(f.limit)}
        for name, f in found.failures.items()
    ]
    return {"item": found.item, "level": level, "verdict": found.verdict, "failures": failures}


def _consensus(found: ItemAnalysis) -> dict[str, Any]:
    reached = found.consensus
    return {
        "item": found.item.id,
        **_fields(reached, "cv"),
        "cv_reached": getattr(reached, "cv_reached", None),
        **_fields(reached, "agreement"),
        "agreement_reached": getattr(reached, "agreement_reached", None),
    }


def _stability(found: MovedItem) -> dict[str, Any]:
    names = (
        "experts",
        "cv_before",
        "cv_after",
        "cv_change",
        "kappa_linear",
        "kappa_quadratic",
        "unchanged",
        "wilcoxon_p",
        "wilcoxon_p_holm",
    )
    return {"item": found.moved.item, **_fields(found.moved, *names), "stable": found.stable,
            "undefined": dict(found.moved.undefined)}  # fmt: skip
