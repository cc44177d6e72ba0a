"""Two snapshots of one ledger: every difference in one class, and totals that close to the row."""

import json
import os
from collections import Counter
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.core.errors import InputError
from auditlib.ledger.registers import REGISTERS
from auditlib.ledger.restatement.restatement import restated

TAKEN = datetime(2026, 2, 1)
COLUMNS = ("case_id", "unit", "received_at", "entered_at", "closed_at", "due_at", "status", "satisfaction", "redone")


def cases(*rows):
    """Cases with what a row names; times are days of January, those after the 31st lie in February."""
    schema = {name: REGISTERS["cases"].column(name).dtype for name in COLUMNS}
    schema["fee"] = pl.String
    made = [{"unit": "U1", "received_at": 3, **row} for row in rows]
    for row in made:
        row |= {name: day(value) for name, value in row.items() if name.endswith("_at")}
    return {"cases": pl.DataFrame(made, schema=schema)}


def day(number):
    return None if number is None else datetime(2026, 1 + (number > 31), number - 31 * (number > 31))


def classes(found):
    return dict(found.rows.select("key", "class").iter_rows())


def test_the_example_of_the_design_has_its_classes_and_counts(shared_examples):
    example = next(one for one in shared_examples if one["id"] == "restatement-tiny")
    sides = [
        {"cases": pl.DataFrame(
            [{name: value if value is None or not name.endswith("_at") else datetime.fromisoformat(value)
              for name, value in row.items()} for row in example["inputs"][side]],
            schema={name: REGISTERS["cases"].column(name).dtype for name in example["inputs"]["before"][0]},
        )}
        for side in ("before", "after")
    ]  # fmt: skip
    found = restated(*sides, datetime.fromisoformat(example["inputs"]["taken"][0]))
    words = {
        "closed fact rewritten": "rewritten", "unit moved": "moved", "removed": "removed",
        "late arrival": "late_arrival", "progress": "progress", "inserted": "inserted",
    }  # fmt: skip
    expected = example["expected"]
    assert classes(found) == {key: words[text.partition(" (")[0]] for key, text in expected["classes"].items()}
    (register,) = found.registers().to_dicts()
    counts = {name: expected[f"rows_{name}"] for name in ("before", "after")}
    assert register == {
        "register": "cases",
        **counts,
        **{name: expected[name] for name in ("added", "removed", "changed")},
    }
    assert dict(Counter(found.cells["column"])) == expected["cells_changed"]


@pytest.fixture
def shared_examples(root):
    shared = Path(os.environ.get("AUDITLIB_SHARED_DATA", root.parent / "shared" / "data")).parent
    file = shared / "audit" / "examples.json"
    if not file.is_file():
        pytest.skip(f"the reference values are not at {file}")
    return json.loads(file.read_text(encoding="utf-8"))["examples"]


CHANGES = [
    ({"closed_at": 10}, {"closed_at": 9}, {"closed_at": "rewritten"}),
    ({"closed_at": 10}, {"closed_at": None}, {"closed_at": "rewritten"}),
    ({"closed_at": None}, {"closed_at": 33}, {"closed_at": "progress"}),
    ({"closed_at": None}, {"closed_at": 20}, {"closed_at": "filled_in_late"}),
    ({"closed_at": None}, {"closed_at": 32}, {"closed_at": "filled_in_late"}),  # at the moment of the snapshot
    ({"due_at": 10}, {"due_at": 40}, {"due_at": "rewritten"}),
    ({"due_at": None}, {"due_at": 40}, {"due_at": "filled"}),  # a deadline is no time at which something happened
    ({"status": "在办", "closed_at": None}, {"status": "办结", "closed_at": 33},
     {"status": "progress", "closed_at": "progress"}),
    ({"status": "在办", "closed_at": None}, {"status": "转办", "closed_at": None}, {"status": "progress"}),
    ({"status": "办结", "closed_at": 9}, {"status": "退回", "closed_at": 9}, {"status": "rewritten"}),
    ({"satisfaction": "不满意"}, {"satisfaction": "满意"}, {"satisfaction": "rewritten"}),
    ({"satisfaction": "不满意", "redone": True}, {"satisfaction": "满意", "redone": True},
     {"satisfaction": "second_rating"}),
    ({"satisfaction": "不满意", "redone": True}, {"satisfaction": None, "redone": True}, {"satisfaction": "rewritten"}),
    ({"satisfaction": None}, {"satisfaction": "满意"}, {"satisfaction": "filled"}),
    ({"satisfaction": None, "closed_at": None}, {"satisfaction": "满意", "closed_at": 40},
     {"satisfaction": "progress", "closed_at": "progress"}),
    ({"unit": "U1"}, {"unit": "U2"}, {"unit": "moved"}),
    ({"unit": "U1"}, {"unit": "Ｕ１"}, {"unit": "format"}),
    ({"status": "办结", "closed_at": 9}, {"status": "办结 ", "closed_at": 9}, {"status": "format"}),
    ({"status": None}, {"status": None}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_a_change_is_in_the_class_that_its_time_tells(before, after, expected):
    found = restated(cases({"case_id": "A", **before}), cases({"case_id": "A", **after}), TAKEN)
    assert dict(found.cells.select("column", "class").iter_rows()) == expected


def test_without_a_time_of_the_snapshot_nothing_is_called_late_or_expected():
    before = cases({"case_id": "A", "closed_at": None})
    after = cases({"case_id": "A", "closed_at": 33}, {"case_id": "B", "entered_at": 40, "received_at": 40})
    assert classes(restated(before, after, None)) == {"A": "filled", "B": "added"}


def test_a_new_row_is_late_inserted_or_neither_by_the_time_it_bears():
    after = cases(
        {"case_id": "A", "entered_at": 33}, {"case_id": "B", "entered_at": 20}, {"case_id": "C"},
        {"case_id": "D", "received_at": 40}, {"case_id": "E", "received_at": 40, "entered_at": 20},
    )  # fmt: skip
    expected = {"A": "late_arrival", "B": "inserted", "C": "added", "D": "late_arrival", "E": "inserted"}
    assert classes(restated(cases(), after, TAKEN)) == expected
    assert set(classes(restated(after, {}, TAKEN)).values()) == {"removed"}


def test_numbers_are_compared_exactly_and_rows_without_a_key_as_often_as_they_stand():
    schema = {"unit": pl.String, "period": pl.String, "indicator": pl.String, "points": pl.String}
    before = {"marks": pl.DataFrame([("U", "2026", "a", "1.50"), ("U", "2026", "b", "1/3")], schema, orient="row")}
    after = {"marks": pl.DataFrame([("U", "2026", "a", "3/2"), ("U", "2026", "b", "0.333")], schema, orient="row")}
    assert classes(restated(before, after, TAKEN)) == {"U / 2026 / a": "format", "U / 2026 / b": "rewritten"}
    votes = {"unit": pl.String, "at": pl.Datetime("us"), "method": pl.String, "grade": pl.String}
    rows = [("U", day(5), "即时", "优"), ("U", day(5), "即时", "良")]
    one = {"ratings": pl.DataFrame(rows * 2, votes, orient="row")}
    other = {"ratings": pl.DataFrame([rows[0], *rows[1:] * 3], votes, orient="row")}
    found = restated(one, other, TAKEN)
    assert found.rows["class"].sort().to_list() == ["added", "removed"]
    assert found.registers().row(0) == ("ratings", 4, 1, 1, 4, 0)


SUBMISSIONS = {
    "unit": pl.String, "kind": pl.String, "due_at": pl.Datetime("us"), "submitted_at": pl.Datetime("us"),
    "valid": pl.Boolean,
}  # fmt: skip


def of_submissions(before, after):
    frames = [pl.DataFrame(rows, schema=SUBMISSIONS, orient="row") for rows in (before, after)]
    found = restated(*({"submissions": frame} for frame in frames), datetime(2026, 2, 1))
    sums = found.registers().row(0, named=True)
    return sorted(found.rows["class"]), sorted(found.cells.select("column", "class").rows()), sums


DUE, LATER = datetime(2026, 1, 15), datetime(2026, 2, 3)


def test_what_was_owed_and_came_in_later_is_one_row_although_its_register_has_no_key():
    owed, came = ("D1", "月报", DUE, None, None), ("D1", "月报", DUE, LATER, True)
    classes, cells, sums = of_submissions([owed], [came])
    assert classes == ["progress"]
    assert cells == [("submitted_at", "progress"), ("valid", "progress")]
    assert (sums["before"], sums["added"], sums["removed"], sums["after"], sums["changed"]) == (1, 0, 0, 1, 1)
    # Handed in before the first snapshot, which did not have it: a question, as in a register with a key.
    assert of_submissions([owed], [("D1", "月报", DUE, datetime(2026, 1, 20), True)])[0] == ["filled_in_late"]
    # A fact that was there is another one.
    assert of_submissions([came], [("D1", "月报", DUE, datetime(2026, 1, 14), True)])[0] == ["rewritten"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([("D1", "月报", DUE, None, None)] * 2, [("D1", "月报", DUE, LATER, True), ("D1", "月报", DUE, LATER, False)]),
        ([("D1", "月报", DUE, None, None)], [("D2", "月报", DUE, LATER, True)]),
        ([("D1", "月报", None, None, None)], [("D1", "月报", None, LATER, True)]),
    ],
    ids=["two alike", "of another unit", "without its time"],
)
def test_rows_without_a_key_that_nothing_brings_together_are_gone_and_new(before, after):
    classes, cells, _ = of_submissions(before, after)
    assert (classes.count("removed"), cells) == (len(before), [])
    assert len(classes) == len(before) + len(after)


def test_totals_name_where_rows_came_from_and_what_their_facts_sum_to():
    before = cases({"case_id": "A", "received_at": 3, "closed_at": 5, "due_at": 4}, {"case_id": "B", "received_at": 4})
    after = cases(
        {"case_id": "A", "received_at": 3, "closed_at": 4, "due_at": 4, "unit": "U2"},
        {"case_id": "B", "received_at": 40}, {"case_id": "C", "received_at": 41},
    )  # fmt: skip
    found = {(row["unit"], row["month"]): row for row in restated(before, after, TAKEN).totals.to_dicts()}
    facts = ("before", "added", "removed", "moved_in", "moved_out", "after", "closed_before", "closed_after")
    told = {place: [row[name] for name in facts] for place, row in found.items()}
    assert told == {
        ("U1", "2026-01"): [2, 0, 0, 0, 2, 0, 1, 0],
        ("U1", "2026-02"): [0, 1, 0, 1, 0, 2, 0, 0],
        ("U2", "2026-01"): [0, 0, 0, 1, 0, 1, 0, 1],
    }
    assert (found["U1", "2026-01"]["seconds_before"], found["U2", "2026-01"]["seconds_after"]) == (172800, 86400)
    assert (found["U1", "2026-01"]["on_time_before"], found["U2", "2026-01"]["on_time_after"]) == (0, 1)


def test_two_rows_with_one_key_are_refused_for_their_totals_do_not_close():
    twice = cases({"case_id": "A"}, {"case_id": "A", "closed_at": 9}, {"case_id": "A", "unit": "U2"})
    with pytest.raises(InputError, match="found rows with one key, expected each key once"):
        restated(cases({"case_id": "A"}), twice, TAKEN)


days = st.integers(1, 58)
row = st.fixed_dictionaries({
    "unit": st.sampled_from(["U1", "U2"]), "received_at": days, "closed_at": st.none() | days,
    "entered_at": st.none() | days, "status": st.none() | st.sampled_from(["在办", "办结"]),
})  # fmt: skip
snapshots = st.dictionaries(st.sampled_from("ABCDEFGH"), row)


@given(snapshots, snapshots)
@settings(max_examples=25)
def test_whatever_changed_the_totals_close_and_each_differing_row_is_told_once(before, after):
    sides = [cases(*({"case_id": key, **one} for key, one in side.items())) for side in (before, after)]
    found = restated(*sides, TAKEN)
    assert found.unbalanced.is_empty()
    differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert sorted(found.rows["key"]) == sorted(differing)
    for side, rows in (("before", before), ("after", after)):
        counted = Counter((one["unit"], "2026-01" if one["received_at"] <= 31 else "2026-02") for one in rows.values())
        told = {(line["unit"], line["month"]): line[side] for line in found.totals.to_dicts() if line[side]}
        assert told == counted
    assert restated(*reversed(sides), TAKEN).registers().select("added", "removed").rows() == [
        (removed, added) for added, removed in found.registers().select("added", "removed").rows()
    ]


def export(folder, name, text):
    (folder / name).write_text("id,unit,received,entered,closed\n" + text, encoding="utf-8")
    return folder / name


def test_the_command_tells_what_changed_and_writes_all_of_it(tmp_path, run_cli):
    time = "%Y-%m-%d"
    columns = {f"{name}_at": {"column": name, "time": time} for name in ("received", "entered", "closed")}
    written = {"mapping": "t", "title": {"zh": "试", "en": "t"}, "registers": {
        "cases": {"columns": {"case_id": {"column": "id"}, "unit": {"column": "unit"}, **columns}},
    }}  # fmt: skip
    for month, as_of in (("01", "2026-02-01"), ("02", "2026-03-01")):
        (tmp_path / f"m{month}.yaml").write_text(yaml.safe_dump({**written, "as_of": f"{as_of}T00:00:00"}))
    before = export(tmp_path, "a.csv", "A,U1,2026-01-03,2026-01-03,2026-01-10\nB,U1,2026-01-04,2026-01-04,\n")
    after = export(tmp_path, "b.csv", "A,U1,2026-01-03,2026-01-03,2026-01-09\nB,U1,2026-01-04,2026-01-04,2026-02-03\n"
                   "C,U2,2026-01-20,2026-01-20,\n")  # fmt: skip
    first = run_cli("intake", before, "--mapping", tmp_path / "m01.yaml", "--out", tmp_path / "old")
    again = ("--mapping", tmp_path / "m02.yaml", "--since", tmp_path / "old", "--language", "en")
    done = run_cli("intake", after, *again, "--out", tmp_path / "new")
    assert (first.exit_code, done.exit_code) == (0, 0), first.output + done.output
    for line in (
        "cases\t2\t1\t0\t3\t2", "cases\trewritten\t1\task: a fact was there and is another one, or none",
        "cases\tinserted\t1\task: entered before the earlier snapshot, which lacks it", "cases\tclosed_at\tprogress\t1",
        "cases\tA\tU1\trewritten\tclosed_at: 2026-01-10T00:00:00 → 2026-01-09T00:00:00",
    ):  # fmt: skip
        assert line in done.output
    told = json.loads((tmp_path / "new" / "changes.json").read_text(encoding="utf-8"))
    assert told["before"]["snapshot"] in first.output
    assert told["after"]["snapshot"] in done.output
    assert [(row["key"], row["class"], row["cells"]) for row in told["rows"]] == [
        ("A", "rewritten", {"closed_at": ["2026-01-10T00:00:00", "2026-01-09T00:00:00"]}),
        ("C", "inserted", {}),
        ("B", "progress", {"closed_at": [None, "2026-02-03T00:00:00"]}),
    ]
    same = run_cli("intake", before, *again, "--dry-run")
    assert "nothing changed since" in same.output
    replaced = run_cli("intake", after, *again, "--out", tmp_path / "new", "--replace")
    assert replaced.exit_code == 0
    (tmp_path / "old" / "cases.csv").write_text((tmp_path / "old" / "cases.csv").read_text().replace("U1", "U2"))
    refused = run_cli("intake", after, *again, "--dry-run")
    assert refused.exit_code == 2
    assert "which its ledger.yaml names: it was changed afterwards" in refused.output
