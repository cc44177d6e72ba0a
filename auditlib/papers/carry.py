"""Papers carried over to the next snapshot: an answer stays where its evidence is unchanged, else it is asked anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError
from auditlib.core.guards import content_of
from auditlib.core.period import parse_period
from auditlib.ledger.read import Ledger
from auditlib.papers.exceptions import ExceptionPaper
from auditlib.papers.folder import Papers
from auditlib.papers.log import LogStep
from auditlib.papers.open_papers import found_in, written
from auditlib.probe.settings import Settings
from auditlib.scheme.load import Resolved

__all__ = ["carry_over"]


def carry_over(
    earlier: Papers, folder: Path, ledger: Ledger, by: str, *, resolved: Resolved | None = None,
    since: Ledger | None = None,
) -> Papers:  # fmt: skip
    """New papers for the next snapshot, by the same scheme, period and settings, with the answers of the earlier ones.

    An exception with the same cases, whose rows are unchanged, keeps answer, preparer and reviewer. One of the same
    test, clock and unit with other cases or other rows is reopened beside its earlier answer; one that is there no more
    is told. A finding stays if all that it rests on stays. What names an effect is reopened, and samples stay behind:
    they are of the other snapshot. Raises :class:`InputError` for the same snapshot, and as new papers do.
    """
    known = earlier.engagement
    if by not in known.auditors:
        raise InputError.at("--by", "", f"found {by}, expected one of {', '.join(known.auditors)}")
    period = parse_period(known.period, "period") if known.period is not None else None
    engagement, exceptions, contents = found_in(
        ledger, Settings.model_validate(known.settings), known.auditors, resolved=resolved, period=period, since=since,
        commitments=(),
    )  # fmt: skip
    if engagement.snapshot == known.snapshot:
        said = f"found the snapshot {known.snapshot[:12]}, expected a later one than that of {earlier.folder.name}"
        raise InputError.at(ledger.path, "snapshot", said)
    before = {"snapshot": known.snapshot, "state": earlier.head or "new"}
    steps = [*_evidence(earlier), *_exceptions(earlier, exceptions, by)]
    steps += _findings(earlier, {step.id for step in steps if step.kind == "carried"}, by)
    files = {name: content_of(earlier.folder / "evidence" / name) for name in earlier.evidence}
    return written(folder, engagement.model_copy(update={"before": before}), exceptions, contents, steps, files)


def _evidence(earlier: Papers) -> Iterator[LogStep]:
    return (line.step for line in earlier.lines if line.step.kind == "evidence")


def _exceptions(earlier: Papers, exceptions: Sequence[ExceptionPaper], by: str) -> Iterator[LogStep]:
    old = {one.id: one for one in earlier.exceptions}
    places = {one.place: one for one in earlier.exceptions}
    found: set[str] = set()
    for one in exceptions:
        same = old.get(one.id)
        before = same or places.get(one.place)
        if before is None:
            continue
        found.add(before.id)
        kept = _kept(earlier, "exception", before.id)
        if not kept["values"] and not kept["earlier"]:
            continue
        unchanged = same is not None and same.content == one.content and _stands(kept)
        yield _step("carried" if unchanged else "reopened", one.id, "exception", kept, earlier, by)
    for one in earlier.exceptions:
        if one.id not in found and (kept := _kept(earlier, "exception", one.id))["values"]:
            values = {"held": kept, "snapshot": earlier.engagement.snapshot, "says": dict(one.says)}
            yield LogStep("gone", one.id, by, values)


def _findings(earlier: Papers, carried: set[str], by: str) -> Iterator[LogStep]:
    for id_ in earlier.findings:
        kept = _kept(earlier, "finding", id_)
        rests = str(kept["values"].get("rests_on", "")).replace(",", " ").replace("，", " ").split()
        stays = bool(rests) and set(rests) <= carried and _stands(kept)
        if kept["values"] or kept["earlier"]:
            yield _step("carried" if stays else "reopened", id_, "finding", kept, earlier, by)


def _stands(kept: dict[str, Any]) -> bool:
    """Whether there is an answer that another snapshot leaves as it is: an effect is of the results of its own one."""
    return bool(kept["values"]) and not kept["values"].get("effect_from")


def _step(kind: str, id_: str, of: str, kept: dict[str, Any], earlier: Papers, by: str) -> LogStep:
    if kind == "reopened" and not kept["values"]:
        kept = kept["earlier"]  # never answered since it was reopened before
    return LogStep(kind, id_, by, {"of": of, "held": kept, "snapshot": earlier.engagement.snapshot})


def _kept(earlier: Papers, kind: str, id_: str) -> dict[str, Any]:
    state = asdict(earlier.of(kind, id_))
    return {**state, "prepared": list(state["prepared"])}
