"""How a count becomes points: every rule and indicator as a sentence and as arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from auditlib.core.numerals import plain
from auditlib.scheme.nodes import Branch
from auditlib.scheme.rules import Indicator, Rule, Shortfall
from auditlib.scheme_pages.scheme_words import SchemeWords

__all__ = ["indicator_formula", "indicator_sentence", "rule_formula", "rule_sentence", "waiting_formula"]

MODES = {"floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "exact": ("(", ")")}
STEPS = {
    "floor": "every {every} {beyond} {gain}; an unfinished step does not count.",
    "ceil": "every {every} {beyond} {gain}; a step that has begun counts as one.",
    "exact": "every {every} {beyond} {gain}; in proportion.",
}
SIGNS = {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}


def rule_sentence(words: SchemeWords, rule: Rule) -> str:
    """A rule as a sentence: on what, from where on, how much, and what part of a step is worth."""
    if rule.gaps:
        return words.t("Scores only once this is supplied: {missing}.", missing=words.missing(rule.gaps))
    if rule.target is not None:
        return words.t("Target: {bound}. It is met or not, without points.", bound=words.bound(rule.target))
    if rule.mark is not None:
        return _mark_sentence(words, rule)
    if rule.becomes_of is not None and rule.when is not None:
        return words.t(
            "Where {bound}, what the rules before gave no longer counts, and it has as many points as {quantity}.",
            bound=words.bound(rule.when), quantity=words.quoted(str(rule.becomes_of)),
        )  # fmt: skip
    if rule.becomes is not None and rule.when is not None:
        return words.t(
            "Where {bound}, what the rules before gave no longer counts, and the indicator has {points}.",
            bound=words.bound(rule.when), points=words.points(rule.becomes),
        )  # fmt: skip
    points = rule.points or Fraction(0)
    if rule.step is not None:
        return _step_sentence(words, rule.step, points)
    if rule.when is not None:
        gain = words.gain(points)
        if points:
            gain = words.t(
                "{costs}; otherwise nothing" if points < 0 else "{earns}; otherwise nothing", costs=gain, earns=gain
            )
        if rule.unless is not None:
            gain = words.t("{gain}; nothing where the rule {rule} has given some", gain=gain, rule=rule.unless)
        return words.t("Where {bound}, it {gain}.", bound=words.bound(rule.when), gain=gain)
    return _per_sentence(words, rule, points)


def _mark_sentence(words: SchemeWords, rule: Rule) -> str:
    if isinstance(rule.mark, Fraction):
        return words.t("The value supplied: {points}.", points=words.points(rule.mark))
    return words.t("Marked by a person; the mark stands in the register marks.")


def _step_sentence(words: SchemeWords, step: Shortfall, points: Fraction) -> str:
    """Steps beyond a threshold, with what becomes of a step that is not full."""
    below = step.below is not None
    threshold = step.below if step.below is not None else step.above
    assert threshold is not None
    said = "Where {quantity} is below {limit}, {each}" if below else "Where {quantity} is above {limit}, {each}"
    each = words.t(
        STEPS[step.mode],
        every=words.distance(step.of, step.every),
        beyond=words.t("below it" if below else "above it"),
        gain=words.gain(points),
    )
    return words.t(said, quantity=words.quoted(step.of), limit=words.amount(step.of, threshold), each=each)


def _per_sentence(words: SchemeWords, rule: Rule, points: Fraction) -> str:
    """So much for each one counted, or so many times a rate, index or place's value."""
    assert rule.per is not None
    quantity = words.quoted(rule.per)
    if rule.per in words.scheme.measures:
        text = words.t("Each one of {quantity} {gain}", quantity=quantity, gain=words.gain(points))
    else:
        amount = quantity if abs(points) == 1 else f"{plain(abs(points))} × {quantity}"
        text = words.t(
            "Costs {amount} {amount:point|points}" if points < 0 else "Earns {amount} {amount:point|points}",
            amount=amount,
        )
    if rule.multiplier is None:
        return words.t("{sentence}.", sentence=text)
    again, by = words.quoted(rule.multiplier.of), plain(rule.multiplier.by)
    return words.t("{sentence}; {again} count {by} times.", sentence=text, again=again, by=by)


def rule_formula(words: SchemeWords, rule: Rule) -> str:
    """A rule as arithmetic; empty where a person marks or a gap is open."""
    if rule.target is not None:
        return words.bound_formula(rule.target)
    if rule.becomes is not None and rule.when is not None:
        bound = words.bound_formula(rule.when)
        return words.t("{bound} ⇒ indicator = {points}", bound=bound, points=plain(rule.becomes))
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


def indicator_sentence(words: SchemeWords, indicator: Indicator | Branch) -> str:
    """Where an indicator starts, and what bounds it; of a branch how the nodes under it come together."""
    if isinstance(indicator, Branch):
        return _branch_sentence(words, indicator)
    if indicator.rules and all(rule.target is not None for rule in indicator.rules):
        return words.t("Its target is met or not; there are no points.")
    floor, cap = indicator.floor, indicator.cap
    start = words.points(indicator.start) if indicator.start >= 0 else f"−{words.points(indicator.start)}"
    low = words.t("no lower bound") if floor is None else words.t("at least {points}", points=plain(floor))
    if floor == 0 and indicator.start > 0:
        low = words.t("until the points are gone (at least 0)")
    high = words.t("no upper bound") if cap is None else words.t("at most {points}", points=plain(cap))
    return words.t("Starts from {start}; the rules add and deduct; {low}, {high}.", start=start, low=low, high=high)


COMBINED = {
    "sum": "Adds up {parts}.",
    "mean": "The mean of {parts} by their weights.",
    "least": "The least of {parts}.",
}
WITHOUT_POINTS = {
    "not_assessable": "Where one of them has no points, it has none.",
    "left_out": "What has no points is left out.",
    "equally": "The full marks of what has no points are shared out among the others equally.",
    "in_proportion": "The full marks of what has no points are shared out among the others in proportion to theirs.",
}


def _branch_sentence(words: SchemeWords, branch: Branch) -> str:
    """How the nodes under a branch come together, and what follows then."""
    titles = []
    for child in branch.children:
        node = words.scheme.node(child)
        weight = f" ({plain(node.weight)})" if node.weight is not None else ""
        titles.append(f"“{node.title(words.language)}”{weight}")
    said = [words.t(COMBINED[branch.combine], parts=words.listed(titles)), words.t(WITHOUT_POINTS[branch.missing])]
    if branch.rules:
        said.append(words.t("Then its own rules apply."))
    if branch.floor is not None:
        said.append(words.t("Not below {points}.", points=plain(branch.floor)))
    if branch.cap is not None:
        said.append(words.t("Not above {points}.", points=plain(branch.cap)))
    return (" " if words.language == "en" else "").join(said)


def indicator_formula(words: SchemeWords, indicator: Indicator | Branch) -> str:
    """The points of an indicator from its rules, as arithmetic; empty where it has none."""
    if isinstance(indicator, Branch):
        return ""
    if indicator.rules and all(rule.target is not None for rule in indicator.rules):
        return ""
    rules = words.t("the sum of its rules")
    text = f"{plain(indicator.start)} + {rules}" if indicator.start else rules
    if indicator.floor is not None:
        text = f"max({plain(indicator.floor)}, {text})"
    if indicator.cap is not None:
        text = f"min({plain(indicator.cap)}, {text})"
    return text
