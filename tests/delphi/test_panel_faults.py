"""Every fault of a panel folder is reported, all at once, with file, row, column, what was found and expected."""

from __future__ import annotations

import pytest
import xlsxwriter

from auditlib.core.errors import InputError
from auditlib.delphi.rounds import read_panel

SOUND = "expert,a,b\nE01,5,4\nE02,4,4\n"
EMPTY = "expected at least one mark; leave an expert out whose form did not come back"
BASES = "practice, theory, peers, intuition"
COLUMNS = f"expert, {BASES}, Ca, familiarity, Cs"
PSEUDONYM = "a letter, or letters and up to four digits, such as E01; no names, phones or addresses"


def faults(folder):
    """Every message, without the folder's own path."""
    with pytest.raises(InputError) as caught:
        read_panel(folder)
    return [str(problem).replace(f"{folder}/", "").replace(str(folder), "PANEL") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("expert,a,b\nE01,6,4\n", ["round-1.csv:2: a: found '6', expected a whole number from 1 to 5"]),
        ("expert,a,b\nE01,5,0\n", ["round-1.csv:2: b: found '0', expected a whole number from 1 to 5"]),
        ("expert,a,b\nE01,4.5,4\n", ["round-1.csv:2: a: found '4.5', expected a whole number from 1 to 5"]),
        ("expert,a,b\nE01,很重要,4\n", ["round-1.csv:2: a: found '很重要', expected a whole number from 1 to 5"]),
        ("expert,a,b\nE01,５,4\n", ["round-1.csv:2: a: found '５', expected a whole number from 1 to 5"]),
        ("expert,a,b\nE01,nan,4\n", ["round-1.csv:2: a: found 'nan', expected a whole number from 1 to 5"]),
        ("expert,a,b\nE01,1e0,4\n", ["round-1.csv:2: a: found '1e0', expected a whole number from 1 to 5"]),
        ("expert,a,b,c\nE01,5,4,3\n", ["round-1.csv:1: c: unknown item, expected one of a, b"]),
        (
            "expert,a,c\nE01,9,4\n",
            [
                "round-1.csv:1: c: unknown item, expected one of a, b",
                "round-1.csv:1: b: missing column, expected one for every item that the round asks",
                "round-1.csv:2: a: found '9', expected a whole number from 1 to 5",
            ],
        ),
        ("expert,a\nE01,5\n", ["round-1.csv:1: b: missing column, expected one for every item that the round asks"]),
        (
            "a,expert,b\n5,E01,4\n",
            ["round-1.csv:1: a: found this as the first column, expected expert: a row is an expert"],
        ),
        (
            "expert,a,b\nE01,5,4\nE02,4,4\nE01,3,3\n",
            ["round-1.csv:4: expert: found E01 again, expected each expert once; row 2 has the form"],
        ),
        (
            "expert,a,b\nE01,5,4\nE02,,\n",
            [f"round-1.csv:3: expert: found an empty form of E02, {EMPTY}"],
        ),
        ("expert,a,b\n", ["round-1.csv: found no answers, expected at least one expert"]),
        ("", ["round-1.csv: the file is empty; expected at least a row of column names"]),
        ("expert,a,b\nE01,5,4,3\n", ["round-1.csv:2: found 4 fields, expected 3 fields, as in the header"]),
        ("expert,a,a\nE01,5,4\n", ["round-1.csv:1: a: found the column twice, expected each column once"]),
        ("expert,a,b\n,5,4\n", [f"round-1.csv:2: expert: found nothing, expected the expert's pseudonym: {PSEUDONYM}"]),
        ("expert,item,mark\nE01,c,5\n", ["round-1.csv:2: item: found c, expected one of a, b"]),
        (
            "expert,item,mark\nE01,a,5\nE01,a,4\n",
            ["round-1.csv:3: item: found E01 on a again, expected one mark an item; row 2 has it"],
        ),
        (
            "expert,item,mark\nE01,a,5\nE02,a,\n",
            [f"round-1.csv:3: expert: found an empty form of E02, {EMPTY}"],
        ),
        (
            "expert,item,mark,note\nE01,a,5,x\n",
            ["round-1.csv:1: note: unknown column, expected expert, item, mark, remark"],
        ),
    ],
)
def test_a_faulty_form_is_reported_with_its_row_and_column(panel, text, messages) -> None:
    assert faults(panel({"round-1.csv": text})) == messages


@pytest.mark.parametrize("name", ["张三", "13800001111", "li@example.org", "Zhang San", "zhangsan", "E12345", "王1"])
def test_names_phones_and_addresses_are_refused_as_experts(panel, name) -> None:
    folder = panel({"round-1.csv": f"expert,a,b\n{name},5,4\n"})
    assert faults(folder) == [f"round-1.csv:2: expert: found what is none, expected a pseudonym: {PSEUDONYM}"]


@pytest.mark.parametrize("name", ["E01", "e1", "A", "expert12", "P-007", "专家3", "17"])
def test_pseudonyms_of_the_usual_kinds_are_taken(panel, name) -> None:
    assert read_panel(panel({"round-1.csv": f"expert,a,b\n{name},5,4\n"})).rounds[0].experts == (name,)


def test_all_faults_of_all_files_are_reported_at_once(panel) -> None:
    folder = panel(
        {
            "round-1.csv": "expert,a,b\nE01,7,x\nE02,4,4\nE02,4,4\n",
            "round-2.csv": "expert,a,b\nE09,5,\nE01,5,9\n",
            "experts.csv": "expert,familiarity\nE01,sehr\nE02,0.8\n",
        }
    )
    levels = (
        "very (很熟悉), familiar (熟悉), fairly (一般熟悉), little (不太熟悉), not (不熟悉), or a number from 0 to 1"
    )
    assert faults(folder) == [
        f"experts.csv:2: familiarity: found 'sehr', expected one of {levels}",
        "round-1.csv:2: a: found '7', expected a whole number from 1 to 5",
        "round-1.csv:2: b: found 'x', expected a whole number from 1 to 5",
        "round-1.csv:4: expert: found E02 again, expected each expert once; row 3 has the form",
        "round-2.csv:3: b: found '9', expected a whole number from 1 to 5",
        "round-2.csv:2: expert: found E09, expected an expert of round 1 (round-1.csv)",
    ]


def test_an_expert_whom_experts_csv_does_not_know_is_reported(panel) -> None:
    folder = panel({"round-1.csv": SOUND, "experts.csv": "expert,Ca,Cs\nE01,0.9,0.8\n"})
    assert faults(folder) == ["round-1.csv:3: expert: found E02, expected an expert of experts.csv"]


def test_more_forms_than_were_sent_are_reported(panel) -> None:
    folder = panel({"round-1.csv": SOUND}, "rounds: {1: {sent: 1}}\n")
    assert faults(folder) == ["panel.yaml: rounds.1.sent: found 1, expected at least the 2 that round-1.csv holds"]


def test_rounds_are_numbered_without_a_hole_and_each_has_one_file(panel) -> None:
    folder = panel({"round-2.csv": SOUND, "round-3.csv": SOUND, "round-x.csv": SOUND})
    with xlsxwriter.Workbook(str(folder / "round-3.xlsx")) as book:
        book.add_worksheet().write_row(0, 0, ["expert", "a", "b"])
    assert faults(folder) == [
        "round-3.xlsx: found round-3.csv beside it, expected one file a round",
        "round-x.csv: found this name, expected round-1.csv, round-2.csv … or .xlsx",
        "PANEL: found no round-1, expected every round from the first",
    ]


def test_remarks_belong_to_experts_and_items_of_their_round(panel) -> None:
    folder = panel({"round-1.csv": SOUND, "remarks-1.csv": "expert,item,remark\nE09,a,x\nE01,z,y\nE01,,全部\n"})
    assert faults(folder) == [
        "remarks-1.csv:2: expert: found E09, expected an expert of the round",
        "remarks-1.csv:3: item: found z, expected one of a, b, or nothing",
    ]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "expert,practice\nE01,大\n",
            [
                f"experts.csv:1: {basis}: missing column; expected one column for each of {BASES}"
                for basis in ("theory", "peers", "intuition")
            ],
        ),
        (
            "expert,Ca,判断依据\nE01,1,1\n",
            ["experts.csv:1: 判断依据: found Ca beside it, expected the one or the other"],
        ),
        ("expert,Ca\nE01,1.2\n", ["experts.csv:2: Ca: found '1.2', expected a number from 0 to 1"]),
        (
            "expert,Cs\nE01,1\nE01,1\n",
            ["experts.csv:3: expert: found E01 again, expected each expert once; row 2 has it"],
        ),
        (
            "expert,phone\nE01,1\n",
            [f"experts.csv:1: phone: unknown column, expected some of {COLUMNS}"],
        ),
        (
            "expert,practice,theory,peers,intuition\nE01,huge,大,中,小\n",
            ["experts.csv:2: practice: found 'huge', expected one of large (大), medium (中), small (小)"],
        ),
        (
            "name,Ca\nE01,1\n",
            [
                "experts.csv:1: expert: missing column; found name, Ca",
                f"experts.csv:1: name: unknown column, expected some of {COLUMNS}",
            ],
        ),
    ],
)
def test_a_faulty_experts_csv_is_reported(panel, text, messages) -> None:
    assert faults(panel({"round-1.csv": "expert,a,b\nE01,5,4\n", "experts.csv": text})) == messages


def test_means_weighted_by_authority_need_the_authority_of_everyone_who_answered(panel) -> None:
    folder = panel(
        {"round-1.csv": SOUND, "experts.csv": "expert,Ca,Cs\nE01,1,1\nE02,,1\n"}, "mean: authority_weighted\n"
    )
    expected = "expected them in experts.csv because of mean: authority_weighted"
    assert faults(folder) == [f"round-1.csv:3: expert: found no Ca and Cs of E02, {expected}"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("scala: 3\n", "panel.yaml:7:1: scala: unknown key `scala`; did you mean `scale`?"),
        (
            "digits: two\n",
            "panel.yaml:7:1: digits: found 'two', expected a whole number",
        ),
        (
            "rounds: {1: {sent: 0}}\n",
            "panel.yaml:7:14: rounds.1.sent: found the number 0, expected a whole number or null of at least 1",
        ),
        (
            "thresholds: {consensus: {cv_below: 0.25}}\n",
            "panel.yaml:7:36: thresholds.consensus.cv_below: found the bare number 0.25, "
            'expected it quoted ("0.25"), because binary floats are not exact',
        ),
        (
            'thresholds: {consensus: {agreement_at_least: "0.75"}}\n',
            "panel.yaml:7:14: thresholds.consensus: found one of "
            "agreement_at_least and agreeing_from, expected both or none",
        ),
        (
            "thresholds: {screening: {criteria: {cv: {statistic: cv, at_most: 1}}}}\n",
            "panel.yaml:7:14: thresholds.screening: found the name cv, expected another: a boundary value is called so",
        ),
        (
            "thresholds: {screening: {criteria: {low: {statistic: mean}}}}\n",
            "panel.yaml:7:37: thresholds.screening.criteria.low: "
            "found both or none of at_least and at_most, expected one of them",
        ),
        (
            "authority: {bases: {x: {title: {zh: 甲, en: x}, large: 1, medium: 1, small: 1}, "
            "y: {title: {zh: 乙, en: y}, "
            'large: "0.1", medium: 0, small: 0}}, familiarity: {z: {title: {zh: 丙, en: z}, value: 1}}}\n',
            "panel.yaml:7:1: authority: found bases that add up to 1.1, expected a Ca of 1 at most",
        ),
    ],
)
def test_a_faulty_option_of_panel_yaml_is_reported_with_its_line(panel, more, message) -> None:
    assert faults(panel({"round-1.csv": SOUND}, more)) == [message]


HEAD = "panel: p\ntitle: {zh: 试, en: Trial}\n"
ITEM = "{id: a, title: {zh: 甲, en: A}}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scale: {min: 5, max: 1}\n", "scale: found a whole number from 5 to 1, expected min below max"),
        ("scale: {min: 1, max: 5, step: 3}\n", "scale: found step 3, expected one that leads from min to max"),
        ("scale: {min: -2, max: 2}\n", "scale: found min -2, expected 0 or more: weights are shares of mean marks"),
        (
            "scale: {min: 1, max: 5, labels: {6: {zh: 六, en: six}}}\n",
            "scale: found labels for 6, expected them for a whole number from 1 to 5",
        ),
        ("scale: {min: 1, max: 5}\nitems: []\n", "items: found none, expected at least one"),
        (
            f"scale: {{min: 1, max: 5}}\nitems: [{ITEM}, {ITEM}]\n",
            "found the item a twice, expected each id once in the tree",
        ),
        (
            "scale: {min: 1, max: 5}\nitems: [{id: expert, title: {zh: 甲, en: A}}]\n",
            "items[0].id: found 'expert', expected another name: a column or a group is called so",
        ),
        (
            "scale: {min: 1, max: 5}\nitems: [{id: 甲, title: {zh: 甲, en: A}}]\n",
            "items[0].id: found '甲', expected a name of letters, digits, _ or - that begins with a letter",
        ),
        (
            'scale: {min: 1, max: 5}\nitems: [{id: a, title: {zh: 甲, en: A}, weight: "0.4"}, '
            "{id: b, title: {zh: 乙, en: B}}]\n",
            "the items of the first level: found 1 of 2 with a weight, 0.4 together; "
            "expected none with a weight, or all, and 1 together",
        ),
        (
            "scale: {min: 1, max: 5}\nitems: [{id: a, title: {zh: 甲, en: A}, from_round: 2, until_round: 1}]\n",
            "items[0]: found from_round 2, until_round 1, expected the last round not before the first",
        ),
    ],
)
def test_a_faulty_scale_or_tree_is_reported(panel, text, message) -> None:
    whole = HEAD + text + ("" if "items" in text else f"items: [{ITEM}]\n")
    found = faults(panel({"round-1.csv": "expert,a\nE01,3\n"}, base=whole))
    assert [line.partition(": ")[2] for line in found] == [message]


def test_a_folder_that_is_no_panel_is_named(tmp_path) -> None:
    assert faults(tmp_path / "nowhere") == ["PANEL: no such panel; expected a folder with a panel.yaml"]
    assert faults(tmp_path) == ["panel.yaml: no such file"]
