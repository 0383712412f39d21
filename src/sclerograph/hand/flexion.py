"""Flexion of the digits: from foreshortening on PA and AP films, from the bones' axes on lateral and oblique ones.

A digit is flagged, and its fingertip not graded for acro-osteolysis, where a phalanx is clearly foreshortened
(:mod:`.foreshortening`) or where its angle exceeds the threshold of :mod:`.flexion_settings`.
"""

from __future__ import annotations

from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.records import Flexion, Interval
from sclerograph.hand.flexion_axes import JointAngles, angles_on_lateral, angles_on_oblique
from sclerograph.hand.flexion_settings import DEFAULT, FlexionSettings
from sclerograph.hand.foreshortening import foreshortened
from sclerograph.hand.inclination import Inclination, inclinations
from sclerograph.hand.scale import segment_lengths_px
from sclerograph.hand.view import HandView

__all__ = ["hides_tuft", "measure"]


def measure(view: HandView, settings: FlexionSettings = DEFAULT) -> list[Flexion]:
    """Return the flexion of the five digits.

    Parameters
    ----------
    view
        The hand.
    settings
        The thresholds.
    """
    told = view.side_and_view
    if told.frontal:
        return _from_lengths(view, settings)
    angles = angles_on_lateral(view, settings) if told.view == "lateral" else angles_on_oblique(view, settings)
    return [_from_axes(d.number, angles.get(d.number), settings) for d in DIGITS]


def hides_tuft(flexion: list[Flexion]) -> dict[int, str]:
    """Return the digits whose fingertip must not be graded for acro-osteolysis, with the reason."""
    return {
        f.digit: f.reason or f"flexed by about {f.angle_deg:.0f} degrees"
        for f in flexion
        if f.flagged and f.angle_deg is not None
    }


def _from_lengths(view: HandView, settings: FlexionSettings) -> list[Flexion]:
    lengths = {s: n for s, n in segment_lengths_px(view.skeleton.landmarks).items() if not s.startswith("DP")}
    bent = foreshortened(lengths)
    found = inclinations(lengths, bent, settings)
    return [_of_digit(d.number, found.get(d.number), bent, settings) for d in DIGITS]


def _of_digit(digit: int, found: Inclination | None, bent: dict[str, float], settings: FlexionSettings) -> Flexion:
    if found is None:
        return Flexion(
            digit=digit, assessable=False, reason="its phalanges, or too few other bones, were found with confidence"
        )
    shortest = min((s for s in bent if s[-1] == str(digit)), key=lambda s: bent[s], default=None)
    return Flexion(
        digit=digit,
        angle_deg=round(found.angle_deg, 1),
        angle_interval=Interval(low=round(found.low_deg, 1), high=round(found.high_deg, 1)),
        told_by="foreshortening",
        flagged=shortest is not None or found.angle_deg >= settings.flagged_from_deg,
        assessable=True,
        reason=None
        if shortest is None
        else f"flexed: {shortest} has {100 * bent[shortest]:.0f} % of its expected length on the film",
    )


def _from_axes(digit: int, angles: JointAngles | None, settings: FlexionSettings) -> Flexion:
    if digit == 1:
        return Flexion(digit=1, assessable=False, reason="the plane in which the thumb bends is not known on this film")
    if angles is None:
        return Flexion(digit=digit, assessable=False, reason="its phalanges overlap others or point at the source")
    return Flexion(
        digit=digit,
        angle_deg=round(angles.mcp_deg + angles.pip_deg, 1),
        angle_interval=Interval(low=round(angles.low_deg, 1), high=round(angles.high_deg, 1)),
        mcp_deg=round(angles.mcp_deg, 1),
        pip_deg=round(angles.pip_deg, 1),
        dip_deg=None if angles.dip_deg is None else round(angles.dip_deg, 1),
        told_by="axes",
        flagged=angles.mcp_deg + angles.pip_deg >= settings.flagged_from_deg,
        assessable=True,
    )
