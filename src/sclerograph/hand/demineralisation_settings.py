"""Every threshold of demineralisation near joints, in one place.

No published radiographic index of demineralisation near joints exists; a deep texture model told early rheumatoid
arthritis with an area under the curve of 0.69 to 0.73 only. So two ratios within one film are given, nothing is called
abnormal, and the confidence is low whatever the film.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "METHOD_CITATION", "METHOD_NAME", "METHOD_VERSION", "DemineralisationSettings"]

METHOD_NAME = "greys near joints against those of the shaft"
METHOD_VERSION = "2"
METHOD_CITATION = (
    "ratio of grey excesses of metaphysis and shaft, and of fine structure: own method, no published index"
)


@dataclass(frozen=True)
class DemineralisationSettings:
    """Thresholds of demineralisation near joints.

    Parameters
    ----------
    end_mm
        The part of the bone's end that is looked at, from and to so far from where its outline ends (nominal mm):
        beyond the plate of the joint, where spongiosa fills the bone. Of parts from 1 to 8 mm this one told simulated
        hands with a loss from those without almost as well as the nearest, and repeated better.
    shaft
        The part of the shaft that it is held against, as shares of the bone's length.
    step_mm
        Distance of two samples (nominal mm).
    tissue_mm
        Soft tissue is looked at between these distances from the bone's outline (nominal mm).
    inner_share
        Fine structure is looked at in this share of the bone's width, away from its walls.
    fine_mm, coarse_mm
        Standard deviations of the two Gaussians whose difference is fine structure (nominal mm).
    least_width_px
        A shaft with fewer pixels across shows no structure.
    least_clean_share
        Share of bone or soft tissue that must be clear of calcium, metal and other bones.
    least_contrast
        Least grey that the shaft adds to the soft tissue.
    saturated_from, most_saturated
        Grey from which a pixel is white, and the share of white pixels above which greys say nothing.
    grey_ratio_error
        Standard deviation of one joint's grey ratio between films of one hand, as a share of it, on films of digital
        detectors, which say so by the spacing of their pixels: root mean square over the joints of forty simulated
        hands with the looks of vendors (seeds from 18,500,000 on). That of the joints of the thumb (0.03) is no
        greater than that of the fingers.
    grey_ratio_error_unknown
        The same where nobody knows how the greys came about: photographed, scanned or copied films; twenty hands with
        the wild looks of training.
    most_confidence
        Confidence of a joint with nothing in the way.
    """

    end_mm: tuple[float, float] = (1.5, 5.0)
    shaft: tuple[float, float] = (0.35, 0.65)
    step_mm: float = 0.17
    tissue_mm: tuple[float, float] = (0.8, 2.2)
    inner_share: float = 0.6
    fine_mm: float = 0.2
    coarse_mm: float = 0.8
    least_width_px: float = 18.0
    least_clean_share: float = 0.7
    least_contrast: float = 0.025
    saturated_from: float = 0.995
    most_saturated: float = 0.05
    grey_ratio_error: float = 0.036
    grey_ratio_error_unknown: float = 0.12
    most_confidence: float = 0.3


#: The thresholds in use.
DEFAULT = DemineralisationSettings()
