from __future__ import annotations

import pandas as pd
import pytest

from sclerograph.cohort.plan import Course, SiteMap
from sclerograph.cohort.sites import count_sites, follow_course
from sclerograph.errors import UsageError


def site_map(kind: str = "hand", site: str = "digit", **more: object) -> SiteMap:
    return SiteMap(title="M", kind=kind, table="t", site=site, finding="found", **more)


def counts(wanted: SiteMap, **columns: list[object]) -> dict[tuple[str, str | None, str | None], tuple[int, int]]:
    result = count_sites(wanted, {"t": pd.DataFrame(columns)})
    return {(each.site, each.side, each.segment): (each.successes, each.n) for each in result.sites}


def test_a_patient_counts_once_at_a_site_and_missing_values_not_at_all():
    found = counts(
        site_map(),
        patient=["A", "A", "B", "C", "A"],
        side=["L", "L", "L", "L", "right"],
        digit=[1.0, 1.0, 1.0, 1.0, 2.0],
        found=[0.0, 1.0, 0.0, None, 1.0],
    )
    assert found == {("DP1", "L", None): (1, 2), ("DP2", "R", None): (1, 1)}


def test_codes_of_sites_stay_as_they_are_and_grades_have_their_threshold():
    columns = {"patient": ["A", "B"], "side": ["L", "L"], "joint": ["PIP2", "PIP2"], "found": [1.0, 3.0]}
    assert counts(site_map(site="joint", at_least=2.0), **columns) == {("PIP2", "L", None): (1, 2)}


def test_regions_of_the_body_with_and_without_sides():
    columns = {"patient": ["A", "B"], "region": ["elbow", "elbow"], "found": [1.0, 0.0]}
    assert counts(site_map("body", "region"), **columns) == {("elbow", None, None): (1, 2)}
    sided = counts(site_map("body", "region"), side=["L", "R"], **columns)
    assert sided == {("elbow", "L", None): (1, 1), ("elbow", "R", None): (0, 1)}


def test_what_has_no_left_and_right_is_counted_beside_what_has():
    found = counts(
        site_map("body", "region"),
        patient=["A", "A", "B", "B"],
        region=["elbow", "pelvis", "elbow", "pelvis"],
        side=["L", None, "L", None],
        found=[1.0, 1.0, 0.0, 0.0],
    )
    assert found == {("elbow", "L", None): (1, 2), ("pelvis", None, None): (1, 2)}


@pytest.mark.parametrize(
    ("kind", "site", "side", "said"),
    [
        ("body", "elbow", "X", "without a side"),
        ("body", "pelvis", "L", "at a side of pelvis, which has none"),
        ("body", "leg", "L", "no region of the body: upper_arm"),
        ("body", None, "L", "without a site"),
        ("hand", "PIP2", None, "without a side"),
        ("hand", "PIP1", "L", "no site of the hand"),
    ],
)
def test_what_could_not_be_drawn_is_refused_before_it_is_counted(kind, site, side, said):
    with pytest.raises(UsageError, match=said):
        counts(site_map(kind, "site"), patient=["A"], site=[site], side=[side], found=[1.0])


@pytest.mark.parametrize(("level", "segment", "said"), [("T13", "canal", "no level"), ("T5", "left", "in no segment")])
def test_what_is_no_part_of_the_spine_is_refused(level, segment, said):
    with pytest.raises(UsageError, match=said):
        counts(site_map("spine", "level"), patient=["A"], level=[level], segment=[segment], found=[1.0])


def test_levels_and_segments_of_the_spine():
    columns = {"patient": ["A", "B"], "level": ["T5", "T5"], "segment": ["canal", "canal"], "found": [1.0, 0.0]}
    assert counts(site_map("spine", "level"), **columns) == {("T5", None, "canal"): (1, 2)}


def test_a_column_that_is_not_there_or_no_number_is_named():
    with pytest.raises(UsageError, match="no column 'side'"):
        counts(site_map(), patient=["A"], digit=[1.0], found=[1.0])
    with pytest.raises(UsageError, match="'found' of t holds values that are no numbers"):
        counts(site_map(), patient=["A"], digit=[1.0], side=["L"], found=["yes"])


def course(**columns: list[object]):
    return follow_course(Course(title="C", table="t", time="year", value="area"), {"t": pd.DataFrame(columns)})


def test_courses_are_in_the_order_of_time_and_single_visits_are_counted():
    result = course(patient=["A", "B", "A", "C", "C"], year=[1.0, 0.0, 0.0, 0.0, 1.0], area=[5.0, 1.0, 4.0, 2.0, None])
    (one,) = result.courses
    assert (one.time, one.value) == ((0.0, 1.0), (4.0, 5.0))
    assert result.single == 2


def test_two_values_at_one_time_are_an_error():
    with pytest.raises(UsageError, match="two values of one patient"):
        course(patient=["A", "A"], year=[0.0, 0.0], area=[1.0, 2.0])


def test_a_course_of_values_below_zero_is_refused():
    with pytest.raises(UsageError, match="below 0"):
        course(patient=["A", "A"], year=[0.0, 1.0], area=[5.0, -1.0])
