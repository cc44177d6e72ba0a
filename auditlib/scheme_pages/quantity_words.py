"""What is counted, divided and compared, in words: columns, measures, rates, composites, standings."""

from __future__ import annotations

from auditlib.core.message import COMMA, told
from auditlib.core.numerals import plain
from auditlib.scheme.decision import DecisionTable
from auditlib.scheme.limit_words import so_many
from auditlib.scheme.quantities import Column, Composite, Measure, Rate, Standing
from auditlib.scheme.times import Deadline, Earlier, LastPeriods, Limit, Span, Steps, Window
from auditlib.scheme_pages.scheme_words import SchemeWords
from auditlib.scheme_pages.sql_words import column_words, condition_words
from auditlib.scoring.duties.statuses import STATUSES

__all__ = [
    "column_sentence", "column_title", "composite_formula", "condition", "decision_rows", "measure_sentence",
    "missing_policy", "rate_formula", "register_words", "standing_sentence", "table_hit", "zero_policy",
]  # fmt: skip

STEP_MODES = {
    "floor": "an unfinished step does not count",
    "ceil": "a step that has begun counts as one",
    "exact": "in proportion",
}
CLOCKS = {"continuous": "on a continuous clock", "working_days": "rest days not counted"}
OPEN = {"as_of": "without an end it runs to the as-of time", "ignore": "without an end it does not count"}
ENDS = {
    None: "{span}",
    "day": "{span} (the first day not counted, to the end of the last)",
    "time": "{span} (the first day not counted, to the same time of day)",
}
WINDOWS = {
    "period": "in the period",
    "quarter": "in the quarter of the period",
    "year": "in the year of the period",
    "to_date": "up to the end of the period",
    "year_to_date": "from the beginning of the year to the end of the period",
}
LAST_PERIODS = {
    "week": "in the last {count} weeks", "month": "in the last {count} months",
    "quarter": "in the last {count} quarters", "half": "in the last {count} half-years",
    "year": "in the last {count} years",
}  # fmt: skip
PERIODS_OF = {
    "week": "The week in which {time} lies (2025-W23).", "month": "The month in which {time} lies (2025-06).",
    "quarter": "The quarter in which {time} lies (2025Q2).", "half": "The half-year in which {time} lies (2025H1).",
    "year": "The year in which {time} lies (2025).",
}  # fmt: skip
OTHERWISE = {
    None: "The fact “{fact}” in unit_facts.",
    "calendar_days": "The fact “{fact}” in unit_facts; where the ledger gives none, the calendar days of the period on "
    "which the unit is assessed.",
    "working_days": "The fact “{fact}” in unit_facts; where the ledger gives none, the working days of the period on "
    "which the unit is assessed.",
    "not_assessable": "The fact “{fact}” in unit_facts; where the ledger gives none, nothing is assessed by it.",
}
TAKEN = {
    "sum": (
        "The sum of {column} over the rows of {register}",
        "The sum of {column} over the rows of {register} where {rows}",
    ),
    "distinct": (
        "The number of different values of {column} in the rows of {register}",
        "The number of different values of {column} in the rows of {register} where {rows}",
    ),
    "median": (
        "The median of {column} over the rows of {register}",
        "The median of {column} over the rows of {register} where {rows}",
    ),
    "longest": (
        "The greatest {column} of the rows of {register}",
        "The greatest {column} of the rows of {register} where {rows}",
    ),
}
"""What is taken of a column, of all rows and of those that meet a condition."""
MISSING_PARTS = {
    "renormalise": "The weight of a part without data is shared out among the others.",
    "zero": "A part without data counts 0.",
    "full": "A part without data counts in full.",
    "not_assessable": "Not assessable where any part has no data.",
}
AVERAGES = {"mean": "the mean of the units' values", "pooled": "the index of the summed counts"}
STILL_EQUAL = {
    "undecided": "stay undecided and are not scored",
    "first": "all get what the first of their places is worth",
    "mean": "get the mean of what their places are worth",
}
HITS = {
    "one": "One row is to fit; where several do, it is undecided.",
    "first": "The first row that fits holds.",
    "highest": "Of the rows that fit, the highest holds: {order}.",
}
UNITS = ("minutes", "hours", "days", "working_days", "months")


def register_words(words: SchemeWords, register: str) -> str:
    """A register as people know it, with its name in the ledger."""
    known = words.scheme.known_registers[register]
    title = known.zh if words.language == "zh" else known.row
    return words.t("the register {register} ({title})", register=register, title=title)


def condition(words: SchemeWords, sql: str, register: str) -> str:
    """A condition in words, or as it is written where it has none."""
    return condition_words(sql, register, words.language, words.derived(register)) or sql


def column_title(words: SchemeWords, register: str, column: str) -> str:
    """A column of a register, or of the scheme's own, as people know it."""
    return column_words(register, column, words.language, words.derived(register))


def measure_sentence(words: SchemeWords, measure: Measure) -> str:
    """What a measure counts: the register, the condition, the column that is added up, and the time that decides."""
    if measure.duty is not None:
        return _duty_sentence(words, measure)
    if measure.register_ is None:
        return words.t(OTHERWISE[measure.otherwise], fact=measure.fact)
    register = words.scheme.known_registers[measure.register_]
    rows = condition(words, measure.where, register.name) if measure.where else ""
    name, at = register_words(words, register.name), column_title(words, register.name, measure.at or register.at or "")
    if measure.column is None:
        said = "The number of rows of {register} where {rows}" if rows else "The number of rows of {register}"
        counted = words.t(said, register=name, rows=rows)
    else:
        taken = next(key for key in TAKEN if getattr(measure, key) is not None)
        said = TAKEN[taken][bool(rows)]
        column = column_title(words, register.name, measure.column)
        counted = words.t(said, column=column, register=name, rows=rows)
    if isinstance(last := measure.window, LastPeriods):
        window = words.t(LAST_PERIODS[last.of], count=last.last)
    else:
        window = words.t(WINDOWS[last])
    return words.t(
        "{counted}, by {at} {window}{range}.",
        counted=counted, at=at, window=window, range=_range(words, measure),
    )  # fmt: skip


def _duty_sentence(words: SchemeWords, measure: Measure) -> str:
    duty = words.scheme.duty(measure.duty or "")
    statuses = COMMA[words.language].join(STATUSES[status](words.language) for status in measure.statuses)
    said = {
        None: "The instances of the duty “{duty}” that are {statuses}.",
        "late_working_days": "The working days by which the instances of the duty “{duty}” are late ({statuses}).",
        "late_days": "The days by which the instances of the duty “{duty}” are late ({statuses}).",
        "late_minutes": "The minutes by which the instances of the duty “{duty}” are late ({statuses}).",
    }
    return words.t(said[measure.sum], duty=duty.title, statuses=statuses)


def _range(words: SchemeWords, measure: Measure) -> str:
    if measure.low is not None and measure.high is not None:
        low, high = plain(measure.low), plain(measure.high)
        return words.t("; for each row a person decides from {low} to {high}", low=low, high=high)
    if measure.low is not None:
        return words.t("; each value is at least {low}", low=plain(measure.low))
    return "" if measure.high is None else words.t("; each value is at most {high}", high=plain(measure.high))


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
        return words.t("Not assessable where the denominator is 0.")
    return words.t("Where the denominator is 0 the rate is {value}.", value=plain(rate.zero))


def composite_formula(words: SchemeWords, composite: Composite) -> str:
    """A composite as arithmetic."""
    text = words.weighted(composite.parts)
    return f"({text}){_times(composite)}" if composite.times != 1 else text


def missing_policy(words: SchemeWords, composite: Composite) -> str:
    """What a composite does with a part of which there are no data."""
    return words.t(MISSING_PARTS[composite.missing])


def standing_sentence(words: SchemeWords, standing: Standing) -> str:
    """Who is ranked by which index, above which average, and what each place is worth."""
    tables = []
    for group, table in standing.tables.items():
        values = words.listed(plain(value) for value in table) or words.t("not ranked by it")
        tables.append(words.t("{one}: {other}", one=group, other=values))
    return words.t(
        "Units whose {index} is above the average of their group ({average}) are placed from the highest on, and get "
        "by place: {places}; {then} from there on. The others get 0. Equal values are ordered by {ties}, more first; "
        "those that are still equal {equal}.",
        index=words.quoted(standing.index),
        average=words.t(AVERAGES[standing.average]),
        places=words.t("; ").join(tables),
        then=plain(standing.then),
        ties=words.quoted(standing.ties),
        equal=words.t(STILL_EQUAL[standing.still_equal]),
    )


def column_sentence(words: SchemeWords, register: str, column: Column) -> str:
    """How a column of the scheme's own is derived for every row."""
    if column.sql is not None:
        return words.t("{condition}", condition=condition(words, column.sql, register))
    if column.deadline is not None:
        return _deadline(words, register, column.deadline)
    if column.steps is not None:
        return _steps(words, register, column.steps)
    if column.choose is not None:
        rows = decision_rows(words, register, column.choose)
        return f"{table_hit(words, column.choose)} {words.t('; ').join(f'{when} ⇒ {gives}' for when, gives in rows)}"
    if column.period_of is not None:
        time = column_title(words, register, column.period_of.time)
        return words.t(PERIODS_OF[column.period_of.each], time=time)
    assert column.earlier is not None
    return _earlier(words, register, column.earlier)


def table_hit(words: SchemeWords, table: DecisionTable) -> str:
    """How a decision table decides between rows that fit."""
    return words.t(HITS[table.hit], order=" > ".join(_given(words, name) for name in table.order))


def decision_rows(words: SchemeWords, register: str, table: DecisionTable) -> list[tuple[str, str]]:
    """The rows of a decision table: the condition in words, and what it gives."""
    whens = [condition(words, row.when, register) if row.when else words.t("otherwise") for row in table.rows]
    return [(when, _given(words, row.gives)) for when, row in zip(whens, table.rows, strict=True)]


def _given(words: SchemeWords, value: str) -> str:
    """What a row gives: an actor by its title, another value as it is."""
    actor = words.scheme.actors.get(value)
    return value if actor is None else actor(words.language)


def _span(words: SchemeWords, span: Span | Limit | Window) -> str:
    unit = next(unit for unit in UNITS if getattr(span, unit, None) is not None)
    return told(so_many(getattr(span, unit), unit), words.language)


def _limit(words: SchemeWords, register: str, limit: Limit) -> str:
    span = words.t(ENDS[limit.ends], span=_span(words, limit))
    if limit.when is None:
        return span
    return words.t("{span} where {condition}", span=span, condition=condition(words, limit.when, register))


def _deadline(words: SchemeWords, register: str, deadline: Deadline) -> str:
    limits = words.t("; ").join(_limit(words, register, limit) for limit in deadline.limits)
    start = column_title(words, register, deadline.start)
    return words.t("A deadline, counted from {start}: {limits}.", start=start, limits=limits)


def _steps(words: SchemeWords, register: str, steps: Steps) -> str:
    beyond = words.t(" beyond {span}", span=_span(words, steps.over)) if steps.over.us else ""
    return words.t(
        "Steps of {every} from {start} to {end}{beyond}; {mode}; {clock}; {open}.",
        every=_span(words, steps.every),
        start=column_title(words, register, steps.start),
        end=column_title(words, register, steps.end),
        beyond=beyond,
        mode=words.t(STEP_MODES[steps.mode]),
        clock=words.t(CLOCKS[steps.clock]),
        open=words.t(OPEN[steps.open]),
    )


def _earlier(words: SchemeWords, register: str, earlier: Earlier) -> str:
    keys = words.listed(column_title(words, register, key) for key in earlier.same)
    if words.language == "zh" and keys[-1].isascii():
        keys += " "
    within = words.t(", however long ago")
    if earlier.within:
        said = ", within {span} (the first day not counted)" if earlier.within.ends == "day" else ", within {span}"
        within = words.t(said, span=_span(words, earlier.within))
    where = condition(words, earlier.where, register) if earlier.where else ""
    said = (
        "The number of the row among those (by {order}{within}) with the same {keys}{both}."
        if earlier.count
        else "Whether an earlier row (by {order}{within}) has the same {keys}{both}."
    )
    return words.t(
        said,
        order=column_title(words, register, earlier.order),
        within=within,
        keys=keys,
        both=words.t("; both rows must meet: {condition}", condition=where) if where else "",
    )
