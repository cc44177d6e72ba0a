"""One run over a ledger of hostile strings, for every test of what came out of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hostile_ledger import write_hostile_ledger

from auditlib.cli import main


@pytest.fixture(scope="session")
def hostile_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_hostile_ledger(tmp_path_factory.mktemp("hostile") / "ledger")


@pytest.fixture(scope="session")
def hostile_run(hostile_ledger: Path) -> Path:
    """The folder of a run with a report for every unit and one for the period."""
    return run_on(hostile_ledger)


def run_on(ledger: Path, language: str = "zh") -> Path:
    """The folder of a run on a ledger, beside it."""
    content = {
        "run": "hostile",
        "title": {"zh": "敌意数据", "en": "Hostile data"},
        "scheme": "s22-heating",
        "ledger": str(ledger),
        "periods": ["2025-12"],
        "language": language,
        "accept_rejects": True,
        "notebooks": [{"notebook": "period_ranking", "per": "period"}, {"notebook": "unit_audit", "per": "unit"}],
    }
    file = ledger.parent / "hostile.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    out = ledger.parent / "out" / "run"
    result = CliRunner().invoke(main, ["run", str(file), "--out", str(out), "--jobs", "2"])
    assert result.exit_code == 0, result.output
    return out
