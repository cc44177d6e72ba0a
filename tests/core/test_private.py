"""A key and a folder that others can change are not one's own."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from auditlib.core.errors import InputError
from auditlib.core.private import KEY_BYTES, own_folder, own_key, owned_by_us

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the system knows no owners")


def mode_of(place: Path) -> int:
    return stat.S_IMODE(place.stat().st_mode)


@pytest.fixture
def key(tmp_path) -> Path:
    return tmp_path / "state" / "kept.key"


def test_a_key_is_made_once_and_is_its_owners_alone(key) -> None:
    first = own_key(key)
    assert (len(first), mode_of(key), mode_of(key.parent)) == (KEY_BYTES, 0o600, 0o700)
    assert own_key(key) == first
    assert [file.name for file in key.parent.iterdir()] == ["kept.key"]


@pytest.mark.parametrize("mode", [0o666, 0o640, 0o604, 0o620])
def test_a_key_that_others_may_read_or_write_is_replaced(key, mode) -> None:
    first = own_key(key)
    key.chmod(mode)
    second = own_key(key)
    assert second != first
    assert (mode_of(key), own_key(key)) == (0o600, second)


def test_a_key_in_a_folder_that_others_write_to_is_replaced_and_the_folder_closed(key) -> None:
    first = own_key(key)
    key.parent.chmod(0o777)
    assert own_key(key) != first
    assert mode_of(key.parent) == 0o700


@pytest.mark.parametrize("content", [b"", b"short", bytes(KEY_BYTES + 1)])
def test_a_key_of_another_length_is_replaced(key, content) -> None:
    own_key(key)
    key.write_bytes(content)
    assert len(own_key(key)) == KEY_BYTES
    assert key.read_bytes() != content


def test_a_link_and_a_pipe_are_no_key(key, tmp_path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_bytes(bytes(KEY_BYTES))
    theirs.chmod(0o600)
    key.parent.mkdir(mode=0o700)
    key.symlink_to(theirs)
    assert own_key(key) != bytes(KEY_BYTES)
    assert not key.is_symlink()
    assert theirs.read_bytes() == bytes(KEY_BYTES)
    key.unlink()
    os.mkfifo(key, 0o600)
    assert len(own_key(key)) == KEY_BYTES  # and does not wait


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o755, 0o700])
def test_a_folder_that_is_there_is_closed_to_others(tmp_path, mode) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    folder.chmod(mode)
    own_folder(folder)
    assert mode_of(folder) == 0o700


def test_a_folder_is_made_closed_whatever_the_umask(tmp_path) -> None:
    before = os.umask(0o002)
    try:
        own_folder(tmp_path / "a")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "a") == 0o700


def test_a_link_and_a_folder_of_another_user_are_refused(tmp_path, monkeypatch) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(InputError, match="found a link"):
        own_folder(tmp_path / "link")
    own_folder(tmp_path / "ours")
    monkeypatch.setattr(os, "geteuid", lambda: (tmp_path / "ours").stat().st_uid + 1)
    with pytest.raises(InputError, match="expected one of your own"):
        own_folder(tmp_path / "ours")


def test_a_folder_above_that_others_write_to_lets_them_replace_what_is_below(tmp_path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True, mode=0o700)
    (tmp_path / "a").chmod(0o700)
    assert owned_by_us(inner)
    (tmp_path / "a").chmod(0o770)
    assert not owned_by_us(inner)
    (tmp_path / "a").chmod(0o1777)  # as /tmp: nobody renames what another one owns
    assert owned_by_us(inner)
