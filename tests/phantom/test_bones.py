"""The parametric bones: closed, outward, in the frame and of the size that the documentation says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES, CARPAL_BONES, LANDMARKS
from sclerograph.phantom.bones import BONE_SHAPES_FILE, Surface, load_bone_shapes, with_tuft

SHAPES = load_bone_shapes()
DISTAL_PHALANGES = [f"DP{d}" for d in range(1, 6)]

# Buryanov & Kotiuk 2010 (doi:10.4067/S0717-95022010000300015): mean and SD in mm, thumb to little finger.
LENGTHS = {
    "DP": ((21.67, 1.60), (15.82, 2.26), (17.40, 1.85), (17.30, 2.22), (15.96, 2.45)),
    "MP": (None, (22.38, 2.51), (26.33, 3.00), (25.65, 3.29), (18.11, 2.54)),
    "PP": ((31.57, 3.13), (39.78, 4.94), (44.63, 3.81), (41.37, 3.87), (32.74, 2.77)),
    "MC": ((46.22, 3.94), (68.12, 6.27), (64.60, 5.38), (58.00, 5.06), (53.69, 4.36)),
}
NORMS = [
    (f"{kind}{digit}", *norm) for kind, row in LENGTHS.items() for digit, norm in enumerate(row, 1) if norm is not None
]


def edge_counts(faces: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How often each undirected and each directed edge occurs."""
    directed = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    undirected = np.unique(np.sort(directed, axis=1), axis=0, return_counts=True)[1]
    return undirected, np.unique(directed, axis=0, return_counts=True)[1]


def assert_closed(surface: Surface) -> None:
    undirected, directed = edge_counts(surface.faces)
    assert np.all(undirected == 2)
    assert np.all(directed == 1)
    assert surface.volume_mm3 > 0


def in_hand(code: str) -> NDArray[np.float64]:
    return SHAPES[code].to_hand(SHAPES[code].surface().vertices)


def test_every_bone_of_the_vocabulary_and_the_sesamoids_is_there() -> None:
    assert set(SHAPES) == {b.code for b in BONES} | {"SES1R", "SES1U"}


def test_the_data_stay_small() -> None:
    assert BONE_SHAPES_FILE.stat().st_size < 300_000
    assert {"LICENSE", "SOURCES.md"} <= {p.name for p in BONE_SHAPES_FILE.parent.iterdir()}


@pytest.mark.parametrize("code", sorted(SHAPES))
def test_surface_is_closed_and_outward(code: str) -> None:
    surface = SHAPES[code].surface()
    assert_closed(surface)
    np.testing.assert_allclose(np.linalg.norm(surface.normals, axis=1), 1.0, atol=1e-9)
    # Normals point outward: a small step along them makes the bone larger.
    grown = surface.vertices + 0.01 * surface.normals
    a, b, c = (grown[surface.faces[:, k]] for k in range(3))
    assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6 > surface.volume_mm3


@pytest.mark.parametrize("code", sorted(SHAPES))
def test_fit_is_within_its_target(code: str) -> None:
    assert SHAPES[code].fit_rms_mm <= (0.4 if code in CARPAL_BONES else 0.25)


@settings(max_examples=20, deadline=None)
@given(rings=st.integers(3, 60), around=st.integers(6, 48), mode=st.floats(-1, 1), code=st.sampled_from(sorted(SHAPES)))
def test_surface_of_any_resolution_is_closed(rings: int, around: int, mode: float, code: str) -> None:
    surface = SHAPES[code].surface(rings, around, first_mode=mode)
    assert surface.vertices.shape == (rings * around + 2, 3)
    assert_closed(surface)
    assert surface.along.min() == 0.0
    assert surface.along.max() == 1.0


def test_too_coarse_a_surface_is_refused() -> None:
    with pytest.raises(ValueError, match="3 rings of 6"):
        SHAPES["CAP"].surface(2, 36)


def test_coarse_and_fine_surfaces_agree() -> None:
    for shape in SHAPES.values():
        assert shape.surface(40, 36).volume_mm3 == pytest.approx(shape.surface(160, 144).volume_mm3, rel=0.02)


@pytest.mark.parametrize(("code", "mean", "deviation"), NORMS)
def test_lengths_are_those_of_adults(code: str, mean: float, deviation: float) -> None:
    assert abs(SHAPES[code].length_mm - mean) < 2 * deviation


@pytest.mark.parametrize("code", [n[0] for n in NORMS])
def test_local_frame_runs_from_base_to_head(code: str) -> None:
    shape = SHAPES[code]
    vertices = shape.surface(80, 72).vertices
    assert np.linalg.norm(vertices, axis=1).min() < 0.5
    assert np.linalg.norm(vertices - [0.0, shape.length_mm, 0.0], axis=1).min() < 0.5


def test_forearm_extends_proximally_from_its_distal_end() -> None:
    for code in ("RAD", "ULN"):
        y = SHAPES[code].surface().vertices[:, 1]
        assert -85 < y.min() < -60
        assert y.max() < 15


def test_carpal_bones_are_centred_on_their_origin_with_the_axes_of_the_hand() -> None:
    for code in CARPAL_BONES:
        assert np.linalg.norm(SHAPES[code].surface().vertices.mean(0)) < 3.0
        np.testing.assert_array_equal(SHAPES[code].rest_rotation, np.eye(3))


def test_rotations_keep_handedness() -> None:
    for shape in SHAPES.values():
        np.testing.assert_allclose(shape.rest_rotation @ shape.rest_rotation.T, np.eye(3), atol=1e-4)
        assert np.linalg.det(shape.rest_rotation) == pytest.approx(1.0, abs=1e-4)


def test_hand_is_a_left_hand_seen_from_its_back() -> None:
    centre = {code: in_hand(code).mean(0) for code in SHAPES}
    assert centre["MC1"][0] > centre["MC2"][0] > centre["MC3"][0] > centre["MC4"][0] > centre["MC5"][0]
    assert centre["RAD"][0] > centre["ULN"][0]
    assert centre["DP3"][1] > centre["MP3"][1] > centre["PP3"][1] > centre["MC3"][1] > centre["CAP"][1]
    assert centre["CAP"][1] > centre["LUN"][1] > centre["RAD"][1]
    # Palmar is away from the viewer: pisiform before triquetrum, thumb and its sesamoids before the palm.
    assert centre["PIS"][2] < centre["TRQ"][2] - 3
    assert centre["PP1"][2] < centre["PP2"][2]
    to_sesamoids = (centre["SES1R"] + centre["SES1U"]) / 2 - centre["MC1"]
    assert (SHAPES["MC1"].rest_rotation.T @ to_sesamoids)[2] < 0


def test_hand_frame_is_that_of_the_third_metacarpal() -> None:
    third = SHAPES["MC3"]
    np.testing.assert_allclose(third.rest_origin_mm, 0.0, atol=1e-6)
    np.testing.assert_allclose(third.rest_rotation[:, 1], [0.0, 1.0, 0.0], atol=1e-4)


def test_lunate_lies_over_the_ulnar_part_of_the_radius() -> None:
    lunate, radius = in_hand("LUN"), in_hand("RAD")
    end = radius[radius[:, 1] > radius[:, 1].max() - 20]
    middle = (end[:, 0].min() + end[:, 0].max()) / 2
    assert end[:, 0].min() - 5 < lunate[:, 0].mean() < middle


def test_wrist_landmarks_lie_on_their_bones() -> None:
    found = {name for shape in SHAPES.values() for name in shape.landmarks_mm}
    assert found == set(LANDMARKS[: LANDMARKS.index("CMC5")])
    for shape in SHAPES.values():
        vertices = shape.surface(80, 72).vertices
        for point in shape.landmarks_mm.values():
            assert np.linalg.norm(vertices - point, axis=1).min() < 1.5
    place = {n: s.to_hand(p[None])[0] for s in SHAPES.values() for n, p in s.landmarks_mm.items()}
    assert place["ULNA_ULNAR_EDGE"][0] < place["ULNA_RADIAL_EDGE"][0] < place["RADIUS_RADIAL_EDGE"][0]
    assert place["RADIUS_ULNAR_EDGE"][0] < place["RADIUS_RADIAL_EDGE"][0]
    assert place["RADIAL_STYLOID"][1] > place["ULNAR_STYLOID"][1]


def test_cortex_is_thick_in_the_shaft_and_thin_at_the_ends() -> None:
    surface = SHAPES["MC2"].surface()
    shaft, ends = np.abs(surface.along - 0.5) < 0.05, (surface.along < 0.04) | (surface.along > 0.95)
    assert surface.cortex_mm[shaft].min() > 1.8
    assert surface.cortex_mm[ends].max() < 0.6
    radius = SHAPES["RAD"].surface()
    assert radius.cortex_mm[radius.along < 0.2].min() > 2.5
    assert radius.cortex_mm[radius.along > 0.97].max() < 0.6
    assert np.unique(SHAPES["CAP"].surface().cortex_mm).size == 1


def test_first_mode_lengthens_the_phalanx() -> None:
    shape = SHAPES["PP3"]
    short, mean, long = (shape.surface(first_mode=m) for m in (-1.0, 0.0, 1.0))
    assert short.volume_mm3 < mean.volume_mm3 < long.volume_mm3
    assert shape.length_at(-1.0) < shape.length_mm < shape.length_at(1.0)
    assert np.ptp(long.vertices[:, 1]) - np.ptp(mean.vertices[:, 1]) == pytest.approx(
        shape.length_at(1.0) - shape.length_mm, abs=0.5
    )


def test_first_mode_leaves_bones_without_known_variation() -> None:
    assert SHAPES["CAP"].first_mode is None
    assert SHAPES["CAP"].length_at(1.0) == SHAPES["CAP"].length_mm
    np.testing.assert_array_equal(SHAPES["CAP"].surface(first_mode=1.0).vertices, SHAPES["CAP"].surface().vertices)


def tuft_width(surface: Surface) -> float:
    return float(np.ptp(surface.vertices[surface.along > 0.75][:, 0]))


@pytest.mark.parametrize("code", DISTAL_PHALANGES)
def test_tuft_flares_and_stays_closed(code: str) -> None:
    plain = SHAPES[code].surface(70, 72)
    widths = []
    for flare in (0.8, 1.0, 1.25, 1.5):
        tufted = with_tuft(plain, flare=flare, hook_mm=(0.0, 0.0))
        assert_closed(tufted)
        widths.append(tuft_width(tufted))
    assert widths == sorted(widths)
    assert widths[1] == pytest.approx(tuft_width(plain))
    assert widths[3] > 1.3 * tuft_width(plain)


def test_tuft_leaves_the_base_and_shaft_alone() -> None:
    plain = SHAPES["DP3"].surface(70, 72)
    tufted = with_tuft(plain, flare=1.5, spurs_mm=np.full(7, 0.5), hook_mm=(0.8, 0.8))
    proximal = plain.along < 0.6
    np.testing.assert_array_equal(tufted.vertices[proximal], plain.vertices[proximal])


def test_tuft_is_flatter_than_the_knob() -> None:
    plain = SHAPES["DP3"].surface(70, 72)
    tufted = with_tuft(plain, flatten=0.4)
    tip = plain.along > 0.85
    assert np.ptp(tufted.vertices[tip][:, 2]) < 0.85 * np.ptp(plain.vertices[tip][:, 2])


def test_spur_and_notch_change_the_rim_where_they_are() -> None:
    plain = SHAPES["DP3"].surface(90, 96)
    smooth = with_tuft(plain, hook_mm=(0.0, 0.0))
    spur = with_tuft(plain, spurs_mm=np.array([0.0, 0.0, 0.5, 0.0, 0.0]), hook_mm=(0.0, 0.0))
    notch = with_tuft(plain, spurs_mm=np.array([0.0, 0.0, -0.5, 0.0, 0.0]), hook_mm=(0.0, 0.0))
    tips = [s.vertices[:, 1].max() for s in (notch, smooth, spur)]
    assert tips[0] < tips[1] - 0.1
    assert tips[2] == pytest.approx(tips[1] + 0.5, abs=0.15)


def test_hooks_reach_outward_on_their_side() -> None:
    plain = SHAPES["DP3"].surface(90, 96)
    none, right = with_tuft(plain, hook_mm=(0.0, 0.0)), with_tuft(plain, hook_mm=(0.0, 0.9))
    assert right.vertices[:, 0].min() == pytest.approx(none.vertices[:, 0].min())
    tip = plain.along > 0.7
    assert right.vertices[tip][:, 0].max() > none.vertices[tip][:, 0].max() + 0.2


@settings(max_examples=25, deadline=None)
@given(
    code=st.sampled_from(DISTAL_PHALANGES),
    flare=st.floats(0.8, 1.5),
    spurs=st.lists(st.floats(-0.3, 0.6), max_size=9),
    hooks=st.tuples(st.floats(0, 0.9), st.floats(0, 0.9)),
)
def test_any_tuft_encloses_a_volume_near_that_of_the_knob(
    code: str, flare: float, spurs: list[float], hooks: tuple[float, float]
) -> None:
    plain = SHAPES[code].surface(60, 60)
    tufted = with_tuft(plain, flare=flare, spurs_mm=np.array(spurs), hook_mm=hooks)
    assert_closed(tufted)
    assert 0.75 < tufted.volume_mm3 / plain.volume_mm3 < 1.4


def test_tuft_needs_vertices() -> None:
    with pytest.raises(ValueError, match="too few vertices"):
        with_tuft(SHAPES["DP3"].surface(3, 6))
