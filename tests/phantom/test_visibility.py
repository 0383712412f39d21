"""A deposit is visible where it stands out of grain and texture."""

import numpy as np
import pytest

from sclerograph.phantom.visibility import grey_needed, texture, visibility

_PIXEL_MM = 0.2


def test_a_flat_film_has_no_texture() -> None:
    assert texture(np.full((60, 60), 0.4), _PIXEL_MM) == pytest.approx(0.0, abs=1e-6)


def test_texture_is_the_standard_deviation_of_a_wave_of_its_scale() -> None:
    x = np.arange(300) * _PIXEL_MM
    wave = np.tile(0.1 * np.sin(2 * np.pi * x / 2.4), (300, 1))
    inside = texture(wave, _PIXEL_MM)[100:200, 100:200]
    # A Gaussian of standard deviation s leaves exp(-(2 pi s / wavelength)^2 / 2) of a wave (ISO 16610-21).
    kept = np.exp(-((2 * np.pi * 0.25 / 2.4) ** 2) / 2) - np.exp(-((2 * np.pi * 1.2 / 2.4) ** 2) / 2)
    assert inside.mean() == pytest.approx(0.1 * kept / np.sqrt(2), rel=0.03)


@pytest.mark.parametrize(("grain", "added", "seen"), [(0.01, 0.02, False), (0.01, 0.04, True), (0.0, 0.005, False)])
def test_a_deposit_has_to_rise_above_the_grain_and_the_steps_of_grey(grain: float, added: float, seen: bool) -> None:
    film = np.full((60, 60), 0.4)
    labels = np.zeros((60, 60), dtype=np.int32)
    labels[20:30, 20:30] = 1
    shown = np.where(labels > 0, added, 0.0)
    clear = visibility(shown, grey_needed(film, grain, _PIXEL_MM), labels, np.array([1]))
    assert (clear[0] >= 1.0) == seen


def test_trabeculae_hide_what_soft_tissue_shows() -> None:
    rng = np.random.default_rng(0)
    film = np.full((120, 120), 0.4)
    film[:, 60:] += np.repeat(np.repeat(rng.normal(0.0, 0.08, (30, 15)), 4, 0), 4, 1)
    labels = np.zeros((120, 120), dtype=np.int32)
    labels[50:60, 20:30], labels[50:60, 85:95] = 1, 2
    shown = np.where(labels > 0, 0.03, 0.0)
    soft, bone = visibility(shown, grey_needed(film, 0.004, _PIXEL_MM), labels, np.array([1, 2]))
    assert soft > 1.0 > bone


def test_no_deposits_have_no_visibility() -> None:
    nothing = np.zeros((8, 8))
    assert len(visibility(nothing, nothing + 1, nothing.astype(np.int32), np.zeros(0, dtype=np.int64))) == 0
