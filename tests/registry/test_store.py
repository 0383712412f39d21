"""Going through a whole registry, and several writers at once."""

from __future__ import annotations

import multiprocessing
import threading
import tracemalloc

import pytest

from sclerograph.registry.readings import Added
from sclerograph.registry.store import ClinicalEntry, NewCorrection, Registry
from tests.registry.samples import new_reading

PATIENTS = 12
WRITERS = 8


def add_everything(address: str, shift: int, done: multiprocessing.Queue) -> None:
    """Add every reading, beginning at another one than the other writers, and correct one of them."""
    with Registry(address) as registry:
        new = 0
        for i in range(PATIENTS):
            number = (i + shift) % PATIENTS
            result = registry.add_reading(new_reading(f"film {number}", pseudonym=f"P-{number}"))
            new += result.new
        batch = [new_reading(f"other {n}", pseudonym=f"P-{n}", visit="month 12") for n in range(PATIENTS)]
        new += sum(isinstance(result, Added) and result.new for result in registry.add_readings(batch))
        values = [ClinicalEntry(f"P-{n}", "shared", n) for n in range(PATIENTS)]
        registry.set_values([*values, ClinicalEntry(f"P-{shift}", f"own {shift}", shift)], origin="t", author="Dr. A")
    done.put(new)


@pytest.mark.slow
def test_of_eight_processes_that_write_the_same_nothing_is_lost_and_nothing_is_double(address):
    # Processes that begin from nothing, as those of several users do, but import what they need only once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.registry.samples", "sclerograph.registry.store"])
    done = context.Queue()
    writers = [context.Process(target=add_everything, args=(address, shift, done)) for shift in range(WRITERS)]
    for writer in writers:
        writer.start()
    new = [done.get(timeout=300) for _ in writers]
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert sum(new) == 2 * PATIENTS
    with Registry(address) as registry:
        info = registry.info()
        assert (info.patients, info.visits, info.films) == (PATIENTS, 2 * PATIENTS, 2 * PATIENTS)
        assert info.software_readings == 2 * PATIENTS
        assert info.clinical_values == PATIENTS + WRITERS
        assert sorted((c.pseudonym, c.visit) for c in registry.current_readings()) == sorted(
            (f"P-{n}", visit) for n in range(PATIENTS) for visit in ("baseline", "month 12")
        )


def test_of_correctors_at_the_same_time_one_gets_through(registry):
    registry.add_reading(new_reading("a"))
    (base,) = registry.readings_of("P-1")
    outcomes = []

    def correct(author: str) -> None:
        change = {"op": "replace", "path": "/hands/0/tufts/0/grade", "value": 1}
        try:
            outcomes.append(registry.correct(NewCorrection("P-1", "baseline", base.sha256, [change]), author).new)
        except Exception as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=correct, args=(f"Dr. {i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == ["RefusedEntry"] * 3 + [True]
    assert len(registry.readings_of("P-1")[0].corrections) == 1


def test_who_goes_through_a_registry_sees_one_moment(registry):
    registry.add_readings([new_reading(f"f{n}", pseudonym=f"P-{n}") for n in range(4)])
    going = registry.current_readings(batch=2)
    first = next(going)
    registry.add_reading(new_reading("f3", pseudonym="P-3", version="0.2.0"))
    registry.add_reading(new_reading("f9", pseudonym="P-9"))
    seen = [first, *going]
    assert [(c.pseudonym, c.made_by) for c in seen] == [(f"P-{n}", "sclerograph 0.1.0") for n in range(4)]
    assert [c.pseudonym for c in registry.current_readings(batch=2)] == ["P-0", "P-1", "P-2", "P-3", "P-9"]


@pytest.mark.parametrize("batch", [1, 3, 500])
def test_batches_do_not_show(registry, batch):
    registry.add_readings([new_reading(f"f{n}", pseudonym=f"P-{n}") for n in range(7)])
    assert [c.pseudonym for c in registry.current_readings(batch=batch)] == [f"P-{n}" for n in range(7)]
    assert list(registry.pseudonyms()) == [f"P-{n}" for n in range(7)]


def test_memory_holds_one_batch(tmp_path):
    peaks = []
    # The first time fills the caches of the database's library.
    for patients in (12, 15, 60):
        with Registry.create(tmp_path / f"{patients}.sqlite") as registry:
            registry.add_readings([new_reading(f"f{n}", pseudonym=f"P-{n}") for n in range(patients)])
            tracemalloc.start()
            assert sum(1 for _ in registry.current_readings(batch=3)) == patients
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[2] < 1.5 * peaks[1]


def test_a_registry_says_what_it_holds(registry, kind):
    registry.add_readings([new_reading("a"), new_reading("a", origin="reader", made_by="Dr. A")])
    info = registry.info()
    assert info.kind == {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[kind]
    assert (info.software_readings, info.reader_readings, info.films) == (1, 1, 1)
