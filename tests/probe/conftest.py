"""The planted winter, written once for all who look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.demonstration.export import write_heating_winter
from auditlib.ledger.demonstration.planted import write_planted
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.intake.take_in import take_in
from auditlib.ledger.intake.write import write_ledger
from auditlib.ledger.read import read_ledger

MAPPING = Path(__file__).parents[2] / "params" / "mappings" / "heating-winter.yaml"


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    write_heating_winter(folder / "export")
    write_ledger(take_in([folder / "export"], read_yaml(Mapping, MAPPING)), folder / "winter")
    write_planted(read_ledger(folder / "winter"), folder / "planted")
    return folder / "planted"
