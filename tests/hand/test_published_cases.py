"""Hands built after published descriptions, read by the shipped networks: what a text names is found in the reading."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

pytest.importorskip("numba")

from bench.published_statements import judge
from sclerograph import load_networks, read
from sclerograph.anatomy.hand import View
from sclerograph.findings.records import Hand, Reading
from sclerograph.networks.protocol import HandNetworks
from sclerograph.phantom.published_cases import CASES, CaseFilm, healthy_films, write_films

pytestmark = pytest.mark.slow


@lru_cache(maxsize=1)
def networks() -> HandNetworks:
    return load_networks(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("published")


@pytest.fixture(scope="module")
def healthy(folder: Path) -> Hand:
    """The hand of one of the cases before it had any disease."""
    return read(write_films(healthy_films(), "healthy", folder), networks=networks()).hands[0]


@lru_cache(maxsize=16)
def path_of(film: CaseFilm, study: str, folder: Path) -> Path:
    """Simulate a film and write it, once."""
    (path,) = write_films([film], study, folder)
    return path


@lru_cache(maxsize=8)
def films_of(name: str) -> tuple[CaseFilm, ...]:
    return CASES[name].films()


def read_case(name: str, folder: Path, views: set[View]) -> Reading:
    films = [film for film in films_of(name) if not views or film.view in views]
    return read([path_of(film, name, folder) for film in films], networks=networks())


@pytest.mark.parametrize("name", CASES)
def test_the_reading_shows_what_the_text_names_and_nothing_that_it_excludes(
    name: str, folder: Path, request: pytest.FixtureRequest
) -> None:
    statements = CASES[name].statements
    without_threshold = any(s.lesion in ("loss of mineral", "pointed fingertip") for s in statements)
    hand: Hand | None = request.getfixturevalue("healthy") if without_threshold else None
    reading = read_case(name, folder, {view for statement in statements for view in statement.views})
    wrong = []
    for statement in statements:
        verdict = judge(statement, reading, hand)
        if not verdict.holds:
            wrong.append(f"{statement.words}: {'; '.join(verdict.words)}")
    assert not wrong, "\n".join(wrong)
