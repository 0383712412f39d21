"""Relative density: on greys that are known, and not told where it cannot be measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sclerograph.hand.calcinosis_settings import DEFAULT
from sclerograph.hand.density import cortex_excess, deposit_excess
from sclerograph.hand.view import HandView
from tests.hand.scenes import Scene, disc, healthy_landmarks, view_of

# Drawn greys: soft tissue 0.30, bone 0.60.
BONE_EXCESS = 0.30
SOFT = np.array(healthy_landmarks()["PIP3"]) * 0.5 + np.array(healthy_landmarks()["MCP3"]) * 0.5 + np.array([6.0, 0.0])
SHAFT = np.array(healthy_landmarks()["CMC3"]) * 0.5 + np.array(healthy_landmarks()["MCP3"]) * 0.5


def deposit_mask(view: HandView) -> tuple[np.ndarray, tuple[int, int]]:
    return view.calcium.calcium >= 0.5, (0, 0)


def test_cortex_over_soft_tissue() -> None:
    assert cortex_excess(view_of(Scene(), greys=True)) == pytest.approx(BONE_EXCESS, abs=0.01)


def test_deposit_in_soft_tissue() -> None:
    view = view_of(Scene(calcium=[disc(*SOFT, 3.0)], excess=0.24), greys=True)
    assert deposit_excess(view, *deposit_mask(view)) == pytest.approx(0.24, abs=0.04)


def test_deposit_over_bone_is_held_against_bone() -> None:
    view = view_of(Scene(calcium=[disc(*SHAFT, 3.0)], excess=0.24), greys=True)
    assert deposit_excess(view, *deposit_mask(view)) == pytest.approx(0.24, abs=0.04)


def test_part_of_a_grid() -> None:
    view = view_of(Scene(calcium=[disc(*SHAFT, 3.0)]), greys=True)
    mask, _ = deposit_mask(view)
    rows, columns = np.nonzero(mask)
    part = mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    corner = (int(rows.min()), int(columns.min()))
    assert deposit_excess(view, part, corner) == pytest.approx(deposit_excess(view, mask, (0, 0)))


def test_clipped_deposit_has_none() -> None:
    view = view_of(Scene(calcium=[disc(*SHAFT, 3.0)], excess=0.6), greys=True)
    assert deposit_excess(view, *deposit_mask(view)) is None


def test_clipped_cortex_has_none() -> None:
    view = view_of(Scene(), greys=True)
    bright = replace(view.radiograph, pixels=np.minimum(view.radiograph.pixels + 0.5, 1.0))
    assert cortex_excess(replace(view, radiograph=bright)) is None


def test_plain_film_has_no_cortex() -> None:
    assert cortex_excess(view_of(Scene())) is None


def test_shafts_under_metal_do_not_count() -> None:
    view = view_of(Scene(), greys=True)
    view.calcium.metal[:] = 1.0
    assert cortex_excess(view) is None


def test_no_landmarks_no_cortex() -> None:
    view = view_of(Scene(confidence=dict.fromkeys(healthy_landmarks(), 0.0)), greys=True)
    assert cortex_excess(view) is None


def test_ring_that_is_all_calcium_has_none() -> None:
    view = view_of(Scene(calcium=[disc(*SHAFT, 20.0)]), greys=True)
    small = view_of(Scene(calcium=[disc(*SHAFT, 3.0)]), greys=True)
    assert deposit_excess(view, *deposit_mask(small), replace(DEFAULT, saturated_from=2.0)) is None
