"""Hands drawn from polygons, with exact landmarks, outlines and deposits: what perfect networks would say.

Everything is drawn in the *nominal frame*: nominal millimetres, fingers up, thumb to the right, y down. A scene is then
laid on a film of any size, turn and mirroring; the maps stay the same and only the crops' matrices change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from hypothesis import Phase, settings
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates
from skimage.draw import polygon as draw_polygon

from sclerograph.anatomy.hand import BONES, FINGER_CHAINS, LANDMARKS
from sclerograph.anatomy.norms import SEGMENTS, segment_ends, segment_norms
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.imaging.calibration import NO_CALIBRATION, Calibration
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.networks.hand_shape import hand_shape
from sclerograph.networks.maps import CalciumMaps, Crop, HandLocation, JointLook, Landmark, ShaftLook, SkeletonMaps

Polygon = NDArray[np.float64]

#: The part of the nominal frame that is drawn (nominal mm).
LEFT, TOP, WIDTH, HEIGHT = -80.0, -112.0, 176.0, 232.0
SKELETON_MM, CALCIUM_MM = 0.5, 0.25
_FINE = 4  # each pixel is the mean of 4 x 4 points, so outlines at one half are exact to a fraction of a pixel

#: Few examples, always the same, and none made smaller: a drawn hand costs a tenth of a second.
FEW = settings(max_examples=8, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))

#: Widths at base, waist and end of the bones of each kind (nominal mm).
_WIDTHS = {"MC": (12.0, 8.0, 13.0), "PP": (12.0, 7.5, 9.5), "MP": (10.5, 6.5, 8.5), "DP": (9.0, 4.6, 7.0)}
_THUMB_WIDTHS = (11.0, 7.5, 8.6)
_GAP_MM = 1.0
INSIDE_HEAD_MM = 0.8


def disc(x: float, y: float, diameter: float, points: int = 180) -> Polygon:
    """A disc around (x, y)."""
    return ellipse(x, y, diameter, diameter, 0.0, points)


def ellipse(x: float, y: float, long: float, short: float, angle_deg: float = 0.0, points: int = 180) -> Polygon:
    """An ellipse around (x, y) with its axes; the angle turns the long axis away from x."""
    t = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False)
    a, b = 0.5 * long * np.cos(t), 0.5 * short * np.sin(t)
    turn = np.radians(angle_deg)
    return np.stack([x + a * np.cos(turn) - b * np.sin(turn), y + a * np.sin(turn) + b * np.cos(turn)], axis=1)


def rectangle(x: float, y: float, width: float, height: float) -> Polygon:
    """A rectangle around (x, y)."""
    w, h = width / 2, height / 2
    return np.array([[x - w, y - h], [x + w, y - h], [x + w, y + h], [x - w, y + h]])


def coverage(polygons: Sequence[Polygon], pixel_mm: float) -> NDArray[np.float32]:
    """The share of each pixel of the drawn frame that polygons cover; overlapping polygons unite."""
    rows, columns = round(HEIGHT / pixel_mm), round(WIDTH / pixel_mm)
    result = np.zeros((rows, columns), dtype=np.float32)
    for polygon in polygons:
        low = np.maximum(np.floor((polygon.min(axis=0) - [LEFT, TOP]) / pixel_mm).astype(int) - 1, 0)
        high = np.minimum(np.ceil((polygon.max(axis=0) - [LEFT, TOP]) / pixel_mm).astype(int) + 2, [columns, rows])
        if np.any(high <= low):
            continue
        fine = np.zeros(tuple((high - low)[::-1] * _FINE), dtype=np.float32)
        points = ((polygon - [LEFT, TOP]) / pixel_mm - low) * _FINE - 0.5
        fine[draw_polygon(points[:, 1], points[:, 0], fine.shape)] = 1.0
        part = fine.reshape(high[1] - low[1], _FINE, high[0] - low[0], _FINE).mean(axis=(1, 3))
        window = result[low[1] : high[1], low[0] : high[0]]
        np.maximum(window, part, out=window)
    return result


@lru_cache(maxsize=1)
def healthy_landmarks() -> Mapping[str, tuple[float, float]]:
    """The mean hand with exactly the mean segment lengths of the norms."""
    shape = hand_shape()
    mean = {name: shape.mean_mm[i] for i, name in enumerate(LANDMARKS)}
    norms = segment_norms()
    placed = dict(mean)
    for chain in FINGER_CHAINS.values():
        for proximal, distal in pairwise(chain):
            segment = next(s for s in SEGMENTS if segment_ends(s) == (proximal, distal))
            step = mean[distal] - mean[proximal]
            length = float(np.exp(norms.mean[SEGMENTS.index(segment)]))
            placed[distal] = placed[proximal] + step / np.hypot(*step) * length
    return {name: (float(p[0]), float(p[1])) for name, p in placed.items()}


def _tubular(kind: str, start: NDArray[np.float64], end: NDArray[np.float64], *, tip: bool, thumb: bool) -> Polygon:
    """A bone from joint to joint, half a gap short of each; a distal phalanx goes on to its tip and flares there."""
    base, waist, head = _THUMB_WIDTHS if thumb else _WIDTHS[kind]
    length = float(np.hypot(*(end - start)))
    along = (end - start) / length
    across = np.array([-along[1], along[0]])
    # As on the atlas films the landmarks of PIP, DIP and IP lie 0.8 mm inside of the head of the proximal bone.
    first = _GAP_MM + INSIDE_HEAD_MM if kind in ("MP", "DP") else _GAP_MM / 2
    last = length if tip else length - _GAP_MM / 2 if kind == "MC" else length + INSIDE_HEAD_MM
    levels = np.array([0.0, 0.12, 0.3, 0.62, 0.8, 0.93, 1.0]) * (last - first) + first
    half = np.array([0.75 * base, base, 0.75 * base, waist, 0.92 * head, head, 0.7 * head]) / 2
    right = start + levels[:, None] * along + half[:, None] * across
    left = start + levels[:, None] * along - half[:, None] * across
    return np.concatenate([right, left[::-1]])


def cut(polygon: Polygon, start: NDArray[np.float64], along: NDArray[np.float64], length: float) -> Polygon:
    """What is left of a convex-enough polygon below a level along an axis."""
    at = (polygon - start) @ along - length
    kept: list[NDArray[np.float64]] = []
    for i in range(len(polygon)):
        j = (i + 1) % len(polygon)
        if at[i] <= 0:
            kept.append(polygon[i])
        if (at[i] <= 0) != (at[j] <= 0):
            kept.append(polygon[i] + at[i] / (at[i] - at[j]) * (polygon[j] - polygon[i]))
    return np.array(kept)


def taper(
    polygon: Polygon, start: NDArray[np.float64], along: NDArray[np.float64], length: float, waist: float
) -> Polygon:
    """Let the outer half of a bone fall from its waist to half of it: a resorbed tuft does not flare."""
    across = np.array([-along[1], along[0]])
    at, beside = (polygon - start) @ along, (polygon - start) @ across
    outer = np.clip((at / length - 0.45) / 0.55, 0.0, 1.0)
    limit = np.where(at > 0.45 * length, 0.5 * waist * (1.0 - 0.5 * outer), np.inf)
    return start + at[:, None] * along + np.clip(beside, -limit, limit)[:, None] * across


_CARPALS: dict[str, tuple[str, float, float, float]] = {
    # by the mean hand: the landmark of its proximal edge, the way from there to its middle, and its diameter
    "TZM": ("TZM", 0.0, -5.0, 11.0),
    "TZD": ("TZD", 0.0, -4.0, 8.0),
    "CAP": ("CAP", 0.0, -8.0, 13.0),
    "HAM": ("HAM", 0.0, -8.0, 12.0),
    "SCA": ("SCA", 2.0, -6.0, 11.0),
    "LUN": ("LUN", 0.0, -5.0, 10.0),
    "TRQ": ("TRQ", 0.0, -5.0, 10.0),
    "PIS": ("TRQ", -2.0, -5.0, 7.0),
}


@dataclass(frozen=True)
class Scene:
    """One hand in the nominal frame.

    ``lost`` is the share of each distal phalanx that is resorbed, by digit; ``calcium``, ``metal`` and ``marker`` are
    polygons; ``excess`` the grey excess of calcium on the film. ``move`` shifts landmarks before anything is drawn.
    """

    lost: Mapping[int, float] = field(default_factory=dict)
    calcium: Sequence[Polygon] = ()
    holes: Sequence[Polygon] = ()
    metal: Sequence[Polygon] = ()
    marker: Sequence[Polygon] = ()
    probability: float = 1.0
    excess: float = 0.35
    shift: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    confidence: Mapping[str, float] = field(default_factory=dict)
    implausible: Sequence[str] = ()
    extra_bone: Mapping[str, Sequence[Polygon]] = field(default_factory=dict)

    def joint(self, name: str) -> NDArray[np.float64]:
        """A landmark before resorption."""
        return np.array(healthy_landmarks()[name]) + np.array(self.shift.get(name, (0.0, 0.0)))

    def left_of(self, digit: int) -> float:
        """The share of a distal segment that is left: ``lost`` is one of the bone, which begins beyond the joint."""
        base, tip = (self.joint(name) for name in segment_ends(f"DP{digit}"))
        begins = (_GAP_MM + INSIDE_HEAD_MM) / float(np.hypot(*(tip - base)))
        return 1.0 - (1.0 - begins) * self.lost.get(digit, 0.0)

    def landmarks(self) -> dict[str, NDArray[np.float64]]:
        """The landmarks, tips where the bone ends."""
        points = {name: self.joint(name) for name in LANDMARKS}
        for digit in self.lost:
            base_name, tip_name = segment_ends(f"DP{digit}")
            points[tip_name] = points[base_name] + self.left_of(digit) * (points[tip_name] - points[base_name])
        return points

    def bone(self, code: str) -> list[Polygon]:
        """The polygons of one bone."""
        extra = list(self.extra_bone.get(code, ()))
        if code in SEGMENTS:
            start, end = (self.joint(name) for name in segment_ends(code))
            polygon = _tubular(code[:2], start, end, tip=code.startswith("DP"), thumb=code == "DP1")
            share = self.lost.get(int(code[-1]), 0.0) if code.startswith("DP") else 0.0
            if share:
                length = float(np.hypot(*(end - start)))
                along = (end - start) / length
                left = self.left_of(int(code[-1])) * length
                waist = (_THUMB_WIDTHS if code == "DP1" else _WIDTHS["DP"])[1]
                polygon = taper(cut(polygon, start, along, left), start, along, left, waist)
            return [polygon, *extra]
        if code in _CARPALS:
            landmark, x, y, diameter = _CARPALS[code]
            middle = self.joint(landmark) + np.array([x, y])
            return [disc(float(middle[0]), float(middle[1]), diameter), *extra]
        edges = (
            ("RADIUS_ULNAR_EDGE", "RADIUS_RADIAL_EDGE") if code == "RAD" else ("ULNA_ULNAR_EDGE", "ULNA_RADIAL_EDGE")
        )
        a, b = (self.joint(name) for name in edges)
        down = np.array([0.0, 25.0])
        return [np.array([a, b, b + down, a + down]), *extra]

    def soft_tissue(self) -> list[Polygon]:
        """Capsules around the digits, and a palm."""
        polygons = []
        for chain in FINGER_CHAINS.values():
            points = [self.joint(name) for name in chain]
            step = points[-1] - points[-2]
            points[-1] = points[-1] + step / np.hypot(*step) * 3.0
            polygons += [_capsule(a, b, 8.0) for a, b in pairwise(points)]
        palm = ["ULNA_ULNAR_EDGE", "CMC5", "MCP5", "MCP4", "MCP3", "MCP2", "MCP1", "CMC1", "RADIUS_RADIAL_EDGE"]
        polygons.append(np.array([self.joint(name) for name in palm]))
        wrist = [
            self.joint("ULNA_ULNAR_EDGE") + np.array([-5, -25]),
            self.joint("RADIUS_RADIAL_EDGE") + np.array([5, -25]),
        ]
        polygons.append(np.array([*wrist, wrist[1] + np.array([0, 60]), wrist[0] + np.array([0, 60])]))
        return polygons


def _capsule(a: NDArray[np.float64], b: NDArray[np.float64], radius: float) -> Polygon:
    along = (b - a) / np.hypot(*(b - a))
    turn = np.arctan2(along[1], along[0])
    t = np.linspace(-np.pi / 2, np.pi / 2, 30)
    first = b + radius * np.stack([np.cos(t + turn), np.sin(t + turn)], axis=1)
    second = a + radius * np.stack([np.cos(t + turn + np.pi), np.sin(t + turn + np.pi)], axis=1)
    return np.concatenate([first, second])


@lru_cache(maxsize=1)
def _healthy_bones() -> dict[str, NDArray[np.uint8]]:
    scene = Scene()
    return {b.code: _as_uint8(coverage(scene.bone(b.code), SKELETON_MM)) for b in BONES}


@lru_cache(maxsize=1)
def _healthy_soft_tissue() -> NDArray[np.uint8]:
    return _as_uint8(coverage(Scene().soft_tissue(), SKELETON_MM))


def _as_uint8(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.rint(255.0 * image).astype(np.uint8)


def _changed(scene: Scene, code: str) -> bool:
    if code in scene.extra_bone or (code.startswith("DP") and int(code[-1]) in scene.lost):
        return True
    return bool(scene.shift) and (code not in SEGMENTS or any(name in scene.shift for name in segment_ends(code)))


@dataclass(frozen=True)
class Placed:
    """How a scene lies on its film: film = centre + pixels_per_mm * turn(mirror(nominal))."""

    pixels_per_mm: float = 4.0
    turn_deg: float = 0.0
    mirrored: bool = False
    rows: int = 1000
    columns: int = 1000

    @property
    def to_film(self) -> NDArray[np.float64]:
        """2x3 matrix from the nominal frame to the film."""
        t = np.radians(self.turn_deg)
        rotation = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
        linear = self.pixels_per_mm * rotation @ np.diag([-1.0 if self.mirrored else 1.0, 1.0])
        middle = np.array([self.columns / 2, self.rows / 2]) - linear @ [LEFT + WIDTH / 2, TOP + HEIGHT / 2]
        return np.hstack([linear, middle[:, None]])

    def on_film(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map (..., 2) nominal points onto the film."""
        matrix = self.to_film
        return np.asarray(points) @ matrix[:, :2].T + matrix[:, 2]

    def crop(self, pixel_mm: float) -> Crop:
        """The crop that holds the whole drawn frame."""
        linear = np.linalg.inv(self.to_film[:, :2])
        shift = -linear @ self.to_film[:, 2] - [LEFT, TOP]
        # the centre of the first pixel lies half a pixel inside of the frame
        to_crop = np.hstack([linear / pixel_mm, (shift / pixel_mm - 0.5)[:, None]])
        return Crop(to_crop, round(HEIGHT / pixel_mm), round(WIDTH / pixel_mm), pixel_mm)


def skeleton_of(scene: Scene, placed: Placed) -> SkeletonMaps:
    """What a perfect skeleton network says."""
    marks = {}
    for name, point in scene.landmarks().items():
        x, y = placed.on_film(point)
        plausible = name not in scene.implausible
        marks[name] = Landmark(float(x), float(y), scene.confidence.get(name, 0.95), plausible)
    healthy = _healthy_bones()
    bones = np.stack(
        [
            _as_uint8(coverage(scene.bone(b.code), SKELETON_MM)) if _changed(scene, b.code) else healthy[b.code]
            for b in BONES
        ]
    )
    return SkeletonMaps(placed.crop(SKELETON_MM), marks, bones, _healthy_soft_tissue())


def calcium_of(scene: Scene, placed: Placed) -> CalciumMaps:
    """What a perfect calcium network says."""
    calcium = coverage(scene.calcium, CALCIUM_MM)
    if scene.holes:
        calcium = calcium * (1.0 - coverage(scene.holes, CALCIUM_MM))
    return CalciumMaps(
        placed.crop(CALCIUM_MM),
        (scene.probability * calcium).astype(np.float32),
        coverage(scene.metal, CALCIUM_MM),
        coverage(scene.marker, CALCIUM_MM),
    )


def greys_of(scene: Scene) -> NDArray[np.float32]:
    """Greys in the nominal frame at the skeleton's pixels: air 0.05, soft tissue 0.25, bone 0.55, plus calcium."""
    bone = np.max([_healthy_bones()[b.code] for b in BONES], axis=0) / 255.0
    soft = _healthy_soft_tissue() / 255.0
    calcium = coverage(scene.calcium, SKELETON_MM)
    return (0.05 + 0.20 * soft + 0.30 * bone + scene.excess * calcium).astype(np.float32)


def film_of(
    scene: Scene,
    placed: Placed,
    calibration: Calibration = NO_CALIBRATION,
    *,
    greys: bool = False,
    **changes: object,
) -> Radiograph:
    """The film; without ``greys`` it is plain, which is enough for all but densities."""
    pixels = np.full((placed.rows, placed.columns), 0.25, dtype=np.float32)
    if greys:
        y, x = np.mgrid[: placed.rows, : placed.columns]
        at = placed.crop(SKELETON_MM).map_to_crop(np.stack([x, y], axis=-1).astype(np.float64))
        pixels = map_coordinates(greys_of(scene), [at[..., 1], at[..., 0]], order=1, cval=0.05).astype(np.float32)
    film = Radiograph(
        pixels=pixels,
        valid=np.ones(pixels.shape, dtype=np.bool_),
        calibration=calibration,
        source=Source("film.png", "0" * 64, placed.rows, placed.columns),
        visit="film",
    )
    return replace(film, **changes)  # type: ignore[arg-type]


LEFT_PA = SideAndView("L", "chirality", "PA", "presumed")


def view_of(
    scene: Scene,
    placed: Placed | None = None,
    calibration: Calibration = NO_CALIBRATION,
    *,
    greys: bool = False,
    side_and_view: SideAndView = LEFT_PA,
) -> HandView:
    """The hand as the measurements get it."""
    where = Placed() if placed is None else placed
    film = film_of(scene, where, calibration, greys=greys)
    return HandView(film, skeleton_of(scene, where), calcium_of(scene, where), side_and_view)


def location_of(placed: Placed, confidence: float = 0.99) -> HandLocation:
    """What a perfect finder says."""
    lun, tip = (placed.on_film(np.array(healthy_landmarks()[name])) for name in ("LUN", "TIP3"))
    centre = placed.on_film(hand_shape().metacarpus_centre_mm)
    return HandLocation(
        (float(centre[0]), float(centre[1])),
        placed.turn_deg,
        float(np.hypot(*(tip - lun))),
        placed.mirrored,
        confidence,
        confidence,
    )


@dataclass
class ExactNetworks:
    """Networks that know the scene of each film, by the name of the film's file."""

    hands: dict[str, list[tuple[Scene, Placed]]]
    confidence: float = 0.99
    change: Callable[[SkeletonMaps], SkeletonMaps] = field(default=lambda maps: maps)

    @property
    def models(self) -> Sequence[tuple[str, str]]:
        return [("exact", "f" * 64)]

    def locate(self, film: Radiograph) -> Sequence[HandLocation]:
        return [location_of(placed, self.confidence) for _, placed in self.hands.get(film.source.file, [])]

    def skeleton(self, film: Radiograph, location: HandLocation) -> SkeletonMaps:
        scene, placed = self._hand(film, location)
        return self.change(skeleton_of(scene, placed))

    def calcium(self, film: Radiograph, skeleton: SkeletonMaps) -> CalciumMaps:
        for scene, placed in self.hands[film.source.file]:
            if np.allclose(placed.crop(SKELETON_MM).to_crop, skeleton.crop.to_crop):
                return calcium_of(scene, placed)
        raise LookupError("no such hand on the film")

    def joints(self, film: Radiograph, skeleton: SkeletonMaps) -> dict[str, JointLook]:
        return {}

    def shafts(self, film: Radiograph, skeleton: SkeletonMaps) -> dict[str, ShaftLook]:
        return {}

    def _hand(self, film: Radiograph, location: HandLocation) -> tuple[Scene, Placed]:
        return next(
            (scene, placed)
            for scene, placed in self.hands[film.source.file]
            if np.allclose(location_of(placed).centre, location.centre)
        )
