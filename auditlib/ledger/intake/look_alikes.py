"""Values that read alike and are not the same: one unit or one case, in the spelling of two programs or two people."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.privacy.find import INVISIBLE, withhold
from auditlib.ledger.tables.layout import Doubt

__all__ = ["look_alikes", "sign_doubts", "visible_signs"]

SHOWN = 5
"""So many groups stand in a message."""
ODD = (
    f"[\t\r\n{INVISIBLE}\u115f\u1160\u180e\u3164０-９Ａ-Ｚａ-ｚ]"
    r"|\p{M}|&(?:[A-Za-z]{2,8}|#[0-9]{2,6});"
    "|[\x80-\x9f\xa0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
    '|^["“‘「『《【].*["”’」』》】]$'
)
"""Signs that show nothing, letters and digits in full width, marks that stand apart from their letter, ``&nbsp;``,
blanks that are none of the keyboard, breaks of lines, and quotes round the whole."""
UNLIKE = "^[A-Z1-9][A-Z0-9_-]*$"
"""What texts of these signs mean, they are."""
MARKS = "[*＊※†‡①-⑳⑴-⒇]+$"
"""Signs of a footnote at the end of a name."""
ALIKE = (
    ('["“”„«»‘’「」『』《》【】]', ""),
    ("[‐-―−﹣ー]", "-"),
    ("[·•・‧∙⋅]", "·"),
    ("[\ufe00-\ufe0f\u034f\u061c\u115f\u1160\u180e\u3164]", ""),
)
TWINS = dict(zip("АВЕКМНОРСТХаеорсухіѕјΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTXaeopcyxisjABEZHIKMNOPTYX", strict=True))
"""Letters of Cyrillic and Greek that look like Latin ones."""
TRADITIONAL = dict(zip(
    "東區縣鎮鄉門廣國務業辦處電環衛滬華陽麗寧義鄭園農興場島嶺灣橋鐵長開車馬廳會聯盤龍蘭豐慶寶濟濱邊遷運連進選遼護質檢審計財稅網絡總隊監"
    "測資產體團機關廠館術醫藥學報號樓層銀險際邨莊",
    "东区县镇乡门广国务业办处电环卫沪华阳丽宁义郑园农兴场岛岭湾桥铁长开车马厅会联盘龙兰丰庆宝济滨边迁运连进选辽护质检审计财税网络总队监"
    "测资产体团机关厂馆术医药学报号楼层银险际村庄", strict=True,
))  # fmt: skip
"""Letters of names of offices and places that are written in two ways; for a look, not for a change of a text."""


def sign_doubts(column: str, values: pl.LazyFrame, *, few: bool = False) -> Iterator[Doubt]:
    """Values that are :func:`look_alikes`, and others that a person or another program will write otherwise.

    Nothing of a column that holds no texts.
    """
    ((name, dtype),) = values.collect_schema().items()
    if dtype != pl.String:
        return
    if groups := look_alikes(values, few=few):
        shown = tuple(" = ".join(visible_signs(withhold(one)) for one in group) for group in groups[:SHOWN])
        count = sum(len(group) - 1 for group in groups)
        message = Message(
            "{column}: {count} {count:value looks|values look} like another and {count:is|are} not the same: {shown}",
            column=column, count=count, shown=shown,
        )  # fmt: skip
        yield Doubt("look_alikes", message, count)
    odd = values.filter(pl.col(name).str.contains(ODD)).unique().collect(engine="streaming").to_series()
    odd = odd.filter(~odd.is_in([one for group in groups for one in group])).sort()
    if odd.len():
        message = Message(
            "{column}: {count} {count:value has|values have} signs that show nothing or that others write otherwise "
            "({shown})",
            column=column, count=odd.len(), shown=tuple(visible_signs(withhold(one)) for one in odd.head(SHOWN)),
        )  # fmt: skip
        yield Doubt("odd_signs", message, odd.len())


def look_alikes(values: pl.LazyFrame, *, few: bool = False) -> list[tuple[str, ...]]:
    """Values of a column that read alike and are not the same: full width, invisible signs, blanks, case, zeros.

    Of ``few`` values, such as units, those too in which O stands for 0, or l for 1, or traditional letters for
    simple ones.
    """
    name = values.collect_schema().names()[0]
    own = pl.col(name)
    if not few and values.filter(~own.str.contains(UNLIKE)).head(1).collect(engine="streaming").is_empty():
        return []  # most ids: nothing below would make two of them one
    plain = (
        own.str.replace_all(f"[{INVISIBLE}]", "")
        .str.replace(MARKS, "")
        .str.normalize("NFKC")
        .str.replace_all(r"\s+", "")
    )
    for signs, sign in ALIKE:
        plain = plain.str.replace_all(signs, sign)
    plain = plain.str.replace_many(TWINS | (TRADITIONAL if few else {}))
    plain = plain.str.to_lowercase().str.strip_chars_start("'").str.replace(r"^([0-9]+)\.0+$", "${1}")
    plain = plain.str.replace(r"^0+([0-9]+)$", "${1}")
    if few:
        as_digits = plain.str.replace_many(["o", "l"], ["0", "1"])
        plain = pl.when(plain.str.contains("[0-9]")).then(as_digits).otherwise(plain)
    # By hashes first: millions of ids, of which no two are alike, are not held twice.
    hashed = values.drop_nulls().select(own.hash().alias("own"), plain.hash().alias("plain"))
    hashes = hashed.collect(engine="streaming").unique()
    alike = hashes.filter(pl.col("plain").is_duplicated())["plain"].unique()
    if alike.is_empty():
        return []
    named = values.select(own.alias("own"), plain.alias("plain")).filter(pl.col("plain").hash().is_in(alike.implode()))
    table = named.collect(engine="streaming").unique()
    groups = table.filter(pl.col("plain").is_duplicated()).sort("plain", "own")
    return [tuple(group) for group in groups.group_by("plain", maintain_order=True).agg("own")["own"].to_list()]


def visible_signs(text: str) -> str:
    """A text in which signs that show nothing are written by their numbers."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
