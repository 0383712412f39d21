from __future__ import annotations

import numpy as np

from sclerograph.registry.table.problems import Problems


def problems():
    found = Problems(np.asarray([2, 3, 5, 6]))
    found.add(np.asarray([2, 0]), 27, "mrss", "is not a number")
    found.add(np.asarray([2]), 1, "sex", "is none of the codes")
    found.add(np.asarray([3]), None, None, "has not as many cells as the header")
    found.add(np.asarray([], np.int64), 1, "sex", "never happens")
    return found


def test_problems_come_in_the_order_of_rows_and_columns():
    assert [str(problem) for problem in problems()] == [
        "row 2, column AB (mrss): is not a number",
        "row 5, column B (sex): is none of the codes",
        "row 5, column AB (mrss): is not a number",
        "row 6: has not as many cells as the header",
    ]
    assert len(problems()) == 4


def test_rows_are_told_good_from_bad():
    assert problems().bad_rows().tolist() == [True, False, True, True]
    assert problems().of_rows() == {
        2: "column AB (mrss) is not a number",
        5: "column B (sex) is none of the codes; column AB (mrss) is not a number",
        6: "has not as many cells as the header",
    }


def test_the_summary_counts_and_names_the_first_row():
    assert problems().summary() == [
        "column AB (mrss): is not a number: 2 rows, first row 2",
        "column B (sex): is none of the codes: 1 row, first row 5",
        "whole row: has not as many cells as the header: 1 row, first row 6",
    ]


def test_the_list_is_a_table():
    assert problems().to_csv().splitlines() == [
        "row,column,variable,problem",
        "2,AB,mrss,is not a number",
        "5,B,sex,is none of the codes",
        "5,AB,mrss,is not a number",
        "6,,,has not as many cells as the header",
    ]


def test_no_problem_is_an_empty_list():
    none = Problems(np.asarray([2]))
    assert (len(none), list(none), none.summary(), none.of_rows()) == (0, [], [], {})
