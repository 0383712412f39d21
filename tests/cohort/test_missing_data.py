from __future__ import annotations

import pandas as pd

from sclerograph.cohort.missing_data import MissingPattern, MissingVariable, summarise_missing


def test_variables_and_patterns_are_counted() -> None:
    frame = pd.DataFrame(
        {
            "age": [50.0, 60.0, None, 70.0, None],
            "subset": ["limited", None, None, None, None],
            "death": pd.array([True, False, True, False, None], dtype="boolean"),
        }
    )
    found = summarise_missing(frame)
    assert (found.n, found.complete) == (5, 1)
    assert found.variables == (
        MissingVariable("age", 2, 0.4),
        MissingVariable("subset", 4, 0.8),
        MissingVariable("death", 1, 0.2),
    )
    assert found.patterns == (
        MissingPattern(("subset",), 2),
        MissingPattern(("age", "subset"), 1),
        MissingPattern(("age", "subset", "death"), 1),
    )


def test_a_whole_table_has_no_pattern() -> None:
    found = summarise_missing(pd.DataFrame({"age": [1.0, 2.0]}))
    assert (found.complete, found.patterns) == (2, ())


def test_an_empty_table_has_no_share() -> None:
    found = summarise_missing(pd.DataFrame({"age": []}))
    assert (found.n, found.complete, found.patterns) == (0, 0, ())
    assert found.variables == (MissingVariable("age", 0, None),)
