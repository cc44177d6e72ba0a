"""A panel's weights become a new dated version of a scheme: other values and dates, and nothing else."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from auditlib.core.errors import InputError
from auditlib.core.exact import Rounding
from auditlib.delphi.rounds import read_panel
from auditlib.revision.revise import panel_sha256, revise
from auditlib.revision.splice import YamlText
from auditlib.scheme.load import find_scheme, load_scheme

SCHEME = """\
# A comment at the head.
scheme: small
version: "1"
title: {zh: 小办法, en: Small}
source: {document: d.txt, title: {zh: 来源, en: Source}, last_checked: 2026-01-01}
effective: {from: 2025-01-01}   # kept as it is
periods: [month]
clauses:
  一: {quote: 甲乙丙}
readings:
  bonus:
    clause: 一
    question: {zh: 加几分, en: How much}
    use: two
    options:
      two: {value: 2, zh: 二, en: two}   # two points
      four: {value: "4", zh: 四, en: four}
measures:
  late: {title: {zh: 迟, en: late}, register: cases, where: closed_at > due_at}
  done: {title: {zh: 办, en: done}, register: cases}
indicators:
  - id: a
    title: {zh: 甲, en: A}
    clause: 一
    max: 10
    start: 10
    floor: 0
    cap: null
    rules:
      - {id: late, clause: 一, title: {zh: 迟, en: late}, points: "-0.5", per: late}
      - {id: many, clause: 一, title: {zh: 多, en: many}, points: $bonus, when: {of: done, above: 9}}
  - id: b
    title: {zh: 乙, en: B}
    clause: 一
    max: 6
    start: 6
    floor: 0
    cap: 6
    rules: [{id: none, clause: 一, title: {zh: 无, en: none}, becomes: 3, when: {of: done, below: 1}}]
ranking: {clause: null, by: total, order: descending, within: all, different_maxima: undecided, ties: undecided}
rounding: {digits: 4, mode: half_up}
"""
DAY = date(2026, 7, 1)


def panel_of(folder: Path, marks: dict[str, list[int]], **changes: object) -> Path:
    """A panel that marks the items with 1 to 9, an expert a mark of the list."""
    folder.mkdir(parents=True, exist_ok=True)
    declared = {
        "panel": "p",
        "title": {"zh": "组", "en": "Panel"},
        "scale": {"min": 1, "max": 9},
        "items": [{"id": name, "title": {"zh": name, "en": name}} for name in marks],
        "resampling": {"draws": 100},
    }
    (folder / "panel.yaml").write_text(yaml.safe_dump(declared | changes, allow_unicode=True))
    with (folder / "round-1.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["expert", *marks])
        rows.writerows([f"E{n:02}", *given] for n, given in enumerate(zip(*marks.values(), strict=True), 1))
    return folder


@pytest.fixture
def scheme(tmp_path):
    file = tmp_path / "schemes" / "small.yaml"
    file.parent.mkdir()
    file.write_text(SCHEME, encoding="utf-8")
    return file


@pytest.fixture
def panel(tmp_path):
    """Mean marks 3 and 5: of the 16 points 6 for a, 10 for b."""
    return panel_of(tmp_path / "panel", {"a": [2, 4], "b": [5, 5]})


def test_only_values_and_dates_change_and_the_rest_stays_byte_for_byte(scheme, panel) -> None:
    made = revise(load_scheme(scheme), panel, DAY)
    assert dict(made.maxima) == {"a": 6, "b": 10}
    old, new = SCHEME.splitlines(keepends=True), made.text.splitlines(keepends=True)
    start = next(n for n, line in enumerate(new) if line.startswith("revision:"))
    end = next(n for n, line in enumerate(new) if line.startswith("periods:"))
    rest = new[:start] + new[end:]
    differing = {b.strip() for a, b in zip(old, rest, strict=True) if a != b}
    assert differing == {
        'version: "2"',
        "effective: {from: 2026-07-01}   # kept as it is",
        'two: {value: "1.2", zh: 二, en: two}   # two points',  # 2 × 6/10
        'four: {value: "2.4", zh: 四, en: four}',
        "max: 6",
        "start: 6",
        '- {id: late, clause: 一, title: {zh: 迟, en: late}, points: "-0.3", per: late}',
        "max: 10",
        "start: 10",
        "cap: 10",
        "rules: [{id: none, clause: 一, title: {zh: 无, en: none}, becomes: 5, when: {of: done, below: 1}}]",
    }
    assert scheme.read_text(encoding="utf-8") == SCHEME


def test_points_whose_decimals_never_end_stay_exact_or_are_rounded_as_declared(scheme, tmp_path) -> None:
    panel = panel_of(tmp_path / "p", {"a": [7, 7], "b": [1, 1]})  # 14 and 2 of 16: b × 1/3
    made = revise(load_scheme(scheme), panel, DAY)
    assert "becomes: 1," in made.text
    thirds = SCHEME.replace("becomes: 3", "becomes: 2")
    scheme.write_text(thirds, encoding="utf-8")
    assert 'becomes: "2/3",' in revise(load_scheme(scheme), panel, DAY).text
    rounded = revise(load_scheme(scheme), panel, DAY, rounding=Rounding(2)).text
    assert 'becomes: "0.67",' in rounded
    assert "points: {digits: 2, mode: half_up}" in rounded


def test_the_new_file_cites_the_panel_by_the_hash_of_its_files(scheme, panel, tmp_path) -> None:
    made = revise(load_scheme(scheme), panel, DAY)
    file = tmp_path / "small@2.yaml"
    file.write_text(made.text, encoding="utf-8")
    cited = load_scheme(file).natural.revision
    assert cited is not None
    assert (cited.of, cited.panel.panel, cited.panel.round, cited.panel.experts) == ("1", "p", 1, 2)
    assert cited.panel.sha256 == panel_sha256(read_panel(panel))
    for name in ("notes.txt", "minutes-9.csv"):
        (panel / name).write_text("what nobody analyses does not count")
    assert panel_sha256(read_panel(panel)) == cited.panel.sha256
    (panel / "round-1.csv").write_text("expert,a,b\nE01,2,5\nE02,4,6\n")
    assert panel_sha256(read_panel(panel)) != cited.panel.sha256


def test_the_old_version_ends_on_the_day_before_and_its_file_stays(scheme, panel) -> None:
    made = revise(load_scheme(scheme), panel, DAY)
    assert made.old_ends == date(2026, 6, 30)
    (scheme.parent / "small@2.yaml").write_text(made.text, encoding="utf-8")
    assert find_scheme("small", scheme.parent, date(2026, 6, 30)).name == "small.yaml"
    assert find_scheme("small", scheme.parent, date(2026, 7, 1)).name == "small@2.yaml"
    with pytest.raises(InputError, match="found none in force on 2024-12-31"):
        find_scheme("small", scheme.parent, date(2024, 12, 31))


@pytest.mark.parametrize(
    ("effective", "day", "message"),
    [
        ("{from: 2025-01-01}", date(2025, 1, 1), "version 1 in force from 2025-01-01 to no end"),
        ("{from: 2025-01-01}", date(2024, 1, 1), "version 1 in force from 2025-01-01 to no end"),
        ("{from: 2025-01-01, until: 2026-12-31}", DAY, "version 1 in force from 2025-01-01 to 2026-12-31"),
    ],
)
def test_days_that_overlap_are_refused(scheme, panel, effective, day, message) -> None:
    scheme.write_text(SCHEME.replace("{from: 2025-01-01}", effective), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        revise(load_scheme(scheme), panel, day)


def test_a_version_that_ended_before_may_be_revised_and_the_new_one_is_open(scheme, panel) -> None:
    scheme.write_text(SCHEME.replace("{from: 2025-01-01}", "{from: 2025-01-01, until: 2025-12-31}"), encoding="utf-8")
    made = revise(load_scheme(scheme), panel, DAY)
    assert "effective: {from: 2026-07-01, until: null}" in made.text
    assert made.old_ends == date(2025, 12, 31)


def test_a_version_that_was_revised_already_is_revised_no_more_but_its_successor_is(scheme, panel, tmp_path) -> None:
    second = scheme.parent / "small@2.yaml"
    second.write_text(revise(load_scheme(scheme), panel, DAY).text, encoding="utf-8")
    first, later = load_scheme(scheme), load_scheme(second)
    with pytest.raises(InputError, match="version 2 in force from 2026-07-01"):
        revise(first, panel, date(2027, 1, 1), "3", others=[later.natural])
    third = revise(later, panel, date(2027, 1, 1), others=[first.natural])
    assert third.version == "3"
    assert third.text.count("revision:") == 1
    assert 'of: "2"' in third.text


def test_a_panel_that_nobody_answered_yet_settles_no_weights(scheme, panel) -> None:
    (panel / "round-1.csv").unlink()
    with pytest.raises(InputError, match=r"found no round-1\.csv or round-1\.xlsx"):
        revise(load_scheme(scheme), panel, DAY)


def test_every_item_and_indicator_that_does_not_match_is_named(scheme, tmp_path) -> None:
    panel = panel_of(tmp_path / "p", {"a": [2, 4], "c": [5, 5], "d": [1, 1]})
    with pytest.raises(InputError) as error:
        revise(load_scheme(scheme), panel, DAY)
    assert [problem.path for problem in error.value.problems] == ["b", "c", "d"]


def test_an_indicator_under_another_dimension_than_in_the_scheme_is_refused(root, tmp_path) -> None:
    panel = tmp_path / "p"
    shutil.copytree(root / "params" / "panels" / "s22-weights", panel)
    declared = yaml.safe_load((panel / "panel.yaml").read_text(encoding="utf-8"))
    policy = declared["items"][0]["items"].pop(0)
    declared["items"][1]["items"].append(policy)
    (panel / "panel.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    with pytest.raises(InputError, match="policy: found it under handling, expected it under management"):
        revise(load_scheme(root / "params" / "schemes" / "s22-heating.yaml"), panel, DAY)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("becomes: 3, when: {of: done, below: 1}", "mark: true", "a mark by a person"),
        ("becomes: 3", "becomes: $bonus", "found points of a and of b"),
        ("below: 1}", "below: $bonus}", r"found \$bonus also where no points change"),
    ],
)
def test_what_cannot_be_scaled_is_refused_with_its_place(scheme, panel, old, new, message) -> None:
    scheme.write_text(SCHEME.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        revise(load_scheme(scheme), panel, DAY)


@pytest.mark.long
def test_the_maxima_of_the_demonstration_add_up_and_keep_every_share(root) -> None:
    """Independent of the publication: each published maximum lies within a unit of its exact share of 100."""
    panel = root / "params" / "panels" / "s22-weights"
    made = revise(load_scheme(root / "params" / "schemes" / "s22-heating.yaml"), panel, DAY)
    with (panel / "round-2.csv").open() as file:
        rows = list(csv.DictReader(file))
    sums = {name: sum(int(row[name]) for row in rows) for name in rows[0] if name != "expert"}
    tree = yaml.safe_load((panel / "panel.yaml").read_text(encoding="utf-8"))["items"]
    top = sum(sums[item["id"]] for item in tree)
    for item in tree:
        inside = sum(sums[child["id"]] for child in item["items"])
        for child in item["items"]:
            share = Fraction(100 * sums[item["id"]] * sums[child["id"]], top * inside)
            assert abs(made.maxima[child["id"]] - share) < Fraction(2, 100)
    assert sum(made.maxima.values()) == 100


@pytest.mark.long
def test_the_command_writes_a_file_that_checks_and_never_writes_over_one(root, run_cli, tmp_path) -> None:
    out = tmp_path / "s22-heating@2.yaml"
    command = [
        "revise",
        "s22-heating",
        "--panel",
        root / "params/panels/s22-weights",
        "--effective",
        "2026-11-01",
        "--out",
        out,
    ]
    done = run_cli(*command)
    assert done.exit_code == 0, done.output
    assert "version 1 (params/schemes/s22-heating.yaml, unchanged) now ends on 2026-10-31" in done.stderr
    assert run_cli("check", out).exit_code == 0
    told = run_cli("diff", "s22-heating", out)
    assert told.exit_code == 1
    assert "按专家组 s22-weights 第2轮的权重重定（合成数据，并非真实调查）" in told.stdout
    assert "条款引文" in told.stdout
    again = run_cli(*command)
    assert again.exit_code == 2
    assert "a version is never overwritten" in again.stderr


def test_a_value_is_replaced_where_it_stands_whatever_is_around_it() -> None:
    text = YamlText("a: {b: [1, '2'], c: null}  # c\nd:\n  - >-\n    folded\n    text\n# end\n")
    text.replace_number(("a", "b", 0), Fraction(1, 2))
    text.replace_number(("a", "b", 1), Fraction(7))
    text.replace_word(("a", "c"), "2026-01-01")
    text.put_after("d", "e: 5\n")
    assert text.changed() == (
        "a: {b: [\"0.5\", '7'], c: 2026-01-01}  # c\nd:\n  - >-\n    folded\n    text\ne: 5\n# end\n"
    )
