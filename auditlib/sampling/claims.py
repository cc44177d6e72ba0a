"""The sentences that a sample allows, and those that it does not; and the same as data."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from auditlib.core.distributions import digits_text
from auditlib.core.exact import Rounding, RoundingMode
from auditlib.core.message import sentence
from auditlib.core.numerals import percent_text
from auditlib.sampling.evaluation import Claim, Evaluation
from auditlib.sampling.plan import plan_hash
from auditlib.sampling.sample import Sample

__all__ = ["evaluation_json", "may_be_said", "may_not_be_said"]

SCHEMA = "auditlib-sample-evaluation/1"


def percent(value: Fraction, mode: RoundingMode = "half_up") -> str:
    """A rate as a percentage with one decimal; a limit is rounded ``up``, so that it stays one."""
    return percent_text(value, Rounding(1, mode))


def may_be_said(found: Evaluation, language: str) -> Iterator[str]:
    """What the sample shows, a sentence a claim: the point estimate first where there are errors."""
    sample = found.sample
    yield sentence("Question: {question}", language, question=sample.plan.question)
    for claim in found.claims:
        yield ("" if language == "zh" else " ").join(_claim_words(found, claim, language))
    if found.waiting:
        yield sentence(
            "The first stage found one error: look at the second, {count} {count:case|cases}, and evaluate again.",
            language,
            count=len([one for one in sample.cases if one.part == "second"]),
        )
    if found.true_confidence is not None:
        yield sentence(
            "The sample was extended after it was seen, as no plan foresaw: the confidence is {true}, not {planned}.",
            language,
            true=percent(found.true_confidence, "down"),
            planned=percent(sample.plan.confidence),
        )
    if found.errors:
        yield sentence(
            "Each error is a finding with its cause; a systematic cause makes the projection void.", language
        )
    if sample.steerable:
        yield sentence("The plan has no nonce: the seed was known to whoever keeps the ledger.", language)


def _claim_words(found: Evaluation, claim: Claim, language: str) -> Iterator[str]:
    values = {"drawn": f"{claim.drawn:,}", "population": f"{claim.population:,}", "seed": found.sample.seed[:8]}
    part = {"weight": sentence("with weight", language), "weightless": sentence("without weight", language)}
    name = part.get(claim.of, claim.of)
    if name:
        yield sentence(
            "{part}: {drawn} of {population} {population:case|cases} were drawn by the seed {seed}….",
            language,
            part=name,
            **values,
        )
    else:
        yield sentence(
            "{drawn} of {population} {population:case|cases} were drawn by the seed {seed}….", language, **values
        )
    if claim.errors:
        yield sentence(
            "{errors} in error; as an estimate {point}.", language, errors=claim.errors, point=percent(claim.point)
        )
    else:
        yield sentence("None is in error.", language)
    if claim.upper is None:
        yield sentence("The plan shows no limit: the tolerable rate may be exceeded.", language)
        return
    confidence = percent(claim.confidence, "down")
    if claim.of == "weight":
        yield sentence(
            "With {confidence} confidence at most {upper} of the weight is wrong (Stringer bound).",
            language,
            confidence=confidence,
            upper=percent(claim.upper, "up"),
        )
    elif claim.bad is not None:
        yield sentence(
            "With {confidence} confidence at most {upper} are, {bad} of {population}.",
            language,
            confidence=confidence,
            upper=percent(claim.upper, "up"),
            bad=claim.bad,
            population=f"{claim.population:,}",
        )
    else:
        yield sentence(
            "With {confidence} confidence at most {upper} are.",
            language,
            confidence=confidence,
            upper=percent(claim.upper, "up"),
        )
    if not claim.holds:
        yield sentence("What was planned to be shown is not shown.", language)


def may_not_be_said(sample: Sample, language: str) -> Iterator[str]:
    """What the sample does not allow anyone to say."""
    yield sentence(
        "That so many percent of the ledger are correct: the limit is one of errors, at a stated confidence.", language
    )
    if sample.plan.strata is None or sample.plan.strata.allocation != "each":
        yield sentence("Anything about a single unit: the sample is over all.", language)
    if sample.plan.direction == "from_ledger":
        yield sentence(
            "Anything about cases that were never registered: they cannot be drawn from the ledger.", language
        )
    else:
        yield sentence("Anything about cases that the second source does not hold either.", language)
    yield sentence("That there was no fraud: a sample finds errors, not intentions.", language)
    yield sentence("A rate from cases that were picked for a reason, such as those of a list of exceptions.", language)


def evaluation_json(found: Evaluation) -> dict[str, Any]:
    """The evaluation as data, with its sentences in both languages; limits are rounded up, confidences down."""
    sample = found.sample
    return {
        "schema": SCHEMA,
        "plan_hash": plan_hash(sample.plan),
        "snapshot": sample.snapshot,
        "seed": sample.seed,
        "seed_known_to_keeper": sample.steerable,
        "claims": [
            {
                "of": claim.of or None,
                "population": claim.population,
                "drawn": claim.drawn,
                "errors": claim.errors,
                "point": digits_text(claim.point),
                "upper": None if claim.upper is None else digits_text(claim.upper, "up"),
                "upper_cases": claim.bad,
                "confidence": digits_text(claim.confidence, "down"),
                "method": claim.method,
                "holds": claim.holds,
            }
            for claim in found.claims
        ],
        "errors": list(found.errors),
        "second_stage_needed": found.waiting,
        "true_confidence": None if found.true_confidence is None else digits_text(found.true_confidence, "down"),
        "may_say": {language: list(may_be_said(found, language)) for language in ("zh", "en")},
        "may_not_say": {language: list(may_not_be_said(sample, language)) for language in ("zh", "en")},
    }
