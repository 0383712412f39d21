from __future__ import annotations

from sclerograph.cohort.reading_variables import reading_values
from sclerograph.cohort.visit_reading import visit_reading
from tests.scores.readings import deposit, hand, reading


def test_a_single_reading_stays_as_it_is():
    only = reading(hand("L"))
    assert visit_reading([only]) is only


def test_hands_that_were_read_apart_are_those_of_one_patient():
    left = reading(hand("L", grades=(0, 0, 2, 0, 0)))
    right = reading(hand("R", deposits=[deposit("DP1", 1, compartment="pulp")]))
    together = visit_reading([left, right])
    # both films are called s1 in their own reading
    assert len({source.id for source in together.sources}) == 2
    values = reading_values(together)
    assert values["reading_deposits"] == 1.0
    assert values["reading_acro_osteolysis_total"] == 2.0
    assert values["reading_hand_calcinosis"] == 1.0
    assert values["reading_hand_erosion"] == 0.0


def test_two_views_of_one_hand_count_once():
    spot = [deposit("DP1", 1, compartment="pulp")]
    front = reading(hand("L", deposits=spot))
    oblique = reading(hand("L", deposits=spot, view="oblique"))
    assert reading_values(visit_reading([oblique, front]))["reading_deposits"] == 1.0
