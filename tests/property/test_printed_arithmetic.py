"""Every line of arithmetic that is printed, done again from its own text by another calculator.

Random small schemes with awkward weights (0.25, 1/3), thresholds (99.995 %), steps, multipliers, composites, standings
and every rounding are scored on random counts. What is printed must be true as it stands there: each ``=`` exactly,
each ``≈`` by the declared rounding, each comparison; and it must lead to the points of the line.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from html import unescape
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from calculator import calculate, check_chain, check_comparison, first_number, rounded
from hypothesis import HealthCheck, given, settings
from random_schemes import DrawnScheme, drawn_schemes, ledger_of, write_ledger, write_scheme

from auditlib.analysis.conclusions import explain_outcomes
from auditlib.analysis.explain import explain
from auditlib.analysis.request import Asked
from auditlib.analysis.roll_up_words import explain_roll_up
from auditlib.analysis.scored_periods import score_period
from auditlib.core.message import t
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.report.headings.shared import REPORT
from auditlib.report.sections.unit import lines
from auditlib.report.workbook.period import period_workbook
from auditlib.scheme.load import Resolved, load_scheme
from auditlib.scheme.rules import Rule
from auditlib.scoring.result import Result, ScoreLine, UnitScore
from auditlib.scoring.score import score

LANGUAGES = ("zh", "en")
several = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
)
MORE = 30
"""More digits than declared are allowed where a quantity would look as if it stood elsewhere."""


@dataclass(frozen=True)
class Scored:
    """A random scheme with the folder of its files, and what it gives for a period."""

    drawn: DrawnScheme
    scheme: Path
    resolved: Resolved
    result: Result

    def lines(self) -> Iterator[tuple[UnitScore, Rule, ScoreLine]]:
        rules = {(indicator.id, rule.id): rule for indicator, rule in self.resolved.scheme.rules()}
        for unit in self.result.units:
            for indicator in unit.indicators:
                for line in indicator.lines:
                    yield unit, rules[indicator.id, line.rule], line


@contextmanager
def scored(drawn: DrawnScheme, period: str = "2025-01") -> Iterator[Scored]:
    with tempfile.TemporaryDirectory() as folder:
        scheme = write_scheme(drawn, Path(folder))
        resolved = load_scheme(scheme).resolve()
        yield Scored(drawn, scheme, resolved, score(resolved, ledger_of(drawn), Period.parse(period)))


def digits_of(drawn: DrawnScheme, *, percent: bool) -> range:
    least = 2 if percent else drawn.digits
    return range(least, least + MORE)


def check_operands(found: Scored, rule: Rule, line: ScoreLine, text: str, language: str) -> None:
    """What was looked at, with its value: the number of the line exactly before any rounding."""
    scheme, drawn = found.resolved.scheme, found.drawn
    if line.quantity is None:
        assert text == ""
        return
    if rule.quantity is None:
        assert text == {"zh": "评分", "en": "mark"}[language]
        return
    name = rule.quantity
    if rule.multiplier is not None and line.reason is not None:
        name = rule.multiplier.of
    if name in scheme.standings:
        standing = scheme.standings[name]
        text, last = text.rsplit(" → ", 1)
        assert last.startswith(f"{standing.title(language)} = ")
        assert calculate(last.rpartition(" = ")[2]) == line.quantity
        above = re.search(r"(，高于平均|，不高于平均|, above the average|, not above the average) ", text)
        assert above, text
        average = first_number(text[above.end() :].removeprefix("≈ "))  # a mean that was rounded says so
        shown = check_quantity(drawn, scheme, standing.index, text[: above.start()], language)[-1]
        assert (shown <= average) == ("不高于" in above[1] or "not above" in above[1]), text
        return
    assert check_quantity(drawn, scheme, name, text, language)[0] == line.quantity, text


def check_quantity(drawn: DrawnScheme, scheme, name: str, text: str, language: str) -> list[Fraction]:
    quantity = (scheme.measures | scheme.rates | scheme.composites)[name]
    start = f"{quantity.title(language)} = "
    assert text.startswith(start)
    chain = text.removeprefix(start)
    taken = re.fullmatch(r"(.*) ÷ (.*?)(?: × [\d./]+)?(?:，取|, taken as) (.*)", chain)
    if taken:  # nothing to divide by: no arithmetic is claimed
        assert calculate(taken[2]) == 0, text
        shown = calculate(taken[3])
        assert stands_for(shown, scheme.rates[name].zero, drawn), text
        return [scheme.rates[name].zero, shown]
    percent = getattr(quantity, "show", "number") == "percent"
    values = check_chain(chain, digits_of(drawn, percent=percent), drawn.mode)
    assert name in scheme.measures or len(values) == 2, f"a rate without its division: {text}"
    return values


def stands_for(shown: Fraction, value: Fraction, drawn: DrawnScheme) -> bool:
    """Whether a number, or a percentage, is the value itself or one of its roundings."""
    scales = ((scale, digits) for scale in (1, 100) for digits in range(MORE))
    return shown == value or any(rounded(value * scale, n, drawn.mode) == shown * scale for scale, n in scales)


def check_arithmetic(found: Scored, rule: Rule, line: ScoreLine, text: str) -> None:
    """How the points follow: comparisons true, equations exact, and the last number the points of the line."""
    drawn = found.drawn
    if line.quantity is None:
        assert text == ""
        return
    text = re.sub(r"（另有.*的档叠加）$| \(a .* band counts besides\)$", "", text)
    condition, arrow, rest = text.partition(" ⇒ ")
    if arrow:
        shown, _ = check_comparison(condition)
        assert stands_for(shown, line.quantity, drawn), text
    else:
        rest = text
    if rule.target is not None:
        assert rest in ({"达到", "met"} if line.steps else {"未达到", "not met"})
        return
    assert line.points is not None
    if becomes := re.fullmatch(r"(?:计 (.+) 分：|becomes (.+): )(.*)", rest):
        assert calculate(becomes[1] or becomes[2]) == rule.becomes
        rest = becomes[3]
    values = check_chain(rest, [drawn.digits], drawn.mode)
    assert values[0] == line.points, f"{text} leads to {values[0]}, not to {line.points}"
    assert values[-1] == rounded(line.points, drawn.digits, drawn.mode), text


def check_all(found: Scored, unit: UnitScore, texts: list[tuple[str, str]], language: str) -> None:
    own = [(rule, line) for of, rule, line in found.lines() if of.unit == unit.unit]
    for (rule, line), (operands, arithmetic) in zip(own, texts, strict=True):
        check_operands(found, rule, line, operands, language)
        check_arithmetic(found, rule, line, beside(found, rule, operands, arithmetic, language))


def beside(found: Scored, rule: Rule, operands: str, arithmetic: str, language: str) -> str:
    """The arithmetic as one reads it who looks up what it names, a composite, among what was looked at."""
    composite = found.resolved.scheme.composites.get(rule.quantity or "")
    if composite is None:
        return arithmetic
    title = composite.title(language)
    return arithmetic.replace(title, f"({operands.removeprefix(f'{title} = ').rsplit(' ≈ ', 1)[0]})")


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
@several
@given(drawn_schemes())
def test_every_line_is_true_as_it_is_printed(language: str, drawn: DrawnScheme) -> None:
    with scored(drawn) as found:
        for unit in found.result.units:
            lines = list(explain(found.resolved, found.result, unit, language))
            check_all(found, unit, [(line.operands, line.arithmetic) for line in lines], language)


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
@settings(several, max_examples=10)
@given(drawn_schemes())
def test_pages_and_workbooks_print_the_same_lines(language: str, drawn: DrawnScheme) -> None:
    with scored(drawn) as found:
        ledger = write_ledger(drawn, found.scheme.parent)
        whole = score_period(Asked.of(str(found.scheme), str(ledger), "2025-01"), read_ledger(ledger))
        book = openpyxl.load_workbook(BytesIO(period_workbook(whole, language)))
        texts: dict[str, list[tuple[str, str]]] = {}
        for code, operands, arithmetic in lines_of(book, language):
            texts.setdefault(code, []).append((operands, arithmetic))
        for unit in found.result.units:
            check_all(found, unit, texts[unit.unit], language)
            page = cells_of(lines.lines_by_indicator(whole.of_unit(unit.unit), unit, [], language))
            own = [line for of, _, line in found.lines() if of.unit == unit.unit]
            shown = [("", "") if line.quantity is None else cells for line, cells in zip(own, page, strict=True)]
            check_all(found, unit, shown, language)


def cells_of(markup: str) -> list[tuple[str, str]]:
    """Operands and arithmetic of every score line on a page, without reasons in brackets and the facts behind."""
    rows = re.findall(r"<tr[^>]*><th[^>]*>.*?</th><td[^>]*>(.*?)</td>", markup)
    cells = [[unescape(text) for text in re.findall(r"<span[^>]*>(.*?)</span>", row)] for row in rows]
    return [(re.sub(r"（[^（）]*）$| \([^()]*\)$", "", main), (more or [""])[0]) for main, *more in cells]


def lines_of(book: openpyxl.Workbook, language: str) -> Iterator[tuple[str, str, str]]:
    """Unit, operands and arithmetic of every score line in a workbook."""
    sheet = book[t("Score lines", language)]
    heads = [cell.value for cell in sheet[1]]
    columns = [heads.index(t(REPORT[name], language)) for name in ("code", "operands", "arithmetic")]
    for row in sheet.iter_rows(min_row=2, values_only=True):
        code, operands, arithmetic = (row[column] or "" for column in columns)
        yield str(code), str(operands), str(arithmetic)


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
@settings(several, max_examples=40)
@given(drawn_schemes())
def test_roll_ups_and_what_follows_are_true_as_they_are_printed(language: str, drawn: DrawnScheme) -> None:
    with scored(drawn, "2025Q1") as found:
        for unit in found.result.units:
            story = explain_roll_up(found.resolved, found.result, unit, language)
            if story is not None and unit.total is not None:
                digits = found.result.total_rounding.digits  # more where another total would look the same
                values = check_chain(story.arithmetic, [digits], drawn.mode, needed=False)
                assert values[-1] == rounded(unit.total, digits, drawn.mode), story.arithmetic
            for one in explain_outcomes(found.resolved, found.result, unit, language):
                for condition in one.conditions:
                    if re.search(" [≥>≤<] ", condition):
                        check_comparison(re.sub(r"^(总分 |total |.*?[：:] ?)", "", condition))
                for text in one.consequences:
                    if " × " in text:
                        check_chain(re.split(" ?(?:奖金|award) ", text)[-1], [drawn.digits], drawn.mode)
