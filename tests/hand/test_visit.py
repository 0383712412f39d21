"""Which entries of a visit count."""

from __future__ import annotations

from sclerograph.anatomy.hand import Side, View
from sclerograph.findings.records import Hand
from sclerograph.hand.visit import counted_hands, counting_notes


def entry(source: str, side: Side | None, view: View = "PA", confidence: float = 0.9) -> Hand:
    return Hand(
        source=source,
        side=side,
        side_source="chirality" if side else "unknown",
        view=view,
        box=(0, 0, 1, 1),
        confidence=confidence,
        landmarks={},
    )


def test_left_and_right() -> None:
    hands = [entry("s1", "L"), entry("s2", "R")]
    assert counted_hands(hands) == [0, 1]
    assert counting_notes(hands) == {}


def test_two_views_of_one_hand() -> None:
    hands = [entry("s1", "L", "oblique"), entry("s2", "L", "PA"), entry("s3", "R", "AP")]
    assert counted_hands(hands) == [1, 2]
    assert counting_notes(hands) == {
        0: "not counted in the patient's totals: another film of the left hand is (PA goes first)"
    }


def test_the_surer_of_two_like_films() -> None:
    assert counted_hands([entry("s1", "R", confidence=0.6), entry("s2", "R", confidence=0.9)]) == [1]
    assert counted_hands([entry("s1", "R"), entry("s2", "R")]) == [0]


def test_two_hands_on_one_film_are_two_hands() -> None:
    assert counted_hands([entry("s1", "L"), entry("s1", "L")]) == [0, 1]


def test_unknown_side_counts_only_without_rivals() -> None:
    assert counted_hands([entry("s1", None)]) == [0]
    hands = [entry("s1", None), entry("s2", "L")]
    assert counted_hands(hands) == [1]
    assert "of unknown side" in counting_notes(hands)[0]


def test_nothing() -> None:
    assert counted_hands([]) == []
