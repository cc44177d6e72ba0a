"""A run probes its ledger once, by one file of settings, and all of its pages tell of that."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_runs import PARAMETERS, TELL, World, write_notebook

from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.probe.probe import probe
from auditlib.probe.settings import Settings
from auditlib.probe.touching import touching
from auditlib.runs.period_cache import KeptPeriods
from auditlib.runs.plan import plan_run
from auditlib.runs.runfile import read_run
from auditlib.scoring.assess import resolve_scheme

MORE = PARAMETERS + 'signals: bool = False\nsettings: str = ""\n'


@pytest.fixture
def settings(world: World) -> Path:
    """A file by which a case that is closed at any time is one of a batch; the notebook on a unit can be told of it."""
    write_notebook(world.home / "notebooks" / "tell.ipynb", [TELL], parameters=MORE, reads="unit")
    write_notebook(
        world.home / "notebooks" / "ledger_audit.ipynb", [], parameters=MORE.replace("unit: str = None\n", "")
    )
    file = world.folder / "settings.yaml"
    file.write_text("batch: 1\n", encoding="utf-8")
    return file


def signals(world: World, folder: Path, **told: object) -> object:
    """What the page on the first unit would be told of a probe."""
    use = {"notebook": "tell", "per": "unit", "parameters": {"signals": True, **told}}
    world.write_run(periods=["2025-12"], notebooks=[use])
    return plan_run(read_run(world.file), world.out, KeptPeriods(folder)).periods["2025-12"].signals


@pytest.mark.long
def test_a_page_on_a_unit_is_told_of_the_probe_by_the_settings_of_the_run(
    world: World, settings: Path, tmp_path: Path
) -> None:
    """Also where the period was kept from a run with others, and after the file has changed."""
    december = Period.parse("2025-12")
    ledger, scheme = read_ledger(world.ledger), resolve_scheme("s22-heating", december)

    def expected(own: Settings) -> object:
        return touching(probe(ledger, own, scheme, december), scheme.scheme)

    assert expected(Settings(batch=1)) != expected(Settings())
    assert signals(world, tmp_path / "kept") == expected(Settings())
    assert signals(world, tmp_path / "kept", settings=str(settings)) == expected(Settings(batch=1))
    settings.write_text("batch: 9\n", encoding="utf-8")
    assert signals(world, tmp_path / "kept", settings=str(settings)) == expected(Settings(batch=9))


@pytest.mark.long
def test_pages_of_one_run_that_would_tell_of_different_probes_are_refused(world: World, settings: Path) -> None:
    both = [
        {"notebook": "ledger_audit", "per": "period"},
        {"notebook": "tell", "per": "unit", "parameters": {"signals": True, "settings": str(settings)}},
    ]
    world.write_run(periods=["2025-12"], notebooks=both)
    with pytest.raises(InputError, match=r"notebooks\[1\].*expected none as ledger_audit has: one probe"):
        plan_run(read_run(world.file), world.out)
    both[0]["parameters"] = {"settings": str(settings)}
    world.write_run(periods=["2025-12"], notebooks=both)
    assert plan_run(read_run(world.file), world.out).reports
    both[0]["parameters"], both[1]["parameters"] = {}, {"settings": str(settings)}  # no page tells of a probe by it
    world.write_run(periods=["2025-12"], notebooks=both)
    assert plan_run(read_run(world.file), world.out).reports
