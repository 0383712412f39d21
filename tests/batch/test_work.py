from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import sclerograph
from sclerograph.batch.manifest import Manifest, Settings
from sclerograph.batch.options import Options
from sclerograph.batch.work import FAILED, Task, digest, read_visit
from sclerograph.errors import ContradictoryInput, NotAHandRadiograph, UnreadableFile
from sclerograph.findings.records import CalibrationRecord, Hand, Reading, SoftwareRecord, SourceRecord
from sclerograph.imaging.calibration import NO_CALIBRATION
from sclerograph.imaging.radiograph import Radiograph, Source

SETTINGS = Settings("0.1.0", (("fake", "00"),), {"side": None})


def reject(path: Path, mm_per_pixel: float | None = None) -> Radiograph:
    """Open a text file that says what it is, as if it were a film."""
    said = path.read_text()
    if said.startswith("unreadable"):
        raise UnreadableFile("an empty file", "it holds no bytes", "copy it again")
    if said.startswith("unforeseen"):
        raise ValueError("Doe^Jane")
    grey = np.linspace(0, 1, 60 * 40, dtype=np.float32).reshape(60, 40)
    source = Source(path.name, digest(path) or "", 60, 40)
    return Radiograph(grey, np.ones((60, 40), bool), NO_CALIBRATION, source, visit=path.stem, notes=(said,))


def read(films, networks, *, name, side=None, view=None, threads=None) -> Reading:
    if any(film.notes[0].startswith("no hand") for film in films):
        raise NotAHandRadiograph("no hand", "nothing can be measured", "give a hand radiograph")
    if len({film.notes[0] for film in films if film.notes[0].startswith("side")}) > 1:
        raise ContradictoryInput("two sides", "one of them is wrong", "read them apart")
    sources = [
        SourceRecord(
            id=f"s{i}",
            file=film.source.file,
            sha256=film.source.sha256,
            rows=60,
            columns=40,
            calibration=CalibrationRecord(source="none", mm_per_pixel=None),
        )
        for i, film in enumerate(films)
    ]
    hands = [
        Hand(
            source=source.id,
            side="L",
            side_source="chirality",
            view="PA",
            box=(0.0, 0.0, 39.0, 59.0),
            confidence=0.9,
            landmarks={},
        )
        for source in sources
    ]
    return Reading(name=name, software=SoftwareRecord(version="0.1.0"), sources=sources, hands=hands)


@pytest.fixture
def visit(tmp_path, monkeypatch):
    """Return a function that reads a visit of films with the given contents, and the output folder."""
    monkeypatch.setattr("sclerograph.imaging.open_radiograph", reject)
    monkeypatch.setattr("sclerograph.hand.reading.read_films", read)
    monkeypatch.setattr("sclerograph.batch.work._networks", lambda threads: object())
    out = tmp_path / "out"
    out.mkdir()

    def read_contents(*contents: str):
        paths = []
        for number, content in enumerate(contents):
            path = tmp_path / f"film{number}.png"
            path.write_text(content)
            paths.append(path)
        return read_visit(Task("visit", tuple(paths), SETTINGS, Options(), out)), out / "visit"

    return read_contents


def test_a_visit_becomes_a_whole_folder(visit):
    outcome, folder = visit("left", "right")
    assert (outcome.status, outcome.hands, outcome.problems) == ("read", 2, ())
    assert sorted(path.name for path in folder.iterdir()) == [
        "overlay.png",
        "reading.json",
        "report.html",
        "run.json",
        "summary.csv",
    ]
    assert len(sclerograph.read_reading(folder / "reading.json").hands) == 2
    manifest = Manifest.read(folder)
    assert manifest.fingerprint == SETTINGS.fingerprint([film.sha256 for film in outcome.films])
    assert str(folder.parent.parent) not in (folder / "run.json").read_text()


def test_a_film_that_cannot_be_opened_is_named_and_the_others_are_read(visit):
    outcome, folder = visit("left", "unreadable")
    assert outcome.status == "read"
    (problem,) = outcome.problems
    assert (problem.path.name, problem.kind) == ("film1.png", "UnreadableFile")
    assert problem.reason == "an empty file: it holds no bytes; copy it again"
    assert len(json.loads((folder / "reading.json").read_text())["sources"]) == 1


def test_a_film_without_a_hand_is_named_and_the_others_are_read(visit):
    outcome, folder = visit("left", "no hand", "right")
    assert (outcome.status, outcome.hands) == ("read", 2)
    assert [(film.path.name, film.kind) for film in outcome.problems] == [("film1.png", "NotAHandRadiograph")]
    assert Manifest.read(folder).films[1].kind == "NotAHandRadiograph"


def test_films_that_contradict_each_other_are_all_refused_and_nothing_is_written(visit):
    outcome, folder = visit("side L", "side R")
    assert outcome.status == "refused"
    assert [film.kind for film in outcome.problems] == ["ContradictoryInput"] * 2
    assert not folder.exists()


def test_a_visit_without_any_readable_film_is_refused(visit):
    outcome, folder = visit("unreadable 1", "no hand")
    assert outcome.status == "refused"
    assert [film.kind for film in outcome.problems] == ["UnreadableFile", "NotAHandRadiograph"]
    assert all(film.sha256 for film in outcome.films)
    assert not folder.exists()


def test_the_same_film_under_two_names_is_read_once(visit):
    outcome, folder = visit("left", "left")
    assert (outcome.status, outcome.hands, outcome.problems) == ("read", 1, ())
    assert len(json.loads((folder / "reading.json").read_text())["sources"]) == 1


def test_an_unforeseen_error_fails_with_its_place_and_without_its_text(visit):
    outcome, _ = visit("unforeseen")
    assert outcome.status == "failed"
    (problem,) = outcome.problems
    assert problem.kind == FAILED
    assert problem.reason.startswith("ValueError at batch/work.py:")
    assert "Doe" not in problem.reason


def test_a_visit_with_a_failed_film_is_written_and_tried_again_next_time(visit):
    outcome, folder = visit("left", "unforeseen")
    assert outcome.status == "read"
    assert Manifest.read(folder).fingerprint == ""


def test_a_full_disk_is_a_failure_with_the_words_of_the_system(visit, monkeypatch):
    def no_space(reading, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sclerograph.findings.json_file.write_reading", no_space)
    outcome, folder = visit("left")
    assert outcome.status == "failed"
    assert "No space left on device" in outcome.problems[0].reason
    assert not folder.exists()
    assert list(folder.parent.iterdir()) == []
