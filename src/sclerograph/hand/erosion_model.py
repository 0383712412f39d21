"""From the signs of erosion to a suspicion: a logistic model whose weights were fitted on simulated hands.

``erosion_model.json`` is written by ``python -m sclerograph.training.fit_erosion_model``; nobody types a
number into it. It holds one set of weights for the joints of the digits and one for the bones of the wrist, and two
points on the scale of each: a suspicion of 0.5 is where the software begins to prompt, one of
:data:`sclerograph.hand.erosion_settings.EVIDENCE_FROM` where scores begin to count.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from sclerograph.hand.erosion_margins import Margin
from sclerograph.hand.erosion_settings import EVIDENCE_FROM
from sclerograph.hand.erosion_signs import SIGNS, UsualMargin
from sclerograph.hand.erosion_usual import usual_margins

__all__ = ["GROUPS", "SCHEMA", "ErosionModel", "Group", "GroupModel", "erosion_model", "group_of", "model_of"]

Floats = NDArray[np.float64]
Group = Literal["digits", "wrist"]
GROUPS: tuple[Group, ...] = ("digits", "wrist")
SCHEMA = "sclerograph.erosion-model/2"


@dataclass(frozen=True)
class GroupModel:
    """Weights of the signs, an intercept, and what turns the logit into a suspicion.

    The suspicion is 0.5 at ``prompt_from`` and the greater one of scores at ``evidence_from``; below, its logit falls
    with ``steepness``, so that places which nobody is asked to look at keep their order.
    """

    weights: Floats
    intercept: float
    prompt_from: float
    evidence_from: float
    steepness: float

    def logits(self, signs: Floats) -> Floats:
        """Return the logit of each place, (n,), from its signs (n, signs)."""
        return np.asarray(signs @ self.weights + self.intercept)

    def suspicion(self, logits: Floats) -> Floats:
        """Return suspicions (0 to 1) of logits."""
        beyond = np.asarray(logits) - self.prompt_from
        above = float(logit(EVIDENCE_FROM)) / (self.evidence_from - self.prompt_from)
        return np.asarray(expit(np.where(beyond > 0.0, above, self.steepness) * beyond))


@dataclass(frozen=True)
class ErosionModel:
    """The models of both groups of margins, and what is usual for each margin."""

    groups: dict[Group, GroupModel]
    usual: dict[Margin, UsualMargin]

    def of(self, margin: Margin) -> GroupModel:
        """Return the model of a margin."""
        return self.groups[group_of(margin)]


def group_of(margin: Margin) -> Group:
    """Return which model judges a margin: that of the wrist also that of the base of the first metacarpal."""
    return "wrist" if margin.joint is None or margin.joint == "CMC1" else "digits"


@lru_cache(maxsize=1)
def erosion_model() -> ErosionModel:
    """Return the model that ships with the package."""
    text = resources.files("sclerograph.hand").joinpath("erosion_model.json").read_text(encoding="utf-8")
    return model_of(text, usual_margins())


def model_of(text: str, usual: Mapping[Margin, UsualMargin]) -> ErosionModel:
    """Return the contents of a model file, with what is usual.

    Raises
    ------
    ValueError
        It is no such file, or its signs are not those of this version.
    """
    document = json.loads(text)
    if document.get("schema") != SCHEMA:
        raise ValueError(f"not a file of {SCHEMA}")
    if tuple(document["signs"]) != SIGNS:
        raise ValueError("the model was fitted to other signs: fit it again")
    return ErosionModel({group: _group(document["groups"][group]) for group in GROUPS}, dict(usual))


def _group(entry: dict[str, float | Sequence[float]]) -> GroupModel:
    weights = np.asarray(entry["weights"], dtype=np.float64)
    intercept, prompt_from, evidence_from, steepness = (
        float(np.asarray(entry[name])) for name in ("intercept", "prompt_from", "evidence_from", "steepness")
    )
    if weights.shape != (len(SIGNS),) or steepness <= 0.0 or evidence_from <= prompt_from:
        raise ValueError("the model has not one weight for each sign, no steepness, or points out of order")
    return GroupModel(weights, intercept, prompt_from, evidence_from, steepness)
