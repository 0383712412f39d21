"""Outlines as records, and the box."""

from __future__ import annotations

import numpy as np
import pytest

from sclerograph.anatomy.hand import BONES
from sclerograph.hand.outlines import area
from sclerograph.hand.regions import bone_outlines, box, soft_tissue_outline
from tests.hand.scenes import Placed, Scene, disc, view_of


def test_every_bone_that_is_seen() -> None:
    view = view_of(Scene())
    view.skeleton.bones[3] = 0
    found = bone_outlines(view)
    assert [o.bone for o in found] == [b.code for i, b in enumerate(BONES) if i != 3]
    assert all(o.confidence > 0.85 for o in found)


def test_area_of_a_carpal_bone() -> None:
    lunate = next(o for o in bone_outlines(view_of(Scene(), Placed(4.0))) if o.bone == "LUN")
    assert area([np.array(c) for c in lunate.contours]) == pytest.approx(np.pi * 25 * 16, rel=0.04)


def test_crumbs_are_left_out() -> None:
    crumb = disc(70.0, 100.0, 1.5)
    radius = next(o for o in bone_outlines(view_of(Scene(extra_bone={"RAD": [crumb]}))) if o.bone == "RAD")
    assert len(radius.contours) == 1


def test_box_holds_the_hand_and_stays_on_the_film() -> None:
    view = view_of(Scene(), Placed(4.0))
    x0, y0, x1, y1 = box(view)
    for mark in view.skeleton.landmarks.values():
        assert x0 <= mark.x <= x1
        assert y0 <= mark.y <= y1
    small = view_of(Scene(), Placed(4.0, rows=500, columns=400))
    x0, y0, x1, y1 = box(small)
    assert min(x0, y0) >= 0
    assert x1 <= 399
    assert y1 <= 499


def test_soft_tissue() -> None:
    contours = soft_tissue_outline(view_of(Scene(), Placed(4.0)))
    outer = max(contours, key=len)
    points = np.array(outer)
    assert np.ptp(points[:, 1]) > 4.0 * 180
