"""What a duty may say, and what it may not."""

from pathlib import Path
from typing import Any

import pytest
from demonstrations import DEMONSTRATIONS
from pydantic import ValidationError

from auditlib.core.errors import InputError
from auditlib.core.refusals import refusals
from auditlib.scheme.duties import Duty
from auditlib.scheme.load import load_scheme

DUTY: dict[str, Any] = {"id": "one", "clause": "一", "title": {"zh": "一", "en": "one"}, "by": "unit"}


def test_acts_that_show_a_breach_stand_beside_what_must_not_be_done() -> None:
    shown = {"shown_by": {"act": ["告知"], "where": "again"}}
    assert Duty.model_validate(DUTY | shown | {"never": "二次要求"}).acts == ("告知",)
    with pytest.raises(ValueError, match="found shown_by without never"):
        Duty.model_validate(DUTY | shown | {"to": {"act": "告知"}})


def test_a_place_of_an_order_takes_one_word_or_several() -> None:
    duty = Duty.model_validate(DUTY | {"order": ["收下", ["移交", "移交经办人"]]})
    assert duty.order == (("收下",), ("移交", "移交经办人"))
    assert duty.acts == ("收下", "移交", "移交经办人")
    with pytest.raises(ValueError, match="at least 2"):
        Duty.model_validate(DUTY | {"order": [["移交", "移交经办人"]]})


def test_a_list_with_fewer_items_than_it_needs_is_told_like_an_empty_one() -> None:
    def told(order: list[Any]) -> list[tuple[Any, ...]]:
        with pytest.raises(ValidationError) as caught:
            Duty.model_validate(DUTY | {"order": order})
        return list(refusals(Duty, caught.value))

    assert told([["移交"]])[0] == (("order",), "found one item, expected at least 2 items: a list of texts")
    assert told([])[0] == (("order",), "found an empty list, expected at least 2 items: a list of texts")


@pytest.mark.parametrize("key", ["to", "from"])
def test_a_bare_act_in_the_place_of_a_time_is_told_how_acts_are_written(key: str, tmp_path: Path) -> None:
    text = (DEMONSTRATIONS.parent / "schemes" / "s21-prefecture-centre.yaml").read_text(encoding="utf-8")
    owed = "{id: bare, clause: 第九条, title: 甲, by: centre, from: received_at, to: {act: 办结}, limits: [{days: 3}]}"
    wrong = owed.replace("to: {act: 办结}", "to: 办结") if key == "to" else owed.replace("received_at", "办结")
    for duty, told in ((wrong, "found 办结, an act and no column; expected `{act: 办结}`"), (owed, None)):
        file = tmp_path / "s.yaml"
        file.write_text(text.replace("duties:\n", f"duties:\n  - {duty}\n"), encoding="utf-8")
        if told is None:
            assert load_scheme(file).natural.duty("bare")
            continue
        with pytest.raises(InputError) as caught:
            load_scheme(file)
        assert told in str(caught.value)
