"""A sample of what a person must judge: drawn so that anyone can draw it again.

The draw orders every question by the SHA-256 of seed, duty, unit and case, and takes the first. The seed is the
snapshot hash of the ledger without its answers, so that nobody chooses it and answers taken back do not move it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.ledger.read import Ledger
from auditlib.ledger.snapshot import snapshot_hash
from auditlib.scheme.duties import Duty
from auditlib.scoring.duties.compliance import Compliance

__all__ = ["SAMPLE", "CheckQuestion", "CheckSample", "draw_checks", "ledger_seed"]

SAMPLE = re.compile("K[0-9A-F]{10}")
"""What samples are called."""


@dataclass(frozen=True)
class CheckQuestion:
    """One question to a person: a duty, and the case that it is asked of; ``case`` is None for the unit as a whole."""

    check_id: str
    duty: Duty
    unit: str
    case: str | None


@dataclass(frozen=True)
class CheckSample:
    """The questions drawn, by duty, unit and case, and of how many by duty: ``(duty, drawn, all)``."""

    name: str
    scheme: str
    period: str
    seed: str
    questions: tuple[CheckQuestion, ...]
    drawn: tuple[tuple[Duty, int, int], ...]


def ledger_seed(ledger: Ledger) -> str:
    """The snapshot hash of everything in a ledger but the answers of people; of a sealed one as its seal says."""
    if ledger.seal is not None and "checks" not in ledger.registers:
        return ledger.seal.snapshot
    return snapshot_hash({name: table for name, table in ledger.registers.items() if name != "checks"})


def draw_checks(
    complied: Compliance, ledger: Ledger, size: int, *, duties: Sequence[str] = (), seed: str | None = None
) -> CheckSample:
    """At most ``size`` questions for each duty that asks a person, of those in ``complied`` that nobody has answered.

    ``duties`` names others in their place: one that is computed is asked about as a control of the records. Raises
    :class:`InputError` for a duty that the scheme does not have, and where there is nothing to ask.
    """
    scheme = complied.resolved.scheme
    asked = _asked(complied, duties)
    text = seed if seed is not None else ledger_seed(ledger)
    answered = _answered(ledger, complied.period)
    chosen: list[tuple[Duty, str, str | None]] = []
    drawn = []
    for duty in asked:
        own = complied.instances.filter((pl.col("duty") == duty.id) & (pl.col("status") != "not_applicable"))
        pairs = dict.fromkeys(own.select("unit", "case").iter_rows())
        open_ = [(unit, case) for unit, case in pairs if (duty.id, unit, case) not in answered]
        first = sorted(open_, key=lambda pair: _order(text, duty.id, *pair))[:size]
        chosen += [(duty, unit, case) for unit, case in sorted(first, key=lambda pair: (pair[0], pair[1] or ""))]
        drawn.append((duty, len(first), len(open_)))
    if not chosen:
        named = ", ".join(duty.id for duty in asked)
        raise InputError.at(ledger.path, "checks", f"found nothing to ask in {complied.period} about {named}")
    content = [text, scheme.scheme, str(complied.period), *(f"{d.id}\x1f{u}\x1f{c or ''}" for d, u, c in chosen)]
    name = "K" + hashlib.sha256("\x1e".join(content).encode()).hexdigest()[:10].upper()
    width = max(2, len(str(len(chosen))))
    questions = tuple(
        CheckQuestion(f"{name}-{number:0{width}}", duty, unit, case)
        for number, (duty, unit, case) in enumerate(chosen, 1)
    )
    return CheckSample(name, scheme.scheme, str(complied.period), text, questions, tuple(drawn))


def _asked(complied: Compliance, names: Sequence[str]) -> list[Duty]:
    scheme = complied.resolved.scheme
    known = [duty.id for duty in scheme.duties]
    if unknown := [name for name in names if name not in known]:
        raise InputError.at(scheme.scheme, "duties", f"found no duty {unknown[0]}, expected some of {', '.join(known)}")
    asked = [duty for duty in scheme.duties if (duty.id in names if names else duty.asked is not None)]
    if not asked:
        raise InputError.at(
            scheme.scheme, "duties", "found none that asks a person, expected --duty with one to control"
        )
    return asked


def _answered(ledger: Ledger, period: Period) -> set[tuple[str, str, str | None]]:
    """What was answered: of a case at any time, of a unit as a whole in this period."""
    if "checks" not in ledger.registers:
        return set()
    checks = ledger.registers["checks"]
    if "case_id" not in checks.collect_schema():
        checks = checks.with_columns(case_id=pl.lit(None, pl.String))
    inside = (pl.col("at") >= period.start) & (pl.col("at") < period.end)
    return set(
        checks.filter(pl.col("case_id").is_not_null() | inside).select("duty", "unit", "case_id").collect().rows()
    )


def _order(seed: str, duty: str, unit: str, case: str | None) -> str:
    return hashlib.sha256("\x1f".join((seed, duty, unit, case or "")).encode()).hexdigest()
