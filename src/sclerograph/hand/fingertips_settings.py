"""Every threshold of the fingertip measurement, in one place. Lengths are nominal millimetres."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "METHOD_CITATION", "METHOD_NAME", "METHOD_VERSION", "FingertipSettings"]

METHOD_NAME = "soft tissue of the fingertips"
METHOD_VERSION = "1"
METHOD_CITATION = "own definition: no paper with a definition of the pulp on radiographs was at hand"


@dataclass(frozen=True)
class FingertipSettings:
    """Thresholds of the fingertip measurement.

    Parameters
    ----------
    half_strip_mm, strip_step_mm
        Profiles run along the digit at this distance to both sides of its axis, so far apart.
    step_mm
        Distance of two samples of a profile; never finer than half a pixel.
    smooth_mm
        Standard deviation of the Gaussian that profiles are smoothed with; never narrower than 0.7 pixels.
    beyond_mask_mm
        Skin is looked for up to this far beyond the end of the soft tissue that the network marks.
    air_mm
        Air is taken from the profile this far, from and to, beyond that end.
    clear_of_bone_mm
        Skin is looked for from here on beyond the end of the bone: closer, the two edges are one.
    bone_window_mm
        How far proximally and distally of the end of the bone's outline its edge is looked for in the greys.
    bone_half_strip_mm, bone_half_share
        To both sides of the axis the edge of the bone is followed this far, and no farther than this share of the
        width of its end.
    most_bone_shift_mm
        Where the greys put the end of the bone farther from its outline, the outline is believed.
    least_step, least_step_to_noise
        Skin is seen where the greys fall by at least this much, and by at least so many times the noise.
    mask_error_mm
        How far the end of the network's soft tissue scatters around the skin.
    second_edge_share
        Of several edges the outermost counts whose slope reaches this share of the steepest.
    doubtful_share, doubtful_apart_mm
        Another edge with this share of the slope, this far from the one that was taken, makes the skin doubtful.
    skin_window_mm
        Single profiles show the skin within this distance of where their mean does.
    most_scatter_mm
        The skin of the profiles may scatter by so much around a round outline.
    most_mask_distance_mm
        The skin may lie so far from the end of the soft tissue that the network marks.
    flat_air_share, clipped_ratio, clipped_error_mm
        Where this share of the air is at the darkest grey, thin tissue at the skin may be clipped to black. It surely
        is where the soft tissue then reaches less than this share of the height of the bone's greys (simulated
        fingertips have at least 0.37; clipped by half of the soft tissue's greys, less than 0.30). Otherwise the skin
        may lie farther out by as much again as this, which goes into the interval.
    calcium_from, calcium_share
        A point is calcium or metal from this probability on; from this share of the strip between bone and skin on,
        they hide the pulp.
    side_reach_mm, side_inside_mm, side_edge_share
        Skin at the sides is looked for within this distance of where the network's soft tissue ends, and from so far
        outside of the bone on; of several edges the outermost counts whose slope reaches this share of the steepest.
    side_mask_distance_mm
        The skin at a side may lie so far from the end of the network's soft tissue.
    film_margin_mm
        The film must go on for this length beyond the skin.
    error_mm
        Standard error of a pulp that cannot be seen in the scatter: of the end of the bone and of the definition of the
        skin. Measured on simulated films, by the networks' outlines.
    tapering_error
        The same of the tapering ratio.
    """

    half_strip_mm: float = 1.5
    strip_step_mm: float = 0.25
    step_mm: float = 0.1
    smooth_mm: float = 0.25
    beyond_mask_mm: float = 2.0
    air_mm: tuple[float, float] = (2.0, 4.0)
    clear_of_bone_mm: float = 0.7
    bone_window_mm: tuple[float, float] = (1.8, 1.2)
    bone_half_strip_mm: float = 1.5
    bone_half_share: float = 0.35
    most_bone_shift_mm: float = 1.5
    least_step: float = 0.012
    least_step_to_noise: float = 5.0
    mask_error_mm: float = 1.0
    second_edge_share: float = 0.5
    doubtful_share: float = 0.5
    doubtful_apart_mm: float = 1.2
    skin_window_mm: float = 0.9
    most_scatter_mm: float = 0.5
    most_mask_distance_mm: float = 1.5
    flat_air_share: float = 0.97
    clipped_ratio: float = 0.30
    clipped_error_mm: float = 0.35
    calcium_from: float = 0.3
    calcium_share: float = 0.06
    side_reach_mm: float = 2.5
    side_edge_share: float = 0.3
    side_inside_mm: float = 0.5
    side_mask_distance_mm: float = 1.4
    film_margin_mm: float = 1.0
    error_mm: float = 0.25
    tapering_error: float = 0.03


#: The thresholds in use.
DEFAULT = FingertipSettings()
