"""``sclerograph cohort``: run the plan of an analysis, reckon the size of a trial."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sclerograph.cli.cohort_agreement import agreement
from sclerograph.errors import MissingComponent, UsageError

__all__ = ["cohort"]

cohort = typer.Typer(
    help="Analyse many patients: tables, tests, models, figures and a report.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
power = typer.Typer(
    help="Patients that a trial needs whose endpoint is the change of calcinosis.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
cohort.add_typer(power, name="power")
cohort.command("agreement")(agreement)


@contextmanager
def _packages() -> Iterator[None]:
    """Say what to install where a package of the extra ``cohort`` is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "sclerograph":
            raise
        raise MissingComponent(
            f"analysing cohorts needs {error.name}, which is not installed: pip install 'sclerograph[cohort]'"
        ) from None


@cohort.command("run")
def run(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The plan (TOML); paths in it are relative to it.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Output folder; that of an earlier run is renewed.")
    ],
    data: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Take this table instead of the one that the plan names.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Also write report.pdf.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing while working.")] = False,
) -> None:
    """Run a plan; write report.html and report.pdf, tables, figures, and what they were made from.

    Exit status: 0 everything was written; 2 the plan, the data or the output folder is wrong (nothing was written).
    """
    with _packages():
        from sclerograph.cohort.analysis import run_analysis
        from sclerograph.cohort.data import load_cohort
        from sclerograph.cohort.plan import read_plan
        from sclerograph.cohort.report.write import write_report

        asked = read_plan(plan)
        if data is not None:
            source = asked.data.model_copy(update={"table": data.resolve(), "registry": None})
            asked = asked.model_copy(update={"data": source})

        def told(what: str) -> None:
            if not quiet:
                typer.echo(f"  {what}", err=True)

        told("data")
        loaded = load_cohort(asked, plan.parent)
        analysis = run_analysis(asked, loaded, told)
        page = write_report(analysis, plan, out, pdf=pdf, told=told)
    typer.echo(f"{analysis.n} patients analysed: {page}")


@cohort.command("check")
def check(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The plan (TOML).")],
) -> None:
    """Check a plan and its data without analysing anything."""
    with _packages():
        from sclerograph.cohort.data import load_cohort
        from sclerograph.cohort.long_tables import check_long_tables
        from sclerograph.cohort.plan import read_plan

        asked = read_plan(plan)
        loaded = load_cohort(asked, plan.parent)
        check_long_tables(asked, loaded)
    typer.echo(f"the plan and its data are sound: {len(loaded.table)} of {loaded.available} patients would be analysed")


_Power = Annotated[float, typer.Option("--power", help="Probability of finding the difference if it is there.")]
_Alpha = Annotated[float, typer.Option(help="Level of significance, two-sided.")]
_Dropout = Annotated[float, typer.Option(help="Share of the enrolled who will have no assessed change.")]
_Ratio = Annotated[float, typer.Option("--treated-per-control", help="Treated patients for each control.")]


@power.command("change")
def power_change(
    difference: Annotated[
        float, typer.Option(help="Difference of the mean changes between the arms, in mm² or points.")
    ],
    spread: Annotated[float, typer.Option(help="Standard deviation of the true changes between patients, same unit.")],
    sdc: Annotated[float, typer.Option(help="Smallest detectable change of the reading, same unit.")] = 0.0,
    baseline_correlation: Annotated[
        float, typer.Option(help="Correlation of the change with baseline values that the analysis adjusts for.")
    ] = 0.0,
    wanted: _Power = 0.8,
    alpha: _Alpha = 0.05,
    treated_per_control: _Ratio = 1.0,
    dropout: _Dropout = 0.0,
) -> None:
    """Patients needed when the endpoint is the change itself (t test of two arms; the error of reading is added)."""
    with _packages():
        from sclerograph.cohort.number_format import format_number
        from sclerograph.cohort.power import sample_size_for_change, spread_of_change

        sd = spread_of_change(spread, sdc, correlation_with_baseline=baseline_correlation)
        size = sample_size_for_change(
            difference, sd, power=wanted, alpha=alpha, treated_per_control=treated_per_control, dropout=dropout
        )
    typer.echo(f"standard deviation of the measured change: {format_number(sd)}")
    _say(size.control, size.treated, size.enrolled_control, size.enrolled_treated, size.power, dropout)


@power.command("responders")
def power_responders(
    control: Annotated[
        float | None, typer.Option(help="Share of controls who progress by more than 25 % (0 to 1).")
    ] = None,
    treated: Annotated[
        float | None, typer.Option(help="Share of the treated who progress by more than 25 % (0 to 1).")
    ] = None,
    control_median: Annotated[
        float | None, typer.Option(help="Or: median change of controls in per cent, such as 12.8.")
    ] = None,
    treated_median: Annotated[float | None, typer.Option(help="Or: median change of the treated in per cent.")] = None,
    log_sd: Annotated[
        float | None, typer.Option(help="With medians: SD of the logarithm of follow-up over baseline.")
    ] = None,
    wanted: _Power = 0.8,
    alpha: _Alpha = 0.05,
    treated_per_control: _Ratio = 1.0,
    dropout: _Dropout = 0.0,
) -> None:
    """Patients needed when the endpoint is progression by the +25 % rule (chi-square test of two shares)."""
    with _packages():
        from sclerograph.cohort.number_format import format_percent
        from sclerograph.cohort.power import sample_size_for_responders, share_progressing

        shares = []
        for arm, share, median in (("control", control, control_median), ("treated", treated, treated_median)):
            if (share is None) == (median is None):
                raise UsageError(f"give either --{arm} or --{arm}-median, the share or the median change of that arm")
            if share is not None:
                shares.append(share)
            elif median is not None and log_sd is not None:
                shares.append(share_progressing(median, log_sd))
            else:
                raise UsageError("medians need --log-sd, the spread of the change: it says how many pass +25 %")
        size = sample_size_for_responders(
            *shares, power=wanted, alpha=alpha, treated_per_control=treated_per_control, dropout=dropout
        )
    typer.echo(f"progressing by more than 25 %: {format_percent(shares[0])} against {format_percent(shares[1])}")
    _say(size.control, size.treated, size.enrolled_control, size.enrolled_treated, size.power, dropout)


def _say(
    control: int, treated: int, enrolled_control: int, enrolled_treated: int, reached: float, dropout: float
) -> None:
    typer.echo(f"with an assessed endpoint: {control} controls and {treated} treated, power {100 * reached:.1f} %")
    if dropout > 0.0:
        total = enrolled_control + enrolled_treated
        typer.echo(f"to be enrolled: {enrolled_control} controls and {enrolled_treated} treated, {total} in all")
