"""Questionnaires go out as workbooks that leave an expert nothing but choices, and come back whole or not at all."""

from __future__ import annotations

import shutil
import subprocess
import zipfile

import openpyxl
import pytest

from auditlib.core.errors import InputError
from auditlib.delphi.analysis import analyse
from auditlib.delphi.forms.questionnaire import new_panel
from auditlib.delphi.forms.read_back import read_questionnaires
from auditlib.delphi.rounds import read_panel

ABOUT = {"实践经验": "大", "理论分析": "中", "同行了解或文献": "小", "直觉": "小", "熟悉程度": "熟悉"}


def fill(file, marks, remarks=(), about=None, expert=None, whole=None):
    """Fill a questionnaire as an expert would: cells found by what stands beside them."""
    book = openpyxl.load_workbook(file)
    sheet = book["评分"]
    header = {cell.value: cell.column for cell in sheet[4]}
    for row in sheet.iter_rows(min_row=5):
        item = row[0].value
        if item in marks:
            sheet.cell(row[0].row, header["评分"], marks[item])
        if item in dict(remarks):
            sheet.cell(row[0].row, header["意见"], dict(remarks)[item])
        if item == "总体意见" and whole:
            sheet.cell(row[0].row, 2, whole)
    if expert is not None:
        sheet["B2"] = expert
    for row in book["专家情况"].iter_rows(min_row=2) if about else ():
        if row[0].value in about:
            row[1].value = about[row[0].value]
    book.save(file)
    return file


@pytest.fixture
def asked(panel):
    """A panel of two items with questionnaires for three experts."""
    folder = panel({})
    new_panel(folder, experts=3)
    return folder


def forms(folder, number=1):
    return sorted((folder / "questionnaires" / f"round-{number}").glob("*.xlsx"))


def faults(files, folder, **options):
    with pytest.raises(InputError) as caught:
        read_questionnaires(files, folder, **options)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def test_a_new_panel_comes_with_a_file_to_edit_and_questionnaires(tmp_path, run_cli) -> None:
    folder = tmp_path / "our-panel"
    done = run_cli("panel", "new", folder, "--experts", "2")
    assert done.exit_code == 0, done.stderr
    assert [line.rpartition("our-panel/")[2] for line in done.stdout.splitlines()] == [
        "panel.yaml",
        "questionnaires/round-1/E01.xlsx",
        "questionnaires/round-1/E01.docx",
        "questionnaires/round-1/E02.xlsx",
        "questionnaires/round-1/E02.docx",
        "questionnaires/round-1/survey.txt",
    ]
    declared = read_panel(folder).declared
    assert (declared.panel, declared.rounds[1].sent) == ("our-panel", 2)
    assert [item.id for item in declared.asked(1)] == [
        "handling", "timeliness", "resolution", "satisfaction", "coverage", "result",
    ]  # fmt: skip


def test_a_questionnaire_leaves_nothing_but_choices(asked) -> None:
    book = openpyxl.load_workbook(forms(asked)[0])
    assert book.sheetnames == ["填写说明", "评分", "专家情况", "meta"]
    assert book["meta"].sheet_state == "hidden"
    assert all(book[name].protection.sheet for name in ("填写说明", "评分", "专家情况"))
    sheet = book["评分"]
    unlocked = [cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked]
    assert unlocked == ["D5", "E5", "D6", "E6", "B8"]
    (choice,) = sheet.data_validations.dataValidation
    assert (choice.type, choice.formula1, str(choice.sqref)) == ("list", '"5,4,3,2,1"', "D5:D6")
    about = book["专家情况"].data_validations.dataValidation
    assert [rule.formula1 for rule in about] == ['"大,中,小"'] * 4 + ['"很熟悉,熟悉,一般熟悉,不太熟悉,不熟悉"']


def test_the_same_panel_gives_the_same_bytes(asked) -> None:
    before = [file.read_bytes() for file in forms(asked)]
    new_panel(asked, number=1, experts=3, replace=True)
    assert [file.read_bytes() for file in forms(asked)] == before


def test_questionnaires_are_not_written_over_without_being_asked_to(asked, run_cli) -> None:
    done = run_cli("panel", "new", asked, "--experts", "3")
    assert done.exit_code == 2
    assert "found E01.xlsx, E02.xlsx, E03.xlsx; expected no questionnaires yet, or --replace" in done.stderr


def test_filled_questionnaires_become_a_round_and_the_experts(asked, run_cli) -> None:
    one, two, three = forms(asked)
    fill(one, {"a": 5, "b": 4}, about=ABOUT)
    fill(
        two,
        {"a": "4", "b": 3},
        {"a": "建议改名", "b": "-太泛"},
        about=ABOUT | {"熟悉程度": "很熟悉"},
        whole="条目偏少；可电13812345678",
    )
    fill(three, {"a": 3})
    done = run_cli("panel", "read", one, two, three)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "round 1: 3 forms, 1 answers left empty"
    assert (asked / "round-1.csv").read_text(encoding="utf-8") == "expert,a,b\nE01,5,4\nE02,4,3\nE03,3,\n"
    assert (asked / "remarks-1.csv").read_text(encoding="utf-8") == (
        "expert,item,remark\nE02,a,建议改名\nE02,b,'-太泛\nE02,,条目偏少；可电〔手机号已隐去〕\n"
    )
    assert (asked / "experts.csv").read_text(encoding="utf-8") == (
        "expert,practice,theory,peers,intuition,familiarity\nE01,大,中,小,小,熟悉\nE02,大,中,小,小,很熟悉\nE03,,,,,\n"
    )
    result = analyse(read_panel(asked)).to_json()
    assert result["authority"]["experts"][0] == {"expert": "E01", "Ca": 0.9, "Cs": 0.8, "Cr": 0.85}
    assert result["rounds"][0]["remarked"] == pytest.approx(1 / 3)


def test_a_blank_form_asks_for_the_pseudonym(panel) -> None:
    folder = panel({})
    new_panel(folder)
    (form,) = forms(folder)
    assert form.name == "questionnaire.xlsx"
    name = "questionnaires/round-1/questionnaire.xlsx:2: 评分.专家代号"
    pseudonym = "a letter, or letters and up to four digits, such as E01; no names, phones or addresses"
    assert faults([fill(form, {"a": 5})], folder) == [
        f"{name}: found nothing, expected the expert's pseudonym: {pseudonym}"
    ]
    assert faults([fill(form, {"a": 5}, expert="李四")], folder) == [
        f"{name}: found what is none, expected a pseudonym: {pseudonym}"
    ]
    read_questionnaires([fill(form, {"a": 5}, expert="E07")], folder)
    assert read_panel(folder).rounds[0].experts == ("E07",)


def test_from_the_second_round_on_an_expert_sees_the_own_mark_and_the_panel(panel) -> None:
    folder = panel({"round-1.csv": "expert,a,b\nE01,5,4\nE02,4,3\nE03,2,\n"})
    new_panel(folder)
    assert [file.name for file in forms(folder, 2)] == ["E01.xlsx", "E02.xlsx", "E03.xlsx"]
    rows = {}
    for file in forms(folder, 2):
        book = openpyxl.load_workbook(file)
        rows[file.stem] = [[cell.value for cell in row[:6]] for row in book["评分"].iter_rows(min_row=4, max_row=6)]
    assert rows["E01"] == [
        ["编号", "条目", "内涵", "第1轮本人", "全体中位数", "四分位数"],
        ["a", "1 甲", None, "5", "4", "3—4.5"],
        ["b", "2 乙", None, "4", "3.5", "3.25—3.75"],
    ]
    assert rows["E03"][2][3] == "—"


def test_a_second_round_is_filled_and_read_without_asking_again_who_the_expert_is(panel) -> None:
    folder = panel({"round-1.csv": "expert,a,b\nE01,5,4\nE02,4,3\n", "experts.csv": "expert,Ca,Cs\nE01,1,1\nE02,1,1\n"})
    new_panel(folder)
    one, two = forms(folder, 2)
    assert openpyxl.load_workbook(one).sheetnames == ["填写说明", "评分", "meta"]
    returned = read_questionnaires([fill(one, {"a": 5, "b": 5}), fill(two, {"a": 5, "b": 3})], folder)
    assert (returned.number, returned.forms) == (2, 2)
    assert read_panel(folder).round(2).matrix("ab").tolist() == [[5, 5], [5, 3]]


def test_every_fault_of_every_form_is_reported_and_nothing_is_written(asked) -> None:
    one, two, three = forms(asked)
    fill(one, {"a": 7, "b": "很好"}, about=ABOUT | {"直觉": "很大"})
    fill(two, {})
    fill(three, {"a": 5, "b": 4}, expert="E02")
    other = three.with_name("E09.xlsx")
    shutil.copy(three, other)
    letter = asked / "letter.xlsx"
    letter.write_bytes(b"Dear colleague")
    (asked / "panel.yaml").write_text((asked / "panel.yaml").read_text() + "rounds: {1: {sent: 3}}\n")
    where = "questionnaires/round-1/"
    again = f"{where}E03.xlsx"
    found = faults([one, two, three, other, letter, asked / "absent.xlsx"], asked)
    assert found[4].startswith("letter.xlsx: found ")
    assert found[4].endswith(", expected a filled questionnaire in XLSX")
    assert found[:4] + found[5:] == [
        f"{where}E01.xlsx:5: 评分.a: found '7', expected a whole number from 1 to 5",
        f"{where}E01.xlsx:6: 评分.b: found '很好', expected a whole number from 1 to 5",
        f"{where}E01.xlsx: 专家情况.intuition: found '很大', expected one of large (大), medium (中), small (小)",
        f"{where}E02.xlsx: 评分: found an empty form, expected at least one mark",
        "absent.xlsx: no such file",
        f"{where}E09.xlsx: 评分: found E02 again, expected each expert once; {again} is a form of the same",
    ]
    assert not (asked / "round-1.csv").exists()
    assert not (asked / "experts.csv").exists()


def test_a_form_of_another_panel_or_round_is_refused(asked, tmp_path) -> None:
    other = tmp_path / "other"
    new_panel(other, experts=1)
    (stranger,) = forms(other)
    assert [fault.rpartition("E01.xlsx: ")[2] for fault in faults([stranger], asked)] == [
        "meta: found a form of panel other, expected one of panel example"
    ]
    one, *_ = forms(asked)
    fill(one, {"a": 5, "b": 4})
    read_questionnaires([one], asked)
    assert faults([one], asked, number=2) == [
        "questionnaires/round-1/E01.xlsx: meta: found a form of round 1, expected one of round 2"
    ]


def test_a_form_from_before_the_items_changed_is_refused(asked) -> None:
    one, *_ = forms(asked)
    fill(one, {"a": 5, "b": 4})
    changed = (asked / "panel.yaml").read_text(encoding="utf-8").replace("id: b,", "id: c,")
    (asked / "panel.yaml").write_text(changed, encoding="utf-8")
    assert faults([one], asked) == [
        "questionnaires/round-1/E01.xlsx:6: 评分.编号: found b, expected each of a, c once",
        "questionnaires/round-1/E01.xlsx: 评分.c: missing item, expected the form as it was sent",
    ]


def test_an_expert_of_the_second_round_who_was_not_in_the_first_is_refused(panel) -> None:
    folder = panel({"round-1.csv": "expert,a,b\nE01,5,4\n"})
    new_panel(folder)
    (one,) = forms(folder, 2)
    fill(one, {"a": 5}, expert="E08")
    assert faults([one], folder) == [
        "questionnaires/round-2/E01.xlsx:2: expert: found E08, expected an expert of round 1 (round-1.csv)"
    ]


def test_forms_join_those_that_are_there_and_a_changed_one_takes_the_place_of_the_first_only_when_asked_to(
    asked,
) -> None:
    one, two, three = forms(asked)
    fill(one, {"a": 5, "b": 4}, {"a": "留"}, about=ABOUT)
    fill(two, {"a": 3, "b": 4}, about=ABOUT)
    fill(three, {"a": 3, "b": 3}, about=ABOUT)
    first = read_questionnaires([one], asked)
    assert (first.forms, first.whole, first.missing) == (1, 1, ())  # nobody else is known to have been asked
    late = read_questionnaires([two, three], asked)
    assert (late.forms, late.whole) == (2, 3)
    text = "expert,a,b\nE01,5,4\nE02,3,4\nE03,3,3\n"
    assert (asked / "round-1.csv").read_text(encoding="utf-8") == text
    read_questionnaires([one], asked)  # the same form again changes nothing
    assert (asked / "round-1.csv").read_text(encoding="utf-8") == text
    fill(one, {"a": 1, "b": 4})
    assert faults([one], asked) == [
        f"questionnaires/round-1/E01.xlsx: expert: found E01, whose other answers {asked}/round-1.csv holds; "
        "expected a new expert, or --replace".replace(f"{asked}/", "")
    ]
    assert (asked / "round-1.csv").read_text(encoding="utf-8") == text
    assert read_questionnaires([one], asked, replace=True).whole == 3
    assert (asked / "round-1.csv").read_text(encoding="utf-8") == text.replace("E01,5,4", "E01,1,4")
    assert [remark.text for remark in read_panel(asked).rounds[0].remarks] == ["留"]


def test_a_closed_round_takes_no_form_and_a_long_one_keeps_its_rows(asked) -> None:
    one, two, _ = forms(asked)
    fill(two, {"a": 3, "b": 4}, about=ABOUT)
    long = "expert,item,mark,remark\nE05,a,5,好\nE05,b,4,\n"
    (asked / "round-1.csv").write_text(long, encoding="utf-8")
    assert read_questionnaires([two], asked, number=1).whole == 2
    assert (asked / "round-1.csv").read_text(encoding="utf-8") == f"{long}E02,a,3,\nE02,b,4,\n"
    with (asked / "panel.yaml").open("a", encoding="utf-8") as file:
        file.write("rounds: {1: {opened: 2026-03-01, closed: 2026-03-20}}\n")
    (asked / "experts.csv").unlink()
    fill(one, {"a": 5, "b": 4}, about=ABOUT)
    assert faults([one], asked) == [
        "panel.yaml: rounds.1.closed: found 2026-03-20, expected a round that is open, to take forms"
    ]


def test_questionnaires_of_a_later_round_need_the_answers_of_the_one_before(panel, run_cli) -> None:
    done = run_cli("panel", "new", panel({}), "--round", "2")
    assert done.exit_code == 2
    assert "found no answers of round 1, expected one of the rounds: none" in done.stderr


def test_many_marks_are_checked_by_number_instead_of_a_drop_down(panel) -> None:
    folder = panel({})
    text = (folder / "panel.yaml").read_text(encoding="utf-8").replace("max: 5}", "max: 100}")
    (folder / "panel.yaml").write_text(text, encoding="utf-8")
    new_panel(folder, experts=1)
    (choice,) = openpyxl.load_workbook(forms(folder)[0])["评分"].data_validations.dataValidation
    assert (choice.type, choice.operator, choice.formula1, choice.formula2) == ("whole", None, "1", "100")


@pytest.mark.long
def test_libreoffice_keeps_choices_and_protection_and_its_file_is_read(asked, tmp_path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed; it is needed to save a questionnaire as an expert would")
    one, *_ = forms(asked)
    fill(one, {"a": 5, "b": 4}, about=ABOUT)
    saved = tmp_path / "saved"
    subprocess.run(
        [soffice, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", saved, one],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    book = openpyxl.load_workbook(saved / "E01.xlsx")
    (choice,) = book["评分"].data_validations.dataValidation
    assert (choice.type, choice.formula1, str(choice.sqref)) == ("list", '"5,4,3,2,1"', "D5:D6")
    assert len(book["专家情况"].data_validations.dataValidation) == 5
    assert book["评分"].protection.sheet
    assert not book["评分"]["D5"].protection.locked
    assert book["评分"]["B5"].protection.locked
    read_questionnaires([saved / "E01.xlsx"], asked)
    assert (asked / "round-1.csv").read_text(encoding="utf-8") == "expert,a,b\nE01,5,4\n"
    assert (asked / "experts.csv").read_text(encoding="utf-8").splitlines()[1] == "E01,大,中,小,小,熟悉"


def test_a_workbook_states_a_fixed_time(asked) -> None:
    with zipfile.ZipFile(forms(asked)[0]) as packed:
        core = packed.read("docProps/core.xml").decode()
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert core.count("2000-01-01T00:00:00Z") == 2


def test_a_workbook_that_is_no_questionnaire_or_lost_its_headers_is_refused(asked) -> None:
    one, two, _ = forms(asked)
    for file, spoil in ((one, lambda book: book.remove(book["meta"])), (two, lambda book: book["评分"].delete_rows(4))):
        book = openpyxl.load_workbook(file)
        spoil(book)
        book.save(file)
    assert [fault.removeprefix("questionnaires/round-1/") for fault in faults([one, two], asked)] == [
        "E01.xlsx: found no sheet meta, expected a questionnaire of this panel",
        "E02.xlsx: 评分: found no row of headers with 编号, 评分 and 意见, expected the form as it was sent",
    ]


def test_experts_of_a_form_join_those_who_are_there_unless_the_two_contradict(asked) -> None:
    one, two, _ = forms(asked)
    fill(one, {"a": 5, "b": 4}, about=ABOUT)
    fill(two, {"a": 5, "b": 4}, about=ABOUT)
    header = "expert,practice,theory,peers,intuition,familiarity\n"
    experts = asked / "experts.csv"
    experts.write_text(f"{header}E09,大,大,大,大,熟悉\nE01,小,中,小,小,熟悉\n", encoding="utf-8")
    assert faults([one, two], asked) == [
        "experts.csv: E01: found ['小', '中', '小', '小', '熟悉'], expected ['大', '中', '小', '小', '熟悉'] "
        "as in the form, or --replace"
    ]
    experts.write_text("expert,Ca,Cs\nE09,1,1\n", encoding="utf-8")
    assert faults([one, two], asked) == [
        "experts.csv:1: found the columns expert, Ca, Cs, expected expert, practice, theory, peers, intuition, "
        "familiarity, to add those who filled a form"
    ]
    experts.write_text(f"{header}E09,大,大,大,大,熟悉\n", encoding="utf-8")
    read_questionnaires([one, two], asked)
    assert [line[:3] for line in experts.read_text(encoding="utf-8").splitlines()[1:]] == ["E09", "E01", "E02"]


def test_more_forms_than_were_sent_and_a_round_too_far_are_refused(asked) -> None:
    one, two, _ = forms(asked)
    for form in (one, two):
        fill(form, {"a": 5, "b": 4}, about=ABOUT)
    with (asked / "panel.yaml").open("a", encoding="utf-8") as file:
        file.write("rounds: {1: {sent: 1}}\n")
    assert faults([one, two], asked) == ["panel.yaml: rounds.1.sent: found 1, expected at least the 2 forms"]
    assert "PANEL: found 0 rounds, expected round 2 before round 3" in [
        fault.replace(str(asked), "PANEL") for fault in faults([one], asked, number=3)
    ]


def test_the_commented_declaration_of_reporting_is_one(root, tmp_path) -> None:
    """With the # taken away, every key of the new panel.yaml is understood, and none is left out."""
    text = (root / "params" / "panels" / "new" / "panel.yaml").read_text(encoding="utf-8")
    before, mark, after = text.partition("# reporting:\n")
    lines = [line.removeprefix("# ") for line in (mark + after).splitlines()]
    (tmp_path / "panel.yaml").write_text(before + "\n".join(lines) + "\n", encoding="utf-8")
    declared = read_panel(tmp_path).declared.reporting
    assert all(getattr(declared, name) for name in type(declared).model_fields)
