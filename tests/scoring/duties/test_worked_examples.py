"""Every worked example of a duty of the small schemes here, under their own readings and the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from duty_examples import Page, compared, left_out, variants_of

HERE = Path(__file__).parent


def pages() -> Iterator[Page]:
    for file in sorted(HERE.glob("*.examples.yaml")):
        scheme = HERE / f"{file.name.removesuffix('.examples.yaml')}.yaml"
        yield scheme, yaml.safe_load(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("page", "example", "variant", "scheme"), list(variants_of(pages())))
def test_worked_example_of_a_duty(page: Any, example: Any, variant: Any, scheme: Path, tmp_path: Path) -> None:
    compared(page, example, variant, scheme, tmp_path)


def test_every_example_of_the_sources_that_is_a_duty_is_a_worked_example(shared_data: Path) -> None:
    known = shared_data.parent / "duties" / "examples.json"
    if not known.exists():
        pytest.skip(f"the examples of duties are not at {known}")
    assert left_out(pages(), json.loads(known.read_text(encoding="utf-8"))) == set()
