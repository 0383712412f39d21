"""Fit the compact hand skeleton of the phantom to public bone surfaces.

Run as ``python -m sclerograph.training.fit_bone_shapes SURFACES LANDMARK_SETS`` where ``SURFACES`` holds the folders
``open3d``, ``openhands`` and ``myosim`` (see ``phantom/bone_shapes/SOURCES.md``) and ``LANDMARK_SETS`` is a JSON list
of landmark positions of real films, which pose the wrist (see :mod:`sclerograph.training.fit_wrist_pose`). It writes
``hand_bones.json`` beside that file and prints the distance between every fitted bone and its surface.

How a bone is fitted
    A bone is a closed surface without handles, so a harmonic function that is 0 at one point (the base) and 1 at
    another (the head) has no other critical point: every level set is one closed curve, also around condyles and into
    hollow articular ends, where plane sections would fall apart. Each curve becomes a ring with three low-order Fourier
    series (one a coordinate) over its relative arc length; neighbouring rings are turned until they agree.

Frame: left hand seen from its back: x radial, y distal, z dorsal, millimetres. The sources show right hands, which are
mirrored here.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import trimesh  # type: ignore[import-not-found, unused-ignore]
from numpy.typing import NDArray
from scipy import sparse
from scipy.interpolate import interp1d
from scipy.sparse.linalg import spsolve
from scipy.spatial import cKDTree

from sclerograph.anatomy.hand import CARPAL_BONES
from sclerograph.phantom.bones import BONE_SHAPES_FILE, BoneShape, parse_bone_shapes
from sclerograph.training.fit_wrist_pose import Motion, lowest_point, median_wrist, metaphysis_edges, settle_wrist

__all__ = ["Source", "fit_hand", "load_sources", "main"]

Points = NDArray[np.float64]
Triangles = NDArray[np.int64]

#: The forearm bones are cut this far proximal of the lowest point of the lunate.
FOREARM_LENGTH_MM = 75.0
#: Joint spaces between bone surfaces in the rest pose: MCP and DIP near the means of Kwok 2011 (1.40 and 0.70 mm in
#: 5,631 joints), PIP between them, metacarpal bases like the wrist.
JOINT_GAP_MM = {"MC": 1.0, "PP": 1.4, "MP": 1.0, "DP": 0.8}
#: Supination of the hand on the film against the plane of the metacarpals 2 and 5: the thenar eminence lifts the radial
#: side. This angle spreads trapezium and trapezoid as on films.
SUPINATION_DEG = 12.0
#: Bones of the wrist are nowhere nearer to each other than this; the sources almost touch.
OPEN_GAP_MM = 1.0
RING_SAMPLES = 256

OPEN3D_NAMES = {
    "CAP": "Capitate",
    "HAM": "Hamate",
    "LUN": "Lunate_bone",
    "SCA": "Scaphoid",
    "TZM": "Trapezium",
    "TZD": "Trapezoid",
    "TRQ": "Triquetrum",
    "PIS": "Pisiform",
    "RAD": "full_Radius_r",
    "ULN": "full_Ulna_r",
    "PP1": "Proximal_phalanx_of_1st_finger",
    "DP1": "Distal_phalanx_of_1st_finger",
}
OPEN3D_METACARPALS = {f"MC{d}": f"{n}_metacarpal_bone" for d, n in enumerate(("1st", "2nd", "3rd", "4th", "5th"), 1)}
OPENHANDS_FINGERS = {2: "Index", 3: "Middle", 4: "Ring", 5: "Little"}


@dataclass
class Source:
    """One bone surface in the hand frame, with its anatomical frame and the poles of its loft.

    ``variants`` are the same vertices at the 5th and 95th percentile of the first mode of variation, if known, each in
    its own local frame. ``rotation`` has the local axes as columns.
    """

    vertices: Points
    faces: Triangles
    origin: Points
    rotation: Points
    length_mm: float
    poles: tuple[Points, Points]
    dataset: str
    variants: tuple[Points, Points] | None = None
    landmarks: dict[str, Points] = field(default_factory=dict)

    def move(self, motion: Motion, *, keep_axes: bool = False) -> None:
        """Move the bone in the hand; ``keep_axes`` leaves its local axes parallel to the hand's."""
        self.vertices, self.origin = motion(self.vertices), motion(self.origin)
        self.poles = (motion(self.poles[0]), motion(self.poles[1]))
        if not keep_axes:
            self.rotation = motion.rotation @ self.rotation

    def normals(self) -> Points:
        """Outward unit normals of the vertices."""
        return np.asarray(trimesh.Trimesh(self.vertices, self.faces, process=False).vertex_normals)

    def local(self) -> Points:
        """Vertices in the local frame of the bone."""
        return np.asarray((self.vertices - self.origin) @ self.rotation)


def _unit(vector: Points) -> Points:
    return np.asarray(vector / np.linalg.norm(vector))


def _frame(axis: Points, toward_x: Points) -> Points:
    """Right-handed frame (columns x, y, z) with y along ``axis`` and x as near to ``toward_x`` as possible."""
    y = _unit(axis)
    x = _unit(toward_x - (toward_x @ y) * y)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def _long_axis(vertices: Points, toward: Points) -> Points:
    centred = vertices - vertices.mean(0)
    axis = np.linalg.svd(centred, full_matrices=False)[2][0]
    return np.asarray(axis if axis @ toward > 0 else -axis)


def _section_centre(vertices: Points, axis: Points, fraction: float, width: float = 0.05) -> Points:
    """Centre (of the extent, not of the vertices) of a slab across the axis at a fraction of the bone's length."""
    height = vertices @ axis
    low, span = height.min(), np.ptp(height)
    slab = vertices[np.abs(height - low - fraction * span) < width * span]
    return np.asarray((slab.min(0) + slab.max(0)) / 2)


def _pole(mesh: trimesh.Trimesh, start: Points, direction: Points) -> Points:
    """The last point where the ray from inside the bone leaves it."""
    heights = (mesh.vertices - start) @ direction
    off_axis = np.linalg.norm(mesh.vertices - start - heights[:, None] * direction, axis=1)
    near = np.flatnonzero((off_axis < 1.0) & (heights > 0))
    if near.size == 0:
        near = np.flatnonzero(heights > 0)[np.argsort(off_axis[heights > 0])[:3]]
    return np.asarray(start + direction * heights[near].max())


def _axis_ends(vertices: Points, faces: Triangles, toward: Points) -> tuple[Points, Points]:
    """Centres of the two articular ends of a tubular bone: where the line of its shaft leaves the surface."""
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    axis = _long_axis(vertices, toward)
    for _ in range(2):
        low, high = _section_centre(vertices, axis, 0.1), _section_centre(vertices, axis, 0.9)
        axis = _unit(high - low)
    middle = (low + high) / 2
    return _pole(mesh, middle, -axis), _pole(mesh, middle, axis)


def _tubular(vertices: Points, faces: Triangles, toward: Points, toward_x: Points, dataset: str) -> Source:
    base, head = _axis_ends(vertices, faces, toward)
    length = float(np.linalg.norm(head - base))
    return Source(vertices, faces, base, _frame(head - base, toward_x), length, (base, head), dataset)


def _smooth(mesh: trimesh.Trimesh, edge_mm: float = 0.7) -> trimesh.Trimesh:
    """Loop subdivision until the edges are short: the sources with 1-2 mm edges show facets otherwise."""
    while float(mesh.edges_unique_length.mean()) > edge_mm:
        mesh = mesh.subdivide_loop(1)
    return mesh


def _mirrored(vertices: Points) -> Points:
    return vertices * np.array([-1.0, 1.0, 1.0])


def _right_hand_frame(radial: Points, ulnar: Points, base: Points, head: Points) -> Points:
    """Columns x ulnar, y distal, z dorsal of a right hand lying on a film."""
    flat = _frame(head - base, ulnar - radial)
    angle = np.radians(SUPINATION_DEG)
    # The radial side (negative x) rises toward the viewer.
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    return np.asarray(flat @ turn.T)


def _load(path: Path) -> trimesh.Trimesh:
    mesh: trimesh.Trimesh = trimesh.load_mesh(path)
    if mesh.volume < 0:
        mesh.invert()
    return mesh


def _open3d(folder: Path) -> dict[str, tuple[Points, Triangles]]:
    """The bones of the Open3D hand as a left hand in the hand frame (origin at the base of the third metacarpal)."""
    names = OPEN3D_NAMES | OPEN3D_METACARPALS
    meshes = {code: _load(folder / f"{name}.stl") for code, name in names.items()}
    parts = sorted(_load(folder / "Sesamoid_bones.stl").split(), key=lambda p: p.centroid @ [1.0, 0, 0])
    thumb = meshes["MC1"].centroid
    parts = sorted(parts, key=lambda p: float(np.linalg.norm(p.centroid - thumb)))[:2]
    third = meshes["MC3"]
    base, head = _axis_ends(third.vertices, third.faces, third.centroid - meshes["CAP"].centroid)
    frame = _right_hand_frame(meshes["MC2"].centroid, meshes["MC5"].centroid, base, head)
    bones: dict[str, tuple[Points, Triangles]] = {}
    for mesh in meshes.values():
        mesh.vertices = _mirrored((mesh.vertices - base) @ frame)
        mesh.invert()
    lowest = float(meshes["LUN"].bounds[0, 1]) - FOREARM_LENGTH_MM
    for code in ("RAD", "ULN"):
        # Smoothed before the cut, so that the cut stays plane.
        meshes[code] = _cut_forearm(_smooth(meshes[code], 0.9), lowest)
    for part in parts:
        part.vertices = _mirrored((part.vertices - base) @ frame)
        part.invert()
    parts.sort(key=lambda p: -float(p.centroid[0]))
    meshes["SES1R"], meshes["SES1U"] = parts
    for code, mesh in meshes.items():
        fine = mesh if code in ("RAD", "ULN") else _smooth(mesh, 0.25 if code.startswith("SES") else 0.7)
        bones[code] = np.asarray(fine.vertices, float), np.asarray(fine.faces, np.int64)
    return bones


def _cut_forearm(mesh: trimesh.Trimesh, lowest: float) -> trimesh.Trimesh:
    """What lies above a height, closed by concentric rings of triangles around the centre of the cut."""
    sliced = trimesh.intersections.slice_faces_plane(mesh.vertices, mesh.faces, [0, 1, 0], [0, lowest, 0])
    cut = trimesh.Trimesh(sliced[0], sliced[1], process=False)
    cut.merge_vertices(digits_vertex=5)
    cut.update_faces(cut.nondegenerate_faces())
    directed = np.concatenate([cut.faces[:, [0, 1]], cut.faces[:, [1, 2]], cut.faces[:, [2, 0]]])
    _, inverse, count = np.unique(np.sort(directed, axis=1), axis=0, return_inverse=True, return_counts=True)
    following = {int(j): int(i) for i, j in directed[count[inverse.ravel()] == 1]}
    loop = [next(iter(following))]
    while following[loop[-1]] != loop[0]:
        loop.append(following[loop[-1]])
    rim = np.asarray(cut.vertices)[loop]
    centre = (rim.min(0) + rim.max(0)) / 2
    vertices, faces, ring = [np.asarray(cut.vertices)], [np.asarray(cut.faces)], np.array(loop)
    total = len(cut.vertices)
    for share in np.linspace(1, 0, 9)[1:-1]:
        inner = total + np.arange(len(loop))
        vertices.append(centre + share * (rim - centre))
        total += len(loop)
        a, b, c, d = ring, np.roll(ring, -1), inner, np.roll(inner, -1)
        faces += [np.stack([a, b, c], 1), np.stack([b, d, c], 1)]
        ring = inner
    vertices.append(centre[None])
    faces.append(np.stack([ring, np.roll(ring, -1), np.full_like(ring, total)], 1))
    return trimesh.Trimesh(np.concatenate(vertices), np.concatenate(faces), process=False)


def _myosim(folder: Path) -> dict[str, tuple[Points, Triangles]]:
    """The metacarpals of MyoSim as a left hand, each centred, turned together into the hand frame."""
    meshes = {f"MC{d}": _load(folder / f"{d}mc.stl") for d in range(1, 6)}
    down = np.array([0.0, -1.0, 0.0])
    base, head = _axis_ends(meshes["MC3"].vertices, meshes["MC3"].faces, down)
    frame = _right_hand_frame(meshes["MC2"].centroid, meshes["MC5"].centroid, base, head)
    bones = {}
    for code, mesh in meshes.items():
        mesh.vertices = _mirrored((mesh.vertices - base) @ frame)
        mesh.invert()
        bones[code] = np.asarray(mesh.vertices, float), np.asarray(mesh.faces, np.int64)
    return bones


def _placed_metacarpal(
    fine: tuple[Points, Triangles], coarse: tuple[Points, Triangles], toward: Points, *, fit_roll: bool
) -> Points:
    """Put the finely meshed metacarpal where the coarse one lies in its carpus: base on base, head on head.

    The roll about the axis is that of the fine hand, or (``fit_roll``, for the thumb, which the two hands hold
    differently) the one that brings the surfaces nearest to each other.
    """
    base, head = _axis_ends(fine[0], fine[1], toward)
    base_to, head_to = _axis_ends(coarse[0], coarse[1], toward)
    scale = float(np.linalg.norm(head_to - base_to) / np.linalg.norm(head - base))
    radial = np.array([1.0, 0.0, 0.0])
    local = scale * (fine[0] - base) @ _frame(head - base, radial)
    frame_to = _frame(head_to - base_to, radial)
    target = cKDTree(coarse[0])
    placed = []
    for roll in np.radians(np.arange(-60, 61, 3)) if fit_roll else (0.0,):
        c, s = np.cos(roll), np.sin(roll)
        turned = local @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]).T @ frame_to.T + base_to
        placed.append((float(np.mean(target.query(turned)[0] ** 2)), turned))
    return min(placed, key=lambda p: p[0])[1]


def _openhands(folder: Path, finger: str) -> list[tuple[list[Points], Triangles]]:
    """Proximal, middle, distal phalanx: vertices at the mean, 5th and 95th percentile, and common triangles."""

    def read(pattern: str) -> Points:
        (path,) = sorted(folder.glob(pattern))
        soup: trimesh.Trimesh = trimesh.load_mesh(path, process=False)
        return np.asarray(soup.triangles.reshape(-1, 3), np.float64)

    # Right hand, x ulnar, y dorsal-palmar, z distal; mirrored to a left hand.
    turn = np.array([[1.0, 0, 0], [0, 0, 1.0], [0, 1.0, 0]])
    soups = [read(f"mean_{finger}.stl"), read(f"PC1_{finger}_5th*"), read(f"PC1_{finger}_95th*")]
    soups = [s @ turn.T for s in soups]
    _, first, inverse = np.unique(np.round(soups[0], 5), axis=0, return_index=True, return_inverse=True)
    faces = inverse.reshape(-1, 3)[:, ::-1]
    graph = sparse.coo_matrix(
        (np.ones(faces.size), (faces.ravel(), np.roll(faces, 1, axis=1).ravel())), shape=(first.size, first.size)
    )
    count, label = sparse.csgraph.connected_components(graph, directed=False)
    bones = []
    for part in range(count):
        keep = np.flatnonzero(label == part)
        renumber = np.full(first.size, -1)
        renumber[keep] = np.arange(keep.size)
        part_faces = renumber[faces[np.all(label[faces] == part, axis=1)]].astype(np.int64)
        bones.append(([s[first[keep]] for s in soups], part_faces))
    return sorted(bones, key=lambda b: float(b[0][0][:, 1].mean()))


def _phalanx(shapes: list[Points], faces: Triangles) -> Source:
    """Mean phalanx in its local frame, with the percentiles of the first mode each in its own local frame."""
    distal, radial = np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    mean = _tubular(shapes[0], faces, distal, radial, "OpenHands")
    ends = [int(np.argmin(np.linalg.norm(shapes[0] - p, axis=1))) for p in mean.poles]
    variants = []
    for shape in shapes[1:]:
        base, head = shape[ends[0]], shape[ends[1]]
        variants.append((shape - base) @ _frame(head - base, radial))
    mean.variants = (variants[0], variants[1])
    return mean


def _carpal(vertices: Points, faces: Triangles, code: str) -> Source:
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    centre = np.asarray(mesh.centroid)
    axis = _long_axis(vertices, np.array([0.0, 1.0, 0.0]))
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
    axis = _unit(_section_centre(vertices, distal, 0.75) - _section_centre(vertices, distal, 0.1))
    foot = vertices[vertices[:, 1] < bottom + 1e-6]
    low = (foot.min(0) + foot.max(0)) / 2
    end = vertices[(vertices @ axis) > (vertices @ axis).max() - 12.0]
    centre = (end.min(0) + end.max(0)) / 2
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    origin = _pole(mesh, centre - 6.0 * axis, axis)
    styloid = vertices[np.argmax(vertices[:, 1])]
    length = float(np.linalg.norm(origin - low))
    return Source(vertices, faces, origin, _frame(axis, radial), length, (low, styloid), "Open3D")


def load_sources(surfaces: Path, landmark_sets: Path) -> dict[str, Source]:
    """Read all surfaces and put them together as one left hand with straight fingers, flat on a film."""
    open3d = _open3d(surfaces / "open3d")
    hand: dict[str, Source] = {}
    for code in (*CARPAL_BONES, "SES1R", "SES1U"):
        hand[code] = _carpal(*open3d[code], code)
    for code in ("RAD", "ULN"):
        hand[code] = _forearm(*open3d[code], code)
    _add_metacarpals_and_thumb(hand, open3d, _myosim(surfaces / "myosim"))
    _pose_wrist(hand, landmark_sets)
    _open_wrist_joints(hand)
    for code in ("TRQ", "LUN", "SCA", "HAM", "CAP", "TZD", "TZM"):
        hand[code].landmarks[code] = lowest_point(hand[code].vertices)
    for code in ("RAD", "ULN"):
        hand[code].landmarks |= metaphysis_edges(hand[code].vertices, code)
    _add_fingers(hand, surfaces / "openhands/version-2024-07")
    third = hand["MC3"]
    home = Motion(third.origin.copy(), _frame(third.rotation[:, 1], np.array([1.0, 0.0, 0.0])).T, -third.origin)
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
    base, head = _axis_ends(*open3d["MC1"], thumb_axis)
    palmar = (hand["SES1R"].origin + hand["SES1U"].origin) / 2 - base
    thumb_x = np.cross(_unit(head - base), -palmar)
    carpals = np.concatenate([hand[code].vertices for code in CARPAL_BONES])
    for digit in range(1, 6):
        code = f"MC{digit}"
        toward = thumb_axis if digit == 1 else distal
        vertices = _placed_metacarpal(myosim[code], open3d[code], toward, fit_roll=digit == 1)
        hand[code] = _tubular(vertices, myosim[code][1], toward, thumb_x if digit == 1 else radial, "MyoSim")
        hand[code].move(_gap_shift(hand[code], carpals, JOINT_GAP_MM["MC"]))
    previous = "MC1"
    for code in ("PP1", "DP1"):
        hand[code] = _tubular(*open3d[code], thumb_axis, thumb_x, "Open3D")
        shift = _gap_shift(hand[code], hand[previous].vertices, JOINT_GAP_MM[code[:2]])
        hand[code].move(shift)
        if code == "PP1":
            open3d["DP1"] = shift(open3d["DP1"][0]), open3d["DP1"][1]
            for sesamoid in ("SES1R", "SES1U"):
                hand[sesamoid].move(shift)
        previous = code


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
                distance, nearest = trees[other].query(source.vertices, distance_upper_bound=3 * OPEN_GAP_MM)
                close = np.flatnonzero(np.isfinite(distance))
                toward = source.vertices[close] - trees[other].data[nearest[close]]
                side = np.einsum("ij,ij->i", toward, normals[other][nearest[close]])
                signed = np.where(side < 0, -distance[close], distance[close])
                retreat[close] = np.maximum(retreat[close], np.clip(OPEN_GAP_MM - signed, 0.0, OPEN_GAP_MM) / 2)
            source.vertices = source.vertices - retreat[:, None] * normals[code]


def _add_fingers(hand: dict[str, Source], folder: Path) -> None:
    """Straight fingers, each in line with the projection of its metacarpal."""
    radial = np.array([1.0, 0.0, 0.0])
    for digit, finger in OPENHANDS_FINGERS.items():
        metacarpal = hand[f"MC{digit}"]
        frame = _frame(metacarpal.rotation[:, 1] * [1.0, 1.0, 0.0], radial)
        previous, joint = metacarpal.vertices, metacarpal.poles[1]
        for name, (shapes, faces) in zip(("PP", "MP", "DP"), _openhands(folder, finger), strict=True):
            phalanx = _phalanx(shapes, faces)
            phalanx.vertices = phalanx.local() @ frame.T + joint
            phalanx.origin, phalanx.rotation = joint, frame
            phalanx.poles = (joint, joint + phalanx.length_mm * frame[:, 1])
            phalanx.move(_gap_shift(phalanx, previous, JOINT_GAP_MM[name]))
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


# --------------------------------------------------------------------------------------------------------------------
# Rings


def _harmonic(vertices: Points, faces: Triangles, base: int, head: int) -> Points:
    """Harmonic function on the surface: 0 at one vertex, 1 at the other (cotangent Laplacian)."""
    corners = vertices[faces]
    rows, columns, weights = [], [], []
    for k in range(3):
        i, j = faces[:, (k + 1) % 3], faces[:, (k + 2) % 3]
        u, v = corners[:, (k + 1) % 3] - corners[:, k], corners[:, (k + 2) % 3] - corners[:, k]
        area = np.linalg.norm(np.cross(u, v), axis=1)
        # Negative weights of obtuse triangles would allow spurious extrema.
        weight = np.clip(np.einsum("ij,ij->i", u, v) / np.maximum(area, 1e-12), 0.02, 50.0) / 2
        rows += [i, j]
        columns += [j, i]
        weights += [weight, weight]
    n = len(vertices)
    w = sparse.coo_matrix((np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))), shape=(n, n))
    laplacian = sparse.csc_matrix(sparse.diags(np.asarray(w.sum(1)).ravel()) - w)
    free = np.setdiff1d(np.arange(n), [base, head])
    field_values = np.zeros(n)
    field_values[head] = 1.0
    field_values[free] = spsolve(laplacian[free][:, free], -laplacian[free][:, [head]].toarray().ravel())
    return field_values


@dataclass
class _Ring:
    """A closed level curve as points on edges, so that the same curve can be drawn on another shape of the bone."""

    edges: NDArray[np.int64]
    share: Points

    def points(self, vertices: Points) -> Points:
        a, b = vertices[self.edges[:, 0]], vertices[self.edges[:, 1]]
        return np.asarray(a + self.share[:, None] * (b - a))


def _level_ring(values: Points, faces: Triangles, level: float) -> _Ring:
    """Walk along the level curve; the higher values lie to the left, so all rings turn the same way."""
    above = values[faces] > level
    crossed = np.flatnonzero((above.sum(1) % 3) != 0)
    following: dict[tuple[int, int], tuple[int, int]] = {}
    for face, up in zip(faces[crossed], above[crossed], strict=True):
        ends = {}
        for k in range(3):
            i, j = int(face[k]), int(face[(k + 1) % 3])
            if up[k] != up[(k + 1) % 3]:
                ends["leave" if up[k] else "enter"] = (min(i, j), max(i, j))
        following[ends["enter"]] = ends["leave"]
    longest: list[tuple[int, int]] = []
    unseen = set(following)
    while unseen:
        start = unseen.pop()
        loop, edge = [start], following[start]
        while edge != start:
            loop.append(edge)
            unseen.discard(edge)
            edge = following[edge]
        if len(loop) > len(longest):
            longest = loop
    edges = np.array(longest, np.int64)
    low, high = values[edges[:, 0]], values[edges[:, 1]]
    return _Ring(edges, (level - low) / (high - low))


def _relative_arc(points: Points) -> Points:
    """Arc length (0 to 1) at the points of a closed ring and again at its first point."""
    steps = np.linalg.norm(np.diff(np.vstack([points, points[:1]]), axis=0), axis=1)
    arc = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(arc / arc[-1])


def _best_turn(ring: Points, like: Points) -> int:
    """Cyclic shift of a ring that brings it nearest to its neighbour (both about their centres)."""
    a, b = ring - ring.mean(0), like - like.mean(0)
    correlation = np.fft.irfft(np.fft.rfft(a, axis=0) * np.conj(np.fft.rfft(b, axis=0)), n=RING_SAMPLES, axis=0).sum(1)
    return int(np.argmax(correlation))


def _dense_rings(source: Source, count: int = 140) -> list[Points]:
    """Rings of the mean and of the variants, each (count, samples, 3) in local coordinates, with both poles."""
    local = source.local()
    shapes = [local, *(source.variants or ())]
    poles = [(p - source.origin) @ source.rotation for p in source.poles]
    ends = [int(np.argmin(np.linalg.norm(local - p, axis=1))) for p in poles]
    values = _harmonic(local, source.faces, ends[0], ends[1])
    # Levels at equal steps of the (geometric) distance that the rings travel: equal shares of height and of area.
    order = np.argsort(values)
    axis = _unit(local[ends[1]] - local[ends[0]])
    height = np.maximum.accumulate(np.convolve((local @ axis)[order], np.ones(9) / 9, mode="same"))
    share = 0.5 * np.linspace(0, 1, len(order)) + 0.5 * (height - height[0]) / max(float(np.ptp(height)), 1e-9)
    levels = np.interp(np.linspace(0.0015, 0.9985, count), share, values[order])
    rings = [_level_ring(values, source.faces, float(level)) for level in levels if 0 < level < 1]
    sampled: list[list[Points]] = [[] for _ in shapes]
    for ring in rings:
        arc = _relative_arc(ring.points(local))
        at = np.arange(RING_SAMPLES) / RING_SAMPLES
        for shape, out in zip(shapes, sampled, strict=True):
            p = ring.points(shape)
            closed = np.vstack([p, p[:1]])
            out.append(np.stack([np.interp(at, arc, closed[:, k]) for k in range(3)], 1))
    middle = len(rings) // 2
    centred = sampled[0][middle] - sampled[0][middle].mean(0)
    side = np.array([1.0, 0, 0]) - axis[0] * axis
    start = int(np.argmax(centred @ side))
    turns = {middle: start}
    for k in range(middle + 1, len(rings)):
        turns[k] = _best_turn(sampled[0][k], np.roll(sampled[0][k - 1], -turns[k - 1], axis=0))
    for k in range(middle - 1, -1, -1):
        turns[k] = _best_turn(sampled[0][k], np.roll(sampled[0][k + 1], -turns[k + 1], axis=0))
    result = []
    for shape, out in zip(shapes, sampled, strict=True):
        turned = [np.roll(ring, -turns[k], axis=0) for k, ring in enumerate(out)]
        first, last = np.repeat(shape[ends[:1]], RING_SAMPLES, 0), np.repeat(shape[ends[1:]], RING_SAMPLES, 0)
        result.append(np.stack([first, *turned, last]))
    return result


def _stations(count: int) -> Points:
    """Station positions (0 to 1): half evenly spaced, half crowded toward the ends, where the shape changes."""
    k = np.linspace(0, 1, count)
    return np.asarray(0.45 * k + 0.55 * (1 - np.cos(np.pi * k)) / 2)


def _fourier(rings: Points, order: int) -> Points:
    """Cosine and sine coefficients (stations, 3, 2 * order + 1) of rings (stations, samples, 3)."""
    spectrum = np.fft.rfft(rings, axis=1)[:, : order + 1] / rings.shape[1]
    coefficients = np.empty((rings.shape[0], 3, 2 * order + 1))
    coefficients[:, :, 0] = spectrum[:, 0].real
    coefficients[:, :, 1::2] = 2 * spectrum[:, 1:].real.transpose(0, 2, 1)
    coefficients[:, :, 2::2] = -2 * spectrum[:, 1:].imag.transpose(0, 2, 1)
    return coefficients


def fit_bone(source: Source, stations: int, order: int) -> dict[str, object]:
    """Loft of one bone as a JSON object; lengths in hundredths of a millimetre."""
    dense = _dense_rings(source)
    steps = np.linalg.norm(np.diff(dense[0], axis=0), axis=2).mean(1)
    travel = np.concatenate([[0.0], np.cumsum(steps)])
    travel /= travel[-1]
    at = _stations(stations)
    fitted = [_fourier(interp1d(travel, rings, axis=0)(at), order) for rings in dense]

    def whole(values: Points) -> list[list[int]]:
        return [[int(v) for v in row] for row in np.round(100 * values).reshape(stations, -1)]

    bone: dict[str, object] = {
        "dataset": source.dataset,
        "length_mm": round(source.length_mm, 2),
        "origin_mm": [round(float(v), 2) for v in source.origin],
        "rotation": [[round(float(v), 5) for v in row] for row in source.rotation],
        "landmarks_mm": {
            name: [round(float(v), 2) for v in (point - source.origin) @ source.rotation]
            for name, point in source.landmarks.items()
        },
        "stations": [round(float(v), 4) for v in at],
        "order": order,
        "rings": whole(fitted[0]),
    }
    if source.variants is not None:
        bone["first_mode"] = whole((fitted[2] - fitted[1]) / 2)
    return bone


def _resolution(code: str) -> tuple[int, int]:
    """Stations and Fourier order that keep the fit within its target without waste."""
    if code.startswith("SES"):
        return 12, 4
    if code[:2] in ("MP", "DP", "PP"):
        return 22, 6
    if code[:2] == "MC" or code == "RAD":
        return 34, 10
    return 26, 8


def _distances(shape: BoneShape, source: Source) -> tuple[float, float]:
    """Root mean square and Hausdorff distance (mm) between a fitted bone and its source, both ways."""
    fitted = shape.surface(rings=120, around=96)
    local = source.local()
    fit_mesh = trimesh.Trimesh(fitted.vertices, fitted.faces, process=False)
    source_mesh = trimesh.Trimesh(local, source.faces, process=False)
    a = trimesh.sample.sample_surface(source_mesh, 6000, seed=1)[0]
    b = trimesh.sample.sample_surface(fit_mesh, 6000, seed=1)[0]
    dense_fit = trimesh.sample.sample_surface(fit_mesh, 150_000, seed=2)[0]
    dense_source = trimesh.sample.sample_surface(source_mesh, 150_000, seed=2)[0]
    away = np.concatenate([cKDTree(dense_fit).query(a)[0], cKDTree(dense_source).query(b)[0]])
    return float(np.sqrt(np.mean(away**2))), float(away.max())


def fit_hand(surfaces: Path, landmark_sets: Path) -> dict[str, object]:
    """Fit all bones; the result is what ``hand_bones.json`` holds."""
    sources = load_sources(surfaces, landmark_sets)
    bones: dict[str, dict[str, object]] = {}
    for code, source in sources.items():
        bones[code] = fit_bone(source, *_resolution(code))
    document: dict[str, object] = {"format": "sclerograph.bone-shapes/1", "unit": "0.01 mm", "bones": bones}
    shapes = parse_bone_shapes(document)
    for code, source in sources.items():
        rms, hausdorff = _distances(shapes[code], source)
        bones[code]["rms_mm"], bones[code]["hausdorff_mm"] = round(rms, 3), round(hausdorff, 2)
    return document


def main() -> None:
    """Command line: fit, write the data file, print the distances."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("surfaces", type=Path, help="folder with the sub-folders open3d, openhands and myosim")
    parser.add_argument("landmark_sets", type=Path, help="JSON list of the landmarks of real films")
    parser.add_argument("--out", type=Path, default=BONE_SHAPES_FILE)
    arguments = parser.parse_args()
    document = fit_hand(arguments.surfaces, arguments.landmark_sets)
    text = json.dumps(document, separators=(",", ":")).replace('"rings"', '\n"rings"').replace('},"', '},\n"')
    arguments.out.write_text(text + "\n", encoding="utf-8")
    bones = document["bones"]
    assert isinstance(bones, dict)
    for code, bone in bones.items():
        fit = f"rms {bone['rms_mm']:.3f} mm, Hausdorff {bone['hausdorff_mm']:.2f} mm"
        print(f"{code:6s} {bone['dataset']:10s} {bone['length_mm']:6.1f} mm  {fit}")
    print(f"{arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
