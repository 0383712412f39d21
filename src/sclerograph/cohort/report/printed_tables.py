"""Tables that set this cohort's figures beside those of a paper."""

from __future__ import annotations

from sclerograph.cohort.analysis import Analysis
from sclerograph.cohort.beside_printed import AGREEMENT_RULE, BesidePrinted
from sclerograph.cohort.number_format import format_count, format_p, round_half_up
from sclerograph.cohort.report.table import Column, Footnotes, Row, Table

__all__ = ["printed_tables"]


def printed_tables(analysis: Analysis) -> tuple[Table, ...]:
    """Return the tables of shares and of p values, where the plan quotes some."""
    printed = analysis.printed
    if printed is None:
        return ()
    tables = []
    if printed.shares or printed.means:
        tables.append(_shares(printed))
    if printed.p_values:
        tables.append(_p_values(printed))
    return tuple(tables)


def _verdict(agrees: bool | None) -> str:
    return {True: "agrees", False: "differs", None: "cannot be right"}[agrees]


def _shares(printed: BesidePrinted) -> Table:
    footnotes = Footnotes()
    rows = []
    for share in printed.shares:
        remarks = (
            [] if share.impossible is None else [f"{share.impossible.message}. The printed figure stays as it is."]
        )
        quoted = f"{share.printed.count}/{share.printed.n}" if share.printed.percent is None else share.printed.percent
        own = format_count(share.own.successes, share.own.n)
        rows.append(
            Row(
                (share.variable.title, quoted, own, _verdict(share.agrees)),
                strong=share.agrees is not True,
                marks=footnotes.marks(remarks),
            )
        )
    for mean in printed.means:
        decimals = len(mean.printed.mean.partition(".")[2])
        own = "–" if mean.own is None else str(round_half_up(mean.own, decimals))
        title = f"{mean.variable.title_with_unit}, mean"
        rows.append(Row((title, mean.printed.mean, own, _verdict(mean.agrees)), strong=not mean.agrees))
    columns = (Column("Figure"), Column("As printed", True), Column("This cohort", True), Column("Verdict"))
    title = f"Shares and means beside {printed.source}"
    return Table("printed-shares", title, columns, tuple(rows), (AGREEMENT_RULE,), footnotes.listed())


def _p_values(printed: BesidePrinted) -> Table:
    rows = tuple(
        Row(
            (
                each.pair.first.title,
                each.pair.second.title,
                each.printed.p,
                format_p(each.pair.test.p),
                each.pair.test.name,
                _verdict(each.agrees),
            ),
            strong=not each.agrees,
        )
        for each in printed.p_values
    )
    columns = (
        Column("Finding"),
        Column("Related to"),
        Column("p as printed", True),
        Column("p here", True),
        Column("Test here"),
        Column("Verdict"),
    )
    title = f"p values beside {printed.source}"
    return Table("printed-p-values", title, columns, rows, (AGREEMENT_RULE, *printed.notes))
