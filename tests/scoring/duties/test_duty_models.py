"""What a duty may say, and what it may not."""

from typing import Any

import pytest
from pydantic import ValidationError

from auditlib.core.refusals import refusals
from auditlib.scheme.duties import Duty

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
