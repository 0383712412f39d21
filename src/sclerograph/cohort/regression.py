"""What logistic regression and Cox's model have in common: from a likelihood to the lines of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import chi2

from sclerograph.cohort.interval import TestResult, normal_quantile
from sclerograph.cohort.likelihood.newton import FloatArray, LogLikelihood, Maximum, maximise
from sclerograph.cohort.likelihood.orthonormal_basis import OrthonormalBasis
from sclerograph.cohort.likelihood.profile import likelihood_ratio, profile_interval
from sclerograph.cohort.likelihood.separation import Separation
from sclerograph.cohort.penalty import Penalty, PenaltyChoice
from sclerograph.cohort.term import Term, ratio_of, term_not_estimated, wald_term

__all__ = ["Fit", "LikelihoodInBasis", "fit_terms", "overall_test", "terms_without_estimate", "try_fit"]

#: Builds the likelihood of a model on the columns of a basis, with or without Firth's penalty.
LikelihoodInBasis = Callable[[FloatArray, bool], LogLikelihood]

#: Without penalty the search takes a dozen steps, or more than any number of steps.
_MAX_PLAIN_STEPS = 50


@dataclass(frozen=True)
class Fit:
    """A model at the maximum of its likelihood."""

    basis: OrthonormalBasis
    likelihood: LogLikelihood
    maximum: Maximum
    firth: bool
    warnings: tuple[str, ...]


def try_fit(
    columns: FloatArray,
    build: LikelihoodInBasis,
    penalty: Penalty,
    find_separation: Callable[[bool], Separation | None],
    choose: Callable[[Separation | None], PenaltyChoice],
) -> Fit:
    """Fit with the penalty that is asked for or needed.

    Parameters
    ----------
    columns
        Linearly independent, shape (n, k).
    build
        The model.
    penalty
        What was asked for.
    find_separation
        Looks for covariates that separate the outcome; told whether to look for combinations.
    choose
        Decides on the penalty.
    """
    basis = OrthonormalBasis(columns)
    start = np.zeros(basis.columns.shape[1])
    separation = find_separation(False)
    plain: Maximum | None = None
    if separation is None:
        # A plain fit is tried even where Firth's is wanted: that it ends is the proof that nothing separates.
        plain = maximise(build(basis.columns, False), start, max_iterations=_MAX_PLAIN_STEPS)
        if not plain.converged:
            separation = find_separation(True)
    choice = choose(separation)
    warnings = list(choice.warnings)
    # Where the plain search fails without separation, Firth's is tried too: its maximum is always finite.
    firth = choice.firth or (penalty == "auto" and (plain is None or not plain.converged))
    if firth and not choice.firth:
        warnings.append("the likelihood without penalty could not be maximised: Firth's penalty was used")
    likelihood = build(basis.columns, firth)
    if firth:
        maximum = maximise(likelihood, start)
    else:
        maximum = plain if plain is not None else Maximum(start, likelihood(start), converged=False)
    if not maximum.converged and separation is None:
        warnings.append("the search for the maximum of the likelihood did not end: nothing is estimated")
    return Fit(basis, likelihood, maximum, firth, tuple(warnings))


def fit_terms(fit: Fit, names: Sequence[str], level: float) -> list[Term]:
    """Return the terms of all columns: profile likelihood with the penalty, Wald without it.

    Parameters
    ----------
    fit
        Its maximum was found.
    names
        Of the columns.
    level
        Confidence level of the intervals.
    """
    estimates = fit.basis.coefficients(fit.maximum.parameters)
    errors = np.sqrt(np.diag(fit.basis.covariance(fit.maximum.evaluation.information)))
    terms = []
    for position, name in enumerate(names):
        term = wald_term(name, float(estimates[position]), float(errors[position]), level)
        if fit.firth:
            contrast = fit.basis.to_coefficients[position]
            interval = profile_interval(fit.likelihood, fit.maximum, contrast, normal_quantile(level))
            statistic = likelihood_ratio(fit.likelihood, fit.maximum, contrast[np.newaxis, :])
            term = replace(
                term,
                low=ratio_of(interval.low),
                high=ratio_of(interval.high),
                interval_method="profile penalised likelihood",
                test=_ratio_test("penalised likelihood-ratio test", statistic, 1),
            )
        terms.append(term)
    return terms


def terms_without_estimate(names: Sequence[str], reasons: dict[str, str], otherwise: str) -> list[Term]:
    """Return empty terms, each with its own reason or the common one."""
    return [term_not_estimated(name, reasons.get(name, otherwise)) for name in names]


def overall_test(fit: Fit, positions: Sequence[int]) -> TestResult:
    """Test that the coefficients at these positions are all zero, by the (penalised) likelihood ratio."""
    name = "penalised likelihood-ratio test" if fit.firth else "likelihood-ratio test"
    if not positions:
        return TestResult(name, None, None, "the model has no covariate")
    statistic = likelihood_ratio(fit.likelihood, fit.maximum, fit.basis.to_coefficients[list(positions)])
    return _ratio_test(name, statistic, len(positions))


def _ratio_test(name: str, statistic: float | None, degrees: int) -> TestResult:
    if statistic is None:
        return TestResult(name, None, None, "the restricted model could not be fitted")
    plural = "degree" if degrees == 1 else "degrees"
    return TestResult(name, statistic, float(chi2.sf(statistic, degrees)), f"{degrees} {plural} of freedom")
