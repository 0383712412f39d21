"""Yes, no and unknown: ``True``, ``False`` and ``None``, after Kleene's strong logic.

An unknown never becomes a no by silence.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["both", "either", "present_among"]


def both(*judgements: bool | None) -> bool | None:
    """Return the conjunction: one no is enough, and unknown leaves it open."""
    if False in judgements:
        return False
    return None if None in judgements else True


def either(*judgements: bool | None) -> bool | None:
    """Return the disjunction: one yes is enough, and unknown leaves it open."""
    if True in judgements:
        return True
    return None if None in judgements else False


def present_among(judgements: Iterable[bool | None], least_share_to_exclude: float) -> bool | None:
    """Return whether any place shows a lesion.

    One yes is enough. A no needs this share of the places to have been assessed; nothing can be said of no places.
    """
    given = list(judgements)
    if True in given:
        return True
    known = sum(judgement is not None for judgement in given)
    return False if given and known >= least_share_to_exclude * len(given) else None
