"""Schemes of a rule or two with facts in place of cases, for tests of what is said of their results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import Resolved, load_scheme
from auditlib.scoring.result import Result
from auditlib.scoring.score import score

__all__ = ["TITLE", "scheme_of", "scored"]

TITLE = {"zh": "名", "en": "name"}


def scheme_of(rules: list[dict[str, Any]], digits: int, **more: Any) -> dict[str, Any]:
    """A scheme of one indicator with these rules; facts ``a``, ``b``, ``c`` and a rate ``a ÷ b`` of them."""
    for number, rule in enumerate(rules):
        rule |= {"id": f"rule{number}", "clause": "一", "title": TITLE}
    indicator = {"id": "i", "title": TITLE, "clause": "一", "max": "10", "start": "0", "floor": None, "cap": None}
    return {
        "scheme": "small", "version": "1", "title": TITLE, "effective": {"from": "2020-01-01"}, "calendar": None,
        "source": {"document": "none.txt", "title": TITLE, "last_checked": "2026-01-01"},
        "periods": ["month"], "clauses": {"一": {"quote": "一"}},
        "measures": {name: {"title": {"zh": name, "en": name}, "fact": name} for name in "abc"},
        "rates": {"share": {"title": {"zh": "率", "en": "share"}, "numerator": "a", "denominator": "b", "zero": "1",
                            "show": "percent"}},
        "indicators": [indicator | {"rules": rules}],
        "ranking": {"clause": None, "by": "total", "order": "descending", "within": "all", "ties": "undecided",
                    "different_maxima": "unranked"},
        "rounding": {"digits": digits, "mode": "half_up"},
    } | more  # fmt: skip


def scored(folder: Path, scheme: dict[str, Any], facts: dict[str, dict[str, str]]) -> tuple[Resolved, Result]:
    """The scheme on units with these facts in January 2025."""
    (folder / "small.yaml").write_text(json.dumps(scheme, ensure_ascii=False), encoding="utf-8")
    units = "".join(f"{unit}\n" for unit in facts)
    rows = "".join(f"{unit},2025-01,{name},{value}\n" for unit, own in facts.items() for name, value in own.items())
    (folder / "units.csv").write_text(f"unit\n{units}", encoding="utf-8")
    (folder / "unit_facts.csv").write_text(f"unit,period,fact,value\n{rows}", encoding="utf-8")
    resolved = load_scheme(folder / "small.yaml").resolve()
    return resolved, score(resolved, read_ledger(folder), Period.parse("2025-01"))
