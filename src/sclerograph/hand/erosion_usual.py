"""What the margins of bones show in hands without erosions, place by place.

``erosion_usual.npz`` is written by ``python -m sclerograph.training.fit_erosion_model`` together with the weights of
the model. It holds ``level`` and ``scatter`` (margins, places, raw signs; float16) in the order of
:data:`sclerograph.hand.erosion_margins.MARGINS`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

import numpy as np

from sclerograph.hand.erosion_margins import MARGINS, Margin
from sclerograph.hand.erosion_signs import RAW_SIGNS, RELATIVE, UsualMargin

__all__ = ["usual_bytes", "usual_margins", "usual_of"]


@lru_cache(maxsize=1)
def usual_margins() -> dict[Margin, UsualMargin]:
    """Return what ships with the package."""
    return usual_of(resources.files("sclerograph.hand").joinpath("erosion_usual.npz").read_bytes())


def usual_of(content: bytes) -> dict[Margin, UsualMargin]:
    """Return the contents of a file.

    Raises
    ------
    ValueError
        Its margins, places or signs are not those of this version.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        level, scatter = (arrays[name].astype(np.float64) for name in ("level", "scatter"))
    shape = (len(MARGINS), len(RELATIVE), len(RAW_SIGNS))
    if level.shape != shape or scatter.shape != shape:
        raise ValueError("what is usual was fitted to other margins or signs: fit it again")
    return {margin: UsualMargin(level[i], scatter[i]) for i, margin in enumerate(MARGINS)}


def usual_bytes(usual: Mapping[Margin, UsualMargin]) -> bytes:
    """Return the file for what was fitted; margins that are missing have nothing usual and no scatter."""
    nothing = np.zeros((len(RELATIVE), len(RAW_SIGNS)))
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        level=np.stack([usual[m].level if m in usual else nothing for m in MARGINS]).astype(np.float16),
        scatter=np.stack([usual[m].scatter if m in usual else nothing for m in MARGINS]).astype(np.float16),
    )
    return stream.getvalue()
