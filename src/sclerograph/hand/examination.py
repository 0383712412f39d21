"""One hand of one film, measured: everything that the software looks for, in the order in which findings need each
other.
"""

from __future__ import annotations

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.findings.records import Hand, LandmarkRecord
from sclerograph.hand import (
    acro_osteolysis,
    alignment,
    calcinosis,
    cortex,
    demineralisation,
    erosion,
    fingertips,
    flexion,
    gaps,
    joint_space,
    quality,
)
from sclerograph.hand.joint_findings import joint_findings
from sclerograph.hand.regions import bone_outlines, box, soft_tissue_outline
from sclerograph.hand.totals import hand_totals
from sclerograph.hand.tuft_summary import summarise_hand
from sclerograph.hand.view import HandView
from sclerograph.hand.withheld import Withheld
from sclerograph.networks.maps import SkeletonMaps

__all__ = ["examine_hand"]

_GROWTH_NOTE = (
    "the software cannot tell a child's hand: with open growth plates the tufts and the bright epiphyses must not be "
    "taken for disease"
)

_WORDS = {
    "metal": "on metal",
    "marker": "on markers or letters",
    "outside of the hand": "outside of the hand",
    "dust": "as dust",
    "pisiform": "as the pisiform",
    "sesamoid": "as sesamoids",
}


def examine_hand(view: HandView, source: str, confidence: float) -> Hand:
    """Measure one hand of a film.

    Parameters
    ----------
    view
        The hand, with what the networks say of it.
    source
        Number of its film in the reading.
    confidence
        How sure the finder is that it is a hand (0 to 1).
    """
    shown = quality.measure(view)
    withheld = Withheld(shown)
    not_seen_because = calcinosis.not_assessable_because(view) or withheld.why("calcinosis")
    calcium = calcinosis.examine(view) if not_seen_because is None else calcinosis.Calcinosis([], {})
    flexed = withheld.flexion(flexion.measure(view))
    acro = acro_osteolysis.measure(view, withheld.tufts() | flexion.hides_tuft(flexed))
    aligned = withheld.alignment(alignment.measure(view, flexed))
    eroded = withheld.erosions(erosion.measure(view, calcium.deposits))
    walls = withheld.cortex(cortex.measure(view))
    told = view.side_and_view
    hand = Hand(
        source=source,
        side=told.side,
        side_source=told.side_source,
        side_conflict=told.conflict,
        view=told.view,
        view_source=told.view_source,
        box=box(view),
        confidence=round(min(max(confidence, 0.0), 1.0), 4),
        landmarks=_landmarks(view.skeleton),
        bones=bone_outlines(view),
        soft_tissue=soft_tissue_outline(view),
        deposits=calcium.deposits,
        calcinosis=(
            [] if not_seen_because else hand_totals(calcium.deposits, view.scale_px, view.calibration.mm_per_pixel)
        ),
        calcinosis_assessable=not_seen_because is None,
        calcinosis_reason=not_seen_because,
        digit_lengths=acro.lengths,
        tufts=acro.tufts,
        acro_osteolysis=summarise_hand(acro.tufts),
        joints=joint_findings(withheld.joints(joint_space.measure(view)), aligned, eroded),
        erosions=eroded.bones,
        alignment=aligned,
        cortex=walls.bones,
        cortex_mean=walls.mean,
        demineralisation=withheld.demineralisation(demineralisation.measure(view)),
        fingertips=withheld.fingertips(fingertips.measure(view, acro.tufts, flexed)),
        quality=shown,
        notes=[
            *(
                f"{count} mark(s) not taken for calcium: {_WORDS[what]}"
                for what, count in sorted(calcium.rejected.items())
            ),
            _GROWTH_NOTE,
        ],
    )
    return hand.model_copy(update={"not_assessable": gaps.lines(hand)})


def _landmarks(skeleton: SkeletonMaps) -> dict[str, LandmarkRecord]:
    return {
        name: LandmarkRecord(
            x=round(mark.x, 2),
            y=round(mark.y, 2),
            confidence=round(min(max(mark.confidence, 0.0), 1.0), 4),
            plausible=mark.plausible,
        )
        for name in LANDMARKS
        if (mark := skeleton.landmarks.get(name)) is not None
    }
