"""The STROBE statement: the flow of patients, and the checklist filled where the software knows the answer.

von Elm 2007 (doi:10.1371/journal.pmed.0040296), items in our own words. What only the authors know comes from the plan
(``[strobe]``) or is left to them; the checklist never claims more than was done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sclerograph.cohort.analysis import Analysis
from sclerograph.cohort.continuous import COMPARISON_RULE, CORRELATION_RULE
from sclerograph.cohort.description import SUMMARY_RULE
from sclerograph.cohort.figures.flow_diagram import FlowBox
from sclerograph.cohort.two_by_two import ASSOCIATION_RULE

__all__ = ["STATUS_WORDS", "ChecklistItem", "checklist", "flow_boxes", "methods"]

Status = Literal["filled", "plan", "open"]

#: How a status is printed.
STATUS_WORDS: dict[Status, str] = {
    "filled": "filled by the software",
    "plan": "from the plan",
    "open": "for the authors to write",
}


@dataclass(frozen=True)
class ChecklistItem:
    """One item: its number, what it asks for, and what there is to say."""

    number: str
    topic: str
    asks: str
    status: Status
    text: str


def flow_boxes(analysis: Analysis) -> tuple[FlowBox, ...]:
    """Return the boxes of the flow diagram, from the patients in the table to those analysed."""
    cohort = analysis.cohort
    boxes = [FlowBox(cohort.described_as, f"n = {cohort.available}")]
    for step in cohort.flow:
        left_out = []
        if step.excluded:
            left_out.append(f"Does not meet it: n = {step.excluded}")
        if step.unknown:
            left_out.append(f"Not known, left out: n = {step.unknown}")
        boxes.append(FlowBox(step.label, f"n = {step.kept}", tuple(left_out or ["Nobody left out"])))
    boxes.append(FlowBox("Analysed", f"n = {analysis.n}"))
    return tuple(boxes)


def methods(analysis: Analysis) -> tuple[str, ...]:
    """Return the statistical methods of this analysis as sentences; only those that were used."""
    plan = analysis.plan
    level = f"{100 * plan.confidence_level:g} %"
    sentences = [SUMMARY_RULE] if analysis.table_one is not None else []
    if analysis.frequencies is not None:
        sentences.append(f"Prevalences have Wilson's score intervals ({level}).")
    if analysis.associations:
        sentences.append(ASSOCIATION_RULE)
    if analysis.comparisons:
        sentences.append(COMPARISON_RULE)
    if analysis.correlations:
        sentences.append(CORRELATION_RULE)
    if analysis.associations or analysis.comparisons or analysis.correlations:
        sentences.append(
            "All tests are two-sided. Raw p values stand beside those adjusted by Benjamini and Hochberg (1995) within "
            "each table. Patients for whom one of the two values is missing are left out of a test and counted."
        )
    kinds = {each.wanted.kind for each in analysis.models}
    if kinds & {"logistic", "cox"}:
        sentences.append(
            "Logistic and Cox models are fitted by maximum likelihood with Wald intervals, or, where a covariate "
            "separates the outcome or there are fewer than ten events for each variable, with Firth's penalty and "
            "profile penalised likelihood intervals (Heinze and Schemper 2001, 2002); ties by Efron's method."
        )
    if any(kind.startswith("clustered") for kind in kinds):
        sentences.append(
            "Rows of one patient are analysed by generalised estimating equations with an exchangeable correlation and "
            "robust standard errors corrected for few clusters (Mancl and DeRouen 2001)."
        )
    if analysis.survival:
        sentences.append(
            "Survival is estimated by Kaplan and Meier's method with Greenwood intervals on the log-log scale and "
            "compared by the log-rank test."
        )
    if any(each.pooled is not None for each in analysis.models):
        sentences.append(
            f"Missing values were imputed {plan.missing.imputations} times by chained equations (predictive mean "
            f"matching; {plan.missing.rounds} rounds, seed {plan.seed}) and pooled by Rubin's rules, beside the "
            "analysis of complete rows."
        )
    if analysis.agreement:
        sentences.append(
            "Agreement of readers: Cohen's weighted kappa for grades; Bland and Altman's limits and the smallest "
            "detectable difference for measurements; ICC(A,1) in the notation of McGraw and Wong."
        )
    return tuple(sentences)


def checklist(analysis: Analysis) -> tuple[ChecklistItem, ...]:
    """Return the 22 items of STROBE for this analysis."""
    plan, said = analysis.plan, analysis.plan.strobe
    items = []

    def authors(number: str, topic: str, asks: str, text: str) -> None:
        items.append(ChecklistItem(number, topic, asks, "plan" if text else "open", text))

    def known(number: str, topic: str, asks: str, text: str) -> None:
        items.append(ChecklistItem(number, topic, asks, "filled" if text else "open", text))

    authors("1", "Title and abstract", "The design in the title or abstract; a summary.", said.title)
    authors("2", "Background", "The scientific background and reasons.", said.background)
    authors("3", "Objectives", "Objectives and hypotheses.", said.objectives or plan.question)
    authors("4", "Study design", "The main elements of the design.", said.design)
    authors("5", "Setting", "Places, dates of recruitment, exposure, follow-up.", said.setting)
    criteria = "; ".join(step.label for step in plan.population.steps)
    authors(
        "6", "Participants", "Eligibility, sources, selection.", " ".join(filter(None, [said.participants, criteria]))
    )
    defined = "; ".join(f"{v.title}: {v.definition.rstrip('.')}" for v in plan.variables if v.definition)
    known(
        "7",
        "Variables",
        "Outcomes, exposures, confounders, diagnostic criteria.",
        f"{said.variables} {f'{defined}.' if defined else ''}".strip(),
    )
    sources = "; ".join(f"{s.name} ({s.rows} rows, SHA-256 {s.sha256[:12]}…)" for s in analysis.cohort.sources)
    known(
        "8",
        "Data sources, measurement",
        "For each variable where it comes from.",
        f"{said.measurement} {sources}".strip(),
    )
    authors("9", "Bias", "What was done about bias.", said.bias)
    authors("10", "Study size", "How the size was arrived at.", said.study_size)
    known(
        "11", "Quantitative variables", "How they were handled.", SUMMARY_RULE + " No measurement was cut into classes."
    )
    known(
        "12", "Statistical methods", "All methods; subgroups; missing data; sensitivity.", " ".join(methods(analysis))
    )
    flow = "; ".join(f"{box.title}: {box.count}" for box in flow_boxes(analysis))
    known(
        "13",
        "Participants: numbers",
        "Numbers at each stage, reasons, a flow diagram.",
        flow + ". See the flow diagram.",
    )
    complete = f"{analysis.missing.complete} of {analysis.missing.n} patients"
    missing = f"{complete} have all values; see the table of missing values."
    one = "See table 1. " if analysis.table_one is not None else ""
    known("14", "Descriptive data", "Characteristics; missing values of each variable.", one + missing)
    known("15", "Outcome data", "Numbers of events or summary measures.", _outcomes(analysis))
    known("16", "Main results", "Estimates, unadjusted and adjusted, with intervals.", _results(analysis))
    pooled = sum(each.pooled is not None for each in analysis.models)
    other = [
        _counted(number, *nouns)
        for number, nouns in (
            (0 if plan.prevalence is None else len(plan.prevalence.by), ("division", "divisions", " of prevalence")),
            (len(analysis.correlations), ("family", "families", " of correlations")),
            (pooled, ("model", "models", " repeated with imputed values")),
        )
        if number
    ]
    known(
        "17",
        "Other analyses",
        "Subgroups, interactions, sensitivity analyses.",
        f"{'; '.join(other)}." if other else "",
    )
    authors("18", "Key results", "Key results with reference to the objectives.", said.key_results)
    authors("19", "Limitations", "Limitations, bias, imprecision.", said.limitations)
    authors("20", "Interpretation", "A cautious interpretation.", said.interpretation)
    authors("21", "Generalisability", "To whom the results apply.", said.generalisability)
    authors("22", "Funding", "Sources of funding and the role of the funders.", said.funding)
    return tuple(items)


def _outcomes(analysis: Analysis) -> str:
    parts = []
    if analysis.frequencies is not None:
        parts.append(
            f"{_counted(len(analysis.frequencies.rows), 'prevalence')} with intervals, see the table of prevalence."
        )
    for each in analysis.survival:
        events = sum(curve.events for curve in each.result.curves)
        parts.append(f"{each.wanted.title}: {_counted(events, 'event')}.")
    return " ".join(parts)


def _results(analysis: Analysis) -> str:
    families = (*analysis.associations, *analysis.comparisons)
    tests = sum(len(family.pairs) for family in families)
    parts = []
    if tests:
        where = _counted(len(families), "table")
        parts.append(f"{_counted(tests, 'unadjusted estimate')} with intervals in {where}.")
    if analysis.models:
        parts.append(f"{_counted(len(analysis.models), 'model')}, with their tables.")
    return " ".join(parts)


def _counted(number: int, one: str, several: str = "", rest: str = "") -> str:
    """Return a number with its noun: ``1 family of correlations``, ``2 families of correlations``."""
    return f"{number} {one if number == 1 else several or f'{one}s'}{rest}"
