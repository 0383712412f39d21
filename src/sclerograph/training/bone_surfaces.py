"""Read the public bone surfaces (see ``phantom/bone_shapes/SOURCES.md``) into the frame of a left hand.

The sources show right hands, which are mirrored here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import trimesh  # type: ignore[import-not-found, unused-ignore]
from scipy import sparse

from sclerograph.training.bone_source import Points, Triangles, axis_ends, frame_along

__all__ = ["read_myosim", "read_open3d", "read_openhands"]

#: The forearm bones are cut this far proximal of the lowest point of the lunate.
_FOREARM_LENGTH_MM = 75.0
#: Supination of the hand on the film against the plane of the metacarpals 2 and 5: the thenar eminence lifts the radial
#: side. This angle spreads trapezium and trapezoid as on films.
_SUPINATION_DEG = 12.0
_OPEN3D_NAMES = {
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
_OPEN3D_METACARPALS = {f"MC{d}": f"{n}_metacarpal_bone" for d, n in enumerate(("1st", "2nd", "3rd", "4th", "5th"), 1)}


def _smooth(mesh: trimesh.Trimesh, edge_mm: float = 0.7) -> trimesh.Trimesh:
    """Loop subdivision until the edges are short: the sources with 1-2 mm edges show facets otherwise."""
    while float(mesh.edges_unique_length.mean()) > edge_mm:
        mesh = mesh.subdivide_loop(1)
    return mesh


def _mirrored(vertices: Points) -> Points:
    return vertices * np.array([-1.0, 1.0, 1.0])


def _right_hand_frame(radial: Points, ulnar: Points, base: Points, head: Points) -> Points:
    """Columns x ulnar, y distal, z dorsal of a right hand lying on a film."""
    flat = frame_along(head - base, ulnar - radial)
    angle = np.radians(_SUPINATION_DEG)
    # The radial side (negative x) rises toward the viewer.
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    return np.asarray(flat @ turn.T)


def _load(path: Path) -> trimesh.Trimesh:
    mesh: trimesh.Trimesh = trimesh.load_mesh(path)
    if mesh.volume < 0:
        mesh.invert()
    return mesh


def read_open3d(folder: Path) -> dict[str, tuple[Points, Triangles]]:
    """The bones of the Open3D hand as a left hand in the hand frame (origin at the base of the third metacarpal)."""
    names = _OPEN3D_NAMES | _OPEN3D_METACARPALS
    meshes = {code: _load(folder / f"{name}.stl") for code, name in names.items()}
    parts = sorted(_load(folder / "Sesamoid_bones.stl").split(), key=lambda p: p.centroid @ [1.0, 0, 0])
    thumb = meshes["MC1"].centroid
    parts = sorted(parts, key=lambda p: float(np.linalg.norm(p.centroid - thumb)))[:2]
    third = meshes["MC3"]
    base, head = axis_ends(third.vertices, third.faces, third.centroid - meshes["CAP"].centroid)
    frame = _right_hand_frame(meshes["MC2"].centroid, meshes["MC5"].centroid, base, head)
    bones: dict[str, tuple[Points, Triangles]] = {}
    for mesh in meshes.values():
        mesh.vertices = _mirrored((mesh.vertices - base) @ frame)
        mesh.invert()
    lowest = float(meshes["LUN"].bounds[0, 1]) - _FOREARM_LENGTH_MM
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


def read_myosim(folder: Path) -> dict[str, tuple[Points, Triangles]]:
    """The metacarpals of MyoSim as a left hand, each centred, turned together into the hand frame."""
    meshes = {f"MC{d}": _load(folder / f"{d}mc.stl") for d in range(1, 6)}
    down = np.array([0.0, -1.0, 0.0])
    base, head = axis_ends(meshes["MC3"].vertices, meshes["MC3"].faces, down)
    frame = _right_hand_frame(meshes["MC2"].centroid, meshes["MC5"].centroid, base, head)
    bones = {}
    for code, mesh in meshes.items():
        mesh.vertices = _mirrored((mesh.vertices - base) @ frame)
        mesh.invert()
        bones[code] = np.asarray(mesh.vertices, float), np.asarray(mesh.faces, np.int64)
    return bones


def read_openhands(folder: Path, finger: str) -> list[tuple[list[Points], Triangles]]:
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
