"""Runs without reports, as the site reads them: a manifest and results with made-up points, always the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

__all__ = ["HOSTILE", "MONTHS", "indicator", "unit", "units", "write_run"]

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "path": "../../etc/passwd",
    "formula": '=HYPERLINK("http://example.org","x")',
    "long": "长" * 300,
    "emoji": "🔥👩‍🚒 供热站",
    "direction": "甲\u202egnp.exe乙",
    "markup": "\"'><img src=x onerror=alert(2)>&amp;</title></script>\u2028",
}
"""Names as nobody should have them."""
MONTHS = tuple(f"2025-{month:02}" for month in range(1, 13))
IDS = tuple(f"item_{number}" for number in range(1, 14))


def indicator(id: str, points: str | None, full: str | None = "10", status: str = "scored") -> dict[str, object]:
    return {"id": id, "max": full, "points": points, "status": status, "gaps": [], "lines": []}


def unit(code: str, name: str, points: Sequence[str | None], **other: object) -> dict[str, object]:
    """A unit with a total of the whole points given; ``other`` replaces any of its keys."""
    given = [indicator(id, own) for id, own in zip(IDS, points, strict=False)]
    total = sum((Decimal(own) for own in points if own), Decimal(0))
    plain = {
        "unit": code, "name": name, "group": "城区", "total": str(total),
        "total_of": str(10 * len(points)), "complete": True, "rank": 1, "undecided_with": [], "outcomes": [],
        "undecided_outcomes": [], "outcome_details": [], "indicators": given, "measures": {}, "rates": {},
    }  # fmt: skip
    return plain | other


def units(count: int, period: int = 0) -> Iterator[dict[str, object]]:
    """As many units in three groups, with different points in each period and ranks by group."""
    made = []
    for number in range(count):
        points = [str((number * 7 + period * 3 + place * place) % 11) for place in range(len(IDS))]
        made.append(unit(f"U{number:04}", f"第{number}供热站", points, group=f"第{number % 3 + 1}组"))
    for group in sorted({str(one["group"]) for one in made}):
        own = sorted((one for one in made if one["group"] == group), key=lambda one: -int(str(one["total"])))
        for place, one in enumerate(own, 1):
            one["rank"] = place
            one["outcomes"] = ["honoured"] if place == 1 else []
    yield from made


def write_run(
    root: Path,
    name: str,
    periods: dict[str, Iterable[dict[str, object]]],
    *,
    title: str = "",
    failure: str | None = None,
) -> Path:
    """A finished run in ``root``; every unit has a report, of which only the manifest tells. Returns its folder."""
    folder = root / name
    reports = []
    for period, assessed in periods.items():
        scored = list(assessed)
        result = {
            "scheme": "made-up", "version": "1", "period": period, "as_of": f"{period}-28T00:00:00", "readings": {},
            "supplied": {}, "units": scored, "warnings": [],
        }  # fmt: skip
        (folder / period).mkdir(parents=True, exist_ok=True)
        (folder / period / "scores.json").write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
        reports += [_report(period, str(one["unit"]), number, failure) for number, one in enumerate(scored)]
    run = {
        "run": "made-up", "title": {"zh": title or f"批次{name}", "en": title or f"Run {name}"}, "scheme": "made-up",
        "ledger": "nowhere", "periods": list(periods), "notebooks": [{"notebook": "unit_audit", "per": "unit"}],
    }  # fmt: skip
    manifest = {
        "format": "auditlib-run/1", "run": run, "materials": {}, "software": {}, "reports": reports,
        "products": {f"{period}/scores.json": "0" * 64 for period in periods},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return folder


def _report(period: str, code: str, number: int, failure: str | None) -> dict[str, object]:
    id = f"{period}/unit-{number:04}"
    return {
        "id": id, "notebook": "unit_audit", "period": period, "unit": code, "inputs": {},
        "products": {f"{id}.html": "0" * 64, f"{id}.pdf": "0" * 64},
        "failure": failure if number == 0 else None,
    }  # fmt: skip
