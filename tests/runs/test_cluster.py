"""A run on a dask.distributed cluster gives the bytes of a run on one machine, whatever becomes of its workers."""

from __future__ import annotations

import json
import shutil
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from dask_cluster import PATIENCE, DaskCluster, until
from demonstrations import DEMONSTRATIONS
from small_runs import PARAMETERS, World, contents, write_notebook

from auditlib.core.errors import InputError
from auditlib.core.period import parse_period
from auditlib.core.worktime import china
from auditlib.ledger.divided.divide import write_divided
from auditlib.ledger.read import read_ledger
from auditlib.probe.probe import probe, probe_json
from auditlib.probe.settings import Settings
from auditlib.restate.restatement import restate, restatement_json
from auditlib.runs.cluster import cluster as cluster_module
from auditlib.runs.cluster.by_parts import CountingByParts
from auditlib.runs.cluster.cluster import Cluster, ClusterLost
from auditlib.runs.cluster.probing import probing
from auditlib.runs.cluster.recheck import FalseAnswer
from auditlib.runs.cluster.restating import Restating
from auditlib.runs.execute import Outcome
from auditlib.runs.make import Summary, make_run
from auditlib.runs.plan import PlannedReport
from auditlib.runs.run_folder import Store
from auditlib.runs.runfile import read_run
from auditlib.scheme.load import find_scheme, load_scheme
from auditlib.scoring.assess import assess
from auditlib.scoring.score import score

pytestmark = pytest.mark.long

pytest.importorskip("distributed", reason="needs the extra `cluster`")


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with DaskCluster(tmp_path_factory.mktemp("dask"), workers=2) as cluster:
        yield cluster


def made(world: World, out: Path, address: str | None = None) -> Summary:
    """The run of a world, made in ``out`` here or by the cluster at ``address``."""
    if address is None:
        return make_run(read_run(world.file), out, 2, lambda line: None)
    with Cluster(address) as cluster:
        return make_run(read_run(world.file), out, None, lambda line: None, cluster=cluster)


def divide(world: World) -> None:
    """Put a ledger in three parts in the place of a world's own."""
    write_divided(read_ledger(world.ledger), world.folder / "divided", 3)
    shutil.rmtree(world.ledger)
    (world.folder / "divided").rename(world.ledger)


def test_a_probe_on_a_cluster_gives_the_bytes_of_a_local_one(dask, world, tmp_path, run_cli) -> None:
    refused = run_cli("probe", world.ledger, "--cluster", dask.address)
    assert refused.exit_code == 2
    assert "expected one in parts" in refused.stderr
    divide(world)
    here, there = tmp_path / "here.json", tmp_path / "there.json"
    assert run_cli("probe", world.ledger, "--out", here).exit_code == 0
    assert run_cli("probe", world.ledger, "--out", there, "--cluster", dask.address).exit_code == 0
    assert there.read_bytes() == here.read_bytes()
    ledger = read_ledger(world.ledger)
    with Cluster(dask.address, Fraction(1)) as cluster:
        parts = probing(cluster, ledger)
        assert parts is not None
        assert probe_json(probe(ledger, Settings(), parts=parts)) == json.loads(here.read_text(encoding="utf-8"))
        assert cluster.recheck.told() == {"answers": 3, "made_again": 3, "share": "1"}


def test_a_false_count_of_a_part_under_a_probe_is_named(dask, world, monkeypatch) -> None:
    divide(world)
    ledger = read_ledger(world.ledger)
    with Cluster(dask.address, Fraction(1)) as cluster:
        monkeypatch.setattr(
            cluster, "gathered", lambda futures: [_without_first(one) for one in Cluster.gathered(cluster, futures)]
        )
        with pytest.raises(FalseAnswer, match=r"the count of .*bucket=\d+\.parquet is another"):
            probe(ledger, Settings(), parts=probing(cluster, ledger))


def test_a_restatement_on_a_cluster_gives_the_bytes_of_a_local_one(dask, world, tmp_path, run_cli, monkeypatch) -> None:
    later = tmp_path / "later"
    shutil.copytree(world.ledger, later)
    text = (later / "cases.csv").read_text(encoding="utf-8")
    changed = text.replace("C00,U01", "C00,U02").replace("13:00:00", "08:30:00")
    (later / "cases.csv").write_text(changed, encoding="utf-8")
    (later / "ledger.yaml").write_text('as_of: "2026-03-05T00:00:00"\n', encoding="utf-8")
    asked = ("--scheme", "s22-heating", "--period", "2025-12", "--out")
    here, there = tmp_path / "here.json", tmp_path / "there.json"
    refused = run_cli("restate", world.ledger, later, *asked, there, "--cluster", dask.address)
    assert (refused.exit_code, "expected one in parts" in refused.stderr) == (2, True)
    assert run_cli("restate", world.ledger, later, *asked, here).exit_code == 0
    divide(world)
    for parts in (2, 3):
        write_divided(read_ledger(later), tmp_path / f"{parts}", parts)
    refused = run_cli("restate", world.ledger, tmp_path / "2", *asked, there, "--cluster", dask.address)
    assert refused.exit_code == 2
    assert "found 2 parts, expected 3" in refused.stderr
    assert not there.exists()
    done = run_cli("restate", world.ledger, tmp_path / "3", *asked, there, "--cluster", dask.address)
    assert done.exit_code == 0, done.output
    assert there.read_bytes() == here.read_bytes()
    found = json.loads(here.read_text(encoding="utf-8"))
    assert found["registers"]["cases"]["classes"] == {"rewritten": 1, "moved": 1}
    assert any(one["classes"] for one in found["points"])
    sides = [read_ledger(folder) for folder in (world.ledger, tmp_path / "3")]
    with Cluster(dask.address, Fraction(1)) as cluster:
        again = restate(*sides, apart=Restating.of(cluster, *sides))
        assert restatement_json(again)["differences"] == found["differences"]
        assert cluster.recheck.told() == {"answers": 3, "made_again": 3, "share": "1"}
        monkeypatch.setattr(
            cluster, "gathered", lambda futures: [_without_first(one) for one in Cluster.gathered(cluster, futures)]
        )
        with pytest.raises(FalseAnswer, match=r"the restatement of .*bucket=\d+\.parquet is another"):
            restate(*sides, apart=Restating.of(cluster, *sides))


def _without_first(answer: Any) -> Any:
    """What a worker would say that leaves out the first of its tests."""
    return answer[1:] if isinstance(answer, list) else answer


def test_a_run_on_a_cluster_gives_the_bytes_of_a_local_one(dask, world, tmp_path) -> None:
    world.write_run(periods=["2025-12"])
    assert not made(world, tmp_path / "here" / "small").failed
    done = made(world, tmp_path / "there" / "small", dask.address)
    assert (done.made, dict(done.failed)) == (3, {})
    assert contents(tmp_path / "there" / "small") == contents(tmp_path / "here" / "small")
    again = made(world, tmp_path / "here" / "small", dask.address)
    assert (again.made, again.current) == (0, 3), "what was finished here is finished there"


def test_a_worker_that_began_with_the_ranking_makes_the_units_of_the_period_from_what_it_is_sent(
    world, tmp_path
) -> None:
    world.write_run(periods=["2025-12"])
    run, elsewhere = read_run(world.file), tmp_path / "elsewhere"

    def gone_once_counted(line: str) -> None:
        if "to make" in line:
            world.ledger.rename(elsewhere)

    with DaskCluster(tmp_path / "dask", workers=1) as one, Cluster(one.address) as cluster:
        done = make_run(run, world.out, None, gone_once_counted, cluster=cluster)
    assert elsewhere.exists()
    assert (done.made, dict(done.failed)) == (3, {})


def test_an_address_where_nobody_answers_is_an_error_of_input(world, run_cli, monkeypatch) -> None:
    monkeypatch.setattr("auditlib.runs.cluster.cluster.PATIENCE", 1)
    for address in ("tcp://127.0.0.1:9", "nowhere://localhost:1"):
        done = run_cli("run", world.file, "--out", world.out, "--cluster", address)
        assert done.exit_code == 2, done.output
        assert f"--cluster: {address}: no dask scheduler answers" in done.stderr
    assert not world.out.exists()


def test_a_ledger_in_parts_is_counted_by_the_workers_and_gives_the_same_bytes(dask, world, tmp_path) -> None:
    assert not made(world, tmp_path / "here" / "small").failed
    divide(world)
    assert not made(world, tmp_path / "there" / "small", dask.address).failed
    assert contents(tmp_path / "there" / "small") == contents(tmp_path / "here" / "small")


def test_a_part_that_a_worker_finds_changed_is_named(dask, world) -> None:
    divide(world)
    with Cluster(dask.address) as cluster:
        ledger = read_ledger(world.ledger)
        part = max((world.ledger / "cases").iterdir(), key=lambda file: file.stat().st_size)
        pl.concat([pl.read_parquet(part)] * 2).write_parquet(part)
        with pytest.raises(InputError, match=rf"cases/{part.name}: found content \w+, expected"):
            assess("s22-heating", ledger, parse_period("2025-12", "test"), count=cluster.counting(ledger))


def test_a_worker_killed_in_the_midst_costs_nothing_but_time(root, tmp_path, monkeypatch) -> None:
    world = World(tmp_path / "world", root, units=4)
    monkeypatch.setenv("AUDITLIB_HOME", str(world.home))
    assert not made(world, tmp_path / "here" / "small").failed
    with DaskCluster(tmp_path / "dask", workers=2) as dask:
        done: list[Summary] = []
        running = threading.Thread(target=lambda: done.append(made(world, world.out, dask.address)))
        running.start()
        entries = Store(world.out).entries
        until(lambda: len(list(entries.glob("*.json"))) >= 2, "no report was finished")
        dask.workers[0].send_signal(signal.SIGKILL)
        until(lambda: len(list(entries.glob("*.json"))) >= 3, "the other worker did not go on")
        dask.add_worker()  # one that comes later takes its share
        until(lambda: len(list(entries.glob("*.json"))) >= 5, "nobody went on")
        dask.workers[1].send_signal(signal.SIGKILL)
        running.join(timeout=PATIENCE)
        assert not running.is_alive()
    assert [(one.made, dict(one.failed)) for one in done] == [(10, {})]
    assert contents(world.out) == contents(tmp_path / "here" / "small")


def test_a_worker_killed_while_it_counts_costs_nothing_but_time(world, tmp_path) -> None:
    divide(world)
    assert not made(world, tmp_path / "here" / "small").failed
    with DaskCluster(tmp_path / "dask") as dask:
        first = dask.add_worker()
        done: list[Summary] = []
        running = threading.Thread(target=lambda: done.append(made(world, world.out, dask.address)))
        running.start()
        until(lambda: (Store(world.out).own / "scored").is_dir(), "no period was scored")  # the first of two
        first.send_signal(signal.SIGKILL)
        dask.add_worker()
        running.join(timeout=PATIENCE)
        assert not running.is_alive()
    assert [(one.made, dict(one.failed)) for one in done] == [(6, {})]
    assert contents(world.out) == contents(tmp_path / "here" / "small")


def test_a_report_that_kills_its_own_process_fails_alone_and_says_what_a_local_one_says(dask, world, tmp_path) -> None:
    killer = "import os, signal\nif unit == 'U01':\n    os.kill(os.getppid(), signal.SIGKILL)"
    write_notebook(world.home / "notebooks" / "tell.ipynb", [killer], parameters=PARAMETERS, reads="unit")
    here, there = made(world, tmp_path / "here" / "small"), made(world, tmp_path / "there" / "small", dask.address)
    assert set(there.failed) == {"2025-12/U01", "2026-01/U01"}
    assert there.failed == here.failed
    assert contents(tmp_path / "there" / "small") == contents(tmp_path / "here" / "small")


def test_a_report_that_kills_every_worker_that_takes_it_fails_and_the_others_are_made(world, tmp_path) -> None:
    killer = (
        "import os, pathlib, signal\ndef above(pid):\n"
        "    return int(pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')')[-1].split()[1])\n"
        "if unit == 'U01':\n    os.kill(above(above(os.getppid())), signal.SIGKILL)"
    )
    world.write_run(periods=["2025-12"])
    write_notebook(world.home / "notebooks" / "tell.ipynb", [killer], parameters=PARAMETERS, reads="unit")
    with DaskCluster(tmp_path / "dask") as dask:
        dask.add_worker("--nanny")  # which starts a worker again that was killed
        done = made(world, world.out, dask.address)
    assert set(done.failed) == {"2025-12/U01"}
    assert done.failed["2025-12/U01"] == "each of 4 workers that took it was killed"
    assert done.made == 2


def test_a_worker_with_another_library_is_refused_by_name(world, root, tmp_path) -> None:
    shutil.copytree(root / "auditlib", tmp_path / "other" / "auditlib", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "other" / "auditlib" / "core" / "exact.py").open("a") as file:
        file.write("# another one\n")
    with DaskCluster(tmp_path / "dask") as dask:
        dask.add_worker(environment={"PYTHONPATH": str(tmp_path / "other")})
        with pytest.raises(InputError) as refused:
            Cluster(dask.address)
    (problem,) = refused.value.problems
    assert problem.place.startswith("worker tcp://127.0.0.1:")
    assert problem.place.endswith(": auditlib source")
    assert "as the runner has" in problem.message


def test_a_run_whose_scheduler_goes_away_stops_with_what_is_finished(root, tmp_path, monkeypatch) -> None:
    world = World(tmp_path / "world", root, units=12)
    monkeypatch.setenv("AUDITLIB_HOME", str(world.home))
    with DaskCluster(tmp_path / "dask", workers=1) as dask:
        with Cluster(dask.address):  # waits as usual for a worker, which may take its time to start
            pass
        monkeypatch.setattr("auditlib.runs.cluster.cluster.PATIENCE", 5)
        entries = Store(world.out).entries

        def end() -> None:
            until(lambda: len(list(entries.glob("*.json"))) >= 2, "no report was finished")
            dask.scheduler.kill()

        threading.Thread(target=end).start()
        with pytest.raises(ClusterLost, match="the scheduler is gone"):
            made(world, world.out, dask.address)
    finished = len(list(entries.glob("*.json")))
    assert 2 <= finished < 26
    assert made(world, world.out).current == finished


def test_a_cluster_without_workers_is_an_error_of_input(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("auditlib.runs.cluster.cluster.PATIENCE", 1)
    with DaskCluster(tmp_path / "dask") as dask, pytest.raises(InputError, match="found no worker, expected some"):
        Cluster(dask.address)


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:1", "10.0.0.1:1", "ws://example.org:1", "tcp://[fd00::1]:1"])
def test_a_cluster_elsewhere_is_spoken_to_with_tls_only(address, monkeypatch) -> None:
    monkeypatch.setattr(cluster_module, "PATIENCE", 0.05)
    with pytest.raises(InputError, match="found a cluster elsewhere without TLS, expected tls://HOST:PORT"):
        Cluster(address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "localhost:1", "tcp://[::1]:1", "tls://10.0.0.1:8786"])
def test_this_machine_and_tls_need_no_word(address) -> None:
    cluster_module._require_tls(address)


def test_whoever_trusts_the_network_says_so(monkeypatch) -> None:
    monkeypatch.setenv(cluster_module.PLAIN, "1")
    cluster_module._require_tls("tcp://10.0.0.1:8786")


def test_an_answer_that_is_not_what_the_task_gives_ends_the_run(dask, world, monkeypatch) -> None:
    taken = Cluster._outcome

    def false(self: Cluster, report: PlannedReport, future: object) -> Outcome:
        outcome = taken(self, report, future)
        page = report.file(".html")
        page.write_text(page.read_text(encoding="utf-8").replace("U0", "U9"), encoding="utf-8")
        return outcome

    monkeypatch.setattr(Cluster, "_outcome", false)
    with Cluster(dask.address) as cluster, pytest.raises(FalseAnswer, match="is not what is made of it here"):
        make_run(read_run(world.file), world.out, None, lambda text: None, cluster=cluster)
    assert not (world.out / "manifest.json").exists()


def test_duties_of_a_ledger_in_parts_are_judged_by_the_workers_and_come_out_the_same(dask, tmp_path) -> None:
    """Every second act is of the first unit, whosever the case is, so that many cases lie in two parts."""
    own = read_ledger(DEMONSTRATIONS / "s38-first-asked")
    acts = own.registers["acts"].with_row_index("number")
    first = pl.when(pl.col("number") % 2 == 0).then(pl.lit(own.units()["unit"][0])).otherwise("unit").alias("unit")
    own = replace(own, registers={**own.registers, "acts": acts.with_columns(first).drop("number")})
    write_divided(own, tmp_path / "parts", 3)
    ledger, period = read_ledger(tmp_path / "parts"), parse_period(own.note.period, "test")
    resolved = load_scheme(find_scheme("s38-first-asked")).resolve()
    here = score(resolved, own, period, own.as_of, calendar=china(), duties=True)
    with Cluster(dask.address, Fraction(1)) as cluster:
        counting = cluster.counting(ledger)
        assert isinstance(counting, CountingByParts)
        judging = replace(counting, few=0)
        there = score(resolved, ledger, period, own.as_of, calendar=china(), duties=True, count=judging)
        assert cluster.recheck.made_again == cluster.recheck.given > 9
    assert there == here
