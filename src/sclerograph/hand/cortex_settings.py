"""Every threshold of radiogrammetry, in one place.

The index is ``(W - m) / W`` with the outer width ``W`` and the width of the marrow space ``m``, both across the middle
of the shafts of MC2, MC3 and MC4, whose mean varies less than one bone (Bloom 1983). At the isthmus, the narrowest
part, other thresholds are published (second metacarpal cortical percentage), so that the index there stands apart. No
density is derived from it: that needs a calibration of the machine.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "METHOD_CITATION", "METHOD_NAME", "METHOD_VERSION", "CortexSettings"]

METHOD_NAME = "cortical index of MC2-4"
METHOD_VERSION = "1"
METHOD_CITATION = (
    "combined cortical index (W - m) / W, mean of MC2, MC3 and MC4: Bloom 1983; index at the narrowest part: second "
    "metacarpal cortical percentage; by fitting a tube to the greys and by a network: own methods"
)


@dataclass(frozen=True)
class CortexSettings:
    """Thresholds of radiogrammetry.

    Parameters
    ----------
    shaft
        The part of a metacarpal that is looked at, as shares of the way from the landmark of its base to that of the
        metacarpophalangeal joint.
    blocks, middle
        Into how many equal blocks it is cut, and which of them (first and beyond the last) are the middle of the shaft.
    step_mm, beside_mm
        Distance of two samples, and how far beyond the bone's edges to sample (nominal mm).
    least_width_px, least_wall_px
        Below this width of the bone, or this thickness of a wall, in pixels, edges cannot be told apart.
    least_contrast
        Least grey that the bone adds to the soft tissue.
    least_clean_share
        A block with less of it clear of calcium, metal and other bones does not count.
    saturated_from, most_saturated
        Grey from which a pixel is white, and the share of white pixels of the bone above which its walls are lost.
    most_misfit
        Root mean square deviation of the greys from the tube, as a share of the greatest grey that the bone adds, above
        which a block does not count.
    least_blocks
        Blocks of the middle that must count.
    error_sd, mean_error_sd
        Root mean square error of one bone's index and of the mean of the three, systematic part included, on 48
        simulated films of 24 hands with true outlines: other seeds than those of ``python -m bench.run --only cortex``.
    isthmus_error_sd, mean_isthmus_error_sd
        The same of the index at the isthmus.
    fit_error_sd, isthmus_fit_error_sd
        Root mean square errors of one bone's indices by the fitted tube alone.
    fit_share
        What the fitted tube counts where it agrees with the shaft network, which counts the rest.
    most_apart
        They agree where they differ by no more than this many of their common standard errors.
    """

    shaft: tuple[float, float] = (0.29, 0.65)
    blocks: int = 6
    middle: tuple[int, int] = (1, 5)
    step_mm: float = 0.16
    beside_mm: float = 2.1
    least_width_px: float = 18.0
    least_wall_px: float = 2.5
    least_contrast: float = 0.06
    least_clean_share: float = 0.8
    saturated_from: float = 0.995
    most_saturated: float = 0.05
    most_misfit: float = 0.1
    least_blocks: int = 3
    error_sd: float = 0.0095
    mean_error_sd: float = 0.0056
    isthmus_error_sd: float = 0.0132
    mean_isthmus_error_sd: float = 0.0067
    fit_error_sd: float = 0.018
    isthmus_fit_error_sd: float = 0.031
    fit_share: float = 0.3
    most_apart: float = 3.0

    @property
    def middle_levels(self) -> tuple[float, float]:
        """The part of the bone whose mean index is told, as shares of its length."""
        first, last = self.shaft
        block = (last - first) / self.blocks
        return first + block * self.middle[0], first + block * self.middle[1]

    @property
    def isthmus_levels(self) -> tuple[float, float]:
        """The part of the bone in which its narrowest place is looked for: between the middles of the end blocks."""
        first, last = self.shaft
        block = (last - first) / self.blocks
        return first + 0.5 * block, last - 0.5 * block


#: The thresholds in use.
DEFAULT = CortexSettings()
