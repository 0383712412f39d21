from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sclerograph.batch.index import INDEX_FILE
from sclerograph.batch.manifest import Settings
from sclerograph.batch.options import Options
from sclerograph.batch.pool import inline_executor
from sclerograph.batch.run import BatchResult, Request, run_batch
from sclerograph.batch.work import Outcome
from sclerograph.errors import UsageError
from tests.batch.works import calls_for, crash_raise_or_read, write_like_a_reading

PNG = b"\x89PNG\r\n\x1a\n"


class Listening:
    """Notes what a run says."""

    def __init__(self) -> None:
        self.visits = 0
        self.fresh: list[str] = []
        self.known: list[str] = []

    def planned(self, visits: int) -> None:
        self.visits = visits

    def finished(self, outcome: Outcome, current: bool) -> None:
        (self.known if current else self.fresh).append(outcome.name)


def settings(**options) -> Settings:
    return Settings("0.1.0", (("fake", "00"),), options)


def film(folder: Path, name: str, content: bytes = b"") -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    path = folder / name
    path.write_bytes(PNG + (content or name.encode()) + bytes(200))
    return path


def run(out: Path, *paths: Path, given: Settings | None = None, **request) -> tuple[BatchResult, Listening]:
    listening = Listening()
    asked = Request(list(paths), out, Options(), **request)
    return run_batch(asked, given or settings(), listening, work=write_like_a_reading), listening


def summary(out: Path) -> list[str]:
    with (out / "summary.csv").open(newline="") as stream:
        return sorted(row["reading"] for row in csv.DictReader(stream))


def rejected(out: Path) -> list[str]:
    with (out / "rejected.csv").open(newline="") as stream:
        return [f"{Path(row['file']).name}: {row['kind']}" for row in csv.DictReader(stream)]


def test_a_second_run_finds_everything_current(tmp_path):
    films, out = tmp_path / "films", tmp_path / "out"
    for name in ("a.png", "b.png", "refuse.png"):
        film(films, name)
    first, heard = run(out, films)
    assert (first.read, first.current, first.exit_code) == (2, 0, 1)
    assert sorted(heard.fresh) == ["a", "b", "refuse"]
    second, heard = run(out, films)
    assert (second.read, second.current, second.hands, second.exit_code) == (0, 2, 2, 1)
    assert (sorted(heard.known), heard.fresh) == (["a", "b", "refuse"], [])
    assert summary(out) == ["a", "b"]
    assert rejected(out) == ["refuse.png: NotAHandRadiograph"]


def test_nothing_in_the_output_folder_is_an_input_wherever_links_lead(tmp_path):
    films, out = tmp_path / "films", tmp_path / "out"
    film(films, "a.png")
    film(out / "b", "overlay.png")
    (films / "to_out.png").symlink_to(out / "b" / "overlay.png")
    film(tmp_path / "elsewhere", "c.png")
    (films / "to_c.png").symlink_to(tmp_path / "elsewhere" / "c.png")
    (tmp_path / "same").symlink_to(out)
    result, heard = run(out, films, out, tmp_path / "same" / "b")
    assert (result.read, sorted(heard.fresh)) == (2, ["a", "to_c"])


@pytest.mark.parametrize("what", ["content", "options", "version", "deleted", "forced"])
def test_what_is_no_longer_current_is_read_again(tmp_path, what):
    path, out = film(tmp_path / "films", "a.png"), tmp_path / "out"
    run(out, path)
    given, force = settings(), what == "forced"
    if what == "content":
        film(tmp_path / "films", "a.png", b"another film")
    elif what == "options":
        given = settings(side="L")
    elif what == "version":
        given = Settings("0.2.0", given.models, given.options)
    elif what == "deleted":
        (out / "a" / "reading.json").unlink()
    result, heard = run(out, path, given=given, force=force)
    assert (result.read, result.current, heard.fresh) == (1, 0, ["a"])


@pytest.mark.parametrize("what", ["touched", "index lost", "moved"])
def test_the_same_content_is_recognised_by_its_digest(tmp_path, what):
    path, out = film(tmp_path / "films", "a.png"), tmp_path / "out"
    run(out, path)
    if what == "touched":
        os.utime(path, ns=(1, 1))
    elif what == "index lost":
        (out / INDEX_FILE).unlink()
    else:
        path = path.rename(tmp_path / "a.png")
    result, heard = run(out, path)
    assert (result.current, heard.known) == (1, ["a"])


def test_two_films_of_one_name_keep_their_folders_in_every_order(tmp_path):
    first, second, out = (
        film(tmp_path / "x", "hand.png", b"1"),
        film(tmp_path / "y", "hand.png", b"2"),
        tmp_path / "out",
    )
    _, alone = run(out, second)
    assert alone.fresh == ["hand"]
    _, both = run(out, first, second)
    assert both.known == ["hand"]
    (other,) = both.fresh
    assert other.startswith("hand-")
    assert summary(out) == sorted(["hand", other])


def test_a_film_that_joins_a_visit_replaces_it_in_the_summary(tmp_path):
    films, out = tmp_path / "films", tmp_path / "out"
    film(films, "anna_L.png")
    run(out, films)
    assert summary(out) == ["anna_L"]
    film(films, "anna_R.png")
    run(out, films)
    assert summary(out) == ["anna"]


def test_a_run_over_other_films_keeps_the_earlier_ones_in_the_summary(tmp_path):
    out = tmp_path / "out"
    run(out, film(tmp_path, "a.png"))
    run(out, film(tmp_path, "b.png"))
    assert summary(out) == ["a", "b"]


def test_what_lies_in_the_output_folder_is_no_input(tmp_path):
    film(tmp_path, "a.png")
    out = tmp_path / "out"
    film(out / "old", "overlay.png")
    _, heard = run(out, tmp_path)
    assert heard.fresh == ["a"]


def test_no_input_is_wrong_usage(tmp_path):
    (tmp_path / "films").mkdir()
    with pytest.raises(UsageError, match="no image file"):
        run(tmp_path / "out", tmp_path / "films")


def test_paths_that_do_not_exist_are_wrong_usage_only_when_none_does(tmp_path):
    with pytest.raises(UsageError, match="none of the given paths exists"):
        run(tmp_path / "out", tmp_path / "films")
    _, heard = run(tmp_path / "out", tmp_path / "films", film(tmp_path, "a.png"))
    assert sorted(heard.fresh) == ["a", "films"]


def test_an_output_folder_that_is_a_file_is_wrong_usage(tmp_path):
    path = film(tmp_path, "a.png")
    with pytest.raises(UsageError, match="cannot be made"):
        run(path, path)


def test_an_interrupted_run_writes_its_tables_and_goes_on(tmp_path):
    films, out = tmp_path / "films", tmp_path / "out"
    for name in ("a.png", "b.png", "c.png"):
        film(films, name)

    class Impatient(Listening):
        def finished(self, outcome: Outcome, current: bool) -> None:
            super().finished(outcome, current)
            if len(self.fresh) == 2:
                raise KeyboardInterrupt

    # Three visits would be read by other processes; a single worker in this one is interrupted just the same.
    impatient = Impatient()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sclerograph.batch.run.local_executor", inline_executor)
        with pytest.raises(KeyboardInterrupt):
            run_batch(Request([films], out), settings(), impatient, work=write_like_a_reading)
        assert summary(out) == ["a", "b"]
        _, heard = run(out, films)
    assert sorted(heard.known + heard.fresh) == ["a", "b", "c"]
    assert set(impatient.fresh) <= set(heard.known)


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on_where_it_stopped(tmp_path):
    films, out = tmp_path / "films", tmp_path / "out"
    for number in range(6):
        film(films, f"slow{number}.png")
    program = f"""
from pathlib import Path
from sclerograph.batch.run import Request, run_batch
from tests.batch.test_run import Listening, settings
from tests.batch.works import write_slowly
if __name__ == "__main__":
    asked = Request([Path({str(films)!r})], Path({str(out)!r}), workers=2)
    run_batch(asked, settings(), Listening(), work=write_slowly)
"""
    script = tmp_path / "killed.py"
    script.write_text(program)
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "src")])}
    process = subprocess.Popen([sys.executable, script], env=environment)
    deadline = time.monotonic() + 120
    while len(list(out.glob("slow*"))) < 2:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.wait()
    for folder in out.glob("slow*"):
        assert (folder / "reading.json").exists()
        assert (folder / "run.json").exists()
    # The run's own processes end with it and let go of the folder.
    result, heard = run(out, films)
    assert (result.read + result.current, result.exit_code) == (6, 0)
    assert len(heard.known) >= 2
    assert not list(out.glob(".writing-*"))
    assert summary(out) == [f"slow{number}" for number in range(6)]


@pytest.mark.slow
def test_a_crash_fails_one_film_and_the_next_run_tries_it_again(tmp_path):
    films, out = tmp_path / "films", tmp_path / "out"
    for name in ("crash.png", "a.png", "b.png"):
        film(films, name)
    asked = Request([films], out, workers=2)
    result = run_batch(asked, settings(), Listening(), work=crash_raise_or_read)
    assert (result.read, [problem.path.name for problem in result.problems]) == (2, ["crash.png"])
    assert rejected(out) == ["crash.png: Failed"]
    calls = calls_for(out, "crash")
    run_batch(Request([films / "crash.png"], out), settings(), Listening(), work=write_like_a_reading)
    assert calls_for(out, "crash") == calls + 1
    assert rejected(out) == []


@pytest.mark.bench
def test_a_hundred_thousand_films_are_recognised_in_about_a_minute(tmp_path):
    films, out = tmp_path / "films", tmp_path / "out"
    for number in range(100_000):
        film(films / f"{number // 1000:03d}", f"film{number:06d}.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sclerograph.batch.folder._force_to_disk", lambda path: None)
        patch.setattr("sclerograph.batch.run.local_executor", inline_executor)
        run(out, films)
    start = time.monotonic()
    result, _ = run(out, films)
    seconds = time.monotonic() - start
    assert result.current == 100_000
    assert seconds < 90, f"{seconds:.0f} s"
