"""The places of a hand that a reader should look at for an erosion."""

from __future__ import annotations

from sclerograph.findings.records import ErosionPlace, Hand

__all__ = ["erosion_places"]


def erosion_places(hand: Hand) -> list[ErosionPlace]:
    """Return every place once: the base of the first metacarpal belongs to its joint and to the bones of the wrist."""
    of_joints = [place for joint in hand.joints for place in joint.erosion_places]
    of_bones = [place for bone in hand.erosions for place in bone.places]
    return list({(place.bone, place.x, place.y): place for place in [*of_joints, *of_bones]}.values())
