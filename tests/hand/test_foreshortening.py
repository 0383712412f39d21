"""Flexed fingers are found by their short phalanges, one or all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.anatomy.norms import SEGMENTS, segment_norms
from sclerograph.hand.foreshortening import foreshortened

LENGTHS = {s: float(v) for s, v in zip(SEGMENTS, np.exp(segment_norms().mean), strict=True) if not s.startswith("DP")}


def with_angle(angle_deg: float, *segments: str) -> dict[str, float]:
    return {s: v * (np.cos(np.radians(angle_deg)) if s in segments else 1.0) for s, v in LENGTHS.items()}


def test_straight_hand() -> None:
    assert foreshortened(LENGTHS) == {}


@settings(max_examples=15, deadline=None)
@given(
    angle=st.floats(35.0, 70.0),
    segment=st.sampled_from([s for s in LENGTHS if s[:2] in ("PP", "MP") and s not in ("PP1", "MP5")]),
    size=st.floats(1.0, 15.0),
)
def test_one_bent_phalanx(angle: float, segment: str, size: float) -> None:
    lengths = {s: size * v for s, v in with_angle(angle, segment).items()}
    assert list(foreshortened(lengths)) == [segment]
    assert foreshortened(lengths)[segment] == pytest.approx(np.cos(np.radians(angle)), abs=0.03)


def test_slight_flexion_is_not_told() -> None:
    assert foreshortened(with_angle(20.0, "MP3")) == {}


def test_whole_finger() -> None:
    assert set(foreshortened(with_angle(45.0, "PP4", "MP4"))) == {"PP4", "MP4"}


def test_all_fingers_are_held_against_the_metacarpals() -> None:
    bent = [f"{kind}{d}" for kind in ("PP", "MP") for d in range(2, 6)]
    found = set(foreshortened(with_angle(45.0, *bent)))
    assert set(bent) - {"MP5"} <= found
    assert "PP1" not in found


def test_short_middle_phalanx_of_the_little_finger_is_a_variant() -> None:
    assert foreshortened({**LENGTHS, "MP5": 0.8 * LENGTHS["MP5"]}) == {}
    assert set(foreshortened({**LENGTHS, "MP5": 0.55 * LENGTHS["MP5"]})) == {"MP5"}


def test_too_little_to_compare_with() -> None:
    assert foreshortened({"MP3": 10.0, "PP3": 43.0}) == {}


def test_healthy_hands_are_hardly_ever_flagged() -> None:
    rng = np.random.default_rng(5)
    norms = segment_norms()
    flagged = 0
    for _ in range(60):
        hand = np.exp(rng.multivariate_normal(norms.mean, norms.covariance, method="eigh"))
        flagged += len(foreshortened({s: v for s, v in zip(SEGMENTS, hand, strict=True) if s in LENGTHS}))
    assert flagged <= 2
