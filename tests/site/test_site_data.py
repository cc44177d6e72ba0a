"""The page over all runs: what it reads, what it writes, and that nothing in a name becomes more than text."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from site_data import HOSTILE, MONTHS, indicator, unit, units, write_run

from auditlib.core.errors import InputError
from auditlib.runs.evidence.chain import append
from auditlib.site.parts import LIMIT, in_bounds, json_text, make_part
from auditlib.site.write import CHEAP, _told_apart, refresh, write_site


def parts_of(root: Path, kind: str) -> list[Any]:
    """The values of all parts of a kind, read as a browser would: one call with two JSON arguments."""
    values = []
    for file in sorted((root / "site").glob(f"*-{kind}.*.js")):
        match = re.fullmatch(r"auditlib\.part\((\"[^\"]*\"),(.*)\);\n", file.read_text(encoding="utf-8"), re.DOTALL)
        assert match, file
        assert json.loads(match[1]) == file.name
        values.append(json.loads(match[2]))
    return values


def catalogue(root: Path) -> Any:
    page = (root / "index.html").read_text(encoding="utf-8")
    match = re.search(r'<script type="application/json" id="catalogue">(.*?)</script>', page, re.DOTALL)
    assert match
    return json.loads(match[1])


class TestTheNumbersAreThoseOfTheResults:
    def test_points_stay_the_text_that_the_result_has(self, tmp_path: Path) -> None:
        scored = unit("D1", "一站", [], total="80.50", total_of="93", indicators=[
            indicator("a", "0.1"), indicator("b", None, "7", "needs_input"), indicator("c", "-2.30", None),
        ])  # fmt: skip
        write_run(tmp_path, "one", {"2025-12": [scored]})
        write_site(tmp_path)
        (row,) = parts_of(tmp_path, "rows")[0]
        assert row[:8] == ["D1", "一站", "城区", "80.50", "93", 1, 1, 0]
        assert parts_of(tmp_path, "points") == [
            {"indicators": ["a", "b", "c"], "full": ["10", "7", None], "units": [["0.1", [None, "7", 2], "-2.30"]]}
        ]

    def test_units_with_other_full_marks_say_so(self, tmp_path: Path) -> None:
        first, second = (
            unit("A", "A", ["1"], rank=1),
            unit("B", "B", [], rank=2, indicators=[indicator("item_1", "3", "20")]),
        )
        write_run(tmp_path, "one", {"2025-12": [first, second]})
        write_site(tmp_path)
        assert parts_of(tmp_path, "points")[0]["units"] == [["1"], [["3", "20", 0]]]

    def test_rows_stand_by_group_and_rank_and_periods_newest_first(self, tmp_path: Path) -> None:
        scored = [unit("A", "A", ["1"], group="乙", rank=1), unit("B", "B", ["1"], group="甲", rank=2),
                  unit("C", "C", ["1"], group="甲", rank=1), unit("D", "D", ["1"], group="甲", rank=None)]  # fmt: skip
        write_run(tmp_path, "one", {"2025Q2": scored, "2025-12": scored, "2025-09": scored})
        write_site(tmp_path)
        assert [row[0] for row in parts_of(tmp_path, "rows")[0]] == ["A", "C", "B", "D"]
        assert [period["period"] for period in catalogue(tmp_path)["runs"][0]["periods"]] == [
            "2025-12",
            "2025-09",
            "2025Q2",
        ]


class TestNoNameBecomesMoreThanText:
    def test_hostile_names_are_text_in_the_page_and_in_its_data(self, tmp_path: Path) -> None:
        scored = [unit(name, name, ["1"], group=name, outcomes=[name]) for name in HOSTILE.values()]
        write_run(tmp_path, "hostile", {"2025-12": scored}, title=HOSTILE["markup"], failure=HOSTILE["script"])
        write_site(tmp_path)
        page = (tmp_path / "index.html").read_text(encoding="utf-8")
        assert page.count("<script") == 2  # the catalogue and our own
        assert page.count("</script") == 2
        assert "<img" not in page
        assert "\u202e" not in page
        for file in (tmp_path / "site").glob("*.js"):
            assert not set("<>&\u2028\u2029\u202e") & set(file.read_text(encoding="utf-8"))
        names = {row[1] for row in parts_of(tmp_path, "rows")[0]}
        assert names == {name.replace("\u202e", "⟨U+202E⟩") for name in HOSTILE.values()}

    def test_a_report_that_would_lead_out_of_its_run_has_no_link(self, tmp_path: Path) -> None:
        folder = write_run(tmp_path, "one", {"2025-12": [unit("A", "A", ["1"])]})
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        id = "2025-12/../../../etc/passwd"
        manifest["reports"][0] |= {"id": id, "products": {f"{id}.html": "0" * 64}}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        write_site(tmp_path)
        assert "passwd" not in (tmp_path / "index.html").read_text(encoding="utf-8")
        assert [report[1] for report in parts_of(tmp_path, "rows")[0][0][10]] == [""]

    def test_json_that_could_end_a_script_is_escaped_and_reads_the_same(self) -> None:
        value = {"</script><!--": "\u2028&\u2029", "\n": ['"', "\\"]}
        assert not set("<>&\u2028\u2029") & set(json_text(value))
        assert json.loads(json_text(value)) == value

    def test_the_page_allows_no_inline_code_but_its_own_and_no_network(self, tmp_path: Path) -> None:
        write_site(tmp_path)
        page = (tmp_path / "index.html").read_text(encoding="utf-8")
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
        assert "default-src &#39;none&#39;" in policy
        assert "unsafe" not in policy
        assert not re.search(r"https?:|\*", policy)
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)


class TestPartsAreBounded:
    def test_many_units_are_divided_and_none_is_lost(self, tmp_path: Path) -> None:
        scored = [unit(f"U{number}", "名" * 300, ["1"] * 13) for number in range(600)]
        write_run(tmp_path, "long", {"2025-12": scored})
        write_site(tmp_path)
        sizes = [file.stat().st_size for file in (tmp_path / "site").glob("*.js")]
        assert len(sizes) > 4
        assert max(sizes) < 1.1 * LIMIT
        assert sum(len(rows) for rows in parts_of(tmp_path, "rows")) == 600

    def test_a_row_larger_than_the_bound_stands_alone(self) -> None:
        assert list(in_bounds(["a", "b" * 50, "c", "d"], 20)) == [["a"], ["b" * 50], ["c", "d"]]

    def test_the_index_does_not_grow_with_units(self, tmp_path: Path) -> None:
        sizes = []
        for count in (40, 80):
            root = tmp_path / str(count)
            write_run(root, "year", {month: units(count, number) for number, month in enumerate(MONTHS)})
            sizes.append(write_site(root).page.stat().st_size)
        assert abs(sizes[1] - sizes[0]) < 200
        assert sizes[1] < 150_000


class TestWritingAgain:
    def test_an_unchanged_folder_gives_the_same_bytes_and_reads_no_run(self, tmp_path: Path) -> None:
        write_run(tmp_path, "one", {"2025-12": units(5)})
        first = write_site(tmp_path)
        before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
        second = write_site(tmp_path)
        assert (first.read, second.read) == (1, 0)
        assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before

    def test_a_changed_run_is_read_and_its_old_parts_go(self, tmp_path: Path) -> None:
        write_run(tmp_path, "one", {"2025-12": units(5)})
        write_run(tmp_path, "two", {"2025-12": units(5)})
        write_site(tmp_path)
        write_run(tmp_path, "two", {"2025-12": units(6)})
        (tmp_path / "site" / "notes.js").write_text("mine", encoding="utf-8")
        assert write_site(tmp_path).read == 1
        assert sorted(len(rows) for rows in parts_of(tmp_path, "rows")) == [5, 6]
        assert (tmp_path / "site" / "notes.js").is_file()

    def test_a_part_that_is_gone_is_written_again(self, tmp_path: Path) -> None:
        write_run(tmp_path, "one", {"2025-12": units(5)})
        write_site(tmp_path)
        next((tmp_path / "site").glob("*-rows.*.js")).unlink()
        assert write_site(tmp_path).read == 1
        assert len(parts_of(tmp_path, "rows")) == 1

    def test_the_name_of_a_part_changes_with_its_content(self) -> None:
        assert make_part("a/../b", [1]).name.startswith("a_.._b.")
        assert make_part("a", [1]).name != make_part("a", [2]).name

    def test_several_writers_at_once_leave_a_whole_site(self, tmp_path: Path) -> None:
        for number in range(3):
            write_run(tmp_path, f"run{number}", {"2025-12": units(5, number)})
        threads = [threading.Thread(target=refresh, args=(tmp_path / f"run{n}", print)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(catalogue(tmp_path)["runs"]) == 3
        assert len(parts_of(tmp_path, "rows")) == 3


class TestWhatIsNotOursIsLeftAlone:
    def test_an_index_of_somebody_else_is_not_overwritten(self, tmp_path: Path) -> None:
        run = write_run(tmp_path, "one", {"2025-12": units(2)})
        (tmp_path / "index.html").write_text("<p>mine</p>", encoding="utf-8")
        with pytest.raises(InputError, match="no page of auditlib site"):
            write_site(tmp_path)
        refresh(run, print)
        assert (tmp_path / "index.html").read_text(encoding="utf-8") == "<p>mine</p>"

    def test_a_manifest_of_another_tool_is_no_run(self, tmp_path: Path) -> None:
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "manifest.json").write_text('{"name": "app"}', encoding="utf-8")
        assert write_site(tmp_path).runs == 0

    def test_a_refresh_leaves_much_unread_work_to_the_command(self, tmp_path: Path) -> None:
        run = write_run(tmp_path, "one", {"2025-12": units(2)})
        other = write_run(tmp_path, "large", {"2025-12": units(2)})
        with (other / "2025-12" / "scores.json").open("a", encoding="utf-8") as file:
            file.write(" " * (CHEAP + 1))
        said: list[str] = []
        refresh(run, said.append)
        assert not (tmp_path / "index.html").exists()
        assert "auditlib site" in said[0]


class TestTheStateOfRuns:
    def test_a_broken_run_is_named_and_the_others_are_there(self, tmp_path: Path) -> None:
        write_run(tmp_path, "good", {"2025-12": units(2)})
        broken = write_run(tmp_path, "broken", {"2025-12": units(2)})
        (broken / "2025-12" / "scores.json").write_text('{"scheme": 1}', encoding="utf-8")
        (tmp_path / "begun" / ".run").mkdir(parents=True)
        written = write_site(tmp_path)
        assert written.runs == 1
        assert [problem.path for problem in written.problems] == ["scheme"]
        page = (tmp_path / "index.html").read_text(encoding="utf-8")
        assert re.findall(r'<tr class="broken"><th scope="row"><span class="code">(\w+)', page) == ["begun", "broken"]

    def test_signers_and_the_chain_are_told_as_the_files_say(self, tmp_path: Path) -> None:
        run = write_run(tmp_path, "one", {"2025-12": units(2)})
        write_run(tmp_path, "two", {"2025-12": units(2)})
        append(run)
        (run / "manifest.json.reviewer@bureau.sig").write_text("x", encoding="utf-8")
        write_site(tmp_path)
        said = {own["folder"]: (own["signed"], own["chain"]) for own in catalogue(tmp_path)["runs"]}
        assert said == {"one": (["reviewer@bureau"], "recorded"), "two": ([], "absent")}
        write_run(tmp_path, "one", {"2025-12": units(3)})
        write_site(tmp_path)
        assert {own["folder"]: own["chain"] for own in catalogue(tmp_path)["runs"]}["one"] == "replaced"

    def test_another_folder_for_the_page_keeps_its_links(self, tmp_path: Path) -> None:
        write_run(tmp_path / "reports", "one", {"2025-12": units(2)})
        write_site(tmp_path / "reports", tmp_path / "public")
        page = (tmp_path / "public" / "index.html").read_text(encoding="utf-8")
        (href,) = set(re.findall(r'href="([^"]*unit-0000\.html)"', page))
        assert (tmp_path / "public" / href).resolve() == (tmp_path / "reports/one/2025-12/unit-0000.html").resolve()


class TestSchemesAndPages:
    def test_a_scheme_shows_its_findings_dossier_and_worked_examples(self, tmp_path: Path, root: Path) -> None:
        run = write_run(tmp_path, "one", {"2025-12": units(2)})
        (run / "schemes").mkdir()
        text = (root / "params/schemes/s14-bank-service.yaml").read_text(encoding="utf-8")
        (run / "schemes" / "s14-bank-service.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "dossiers").mkdir()
        for name in ("s14-bank-service.html", "s14-bank-service.en.html", "s14-bank-service.examples.html"):
            (tmp_path / "dossiers" / name).write_text("x", encoding="utf-8")
        refresh(run, print)
        assert catalogue(tmp_path)["schemes"][0]["findings"] is None  # a run does not wait for a check
        write_site(tmp_path)
        (scheme,) = catalogue(tmp_path)["schemes"]
        assert scheme["dossier"] == {"zh": "dossiers/s14-bank-service.html", "en": "dossiers/s14-bank-service.en.html"}
        assert scheme["examples"] == {"zh": "dossiers/s14-bank-service.examples.html"}
        (found,) = parts_of(tmp_path, "findings")
        assert scheme["findings"] == len(found) == 11
        assert {"zh", "en", "clause", "severity", "known"} == set(found[0])

    def test_pages_of_panels_are_listed_and_strange_pages_are_not(self, tmp_path: Path) -> None:
        ours = '<meta name="generator" content="auditlib"><title>第一轮 &lt;b&gt;</title>'
        for place, text in {
            "panels/s19/round-1.html": ours,
            "panels/mine.html": "<title>x</title>",
            "revision/a.html": ours,
        }.items():
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place).write_text(text, encoding="utf-8")
        write_site(tmp_path)
        page = (tmp_path / "index.html").read_text(encoding="utf-8")
        assert re.findall(r'<a href="\./((?:panels|revision)/[^"]*)">([^<]*)<', page) == [
            ("panels/s19/round-1.html", "第一轮 &lt;b&gt;"), ("revision/a.html", "第一轮 &lt;b&gt;"),
        ]  # fmt: skip


def test_the_command_says_what_it_wrote_and_refuses_a_folder_that_is_none(tmp_path: Path, run_cli: Any) -> None:
    write_run(tmp_path, "one", {"2025-12": units(2)})
    done = run_cli("site", tmp_path, "--language", "en")
    assert done.exit_code == 0
    assert "runs: 1 (1 read), results: 2" in done.output
    assert (tmp_path / "index.html").read_text(encoding="utf-8").startswith('<!DOCTYPE html>\n<html lang="en">')
    missing = run_cli("site", tmp_path / "none")
    assert missing.exit_code == 2
    assert "no such folder" in missing.output


def test_runs_of_one_title_are_told_apart_by_their_folders() -> None:
    entries = [
        {"folder": name, "title": {"zh": zh, "en": "A"}} for name, zh in (("a-zh", "甲"), ("a-en", "甲"), ("b", "乙"))
    ]
    assert [one["title"]["zh"] for one in _told_apart(entries)] == ["甲（a-zh）", "甲（a-en）", "乙"]
