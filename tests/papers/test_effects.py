"""What an exception or a finding costs: taken from a restatement or from two results by hash, and typed by nobody."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from fractions import Fraction as F
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from click.testing import Result
from test_papers import EXCEPTIONS, FINDINGS, FROM, PEOPLE, contents, export, export_json, fill, finding, read, refused

pytestmark = pytest.mark.long

Run = Callable[..., Result]
ASKED = ("--scheme", "s22-heating", "--period", "2025-12")


@pytest.fixture(scope="module")
def snapshots(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration as it is, and later with every bad rating of B2 made good and a case of B1 gone."""
    place = tmp_path_factory.mktemp("snapshots")
    source = root / "params" / "demonstrations" / "s22-heating"
    table = pl.read_csv(source / "cases.csv", infer_schema=False)
    own = (pl.col("unit") == "B2") & (pl.col("satisfaction") == "不满意")
    better = table.with_columns(satisfaction=pl.when(own).then(pl.lit("满意")).otherwise("satisfaction"))
    gone = table.filter(pl.col("unit") == "B1")["case_id"][0]
    for name, day, rows in (
        ("old", "2026-01-20", table),
        ("new", "2026-02-20", better.filter(pl.col("case_id") != gone)),
    ):
        shutil.copytree(source, place / name)
        rows.write_csv(place / name / "cases.csv")
        (place / name / "ledger.yaml").write_text(f"as_of: {day}T00:00:00\n", encoding="utf-8")
    return place


@pytest.fixture
def papers(run_cli: Run, snapshots: Path, tmp_path: Path) -> Path:
    done = run_cli("papers", "new", tmp_path / "papers", "--ledger", snapshots / "new", "--since", snapshots / "old",
                   *ASKED, *PEOPLE)  # fmt: skip
    assert done.exit_code == 0, done.output
    return tmp_path / "papers"


def restated(run: Run, snapshots: Path, unit: str) -> dict[str, object]:
    """What the command says of a unit by itself."""
    done = run("restate", snapshots / "old", snapshots / "new", *ASKED, "--format", "json")
    return next(one for one in json.loads(done.stdout)["points"] if one["unit"] == unit)


def test_an_exception_of_a_restatement_has_the_points_and_rank_of_its_class_alone(
    run_cli: Run, papers: Path, snapshots: Path
) -> None:
    own = restated(run_cli, snapshots, "B2")
    (told,) = [one for one in json.loads(export_json(run_cli, papers))["exceptions"]
               if (one["test"], one["unit"]) == ("restate/rewritten", "B2")]  # fmt: skip
    ranks = [own["rank_before"], own["ranks_alone"]["rewritten"]]
    assert told["effect_on"] == {"unit": "B2", "points": own["classes"]["rewritten"], "rank": ranks}
    assert F(told["effect_on"]["points"]) > 0
    engagement = json.loads((papers / "engagement.json").read_text(encoding="utf-8"))
    assert engagement["restatement"] == sha256((papers / "restate.json").read_bytes()).hexdigest()


def test_a_finding_takes_its_points_and_rank_from_the_restatement(run_cli: Run, papers: Path, snapshots: Path) -> None:
    own = restated(run_cli, snapshots, "B2")
    (id_,) = [one["id"] for one in json.loads((papers / "exceptions.json").read_text(encoding="utf-8"))
              if (one["test"], one["unit"]) == ("restate/rewritten", "B2")]  # fmt: skip
    file = export(run_cli, papers)
    kept = file.read_bytes()
    columns = {"Rests on (ids, samples)": id_}
    for text, said in (
        ("restate", "found no unit, expected one of B1"),
        ("restate B9", "found the unit B9, expected one of B1"),
        ("restate/lost B2", "found the class lost, expected one of rewritten, removed, interaction"),
    ):
        file.write_bytes(kept)
        fill(file, FINDINGS, {"F-01": finding(**columns, **{FROM: text})})
        refused(run_cli, papers, said, "papers", "read", papers, file, "--by", "lin")
    file.write_bytes(kept)
    fill(file, FINDINGS, {f"F-0{n}": finding(**columns, **{FROM: f"restate{part} B2"})
                          for n, part in enumerate(("", "/removed", "/interaction"), 1)})  # fmt: skip
    read(run_cli, papers, file)
    found = [one["effect_on"] for one in json.loads(export_json(run_cli, papers))["findings"]]
    assert [one["points"] for one in found] == [
        str(F(own["after"]) - F(own["before"])), own["classes"]["removed"], own["interaction"],
    ]  # fmt: skip
    assert [one["rank"] for one in found] == [
        [own["rank_before"], own["rank_after"]], [own["rank_before"], own["ranks_alone"]["removed"]], None,
    ]  # fmt: skip
    again = export(run_cli, papers)
    fill(again, FINDINGS, {"F-01": {"Effect in points": "-9"}})
    refused(run_cli, papers, "the cell is locked", "papers", "read", papers, again, "--by", "lin")


def test_papers_of_another_restatement_are_found_out(run_cli: Run, papers: Path, snapshots: Path) -> None:
    verify = ("papers", "verify", papers, "--ledger", snapshots / "new", "--since")
    assert run_cli(*verify, snapshots / "old").exit_code == 0
    text = (papers / "restate.json").read_text(encoding="utf-8")
    (papers / "restate.json").write_text(text.replace('"points"', '"Points"'), encoding="utf-8")
    done = run_cli("papers", "verify", papers)
    assert (done.exit_code, "the file was changed after it was taken in" in done.stdout) == (1, True)


@pytest.fixture
def results(run_cli: Run, snapshots: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The result of the later snapshot, and that of the ratings as they were."""
    for name in ("old", "new"):
        done = run_cli("score", "s22-heating", "--ledger", snapshots / name, "--period", "2025-12", "--as-of",
                       "2026-01-15T00:00:00", "--format", "json", "--out", tmp_path / f"{name}.json")  # fmt: skip
        assert done.exit_code == 0, done.output
    return tmp_path / "new.json", tmp_path / "old.json"


def test_two_results_are_an_effect_where_one_of_them_is_that_of_the_ledger(
    run_cli: Run, papers: Path, snapshots: Path, results: tuple[Path, Path], tmp_path: Path
) -> None:
    new, old = results
    add = ("papers", "add", papers, "--by", "lin", "--ledger", snapshots / "new", "--results")
    other = tmp_path / "other.json"
    plain = json.loads(old.read_text(encoding="utf-8"))
    other.write_text(json.dumps({**plain, "period": "2025-11"}), encoding="utf-8")
    refused(run_cli, papers, "found 2025-11, expected 2025-12, as the papers", *add, new, other)
    refused(run_cli, papers, "found two results, neither of which new gives", *add, old, old)
    by = ("papers", "add", papers, "--by", "lin", "--results", new, old)
    refused(run_cli, papers, "that of these papers", *by, "--ledger", snapshots / "old")
    refused(run_cli, papers, "expected --ledger too", *by)
    done = run_cli(*add, new, old)
    assert done.exit_code == 0, done.output
    refused(run_cli, papers, "which these papers hold already", *add, new, old)
    (name,) = [path.name for path in (papers / "effects").iterdir()]
    assert sha256((papers / "effects" / name).read_bytes()).hexdigest() == name
    totals = [{one["unit"]: one for one in json.loads(file.read_text(encoding="utf-8"))["units"]} for file in results]
    file = export(run_cli, papers)
    first = json.loads((papers / "exceptions.json").read_text(encoding="utf-8"))[0]["id"]
    fill(file, EXCEPTIONS, {first: {FROM: f"{name[:12]} B2"}})
    fill(file, FINDINGS, {"F-01": finding(**{FROM: f"{name[:12]} B2"})})
    read(run_cli, papers, file)
    told = json.loads(export_json(run_cli, papers))
    effect = told["findings"][0]["effect_on"]
    assert F(effect["points"]) == F(totals[1]["B2"]["total"]) - F(totals[0]["B2"]["total"]) < 0
    assert effect["rank"] == [totals[0]["B2"]["rank"], totals[1]["B2"]["rank"]]
    assert effect == next(one["effect_on"] for one in told["exceptions"] if one["id"] == first)
    (own,) = told["effects"]
    assert [own[side]["sha256"] for side in ("old", "new")] == [sha256(one.read_bytes()).hexdigest() for one in results]
    kept = contents(papers)
    (papers / "effects" / name).write_bytes(kept[f"effects/{name}"] + b" ")
    assert run_cli("papers", "verify", papers).exit_code == 1
    (papers / "effects" / name).write_bytes(kept[f"effects/{name}"])
    (papers / "effects" / "x").write_text("", encoding="utf-8")
    assert "effects/x: found a file that the log does not know" in run_cli("papers", "verify", papers).stdout


def test_what_names_an_effect_is_asked_anew_of_the_next_snapshot(
    run_cli: Run, papers: Path, snapshots: Path, tmp_path: Path
) -> None:
    """The finding rests on an exception that stays as it is, but its points were those of the other snapshot."""
    told = json.loads((papers / "exceptions.json").read_text(encoding="utf-8"))
    stays = next(one["id"] for one in told if not one["test"].startswith("restate/"))
    file = export(run_cli, papers)
    answer = {"Evidence": "档案12号", "Conclusion": "explained"}
    fill(file, EXCEPTIONS, {stays: answer})
    fill(file, FINDINGS, {"F-01": finding(**{"Rests on (ids, samples)": stays, FROM: "restate B2"}),
                          "F-02": finding(**{"Rests on (ids, samples)": stays})})  # fmt: skip
    read(run_cli, papers, file)
    later = tmp_path / "later"
    shutil.copytree(snapshots / "new", later)
    units = (later / "units.csv").read_text(encoding="utf-8").splitlines()
    (later / "units.csv").write_text("\n".join([*units, "", ""]), encoding="utf-8")
    events = pl.read_csv(later / "events.csv", infer_schema=False)
    events.head(events.height - 1).write_csv(later / "events.csv")
    done = run_cli("papers", "carry", papers, tmp_path / "next", "--ledger", later, "--by", "chen")
    assert done.exit_code == 0, done.output
    found = {one["finding"]: one for one in json.loads(export_json(run_cli, tmp_path / "next"))["findings"]}
    assert "earlier" in found["F-01"]
    assert found["F-02"]["condition"] == finding()["Condition"]
