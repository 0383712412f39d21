"""Whether the long tables of a cohort hold what a plan asks of them."""

from __future__ import annotations

from sclerograph.cohort.data import Cohort
from sclerograph.cohort.plan import Plan
from sclerograph.cohort.reader_agreement import readers_of
from sclerograph.cohort.regressions import check_columns
from sclerograph.cohort.sites import count_sites, follow_course

__all__ = ["check_long_tables"]


def check_long_tables(plan: Plan, cohort: Cohort) -> None:
    """Check models, maps, courses and readers against their long tables, which a run does only when it comes to them.

    Raises
    ------
    UsageError
        A column is missing or of the wrong kind, or a row cannot be used; one line that says which.
    """
    for model in plan.models:
        if model.table is not None:
            check_columns(plan, model, cohort.long[model.table])
    for site_map in plan.maps:
        count_sites(site_map, cohort.long)
    for course in plan.courses:
        follow_course(course, cohort.long)
    for agreement in plan.agreement:
        readers_of(agreement, cohort.long)
