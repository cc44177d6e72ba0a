# ruff: noqa: E501 — the two languages stand side by side
"""What a check proves of a scheme, in the language of the page: kinds, messages, proofs and the readings they hang on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.finding import KINDS, Finding
from auditlib.scheme_pages.scheme_words import SchemeWords

__all__ = ["KIND_WORDS", "concerned", "kind_words", "message_words", "proof_words", "reading_words"]

KIND_WORDS: Mapping[str, str] = MappingProxyType({
    "unreachable": "任何可能的数值都达不到的条件", "always": "任何可能的数值都满足的条件",
    "full-marks-unreachable": "任何可能的数值都得不到满分", "no-effect": "不改变任何结果的规则",
    "cap-never-binds": "上限高于所能得到的一切", "floor-never-binds": "下限低于所能失去的一切",
    "overruns-maximum": "单独一件的扣分或加分超过整个指标", "exceeds-maximum": "各部分最好的得分之和超过整体所写的满分",
    "maxima": "各部分的满分之和与整体不符", "no-maximum": "所在维度写有满分，而指标未设满分",
    "start-outside": "起始分在自身的下限与上限之外", "weights": "权重之和不等于一",
    "band-hole": "各档之间有整数不属于任何一档", "band-overlap": "两档包含同一个整数",
    "band-by-rounding": "各档按整数划分，而数值如何取整只由读法决定", "bound-twice": "界限既写包括又写不包括本数",
    "rate-in-counts": "以次数作比率的界限", "not-one-scale": "同一办法的两种考核不在同一尺度上",
    "outcome-unreachable": "任何可能的总分或数值都不满足的结果条件", "outcome-always": "任何可能的总分或数值都满足的结果条件",
    "can-coincide": "两个相互矛盾的结果可能落在同一单位",
    "worse-escapes": "对末位者的后果，得分更低者反而不受", "unused": "写明而不改变任何结果的内容",
    "uncited": "没有规则引用的条款", "reading-without-effect": "各选项得出同样规则的读法",
    "out-of-date": "此后未与来源核对的版本", "stale-finding": "文件列为已知、而实际已不出现的结论",
    "middle-passes": "人人给中间一档，即可通过对低分所设的线", "exceeds-whole": "数件相加，超过整体的份额",
    "all-or-nothing": "件数少时，只有百分之百才能达到的目标", "announced": "条款所称的项数与实有的不符",
    "place-left-out": "名次表按其文字漏了一名", "two-names": "一物两名", "unit-by-reading": "计量单位只由读法给出的数量",
    "outcome-by-reading": "只有读法才说明后果的事件", "unseen": "因有列为空而从条件中漏掉的行", "gap": "来源没有给出的内容",
})  # fmt: skip

MESSAGES: tuple[tuple[str, str], ...] = (
    (r"the weights do not add up to one", "权重之和不等于1"),
    (r"its points have other limits than in (\S+), so that the two totals are not on one scale", "得分的上下限与 {1} 不同，两种总分不在同一尺度上"),
    (r"the best marks of its indicators add up to more than the (\S+) points it states(.*)", "所属各指标最好的得分之和超过所写的{1}分"),
    (r"the best marks add up to more than the full marks of the same indicators(.*)", "各指标最好的得分之和超过其满分之和"),
    (r"one unit can have it together with (\S+)", "同一单位可能同时有“{1}”"),
    (r"has no full marks, so that the points of its dimension cannot add up", "未设满分，所在维度的分值无从相加"),
    (r"states (\S+) points, but its indicators add up to (\S+)(.*)", "写明{1}分，而所属各指标合计{2}分"),
    (r"never changes the points", "从不改变得分"),
    (r"the (floor|cap) of (\S+) is never reached", "{1}{2}分从不起作用"),
    (r"a unit among the last (\d+) escapes it by a lower total", "后{1}名中的单位，总分更低反而不受此后果"),
    (r"the bound is stated twice, differently", "同一界限写了两次，两次不一致"),
    (r"a rate is compared with a count", "比率与次数相比较"),
    (r"between (\S+) = (\S+) and (\S+) the bands leave a gap that only a reading closes", "{1}在{2}与{3}之间，各档留有空隙，只有读法才能填补"),
    (r"one event that counts (\S+) times costs more than the (\S+) points(.*)", "一件按{1}倍扣分，即超过本项的{2}分"),
    (r"costs more at once than the (\S+) points there are", "一次扣分即超过全部{1}分"),
    (r"no value earns the (\S+) points", "没有数值能得到{1}分的满分"),
    (r"no value reaches (\S+)", "没有数值能达到{1}"), (r"no value comes down to (\S+)", "没有数值能降到{1}"),
    (r"no value meets (.+)", "没有数值满足{1}"), (r"every value meets (.+)", "任何数值都满足{1}"),
    (r"no row meets it", "没有一行满足这一条件"), (r"every row meets it; without it all rows count just so", "每一行都满足这一条件，不写也一样"),
    (r"no total meets (.+)", "没有总分满足{1}"), (r"every total meets (.+)", "任何总分都满足{1}"), (r"starts outside its own floor and cap", "起始分在自身的上下限之外"),
    (r"no value lies (below|above) (\S+), so no step is ever counted", "没有数值{1}{2}，因此从不计步"),
    (r"(\S+) and (\S+) both count (\S+) = (\S+)", "{1}与{2}都计入{3}={4}"), (r"no rule counts (.+)", "没有规则计入{1}"),
    (r"(\S+) is listed as known, but does not occur any more", "列为已知，而实际已不出现"),
    (r"changes no rule", "不改变任何规则"), (r"is declared, but nothing refers to it", "写明而无处引用"),
    (r"is declared, but no rule looks at it", "写明而没有规则用到"), (r"is derived, but no measure reads it", "推导而没有指标量读取"),
    (r"is declared, but no measure reads it", "写明而没有指标量读取"),
    (r"is declared, but neither a rule nor a rate looks at it.*", "写明而没有规则或比率用到"),
    (r"no rule cites this clause.*", "没有规则引用本条"),
    (r"was last compared with its source on (\S+)", "最近一次与来源核对是{1}"), (r"was in force until (\S+)", "施行至{1}"),
    (r"with fewer than (\d+) (\S+) only 100 % meets (.+)", "“{2}”不足{1}时，只有100%才满足{3}"),
    (r"(\d+) events take more than the whole of (\S+)", "{1}件相加，超过“{2}”的全部"),
    (r"a unit that everyone gives the middle grade passes the line, if it loses nothing elsewhere", "人人给中间一档的单位，其余不失分，即可通过此线"),
    (r"by its words the table has no entry for place (\d+)", "按其文字，名次表没有第{1}名一栏"), (r"one thing has two names", "同一事物有两个名称"),
    (r"the formula asks for a (\S+), which no clause defines", "公式用到“{1}”，而没有条款给出其定义"),
    (r"only this reading says in what unit (\S+) is measured", "“{1}”以什么为单位，只有这一读法说明"),
    (r"what follows from one and the same event hangs on this reading alone", "同一事件有何后果，全看这一读法"),
    (r"announces (\d+) (\w+), (\d+) (?:is|are) listed", "所称{1}项，实有{3}项"),
    (r"rows whose (.+?) (?:is|are all) empty drop out without a word; write (\S+) to count them as they stand, or (\S+) to leave them out", "“{1}”为空的行不计入，也没有提示；要按截止时点的情形计入，写{2}；要写明不计入，写{3}"),
    (r"rows whose (.+?) (?:is|are all) empty drop out without a word; write (\S+) to leave them out", "“{1}”为空的行不计入，也没有提示；要写明不计入，写{2}"),
    (r"rows whose (.+?) (?:is|are all) empty drop out without a word; write (\S+) in the conditions that read (\S+) to leave them out", "“{1}”为空的行不计入，也没有提示；要写明不计入，在用到“{3}”的条件中写{2}"),
)  # fmt: skip

PROOFS: tuple[tuple[str, str], ...] = (
    (r", held at the floor (\S+) without it, (\S+) with it", r"，止于下限；无此规则为 \1，有此规则为 \2"), (r"; scored without it", "；其余照常计分"), (r"; no total without it", "；未补给则无总分"),
    (r"full marks of (\S+) waits?", r"等待补给：\1的满分"), (r"([\w., ]+?) waits?\b", r"等待补给：\1"), (r"(等待补给.*), (\S+) points", r"\1，涉及\2分"), (r"full marks ", "满分 "),
    (r"top (\d+) and bottom (\d+) share a unit where there are (\d+) or fewer", r"单位不超过\3个时，前\1名与后\2名重合"),
    (r", and where every total ([≥<>≤]) (\S+), the first (\d+) meet it too", r"；总分均\1 \2时，前\3名亦然"),
    (r"where every total ([≥<>≤]) (\S+), the first (\d+) meet it too", r"总分均\1 \2时，前\3名亦然"),
    (r"it asks for total", "条件为总分"), (r", totals lie in ", "；总分在 "), (r"totals lie in ", "总分在 "), (r"(\S+) states (\d+)$", r"“\1”写明\2分"),
    (r"it is worth 0 points", "其分值为0"), (r": (\S+) leaves the number out, 含 takes it in", r"：“\1”不包括本数，“含”包括本数"),
    (r": (\S+) takes the number in, 不含 leaves it out", r"：“\1”包括本数，“不含”不包括本数"),
    (r": a rate is a quotient, the bound is a count", "：比率是两数之商，界限却是次数"), (r"(\S+) rounded down is (\S+): (\S+); rounded up is (\S+): ", r"\1 舍为 \2，计 \3；进为 \4，计 "),
    (r"at most ", "最多 "), (r"; at least (\S+) steps: ", r"；至少 \1 步："), (r" lies in ", " 在 "), (r"for (\S+) in ", r"\1 在 "), (r"for (\S+) = ", r"\1 = "),
    (r", held at the floor (\S+)", r"，止于下限 \1"), (r", held at the cap (\S+)", r"，止于上限 \1"), (r"(\S+) without it, (\S+) with it", r"无此规则为 \1，有此规则为 \2"),
    (r"(\S+) with it\b", r"有此规则为 \1"), (r" without it", "（无此规则）"), (r" gives ", " 得 "), (r"\bmonth: ", "月度 "), (r"\byear: ", "年度 "), (r"\bor (\S+) for 0/0", r"0÷0时为 \1"),
    (r"; the lowest grade of (.+?) is (\S+) of (\S+)", r"；\1 的最低一档为 \3 中的 \2"), (r": the same rules", "：规则相同"),
    (r": the same counts give up to (\S+) times as much", r"：同样的件数，结果最多相差 \1 倍"), (r" either way", "（两种读法均有）"),
    (r" alone: ", "：仅此一档，"), (r"the last place listed is (\d+), “(.+?)” goes on from (\d+)", r"列出的最后一名是第\1名，“\2”从第\3名继续"),
    (r"(\S+) is then neither true nor false", r"此时 \1 真假未定"), (r"(\S+) counts from (\S+)", r"\1 自 \2 起算"),
    (r"”, but (\S+) defines “", r"”，而 \1 定义的是“"), (r"” and “", "”与“"), (r"no indicator", "没有指标"),
)  # fmt: skip

PLACES = {"floor": "下限", "cap": "上限", "below": "低于", "above": "高于"}
CODE = re.compile(r"`[^`]*`")
IDENTIFIER = re.compile(r"(?<![\w“.-])[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?(?![\w(])", re.ASCII)


def kind_words(kind: str, language: str) -> str:
    """A kind of finding in words; a kind that has none in Chinese keeps its English ones."""
    english = KINDS[kind][1]
    return english if language == "en" else KIND_WORDS.get(kind, english)


def message_words(words: SchemeWords, found: Finding) -> str:
    """What is wrong, without the name of what it concerns."""
    text = found.message.removeprefix(f"{found.at}: ")
    if found.kind == "gap" and found.at in words.scheme.gaps:
        return words.scheme.gaps[found.at].missing(words.language)
    if words.language == "en":
        return text
    text, code = _without_code(text)
    for pattern, chinese in MESSAGES:
        if match := re.fullmatch(pattern, text):
            groups = [PLACES.get(group, _named(words, group)) if group else "" for group in match.groups()]
            return _with_code(chinese.format("", *groups), code)
    return _with_code(text, code)


def _without_code(text: str) -> tuple[str, list[str]]:
    """The text with a mark for each piece of SQL in it, which is the same in every language, and these pieces."""
    code = CODE.findall(text)
    pieces = iter(range(len(code)))
    return CODE.sub(lambda _: f"\ue000{next(pieces)}\ue001", text), code


def _with_code(text: str, code: list[str]) -> str:
    return re.sub("\ue000(\\d+)\ue001", lambda mark: code[int(mark[1])], text)


def proof_words(words: SchemeWords, found: Finding) -> str:
    """The arithmetic that proves it."""
    if words.language == "en":
        return found.proof
    text, code = _without_code(found.proof)
    reading = words.scheme.readings.get(found.at)
    for name, option in reading.options.items() if reading else ():
        text = re.sub(rf"(?<![\w-]){name} (?:adds|gives) nothing", f"“{option.zh}”则无", text)
        text = re.sub(rf"(?<![\w-]){name} (?:adds|gives) ", f"“{option.zh}”则有", text)
        text = re.sub(rf"(?<![\w-]){name} ×", f"“{option.zh}” ×", text)
    for pattern, chinese in PROOFS:
        text = re.sub(pattern, chinese, text)
    text = re.sub(r"(?<=\d) to (?=\d)", "至", _named(words, text)).replace("; ", "；").replace(", ", "，")
    return _with_code(re.sub(r"([\[(][−\d./∞]+)，([−\d./∞]+[\])])", r"\1, \2", text.replace(": ", "：")), code)


def reading_words(words: SchemeWords, found: Finding) -> str:
    """The readings under which it holds, by what they ask and answer; empty where it holds under all."""

    def one(match: re.Match[str]) -> str:
        reading = words.scheme.readings.get(match[1])
        if reading is None:
            return match[0]
        options = [reading.options[name](words.language) for name in match[2].split(" | ") if name in reading.options]
        return words.both(
            f"“{reading.question.zh}”取“{'”或“'.join(options)}”",
            f"“{reading.question.en}” → “{'” or “'.join(options)}”",
        )

    text = re.sub(r"([\w-]+) = ([\w-]+(?: \| [\w-]+)*)", one, found.readings)
    if words.language == "en":
        return text
    text = text.replace("the readings in use with ", "所用读法而").replace("the readings in use", "所用的读法")
    return text.replace("” and “", "”，且“").replace("” or “", "”，或“")


def concerned(words: SchemeWords, at: str) -> str:
    """What a finding concerns, by its title: an indicator, a rule, an outcome, a dimension, a clause."""
    first, _, rest = at.partition(".")
    titles = _titles(words)
    rules = {rule.id: rule.title(words.language) for indicator, rule in words.scheme.rules() if indicator.id == first}
    if rest in rules:
        return f"{titles.get(first, first)}{words.both('：', ': ')}{rules[rest]}"
    added = dict(pair for register in words.scheme.columns for pair in words.derived(register))
    if rest and (first in words.scheme.measures or first in added):
        columns = words.both("、", ", ").join(_column(words, one) for one in rest.split("+"))
        title = words.title(first) if first in words.scheme.measures else added[first]
        return f"{title}{words.both('：', ': ')}{columns}"
    if first == "roll_up":
        return words.both(f"{words.granularity(rest)}汇总", f"roll-up of the {words.granularity(rest)}")
    if at == "total":
        return words.both("总分", "total")
    return titles.get(at, at)


def _column(words: SchemeWords, name: str) -> str:
    return _named(words, name) if words.language == "zh" else name


def _titles(words: SchemeWords) -> dict[str, str]:
    scheme, language = words.scheme, words.language
    titles = {name: words.title(name) for name in sorted(scheme.quantities)}
    titles |= {name: reading.question(language) for name, reading in scheme.readings.items()}
    titles |= {name: gap.missing(language) for name, gap in scheme.gaps.items()}
    titles |= {dimension.id: dimension.title(language) for dimension in scheme.dimensions}
    titles |= {outcome.id: outcome.title(language) for outcome in scheme.outcomes}
    titles |= {indicator.id: indicator.title(language) for indicator in scheme.indicators}
    for outcome in scheme.outcomes:
        for part in outcome.consequences:
            titles[f"{outcome.id}.{part.id}"] = titles[part.id] = f"{part.who(language)}{part.what(language)}"
    return titles


def _named(words: SchemeWords, text: str) -> str:
    """The names in Chinese text by their titles; other words stay."""
    ordered = [REGISTERS["events"], REGISTERS["cases"], *REGISTERS.values()]
    columns = {column.name: column.zh for register in reversed(ordered) for column in register.columns}
    derived = dict(pair for register in words.scheme.columns for pair in words.derived(register))
    counted = {name: words.title(name) for name in words.scheme.quantities}
    titles = {"total": "总分"} | columns | derived | _titles(words) | counted
    return IDENTIFIER.sub(lambda found: titles.get(found[0]) or concerned(words, found[0]), text)
