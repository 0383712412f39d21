"""With networks that know the truth, matching must find what happened, and the fitted error must be the true one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench import comparison_matching, comparison_repeatability
from bench.comparison_repeatability import fitted_area_error, fitted_error
from bench.follow_up_pairs import CHANGED_SEEDS, UNCHANGED_SEEDS, follow_up_pairs, readings
from bench.measure import Workplace
from bench.repeatability_table import repeatability_of_pairs
from bench.run import MEASURES, run_measure
from bench.true_networks import TrueNetworks
from sclerograph.comparison.repeatability import Repeatability
from tests.bench.exact_networks import BlindNetworks
from tools.comparison_repeatability import repeatability_text


@pytest.mark.parametrize(("floor", "share"), [(0.5, 0.0), (0.1, 0.1), (2.0, 0.05)])
def test_an_error_is_found_again(floor: float, share: float) -> None:
    rng = np.random.default_rng(1)
    true = rng.uniform(1.0, 80.0, 4000)
    sd = np.sqrt(floor**2 + (share * true) ** 2)
    pairs = list(zip(true + sd * rng.normal(size=4000), true + sd * rng.normal(size=4000), strict=True))
    found = fitted_error(pairs)
    for value in (5.0, 60.0):
        wanted = np.sqrt(floor**2 + (share * value) ** 2)
        assert np.sqrt(found[0] ** 2 + (found[1] * value) ** 2) == pytest.approx(wanted, rel=0.12)


def test_an_error_that_does_not_grow_with_the_value_is_the_same_everywhere() -> None:
    rng = np.random.default_rng(4)
    pairs = [(float(a), float(b)) for a, b in np.maximum(rng.normal(0.0, 0.05, (2000, 2)), 0.0)]
    floor, share = fitted_error(pairs, proportional=False)
    assert share == 0.0
    least = 1.96 * 2**0.5 * floor
    assert np.mean(np.abs(np.diff(pairs)[:, 0]) > least) == pytest.approx(0.05, abs=0.005)


def test_5_percent_of_the_pairs_differ_by_more_whatever_their_distribution() -> None:
    rng = np.random.default_rng(2)
    pairs = [(10.0, 10.0 + d) for d in rng.standard_t(2, 500)]
    floor, share = fitted_error(pairs)
    middle = np.mean(pairs, axis=1)
    least = 1.96 * np.sqrt(2.0 * (floor**2 + (share * middle) ** 2))
    assert np.mean(np.abs(np.diff(pairs)[:, 0]) > least) == pytest.approx(0.05, abs=0.005)


def test_the_error_of_an_area_goes_with_its_own_interval() -> None:
    rng = np.random.default_rng(4)
    areas, shares = rng.uniform(5.0, 60.0, 1500), rng.uniform(0.03, 0.4, 1500)
    pairs = [
        (float(x * (1 + 0.5 * w * a)), float(x * (1 + 0.5 * w * b)))
        for x, w, (a, b) in zip(areas, shares, rng.normal(size=(1500, 2)), strict=True)
    ]
    halves = [(float(w * a), float(w * b)) for w, (a, b) in zip(shares, pairs, strict=True)]
    error = fitted_area_error(pairs, halves)
    assert error.interval == pytest.approx(0.5, rel=0.15)
    assert error.usual_share == pytest.approx(float(np.median(shares)), rel=0.05)
    sharp, hazy = (error.smallest_detectable_change(20.0, 20.0, (20.0 * w, 20.0 * w)) for w in (0.03, 0.4))
    assert hazy > 6.0 * sharp
    least = [error.smallest_detectable_change(*pair, half) for pair, half in zip(pairs, halves, strict=True)]
    assert np.mean(np.abs(np.diff(pairs)[:, 0]) > least) == pytest.approx(0.05, abs=0.005)


def test_every_measure_has_its_variation_difference_and_change() -> None:
    rng = np.random.default_rng(3)
    true = rng.uniform(1.0, 3.0, 3000)
    pairs = [(float(x + a), float(x + b)) for x, (a, b) in zip(true, 0.05 * rng.normal(size=(3000, 2)), strict=True)]
    error = Repeatability(*fitted_error(pairs), len(pairs))
    found = repeatability_of_pairs("joint space, PIP, mm", pairs, error)
    assert found["sdd"] == pytest.approx(1.96 * 2**0.5 * 0.05, rel=0.05)
    assert found["sdc"] == pytest.approx(1.96 * 2**0.5 * 0.05, rel=0.07)
    # the mean of 1 / x^2 between 1 and 3 is 1 / 3
    assert found["cv"] == pytest.approx(0.05 / 3.0**0.5, rel=0.05)
    assert repeatability_of_pairs("flexion, finger, degrees", pairs, error)["cv"] is None
    grades = repeatability_of_pairs("narrowing, PIP, grade", [(1.0, 1.0), (2.0, 1.0)] * 10, error)
    assert grades["same"] == pytest.approx(0.5)


def test_both_measures_stand_in_the_table() -> None:
    assert {comparison_matching.MEASURE, comparison_repeatability.MEASURE} <= set(MEASURES)


def test_the_file_of_errors_is_made_from_the_results() -> None:
    entry = {
        "command": "c",
        "date": "d",
        "seeds": [1, 2],
        "models": [],
        "details": {"errors": {"hand_area": {"floor": 1.23456789, "share": 0.1, "pairs": 40}}},
    }
    text = repeatability_text({"measures": {"comparison_repeatability": entry}})
    assert '"floor": 1.23457' in text
    with pytest.raises(KeyError):
        repeatability_text({"measures": {}})


@pytest.mark.slow
def test_true_contours_are_matched_and_blind_networks_match_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.follow_up_pairs.PIXELS_MM", (0.5,))
    blind = Workplace(None, tmp_path, BlindNetworks, films=1)
    (pair,) = follow_up_pairs(blind, CHANGED_SEEDS, 1, "")
    assert readings(blind, pair, "networks") is None
    (other,) = follow_up_pairs(blind, UNCHANGED_SEEDS, 1, "")
    visits = (pair.first, pair.second, other.first, other.second)
    exact = TrueNetworks({visit.film.path.name: visit.film for visit in visits})
    entry = run_measure(comparison_matching.MEASURE, Workplace(None, tmp_path, lambda: exact, films=1))
    values = {row["key"]: row["value"] for row in entry["rows"]}
    for seen_by in ("truth", "networks"):
        assert values[f"comparison_{seen_by}_matched"] == 1.0
        assert values[f"comparison_{seen_by}_true"] == 1.0
    nothing = run_measure(comparison_matching.MEASURE, blind)
    values = {row["key"]: row["value"] for row in nothing["rows"]}
    assert values["comparison_networks_matched"] is None
    assert values["comparison_truth_matched"] == 1.0
