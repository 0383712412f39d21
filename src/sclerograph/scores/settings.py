"""Every threshold of the scores in one place; each computed score carries those that it used."""

from __future__ import annotations

from dataclasses import dataclass

from sclerograph.hand.erosion_settings import EVIDENCE_FROM

__all__ = ["DEFAULT", "ScoreSettings"]


@dataclass(frozen=True)
class ScoreSettings:
    """From when a finding counts as a lesion. All are our own except where a source is named.

    Parameters
    ----------
    acro_osteolysis_from_grade
        Lowest grade that counts as acro-osteolysis.
    narrowed_from_grade
        Lowest grade of narrowing that counts as a narrowed joint. Grade 1 is focal or doubtful, so it does not.
    sens_narrowed_from_grade
        The same for SENS, where every narrowed joint counts one; that this begins at grade 1 is recalled, not checked.
    eroded_from_suspicion
        Suspicion from which the software proposes an erosion, where no reader has graded it: more than the 0.5 from
        which it asks a reader to look, so that hands without erosions seldom count as eroded.
    subluxated_from_ratio
        Offset over the width of the bone from which a joint counts as subluxated.
    flexed_from_deg
        Flexion that counts where its method has set no flag. A phalanx flexed by 30 degrees looks 13 % shorter, which
        is what can be told from build.
    least_share_to_exclude
        A lesion is said to be absent when at least this share of its places was assessed and none of them shows it.
    """

    acro_osteolysis_from_grade: int = 1
    narrowed_from_grade: int = 2
    sens_narrowed_from_grade: int = 1
    eroded_from_suspicion: float = EVIDENCE_FROM
    subluxated_from_ratio: float = 1.0 / 3.0
    flexed_from_deg: float = 30.0
    least_share_to_exclude: float = 0.8


#: The thresholds in use.
DEFAULT = ScoreSettings()
