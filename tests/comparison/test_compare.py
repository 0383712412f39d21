from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sclerograph.comparison.compare import compare
from sclerograph.comparison.json_file import read_comparison, write_comparison
from sclerograph.comparison.records import Comparison, MeasureChange
from sclerograph.comparison.repeatability import Repeatability
from sclerograph.comparison.schema import comparison_schema, schema_text
from sclerograph.errors import UnreadableFile
from sclerograph.findings.json_file import write_reading
from sclerograph.findings.records import CortexFinding, Interval, Reading
from tests.comparison.visits import PX_PER_MM, Points, beside, blob, hand, place, posture, reading

PUBLISHED = Path(__file__).parents[2] / "docs" / "comparison.schema.json"

#: Where deposits lie: bone ends, share along, distance, site, digit.
SPOTS = (
    ("PIP3", "DIP3", 0.4, 6.0, "MP3", 3),
    ("DIP2", "TIP2", 0.9, -3.0, "DP2", 2),
    ("CMC1", "MCP1", 0.2, 5.0, "CMC1", 1),
    ("CMC4", "MCP4", 0.5, 0.0, "MC4", 4),
    ("CAP", "LUN", 0.6, 2.0, "LUN", None),
)


def visit(
    radii_mm: dict[int, float],
    points: Points | None = None,
    *,
    px_per_mm: float = PX_PER_MM,
    turn_deg: float = 0.0,
    mm: bool = True,
    name: str = "visit",
) -> Reading:
    """Return a reading with round deposits of these radii at some of the spots."""
    bones = posture() if points is None else points
    mm_per_pixel = 1.0 / px_per_mm if mm else None
    deposits = [
        blob(
            f"d{n}",
            place(beside(bones, a, b, along, off), px_per_mm, turn_deg),
            radius * px_per_mm,
            site,
            digit,
            mm_per_pixel=mm_per_pixel,
        )
        for n, (a, b, along, off, site, digit) in enumerate(SPOTS)
        if (radius := radii_mm.get(n))
    ]
    return reading([hand(place(bones, px_per_mm, turn_deg), deposits)], mm_per_pixel, name=name)


def statuses(comparison: Comparison) -> dict[str, str]:
    return {(change.first or change.second)[0]: change.status for change in comparison.hands[0].deposits}


def test_every_fate_is_told_over_another_posture_and_another_film():
    first = visit({0: 2.0, 1: 1.5, 2: 3.0, 3: 2.0})
    second = visit({0: 2.6, 1: 1.0, 2: 3.0, 4: 1.5}, posture({3: 9.0, 2: -8.0}), px_per_mm=7.3, turn_deg=25.0, name="b")
    comparison = compare(first, second, repeatability={})
    assert statuses(comparison) == {"d0": "grown", "d1": "shrunk", "d2": "stable", "d3": "gone", "d4": "new"}
    (whole,) = comparison.hands
    grown = next(change for change in whole.deposits if change.status == "grown")
    assert grown.area.change_percent == pytest.approx(69.0, abs=2.0)
    assert grown.area.change_mm2 == pytest.approx(np.pi * (2.6**2 - 2.0**2), rel=0.02)
    assert grown.distance_mm is not None
    assert grown.distance_mm < 0.8
    assert whole.scale.source == "calibration"
    assert comparison.patient.deposits == {"new": 1, "grown": 1, "stable": 1, "shrunk": 1, "gone": 1}


def test_without_calibration_the_bones_do_as_well():
    radii = {0: 2.0, 1: 1.5}, {0: 2.6, 1: 1.5}
    with_mm = compare(visit(radii[0]), visit(radii[1], px_per_mm=9.0), repeatability={})
    for mm in ((True, False), (False, True), (False, False)):
        found = compare(visit(radii[0], mm=mm[0]), visit(radii[1], px_per_mm=9.0, mm=mm[1]), repeatability={})
        assert found.hands[0].scale.source == "bones"
        for one, other in zip(found.hands[0].deposits, with_mm.hands[0].deposits, strict=True):
            assert one.area.change_percent == pytest.approx(other.area.change_percent, abs=0.1)
            assert one.area.first_area_ratio == pytest.approx(other.area.first_area_ratio, rel=1e-3)
        assert (found.hands[0].calcinosis.first_area_mm2 is None) == (mm == (False, False))


radii = st.dictionaries(st.sampled_from(range(len(SPOTS))), st.floats(0.8, 3.5), max_size=len(SPOTS))


@settings(max_examples=12)
@given(first=radii, second=radii)
def test_back_in_time_everything_is_the_other_way_round(first, second):
    one, other = visit(first), visit(second, posture({3: 6.0}), px_per_mm=6.0, name="b")
    there, back = compare(one, other, repeatability={}), compare(other, one, repeatability={})
    opposite = {"new": "gone", "gone": "new", "grown": "shrunk", "shrunk": "grown", "stable": "stable"}
    assert statuses(there) == {name: opposite[status] for name, status in statuses(back).items()}
    assert there.patient.calcinosis.change_mm2 == pytest.approx(-back.patient.calcinosis.change_mm2, abs=1e-9)


@settings(max_examples=12)
@given(first=radii)
def test_a_reading_has_not_changed_against_itself(first):
    comparison = compare(visit(first), visit(first), repeatability={})
    assert set(statuses(comparison).values()) <= {"stable"}
    assert comparison.patient.calcinosis.change_class == ("stable" if first else "absent")
    assert any("one film belongs to both" in note for note in comparison.notes)


def test_a_deposit_that_is_called_by_another_site_has_not_moved():
    first, second = visit({0: 2.0}), visit({0: 2.0}, name="b")
    deposit = second.hands[0].deposits[0].model_copy(update={"site": "PIP3"})
    second = second.model_copy(update={"hands": [second.hands[0].model_copy(update={"deposits": [deposit]})]})
    (whole,) = compare(first, second, repeatability={}).hands
    assert [(change.site, change.status) for change in whole.deposits] == [("MP3", "stable")]
    assert [(p.name, p.first_deposits, p.second_deposits) for p in whole.places] == [("MP3", 1, 1), ("3", 1, 1)]


def test_sums_of_places_and_hands_are_those_of_their_deposits():
    (whole,) = compare(visit({0: 2.0, 1: 1.5, 4: 1.0}), visit({0: 2.4, 3: 1.0}, name="b"), repeatability={}).hands
    sites = [place.area.change_mm2 for place in whole.places if place.scope == "site"]
    assert sum(sites) == pytest.approx(whole.calcinosis.change_mm2)
    assert sum(change.area.change_mm2 for change in whole.deposits) == pytest.approx(whole.calcinosis.change_mm2)


def test_outlines_are_carried_to_where_they_were():
    first = visit({3: 2.0})
    second = visit({}, posture({2: 5.0}), px_per_mm=8.0, turn_deg=-15.0, name="b")
    (change,) = compare(first, second, repeatability={}).hands[0].deposits
    (carried,) = change.carried
    assert carried.film == "second"
    wanted = place(beside(posture(), "CMC4", "MCP4", 0.5, 0.0), 8.0, -15.0)
    assert np.mean(carried.contours[0], axis=0) == pytest.approx(wanted, abs=4.0)


def test_what_cannot_be_compared_says_why():
    blind = reading([hand(place(posture()), assessable=False)])
    (whole,) = compare(visit({0: 2.0}), blind, repeatability={}).hands
    assert not whole.calcinosis_assessable
    assert whole.calcinosis_reason == "second visit: too coarse a film"
    assert whole.calcinosis is None
    few = visit({0: 2.0})
    bare = few.hands[0].model_copy(update={"landmarks": {}})
    comparison = compare(few, few.model_copy(update={"hands": [bare]}), repeatability={})
    assert (
        comparison.hands[0].calcinosis_reason
        == "too few landmarks were found at both visits to lay the hands over each other"
    )
    comparison = compare(visit({0: 2.0}, mm=False), reading([bare], None), repeatability={})
    assert comparison.hands[0].scale.source == "none"
    assert comparison.patient.reason


def test_other_software_and_another_hand_are_pointed_out():
    first = visit({0: 2.0})
    later = first.model_copy(update={"software": first.software.model_copy(update={"version": "9.9"})})
    assert any("different versions" in note for note in compare(first, later).notes)
    points = posture()
    points[:, 1] *= np.where(points[:, 0] > 0, 1.25, 0.85)
    stranger = reading([hand(place(points))], name="b")
    assert any("not one patient's hand" in note for note in compare(first, stranger).hands[0].notes)


def test_no_hand_at_both_visits():
    comparison = compare(reading([hand(place(posture()), side="L")]), reading([hand(place(posture()), side="R")]))
    assert comparison.hands == []
    assert comparison.patient.reason == "no hand was read at both visits"


def with_cortex(index: float | None, interval: Interval | None = None) -> Reading:
    cortex = CortexFinding(
        bone="MC2",
        cortical_index=index,
        cortical_index_interval=interval,
        assessable=index is not None,
        reason=None if index else "hidden",
    )
    base = visit({})
    return base.model_copy(update={"hands": [base.hands[0].model_copy(update={"cortex": [cortex]})]})


def test_other_measures_stand_beside_each_other_and_without_a_known_error_nothing_is_called_change():
    (entry,) = compare(with_cortex(0.5), with_cortex(0.4), repeatability={}).hands[0].measures
    assert (entry.finding, entry.place, entry.detectable) == ("cortical index", "MC2", None)
    assert entry.change == pytest.approx(-0.1)
    (entry,) = compare(with_cortex(0.5), with_cortex(None)).hands[0].measures
    assert not entry.assessable
    assert entry.reason == "second visit: hidden"
    assert compare(visit({}), visit({})).hands[0].measures == []


def test_other_measures_have_changed_beyond_what_repeats_or_beyond_their_intervals():
    def entry(first: Reading, second: Reading, errors: dict[str, Repeatability]) -> MeasureChange:
        (found,) = compare(first, second, repeatability=errors).hands[0].measures
        return found

    errors = {"cortical index, MC, ratio": Repeatability(0.01, 0.0, 40)}
    assert entry(with_cortex(0.5), with_cortex(0.4), errors).detectable
    assert not entry(with_cortex(0.5), with_cortex(0.48), errors).detectable
    narrow = with_cortex(0.5, Interval(low=0.48, high=0.52)), with_cortex(0.4, Interval(low=0.38, high=0.42))
    found = entry(*narrow, {})
    assert found.smallest_detectable_change == pytest.approx(0.02 * 2**0.5)
    assert found.detectable


def test_a_comparison_survives_its_file_and_its_published_schema(tmp_path: Path):
    comparison = compare(visit({0: 2.0, 2: 1.0}), visit({0: 2.6, 4: 1.5}, name="b"))
    write_comparison(comparison, tmp_path / "comparison.json")
    document = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert document["schema"] == "sclerograph.comparison/1"
    assert list(Draft202012Validator(comparison_schema()).iter_errors(document)) == []
    again = read_comparison(tmp_path / "comparison.json")
    assert [c.status for c in again.hands[0].deposits] == [c.status for c in comparison.hands[0].deposits]
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(), (
        "run: python -m sclerograph.comparison.schema docs/comparison.schema.json"
    )


def test_a_reading_is_no_comparison(tmp_path: Path):
    write_reading(visit({}), tmp_path / "reading.json")
    with pytest.raises(UnreadableFile, match="another kind of file"):
        read_comparison(tmp_path / "reading.json")
