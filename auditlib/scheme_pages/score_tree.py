"""The tree of indicators as bars to scale: where each stands in the whole, and how wide it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from auditlib.core.message import t
from auditlib.core.numerals import plain
from auditlib.scheme.rules import Dimension, Indicator
from auditlib.scheme_pages.anchors import anchor
from auditlib.scheme_pages.scheme_words import SchemeWords

__all__ = ["Bar", "full_points", "score_tree"]


@dataclass(frozen=True)
class Bar:
    """One bar: how deep it stands in the tree, from where to where in the whole, and what is said of it.

    ``extra`` is the width of a bonus beyond the maximum; ``width`` is empty where there is nothing to draw.
    """

    title: str
    target: str
    level: int
    said: str
    left: str = ""
    width: str = ""
    extra: str = ""


def full_points(words: SchemeWords) -> Fraction:
    """The full points that the bars are drawn against: base points and every maximum."""
    scheme = words.scheme
    base = scheme.base.points if scheme.base else Fraction(0)
    return base + sum((indicator.max or Fraction(0) for indicator in scheme.indicators), Fraction(0))


def score_tree(words: SchemeWords) -> list[Bar]:
    """The bars from the whole down to the indicators, in the order of the scheme."""
    scheme, language = words.scheme, words.language
    whole = full_points(words)
    span = max([whole, *_ends(words)], default=Fraction(0)) or Fraction(1)
    bars = []
    if whole:
        bars.append(Bar(t("Total", language), "rules", 0, _points(words, whole), "0%", words.width(whole / span)))
    at = Fraction(0)
    if scheme.base is not None:
        said = _points(words, scheme.base.points)
        bars.append(Bar(t("Base points", language), "base", 1, said, "0%", words.width(scheme.base.points / span)))
        at = scheme.base.points
    for dimension, indicators in _branches(words):
        if dimension is not None:
            bars.append(_dimension(words, dimension, at, span))
        for indicator in indicators:
            bars.append(_bar(words, indicator, at, span, 2 if dimension is not None else 1))
            at += indicator.max or 0
    return bars


def _branches(words: SchemeWords) -> Iterator[tuple[Dimension | None, list[Indicator]]]:
    scheme = words.scheme
    for dimension in scheme.dimensions:
        yield dimension, [indicator for indicator in scheme.indicators if indicator.dimension == dimension.id]
    yield None, [indicator for indicator in scheme.indicators if indicator.dimension is None]


def _ends(words: SchemeWords) -> Iterator[Fraction]:
    """Where the bonus of each indicator ends, so that none is drawn out of the picture."""
    scheme = words.scheme
    at = scheme.base.points if scheme.base else Fraction(0)
    for dimension, indicators in _branches(words):
        if dimension is not None and dimension.max is not None:
            yield at + dimension.max
        for indicator in indicators:
            yield at + max(indicator.max or Fraction(0), indicator.cap or Fraction(0))
            at += indicator.max or 0


def _points(words: SchemeWords, value: Fraction) -> str:
    return t("{value} {value:point|points}", words.language, value=plain(value))


def _dimension(words: SchemeWords, dimension: Dimension, at: Fraction, span: Fraction) -> Bar:
    target, title = anchor("dimension", dimension.id), dimension.title(words.language)
    if dimension.max is None:
        return Bar(title, target, 1, t("no maximum", words.language))
    left, width = words.width(at / span), words.width(dimension.max / span)
    return Bar(title, target, 1, _points(words, dimension.max), left, width)


def _bar(words: SchemeWords, indicator: Indicator, at: Fraction, span: Fraction, level: int) -> Bar:
    target, title, language = anchor("indicator", indicator.id), indicator.title(words.language), words.language
    left = words.width(at / span)
    if indicator.max is None:
        targets = indicator.rules and all(rule.target is not None for rule in indicator.rules)
        key = "maximum missing, to be supplied" if indicator.gap else "met or not met" if targets else "no maximum"
        return Bar(title, target, level, t(key, language))
    bonus = max((indicator.cap if indicator.cap is not None else indicator.max) - indicator.max, Fraction(0))
    extra = words.width(bonus / span) if bonus else ""
    if indicator.max == 0:
        said = (
            t("a bonus on top, at most {value}", language, value=plain(bonus)) if bonus else t("deducts only", language)
        )
        return Bar(title, target, level, said, left, "0%", extra)
    said = _points(words, indicator.max)
    if bonus and indicator.cap is not None:
        said = words.t("{points}, up to {value} with its bonus", points=said, value=plain(indicator.cap))
    return Bar(title, target, level, said, left, words.width(indicator.max / span), extra)
