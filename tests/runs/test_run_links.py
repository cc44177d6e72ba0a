"""Where pages of a run lead: periods before and after, other languages, and a table a year for several periods."""

from __future__ import annotations

import re

import pytest

from auditlib.runs.index_page import Entry, index_html
from auditlib.runs.run_links import Place, links_of, places_beside, stem_of
from auditlib.runs.runfile import RunFile

RUN = RunFile.model_validate({
    "run": "two", "title": {"zh": "两期", "en": "Two"}, "scheme": "s22-heating", "ledger": "s22-heating",
    "periods": ["2025-11", "2025-12", "2026-01", "2025"], "also_in": ["en"],
    "notebooks": [{"notebook": "period_ranking", "per": "period"}, {"notebook": "unit_audit", "per": "unit"}],
})  # fmt: skip
UNITS = {"2025-11": ["B1"], "2025-12": ["B1", "B2"], "2026-01": ["B1", "B2"], "2025": ["B1", "B2"]}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (
            Place(1, "B1", "2025-12", "zh"),
            [
                ("‹ 2025年11月", "../2025-11/B1.html"),
                ("2026年1月 ›", "../2026-01/B1.html"),
                ("English", "B1.en.html"),
            ],
        ),
        (Place(1, "B2", "2025-12", "en"), [("2026-01 ›", "../2026-01/B2.en.html"), ("中文", "B2.html")]),
        (Place(0, None, "2025", "zh"), [("English", "period_ranking.en.html")]),
    ],
)  # fmt: skip
def test_a_page_leads_to_its_neighbours_in_time_and_language(place: Place, expected: list[tuple[str, str]]) -> None:
    assert list(places_beside(RUN, place, UNITS)) == expected


def test_all_pages_lead_to_the_indexes_and_units_to_pages_of_their_language() -> None:
    links = links_of(RUN, ["B1"], "en")
    assert [href for _, href in links.pages] == ["../../index.html", "../index.html", "period_ranking.en.html"]
    assert links.units == {"B1": "B1.en.html"}
    alone = RUN.model_copy(update={"site": False})
    assert [href for _, href in links_of(alone, [], "zh").pages] == ["../index.html", "period_ranking.html"]
    assert stem_of(RUN, RUN.notebooks[1], "B1", "zh") == "B1"


def test_a_language_is_named_once() -> None:
    with pytest.raises(ValueError, match="found zh twice in language and also_in"):
        RunFile.model_validate(RUN.model_dump(by_alias=True) | {"also_in": ["zh"]})


def test_several_periods_of_a_year_are_a_table_with_a_row_a_unit() -> None:
    entries = [
        Entry(f"{unit} {period}", f"{period}/{unit}.html", period, unit=unit, name=unit, rank=1, total=total)
        for unit, total in (("B1", "90"), ("B2", "80"))
        for period in ("2025-12", "2025", "2025-11")
    ]
    entries.append(Entry("B1 en", "2025-11/B1.en.html", "2025-11", unit="B1", name="B1", total="90", language="en"))
    entries.append(Entry("B9", "2025-12/B9.html", "2025-12", unit="B9", name="B9", status="failed", error="cell 3: no"))
    page = index_html(entries, "en")
    heads = re.findall(r'<th scope="col" class="number">([^<]*)</th>', page)
    assert heads[:3] == ["2025-11", "2025-12", "2025"]
    rows = re.findall(r'<tr><th scope="row">(B\d)</th>(.*?)</tr>', page)
    assert [name for name, _ in rows] == ["B1", "B2", "B9"]
    assert re.findall(r'href="([^"]*)"', rows[0][1]) == [
        "./2025-11/B1.html", "./2025-11/B1.en.html", "./2025-12/B1.html", "./2025/B1.html"
    ]  # fmt: skip
    assert "cell 3: no" in page  # a failed report is told of in full
    assert "<table" in index_html(entries[:1], "en")
