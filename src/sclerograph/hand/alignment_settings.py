"""Every threshold of the alignment measurement, in one place.

Papers give formulas and few borders; where none was found the border is the software's own and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "METHOD_CITATION", "METHOD_NAME", "METHOD_VERSION", "AlignmentSettings"]

METHOD_NAME = "alignment of the hand"
METHOD_VERSION = "1"
METHOD_CITATION = (
    "radial subluxation ratio of the first carpometacarpal joint: form of Riordan 2018 (overhang over articular "
    "width), on a plain film and across the metacarpal's shaft: own definition; ulnar variance: method of "
    "perpendiculars; proximal migration, resorption, offset, angle and Z deformity of the thumb: own definitions"
)


@dataclass(frozen=True)
class AlignmentSettings:
    """Thresholds of the alignment measurement.

    Parameters
    ----------
    least_carpal_mm2
        A carpal bone with a smaller outline (nominal mm2) is not measured on.
    least_forearm_mm2
        The same of radius and ulna.
    subluxated_from
        Offset of a joint, as a share of the width of its proximal bone's head, from which it is called subluxated;
        between a quarter and a third, own border.
    z_angle_deg
        Angles of the thumb's two joints, to opposite sides, from which they make a Z.
    least_references
        With fewer other bones of its kind nothing can be expected of the trapezium or the first metacarpal.
    resorbed_z
        How many standard deviations below the expectation a bone is called smaller than expected.
    """

    least_carpal_mm2: float = 15.0
    least_forearm_mm2: float = 200.0
    subluxated_from: float = 0.3
    z_angle_deg: float = 20.0
    least_references: int = 3
    resorbed_z: float = 2.5


#: The thresholds in use.
DEFAULT = AlignmentSettings()
