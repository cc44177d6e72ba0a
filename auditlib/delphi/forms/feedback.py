"""What a questionnaire of a later round tells an expert of the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from auditlib.core.exact import full_text
from auditlib.delphi.answers import Remark
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.items import Item
from auditlib.delphi.replies import Replies
from auditlib.delphi.rounds import Round
from auditlib.delphi.statistics.descriptives import describe

__all__ = ["Feedback", "panel_statistics", "told_of"]


@dataclass(frozen=True)
class Feedback:
    """What an expert is told of the round before: own marks, median and quartiles of the panel, remarks and replies."""

    number: int
    own: Mapping[str, Fraction]
    panel: Mapping[str, tuple[float, float, float]]
    remarks: tuple[Remark, ...] = ()
    replies: Replies = field(default_factory=dict)


def panel_statistics(declared: PanelFile, before: Round) -> dict[str, tuple[float, float, float]]:
    """Lower quartile, median and upper quartile of each item, as marks that the experts wrote."""
    found = {}
    shown = declared.shown(before.number)
    for item in before.items:
        marks = [float(shown(item, mark)) for (_, name), mark in before.marks.items() if name == item]
        described = describe(marks, float("inf"))
        if described.q1 is not None and described.median is not None and described.q3 is not None:
            found[item] = (described.q1, described.median, described.q3)
    return found


def told_of(feedback: Feedback | None, item: Item) -> tuple[str, ...]:
    """The own mark, the median and the quartiles of an item, as text; nothing in the first round."""
    if feedback is None:
        return ()
    own = feedback.own.get(item.id)
    q1, median, q3 = feedback.panel.get(item.id, (None, None, None))
    quartiles = f"{q1:g}—{q3:g}" if q1 is not None and q3 is not None else "—"
    return (full_text(own) if own is not None else "—", f"{median:g}" if median is not None else "—", quartiles)
