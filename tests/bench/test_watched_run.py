from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bench.watched_run import Sample, done_visits, growth_bytes, memory_of, watched_read

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory of processes is told on Linux only")


def samples(resident, visits: int = 100) -> list[Sample]:
    return [Sample(done, round(resident(done))) for done in range(visits + 1)]


def test_memory_that_stays_has_no_growth_whatever_it_was_in_the_beginning():
    assert growth_bytes(samples(lambda done: 5e8 if done > 10 else 1e7)) == 0.0


def test_memory_that_grows_with_each_visit_is_seen():
    assert growth_bytes(samples(lambda done: 5e8 + 1e6 * done)) == pytest.approx(60e6)


def test_one_large_film_is_no_growth():
    assert growth_bytes(samples(lambda done: 9e8 if done == 97 else 5e8)) == 0.0


def test_too_few_looks_tell_nothing():
    assert growth_bytes([Sample(0, 1), Sample(10, 2)]) is None


def test_visits_are_whole_folders(tmp_path):
    assert done_visits(tmp_path / "none") == 0
    for name in ("a", "b", ".writing-c"):
        (tmp_path / name).mkdir()
    (tmp_path / "summary.csv").touch()
    assert done_visits(tmp_path) == 2


@linux
def test_the_memory_of_a_process_is_told_until_it_ends():
    assert memory_of(os.getpid()) > 1_000_000
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert memory_of(process.pid) == 0


@linux
@pytest.mark.slow
def test_a_run_is_watched_to_its_end(tmp_path):
    watched = watched_read(tmp_path / "none", tmp_path / "out", [], every_s=0.05)
    assert (watched.exit_code, watched.killed) == (2, False)
    assert "none of the given paths exists" in watched.last_words
    assert max(each.resident_bytes for each in next(iter(watched.samples.values()))) > 1_000_000
