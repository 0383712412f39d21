"""The example cohort, analysed once for all tests that look at its results."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sclerograph.cohort.analysis import Analysis, run_analysis
from sclerograph.cohort.data import load_cohort
from sclerograph.cohort.plan import Missing, Plan, read_plan

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "cohort"


@lru_cache(maxsize=1)
def example_analysis() -> Analysis:
    """Return the results of the example; two imputations suffice here."""
    return analysis_of(
        read_plan(EXAMPLE / "plan.toml").model_copy(update={"missing": Missing(imputations=2, rounds=2)})
    )


def analysis_of(plan: Plan) -> Analysis:
    """Return the results of a plan on the tables of the example."""
    return run_analysis(plan, load_cohort(plan, EXAMPLE))
