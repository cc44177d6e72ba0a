"""Working papers from a snapshot to their seal, and everything that is refused on the way with nothing half-written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

Run = Callable[..., Result]
BATCH, LATER = range(12), range(40, 52)
"""Cases of 甲 closed in one minute, and of 乙 in another: two facts of the test of batches."""
PEOPLE = ("--auditor", "lin", "--auditor", "chen")
EXCEPTIONS, SAMPLES, FINDINGS = "Exceptions", "Samples", "Audit findings"
FROM = "Effect from (restate or hash, unit)"
ANSWERED = {
    "Evidence": "档案12号", "Answer of the unit": "系统批量导入", "Answered by (office)": "客服部", "Day": "2026-02-10",
    "Conclusion": "explained",
}  # fmt: skip


def write_ledger(folder: Path, as_of: str = "2026-02-01", **changes: str) -> Path:
    """Sixty cases of two units; ``changes`` puts another closing time into a case."""
    folder.mkdir()
    (folder / "units.csv").write_text("unit\n甲\n乙\n", encoding="utf-8")
    (folder / "ledger.yaml").write_text(f"as_of: {as_of}T00:00:00\n", encoding="utf-8")
    rows = ["case_id,unit,received_at,closed_at"]
    for n in range(60):
        id_, unit = f"N{n + 1:03d}", "甲" if n < 36 else "乙"
        closed = f"2026-01-{10 + n % 15:02d}T{8 + n % 9:02d}:{(n * 7) % 60:02d}:{(n * 11) % 60:02d}"
        if n in BATCH or n in LATER:
            closed = f"2026-01-{20 if n in BATCH else 21}T16:07:{n % 60:02d}"
        received = f"2026-01-{1 + n // 8:02d}T{8 + n % 8:02d}:{(n * 13) % 60:02d}:{(n * 17) % 60:02d}"
        rows.append(f"{id_},{unit},{received},{changes.get(id_, closed)}")
    (folder / "cases.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    return folder


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return write_ledger(tmp_path / "ledger")


@pytest.fixture
def papers(run_cli: Run, ledger: Path, tmp_path: Path) -> Path:
    done = run_cli("papers", "new", tmp_path / "papers", "--ledger", ledger, *PEOPLE)
    assert done.exit_code == 0, done.output
    return tmp_path / "papers"


def batches(folder: Path) -> list[str]:
    """The ids of the two batches, that of 乙 first, as the names of units are sorted."""
    found = json.loads((folder / "exceptions.json").read_text(encoding="utf-8"))
    return [one["id"] for one in found if one["test"] == "batches"]


def export(run: Run, papers: Path, name: str = "out.xlsx") -> Path:
    done = run("papers", "export", papers, "--out", papers.with_name(name), "--language", "en")
    assert done.exit_code == 0, done.output
    return papers.with_name(name)


def fill(file: Path, sheet: str, answers: dict[str, dict[str, str]]) -> None:
    """Writes answers by the id in the first cell of a row and the heading of a column."""
    book = openpyxl.load_workbook(file)
    page = book[sheet]
    headings = {cell.value: cell.column for cell in page[4]}
    for row in range(5, page.max_row + 1):
        id_ = page.cell(row, 1).value if sheet != SAMPLES else page.cell(row, 3).value
        for heading, text in {**answers.get(str(id_), {}), **answers.get("*", {})}.items():
            page.cell(row, headings[heading]).value = text
    book.save(file)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*")) if file.is_file() and not file.name.endswith(".lock")
    }  # fmt: skip


def refused(run: Run, papers: Path, said: str, *command: object) -> None:
    """The command ends with 2 and a message, and leaves every file as it was."""
    before = contents(papers) if papers.exists() else {}
    done = run(*command)
    assert done.exit_code == 2, done.output
    assert said in done.stderr
    assert (contents(papers) if papers.exists() else {}) == before


def read(run: Run, papers: Path, file: Path, by: str = "lin") -> None:
    done = run("papers", "read", papers, file, "--by", by)
    assert done.exit_code == 0, done.output


def answer_all(run: Run, papers: Path, by: str = "lin") -> None:
    file = export(run, papers, "all.xlsx")
    fill(file, EXCEPTIONS, {"*": ANSWERED})
    read(run, papers, file, by)


def test_an_exception_has_its_id_from_what_it_is_and_the_same_ledger_gives_the_same_bytes(
    run_cli: Run, papers: Path, ledger: Path, tmp_path: Path
) -> None:
    found = json.loads((papers / "exceptions.json").read_text(encoding="utf-8"))
    own = next(one for one in found if one["test"] == "batches" and one["unit"] == "甲")
    cases = [f"N{n + 1:03d}" for n in BATCH]
    assert own["cases"] == cases
    assert own["id"] == sha256("\x1e".join(("batches", "closed_at", "甲", *cases)).encode()).hexdigest()[:12]
    assert all(one["state"] in ("strong", "signal", "fact") for one in found)
    again = run_cli("papers", "new", tmp_path / "again", "--ledger", ledger, *PEOPLE)
    assert again.exit_code == 0
    assert contents(tmp_path / "again") == contents(papers)
    assert export(run_cli, papers, "a.xlsx").read_bytes() == export(run_cli, papers, "b.xlsx").read_bytes()


def test_answers_go_out_and_come_back_are_reviewed_by_another_and_signed(
    run_cli: Run, papers: Path, ledger: Path, tmp_path: Path
) -> None:
    answer_all(run_cli, papers)
    told = json.loads(export_json(run_cli, papers))
    assert {one["conclusion"] for one in told["exceptions"]} == {"explained"}
    assert {one["wants"] for one in told["open"]} == {"not reviewed"}
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    sign = ("papers", "sign", papers, "--key", key, "--as", "chen")
    refused(run_cli, papers, "found not reviewed, expected concluded and reviewed", *sign)
    refused(run_cli, papers, "found lin among those who prepared it", "papers", "review", papers, "all", "--by", "lin")
    assert run_cli("papers", "review", papers, "all", "--by", "chen").exit_code == 0
    assert run_cli("papers", "status", papers, "--fail-on-open").exit_code == 0
    assert run_cli(*sign).exit_code == 0
    allowed = tmp_path / "allowed"
    allowed.write_text(f"chen {key.with_suffix('.pub').read_text(encoding='utf-8')}", encoding="utf-8")
    verify = ("papers", "verify", papers, "--ledger", ledger, "--allowed-signers", allowed)
    done = run_cli(*verify)
    assert (done.exit_code, "0 differences, signed by chen" in done.stderr) == (0, True), done.output
    file = export(run_cli, papers)
    fill(file, EXCEPTIONS, {batches(papers)[0]: {"Note": "又查"}})
    read(run_cli, papers, file)
    done = run_cli(*verify)
    assert (done.exit_code, "changed after they were signed" in done.stdout) == (1, True)
    assert "changed after its review" in run_cli("papers", "status", papers, "--language", "en").stdout


def export_json(run: Run, papers: Path) -> str:
    done = run("papers", "export", papers, "--out", papers.with_name("out.json"))
    assert done.exit_code == 0, done.output
    return papers.with_name("out.json").read_text(encoding="utf-8")


def test_a_row_is_as_high_as_its_longest_text_takes(run_cli: Run, papers: Path) -> None:
    """Twelve numbers of four signs and what stands before them, in a column of 26: three lines, the words one more."""
    page = openpyxl.load_workbook(export(run_cli, papers))[EXCEPTIONS]
    for row in range(5, page.max_row + 1):
        longest = max(len(str(page.cell(row, column).value or "")) // width for column, width in ((5, 48), (7, 26)))
        assert page.row_dimensions[row].height >= 14 * (longest or 1)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"Conclusion": "explained"}, "found none beside the conclusion explained"),
        ({**ANSWERED, "Day": "昨天"}, "found 昨天, expected a day"),
        ({**ANSWERED, "Conclusion": "也许"}, "found 也许, expected one of explained"),
        ({**ANSWERED, "Effect in points": "很多"}, "found 很多, expected nothing: the cell is locked"),
        ({**ANSWERED, FROM: "很多"}, "found 很多, expected restate, restate/CLASS or the hash of compared results"),
        ({**ANSWERED, FROM: "restate"}, "found no points of a restatement in these papers"),
        ({**ANSWERED, FROM: "0123456789ab 甲"}, "expected the hash of results"),
        ({**ANSWERED, "Answered by (office)": ""}, "found nothing beside an answer"),
        ({**ANSWERED, "Note": "电话 13812345678"}, "found personal data (mobile)"),
        ({**ANSWERED, "Evidence": "0123456789ab"}, "expected the hash of a file"),
    ],
)
def test_an_answer_that_is_none_is_refused_by_its_cell(
    run_cli: Run, papers: Path, answer: dict[str, str], said: str
) -> None:
    file = export(run_cli, papers)
    fill(file, EXCEPTIONS, {batches(papers)[0]: answer})
    refused(run_cli, papers, said, "papers", "read", papers, file, "--by", "lin")
    assert "Exceptions!" in run_cli("papers", "read", papers, file, "--by", "lin").stderr


def test_a_changed_locked_cell_a_new_row_and_a_stranger_are_refused(run_cli: Run, papers: Path) -> None:
    file = export(run_cli, papers)
    kept = file.read_bytes()
    command = ("papers", "read", papers, file, "--by", "lin")
    for cell, text, said in (
        ("D5", "丙", "Exceptions!D5: found 丙, expected"),
        ("A5", "000000000000", "Exceptions!A5: found 000000000000, expected"),
        ("E4", "说", "Exceptions!E4: found 说, expected Says: the cell is locked"),
        ("P5", "chen", "Exceptions!P5: found chen, expected nothing: the cell is locked"),
    ):
        file.write_bytes(kept)
        book = openpyxl.load_workbook(file)
        book[EXCEPTIONS][cell] = text
        book.save(file)
        refused(run_cli, papers, said, *command)
    file.write_bytes(kept)
    book = openpyxl.load_workbook(file)
    place = book[EXCEPTIONS].max_row + 1
    book[EXCEPTIONS][f"A{place}"] = "abcdef012345"
    book.save(file)
    refused(run_cli, papers, "expected no row below the last", *command)
    file.write_bytes(kept)
    refused(run_cli, papers, "found wang, expected one of lin, chen", *command[:-1], "wang")
    assert "nothing new" in run_cli(*command).stdout


def test_papers_of_another_snapshot_or_engagement_are_refused(run_cli: Run, papers: Path, tmp_path: Path) -> None:
    other = write_ledger(tmp_path / "other", N005="2026-01-20T16:08:00")
    assert run_cli("papers", "new", tmp_path / "foreign", "--ledger", other, *PEOPLE).exit_code == 0
    file = export(run_cli, tmp_path / "foreign")
    refused(run_cli, papers, "snapshot: found papers of the snapshot", "papers", "read", papers, file, "--by", "lin")
    more = (*PEOPLE, "--auditor", "wu")
    assert run_cli("papers", "new", tmp_path / "third", "--ledger", tmp_path / "ledger", *more).exit_code == 0
    file = export(run_cli, tmp_path / "third")
    refused(run_cli, papers, "papers: found papers of the papers", "papers", "read", papers, file, "--by", "lin")
    book = openpyxl.Workbook()
    book.save(tmp_path / "plain.xlsx")
    refused(run_cli, papers, "found no sheet meta", "papers", "read", papers, tmp_path / "plain.xlsx", "--by", "lin")


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(run_cli: Run, papers: Path) -> None:
    one, other = export(run_cli, papers, "one.xlsx"), export(run_cli, papers, "other.xlsx")
    first, second = batches(papers)
    fill(one, EXCEPTIONS, {first: ANSWERED})
    read(run_cli, papers, one, "lin")
    fill(other, EXCEPTIONS, {second: ANSWERED})
    read(run_cli, papers, other, "chen")  # another row of the same state is no contradiction
    fill(other, EXCEPTIONS, {first: {**ANSWERED, "Conclusion": "in error"}})
    refused(run_cli, papers, "changed since this workbook was written", "papers", "read", papers, other, "--by", "chen")
    read(run_cli, papers, one, "lin")  # the same answers once more are nothing new
    prepared = {one["id"]: one["prepared"] for one in json.loads(export_json(run_cli, papers))["exceptions"] if
                one.get("prepared")}  # fmt: skip
    assert prepared == {first: ["lin"], second: ["chen"]}


def test_a_review_sends_back_and_an_answer_after_it_needs_another(run_cli: Run, papers: Path) -> None:
    answer_all(run_cli, papers)
    first = batches(papers)[0]
    assert run_cli("papers", "review", papers, first, "--by", "chen", "--return", "请附原件").exit_code == 0
    assert "请附原件" in run_cli("papers", "status", papers).stdout
    refused(run_cli, papers, "found nothing of this name", "papers", "review", papers, "ffffffffffff", "--by", "chen")
    assert run_cli("papers", "review", papers, "all", "--by", "chen").exit_code == 0
    assert run_cli("papers", "status", papers, "--fail-on-open").exit_code == 0
    file = export(run_cli, papers)
    fill(file, EXCEPTIONS, {first: {"Note": "chen 补注"}})
    read(run_cli, papers, file, "chen")
    refused(
        run_cli, papers, "found chen among those who prepared it", "papers", "review", papers, first, "--by", "chen"
    )
    refused(run_cli, papers, "found lin among those who prepared it", "papers", "review", papers, first, "--by", "lin")


def drawn(run: Run, ledger: Path, folder: Path, *more: object, nonce: str = "7f3a") -> tuple[Path, str]:
    """A sample of ``ledger`` by a sealed plan, and its seal."""
    folder.mkdir(exist_ok=True)
    plan = folder / "plan.yaml"
    done = run("sample", "plan", "--name", "times", "--confidence", "0.9", "--tolerable", "0.3", "--population", 60,
               "--nonce", nonce, "--out", plan, *more)  # fmt: skip
    assert done.exit_code == 0, done.output
    done = run("sample", "draw", plan, "--ledger", ledger, "--out", folder / "s.json")
    assert done.exit_code == 0, done.output
    seal = json.loads((folder / "s.json").read_text(encoding="utf-8"))["commitment"]
    return folder / "s.json", seal


def test_a_sample_comes_in_is_answered_and_says_what_may_be_said(
    run_cli: Run, papers: Path, ledger: Path, tmp_path: Path
) -> None:
    file, _ = drawn(run_cli, ledger, tmp_path / "plan")
    add = ("papers", "add", papers, "--sample", file, "--ledger", ledger, "--by", "lin")
    assert run_cli(*add).exit_code == 0
    refused(run_cli, papers, "which these papers have already", *add)
    refused(run_cli, papers, "cases without an answer", "papers", "review", papers, "times", "--by", "chen")
    out = export(run_cli, papers)
    cases = [one["case"] for one in json.loads(file.read_text(encoding="utf-8"))["cases"]]
    fill(out, SAMPLES, {"*": {"Answer": "正确", "Paper": "卷一"}, cases[1]: {"Answer": "正确"}})
    book = openpyxl.load_workbook(out)
    page = book[SAMPLES]
    undrawn = next(f"N{n:03d}" for n in range(1, 61) if f"N{n:03d}" not in cases)
    page["C5"] = undrawn
    book.save(out)
    refused(
        run_cli,
        papers,
        f"Samples!C5: found {undrawn}, expected {cases[0]}",
        "papers",
        "read",
        papers,
        out,
        "--by",
        "lin",
    )
    page["C5"] = cases[0]
    for column, text in zip("ABCDE", ("times", page["B5"].value, undrawn, "sample", "正确"), strict=True):
        page[f"{column}{page.max_row + (column == 'A')}"] = text
    book.save(out)
    refused(run_cli, papers, "a case that was not drawn is not answered", "papers", "read", papers, out, "--by", "lin")
    page.delete_rows(page.max_row)
    page["E6"] = "缺件"
    book.save(out)
    read(run_cli, papers, out)
    (own,) = json.loads(export_json(run_cli, papers))["samples"]
    (claim,) = own["evaluation"]["claims"]
    assert (claim["drawn"], claim["errors"]) == (len(cases), 1)
    assert own["answers"][cases[1]]["answer"] == "缺件"
    assert run_cli("papers", "review", papers, "times", "--by", "chen").exit_code == 0


def test_a_sample_of_another_frame_or_plan_is_refused(run_cli: Run, papers: Path, ledger: Path, tmp_path: Path) -> None:
    other = write_ledger(tmp_path / "other", N005="2026-01-20T16:08:00")
    file, _ = drawn(run_cli, other, tmp_path / "a")
    add = ("papers", "add", papers, "--by", "lin", "--ledger", ledger, "--sample")
    refused(run_cli, papers, "found a frame of the snapshot", *add, file)
    file, _ = drawn(run_cli, ledger, tmp_path / "b")
    refused(run_cli, papers, "snapshot: found the snapshot", *add[:-2], other, "--sample", file)
    kept = file.read_text(encoding="utf-8")
    sample = json.loads(kept)
    sample["cases"][0]["case"] = sample["reserve"][0]
    file.write_text(json.dumps(sample), encoding="utf-8")
    refused(run_cli, papers, "as the plan draws from the frame", *add, file)
    sample = json.loads(kept)
    sample["plan"]["tolerable"] = "0.2"
    file.write_text(json.dumps(sample), encoding="utf-8")
    refused(run_cli, papers, "the file was changed", *add, file)


def test_a_plan_changed_after_its_commitment_is_refused(run_cli: Run, ledger: Path, tmp_path: Path) -> None:
    """The seal was handed over and stands in the papers; another plan, well sealed by itself, is not that one."""
    file, seal = drawn(run_cli, ledger, tmp_path / "a")
    changed, _ = drawn(run_cli, ledger, tmp_path / "b", "--where", "unit = '甲'")
    papers = tmp_path / "sealed"
    done = run_cli("papers", "new", papers, "--ledger", ledger, *PEOPLE, "--commitment", seal)
    assert done.exit_code == 0
    add = ("papers", "add", papers, "--by", "lin", "--ledger", ledger, "--sample")
    refused(run_cli, papers, "the plan was changed after its commitment, or is another one", *add, changed)
    assert run_cli(*add, file).exit_code == 0


def finding(**more: str) -> dict[str, str]:
    return {
        "Condition": "两个批次共二十四件", "Cause": "未确定", "Effect in words": "不影响名次",
        "Recommendation": "核对导入日志", "Answer of the unit": "至今无答复", **more,
    }  # fmt: skip


def test_a_finding_rests_on_exceptions_and_quotes_its_clause(run_cli: Run, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    done = run_cli("papers", "new", papers, "--ledger", "s22-heating", "--scheme", "s22-heating", "--period", "2025-12",
                   *PEOPLE)  # fmt: skip
    assert done.exit_code == 0, done.output
    ids = [one["id"] for one in json.loads((papers / "exceptions.json").read_text(encoding="utf-8"))]
    clause = next(iter(json.loads((papers / "engagement.json").read_text(encoding="utf-8"))["clauses"]))
    columns = {"Rests on (ids, samples)": f"{ids[0]}, {ids[1]}", "Criteria: clause": clause, "Status": "final"}
    file = export(run_cli, papers)
    kept = file.read_bytes()
    for wrong, said in (
        ({"Rests on (ids, samples)": "ffffffffffff"}, "found ffffffffffff, expected ids of exceptions"),
        ({"Criteria: clause": "九十九"}, "found 九十九, expected a clause of s22-heating"),
        ({"Cause": ""}, "found nothing in a final finding"),
        ({"Condition": "联系人 13812345678"}, "personal data (mobile)"),
    ):
        file.write_bytes(kept)
        fill(file, FINDINGS, {"F-01": finding(**{**columns, **wrong})})
        refused(run_cli, papers, said, "papers", "read", papers, file, "--by", "lin")
    file.write_bytes(kept)
    fill(file, FINDINGS, {"F-01": finding(**columns)})
    read(run_cli, papers, file)
    (own,) = json.loads(export_json(run_cli, papers))["findings"]
    assert (own["finding"], own["effect_on"], own["cause"]) == ("F-01", None, "未确定")
    assert own["criteria"]["quote"]
    page = openpyxl.load_workbook(export(run_cli, papers))[FINDINGS]
    assert page["D5"].value.split() == own["criteria"]["quote"].split()
    assert [page[f"A{row}"].value for row in range(5, 11)] == [f"F-{n:02d}" for n in range(1, 7)]


def test_evidence_is_called_by_its_hash(run_cli: Run, papers: Path, tmp_path: Path) -> None:
    paper = tmp_path / "导入日志.txt"
    paper.write_text("16:07 导入 12 件\n", encoding="utf-8")
    add = ("papers", "add", papers, "--evidence", paper, "--by", "lin", "--source")
    refused(run_cli, papers, "found nothing, expected where the file comes from", *add, "")
    refused(run_cli, papers, "found personal data (mobile)", *add, "来自 13812345678")
    assert run_cli(*add, "信息中心").exit_code == 0
    name = sha256(paper.read_bytes()).hexdigest()
    assert (papers / "evidence" / name).read_bytes() == paper.read_bytes()
    file = export(run_cli, papers)
    fill(file, EXCEPTIONS, {batches(papers)[0]: {**ANSWERED, "Evidence": name[:12]}})
    read(run_cli, papers, file)
    (papers / "evidence" / name).write_text("另一份\n", encoding="utf-8")
    done = run_cli("papers", "verify", papers)
    assert (done.exit_code, "the file was changed after it was taken in" in done.stdout) == (1, True)


def test_the_next_snapshot_keeps_answers_whose_evidence_is_unchanged_and_reopens_the_others(
    run_cli: Run, papers: Path, tmp_path: Path
) -> None:
    answer_all(run_cli, papers)
    assert run_cli("papers", "review", papers, "all", "--by", "chen").exit_code == 0
    refused(run_cli, tmp_path / "new", "expected a later one", "papers", "carry", papers, tmp_path / "new", "--ledger",
            tmp_path / "ledger", "--by", "lin")  # fmt: skip
    later = write_ledger(tmp_path / "later", "2026-03-01", N045="2026-01-21T16:07:59")  # a case of 乙's batch
    done = run_cli("papers", "carry", papers, tmp_path / "new", "--ledger", later, "--by", "lin", "--since",
                   tmp_path / "ledger")  # fmt: skip
    assert done.exit_code == 0, done.output
    told = {one["id"]: one for one in json.loads(export_json(run_cli, tmp_path / "new"))["exceptions"]}
    second, first = sorted(batches(tmp_path / "new"), key=lambda id_: told[id_]["unit"])
    assert (told[first]["unit"], told[second]["unit"]) == ("甲", "乙")
    assert (told[first]["conclusion"], told[first]["reviewed"], told[first]["prepared"]) == (
        "explained",
        "chen",
        ["lin"],
    )
    assert "conclusion" not in told[second]
    assert told[second]["earlier"]["values"]["conclusion"] == "explained"
    (rewritten,) = [one for one in told.values() if one["test"] == "restate/rewritten"]
    assert (rewritten["unit"], rewritten["cases"]) == ("乙", ["N045"])
    assert "reopened, no conclusion" in run_cli("papers", "status", tmp_path / "new", "--language", "en").stdout
    assert "重新打开，没有结论" in run_cli("papers", "status", tmp_path / "new").stdout
    texts = [cell.value for cell in openpyxl.load_workbook(export(run_cli, tmp_path / "new"))[EXCEPTIONS]["C"]]
    assert "earlier snapshot: rewritten" in texts
    page = openpyxl.load_workbook(export(run_cli, tmp_path / "new"))[EXCEPTIONS]
    shown = {page[f"A{row}"].value: page[f"H{row}"].value for row in range(5, page.max_row + 1)}
    assert shown[second] == "explained; 系统批量导入"
    verify = ("papers", "verify", tmp_path / "new", "--ledger", later)
    assert run_cli(*verify, "--since", tmp_path / "ledger").exit_code == 0
    assert run_cli(*verify).exit_code == 2


def test_an_exception_that_is_there_no_more_is_told(run_cli: Run, papers: Path, tmp_path: Path) -> None:
    answer_all(run_cli, papers)
    spread = {f"N{n + 1:03d}": f"2026-01-22T{8 + n % 9:02d}:{n % 60:02d}:05" for n in LATER}
    later = write_ledger(tmp_path / "later", "2026-03-01", **spread)
    done = run_cli("papers", "carry", papers, tmp_path / "new", "--ledger", later, "--by", "chen")
    assert done.exit_code == 0, done.output
    gone = json.loads(export_json(run_cli, tmp_path / "new"))["gone"]
    assert [one["id"] for one in gone] == [id_ for id_ in batches(papers) if id_ not in batches(tmp_path / "new")]
    assert gone[0]["earlier"]["values"]["conclusion"] == "explained"


def test_a_log_or_file_that_was_changed_shows(run_cli: Run, papers: Path, ledger: Path, tmp_path: Path) -> None:
    answer_all(run_cli, papers)
    kept = contents(papers)
    lines = (papers / "log.jsonl").read_text(encoding="utf-8").splitlines()
    for change, said in (
        (lines[1:], "does not follow from the one before it"),
        ([lines[0].replace("系统", "人工"), *lines[1:]], "does not follow from the one before it"),
        (["{}", *lines], "a line that is none of working papers"),
    ):
        (papers / "log.jsonl").write_text("\n".join([*change, ""]), encoding="utf-8")
        done = run_cli("papers", "verify", papers)
        assert (done.exit_code, said in done.stdout) == (1, True), done.output
        assert run_cli("papers", "status", papers).exit_code == 2
    (papers / "log.jsonl").write_bytes(kept["log.jsonl"])
    assert run_cli("papers", "verify", papers, "--ledger", ledger).exit_code == 0
    (papers / "samples" / "x.json").write_text("{}", encoding="utf-8")
    assert "found a file that the log does not know" in run_cli("papers", "verify", papers).stdout
    (papers / "samples" / "x.json").unlink()
    other = write_ledger(tmp_path / "other", N005="2026-01-20T16:08:00")
    assert "snapshot: found" in run_cli("papers", "verify", papers, "--ledger", other).stdout
    (papers / "probe.json").write_bytes(kept["probe.json"] + b" ")
    assert run_cli("papers", "verify", papers).exit_code == 1


def test_a_review_of_ones_own_that_was_put_into_the_log_is_found(run_cli: Run, papers: Path) -> None:
    """Whoever can chain lines anew is found out by who did what."""
    from auditlib.papers.folder import read_papers
    from auditlib.papers.log import LogStep

    answer_all(run_cli, papers)
    own = read_papers(papers)
    own.add([LogStep("review", batches(papers)[0], "lin", {"of": "exception"}),
             LogStep("review", batches(papers)[1], "zhao", {"of": "exception"})])  # fmt: skip
    done = run_cli("papers", "verify", papers)
    assert done.exit_code == 1
    assert "lin reviewed" in done.stdout
    assert "zhao is none of the auditors" in done.stdout


def test_new_papers_need_two_people_a_new_folder_and_a_ledger(
    run_cli: Run, papers: Path, ledger: Path, tmp_path: Path
) -> None:
    new = ("papers", "new", tmp_path / "x", "--ledger", ledger)
    refused(run_cli, tmp_path / "x", "expected at least two people", *new, "--auditor", "lin", "--auditor", "lin")
    refused(run_cli, tmp_path / "x", "expected a name", *new, "--auditor", "lin", "--auditor", "陈 七")
    refused(run_cli, papers, "found it there already", "papers", "new", papers, "--ledger", ledger, *PEOPLE)
    assert not (tmp_path / "x").exists()
    refused(run_cli, tmp_path / "y", "no such file", "papers", "status", tmp_path / "y")
    shutil.rmtree(papers / "samples")
    assert run_cli("papers", "status", papers).exit_code == 0


@pytest.mark.parametrize("verb", ["read", "review", "sign"])
def test_a_disk_without_room_leaves_the_papers_as_they_were(
    run_cli: Run, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    file, key = export(run_cli, papers, "all.xlsx"), tmp_path / "key"
    fill(file, EXCEPTIONS, {"*": ANSWERED})
    commands = {
        "read": ("papers", "read", papers, file, "--by", "lin"),
        "review": ("papers", "review", papers, "all", "--by", "chen"),
        "sign": ("papers", "sign", papers, "--key", key, "--as", "chen"),
    }
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for before in list(commands)[: list(commands).index(verb)]:
        assert run_cli(*commands[before]).exit_code == 0

    def full(*anything: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        refused(run_cli, papers, f"auditlib: {papers}/", *commands[verb])
    assert run_cli(*commands[verb]).exit_code == 0
