"""Tables of who was analysed: characteristics, prevalence, missing values."""

from __future__ import annotations

from sclerograph.cohort.analysis import Analysis
from sclerograph.cohort.description import CategoricalDescription, ContinuousDescription
from sclerograph.cohort.frequency import Frequencies
from sclerograph.cohort.missing_data import MissingSummary
from sclerograph.cohort.number_format import format_number, format_percent, round_half_up
from sclerograph.cohort.plan import Plan, Variable
from sclerograph.cohort.proportion import Proportion
from sclerograph.cohort.report.table import Column, Row, Table
from sclerograph.cohort.table_one import Characteristic, Characteristics

__all__ = ["characteristics_table", "missing_table", "patient_tables", "prevalence_table"]

_MOST_PATTERNS = 10


def patient_tables(analysis: Analysis) -> tuple[Table, ...]:
    """Return the tables of characteristics and prevalence that there are, and that of missing values."""
    tables = []
    if analysis.table_one is not None:
        tables.append(characteristics_table(analysis.table_one))
    if analysis.frequencies is not None:
        tables.append(prevalence_table(analysis.frequencies, analysis.plan.confidence_level))
    tables.append(missing_table(analysis.plan, analysis.missing))
    return tuple(tables)


def characteristics_table(result: Characteristics) -> Table:
    """Return table 1."""
    columns = [Column("Characteristic"), Column(f"All (n = {result.n})", True)]
    columns += [Column(f"{group.label} (n = {group.n})", True) for group in result.groups]
    if len(result.groups) > 1:
        columns.append(Column("SMD", True))
    columns.append(Column("Missing", True))
    rows = [row for each in result.rows for row in _characteristic_rows(each, result)]
    notes = ["Counts with per cent of those whose value is known; Missing counts all patients without a value."]
    if len(result.groups) > 1:
        which = "" if len(result.groups) == 2 else ", the greatest between any two groups"
        notes.append(
            f"SMD: standardised difference, without sign{which}; above 0.1 groups are often called unbalanced. No test "
            "is made in this table."
        )
    if result.ungrouped:
        notes.append(f"{result.ungrouped} patients whose group is not known stand under All only.")
    return Table("characteristics", result.title, tuple(columns), tuple(rows), tuple(notes))


def _characteristic_rows(each: Characteristic, result: Characteristics) -> list[Row]:
    variable = each.variable
    described = [each.overall, *each.by_group]
    tail = [_difference(each.difference)] if len(result.groups) > 1 else []
    missing = str(each.overall.missing) if each.overall.missing else "0"
    if isinstance(each.overall, ContinuousDescription):
        summary = each.overall.summary
        what = "mean (SD)" if summary == "mean_sd" else "median (quartiles)"
        cells = [_continuous(d, summary) for d in described if isinstance(d, ContinuousDescription)]
        return [Row((f"{variable.title_with_unit}, {what}", *cells, *tail, missing))]
    categories = [d for d in described if isinstance(d, CategoricalDescription)]
    if variable.kind == "binary":
        return [Row((variable.title, *(_level(d, 1) for d in categories), *tail, missing))]
    head = Row((variable.title, *("" for _ in described), *tail, missing))
    levels = [
        Row((level, *(_level(d, place) for d in categories), *("" for _ in tail), ""), indented=True)
        for place, level in enumerate(variable.levels)
    ]
    return [head, *levels]


def _continuous(described: ContinuousDescription, summary: str) -> str:
    if described.n == 0:
        return "–"
    if summary == "mean_sd":
        sd = "–" if described.sd is None else _plain(described.sd, described)
        return f"{_plain(described.mean, described)} ({sd})"
    quartiles = f"{_plain(described.first_quartile, described)} to {_plain(described.third_quartile, described)}"
    return f"{_plain(described.median, described)} ({quartiles})"


def _plain(value: float | None, described: ContinuousDescription) -> str:
    """Return a number with one decimal, none from a hundred on, three digits where all are small."""
    if value is None:
        return "–"
    largest = max(abs(described.maximum or 0.0), abs(described.minimum or 0.0))
    if largest < 1.0:
        return format_number(value)
    return str(round_half_up(value, 0 if largest >= 1000.0 else 1)).replace("-", "−")


def _level(described: CategoricalDescription, place: int) -> str:
    level = described.levels[place]
    return f"{level.count}" if level.share is None else f"{level.count} ({format_percent(level.share)})"


def _difference(value: float | None) -> str:
    return "–" if value is None else str(round_half_up(value, 2))


def prevalence_table(result: Frequencies, level: float) -> Table:
    """Return how frequent the findings are."""
    columns = [Column("Finding"), Column("n/N", True), Column(f"% ({100 * level:g} % interval)", True)]
    columns += [Column(f"{group.label} (n = {group.n})", True) for group in result.groups]
    columns.append(Column("Missing", True))
    rows = tuple(
        Row(
            (
                each.variable.title,
                f"{each.overall.successes}/{each.overall.n}",
                share_with_interval(each.overall),
                *(_count_with_interval(part) for part in each.by_group),
                str(each.missing),
            )
        )
        for each in result.rows
    )
    return Table("prevalence", result.title, tuple(columns), rows, ("Intervals: Wilson's score interval.",))


def share_with_interval(own: Proportion) -> str:
    """Return a share in per cent with its interval."""
    if own.share is None or own.low is None or own.high is None:
        return "–"
    low, high = (format_percent(bound).removesuffix(" %") for bound in (own.low, own.high))
    return f"{format_percent(own.share).removesuffix(' %')} ({low} to {high})"


def _count_with_interval(own: Proportion) -> str:
    """Return a count, and what :func:`share_with_interval` says of it: ``9/22, 40.9 (23.3 to 61.3)``."""
    count = f"{own.successes}/{own.n}"
    return f"{count}, {share_with_interval(own)}" if own.n else count


def missing_table(plan: Plan, missing: MissingSummary) -> Table:
    """Return what is missing, by variable and by pattern."""
    names: dict[str, Variable] = {variable.name: variable for variable in plan.variables}
    rows = [
        Row((names[each.name].title, str(each.missing), format_percent(each.share)))
        for each in missing.variables
        if each.missing
    ]
    if not rows:
        rows = [Row(("No value of any variable is missing", "0", "0.0 %"))]
    elif missing.patterns:
        rows.append(Row(("Missing together",), heading=True))
        rows += [
            Row(
                (
                    " + ".join(names[name].title for name in pattern.variables),
                    str(pattern.rows),
                    format_percent(pattern.rows / missing.n),
                ),
                indented=True,
            )
            for pattern in missing.patterns[:_MOST_PATTERNS]
        ]
    complete = f"{missing.complete} of {missing.n} patients have a value of every variable of the plan."
    more = len(missing.patterns) - _MOST_PATTERNS
    notes = (complete, *((f"{more} rarer patterns are not listed.",) if more > 0 else ()))
    columns = (Column("Variable"), Column("Patients without a value", True), Column("Share", True))
    return Table("missing", "Missing values", columns, tuple(rows), notes)
