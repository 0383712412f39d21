"""The margins of bones, straightened: where a whole bone would end, and the film across that line.

The outline of the networks says roughly where a bone ends; a bite that it follows is closed by a disc that is wider
than an erosion (morphological closing), which leaves the wider curve of the metaphysis as it is. Across this expected
margin the film is sampled, the edge of the bone is followed on it, and the expected margin is moved onto the smooth
course of that edge. Then rows of the straightened film run along the margin and columns into the bone.

Lengths are nominal millimetres, in a frame that stands upright, fingers up and thumb to the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    binary_dilation,
    distance_transform_edt,
    gaussian_filter,
    gaussian_filter1d,
    grey_closing,
    grey_opening,
    label,
)
from skimage.measure import find_contours

from sclerograph.anatomy.hand import BONES, JOINTS
from sclerograph.anatomy.norms import SEGMENTS, segment_ends
from sclerograph.findings.records import EROSION_BONES
from sclerograph.hand.view import HandView, sample

__all__ = ["DEPTHS_MM", "MARGINS", "STEP_MM", "Margin", "MarginStrip", "straighten"]

Floats = NDArray[np.float64]
End = Literal["head", "base"]


@dataclass(frozen=True)
class Margin:
    """A margin that is looked at: an end of a bone (``None``: all around it), and the joint that it belongs to.

    ``kind`` is what margins that are alike have in common: their bones and ends without the number of the digit.
    """

    bone: str
    end: End | None
    joint: str | None

    @property
    def kind(self) -> str:
        """Bone and end, without the digit."""
        return f"{self.bone.rstrip('2345')} {self.end}"


def _margins() -> tuple[Margin, ...]:
    found = []
    for joint in JOINTS:
        if joint.digit is not None and not joint.code.startswith("CMC"):
            found += [
                Margin(joint.proximal_bones[0], "head", joint.code),
                Margin(joint.distal_bones[0], "base", joint.code),
            ]
    ends: dict[str, End] = {"MC1": "base", "RAD": "head", "ULN": "head"}
    return (*found, *(Margin(bone, ends.get(bone), "CMC1" if bone == "MC1" else None) for bone in EROSION_BONES))


#: All margins: both ends at every joint of the digits, then the bones of the wrist.
MARGINS: tuple[Margin, ...] = _margins()

#: Distance of the places along a margin, and the depths at which the film is sampled there, positive into the bone.
STEP_MM = 0.3
_DEPTH_STEP_MM = 0.15
DEPTHS_MM: Floats = np.arange(-1.5, 4.01, _DEPTH_STEP_MM)
_STRIP_DEPTHS_MM: Floats = np.arange(-2.7, 5.21, _DEPTH_STEP_MM)
#: Grid of the outline, and the radius of the disc that closes it.
_GRID_MM = 0.25
_CLOSING_MM = 5.0
#: How far the grid reaches beyond the end of a bone, and to both sides; of radius and carpal bones farther.
_BEYOND_MM, _BESIDE_MM, _WIDE_MM = 6.0, 14.0, 25.0
#: How much of a bone belongs to its end: this length at most, and this share of the bone.
_REACH_MM = {"MC": 9.5, "PP": 10.0, "MP": 8.0, "DP": 7.0, "RA": 20.0, "UL": 16.0}
_REACH_SHARE = 0.4
#: The expected margin is smoothed along itself by so much, and moved by so much at most.
_SMOOTH_MM = 0.6
_MOST_MOVED_MM = 1.2
#: The disc that rolls over the edge followed on the film bridges notches, and follows what the outlines have bent.
_DISC_MM, _DISC_REACH_MM = 6.0, 3.6
_SPIKE_MM = 1.2
_LEAST_PLACES = 24
#: The path of the edge goes at most so many depths up or down from place to place; each costs so much of a clear edge.
_MOST_STEPS, _STEP_COST = 4, 0.07
#: Another bone this near outside of a margin touches it, in the wrist and in the digits; with one this near the edge is
#: looked for within that distance.
_TOUCHING_MM, _FACING_MM, _CLOSE_BY_MM, _CLOSE_EDGE_MM = 1.8, 0.25, 2.0, 0.7
#: Bones farther away than this from the box of a margin are not asked for.
_NEAR_BOX_MM = 4.0
#: From this probability on calcium is in the way.
_CALCIUM_FROM = 0.3


@dataclass(frozen=True)
class MarginStrip:
    """One margin with the film across it.

    ``along_mm`` (n,) runs from the ulnar to the radial side, 0 in the middle; ``points`` (n, 2) is the expected margin
    in original pixels, ``inward`` (n, 2) the unit vectors into the bone times a nominal millimetre in pixels; ``grey``
    (n, depths) the film at :data:`DEPTHS_MM`; ``edge_mm`` (n,) how far behind the expected margin the edge of the bone
    lies; ``calcium`` (n, depths) where calcium lies in the way, with greys that are not of bone; ``blocked`` (n,) what
    hides a place: empty where it is seen.
    """

    margin: Margin
    along_mm: Floats
    points: Floats
    inward: Floats
    grey: Floats
    edge_mm: Floats
    calcium: NDArray[np.bool_]
    blocked: NDArray[np.str_]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Places that nothing hides."""
        return np.asarray(self.blocked == "")


class _Frame:
    """The upright frame of one hand: nominal millimetres of the crop."""

    def __init__(self, view: HandView) -> None:
        self.view = view
        crop = view.skeleton.crop
        self.crop = crop
        #: crop pixels a nominal millimetre
        self.unit = view.scale_px / crop.original_pixels_per_pixel
        #: least and greatest x, y of each bone on the film
        self.boxes: dict[str, tuple[Floats, Floats] | None] = {}

    def mm(self, points: Floats) -> Floats:
        return np.asarray(self.crop.map_to_crop(points) / self.unit)

    def film(self, points: Floats) -> Floats:
        return self.crop.map_to_original(points * self.unit)

    def mark(self, name: str) -> Floats | None:
        found = self.view.point(name)
        return None if found is None else self.mm(found)


def straighten(view: HandView, margins: Sequence[Margin] = MARGINS) -> tuple[list[MarginStrip], dict[Margin, str]]:
    """Straighten the margins of a hand.

    Parameters
    ----------
    view
        The hand.
    margins
        Which.

    Returns
    -------
    strips, reasons
        The margins that were found, and why the others were not.
    """
    frame = _Frame(view)
    lines: dict[Margin, Floats] = {}
    reasons: dict[Margin, str] = {}
    for margin in margins:
        line = _expected(frame, margin)
        if line is None:
            reasons[margin] = "its bones or landmarks were not found with enough confidence"
        else:
            lines[margin] = line
    strips = []
    for margin, line in lines.items():
        strip = _strip(frame, margin, line)
        if strip is None:
            reasons[margin] = "it lies at or beyond the edge of the film"
        else:
            strips.append(strip)
    return strips, reasons


def _ends(frame: _Frame, margin: Margin) -> tuple[Floats, Floats, float] | None:
    """Return roughly where a bone ends, the unit vector out of it there, and how much of it belongs to the end."""
    up = np.array([0.0, -1.0])
    reach = _REACH_MM.get(margin.bone[:2], 0.0)
    if margin.bone in SEGMENTS:
        base, head = (frame.mark(name) for name in segment_ends(margin.bone))
        if base is None or head is None:
            return None
        length = float(np.hypot(*(head - base)))
        if length == 0.0:
            return None
        out = (head - base) / length * (1.0 if margin.end == "head" else -1.0)
        return (head if margin.end == "head" else base), out, min(reach, _REACH_SHARE * length)
    if margin.end == "head":
        names = (
            ("RADIUS_ULNAR_EDGE", "RADIUS_RADIAL_EDGE")
            if margin.bone == "RAD"
            else ("ULNA_ULNAR_EDGE", "ULNA_RADIAL_EDGE")
        )
        marks = [frame.mark(name) for name in names]
        if marks[0] is None or marks[1] is None:
            return None
        return 0.5 * (marks[0] + marks[1]), up, reach
    mark = frame.mark(margin.bone)
    return None if mark is None else (mark, up, 0.0)


def _expected(frame: _Frame, margin: Margin) -> Floats | None:
    """Return the expected margin (n, 2) of a bone in the frame, from its ulnar to its radial side."""
    ends = _ends(frame, margin)
    if ends is None:
        return None
    at, out, reach = ends
    wide = margin.end is None or margin.bone == "RAD"
    beside = _WIDE_MM if wide else _BESIDE_MM
    behind = _WIDE_MM if margin.end is None else reach + _BEYOND_MM
    right = np.array([-out[1], out[0]])
    if right[0] < 0.0 or (right[0] == 0.0 and right[1] < 0.0):
        right = -right
    # styloids stand out beyond the edges of radius and ulna
    beyond = (
        _WIDE_MM if margin.end is None else (2.0 if margin.bone in ("RAD", "ULN") else 1.0) * _BEYOND_MM + _CLOSING_MM
    )
    y = np.arange(-behind, beyond + 1e-9, _GRID_MM)
    x = np.arange(-beside, beside + 1e-9, _GRID_MM)
    grid = at + y[:, None, None] * out + x[None, :, None] * right
    inside = frame.view.bone_at(margin.bone, frame.film(grid.reshape(-1, 2))).reshape(len(y), len(x)) >= 0.5
    piece = _largest_near(inside, int(np.argmin(np.abs(y))), len(x) // 2)
    if piece is None:
        return None
    closed = _closed(piece)
    rings = find_contours(closed, 0.0)  # type: ignore[no-untyped-call]
    if not rings:
        return None
    ring = max(rings, key=len)
    outline: Floats = np.stack([x[0] + ring[:, 1] * _GRID_MM, y[0] + ring[:, 0] * _GRID_MM], axis=1)
    part = outline if margin.end is None else _end_of(outline, reach)
    if part is None:
        return None
    line = _even(part, margin.end is None)
    if len(line) < _LEAST_PLACES:
        return None
    return np.asarray(at + line[:, 1:] * out + line[:, :1] * right)


def _largest_near(inside: NDArray[np.bool_], row: int, column: int) -> NDArray[np.bool_] | None:
    """Return the piece of a mask that has most of its pixels near a place."""
    pieces, count = label(inside)
    if count == 0:
        return None
    window = pieces[max(row - 24, 0) : row + 24, max(column - 24, 0) : column + 24]
    votes = np.bincount(window.ravel(), minlength=count + 1)
    votes[0] = 0
    return None if votes.max() == 0 else np.asarray(pieces == int(np.argmax(votes)))


def _closed(inside: NDArray[np.bool_]) -> Floats:
    """Return the signed distance (grid steps, positive inside) to the outline closed by a disc."""
    radius = _CLOSING_MM / _GRID_MM
    rim = int(radius) + 3
    # a bone that runs out of the window goes on beyond it
    padded = np.pad(inside, rim, mode="edge")
    grown = np.asarray(distance_transform_edt(~padded)) <= radius
    field = np.asarray(distance_transform_edt(grown)) - radius
    return np.asarray(field[rim:-rim, rim:-rim], dtype=np.float64)


def _end_of(line: Floats, reach: float) -> Floats | None:
    """Return the part of an outline within a distance from the last point of a bone, its left side first."""
    if np.hypot(*(line[0] - line[-1])) < 2 * _GRID_MM:
        # a closed outline is cut where it is farthest from the end
        line = np.roll(line[:-1], -int(np.argmin(line[:-1, 1])), axis=0)
    near = line[:, 1] >= line[:, 1].max() - reach
    tip = int(np.argmax(line[:, 1]))
    gaps = np.flatnonzero(~near)
    first, last = int(gaps[gaps < tip].max(initial=-1)) + 1, int(gaps[gaps > tip].min(initial=len(line))) - 1
    part = line[first : last + 1]
    # both sides must come down to the shaft
    if len(part) < 3 or max(part[0, 1], part[-1, 1]) > part[:, 1].max() - 0.6 * reach:
        return None
    return part if part[0, 0] < part[-1, 0] else part[::-1]


def _even(line: Floats, closed: bool) -> Floats:
    """Return points at even steps along a line, smoothed."""
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.arange(0.0, steps[-1], STEP_MM)
    mode = "wrap" if closed else "nearest"
    points = [np.interp(at, steps, line[:, i]) for i in (0, 1)]
    if closed:
        # clockwise from the distal end
        points = [np.roll(p, -int(np.argmax(points[1]))) for p in points]
        if points[0][len(at) // 4] < points[0][-len(at) // 4]:
            points = [p[::-1] for p in points]
    return np.stack([gaussian_filter1d(p, _SMOOTH_MM / STEP_MM, mode=mode) for p in points], axis=1)


def _strip(frame: _Frame, margin: Margin, line: Floats) -> MarginStrip | None:
    whole = margin.end is None
    tangent = np.roll(line, -2, axis=0) - np.roll(line, 2, axis=0) if whole else np.gradient(line, axis=0)
    if not whole:
        tangent = gaussian_filter1d(tangent, 2.0, axis=0, mode="nearest")
    tangent = tangent / np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
    inward = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    middle = line.mean(axis=0)
    if np.median(np.sum(inward * (middle - line), axis=1)) < 0.0:
        inward = -inward
    film = frame.film(line)
    direction = frame.film(line + inward) - film
    places = film[:, None, :] + _STRIP_DEPTHS_MM[None, :, None] * direction[:, None, :]
    flat = places.reshape(-1, 2)
    grey = frame.view.grey_at(flat).reshape(places.shape[:2])
    on_film = frame.view.valid_at(flat).reshape(places.shape[:2])
    if on_film.mean() < 0.5:
        return None
    modes = ["wrap" if whole else "nearest", "nearest"]
    smooth = gaussian_filter(grey, [0.45 / STEP_MM, 0.2 / _DEPTH_STEP_MM], mode=modes)
    calcium = _share_of(frame.view, frame.view.calcium.believed, flat).reshape(places.shape[:2]) >= _CALCIUM_FROM
    others = _other_bones(frame, margin, film, flat).reshape(places.shape[:2])
    followed = _follow(smooth, _foreign(calcium, others), whole)
    course = _bridged(followed, whole)
    at = DEPTHS_MM[None, :] + course[:, None]
    moved, hidden = (
        np.array([np.interp(row, _STRIP_DEPTHS_MM, values) for row, values in zip(at, layer, strict=True)])
        for layer in (grey, calcium.astype(np.float64))
    )
    blocked = np.full(len(line), "", dtype="<U24")
    metal = _share_of(frame.view, frame.view.calcium.metal, flat).reshape(places.shape[:2]) >= 0.5
    blocked[metal.any(axis=1)] = "metal"
    # joint surfaces of the digits face each other at less than a millimetre
    touching = _TOUCHING_MM if margin.joint in (None, "CMC1") else _FACING_MM
    blocked[_covered(others, course, touching)] = "bones touch or overlap"
    blocked[~on_film.all(axis=1)] = "edge of the film"
    along: Floats = (np.arange(len(line), dtype=np.float64) - 0.5 * (len(line) - 1)) * STEP_MM
    points = film + course[:, None] * direction
    return MarginStrip(margin, along, points, direction, moved, followed - course, hidden > 0.0, blocked)


def _share_of(view: HandView, probability: NDArray[np.float32], points: Floats) -> Floats:
    """Return a map of the calcium network at (n, 2) original points."""
    if not (probability >= _CALCIUM_FROM).any():
        return np.zeros(len(points))
    return sample(probability, view.calcium.crop.map_to_crop(points))


def _follow(grey: Floats, foreign: NDArray[np.bool_], whole: bool) -> Floats:
    """Return the depth (mm) of the edge of the bone: the path along the margin on which the grey rises most.

    ``foreign`` marks where the film shows something else than this bone.
    """
    near = np.abs(_STRIP_DEPTHS_MM) <= 2.4
    slope = np.where(foreign, 0.0, np.gradient(grey, axis=1))[:, near]
    depths = _STRIP_DEPTHS_MM[near]
    scale = max(float(np.quantile(slope.max(axis=1), 0.6)), 1e-6)
    gain = np.clip(slope / scale, 0.0, 1.5) - 0.05 * np.abs(depths)[None, :]
    if whole:
        gain = np.concatenate([gain[-12:], gain, gain[:12]])
    rows, count = gain.shape
    best = gain[0].copy()
    back = np.zeros((rows, count), dtype=np.intp)
    steps = np.arange(-_MOST_STEPS, _MOST_STEPS + 1)
    cost = _STEP_COST * np.abs(steps)
    places = np.arange(count)
    for i in range(1, rows):
        before = np.full((len(steps), count), -np.inf)
        for k, step in enumerate(range(-_MOST_STEPS, _MOST_STEPS + 1)):
            start, end = max(0, -step), min(count, count - step)
            before[k, start:end] = best[start + step : end + step] - cost[k]
        choice = np.argmax(before, axis=0)
        back[i] = places + steps[choice]
        best = gain[i] + before[choice, places]
    path = np.empty(rows, dtype=np.intp)
    path[-1] = int(np.argmax(best))
    for i in range(rows - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    found = depths[path]
    return np.asarray(found[12:-12] if whole else found)


def _bridged(edge: Floats, whole: bool) -> Floats:
    """Return the depth (mm) at which the edge would lie without notches: closed by a wide disc that rolls outside."""
    mode = "wrap" if whole else "nearest"
    # narrow spikes outward, where the path jumps to a neighbour, are no margin to roll on
    height = grey_opening(-edge, size=2 * round(0.5 * _SPIKE_MM / STEP_MM) + 1, mode=mode)
    offset = np.arange(-round(_DISC_REACH_MM / STEP_MM), round(_DISC_REACH_MM / STEP_MM) + 1) * STEP_MM
    disc = np.sqrt(_DISC_MM**2 - offset**2) - _DISC_MM
    closed = grey_closing(height, footprint=np.ones(len(disc), bool), structure=disc, mode=mode)
    course = gaussian_filter1d(-closed, _SMOOTH_MM / STEP_MM, mode=mode)
    return np.asarray(np.clip(course, -_MOST_MOVED_MM, _MOST_MOVED_MM))


def _covered(others: NDArray[np.bool_], course: Floats, touching: float) -> NDArray[np.bool_]:
    """Tell where another bone lies over the margin or touches it, to some way into the bone."""
    depths = _STRIP_DEPTHS_MM[None, :] - course[:, None]
    return np.asarray((others & (depths >= -touching) & (depths <= 2.2)).any(axis=1))


def _foreign(calcium: NDArray[np.bool_], others: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell where an edge on the film is none of this bone: that of calcium, or of a bone beside it.

    Where another bone lies close by, the edge is looked for near to where the outline puts it.
    """
    foreign = binary_dilation(calcium, iterations=2) | binary_dilation(others, np.ones((1, 3), np.bool_))
    outside = (_STRIP_DEPTHS_MM >= -_CLOSE_BY_MM) & (_STRIP_DEPTHS_MM <= 0.0)
    crowded = np.any(others[:, outside], axis=1, keepdims=True)
    return np.asarray(foreign | (crowded & (np.abs(_STRIP_DEPTHS_MM) > _CLOSE_EDGE_MM)[None, :]))


def _other_bones(frame: _Frame, margin: Margin, film: Floats, places: Floats) -> NDArray[np.bool_]:
    """Tell which (n, 2) original points lie on another bone."""
    low, high = film.min(axis=0), film.max(axis=0)
    found = np.zeros(len(places), np.bool_)
    for bone in BONES:
        if bone.code != margin.bone and _may_cover(frame, bone.code, low, high):
            found |= frame.view.bone_at(bone.code, places) >= 0.5
    return found


def _may_cover(frame: _Frame, code: str, low: Floats, high: Floats) -> bool:
    box, reach = _box(frame, code), _NEAR_BOX_MM * frame.view.scale_px
    return box is not None and bool(np.all(box[0] <= high + reach) and np.all(box[1] >= low - reach))


def _box(frame: _Frame, code: str) -> tuple[Floats, Floats] | None:
    known = frame.boxes
    if code not in known:
        inside = frame.view.bone_map(code) >= 128
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        if rows.size == 0:
            known[code] = None
        else:
            corners = np.array([[columns[i], rows[j]] for i in (0, -1) for j in (0, -1)], dtype=np.float64)
            mapped = frame.crop.map_to_original(corners)
            known[code] = mapped.min(axis=0), mapped.max(axis=0)
    return known[code]
