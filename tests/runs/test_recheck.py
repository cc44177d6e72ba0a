"""A share of what workers count is counted again by the runner, and a wrong answer ends the run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from dask_cluster import DaskCluster
from small_runs import World, contents, write_ledger

from auditlib.core.hashes import digest
from auditlib.core.period import parse_period
from auditlib.ledger.divided.divide import parts_of, write_divided
from auditlib.ledger.read import Ledger, read_ledger
from auditlib.runs.cluster import recheck as recheck_module
from auditlib.runs.cluster.recheck import SHARE, Drawing, FalseAnswer, Recheck, same_answer
from auditlib.scoring.assess import calendar_of, resolve_scheme
from auditlib.scoring.counts import Question, Tally, merged, take_tally, tallies_of_parts, tally_part

KEY = b"k" * 32
HASHES = [digest(number) for number in range(20_000)]
LIAR = """
from dataclasses import replace
from fractions import Fraction
from auditlib.scoring import counts

if "honest" not in globals():  # dask loads this, and loads it again in the same place
    honest = counts.tally_part

def tally_part(question, part, repeats):
    tally = honest(question, part, repeats)
    unit = min(tally.counts, default=None)
    if unit is None:  # it lies of a part without units, too: any of its answers may be the one that is drawn
        return replace(tally, counts={"U00": {"received": Fraction(1)}})
    name = min(name for name, value in tally.counts[unit].items() if value is not None)
    own = {**tally.counts[unit], name: tally.counts[unit][name] + 1}
    return replace(tally, counts={**tally.counts, unit: own})

counts.tally_part = tally_part
"""
"""What a worker is started with that gives one case too many, and calls itself the same software."""


# --- which answers are drawn ---------------------------------------------------------------------------


def test_the_share_that_is_drawn_is_the_share_that_was_asked_for() -> None:
    drawn = sum(Recheck(KEY, Fraction(1, 10)).draws(one) for one in HASHES)
    assert abs(drawn - 2000) < 5 * 42.4, "five standard deviations of a binomial count"


def test_the_same_key_draws_the_same_and_another_key_others() -> None:
    def drawn(key: bytes) -> set[str]:
        return {one for one in HASHES if Recheck(key, Fraction(1, 10)).draws(one)}

    assert drawn(KEY) == drawn(KEY)
    both = drawn(KEY) & drawn(b"l" * 32)
    assert len(both) < 300, "some 200 of 2,000 by chance"


def test_a_larger_share_draws_what_a_smaller_one_does() -> None:
    few, many = Recheck(KEY, Fraction(1, 50)), Recheck(KEY, Fraction(1, 5))
    assert all(many.draws(one) for one in HASHES if few.draws(one))


def test_all_and_none() -> None:
    assert all(Recheck(KEY, Fraction(1)).draws(one) for one in HASHES)
    assert not any(Recheck(KEY, Fraction(0)).draws(one, "a worker") for one in HASHES)


def test_every_worker_is_asked_once_however_small_the_share() -> None:
    recheck = Recheck(KEY, Fraction(1, 10**9))
    assert [recheck.draws(one, f"worker {number % 5}") for number, one in enumerate(HASHES[:20])] == [
        *[True] * 5, *[False] * 15,
    ]  # fmt: skip


# --- one question over parts, without a cluster ---------------------------------------------------------


@dataclass(frozen=True)
class Answered:
    """Stands for the answer of a task, as a future of dask does."""

    key: str
    value: Any
    worker: str


class Workers:
    """Answers at once, by turns as one of three workers; ``lies`` may change an answer."""

    def __init__(self, lies: Callable[[str, Any, Any], Any] = lambda worker, task, answer: answer) -> None:
        self.answers: list[Answered] = []
        self._lies = lies

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Answered:
        number = len(self.answers)
        worker = f"tcp://w{number % 3}"
        value = self._lies(worker, (function, arguments), function(*gathered(list(arguments))))
        self.answers.append(Answered(f"task-{number}", value, worker))
        return self.answers[-1]


def gathered(value: Any) -> Any:
    if isinstance(value, Answered):
        return value.value
    if isinstance(value, dict):
        return {key: gathered(one) for key, one in value.items()}
    return [gathered(one) for one in value] if type(value) in (list, tuple) else value


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """A ledger of twelve units in five parts."""
    folder = tmp_path_factory.mktemp("divided")
    write_divided(read_ledger(write_ledger(folder / "whole", units=12)), folder / "parts", 5)
    return read_ledger(folder / "parts")


@pytest.fixture(scope="module")
def question() -> Question:
    period = parse_period("2025-12", "test")
    resolved = resolve_scheme("s22-heating", period)
    return Question(resolved.scheme, period, datetime(2026, 2, 5), calendar_of(resolved))


def counted(ledger: Ledger, question: Question, workers: Workers, recheck: Recheck) -> Tally:
    """As :meth:`.Cluster.counting` counts."""
    drawing = Drawing(recheck)

    def submit(function: Callable[..., Any], *arguments: Any) -> Answered:
        return drawing.noted(workers.submit(function, *arguments), function, arguments)

    futures = tallies_of_parts(question, ledger.registers.keys(), parts_of(ledger), submit)
    answers = gathered(futures)
    drawing.check(futures, answers, lambda future: [future.worker], gathered)
    return merged(answers)


def one_more(tally: Tally) -> Tally:
    """The tally with a case too many for one unit; of a part without units, for one that it does not have."""
    if not tally.counts:
        return replace(tally, counts={"U00": {"received": Fraction(1)}})
    unit = min(tally.counts)
    name = min(name for name, value in tally.counts[unit].items() if value is not None)
    own = {**tally.counts[unit], name: (tally.counts[unit][name] or 0) + 1}
    return replace(tally, counts={**tally.counts, unit: own})


@pytest.mark.long
def test_honest_workers_are_believed_and_the_count_is_that_of_the_whole(ledger, question) -> None:
    whole = take_tally(question, ledger.registers)
    for share in (Fraction(0), SHARE, Fraction(1)):
        recheck, workers = Recheck(KEY, share), Workers()
        assert counted(ledger, question, workers, recheck).counts == whole.counts
        assert recheck.given == len(workers.answers)
        if share == 1:
            assert recheck.made_again == recheck.given
        if not share:
            assert recheck.made_again == 0


def test_with_the_usual_share_a_worker_that_always_lies_is_found_and_named_with_a_part(ledger, question) -> None:
    def lies(worker: str, task: Any, answer: Any) -> Any:
        return one_more(answer) if worker == "tcp://w1" and isinstance(answer, Tally) else answer

    with pytest.raises(
        FalseAnswer,
        match=r"^worker tcp://w1: the count of .*cases/bucket=00\d\.parquet.* is another when made again here \(task "
        r"[0-9a-f]{12}\): \w+ of unit U\d\d: found \d+, expected (?:\d+|None); nothing is recorded",
    ):
        counted(ledger, question, Workers(lies), Recheck(KEY))


@pytest.mark.parametrize("number", range(5))
def test_a_lie_in_a_single_part_is_found_by_a_share_of_all_and_the_part_is_named(ledger, question, number) -> None:
    part = parts_of(ledger)[number]

    def lies(worker: str, task: Any, answer: Any) -> Any:
        return one_more(answer) if task[0] is tally_part and task[1][1] == part and answer.counts else answer

    if not tally_part(question, part, {}).counts:
        pytest.skip("no unit lies in this part")
    with pytest.raises(FalseAnswer, match=rf"the count of [^(]*cases/bucket=00{number}\.parquet"):
        counted(ledger, question, Workers(lies), Recheck(KEY, Fraction(1)))


@pytest.mark.parametrize(
    ("kind", "told"), [("_repeats_at", "the comparison of"), ("_rows_by_place", "the compared rows of")]
)
def test_a_lie_about_rows_that_parts_compare_is_found_although_no_count_is_wrong(ledger, question, kind, told) -> None:
    """Such a lie makes counts wrong that are made again from it, so that it has to be found where it is told."""

    def lies(worker: str, task: Any, answer: Any) -> Any:
        if task[0].__name__ != kind:
            return answer
        return answer.head(0).extend_constant("C00", 1) if kind == "_repeats_at" else [*answer, answer[0].head(0)]

    with pytest.raises(FalseAnswer, match=rf"^worker tcp://w\d: {told}"):
        counted(ledger, question, Workers(lies), Recheck(KEY, Fraction(1, 10**9)))


def test_who_was_right_about_one_kind_of_answer_is_asked_about_another(monkeypatch) -> None:
    def count() -> int:
        return 1

    def duties() -> int:
        return 2

    monkeypatch.setattr(recheck_module, "ANSWERS", (count, duties))
    recheck = Recheck(KEY, Fraction(1, 10**9))

    def checked(function: Callable[[], int], answer: int) -> None:
        drawing = Drawing(recheck)
        future = drawing.noted(Answered(function.__name__, answer, "tcp://w"), function, ())
        drawing.check([future], [answer], lambda one: [one.worker], gathered)

    checked(count, 1)
    with pytest.raises(FalseAnswer, match=r"^worker tcp://w: "):
        checked(duties, 3)
    checked(count, 9)  # the control: of a kind of which one was right no other need be drawn


def test_tasks_are_named_by_what_is_asked_and_of_what(ledger, question) -> None:
    def names(of: Question, parts: list[Any]) -> list[str]:
        drawing, found = Drawing(Recheck(KEY)), []
        for number, part in enumerate(parts):
            drawing.noted(Answered(f"k{number}", None, "w"), tally_part, (of, part, {}))
            found.append(drawing._names[f"k{number}"])
        return found

    parts = parts_of(ledger)
    assert names(question, parts) == names(replace(question), parts)
    assert len({*names(question, parts), *names(replace(question, exclude=False), parts)}) == 10
    moved = [replace(part, folder="/elsewhere") for part in parts]
    assert names(question, moved) == names(question, parts), "the content of the files counts, not where they lie"


def test_equal_answers_are_equal_whatever_order_keys_were_found_in() -> None:
    import polars as pl

    assert same_answer(pl.Series(["a", "b"]), pl.Series(["b", "a"]))
    assert not same_answer(pl.Series(["a", "b"]), pl.Series(["b", "c"]))
    assert not same_answer([pl.DataFrame({"a": [1]})], [pl.DataFrame({"a": [2]})])
    assert not same_answer(Tally(has_data=True), Tally())
    assert not same_answer(Tally(), {})


# --- a cluster ------------------------------------------------------------------------------------------


def divide(world: World) -> None:
    write_divided(read_ledger(world.ledger), world.folder / "divided", 3)
    shutil.rmtree(world.ledger)
    (world.folder / "divided").rename(world.ledger)


@pytest.mark.long
def test_a_lying_worker_ends_the_run_and_an_honest_one_makes_it_from_the_beginning(
    world: World, run_cli: Any, tmp_path: Path
) -> None:
    pytest.importorskip("distributed", reason="needs the extra `cluster`")
    divide(world)
    world.write_run(periods=["2025-12"])
    (tmp_path / "liar.py").write_text(LIAR, encoding="utf-8")
    with DaskCluster(tmp_path / "dask") as dask:
        liar = dask.add_worker("--no-nanny", "--preload", str(tmp_path / "liar.py"))
        done = run_cli("run", world.file, "--out", world.out, "--cluster", dask.address)
        assert done.exit_code == 2, done.output
        assert "worker tcp://127.0.0.1:" in done.stderr
        assert "the count of cases/bucket=00" in done.stderr.replace("checks/bucket", "cases/bucket")
        assert not (world.out / "manifest.json").exists()
        assert not list(world.out.glob(".run/scored/*"))
        liar.kill()
        liar.wait()
        dask.add_worker()
        done = run_cli("run", world.file, "--out", world.out, "--cluster", dask.address, "--recheck", "100%")
    assert done.exit_code == 0, done.output
    log = json.loads((world.out / "run-log.json").read_text())["workers"]
    assert log["made_again"] == log["answers"] > 3
    assert f"{log['answers']} of {log['answers']} answers of workers were made again here" in done.stderr
    assert run_cli("run", world.file, "--out", tmp_path / "here" / "small").exit_code == 0
    assert contents(world.out) == contents(tmp_path / "here" / "small")


@pytest.mark.parametrize("share", ["2", "-1", "150%", "x", "1/0", "nan"])
def test_a_share_that_is_none_is_refused(world, run_cli, share) -> None:
    done = run_cli("run", world.file, "--cluster", "tcp://127.0.0.1:9", "--recheck", share)
    assert done.exit_code == 2
    assert "expected a share from 0 to 1" in done.stderr


def test_a_share_without_workers_is_refused(world, run_cli) -> None:
    done = run_cli("run", world.file, "--recheck", "1/2")
    assert (done.exit_code, "goes with --cluster" in done.stderr) == (2, True)
