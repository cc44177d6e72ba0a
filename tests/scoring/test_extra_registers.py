"""Registers of one's own: declared, read and checked cell by cell, counted like any other, refused with the reason."""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
import yaml

from auditlib.analysis.explain import explain
from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.ledger.divided.divide import parts_of, snapshot_of, write_divided
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.intake.take_in import take_in
from auditlib.ledger.intake.write import write_ledger
from auditlib.ledger.read import Ledger, read_ledger
from auditlib.ledger.restatement.restatement import restated
from auditlib.ledger.snapshot import snapshot_hash
from auditlib.proofs.check import check_scheme
from auditlib.scheme.declared_registers import read_for
from auditlib.scheme.load import SchemeFile, load_scheme
from auditlib.scoring.counts import merged, tallies_of_parts
from auditlib.scoring.dry_run import dry_run
from auditlib.scoring.score import score

DECLARED = {
    "title": {"zh": "入户走访", "en": "a visit to a home"}, "key": "visit_id", "at": "visited_at",
    "columns": {
        "visit_id": "text", "visited_at": "time", "met": {"type": "boolean", "required": True},
        "minutes": {"type": "integer", "title": {"zh": "分钟", "en": "minutes"}}, "result": "text",
    },
}  # fmt: skip
SCHEME = {
    "scheme": "visits", "version": "1", "title": "走访考核", "source": {"document": "x.txt", "title": "走访考核办法"},
    "effective": {"from": None}, "periods": ["month"],
    "clauses": {"一": {"quote": "走访见到本人的每次得1分，最多10分。"}},
    "extra_registers": {"home_visits": DECLARED},
    "words": {"home_visits": {"result": ["满意", "不满意"]}},
    "columns": {"home_visits": {"again": {"earlier": {
        "same": ["unit", "result"], "order": "visited_at", "where": None, "within": {"days": 30, "ends": "time"}}}}},
    "measures": {
        "met": {"title": "见到本人的走访", "register": "home_visits", "where": "met and result = '满意'"},
        "again": {"title": "三十日内同样结果的走访", "register": "home_visits", "where": "again", "context": True},
        "minutes": {"title": "走访分钟", "register": "home_visits", "sum": "minutes", "context": True},
    },
    "indicators": [{
        "id": "visits", "title": "走访", "clause": "一", "max": 10, "start": 0, "floor": 0, "cap": 10,
        "rules": [{"id": "each", "clause": "一", "title": "每次1分", "points": 1, "per": "met"}],
    }],
    "ranking": {"clause": None, "by": "total", "order": "descending", "within": "all", "ties": "shared",
                "different_maxima": "undecided"},
    "rounding": {"digits": 2, "mode": "half_up"},
}  # fmt: skip
HEADER = "visit_id,unit,visited_at,met,minutes,result"
ROWS = (
    "V1,A,2025-06-03 09:00,是,20,满意", "V2,A,2025-06-04 09:00,否,10,满意", "V3,A,2025-06-30 09:00,是,5,满意",
    "V4,A,2025-05-31 09:00,是,50,满意", "V5,B,2025-06-05 09:00,是,7,不满意", "V6,B,2025-06-06 09:00,是,,满意",
)  # fmt: skip
"""By hand for June: A met twice with 满意 (V1, V3; V2 was not met, V4 is of May), B once (V6). Within 30 days after the
same result: V1 (of V4, three days), V2, V3 (30 days and no more after V4, 26 after V2). Minutes: A 35, B 7."""
JUNE, LOOK = Period.parse("2025-06"), datetime(2025, 7, 1)


def scheme(folder: Path, **changes: object) -> SchemeFile:
    file = folder / "visits.yaml"
    file.write_text(yaml.safe_dump(SCHEME | changes, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load_scheme(file)


def ledger(folder: Path, *rows: str, note: str = "as_of: 2025-07-01T00:00:00\n") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "units.csv").write_text("unit\nA\nB\n", encoding="utf-8")
    (folder / "home_visits.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    (folder / "ledger.yaml").write_text(note, encoding="utf-8")
    return folder


def read(folder: Path, *rows: str) -> Ledger:
    scheme(folder)
    return read_for(str(folder / "visits.yaml"), ledger(folder / "ledger", *rows))


def counted(found: Ledger, file: SchemeFile) -> dict[str, tuple[Fraction | None, ...]]:
    result = score(file.resolve(), found, JUNE, LOOK)
    return {unit.unit: tuple(unit.measures[name] for name in ("met", "again", "minutes")) for unit in result.units}


WORKED = {"A": (2, 3, 35), "B": (1, 0, 7)}


def test_rows_of_a_register_of_ones_own_are_counted_summed_and_compared(tmp_path) -> None:
    assert counted(read(tmp_path, *ROWS), scheme(tmp_path)) == WORKED


def test_its_rows_are_the_evidence_by_their_key(tmp_path) -> None:
    file = scheme(tmp_path)
    resolved = file.resolve()
    result = score(resolved, read(tmp_path, *ROWS), JUNE, LOOK)
    (line,) = explain(resolved, result, result.unit("A"), "zh")
    assert (line.points, line.evidence) == ("+2", ("V1", "V3"))


def test_its_cells_are_checked_like_those_of_any_register(tmp_path) -> None:
    wrong = (
        "V1,A,2025-06-03 09:00,也许,1.5,满意",
        "V2,C,2025-07-03 09:00,是,1,满意",
        "V3,,,是,1,满意",
        "V4,A,2025-06-04 09:00,,1,满意",
    )
    found = read(tmp_path, *wrong, "V5,A,2025-06-04 09:00,是,1,满意", "V5,A,2025-06-05 09:00,是,1,满意")
    told = {(row["row"], row["column"], row["found"]) for row in found.rejects.iter_rows(named=True)}
    assert told == {
        (2, "met", "也许"), (2, "minutes", "1.5"), (3, "unit", "C"), (3, "visited_at", "2025-07-03 09:00"),
        (4, "unit", "nothing"), (4, "visited_at", "nothing"), (5, "met", "nothing"), (7, "visit_id", "V5"),
    }  # fmt: skip
    assert found.registers["home_visits"].collect()["visit_id"].to_list() == ["V5"]
    assert all(str(found.expectations[text]) == text for text in found.rejects["expected"])


def test_a_missing_column_that_every_row_fills_is_refused(tmp_path) -> None:
    place = ledger(tmp_path / "ledger")
    (place / "home_visits.csv").write_text("visit_id,visited_at\nV1,2025-06-03\n", encoding="utf-8")
    with pytest.raises(InputError, match="missing column") as refused:
        read_ledger(place, extra=scheme(tmp_path).natural.extra_registers)
    assert sorted(problem.path for problem in refused.value.problems) == ["met", "unit"]


def test_without_its_file_nothing_is_scored_and_the_reason_is_told(tmp_path) -> None:
    place = ledger(tmp_path / "ledger")
    (place / "home_visits.csv").unlink()
    (place / "cases.csv").write_text("case_id,unit,received_at\nC1,A,2025-06-01\n", encoding="utf-8")
    file = scheme(tmp_path)
    result = score(file.resolve(), read_ledger(place, extra=file.natural.extra_registers), JUNE, LOOK)
    assert result.unit("A").indicators[0].points is None
    assert any("home_visits" in str(notice.message) for notice in result.notices)


def test_without_a_declaration_the_file_is_told_as_no_register(tmp_path) -> None:
    found = read_ledger(ledger(tmp_path / "ledger", *ROWS))
    assert found.ignored == ("home_visits.csv",)
    assert found.registers.keys() == {"units"}


def own(**changes: object) -> dict[str, object]:
    return {"extra_registers": {"home_visits": DECLARED | changes}}


MISSPELT = {"title": "x", "register": "home_visits", "where": "mett"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"extra_registers": {"cases": DECLARED}}, "found cases, which every ledger knows by itself"),
        (own(at="seen_at"), "found seen_at, expected one of its columns"),
        (own(at="minutes"), "expected a column of type time or deadline"),
        (own(columns={"unit": "text"}), "found visit_id, expected one of its columns"),
        (own(columns=DECLARED["columns"] | {"unit": "text"}), "found the column unit, which every row has by itself"),
        ({"extra_columns": {"home_visits": {"x": "text"}}}, "expected them where it is declared: `extra_registers."),
        ({"extra_registers": {}}, "expected one of the registers units"),
        ({"measures": SCHEME["measures"] | {"met": MISSPELT}}, "did you mean met?"),
        ({"words": {}}, "home_visits.result"),
        (own(at=None), "expected `at`"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_refused_with_its_place(tmp_path, changes, said) -> None:
    with pytest.raises(InputError) as refused:
        scheme(tmp_path, **changes)
    assert any(said in problem.message and problem.line for problem in refused.value.problems), refused.value


def test_the_prover_and_the_dry_run_pass_it(tmp_path) -> None:
    file = scheme(tmp_path)
    found = check_scheme(tmp_path / "visits.yaml")
    assert not found.problems
    assert dry_run(file) == ()


def test_a_condition_that_no_row_of_it_meets_is_proved(tmp_path) -> None:
    dead = {"title": "x", "register": "home_visits", "where": "met and not met", "context": True}
    scheme(tmp_path, measures=SCHEME["measures"] | {"dead": dead})
    kinds = {(one.kind, one.path) for one in check_scheme(tmp_path / "visits.yaml").findings}
    assert any("dead" in path for _, path in kinds), kinds


def test_it_is_part_of_the_snapshot_and_the_order_of_its_rows_is_not(tmp_path) -> None:
    declared = scheme(tmp_path).natural.extra_registers
    one, other, changed = (
        snapshot_hash(read_ledger(ledger(tmp_path / name, *rows), extra=declared).registers)
        for name, rows in (("a", ROWS), ("b", ROWS[::-1]), ("c", ROWS[:-1]))
    )
    assert one == other != changed


def test_parquet_holds_it_as_well_as_csv(tmp_path) -> None:
    file, place = scheme(tmp_path), ledger(tmp_path / "ledger", *ROWS)
    found = read_ledger(place, extra=file.natural.extra_registers)
    rows, before = found.registers["home_visits"].collect(), snapshot_hash(found.registers)
    (place / "home_visits.csv").unlink()
    rows.write_parquet(place / "home_visits.parquet")
    again = read_ledger(place, extra=file.natural.extra_registers)
    assert snapshot_hash(again.registers) == before
    assert counted(again, file) == WORKED


def test_a_divided_ledger_has_the_same_hash_and_counts_part_by_part(tmp_path) -> None:
    file = scheme(tmp_path)
    found = read(tmp_path, *ROWS)
    write_divided(found, tmp_path / "parts", 3)
    again = read_ledger(tmp_path / "parts")
    assert snapshot_of(again) == snapshot_of(found) == snapshot_hash(again.registers)
    assert counted(again, file) == WORKED

    def count(question):  # type: ignore[no-untyped-def]
        return merged(tallies_of_parts(question, list(again.registers), parts_of(again), lambda f, *rest: f(*rest)))

    result = score(file.resolve(), again, JUNE, LOOK, count=count)
    assert {unit.unit: unit.total for unit in result.units} == {"A": 2, "B": 1}


def test_a_divided_ledger_is_refused_under_another_declaration(tmp_path) -> None:
    write_divided(read(tmp_path, *ROWS), tmp_path / "parts", 2)
    other = DECLARED | {"columns": DECLARED["columns"] | {"minutes": "number"}}
    with pytest.raises(InputError, match="another declaration"):
        read_ledger(
            tmp_path / "parts", extra=scheme(tmp_path, extra_registers={"home_visits": other}).natural.extra_registers
        )


def test_every_version_of_a_scheme_declares_for_the_ledger(tmp_path) -> None:
    scheme(tmp_path)
    (tmp_path / "visits.yaml").rename(tmp_path / "visits@1.yaml")
    calls = {"met": {"title": "接通的电话", "register": "calls", "where": "met"}}
    scheme(tmp_path, extra_registers={"calls": DECLARED}, measures=calls, words={}, columns={})
    found = read_for(str(tmp_path / "visits.yaml"), ledger(tmp_path / "ledger", *ROWS))
    assert set(found.extra) == {"home_visits", "calls"}


def test_a_mapping_fills_it_and_its_ledger_says_so_itself(tmp_path) -> None:
    source = tmp_path / "走访.csv"
    source.write_text(
        "编号,单位,时间,见到,用时,结果\n1,A,2025/06/03 09:00,是,20,满意\n2,A,2025/06/04 09:00,?,1,满意\n",
        encoding="utf-8",
    )
    taken = {name: {"column": column} for name, column in (
        ("visit_id", "编号"), ("unit", "单位"), ("met", "见到"), ("minutes", "用时"), ("result", "结果"))}  # fmt: skip
    taken["visited_at"] = {"column": "时间", "time": "%Y/%m/%d %H:%M"}
    mapping = Mapping.model_validate({
        "mapping": "visits", "title": "走访", "as_of": "2025-07-01T00:00:00",
        "extra_registers": {"home_visits": DECLARED},
        "registers": {
            "units": {"distinct": True, "columns": {"unit": {"column": "单位"}}}, "home_visits": {"columns": taken},
        },
    })  # fmt: skip
    intake = take_in([source], mapping)
    assert intake.rejects.select("row", "column").rows() == [(3, "见到")]
    write_ledger(intake, tmp_path / "new")
    found = read_ledger(tmp_path / "new")
    assert found.registers["home_visits"].collect()["visited_at"].to_list() == [datetime(2025, 6, 3, 9)]
    assert snapshot_hash(found.registers) == intake.snapshot == found.note.snapshot
    assert counted(found, scheme(tmp_path))["A"] == (1, 0, 20)


FEW = {"registers": {"home_visits": {"columns": {"visit_id": {"column": "x"}}}}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"extra_registers": {}}, "is declared under `extra_registers`"),
        ({"extra_registers": {"cases": DECLARED}}, "which every ledger knows by itself"),
        (FEW, "found no column unit, visited_at, met"),
    ],
)  # fmt: skip
def test_a_mapping_that_does_not_fit_its_declaration_is_refused(change, said) -> None:
    columns = {name: {"column": name} for name in ("visit_id", "unit", "visited_at", "met")}
    whole = {"mapping": "m", "title": "x", "extra_registers": {"home_visits": DECLARED}}
    with pytest.raises(ValueError, match=said):
        Mapping.model_validate(whole | {"registers": {"home_visits": {"columns": columns}}} | change)


def test_two_snapshots_of_it_are_compared_row_by_row(tmp_path) -> None:
    declared, changed = scheme(tmp_path).natural.extra_registers, "V5,B,2025-06-05 09:00,是,70,不满意"
    old = read_ledger(ledger(tmp_path / "old", *ROWS[:5]), extra=declared)
    new = read_ledger(ledger(tmp_path / "new", *ROWS[:4], changed), extra=declared)
    found = restated(old.registers, new.registers, LOOK, new.known)
    assert found.cells.select("key", "column", "before", "after").rows() == [("V5", "minutes", "7", "70")]
    assert not found.rows.filter(pl.col("register") != "home_visits").height


def test_the_ledgers_own_declaration_must_be_that_of_the_scheme(tmp_path) -> None:
    place = ledger(
        tmp_path / "ledger", *ROWS, note=yaml.safe_dump({"extra_registers": {"home_visits": DECLARED | {"key": []}}})
    )
    assert "home_visits" in read_ledger(place).registers
    with pytest.raises(InputError, match="another declaration of it"):
        read_ledger(place, extra=scheme(tmp_path).natural.extra_registers)


def test_the_commands_read_it_and_the_schema_prints_it(tmp_path, run_cli) -> None:
    scheme(tmp_path)
    file, place = tmp_path / "visits.yaml", ledger(tmp_path / "ledger", *ROWS)
    plain = json.loads(run_cli("schema", file, "--format", "json").stdout)
    assert plain["extra_registers"] == {
        "home_visits": {"row": "a visit to a home", "zh": "入户走访", "key": ["visit_id"], "at": "visited_at"}
    }
    assert plain["registers"]["home_visits"]["minutes"]["own"] is True
    table = run_cli("schema", file).stdout
    assert "home_visits\tvisit_id\tvisited_at\ta visit to a home（入户走访）" in table
    told = run_cli("explain", file, "--ledger", place, "--period", "2025-06", "--unit", "A").stdout
    assert "2: V1 V3" in told
    assert run_cli("check", file, "--ledger", place).exit_code == 0
    assert run_cli("check", file).exit_code == 0


def test_dividing_says_which_files_it_leaves_and_takes_them_with_the_scheme(tmp_path, run_cli) -> None:
    scheme(tmp_path)
    place = ledger(tmp_path / "ledger", *ROWS)
    done = run_cli("partition", place, "--out", tmp_path / "few", "--parts", "2")
    assert "note: no registers, and not divided: home_visits.csv" in done.stderr
    assert "home_visits" not in read_ledger(tmp_path / "few").registers
    done = run_cli("partition", place, "--out", tmp_path / "all", "--parts", "2", "--scheme", tmp_path / "visits.yaml")
    assert done.exit_code == 0
    assert "note:" not in done.stderr
    assert counted(read_ledger(tmp_path / "all"), load_scheme(tmp_path / "visits.yaml")) == WORKED
