"""Bones placed in space so that their landmarks fall where a form of the hand says.

World coordinates are millimetres: x towards the thumb (a left hand seen PA), y towards the fingertips, z towards the
source. The hand lies on the film with its palm.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES, FINGER_CHAINS, INSIDE_HEAD_MM, LANDMARKS
from sclerograph.phantom.bones import BoneShape, Surface, load_bone_shapes, with_tuft
from sclerograph.phantom.form import HandForm, index_of
from sclerograph.phantom.resorption import Resorption, resorb

__all__ = ["SESAMOIDS", "PosedBone", "PosedHand", "pose_hand", "rotation_about", "tilted"]

Floats = NDArray[np.float64]
SESAMOIDS = ("SES1R", "SES1U")
_CARPAL_LANDMARKS = ("TRQ", "LUN", "SCA", "HAM", "CAP", "TZD", "TZM")
#: MCP is marked on the base of the proximal phalanx, a little distal of the joint line.
_MCP_INSIDE_BASE_MM = 1.0


@dataclass
class PosedBone:
    """One bone in world coordinates: outer surface, marrow surface, and its axis from base to head.

    ``intact`` is the outer surface before erosions, where there are any.
    """

    code: str
    outer: Floats
    marrow: Floats
    faces: NDArray[np.int64]
    base: Floats
    head: Floats
    tubular: bool
    length_mm: float
    resorption: Resorption | None = None
    intact: Floats | None = None


@dataclass
class PosedHand:
    """All bones of one hand and the truth that goes with them.

    ``erosion_places`` (n, 3) are the middles of bites out of the bones (:mod:`sclerograph.phantom.erosion`).
    """

    bones: dict[str, PosedBone]
    landmarks: Floats
    size: float
    intact_distal_length_mm: dict[int, float] = field(default_factory=dict)
    distal_length_mm: dict[int, float] = field(default_factory=dict)
    erosion_places: Floats = field(default_factory=lambda: np.zeros((0, 3)))

    def transform(self, rotation: Floats, centre: Floats) -> None:
        """Turn the whole hand about a centre, in place."""
        for bone in self.bones.values():
            for name in ("outer", "marrow", "base", "head"):
                setattr(bone, name, (getattr(bone, name) - centre) @ rotation.T + centre)
            if bone.intact is not None:
                bone.intact = (bone.intact - centre) @ rotation.T + centre
        self.landmarks = (self.landmarks - centre) @ rotation.T + centre
        self.erosion_places = (self.erosion_places - centre) @ rotation.T + centre


def rotation_about(axis: Floats, angle_deg: float) -> Floats:
    """Right-handed rotation matrix about an axis (Rodrigues)."""
    x, y, z = np.asarray(axis, float) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(angle_deg)
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def _turn_onto(start: Floats, end: Floats) -> Floats:
    """Smallest rotation that carries one unit vector onto another."""
    cross = np.cross(start, end)
    cosine = float(start @ end)
    matrix = np.array([[0, -cross[2], cross[1]], [cross[2], 0, -cross[0]], [-cross[1], cross[0], 0]])
    return np.asarray(np.eye(3) + matrix + matrix @ matrix / (1.0 + max(cosine, -0.99)))


def _lengthened(surface: Surface, *, beyond_mm: float = 42.0, factor: float = 4.0) -> Surface:
    """Draw out the shaft of a forearm bone proximally, so that it leaves the film as on real ones."""
    vertices = surface.vertices.copy()
    shaft = vertices[:, 1] < -beyond_mm
    vertices[shaft, 1] = -beyond_mm + (vertices[shaft, 1] + beyond_mm) * factor
    return replace(surface, vertices=vertices)


class _Builder:
    """Places bone after bone; holds what they share."""

    def __init__(
        self,
        rng: np.random.Generator,
        form: HandForm,
        size: float,
        resorptions: dict[int, Resorption],
        fineness: float = 1.0,
    ) -> None:
        self.rng = rng
        self.fineness = fineness
        self.form = form
        self.size = size
        self.resorptions = resorptions
        self.shapes = load_bone_shapes()
        self.points = form.points * size
        self.width = size * rng.uniform(0.86, 1.14)
        self.depth = self.width * rng.uniform(0.9, 1.1)
        self.cortex = rng.uniform(0.5, 1.4)
        self.mode = float(np.clip(rng.normal(0.0, 0.6), -1.0, 1.0))
        self.bones: dict[str, PosedBone] = {}
        self.truth: dict[str, Floats] = {}
        self.intact: dict[int, float] = {}
        self.remaining: dict[int, float] = {}

    def surface(self, code: str, rings: int, around: int, *, first_mode: float = 0.0) -> Surface:
        """Triangulate a bone with this many rings and vertices a ring, times the fineness."""
        return self.shapes[code].surface(
            round(rings * self.fineness), round(around * self.fineness), first_mode=first_mode
        )

    def target(self, name: str) -> Floats:
        return np.asarray(self.points[index_of[name]])

    def add(
        self,
        code: str,
        surface: Surface,
        scale: Floats,
        rotation: Floats,
        origin: Floats,
        head_local: Floats,
        *,
        tubular: bool,
        resorption: Resorption | None = None,
    ) -> None:
        thickness = surface.cortex_mm * self.cortex * self.rng.uniform(0.85, 1.15)
        outer = surface.vertices * scale
        across = np.minimum(scale[0], scale[2])
        marrow = (surface.vertices - surface.normals * np.minimum(thickness / across, 2.9)[:, None]) * scale
        self.bones[code] = PosedBone(
            code,
            outer @ rotation.T + origin,
            marrow @ rotation.T + origin,
            surface.faces,
            origin.copy(),
            (head_local * scale) @ rotation.T + origin,
            tubular,
            float(abs(head_local[1]) * scale[1]) if tubular else float(np.ptp(outer[:, 1])),
            resorption,
        )

    def tubular(self, code: str, base: Floats, head_plane: Floats, angle_deg: float) -> tuple[Floats, Floats]:
        """Place a tubular bone from a 3-D base to a head above a 2-D point; return head and direction."""
        shape: BoneShape = self.shapes[code]
        plane = head_plane - base[:2]
        length_on_film = float(np.linalg.norm(plane))
        angle = np.radians(angle_deg)
        length = length_on_film / np.cos(angle)
        flat = plane / length_on_film
        direction = np.array([flat[0] * np.cos(angle), flat[1] * np.cos(angle), -np.sin(angle)])
        thumb = code.endswith("1")
        roll = rotation_about(direction, self.rng.normal(0.0, 13.0 if thumb else 5.0))
        rest_axis = shape.rest_rotation @ np.array([0.0, 1.0, 0.0])
        rotation = roll @ _turn_onto(rest_axis, direction) @ shape.rest_rotation
        own_length = shape.length_at(self.mode)
        stretch = length / own_length
        slenderness = (stretch / self.size) ** 0.35
        lateral = self.width * slenderness * self.rng.normal(1.0, 0.035)
        scale = np.array([lateral, stretch, self.depth * slenderness * self.rng.normal(1.0, 0.03)])
        surface = self.surface(code, 38, 30, first_mode=self.mode)
        resorption = None
        if code.startswith("DP"):
            digit = int(code[2])
            rng = self.rng
            flare = float(rng.uniform(0.85, 1.5))
            lobes = rng.normal(0.0, rng.uniform(0.15, 0.45), 9)
            hooks = (float(rng.uniform(0.0, 1.2)), float(rng.uniform(0.0, 1.2)))
            surface = with_tuft(
                surface, flare=flare, flatten=float(rng.uniform(0.1, 0.4)), spurs_mm=lobes, hook_mm=hooks
            )
            resorption = self.resorptions.get(digit)
            self.intact[digit] = length
            if resorption is not None:
                surface = resorb(surface, own_length, resorption, rng)
        head = base + direction * length
        self.add(
            code,
            surface,
            scale,
            rotation,
            base,
            np.array([0.0, own_length, 0.0]),
            tubular=True,
            resorption=resorption,
        )
        if code.startswith("DP"):
            outer = self.bones[code].outer
            along = outer @ direction
            order = np.argsort(along)
            tip = outer[order[-max(3, len(order) // 250) :]].mean(axis=0)
            # the extreme of the outline, on the axis side of the bone
            self.truth[f"TIP{code[2]}"] = tip
            self.remaining[int(code[2])] = float(along.max() - base @ direction)
        return head, direction

    def digit(self, number: int) -> None:
        shapes, rng = self.shapes, self.rng
        chain = FINGER_CHAINS[number]
        metacarpal = f"MC{number}"
        base = np.array([*self.target(chain[0]), self.size * shapes[metacarpal].rest_origin_mm[2]])
        axis = self.target(chain[1]) - self.target(chain[0])
        axis = axis / np.linalg.norm(axis)
        gap = rng.uniform(1.1, 2.0) * self.size
        head_plane = self.target(chain[1]) - axis * (gap + _MCP_INSIDE_BASE_MM * self.size)
        slope = float(np.clip(rng.normal(4.0 if number > 1 else 8.0, 4.0), -6, 22))
        head, direction = self.tubular(metacarpal, base, head_plane, slope)
        self.truth[chain[0]] = self.bones[metacarpal].base
        phalanges = ("PP", "DP") if number == 1 else ("PP", "MP", "DP")
        joint_plane = self.target(chain[1])
        for j, kind in enumerate(phalanges):
            nxt = self.target(chain[j + 2])
            flat = (nxt - joint_plane) / np.linalg.norm(nxt - joint_plane)
            beyond_head = rng.uniform(0.9, 1.6) + INSIDE_HEAD_MM
            inset = (-_MCP_INSIDE_BASE_MM if j == 0 else beyond_head) * self.size
            start = np.array([*(joint_plane + flat * inset), head[2]])
            inside = 0.0 if kind == "DP" else INSIDE_HEAD_MM * self.size
            head, direction = self.tubular(
                f"{kind}{number}", start, nxt + flat * inside, self.form.flexion_deg[number][j]
            )
            if j == 0:
                self.truth[chain[1]] = start + direction * _MCP_INSIDE_BASE_MM * self.size
            if kind != "DP":
                self.truth[chain[j + 2]] = head - direction * inside
            joint_plane = nxt

    def forearm(self) -> None:
        names = {
            "RAD": ("RADIUS_ULNAR_EDGE", "RADIUS_RADIAL_EDGE", "RADIAL_STYLOID"),
            "ULN": ("ULNA_ULNAR_EDGE", "ULNAR_STYLOID", "ULNA_RADIAL_EDGE"),
        }
        targets = np.stack([self.target(n) for group in names.values() for n in group])
        for code, group in names.items():
            shape = self.shapes[code]
            local = np.stack([shape.landmarks_mm[n] for n in group])
            wanted = np.stack([self.target(n) for n in group])
            width = float(np.linalg.norm(wanted[0] - wanted[1 if code == "RAD" else 2]))
            own = float(np.linalg.norm((local[0] - local[1 if code == "RAD" else 2])[:2]))
            lateral = np.clip(width / own, 0.75 * self.size, 1.35 * self.size)
            # direction of the forearm: across the edges, damped towards the whole forearm's own direction
            middle_edges = targets[[0, 2, 3, 4]].mean(axis=0) if len(targets) == 6 else targets.mean(axis=0)
            along = self.target("CAP") - middle_edges
            up = along / np.linalg.norm(along)
            edge = wanted[1 if code == "RAD" else 2] - wanted[0]
            normal = np.array([-edge[1], edge[0]]) / np.linalg.norm(edge)
            axis = 0.6 * up + 0.4 * normal
            axis = axis / np.linalg.norm(axis)
            direction = np.array([axis[0], axis[1], 0.0])
            rotation = _turn_onto(np.array([0.0, 1.0, 0.0]), direction) @ rotation_about(
                np.array([0.0, 1.0, 0.0]), self.rng.normal(0.0, 6.0)
            )
            scale = np.array(
                [lateral, self.size * self.rng.uniform(0.95, 1.08), lateral * self.rng.uniform(0.92, 1.05)]
            )
            placed = (local * scale) @ rotation.T
            weights = np.array([0.25, 0.25, 0.5] if code == "RAD" else [0.3, 0.4, 0.3])
            shift = weights @ (wanted - placed[:, :2])
            shift = shift + axis * (self._clearance(code, shift, axis) * self.rng.uniform(0.4, 0.9))
            origin = np.array([*shift, self.size * shape.rest_origin_mm[2]])
            surface = _lengthened(self.surface(code, 40, 32))
            reach = np.array([0.0, float(surface.vertices[:, 1].min()), 0.0])
            self.add(code, surface, scale, rotation, origin, np.zeros(3), tubular=True)
            bone = self.bones[code]
            bone.base, bone.head = (reach * scale) @ rotation.T + origin, origin.copy()
            bone.length_mm = float(abs(reach[1]) * scale[1])
            for name, point in zip(group, placed, strict=True):
                self.truth[name] = point + origin

    def _clearance(self, code: str, shift: Floats, axis: Floats) -> float:
        """How far a forearm bone lies too far from the carpus, compared with the rest pose.

        Hands of children, whose epiphyses are not yet bone, leave a gap there that an adult hand does not have.
        """
        neighbours = ("LUN", "SCA") if code == "RAD" else ("TRQ", "LUN")
        rest = np.mean([(self.shapes[n].rest_origin_mm - self.shapes[code].rest_origin_mm)[1] for n in neighbours])
        now = np.mean([(self.bones[n].base[:2] - shift) @ axis for n in neighbours])
        return float(now - rest * self.size)

    def carpus(self) -> None:
        shapes, rng = self.shapes, self.rng
        rest = np.stack(
            [self._rest_landmark(n) for n in _CARPAL_LANDMARKS]
            + [shapes[f"MC{d}"].rest_origin_mm[:2] for d in (2, 3, 4, 5)]
        )
        wanted = np.stack([self.target(n) for n in (*_CARPAL_LANDMARKS, "CMC2", "CMC3", "CMC4", "CMC5")])
        rest_mean, wanted_mean = rest.mean(axis=0), wanted.mean(axis=0)
        u, s, vt = np.linalg.svd((rest - rest_mean).T @ (wanted - wanted_mean))
        turn = (u @ vt).T
        scale = float(s.sum() / ((rest - rest_mean) ** 2).sum())
        scale = float(np.clip(scale, 0.85 * self.size, 1.2 * self.size))
        for code in ("TZM", "TZD", "CAP", "HAM", "SCA", "LUN", "TRQ", "PIS"):
            shape = shapes[code]
            own = np.eye(3)
            own[:2, :2] = turn
            tilt = rotation_about(rng.normal(size=3), abs(rng.normal(0.0, 4.0)))
            rotation = own @ tilt @ shape.rest_rotation
            place = (shape.rest_origin_mm[:2] - rest_mean) @ turn.T * scale + wanted_mean
            if code in _CARPAL_LANDMARKS:
                local = shape.landmarks_mm[code] * scale
                mark = place + (rotation @ local)[:2]
                place = place + (self.target(code) - mark) * rng.uniform(0.55, 1.0)
            elif code == "PIS" and "TRQ" in self.bones:
                expected = (shapes["TRQ"].rest_origin_mm[:2] - rest_mean) @ turn.T * scale + wanted_mean
                place = place + (self.bones["TRQ"].base[:2] - expected) + rng.normal(0.0, 1.0, 2)
            origin = np.array([*place, self.size * shape.rest_origin_mm[2]])
            surface = self.surface(code, 30, 30)
            grown = scale * rng.uniform(0.94, 1.04)
            self.add(code, surface, np.full(3, grown), rotation, origin, np.zeros(3), tubular=False)
            if code in _CARPAL_LANDMARKS:
                self.truth[code] = rotation @ (shape.landmarks_mm[code] * grown) + origin

    def _rest_landmark(self, code: str) -> Floats:
        shape = self.shapes[code]
        return np.asarray((shape.rest_rotation @ shape.landmarks_mm[code] + shape.rest_origin_mm)[:2])

    def sesamoids(self) -> None:
        """Thumb sesamoids ride on the head of the first metacarpal; one may lie under MCP2 and MCP5."""
        metacarpal = self.bones["MC1"]
        axis = metacarpal.head - metacarpal.base
        axis = axis / np.linalg.norm(axis)
        side = np.cross(axis, [0.0, 0.0, 1.0])
        places = {
            SESAMOIDS[0]: metacarpal.head - axis * 2.5 + side * self.rng.normal(1.5, 2.0),
            SESAMOIDS[1]: metacarpal.head - axis * 2.0 - side * self.rng.normal(4.0, 1.6),
        }
        for code, place in places.items():
            rotation = rotation_about(self.rng.normal(size=3), self.rng.uniform(0.0, 40.0))
            scale = np.full(3, self.size * self.rng.uniform(0.7, 1.25))
            self.add(
                code,
                self.surface(code, 16, 16),
                scale,
                rotation,
                place - np.array([0.0, 0.0, 6.0 * self.size]),
                np.zeros(3),
                tubular=False,
            )
        for digit, chance in ((2, 0.45), (5, 0.55), (3, 0.06)):
            if self.rng.random() < chance:
                head = self.bones[f"MC{digit}"].head
                place = head + np.array([*self.rng.normal(0.0, 2.6, 2), -6.0 * self.size])
                scale = np.full(3, self.size * self.rng.uniform(0.4, 0.95))
                surface = self.surface(SESAMOIDS[0], 14, 14)
                self.add(f"SES{digit}", surface, scale, np.eye(3), place, np.zeros(3), tubular=False)


def pose_hand(
    form: HandForm,
    rng: np.random.Generator,
    *,
    size: float,
    resorptions: dict[int, Resorption] | None = None,
    pronation_deg: float = 0.0,
    tilt_deg: float = 0.0,
    fineness: float = 1.0,
) -> PosedHand:
    """Place all bones of a hand.

    Parameters
    ----------
    form
        Landmarks in nominal millimetres, with flexion.
    rng
        Source of randomness for widths, cortices, rolls and gaps.
    size
        Millimetres for a nominal millimetre: 1 is a middle finger of 90 mm from MCP to tip.
    resorptions
        Acro-osteolysis by digit.
    pronation_deg, tilt_deg
        Rotation of the whole hand out of the film's plane, about its long axis and about the transverse axis.
    fineness
        Factor of the number of rings of the surfaces, and of vertices a ring.
    """
    builder = _Builder(rng, form, size, resorptions or {}, fineness)
    builder.carpus()
    for digit in range(1, 6):
        builder.digit(digit)
    builder.forearm()
    builder.sesamoids()
    landmarks = np.stack([builder.truth[name] for name in LANDMARKS])
    hand = PosedHand(builder.bones, landmarks, size, builder.intact, builder.remaining)
    missing = [b.code for b in BONES if b.code not in hand.bones]
    if missing:
        raise ValueError(f"bones without a shape: {missing}")
    tilted(hand, pronation_deg, tilt_deg)
    return hand


def tilted(hand: PosedHand, pronation_deg: float, tilt_deg: float) -> None:
    """Turn a flat hand out of the film's plane about its long axis and about the transverse axis, in place."""
    if pronation_deg or tilt_deg:
        turn = rotation_about(np.array([0.0, 1.0, 0.0]), pronation_deg) @ rotation_about(
            np.array([1.0, 0.0, 0.0]), tilt_deg
        )
        hand.transform(turn, hand.landmarks.mean(axis=0))
