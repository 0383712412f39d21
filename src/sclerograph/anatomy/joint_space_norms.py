"""How wide the joint spaces of a hand are on radiographs of adults, as published.

The figures and their sources stand in ``joint_space_norms.json``. They are few and coarse: means by kind of joint from
abstracts, mostly of elderly patients, whose spaces are narrower than those of healthy people. So a space is called
narrow against them only when it is very narrow; what one hand's other joints say is far sharper.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

import numpy as np

from sclerograph.anatomy.joint_frame import SPACE_JOINTS

__all__ = ["JointSpaceNorm", "joint_space_norms"]


@dataclass(frozen=True)
class JointSpaceNorm:
    """Mean and standard deviation of the width of one joint's space (mm) when sex and age are not known.

    ``basis`` says whether the figure is printed in the source, derived from printed ones, or assumed.
    """

    joint: str
    mean_mm: float
    sd_mm: float
    basis: Literal["printed", "derived", "assumed"]
    source: str

    def z(self, width_mm: float) -> float:
        """Return how many standard deviations a width lies above the mean."""
        return (width_mm - self.mean_mm) / self.sd_mm


@lru_cache(maxsize=1)
def joint_space_norms() -> dict[str, JointSpaceNorm]:
    """Return the norm of every joint whose space is measured; sex and age not being known widens the spread."""
    text = resources.files("sclerograph.anatomy").joinpath("joint_space_norms.json").read_text(encoding="utf-8")
    record = json.loads(text)
    person = float(record["unknown_person_log_sd"])
    norms = {}
    for code in SPACE_JOINTS:
        kind = record["kinds"][code.rstrip("12345")]
        mean = float(kind["mean_mm"])
        spread = float(np.hypot(kind["sd_mm"], person * mean))
        norms[code] = JointSpaceNorm(code, mean, spread, kind["basis"], kind["source"])
    return norms
