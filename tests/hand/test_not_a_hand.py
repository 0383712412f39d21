"""What is refused as no hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sclerograph.errors import NotAHandRadiograph
from sclerograph.hand.not_a_hand import check_skeleton, hands_on, shape_z
from sclerograph.hand.scale import segment_lengths_px
from sclerograph.networks.maps import HandLocation, Landmark, SkeletonMaps
from tests.hand.scenes import Placed, Scene, healthy_landmarks, skeleton_of


def located(x: float, confidence: float) -> HandLocation:
    return HandLocation((x, 100.0), 0.0, 300.0, False, confidence, 0.9)


def with_marks(**changes: Landmark) -> SkeletonMaps:
    skeleton = skeleton_of(Scene(), Placed())
    return replace(skeleton, landmarks={**skeleton.landmarks, **changes})


def test_hands_from_left_to_right() -> None:
    found = hands_on([located(700, 0.9), located(200, 0.8), located(400, 0.2)])
    assert [where.centre[0] for where in found] == [200, 700]


@pytest.mark.parametrize("locations", [[], [located(100, 0.3)]])
def test_no_sure_hand(locations: list[HandLocation]) -> None:
    with pytest.raises(NotAHandRadiograph, match="no hand was found"):
        hands_on(locations)


def test_hands_pass_whatever_their_disease() -> None:
    check_skeleton(skeleton_of(Scene(), Placed()))
    check_skeleton(skeleton_of(Scene(lost=dict.fromkeys(range(1, 6), 0.8)), Placed()))
    bent = {
        f"DIP{d}": tuple(0.5 * (np.array(healthy_landmarks()[f"PIP{d}"]) - healthy_landmarks()[f"DIP{d}"]))
        for d in (2, 3, 4)
    }
    check_skeleton(skeleton_of(Scene(shift=bent), Placed()))


def test_unsure_landmarks() -> None:
    faint = skeleton_of(Scene(confidence=dict.fromkeys(healthy_landmarks(), 0.2)), Placed())
    with pytest.raises(NotAHandRadiograph, match=r"mean confidence 0\.20"):
        check_skeleton(faint)


def test_missing_landmarks_count_as_unsure() -> None:
    skeleton = skeleton_of(Scene(), Placed())
    few = {name: skeleton.landmarks[name] for name in list(skeleton.landmarks)[:10]}
    with pytest.raises(NotAHandRadiograph, match="are not seen"):
        check_skeleton(replace(skeleton, landmarks=few))


def test_implausible_landmarks() -> None:
    odd = skeleton_of(Scene(implausible=list(healthy_landmarks())[:25]), Placed())
    with pytest.raises(NotAHandRadiograph, match="32 % plausible"):
        check_skeleton(odd)


def test_too_few_whole_digits() -> None:
    hidden = dict.fromkeys(("MCP1", "PIP2", "MCP3", "DIP4"), 0.1)
    with pytest.raises(NotAHandRadiograph, match="1 whole digits"):
        check_skeleton(skeleton_of(Scene(confidence=hidden), Placed()))


def test_proportions_of_something_else() -> None:
    rng = np.random.default_rng(2)
    scattered = {
        name: Landmark(float(x), float(y), 0.9)
        for name, (x, y) in zip(healthy_landmarks(), rng.uniform(0, 800, (37, 2)), strict=True)
    }
    with pytest.raises(NotAHandRadiograph, match="proportions of a hand"):
        check_skeleton(with_marks(**scattered))


def test_message_says_what_to_do() -> None:
    with pytest.raises(NotAHandRadiograph) as refusal:
        hands_on([])
    assert "only hands are read" in str(refusal.value)
    assert "give a PA or AP radiograph" in str(refusal.value)


def test_shape_of_the_mean_hand() -> None:
    lengths = segment_lengths_px(skeleton_of(Scene(), Placed()).landmarks)
    assert shape_z({s: v for s, v in lengths.items() if not s.startswith("DP")}) < 0.05
