from __future__ import annotations

import json
from importlib import resources

import numpy as np
import pytest

from sclerograph.hand.erosion_margins import MARGINS
from sclerograph.hand.erosion_model import GROUPS, GroupModel, erosion_model, group_of, model_of
from sclerograph.hand.erosion_settings import EVIDENCE_FROM
from sclerograph.hand.erosion_signs import SIGNS


def shipped() -> dict[str, object]:
    text = resources.files("sclerograph.hand").joinpath("erosion_model.json").read_text(encoding="utf-8")
    document: dict[str, object] = json.loads(text)
    return document


def test_the_shipped_model_says_how_to_make_it_again() -> None:
    source = shipped()["source"]
    assert isinstance(source, dict)
    assert source["command"].startswith("python -m sclerograph.training.fit_erosion_model")
    assert source["seeds"][0] >= 19_500_000


def test_two_points_fix_the_scale_and_suspicion_grows_with_the_logit() -> None:
    for group in GROUPS:
        model = erosion_model().groups[group]
        logits = np.array([model.prompt_from - 3.0, model.prompt_from, model.evidence_from, model.evidence_from + 1.0])
        suspicion = model.suspicion(logits)
        assert suspicion[1] == pytest.approx(0.5)
        assert suspicion[2] == pytest.approx(EVIDENCE_FROM)
        assert (np.diff(suspicion) > 0).all()


def test_the_signs_of_a_small_bite_raise_the_suspicion() -> None:
    small = np.array([0.0 if "wide" in name or name.startswith(("deep", "contact")) else 5.0 for name in SIGNS])
    for group in GROUPS:
        model = erosion_model().groups[group]
        suspicion = model.suspicion(model.logits(np.stack([0.0 * small, small])))
        assert suspicion[0] < 0.5 < suspicion[1]


def test_the_wrist_has_its_own_weights() -> None:
    groups = {(margin.bone, margin.end): group_of(margin) for margin in MARGINS}
    assert groups["MC1", "base"] == groups["RAD", "head"] == groups["LUN", None] == "wrist"
    assert groups["MC1", "head"] == groups["DP5", "base"] == "digits"


def test_a_model_of_other_signs_is_refused() -> None:
    document = shipped()
    with pytest.raises(ValueError, match="fit it again"):
        model_of(json.dumps(document | {"signs": [*SIGNS[1:], "other"]}), {})
    with pytest.raises(ValueError, match="not a file"):
        model_of(json.dumps(document | {"schema": "other"}), {})
    groups = document["groups"]
    assert isinstance(groups, dict)
    short = groups | {"wrist": groups["wrist"] | {"weights": [1.0]}}
    with pytest.raises(ValueError, match="one weight for each sign"):
        model_of(json.dumps(document | {"groups": short}), {})
    turned = groups | {"wrist": groups["wrist"] | {"evidence_from": groups["wrist"]["prompt_from"] - 1.0}}
    with pytest.raises(ValueError, match="points out of order"):
        model_of(json.dumps(document | {"groups": turned}), {})


def test_a_group_model_is_a_weighted_sum() -> None:
    weights = np.zeros(len(SIGNS))
    weights[:2] = 1.0, -2.0
    model = GroupModel(weights, 0.5, 1.5, 3.5, 2.0)
    signs = np.zeros((1, len(SIGNS)))
    signs[0, :2] = 3.0, 1.0
    assert model.logits(signs)[0] == pytest.approx(1.5)
    assert model.suspicion(model.logits(signs))[0] == pytest.approx(0.5)
