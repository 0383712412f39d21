"""With networks that know the truth every simulated measure must come out perfect, and with blind ones it must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench import (
    acro_osteolysis,
    cortex_agreement,
    joint_agreement,
    landmarks_atlas,
    side_views,
    simulated_anatomy,
    simulated_deposits,
)
from bench.held_out import HeldOutFilm, held_out_films, held_out_groups
from bench.measure import Workplace
from bench.run import run_measure
from sclerograph.networks.protocol import HandNetworks
from tests.bench.exact_networks import BlindNetworks, ExactNetworks

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def films(cache: Path) -> dict[str, HeldOutFilm]:
    groups = held_out_groups(_workplace(cache, BlindNetworks()), 1, 1, "")
    return {film.path.name: film for _, _, films in groups for film in films}


def _workplace(cache: Path, networks: HandNetworks) -> Workplace:
    return Workplace(None, cache, lambda: networks, films=1)


def _values(entry: dict[str, Any]) -> dict[str, float | None]:
    return {row["key"]: row["value"] for row in entry["rows"]}


def test_films_come_back_from_the_cache_as_they_were_made(cache: Path, films: dict[str, HeldOutFilm]) -> None:
    stamps = {path: path.stat().st_mtime_ns for path in cache.rglob("*.npz")}
    (again,) = held_out_films(_workplace(cache, BlindNetworks()), 1, "")
    film = films[again.path.name]
    assert (again.landmarks == film.landmarks).all()
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*.npz")} == stamps


def test_exact_networks_make_no_error(cache: Path, films: dict[str, HeldOutFilm]) -> None:
    workplace = _workplace(cache, ExactNetworks(films))
    anatomy = _values(run_measure(simulated_anatomy.MEASURE, workplace))
    deposits = _values(run_measure(simulated_deposits.MEASURE, workplace))
    for gear in ("simulated", "fine"):
        assert anatomy[f"{gear}_landmarks_mean"] == pytest.approx(0.0, abs=1e-4)
        assert anatomy[f"{gear}_bones_dice"] == 1.0
        assert anatomy[f"{gear}_bones_overlap_dice"] == 1.0
        assert deposits[f"{gear}_recall_2mm"] == 1.0
        assert deposits[f"{gear}_false"] == 0.0
        assert deposits[f"{gear}_site"] == 1.0
        dice = deposits[f"{gear}_dice_deposit"]
        assert dice is not None
        assert dice > 0.95


def test_hands_on_their_side_are_seen_as_they_are_and_not_at_all_by_blind_networks(cache: Path) -> None:
    (film,) = side_views.side_films(_workplace(cache, BlindNetworks()))
    exact = _values(run_measure(side_views.MEASURE, _workplace(cache, ExactNetworks({film.path.name: film}))))
    assert exact["side_found"] == 1.0
    assert exact["side_landmarks_mean"] == pytest.approx(0.0, abs=1e-4)
    assert exact["side_false"] == 0.0
    blind = _values(run_measure(side_views.MEASURE, _workplace(cache, BlindNetworks())))
    assert blind["side_found"] == 0.0
    assert blind["side_landmarks_mean"] is None


def test_blind_networks_find_nothing(cache: Path) -> None:
    workplace = _workplace(cache, BlindNetworks())
    anatomy = run_measure(simulated_anatomy.MEASURE, workplace)
    assert _values(anatomy)["simulated_landmarks_mean"] is None
    assert _values(anatomy)["simulated_landmarks_within_4mm"] == 0.0
    assert _values(anatomy)["simulated_bones_dice"] == 0.0
    deposits = _values(run_measure(simulated_deposits.MEASURE, workplace))
    assert deposits["simulated_recall_2mm"] == 0.0
    acro = _values(run_measure(acro_osteolysis.MEASURE, workplace))
    assert acro["acro_kappa"] is None
    assert acro["acro_not_assessable"] == 1.0


def test_real_films_are_skipped_with_a_reason_where_they_are_absent(cache: Path) -> None:
    for measure in (landmarks_atlas.MEASURE, joint_agreement.MEASURE, cortex_agreement.MEASURE):
        entry = run_measure(measure, _workplace(cache, BlindNetworks()))
        assert "real radiographs" in entry["skipped"]
        assert entry["rows"] == []
