"""A ledger counted part by part gives what the whole gives, for every scheme; nothing is lost between the parts."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from auditlib.core.errors import InputError
from auditlib.core.period import Period, parse_period
from auditlib.core.worktime import china
from auditlib.ledger.divided.divide import parts_of, snapshot_of, write_divided
from auditlib.ledger.divided.parts import SEAL, divided
from auditlib.ledger.read import Ledger, read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scheme.times import Earlier
from auditlib.scoring.assess import assess
from auditlib.scoring.counts import Question, Tally, divisible, merged, take_tally, tallies_of_parts

ROOT = Path(__file__).resolve().parents[2]
DEMONSTRATIONS = ROOT / "params" / "demonstrations"
PERIODS = {
    "boston311-timeliness": ["2011-07"],
    "s02-fujian-three-rates": ["2025-12"],
    "s04-hotline": ["2025", "2025-06"],
    "s09-chengde-12315": ["2007-03"],
    "s09-chengde-12315-annual": ["2007"],
    "s10-zero-complaint": ["2008"],
    "s12-jiangsu-insurance": ["2025"],
    "s14-bank-service": ["2025Q3"],
    "s18-anhui-telecom": ["2014-03"],
    "s20-office-evaluation": ["2025"],
    "s22-heating": ["2025-11", "2025-12", "2025"],
    "s38-first-asked": ["2011"],
}
EACH = [
    pytest.param(scheme, period, marks=[pytest.mark.long] if (scheme, period) == ("s22-heating", "2025") else [])
    for scheme, periods in PERIODS.items()
    for period in periods
]
"""A year of heating rolls up sixteen periods."""


@dataclass(frozen=True)
class Held:
    """A part of a ledger in memory."""

    frames: Mapping[str, pl.DataFrame]

    def registers(self) -> dict[str, pl.LazyFrame]:
        return {name: frame.lazy() for name, frame in self.frames.items()}


def at_once(function, *arguments):
    return function(*arguments)


def counted_apart(ledger: Ledger, question: Question, count: int) -> Tally:
    parts = [Held(frames) for frames in divided(ledger.registers, count)]
    return merged(tallies_of_parts(question, ledger.registers.keys(), parts, at_once))


@pytest.mark.parametrize(("scheme", "period"), EACH)
def test_every_demonstration_scores_the_same_in_parts(scheme: str, period: str) -> None:
    ledger, when = read_ledger(DEMONSTRATIONS / scheme), parse_period(period, "test")
    resolved, whole = assess(scheme, ledger, when)
    assert divisible(resolved.scheme)
    _, apart = assess(scheme, ledger, when, count=lambda question: counted_apart(ledger, question, 3))
    assert apart == whole


def cases(*rows: tuple[str, str, str, str, str]) -> pl.DataFrame:
    """Complaints by id, unit, person, problem and time, each planned within an hour."""
    frame = pl.DataFrame(rows, schema=["case_id", "unit", "person_key", "problem_key", "received_at"], orient="row")
    received = pl.col("received_at").str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us")
    frame = frame.with_columns(received, kind=pl.lit("投诉"), resolved=pl.lit(True), satisfaction=pl.lit("满意"))
    times = ("entered_at", "accepted_at", "contacted_at", "planned_at", "closed_at", "reviewed_at", "replied_at")
    frame = frame.with_columns((pl.col("received_at") + pl.duration(minutes=5)).alias(name) for name in times)
    return frame.with_columns(redone=pl.lit(None, pl.Boolean), missing_items=pl.lit(0))


def asked(registers: dict[str, pl.DataFrame], scheme: str = "s22-heating") -> tuple[Question, dict[str, pl.LazyFrame]]:
    resolved = load_scheme(ROOT / "params" / "schemes" / f"{scheme}.yaml").resolve(
        {}, {}, Period.parse("2025-12").first
    )
    question = Question(
        resolved.scheme, Period.parse("2025-12"), datetime(2026, 1, 5), china(), evidence=("repeats", "received")
    )
    return question, {name: frame.lazy() for name, frame in registers.items()}


@pytest.mark.long
def test_a_repeat_at_another_unit_is_found_in_another_part() -> None:
    """P1 comes to U1, then to U2 and U1 again within 30 days; P2 comes to U2 after 31 days, which is no repeat."""
    units = pl.DataFrame({"unit": [f"U{number}" for number in range(1, 9)]})
    table = cases(
        ("C1", "U1", "P1", "Q", "2025-12-01T08:00"),
        ("C2", "U2", "P1", "Q", "2025-12-05T08:00"),
        ("C3", "U1", "P1", "Q", "2025-12-20T08:00"),
        ("C4", "U3", "P2", "Q", "2025-11-20T08:00"),
        ("C5", "U2", "P2", "Q", "2025-12-21T08:01"),
        ("C6", "U4", "P3", "Q", "2025-12-21T08:00"),
        ("C7", "U5", "P3", "Q", "2025-12-21T08:00"),  # at the same time: the greater number repeats the other
    )
    question, registers = asked({"units": units, "cases": table})
    whole = take_tally(question, registers)
    assert whole.evidence["repeats"] == {"U1": ["C3"], "U2": ["C2"], "U3": [], "U4": [], "U5": ["C7"]}
    for count in (1, 2, 8, 40):
        parts = [Held(frames) for frames in divided(registers, count)]
        apart = merged(tallies_of_parts(question, registers.keys(), parts, at_once))
        assert apart == whole
    alone = merged(take_tally(question, part.registers()) for part in parts)  # the forty of the last turn
    assert alone.evidence["repeats"] != whole.evidence["repeats"], "no part knows by itself what others have"


def test_a_case_that_is_excluded_in_one_part_repeats_nothing_in_another() -> None:
    units = pl.DataFrame({"unit": [f"U{number}" for number in range(1, 9)]})
    table = cases(("C1", "U1", "P1", "Q", "2025-12-01T08:00"), ("C2", "U2", "P1", "Q", "2025-12-05T08:00"))
    question, registers = asked({"units": units, "cases": table, "exclusions": pl.DataFrame({"case_id": ["C1"]})})
    parts = [Held(frames) for frames in divided(registers, 8)]
    apart = merged(tallies_of_parts(question, registers.keys(), parts, at_once))
    assert apart.counts == {"U2": take_tally(question, registers).counts["U2"]}
    assert apart.counts["U2"]["repeats"] == 0


def test_rows_of_several_units_in_a_register_without_a_key_cannot_be_compared_in_parts() -> None:
    question, _ = asked({})
    again = {"order": "at", "within": None, "where": None}
    measure = question.scheme.measures["received"].model_copy(update={"register_": "ratings", "where": "again"})

    def compared(*same: str) -> bool:
        column = question.scheme.columns["cases"]["repeated"]
        column = column.model_copy(update={"earlier": Earlier(same=same, **again)})
        columns = {"ratings": {"again": column}}
        return divisible(question.scheme.model_copy(update={"columns": columns, "measures": {"m": measure}}))

    assert not compared("source")
    assert compared("unit", "source")


def test_what_stands_outside_its_range_is_told_for_all_parts_at_once() -> None:
    marked = [Tally(problems=tuple(InputError.at("marks", key, "found 9").problems)) for key in ("U1", "U2")]
    with pytest.raises(InputError) as refused:
        merged(marked)
    assert [problem.path for problem in refused.value.problems] == ["U1", "U2"]


# --- a divided ledger --------------------------------------------------------------------------------


@pytest.fixture
def apart(tmp_path: Path) -> Path:
    """The demonstration of heating in three parts."""
    write_divided(read_ledger(DEMONSTRATIONS / "s22-heating"), tmp_path / "apart", 3)
    return tmp_path / "apart"


def test_a_divided_ledger_holds_each_row_once_and_all_rows_of_a_unit_together(apart: Path) -> None:
    whole = read_ledger(DEMONSTRATIONS / "s22-heating")
    files = sorted(file.name for file in (apart / "cases").iterdir())
    assert files == ["bucket=000.parquet", "bucket=001.parquet", "bucket=002.parquet"]
    seen = [set(part.registers()["cases"].collect()["unit"]) for part in parts_of(read_ledger(apart))]
    assert sorted(unit for units in seen for unit in units) == sorted(set(whole.registers["cases"].collect()["unit"]))
    assert len([units for units in seen if units]) > 1
    assert read_ledger(apart).accepted == whole.accepted


def test_a_divided_ledger_has_the_snapshot_hash_of_the_whole_with_its_seal_and_without(apart: Path) -> None:
    whole = snapshot_of(read_ledger(DEMONSTRATIONS / "s22-heating"))
    assert json.loads((apart / SEAL).read_text())["snapshot"] == whole
    assert snapshot_of(read_ledger(apart)) == whole
    (apart / SEAL).unlink()
    plain = read_ledger(apart)
    assert (plain.seal, snapshot_of(plain), plain.rejects.height) == (None, whole, 0)


def test_a_divided_ledger_is_scored_as_the_whole_is(apart: Path) -> None:
    when = parse_period("2025-12", "test")
    whole = assess("s22-heating", read_ledger(DEMONSTRATIONS / "s22-heating"), when)[1]
    assert assess("s22-heating", read_ledger(apart), when)[1] == whole


def test_the_same_ledger_is_divided_into_the_same_bytes(apart: Path, tmp_path: Path) -> None:
    write_divided(read_ledger(DEMONSTRATIONS / "s22-heating"), tmp_path / "again", 3)
    assert (tmp_path / "again" / SEAL).read_bytes() == (apart / SEAL).read_bytes()


def test_a_changed_part_and_a_missing_one_are_both_named(apart: Path) -> None:
    shutil.copy(apart / "cases" / "bucket=000.parquet", apart / "cases" / "bucket=001.parquet")
    (apart / "events" / "bucket=002.parquet").unlink()
    faults = []
    for _ in range(2):  # a look that failed is not remembered as one that did not
        with pytest.raises(InputError) as refused:
            read_ledger(apart)
        faults.append(sorted(str(problem).partition("apart/")[2].split(",")[0] for problem in refused.value.problems))
    named = [text.split(": ")[0] for text in faults[0]]
    assert named == ["cases/bucket=001.parquet", "events/bucket=002.parquet"]
    assert faults[0] == faults[1]


@pytest.mark.parametrize("scheme", ["memory", "file"])
def test_the_parts_may_lie_at_a_url(scheme: str, tmp_path: Path) -> None:
    at = {"memory": "memory://ledgers/heating", "file": f"file://{tmp_path / 'store'}"}[scheme]
    whole = read_ledger(DEMONSTRATIONS / "s22-heating")
    write_divided(whole, tmp_path / "head", 2, at)
    assert not (tmp_path / "head" / "cases").exists()
    head = read_ledger(tmp_path / "head")
    when = parse_period("2025-12", "test")
    assert assess("s22-heating", head, when) == assess("s22-heating", whole, when)
    assert sum(part.registers()["cases"].collect().height for part in parts_of(head)) == whole.accepted["cases"]


def test_a_url_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"http://127\.0\.0\.1:1/x: cannot be written"):
        write_divided(read_ledger(DEMONSTRATIONS / "s22-heating"), tmp_path / "head", 2, "http://u:p@127.0.0.1:1/x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "at", ["dask://127.0.0.1:{}/x::file:///tmp", "reference://x::file://{}/r", "file:///tmp/x::dask://127.0.0.1:{}/x",
           "simplecache::dask://127.0.0.1:{}/x", "s3://bucket::dask://127.0.0.1:{}", "nowhere://{}/x"],
)  # fmt: skip
def test_a_seal_leads_to_no_program_of_others(at: str, tmp_path: Path) -> None:
    """A scheduler of dask hands its peers code to run; a ledger that somebody sends may name one."""
    write_divided(read_ledger(DEMONSTRATIONS / "s22-heating"), tmp_path / "head", 2, f"file://{tmp_path / 'store'}")
    seal = json.loads((tmp_path / "head" / SEAL).read_text())
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        (tmp_path / "head" / SEAL).write_text(json.dumps(seal | {"at": at.format(server.getsockname()[1])}))
        with pytest.raises(InputError, match="found none of the stores that are read"):
            read_ledger(tmp_path / "head")
        for register in seal["registers"].values():  # the same in the names of the files
            register["files"] = {f"{name}::dask://127.0.0.1:1/x": sha for name, sha in register["files"].items()}
        (tmp_path / "head" / SEAL).write_text(json.dumps(seal))
        with pytest.raises(InputError, match=r"found none of the stores that are read|no such file"):
            read_ledger(tmp_path / "head")
        with pytest.raises(BlockingIOError):  # nobody has called
            server.accept()


def test_a_ledger_that_does_not_say_when_it_was_taken_is_not_divided(tmp_path: Path) -> None:
    shutil.copytree(DEMONSTRATIONS / "s22-heating", tmp_path / "ledger")
    (tmp_path / "ledger" / "ledger.yaml").write_text("synthetic: true\n")
    with pytest.raises(InputError, match="as_of: found nothing, expected when the ledger was taken"):
        write_divided(read_ledger(tmp_path / "ledger"), tmp_path / "apart", 2)


@pytest.mark.long
def test_the_command_divides_a_ledger_that_then_scores_the_same(run_cli, tmp_path: Path) -> None:
    ledger, apart = DEMONSTRATIONS / "s22-heating", tmp_path / "apart"
    done = run_cli("partition", ledger, "--out", apart, "--parts", 4)
    assert done.exit_code == 0, done.output
    assert done.stdout.strip().endswith(f"in 4 parts, snapshot {snapshot_of(read_ledger(ledger))}")
    printed = [
        run_cli("score", "s22-heating", "--ledger", one, "--period", "2025-12", "--format", "json").stdout
        for one in (ledger, apart)
    ]
    assert json.loads(printed[0]) == json.loads(printed[1])
    again = run_cli("partition", ledger, "--out", apart)
    assert (again.exit_code, again.stderr) == (2, f"auditlib: {apart}: the folder exists; expected a new one\n")
