"""The page of an intake: what came in, what did not and why, what is doubtful."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment

from auditlib.core.message import Message, t, told
from auditlib.ledger.registers import REGISTERS
from auditlib.report.pages.template import environment

__all__ = ["profile_page"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""What the page may load: its own style, and nothing from anywhere."""
UNITS = 40
"""Of more units the totals by month stand without them."""
ASSUMED = {
    "encoding": Message("encoding"),
    "separator": Message("separator"),
    "sheet": Message("sheet"),
    "days": Message("days counted from"),
}
"""What nobody had declared of a file, by its key in ``profile.json``."""


@cache
def _environment() -> Environment:
    return environment("auditlib", policy=POLICY)


def profile_page(profile: dict[str, Any], language: str) -> str:
    """A profile as :func:`.profile` gives it, as a page in ``language``, ``zh`` or ``en``."""

    titles = {one["name"]: one["title"] for one in profile["registers"]}

    def said(sentence: str, **values: object) -> str:
        return t(sentence, language, **values)

    def named(register: str) -> str:
        return titles[register][language]

    def column_named(register: str, name: str) -> str:
        column = REGISTERS[register].column(name) if register in REGISTERS else None
        return column.zh if column and language == "zh" else ""

    def assumption(key: str) -> str:
        return told(ASSUMED[key], language)

    totals = {register["name"]: _by_month(register["totals"]) for register in profile["registers"]}
    return _environment().get_template("profile.html.j2").render(
        t=said, language=language, profile=profile, title=profile["title"][language], totals=totals,
        named=named, column_named=column_named, assumption=assumption, colon="：" if language == "zh" else ": ",
    )  # fmt: skip


def _by_month(totals: list[dict[str, Any]]) -> dict[str, Any]:
    """Control totals as a table: months as columns, units as rows, and their sums."""
    months = sorted({row["month"] for row in totals if row.get("month")})
    units = sorted({row["unit"] for row in totals if row.get("unit")})
    counts = {(row.get("unit"), row.get("month")): row["rows"] for row in totals}
    rows = [(unit, [counts.get((unit, month), 0) for month in months]) for unit in units]
    sums = [sum(row["rows"] for row in totals if row.get("month") == month) for month in months]
    return {"months": months, "rows": rows if len(units) <= UNITS else [], "sums": sums, "units": len(units)}
