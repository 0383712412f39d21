"""The frame in which the space of a joint is measured: across the joint line, and along what is perpendicular to it.

One definition serves the measurement and the simulator's truth. Both say where the two bones end in a frame; the frame
then settles on them:

* its lateral extent is what both bones have in common :data:`EDGE_DEPTH_MM` below their ends;
* its line is the straight line through the middle of the space over the central part, :data:`CENTRAL_SHARE` of that
  extent: the joint's margins beyond it are round, and osteophytes and erosions lie there. 60 to 80 % is the part that
  published methods use (van 't Klooster et al. 2008, doi:10.1016/j.joca.2007.06.014; Kwok et al. 2011,
  doi:10.1016/j.joca.2011.08.006).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import joint
from sclerograph.anatomy.norms import SEGMENTS, segment_ends

__all__ = [
    "CENTRAL_SHARE",
    "EDGE_DEPTH_MM",
    "SPACE_BONES",
    "SPACE_JOINTS",
    "WRIST_LANDMARKS",
    "JointFrame",
    "landmark_frame",
    "settled",
]

Floats = NDArray[np.float64]

#: The joints whose space is measured, with the bones of their proximal and their distal side.
SPACE_BONES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "IP1": (("PP1",), ("DP1",)),
    **{f"DIP{d}": ((f"MP{d}",), (f"DP{d}",)) for d in range(2, 6)},
    **{f"PIP{d}": ((f"PP{d}",), (f"MP{d}",)) for d in range(2, 6)},
    **{f"MCP{d}": ((f"MC{d}",), (f"PP{d}",)) for d in range(1, 6)},
    "CMC1": (("TZM",), ("MC1",)),
    "RC": (("RAD",), ("SCA", "LUN")),
}
SPACE_JOINTS: Final[tuple[str, ...]] = tuple(SPACE_BONES)

#: The landmarks between which the radiocarpal joint lies: the edges of the radius, the lunate and the scaphoid.
WRIST_LANDMARKS: Final = ("RADIUS_ULNAR_EDGE", "RADIUS_RADIAL_EDGE", "LUN", "SCA")

#: Part of the joint's lateral extent over which the space is averaged.
CENTRAL_SHARE: Final = 0.6
#: How far below the end of each bone its lateral extent is taken (nominal mm).
EDGE_DEPTH_MM: Final = 2.0
#: The joint line may turn this far away from the perpendicular of the bones' axes.
_MOST_TURN_DEG: Final = 25.0
_LINES: Final = 25


@dataclass(frozen=True)
class JointFrame:
    """A frame on the film: ``origin`` (x, y) and unit vector ``along`` (distally), lengths in pixels.

    ``half_width`` is half of the lateral extent that both bones have in common.
    """

    origin: Floats
    along: Floats
    half_width: float

    @property
    def across(self) -> Floats:
        """Unit vector along the joint line."""
        return np.array([-self.along[1], self.along[0]])

    def points(self, along: Floats, across: Floats) -> Floats:
        """Return film points (..., 2) from coordinates along and across, which broadcast against each other."""
        return np.asarray(self.origin + along[..., None] * self.along + across[..., None] * self.across)

    def central(self, count: int) -> Floats:
        """Return evenly spaced positions across the central part."""
        half = CENTRAL_SHARE * self.half_width
        return np.linspace(-half, half, count)


def landmark_frame(points: Mapping[str, Floats], code: str, half_width: float) -> JointFrame | None:
    """Return the frame that landmarks give a joint; ``None`` where one of them is missing or two are at one place.

    Parameters
    ----------
    points
        (x, y) of the landmarks that are known, by name.
    code
        One of :data:`SPACE_JOINTS`.
    half_width
        Half width of the frame, in the unit of the points.
    """
    if code == "RC":
        return _wrist_frame(points, half_width)
    known = joint(code)
    axes = []
    for bone in (*known.proximal_bones, *known.distal_bones):
        if bone in SEGMENTS:
            first, second = (points.get(name) for name in segment_ends(bone))
            if first is None or second is None or not np.any(second - first):
                return None
            axes.append((second - first) / np.hypot(*(second - first)))
    centre = None if known.landmark is None else points.get(known.landmark)
    if centre is None:
        return None
    along = np.sum(axes, axis=0)
    return JointFrame(centre, along / np.hypot(*along), half_width)


def _wrist_frame(points: Mapping[str, Floats], half_width: float) -> JointFrame | None:
    marks = [points.get(name) for name in WRIST_LANDMARKS]
    if any(mark is None for mark in marks):
        return None
    ulnar, radial, lunate, scaphoid = (mark for mark in marks if mark is not None)
    line, middle = radial - ulnar, 0.5 * (ulnar + radial)
    along = np.array([-line[1], line[0]]) / max(float(np.hypot(*line)), 1e-9)
    carpal = 0.5 * (lunate + scaphoid)
    if along @ (carpal - middle) < 0:
        along = -along
    return JointFrame(middle + 0.5 * float((carpal - middle) @ along) * along, along, half_width)


#: Where the two bones end, (n,) along coordinates of the proximal and the distal one, at (n,) positions across.
Margins = Callable[[JointFrame, Floats], tuple[Floats, Floats]]
#: Lateral extent that both bones have in common (least and greatest position across), ``None`` where they have none.
Extent = Callable[[JointFrame], tuple[float, float] | None]


def settled(frame: JointFrame, margins: Margins, extent: Extent, rounds: int = 2) -> JointFrame | None:
    """Let a frame settle on its two bones; ``None`` where they do not show a joint.

    Parameters
    ----------
    frame
        To start from: near the joint, along its bones.
    margins, extent
        Where the bones end; not-a-number where a bone is missing.
    rounds
        How often position and direction are improved.
    """
    first = frame.along
    for _ in range(rounds):
        common = extent(frame)
        if common is None or common[1] <= common[0]:
            return None
        frame = replace(
            frame,
            origin=frame.origin + 0.5 * (common[0] + common[1]) * frame.across,
            half_width=0.5 * (common[1] - common[0]),
        )
        across = frame.central(_LINES)
        proximal, distal = margins(frame, across)
        middle = 0.5 * (proximal + distal)
        seen = np.isfinite(middle)
        if np.count_nonzero(seen) < _LINES // 2:
            return None
        slope, offset = np.polyfit(across[seen], middle[seen], 1)
        along = frame.along - slope * frame.across
        along = along / np.hypot(*along)
        if along @ first < np.cos(np.radians(_MOST_TURN_DEG)):
            return None
        frame = replace(frame, origin=frame.origin + offset * frame.along, along=along)
    return frame
