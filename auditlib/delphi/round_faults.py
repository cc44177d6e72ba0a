"""Whom a round did not ask, who lacks the authority that a mean needs, and ranks or points that do not fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from auditlib.core.errors import Problem
from auditlib.delphi.answers import Answers
from auditlib.delphi.authority import Authority
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.familiarity import item_authority
from auditlib.delphi.scales import Scale

if TYPE_CHECKING:
    from auditlib.delphi.rounds import Round

__all__ = ["authority_faults", "group_faults", "stranger_faults"]


def group_faults(answers: Answers, scale: Scale, groups: tuple[tuple[str, ...], ...]) -> Iterator[Problem]:
    """Ranks and shares of points that do not fit together, expert by expert."""
    for expert, row in answers.rows.items() if scale.kind != "marks" else ():
        marks = {item: mark for (who, item), mark in answers.marks.items() if who == expert}
        for item, message in scale.group_faults(groups, marks):
            yield Problem(answers.file, row, item, message)


def stranger_faults(
    one: Round, earlier: Sequence[Round], experts: Mapping[str, Authority], declared: PanelFile
) -> Iterator[Problem]:
    """The experts of a round whom it did not ask, by the panel's policy, or (where there are ``experts``) strangers."""
    begun = {expert for other in earlier for expert in other.experts}
    for expert, row in one.rows.items():
        if earlier and declared.invited == "previous" and expert not in (before := earlier[-1]).experts:
            message = f"found {expert}, expected an expert of round {before.number} ({before.file})"
            yield Problem(one.file, row, "expert", message)
        elif earlier and declared.invited == "begun" and expert not in begun:
            message = f"found {expert}, expected an expert of an earlier round, or invited: anyone in panel.yaml"
            yield Problem(one.file, row, "expert", message)
        if (since := declared.left.get(expert)) is not None and since <= one.number:
            message = f"found {expert}, expected none: panel.yaml says that {expert} left before round {since}"
            yield Problem(one.file, row, "expert", message)
        if experts and expert not in experts:
            yield Problem(one.file, row, "expert", f"found {expert}, expected an expert of experts.csv")


def authority_faults(one: Round, declared: PanelFile, experts: Mapping[str, Authority]) -> Iterator[Problem]:
    """Means weighted by authority need the authority of everyone who answered."""
    if declared.mean == "authority_weighted":
        unknown = {
            expert
            for item in one.items
            for expert, Cr in item_authority(item, one.experts, experts, one.familiarity)[0].items()
            if Cr is None
        }
        for expert, row in one.rows.items():
            if expert in unknown:
                message = (
                    f"found no Ca and Cs of {expert}, expected them in experts.csv because of mean: authority_weighted"
                )
                yield Problem(one.file, row, "expert", message)
