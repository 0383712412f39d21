"""Where regions lie: at known places of a drawn hand, however it lies on the film."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.hand.compartment import compartment_of
from sclerograph.hand.site import Anatomy, Placement
from sclerograph.imaging.calibration import Calibration
from tests.hand.scenes import FEW, Placed, Scene, disc, healthy_landmarks, view_of


def between(a: str, b: str, share: float) -> np.ndarray:
    start, end = (np.array(healthy_landmarks()[name]) for name in (a, b))
    return start + share * (end - start)


def beside(a: str, b: str, share: float, across_mm: float) -> np.ndarray:
    start, end = (np.array(healthy_landmarks()[name]) for name in (a, b))
    along = (end - start) / np.hypot(*(end - start))
    return start + share * (end - start) + across_mm * np.array([-along[1], along[0]])


#: The joint space of the drawn hand begins 0.8 mm beyond its landmark and is 1 mm high.
SPACE_MM = 1.3

#: Middle of a region, site, digit, compartment.
PLACES: dict[str, tuple[np.ndarray, str, int | None, str]] = {
    "pulp over the tuft": (between("DIP2", "TIP2", 0.9), "DP2", 2, "pulp"),
    "pulp beyond the tip": (between("DIP4", "TIP4", 1.15), "DP4", 4, "pulp"),
    "pulp of the thumb": (beside("IP1", "TIP1", 0.8, 5.0), "DP1", 1, "pulp"),
    "shaft of a middle phalanx": (between("PIP3", "DIP3", 0.5), "MP3", 3, "overlying_bone"),
    "beside a proximal phalanx": (beside("MCP2", "PIP2", 0.5, 6.5), "PP2", 2, "subcutaneous"),
    "in the joint space": (between("PIP4", "DIP4", SPACE_MM / 26.64), "PIP4", 4, "intra_articular"),
    "beside a joint": (beside("PIP5", "DIP5", 0.02, 6.5), "PIP5", 5, "periarticular"),
    "head of a proximal phalanx": (between("PIP2", "MCP2", 0.02), "PIP2", 2, "periarticular"),
    "metacarpal": (between("CMC3", "MCP3", 0.5), "MC3", 3, "overlying_bone"),
    "radius": (
        between("RADIUS_ULNAR_EDGE", "RADIUS_RADIAL_EDGE", 0.5) + np.array([0, 14]),
        "RAD",
        None,
        "overlying_bone",
    ),
    "scaphoid": (np.array(healthy_landmarks()["SCA"]) + np.array([2.0, -6.0]), "SCA", None, "overlying_bone"),
}

DIAMETER = 1.0


def points_of(placed: Placed, centre: np.ndarray, diameter: float = DIAMETER) -> np.ndarray:
    grid = np.linspace(-0.5, 0.5, 11) * diameter
    x, y = np.meshgrid(grid, grid)
    inside = np.hypot(x, y) <= 0.5 * diameter
    return placed.on_film(centre + np.stack([x[inside], y[inside]], axis=1))


def place(scene: Scene, placed: Placed, centre: np.ndarray, diameter: float = DIAMETER) -> Placement:
    return Anatomy(view_of(scene, placed)).place(points_of(placed, centre, diameter))


@pytest.mark.parametrize("name", PLACES)
def test_known_places(name: str) -> None:
    centre, site, digit, compartment = PLACES[name]
    found = place(Scene(), Placed(), centre)
    assert (found.site, found.digit, compartment_of(found)) == (site, digit, compartment)


@FEW
@given(turn=st.floats(0, 360), mirrored=st.booleans(), scale=st.floats(1.5, 4.0))
def test_places_do_not_depend_on_how_the_hand_lies(turn: float, mirrored: bool, scale: float) -> None:
    placed = Placed(scale, turn, mirrored)
    anatomy = Anatomy(view_of(Scene(), placed))
    for centre, site, digit, compartment in PLACES.values():
        found = anatomy.place(points_of(placed, centre))
        assert (found.site, found.digit, compartment_of(found)) == (site, digit, compartment)


def test_millimetres_of_a_calibrated_film_are_real_ones() -> None:
    """4 nominal mm from the joint line are 2.8 mm in a small hand."""
    centre = between("PIP3", "DIP3", (4.0 + SPACE_MM) / 28.15)
    placed = Placed(5.0)
    nominal = Anatomy(view_of(Scene(), placed)).place(points_of(placed, centre))
    small = view_of(Scene(), placed, Calibration("pixel_spacing", 0.14))
    assert nominal.site == "MP3"
    assert Anatomy(small).place(points_of(placed, centre)).site == "PIP3"


def test_calcium_beyond_a_vanished_phalanx_stays_in_its_pulp() -> None:
    found = place(Scene(lost={3: 0.8}), Placed(), between("DIP3", "TIP3", 0.9), 4.0)
    assert found.site == "DP3"
    assert compartment_of(found) == "pulp"
    assert found.bone_share == 0.0


def test_missing_outlines_leave_the_landmarks() -> None:
    view = view_of(Scene())
    view.skeleton.bones[:] = 0
    found = Anatomy(view).place(points_of(Placed(), between("PIP3", "DIP3", 0.5)))
    assert found.site == "MP3"
    assert compartment_of(found) == "subcutaneous"


def test_a_hand_without_any_bone_has_no_sites() -> None:
    scene = Scene(confidence=dict.fromkeys(healthy_landmarks(), 0.0))
    view = view_of(scene)
    view.skeleton.bones[:] = 0
    with pytest.raises(ValueError, match="without any bone"):
        Anatomy(view).place(points_of(Placed(), between("PIP3", "DIP3", 0.5)))


def test_radiocarpal_space() -> None:
    """A lunate drawn down to the radius leaves a narrow space between them."""
    lunate = np.array(healthy_landmarks()["LUN"])
    edge = between("RADIUS_ULNAR_EDGE", "RADIUS_RADIAL_EDGE", 0.5)[1]
    low = disc(float(lunate[0]), float(edge) - 8.0, 12.0)  # its lowest point 2 mm above the radius
    scene = Scene(extra_bone={"LUN": [low]})
    found = place(scene, Placed(), np.array([lunate[0], edge - 1.0]), 0.8)
    assert found.site == "RC"
    assert found.digit is None
    assert compartment_of(found) == "intra_articular"


def test_half_of_a_region_at_the_joint_is_enough() -> None:
    """A knob at the joint with a tail along the shaft: the centre is 4 mm away, three fifths of the area are not."""
    placed = Placed()
    knob = points_of(placed, between("PIP3", "DIP3", SPACE_MM / 28.15), 3.0)
    tail = points_of(placed, between("PIP3", "DIP3", (SPACE_MM + 10.0) / 28.15), 3.0)
    anatomy = Anatomy(view_of(Scene(), placed))
    points = np.concatenate([knob, tail[: 2 * len(knob) // 3]])
    line = anatomy.joint_lines["PIP3"]
    assert line.distance(points.mean(axis=0)[None])[0] > 3.0 * placed.pixels_per_mm
    assert anatomy.place(points).site == "PIP3"
    assert anatomy.place(tail).site == "MP3"


def test_joint_lines_follow_the_bones() -> None:
    line = Anatomy(view_of(Scene(), Placed(4.0))).joint_lines["PIP3"]
    assert line.half_width / 4.0 == pytest.approx(5.0, abs=1.0)
    assert abs(float(line.along @ line.across)) < 1e-12
    at = line.distance(np.array([line.centre, line.centre + 8 * line.along, line.centre + 50 * line.across]))
    assert at[0] == 0.0
    assert at[1] == pytest.approx(8.0)
    assert at[2] == pytest.approx(50.0 - line.half_width)
