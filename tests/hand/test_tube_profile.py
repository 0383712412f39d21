from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from sclerograph.hand.tube_profile import Edges, fit_edges

Floats = NDArray[np.float64]

STEP_MM, FINE = 0.16, 16
HALF_MM = 6.4
FEW = settings(max_examples=8, deadline=None, derandomize=True)


def positions() -> Floats:
    count = round(HALF_MM / STEP_MM)
    return np.arange(-count, count + 1) * STEP_MM


def profile(
    outer_mm: float = 8.0,
    marrow_mm: float = 4.4,
    *,
    shift_mm: float = 0.0,
    marrow_shift_mm: float = 0.0,
    blur_mm: float = 0.12,
    sharpened: float = 0.0,
    contrast: float = 0.05,
    tissue_slant: float = 0.0,
) -> Floats:
    """Greys across a tube, each the mean over its sample."""
    at = (np.arange(len(positions()) * FINE) + 0.5) / FINE * STEP_MM - HALF_MM - 0.5 * STEP_MM

    def crossed(width: float, middle: float) -> Floats:
        return np.asarray(2.0 * np.sqrt(np.maximum((0.5 * width) ** 2 - (at - middle) ** 2, 0.0)))

    way = crossed(outer_mm, shift_mm) - crossed(marrow_mm, shift_mm + marrow_shift_mm)
    grey = 0.2 + contrast * way + tissue_slant * at
    grey = gaussian_filter1d(grey, blur_mm / STEP_MM * FINE, mode="nearest")
    grey = grey + sharpened * (grey - gaussian_filter1d(grey, 0.6 / STEP_MM * FINE, mode="nearest"))
    return np.asarray(grey.reshape(-1, FINE).mean(axis=1))


def fitted(*rows: Floats, half_mm: float = 4.0, clean: Floats | None = None) -> Edges:
    greys = np.stack(rows)
    clear = np.ones(greys.shape) if clean is None else clean
    bone = np.zeros(len(rows), np.intp)
    return fit_edges(positions(), greys, clear, np.full(len(rows), half_mm), bone)


@pytest.mark.parametrize("marrow_mm", [2.4, 4.4, 6.0])
@pytest.mark.parametrize("blur_mm", [0.08, 0.15, 0.25])
def test_widths_are_those_of_the_tube_whatever_the_blur(marrow_mm: float, blur_mm: float) -> None:
    edges = fitted(*[profile(8.0, marrow_mm, blur_mm=blur_mm)] * 4)
    assert edges.outer_width == pytest.approx(8.0, abs=0.08)
    assert edges.inner_width == pytest.approx(marrow_mm, abs=0.12)
    assert edges.misfit.max() < 0.02


@pytest.mark.parametrize("sharpened", [0.3, 0.6])
def test_sharpening_does_not_move_edges(sharpened: float) -> None:
    plain, sharp = (fitted(*[profile(sharpened=amount)] * 4) for amount in (0.0, sharpened))
    assert sharp.outer_width == pytest.approx(plain.outer_width, abs=0.06)
    assert sharp.inner_width == pytest.approx(plain.inner_width, abs=0.1)


@FEW
@given(st.floats(6.5, 10.0), st.floats(0.2, 0.7), st.floats(-0.3, 0.3), st.floats(-0.3, 0.3))
def test_edges_lie_where_they_were_drawn(outer_mm: float, index: float, shift_mm: float, off_mm: float) -> None:
    marrow_mm = (1.0 - index) * outer_mm
    off_mm = off_mm * (outer_mm - marrow_mm) / 2.0
    edges = fitted(
        *[profile(outer_mm, marrow_mm, shift_mm=shift_mm, marrow_shift_mm=off_mm)] * 2, half_mm=0.5 * outer_mm
    )
    assert edges.outer_left == pytest.approx(shift_mm - 0.5 * outer_mm, abs=0.08)
    assert edges.outer_right == pytest.approx(shift_mm + 0.5 * outer_mm, abs=0.08)
    assert edges.inner_left == pytest.approx(shift_mm + off_mm - 0.5 * marrow_mm, abs=0.2)
    assert edges.inner_right == pytest.approx(shift_mm + off_mm + 0.5 * marrow_mm, abs=0.2)


@FEW
@given(st.floats(0.02, 0.1), st.floats(-0.01, 0.01))
def test_neither_contrast_nor_uneven_soft_tissue_moves_edges(contrast: float, tissue_slant: float) -> None:
    plain = fitted(*[profile()] * 2)
    other = fitted(*[profile(contrast=contrast, tissue_slant=tissue_slant)] * 2)
    assert other.outer_width == pytest.approx(plain.outer_width, abs=0.05)
    assert other.inner_width == pytest.approx(plain.inner_width, abs=0.12)


@FEW
@given(st.floats(0.25, 0.65), st.floats(-0.3, 0.3))
def test_a_mirrored_profile_has_mirrored_edges(index: float, off_mm: float) -> None:
    seen = profile(8.0, 8.0 * (1.0 - index), marrow_shift_mm=off_mm)
    edges, mirrored = fitted(seen, seen), fitted(seen[::-1], seen[::-1])
    assert mirrored.outer_left == pytest.approx(-edges.outer_right, abs=1e-3)
    assert mirrored.inner_left == pytest.approx(-edges.inner_right, abs=5e-3)


def test_a_thinner_cortex_has_a_wider_marrow_space_and_the_same_bone() -> None:
    found = [fitted(*[profile(marrow_mm=width)] * 2) for width in (3.0, 3.6, 4.2, 4.8, 5.4, 6.0)]
    inner = [float(edges.inner_width[0]) for edges in found]
    assert np.all(np.diff(inner) > 0.45)
    assert np.ptp([float(edges.outer_width[0]) for edges in found]) < 0.06


@pytest.mark.parametrize("marrow_mm", [1.2, 7.2])
def test_a_very_thick_and_a_very_thin_wall_are_found(marrow_mm: float) -> None:
    edges = fitted(*[profile(8.0, marrow_mm)] * 4)
    assert edges.inner_width == pytest.approx(marrow_mm, abs=0.25)


def test_what_is_not_clean_does_not_count() -> None:
    seen = profile()
    spoilt = seen.copy()
    hidden = np.abs(positions() + 0.6) < 0.6
    spoilt[hidden] = 1.0
    clean = np.where(np.stack([hidden, hidden]), 0.0, 1.0)
    edges, plain = fitted(spoilt, spoilt, clean=clean), fitted(seen, seen)
    assert edges.outer_width == pytest.approx(plain.outer_width, abs=0.02)
    assert edges.inner_width == pytest.approx(plain.inner_width, abs=0.08)


def test_noise_costs_some_hundredths_of_a_millimetre() -> None:
    rng = np.random.default_rng(0)
    rows = [profile() + rng.normal(0.0, 0.004, len(positions())) for _ in range(12)]
    edges, plain = fitted(*rows), fitted(*[profile()] * 2)
    assert abs(float(edges.outer_width.mean() - plain.outer_width[0])) < 0.03
    assert abs(float(edges.inner_width.mean() - plain.inner_width[0])) < 0.08
    assert float(edges.outer_width.std()) < 0.06


def test_something_else_than_a_tube_fits_badly() -> None:
    stripes = 0.3 + 0.1 * np.sign(np.sin(2.5 * positions()))
    assert fitted(stripes, stripes).misfit.min() > 0.1


def test_contrast_follows_the_grey_that_the_bone_adds() -> None:
    faint, strong = (float(fitted(*[profile(contrast=grey)] * 2).contrast[0]) for grey in (0.03, 0.06))
    assert strong == pytest.approx(2.0 * faint, rel=0.1)
