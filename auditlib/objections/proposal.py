"""A proposed adjustment: what a unit filed, checked against ledger and result, which nobody has decided yet.

It lies in ``params/adjustments/SCHEME/proposed/ID.yaml`` and changes nothing. A decision makes an adjustment of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator

from auditlib.core.errors import InputError
from auditlib.core.files import write_atomically
from auditlib.core.home import home, shown
from auditlib.core.values import Day, Strict
from auditlib.core.yaml_file import read_tree, validate
from auditlib.ledger.privacy.declared import personal_problems
from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, names_persons, withhold
from auditlib.scheme.model import Scheme
from auditlib.scheme.source import Name
from auditlib.scoring.adjustments.declared import Adjustment, CellChange, Hash, read_adjustments

__all__ = ["Proposal", "decide", "proposal_file", "proposal_files", "proposal_text", "read_proposals"]

FOLDER = Path("params") / "adjustments"


def _written(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Proposal(Strict):
    """An objection of a unit to one line of its result. Without ``changes`` it is one to the rule, not to a cell."""

    proposed: Name
    """The name of the file, and the number of the appeal."""
    run: str
    scheme: str
    period: Annotated[str, BeforeValidator(_written)]
    unit: Annotated[str, BeforeValidator(_written)]
    line: str
    result: Hash
    """The hash of the result as it was issued, and objected to."""
    filed_on: Day
    clause: str | None
    """The clause that provides for objections."""
    reason: str
    changes: tuple[CellChange, ...] = ()


def proposal_files(scheme: str) -> list[Path]:
    """The files of what is proposed for a scheme, in the order of their names."""
    return sorted((home() / FOLDER / scheme / "proposed").glob("*.yaml"))


def proposal_file(proposal: Proposal) -> Path:
    """Where a proposal lies."""
    return home() / FOLDER / proposal.scheme / "proposed" / f"{proposal.proposed}.yaml"


def read_proposals(scheme: Scheme) -> tuple[Proposal, ...]:
    """What is proposed for a scheme. Raises :class:`InputError` with every fault of every file."""
    problems, read = [], []
    for file in proposal_files(scheme.scheme):
        try:
            tree = read_tree(file, shown(file))
            one = validate(Proposal, tree)
            problems += personal_problems(tree, whole=True)
        except InputError as error:
            problems += error.problems
            continue
        for key, found, expected in (("proposed", one.proposed, file.stem), ("scheme", one.scheme, scheme.scheme)):
            if found != expected:
                problems.append(tree.problem((key,), f"found {found}, expected {expected}, where the file lies"))
        read.append(one)
    if problems:
        raise InputError(problems)
    return tuple(read)


def proposal_text(proposal: Proposal) -> str:
    """The file of a proposal."""
    plain = proposal.model_dump(mode="json", by_alias=True)
    head = "# Proposed by a unit, decided by nobody: it changes no result.\n"
    return head + yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=110)


def decide(scheme: Scheme, name: str, by: str, at: datetime, reason: str, *, but: Sequence[int] = ()) -> Path:
    """Make an adjustment of a proposal, the next of the chain; ``but`` are the changes, from 1, that are not granted.

    Raises :class:`InputError` where there is no such proposal, nothing is left to change, or the chain would not hold.
    """
    proposals = {one.proposed: one for one in read_proposals(scheme)}
    if name not in proposals:
        known = ", ".join(proposals) or "none"
        raise InputError.at(scheme.scheme, "proposed", f"found {name}, expected one of what is proposed: {known}")
    proposal = proposals[name]
    if strange := sorted(set(but) - set(range(1, len(proposal.changes) + 1))):
        found = f"found {strange[0]}, expected a change of the proposal: 1 to {len(proposal.changes)}"
        raise InputError.at(name, "changes", found)
    granted = [one for number, one in enumerate(proposal.changes, 1) if number not in but]
    if not granted:
        told = "found no change of a cell, expected one: an objection to a rule alone changes no input"
        raise InputError.at(name, "changes", told)
    declared = read_adjustments(scheme)
    file = home() / FOLDER / scheme.scheme / f"{name}.yaml"
    if file.exists():
        raise InputError.at(
            shown(file), "", "found a decision on it, expected none: a further one is an adjustment anew"
        )
    if declared.chain and at < declared.chain[-1].decided_at:
        last = f"{declared.chain[-1].decided_at.isoformat()}, when {declared.files[-1]} was decided"
        raise InputError.at(name, "decided_at", f"found {at.isoformat()}, expected no earlier than {last}")
    for key, text in (("decided_by", by), ("reason", reason)):
        if (told := withhold(text, persons=names_persons(key))) != text:
            raise InputError.at(name, key, f"found {told}, expected {NO_PERSONAL_DATA}")
    adjustment = Adjustment.model_validate({
        "adjustment": name, "scheme": scheme.scheme, "period": proposal.period,
        "appeal": {"ledger": None, "case_id": name}, "decided_at": at, "decided_by": by, "clause": proposal.clause,
        "reason": {"zh": reason, "en": reason},
        "changes": [one.model_dump(mode="json", by_alias=True) for one in granted],
        "previous": declared.last,
    })  # fmt: skip
    plain = adjustment.model_dump(mode="json", by_alias=True)
    write_atomically(file, yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=110).encode())
    return file
