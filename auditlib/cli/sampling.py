"""Commands on samples of an audit: sample plan, draw, evaluate, verify."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from auditlib.cli.sample_plans import FORMAT, exact_number, plan
from auditlib.cli.scoring import open_ledger
from auditlib.cli.terminal import echo, echo_json, working
from auditlib.core.home import shown

__all__ = ["sample"]

LANGUAGE = click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)


@click.group()
def sample() -> None:
    """How many cases to look at, which ones, and what may then be said of all of them.

    `plan` before the ledger is there, `draw` when it has been handed over, `evaluate` when the files were looked at,
    `verify` for whoever doubts the draw.
    """


sample.add_command(plan)


@sample.command()
@click.argument("plan_file", metavar="PLAN.yaml", type=click.Path(path_type=Path))
@click.option("--ledger", type=click.Path(path_type=Path), help="The ledger as it was handed over.")
@click.option(
    "--list",
    "list_file",
    type=click.Path(path_type=Path),
    help="For a plan towards the ledger: the second source, ids in its first column.",
)
@click.option("--nonce-file", type=click.Path(path_type=Path), help="[default: plan.nonce beside the plan]")
@click.option("--commitment", "seal", help="What was handed over before: the plan is held against it.")
@click.option(
    "--extend", type=click.IntRange(min=0), default=0, help="So many more of the reserve, which costs confidence."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="SAMPLE.json")
@click.option(
    "--form", "form_file", type=click.Path(path_type=Path), metavar="FORM.xlsx", help="Also the form to be filled in."
)
@LANGUAGE
def draw(
    plan_file: Path, ledger: Path | None, list_file: Path | None, nonce_file: Path | None, seal: str | None, extend: int,
    out: Path, form_file: Path | None, language: str,
) -> None:  # fmt: skip
    """Draw the cases of a plan: the smallest SHA-256 of seed and id, so that anyone can draw them again.

    The same plan, nonce and ledger give the same sample, in whatever order the rows stand.
    """
    from auditlib.core.files import write_atomically
    from auditlib.core.guards import text_of
    from auditlib.sampling.form import sample_form
    from auditlib.sampling.plan import check_sealed, read_nonce, read_plan
    from auditlib.sampling.sample import draw_sample, sample_json

    made = read_plan(plan_file)
    kept = nonce_file or plan_file.with_suffix(".nonce")
    nonce = read_nonce(text_of(kept), kept) if kept.exists() or nonce_file else ""
    check_sealed(made, nonce, seal, plan_file)
    drawn = draw_sample(made, _frame(made, ledger, list_file), nonce, extend)
    if form_file is not None:
        write_atomically(form_file, sample_form(drawn, language))
    write_atomically(out, (json.dumps(sample_json(drawn), ensure_ascii=False, indent=1) + "\n").encode())
    echo(f"written {shown(out)}: {len(drawn.cases)} of {drawn.population} cases, seed {drawn.seed}")
    if drawn.steerable:
        echo("note: without a nonce the seed is known to whoever keeps the ledger", err=True)


def _frame(made: Any, ledger: Path | None, list_file: Path | None) -> Any:
    from auditlib.sampling.frame import frame_of_ledger, frame_of_list

    if made.direction == "to_ledger":
        if list_file is None:
            raise click.UsageError("the plan draws towards the ledger: expected --list FILE, the second source")
        return frame_of_list(made, list_file)
    if ledger is None:
        raise click.UsageError("Missing option '--ledger'.")
    book = open_ledger(ledger, None, True, made.scheme or "")
    with working("drawing"):
        return frame_of_ledger(made, book)


@sample.command()
@click.argument("sample_file", metavar="SAMPLE.json", type=click.Path(path_type=Path), required=False)
@click.argument("forms", nargs=-1, metavar="FORM.xlsx…", type=click.Path(path_type=Path))
@click.option("--drawn", type=click.IntRange(min=1), help="Without files: so many cases were looked at,")
@click.option("--errors", type=click.IntRange(min=0), help="so many were in error,")
@click.option("--population", type=click.IntRange(min=1), help="of so many. [default: no end of them]")
@click.option(
    "--taint",
    "taints",
    multiple=True,
    callback=lambda c, o, v: [exact_number(c, o, one) for one in v],
    help="A weighted sample: the wrong share of each error.",
)
@click.option("--confidence", default="0.95", show_default=True, callback=exact_number)
@FORMAT
@LANGUAGE
def evaluate(
    sample_file: Path | None, forms: tuple[Path, ...], drawn: int | None, errors: int | None, population: int | None,
    taints: list[Fraction], confidence: Fraction, form: str, language: str,
) -> None:  # fmt: skip
    """What the filled forms of a sample show, and the sentences that may be said; or the limit for plain numbers.

    Limits are rounded away from what was found. Exits with 1 where the plan's claim is not shown.
    """
    from auditlib.core.message import sentence
    from auditlib.sampling.claims import evaluation_json, may_be_said, may_not_be_said
    from auditlib.sampling.evaluation import evaluate as evaluated
    from auditlib.sampling.form import read_answers
    from auditlib.sampling.sample import read_sample

    if sample_file is None:
        if drawn is None:
            raise click.UsageError("expected SAMPLE.json and its forms, or --drawn and --errors")
        _plain_limits(drawn, errors, population, taints, confidence)
        return
    found = evaluated(own := read_sample(sample_file), read_answers(own, forms))
    if form == "json":
        echo_json(evaluation_json(found))
    else:
        for line in may_be_said(found, language):
            echo(line)
        echo()
        echo(sentence("What may not be said:", language))
        for line in may_not_be_said(own, language):
            echo(f"- {line}")
    if not all(claim.holds for claim in found.claims):
        raise SystemExit(1)


def _plain_limits(
    drawn: int, errors: int | None, population: int | None, taints: list[Fraction], confidence: Fraction
) -> None:
    from auditlib.core.distributions import digits_text
    from auditlib.sampling.bounds import bad_at_most, clopper_pearson, outward, stringer, wilson

    if taints:
        echo_json(
            {model: digits_text(stringer(taints, drawn, confidence, model), "up") for model in ("binomial", "poisson")}
        )
        return
    count = errors or 0
    found: dict[str, Any] = {
        "drawn": drawn,
        "errors": count,
        "upper": digits_text(outward(count, drawn, confidence), "up"),
    }
    if population is not None:
        bad = bad_at_most(count, drawn, population, confidence)
        found |= {"upper_cases": bad, "upper_finite": digits_text(Fraction(bad, population), "up")}
    for name, interval in (("clopper_pearson", clopper_pearson), ("wilson", wilson)):
        low, high = interval(count, drawn, confidence)
        found[name] = [digits_text(low, "down"), digits_text(high, "up")]
    echo_json(found)


@sample.command()
@click.argument("sample_file", metavar="SAMPLE.json", type=click.Path(path_type=Path))
@click.option("--ledger", type=click.Path(path_type=Path), help="The ledger that it was drawn from.")
@click.option(
    "--list", "list_file", type=click.Path(path_type=Path), help="For a sample towards the ledger: the second source."
)
@click.option("--commitment", "seal", help="What was handed over before the snapshot.")
@FORMAT
def verify(sample_file: Path, ledger: Path | None, list_file: Path | None, seal: str | None, form: str) -> None:
    """Draw a sample again and say where it differs. Exits with 1 where it does."""
    from auditlib.sampling.plan import check_sealed
    from auditlib.sampling.sample import draw_sample, read_sample, sample_differences

    own = read_sample(sample_file)
    check_sealed(own.plan, own.nonce, seal, sample_file)
    again = draw_sample(own.plan, _frame(own.plan, ledger, list_file), own.nonce, own.extended)
    differences = sample_differences(own, again)
    if form == "json":
        echo_json({"seed": own.seed, "same": not differences, "seed_known_to_keeper": own.steerable,
                   "differences": [{"what": what, "file": old, "again": new} for what, old, new in differences]})  # fmt: skip
    else:
        for what, old, new in differences:
            echo(f"{what}: {old or '(nothing)'} in the file, {new or '(nothing)'} when drawn again")
        if not differences:
            echo(f"the same {len(own.cases)} cases are drawn again by the seed {own.seed}")
        if own.steerable:
            echo("note: without a nonce the seed is known to whoever keeps the ledger", err=True)
    if differences:
        raise SystemExit(1)
