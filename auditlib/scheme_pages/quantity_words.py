# ruff: noqa: E501 — the two languages stand side by side
"""What is counted, divided and compared, in words: columns, measures, rates, composites, standings."""

from __future__ import annotations

from auditlib.core.numerals import plain
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.quantities import Column, Composite, Measure, Rate, Standing
from auditlib.scheme.times import Deadline, Earlier, Limit, Span, Steps, Window
from auditlib.scheme_pages.scheme_words import SchemeWords
from auditlib.scheme_pages.sql_words import column_words, condition_words

__all__ = [
    "column_sentence", "column_title", "composite_formula", "condition", "measure_sentence", "missing_policy", "rate_formula", "register_words",
    "standing_sentence", "zero_policy",
]  # fmt: skip

STEP_MODES = {
    "floor": ("不满一步的部分不计", "an unfinished step does not count"),
    "ceil": ("不满一步的部分按一步计", "a step that has begun counts as one"),
    "exact": ("按比例计", "in proportion"),
}
WINDOWS = {
    "period": ("计入考核期", "in the period"), "quarter": ("计入考核期所在的季度", "in the quarter of the period"),
    "year": ("计入考核期所在的年度", "in the year of the period"),
    "to_date": ("累计至考核期末", "up to the end of the period"),
}  # fmt: skip
MISSING_PARTS = {
    "renormalise": ("没有数据的部分，其权重由其余部分按比例分担", "the weight of a part without data is shared out among the others"),
    "zero": ("没有数据的部分计0", "a part without data counts 0"),
    "full": ("没有数据的部分计满", "a part without data counts in full"),
    "not_assessable": ("任一部分没有数据，即不予评价", "not assessable where any part has no data"),
}  # fmt: skip
UNITS = {
    "minutes": ("分钟", "minute"), "hours": ("小时", "hour"), "days": ("天", "day"), "working_days": ("个工作日", "working day"),
}  # fmt: skip


def register_words(words: SchemeWords, register: str) -> str:
    """A register as people know it, with its name in the ledger."""
    known = REGISTERS[register]
    return words.both(f"“{known.zh}”登记簿（{register}）", f"the register {register} ({known.row})")


def condition(words: SchemeWords, sql: str, register: str) -> str:
    """A condition in words, or as it is written where it has none."""
    return condition_words(sql, register, words.language, words.derived(register)) or sql


def column_title(words: SchemeWords, register: str, column: str) -> str:
    """A column of a register, or of the scheme's own, as people know it."""
    return column_words(register, column, words.language, words.derived(register))


def measure_sentence(words: SchemeWords, measure: Measure) -> str:
    """What a measure counts: the register, the condition, the column that is added up, and the time that decides."""
    if measure.register_ is None:
        return _fact_sentence(words, measure)
    register = REGISTERS[measure.register_]
    rows = condition(words, measure.where, register.name) if measure.where else ""
    at = column_title(words, register.name, measure.at or register.at or "")
    zh_window, en_window = WINDOWS[measure.window]
    if measure.sum is None:
        zh = f"{register_words(words, register.name)}中{f'，{rows}的' if rows else '的全部'}行数"
        en = f"the number of rows of {register_words(words, register.name)}{f' where {rows}' if rows else ''}"
    else:
        column = column_title(words, register.name, measure.sum)
        zh = f"{register_words(words, register.name)}中{f'，{rows}的各行' if rows else '各行的'}“{column}”之和"
        en = f"the sum of {column} over the rows of {register_words(words, register.name)}{f' where {rows}' if rows else ''}"
    en = en[0].upper() + en[1:]
    zh_range = en_range = ""
    if measure.low is not None and measure.high is not None:
        low, high = plain(measure.low), plain(measure.high)
        zh_range, en_range = (
            f"；每行的数值由人在{low}至{high}之间决定",
            f"; for each row a person decides from {low} to {high}",
        )
    elif measure.low is not None:
        zh_range, en_range = f"；每行的数值不小于{plain(measure.low)}", f"; each value is at least {plain(measure.low)}"
    elif measure.high is not None:
        zh_range, en_range = (
            f"；每行的数值不大于{plain(measure.high)}",
            f"; each value is at most {plain(measure.high)}",
        )
    return words.both(f"{zh}；按“{at}”{zh_window}{zh_range}。", f"{en}, by {at} {en_window}{en_range}.")


def _fact_sentence(words: SchemeWords, measure: Measure) -> str:
    otherwise = {
        None: ("", ""),
        "calendar_days": (
            "；台账未给出的，以考核期内单位接受考核的日历日数代替",
            "; where the ledger gives none, the calendar days of the period on which the unit is assessed",
        ),
        "working_days": (
            "；台账未给出的，以考核期内单位接受考核的工作日数代替",
            "; where the ledger gives none, the working days of the period on which the unit is assessed",
        ),
    }[measure.otherwise]
    return words.both(
        f"“单位基础数据”登记簿（unit_facts）中的数据项“{measure.fact}”{otherwise[0]}。",
        f"The fact “{measure.fact}” in unit_facts{otherwise[1]}.",
    )


def rate_formula(words: SchemeWords, rate: Rate) -> str:
    """A rate as arithmetic: ``（10 × 满意 + 6 × 基本满意）÷ 评价件数 × 10``."""
    sides = []
    for weights in (rate.numerator, rate.denominator):
        text = words.weighted(weights)
        several = len(weights) > 1 or any(abs(weight) != 1 for weight in weights.values())
        sides.append(f"({text})" if several else text)
    return f"{' ÷ '.join(sides)}{_times(rate)}"


def _times(index: Rate | Composite) -> str:
    return "" if index.times == 1 else f" × {plain(index.times)}"


def zero_policy(words: SchemeWords, rate: Rate) -> str:
    """What the rate is where there is nothing to divide by."""
    if rate.zero == "not_assessable":
        return words.both("分母为0时不予评价。", "Not assessable where the denominator is 0.")
    value = plain(rate.zero)
    return words.both(f"分母为0时，记为{value}。", f"Where the denominator is 0 the rate is {value}.")


def composite_formula(words: SchemeWords, composite: Composite) -> str:
    """A composite as arithmetic."""
    text = words.weighted(composite.parts)
    return f"({text}){_times(composite)}" if composite.times != 1 else text


def missing_policy(words: SchemeWords, composite: Composite) -> str:
    """What a composite does with a part of which there are no data."""
    zh, en = MISSING_PARTS[composite.missing]
    return words.both(f"{zh}。", f"{en[0].upper()}{en[1:]}.")


STILL_EQUAL = {
    "undecided": ("先后未定，不计分", "stay undecided and are not scored"),
    "first": ("都按靠前的名次", "all get what the first of their places is worth"),
    "mean": ("按所占各名次的平均", "get the mean of what their places are worth"),
}


def standing_sentence(words: SchemeWords, standing: Standing) -> str:
    """Who is ranked by which index, above which average, and what each place is worth."""
    index, ties, then = words.quoted(standing.index), words.quoted(standing.ties), plain(standing.then)
    tables = []
    for group, table in standing.tables.items():
        values = words.listed(plain(value) for value in table)
        empty = words.both("不按此排名", "not ranked by it")
        tables.append(words.both(f"{group}：{values or empty}", f"{group}: {values or empty}"))
    zh_mean, en_mean = {
        "mean": ("各单位数值的算术平均", "the mean of the units' values"),
        "pooled": ("各单位合计之后的比值", "the index of the summed counts"),
    }[standing.average]
    zh_equal, en_equal = STILL_EQUAL[standing.still_equal]
    return words.both(
        f"{index}高于本组平均（{zh_mean}）的单位，在组内由高到低排列，自第一名起依次为——{'；'.join(tables)}；其后各名均为{then}。"
        f"不高于平均的为0；数值相同的，{ties}多者在前；仍相同的，{zh_equal}。",
        f"Units whose {index} is above the average of their group ({en_mean}) are placed from the highest on, and get by "
        f"place: {'; '.join(tables)}; {then} from there on. The others get 0. Equal values are ordered by {ties}, more first; "
        f"those that are still equal {en_equal}.",
    )


def column_sentence(words: SchemeWords, register: str, column: Column) -> str:
    """How a column of the scheme's own is derived for every row."""
    if column.sql is not None:
        return condition(words, column.sql, register) + words.both("。", "")
    if column.deadline is not None:
        return _deadline(words, register, column.deadline)
    if column.steps is not None:
        return _steps(words, register, column.steps)
    assert column.earlier is not None
    return _earlier(words, register, column.earlier)


def _span(words: SchemeWords, span: Span | Limit | Window) -> str:
    for unit, (zh, en) in UNITS.items():
        count = getattr(span, unit, None)
        if count is not None:
            return words.both(f"{count}{zh}", f"{count} {en}{'' if count == 1 else 's'}")
    raise AssertionError(span)


def _limit(words: SchemeWords, register: str, limit: Limit) -> str:
    ends = {
        None: ("", ""),
        "day": ("（起始当日不计，至末日终了）", " (the first day not counted, to the end of the last)"),
        "time": ("（起始当日不计，至末日的同一时刻）", " (the first day not counted, to the same time of day)"),
    }[limit.ends]
    span = _span(words, limit) + words.both(*ends)
    if limit.when is None:
        return span
    when = condition(words, limit.when, register)
    return words.both(f"{when}的，{span}", f"{span} where {when}")


def _deadline(words: SchemeWords, register: str, deadline: Deadline) -> str:
    start = column_title(words, register, deadline.start)
    limits = words.both("；", "; ").join(_limit(words, register, limit) for limit in deadline.limits)
    return words.both(f"期限，自“{start}”起算：{limits}。", f"A deadline, counted from {start}: {limits}.")


def _steps(words: SchemeWords, register: str, steps: Steps) -> str:
    start, end = (column_title(words, register, name) for name in (steps.start, steps.end))
    zh_mode, en_mode = STEP_MODES[steps.mode]
    clock = {
        "continuous": ("连续计算", "on a continuous clock"),
        "working_days": ("休息日不计", "rest days not counted"),
    }[steps.clock]
    still = {
        "as_of": ("尚无终点的计至截止时点", "without an end it runs to the as-of time"),
        "ignore": ("尚无终点的不计", "without an end it does not count"),
    }[steps.open]
    over, every = _span(words, steps.over), _span(words, steps.every)
    at_all = steps.over.us == 0
    zh_over = "" if at_all else f"超过{over}的部分，"
    en_over = "" if at_all else f" beyond {over}"
    return words.both(
        f"自“{start}”至“{end}”，{zh_over}每{every}为一步；{zh_mode}；{clock[0]}；{still[0]}。",
        f"Steps of {every} from {start} to {end}{en_over}; {en_mode}; {clock[1]}; {still[1]}.",
    )


def _earlier(words: SchemeWords, register: str, earlier: Earlier) -> str:
    keys = words.listed(column_title(words, register, key) for key in earlier.same)
    order = column_title(words, register, earlier.order)
    within = _span(words, earlier.within) if earlier.within else None
    if earlier.within and earlier.within.ends == "day":
        within = f"{within}{words.both('（首日不计）', ' (the first day not counted)')}"
    where = condition(words, earlier.where, register) if earlier.where else None
    zh = f"此前（按“{order}”{f'，{within}之内' if within else '，不限时间'}）已有{keys}{' ' if keys.isascii() or keys[-1].isascii() else ''}相同的行"
    en = f"Whether an earlier row (by {order}{f', within {within}' if within else ', however long ago'}) has the same {keys}"
    if where:
        zh, en = f"{zh}；前后两行均须：{where}", f"{en}; both rows must meet: {where}"
    return words.both(f"{zh}。", f"{en}.")
