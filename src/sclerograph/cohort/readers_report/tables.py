"""The tables of a report on the agreement of readers: numbers in CSV, the same as text on the page."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from sclerograph.cohort.agreement.detectable_change import DetectableChange
from sclerograph.cohort.agreement.intraclass import IntraclassCorrelation
from sclerograph.cohort.number_format import NOT_ESTIMABLE, format_estimate, format_number, format_p, format_percent
from sclerograph.cohort.readers import ALL_SITES, Comparison, Measure, ReaderAgreement
from sclerograph.registry.table.guard import guarded

__all__ = ["Table", "csv_text", "tables_of"]

Cell = str | int | float | None

#: The form of intraclass correlation that the page shows; the CSV file has all of them.
_SHOWN_FORM = "ICC(A,1)"


@dataclass(frozen=True)
class Table:
    """One table: what a CSV file holds, and what the page shows of it.

    ``explained`` says how the numbers were computed.
    """

    name: str
    title: str
    explained: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shown_columns: tuple[str, ...]
    shown_rows: tuple[tuple[str, ...], ...]


def csv_text(table: Table) -> str:
    """Return a table as CSV; numbers are as precise as they were computed, and missing ones are empty."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return stream.getvalue()


def tables_of(result: ReaderAgreement) -> tuple[Table, ...]:
    """Return the tables of a comparison that have rows."""
    made = (_overall(result), _sites(result), _totals(result), _intraclass(result), _all_readers(result))
    return tuple(table for table in (*made, _changes(result)) if table.rows)


def _names(comparison: Comparison) -> tuple[str, str, str]:
    return comparison.kind, *comparison.names


def _lesion(code: str) -> str:
    return {"joint_narrowing": "joint space narrowing"}.get(code, code.replace("_", "-"))


_KAPPA_COLUMNS = (
    "comparison",
    "first",
    "second",
    "lesion",
    "site",
    "weights",
    "pairs",
    "not_assessable",
    "same_grade",
    "kappa",
    "kappa_low",
    "kappa_high",
    "p",
    "test",
)


def _kappa_table(result: ReaderAgreement, name: str, title: str, overall: bool) -> Table:
    rows: list[tuple[Cell, ...]] = []
    shown = []
    for each in result.grades:
        if (each.site == ALL_SITES) is not overall:
            continue
        kappa = each.kappa
        same = sum(kappa.counts[i][i] for i in range(len(kappa.counts)))
        share = same / kappa.n if kappa.n else None
        p = kappa.test.p
        rows.append(
            (
                *_names(each.comparison),
                _lesion(each.lesion),
                each.site,
                kappa.weights,
                kappa.n,
                kappa.missing,
                share,
                kappa.kappa,
                kappa.low,
                kappa.high,
                p,
                kappa.test.name,
            )
        )
        shown.append(
            (
                *_names(each.comparison),
                _lesion(each.lesion),
                *([] if overall else [each.site]),
                str(kappa.n),
                str(kappa.missing),
                format_percent(share),
                format_estimate(kappa.kappa, kappa.low, kappa.high, decimals=2),
                format_p(p),
            )
        )
    explained = (
        "Kappa with its 95 % interval: quadratic weights for grades, none for absent or present (Cohen 1960, 1968). "
        "Standard errors and the z test of kappa = 0 allow for several hands and sites of one patient. Pairs: sites "
        "that both assessed; left out: sites that one or both could not assess."
    )
    site = [] if overall else ["site"]
    heads = ("comparison", "first", "second", "lesion", *site, "pairs", "left out", "same grade", "kappa", "p")
    return Table(name, title, explained, _KAPPA_COLUMNS, tuple(rows), heads, tuple(shown))


def _overall(result: ReaderAgreement) -> Table:
    return _kappa_table(result, "kappa_overall", "Grades, all sites together", True)


def _sites(result: ReaderAgreement) -> Table:
    return _kappa_table(result, "kappa_by_site", "Grades by site", False)


def _totals(result: ReaderAgreement) -> Table:
    rows: list[tuple[Cell, ...]] = []
    shown = []
    for each in result.totals:
        plot, detectable = each.bland_altman, each.detectable_difference
        rows.append(
            (
                *_names(each.comparison),
                each.measure.name,
                each.measure.unit,
                plot.n,
                plot.missing,
                plot.bias,
                plot.bias_interval.low,
                plot.bias_interval.high,
                plot.sd,
                plot.lower_limit,
                plot.lower_limit_interval.low,
                plot.lower_limit_interval.high,
                plot.upper_limit,
                plot.upper_limit_interval.low,
                plot.upper_limit_interval.high,
                plot.test.name,
                plot.test.p,
                plot.trend.name,
                plot.trend.p,
                detectable.value,
                detectable.low,
                detectable.high,
            )
        )
        limits = f"{format_number(plot.lower_limit)} to {format_number(plot.upper_limit)}"
        shown.append(
            (
                *_names(each.comparison),
                _with_unit(each.measure),
                str(plot.n),
                format_estimate(plot.bias, plot.bias_interval.low, plot.bias_interval.high),
                format_p(plot.test.p),
                NOT_ESTIMABLE if plot.lower_limit is None else limits,
                format_p(plot.trend.p),
                format_estimate(detectable.value, detectable.low, detectable.high),
            )
        )
    columns = (
        "comparison,first,second,measure,unit,films,left_out,bias,bias_low,bias_high,sd_of_differences,lower_limit,"
        "lower_limit_low,lower_limit_high,upper_limit,upper_limit_low,upper_limit_high,bias_test,bias_p,trend_test,"
        "trend_p,sdd,sdd_low,sdd_high"
    )
    explained = (
        "Differences are first less second; bias with its 95 % interval and paired t test, 95 % limits of agreement "
        "(Bland and Altman 1986, intervals of Carkeet 2015), Spearman's test of a trend of the differences with the "
        "size, and the smallest detectable difference (SDD, 1.96 SD of the differences). Each film is one unit; films "
        "of one patient are not independent, so that intervals are too narrow where patients have many."
    )
    heads = ("comparison", "first", "second", "measure", "films", "bias", "p", "limits of agreement", "p of trend")
    return Table(
        "totals",
        "Totals of films",
        explained,
        tuple(columns.split(",")),
        tuple(rows),
        (*heads, "SDD"),
        tuple(shown),
    )


_ICC_COLUMNS = ("form", "shrout_fleiss", "model", "units", "raters", "left_out", "icc", "low", "high", "test", "p")


def _icc_cells(icc: IntraclassCorrelation) -> tuple[Cell, ...]:
    form = icc.form
    return (
        form.mcgraw_wong,
        form.shrout_fleiss,
        form.model,
        icc.subjects,
        icc.readers,
        icc.missing,
        icc.value,
        icc.low,
        icc.high,
        icc.test.name,
        icc.test.p,
    )


def _icc_explained(units: str) -> str:
    return (
        f"Intraclass correlations in the forms of McGraw and Wong 1996 with 95 % F intervals; units are {units}. Shown "
        "is ICC(A,1): absolute agreement of single readings, two-way random model. The CSV file has every form."
    )


def _is_shown(icc: IntraclassCorrelation) -> bool:
    return icc.form.mcgraw_wong == _SHOWN_FORM and icc.form.model == "two_way_random"


def _intraclass(result: ReaderAgreement) -> Table:
    rows = [
        (*_names(each.comparison), each.measure.name, *_icc_cells(icc))
        for each in result.totals
        for icc in each.intraclass
    ]
    shown = [
        (
            *_names(each.comparison),
            _with_unit(each.measure),
            str(icc.subjects),
            format_estimate(icc.value, icc.low, icc.high, decimals=2),
        )
        for each in result.totals
        for icc in each.intraclass
        if _is_shown(icc)
    ]
    return Table(
        "intraclass",
        "Totals of films: intraclass correlations",
        _icc_explained("films"),
        ("comparison", "first", "second", "measure", *_ICC_COLUMNS),
        tuple(rows),
        ("comparison", "first", "second", "measure", "films", _SHOWN_FORM),
        tuple(shown),
    )


def _all_readers(result: ReaderAgreement) -> Table:
    rows: list[tuple[Cell, ...]] = []
    shown = []
    for each in result.all_readers:
        detectable = each.detectable_difference
        readers = ", ".join(each.readers)
        for icc in each.intraclass:
            rows.append((readers, each.measure.name, *_icc_cells(icc), *_detectable_cells(detectable)))
            if _is_shown(icc):
                text = format_estimate(icc.value, icc.low, icc.high, decimals=2)
                value = format_number(detectable.value)
                shown.append((readers, _with_unit(each.measure), str(icc.subjects), text, value))
    return Table(
        "all_readers",
        "All readers together",
        _icc_explained("films") + " The detectable difference is that of two films read by different readers.",
        ("readers", "measure", *_ICC_COLUMNS, "detectable_method", "standard_error", "detectable_difference"),
        tuple(rows),
        ("readers", "measure", "films", _SHOWN_FORM, "detectable difference"),
        tuple(shown),
    )


def _detectable_cells(detectable: DetectableChange) -> tuple[Cell, ...]:
    return detectable.method, detectable.standard_error, detectable.value


def _changes(result: ReaderAgreement) -> Table:
    rows: list[tuple[Cell, ...]] = []
    shown = []
    for each in result.changes:
        detectable = each.detectable_change
        values = (*_detectable_cells(detectable), detectable.low, detectable.high)
        rows.append((*_names(each.comparison), each.measure.name, *values, *_icc_cells(each.intraclass)))
        icc = each.intraclass
        shown.append(
            (
                *_names(each.comparison),
                _with_unit(each.measure),
                str(detectable.n),
                format_estimate(detectable.value, detectable.low, detectable.high),
                format_estimate(icc.value, icc.low, icc.high, decimals=2),
            )
        )
    columns = ("comparison", "first", "second", "measure", "sdc_method", "standard_error", "sdc", "sdc_low", "sdc_high")
    return Table(
        "changes",
        "Changes from the first to the last visit",
        "Smallest detectable change of one reader with its 95 % interval (SDC, Bruynesteyn 2005), and the intraclass "
        "correlation of the changes. Patients count whose visits show the same hands, and whose days are known.",
        (*columns, *_ICC_COLUMNS),
        tuple(rows),
        ("comparison", "first", "second", "measure", "patients", "SDC", _SHOWN_FORM),
        tuple(shown),
    )


def _with_unit(measure: Measure) -> str:
    return f"{measure.name} ({measure.unit})" if measure.unit else measure.name
