"""Norms of segment lengths: estimated right, and shipped as estimated."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.anatomy.norms import (
    BURYANOV_2010,
    NOMINAL_FINGER_MM,
    SEGMENTS,
    estimate_segment_norms,
    segment_ends,
    segment_norms,
)

ATLAS = Path(__file__).parents[3] / "shared" / "data" / "dha_landmarks_only.json"


def test_the_19_segments_have_landmarks_at_both_ends() -> None:
    assert len(SEGMENTS) == 19
    assert segment_ends("DP1") == ("IP1", "TIP1")
    assert segment_ends("MC5") == ("CMC5", "MCP5")
    for segment in SEGMENTS:
        assert set(segment_ends(segment)) <= set(LANDMARKS)


def test_unknown_segment() -> None:
    with pytest.raises(KeyError):
        segment_ends("MP1")


def test_shipped_covariance_is_one() -> None:
    norms = segment_norms()
    assert np.array_equal(norms.covariance, norms.covariance.T)
    assert np.linalg.eigvalsh(norms.covariance).min() > -1e-9


def test_middle_finger_of_the_norms_is_the_nominal_one() -> None:
    lengths = np.exp(segment_norms().mean)
    finger = sum(lengths[SEGMENTS.index(s)] for s in ("PP3", "MP3", "DP3"))
    assert finger == pytest.approx(NOMINAL_FINGER_MM, rel=0.002)


def test_norms_agree_with_published_proportions() -> None:
    """Segments are longer than bones by a joint space, and children are not adults: 10 % is all one can ask."""
    lengths = np.exp(segment_norms().mean)
    published = np.array([BURYANOV_2010[s].mean_mm for s in SEGMENTS])
    ratios = lengths / published
    assert np.abs(ratios / np.median(ratios) - 1.0).max() < 0.10


def test_recalled_values_are_marked() -> None:
    assert set(BURYANOV_2010) == set(SEGMENTS)
    assert not any(length.verified for length in BURYANOV_2010.values())


def test_estimate_recovers_a_known_distribution() -> None:
    rng = np.random.default_rng(3)
    truth = segment_norms()
    logs = rng.multivariate_normal(truth.mean, truth.covariance, size=4000, method="eigh")
    sizes = rng.uniform(1.0, 9.0, size=(4000, 1))  # a size of its own, as films without calibration have
    estimate = estimate_segment_norms(np.exp(logs) * sizes, "drawn", trimmed=0.0)
    assert estimate.hands == 4000
    assert np.abs(estimate.mean - truth.mean).max() < 0.005
    spread = np.sqrt(np.diag(truth.covariance))
    assert np.abs(np.sqrt(np.diag(estimate.covariance)) / spread - 1.0).max() < 0.08


def test_estimate_leaves_out_slips() -> None:
    rng = np.random.default_rng(4)
    truth = segment_norms()
    lengths = np.exp(rng.multivariate_normal(truth.mean, truth.covariance, size=300, method="eigh"))
    lengths[:3, SEGMENTS.index("MP2")] *= 3.0
    estimate = estimate_segment_norms(lengths, "drawn", trimmed=0.02)
    i = SEGMENTS.index("MP2")
    assert np.sqrt(estimate.covariance[i, i]) < 1.3 * np.sqrt(truth.covariance[i, i])


@pytest.mark.parametrize("lengths", [np.ones((5, 19)), np.ones((100, 18)), np.zeros((100, 19))])
def test_estimate_refuses(lengths: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"needed|positive"):
        estimate_segment_norms(lengths, "nothing")


@pytest.mark.real_films
def test_shipped_norms_are_those_of_the_atlas() -> None:
    if not ATLAS.exists():
        pytest.skip("the optional landmark sets of the Digital Hand Atlas are not beside the project")
    points = np.array(json.loads(ATLAS.read_text(encoding="utf-8")), dtype=float).reshape(-1, len(LANDMARKS), 2)
    ends = [[LANDMARKS.index(name) for name in segment_ends(s)] for s in SEGMENTS]
    lengths = np.stack([np.linalg.norm(points[:, a] - points[:, b], axis=1) for a, b in ends], axis=1)
    estimate, shipped = estimate_segment_norms(lengths, "atlas"), segment_norms()
    assert estimate.hands == shipped.hands
    assert np.allclose(estimate.mean, shipped.mean, atol=1e-5)
    assert np.allclose(estimate.covariance, shipped.covariance, atol=1e-7)
