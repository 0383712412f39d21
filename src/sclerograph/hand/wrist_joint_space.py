"""The radiocarpal space: from the floor of the distal radius to the scaphoid and to the lunate.

On a PA film the rims of the radius lie over the proximal row, and outlines overlap. The subchondral line of the radius,
where rays run along the floor of its cup, is seen on nearly every wrist, and so is the proximal edge of each carpal
bone, through the rims (:mod:`.joint_cleft`). The space is the mean over the central parts of what the scaphoid and the
lunate face of the radius, or of the one of them that is seen.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sclerograph.anatomy.joint_frame import SPACE_BONES, JointFrame, settled
from sclerograph.hand.joint_cleft import Cleft
from sclerograph.hand.joint_outline import Outlines, joint_start
from sclerograph.hand.joint_space_settings import DEFAULT, JointSpaceSettings
from sclerograph.hand.seen_space import CLEFT_JOINTS, CleftNotSeen, SeenSpace, line_contrast, seen_part, space_of
from sclerograph.hand.view import HandView

__all__ = ["radiocarpal_space", "step_between"]

_NOT_FOUND = "its bones or landmarks were not found with enough confidence"


def radiocarpal_space(view: HandView, settings: JointSpaceSettings = DEFAULT) -> tuple[SeenSpace, float]:
    """Measure the radiocarpal space.

    Parameters
    ----------
    view
        The hand, on a PA or AP film.
    settings
        The thresholds.

    Returns
    -------
    tuple of SeenSpace and float
        The space, and the width of the bone that it is held against (pixels): the end of the radius.

    Raises
    ------
    CleftNotSeen
        With the reason.
    """
    start = joint_start(view, "RC")
    if start is None:
        raise CleftNotSeen(_NOT_FOUND)
    kind = CLEFT_JOINTS["RC"]
    clefts: list[Cleft] = []
    contrasts: list[float] = []
    widths: list[float] = []
    reason = _NOT_FOUND
    for bone in SPACE_BONES["RC"][1]:
        mark = view.point(bone)
        if mark is None:
            continue
        outlines = Outlines(view, "RC", (bone,))
        frame = settled(replace(start, origin=mark), outlines.margins, outlines.extent)
        if frame is None:
            continue
        across = frame.central(21)
        radius = outlines.margins(frame, across)[0]
        seen = np.isfinite(radius)
        if np.count_nonzero(seen) < len(across) // 2:
            continue
        guess = np.polyfit(across[seen], radius[seen], 1)
        contrasts.append(line_contrast(view, kind, frame, guess))
        try:
            clefts.append(seen_part(view, kind, frame, guess, settings))
        except CleftNotSeen as why:
            reason = str(why)
            continue
        width = outlines.width(frame, 0, float(np.nanmean(radius)))
        widths += [] if width is None else [width]
    if not clefts or not widths:
        raise CleftNotSeen(reason)
    brightest = max(contrasts)
    clefts = [cleft for cleft in clefts if cleft.contrast >= settings.least_floor * brightest]
    if not clefts:
        raise CleftNotSeen("the line of the radius is not seen where the bones face it")
    if len(clefts) > 1 and step_between(start, *clefts) > settings.most_step_mm * view.scale_px:
        raise CleftNotSeen("the lines that scaphoid and lunate face are not both the floor of the radius")
    space = space_of(view, "RC", clefts, settings)
    if len(clefts) == 1:
        # nothing tells then whether its line is the floor
        space = replace(space, error_px=float(np.hypot(space.error_px, settings.one_floor_error_mm * view.scale_px)))
    return space, max(widths)


def step_between(frame: JointFrame, first: Cleft, second: Cleft) -> float:
    """Return the step between the floors of two clefts, each continued as one curve with the other (pixels).

    Parameters
    ----------
    frame
        Along the forearm.
    first, second
        What the two carpal bones face.
    """
    points = [cleft.floor_points - frame.origin for cleft in (first, second)]
    across, along = (np.concatenate([p @ axis for p in points]) for axis in (frame.across, frame.along))
    across = across / max(float(np.abs(across).max()), 1e-9)
    beyond = np.repeat([0.0, 1.0], [len(p) for p in points])
    terms = np.stack([np.ones_like(across), across, np.square(across), beyond], axis=1)
    return float(abs(np.linalg.lstsq(terms, along, rcond=None)[0][3]))
