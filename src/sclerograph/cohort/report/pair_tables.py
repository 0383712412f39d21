"""Tables of tests: associations, comparisons, correlations; every p value beside its test and the adjusted one."""

from __future__ import annotations

from collections.abc import Callable

from sclerograph.cohort.analysis import Analysis
from sclerograph.cohort.continuous import Correlation, GroupComparison
from sclerograph.cohort.number_format import format_count, format_estimate, format_number, format_p
from sclerograph.cohort.pairs import Family, Pair
from sclerograph.cohort.report.table import Column, Footnotes, Row, Table
from sclerograph.cohort.two_by_two import Association

__all__ = ["pair_tables"]

_SIGNIFICANT = 0.05
_ADJUSTED = (
    "p adjusted: Benjamini and Hochberg, for the tests of this table; a share of at most that many of the results kept "
    "up to here is expected to be false. p values are rounded, never cut off."
)


def pair_tables(analysis: Analysis) -> tuple[Table, ...]:
    """Return one table for each family of tests."""
    level = f"{100 * analysis.plan.confidence_level:g} % interval"
    tables = [
        _table(f"associations-{number}", family, _association_columns(level), _association)
        for number, family in enumerate(analysis.associations, 1)
    ]
    tables += [
        _table(f"comparisons-{number}", family, _comparison_columns(level), _comparison)
        for number, family in enumerate(analysis.comparisons, 1)
    ]
    tables += [
        _table(f"correlations-{number}", family, _correlation_columns(level), _correlation)
        for number, family in enumerate(analysis.correlations, 1)
    ]
    return tuple(tables)


def _table(
    key: str, family: Family, columns: tuple[Column, ...], cells: Callable[[Pair], tuple[tuple[str, ...], list[str]]]
) -> Table:
    footnotes = Footnotes()
    rows = []
    for pair in family.pairs:
        texts, remarks = cells(pair)
        if pair.missing:
            remarks.append(f"{pair.missing} patients are left out because one of the two values is missing.")
        rows.append(
            Row(
                (*texts, format_p(pair.test.p), format_p(pair.adjusted_p), pair.test.name),
                strong=pair.adjusted_p is not None and pair.adjusted_p < _SIGNIFICANT,
                marks=footnotes.marks(remarks),
            )
        )
    made = sum(pair.test.p is not None for pair in family.pairs)
    notes = (f"Tests made together: {made}. {_ADJUSTED}", "Bold: adjusted p below 0.05.")
    return Table(key, family.title, columns, tuple(rows), notes, footnotes.listed())


def _with_test(*columns: Column) -> tuple[Column, ...]:
    return (*columns, Column("p", True), Column("p adjusted", True), Column("Test"))


def _association_columns(level: str) -> tuple[Column, ...]:
    return _with_test(
        Column("Finding"),
        Column("Outcome"),
        Column("Outcome with finding", True),
        Column("Outcome without", True),
        Column(f"Odds ratio ({level})", True),
    )


def _association(pair: Pair) -> tuple[tuple[str, ...], list[str]]:
    result = pair.result
    assert isinstance(result, Association)
    a, b, c, d = result.counts
    estimate = format_estimate(result.odds_ratio, result.low, result.high)
    remarks = list(result.warnings)
    if result.method == "exact":
        remarks.append("Exact: conditional maximum-likelihood odds ratio, interval from the same exact test.")
    cells = (pair.first.title, pair.second.title, format_count(a, a + b), format_count(c, c + d), estimate)
    return cells, remarks


def _comparison_columns(level: str) -> tuple[Column, ...]:
    return _with_test(
        Column("Measurement"),
        Column("Finding"),
        Column("With finding", True),
        Column("Without", True),
        Column(f"Difference ({level})", True),
    )


def _comparison(pair: Pair) -> tuple[tuple[str, ...], list[str]]:
    result = pair.result
    assert isinstance(result, GroupComparison)
    by_means = result.effect == "difference_of_means"
    groups = []
    for group in (result.first, result.second):
        if group.n == 0:
            text = "–, n = 0"
        elif by_means:
            text = f"{format_number(group.mean)} ({format_number(group.sd)}), n = {group.n}"
        else:
            quartiles = f"{format_number(group.first_quartile)} to {format_number(group.third_quartile)}"
            text = f"{format_number(group.median)} ({quartiles}), n = {group.n}"
        groups.append(text)
    kind = (
        "Groups: mean (SD); difference of means."
        if by_means
        else "Groups: median (quartiles); Hodges-Lehmann shift, the median of all differences between the groups."
    )
    estimate = format_estimate(result.estimate, result.low, result.high)
    return (pair.first.title_with_unit, pair.second.title, *groups, estimate), [kind, *result.warnings]


def _correlation_columns(level: str) -> tuple[Column, ...]:
    return _with_test(
        Column("Measurement"), Column("Measurement"), Column("Pairs", True), Column(f"Coefficient ({level})", True)
    )


def _correlation(pair: Pair) -> tuple[tuple[str, ...], list[str]]:
    result = pair.result
    assert isinstance(result, Correlation)
    estimate = format_estimate(result.coefficient, result.low, result.high, decimals=2)
    kind = f"{result.method.capitalize()}'s coefficient."
    return (pair.first.title, pair.second.title, str(result.n), estimate), [kind]
