from __future__ import annotations

from sclerograph.comparison.hand_pairs import HandPair, pair_hands
from tests.comparison.visits import hand, place, posture, reading

MARKS = place(posture())


def pairs(first: list[dict[str, object]], second: list[dict[str, object]]):
    return pair_hands(
        reading([hand(MARKS, **each) for each in first]), reading([hand(MARKS, **each) for each in second])
    )


def test_sides_find_each_other_whatever_their_order():
    found, rest = pairs([{"side": "L"}, {"side": "R"}], [{"side": "R"}, {"side": "L"}])
    assert found == [HandPair(0, 1), HandPair(1, 0)]
    assert rest == []


def test_views_are_not_mixed():
    found, rest = pairs([{"view": "PA"}], [{"view": "oblique"}])
    assert found == []
    assert [entry.visit for entry in rest] == ["first", "second"]
    assert "only as oblique" in rest[0].reason


def test_of_two_films_of_one_hand_the_surer_counts():
    found, rest = pairs([{"confidence": 0.7}, {"confidence": 0.9}], [{}])
    assert found == [HandPair(1, 0)]
    assert "more surely" in rest[0].reason


def test_a_hand_of_unknown_side_is_paired_only_where_there_is_no_choice():
    found, _ = pairs([{"side": None}], [{"side": "R"}])
    assert [(pair.first, pair.second) for pair in found] == [(0, 0)]
    assert found[0].note
    found, rest = pairs([{"side": None}], [{"side": "L"}, {"side": "R"}])
    assert found == []
    assert len(rest) == 3
    assert "side is not known" in rest[0].reason


def test_a_missing_hand_is_named():
    found, rest = pairs([{"side": "L"}, {"side": "R"}], [{"side": "L"}])
    assert len(found) == 1
    assert rest[0].reason == "the other visit shows no right hand"
