"""A run on three workers with nothing in common but a network, each in a namespace of its own; one is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from dask_cluster import PATIENCE, DaskCluster, until
from small_runs import World, contents

from auditlib.ledger.divided.divide import write_divided
from auditlib.ledger.read import read_ledger
from auditlib.runs.cluster.cluster import Cluster
from auditlib.runs.make import Summary, make_run
from auditlib.runs.run_folder import Store
from auditlib.runs.runfile import read_run

pytest.importorskip("distributed", reason="needs the extra `cluster`")
pytestmark = pytest.mark.long


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


@dataclass(frozen=True)
class Machine:
    """A network namespace with one interface."""

    name: str
    address: str

    @property
    def inside(self) -> tuple[str, ...]:
        """The command that runs another one there."""
        return ("ip", "netns", "exec", self.name)


@pytest.fixture
def network() -> Iterator[tuple[str, list[Machine]]]:
    """The address of this machine on a bridge, and three machines on it."""
    if os.geteuid() or shutil.which("ip") is None:
        pytest.skip("needs root and the command `ip` to make networks")
    own = f"al{os.getpid() % 100_000}"
    net = f"10.{200 + os.getpid() % 50}.{os.getpid() // 50 % 250}"
    machines = [Machine(f"{own}-{n}", f"{net}.{n + 10}") for n in range(3)]
    try:
        ip("link", "add", own, "type", "bridge")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"networks cannot be made here: {error.stderr.strip()}")
    try:
        ip("address", "add", f"{net}.1/24", "dev", own)
        ip("link", "set", own, "up")
        for number, machine in enumerate(machines):
            here, there = f"{own}h{number}", f"{own}t{number}"
            ip("netns", "add", machine.name)
            ip("link", "add", here, "type", "veth", "peer", "name", there)
            ip("link", "set", here, "master", own, "up")
            ip("link", "set", there, "netns", machine.name)
            ip("-n", machine.name, "address", "add", f"{machine.address}/24", "dev", there)
            ip("-n", machine.name, "link", "set", there, "up")
            ip("-n", machine.name, "link", "set", "lo", "up")
        yield f"{net}.1", machines
    finally:
        for machine in machines:
            subprocess.run(["ip", "netns", "delete", machine.name], capture_output=True)
        subprocess.run(["ip", "link", "delete", own], capture_output=True)


def made(world: World, out: Path, address: str | None = None) -> Summary:
    if address is None:
        return make_run(read_run(world.file), out, 2, lambda line: None)
    with Cluster(address) as cluster:
        return make_run(read_run(world.file), out, None, lambda line: None, cluster=cluster)


def test_three_machines_of_which_one_is_killed_give_the_bytes_of_one(network, root, tmp_path, monkeypatch) -> None:
    world = World(tmp_path / "world", root, units=4)
    world.write_run(formats=["html", "docx"])
    monkeypatch.setenv("AUDITLIB_HOME", str(world.home))
    monkeypatch.setenv("AUDITLIB_CLUSTER_PLAIN", "1")  # the bridge leaves this machine no more than loopback does
    assert not made(world, tmp_path / "here" / "small").failed
    write_divided(read_ledger(world.ledger), world.folder / "divided", 3)
    shutil.rmtree(world.ledger)
    (world.folder / "divided").rename(world.ledger)
    host, machines = network
    with DaskCluster(tmp_path / "dask", host=host) as dask:
        workers = [dask.add_worker(host=one.address, inside=one.inside) for one in machines]
        done: list[Summary] = []
        running = threading.Thread(target=lambda: done.append(made(world, world.out, dask.address)))
        running.start()
        entries = Store(world.out).entries
        until(lambda: len(list(entries.glob("*.json"))) >= 2, "no report was finished")
        workers[0].send_signal(signal.SIGKILL)
        running.join(timeout=PATIENCE)
        assert not running.is_alive()
    assert [(one.made, dict(one.failed)) for one in done] == [(10, {})]
    found = contents(world.out)
    assert sum(name.endswith(".docx") for name in found) == 10
    assert found == contents(tmp_path / "here" / "small")
