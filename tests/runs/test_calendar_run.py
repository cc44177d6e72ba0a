"""A run over days that nobody has published: refused, provisional and verified, or by the table of a user."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_runs import HEAD, PARAMETERS, TELL, World, write_notebook

from auditlib.core.errors import InputError
from auditlib.core.hashes import file_sha256
from auditlib.runs import verify as verifying
from auditlib.runs.make import make_run
from auditlib.runs.plan import plan_run
from auditlib.runs.runfile import RunFile, read_run
from auditlib.runs.up_to_date import run_key
from auditlib.runs.verify import verify
from auditlib.site.runs import find_runs, open_run

CASE = (
    "C1,U01,复杂,P,Q,2026-12-30T09:00:00,2026-12-30T09:00:00,2026-12-30T09:00:00,2026-12-30T09:00:00,"
    "2027-01-05T12:00:00,2027-01-05T12:00:00,是,满意,,,0,\n"
)
CALENDAR = 'calendar: str = ""\nprovisional_calendar: bool = False\n'
NEW_YEAR = "years:\n  2027: {holidays: [2027-01-01/2027-01-03]}\n"


@pytest.fixture
def beyond(world: World) -> World:
    """Noon of 5 January 2027 is late by plain weekends, and in time with the New Year holiday."""
    (world.ledger / "cases.csv").write_text(f"{HEAD}\n{CASE}", encoding="utf-8")
    (world.ledger / "units.csv").write_text("unit\nU01\n", encoding="utf-8")
    (world.ledger / "ledger.yaml").write_text('as_of: "2027-01-10T00:00:00"\n', encoding="utf-8")
    told = TELL.replace("as_of), unit", "as_of, None, None, calendar, provisional_calendar), unit")
    told += "print(score.measures['overdue_1_day'], score.provisional)\n"
    write_notebook(world.home / "notebooks" / "tell.ipynb", [told], parameters=PARAMETERS + CALENDAR, reads="unit")
    return world


def declared(world: World, **changes: object) -> RunFile:
    world.write_run(periods=["2026-12"], notebooks=[{"notebook": "tell", "per": "unit"}], **changes)
    return read_run(world.file)


def planned(world: World, **changes: object) -> tuple[int, str | None, str]:
    """How many cases are overdue, the hash of the user's table, and the key by which a finished run is known."""
    run = declared(world, **changes)
    plan = plan_run(run, world.out)
    overdue = plan.results["2026-12"].unit("U01").measures["overdue_1_day"]
    return int(overdue or 0), plan.materials.get("calendar china.yaml"), run_key(run)


def test_without_a_choice_the_run_is_refused_and_leaves_nothing(beyond: World) -> None:
    with pytest.raises(InputError, match="found C1 of unit U01, for which working days are needed"):
        make_run(declared(beyond), beyond.out, 1, lambda line: None)
    assert not beyond.out.exists()


@pytest.mark.long
def test_a_provisional_run_says_so_and_is_verified_as_it_was_made(
    beyond: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not make_run(declared(beyond, provisional_calendar=True), beyond.out, 1, lambda line: None).failed
    scores = json.loads((beyond.out / "2026-12" / "scores.json").read_text(encoding="utf-8"))
    assert (scores["units"][0]["measures"]["overdue_1_day"], scores["provisional_after"]) == (1, "2026-12-31")
    manifest = json.loads((beyond.out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["run"]["provisional_calendar"] is True
    assert "ProvisionalRows" in (beyond.out / "2026-12" / "U01.html").read_text(encoding="utf-8")
    index = (beyond.out / "index.html").read_text(encoding="utf-8")
    assert "，暂按周末计算的工作日</td>" in index
    (run,) = find_runs(beyond.out.parent)
    assert open_run(run).entry["title"] == {
        "zh": "小批次（暂按周末计算的工作日）",
        "en": "Small run (provisional working days)",
    }
    assert verify(beyond.out).differences == ()
    monkeypatch.setattr(verifying, "execute", lambda reports, jobs, limits, kept: iter(()))
    (beyond.home / "params" / "calendars" / "china.yaml").write_text(NEW_YEAR, encoding="utf-8")
    found = verify(beyond.out).differences
    assert any(one.kind == "number" and "calendar china.yaml changed" in one.cause for one in found)


@pytest.mark.long
def test_a_table_of_ones_own_counts_is_recorded_and_its_change_is_seen(beyond: World, tmp_path: Path) -> None:
    table = tmp_path / "own" / "china.yaml"
    table.parent.mkdir()
    table.write_text(NEW_YEAR, encoding="utf-8")
    by_folder = planned(beyond, calendar=str(table.parent))
    assert by_folder[:2] == (0, file_sha256(table))
    assert planned(beyond, calendar=str(table))[:2] == by_folder[:2]
    table.write_text("years:\n  2027: {}\n", encoding="utf-8")
    after = planned(beyond, calendar=str(table.parent))
    assert after[:2] == (1, file_sha256(table))
    assert after[2] != by_folder[2]


def test_a_notebook_that_knows_no_calendar_is_refused_before_it_starts(beyond: World) -> None:
    write_notebook(beyond.home / "notebooks" / "tell.ipynb", [TELL], parameters=PARAMETERS, reads="unit")
    with pytest.raises(InputError, match="provisional_calendar: unknown parameter"):
        planned(beyond, provisional_calendar=True)
