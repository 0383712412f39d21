"""Every threshold of the quality of a film, in one place. Lengths are nominal millimetres unless they say otherwise."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "METHOD_CITATION", "METHOD_NAME", "METHOD_VERSION", "QualitySettings"]

METHOD_NAME = "quality of the film"
METHOD_VERSION = "1"
METHOD_CITATION = (
    "rotation beyond 15 degrees invalidates joint-space widths: Huetink et al. 2011, Ou et al. 2022; all else: own "
    "definition"
)


@dataclass(frozen=True)
class QualitySettings:
    """Thresholds of the quality of a film.

    Parameters
    ----------
    rotated_from_deg, strongly_rotated_from_deg
        Rotation out of the plane from which joint spaces and alignment, and from which cortices, erosions and
        demineralisation are forbidden.
    rotation_surely_deg
        Nothing is forbidden for a rotation unless its interval excludes this: estimates scatter.
    rotation_distance
        Hands whose bones project unlike any simulated one (mean squared distance in units of the regression's
        components) are not judged.
    rotation_least_features
        Share of the features that must be seen.
    cut_margin_mm, cut_share
        A bone is cut off where the film ends within this distance of at least so much of its outline.
    overlap_share
        Phalanges of two digits lie over each other from this share of the smaller on.
    edge_levels, edge_reach_mm, edge_inside_mm, edge_outside_mm, edge_step_mm, edge_spread_mm
        Edges of shafts are looked at on so many levels, this far to both sides; the bone's greys are those up to so far
        inside, soft tissue lies between so far outside; samples are so far apart, and averaged over this length of the
        edge.
    edge_least_contrast
        Edges with less contrast (greys from 0 to 1) say nothing about sharpness.
    least_edges
        With fewer edges sharpness is not judged.
    blurred_from_mm, blurred_from_px
        Width of edges from which joint spaces, erosions and cortices are forbidden: millimetres of the hand, and no
        fewer pixels than that, for a coarse film is judged by its millimetres and not by its sharp pixels.
    calcinosis_from_mm, least_deposit_px
        Deposits are not seen when they are smaller than the edges are wide, or smaller than so many pixels; where that
        is more than so many millimetres it is said.
    clipped_greys
        Greys this close to the darkest or to the brightest count as clipped.
    black_share, white_share
        Share of soft tissue clipped to black from which the fingertips' soft tissue, and of bone clipped to white from
        which bone itself, cannot be measured.
    least_contrast_to_noise, least_contrast
        Bone that stands out less than this cannot be measured.
    samples
        So many points of soft tissue and of bone are looked at.
    """

    rotated_from_deg: float = 15.0
    strongly_rotated_from_deg: float = 25.0
    rotation_surely_deg: float = 10.0
    rotation_distance: float = 1.8
    rotation_least_features: float = 0.75
    cut_margin_mm: float = 1.2
    cut_share: float = 0.04
    overlap_share: float = 0.04
    edge_levels: int = 5
    edge_reach_mm: float = 3.0
    edge_inside_mm: float = 1.6
    edge_outside_mm: tuple[float, float] = (0.8, 2.4)
    edge_step_mm: float = 0.1
    edge_spread_mm: float = 1.2
    edge_least_contrast: float = 0.015
    least_edges: int = 12
    blurred_from_mm: float = 2.0
    calcinosis_from_mm: float = 1.5
    least_deposit_px: float = 2.0
    clipped_greys: float = 1.5 / 255.0
    black_share: float = 0.30
    white_share: float = 0.30
    least_contrast_to_noise: float = 3.0
    least_contrast: float = 0.03
    samples: int = 4000


#: The thresholds in use.
DEFAULT = QualitySettings()
