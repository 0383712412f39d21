from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from sclerograph.cohort.logistic import fit_logistic
from sclerograph.cohort.pooling import fit_logistic_imputed, pool_estimates, pool_terms
from sclerograph.cohort.term import term_not_estimated, wald_term
from sclerograph.errors import UsageError


def test_rubins_rules_written_out() -> None:
    pooled = pool_estimates([1.0, 2.0, 3.0], [0.5, 0.5, 0.5])
    # Within 0.25, between 1 with the factor 4/3.
    assert pooled.estimate == 2.0
    assert pooled.standard_error == pytest.approx(math.sqrt(0.25 + 4.0 / 3.0))
    lost = (4.0 / 3.0) / (0.25 + 4.0 / 3.0)
    assert pooled.degrees == pytest.approx(2.0 / lost**2)
    increase = (4.0 / 3.0) / 0.25
    assert pooled.missing_information == pytest.approx((increase + 2.0 / (pooled.degrees + 3.0)) / (increase + 1.0))


def test_degrees_of_freedom_never_exceed_those_of_the_whole_table() -> None:
    """Barnard & Rubin 1999: in small tables the large-sample formula gives more than there are patients."""
    loose = pool_estimates([1.00, 1.01, 0.99], [0.5, 0.5, 0.5])
    tight = pool_estimates([1.00, 1.01, 0.99], [0.5, 0.5, 0.5], complete_degrees=75.0)
    assert loose.degrees > 75.0 > tight.degrees > 70.0
    lost = 1.0 - 0.25 / tight.standard_error**2
    observed = 76.0 / 78.0 * 75.0 * (1.0 - lost)
    assert tight.degrees == pytest.approx(1.0 / (1.0 / loose.degrees + 1.0 / observed))


def test_tables_that_agree_lose_no_information() -> None:
    pooled = pool_estimates([1.0, 1.0], [0.5, 0.5])
    assert (pooled.standard_error, pooled.degrees, pooled.missing_information) == (0.5, math.inf, 0.0)


def test_terms_are_pooled_by_name_with_students_t() -> None:
    fits = [[wald_term("age", value, 0.2, 0.95)] for value in (0.4, 0.5, 0.7)]
    (pooled,) = pool_terms(fits, complete_degrees=75.0)
    alone = pool_estimates([0.4, 0.5, 0.7], [0.2, 0.2, 0.2], 75.0)
    term = pooled.term
    assert term.estimate == pytest.approx(1.6 / 3.0)
    assert term.ratio == pytest.approx(math.exp(1.6 / 3.0))
    assert term.p == pytest.approx(2.0 * student.sf(alone.estimate / alone.standard_error, alone.degrees))
    assert term.low == pytest.approx(
        math.exp(alone.estimate - student.ppf(0.975, alone.degrees) * alone.standard_error)
    )
    assert term.interval_method == "Rubin's rules"
    assert pooled.missing_information == alone.missing_information


def test_a_term_that_one_table_lacks_is_not_pooled() -> None:
    fits = [[wald_term("age", 0.4, 0.2, 0.95)], [term_not_estimated("age", "age has the same value in every patient")]]
    (pooled,) = pool_terms(fits)
    assert pooled.term.p is None
    assert "not estimated in 1 of 2 imputed tables: age has the same value" in str(pooled.term.test.note)
    assert pooled.missing_information is None


def test_what_cannot_be_pooled_is_refused() -> None:
    first, second = [wald_term("age", 0.4, 0.2, 0.95)], [wald_term("sex", 0.4, 0.2, 0.95)]
    with pytest.raises(UsageError, match="different terms"):
        pool_terms([first, second])
    with pytest.raises(UsageError, match="at least two"):
        pool_terms([first])
    with pytest.raises(UsageError, match="at least two"):
        pool_estimates([1.0], [1.0])
    with pytest.raises(UsageError, match="at least two"):
        fit_logistic_imputed([])


def _tables(events: int) -> list[tuple[np.ndarray, pd.DataFrame]]:
    rng = np.random.default_rng(1)
    outcome = (np.arange(200) < events).astype(float)
    age = rng.normal(size=200) + 0.5 * outcome
    return [(outcome, pd.DataFrame({"age": age + 0.2 * rng.normal(size=200)})) for _ in range(3)]


def test_a_logistic_model_is_fitted_to_each_table_and_pooled() -> None:
    tables = _tables(80)
    result = fit_logistic_imputed(tables)
    fits = [fit_logistic(outcome, design) for outcome, design in tables]
    (expected,) = pool_terms([fit.terms for fit in fits], 198.0)
    assert result.terms == (expected,)
    assert (result.penalty, result.n, result.imputations, result.converged) == ("none", 200, 3, True)
    assert "pooled over 3 imputed tables" in result.method


def test_the_penalty_is_used_in_all_tables_or_none() -> None:
    tables = _tables(30)
    # One table is separated, the others are not.
    outcome, design = tables[0]
    tables[0] = (outcome, design.assign(age=outcome))
    result = fit_logistic_imputed(tables)
    assert result.penalty == "firth"
    fits = [fit_logistic(outcome, design, "firth") for outcome, design in tables]
    assert result.terms[0].term.estimate == pytest.approx(
        np.mean([float(fit.terms[0].estimate or 0.0) for fit in fits])
    )
    assert any("symmetric" in warning for warning in result.warnings)
    assert any("separation" in warning for warning in result.warnings)
