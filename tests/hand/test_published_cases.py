"""Hands built after published descriptions, read by the shipped networks: what a text names is found in the reading."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

pytest.importorskip("numba")

from bench.published_statements import judge, unread_because
from sclerograph import load_networks, read
from sclerograph.anatomy.hand import View
from sclerograph.errors import NotAHandRadiograph
from sclerograph.findings.records import Hand, Reading
from sclerograph.networks.protocol import HandNetworks
from sclerograph.phantom.published_cases import CASES, CaseFilm, Statement, healthy_films, write_films

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
    statements = [statement for statement in CASES[name].statements if unread_because(statement) is None]
    without_threshold = any(s.lesion in ("loss of mineral", "pointed fingertip") for s in statements)
    hand: Hand | None = request.getfixturevalue("healthy") if without_threshold else None
    reading = read_case(name, folder, {view for statement in statements for view in statement.views})
    wrong = []
    for statement in statements:
        verdict = judge(statement, reading, hand)
        if not verdict.holds:
            wrong.append(f"{statement.words}: {'; '.join(verdict.words)}")
    assert not wrong, "\n".join(wrong)


UNREAD = [(name, s, why) for name, case in CASES.items() for s in case.statements if (why := unread_because(s))]


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        pytest.param(
            name,
            statement,
            marks=pytest.mark.xfail(strict=True, raises=(AssertionError, NotAHandRadiograph), reason=why),
            id=f"{name}: {statement.words}",
        )
        for name, statement, why in UNREAD
    ],
)
def test_what_cannot_be_read_yet(name: str, statement: Statement, folder: Path, healthy: Hand) -> None:
    assert judge(statement, read_case(name, folder, set(statement.views)), healthy).holds
