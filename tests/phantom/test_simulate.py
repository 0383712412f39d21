import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.errors import UsageError
from sclerograph.phantom.simulate import DISEASES, draw_wish, simulate_hand


@pytest.mark.parametrize("disease", DISEASES)
def test_a_disease_is_what_was_asked_for(disease: str) -> None:
    for seed in range(6):
        wish = draw_wish(np.random.default_rng(seed), disease)
        assert bool(wish.deposits) == (disease in ("calcinosis", "both"))
        assert bool(wish.resorptions) == (disease in ("acro-osteolysis", "both"))
        assert wish.adult


def test_films_are_written_with_their_truth(tmp_path: Path) -> None:
    simulate_hand(tmp_path, seed=10_000_100, count=2, disease="acro-osteolysis", gear="fast")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 6
    films = [name for name in names if name.endswith(".dcm")]
    for film in films:
        record = json.loads((tmp_path / film.replace(".dcm", ".truth.json")).read_text(encoding="utf-8"))
        assert record["film"] == film
        assert any(tuft["grade"] > 0 for tuft in record["hands"][0]["tufts"])


def test_the_second_film_is_the_first_of_the_next_seed(tmp_path: Path) -> None:
    for folder, seed, count in (("a", 7, 2), ("b", 8, 1)):
        (tmp_path / folder).mkdir()
        simulate_hand(tmp_path / folder, seed=seed, count=count, disease="healthy", gear="fast")
    name = "hand-healthy-00000008.dcm"
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_unknown_names_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gout"):
        simulate_hand(tmp_path, seed=0, count=1, disease="gout", gear="fast")
    with pytest.raises(UsageError, match="reverse"):
        simulate_hand(tmp_path, seed=0, count=1, disease="both", gear="reverse")
