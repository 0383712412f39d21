from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.ndimage import distance_transform_edt

from sclerograph.hand.erosion_margins import MARGINS, STEP_MM, MarginStrip, straighten
from sclerograph.hand.view import HandView
from sclerograph.phantom.erosion import Erosion, TrueErosion, true_erosions
from sclerograph.phantom.film import fast_film
from sclerograph.phantom.scene import ADULT, draw_scene, reposed
from sclerograph.training.fit_erosion_model import true_view

_PIXEL_MM = 0.2
_BITE = Erosion("PP3", "marginal", 4.0, 2.4, 40.0, "head", "ulnar", 3.0, ragged=0.0)


@lru_cache(maxsize=1)
def simulated() -> tuple[HandView, TrueErosion]:
    rng = np.random.default_rng(41)
    scene = reposed(draw_scene(rng, ADULT), rng, pronation_deg=0.0, tilt_deg=0.0, erosions=(_BITE,))
    film = fast_film(scene, np.random.default_rng(6), rows=1230, columns=950, pixel_mm=_PIXEL_MM, plain=True)
    return true_view(film), true_erosions(scene.hand(), scene.erosions, scene.detector(1230, 950, _PIXEL_MM))[0]


@lru_cache(maxsize=1)
def strips() -> dict[tuple[str, str | None], MarginStrip]:
    found, reasons = straighten(simulated()[0])
    assert reasons == {}
    return {(strip.margin.bone, strip.margin.end): strip for strip in found}


def test_every_margin_of_a_whole_hand_is_found() -> None:
    assert set(strips()) == {(margin.bone, margin.end) for margin in MARGINS}


def test_the_margin_runs_along_the_true_outline_from_the_ulnar_to_the_radial_side() -> None:
    view, _ = simulated()
    for (bone, end), strip in strips().items():
        if end is None or bone in ("PP3", "RAD", "ULN"):
            continue
        inside = view.bone_map(bone) >= 128
        distance = np.where(inside, distance_transform_edt(inside), -distance_transform_edt(~inside))
        x, y = np.rint(strip.points[strip.seen]).astype(int).T
        assert np.quantile(np.abs(distance[y, x]), 0.9) * _PIXEL_MM < 0.6, bone
        # a left hand: the thumb, and so the radial side, lies to the right
        assert strip.points[-1, 0] > strip.points[0, 0] or bone[-1] == "1"
        assert abs(np.diff(strip.along_mm)[0] - STEP_MM) < 1e-9


def test_inward_points_into_the_bone() -> None:
    view, _ = simulated()
    for (bone, _), strip in strips().items():
        deeper = strip.points + 1.2 * strip.inward
        assert view.bone_at(bone, deeper[strip.seen]).mean() > 0.9, bone


def test_a_bite_leaves_the_expected_margin_and_shows_in_the_edge() -> None:
    _, true = simulated()
    strip = strips()["PP3", "head"]
    at = int(np.argmin(np.hypot(*(strip.points - [true.x, true.y]).T)))
    assert strip.edge_mm[at - 2 : at + 3].max() > 1.0
    elsewhere = np.abs(strip.along_mm - strip.along_mm[at]) > 4.0
    assert np.quantile(np.abs(strip.edge_mm[elsewhere & strip.seen]), 0.9) < 0.4


def test_bones_that_lie_over_each_other_block_the_margin() -> None:
    assert set(np.unique(strips()["TZM", None].blocked)) == {"", "bones touch or overlap"}
    assert strips()["PP2", "head"].seen.all()
