"""Two results compared for working papers: one of them is what their ledger gives, so that the other is an effect."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from auditlib.analysis.breakdown import read_account
from auditlib.analysis.checks.draw import ledger_seed
from auditlib.analysis.diff import diff
from auditlib.analysis.diff_tables import result_diff_json
from auditlib.core.errors import InputError
from auditlib.core.guards import content_of
from auditlib.core.period import declared_time, parse_period
from auditlib.ledger.read import Ledger
from auditlib.papers.folder import Papers, json_bytes
from auditlib.papers.log import LogStep
from auditlib.papers.read_back import require_auditor
from auditlib.scoring.assess import assess

__all__ = ["add_results"]

SCHEMA = "auditlib-effect/1"
HEADS = ("scheme", "version", "period", "as_of", "readings", "supplied")
LARGEST = 256 * 2**20


def add_results(papers: Papers, old: Path, new: Path, ledger: Ledger, scheme: str | None, by: str) -> str:
    """Takes in what two results differ by, files of `auditlib score --format json`; gives the hash of the comparison.

    One of them is scored again from the ledger and has to be the same. Raises :class:`InputError` where neither is,
    for results of another scheme or period, and for another snapshot than that of the papers.
    """
    require_auditor(papers, by)
    known = papers.engagement
    if (found := ledger_seed(ledger)) != known.snapshot:
        said = f"found the snapshot {found[:12]}, expected {known.snapshot[:12]}, that of these papers"
        raise InputError.at(ledger.path, "snapshot", said)
    plain = [_result(file, known.scheme, known.period) for file in (old, new)]
    own = [_again(one, ledger, scheme or str(known.scheme)) for one in plain]
    if not any(_points(one) == _points(again) for one, again in zip(plain, own, strict=True)):
        said = f"found two results, neither of which {ledger.path.name} gives, expected one of them to be its own"
        raise InputError.at(old, "", said)
    compared = result_diff_json(diff(read_account(old), read_account(new)))
    sides = {
        side: {"sha256": sha256(file.read_bytes()).hexdigest(), **{name: one[name] for name in HEADS}}
        for side, file, one in zip(("old", "new"), (old, new), plain, strict=True)
    }
    content = json_bytes({"schema": SCHEMA, "snapshot": known.snapshot, **sides, **compared})
    name = sha256(content).hexdigest()
    if name in papers.effects:
        raise InputError.at(new, "", f"found {name[:12]}, which these papers hold already")
    papers.add([LogStep("effect", name, by)], {papers.folder / "effects" / name: content})
    return name


def _result(file: Path, scheme: str | None, period: str | None) -> dict[str, Any]:
    """A result as plain values. Raises :class:`InputError` for one of another scheme or period."""
    read_account(file)
    plain: dict[str, Any] = json.loads(content_of(file, LARGEST))
    for name, own in (("scheme", scheme), ("period", period)):
        if plain[name] != own:
            raise InputError.at(file, name, f"found {plain[name]}, expected {own or 'papers with one'}, as the papers")
    if missing := [name for name in HEADS if name not in plain]:
        raise InputError.at(file, missing[0], "found nothing, expected a result of `auditlib score`")
    return plain


def _again(plain: dict[str, Any], ledger: Ledger, scheme: str) -> dict[str, Any]:
    """The result that the ledger gives when it is asked the same."""
    _, result = assess(
        scheme, ledger, parse_period(plain["period"], "period"), declared_time(plain["as_of"]),
        readings=plain["readings"], supplied=plain["supplied"], evidence=False, duties=True,
    )  # fmt: skip
    return result.to_json()


def _points(plain: dict[str, Any]) -> list[Any]:
    """What counts of a result: of each unit its total, its rank and the points of each line."""
    return [
        (unit["unit"], unit["total"], unit["rank"],
         [(one["id"], one["points"], [(line["rule"], line["points"]) for line in one["lines"]])
          for one in unit["indicators"]])
        for unit in plain["units"]
    ]  # fmt: skip
