"""The cortical index from two ways of measuring it that err apart: the fitted tube, and what the shaft network says.

The fit follows the film's greys to a small part of a pixel, and ends in a wrong minimum now and then, where walls are
thin or a vendor's look bends the greys. The network has learned from simulated shafts whose two surfaces are known, of
hands in several positions: it says what the index is when the hand lies flat. Where both agree, the index is their
weighted mean; where they do not, that of the network stands.
"""

from __future__ import annotations

import numpy as np

from sclerograph.hand.cortex_settings import CortexSettings
from sclerograph.networks.maps import Belief

__all__ = ["agreed_index"]


def agreed_index(fitted: float, look: Belief | None, fit_error: float, settings: CortexSettings) -> float:
    """Return the index of one bone.

    Parameters
    ----------
    fitted
        The index by the fitted tube.
    look
        What the network believes; ``None`` where nobody looked.
    fit_error
        Usual error of ``fitted``.
    settings
        The thresholds.
    """
    if look is None:
        return fitted
    if abs(fitted - look.mean) > settings.most_apart * float(np.hypot(fit_error, look.spread)):
        return look.mean
    return settings.fit_share * fitted + (1.0 - settings.fit_share) * look.mean
