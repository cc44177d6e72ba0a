"""The share of ratings by telephone, where the rules ask for one."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from auditlib.core.distributions import digits_text
from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.nulls import Binomial
from auditlib.probe.settings import Settings

__all__ = ["survey_share"]

PHONE = ("电话", "telephone", "phone")


def survey_share(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """A fact where the share is below the rule's, which has no tolerance; the test says what chance explains."""
    if not grounds.has("survey_channel"):
        yield Family("survey_share", "survey_channel", state="not_applicable", why="cases.survey_channel")
        return
    if settings.phone_share is None:
        yield Family("survey_share", "survey_channel", state="settings_missing", why="phone_share")
        return
    rated = grounds.cases.select("unit", "survey_channel").filter(pl.col("survey_channel").is_not_null())
    table = (
        rated.group_by("unit").agg(pl.len(), pl.col("survey_channel").is_in(PHONE).sum().alias("phone")).sort("unit")
    )
    yield Family(
        "survey_share",
        "survey_channel",
        [
            Observed(
                unit,
                {"telephone": k, "ratings": n},
                Binomial(n - k, n, 1 - settings.phone_share),
                fact=k < n * settings.phone_share,
                more={"p_two_sided": digits_text(Binomial(k, n, settings.phone_share).two_sided)},
            )
            for unit, n, k in table.iter_rows()
        ],
        floor=False,
    )
