"""UTF-8 and GB18030, told apart where a few bytes are text in both."""

from __future__ import annotations

import pytest

from auditlib.core.errors import InputError
from auditlib.ledger.encodings import as_utf8


@pytest.mark.parametrize("text", ["住院楼", "unit\n住院楼", "受理,办结", "甲\t乙", "门诊楼、住院楼"])
def test_han_in_gb18030_is_read_as_han_though_it_may_be_letters_in_utf8(text: str) -> None:
    assert as_utf8(text.encode("gb18030"), "f.csv").decode("utf-8") == text


@pytest.mark.parametrize(
    "text", ["plain", "Zürich, Genève", "Дом 7", "Ωμέγα", "住院楼", "§ 5 – £", "\ufeffunit\n甲", "price ¥5 ± 1"]
)
def test_utf8_stays_as_it_is(text: str) -> None:
    assert as_utf8(text.encode("utf-8"), "f.csv").decode("utf-8") == text.removeprefix("\ufeff")


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(InputError, match=r"f\.csv: found neither UTF-8 nor GB18030"):
        as_utf8(b"a,\xff\xff", "f.csv")
