"""What several measurements say of one joint, gathered in one finding."""

from __future__ import annotations

from collections.abc import Sequence

from sclerograph.findings.records import Alignment, JointFinding
from sclerograph.hand.erosion import Erosions

__all__ = ["joint_findings"]


def joint_findings(spaces: Sequence[JointFinding], alignment: Alignment, erosions: Erosions) -> list[JointFinding]:
    """Return the findings of joint spaces with what the alignment and the search for erosions add to them.

    Parameters
    ----------
    spaces
        From :func:`sclerograph.hand.joint_space.measure`.
    alignment, erosions
        Of the same hand.

    Whether a finding is assessable is that of its space: a joint that is seen obliquely can still be out of line, or
    eroded.
    """
    offsets = {joint.joint: joint.offset_ratio for joint in alignment.joints}
    offsets["CMC1"] = alignment.cmc1_subluxation_ratio
    found = []
    for space in spaces:
        eroded = erosions.joints[space.joint]
        found.append(
            space.model_copy(
                update={
                    "subluxation_ratio": offsets.get(space.joint),
                    "erosion_suspicion": eroded.suspicion,
                    "erosion_kind": eroded.kind,
                    "erosion_places": eroded.places,
                    "erosion_reason": eroded.reason,
                }
            )
        )
    return found
