"""Where the pages of a run lead to among its other pages: periods before and after, other languages, units, indexes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from auditlib.core.file_names import file_name
from auditlib.core.message import t
from auditlib.core.period import Period
from auditlib.report.pages.links import Links
from auditlib.report.wording import period_words
from auditlib.runs.runfile import NotebookUse, RunFile

__all__ = ["Place", "links_of", "places_beside", "stem_of"]

LANGUAGES = {"zh": "中文", "en": "English"}
INDEX = "../index.html"
SITE = "../../index.html"


class Place(NamedTuple):
    """Where a report stands in its run: which notebook on whom, in which period and language."""

    use: int
    unit: str | None
    period: str
    language: str


def stem_of(run: RunFile, use: NotebookUse, unit: str | None, language: str) -> str:
    """The name of a report's files without their endings; in the run's own language it says none."""
    own = "" if language == run.language else f".{language}"
    if unit is None:
        return f"{use.notebook}{own}"
    several = sum(other.per == "unit" for other in run.notebooks) > 1
    return file_name(unit) + (f"-{use.notebook}" if several else "") + own


def links_of(run: RunFile, units: Sequence[str], language: str) -> Links:
    """Where all pages of a period lead: to the indexes, to the reports on the period, from names to units."""
    titles = {
        "period_ranking": t("Ranking of the period", language),
        "duty_audit": t("Duties", language),
        "ledger_audit": t("Whether the ledger can be believed", language),
    }
    pages = [(t("All assessments", language), SITE)] if run.site else []
    pages.append((t("Contents", language), INDEX))
    pages += [
        (titles.get(use.notebook, use.notebook), f"{stem_of(run, use, None, language)}.html")
        for use in run.notebooks
        if use.per == "period"
    ]
    told = next((use for use in run.notebooks if use.per == "unit"), None)
    hrefs = {} if told is None else {unit: quote(f"{stem_of(run, told, unit, language)}.html") for unit in units}
    return Links(tuple(pages), hrefs)


def places_beside(run: RunFile, place: Place, units: Mapping[str, Iterable[str]]) -> tuple[tuple[str, str], ...]:
    """The same report on the period before and on the one after, and in other languages, each by what it is called.

    ``units`` are those that each period of the run has reports on.
    """
    use = run.notebooks[place.use]

    def name(language: str) -> str:
        return quote(f"{stem_of(run, use, place.unit, language)}.html")

    there = [period for period, known in units.items() if place.unit is None or place.unit in known]
    found = []
    for period, sign in _neighbours(place.period, there):
        words = period_words(period, place.language)
        found.append((f"‹ {words}" if sign < 0 else f"{words} ›", f"../{quote(period)}/{name(place.language)}"))
    languages = [one for one in (run.language, *run.also_in) if one != place.language]
    return (*found, *((LANGUAGES[one], name(one)) for one in languages))


def _neighbours(period: str, there: Iterable[str]) -> list[tuple[str, int]]:
    """The nearest periods of the same length before and after one, with −1 and 1."""
    own = Period.parse(period)
    alike = [one for one in there if Period.parse(one).granularity == own.granularity]
    before = [one for one in alike if Period.parse(one).first < own.first]
    after = [one for one in alike if Period.parse(one).first > own.first]
    found = [(max(before, key=lambda one: Period.parse(one).first), -1)] if before else []
    return [*found, *([(min(after, key=lambda one: Period.parse(one).first), 1)] if after else [])]
