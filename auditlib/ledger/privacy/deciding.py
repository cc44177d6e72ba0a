"""What a match of a pattern must hold to be personal data, where an expression cannot say it: a check digit, a day."""

from __future__ import annotations

import re
from collections.abc import Callable

from auditlib.ledger.privacy.names import SURNAMES, is_labelled_name, is_titled_name

__all__ = [
    "HAN",
    "SPELT",
    "is_account",
    "is_amount",
    "is_card",
    "is_home",
    "is_hong_kong",
    "is_identity",
    "is_labelled",
    "is_macau",
    "is_mailbox",
    "is_no_amount",
    "is_no_company",
    "is_official",
    "is_own_number",
    "is_phone_of",
    "is_plate",
    "is_position",
    "is_room",
    "is_spaced",
    "is_spelt",
    "is_street",
    "is_taiwan",
    "is_titled",
]

TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
"""The letters of the counties, in the order of their numbers from 10 on."""
SPACED = frozenset({(3, 4, 4), (3, 4, 2, 2), (3, 3, 5), (3, 8), (4, 4, 3), (3, 2, 2, 2, 2), (3, 3, 2, 3), (3, 2, 3, 3)}
                   | {(1,) * 11})  # fmt: skip
SPELT = "[零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]"
HASH = re.compile("[0-9]{12}")
"""A cell of twelve unbroken digits and no word is likelier a hash without letters than a telephone."""
NO_STREETS = frozenset(f"{first}道" for first in "管通渠隧轨频车烟") | frozenset(
    f"{first}路" for first in "线电铁网回管油气闸水"
)
COMPANY = re.compile(
    r"(?:,? [A-Z][a-z]+){0,2},? (?:L\.?L\.?C|L\.?L\.?P|L\.?P|P\.?C|Inc|Corp|Corporation|Co|Company|Ltd|Limited|Trust|"
    r"Associates|Partners|Holdings|Properties|Realty|Management|Group|Fund|Ventures|Investments)\b"
)
"""The legal form that may stand after the name of a company."""
HAN = "[一-鿿]"


def is_amount(match: re.Match[str]) -> bool:
    """A decimal number, or a sum of money."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    decimal = re.search(r"\d\.$", before) or re.fullmatch(r"[0-9]+\.[0-9]+", match[0])
    return bool(decimal or re.match(r"\s*(?:\.[0-9]|元|万|亿)", after))


def is_no_amount(match: re.Match[str]) -> bool:
    """A number that is no sum of money."""
    return not is_amount(match)


def is_phone_of(region: str | None) -> Callable[[re.Match[str]], bool]:
    """Whether a numbering plan has such a number: that of ``region``, or of the country that the number names."""

    def holds(match: re.Match[str]) -> bool:
        import phonenumbers  # here and below: a ledger in which nothing fits a pattern needs no tables of numbers

        if HASH.fullmatch(match.string.strip()):
            return False
        try:
            number = phonenumbers.parse(match[0], region)
        except phonenumbers.NumberParseException:
            return False
        return phonenumbers.is_valid_number(number) and not is_amount(match)

    return holds


def is_identity(match: re.Match[str]) -> bool:
    """Eighteen digits with the right check digit, or fifteen of the old kind, with a day of birth and a county.

    A county need not have existed when its people were born: they had their numbers later.
    """
    from stdnum import numdb
    from stdnum.cn import ric
    from stdnum.exceptions import ValidationError

    digits = re.sub("[^0-9X]", "", match[0].upper())
    if len(digits) == 15:
        digits = f"{digits[:6]}19{digits[6:]}"
        digits += ric.calc_check_digit(f"{digits}0")
    try:
        ric.get_birth_date(digits)
    except ValidationError:
        return False
    counties = numdb.get("cn/loc").info(digits[:6])
    return digits[-1] == ric.calc_check_digit(digits) and any("county" in found for _, found in counties)


def is_card(match: re.Match[str]) -> bool:
    """A bank card with the right check digit, or one mistyped of China's banks, where the text speaks of a card."""
    from stdnum import luhn

    digits = re.sub("[^0-9]", "", match[0])
    spoken_of = digits.startswith("62") and re.search("卡|银行|[工建农中招交]行|转账|汇款", match.string)
    return bool(luhn.is_valid(digits) or spoken_of) and not is_amount(match)


def is_account(match: re.Match[str]) -> bool:
    """An account whose label is no end of a longer Latin word."""
    return not re.search("[0-9A-Za-z]$", match.string[: match.start()])


def is_mailbox(match: re.Match[str]) -> bool:
    """An address of mail, not the file of a scheme's version, which is called ID@VERSION.yaml."""
    return not match[0].endswith((".yaml", ".yml"))


def is_plate(match: re.Match[str]) -> bool:
    """A number plate of the right length."""
    return len(re.sub("[·• -]", "", match[0])) in (7, 8)


def is_street(match: re.Match[str]) -> bool:
    """A street, not one of the pipes and lines that are numbered too."""
    return match[0][:2] not in NO_STREETS


def is_no_company(match: re.Match[str]) -> bool:
    """A house in a street, not a company that is called after one: 2233 Paradise Road LLC."""
    return COMPANY.match(match.string[match.end() :]) is None


def is_titled(match: re.Match[str]) -> bool:
    """A name before 先生 or 女士."""
    return is_titled_name(match["name"], match.string[: match.start("name")], match.string[match.end() :])


def is_official(match: re.Match[str]) -> bool:
    """As :func:`is_titled`; a single character counts where it is a frequent surname, for 班主任 is no Ms 班."""
    return (len(match["name"]) > 1 or match["name"] in SURNAMES) and is_titled(match)


def is_labelled(match: re.Match[str]) -> bool:
    """A name after 联系人 or 姓名."""
    return is_labelled_name(match["name"].replace(" ", ""), match.string[match.end("name") :])


def is_spaced(match: re.Match[str]) -> bool:
    """A mobile number in groups as people write one, with the same sign between them."""
    groups = tuple(map(len, re.findall("[0-9]+", match[0])))
    signs = set(re.sub("[0-9]", " ", match[0]).split())
    return groups in SPACED and len(signs) <= 1


def is_spelt(match: re.Match[str]) -> bool:
    """At least three numerals in a number, which is no part of a longer row of them."""
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return len(re.findall(SPELT, match[0])) >= 3 and not re.search(f"{SPELT}|[0-9]", before + after)


def is_hong_kong(match: re.Match[str]) -> bool:
    """An identity card of Hong Kong with the right check digit."""
    letters, digits, last = re.fullmatch(
        r"([A-Z]{1,2})([0-9]{6})\(?([0-9A])"
        r"\)?",
        match[0],
    ).groups()  # type: ignore[union-attr]
    values = [36, *(ord(letter) - 55 for letter in letters)][-2:] + [int(digit) for digit in digits]
    total = sum(weight * value for weight, value in zip(range(9, 1, -1), values, strict=True))
    return (total + (10 if last == "A" else int(last))) % 11 == 0


def is_taiwan(match: re.Match[str]) -> bool:
    """An identity card of Taiwan with the right check digit."""
    area = TAIWAN.index(match[0][0]) + 10
    values = [area // 10, area % 10, *(int(digit) for digit in match[0][1:])]
    total = sum(weight * value for weight, value in zip((1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), values, strict=True))
    return total % 10 == 0


def is_position(match: re.Match[str]) -> bool:
    """Latitude and longitude, either first, of a place in China or near it."""
    low, high = sorted(float(number) for number in re.findall(r"[0-9]+\.[0-9]+", match[0]))
    return 3 < low < 54 and 73 < high < 136


def is_room(match: re.Match[str]) -> bool:
    """A room of a house, not the day of a date."""
    return not re.search(r"[年月日][0-9-]*$", match.string[: match.start()]) and match[0][:1] not in "年月日第"


def is_home(match: re.Match[str]) -> bool:
    """The entrance of somebody's house, not one of several of which a text tells what they lack."""
    return not re.match("至|到|[-~—、]|[整全等均都停不]", match.string[match.end() :])


def is_macau(match: re.Match[str]) -> bool:
    """An identity card of Macau, where the text speaks of one: it has no check digit that is known."""
    return re.search("澳|身[份分][证證]|(?i:bir|macau)", match.string) is not None


def is_own_number(match: re.Match[str]) -> bool:
    """A number of QQ after a bare 扣, not what is taken off."""
    return not re.match(r"\s*[元分块万]", match.string[match.end() :]) and is_account(match)
