"""A scheme of one indicator over cases, made to measure, and small ledgers for it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import yaml

from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scoring.score import score

__all__ = ["TITLE", "base_scheme", "count", "late", "outcome", "scored", "standing_scheme"]

TITLE = {"zh": "甲", "en": "A"}
AS_OF = datetime(2025, 7, 5)


def count(where: str) -> dict[str, object]:
    return {"title": TITLE, "register": "cases", "where": where}


def base_scheme(**changes: object) -> dict[str, object]:
    """100 minus one for each late case."""
    return {
        "scheme": "small",
        "version": "1",
        "title": TITLE,
        "source": {"document": "small.txt", "title": TITLE, "last_checked": datetime(2026, 1, 1).date()},
        "effective": {"from": None},
        "periods": ["month"],
        "clauses": {"一": {"quote": "迟办一件扣一分"}},
        "words": {"cases": {"status": ["迟", "重", "按", "好"]}, "events": {"kind": ["事故"]}},
        "measures": {"late": count("status = '迟'"), "grave": count("status = '重'"), "received": count("true = true")},
        "indicators": [
            {
                "id": "timely", "title": TITLE, "clause": "一", "max": 100, "start": 100, "floor": 0, "cap": 100,
                "rules": [{"id": "late", "clause": "一", "title": TITLE, "points": -1, "per": "late"}],
            }
        ],
        "ranking": {"clause": None, "by": "total", "order": "descending", "within": "group",
                    "different_maxima": "undecided", "ties": "undecided", "forced_last": "by_total"},
        "rounding": {"digits": 4, "mode": "half_up"},
    } | changes  # fmt: skip


def scored(
    folder: Path, scheme: dict[str, object], cases: dict[str, list[str]], groups=None, exclusions=(), **more: str
):  # type: ignore[no-untyped-def]
    """The scheme applied to units that have one case for each status in their list; ``more`` are other registers."""
    for name, text in more.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump(scheme, allow_unicode=True), encoding="utf-8")
    rows = [(f"{u}{n}", u, status) for u, statuses in cases.items() for n, status in enumerate(statuses)]
    lines = ["case_id,unit,received_at,status", *(f"{key},{unit},2025-06-10,{status}" for key, unit, status in rows)]
    (folder / "cases.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    units = ["unit,group", *(f"{unit},{(groups or {}).get(unit, '组')}" for unit in cases)]
    (folder / "units.csv").write_text("\n".join(units) + "\n", encoding="utf-8")
    if exclusions:
        listed = ["case_id,reason,approver,clause", *(f"{key},不可抗力,主管处,一" for key in exclusions)]
        (folder / "exclusions.csv").write_text("\n".join(listed) + "\n", encoding="utf-8")
    ledger = read_ledger(folder, AS_OF)
    assert ledger.rejects.is_empty()
    return score(load_scheme(file).resolve(), ledger, Period.parse("2025-06"), AS_OF)


def outcome(id: str, **keys: object) -> dict[str, object]:
    return {"id": id, "title": TITLE, "clause": "一"} | keys


def late(number: int) -> list[str]:
    return ["迟"] * number


def standing_scheme(average: str, still_equal: str = "first") -> dict[str, object]:
    rate = {"title": TITLE, "numerator": "late", "denominator": "received", "zero": "not_assessable", "show": "number"}
    return base_scheme(
        rates={"lateness": rate},
        standings={
            "place": {
                "title": TITLE, "index": "lateness", "average": average, "tables": {"组": [10, 9]},
                "then": 1, "still_equal": still_equal, "ties": "late",
            }
        },
        indicators=[
            {
                "id": "volume", "title": TITLE, "clause": "一", "max": 10, "start": 10, "floor": 0, "cap": 10,
                "rules": [{"id": "place", "clause": "一", "title": TITLE, "points": -1, "per": "place"}],
            }
        ],
    )  # fmt: skip
