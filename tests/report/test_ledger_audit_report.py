"""The report on a ledger: three questions with their answers, figures with their tables, in both languages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import auditlib as al

ASKED = {"scheme": "s22-heating", "period": "2025-12", "as_of": "2026-01-05T00:00:00"}


@pytest.fixture(scope="module")
def snapshots(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The demonstration as it was, and with one case gone, one closed a day earlier, and one that came later."""
    folder = tmp_path_factory.mktemp("snapshots")
    old, new = folder / "old", folder / "new"
    for place in (old, new):
        shutil.copytree(root / "params" / "demonstrations" / "s22-heating", place)
    cases = pl.read_csv(new / "cases.csv", infer_schema=False)
    first = cases.filter(pl.col("closed_at").is_not_null(), pl.col("unit") == "B2")["case_id"][0]
    earlier = pl.col("closed_at").str.to_datetime().dt.offset_by("-1h").dt.strftime("%Y-%m-%dT%H:%M:%S")
    moved = pl.when(pl.col("case_id") == first).then(earlier).otherwise(pl.col("closed_at")).alias("closed_at")
    cases.with_columns(moved).filter(pl.col("case_id") != cases["case_id"][-1]).write_csv(new / "cases.csv")
    note = (new / "ledger.yaml").read_text(encoding="utf-8")
    (old / "ledger.yaml").write_text(note, encoding="utf-8")
    return old, new


@pytest.fixture(scope="module")
def sample(snapshots: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    from click.testing import CliRunner

    from auditlib.cli import main

    folder = tmp_path_factory.mktemp("sample")
    plan, drawn, form = folder / "plan.yaml", folder / "s.json", folder / "f.xlsx"
    cases = pl.read_csv(snapshots[1] / "cases.csv", infer_schema=False).height
    for command in (
        ["plan", "--confidence", "0.9", "--tolerable", "0.2", "--population", cases, "--nonce", "7f3a", "--out", plan],
        ["draw", plan, "--ledger", snapshots[1], "--out", drawn, "--form", form],
    ):
        done = CliRunner().invoke(main, ["sample", *map(str, command)])
        assert done.exit_code == 0, done.output
    book = openpyxl.load_workbook(form)
    sheet = book["抽样"]
    for row in range(5, sheet.max_row + 1):
        sheet[f"D{row}"] = "正确"
    book.save(form)
    return drawn, form


@pytest.fixture(scope="module")
def report(snapshots: tuple[Path, Path], sample: tuple[Path, Path]) -> al.LedgerAuditReport:
    old, new = snapshots
    drawn, form = sample
    audited = al.AuditedLedger.open(
        **ASKED, ledger=str(new), earlier=str(old), sample=str(drawn), forms=[str(form)], draws=20
    )
    return al.LedgerAuditReport(audited, "en")


@pytest.mark.long
def test_three_answers_stand_first_with_the_hash_of_what_was_looked_at(report: al.LedgerAuditReport) -> None:
    said = report.show("headline").sentences
    signals = int((report.page.audited.lines["state"].isin(["strong", "signal"])).sum())
    assert said[0].startswith(f"Do patterns look made?: {signals} signals")
    assert said[1].startswith("Complete and unaltered?: 2 rows of an earlier snapshot")
    assert said[2].startswith("What may be said after looking at files?: 1 / 1")
    assert "With 90 % confidence at most" in said[2]
    assert report.page.audited.found.snapshot in said[-1]


def test_every_test_has_a_row_and_what_was_not_made_says_for_want_of_what(report: al.LedgerAuditReport) -> None:
    table = report.show("tested").table
    assert len(table) == 20
    lacking = dict(zip(table["Test"], table["Not looked at, for want of"], strict=True))
    assert lacking["share of telephone ratings"] == "cases.survey_channel"
    assert lacking["first digits of amounts"] == "asked for by name alone"
    tested = int(table["Units tested"].astype(int).sum())
    assert tested == int(report.page.audited.lines["p"].notna().sum())


def test_the_restatement_shows_classes_totals_and_points(report: al.LedgerAuditReport) -> None:
    section = report.show("restatement")
    assert section.sentences[0].endswith("2 rows changed in a way that is to be asked about, 0 as was to be expected.")
    assert {("rewritten", 1), ("removed", 1)} == set(
        zip(section.table["Class"], section.table["Rows"].astype(int), strict=True)
    )
    assert "Opening + in − out = closing of cases, to the row." in section.text
    assert "Together only" in section.html


def test_the_sample_says_what_may_be_said_and_what_may_not(report: al.LedgerAuditReport) -> None:
    said = report.show("sample").sentences
    assert any("None is in error." in one for one in said)
    assert any("never registered" in one for one in said)
    assert any("Anything about a single unit" in one for one in said)


@pytest.mark.parametrize("name", ["batches", "hours", "bounds", "restatement", "chance"])
def test_every_figure_has_its_table(report: al.LedgerAuditReport, name: str) -> None:
    section = report.show(name)
    assert section.figure is not None
    assert section.table is not None
    assert section.sentences
    assert "<details" in section.html


def test_what_missing_ratings_could_hide_stands_beside_the_lines_of_the_scheme(report: al.LedgerAuditReport) -> None:
    """Full marks from 85, nothing below 60."""
    section = report.show("bounds")
    assert section.table is not None
    assert "The lines of the scheme are at 60, 85;" in section.sentences[0]
    crossed = [line for line in section.table["Lines within"] if line]
    assert f"of {len(crossed)} " in section.sentences[0]
    assert {part for line in crossed for part in line.split(", ")} <= {"60", "85"}


def test_closings_around_a_limit_are_those_of_the_test(tmp_path: Path) -> None:
    """Two hundred cases a unit with a limit of a day; A closes forty of them in the last hour before it."""
    from datetime import datetime, timedelta

    rows = []
    for unit in "AB":
        for number in range(200):
            received = datetime(2025, 6, 2) + timedelta(minutes=197 * number)
            due = received + timedelta(hours=24)
            hurried = unit == "A" and number % 5 == 0
            taken = (
                timedelta(hours=23, minutes=10 + number % 45) if hurried else timedelta(minutes=(number * 37) % 2000)
            )
            flag = "ONTIME" if received + taken <= due else "OVERDUE"
            times = (one.isoformat() for one in (received, due, received + taken))
            rows.append(",".join((f"{unit}{number:03}", unit, *times, flag)))
    head = "case_id,unit,received_at,due_at,closed_at,published_flag"
    (tmp_path / "cases.csv").write_text("\n".join((head, *rows, "")), encoding="utf-8")
    (tmp_path / "units.csv").write_text("unit\nA\nB\n", encoding="utf-8")
    asked = {"scheme": "boston311-timeliness", "ledger": str(tmp_path), "period": "2025-06"}
    section = al.LedgerAuditReport.open(**asked, language="en").show("bunching")
    assert section.figure is not None
    assert section.table is not None
    first = section.table.iloc[0]
    # The window is the last 72 minutes: 40 of A's cases, and those of the others that happen to fall there.
    inside = sum(
        (datetime.fromisoformat(due) - datetime.fromisoformat(closed)) < timedelta(minutes=72)
        and due >= closed and unit == "A"
        for _, unit, _, due, closed, _ in (row.split(",") for row in rows)
    )  # fmt: skip
    assert inside >= 40
    assert (str(first["Unit"]), first["In the window"]) == ("A", str(inside))
    assert f"{inside} closings in the last window before the limit" in section.sentences[0]


def test_closings_in_the_week_add_up(report: al.LedgerAuditReport) -> None:
    table = report.show("hours").table
    counted = table.drop(columns="Hour").replace("", "0").astype(int).to_numpy().sum()
    cases = report.page.audited.grounds.cases
    assert counted == cases["closed_at"].count()


def test_it_calls_units_as_reports_in_its_language_call_them(report: al.LedgerAuditReport, root: Path) -> None:
    units = pl.read_csv(root / "params" / "demonstrations" / "s22-heating" / "units.csv", infer_schema=False)
    assert "name_en" in units.columns
    page = "".join(report.show(name).html for name in ("bounds", "restatement", "chance"))
    assert not [name for name in units["name"] if name in page]
    assert [name for name in units["name_en"] if name in page] == units["name_en"].to_list()


@pytest.mark.long
def test_without_snapshot_and_sample_it_says_what_nobody_can_say() -> None:
    report = al.LedgerAuditReport.open(**ASKED, ledger="s22-heating", language="zh")
    assert "无从得知改动过什么" in report.show("restatement").sentences[0]
    assert "从未登记的件抽不出来" in report.show("sample").sentences[0]
    assert report.show("headline").sentences[1].startswith("是否完整、未经改动: — 没有先前快照可比")
    assert all(section.html for section in report)
    assert "clean" not in "".join(section.html for section in al.LedgerAuditReport(report.page.audited, "en"))


@pytest.mark.long
def test_a_sample_of_another_snapshot_is_refused(snapshots: tuple[Path, Path], sample: tuple[Path, Path]) -> None:
    with pytest.raises(al.InputError, match="the snapshot that is audited"):
        al.AuditedLedger.open(**ASKED, ledger=str(snapshots[0]), sample=str(sample[0]))
    with pytest.raises(al.InputError, match="found forms and no sample"):
        al.AuditedLedger.open(**ASKED, ledger=str(snapshots[0]), forms=["f.xlsx"])


@pytest.mark.long
def test_the_same_ledger_gives_the_same_page(report: al.LedgerAuditReport, snapshots, sample) -> None:  # type: ignore[no-untyped-def]
    again = al.AuditedLedger.open(
        **ASKED, ledger=str(snapshots[1]), earlier=str(snapshots[0]), sample=str(sample[0]), forms=[str(sample[1])],
        draws=20,
    )  # fmt: skip
    assert [one.html for one in al.LedgerAuditReport(again, "en")] == [one.html for one in report]


# --- the pages of a unit and of a period ---


@pytest.fixture(scope="module")
def shaved(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration, in which B2 closes twelve cases in one minute."""
    folder = tmp_path_factory.mktemp("shaved") / "ledger"
    shutil.copytree(root / "params" / "demonstrations" / "s22-heating", folder)
    cases = pl.read_csv(folder / "cases.csv", infer_schema=False)
    own = cases.filter(pl.col("unit") == "B2", pl.col("closed_at").is_not_null())["case_id"].head(12)
    at = cases.filter(pl.col("case_id").is_in(own.to_list()))["closed_at"].max()
    moved = pl.when(pl.col("case_id").is_in(own.to_list())).then(pl.lit(at)).otherwise(pl.col("closed_at"))
    cases.with_columns(moved.alias("closed_at")).write_csv(folder / "cases.csv")
    return folder


@pytest.mark.long
def test_a_unit_is_told_of_the_patterns_that_touch_it_where_it_is_asked_for(shaved: Path) -> None:
    view = al.assess(**ASKED, ledger=str(shaved)).unit("B2")
    asked = al.UnitReport(view, "en", signals=True).show("signals")
    assert asked.table is not None
    said = [str(one) for one in asked.table["Counts and comparison"]]
    assert any("closings in batches" in one and "It does not say that the work was not done" in one for one in said)
    assert "it is no finding" in asked.sentences[0]
    assert not al.UnitReport(view, "en").show("signals")
    other = al.UnitReport(al.assess(**ASKED, ledger=str(shaved)).unit("H1"), "en", signals=True).show("signals")
    assert "B2" not in other.html
    command = al.UnitReport(view, "en", signals=True).show("how_to_repeat").text
    assert "-p signals True" in command


def test_a_unit_is_told_of_them_by_the_settings_that_are_asked_for(shaved: Path, tmp_path: Path) -> None:
    """A minute with three closings is a fact where a batch begins at three, whatever chance is borne."""
    view = al.assess(**ASKED, ledger=str(shaved)).unit("B2")
    file = tmp_path / "settings.yaml"
    file.write_text("batch: 3\nlevel: 0\n", encoding="utf-8")
    report = al.UnitReport(view, "en", signals=True, settings=str(file))
    told = {(one.test, one.state) for one in report.page.scored.signals["B2"]}
    by_default = {(one.test, one.state) for one in al.UnitReport(view, "en", signals=True).page.scored.signals["B2"]}
    assert ("batches", "fact") in told
    assert {state for _, state in told} == {"fact"}
    assert ("batches", "strong") in by_default
    assert f" -p signals True -p settings {file}" in report.page.parameters


@pytest.mark.long
def test_a_unit_is_shown_how_firm_its_shares_are_and_nothing_of_others() -> None:
    view = al.assess(**ASKED, ledger="s22-heating").unit("B2")
    table = al.UnitReport(view, "en").show("shares").table
    assert table is not None
    row = table.set_index("Rate or duty").loc["resolution rate"]
    hits, cases = map(int, row["Counted / cases"].split(" / "))
    measures = view.score.measures
    assert (hits, cases) == (measures["resolved"], measures["received"])


@pytest.mark.long
def test_a_period_says_what_chance_leaves_and_draws_only_where_it_is_asked() -> None:
    view = al.assess(**ASKED, ledger="s22-heating").ranking()
    without, with_draws = al.RankingReport(view, "en"), al.RankingReport(view, "en", draws=25)
    assert "This table says nothing" in without.show("chance").text
    assert "Ranks by total" not in without.show("chance").html
    assert "Ranks by total" in with_draws.show("chance").html
    assert "25 draws" in with_draws.show("chance").text
    assert "-p draws 25" in with_draws.show("how_to_repeat").text


@pytest.mark.long
def test_a_run_keeps_what_the_probe_says_of_each_unit_and_makes_pages_anew_where_it_changes(
    run_cli, shaved: Path, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    import yaml

    file = tmp_path / "run.yaml"
    content = {
        "run": "small", "title": {"zh": "小", "en": "Small"}, "scheme": "s22-heating", "ledger": str(shaved),
        "periods": ["2025-12"], "units": ["B2"], "as_of": "2026-01-05T00:00:00", "language": "en",
        "notebooks": [
            {"notebook": "ledger_audit", "per": "period"},
            {"notebook": "unit_audit", "per": "unit", "parameters": {"signals": True}},
        ],
    }  # fmt: skip
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    out = tmp_path / "reports"
    done = run_cli("run", file, "--out", out, "--jobs", 1)
    assert done.exit_code == 0, done.output
    page = (out / "2025-12" / "B2.html").read_text(encoding="utf-8")
    assert "Patterns of the ledger that touch the unit" in page
    assert "closings in batches" in page
    assert 'href="ledger_audit.html"' in page
    audit = (out / "2025-12" / "ledger_audit.html").read_text(encoding="utf-8")
    assert "Can the ledger be believed?" in audit
    assert 'href="B2.html"' in audit
    assert "nothing to do" in run_cli("run", file, "--out", out, "--jobs", 1).stdout
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert "notebook ledger_audit" in str(manifest)


@pytest.mark.long
def test_the_report_tests_the_column_that_its_settings_name(root: Path, tmp_path: Path) -> None:
    """The first digits of amounts, which no other test looks at: as the command finds them."""
    from auditlib.core.period import parse_period
    from auditlib.ledger.read import read_ledger
    from auditlib.probe.probe import probe
    from auditlib.probe.settings import Settings
    from auditlib.scoring.assess import resolve_scheme

    folder = tmp_path / "ledger"
    shutil.copytree(root / "params" / "demonstrations" / "s22-heating", folder)
    cases = pl.read_csv(folder / "cases.csv", infer_schema=False)
    cases.with_columns(compensation=(pl.int_range(pl.len()) * 37 + 11).cast(pl.String)).write_csv(folder / "cases.csv")
    settings = tmp_path / "settings.yaml"
    settings.write_text("amount: compensation\n", encoding="utf-8")
    found = al.AuditedLedger.open(**ASKED, ledger=str(folder), settings=str(settings)).lines
    own = found[found["test"] == "benford"]
    period = parse_period(ASKED["period"], "period")
    told = probe(read_ledger(folder), Settings(amount="compensation"), resolve_scheme("s22-heating", period), period)
    expected = {(one.unit, one.state, one.p) for one in told.lines if one.test == "benford"}
    assert (
        set(own[["unit", "state", "p"]].astype(object).where(own.notna(), None).itertuples(index=False, name=None))
        == expected
    )
    assert "not_applicable" not in set(own["state"])
