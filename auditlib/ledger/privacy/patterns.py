"""What personal data look like: a table of patterns, each with what a match must hold besides.

The patterns keep to the syntax that Rust's and Python's regular expressions share: Polars looks through whole columns
with them, Python then decides on the few texts that are left.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from auditlib.ledger.privacy.names import COMPOUND, EVERY_SURNAME, is_labelled_name, is_titled_name

__all__ = ["KINDS", "PATTERNS", "Pattern"]

KINDS = {
    "mobile": "手机号",
    "phone": "固定电话",
    "identity": "身份证号",
    "permit": "证件号",
    "card": "银行卡号",
    "mail": "电子邮箱",
    "account": "社交账号",
    "plate": "车牌号",
    "address": "住址",
    "name": "姓名",
}
"""The kinds of personal data, and what each is called where it was found."""


@dataclass(frozen=True)
class Pattern:
    """What personal data of a kind look like.

    A match that is ``apart`` touches no other Latin letter or digit: it is no part of a longer code. ``holds`` decides
    by what an expression cannot say, a check digit for example; without it every match counts.
    """

    kind: str
    body: str
    holds: Callable[[re.Match[str]], bool] = lambda match: True
    apart: bool = True

    @property
    def vectorised(self) -> str:
        """For a whole column: finds every text with a match, and few others."""
        body = self.body.replace("?P<name>", "?:")
        return f"(?:^|[^0-9A-Za-z])(?:{body})(?:$|[^0-9A-Za-z])" if self.apart else f"(?:{body})"

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """For one text."""
        return re.compile(f"(?<![0-9A-Za-z])(?:{self.body})(?![0-9A-Za-z])" if self.apart else self.body)


def _is_amount(match: re.Match[str]) -> bool:
    """A decimal number, or a sum of money."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    decimal = re.search(r"\d[.,]$", before) or re.fullmatch(r"[0-9]+\.[0-9]+", match[0])
    return bool(decimal or re.match(r"\s*(?:\.[0-9]|元|万|亿)", after))


def _is_no_amount(match: re.Match[str]) -> bool:
    return not _is_amount(match)


def _is_phone_of(region: str | None) -> Callable[[re.Match[str]], bool]:
    """Whether a numbering plan has such a number: that of ``region``, or of the country that the number names."""

    def holds(match: re.Match[str]) -> bool:
        import phonenumbers  # here and below: a ledger in which nothing fits a pattern needs no tables of numbers

        if HASH.fullmatch(match.string.strip()):
            return False
        try:
            number = phonenumbers.parse(match[0], region)
        except phonenumbers.NumberParseException:
            return False
        return phonenumbers.is_valid_number(number) and not _is_amount(match)

    return holds


def _is_identity(match: re.Match[str]) -> bool:
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


def _is_card(match: re.Match[str]) -> bool:
    from stdnum import luhn

    return luhn.is_valid(re.sub("[^0-9]", "", match[0])) and not _is_amount(match)


def _is_account(match: re.Match[str]) -> bool:
    return not re.search("[0-9A-Za-z]$", match.string[: match.start()])


def _is_plate(match: re.Match[str]) -> bool:
    return len(re.sub("[·• ]", "", match[0])) in (7, 8)


def _is_street(match: re.Match[str]) -> bool:
    """A street, not one of the pipes and lines that are numbered too."""
    return match[0][:2] not in NO_STREETS


def _is_titled(match: re.Match[str]) -> bool:
    return is_titled_name(match["name"], match.string[: match.start()], match.string[match.end() :])


def _is_labelled(match: re.Match[str]) -> bool:
    return is_labelled_name(match["name"], match.string[match.end("name") :])


HASH = re.compile("[0-9]{12}")
"""A cell of twelve unbroken digits and no word is likelier a hash without letters than a telephone."""
NO_STREETS = frozenset(f"{first}道" for first in "管通渠隧轨频车烟") | frozenset(
    f"{first}路" for first in "线电铁网回管油气闸水"
)
GAP = r"[\s\-‐-―−.·()（）]{0,2}"
HAN = "[一-鿿]"
SURNAME = f"(?:{'|'.join(COMPOUND)}|[{''.join(sorted(set(EVERY_SURNAME)))}])"
TITLE = "先生|女士|小姐|同志|师傅|阿姨|大爷|大妈|老师"
LABEL = (
    "(?:姓名|投诉人|举报人|申诉人|信访人|来电人|来访人|联系人|当事人|反映人|申请人|报修人|报案人|诉求人|户主|经办人|收件人|收货人|业主|"
    "用户名|投诉者|举报者)"
)
SAYS = r"(?:称|反映|表示|来电|来访|来信|投诉|要求|诉称|认为|[,，。;；、:：(（\s0-9]|$)"
IS = r"(?:号码?)?(?:[:：\s]|是|为)*"
NUMBER = "[0-9一二三四五六七八九十百零〇]{1,5}"
BUILDING = "(?:号楼|栋|幢|座|#楼|#)"
ESTATE = "(?:小区|花园|家园|新村|公寓|家属院|大院|胡同|府邸)"
WORD = r"[A-Z][a-z]+(?:['’-][A-Z][a-z]+)?"
PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"

# fmt: off
PATTERNS = (
    Pattern("mobile", rf"(?:(?:\+|00)?86{GAP})?1[3-9](?:[0-9]{GAP}[0-9]{{4}}{GAP}[0-9]{{4}}"
                      rf"|[0-9]{{2}}{GAP}[0-9]{{3}}{GAP}[0-9]{{4}}|[0-9]{{2}}{GAP}[0-9]{{4}}{GAP}[0-9]{{3}})",
            _is_no_amount),
    Pattern("mobile", "1(?:[ -][0-9]){10}"),
    Pattern("mobile", "(?i:tel|phone|mobile|cell)1[3-9][0-9]{9}", apart=False),
    Pattern("phone", rf"[(（]?0[1-9][0-9]{{1,2}}{GAP}[2-9][0-9]{{2,3}}{GAP}[0-9]{{4}}", _is_phone_of("CN")),
    Pattern("phone", r"\+(?:[0-9][ ().-]{0,2}){7,14}[0-9]", _is_phone_of(None)),
    Pattern("phone", r"(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-.])[2-9][0-9]{2}[-.][0-9]{4}", _is_phone_of("US")),
    Pattern("phone", rf"(?:电话|致电|座机|联系方式){IS}[2-9][0-9]{{2,3}}[ -]?[0-9]{{4}}(?:$|[^0-9])",
            apart=False),
    Pattern("identity", rf"[1-8][0-9]{{5}}{GAP}(?:18|19|20)[0-9]{{2}}{GAP}(?:0[1-9]|1[0-2]){GAP}(?:0[1-9]|[12][0-9]"
                        rf"|3[01]){GAP}[0-9]{{3}}{GAP}[0-9Xx]", _is_identity),
    Pattern("identity", "[1-8][0-9]{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}", _is_identity),
    Pattern("identity", rf"身份证{IS}[1-9](?:[ -]?[0-9]){{13,16}}[ -]?[0-9Xx]", apart=False),
    Pattern("permit", rf"(?:护照|通行证|居留证|军官证|士兵证|台胞证|证件|(?i:passport)(?i: no\.?| number)?){IS}"
                      rf"(?:[A-Za-z]{{1,2}}|{HAN}字第)?[0-9]{{6,10}}", apart=False),
    Pattern("card", rf"(?:62|4[0-9]|5[1-5])[0-9]{{2}}(?:{GAP}[0-9]{{4}}){{3}}(?:{GAP}[0-9]{{1,3}})?", _is_card),
    Pattern("card", rf"(?:银行卡|卡号|银行账[号户]|收款账号|存折){IS}[0-9](?:[ -]?[0-9]){{11,18}}", apart=False),
    Pattern("mail", r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}", apart=False),
    Pattern("account", rf"(?:微信|(?i:wechat|weixin|qq|vx))(?i: ?id)?账?{IS}(?:[0-9]{{5,12}}"
                       r"|[A-Za-z][A-Za-z_\-]*[0-9_\-][A-Za-z0-9_\-]{3,})", _is_account, apart=False),
    Pattern("account", r"(?:微信|(?i:wechat|weixin))(?:账?号|(?i: ?id))?[:：]\s*[A-Za-z][A-Za-z0-9_\-]{5,19}",
            _is_account, apart=False),
    Pattern("plate", rf"{PROVINCE}[A-HJ-NP-Z][·• ]?[A-HJ-NP-Z]{{0,5}}[0-9][A-HJ-NP-Z0-9]{{0,5}}[挂学警港澳]?",
            _is_plate),
    Pattern("address", rf"{HAN}(?:[路街巷弄]|大?道)[东西南北中]?{NUMBER}[号弄巷]", _is_street, apart=False),
    Pattern("address", rf"(?:{ESTATE}|大街|大道|[苑村])[东西南北中]?(?:[一二三四五六七八九十]?[区期])?{NUMBER} ?"
                       rf"(?:{BUILDING}|单元)", apart=False),
    Pattern("address", rf"{ESTATE}{NUMBER}号|{HAN}[村屯]{NUMBER}号", apart=False),
    Pattern("address", rf"{NUMBER} ?{BUILDING} ?{NUMBER} ?(?:单元|门|室|号|层|户)"
                       rf"|{NUMBER} ?(?:单元|号楼|栋|幢) ?[0-9]{{2,4}}", apart=False),
    Pattern("address", rf"[村镇乡]{HAN}{{0,4}}{NUMBER} ?[组社队] ?{NUMBER} ?号", apart=False),
    Pattern("address", rf"[0-9]{{1,5}} (?:[NSEW]\.? )?{WORD}(?: {WORD})? "
                       r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Boulevard|Blvd|Court)"),
    Pattern("name", rf"(?P<name>{SURNAME}{HAN}{{0,2}}?)(?:{TITLE})", _is_titled, apart=False),
    Pattern("name", rf"{LABEL}(?:姓名|名字)?(?:[:：\s]|是|为)+(?P<name>{SURNAME}{HAN}{{1,2}})", _is_labelled,
            apart=False),
    Pattern("name", rf"{LABEL}(?P<name>{SURNAME}{HAN}{{1,2}}?){SAYS}", _is_labelled, apart=False),
    Pattern("name", rf"(?:Mr|Mrs|Ms|Mx|MR|MRS|MS)\.? {WORD}(?: {WORD}){{0,2}}|Miss {WORD} {WORD}"),
    Pattern("name", rf"(?i:full name|name|complainant|contact|caller) ?[:：] ?{WORD} {WORD}"),
)
# fmt: on
"""Every pattern, in the order in which a text that fits several is called."""
