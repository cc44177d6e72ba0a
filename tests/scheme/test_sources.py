"""The sections of the sources: all there, each with schemes and a test that exist, or why it has no rule."""

from __future__ import annotations

import ast
import io
import json
import re
from pathlib import Path

import openpyxl
import pytest
import yaml
from spec_pages import pages

from auditlib.core.errors import InputError
from auditlib.scheme.load import find_scheme, load_scheme
from auditlib.scheme.model import Scheme
from auditlib.scheme.sources import SourceSection, source_named, source_sections

ROOT = Path(__file__).parents[2]
SCHEMES = ROOT / "params" / "schemes"
IDS = [f"S{number:02d}" for number in range(1, 39)]
NO_RULE = {"S03", "S05", "S08", "S11", "S15", "S16", "S17"}


def natural(scheme: str) -> Scheme:
    return load_scheme(find_scheme(scheme, SCHEMES)).natural


def parts(scheme: str) -> set[str]:
    declared = natural(scheme)
    return {one.id for one in declared.duties} | {one.id for one in declared.indicators}


def seed(section: SourceSection, shared_data: Path) -> str:
    """The lines of a section in its document."""
    file = shared_data.parent / "seeds" / section.document
    if not file.exists():
        pytest.skip(f"the source document is not at {file}")
    first, last = section.lines.split(", ")[0].split("-")
    return "\n".join(file.read_text(encoding="utf-8").splitlines()[int(first) - 1 : int(last)])


def functions(file: Path) -> set[str]:
    return {node.name for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}


def test_there_are_thirty_eight_sections_and_seven_without_a_rule() -> None:
    sections = source_sections()
    assert list(sections) == IDS
    assert {name for name, one in sections.items() if one.status == "no_rule"} == NO_RULE


@pytest.mark.parametrize("name", IDS)
def test_every_row_is_true(name: str) -> None:
    section = source_sections()[name]
    for scheme in section.schemes:
        declared = natural(scheme)
        assert bool(declared.duties) == (section.status in ("duties", "both"))
        assert bool(declared.indicators) == (section.status in ("scored", "both"))
        assert declared.source.document == section.document
        assert any(page["examples"] for file, page in pages() if file.parent.name == scheme)
    for test in section.tests:
        file, _, function = test.partition("::")
        assert function.startswith("test_")
        assert function in functions(ROOT / file), test


def test_every_shipped_scheme_of_a_section_is_named_by_it() -> None:
    named = {scheme for one in source_sections().values() for scheme in one.schemes}
    assert named == {file.stem for file in SCHEMES.glob("s[0-9][0-9]-*.yaml")}


def test_what_a_yardstick_was_laid_beside_is_there() -> None:
    laid = [one.yardstick for one in source_sections().values() if one.yardstick is not None]
    assert len(laid) == 4
    for yardstick in laid:
        for scheme, places in yardstick.placed.items():
            assert {part for own in places.values() for part in own} <= parts(scheme)


def row(**changed: object) -> dict[str, object]:
    usual = {
        "title": {"zh": "题", "en": "T"}, "document": "a.txt", "lines": "1-2", "status": "duties", "schemes": ["a"],
        "says": {"zh": "有", "en": "works"}, "tests": ["tests/a.py::test_a"],
    }  # fmt: skip
    return {key: value for key, value in {**usual, **changed}.items() if value is not None}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"tests": []}, "sources.S01.tests: found an empty list"),
        ({"tests": None}, "sources.S01: missing key `tests`"),
        ({"schemes": []}, "sources.S01: found the schemes none, expected at least one, or status: no_rule"),
        ({"status": "no_rule"}, "found the schemes a, expected none where there is no rule"),
        (
            {"yardstick": {"points": [{"zh": "甲", "en": "A"}], "placed": {"s": {"乙": []}}}},
            "sources.S01.yardstick: s: found 乙, expected one of 甲",
        ),
    ],
)
def test_a_row_without_its_test_or_its_reason_is_refused(
    tmp_path: Path, changed: dict[str, object], message: str
) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text(yaml.safe_dump({"sources": {"S01": row()}}, allow_unicode=True), encoding="utf-8")
    assert source_sections(file)["S01"].status == "duties"
    file.write_text(yaml.safe_dump({"sources": {"S01": row(**changed)}}, allow_unicode=True), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        source_sections(file)
    assert message in str(caught.value)


def test_three_aspects_beside_a_scheme_are_the_worked_example() -> None:
    yardstick = source_named("S05").yardstick
    assert yardstick is not None
    assert yardstick.parts("s09-chengde-12315") == {
        "受理速度和效率": ("appeal_late", "report_late"),
        "处理质量": ("mediation_rate", "appeal_errors", "report_errors"),
        "服务态度": ("staff_complaints",),
    }
    assert yardstick.parts("s22-heating")["服务态度"] == ()


def test_five_stages_beside_a_scheme_are_the_worked_example() -> None:
    yardstick = source_named("s08").yardstick
    assert yardstick is not None
    covered = {stage: bool(own) for stage, own in yardstick.parts("s07-appeal-two-steps").items()}
    assert covered == {"投诉受理": True, "调查核实": True, "判定评估": True, "解决措施": True, "监督跟踪": False}


def test_a_guide_says_which_papers_of_an_appeal_are_not_there() -> None:
    yardstick = source_named("S03").yardstick
    assert yardstick is not None
    there = ["流程与标准", "逐项对照", "证据", "沟通记录", "written grounds"]
    assert [point.zh for point in yardstick.missing(there)] == ["时限与途径", "支持与求助"]
    assert yardstick.missing([point.zh for point in yardstick.points]) == ()
    with pytest.raises(ValueError, match="found 附件, expected some of 流程与标准"):
        yardstick.missing(["附件"])


LIMIT = re.compile(r"[0-9一二三四五六七八九十两]+个?(?:工作日|小时|分钟|日内|天内|日|天|个月)(?:以?内|之内)?")
CONSEQUENCE = re.compile("扣|罚|通报|告诫|处分|追究|加分|一票否决")


def test_an_essay_has_no_limit_and_no_consequence(shared_data: Path) -> None:
    essay = seed(source_named("S11"), shared_data)
    assert "零投诉" in essay
    assert not LIMIT.search(essay)
    assert not CONSEQUENCE.search(essay)
    rules = seed(source_named("S36"), shared_data)
    assert LIMIT.search(rules)
    assert CONSEQUENCE.search(rules)


def shingles(text: str, size: int = 12) -> set[str]:
    letters = re.sub(r"[\W\d]+", "", text)
    return {letters[start : start + size] for start in range(len(letters) - size + 1)}


def test_one_teaser_is_the_beginning_of_another_source(shared_data: Path) -> None:
    section = source_named("S15")
    teasers = [line for line in seed(section, shared_data).splitlines() if len(line.strip()) > 40]
    assert section.same_as == "S01"
    whole = {name: shingles(seed(one, shared_data)) for name, one in source_sections().items() if one.schemes}
    alike = {
        name for line in teasers for name, own in whole.items() if 3 * len(shingles(line) & own) > len(shingles(line))
    }
    assert len(teasers) >= 7
    assert alike == {"S01"}


def test_the_command_shows_every_section_in_each_form(run_cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    shown = run_cli("sources")
    assert shown.exit_code == 0
    assert [line.split("\t")[0] for line in shown.stdout.splitlines()[1:]] == IDS
    plain = json.loads(run_cli("sources", "--format", "json").stdout)["sources"]
    assert [one["id"] for one in plain] == IDS
    assert plain[6]["schemes"] == ["s07-appeal-two-steps"]
    assert run_cli("sources", "--format", "csv", "--language", "en").stdout.startswith(
        "Source,Title,Document,Lines,Status"
    )
    assert run_cli("sources", "--format", "xlsx", "--out", tmp_path / "s.xlsx").exit_code == 0
    written = (tmp_path / "s.xlsx").read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(written))
    assert book.sheetnames == ["来源", "对照尺子"]
    assert run_cli("sources", "--format", "xlsx", "--out", tmp_path / "t.xlsx").exit_code == 0
    assert (tmp_path / "t.xlsx").read_bytes() == written


def test_the_command_shows_one_section_and_refuses_one_that_is_not_there(run_cli) -> None:  # type: ignore[no-untyped-def]
    shown = run_cli("sources", "S08", "--language", "en").stdout
    assert "Status: no rule in it" in shown
    assert "  following up: not covered" in shown
    there = run_cli("sources", "S03", "--has", "证据", "--has", "沟通记录")
    assert there.stdout.splitlines()[:2] == ["7样中已有2样", "缺：流程与标准"]
    for arguments, message in (
        (["S39"], "found S39, expected one of S01 … S38"),
        (["S01", "--has", "证据"], "--has is for the id of a source that is a yardstick"),
        (["S03", "--has", "附件"], "--has: found 附件, expected some of"),
        (["--format", "xlsx"], "expected --out FILE.xlsx"),
    ):
        refused = run_cli("sources", *arguments)
        assert refused.exit_code == 2
        assert message in refused.stderr
