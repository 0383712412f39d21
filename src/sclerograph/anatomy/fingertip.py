"""Where the soft tissue of a fingertip is measured: written once, for films and for the truth of simulated hands.

All positions are along the axis of the distal phalanx. The *pulp* reaches from the most distal point of the bone to
the skin on the axis. Breadths are those of the soft tissue across the axis, at the tuft and at the base. The ratio of
the pulp to the width of the phalanx's base needs no calibration; ratios of this kind are old (Yune, Poznanski), but no
paper with their definition was at hand, so this one is the software's own.
"""

from __future__ import annotations

from typing import Final

__all__ = ["BASE_SHARE", "LEVEL_MM"]

#: The width of the phalanx's base is the greatest within this share of its length, from the base on.
BASE_SHARE: Final = 0.3
#: Breadths are taken this far inside of the end and of the base of the bone (nominal mm).
LEVEL_MM: Final = 1.5
