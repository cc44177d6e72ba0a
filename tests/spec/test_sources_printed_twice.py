"""A text that one document prints twice is one scheme: both places say the same, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.scheme.load import load_scheme

SCHEME = Path(__file__).parents[2] / "params" / "schemes" / "s24-service-hall.yaml"
PLACES = (slice(36, 59), slice(194, 217))
"""Its lines in the document."""


def test_the_service_hall_is_printed_twice_and_is_one_scheme(shared_data: Path) -> None:
    scheme = load_scheme(SCHEME).natural
    file = shared_data.parent / "seeds" / scheme.source.document
    if not file.exists():
        pytest.skip(f"the source document is not at {file}")
    lines = file.read_text(encoding="utf-8").splitlines()
    first, second = (["".join(line.split()) for line in lines[place]] for place in PLACES)
    assert first == second
    text = "".join(first)
    for clause in scheme.clauses.values():
        assert all("".join(part.split()) in text for part in clause.quote.split("……"))
