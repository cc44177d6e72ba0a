"""Cases that were left out by decision: whether it is the late ones."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.nulls import Hypergeometric
from auditlib.probe.settings import Settings

__all__ = ["exclusions"]

ENOUGH = 4


def exclusions(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """How many of the cases left out are late: by unit given its own cases, by approver given all left out.

    A clause that excuses lateness by force majeure makes this expected: the approvers are compared within a clause.
    """
    listed = grounds.registers.get("exclusions")
    if listed is None:
        yield Family("exclusions", "unit", state="not_applicable", why="exclusions")
        return
    names = listed.collect_schema().names()
    clause = pl.col("clause").fill_null("") if "clause" in names else pl.lit("")
    out = listed.select("case_id", "approver", clause.alias("clause")).collect()
    cases = grounds.with_late().join(out, on="case_id", how="left").with_columns(out=pl.col("approver").is_not_null())
    both = pl.col("out") & pl.col("late")
    ids = pl.col("case_id").filter(both).sort().alias("ids")
    units = cases.group_by("unit").agg(
        pl.len(), pl.col("late").sum(), pl.col("out").sum(), both.sum().alias("both"), ids
    )
    yield Family(
        "exclusions",
        "unit",
        [
            Observed(
                unit,
                {"cases": n, "late": late, "excluded": k, "excluded_late": x},
                Hypergeometric(x, n, late, k),
                cases=own,
                enough=k >= ENOUGH,
                against=k * (late - x) / (n - k) if n > k else None,
            )
            for unit, n, late, k, x, own in units.sort("unit").iter_rows()
        ],
    )
    left_out = cases.filter(pl.col("out"))
    for (name,), own in sorted(left_out.group_by("clause"), key=lambda pair: str(pair[0][0])):
        whole, late_ = own.height, int(own["late"].sum())
        rows = own.group_by("approver").agg(pl.len(), pl.col("late").sum(), ids).sort("approver")
        yield Family(
            "exclusions",
            f"approver/{name}",
            [
                Observed(
                    approver,
                    {"exclusions": whole, "late_among_them": late_, "by_approver": k, "by_approver_late": x},
                    Hypergeometric(x, whole, late_, k),
                    cases=found,
                    enough=k >= ENOUGH,
                    against=k * (late_ - x) / (whole - k) if whole > k else None,
                )
                for approver, k, x, found in rows.iter_rows()
            ],
        )
