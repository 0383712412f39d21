"""Several readings of one visit as one: films of the left and of the right hand that were read apart."""

from __future__ import annotations

from collections.abc import Sequence

from sclerograph.findings.records import Reading
from sclerograph.hand.totals import patient_area_mm2
from sclerograph.hand.tuft_summary import summarise_visit
from sclerograph.hand.visit import counted_hands

__all__ = ["visit_reading"]


def visit_reading(readings: Sequence[Reading]) -> Reading:
    """Return the reading of a visit.

    Parameters
    ----------
    readings
        At least one. Of several, all hands are taken, and what is said of the patient is summed up again from them.
    """
    if len(readings) == 1:
        return readings[0]
    sources, hands = [], []
    for number, reading in enumerate(readings, 1):
        names = {source.id: f"{number}.{source.id}" for source in reading.sources}
        sources += [source.model_copy(update={"id": names[source.id]}) for source in reading.sources]
        hands += [hand.model_copy(update={"source": names.get(hand.source, hand.source)}) for hand in reading.hands]
    counted = [hands[position] for position in counted_hands(hands)]
    return readings[0].model_copy(
        update={
            "sources": sources,
            "hands": hands,
            "acro_osteolysis": summarise_visit([hand.tufts for hand in counted]),
            "calcified_area_mm2": patient_area_mm2(counted),
        }
    )
