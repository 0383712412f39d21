"""Cox's proportional hazards model of the time to an event, with Firth's penalty where it is needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sclerograph.cohort.design import check_binary, check_times, read_design
from sclerograph.cohort.interval import TestResult, check_level
from sclerograph.cohort.likelihood.cox import CoxLikelihood, Ties
from sclerograph.cohort.likelihood.newton import FloatArray, LogLikelihood
from sclerograph.cohort.likelihood.separation import Separation, cox_separation
from sclerograph.cohort.penalty import Penalty, PenaltyChoice, check_penalty, choose_penalty
from sclerograph.cohort.regression import fit_terms, overall_test, terms_without_estimate, try_fit
from sclerograph.cohort.term import Term
from sclerograph.errors import UsageError

__all__ = ["CoxResult", "fit_cox"]


@dataclass(frozen=True)
class CoxResult:
    """A fitted Cox model."""

    #: One for each column of the design, in order; ratios are hazard ratios.
    terms: tuple[Term, ...]
    #: How the model was fitted, as it is printed under the table.
    method: str
    #: ``firth`` or ``none``.
    penalty: str
    #: How events at one time were treated: ``efron`` or ``breslow``.
    ties: str
    #: What the reader of the table must know: separation, few events, rows and columns left out.
    warnings: tuple[str, ...]
    #: Patients that the model rests on.
    n: int
    #: Patients with the event.
    events: int
    #: Rows left out for missing values.
    left_out: int
    converged: bool
    #: The greatest (penalised) partial log-likelihood.
    log_likelihood: float | None
    #: That no covariate has any effect.
    overall: TestResult


def fit_cox(
    time: ArrayLike | pd.Series,
    event: ArrayLike | pd.Series,
    design: pd.DataFrame,
    penalty: Penalty = "auto",
    ties: Ties = "efron",
    level: float = 0.95,
) -> CoxResult:
    """Fit Cox's model.

    Without penalty, intervals and tests are Wald's. With Firth's penalty they are those of the profile penalised
    partial likelihood (Heinze & Schemper 2001, doi:10.1111/j.0006-341X.2001.00114.x).

    Parameters
    ----------
    time
        From the origin to the event or to the end of follow-up, in any unit, not negative.
    event
        1 where the time ended with the event, 0 where follow-up ended without it.
    design
        One column a covariate, numbers or booleans, known at the origin.
    penalty
        ``firth``, ``none``, or ``auto``: Firth's where the likelihood is monotone in a covariate or there are fewer
        than ten events for each variable. ``warnings`` says so.
    ties
        How events at one time are treated.
    level
        Confidence level of the intervals.

    Raises
    ------
    UsageError
        Where a time is negative, an event is neither 0 nor 1, or the design cannot be read.
    """
    check_penalty(penalty)
    check_level(level)
    if ties not in ("efron", "breslow"):
        raise UsageError(f"{ties} is no way to treat ties: Cox's model knows efron and breslow; choose one of them")
    read = read_design(design, {"the time": time, "the event": event})
    times, observed = read.responses["the time"], read.responses["the event"]
    check_times(times)
    check_binary(observed, "the event")
    happened = observed == 1.0
    n, events = len(times), int(happened.sum())
    left_out = len(read.complete) - n
    if events == 0:
        reason = f"no event among {n} patients: nothing can be explained"
        return _nothing(read.names, {}, reason, (*read.warnings, reason), ties, n, events, left_out)
    # Who left before the first event was never at risk with anybody: he tells nothing.
    at_risk = times >= times[happened].min()
    dependent = read.dependent_columns(at_risk) if int(at_risk.sum()) > 1 else {}
    kept = [position for position, name in enumerate(read.names) if name not in dependent]
    names = tuple(read.names[position] for position in kept)
    matrix, times_used, happened_used = read.matrix[at_risk][:, kept], times[at_risk], happened[at_risk]
    told = tuple(f"{reason}{_at_risk_words(at_risk)}: it was left out" for reason in dependent.values())
    if int(at_risk.sum()) < 2 or not names:
        reason = "no covariate differs among those at risk at an event: nothing can be explained"
        return _nothing(read.names, dependent, reason, (*read.warnings, *told, reason), ties, n, events, left_out)

    def build(columns: FloatArray, firth: bool) -> LogLikelihood:
        return CoxLikelihood(columns, times_used, happened_used, ties=ties, firth=firth)

    def find(combinations: bool) -> Separation | None:
        return cox_separation(matrix, times_used, happened_used, names, combinations=combinations)

    def choose(separation: Separation | None) -> PenaltyChoice:
        return choose_penalty(penalty, events, len(names), separation)

    fit = try_fit(matrix - matrix.mean(axis=0), build, penalty, find, choose)
    warnings = (*read.warnings, *told, *fit.warnings)
    if not fit.maximum.converged:
        reason = "the likelihood has no maximum: no finite estimate without penalty"
        return _nothing(read.names, dependent, reason, warnings, ties, n, events, left_out, fit.firth)
    estimated = fit_terms(fit, names, level)
    by_name = {term.name: term for term in [*estimated, *terms_without_estimate(list(dependent), dependent, "")]}
    return CoxResult(
        terms=tuple(by_name[name] for name in read.names),
        method=_method(ties, fit.firth),
        penalty="firth" if fit.firth else "none",
        ties=ties,
        warnings=warnings,
        n=n,
        events=events,
        left_out=left_out,
        converged=True,
        log_likelihood=fit.maximum.evaluation.value,
        overall=overall_test(fit, range(len(names))),
    )


def _method(ties: str, firth: bool) -> str:
    named = f"Cox's proportional hazards model ({ties.capitalize()}'s treatment of ties"
    return f"{named}, Firth's penalty)" if firth else f"{named})"


def _at_risk_words(at_risk: NDArray[np.bool_]) -> str:
    return "" if at_risk.all() else " who was at risk at the first event"


def _nothing(
    names: tuple[str, ...],
    dependent: dict[str, str],
    reason: str,
    warnings: tuple[str, ...],
    ties: str,
    n: int,
    events: int,
    left_out: int,
    firth: bool = False,
) -> CoxResult:
    """Return a result without any estimate."""
    return CoxResult(
        terms=tuple(terms_without_estimate(names, dependent, reason)),
        method=_method(ties, firth),
        penalty="firth" if firth else "none",
        ties=ties,
        warnings=warnings,
        n=n,
        events=events,
        left_out=left_out,
        converged=False,
        log_likelihood=None,
        overall=TestResult("likelihood-ratio test", None, None, reason),
    )
