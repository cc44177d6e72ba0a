"""What an exception or a finding costs or brings in points and rank: read from a computation, never typed.

``restate D07`` is what the difference of the two snapshots changes for a unit, ``restate/rewritten D07`` what this
class alone does, ``restate/interaction D07`` what the classes do only together; ``5d1e0c7a92b4 D07`` is what two
results differ by, which are called by the hash of the file that compares them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditlib.core.errors import AuditError
from auditlib.core.exact import exact, full_text
from auditlib.papers.exceptions import ExceptionPaper
from auditlib.papers.folder import Papers

__all__ = ["EffectFault", "UnitEffect", "effect_of", "effect_stated"]

RESTATE, TOGETHER = "restate", "interaction"
NAMED = re.compile("[0-9a-f]{12,64}")
NONE = "—"


class EffectFault(AuditError):
    """What is stated names no effect that these papers hold."""


@dataclass(frozen=True)
class UnitEffect:
    """What changes for a unit: points as exact text, and the ranks before and after; None where there is none."""

    unit: str
    points: str
    ranks: tuple[int | None, int | None] | None = None

    @property
    def ranks_text(self) -> str:
        return "" if self.ranks is None else " → ".join(NONE if rank is None else str(rank) for rank in self.ranks)


def effect_stated(papers: Papers, one: ExceptionPaper | None, text: str) -> UnitEffect | None:
    """The effect that an answer names, or, of an exception of a restatement, that of its class; None where none is.

    An answer that no longer stands for anything gives None, as one does that names nothing.
    """
    unit, kind = (one.unit, one.test.removeprefix(f"{RESTATE}/")) if one is not None else ("", "")
    if not text and one is not None and one.test.startswith(f"{RESTATE}/") and one.clock.startswith("cases "):
        text = f"{RESTATE}/{kind} {unit}"
    try:
        return effect_of(papers, text, unit) if text else None
    except EffectFault:
        return None


def effect_of(papers: Papers, text: str, unit: str = "") -> UnitEffect:
    """The effect that a text names; ``unit`` where it names none. Raises :class:`EffectFault`."""
    source, _, named = text.strip().partition(" ")
    code = named.strip() or unit
    kind, _, alone = source.partition("/")
    if kind == RESTATE:
        found = _restated(papers, alone, code)
    elif NAMED.fullmatch(source):
        found = _compared(papers, source, code)
    else:
        said = f"found {text}, expected {RESTATE}, {RESTATE}/CLASS or the hash of compared results, and a unit"
        raise EffectFault(said)
    return found


def _restated(papers: Papers, kind: str, code: str) -> UnitEffect:
    if papers.restatement is None or not papers.restatement["points"]:
        raise EffectFault(
            "found no points of a restatement in these papers, expected `papers new --since … --scheme …`"
        )
    one = _unit(papers.restatement["points"], code)
    if one["before"] is None or one["after"] is None:
        raise EffectFault(f"found no total of {code} in one of the two snapshots, so that no points can be told")
    before = one["rank_before"]
    if not kind:
        return UnitEffect(code, _difference(one["before"], one["after"]), (before, one["rank_after"]))
    if kind == TOGETHER:
        return UnitEffect(code, one["interaction"])
    if kind not in one["classes"]:
        known = ", ".join([*one["classes"], TOGETHER])
        raise EffectFault(f"found the class {kind}, expected one of {known}")
    return UnitEffect(code, one["classes"][kind], (before, one["ranks_alone"][kind]))


def _compared(papers: Papers, source: str, code: str) -> UnitEffect:
    known = [name for name in papers.effects if name.startswith(source)]
    if len(known) != 1:
        raise EffectFault(f"found {source}, expected the hash of results that `auditlib papers add --results` took in")
    one = _unit(papers.effects[known[0]]["units"], code)
    if one["change"] is None:
        raise EffectFault(f"found no total of {code} in one of the two results, so that no points can be told")
    return UnitEffect(code, one["change"], (one["old"]["rank"], one["new"]["rank"]))


def _unit(units: list[dict[str, Any]], code: str) -> Mapping[str, Any]:
    found = next((one for one in units if one["unit"] == code), None)
    if found is None:
        said = ", ".join(one["unit"] for one in units)
        raise EffectFault(f"found {f'the unit {code}' if code else 'no unit'}, expected one of {said or 'no unit'}")
    return found


def _difference(before: str, after: str) -> str:
    return full_text(exact(after) - exact(before))
