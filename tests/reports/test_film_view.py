from __future__ import annotations

import pytest

from sclerograph.reports.film_view import deposit_text, digit_box, fingertip_marks, hand_box, label_corner
from tests.reports import synthetic


def test_a_fingertip_mark_is_coloured_and_its_number_stands_beyond_the_tip() -> None:
    hand = synthetic.reading().hands[0]
    marks = {mark.digit: mark for mark in fingertip_marks(hand)}
    assert [marks[d].label for d in range(1, 6)] == ["1", "3", "4", "0", "–"]
    for digit in range(2, 6):
        assert marks[digit].label_at[1] < hand.landmarks[f"TIP{digit}"].y
    assert marks[5].description == "little finger: not assessable: flexed: the phalanges are foreshortened"
    assert marks[3].contours


def test_a_vanished_phalanx_still_gets_a_number_clear_of_its_tip() -> None:
    hand = synthetic.reading().hands[0]
    landmarks = dict(hand.landmarks) | {"TIP3": hand.landmarks["DIP3"]}
    mark = next(m for m in fingertip_marks(hand.model_copy(update={"landmarks": landmarks})) if m.digit == 3)
    assert mark.tip[1] - mark.label_at[1] > 0.04 * (hand.box[3] - hand.box[1])


def test_a_fingertip_without_a_landmark_is_not_drawn() -> None:
    hand = synthetic.reading().hands[0]
    landmarks = {name: mark for name, mark in hand.landmarks.items() if name != "TIP4"}
    assert {m.digit for m in fingertip_marks(hand.model_copy(update={"landmarks": landmarks}))} == {1, 2, 3, 5}


@pytest.mark.parametrize("digit", [1, 2, 3, 4, 5])
def test_the_box_of_a_digit_holds_its_landmarks_its_deposits_and_its_number(digit: int) -> None:
    hand = synthetic.reading().hands[0]
    box = digit_box(hand, digit)
    assert box is not None
    points = [p for d in hand.deposits if d.digit == digit for c in d.contours for p in c]
    points += [m.label_at for m in fingertip_marks(hand) if m.digit == digit]
    points += [(hand.landmarks[n].x, hand.landmarks[n].y) for n in (f"TIP{digit}", f"MCP{digit}")]
    assert all(box.x < x < box.x + box.width and box.y < y < box.y + box.height for x, y in points)


def test_a_digit_without_landmarks_has_no_box() -> None:
    hand = synthetic.reading().hands[0].model_copy(update={"landmarks": {}})
    assert digit_box(hand, 2) is None
    assert hand_box(hand).width > 0.0


def test_the_letter_of_the_side_stands_away_from_the_thumb() -> None:
    left, right = synthetic.reading().hands
    assert label_corner(left)[0] < left.landmarks["CMC1"].x
    assert label_corner(right)[0] > right.landmarks["CMC1"].x


def test_a_deposit_is_described_with_its_unit() -> None:
    assert "mm²" in deposit_text(synthetic.reading().hands[0].deposits[0])
    deposit = synthetic.reading("L", calibrated=False).hands[0].deposits[1]
    expected = f"d2: DP3 (distal phalanx 3), overlying-bone, clustered, {deposit.area_px:.0f} px², confidence 0.91"
    assert deposit_text(deposit) == expected
