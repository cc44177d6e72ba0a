"""What another reading would give a unit, and how a score line leads to its cases."""

from __future__ import annotations

import html
import re
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from auditlib.analysis.readings.one_at_a_time import one_at_a_time
from auditlib.analysis.readings.ranges import spread
from auditlib.core.home import home
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.report.anchors import case_anchor
from auditlib.report.unit import UnitReport
from auditlib.scheme.load import load_scheme
from auditlib.scoring.assess import assess

LOOK = "2026-01-05T00:00:00"
SCRIPT = '<b id="x">'
CELL = re.compile(r"<t[hd].*?</t[hd]>")
HEADER = (
    "case_id,unit,kind,person_key,problem_key,received_at,entered_at,accepted_at,contacted_at,planned_at,replied_at,"
    "closed_at,resolved,satisfaction,reviewed_at,redone,missing_items"
)
# C1 is accepted 45 minutes late: one whole half hour and a begun one. C2 lacks two items.
CASES = f"""{HEADER}
C1,D1,投诉,P1,Q1,2025-12-01T08:00,2025-12-01T08:00,2025-12-01T09:15,2025-12-01T10:00,2025-12-02T07:00,,2025-12-03T08:00,是,满意,,,0
{SCRIPT},D1,投诉,P2,Q2,2025-12-10T08:00,2025-12-10T08:00,2025-12-10T08:10,2025-12-10T08:30,2025-12-10T09:00,,2025-12-13T08:00,是,满意,,,2
C3,D2,投诉,P3,Q3,2025-12-10T08:00,2025-12-10T08:00,2025-12-10T08:10,2025-12-10T08:30,2025-12-10T09:00,,2025-12-13T08:00,是,满意,,,3
"""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger")
    (folder / "cases.csv").write_text(CASES, encoding="utf-8")
    (folder / "units.csv").write_text("unit,name,group\nD1,一,甲\nD2,二,甲\n", encoding="utf-8")
    return folder


def audit_of(ledger: Path, unit: str = "D1", language: str = "zh", **more: object) -> UnitReport:
    return UnitReport.open(
        scheme="s22-heating", ledger=str(ledger), unit=unit, period="2025-12", as_of=LOOK, language=language, **more
    )  # type: ignore[arg-type]


def cells(markup: str) -> list[list[str]]:
    """The rows of the tables in a piece of markup, as text."""
    return [
        [html.unescape(re.sub(r"<[^>]+>", "", cell.replace("<br>", "\n"))) for cell in CELL.findall(row)]
        for row in re.findall(r"<tr.*?</tr>", markup, re.DOTALL)
    ]


class TestOneReadingAtATime:
    @pytest.mark.long
    def test_every_effect_is_what_scoring_under_that_option_gives(self, ledger: Path) -> None:
        taken_in, look, period = read_ledger(ledger), datetime.fromisoformat(LOOK), Period.parse("2025-12")
        file = load_scheme(home() / "params" / "schemes" / "s22-heating.yaml")
        _, used = assess("s22-heating", taken_in, period, look)
        found = one_at_a_time(file, taken_in, period, used, {})
        for name, reading in file.natural.readings.items():
            for option in reading.options:
                if option == reading.use:
                    continue
                _, other = assess("s22-heating", taken_in, period, look, readings={name: option})
                for unit in other.units:
                    effect = next((e for e in found[unit.unit] if (e.reading, e.option) == (name, option)), None)
                    now = used.unit(unit.unit)
                    if effect is None:
                        assert (unit.total, unit.rank) == (now.total, now.rank), (name, option)
                    else:
                        assert (effect.total, effect.rank) == (unit.total, unit.rank), (name, option)

    @pytest.mark.long
    @pytest.mark.parametrize("name", ["s20-office-evaluation", "s09-chengde-12315"])
    def test_they_are_those_of_the_whole_range_with_outcomes(self, name: str) -> None:
        taken_in = read_ledger(home() / "params" / "demonstrations" / name)
        period = Period.parse(str(taken_in.note.period))
        file = load_scheme(home() / "params" / "schemes" / f"{name}.yaml")
        _, used = assess(name, taken_in, period)
        whole = spread(file, taken_in, period)
        assert one_at_a_time(file, taken_in, period, used, {}) == {unit.unit: unit.alone for unit in whole.units}

    @pytest.mark.long
    def test_a_reading_chosen_by_a_parameter_is_the_one_in_use(self, ledger: Path) -> None:
        audit = audit_of(ledger, readings={"started_or_completed": "started"})
        effects = {(e.reading, e.option): e.delta for e in audit.scored.effects["D1"]}
        assert effects["started_or_completed", "completed"] == 1  # one half hour instead of two
        assert effects["started_or_completed", "proportional"] == Fraction(1, 2)


class TestTheReadingsOfAUnit:
    @pytest.mark.long
    def test_what_changes_is_told_with_total_and_rank(self, ledger: Path) -> None:
        rows = cells(audit_of(ledger).show("readings").html)
        row = next(row for row in rows if row[1].startswith("不足一个30分钟"))
        total = audit_of(ledger).unit.total
        assert row[2] == "满一个单位才扣"
        assert row[3].splitlines()[0].startswith(f"不足一个单位按一个计：得分 {total - 1}（−1）")
        assert row[3].splitlines()[1].startswith("按比例扣：得分 ")

    def test_what_changes_nothing_is_folded_and_counted(self, ledger: Path) -> None:
        audit = audit_of(ledger)
        markup = audit.show("readings").html
        moving = {effect.reading for effect in audit.scored.effects["D1"]}
        readings = audit.scored.resolved.scheme.readings
        assert f"来源有 {len(readings)} 处未定" in markup
        assert f"另有 {len(readings) - len(moving)} 处" in markup
        folded = cells(markup[markup.index("<details") :])
        assert len(folded) == 1 + len(readings) - len(moving)
        assert all(line.endswith("：不变") for row in folded[1:] for line in row[3].splitlines())

    def test_every_reading_stands_in_the_section_once_in_both_languages(self, ledger: Path) -> None:
        for language in ("zh", "en"):
            audit = audit_of(ledger, language=language)
            rows = [row[1] for row in cells(audit.show("readings").html) if row[0] not in ("条款", "Clause")]
            questions = [one.question(language) for one in audit.scored.resolved.scheme.readings.values()]
            assert sorted(rows) == sorted(questions)

    @pytest.mark.long
    def test_an_option_that_cannot_be_scored_is_said_and_stops_nothing(self, ledger: Path, tmp_path: Path) -> None:
        for file in ledger.iterdir():
            text = file.read_text(encoding="utf-8")
            (tmp_path / file.name).write_text(text, encoding="utf-8")
        source = (home() / "params" / "schemes" / "s22-heating.yaml").read_text(encoding="utf-8")
        other = source.replace(
            "received: {value: received_at, zh: 自用户提交起", "received: {value: dispatched_at, zh: 自用户提交起"
        )
        assert other != source
        scheme = tmp_path / "other.yaml"
        scheme.write_text(other, encoding="utf-8")
        audit = UnitReport.open(scheme=str(scheme), ledger=str(ledger), unit="D1", period="2025-12", as_of=LOOK)
        assert audit.scored.effects is None
        assert "无法计算另一种读法的影响：" in audit.show("readings").html
        assert "contact_clock=received" in audit.show("readings").html


class TestLinesLeadToCases:
    def test_each_listed_case_has_a_place_and_each_line_links_to_it(self, ledger: Path) -> None:
        audit = audit_of(ledger)
        lines, cases = audit.show("lines").html, audit.show("cases").html
        targets = set(re.findall(r'<span id="(case-[^"]+)">', cases))
        links = set(re.findall(r'<a href="#(case-[^"]+)"><code', lines))
        assert targets == {case_anchor("C1"), case_anchor(SCRIPT)}
        assert links == targets
        assert case_anchor("C1") == "case-C1"
        assert re.fullmatch(r"case-[0-9a-f]{16}", case_anchor(SCRIPT))

    def test_the_number_of_cases_stands_with_the_line(self, ledger: Path) -> None:
        row = next(row for row in cells(audit_of(ledger).show("lines").html) if row[0].startswith("接单每超30分钟"))
        assert row[3].startswith("1 件")
        assert row[3].endswith("C1")

    def test_what_is_no_case_has_no_link(self, ledger: Path) -> None:
        folder = home() / "params" / "demonstrations" / "s20-office-evaluation"
        audit = UnitReport.open(scheme="s20-office-evaluation", ledger=str(folder), unit="E2", period="2025")
        assert '<a href="#case-' not in audit.show("lines").html

    def test_ids_are_never_markup(self, ledger: Path) -> None:
        audit = audit_of(ledger)
        assert SCRIPT not in audit.show("lines").html + audit.show("cases").html
        assert html.escape(SCRIPT) in audit.show("cases").html
