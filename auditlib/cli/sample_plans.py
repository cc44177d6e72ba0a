"""The command that plans a sample of an audit: sizes, true risks, and the sealed plan."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from auditlib.cli.scoring import open_ledger
from auditlib.cli.terminal import echo, echo_json, show_table
from auditlib.core.home import shown
from auditlib.core.table import Table

__all__ = ["FORMAT", "exact_number", "plan"]

FORMAT = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)


def exact_number(_: click.Context, option: click.Parameter, value: str | None) -> Fraction | None:
    """The exact number that an option gives."""
    from auditlib.core.exact import exact

    try:
        return None if value is None else exact(value)
    except ValueError as error:
        raise click.BadParameter(str(error), param=option) from None


def _rates(_: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, Fraction]:
    found = {}
    for value in values:
        name, sign, rate = value.rpartition("=")
        if not sign or (number := exact_number(_, option, rate)) is None:
            raise click.BadParameter(f"found {value!r}, expected STRATUM=RATE", param=option)
        found[name] = number
    return found


@click.command()
@click.option("--name", default="attribute", show_default=True)
@click.option(
    "--question", default="原始记录与台账一致吗？", show_default=True, help="Yes or no, answered from the file."
)
@click.option("--question-en", default="Does the file agree with the ledger?", show_default=True)
@click.option(
    "--for-claim", metavar="'per unit 95/5'", help="Confidence and tolerable rate, in each unit or of `all`, in one."
)
@click.option("--confidence", callback=exact_number, help="Such as 0.95.")
@click.option("--tolerable", callback=exact_number, help="The rate of errors that can be borne, such as 0.05.")
@click.option("--bad", type=click.IntRange(min=1), help="Discovery: so many bad ones must not be missed.")
@click.option(
    "--model",
    type=click.Choice(["hypergeometric", "binomial", "poisson"]),
    help="[default: hypergeometric; poisson with a weight]",
)
@click.option(
    "--allowed", type=click.IntRange(min=0), default=0, show_default=True, help="Errors in the sample that are allowed."
)
@click.option(
    "--expected-rate", callback=exact_number, help="Errors that are expected, as a rate; so many are allowed."
)
@click.option("--stop-or-go", is_flag=True, help="Two equal stages; the second where the first finds one error.")
@click.option(
    "--then",
    nargs=2,
    type=click.IntRange(min=1),
    metavar="FIRST MORE",
    help="The true risk of FIRST with no error, or MORE with one: prints it, plans nothing.",
)
@click.option("--by", metavar="COLUMN", help="Strata: a column of the cases.")
@click.option(
    "--allocation", type=click.Choice(["proportional", "neyman", "each"]), default="proportional", show_default=True
)
@click.option(
    "--suspected",
    multiple=True,
    callback=_rates,
    metavar="STRATUM=RATE",
    help="For neyman: the suspected error rate of each stratum.",
)
@click.option("--weight", metavar="exposure|SQL", help="Draw by weight: points at stake, or whole numbers of a case.")
@click.option(
    "--without-weight",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="So many of the cases that weigh nothing.",
)
@click.option("--scheme", help="For exposure, and for registers of its own in the ledger.")
@click.option("--period", help="Only cases received in it.")
@click.option("--where", metavar="SQL", help="Only these cases.")
@click.option(
    "--to-ledger", is_flag=True, help="Draw from a second source, towards the ledger: what completeness needs."
)
@click.option("--population", type=click.IntRange(min=1), help="How many cases there will be, to see the size.")
@click.option(
    "--ledger", type=click.Path(path_type=Path), help="A ledger to see the sizes for; its hash takes no part."
)
@click.option("--out", type=click.Path(path_type=Path), help="Write plan.yaml, and the nonce beside it in plan.nonce.")
@click.option("--nonce", help="Your own nonce, hexadecimal; empty for none. [default: 128 random bits]")
@FORMAT
def plan(
    name: str, question: str, question_en: str, for_claim: str | None, then: tuple[int, int] | None, by: str | None,
    allocation: str, suspected: dict[str, Fraction], to_ledger: bool, population: int | None, ledger: Path | None,
    out: Path | None, nonce: str | None, form: str, model: str | None, **asked: Any,
) -> None:  # fmt: skip
    """How many cases must be looked at; with --out a sealed plan, before the ledger arrives.

    The commitment that is printed goes to whoever keeps the ledger; plan.nonce stays with the auditor until the draw.
    A size is never rounded up: 400 may hold a risk that 401 does not.
    """
    from auditlib.core.values import Text
    from auditlib.sampling.plan import SamplePlan, Strata, claim_plan

    strata = (
        {"strata": Strata.model_validate({"by": by, "allocation": allocation, "suspected": suspected})} if by else {}
    )
    try:
        claim = claim_plan(for_claim) if for_claim else {}
    except ValueError as error:
        raise click.UsageError(f"--for-claim: {error}") from None
    fields = {key: value for key, value in asked.items() if value is not None} | strata | claim
    if "confidence" not in fields:
        raise click.UsageError("Missing option '--confidence'.")
    fields["model"] = model or ("poisson" if asked["weight"] else "hypergeometric")
    if to_ledger:
        fields["direction"] = "to_ledger"
    if model == "poisson" and not asked["weight"]:
        fields["weight"] = "1"  # a plain count, for the size alone
    made = _valid(lambda: SamplePlan(name=name, question=Text(zh=question, en=question_en), **fields))
    if then:
        _true_risk(made, then, population)
        return
    sizes = _sizes(made, population, ledger)
    if out is not None:
        _store(made, out, nonce)
    if form == "json":
        echo_json(sizes)
    else:
        rows = [[one["stratum"], one["cases"], one["size"], one["allowed"]] for one in sizes["sizes"]]
        rows.append(["total", sizes["population"], sizes["total"], ""])
        show_table(Table(("stratum", "cases", "size", "allowed"), rows), made.name)


def _valid(make: Any) -> Any:
    from pydantic import ValidationError

    from auditlib.core.errors import InputError
    from auditlib.core.refusals import refusals
    from auditlib.sampling.plan import SamplePlan

    try:
        return make()
    except ValidationError as error:
        told = [f"{'.'.join(map(str, path))}: {text}" if path else text for path, text in refusals(SamplePlan, error)]
        raise InputError.at("plan", "", "; ".join(told)) from None


def _sizes(made: Any, population: int | None, ledger: Path | None) -> dict[str, Any]:
    """The sizes for so many cases, or for those of a ledger by stratum."""
    from auditlib.sampling.frame import frame_of_ledger
    from auditlib.sampling.sample import planned_sizes

    if ledger is not None:
        counts: dict[str, int | None] = dict(
            frame_of_ledger(made, open_ledger(ledger, None, True, made.scheme or "")).counts
        )
    elif made.strata is not None:
        raise click.UsageError("strata need --ledger, to see how many cases each has")
    else:
        counts = {"": population}
    if made.model == "hypergeometric" and None in counts.values():
        raise click.UsageError(
            "expected --population or --ledger, or --model binomial for a number of cases not known yet"
        )
    sizes, allowed = planned_sizes(made, counts)
    stages = 2 if made.stop_or_go else 1
    rows = [
        {"stratum": name, "cases": count, "size": sizes[name], "stages": stages, "allowed": allowed}
        for name, count in counts.items()
    ]
    drawn = (min(size * stages, counts[name] or size * stages) for name, size in sizes.items())
    return {
        "model": made.model, "population": sum(count or 0 for count in counts.values()) or None, "total": sum(drawn),
        "sizes": rows,
    }  # fmt: skip


def _true_risk(made: Any, then: tuple[int, int], population: int | None) -> None:
    from auditlib.core.distributions import digits_text
    from auditlib.sampling.sizes import look_risk, stop_or_go_risk

    target = made.target(population)
    first, more = then
    together = stop_or_go_risk(target, first, 0, more, 1)
    echo_json({
        "first": digits_text(look_risk(target, first, 0)), "both_as_one": digits_text(look_risk(target, first + more, 1)),
        "true_risk": digits_text(together, "up"), "planned_risk": digits_text(target.risk), "holds": together <= target.risk,
    })  # fmt: skip


def _store(made: Any, out: Path, nonce: str | None) -> None:
    import secrets

    from auditlib.core.files import write_atomically
    from auditlib.sampling.draw import commitment
    from auditlib.sampling.plan import plan_hash, plan_text, read_nonce

    for file in (out, out.with_suffix(".nonce")):
        if file.exists():
            raise click.UsageError(f"--out: {shown(file)} exists already; a plan is not changed after its commitment")
    given = secrets.token_hex(16) if nonce is None else read_nonce(nonce, "--nonce")
    seal = commitment(plan_hash(made), given)
    write_atomically(out.with_suffix(".nonce"), f"{given}\n".encode())
    write_atomically(out, plan_text(made.model_copy(update={"commitment": seal})).encode())
    echo(f"written {shown(out)}, {shown(out.with_suffix('.nonce'))}", err=True)
    echo(f"commitment {seal}", err=True)
    if not given:
        echo("note: without a nonce the seed is known to whoever keeps the ledger", err=True)
