"""Which encoding a text is in: told by its marks, proven by its bytes, or doubted by how likely its letters are."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator

import polars as pl

from auditlib.core.errors import InputError
from auditlib.core.message import Message
from auditlib.ledger.tables.layout import Doubt
from auditlib.ledger.tables.other_files import other_kind, refuse_other_kinds

__all__ = ["decoded", "encoding_by_blocks"]

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 1 << 20
"""So many bytes decide how likely an encoding is."""
LIKELY, UNLIKELY = 0.9, 0.7
"""Texts in everyday Chinese have more than nine in ten of their characters among the common ones."""
FEWEST = 3
"""Of fewer different letters nothing is told."""
TAIL = 4
"""Fewer zeros at the end may be a letter of UTF-16 or UTF-32."""
ZEROS = (b"\x00", b"\x00\n", b"\x00\r\n")
SYLLABLES = frozenset(
    "이다는가의하고에지은을사도로기한서대인자아리시어과해나그구부동정수원장전일제상주여공보들성안성경소비마유"
    "신조면라스요만세중민국청남북관방처접담당완료번호시군읍면동리중간내외과목회의무실선연학생문화건물도로소음"
    "환경교통주택복지결과답변만족불만기타수신발신전화서울산광대천울세종강원충전라경제종별월년위임허가신고강"
)
"""The syllables that Korean texts have most of, and offices use."""
HAN_OR_BEYOND = re.compile("[\u0800-\U0010ffff]")
HAN_BYTE = re.compile(b"[\xe0-\xff]")
"""What begins a letter of :data:`HAN_OR_BEYOND` in UTF-8."""
WRITTEN_ALONE = {"LATIN", "GREEK", "CYRILLIC"}
"""The alphabets of which a file in UTF-8 may hold one, and no Han beside it."""
OTHERS = {"big5": "Big5", "cp932": "Shift_JIS"}
GB = frozenset(("gb18030", "gbk", "gb2312"))
HAN_IN_UTF8 = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2}")
"""Two Han letters in UTF-8: in GB18030 the bytes are three letters, of which hardly anyone writes the first."""
HAN = re.compile("[\u4e00-\u9fff]")


def decoded(content: bytes, name: str, stated: str | None) -> tuple[bytes, str, tuple[Doubt, ...]]:
    """A text in UTF-8, the encoding it was in, and what is doubtful about that.

    Raises :class:`InputError` for bytes that the encoding does not have, for other kinds of files, and for a text that
    is unlikely in GB18030 and likely in another encoding.
    """
    refuse_other_kinds(content, name)
    content, lost = _without_tail(content, name)
    if stated is not None:
        stated_text = _in(content, name, stated)
        _refuse_mixed(content, name, stated)
        return stated_text, stated, lost
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _in(content, name, encoding), encoding, lost
    if (wide := _wide(content)) is not None:
        return _in(content, name, wide), wide, lost
    try:
        if not _by_chance(content.decode("utf-8")):
            return content, "utf-8", lost
    except UnicodeDecodeError:
        pass
    _refuse_mixed(content, name, "gb18030")
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise InputError.at(
            name, "", f"found neither UTF-8 nor GB18030: {error.reason} at byte {error.start}"
        ) from None
    return text.encode("utf-8"), "gb18030", (*lost, *_doubt(content, text, name))


def _without_tail(content: bytes, name: str) -> tuple[bytes, tuple[Doubt, ...]]:
    """A text without the zeros behind it: a copy that broke off leaves the room of the whole file filled with them."""
    bare = content.rstrip(b"\x00\r\n")
    count = content.count(b"\x00", len(bare))
    if count < TAIL or not bare:
        return content, ()
    kept = bare + (b"\n" if content[len(bare) :].startswith((b"\r", b"\n")) else b"")
    message = Message(
        "{file} ends in {count} zero bytes, as a copy that broke off leaves them: rows may be missing",
        file=name, count=count,
    )  # fmt: skip
    return kept, (Doubt("cut_off", message, 1, name),)


BY_LINES = frozenset((
    "utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "big5", "big5hkscs", "cp950", "cp932", "shift_jis", "euc_jp",
    "euc_kr", "cp949", "ascii", "iso8859-1", "cp1252",
))  # fmt: skip
"""The encodings, by Python's names, in which the byte of a line's end or a quote is never part of a letter."""


def encoding_by_blocks(
    blocks: Callable[[], Iterator[bytes]], name: str, stated: str | None
) -> tuple[str, tuple[Doubt, ...]] | None:
    """As :func:`decoded`, of a file too long for the memory: ``blocks`` gives its lines anew at each call.

    None for a file that only :func:`decoded` reads, or refuses with a reason, and where quotes come in no pairs.
    """
    first, quotes, is_utf8, has_han, fits, block = b"", 0, stated is None, False, True, b""
    is_gb = stated is None or codecs.lookup(stated).name in GB
    for block in blocks():
        first = first or block
        quotes += block.count(b'"')
        is_utf8 = is_utf8 and _is_utf8(block)
        has_han = has_han or HAN_BYTE.search(block) is not None
        fits = fits and (stated is None or (codecs.lookup(stated).name in BY_LINES and _fits(block, stated)))
    if quotes % 2 or not first.strip() or b"\n" not in first or block.endswith(ZEROS):
        return None
    if is_gb and not is_utf8 and any(_line_in_utf8(block) is not None for block in blocks()):
        return None
    if stated is not None:
        return (stated, ()) if fits else None
    if (
        other_kind(first) is not None
        or _wide(first) is not None
        or any(first.startswith(mark) for mark, encoding in MARKS if encoding != "utf-8-sig")
    ):
        return None
    if is_utf8:
        if first.startswith(codecs.BOM_UTF8):
            return "utf-8-sig", ()
        if has_han or not _by_chance("".join({letter for block in blocks() for letter in set(block.decode())})):
            return "utf-8", ()
    if not all(_fits(block, "gb18030") for block in blocks()):
        return None
    sample = b""
    for block in blocks():
        sample += block
        if len(sample) >= 4 * SAMPLE:  # as many letters as are looked at, of four bytes at most
            break
    return "gb18030", _doubt(sample, sample.decode("gb18030"), name)


def _refuse_mixed(content: bytes, name: str, encoding: str) -> None:
    """A file brought together from two: some of its lines are Chinese in UTF-8, others are no UTF-8 at all."""
    if codecs.lookup(encoding).name not in GB or (start := _line_in_utf8(content)) is None:
        return
    other = next((number for number, line in enumerate(content.split(b"\n")) if not _fits(line, "utf-8")), None)
    also = "" if other is None else f" and another encoding in line {other + 1}"
    found = f"found UTF-8 in line {content.count(bytes((10,)), 0, start) + 1}{also}"
    raise InputError.at(name, "", f"{found}, expected one encoding throughout the file")


def _line_in_utf8(content: bytes) -> int | None:
    """Where the first line begins that is Chinese in UTF-8, and can hardly be GB18030; None where there is none."""
    at = 0
    while (match := HAN_IN_UTF8.search(content, at)) is not None:
        start = content.rfind(b"\n", 0, match.start()) + 1
        end = content.find(b"\n", match.end())
        at = len(content) if end < 0 else end
        line = content[start:at]
        if _fits(line, "utf-8") and len(HAN.findall(line.decode("utf-8"))) >= FEWEST:
            return start
    return None


def _fits(block: bytes, encoding: str) -> bool:
    try:
        block.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(block: bytes) -> bool:
    """As :func:`_fits`, many times faster."""
    try:
        pl.Series([block], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        return False
    return True


def _by_chance(text: str) -> bool:
    """Whether what is read as UTF-8 is rather GB18030: a few Han characters can be letters by chance (住院楼: ``סԺ¥``).

    Letters of several alphabets, or of one that no office writes, and no Han among them, are none.
    """
    if text.isascii() or HAN_OR_BEYOND.search(text):
        return False
    letters = {letter for letter in set(text) if not letter.isascii() and letter.isalpha()}
    alphabets = {unicodedata.name(letter, "?").split()[0] for letter in letters}
    return len(alphabets) > 1 or not alphabets <= WRITTEN_ALONE


def _in(content: bytes, name: str, encoding: str) -> bytes:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"found bytes that are no {encoding}: {error.reason} at byte {error.start}"
        raise InputError.at(name, "", found, line=line) from None
    return text.removeprefix("\ufeff").encode("utf-8")


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its separators and digits is a zero."""
    sample = content[:4096]
    if sample.count(0) * 4 < len(sample) or len(sample) < 4:
        return None
    return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"


def _doubt(content: bytes, text: str, name: str) -> tuple[Doubt, ...]:
    share = _common(text[:SAMPLE], "gb2312")
    if share is not None and _is_korean(text[:SAMPLE]):
        found = "found letters that are unlikely in GB18030 and likely in EUC-KR"
        expected = "expected the mapping to say `encoding: euc_kr` or `encoding: gb18030`, or a file in UTF-8"
        raise InputError.at(name, "", f"{found}; {expected}")
    if share is None or share >= LIKELY:
        return ()
    sample = content[:SAMPLE]
    for encoding, called in OTHERS.items():
        try:
            other = sample.decode(encoding, "strict" if len(sample) < SAMPLE else "ignore")
        except UnicodeDecodeError:
            continue
        likelier = _common(other, encoding)
        if likelier is not None and likelier >= LIKELY and share < UNLIKELY:
            letters = "".join(sorted({letter for letter in text[:SAMPLE] if _is_rare(letter)}))[:8]
            found = f"found letters that are unlikely in GB18030 ({letters}) and likely in {called}"
            expected = f"expected the mapping to say `encoding: {encoding}` or `encoding: gb18030`, or a file in UTF-8"
            raise InputError.at(name, "", f"{found}; {expected}")
    rare = round((1 - share) * 100)
    message = Message(
        "{file} was read as GB18030, in which {rare} % of its Chinese letters are rare; state its `encoding`",
        file=name, rare=rare,
    )  # fmt: skip
    return (Doubt("encoding", message, file=name),)


def _is_korean(text: str) -> bool:
    """Whether a text would be Hangul throughout in EUC-KR, and mostly its frequent syllables.

    They stand where GB18030 has the first three fifths of its common letters.
    """
    letters = [letter.encode("gb18030") for letter in text if letter > "\u02ff"]
    of_hangul = [letter for letter in letters if len(letter) == 2 and 0xB0 <= letter[0] <= 0xC8 and letter[1] > 0xA0]
    hangul = [letter.decode("euc_kr") for letter in of_hangul]
    others = sum(letter[0] not in (0xA1, 0xA3) for letter in letters) - len(hangul)
    if others or len(set(hangul)) < FEWEST:
        return False
    return sum(one in SYLLABLES for one in hangul) * 2 > len(hangul)


def _common(text: str, encoding: str) -> float | None:
    """The share of letters beyond ASCII that are common where ``encoding`` is at home; None where there are none."""
    letters = [letter for letter in text if letter > "\u02ff"]
    if not letters:
        return None
    return sum(_is_common(letter, encoding) for letter in letters) / len(letters)


def _is_rare(letter: str) -> bool:
    return letter > "\u02ff" and not _is_common(letter, "gb2312")


def _is_common(letter: str, encoding: str) -> bool:
    """In the first of the two levels that each of these encodings sorts its characters into, or a sign."""
    try:
        written = letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    if len(written) != 2:
        return False
    lead = written[0]
    if encoding == "gb2312":
        return 0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3)
    if encoding == "big5":
        return 0xA1 <= lead <= 0xC6
    return lead in (0x81, 0x82, 0x83) or 0x88 <= lead <= 0x97
