"""Tables of models, survival and agreement of readers."""

from __future__ import annotations

from sclerograph.cohort.analysis import Analysis, SurvivalResult
from sclerograph.cohort.clustered import ClusteredResult
from sclerograph.cohort.cox import CoxResult
from sclerograph.cohort.number_format import format_estimate, format_number, format_p, format_percent, p_statement
from sclerograph.cohort.plan import Plan
from sclerograph.cohort.reader_agreement import ReadersAgreement
from sclerograph.cohort.regressions import Regression
from sclerograph.cohort.report.table import Column, Row, Table, worded
from sclerograph.cohort.term import Term

__all__ = ["agreement_tables", "model_tables", "survival_tables"]

#: Survival is told at these shares of the longest follow-up, in whole units of time.
_TIMES = (0.25, 0.5, 0.75)


def model_tables(analysis: Analysis) -> tuple[Table, ...]:
    """Return one table for each regression."""
    return tuple(_model(f"model-{n}", analysis.plan, each) for n, each in enumerate(analysis.models, 1))


def _model(key: str, plan: Plan, regression: Regression) -> Table:
    fit = regression.fit
    ratios = any(term.ratio is not None for term in fit.terms) or regression.wanted.kind != "clustered_linear"
    estimate = ("Hazard ratio" if isinstance(fit, CoxResult) else "Odds ratio") if ratios else "Difference"
    columns = (
        Column("Covariate"),
        Column(f"{estimate} ({100 * plan.confidence_level:g} % interval)", True),
        Column("p", True),
        Column("Test"),
        Column("Interval"),
    )
    names = [(variable.name, variable.title) for variable in plan.variables]
    rows = [_term_row(term, regression, ratios) for term in fit.terms]
    if regression.pooled is not None:
        rows.append(Row(("With missing values imputed",), heading=True))
        rows += [_term_row(pooled.term, regression, ratios, indented=True) for pooled in regression.pooled.terms]
    if isinstance(fit, ClusteredResult):
        size = f"{fit.n} rows of {fit.clusters} patients, at most {fit.largest_cluster} each."
    elif isinstance(fit, CoxResult):
        size = f"{fit.n} patients, {fit.events} with the event."
    else:
        size = f"{fit.n} patients, {fit.events} with the outcome."
    notes = [f"{fit.method[:1].upper()}{fit.method[1:]}. {size}"]
    notes += [f"{worded(warning, names)}." for warning in fit.warnings]
    if regression.pooled is not None:
        notes.append(f"Imputed: {regression.pooled.method}; {regression.pooled.n} patients.")
        notes += [f"{worded(warning, names)}." for warning in regression.pooled.warnings]
    notes += [note if note.endswith(".") else f"{worded(note, names)}." for note in regression.imputation_notes]
    return Table(key, regression.wanted.title, columns, tuple(rows), tuple(dict.fromkeys(notes)))


def _term_row(term: Term, regression: Regression, ratios: bool, indented: bool = False) -> Row:
    value = term.ratio if ratios else term.estimate
    label = regression.labels.get(term.name, term.name)
    return Row(
        (
            label,
            format_estimate(value, term.low, term.high),
            format_p(term.p),
            term.test.name if term.test.note is None or term.p is not None else f"{term.test.name}: {term.test.note}",
            term.interval_method,
        ),
        indented=indented,
    )


def survival_tables(analysis: Analysis) -> tuple[Table, ...]:
    """Return one table for each survival analysis."""
    return tuple(_survival(f"survival-{n}", analysis, each) for n, each in enumerate(analysis.survival, 1))


def _survival(key: str, analysis: Analysis, each: SurvivalResult) -> Table:
    curves, unit = each.result.curves, each.wanted.time_unit
    longest = max((curve.time[-1] for curve in curves if curve.time), default=0.0)
    times = sorted({float(round(longest * share)) for share in _TIMES} - {0.0})
    columns = (
        Column("Group"),
        Column("Patients", True),
        Column("Events", True),
        Column(f"Median follow-up, {unit}", True),
        Column(f"Median time to event, {unit}", True),
        *(Column(f"Without event at {time:g} {unit}", True) for time in times),
    )
    rows = tuple(
        Row(
            (
                "All" if curve.group == "all" else _group(analysis.plan, each, curve.group),
                str(curve.n),
                str(curve.events),
                "not reached" if curve.median_follow_up is None else format_number(curve.median_follow_up),
                "not reached" if curve.median is None else format_number(curve.median),
                *(format_percent(curve.survival_at(time)) for time in times),
            )
        )
        for curve in curves
    )
    notes = ["Kaplan-Meier estimate; median follow-up by the reversed estimate (Schemper and Smith 1996)."]
    if each.result.log_rank is not None:
        test = each.result.log_rank.test
        extra = "" if test.note is None else f" ({test.note})"
        notes.append(f"Log-rank test: {p_statement(test.p)}{extra}.")
    notes += [f"{warning}." for warning in each.result.warnings]
    return Table(key, each.wanted.title, columns, rows, tuple(notes))


def _group(plan: Plan, each: SurvivalResult, group: str) -> str:
    variable = None if each.wanted.group is None else plan.variable(each.wanted.group)
    return f"{variable.title}: {group}" if variable is not None and variable.kind == "binary" else group


def agreement_tables(analysis: Analysis) -> tuple[Table, ...]:
    """Return one table for each comparison of readers."""
    return tuple(_agreement(f"agreement-{n}", each) for n, each in enumerate(analysis.agreement, 1))


def _agreement(key: str, each: ReadersAgreement) -> Table:
    rows = []
    unit = f" {each.wanted.unit}" if each.wanted.unit else ""
    for pair in each.pairs:
        who = f"{pair.first} and {pair.second}"
        if pair.kappa is not None:
            estimate = format_estimate(pair.kappa.kappa, pair.kappa.low, pair.kappa.high, decimals=2)
            rows.append(Row((who, f"Kappa, {pair.kappa.weights} weights", estimate, str(pair.kappa.n))))
        if pair.differences is not None:
            found = pair.differences
            bias = format_estimate(found.bias, found.bias_interval.low, found.bias_interval.high)
            rows.append(Row((who, f"Mean difference,{unit}" if unit else "Mean difference", bias, str(found.n))))
            limits = f"{format_number(found.lower_limit)} to {format_number(found.upper_limit)}"
            rows.append(Row(("", "95 % limits of agreement", limits, ""), indented=True))
        if pair.detectable is not None:
            detectable = pair.detectable
            text = format_estimate(detectable.value, detectable.low, detectable.high)
            rows.append(Row(("", f"Smallest detectable difference: {detectable.method}", text, ""), indented=True))
    together = each.intraclass
    form = f"{together.form.mcgraw_wong}, {together.form.model.replace('_', ' ')}, absolute agreement"
    estimate = format_estimate(together.value, together.low, together.high, decimals=2)
    rows.append(Row(("All readers", form, estimate, str(together.subjects))))
    notes = (
        f"{len(each.readers)} readers, {each.items} things read in {each.patients} patients.",
        "Kappa: Cohen's, with standard errors that allow for several readings of one patient; ICC: McGraw and Wong.",
    )
    columns = (Column("Readers"), Column("Measure"), Column("Estimate (95 % interval)", True), Column("Things", True))
    return Table(key, each.wanted.title, columns, tuple(rows), notes)
