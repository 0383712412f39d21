"""Joints and places that a reader should look at, as marks on a film."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from sclerograph.anatomy.hand import joint as joint_of
from sclerograph.findings.records import Hand
from sclerograph.reports.erosion_places import erosion_places
from sclerograph.reports.palette import grade_colour, text_colour_on
from sclerograph.reports.wording import number, site_name
from sclerograph.scores.settings import DEFAULT as SCORE_SETTINGS

__all__ = ["ErosionMark", "JointMark", "erosion_marks", "joint_marks"]

# A mark stands beside its joint, by this share of the length MCP3 to TIP3: nobody can judge a space under it.
_BESIDE = 0.085


@dataclass(frozen=True)
class JointMark:
    """A narrowed or fused joint: a place beside it, and its grade."""

    at: tuple[float, float]
    grade: int
    colour: str
    text_colour: str
    description: str


@dataclass(frozen=True)
class ErosionMark:
    """A place to look at for an erosion."""

    at: tuple[float, float]
    description: str


def joint_marks(hand: Hand) -> list[JointMark]:
    """Return a mark for each joint whose space is narrowed at least to the grade that scores count from."""
    marks = []
    for joint in hand.joints:
        grade, place = joint.narrowing_grade, _place(hand, joint.joint)
        if not joint.assessable or grade is None or grade < SCORE_SETTINGS.narrowed_from_grade or place is None:
            continue
        colour = grade_colour(grade)
        words = "fused" if joint.ankylosed else f"narrowing grade {grade}"
        marks.append(
            JointMark(
                _beside(hand, joint.joint, place),
                grade,
                colour,
                text_colour_on(colour),
                f"{site_name(joint.joint)}: {words}",
            )
        )
    return marks


def _place(hand: Hand, code: str) -> tuple[float, float] | None:
    """Return where a joint is: its landmark, or the middle of the end of the radius; ``None`` where that is unknown."""
    names = ("RADIUS_ULNAR_EDGE", "RADIUS_RADIAL_EDGE") if code == "RC" else (code,)
    marks = [hand.landmarks[name] for name in names if name in hand.landmarks]
    if len(marks) < len(names):
        return None
    return sum(mark.x for mark in marks) / len(marks), sum(mark.y for mark in marks) / len(marks)


def _beside(hand: Hand, code: str, place: tuple[float, float]) -> tuple[float, float]:
    """Return a place on the ulnar side of a joint, for the thumb on its radial side; the joint itself if need be."""
    radial, ulnar = hand.landmarks.get("MCP2"), hand.landmarks.get("MCP5")
    start, end = hand.landmarks.get("MCP3"), hand.landmarks.get("TIP3")
    if radial is None or ulnar is None or start is None or end is None:
        return place
    across = ulnar.x - radial.x, ulnar.y - radial.y
    width = hypot(*across)
    if width == 0.0:
        return place
    way = _BESIDE * hypot(end.x - start.x, end.y - start.y) / width * (-1.0 if joint_of(code).digit == 1 else 1.0)
    return place[0] + way * across[0], place[1] + way * across[1]


def erosion_marks(hand: Hand) -> list[ErosionMark]:
    """Return a mark for each place at which the suspicion of erosion asks for a reader."""
    return [
        ErosionMark(
            (place.x, place.y),
            f"{site_name(place.bone)}, {place.margin} margin: suspicion of erosion {number(place.suspicion, 2)}",
        )
        for place in erosion_places(hand)
    ]
