"""Scored periods outlive a killed runner, and are read by nobody but the user who wrote them."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import platformdirs
import polars
import pytest
from small_runs import World, contents

from auditlib.analysis.kept import RECORDS
from auditlib.analysis.request import Asked
from auditlib.core.errors import InputError
from auditlib.runs import make as run_module
from auditlib.runs import period_cache, plan
from auditlib.runs.make import Summary, make_run
from auditlib.runs.run_folder import Store
from auditlib.runs.runfile import read_run


@pytest.fixture(autouse=True)
def own_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A user of our own, whose key is made when it is needed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    period_cache.user_key.cache_clear()
    yield platformdirs.user_state_path("auditlib", appauthor=False) / "kept.key"
    period_cache.user_key.cache_clear()


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The periods that are scored, as they are."""
    periods: list[str] = []
    score = plan.score_period
    monkeypatch.setattr(
        plan, "score_period", lambda asked, *more: (periods.append(asked.period), score(asked, *more))[1]
    )
    return periods


def interrupted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends, as if it were killed, before its first report, when its periods are scored or found."""

    def killed(*anything: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("auditlib.runs.make.execute", killed)
        with pytest.raises(KeyboardInterrupt):
            make(world)


def make(world: World, out: Path | None = None) -> Summary:
    return make_run(read_run(world.file), out or world.out, 2, lambda text: None)


@pytest.mark.long
def test_a_killed_runner_leaves_its_scored_periods_to_the_next(world, scored, monkeypatch, tmp_path) -> None:
    interrupted(world, monkeypatch)
    assert scored == ["2025-12", "2026-01"]
    scored.clear()
    assert make(world).made == 6
    assert scored == []
    assert make(world, tmp_path / "other" / "small").made == 6
    assert contents(world.out) == contents(tmp_path / "other" / "small")


@pytest.mark.long
def test_nothing_is_kept_of_a_finished_run(world) -> None:
    make(world)
    assert list((Store(world.out).own / "scored").glob("*")) == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("ledger/cases.csv", "C03,", "C99,"),
        ("ledger/ledger.yaml", "2026-02-05T00:00:00", "2026-02-06T00:00:00"),
        ("home/params/schemes/s22-heating.yaml", "every hour over for contact}, points: -2",
         "every hour over for contact}, points: -1"),
    ],
)  # fmt: skip
def test_a_period_is_scored_again_when_what_it_was_scored_from_changes(
    world, scored, monkeypatch, file, old, new
) -> None:
    interrupted(world, monkeypatch)
    scored.clear()
    world.edit(file, old, new)
    interrupted(world, monkeypatch)
    assert scored == ["2025-12", "2026-01"]


@pytest.mark.long
def test_a_run_on_more_units_keeps_more(world, scored, monkeypatch) -> None:
    world.write_run(units=["U01"])
    interrupted(world, monkeypatch)
    world.write_run()
    scored.clear()
    interrupted(world, monkeypatch)
    assert scored == ["2025-12", "2026-01"]


class Bomb:
    """A pickle that runs code in whoever reads it."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.kill, (os.getpid(), signal.SIGKILL)


def planned_files(world: World) -> list[Path]:
    return sorted((Store(world.out).own / "scored").glob("*/planned.json"))


@pytest.mark.long
def test_a_file_that_was_put_in_its_place_is_not_read(world, scored, monkeypatch) -> None:
    interrupted(world, monkeypatch)
    for file in planned_files(world):
        file.write_bytes(pickle.dumps(Bomb()))
    scored.clear()
    assert make(world).made == 6
    assert scored == ["2025-12", "2026-01"]


@pytest.mark.long
def test_what_another_user_sealed_is_not_read(world, scored, monkeypatch, own_key) -> None:
    interrupted(world, monkeypatch)
    assert len(planned_files(world)) == 2
    assert own_key.stat().st_mode & 0o777 == 0o600
    own_key.write_bytes(bytes(32))
    period_cache.user_key.cache_clear()
    scored.clear()
    interrupted(world, monkeypatch)
    assert scored == ["2025-12", "2026-01"]


@pytest.mark.long
def test_a_period_that_was_scored_for_another_time_is_not_taken_for_this_one(world, scored, monkeypatch) -> None:
    interrupted(world, monkeypatch)
    kept_in = Store(world.out).own / "scored"
    before = asked_by(world)
    world.write_run(as_of="2026-02-04T00:00:00")
    for late, early in zip(before, asked_by(world), strict=True):
        period_cache.period_folder(kept_in, late).rename(period_cache.period_folder(kept_in, early))
    scored.clear()
    interrupted(world, monkeypatch)
    assert scored == ["2025-12", "2026-01"]


def asked_by(world: World) -> list[Asked]:
    run = read_run(world.file)
    return [plan._asked(run, period) for period in run.periods]


@pytest.mark.parametrize("name", ["scored", "entries", "history"])
def test_a_link_in_the_place_of_a_folder_is_refused_and_nothing_behind_it_is_removed(world, tmp_path, name) -> None:
    (tmp_path / "elsewhere" / "documents").mkdir(parents=True)
    (world.out / ".run").mkdir(parents=True)
    (world.out / ".run" / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="found a link, expected a folder of the run itself"):
        make(world)
    assert (tmp_path / "elsewhere" / "documents").is_dir()


@pytest.mark.long
def test_a_lost_file_costs_only_its_period(world, scored, monkeypatch) -> None:
    interrupted(world, monkeypatch)
    planned_files(world)[0].unlink()
    scored.clear()
    interrupted(world, monkeypatch)
    assert len(scored) == 1


@pytest.mark.long
def test_a_user_without_a_place_for_a_key_can_still_run(world, monkeypatch, tmp_path) -> None:
    (tmp_path / "state").write_text("a file, not a folder")
    assert make(world).made == 6


@pytest.mark.long
@pytest.mark.parametrize("swapped", [False, True])
def test_what_is_put_in_its_place_while_reports_are_made_fails_them_and_runs_nothing(
    world, monkeypatch, swapped
) -> None:
    carry_out, kept_in = run_module.execute, Store(world.out).own / "scored"

    def swap(*arguments: Any, **more: Any) -> Iterator[Any]:
        kept_in.rename(kept_in.with_name("theirs"))
        shutil.copytree(kept_in.with_name("theirs"), kept_in)
        for file in kept_in.glob("*/*.json"):
            if swapped:
                file.write_bytes(pickle.dumps(Bomb()))
        return carry_out(*arguments, **more)

    monkeypatch.setattr(run_module, "execute", swap)
    failed = make(world).failed
    assert len(failed) == (6 if swapped else 0)
    assert all("found other content than was scored" in text for text in failed.values())


@pytest.mark.long
@pytest.mark.parametrize("before", [None, 0o777])
def test_the_folder_of_kept_periods_is_the_users_alone_whatever_the_umask_and_what_was_there(
    world, monkeypatch, before
) -> None:
    kept_in = Store(world.out).own / "scored"
    if before:
        kept_in.mkdir(parents=True)
        kept_in.chmod(before)
    umask = os.umask(0o002)
    try:
        interrupted(world, monkeypatch)
    finally:
        os.umask(umask)
    assert [place.stat().st_mode & 0o777 for place in (kept_in, *kept_in.iterdir())] == [0o700] * 3
    assert kept_in.parent.stat().st_mode & 0o022 == 0  # nobody else renames it


@pytest.mark.long
def test_all_that_is_kept_is_json_that_is_read_without_polars(world, monkeypatch) -> None:
    interrupted(world, monkeypatch)
    monkeypatch.setattr(polars, "LazyFrame", None)
    monkeypatch.setattr(polars, "DataFrame", None)
    files = [file for file in (Store(world.out).own / "scored").glob("*/*") if file.name != period_cache.SEAL]
    assert len(files) == 2 * 5  # planned, ranking, standing, and a unit each
    for file in files:
        content = file.read_bytes()
        assert RECORDS.dumps(RECORDS.loads(content)) == content
