"""The space of a joint from two ways of measuring it that err apart: its margins, and what the joint network says.

The margins of a finger's joint are exact where they are the right ones, and wrong by half a millimetre where a rim of
the cup was taken for its floor. The joint network, which learned from simulated joints whose spaces are known, seldom
errs so far, sees spaces whose margins cannot be followed, and says how sure it is. Where both agree, the width is
their mean, each counting by its standard error; where they do not, the network's width stands. In the thumb and at the
wrist, where outlines overlap and no margin is exact, it stands alone.
"""

from __future__ import annotations

import numpy as np

from sclerograph.hand.joint_space_settings import JointSpaceSettings
from sclerograph.hand.joint_strips import NotAssessable
from sclerograph.hand.margin_space import Space
from sclerograph.networks.maps import JointLook

__all__ = ["agreed_space", "look_error_px"]


def look_error_px(look: JointLook, unit: float, settings: JointSpaceSettings) -> float:
    """Return the standard error of the width that the joint network tells (pixels).

    Parameters
    ----------
    look
        What it says.
    unit
        Pixels of a nominal millimetre.
    settings
        The thresholds.
    """
    return float(np.hypot(look.spread_px, settings.look_error_mm * unit))


def agreed_space(look: JointLook, margin: Space | None, unit: float, settings: JointSpaceSettings) -> Space:
    """Return the width of an open space.

    Parameters
    ----------
    look
        What the joint network says.
    margin
        What its margins say; ``None`` where they cannot be followed.
    unit
        Pixels of a nominal millimetre.
    settings
        The thresholds.

    Raises
    ------
    NotAssessable
        Where nothing is sure.
    """
    width, error = look.mean_px, look_error_px(look, unit, settings)
    if margin is not None and abs(margin.mean_px - width) <= settings.most_apart * np.hypot(error, margin.error_px):
        weights = np.array([error, margin.error_px]) ** -2.0
        mean = float(weights @ [width, margin.mean_px] / weights.sum())
        least = None if margin.least_px is None else max(margin.least_px + mean - margin.mean_px, 0.0)
        # what both have in common, the joint as the film shows it, does not average out
        return Space(mean, least, min(error, margin.error_px))
    if error > settings.most_look_error_mm * unit:
        raise NotAssessable("its space is not seen clearly enough to tell how wide it is")
    return Space(width, None, error)
