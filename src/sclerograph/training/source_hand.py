"""Put surfaces of bones from three data sets together as one left hand with straight fingers, flat on a film."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import trimesh  # type: ignore[import-not-found, unused-ignore]
from scipy.spatial import cKDTree

from sclerograph.anatomy.hand import CARPAL_BONES
from sclerograph.training.bone_source import (
    Points,
    Source,
    Triangles,
    axis_ends,
    frame_along,
    long_axis,
    pole,
    section_centre,
    tubular,
    unit,
)
from sclerograph.training.bone_surfaces import read_myosim, read_open3d, read_openhands
from sclerograph.training.fit_wrist_pose import Motion, lowest_point, median_wrist, metaphysis_edges, settle_wrist

__all__ = ["load_sources"]

#: Joint spaces between bone surfaces in the rest pose: MCP and DIP near the means of Kwok 2011 (1.40 and 0.70 mm in
#: 5,631 joints), PIP between them, metacarpal bases like the wrist.
_JOINT_GAP_MM = {"MC": 1.0, "PP": 1.4, "MP": 1.0, "DP": 0.8}
#: Bones of the wrist are nowhere nearer to each other than this; the sources almost touch.
_OPEN_GAP_MM = 1.0
_OPENHANDS_FINGERS = {2: "Index", 3: "Middle", 4: "Ring", 5: "Little"}


def load_sources(surfaces: Path, landmark_sets: Path) -> dict[str, Source]:
    """Read all surfaces and put them together as one left hand with straight fingers, flat on a film."""
    open3d = read_open3d(surfaces / "open3d")
    hand: dict[str, Source] = {}
    for code in (*CARPAL_BONES, "SES1R", "SES1U"):
        hand[code] = _carpal(*open3d[code], code)
    for code in ("RAD", "ULN"):
        hand[code] = _forearm(*open3d[code], code)
    _add_metacarpals_and_thumb(hand, open3d, read_myosim(surfaces / "myosim"))
    _pose_wrist(hand, landmark_sets)
    _open_wrist_joints(hand)
    for code in ("TRQ", "LUN", "SCA", "HAM", "CAP", "TZD", "TZM"):
        hand[code].landmarks[code] = lowest_point(hand[code].vertices)
    for code in ("RAD", "ULN"):
        hand[code].landmarks |= metaphysis_edges(hand[code].vertices, code)
    _add_fingers(hand, surfaces / "openhands/version-2024-07")
    third = hand["MC3"]
    home = Motion(third.origin.copy(), frame_along(third.rotation[:, 1], np.array([1.0, 0.0, 0.0])).T, -third.origin)
    for code, source in hand.items():
        source.move(home, keep_axes=code in CARPAL_BONES or code.startswith("SES"))
        source.landmarks = {name: home(point) for name, point in source.landmarks.items()}
    return hand


def _add_metacarpals_and_thumb(
    hand: dict[str, Source],
    open3d: dict[str, tuple[Points, Triangles]],
    myosim: dict[str, tuple[Points, Triangles]],
) -> None:
    """The metacarpals in the places of the coarse ones, and the thumb as its source holds it, with joint spaces."""
    distal, radial = np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    thumb_axis = open3d["DP1"][0].mean(0) - open3d["MC1"][0].mean(0)
    # The thumb faces away from its sesamoids, not from the palm.
    base, head = axis_ends(*open3d["MC1"], thumb_axis)
    palmar = (hand["SES1R"].origin + hand["SES1U"].origin) / 2 - base
    thumb_x = np.cross(unit(head - base), -palmar)
    carpals = np.concatenate([hand[code].vertices for code in CARPAL_BONES])
    for digit in range(1, 6):
        code = f"MC{digit}"
        toward = thumb_axis if digit == 1 else distal
        vertices = _placed_metacarpal(myosim[code], open3d[code], toward, fit_roll=digit == 1)
        hand[code] = tubular(vertices, myosim[code][1], toward, thumb_x if digit == 1 else radial, "MyoSim")
        hand[code].move(_gap_shift(hand[code], carpals, _JOINT_GAP_MM["MC"]))
    previous = "MC1"
    for code in ("PP1", "DP1"):
        hand[code] = tubular(*open3d[code], thumb_axis, thumb_x, "Open3D")
        shift = _gap_shift(hand[code], hand[previous].vertices, _JOINT_GAP_MM[code[:2]])
        hand[code].move(shift)
        if code == "PP1":
            open3d["DP1"] = shift(open3d["DP1"][0]), open3d["DP1"][1]
            for sesamoid in ("SES1R", "SES1U"):
                hand[sesamoid].move(shift)
        previous = code


def _placed_metacarpal(
    fine: tuple[Points, Triangles], coarse: tuple[Points, Triangles], toward: Points, *, fit_roll: bool
) -> Points:
    """Put the finely meshed metacarpal where the coarse one lies in its carpus: base on base, head on head.

    The roll about the axis is that of the fine hand, or (``fit_roll``, for the thumb, which the two hands hold
    differently) the one that brings the surfaces nearest to each other.
    """
    base, head = axis_ends(fine[0], fine[1], toward)
    base_to, head_to = axis_ends(coarse[0], coarse[1], toward)
    scale = float(np.linalg.norm(head_to - base_to) / np.linalg.norm(head - base))
    radial = np.array([1.0, 0.0, 0.0])
    local = scale * (fine[0] - base) @ frame_along(head - base, radial)
    frame_to = frame_along(head_to - base_to, radial)
    target = cKDTree(coarse[0])
    placed = []
    for roll in np.radians(np.arange(-60, 61, 3)) if fit_roll else (0.0,):
        c, s = np.cos(roll), np.sin(roll)
        turned = local @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]).T @ frame_to.T + base_to
        placed.append((float(np.mean(target.query(turned)[0] ** 2)), turned))
    return min(placed, key=lambda p: p[0])[1]


def _phalanx(shapes: list[Points], faces: Triangles) -> Source:
    """Mean phalanx in its local frame, with the percentiles of the first mode each in its own local frame."""
    distal, radial = np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    mean = tubular(shapes[0], faces, distal, radial, "OpenHands")
    ends = [int(np.argmin(np.linalg.norm(shapes[0] - p, axis=1))) for p in mean.poles]
    variants = []
    for shape in shapes[1:]:
        base, head = shape[ends[0]], shape[ends[1]]
        variants.append((shape - base) @ frame_along(head - base, radial))
    mean.variants = (variants[0], variants[1])
    return mean


def _carpal(vertices: Points, faces: Triangles, code: str) -> Source:
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    centre = np.asarray(mesh.centroid)
    axis = long_axis(vertices, np.array([0.0, 1.0, 0.0]))
    low, high = vertices[np.argmin(vertices @ axis)], vertices[np.argmax(vertices @ axis)]
    if code == "HAM":
        # The loft runs into the hook: rings around the body would pass its root without entering it.
        high = vertices[np.argmin(vertices[:, 2])]
        low = vertices[np.argmin(vertices @ (high - centre))]
    return Source(vertices, faces, centre, np.eye(3), float(np.ptp(vertices @ axis)), (low, high), "Open3D")


def _forearm(vertices: Points, faces: Triangles, code: str) -> Source:
    """Radius or ulna: origin at the centre of the distal end, y along the shaft, the loft runs into the styloid."""
    distal, radial = np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    bottom = vertices[:, 1].min()
    axis = unit(section_centre(vertices, distal, 0.75) - section_centre(vertices, distal, 0.1))
    foot = vertices[vertices[:, 1] < bottom + 1e-6]
    low = (foot.min(0) + foot.max(0)) / 2
    end = vertices[(vertices @ axis) > (vertices @ axis).max() - 12.0]
    centre = (end.min(0) + end.max(0)) / 2
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    origin = pole(mesh, centre - 6.0 * axis, axis)
    styloid = vertices[np.argmax(vertices[:, 1])]
    length = float(np.linalg.norm(origin - low))
    return Source(vertices, faces, origin, frame_along(axis, radial), length, (low, styloid), "Open3D")


def _pose_wrist(hand: dict[str, Source], landmark_sets: Path) -> None:
    """Settle carpals and forearm; the thumb follows its trapezium."""
    joints = {}
    for digit in range(2, 6):
        metacarpal = hand[f"MC{digit}"]
        joints[f"CMC{digit}"], joints[f"MCP{digit}"] = metacarpal.poles
    codes = (*CARPAL_BONES, "RAD", "ULN", "MC1", "MC2", "MC3", "MC4", "MC5")
    # A vertex in three carries the shape well enough for distances of a millimetre.
    surfaces = {code: (hand[code].vertices[::3], hand[code].normals()[::3]) for code in codes}
    motions = settle_wrist(surfaces, median_wrist(landmark_sets, joints))
    for code, motion in motions.items():
        hand[code].move(motion, keep_axes=code in CARPAL_BONES)
    for code in ("MC1", "PP1", "DP1", "SES1R", "SES1U"):
        hand[code].move(motions["TZM"], keep_axes=code.startswith("SES"))


def _open_wrist_joints(hand: dict[str, Source]) -> None:
    """Draw facing joint surfaces back, half each, until no two bones of the wrist are nearer than the open gap."""
    codes = (*CARPAL_BONES, "RAD", "ULN", "MC1", "MC2", "MC3", "MC4", "MC5")
    for _ in range(3):
        trees = {code: cKDTree(hand[code].vertices) for code in codes}
        normals = {code: hand[code].normals() for code in codes}
        for code in codes:
            source = hand[code]
            retreat = np.zeros(len(source.vertices))
            for other in codes:
                if other == code:
                    continue
                distance, nearest = trees[other].query(source.vertices, distance_upper_bound=3 * _OPEN_GAP_MM)
                close = np.flatnonzero(np.isfinite(distance))
                toward = source.vertices[close] - trees[other].data[nearest[close]]
                side = np.einsum("ij,ij->i", toward, normals[other][nearest[close]])
                signed = np.where(side < 0, -distance[close], distance[close])
                retreat[close] = np.maximum(retreat[close], np.clip(_OPEN_GAP_MM - signed, 0.0, _OPEN_GAP_MM) / 2)
            source.vertices = source.vertices - retreat[:, None] * normals[code]


def _add_fingers(hand: dict[str, Source], folder: Path) -> None:
    """Straight fingers, each in line with the projection of its metacarpal."""
    radial = np.array([1.0, 0.0, 0.0])
    for digit, finger in _OPENHANDS_FINGERS.items():
        metacarpal = hand[f"MC{digit}"]
        frame = frame_along(metacarpal.rotation[:, 1] * [1.0, 1.0, 0.0], radial)
        previous, joint = metacarpal.vertices, metacarpal.poles[1]
        for name, (shapes, faces) in zip(("PP", "MP", "DP"), read_openhands(folder, finger), strict=True):
            phalanx = _phalanx(shapes, faces)
            phalanx.vertices = phalanx.local() @ frame.T + joint
            phalanx.origin, phalanx.rotation = joint, frame
            phalanx.poles = (joint, joint + phalanx.length_mm * frame[:, 1])
            phalanx.move(_gap_shift(phalanx, previous, _JOINT_GAP_MM[name]))
            hand[f"{name}{digit}"] = phalanx
            previous, joint = phalanx.vertices, phalanx.poles[1]


def _gap_shift(bone: Source, previous: Points, gap_mm: float) -> Motion:
    """Shift along the bone's axis that leaves the joint space between the bone and what lies before it."""
    tree = cKDTree(previous)
    axis = bone.rotation[:, 1]
    # Starting apart: the unsigned distance cannot tell overlap from a gap.
    offset = 4.0
    for _ in range(8):
        offset += gap_mm - float(tree.query(bone.vertices + offset * axis)[0].min())
    return Motion(np.zeros(3), np.eye(3), np.asarray(offset * axis))
