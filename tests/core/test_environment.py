"""Variables of the environment hold for a block and the processes it starts, and no longer, however it ends."""

import os
import subprocess
import sys

import pytest

from auditlib.core.environment import environment

NAMES = ("AUDITLIB_TEST_THERE", "AUDITLIB_TEST_NEW")


def seen():
    return tuple(os.environ.get(name) for name in NAMES)


def test_variables_are_set_and_taken_away_in_the_block_and_are_after_it_as_before(monkeypatch):
    monkeypatch.setenv(NAMES[0], "own")
    monkeypatch.delenv(NAMES[1], raising=False)
    with environment({NAMES[0]: None, NAMES[1]: "1"}):
        assert seen() == (None, "1")
        program = f"import os; print([os.environ.get(name) for name in {NAMES!r}])"
        told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        assert told.strip() == "[None, '1']"
    assert seen() == ("own", None)


def test_a_block_that_fails_leaves_nothing_behind(monkeypatch):
    monkeypatch.setenv(NAMES[0], "own")
    monkeypatch.delenv(NAMES[1], raising=False)
    with pytest.raises(ValueError, match="stop"), environment({NAMES[0]: "other", NAMES[1]: "1"}):
        raise ValueError("stop")
    assert seen() == ("own", None)
