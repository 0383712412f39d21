from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sclerograph.hand.erosion_margins import DEPTHS_MM, MARGINS, STEP_MM, MarginStrip
from sclerograph.hand.erosion_model import Group, GroupModel, model_of
from sclerograph.hand.erosion_settings import EVIDENCE_FROM
from sclerograph.hand.erosion_signs import SIGNS
from sclerograph.hand.erosion_usual import usual_of
from sclerograph.hand.view import HandView
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.networks.protocol import HandNetworks
from sclerograph.phantom.eroded_hand import Health, draw_eroded_hand
from sclerograph.phantom.erosion import Erosion, TrueErosion, true_erosions
from sclerograph.phantom.film import SimulatedFilm, fast_film
from sclerograph.training import fit_erosion_model
from sclerograph.training.fit_erosion_model import (
    FIRST_SEED,
    Places,
    SeenHand,
    fit_group,
    fitted_usual,
    model_text,
    places_of,
)

_TELLING = SIGNS.index("notch_digits")


def margins(group: Group = "digits", films: int = 24) -> list[Places]:
    """Margins of which one sign tells the eroded places, and the others are noise."""
    rng = np.random.default_rng(4)
    found = []
    for film in range(films):
        health: Health = "eroded" if film % 2 else "healthy"
        for unit in ("MCP2", "MCP3", "PIP2", "PIP3"):
            signs = rng.normal(0.0, 1.0, (60, len(SIGNS)))
            label = np.zeros(60, np.int8)
            eroded = 3.0 if health == "eroded" and rng.random() < 0.5 else 0.0
            if eroded:
                label[20:40], label[27:33] = -1, 1
                signs[27:33, _TELLING] += 7.0
            found.append(Places(group, FIRST_SEED + film, health, "networks", unit, eroded, signs, label))
    return found


def test_the_telling_sign_gets_the_weight() -> None:
    fitted = fit_group(margins(), 0.25, 0.1)
    weights = np.asarray(fitted["weights"])
    assert int(np.argmax(weights)) == _TELLING
    assert weights[_TELLING] > 3.0 * np.sort(np.abs(weights))[-2]


def suspicions(places: list[Places], fitted: dict[str, object], *, real: bool) -> tuple[np.ndarray, int]:
    """The greatest suspicion of each joint of the hands without erosions of one kind, and how many hands those are."""
    weights, intercept = np.asarray(fitted["weights"]), float(str(fitted["intercept"]))
    points = [float(str(fitted[name])) for name in ("prompt_from", "evidence_from", "steepness")]
    model = GroupModel(weights, intercept, *points)
    own = [each for each in places if each.health != "eroded" and (each.film < FIRST_SEED) == real]
    return np.array([model.suspicion(model.logits(e.signs)).max() for e in own]), len({e.film for e in own})


@pytest.mark.parametrize(("prompts", "evidence"), [(0.25, 0.1), (1.0, 0.5)])
def test_hands_without_erosions_exceed_the_points_of_the_scale_as_often_as_wished(
    prompts: float, evidence: float
) -> None:
    places = margins()
    found, hands = suspicions(places, fit_group(places, prompts, evidence), real=False)
    assert abs((found > 0.5 + 1e-3).sum() - prompts * hands) <= 1
    assert abs((found > EVIDENCE_FROM + 1e-3).sum() - evidence * hands) <= 1


def test_real_hands_that_look_more_suspicious_than_simulated_ones_set_the_scale() -> None:
    simulated = margins()
    more = 2.5 * (np.arange(len(SIGNS)) == _TELLING)
    real = [replace(p, film=p.film // 2, signs=p.signs + more) for p in simulated if p.health == "healthy"]
    fitted = fit_group([*simulated, *real], 0.5, 0.25)
    for kind, least in ((False, 0.0), (True, 0.4)):
        found, hands = suspicions([*simulated, *real], fitted, real=kind)
        assert least <= (found > 0.5 + 1e-3).sum() / hands <= 0.6


def test_the_model_file_can_be_read_and_is_the_same_every_time() -> None:
    places = [*margins("digits"), *margins("wrist")]
    often: dict[Group, float] = {"digits": 0.5, "wrist": 0.5}
    texts = [model_text(places, {"command": "c"}, often, {"digits": 0.2, "wrist": 0.2}) for _ in range(2)]
    assert texts[0] == texts[1]
    model = model_of(texts[0], {})
    eroded = np.zeros((1, len(SIGNS)))
    eroded[0, _TELLING] = 8.0
    for group in model.groups.values():
        assert group.suspicion(group.logits(eroded))[0] > 0.5 > group.suspicion(group.logits(0.0 * eroded))[0]
    assert json.loads(texts[0])["groups"]["digits"]["hands_without"] == 12


def strip(seed: int, bite: bool) -> MarginStrip:
    rng = np.random.default_rng(seed)
    count = 80
    grey = np.tile(np.where(DEPTHS_MM < 0.0, 0.2, 0.6), (count, 1)) + rng.normal(0.0, 0.01, (count, len(DEPTHS_MM)))
    edge = rng.normal(0.0, 0.03, count)
    # what all people have at one place, and a bite at another
    edge[6:12] += 0.8
    if bite:
        edge[64:71] += 1.5
    along = (np.arange(count) - 0.5 * (count - 1)) * STEP_MM
    margin = next(m for m in MARGINS if m.bone == "MC1" and m.end == "head")
    points = np.stack([5.0 * along, np.zeros(count)], axis=1)
    nothing = np.zeros(grey.shape, np.bool_)
    return MarginStrip(
        margin, along, points, np.tile([0.0, 5.0], (count, 1)), grey, edge, nothing, np.full(count, "", dtype="<U24")
    )


def seen(seed: int, *, bite: bool = False) -> SeenHand:
    made = Erosion("MC1", "marginal", 2.4, 1.5, 5.0, "head", "radial", 5.0)
    true = [TrueErosion(made, 5.0 * (67 - 39.5) * STEP_MM, 1.0)] if bite else []
    health: Health = "eroded" if bite else "healthy"
    return SeenHand([strip(seed, bite)], true, FIRST_SEED + seed, health, "networks", 0.2)


def test_places_on_an_erosion_are_labelled_and_those_beside_it_left_out() -> None:
    places = places_of(seen(1, bite=True), {})[0]
    assert places.eroded == 2.4
    assert set(np.unique(places.label)) == {-1, 0, 1}
    assert 3 <= (places.label == 1).sum() <= 9
    assert places_of(seen(1), {})[0].label.max() == 0


def test_what_all_hands_show_is_usual() -> None:
    usual = fitted_usual([seen(i) for i in range(12)])
    sign = SIGNS.index("notch_usual")
    with_it, without = (places_of(seen(30, bite=True), known)[0].signs[:, sign] for known in (usual, {}))
    assert with_it.max() > 3.0
    # the common notch is a sign only as long as nobody knows that it is usual
    assert (without > 2.5).sum() > (with_it > 2.5).sum()


def test_few_hands_tell_nothing_usual() -> None:
    assert fitted_usual([seen(i) for i in range(3)]) == {}


@pytest.mark.slow
def test_the_command_writes_both_files_in_the_form_in_which_they_are_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From nothing to the two files, on three small films that the networks are taken to see without error."""
    seen: dict[int, HandView] = {}

    def film(seed: int) -> tuple[SimulatedFilm, list[TrueErosion], Health]:
        rng = np.random.default_rng(seed)
        health: Health = "healthy" if seed == FIRST_SEED else "eroded"
        scene = draw_eroded_hand(rng, health)
        made = fast_film(scene, rng, rows=700, columns=540, pixel_mm=0.35, plain=True)
        view = fit_erosion_model.true_view(made)
        seen[id(view.radiograph)] = view
        return made, true_erosions(scene.hand(), scene.erosions, scene.detector(700, 540, 0.35)), health

    def through(networks: HandNetworks, radiograph: Radiograph) -> HandView:
        return next(v for v in seen.values() if np.array_equal(v.radiograph.pixels, radiograph.pixels))

    monkeypatch.setattr(fit_erosion_model, "eroded_film", film)
    monkeypatch.setattr(fit_erosion_model, "_seen_through", through)
    monkeypatch.setattr(sys, "argv", ["fit", "--films", "3", "--out", str(tmp_path / "out")])
    fit_erosion_model.main()
    text = (tmp_path / "out" / "erosion_model.json").read_text(encoding="utf-8")
    model = model_of(text, usual_of((tmp_path / "out" / "erosion_usual.npz").read_bytes()))
    assert set(model.groups) == {"digits", "wrist"}
    shipped = Path(fit_erosion_model.__file__).parents[1] / "hand" / "erosion_model.json"
    document, own = json.loads(text), json.loads(shipped.read_text(encoding="utf-8"))
    assert document.keys() == own.keys()
    assert document["source"]["command"].startswith("python -m sclerograph.training.fit_erosion_model --films 3 ")
    assert document["groups"]["digits"].keys() == own["groups"]["digits"].keys()
