"""What several measurements say of one joint, gathered in one finding."""

from __future__ import annotations

from collections.abc import Sequence

from sclerograph.findings.records import Alignment, JointFinding

__all__ = ["joint_findings"]


def joint_findings(spaces: Sequence[JointFinding], alignment: Alignment) -> list[JointFinding]:
    """Return the findings of joint spaces with what the alignment adds to them.

    Parameters
    ----------
    spaces
        From :func:`sclerograph.hand.joint_space.measure`.
    alignment
        Of the same hand.

    Whether a finding is assessable is that of its space: a joint that is seen obliquely can still be out of line.
    """
    offsets = {joint.joint: joint.offset_ratio for joint in alignment.joints}
    offsets["CMC1"] = alignment.cmc1_subluxation_ratio
    return [space.model_copy(update={"subluxation_ratio": offsets.get(space.joint)}) for space in spaces]
