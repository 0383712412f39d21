"""Every threshold of the acro-osteolysis measurement, in one place.

Published are only the ends of the scale: 0 normal and 4 severe pencilling of the terminal phalanx (Johnstone 2012), or
complete resorption of the tuft (Hughes, ACR 2025, abstract 2493). The steps between are the software's own.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "METHOD_CITATION", "METHOD_NAME", "METHOD_VERSION", "AcroOsteolysisSettings"]

METHOD_NAME = "acro-osteolysis grade 0-4"
METHOD_VERSION = "1"
METHOD_CITATION = (
    "ends of the scale: Johnstone et al. 2012, doi:10.1093/rheumatology/kes214; sums, maximum and missing digits: "
    "Hughes et al., ACR 2025, abstract 2493; grades 1 to 3, length deficit, Johnstone groups by maximum: own definition"
)


@dataclass(frozen=True)
class AcroOsteolysisSettings:
    """Thresholds of the acro-osteolysis measurement.

    Parameters
    ----------
    grade_borders
        Length deficits at the lower borders of grades 2, 3 and 4. Below the first a resorbed tuft has grade 1.
    pencilled_ratio, pencilled_from_deficit
        A shaft whose end is narrower than this share of its waist, and that has lost at least this share of its length,
        is pencilled: grade 4.
    flare_lost_ratio, flare_kept_ratio
        Tuft to waist width of a finger at and below which the flare is lost, and at and above which it is kept.
        Measured: 99 % of simulated healthy fingers (exact outlines) have more than 1.20, 95 % of real ones of nearly
        grown hands (outlines of the networks, training films) more than 1.00; half of the simulated resorbed ones less
        than 0.93.
    thumb_flare_lost_ratio, thumb_flare_kept_ratio
        The same of the thumb, whose shaft is wide: 95 % of healthy thumbs, simulated and real, have more than 0.84.
    short_with_tuft_from_deficit, clear_flare_ratio, thumb_clear_flare_ratio
        A phalanx this much shorter than expected that still flares this clearly is flexed or short by nature.
    intact_before_flare_lost, intact_before_flare_kept, intact_before_unknown
        Probability that a tuft is intact given its flare alone; between the two ratios it runs on a straight line.
    grade_zero_from
        Probability of an intact tuft from which the grade is 0.
    sure
        Probability from which a tuft is surely intact, and below 1 minus which it surely is not: the grade's interval
        then leaves out the other possibility.
    landmark_error_mm
        Standard error of a landmark or of the end of an outline (nominal mm).
    population_sd
        How far the distal phalanges of a population may differ, together, from the norms (logarithm of length): the
        norms are of children and adolescents.
    least_reference_segments
        With fewer believed, not foreshortened segments nothing can be expected of a distal phalanx.
    foreshortened_ratio, foreshortened_z
        A phalanx shorter than this share of what the rest of the hand predicts, and this many standard deviations off,
        is foreshortened: the finger is flexed. 0.87 is the cosine of 30 degrees.
    little_finger_ratio
        The same for MP5, which is short in many healthy hands (brachymesophalangia).
    all_foreshortened_ratio
        Median of the phalanges of the fingers, against the metacarpals, below which all fingers are taken as flexed.
    overlap_share
        A distal phalanx with this share of its outline on the middle phalanx is flexed over it.
    least_tip_confidence
        A tip landmark less sure than this does not count.
    outline_least_probability, outline_least_area_mm2
        A distal phalanx's outline with a lower mean probability, or smaller (nominal mm2), is not measured on.
    outline_base_within_mm
        Greatest distance (nominal mm) of the outline's base from the joint.
    covered_share
        A level of the phalanx of whose width this share is calcium shows no bone.
    covered_length, fragmented_length
        Share of the length, at the tip, that calcium covers: from the first the length is doubtful. From the second a
        phalanx that seems whole is not assessable, and one that is short ends in fragments that are no tuft.
    detached_gap_mm, detached_area_mm2
        A piece of the distal phalanx this large, this far from the rest, is a fragment (nominal mm).
    metal_share
        A distal phalanx with this share under metal is hidden.
    most_disagreement_mm
        Where the landmark of the tip and the end of the outline lie farther apart (nominal mm), a short phalanx is not
        believed.
    film_margin_mm
        The film must go on for this length (nominal mm) beyond the tip.
    least_digits
        A hand with fewer assessable digits is not scored.
    johnstone_from
        Lowest maximum grade of the group moderate/severe.
    """

    grade_borders: tuple[float, float, float] = (0.10, 0.25, 0.50)
    pencilled_ratio: float = 0.55
    pencilled_from_deficit: float = 0.15
    flare_lost_ratio: float = 0.90
    flare_kept_ratio: float = 1.05
    thumb_flare_lost_ratio: float = 0.80
    thumb_flare_kept_ratio: float = 0.95
    short_with_tuft_from_deficit: float = 0.25
    clear_flare_ratio: float = 1.28
    thumb_clear_flare_ratio: float = 1.05
    intact_before_flare_lost: float = 0.06
    intact_before_flare_kept: float = 0.96
    intact_before_unknown: float = 0.7
    grade_zero_from: float = 0.5
    sure: float = 0.95
    landmark_error_mm: float = 0.5
    population_sd: float = 0.03
    least_reference_segments: int = 4
    foreshortened_ratio: float = 0.87
    foreshortened_z: float = 2.5
    little_finger_ratio: float = 0.75
    all_foreshortened_ratio: float = 0.88
    overlap_share: float = 0.15
    least_tip_confidence: float = 0.3
    outline_least_probability: float = 0.7
    outline_least_area_mm2: float = 6.0
    outline_base_within_mm: float = 4.0
    covered_share: float = 0.8
    covered_length: float = 0.1
    fragmented_length: float = 0.25
    detached_gap_mm: float = 0.8
    detached_area_mm2: float = 1.5
    metal_share: float = 0.3
    most_disagreement_mm: float = 2.5
    film_margin_mm: float = 1.5
    least_digits: int = 3
    johnstone_from: int = 2


#: The thresholds in use.
DEFAULT = AcroOsteolysisSettings()
