"""Signs of long texts are counted all at once; what comes out is what counting one after another gives."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from auditlib.ledger.tables.signs import LONG, count_sign


@pytest.mark.parametrize("length", [0, 1, LONG - 1, LONG, 3 * LONG])
def test_signs_are_counted_in_short_and_in_long_texts(length: int) -> None:
    some = bytes(random.Random(length).choices(b',;\n"a\xe4\x00', k=997))
    content = (some * (length // len(some) + 1))[:length]
    for sign in (b",", b"\n", b"\x00"):
        assert count_sign(content, sign) == length - len(content.replace(sign, b""))


def test_a_separator_of_several_bytes_is_counted_as_a_whole() -> None:
    assert count_sign("、x".encode() * LONG, "、".encode()) == LONG


def test_the_commands_of_a_first_look_never_load_numpy() -> None:
    ledger = "params/demonstrations/s22-heating"
    code = f"""
import contextlib, io, sys
from auditlib.cli import main
with contextlib.redirect_stdout(io.StringIO()) as told:
    main(["score", "s22-heating", "--ledger", "{ledger}", "--period", "2025-12"], standalone_mode=False)
assert "B2" in told.getvalue()
sys.exit("numpy" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
