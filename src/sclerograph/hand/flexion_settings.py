"""Every threshold of the measurement of flexion, in one place.

No paper gives a radiographic threshold of flexion; the way from foreshortening to degrees is the software's own.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "METHOD_CITATION", "METHOD_NAME", "METHOD_VERSION", "FlexionSettings"]

METHOD_NAME = "flexion of the digits"
METHOD_VERSION = "1"
METHOD_CITATION = (
    "own definition: greatest angle between the film and the proximal or middle phalanx, from their lengths against "
    "the patient's own other bones with the joint distribution of 901 hands (landmarks of the Digital Hand Atlas after "
    "Payer et al. 2019, doi:10.1016/j.media.2019.03.007); on lateral and oblique films from the axes of the bones"
)


@dataclass(frozen=True)
class FlexionSettings:
    """Thresholds of the measurement of flexion.

    Parameters
    ----------
    landmark_error_mm
        Standard error of a landmark (nominal mm).
    population_sd
        How far the phalanges of a patient may differ from what the norms, which are of children and adolescents, say
        (logarithm of length).
    straight_before
        Probability, before anything is measured, that a digit is straight.
    straight_sd_deg, flexed_first_sd_deg, flexed_next_sd_deg
        Spread of the angles (half-normal) between film and proximal phalanx and between proximal and middle phalanx in
        straight digits, and the two in flexed ones.
    tilt_sd_deg
        How far a hand put down flat is tilted about its transverse axis: so far the metacarpals leave the film.
    sweeps
        How often the digits are held against each other, the flexion of the others allowed for.
    flagged_from_deg
        Angle from which a digit is called flexed even where no single phalanx is clearly foreshortened.
    least_segments
        With fewer other segments nothing can be expected of a phalanx.
    oblique_deg, oblique_range_deg
        Rotation of the hand on oblique films, and the range that it may lie in.
    axes_error_deg
        Standard error of an angle between two axes on the film.
    least_foreshortened_axis
        On lateral films a phalanx with less than this share of its expected length points at the source, and its
        direction says nothing.
    """

    landmark_error_mm: float = 0.5
    population_sd: float = 0.025
    straight_before: float = 0.35
    straight_sd_deg: float = 5.0
    flexed_first_sd_deg: float = 22.0
    flexed_next_sd_deg: float = 35.0
    tilt_sd_deg: float = 7.0
    sweeps: int = 4
    flagged_from_deg: float = 30.0
    least_segments: int = 4
    oblique_deg: float = 45.0
    oblique_range_deg: tuple[float, float] = (30.0, 60.0)
    axes_error_deg: float = 3.0
    least_foreshortened_axis: float = 0.35


#: The thresholds in use.
DEFAULT = FlexionSettings()
