"""A drawn sample: which cases, from what, by which seed; written, read again, and drawn again by whoever doubts it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from auditlib.core.errors import AuditError, InputError
from auditlib.core.exact import exact, full_text
from auditlib.core.guards import json_of
from auditlib.sampling.allocation import sizes_by_stratum
from auditlib.sampling.draw import commitment, draw_seed, interval_hits, random_start, smallest, taken_whole
from auditlib.sampling.frame import ALL, Frame
from auditlib.sampling.plan import SamplePlan, plain_plan, plan_hash

__all__ = ["Drawn", "Sample", "draw_sample", "planned_sizes", "read_sample", "sample_differences", "sample_json"]

SCHEMA = "auditlib-sample/1"


@dataclass(frozen=True)
class Drawn:
    """A case that was drawn, and the part of the sample that it belongs to.

    ``part`` is ``sample``; ``second`` of a stop-or-go plan, which is looked at only where the first stage finds one
    error; ``extension``, drawn after the sample was seen; ``certain``, heavier than the interval; or ``weightless``.
    ``hits`` says how often an interval point met it.
    """

    case: str
    stratum: str
    part: str
    hits: int = 1
    weight: Fraction = Fraction(0)


@dataclass(frozen=True)
class Sample:
    """What was drawn by a plan from a frame; ``allowed`` errors let the claim hold, of a stop-or-go plan none at first.

    ``counts`` and ``sizes`` are by stratum, ``total`` the weight of the frame, ``weightless`` how many weigh nothing.
    ``reserve`` comes next, in this order, for an extension or an id that turns out not to exist.
    """

    plan: SamplePlan
    nonce: str
    snapshot: str
    seed: str
    frame_hash: str
    counts: dict[str, int]
    sizes: dict[str, int]
    allowed: int
    cases: tuple[Drawn, ...]
    reserve: tuple[str, ...]
    total: Fraction
    weightless: int
    extended: int = 0

    @property
    def steerable(self) -> bool:
        """Whether the ledger's keeper could know the seed: a plan without a nonce."""
        return not self.nonce

    @property
    def population(self) -> int:
        return sum(self.counts.values())


def draw_sample(plan: SamplePlan, frame: Frame, nonce: str, extend: int = 0) -> Sample:
    """The sample of a plan; with ``extend`` so many of the reserve more, as an extension.

    Raises :class:`AuditError` as :func:`planned_sizes` does, and for an extension that the plan or the frame forbids.
    """
    seed = draw_seed(frame.snapshot, plan_hash(plan), nonce)
    counts = frame.counts
    if plan.weight is not None:
        size, allowed = plan.size(None)
        cases = tuple(_weighted(plan, frame, seed, size))
        sizes = {ALL: sum(one.hits for one in cases if one.part in ("sample", "certain"))}
        reserve: list[str] = []
    else:
        sizes, allowed = planned_sizes(plan, counts)
        stages = 2 if plan.stop_or_go else 1
        by_stratum: dict[str, list[str]] = {name: [] for name in counts}
        for case, stratum in frame.strata.items():
            by_stratum[stratum].append(case)
        drawn: list[Drawn] = []
        reserve = []
        for name, size in sizes.items():
            order = smallest(seed, by_stratum[name], (stages + 1) * size + extend)
            parts = ["sample"] * size + ["second"] * size * (stages - 1) + ["extension"] * extend
            drawn += [Drawn(case, name, part) for case, part in zip(order, parts, strict=False)]
            reserve += order[len(parts) :]
        cases = tuple(drawn)
    if extend and (plan.weight is not None or plan.strata is not None or plan.stop_or_go):
        raise AuditError("extend: a sample with weights, strata or stages is not extended; make a new plan")
    if extend and len(cases) < sum(sizes.values()) + extend:
        raise AuditError(f"extend: found {extend}, expected at most {len(cases) - sum(sizes.values())}, what is left")
    total = sum(frame.weights.values(), Fraction(0))
    weightless = sum(weight == 0 for weight in frame.weights.values())
    return Sample(
        plan,
        nonce,
        frame.snapshot,
        seed,
        frame.hash,
        counts,
        sizes,
        allowed,
        cases,
        tuple(reserve),
        total,
        weightless,
        extend,
    )


def planned_sizes(plan: SamplePlan, counts: Mapping[str, int | None]) -> tuple[dict[str, int], int]:
    """By stratum what is drawn from so many cases (None where nobody knows yet), and how many errors are allowed.

    Of fewer cases than the model asks for all are drawn. Raises :class:`AuditError`, which names the stratum, where so
    few cases cannot show what is planned.
    """
    if plan.strata is not None and plan.strata.allocation == "each":
        return {name: _at_most(_size_in(plan, name, count)[0], count) for name, count in counts.items()}, plan.allowed
    known = {name: count for name, count in counts.items() if count is not None}
    there = sum(known.values()) if known else None
    size, allowed = plan.size(there)
    if plan.strata is None:
        return dict.fromkeys(counts, size if plan.weight is not None else _at_most(size, there)), allowed
    return sizes_by_stratum(size, known, plan.strata.allocation, plan.strata.suspected), allowed


def _size_in(plan: SamplePlan, stratum: str, count: int | None) -> tuple[int, int]:
    try:
        return plan.size(count)
    except AuditError as error:
        raise AuditError(f"{plan.strata.by if plan.strata else 'stratum'} {stratum}: {error}") from None


def _at_most(size: int, count: int | None) -> int:
    return size if count is None else min(size, count)


def _weighted(plan: SamplePlan, frame: Frame, seed: str, size: int) -> Iterator[Drawn]:
    """Cases by interval over their cumulated weights, in the order of their keys; heavy ones whole."""
    certain, left = taken_whole(frame.weights, size)
    yield from (Drawn(case, ALL, "certain", 1, frame.weights[case]) for case in certain)
    rest = {case: weight for case, weight in frame.weights.items() if weight > 0 and case not in set(certain)}
    if left and rest:
        order = smallest(seed, rest, len(rest))
        interval = sum(rest.values(), Fraction(0)) / left
        hits = interval_hits(order, [rest[case] for case in order], left, random_start(seed, interval))
        yield from (Drawn(case, ALL, "sample", hits.count(case), rest[case]) for case in dict.fromkeys(hits))
    none = [case for case, weight in frame.weights.items() if weight == 0]
    yield from (Drawn(case, ALL, "weightless") for case in smallest(seed, none, plan.without_weight))


def sample_json(sample: Sample) -> dict[str, Any]:
    """``sample.json``: what anyone needs to draw the sample again."""
    return {
        "schema": SCHEMA,
        "plan": plain_plan(sample.plan),
        "plan_hash": plan_hash(sample.plan),
        "commitment": commitment(plan_hash(sample.plan), sample.nonce),
        "nonce": sample.nonce,
        "seed_known_to_keeper": sample.steerable,
        "snapshot": sample.snapshot,
        "seed": sample.seed,
        "frame": {
            "cases": sample.population,
            "hash": sample.frame_hash,
            "weight": full_text(sample.total),
            "weightless": sample.weightless,
        },
        "strata": [
            {"stratum": name, "cases": count, "size": sample.sizes.get(name, 0)}
            for name, count in sample.counts.items()
        ],
        "allowed": sample.allowed,
        "extended": sample.extended,
        "cases": [
            {
                "case": one.case,
                "stratum": one.stratum,
                "part": one.part,
                "hits": one.hits,
                "weight": full_text(one.weight),
            }
            for one in sample.cases
        ],
        "reserve": list(sample.reserve),
    }


def read_sample(file: Path) -> Sample:
    """A sample as it was written. Raises :class:`InputError` for another file, and for one that contradicts itself."""
    found = json_of(file)
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise InputError.at(file, "schema", f"expected {SCHEMA}, a file of `auditlib sample draw`")
    try:
        plan = SamplePlan.model_validate(found["plan"])
        frame, strata = found["frame"], found["strata"]
        cases = tuple(
            Drawn(one["case"], one["stratum"], one["part"], one["hits"], exact(one["weight"])) for one in found["cases"]
        )
        sample = Sample(
            plan,
            found["nonce"],
            found["snapshot"],
            found["seed"],
            frame["hash"],
            {one["stratum"]: one["cases"] for one in strata},
            {one["stratum"]: one["size"] for one in strata},
            found["allowed"],
            cases,
            tuple(found["reserve"]),
            exact(frame["weight"]),
            frame["weightless"],
            found["extended"],
        )
    except (KeyError, TypeError, ValueError, AuditError) as error:
        raise InputError.at(file, "", f"found a file that is no sample: {str(error).splitlines()[0]}") from None
    for name, value in (
        ("plan_hash", plan_hash(plan)),
        ("seed", draw_seed(sample.snapshot, plan_hash(plan), sample.nonce)),
    ):
        if found[name] != value:
            raise InputError.at(file, name, f"found {found[name]}, expected {value}; the file was changed")
    return sample


def sample_differences(sample: Sample, again: Sample) -> list[tuple[str, str, str]]:
    """Where a sample and the one that was drawn again differ: what, as it stands in the file, as drawn now."""
    old, new = sample_json(sample), sample_json(again)
    plain = [name for name in old if name not in ("cases", "strata") and old[name] != new[name]]
    found = [(name, _short(old[name]), _short(new[name])) for name in plain]
    for name in ("strata", "cases"):
        found += [(name, _short(one), "") for one in old[name] if one not in new[name]]
        found += [(name, "", _short(one)) for one in new[name] if one not in old[name]]
    return found


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:200]
