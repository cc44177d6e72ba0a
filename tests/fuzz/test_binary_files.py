"""The binary files of the fuzzer are sound before they are spoilt, and the same changes make the same of them."""

from __future__ import annotations

import gzip
import io
import zipfile

import fuzz
import pytest
from binary_files import BINARY, spoilt_binary, write_binary_files

pytestmark = pytest.mark.long  # a panel is sent and answered for all of them


@pytest.fixture(scope="module")
def targets(tmp_path_factory, root):
    folder = tmp_path_factory.mktemp("fuzzed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shutil.which", lambda name: None)  # LibreOffice takes its time, and makes no other bytes worse
        write_binary_files(folder, root / "params" / "panels" / "s19-synthetic")
    return {one.name: one for one in fuzz.binary_targets(folder)}


@pytest.mark.parametrize("kind", [one for one in BINARY if one not in ("old workbook", "form")])
def test_a_file_that_nothing_happened_to_is_taken(targets, tmp_path, kind) -> None:
    target = targets[kind]
    assert fuzz.attempted(target, target.files()[0], [], tmp_path / "x", 60) == ""
    folder = tmp_path / "y" / target.source.name
    folder.mkdir(parents=True)
    (folder / target.files()[0].name).write_bytes(target.files()[0].read_bytes())
    code, said = target.use(folder, folder / target.files()[0].name)
    assert code == 0, said


def test_a_member_of_a_packed_file_is_changed_under_a_checksum_that_is_right(targets) -> None:
    book = targets["workbook"].files()[0].read_bytes()
    spoilt = spoilt_binary(book, [("member cut", 3, 10, "")], fuzz.spoilt)
    with zipfile.ZipFile(io.BytesIO(book)) as before, zipfile.ZipFile(io.BytesIO(spoilt)) as after:
        assert after.testzip() is None
        assert after.namelist() == before.namelist()
        changed = [name for name in after.namelist() if after.read(name) != before.read(name)]
    assert len(changed) == 1
    text = targets["packed text"].files()[0].read_bytes()
    assert gzip.decompress(spoilt_binary(text, [("member cut", 9, 0, "")], fuzz.spoilt)) == gzip.decompress(text)[:9]
    assert spoilt_binary(text, [("cut", 9, 0, "")], fuzz.spoilt) == text[:9]
