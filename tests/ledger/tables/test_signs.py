"""Signs of long texts are counted all at once; what comes out is what counting one after another gives."""

from __future__ import annotations

import random

import pytest

from auditlib.ledger.tables.signs import LONG, count_sign


@pytest.mark.parametrize("length", [0, 1, LONG - 1, LONG, 3 * LONG])
def test_signs_are_counted_in_short_and_in_long_texts(length: int) -> None:
    content = bytes(random.Random(length).choices(b',;\n"a\xe4\x00', k=length))
    for sign in (b",", b"\n", b"\x00"):
        assert count_sign(content, sign) == sum(one == sign[0] for one in content)


def test_a_separator_of_several_bytes_is_counted_as_a_whole() -> None:
    assert count_sign("、x".encode() * LONG, "、".encode()) == LONG
