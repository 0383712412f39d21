"""What the rest of the hand says about a distal phalanx."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.anatomy.norms import SEGMENTS, segment_norms
from sclerograph.hand.acro_osteolysis_settings import DEFAULT
from sclerograph.hand.expectation import Expectation, expect_distal_phalanges
from sclerograph.hand.gaussian import conditional

MEAN = dict(zip(SEGMENTS, np.exp(segment_norms().mean), strict=True))
REFERENCE = {s: float(v) for s, v in MEAN.items() if not s.startswith("DP")}
DISTAL = {d: float(MEAN[f"DP{d}"]) for d in range(1, 6)}
UNKNOWN = dict.fromkeys(range(1, 6), 0.7)


def expected(
    distal: dict[int, float], before: dict[int, float] | None = None, size: float = 1.0
) -> dict[int, Expectation]:
    reference = {s: size * v for s, v in REFERENCE.items()}
    return expect_distal_phalanges(reference, {d: size * v for d, v in distal.items()}, before or UNKNOWN)


def test_mean_hand_has_no_deficit() -> None:
    for digit, found in expected(DISTAL).items():
        assert found.deficit == pytest.approx(0.0, abs=0.005)
        assert found.deficit_low < 0.0 < found.deficit_high
        assert found.expected_px == pytest.approx(DISTAL[digit], rel=0.005)
        assert found.intact > 0.7


@settings(max_examples=20, deadline=None)
@given(lost=st.floats(0.15, 0.9), digit=st.integers(1, 5), size=st.floats(1.0, 20.0))
def test_one_resorbed_phalanx(lost: float, digit: int, size: float) -> None:
    found = expected({**DISTAL, digit: (1 - lost) * DISTAL[digit]}, size=size)
    assert found[digit].deficit == pytest.approx(lost, abs=0.015)
    assert found[digit].deficit_low < lost < found[digit].deficit_high
    for other in set(DISTAL) - {digit}:
        assert found[other].deficit == pytest.approx(0.0, abs=0.03)


def test_all_resorbed_alike() -> None:
    """Four short neighbours make a short phalanx look normal; only the flares tell that all are short."""
    short = {d: 0.7 * v for d, v in DISTAL.items()}
    for digit, found in expected(short, dict.fromkeys(short, 0.04)).items():
        assert found.deficit == pytest.approx(0.3, abs=0.02), digit
        assert found.intact < 0.05


def test_flares_decide_a_doubtful_length() -> None:
    doubtful = {**DISTAL, 3: 0.91 * DISTAL[3]}
    kept = expected(doubtful, dict.fromkeys(range(1, 6), 0.96))[3]
    lost = expected(doubtful, {**dict.fromkeys(range(1, 6), 0.96), 3: 0.04})[3]
    assert kept.intact > 0.5 > lost.intact
    assert kept.deficit == pytest.approx(lost.deficit, abs=0.02)


def test_intact_tufts_sharpen_the_expectation() -> None:
    alone = expect_distal_phalanges(REFERENCE, {3: DISTAL[3]}, {3: 0.5})[3]
    among = expect_distal_phalanges(REFERENCE, DISTAL, {**dict.fromkeys(DISTAL, 0.96), 3: 0.5})[3]
    assert among.deficit_high - among.deficit_low < 0.75 * (alone.deficit_high - alone.deficit_low)


def test_a_build_with_short_distal_phalanges_is_no_disease() -> None:
    """8 % shorter than the norms throughout, with flares: other children, other populations."""
    found = expected({d: 0.92 * v for d, v in DISTAL.items()}, dict.fromkeys(DISTAL, 0.96))
    assert all(f.intact > 0.9 for f in found.values())
    assert all(f.deficit < 0.03 for f in found.values())


def test_healthy_and_resorbed_hands_drawn_from_the_norms() -> None:
    rng = np.random.default_rng(7)
    norms = segment_norms()
    errors, healthy_lost = [], []
    for _ in range(60):
        hand = dict(
            zip(SEGMENTS, np.exp(rng.multivariate_normal(norms.mean, norms.covariance, method="eigh")), strict=True)
        )
        lost = {int(d): float(rng.uniform(0.1, 0.8)) for d in rng.permutation(5)[: rng.integers(0, 4)] + 1}
        distal = {d: float(hand[f"DP{d}"]) * (1.0 - lost.get(d, 0.0)) for d in range(1, 6)}
        before = {d: 0.04 if d in lost else 0.96 for d in range(1, 6)}
        found = expect_distal_phalanges({s: hand[s] for s in REFERENCE}, distal, before)
        errors += [abs(found[d].deficit - lost.get(d, 0.0)) for d in found]
        healthy_lost += [found[d].intact < DEFAULT.grade_zero_from for d in found if d not in lost]
    assert np.mean(errors) < 0.03
    assert np.mean(healthy_lost) < 0.02


def test_interval_holds_the_truth() -> None:
    rng = np.random.default_rng(8)
    norms = segment_norms()
    inside = []
    for _ in range(80):
        hand = dict(
            zip(SEGMENTS, np.exp(rng.multivariate_normal(norms.mean, norms.covariance, method="eigh")), strict=True)
        )
        noisy = {
            s: float(v * np.exp(rng.normal(0, np.sqrt(2) * DEFAULT.landmark_error_mm / v))) for s, v in hand.items()
        }
        found = expect_distal_phalanges({s: noisy[s] for s in REFERENCE}, {3: 0.6 * noisy["DP3"]}, {3: 0.04})[3]
        inside.append(found.deficit_low <= 0.4 <= found.deficit_high)
    assert np.mean(inside) >= 0.9


def test_vanished_phalanx() -> None:
    found = expected({**DISTAL, 2: 0.0})[2]
    assert found.deficit == pytest.approx(1.0, abs=1e-3)
    assert found.intact == pytest.approx(0.0, abs=1e-6)


def test_too_few_references() -> None:
    with pytest.raises(ValueError, match="segments are needed"):
        expect_distal_phalanges({"PP3": 40.0, "MP3": 25.0}, DISTAL, UNKNOWN)


def test_no_distal_phalanx() -> None:
    assert expect_distal_phalanges(REFERENCE, {}, {}) == {}


def test_conditional_of_a_known_gaussian() -> None:
    """Of three lengths only ratios count: with independent shapes the third is the mean of the other two shifts."""
    mean, covariance = np.array([0.0, 1.0, 2.0]), 0.01 * np.eye(3)
    value, spread = conditional(mean, covariance, [0, 1], np.array([3.0, 4.2]), np.zeros(2), [2])
    assert value[0] == pytest.approx(2.0 + 3.1, abs=1e-3)
    assert spread[0, 0] == pytest.approx(0.01 * 1.5, rel=1e-2)
