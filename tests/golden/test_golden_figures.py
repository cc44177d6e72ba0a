"""Figures look as they did: each beside its image in this folder, with a tolerance.

Where a change of a figure is meant, make the images anew, look at them, and keep them:

    AUDITLIB_NEW_GOLDEN=1 python -m pytest -n 0 tests/golden
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from auditlib.report.figure import png
from auditlib.report.ranking import RankingReport
from auditlib.report.sections.ranking import heat, totals
from auditlib.report.sections.unit import peers, waterfall

HERE = Path(__file__).parent
TOLERANCE = 12.0
"""Root mean square of the difference, of 255, where one of the two images is not blank: other versions of the drawing
library smooth edges otherwise; a bar that is missing or a label that moved makes more."""


pytestmark = pytest.mark.long  # a ranking is scored for all of them


@pytest.fixture(scope="module")
def league(root: Path) -> RankingReport:
    ledger = root / "params/demonstrations/s22-heating"
    return RankingReport.open(scheme="s22-heating", ledger=str(ledger), period="2025-12")


def drawn(name: str, league: RankingReport, unit: str) -> bytes:
    resolved, result = league.scored.resolved, league.scored.result
    if name == "ranking":
        return png(totals.figure(resolved, result))
    if name == "heat":
        return png(heat.figure(resolved, result, "zh"))
    section = {"waterfall": waterfall, "peers": peers}[name]
    return png(section.figure(resolved, result, result.unit(unit)))


def difference(one: bytes, other: bytes) -> float:
    """The root mean square of the difference of two images; without bound where their sizes differ."""
    images = [np.asarray(Image.open(io.BytesIO(image)).convert("RGB"), dtype=float) for image in (one, other)]
    if images[0].shape != images[1].shape:
        return float("inf")
    drawn_on = (np.minimum(*images) < 255).any(axis=2)
    return float(np.sqrt(np.mean((images[0] - images[1])[drawn_on] ** 2)))


@pytest.mark.parametrize("name", ["waterfall", "peers", "ranking", "heat"])
def test_a_figure_looks_as_it_did(name: str, league: RankingReport, tmp_path: Path) -> None:
    golden, now = HERE / f"{name}.png", drawn(name, league, "B2")
    if os.environ.get("AUDITLIB_NEW_GOLDEN"):
        golden.write_bytes(now)
    (tmp_path / f"{name}.png").write_bytes(now)
    found = difference(golden.read_bytes(), now)
    assert found < TOLERANCE, f"{golden} and {tmp_path / golden.name} differ by {found:.1f}"


@pytest.mark.parametrize("name", ["waterfall", "peers"])
def test_the_figure_of_another_unit_is_beyond_the_tolerance(name: str, league: RankingReport) -> None:
    assert difference((HERE / f"{name}.png").read_bytes(), drawn(name, league, "B1")) > TOLERANCE
