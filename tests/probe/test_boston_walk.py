"""Every number of the walk through Boston, computed from the data and looked for on the page in both languages."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from scipy import stats

from auditlib.chance.funnel import dispersion
from auditlib.chance.rank_sets import rank_sets
from auditlib.probe.families import benjamini_hochberg

pytestmark = pytest.mark.shared
PAGES = ("boston-walk.md", "boston-walk.zh.md")
CLOCK = "received_at>closed_at/due_at/each"


@pytest.fixture(scope="module")
def ledger(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from click.testing import CliRunner

    from auditlib.cli import main

    folder = tmp_path_factory.mktemp("walk") / "boston"
    file = shared_data / "boston311_2011h2_slim.csv.gz"
    done = CliRunner().invoke(main, ["intake", str(file), "--mapping", "boston311", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def lines(ledger: Path) -> dict[tuple[str, str, str | None], dict[str, object]]:
    from click.testing import CliRunner

    from auditlib.cli import main

    done = CliRunner().invoke(main, ["probe", str(ledger), "--format", "json"])
    assert done.exit_code == 0, done.output
    return {(one["test"], one["clock"], one["unit"]): one for one in json.loads(done.stdout)["results"]}


@pytest.fixture(scope="module")
def cases(shared_data: Path) -> pl.DataFrame:
    """The file as it lies there: computed beside the library's own reading."""
    table = pl.read_csv(shared_data / "boston311_2011h2_slim.csv.gz", infer_schema=False)
    times = [pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S") for name in ("open_dt", "target_dt", "closed_dt")]
    return table.with_columns(times)


def said(root: Path, *figures: object) -> None:
    """Each figure stands on both pages, as a number of its own and in this order."""
    for page in PAGES:
        text = (root / "docs" / page).read_text(encoding="utf-8")
        place = 0
        for figure in figures:
            shown = f"{figure:,}" if isinstance(figure, int) else str(figure)
            found = re.compile(rf"(?<![\d.,]){re.escape(shown)}(?![\d])").search(text, place)
            assert found, (page, shown)
            place = found.end()


def test_numbers_and_their_order(root: Path, lines) -> None:  # type: ignore[no-untyped-def]
    counts = lines["sequence", "case_id/", None]["counts"]
    assert (counts["duplicated_numbers"], counts["distinct"]) == (0, counts["rows"])
    said(root, counts["distinct"], counts["missing"], counts["gaps"], counts["longest_gap"])
    order = lines["backdating", "case_id/", None]["counts"]
    assert order["before_earlier"] == 1
    said(root, order["rows"], order["greatest_lag_seconds"])


def test_the_naive_comparison(root: Path, cases: pl.DataFrame) -> None:
    animals = cases.filter(pl.col("type") == "Pick up Dead Animal", pl.col("department") == "PWDx")
    left = pl.col("target_dt") - pl.col("closed_dt")
    day = timedelta(days=1)
    before = animals.filter(left >= timedelta(), left < day).height
    after = animals.filter(left < timedelta(), left >= -day).height
    p = stats.binomtest(before, before + after, 0.5, alternative="greater").pvalue
    assert f"{p:.0e}" == "5e-117"
    said(root, before, after, "5·10⁻¹¹⁷")


@pytest.mark.parametrize("unit", ["PWDx", "ISD"])
def test_windows_by_the_clock(root: Path, lines, unit: str) -> None:  # type: ignore[no-untyped-def]
    line = lines["bunching", CLOCK, unit]
    assert line["state"] == "nothing_seen"
    counts = line["counts"]
    shown = (f"{float(counts['expected']):.1f}", f"{float(line['p']):.2f}")
    said(root, unit, counts["window"], counts["before"], counts["after"], *shown)


def test_no_department_is_a_signal_and_why_isd_would_have_been_one(root: Path, lines) -> None:  # type: ignore[no-untyped-def]
    bunched = [line for (test, _, _), line in lines.items() if test == "bunching"]
    assert {line["state"] for line in bunched} <= {"nothing_seen", "too_few"}
    units = ("PWDx", "ISD", "PARK", "BTDT")
    counts = [
        [lines["bunching", f"{CLOCK}/4h", unit]["counts"][name] for name in ("window", "before", "after")]
        for unit in units
    ]
    p = [stats.binomtest(own[0], sum(own), 1 / 3, alternative="greater").pvalue for own in counts]
    expected = float(lines["bunching", f"{CLOCK}/4h", "ISD"]["counts"]["expected"])
    adjusted = benjamini_hochberg(p)[1]
    said(root, *counts[1], f"{p[1]:.4f}", f"{adjusted:.3f}")
    said(root, f"{expected:.1f}")


def test_targets_at_half_past_eight(root: Path, cases: pl.DataFrame) -> None:
    targets = cases["target_dt"].drop_nulls()
    exactly = int((targets.dt.strftime("%H:%M:%S") == "08:30:00").sum())
    for figure in (exactly, targets.len()):
        said(root, figure)


def test_batches_are_arrears(root: Path, lines, cases: pl.DataFrame) -> None:  # type: ignore[no-untyped-def]
    own = [line["counts"] for (test, _, _), line in lines.items() if test == "batches"]
    total = [sum(one[name] for one in own) for name in ("batches", "in_batches", "late_in_batches")]
    minutes = cases.filter(pl.col("closed_dt").is_not_null()).with_columns(minute=pl.col("closed_dt").dt.truncate("1m"))
    full = minutes.group_by("department", "minute").len().filter(pl.col("len") >= 10)
    largest = full.sort("len", descending=True).row(0, named=True)
    assert str(largest["minute"]) == "2011-12-13 23:11:00"
    inside = minutes.join(full, on=["department", "minute"], how="semi")
    targeted = inside.filter(pl.col("target_dt") > pl.col("open_dt"))
    late = targeted.filter(pl.col("closed_dt") > pl.col("target_dt")).height
    assert total == [full.height, inside.height, late]
    said(root, full.height, inside.height, largest["len"], "23:11", targeted.height, late)


def test_closed_at_once_and_round_minutes(root: Path, lines) -> None:  # type: ignore[no-untyped-def]
    instant = [line["counts"] for (_, clock, _), line in lines.items() if clock == "closed_at=received_at"]
    said(root, *(sum(one[name] for one in instant) for name in ("same_second", "within_a_minute")))
    fives = [line["counts"] for (_, clock, _), line in lines.items() if clock == "closed_at/five_minutes"]
    found, times = (sum(one[name] for one in fives) for name in ("round", "times"))
    for figure in (found, times, round(times / 5)):
        said(root, figure)


def test_strong_ones_are_named(lines) -> None:  # type: ignore[no-untyped-def]
    strong = {(test, unit) for (test, _, unit), line in lines.items() if line["state"] == "strong"}
    assert {("office_hours", "PARK"), ("identical_durations", "PWDx"), ("batches", "PWDx")} <= strong


def test_departments_do_different_work(root: Path, cases: pl.DataFrame) -> None:
    closed = cases.filter(pl.col("closed_dt").is_not_null(), pl.col("target_dt") > pl.col("open_dt"))
    by_target = (pl.col("closed_dt") <= pl.col("target_dt")).sum()
    table = closed.group_by("department").agg(by_target.alias("hits"), pl.len().alias("cases")).sort("department")
    found = dispersion(table["hits"].to_list(), table["cases"].to_list())
    assert found is not None
    for figure in (int(table["hits"].sum()), closed.height, f"{float(found.pooled) * 100:.1f} %", round(found.phi)):
        said(root, figure)
    sets = dict(zip(table["department"], rank_sets(table["hits"].to_list(), table["cases"].to_list()), strict=True))
    assert sets.pop("BPS_") == (1, 9)
    names = {unit: f"{low}–{high}" for unit, (low, high) in sets.items()}
    for page in PAGES:
        text = (root / "docs" / page).read_text(encoding="utf-8")
        shown = {}
        for units, ranks in re.findall(r"((?:[A-Z][A-Za-z]{2,3}_?(?: and |、)?)+) (\d–\d)", text):
            shown |= dict.fromkeys(re.split(r" and |、", units), ranks)
        assert {unit: shown[unit] for unit in names} == names


def test_a_minimum_leaves_out_who_has_too_few(run_cli, root: Path, ledger: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """The key of the page, put into the scheme: both departments are named with their numbers."""
    text = (root / "params" / "schemes" / "boston311-timeliness.yaml").read_text(encoding="utf-8")
    declared = re.search(r"`(minimum: {.*?})`", (root / "docs" / PAGES[0]).read_text(encoding="utf-8"))
    assert declared is not None
    file = tmp_path / "boston311-timeliness.yaml"
    file.write_text(
        text.replace("ranking: {clause: null,", f"ranking: {{{declared[1]}, clause: null,"), encoding="utf-8"
    )
    asked = ("--ledger", ledger, "--period", "2011H2", "--reading", "denominator=targeted_closed", "--format", "json")
    done = run_cli("score", file, *asked)
    assert done.exit_code == 0, done.output
    units = {one["unit"]: one for one in json.loads(done.stdout)["units"]}
    few = {unit: one["unranked"] for unit, one in units.items() if "fewer than" in one.get("unranked", "")}
    assert {"BPS_", "DISB"} <= few.keys()
    assert few["BPS_"].startswith("1 (")
    assert units["BWSC"]["rank"] is not None
