"""Side and view: who says so, and what contradicts it."""

from __future__ import annotations

import pytest

from sclerograph.anatomy.hand import Side, View
from sclerograph.hand.side import CHIRALITY_LEAST_CONFIDENCE, SideAndView, decide, side_from_shape, tell_two_of_one_side
from sclerograph.networks.maps import HandLocation


def located(mirrored: bool, confidence: float = 0.99) -> HandLocation:
    return HandLocation((100.0, 100.0), 0.0, 300.0, mirrored, 0.99, confidence)


def decided(
    mirrored: bool = False,
    confidence: float = 0.99,
    *,
    file_side: Side | None = None,
    file_view: View | None = None,
    user_side: Side | None = None,
    user_view: View | None = None,
    hands_on_film: int = 1,
) -> SideAndView:
    return decide(
        located(mirrored, confidence),
        file_side=file_side,
        file_view=file_view,
        user_side=user_side,
        user_view=user_view,
        hands_on_film=hands_on_film,
    )


@pytest.mark.parametrize(
    ("mirrored", "view", "side"),
    [(False, "PA", "L"), (True, "PA", "R"), (False, "AP", "R"), (True, "AP", "L"), (True, "lateral", None)],
)
def test_shape_gives_the_side_with_the_view(mirrored: bool, view: View, side: Side | None) -> None:
    assert side_from_shape(located(mirrored), view) == side


def test_doubtful_shape_gives_none() -> None:
    assert side_from_shape(located(True, CHIRALITY_LEAST_CONFIDENCE - 0.01), "PA") is None
    assert decided(True, CHIRALITY_LEAST_CONFIDENCE - 0.01) == SideAndView(None, "unknown", "PA", "presumed")


def test_presumed_view_and_chirality() -> None:
    assert decided(mirrored=True) == SideAndView("R", "chirality", "PA", "presumed")


def test_file_goes_before_shape_and_the_contradiction_is_told() -> None:
    told = decided(mirrored=True, file_side="L")
    assert (told.side, told.side_source) == ("L", "dicom")
    assert told.conflict == "the file says left, the hand looks like a right one in PA view, which is presumed"


def test_the_view_of_the_file_removes_the_contradiction() -> None:
    told = decided(mirrored=True, file_side="L", file_view="AP")
    assert told == SideAndView("L", "dicom", "AP", "dicom")


def test_user_goes_before_file_and_the_contradiction_is_told() -> None:
    told = decided(mirrored=False, file_side="R", user_side="L")
    assert (told.side, told.side_source) == ("L", "user")
    assert told.conflict == "the user says left, the file says right"


def test_all_three_differ_from_each_other_where_they_can() -> None:
    told = decided(mirrored=True, file_side="R", user_side="L", user_view="PA")
    assert told.conflict is not None
    assert "the file says right" in told.conflict
    assert "looks like a right one in PA view" in told.conflict


def test_doubtful_shape_contradicts_nobody() -> None:
    assert decided(True, 0.5, file_side="L").conflict is None


def test_user_view_goes_before_file_view() -> None:
    told = decided(mirrored=True, file_view="PA", user_view="AP")
    assert (told.view, told.view_source, told.side) == ("AP", "user", "L")


def test_one_statement_cannot_hold_for_two_hands() -> None:
    told = decided(mirrored=True, file_side="L", hands_on_film=2)
    assert told == SideAndView("R", "chirality", "PA", "presumed")


def test_two_hands_of_one_side_are_told() -> None:
    twice = tell_two_of_one_side([decided(mirrored=True), decided(mirrored=True)])
    assert [h.conflict for h in twice] == ["both hands of the film look like right ones"] * 2
    assert [h.side for h in twice] == ["R", "R"]


def test_left_and_right_on_one_film_are_no_contradiction() -> None:
    both = [decided(mirrored=True), decided(mirrored=False)]
    assert tell_two_of_one_side(both) == both


def test_two_unknown_sides_are_no_contradiction() -> None:
    both = [decided(confidence=0.5), decided(confidence=0.5)]
    assert tell_two_of_one_side(both) == both
