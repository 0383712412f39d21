"""Fingers of a simulated hand flexed by stated angles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sclerograph.anatomy.hand import FINGER_CHAINS
from sclerograph.phantom.form import HandForm, index_of

__all__ = ["flexed"]


def flexed(form: HandForm, angles_deg: Mapping[int, tuple[float, ...]]) -> HandForm:
    """Return the form with digits whose phalanges make these angles with the film.

    Parameters
    ----------
    form
        The hand as it is.
    angles_deg
        By digit, the angles of proximal, middle (none for the thumb) and distal phalanx, below 90; the bones keep their
        lengths and look shorter by the cosine.

    Raises
    ------
    ValueError
        When a digit is given too few or too many angles, or one that is no angle of a flexed finger.
    """
    points, flexion = form.points.copy(), dict(form.flexion_deg)
    for digit, angles in angles_deg.items():
        if len(angles) != len(flexion[digit]) or not all(0.0 <= angle < 90.0 for angle in angles):
            raise ValueError(f"digit {digit} needs {len(flexion[digit])} angles from 0 to below 90 degrees")
        chain = [index_of[name] for name in FINGER_CHAINS[digit][1:]]
        for j, (before, after) in enumerate(zip(flexion[digit], angles, strict=True)):
            vector = points[chain[j + 1]] - points[chain[j]]
            points[chain[j + 1 :]] += vector * (np.cos(np.radians(after)) / np.cos(np.radians(before)) - 1.0)
        flexion[digit] = tuple(float(angle) for angle in angles)
    return HandForm(points, flexion)
