# ruff: noqa: E501 — the two languages stand side by side
"""How a count becomes points: every rule and indicator as a sentence and as arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from auditlib.core.numerals import plain
from auditlib.scheme.rules import Indicator, Rule, Shortfall
from auditlib.scheme_pages.scheme_words import SchemeWords

__all__ = ["indicator_formula", "indicator_sentence", "rule_formula", "rule_sentence", "waiting_formula"]

MODES = {"floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "exact": ("(", ")")}
SIGNS = {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}


def rule_sentence(words: SchemeWords, rule: Rule) -> str:
    """A rule as a sentence: on what, from where on, how much, and what part of a step is worth."""
    if rule.gaps:
        missing = words.both("；", "; ").join(words.scheme.gaps[name].missing(words.language) for name in rule.gaps)
        return words.both(f"来源缺失，补给后才计分：{missing}。", f"Scores only once this is supplied: {missing}.")
    if rule.target is not None:
        bound = words.bound(rule.target)
        return words.both(
            f"目标：{bound}。只判断是否达到，不计分。", f"Target: {bound}. It is met or not, without points."
        )
    if rule.mark is not None:
        return _mark_sentence(words, rule)
    if rule.becomes is not None and rule.when is not None:
        bound, value = words.bound(rule.when), words.points(rule.becomes)
        return words.both(
            f"{bound}时，此前各条规则的加减不再计，本指标改为{value}。",
            f"Where {bound}, what the rules before gave no longer counts, and the indicator has {value}.",
        )
    points = rule.points or Fraction(0)
    if rule.step is not None:
        return _step_sentence(words, rule.step, points)
    if rule.when is not None:
        bound, gain = words.bound(rule.when), words.gain(points)
        rest = words.both(
            f"；否则不{'扣' if points < 0 else '加'}" if points else "", "; otherwise nothing" if points else ""
        )
        if rule.unless is not None:
            rest += words.both(
                f"；已按规则 {rule.unless} 计的，不再计", f"; nothing where the rule {rule.unless} has given some"
            )
        return words.both(f"{bound}时，{gain}{rest}。", f"Where {bound}, it {gain}{rest}.")
    return _per_sentence(words, rule, points)


def _mark_sentence(words: SchemeWords, rule: Rule) -> str:
    if isinstance(rule.mark, Fraction):
        value = words.points(rule.mark)
        return words.both(f"按补给的值记{value}。", f"The value supplied: {value}.")
    return words.both(
        "由人评分，评分记入人工评分登记簿（marks）。", "Marked by a person; the mark stands in the register marks."
    )


def _step_sentence(words: SchemeWords, step: Shortfall, points: Fraction) -> str:
    """Steps beyond a threshold, with what becomes of a step that is not full."""
    below = step.below is not None
    threshold = step.below if step.below is not None else step.above
    assert threshold is not None
    quantity, limit = words.quoted(step.of), words.amount(step.of, threshold)
    every, gain = words.distance(step.of, step.every), words.gain(points)
    rest = {
        "floor": (f"不足{every}的部分不计", "an unfinished step does not count"),
        "ceil": (f"不足{every}的部分按{every}计", "a step that has begun counts as one"),
        "exact": (f"不足{every}的部分按比例计", "in proportion"),
    }[step.mode]
    return words.both(
        f"{quantity}{'低于' if below else '高于'}{limit}时，每{'低' if below else '高'}{every}{gain}；{rest[0]}。",
        f"Where {quantity} is {'below' if below else 'above'} {limit}, every {every} {'below' if below else 'above'} it {gain}; {rest[1]}.",
    )


def _per_sentence(words: SchemeWords, rule: Rule, points: Fraction) -> str:
    """So much for each one counted, or so many times a rate, index or place's value."""
    assert rule.per is not None
    quantity = words.quoted(rule.per)
    if rule.per in words.scheme.measures:
        text = words.both(f"{quantity}每计一，{words.gain(points)}", f"Each one of {quantity} {words.gain(points)}")
    else:
        factor = "" if abs(points) == 1 else f"{plain(abs(points))} × "
        text = words.both(
            f"{'扣' if points < 0 else '加'}分为{factor}{quantity}",
            f"{'Costs' if points < 0 else 'Earns'} {factor}{quantity} points",
        )
    if rule.multiplier is None:
        return text + words.both("。", ".")
    again, by = words.quoted(rule.multiplier.of), plain(rule.multiplier.by)
    return words.both(f"{text}；{again}按{by}倍计。", f"{text}; {again} count {by} times.")


def rule_formula(words: SchemeWords, rule: Rule) -> str:
    """A rule as arithmetic; empty where a person marks or a gap is open."""
    if rule.target is not None:
        return words.bound_formula(rule.target)
    if rule.becomes is not None and rule.when is not None:
        return f"{words.bound_formula(rule.when)} ⇒ {words.both('本指标', 'indicator')} = {plain(rule.becomes)}"
    if rule.points is None:
        return ""
    points = words.signed(rule.points)
    if rule.step is not None:
        return f"{points} × {_steps_formula(words, rule.step)}"
    if rule.when is not None:
        return f"{words.bound_formula(rule.when)} ⇒ {points}"
    assert rule.per is not None
    if rule.multiplier is not None:
        again = f"({plain(rule.multiplier.by)} − 1) × {words.title(rule.multiplier.of)}"
        return f"{points} × [{words.title(rule.per)} + {again}]"
    return f"{points} × {words.title(rule.per)}"


def _steps_formula(words: SchemeWords, step: Shortfall) -> str:
    name, every = words.title(step.of), words.amount(step.of, step.every)
    excess = f"{words.amount(step.of, step.below)} − {name}" if step.below is not None else name
    if step.above is not None and step.above != 0:
        excess = f"{name} − {words.amount(step.of, step.above)}"
    low, high = MODES[step.mode]
    inside = f"{excess}" if step.every == 1 and not words.is_percent(step.of) else f"({excess}) ÷ {every}"
    return (
        f"{low}{inside}{high}"
        if step.mode != "exact"
        else inside
        if inside.startswith("(") or " " not in inside
        else f"({inside})"
    )


def waiting_formula(words: SchemeWords, raw: Mapping[str, Any]) -> str:
    """What a rule that waits will do once its gap is supplied: the gaps stand in it by what they lack."""
    points = _given(words, raw.get("points"))
    for key in ("when", "target"):
        if isinstance(raw.get(key), dict):
            sign, value = next((SIGNS[name], _given(words, raw[key][name])) for name in SIGNS if name in raw[key])
            return f"{words.title(str(raw[key].get('of')))} {sign} {value}" + (f" ⇒ {points}" if points else "")
    if raw.get("per") and points:
        return f"{points} × {words.title(str(raw['per']))}"
    return ""


def _given(words: SchemeWords, value: Any) -> str:
    """A number, or in its place what the gap or reading behind ``$name`` is about."""
    if not isinstance(value, str) or not value.startswith("$"):
        return "" if value is None else str(value).replace("-", "−")
    gap = words.scheme.gaps.get(value[1:])
    return f"〔{gap.missing(words.language)}〕" if gap else value


def indicator_sentence(words: SchemeWords, indicator: Indicator) -> str:
    """Where an indicator starts, and what bounds it."""
    if indicator.rules and all(rule.target is not None for rule in indicator.rules):
        return words.both("只判断目标是否达到，没有分值。", "Its target is met or not; there are no points.")
    floor, cap = indicator.floor, indicator.cap
    start = words.points(indicator.start) if indicator.start >= 0 else f"−{words.points(indicator.start)}"
    zh_low = "不设下限" if floor is None else f"最低{plain(floor)}分"
    en_low = "no lower bound" if floor is None else f"at least {plain(floor)}"
    zh_high = "不设上限" if cap is None else f"最高{plain(cap)}分"
    en_high = "no upper bound" if cap is None else f"at most {plain(cap)}"
    if floor is not None and floor == 0 and indicator.start > 0:
        zh_low = "扣完为止（最低0分）"
        en_low = "until the points are gone (at least 0)"
    return words.both(
        f"从{start}起，依下列规则加减；{zh_low}，{zh_high}。",
        f"Starts from {start}; the rules add and deduct; {en_low}, {en_high}.",
    )


def indicator_formula(words: SchemeWords, indicator: Indicator) -> str:
    """The points of an indicator from its rules, as arithmetic; empty where it has none."""
    if indicator.rules and all(rule.target is not None for rule in indicator.rules):
        return ""
    rules = words.both("各条规则之和", "the sum of its rules")
    text = f"{plain(indicator.start)} + {rules}" if indicator.start else rules
    if indicator.floor is not None:
        text = f"max({plain(indicator.floor)}, {text})"
    if indicator.cap is not None:
        text = f"min({plain(indicator.cap)}, {text})"
    return text
