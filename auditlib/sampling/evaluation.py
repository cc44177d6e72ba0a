"""What the answers of a sample show: errors, point estimate, upper limit, and whether the plan's claim holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from auditlib.core.distributions import digits_text
from auditlib.core.errors import AuditError
from auditlib.sampling.bounds import bad_at_most, outward, stringer
from auditlib.sampling.plan import SamplePlan
from auditlib.sampling.sample import Drawn, Sample
from auditlib.sampling.sizes import bad_ones, stop_or_go_risk

__all__ = ["Claim", "Evaluation", "evaluate", "limit_of"]


@dataclass(frozen=True)
class Claim:
    """What is said of one population: ``errors`` among ``drawn``, at most ``upper`` of it with ``confidence``.

    ``of`` names a stratum or a part, empty for the whole frame. ``bad`` is the limit as a number of cases, where the
    population is finite; ``upper`` is None where a plan in stages shows nothing. ``holds`` says whether the plan's
    tolerable rate is shown not to be exceeded.
    """

    of: str
    population: int
    drawn: int
    errors: int
    point: Fraction
    upper: Fraction | None
    bad: int | None
    confidence: Fraction
    method: str
    holds: bool


@dataclass(frozen=True)
class Evaluation:
    """The claims of a sample, the cases in error, and what may not be claimed as planned.

    ``waiting`` says that a stop-or-go plan goes on to its second stage; ``true_confidence`` is what an extension that
    no plan foresaw leaves of the planned confidence.
    """

    sample: Sample
    claims: tuple[Claim, ...]
    errors: tuple[str, ...]
    waiting: bool = False
    true_confidence: Fraction | None = None


def limit_of(plan: SamplePlan, errors: int, drawn: int, population: int | None, confidence: Fraction) -> Claim:
    """The claim of one simple sample; a finite population is counted out exactly, an endless one by Clopper–Pearson.

    Where every case was looked at nothing is left to chance, whatever the model of the plan.
    """
    point = Fraction(errors, drawn)
    if population is not None and (plan.model == "hypergeometric" or drawn == population):
        bad = bad_at_most(errors, drawn, population, confidence)
        shown = bad < bad_ones(plan.target(population))
        return Claim(
            "", population, drawn, errors, point, Fraction(bad, population), bad, confidence, "exact finite", shown
        )
    upper = outward(errors, drawn, confidence)
    assert plan.tolerable is not None
    return Claim(
        "", population or 0, drawn, errors, point, upper, None, confidence, "Clopper–Pearson", upper <= plan.tolerable
    )


def evaluate(sample: Sample, answers: Mapping[str, Fraction]) -> Evaluation:
    """The evaluation of a sample by its ``answers``: for each case the share that is wrong, 0 or 1 for yes and no.

    Raises :class:`AuditError` where a case that was drawn is not answered, or one that was not drawn is.
    """
    drawn = {one.case for one in sample.cases}
    if strangers := sorted(answers.keys() - drawn):
        raise AuditError(f"found an answer to {strangers[0]}, which was not drawn; expected those of the sample alone")
    parts = {
        part: [one for one in sample.cases if one.part == part]
        for part in ("sample", "second", "extension", "certain", "weightless")
    }
    first = _errors(parts["sample"], answers)
    in_stages = sample.plan.stop_or_go
    needed = [one for part, cases in parts.items() for one in cases if part != "second" or (in_stages and first == 1)]
    if in_stages and first == 1 and not any(one.case in answers for one in parts["second"]):
        needed = parts["sample"]
    if missing := [one.case for one in needed if one.case not in answers]:
        said = f"found no answer to {len(missing)} cases, {missing[0]} among them"
        raise AuditError(f"{said}; a file that cannot be found is an error and is answered so")
    wrong = tuple(sorted(case for case, share in answers.items() if share > 0))
    if in_stages:
        return _staged(sample, parts, answers, wrong)
    if sample.plan.weight is not None:
        return Evaluation(sample, tuple(_weighed(sample, parts, answers)), wrong)
    if sample.plan.strata is not None and sample.plan.strata.allocation != "proportional":
        return Evaluation(sample, tuple(_by_stratum(sample, parts["sample"], answers)), wrong)
    whole = [*parts["sample"], *parts["extension"]]
    claim = limit_of(sample.plan, _errors(whole, answers), len(whole), sample.population, sample.plan.confidence)
    if not parts["extension"]:
        return Evaluation(sample, (claim,), wrong)
    target = sample.plan.target(sample.population)
    accepted = max(claim.errors, sample.allowed)
    risk = stop_or_go_risk(target, len(parts["sample"]), sample.allowed, len(parts["extension"]), accepted)
    shown = replace(
        claim, upper=sample.plan.tolerable, bad=None, confidence=1 - risk, method="looked at twice", holds=False
    )
    return Evaluation(sample, (shown,), wrong, true_confidence=1 - risk)


def _errors(cases: Sequence[Drawn], answers: Mapping[str, Fraction]) -> int:
    return sum(one.case in answers and answers[one.case] > 0 for one in cases)


def _staged(
    sample: Sample, parts: Mapping[str, Sequence[Drawn]], answers: Mapping[str, Fraction], wrong: tuple[str, ...]
) -> Evaluation:
    """A stop-or-go plan claims what it was made for or nothing: its limit is the tolerable rate."""
    first, second = _errors(parts["sample"], answers), _errors(parts["second"], answers)
    looked = [one for part in ("sample", "second") for one in parts[part] if one.case in answers]
    waiting = first == 1 and len(looked) == len(parts["sample"])
    holds = first == 0 or (first == 1 and second == 0 and not waiting)
    upper = sample.plan.tolerable if holds else None
    if holds and upper is None:
        upper = Fraction(bad_ones(sample.plan.target(sample.population)), sample.population)
    point = Fraction(first + second, len(looked))
    claim = Claim(
        "",
        sample.population,
        len(looked),
        first + second,
        point,
        upper,
        None,
        sample.plan.confidence,
        "stop-or-go",
        holds,
    )
    return Evaluation(sample, (claim,), wrong, waiting)


def _by_stratum(sample: Sample, cases: Sequence[Drawn], answers: Mapping[str, Fraction]) -> list[Claim]:
    """A claim a stratum; of shares that differ one on all, each stratum at 1 − α/H (Bonferroni)."""
    assert sample.plan.strata is not None
    each = sample.plan.strata.allocation == "each"
    names = [name for name, size in sample.sizes.items() if size or not each]
    confidence = sample.plan.confidence if each else 1 - (1 - sample.plan.confidence) / len(names)
    claims = []
    for name in names:
        own = [one for one in cases if one.stratum == name]
        count = sample.counts[name]
        claim = (
            limit_of(sample.plan, _errors(own, answers), len(own), count, confidence)
            if own
            else Claim("", count, 0, 0, Fraction(0), Fraction(1), count, confidence, "not drawn", False)
        )
        claims.append(replace(claim, of=name))
    if each:
        return claims
    whole = sample.population
    uppers = [claim.upper * claim.population for claim in claims if claim.upper is not None]
    upper = sum(uppers, Fraction(0)) / whole
    point = sum((claim.point * claim.population for claim in claims), Fraction(0)) / whole
    drawn, errors = sum(claim.drawn for claim in claims), sum(claim.errors for claim in claims)
    limit = sample.plan.tolerable if sample.plan.tolerable is not None else Fraction(sample.plan.bad or 0, whole)
    bad = sum(claim.bad for claim in claims if claim.bad is not None) if sample.plan.model == "hypergeometric" else None
    shown = bad < bad_ones(sample.plan.target(whole)) if bad is not None else upper <= limit
    return [Claim("", whole, drawn, errors, point, upper, bad, sample.plan.confidence, "strata summed", shown)]


def _weighed(sample: Sample, parts: Mapping[str, Sequence[Drawn]], answers: Mapping[str, Fraction]) -> list[Claim]:
    """The share of the weight that is wrong: heavy cases counted out, others by Stringer, those without by count."""
    certain, hit, none = parts["certain"], parts["sample"], parts["weightless"]
    sure = sum((one.weight * answers[one.case] for one in certain), Fraction(0))
    rest = sample.total - sum((one.weight for one in certain), Fraction(0))
    hits = sum(one.hits for one in hit)
    taints = [answers[one.case] for one in hit for _ in range(one.hits) if answers[one.case] > 0]
    point, upper = sure, sure
    if hits:
        point += rest * sum(taints, Fraction(0)) / hits
        upper += rest * Fraction(digits_text(stringer(taints, hits, sample.plan.confidence, "poisson"), "up"))
    share = upper / sample.total if sample.total else Fraction(0)
    assert sample.plan.tolerable is not None
    looked = [*certain, *hit]
    weighed = sample.population - sample.weightless
    claims = [
        Claim(
            "weight",
            weighed,
            len(looked),
            _errors(looked, answers),
            point / sample.total if sample.total else Fraction(0),
            share,
            None,
            sample.plan.confidence,
            "Stringer bound",
            share <= sample.plan.tolerable,
        )
    ]
    if none:
        errors = _errors(none, answers)
        bad = bad_at_most(errors, len(none), sample.weightless, sample.plan.confidence)
        own = Fraction(bad, sample.weightless)
        claims.append(
            Claim(
                "weightless",
                sample.weightless,
                len(none),
                errors,
                Fraction(errors, len(none)),
                own,
                bad,
                sample.plan.confidence,
                "exact finite",
                own <= sample.plan.tolerable,
            )
        )
    return claims
