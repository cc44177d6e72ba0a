"""UTF-8 and GB18030, told apart where a few bytes are text in both."""

from __future__ import annotations

import pytest

from auditlib.core.errors import InputError
from auditlib.ledger.tables.encoding import decoded


@pytest.mark.parametrize("text", ["住院楼", "unit\n住院楼", "受理,办结", "甲\t乙", "门诊楼、住院楼"])
def test_han_in_gb18030_is_read_as_han_though_it_may_be_letters_in_utf8(text: str) -> None:
    assert decoded(text.encode("gb18030"), "f.csv", None)[0].decode("utf-8") == text


@pytest.mark.parametrize(
    "text", ["plain", "Zürich, Genève", "Дом 7", "Ωμέγα", "住院楼", "§ 5 – £", "\ufeffunit\n甲", "price ¥5 ± 1"]
)
def test_utf8_stays_as_it_is(text: str) -> None:
    assert decoded(text.encode("utf-8"), "f.csv", None)[0].decode("utf-8") == text.removeprefix("\ufeff")


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(InputError, match=r"f\.csv: found neither UTF-8 nor GB18030"):
        decoded(b"a,\xff\xff", "f.csv", None)


@pytest.mark.parametrize("text", ["id,dept\n1,동부서\n2,서부서", "민원접수담당", "강남구청 처리 완료"])
def test_korean_is_not_taken_for_chinese(text: str) -> None:
    content = text.encode("euc_kr")
    with pytest.raises(InputError, match=r"encoding: euc_kr"):
        decoded(content, "f.csv", None)
    assert decoded(content, "f.csv", "euc_kr")[0].decode() == text


@pytest.mark.parametrize(
    "text", ["东区\n北区\n东局", "北京长春保定沧州", "供电公司，热管", "广德当涂含山繁昌", "承德,大安"]
)
def test_chinese_of_letters_where_korean_stands_is_read(text: str) -> None:
    assert decoded(text.encode("gb18030"), "f.csv", None)[0].decode() == text
