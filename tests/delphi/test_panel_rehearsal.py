"""A panel's whole procedure rehearsed: real workbooks, made-up experts, the same bytes, nothing half done."""

from __future__ import annotations

import shutil
import zipfile
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
import yaml
from click.testing import CliRunner

from auditlib.cli import main
from auditlib.core.errors import InputError
from auditlib.delphi.forms.questionnaire import new_panel
from auditlib.delphi.rounds import read_panel
from auditlib.proofs.check import check_scheme
from auditlib.rehearsal.asking import Asking, blank_panel
from auditlib.rehearsal.filling import Filling, OpenForm
from auditlib.rehearsal.made_up_experts import MadeUpExperts, Manner, Rehearsal, read_rehearsal
from auditlib.rehearsal.rehearse import rehearse
from auditlib.scheme.load import load_scheme

ASKED_OF_THREE = "rounds: {1: {sent: 3}}\nresampling: {draws: 100}\n"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def asked(panel: Path, folder: Path, rehearsal: Rehearsal) -> list[str]:
    """The rounds of a rehearsal without its reports, in ``folder``; returns what was told."""
    told: list[str] = []
    blank_panel(panel, folder, read_panel(panel).declared)
    asking = Asking(folder, read_panel(folder).declared, rehearsal, told.append)
    for number in range(1, rehearsal.rounds + 1):
        asking.round(number)
    return told


@pytest.fixture(scope="module")
def s19(root, tmp_path_factory) -> Path:
    """The rounds of the S19 panel."""
    folder = tmp_path_factory.mktemp("rehearsed") / "panel"
    panel = root / "params" / "panels" / "s19-synthetic"
    asked(panel, folder, read_rehearsal(panel, read_panel(panel).declared))
    return folder


@pytest.fixture(scope="module")
def out(root, tmp_path_factory) -> Path:
    """A rehearsal of the blank panel by the command; what it told lies beside it in ``told``."""
    folder = tmp_path_factory.mktemp("small")
    shutil.copytree(root / "params" / "panels" / "new", folder / "blank")
    arguments = ["panel", "rehearse", str(folder / "blank"), "--out", str(folder / "out"), "--experts", "4"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    (folder / "told").write_text(done.stderr, encoding="utf-8")
    return folder / "out"


class TestRounds:
    """The questionnaires out, filled, and back."""

    @pytest.mark.long
    def test_the_committed_answers_are_those_that_come_back_through_the_workbooks(self, s19, root) -> None:
        committed = root / "params" / "panels" / "s19-synthetic"
        for name in ("round-1.csv", "round-2.csv", "remarks-1.csv", "experts.csv"):
            assert (s19 / name).read_bytes() == (committed / name).read_bytes()

    @pytest.mark.long
    def test_every_mark_of_a_filled_workbook_stands_in_the_round(self, s19) -> None:
        rounds = read_panel(s19).rounds
        for one in rounds:
            files = sorted((s19 / "filled" / f"round-{one.number}").iterdir())
            assert len(files) == 26
            for file in files:
                sheet = openpyxl.load_workbook(file)["评分"]
                column = next(cell.column for cell in sheet[4] if cell.value == "评分")
                written = {row[0].value: row[column - 1].value for row in sheet.iter_rows(min_row=5, max_row=18)}
                assert written == {item: one.marks[file.stem, item] for item in one.items}

    @pytest.mark.long
    def test_in_the_second_round_an_expert_moves_only_towards_the_median_and_by_one_mark(self, s19) -> None:
        first, second = (one.marks for one in read_panel(s19).rounds)
        moved = 0
        for item in read_panel(s19).last.items:
            marks = sorted(mark for (_, name), mark in first.items() if name == item)
            middle = marks[12]  # the lower of the two middle ones of 26
            for expert in read_panel(s19).last.experts:
                before, after = first[expert, item], second[expert, item]
                assert after in (before, before + (before < middle) - (before > middle))
                moved += before != after
        assert moved > 0

    @pytest.mark.long
    def test_a_filled_workbook_says_that_it_is_made_up_and_keeps_its_drop_downs(self, s19) -> None:
        book = openpyxl.load_workbook(s19 / "filled" / "round-2" / "E01.xlsx")
        said = [row[0].value for row in book["填写说明"].iter_rows() if row[0].value]
        assert said[-1].startswith("合成答卷：由程序按种子 2485 填写，不是真实专家的意见。")
        (rule,) = book["评分"].data_validations.dataValidation
        assert (rule.type, rule.formula1) == ("list", '"5,4,3,2,1"')
        assert book["meta"].sheet_state == "hidden"
        assert book["评分"].protection.sheet

    @pytest.mark.long
    def test_a_filled_workbook_states_no_time_of_this_machine(self, s19) -> None:
        with zipfile.ZipFile(s19 / "filled" / "round-1" / "E01.xlsx") as book:
            assert {entry.date_time for entry in book.infolist()} == {(2000, 1, 1, 0, 0, 0)}
            assert b">2000-01-01T00:00:00Z</dcterms:modified>" in book.read("docProps/core.xml")

    def test_what_the_form_shows_is_what_the_expert_goes_by(self, panel) -> None:
        folder = panel({"round-1.csv": "expert,a,b\nE01,1,5\nE02,4,5\nE03,5,2\n"})
        form = OpenForm(new_panel(folder)[0].read_bytes())
        assert (form.expert, form.items) == ("E01", ("a", "b"))
        assert form.own_marks(1) == {"a": 1, "b": 5}
        assert form.medians() == {"a": 4, "b": 5}
        assert OpenForm(form.filled(Filling({"a": Fraction(2)}), "made up")).own_marks(1) == {"a": 1, "b": 5}


class TestMadeUpExperts:
    """How the made-up experts answer."""

    def test_nobody_strays_from_a_whole_mean_where_none_is_told_to(self, panel) -> None:
        declared = read_panel(panel({})).declared
        rehearsal = Rehearsal(answers=Manner(means={"a": Fraction(4), "b": Fraction(2)}, astray=0))
        marks = MadeUpExperts(declared, rehearsal).first_marks(["E01", "E02"], ["a", "b"])
        assert marks == {expert: {"a": 4, "b": 2} for expert in ("E01", "E02")}

    def test_all_go_to_the_median_step_by_step_where_all_reconsider(self, panel) -> None:
        experts = MadeUpExperts(read_panel(panel({})).declared, Rehearsal(answers=Manner(reconsidered=100)))
        own = {"E01": {"a": Fraction(1)}, "E02": {"a": Fraction(3)}, "E03": {"a": Fraction(5)}}
        assert experts.reconsidered(own, {"a": Fraction(3)}) == {"E01": {"a": 2}, "E02": {"a": 3}, "E03": {"a": 4}}

    @pytest.mark.long
    def test_items_that_a_later_round_takes_up_are_marked_for_the_first_time(self, panel, tmp_path) -> None:
        late = "  - {id: c, title: {zh: 丙, en: C}, from_round: 2}\n"
        folder = panel({}, late + ASKED_OF_THREE)
        told = asked(folder, tmp_path / "rehearsed", Rehearsal())
        assert told[-1] == "round 2: 3 forms read into round-2.csv"
        first, second = read_panel(tmp_path / "rehearsed").rounds
        assert (first.items, second.items) == (("a", "b"), ("a", "b", "c"))
        assert len(second.marks) == 9

    @pytest.mark.long
    def test_another_seed_makes_other_answers_and_the_same_seed_the_same(self, panel, tmp_path) -> None:
        folder = panel({}, ASKED_OF_THREE)
        for name, seed in (("one", 1), ("again", 1), ("other", 2)):
            asked(folder, tmp_path / name, Rehearsal(seed=seed))
        assert contents(tmp_path / "one") == contents(tmp_path / "again")
        assert (tmp_path / "one" / "round-1.csv").read_bytes() != (tmp_path / "other" / "round-1.csv").read_bytes()


class TestCommand:
    """The command, from a blank panel to its index."""

    @pytest.mark.long
    def test_each_step_is_told(self, out) -> None:
        told = (out.parent / "told").read_text(encoding="utf-8").splitlines()
        assert [line[:3] for line in told] == [f"{number:2} " for number in range(1, 14)]
        assert [line[3:] for line in told[:4]] == [
            "blank panel new written, labelled synthetic",
            "round 1: 4 questionnaires written",
            "round 1: 4 questionnaires filled by made-up experts",
            "round 1: 4 forms read into experts.csv, round-1.csv",
        ]
        assert sorted(line[3:] for line in told[10:12]) == [
            "report round-1.html rendered", "report round-2.html rendered",
        ]  # fmt: skip

    @pytest.mark.long
    def test_a_panel_that_is_no_synthetic_one_is_labelled_in_the_copy_alone(self, out) -> None:
        assert read_panel(out / "panel").declared.synthetic
        assert not read_panel(out.parent / "blank").declared.synthetic
        assert sorted(file.name for file in (out.parent / "blank").iterdir()) == ["panel.yaml"]

    @pytest.mark.long
    def test_the_index_names_every_file_but_notebooks_and_leads_nowhere_else(self, out) -> None:
        page = (out / "index.html").read_text(encoding="utf-8")
        linked = {part.split('"')[0] for part in page.split('<a href="')[1:]}
        made = {str(file.relative_to(out)) for file in out.rglob("*") if file.is_file()}
        folders = {name for name in linked if name.endswith("/")}
        rest = {name for name in made if not name.endswith(".ipynb") and not any(name.startswith(f) for f in folders)}
        assert linked - folders == rest - {"index.html"}
        assert "http" not in page.replace("http-equiv", "")

    @pytest.mark.long
    def test_reports_are_rendered_and_say_that_all_is_made_up(self, out) -> None:
        for number in (1, 2):
            page = (out / f"round-{number}.html").read_text(encoding="utf-8")
            assert "合成数据：评分是编造的，不是真实调查" in page
            assert str(out.parent) not in page

    @pytest.mark.long
    def test_an_earlier_rehearsal_is_replaced_only_when_told_to(self, out, run_cli) -> None:
        done = run_cli("panel", "rehearse", out.parent / "blank", "--out", out, "--experts", 4)
        assert done.exit_code == 2
        assert "out: found something there, expected a new folder, or --replace" in done.stderr


class TestRefusals:
    """What does not fit is refused, and nothing is left behind."""

    def refused(self, run_cli, folder: Path, out: Path, *options: object) -> str:
        done = run_cli("panel", "rehearse", folder, "--out", out, *options)
        assert done.exit_code == 2
        assert sorted(file.name for file in out.parent.iterdir()) == ["panel"]
        return done.stderr.replace(f"{out.parent}/", "").splitlines()[-1]

    def test_a_panel_that_does_not_say_how_many_are_asked(self, panel, tmp_path, run_cli) -> None:
        message = self.refused(run_cli, panel({}), tmp_path / "out")
        expected = "found no number of experts, expected `rounds: {1: {sent: N}}`, or --experts N"
        assert message.endswith(f"panel.yaml: rounds.1.sent: {expected}")

    def test_a_scheme_without_its_first_day(self, panel, tmp_path, run_cli) -> None:
        folder = panel({}, ASKED_OF_THREE)
        message = self.refused(run_cli, folder, tmp_path / "out", "--scheme", "s22-heating")
        assert message == "auditlib: rehearsal: revises: found --scheme, expected --effective too"

    @pytest.mark.long
    def test_a_scheme_with_other_indicators(self, panel, tmp_path, run_cli) -> None:
        options = ("--scheme", "s22-heating", "--effective", "2026-11-01")
        message = self.refused(run_cli, panel({}, ASKED_OF_THREE), tmp_path / "out", *options)
        assert message == "auditlib: panel/panel.yaml: b: found an item, expected the id of an indicator of s22-heating"

    def test_a_ledger_that_is_not_there(self, panel, tmp_path, run_cli) -> None:
        options = ("--scheme", "s22-heating", "--effective", "2026-11-01", "--ledger", "no/ledger")
        message = self.refused(run_cli, panel({}, ASKED_OF_THREE), tmp_path / "out", *options)
        assert message.startswith("auditlib: no/ledger: no such ledger; expected --ledger DIR")

    def test_means_of_unknown_items_and_off_the_scale_all_at_once(self, panel) -> None:
        folder = panel({"rehearsal.yaml": 'answers: {means: {a: "5.5", x: 3}}\n'})
        with pytest.raises(InputError) as caught:
            read_rehearsal(folder, read_panel(folder).declared)
        assert [str(one).partition("panel/")[2] for one in caught.value.problems] == [
            "rehearsal.yaml: answers.means.x: found x, expected items: a, b",
            "rehearsal.yaml: answers.means.a: found 5.5, expected a mean from 1 to 5",
        ]

    def test_a_folder_that_is_no_rehearsal_is_never_replaced(self, panel, tmp_path, run_cli) -> None:
        folder, mine = panel({}, ASKED_OF_THREE), tmp_path / "mine"
        mine.mkdir()
        (mine / "index.html").write_text("mine")
        done = run_cli("panel", "rehearse", folder, "--out", mine, "--replace")
        assert done.exit_code == 2
        assert "found something there, expected an earlier rehearsal to replace" in done.stderr
        assert (mine / "index.html").read_text() == "mine"


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "scheme", "places"),
    [("s19-synthetic", "s19-handling-posts", ("one", "deeper/two")), ("s22-weights", "s22-heating", ("one",))],
)
class TestWhole:
    """From the blank panel to the revised scheme; twice for the panel that has files of every kind."""

    def test_rehearsals_give_the_same_bytes_and_a_sound_version(self, root, tmp_path, name, scheme, places) -> None:
        panel = root / "params" / "panels" / name
        rehearsal = read_rehearsal(panel, read_panel(panel).declared)
        for place in places:
            rehearse(panel, tmp_path / place, rehearsal)
        made = contents(tmp_path / "one")
        assert all(contents(tmp_path / place) == made for place in places[1:])
        assert {"weight-revision.html", "weight-revision.ipynb", "round-2.html", f"{scheme}@2.yaml"} <= made.keys()
        new = tmp_path / "one" / f"{scheme}@2.yaml"
        assert check_scheme(new).clean
        cited = yaml.safe_load(new.read_text(encoding="utf-8"))["revision"]["panel"]
        assert (cited["panel"], cited["synthetic"], cited["round"]) == (name, True, 2)
        old = load_scheme(root / "params" / "schemes" / f"{scheme}.yaml").natural
        sums = [sum(one.max for one in version.indicators) for version in (old, load_scheme(new).natural)]
        assert sums[0] == sums[1]
        page = made["weight-revision.html"].decode()
        assert "文件夹内容与新版所引散列一致" in page
        assert str(tmp_path) not in page
