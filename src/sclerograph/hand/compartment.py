"""The compartment of a deposit."""

from __future__ import annotations

from sclerograph.findings.records import Compartment
from sclerograph.hand.calcinosis_settings import DEFAULT, CalcinosisSettings
from sclerograph.hand.site import Placement

__all__ = ["compartment_of"]


def compartment_of(place: Placement, settings: CalcinosisSettings = DEFAULT) -> Compartment:
    """Return the compartment of a deposit, the first of these that holds.

    ``intra_articular``: between the two bones of a joint. ``periarticular``: within 3 mm of a joint line, which the
    studies keep apart from subcutaneous calcinosis (Bauer 2020, doi:10.1097/md.0000000000022443). ``pulp``: over,
    around or beyond the distal half of a distal phalanx; the pulp lies in front of the tuft, so on a PA film most of
    its deposits project on bone. ``overlying_bone``: mostly on bone. ``subcutaneous``: the rest.
    """
    if place.near_joint is not None:
        return "intra_articular" if place.in_joint_space else "periarticular"
    if place.along_distal_phalanx is not None and place.along_distal_phalanx >= settings.pulp_from:
        return "pulp"
    return "overlying_bone" if place.bone_share >= settings.over_bone_share else "subcutaneous"
