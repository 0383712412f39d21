"""Every threshold of the calcinosis measurement, in one place.

Lengths are in millimetres of the hand on a calibrated film and in nominal millimetres otherwise, so one set serves
both. The published classes come without thresholds; these numbers are the software's own, as the methods of each
reading say.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "METHOD_CITATION", "METHOD_NAME", "METHOD_VERSION", "CalcinosisSettings"]

METHOD_NAME = "calcinosis deposits"
METHOD_VERSION = "1"
METHOD_CITATION = (
    "own definition; calcified area as measure: radiographic area against CT volume rho = 0.91 (abstract, 2019); "
    "classes after Bartoli et al. 2016, doi:10.1093/rheumatology/kew193, thresholds own"
)


@dataclass(frozen=True)
class CalcinosisSettings:
    """Thresholds of the calcinosis measurement.

    Parameters
    ----------
    outline_level
        Calcium probability at which the outline of a deposit runs: with it, areas of found deposits are right on the
        average of films on which it was chosen.
    interval_shift
        The 95 % interval of the area is that of outlines at ``outline_level`` plus and minus this.
    interval_reach_mm
        How far the outline at the lower level may run beyond the deposit.
    least_area_mm2
        Smaller marks are not reported.
    least_confidence
        Marks below are not reported; confidence is the probability that the second look gives a mark.
    least_confidence_beside_sure, sure_area_mm2
        The same for the other marks of a hand with a deposit of at least this area: deposits seldom come alone.
        All three were chosen on training films that no network was trained on, and on simulated films of other seeds.
    plain_relative_density, plain_most_bone_share, plain_area_mm2, plain_probability
        A mark at least so dense against cortical bone, with at most this share on bones, at least so large and with
        this probability by the calcium network is reported whatever the second look says: on training films without
        calcium marks clear of bone were far less dense.
    metal_share, marker_share
        Rejected when this share of a mark is metal, or a marker, at ``other_level`` or more.
    other_level
        Probability from which a pixel counts as metal or as marker.
    skin_reach_mm
        A mark whose centre lies farther outside of the soft tissue is not in the hand,
    bulging_area_mm2, bulging_confidence
        unless its edge does not, it is at least so large, and both networks are so sure: a mass lifts the skin.
    dust_diameter_mm, dust_relative_density
        A mark smaller than the first and brighter, against cortical bone, than the second is dust or a film defect.
    pisiform_overlap, pisiform_least_diameter_mm, pisiform_least_confidence, pisiform_most_relative_density
        A mark of bone-like density, at least this large, with this share on the pisiform, must be this sure.
    sesamoid_reach_mm, sesamoid_diameter_mm, sesamoid_most_elongation, sesamoid_least_solidity,
    sesamoid_most_relative_density, sesamoid_least_confidence
        A round mark of this size that is no denser than cortex, this near to the head of a metacarpal that bears
        sesamoids (or the interphalangeal joint of the thumb), must be this sure.
    wrist_least_confidence_from_side
        At the wrist and the bases of the metacarpals a mark on an oblique or lateral film must be this sure: bones lie
        over each other most there.
    least_confidence_from_side, sesamoid_least_confidence_from_side
        What a mark, and one like a sesamoid, needs on oblique and lateral films. There a sure deposit does not make
        others more likely either: bones lie over each other, and no network was trained on such films of real hands.
    periarticular_mm
        Greatest distance of a deposit's centre, or of half of its area, from a joint line.
    wrist_joint_mm
        The same from the joint space of a wrist joint, which is a region and no line.
    joint_space_mm
        Half the height of the space between two bones where a deposit lies inside of the joint.
    over_bone_share
        Share of a deposit on bone from which it overlies bone.
    pulp_from
        Where the pulp begins, as a share of the expected length of the distal phalanx from its base.
    punctate_below_mm, tumoral_above_mm, plate_elongation, globular_solidity, cluster_within_mm, cluster_neighbours,
    net_hole_share, net_solidity, net_least_diameter_mm
        Morphology: see :mod:`sclerograph.hand.morphology`.
    saturated_from, saturated_share
        Greys from the first count as clipped; a deposit or cortex with this share clipped has no relative density.
    ring_from_mm, ring_to_mm
        The surroundings against which a deposit's grey is taken.
    least_ring_points
        With fewer points of surroundings there is no relative density.
    least_cortex_excess
        With a smaller grey excess of cortex over soft tissue there is no relative density.
    least_pixels_per_mm
        With fewer original pixels to the nominal millimetre calcinosis is not assessable.
    """

    outline_level: float = 0.3
    interval_shift: float = 0.2
    interval_reach_mm: float = 1.0
    least_area_mm2: float = 0.3
    least_confidence: float = 0.93
    least_confidence_beside_sure: float = 0.5
    sure_area_mm2: float = 2.0
    other_level: float = 0.5
    plain_relative_density: float = 0.6
    plain_most_bone_share: float = 0.02
    plain_area_mm2: float = 2.0
    plain_probability: float = 0.7
    metal_share: float = 0.3
    marker_share: float = 0.3
    skin_reach_mm: float = 1.5
    bulging_area_mm2: float = 5.0
    bulging_confidence: float = 0.95
    dust_diameter_mm: float = 1.0
    dust_relative_density: float = 2.0
    pisiform_overlap: float = 0.5
    pisiform_least_diameter_mm: float = 4.0
    pisiform_least_confidence: float = 0.9
    pisiform_most_relative_density: float = 1.1
    sesamoid_reach_mm: tuple[tuple[str, float], ...] = (("MCP1", 11.0), ("IP1", 6.0), ("MCP2", 9.0), ("MCP5", 9.0))
    sesamoid_diameter_mm: tuple[float, float] = (1.5, 8.0)
    sesamoid_most_elongation: float = 1.8
    sesamoid_least_solidity: float = 0.85
    sesamoid_most_relative_density: float = 1.0
    sesamoid_least_confidence: float = 0.85
    wrist_least_confidence_from_side: float = 0.95
    least_confidence_from_side: float = 0.88
    sesamoid_least_confidence_from_side: float = 0.9
    periarticular_mm: float = 3.0
    wrist_joint_mm: float = 1.0
    joint_space_mm: float = 1.5
    over_bone_share: float = 0.5
    pulp_from: float = 0.5
    punctate_below_mm: float = 2.0
    tumoral_above_mm: float = 20.0
    plate_elongation: float = 4.0
    globular_solidity: float = 0.85
    cluster_within_mm: float = 5.0
    cluster_neighbours: int = 2
    net_hole_share: float = 0.1
    net_solidity: float = 0.5
    net_least_diameter_mm: float = 4.0
    saturated_from: float = 0.995
    saturated_share: float = 0.2
    ring_from_mm: float = 0.6
    ring_to_mm: float = 2.0
    least_ring_points: int = 12
    least_cortex_excess: float = 0.03
    least_pixels_per_mm: float = 1.2


#: The thresholds in use.
DEFAULT = CalcinosisSettings()
