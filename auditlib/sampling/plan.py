"""The plan of a sample, made before the ledger arrives: the question, the frame, the risk, and the seal on them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from re import fullmatch
from typing import Any, Literal

import yaml
from pydantic import Field, model_validator

from auditlib.core.errors import InputError
from auditlib.core.exact import exact, full_text
from auditlib.core.hashes import digest
from auditlib.core.values import Number, Positive, Strict, Text, Whole
from auditlib.core.yaml_file import read_yaml
from auditlib.sampling.draw import commitment
from auditlib.sampling.sizes import Target, sample_size, stage_size

__all__ = [
    "EXPOSURE", "SamplePlan", "Strata", "check_sealed", "claim_plan", "plain_plan", "plan_hash", "plan_text",
    "read_nonce", "read_plan",
]  # fmt: skip

EXPOSURE = "exposure"
"""As a weight: the points that one more failing case would cost its unit."""


class Strata(Strict):
    """How the frame is divided: by a column of the cases; ``suspected`` error rates are stated for Neyman's shares."""

    by: str
    allocation: Literal["proportional", "neyman", "each"] = "proportional"
    suspected: dict[str, Number] = {}

    @model_validator(mode="after")
    def _stated(self) -> Strata:
        if (self.allocation == "neyman") != bool(self.suspected):
            raise ValueError("expected `suspected` error rates by stratum with neyman, and with nothing else")
        return self


class SamplePlan(Strict):
    """``plan.yaml``: everything that decides which cases are drawn, but for the snapshot and the nonce."""

    schema_: Literal["auditlib-sample-plan/1"] = Field("auditlib-sample-plan/1", alias="schema")
    name: str
    question: Text
    """Yes or no, answered from the file; a file that cannot be found is an error."""
    direction: Literal["from_ledger", "to_ledger"] = "from_ledger"
    """``to_ledger`` draws from a second source and looks the cases up in the ledger: what completeness needs."""
    where: str | None = None
    """The cases of the frame, as a condition in SQL."""
    period: str | None = None
    """The cases received in it alone."""
    model: Literal["hypergeometric", "binomial", "poisson"] = "hypergeometric"
    confidence: Number
    tolerable: Number | None = None
    bad: Positive | None = None
    """Discovery: so many bad ones one must not miss, in place of a tolerable rate."""
    allowed: Whole = 0
    expected_rate: Number | None = None
    stop_or_go: bool = False
    """Two equal stages: the second is looked at where the first finds exactly one error."""
    strata: Strata | None = None
    weight: str | None = None
    """``exposure``, or an SQL expression of whole numbers over a case; needs the model poisson."""
    scheme: str | None = None
    without_weight: Whole = 10
    """Of the cases that weigh nothing, so many are looked at as a small sample of their own."""
    commitment: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> SamplePlan:
        if (self.tolerable is None) == (self.bad is None):
            raise ValueError("expected one of tolerable, bad")
        if self.bad is not None and self.model != "hypergeometric":
            raise ValueError("bad: a number of bad ones needs the model hypergeometric")
        if (self.weight is None) == (self.model == "poisson"):
            raise ValueError("model: expected poisson with a weight, and another without one")
        if self.weight == EXPOSURE and (self.scheme is None or self.period is None):
            raise ValueError("weight: exposure needs a scheme and a period, which say what a case can cost")
        alone = [self.stop_or_go, self.strata is not None, self.weight is not None, self.direction == "to_ledger"]
        if sum(alone) > 1:
            raise ValueError("expected one of stop_or_go, strata, weight, direction: to_ledger")
        if self.stop_or_go and (self.allowed or self.expected_rate is not None):
            raise ValueError("stop_or_go: the plan itself says which errors are allowed")
        self.target(10**6)
        return self

    def target(self, population: int | None) -> Target:
        """What the sample has to show of so many cases."""
        return Target(self.model, self.confidence, self.tolerable or Fraction(0), population, self.bad)

    def size(self, population: int | None) -> tuple[int, int]:
        """How many cases to draw from so many, and the errors allowed; of a stop-or-go plan, in each of its stages."""
        target = self.target(population)
        return (stage_size(target), 0) if self.stop_or_go else sample_size(target, self.allowed, self.expected_rate)


def plan_hash(plan: SamplePlan) -> str:
    """SHA-256 of everything that a plan says but for its commitment."""
    return digest(plan.model_copy(update={"commitment": None}))


def plan_text(plan: SamplePlan) -> str:
    """``plan.yaml``."""
    return yaml.safe_dump(plain_plan(plan), allow_unicode=True, sort_keys=False)


def plain_plan(value: Any) -> Any:
    """A plan as plain values for YAML and JSON, exact numbers as text, what it leaves open left out."""
    if isinstance(value, Strict):
        fields = type(value).model_fields
        found = {field.alias or name: plain_plan(getattr(value, name)) for name, field in fields.items()}
        return {name: one for name, one in found.items() if one is not None}
    if isinstance(value, dict):
        return {name: plain_plan(one) for name, one in value.items()}
    return full_text(value) if isinstance(value, Fraction) else value


def read_plan(file: Path) -> SamplePlan:
    """A plan. Raises :class:`InputError` with every fault by its line."""
    return read_yaml(SamplePlan, file)


def check_sealed(plan: SamplePlan, nonce: str, given: str | None, file: object) -> None:
    """Refuses a plan that is not the one its commitment was made of; ``given`` is what the auditee was handed."""
    found = commitment(plan_hash(plan), nonce)
    for named in (given, plan.commitment):
        if named is not None and named != found:
            expected = f"expected {named}; the plan or the nonce was changed after the commitment"
            raise InputError.at(file, "commitment", f"found {found} of this plan and nonce, {expected}")


def read_nonce(text: str, where: object) -> str:
    """A nonce as it is written: hexadecimal digits, or nothing where the plan has none."""
    nonce = text.strip()
    if not fullmatch(r"([0-9a-f]{4,128})?", nonce):
        raise InputError.at(where, "nonce", f"found {nonce[:20]!r}, expected 4 to 128 hexadecimal digits in lower case")
    return nonce


def claim_plan(text: str) -> dict[str, Any]:
    """What ``per unit 95/5`` or ``all 95/5`` asks for: confidence and tolerable rate, in each unit or altogether.

    Raises :class:`ValueError`.
    """
    match = fullmatch(r"\s*(per unit|all)\s+(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)\s*", text)
    if match is None:
        raise ValueError(f"found {text!r}, expected such as 'per unit 95/5' or 'all 95/5'")
    strata = {"strata": Strata(by="unit", allocation="each")} if match[1] == "per unit" else {}
    return {"confidence": exact(match[2]) / 100, "tolerable": exact(match[3]) / 100, **strata}
