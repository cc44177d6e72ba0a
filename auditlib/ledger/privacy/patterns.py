"""What personal data look like: a table of patterns, each with what a match must hold besides.

The patterns keep to the syntax that Rust's and Python's regular expressions share: Polars looks through whole columns
with them, Python then decides on the few texts that are left.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from auditlib.ledger.privacy.deciding import (
    HAN,
    is_account,
    is_card,
    is_home,
    is_hong_kong,
    is_identity,
    is_labelled,
    is_macau,
    is_mailbox,
    is_no_amount,
    is_no_company,
    is_official,
    is_own_number,
    is_phone_of,
    is_plate,
    is_position,
    is_room,
    is_spaced,
    is_spelt,
    is_street,
    is_taiwan,
    is_titled,
)
from auditlib.ledger.privacy.names import COMPOUND, EVERY_SURNAME

__all__ = ["KINDS", "MAIL_HOST", "PATTERNS", "Pattern"]

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
    "birth": "出生日期",
    "position": "坐标",
}
"""The kinds of personal data, and what each is called where it was found."""


@dataclass(frozen=True)
class Pattern:
    """What personal data of a kind look like.

    A match that is ``apart`` touches no other Latin letter or digit: it is no part of a longer code. ``holds`` decides
    by what an expression cannot say, a check digit for example; without it every match counts. One that counts
    ``in_chinese`` text alone is no code of other letters that looks alike.
    """

    kind: str
    body: str
    holds: Callable[[re.Match[str]], bool] = lambda match: True
    apart: bool = True
    in_chinese: bool = False

    @property
    def vectorised(self) -> str:
        """For a whole column: finds every text with a match, and few others."""
        body = self.body.replace("?P<name>", "?:")
        return f"(?:^|[^0-9A-Za-z])(?:{body})(?:$|[^0-9A-Za-z])" if self.apart else f"(?:{body})"

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """For one text."""
        return re.compile(f"(?<![0-9A-Za-z])(?:{self.body})(?![0-9A-Za-z])" if self.apart else self.body)


NUMERAL = "[0-9零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]"
GAP = r"[\s\-‐-―−.·()（）]{0,3}"
MASK = "*xX×•#_?●○■□█…"
"""What people write over the middle of a number."""
SURNAME = f"(?:{'|'.join(COMPOUND)}|[{''.join(sorted(set(EVERY_SURNAME)))}])"
TITLE = "先生|女士|小姐|同志|师傅|阿姨|大爷|大妈|老师"
LABEL = (
    "(?:姓名|投诉人|举报人|申诉人|信访人|来电人|来访人|联系人|当事人|反映人|申请人|报修人|报案人|诉求人|户主|"
    "经办人|收件人|收货人|户名|持卡人|收款人|付款人|业主|"
    "用户名|投诉者|举报者)"
)
SAYS = r"(?:称|反映|表示|来电|来访|来信|投诉|要求|诉称|认为|性别|身份证|电话|手机|住址|年龄|[,，。;；、:：(（\s0-9]|$)"
IS = r"(?:号码?)?(?:[:：\s]|是|为)*"
NUMBER = "[0-9一二三四五六七八九十百零〇]{1,5}"
BUILDING = "(?:号楼|栋|幢|座|#楼|#)"
NAMED = (
    "(?:大厦|公馆|国际|名苑|雅苑|嘉苑|佳苑|雅居|华庭|豪庭|名都|山庄|别墅|宿舍|佳园|嘉园|学苑|御府|丽景|新城|"
    "名城|小区|花园|家园|新村|"
    "公寓|家属院|大院|[苑轩阁郡邸])"
)
"""What estates and houses are called, where no street is named."""
DAY = (
    "(?:(?:19|20)?[0-9]{2}(?:[-./]|年)[0-9]{1,2}(?:(?:[-./]|月)[0-9]{1,2}日?|月)|(?:19|20)[0-9]{6}"
    "|(?:[一二][九〇零○])?[零〇○一二三四五六七八九]{2}年(?:[一二三四五六七八九十]{1,2}|[正冬腊])月(?:[一二三四五六七八九十]"
    "{1,3}[日号]|初[一二三四五六七八九十]|[廿卅][一二三四五六七八九]?)?)"
)
OFFICIAL = (
    "医生|大夫|护士|主任|经理|科长|局长|处长|所长|书记|村长|镇长|校长|院长|律师|老板|大姐|大哥|大叔|大娘|大伯|"
    "奶奶|爷爷|叔叔|同学|"
    "警官|法官|教授|站长|店长|队长|工程师|教练|房东|本人|夫妇|夫妻|父子|父女|母子|母女|兄弟|姐妹|姐弟|兄妹"
)
ROLE = (
    "(?:业主|房主|住户|租户|租客|房东|户主|当事人|投诉人|举报人|联系人|信访人|本人|患者|病人|家长|家属|学生|"
    "消费者|顾客|乘客|储户|客户|"
    "用户|车主|司机|村民|居民|职工|员工|经办人|负责人|法定代表人|法人|男|女|[0-9]{1,2}岁|先生|女士)"
)
"""What a person is called beside the name."""
SOCIAL = (
    "(?:[加佳嘉＋+➕] ?(?:我|个|下|一下)? ?(?:[Vv](?:[Xx]|信)?|[Ww][Xx]|微信?|薇信?|扣扣?|[Qq][ .]?[Qq]?)|"
    "[Vv]信|[Vv][Xx]|[Ww][Xx]|[Vv][❤♥💗]️?号?|[Ww]e[Cc]hat|[微薇威徽维唯围卫葳][信芯心新星欣]|卫星号|微号|"
    "扣扣|企鹅|[Qq][ .·][Qq]|抖音|快手|小红书|闲鱼|淘宝|旺旺|拼多多|知乎|贴吧|微博|支付宝|钉钉|陌陌|"
    "(?i:telegram|whatsapp|skype|tiktok|instagram|qq|tg))"
)
"""Where people have accounts, as they write it."""
MAILBOX = r"[A-Za-z0-9._%+\-]{1,64}"
"""RFC 5321, 4.5.3.1.1: what stands before the @; a longer row of letters is not looked at over and over."""
MAIL_HOST = "163|126|139|189|qq|gmail|sina|sohu|outlook|hotmail|foxmail|yahoo|aliyun|icloud|yeah"
ESTATE = "(?:小区|花园|家园|新村|公寓|家属院|大院|胡同|府邸)"
WORD = r"[A-Z][a-z]+(?:['’-][A-Z][a-z]+)?"
PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"

# fmt: off
PATTERNS = (
    Pattern("mobile", rf"(?:(?:\+|00)?86{GAP})?1[3-9](?:[0-9]{GAP}[0-9]{{4}}{GAP}[0-9]{{4}}"
                      rf"|[0-9]{{2}}{GAP}[0-9]{{3}}{GAP}[0-9]{{4}}|[0-9]{{2}}{GAP}[0-9]{{4}}{GAP}[0-9]{{3}})",
            is_no_amount),
    Pattern("mobile", "1(?:[ .·_/-][0-9]){10}"),
    Pattern("mobile", "(?i:tel|phone|mobile|cell)1[3-9][0-9]{9}", apart=False),
    Pattern("mobile", r"1[3-9](?:[ \-./_—–~·,，、。]{0,2}[0-9]){9}", is_spaced),
    Pattern("mobile", rf"1[3-9][0-9](?:[ -]?[{MASK}]{{1,8}}[ -]?|[.]{{3,8}}|-{{3,8}})[0-9]{{2,8}}"),
    Pattern("mobile", rf"1[3-9][0-9]{{5}}[{MASK}]{{2,4}}[0-9]{{0,2}}"),
    Pattern("mobile",
            rf"[1一幺壹] ?[3-9三四五六七八九叁肆伍陆柒捌玖](?:[ ,，、-]?{NUMERAL}){{9}}", is_spelt, apart=False),
    Pattern("identity",
            rf"[1-8一二三四五六七八壹贰叁肆伍陆柒捌](?:[ -]?{NUMERAL}){{16}}[ -]?(?:{NUMERAL}|[Xx])"
            rf"", is_spelt, apart=False),
    Pattern("phone", rf"{NUMERAL}(?:[ -]?{NUMERAL}){{9,11}}", is_spelt, apart=False, in_chinese=True),
    Pattern("phone", rf"[零〇○]{NUMERAL}{{2,3}}[ ,，、-]{{1,2}}{NUMERAL}{{7,8}}", is_spelt, apart=False,
            in_chinese=True),
    Pattern("identity", rf"[1-8][0-9]{{2,9}}[{MASK}]{{4,14}}[0-9]{{2,4}}[0-9Xx]?|[1-8][0-9]{{13}}[{MASK}]{{4}}"),
    Pattern("identity", r"[A-Z]{1,2}[0-9]{6}[(（][0-9A][)）]", is_hong_kong, apart=False),
    Pattern("identity", r"[157][0-9]{6}[(（][0-9][)）]", is_macau),
    Pattern("identity", r"[A-Z][12][0-9]{8}", is_taiwan, in_chinese=True),
    Pattern("identity",
            rf"(?:身[份分][证證]|(?i:hkid|id card)){IS}[A-Za-z]{{1,2}}[0-9]{{6,9}}(?:\([0-9A]\))?"
            r"|身[份分][证證](?:号码?)?(?:[前后尾末]号?[三四五六3-6]位|尾号(?:[三四五六3-6]位)?)(?:[:：\s]|是|为)*[0-9]{2,5}[0-9Xx]",
            apart=False),
    Pattern("permit", r"[A-Za-z]{1,2}[0-9]{6,9}号? ?[（(]?(?:护照|通行证|回乡证|台胞证|居留证|证件)", apart=False),
    Pattern("permit",
            r"(?:回乡证|驾驶?证|社保卡?|社会保障|医保卡?|残疾人?证|学籍|学生证|工作证|户口簿?|港澳证)(?:号码?|编号)"
            r"?(?:[:：\s]|是|为)*[A-Za-z]{0,2}"
                      r"[0-9]{7,18}", apart=False),
    Pattern("card", rf"(?:卡号?|账[号户]|存折|尾号)(?:[:：\s]|是|为|对应|号)*(?:62|六二)(?:[ -]?{NUMERAL}){{12,17}}",
            apart=False),
    Pattern("card", r"(?:62|4[0-9]|5[1-5])[0-9]{2}[* ]{4,16}[0-9]{3,4}", lambda match: "*" in match[0]),
    Pattern("phone", rf"[(（]?0[1-9][0-9]{{1,2}}{GAP}[2-9][0-9]{{2,3}}{GAP}[0-9]{{4}}", is_phone_of("CN")),
    Pattern("phone", r"\+(?:[0-9][ ().-]{0,2}){7,14}[0-9]", is_phone_of(None)),
    Pattern("phone", r"(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-.])[2-9][0-9]{2}[-.][0-9]{4}", is_phone_of("US")),
    Pattern("phone", rf"(?:电话|致电|座机|联系方式){IS}[2-9二三四五六七八九两](?:[ -]?{NUMERAL}){{6,7}}(?:$|[^0-9])",
            apart=False),
    Pattern("identity", rf"[1-8][0-9]{{5}}{GAP}(?:18|19|20)[0-9]{{2}}{GAP}(?:0[1-9]|1[0-2]){GAP}(?:0[1-9]|[12][0-9]"
                        rf"|3[01]){GAP}[0-9]{{3}}{GAP}[0-9Xx]", is_identity),
    Pattern("identity", "[1-8][0-9]{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}", is_identity),
    Pattern("identity", rf"身份证{IS}[1-9](?:[ -]?[0-9]){{13,16}}[ -]?[0-9Xx]", apart=False),
    Pattern("permit", rf"(?:护照本?|通行证|居留证|军官证|士兵证|台胞证|证件|(?i:passport)(?i: no\.?| number)?){IS}"
                      rf"[(（]?(?:[A-Za-z]{{1,2}}|{HAN}字第)? ?[0-9](?: ?[0-9]){{5,9}}", apart=False),
    Pattern("card", rf"(?:62|4[0-9]|5[1-5])[0-9]{{2}}(?:{GAP}[0-9]{{4}}){{3}}(?:{GAP}[0-9]{{1,3}})?", is_card),
    Pattern("card", rf"(?:银行卡|卡号|银行账[号户]|收款账号|存折){IS}[0-9](?:[ -]?[0-9]){{11,18}}", apart=False),
    Pattern("mail", rf"{MAILBOX}@[A-Za-z0-9\-]{{1,63}}(?:\.[A-Za-z0-9\-]{{1,63}}){{0,8}}\.[A-Za-z]{{2,24}}",
            is_mailbox, apart=False),
    Pattern("mail", rf"{MAILBOX} ?(?:[(（\[【]?(?i:at)[)）\]】]|艾特|[@#]) ?[A-Za-z0-9\-]{{1,63}} ?"
                    r"(?:[(（\[【]?(?i:dot)[)）\]】]|[.。点]) ?(?i:com|cn|net|org)", apart=False),
    Pattern("mail", rf"{MAILBOX} (?i:at) (?i:{MAIL_HOST})(?:\.| ?(?i:dot) ?|点)(?i:com|cn|net)"),
    Pattern("account", rf"(?:微信|(?i:wechat|weixin|qq|vx))(?i: ?id)?账?{IS}(?:[0-9]{{5,12}}"
                       r"|[A-Za-z][A-Za-z_\-]*[0-9_\-][A-Za-z0-9_\-]{3,})", is_account, apart=False),
    Pattern("account", r"(?:微信|(?i:wechat|weixin))(?:账?号|(?i: ?id))?[:：]\s*[A-Za-z][A-Za-z0-9_\-]{5,19}",
            is_account, apart=False),
    Pattern("account",
            rf"{SOCIAL}(?:账?号码?|(?i: ?id))?[:：是为 ]{{0,3}}{NUMERAL}{{5,12}}", is_account, apart=False),
    Pattern("account",
            rf"{SOCIAL}(?:(?:账?号码?|(?i: ?id))[:：是为 ,，]{{0,3}}|[:：是为 ,，]{{1,3}})@?[A-Za-z][A-Za-z0-9_\-.]"
            rf"{{4,24}}",
            is_account, apart=False),
    Pattern("account", rf"{SOCIAL}(?:同步|同号?)?@?[A-Za-z][A-Za-z_\-]{{2,}}[0-9_\-][A-Za-z0-9_\-]+", is_account,
            apart=False),
    Pattern("account", rf"{SOCIAL}(?:账?号码?)?[:：是为 ]{{0,3}}[1-9](?: [0-9]){{4,11}}", is_account, apart=False),
    Pattern("account", r"(?:扣|[Qq]号)(?:号码?)?[:：是为 ]{0,3}[1-9][0-9]{5,10}", is_own_number, apart=False),
    Pattern("birth",
            r"(?:生于|出生于?|出生日期|出生年月日?|生日|生辰|生年月日|(?i:born(?: on| in)?|date of birth|dob|birthday)"
            rf"){IS}{DAY}",
            apart=False),
    Pattern("birth", rf"{DAY}(?:出生|生人|生日|生(?:$|[^一-鿿]))", apart=False),
    Pattern("position", r"[0-9]{1,3}\.[0-9]{4,}[°度]?[,，;；/、 =:：A-Za-z°东西南北经纬度]{1,14}[0-9]{1,3}\.[0-9]{4,}",
            is_position, apart=False),
    Pattern("position",
            r"(?:坐标|经纬度|定位|(?i:gps)|位置)(?:[:：\s]|是|为|在)*[0-9]{1,3}\.[0-9]{2,} ?[,，;；/、 ] ?[0-9]"
            r"{1,3}\.[0-9]{2,}",
            is_position, apart=False),
    Pattern("position", r"(?:北纬|东经|纬度|经度)[:：为是 ]{0,2}[0-9]{1,3}(?:\.[0-9]+|[°度])", apart=False),
    Pattern("position",
            r"[0-9]{1,3}(?:\.[0-9]+)?°(?:[0-9]{1,2}(?:\.[0-9]+)?[′'])?(?:[0-9]{1,2}(?:\.[0-9]+)?(?:[″\"]|′′|''))?"
            r" ?[NSEW]", apart=False),
    Pattern("plate", rf"{PROVINCE}[A-HJ-NP-Z][·• -]?[A-HJ-NP-Z]{{0,5}}[0-9][A-HJ-NP-Z0-9]{{0,5}}[挂学警港澳]?",
            is_plate),
    Pattern("address", rf"{HAN}(?:[路街巷弄]|大?道)[东西南北中]?{NUMBER}[号弄巷]", is_street, apart=False),
    Pattern("address", rf"(?:{HAN}{ESTATE}|大街|大道|[苑村])[东西南北中]?(?:[一二三四五六七八九十]?[区期])?{NUMBER} ?"
                       rf"(?:{BUILDING}|单元)", apart=False),
    Pattern("address", rf"{ESTATE}{NUMBER}号|{HAN}[村屯]{NUMBER}号|{HAN}[0-9]{{1,3}}排[0-9]{{1,3}}号(?:$|[^座])",
            apart=False),
    Pattern("address", rf"{NUMBER} ?{BUILDING} ?{NUMBER} ?(?:单元|门|室|号|层|户)"
                       rf"|{NUMBER} ?(?:单元|号楼|栋|幢) ?[0-9]{{2,4}}", is_home, apart=False),
    Pattern("address",
            rf"{HAN}{NAMED}[东西南北中]?(?:[一二三四五六七八九十0-9]{{1,2}}[区期])"
            rf"?[A-Za-z0-9一二三四五六七八九十]{{1,4}} ?"
                       rf"(?:{BUILDING}|单元|号)[0-9零〇一二三四五六七八九十]{{2,5}}", apart=False),
    Pattern("address",
            rf"{HAN}{NAMED}[0-9]{{1,3}} ?[-—–#] ?[0-9]{{1,4}}(?: ?[-—–#] ?[0-9]{{2,4}})?(?:[室房户号]|$|[^0-9])"
            rf"", apart=False),
    Pattern("address", rf"{HAN}{NAMED}[0-9]{{3,4}}[室房户号]", apart=False),
    Pattern("address",
            rf"(?:租住|家住|住在|住址|居住|住)[:：于在]?{HAN}{{0,12}}[A-Za-z0-9号栋幢座楼院-]{{0,10}}[0-9]{{3,4}}[室房户]"
            rf"", apart=False),
    Pattern("address",
            rf"{HAN}[0-9]{{1,2}}[-—–][0-9]{{1,2}}[-—–][0-9]{{3,4}}(?:[室房户号]|$|[^0-9-])", is_room, apart=False),
    Pattern("address", r"[A-Za-z0-9一二三四五六七八九十]{1,3} ?座 ?[0-9]{3,4} ?(?:[室房户号]|$|[^0-9])", apart=False),
    Pattern("address", r"[0-9]{1,3} ?(?:号楼|栋|幢)[0-9一二三四五六七八九十]{1,2}(?:单元|门)", is_home, apart=False),
    Pattern("address", rf"(?:单元|栋|幢|号楼){NUMBER}[楼层](?:[东西南北中]{{1,2}}户|[0-9]{{2,4}})"
                       rf"|{HAN}{NUMBER}号[楼院]?[0-9]{{3,4}}[室房户]|{HAN}[0-9]{{1,3}}门[0-9]{{3,4}}(?:$|[^0-9])",
            apart=False),
    Pattern("address",
            r"[一二三四五六七八九十]{1,3}(?:号楼|栋|幢)(?:[一二三四五六七八九十]单元)?[零〇一二三四五六七八九]"
            r"{3,4}", apart=False),
    Pattern("address", rf"[村镇乡]{HAN}{{0,4}}{NUMBER} ?[组社队] ?{NUMBER} ?号", apart=False),
    Pattern("address", rf"[0-9]{{1,5}} (?:[NSEW]\.? )?{WORD}(?: {WORD})? "
                       r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Boulevard|Blvd|Court)", is_no_company),
    Pattern("name", rf"(?P<name>{SURNAME}{HAN}{{0,2}}?)(?:{TITLE})", is_titled, apart=False),
    Pattern("name", rf"(?:{LABEL}(?:姓名|名字)?(?:[:：\s]|是|为)+|(?:经办|承办|接待|制表|填表|签收)[:：]\s?)"
                    rf"(?P<name>{SURNAME} ?{HAN}{{1,2}})", is_labelled, apart=False),
    Pattern("name", rf"{LABEL}(?P<name>{SURNAME} ?{HAN}{{1,2}}?){SAYS}", is_labelled, apart=False),
    Pattern("name",
            rf"(?:^|[^一-鿿]|[找向由被给让请叫对和与跟是])(?P<name>{SURNAME}{HAN}{{0,2}}?)(?:{OFFICIAL})"
            rf"", is_official,
            apart=False),
    Pattern("name",
            rf"(?:^|[^一-鿿]|[为由向与和被对找叫是])(?P<name>{SURNAME}{HAN}{{1,2}}) ?[(（\[【]{ROLE}[,，、)"
            rf"）\]】]", is_labelled, apart=False),
    Pattern("name", rf"(?P<name>{SURNAME}{HAN}{{1,2}})[,，(（ ]{{0,2}}(?:工号|警号|警员号)", is_labelled, apart=False),
    Pattern("name", rf"由(?P<name>{SURNAME}{HAN}{{1,2}})(?:签[字收名]|代签|代领)", is_labelled, apart=False),
    Pattern("name", rf"(?:^|[^一-鿿])(?P<name>{SURNAME}{HAN}{{1,2}})[,，、 (（]{{1,2}}(?:男|女|性别)"
                    r"(?:$|[^一-鿿]|[男女])", is_labelled, apart=False),
    Pattern("name", rf"{ROLE}[(（\[【](?P<name>{SURNAME}{HAN}{{1,2}})[)）\]】,，]", is_labelled, apart=False),
    Pattern("name",
            rf"(?:我叫|名叫|名字[叫是]|本人叫|我是|本人|署名|签名|经手人|法定代表人|法人|丈夫|妻子|儿子|女儿|"
            rf"母亲|父亲|老伴|患者|家长)[:：是为]?"
                    rf"(?P<name>{SURNAME}{HAN}{{1,2}}?)(?:{SAYS}|今年|现年|患|住院)", is_labelled, apart=False),
    Pattern("name", rf"(?:Mr|Mrs|Ms|Mx|MR|MRS|MS)\.? {WORD}(?: {WORD}){{0,2}}|Miss {WORD} {WORD}"),
    Pattern("name", rf"(?i:full name|name|complainant|contact|caller) ?[:：] ?{WORD} {WORD}"),
)
# fmt: on
"""Every pattern, in the order in which a text that fits several is called."""
