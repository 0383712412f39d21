"""Runs a plan on a cohort: every number of the report is computed here, and only here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sclerograph.cohort.beside_printed import BesidePrinted, beside_printed
from sclerograph.cohort.data import Cohort
from sclerograph.cohort.frequency import Frequencies, count_findings
from sclerograph.cohort.missing_data import MissingSummary, summarise_missing
from sclerograph.cohort.pairs import Family, run_families
from sclerograph.cohort.plan import Plan, Survival
from sclerograph.cohort.reader_agreement import ReadersAgreement, compare_readers
from sclerograph.cohort.regressions import Regression, run_model
from sclerograph.cohort.sites import CourseResult, SiteMapResult, count_sites, follow_course
from sclerograph.cohort.survival import KaplanMeier, kaplan_meier
from sclerograph.cohort.table_one import Characteristics, describe_patients

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Analysis", "SurvivalResult", "run_analysis"]


@dataclass(frozen=True)
class SurvivalResult:
    """Time to an event as a plan asks for it."""

    wanted: Survival
    result: KaplanMeier


@dataclass(frozen=True)
class Analysis:
    """All results of a plan, in the order of the report."""

    plan: Plan
    cohort: Cohort
    missing: MissingSummary
    table_one: Characteristics | None
    frequencies: Frequencies | None
    associations: tuple[Family, ...]
    comparisons: tuple[Family, ...]
    correlations: tuple[Family, ...]
    models: tuple[Regression, ...]
    survival: tuple[SurvivalResult, ...]
    agreement: tuple[ReadersAgreement, ...]
    maps: tuple[SiteMapResult, ...]
    courses: tuple[CourseResult, ...]
    printed: BesidePrinted | None

    @property
    def n(self) -> int:
        """The patients that were analysed."""
        return len(self.cohort.table)


def run_analysis(plan: Plan, cohort: Cohort, told: Callable[[str], None] = lambda _: None) -> Analysis:
    """Compute everything that a plan asks for.

    Parameters
    ----------
    plan, cohort
        What is asked for, and the patients that it was loaded with.
    told
        Is called with what comes next, for a line of progress.

    Raises
    ------
    UsageError
        A long table lacks a column, or a variable cannot be what the plan makes of it.
    """
    table, long, level = cohort.table, cohort.long, plan.confidence_level
    told("characteristics")
    one = None if plan.table_one is None else describe_patients(plan, plan.table_one, table)
    frequencies = None if plan.prevalence is None else count_findings(plan, plan.prevalence, table)
    associations, comparisons, correlations = run_families(plan, table, told)
    models = []
    for model in plan.models:
        told(model.title)
        models.append(run_model(plan, model, table, long))
    survival = []
    for wanted in plan.survival:
        told(wanted.title)
        survival.append(SurvivalResult(wanted, _survival(plan, wanted, table)))
    told("readers and maps")
    return Analysis(
        plan=plan,
        cohort=cohort,
        missing=summarise_missing(table),
        table_one=one,
        frequencies=frequencies,
        associations=associations,
        comparisons=comparisons,
        correlations=correlations,
        models=tuple(models),
        survival=tuple(survival),
        agreement=tuple(compare_readers(wanted, long, level) for wanted in plan.agreement),
        maps=tuple(count_sites(wanted, long) for wanted in plan.maps),
        courses=tuple(follow_course(wanted, long) for wanted in plan.courses),
        printed=None if plan.printed is None else beside_printed(plan, plan.printed, table),
    )


def _survival(plan: Plan, wanted: Survival, table: pd.DataFrame) -> KaplanMeier:
    group = None
    if wanted.group is not None:
        variable = plan.variable(wanted.group)
        group = table[wanted.group]
        if variable.kind == "binary":
            group = group.map({0.0: "no", 1.0: "yes"}).astype("category")
    return kaplan_meier(table[wanted.time], table[wanted.event], group, plan.confidence_level)
