"""Which hand it is, and seen from where.

A film of a left hand seen PA has the thumb on the right of the image when the fingers point up; the same hand seen AP,
and a film scanned from its back, have it on the left. So the shape of the hand gives the side only together with the
view, and letters burned into a film can contradict both. The source with the most authority is used (the user, then the
file, then the shape), and whatever contradicts it is told, never resolved silently.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from sclerograph.anatomy.hand import Side, View
from sclerograph.networks.maps import HandLocation

__all__ = ["CHIRALITY_LEAST_CONFIDENCE", "SideAndView", "decide", "side_from_shape", "tell_two_of_one_side"]

#: Below this the shape neither gives a side nor contradicts one.
CHIRALITY_LEAST_CONFIDENCE = 0.6

_NAMES: dict[Side, str] = {"L": "left", "R": "right"}


@dataclass(frozen=True)
class SideAndView:
    """Side and view of one hand with their sources; ``conflict`` says what contradicts the side, if anything does."""

    side: Side | None
    side_source: Literal["dicom", "user", "chirality", "unknown"]
    view: View
    view_source: Literal["dicom", "user", "presumed"]
    conflict: str | None = None

    @property
    def frontal(self) -> bool:
        """Whether the hand is seen from its back or its palm."""
        return self.view in ("PA", "AP")

    def not_frontal(self, done: str = "measured") -> str | None:
        """Return why what is done on frontal films only is not done on this one; ``None`` where it is frontal."""
        if self.frontal:
            return None
        return f"{done} on PA and AP films only, this is {'an' if self.view == 'oblique' else 'a'} {self.view} one"


def side_from_shape(location: HandLocation, view: View) -> Side | None:
    """Return the side that the shape of the hand shows in this view, or ``None`` where the shape cannot tell."""
    if location.mirrored_confidence < CHIRALITY_LEAST_CONFIDENCE or view == "lateral":
        return None
    looks_right = location.mirrored != (view == "AP")
    return "R" if looks_right else "L"


def decide(
    location: HandLocation,
    *,
    file_side: Side | None,
    file_view: View | None,
    user_side: Side | None,
    user_view: View | None,
    hands_on_film: int = 1,
) -> SideAndView:
    """Decide side and view of one hand.

    Parameters
    ----------
    location
        The hand, with the chirality that its shape shows.
    file_side, file_view
        What the file says.
    user_side, user_view
        What the user says.
    hands_on_film
        With two hands on the film one statement cannot hold for both: the shape alone decides then.
    """
    view: View = user_view or file_view or "PA"
    view_source: Literal["dicom", "user", "presumed"] = "user" if user_view else "dicom" if file_view else "presumed"
    shape = side_from_shape(location, view)
    if hands_on_film > 1:
        return SideAndView(shape, "chirality" if shape else "unknown", view, view_source)

    conflicts: list[str] = []
    if user_side and file_side and user_side != file_side:
        conflicts.append(f"the user says {_NAMES[user_side]}, the file says {_NAMES[file_side]}")
    stated = user_side or file_side
    if stated and shape and stated != shape:
        who = "the user" if user_side else "the file"
        seen = f"in {view} view" if view_source != "presumed" else "in PA view, which is presumed"
        conflicts.append(f"{who} says {_NAMES[stated]}, the hand looks like a {_NAMES[shape]} one {seen}")
    conflict = "; ".join(conflicts) or None
    if user_side:
        return SideAndView(user_side, "user", view, view_source, conflict)
    if file_side:
        return SideAndView(file_side, "dicom", view, view_source, conflict)
    return SideAndView(shape, "chirality" if shape else "unknown", view, view_source, conflict)


def tell_two_of_one_side(hands: list[SideAndView]) -> list[SideAndView]:
    """Add a contradiction to two hands on one film that both seem to be of the same side."""
    sides = [h.side for h in hands]
    if len(hands) != 2 or sides[0] is None or sides[0] != sides[1]:
        return hands
    text = f"both hands of the film look like {_NAMES[sides[0]]} ones"
    return [replace(h, conflict=text if h.conflict is None else f"{h.conflict}; {text}") for h in hands]
