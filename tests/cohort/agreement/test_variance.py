from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from sclerograph.cohort.agreement.variance import mean_squares
from sclerograph.errors import UsageError


def test_the_mean_squares_are_those_of_statsmodels() -> None:
    random = np.random.default_rng(1)
    ratings = random.normal(1000.0, 1.0, (7, 3)) + random.normal(0, 3, (7, 1)) + np.array([0.0, 1.0, 2.0])
    found = mean_squares(list(ratings.T))
    assert found is not None
    rows, columns = np.indices(ratings.shape)
    table = pd.DataFrame({"value": ratings.ravel(), "row": rows.ravel(), "column": columns.ravel()})
    both = anova_lm(ols("value ~ C(row) + C(column)", table).fit())["mean_sq"]
    assert (found.rows, found.columns, found.error) == pytest.approx(tuple(both), rel=1e-6)
    one = anova_lm(ols("value ~ C(row)", table).fit())["mean_sq"]
    assert (found.rows, found.within) == pytest.approx(tuple(one), rel=1e-6)


def test_rows_with_a_missing_rating_are_left_out_and_counted() -> None:
    whole = mean_squares([[1, 2, 4], [2, 2, 5]])
    holed = mean_squares([[1, 2, None, 4, 9], [2, 2, 7, 5, None]])
    assert whole is not None
    assert holed is not None
    assert (holed.subjects, holed.missing, holed.error) == (3, 2, whole.error)
    assert mean_squares([[1, None], [None, 2]]) is None


def test_one_reader_is_refused() -> None:
    with pytest.raises(UsageError, match="fewer than two readings"):
        mean_squares([[1, 2, 3]])
