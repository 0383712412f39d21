"""Analyse the example cohort and print each published figure beside the reproduced one: ``make cohort-demo``.

The 77 patients of ``examples/cohort`` are simulated: the table was built so that it has the counts and associations of
the abstract FRI0276 (Ann Rheum Dis 2016;75(Suppl 2):535). The demo shows what the software makes of such a table; it
is no evidence about systemic sclerosis.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sclerograph.cohort.analysis import Analysis, run_analysis
from sclerograph.cohort.beside_printed import AGREEMENT_RULE, BesidePrinted
from sclerograph.cohort.data import load_cohort
from sclerograph.cohort.number_format import format_count, format_estimate, format_p, p_statement, round_half_up
from sclerograph.cohort.plan import read_plan
from sclerograph.cohort.report.write import write_report
from sclerograph.errors import MissingComponent, SclerographError

PLAN = Path(__file__).resolve().parent / "cohort" / "plan.toml"
_VERDICTS = {True: "[green]agrees[/]", False: "[red]differs[/]", None: "[yellow]cannot be right[/]"}


def main() -> int:
    """Run the plan and print; return 0 when every published figure was met, 1 when one was not, 2 for wrong usage."""
    parser = argparse.ArgumentParser(
        description="Analyse the example cohort; print published beside reproduced figures."
    )
    parser.add_argument("--out", type=Path, default=Path("demo-out/cohort"), help="output folder")
    parser.add_argument("--plan", type=Path, default=PLAN, help="the plan to run")
    parser.add_argument("--no-pdf", action="store_true", help="leave the PDF out")
    options = parser.parse_args()
    console = Console()
    try:
        plan = read_plan(options.plan)
        console.print(f"[bold]{plan.title}[/]\n{plan.notice}\n")
        with console.status("analysing") as status:
            analysis = run_analysis(plan, load_cohort(plan, options.plan.parent), status.update)
            page, without_pdf = _written(analysis, options.plan, options.out, not options.no_pdf)
    except SclerographError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    printed = analysis.printed
    if printed is None:
        print("error: the plan quotes no printed figures, so there is nothing to compare", file=sys.stderr)
        return 2
    console.print(shares_table(printed))
    console.print(p_values_table(printed))
    for line in remarks(analysis, printed):
        console.print(line)
    if without_pdf is not None:
        console.print(f"[yellow]No PDF:[/] {without_pdf}")
    console.print("\nOpen the report in a browser:")
    print(f"  {page.resolve().as_uri()}")
    return 1 if printed.disagreements else 0


def _written(analysis: Analysis, plan: Path, out: Path, pdf: bool) -> tuple[Path, str | None]:
    """Write the report; where the PDF cannot be made, write the rest and return why."""
    try:
        return write_report(analysis, plan, out, pdf=pdf), None
    except MissingComponent as reason:
        return write_report(analysis, plan, out, pdf=False), str(reason)


def shares_table(printed: BesidePrinted) -> Table:
    """Return each published share and mean beside that of the cohort."""
    table = Table(title=f"Shares and means: {printed.source}", title_justify="left")
    for name in ("figure", "published", "reproduced", "verdict"):
        table.add_column(name, justify="right" if name in ("published", "reproduced") else "left")
    for share in printed.shares:
        quoted = f"{share.printed.count}/{share.printed.n}" if share.printed.percent is None else share.printed.percent
        reproduced = format_count(share.own.successes, share.own.n)
        table.add_row(share.variable.title, quoted, reproduced, _VERDICTS[share.agrees])
    for mean in printed.means:
        decimals = len(mean.printed.mean.partition(".")[2])
        own = "-" if mean.own is None else str(round_half_up(mean.own, decimals))
        table.add_row(f"{mean.variable.title_with_unit}, mean", mean.printed.mean, own, _VERDICTS[mean.agrees])
    return table


def p_values_table(printed: BesidePrinted) -> Table:
    """Return each published p value beside that of the cohort, with the test that made it."""
    table = Table(title=f"p values: {printed.source}", title_justify="left")
    for name in ("finding", "related to", "published", "reproduced", "test", "verdict"):
        table.add_column(name, justify="right" if name in ("published", "reproduced") else "left")
    for each in printed.p_values:
        pair = each.pair
        table.add_row(
            pair.first.title, pair.second.title, each.printed.p, format_p(pair.test.p), pair.test.name,
            _VERDICTS[each.agrees],
        )  # fmt: skip
    return table


def remarks(analysis: Analysis, printed: BesidePrinted) -> list[str]:
    """Return what must be known of the figures: the rule of agreement, impossible figures, separation."""
    lines = [AGREEMENT_RULE, *printed.notes]
    lines += [
        f"[yellow]Impossible as printed:[/] {share.variable.title}: {share.impossible.message}."
        for share in printed.shares
        if share.impossible is not None
    ]
    for each in analysis.models:
        separation = [warning for warning in each.fit.warnings if warning.startswith("separation")]
        if separation:
            term = each.fit.terms[0]
            estimate = format_estimate(term.ratio, term.low, term.high)
            what = each.labels.get(term.name, term.name)
            lines.append(
                f'[yellow]Separation[/] in "{each.wanted.title}": {separation[0]}. {what}: ratio {estimate}, '
                f"{p_statement(term.p)} ({term.test.name})."
            )
    return lines


if __name__ == "__main__":
    sys.exit(main())
