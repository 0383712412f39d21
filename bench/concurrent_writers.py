"""Eight processes that write readings into one registry at the same time: none may be lost, none may be there twice.

Each writer offers its own share of the readings and, backwards, that of its neighbour, so that two processes want to
write each reading. It writes its own one by one and its neighbour's in batches.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from bench.measure import Measure, Outcome, Row, Skipped, Target, Workplace
from bench.postgresql_server import NoServer, running_server
from bench.sample_readings import sample_document
from sclerograph.registry.readings import Added, NewReading
from sclerograph.registry.store import Registry

__all__ = ["MEASURE", "Written", "write_at_once"]

_WRITERS = 8
_READINGS_OF_A_WRITER = 250
_BATCH = 25
#: Far more than any of it takes; without it a writer that died would be waited for for ever.
_PATIENCE_SECONDS = 1800.0
_VISITS = ("baseline", "month 12")


def run(workplace: Workplace) -> Outcome:
    """Write into SQLite and into PostgreSQL."""
    share = workplace.count(_READINGS_OF_A_WRITER)
    rows: list[Row] = []
    notes = []
    for kind in workplace.each(("SQLite", "PostgreSQL"), "writers"):
        try:
            with _address(kind) as address:
                Registry.create(address).close()
                rows += _rows(kind, share * _WRITERS, write_at_once(address, _WRITERS, share))
        except NoServer as reason:
            notes.append(f"{kind}: {reason}")
    if not rows:
        raise Skipped("; ".join(notes))
    return Outcome(rows, {"writers": _WRITERS, "readings_of_a_writer": share}, notes=notes)


class Written:
    """What a registry holds after the writers are through, and how long they took."""

    def __init__(self, address: str, wanted: int, said_new: int, seconds: float) -> None:
        self.said_new, self.seconds = said_new, seconds
        with Registry(address) as registry:
            there = Counter((each.pseudonym, each.visit) for each in registry.current_readings(batch=100))
            self.stored = registry.info().software_readings
        self.lost = sum((_whose(number) not in there) for number in range(wanted))
        self.double = self.stored - len(there)


def write_at_once(address: str, writers: int, share: int) -> Written:
    """Let so many processes write at once, and look at what is there afterwards."""
    # Processes that begin from nothing, as those of several users do, but import what they need only once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.run"])
    start_together = context.Barrier(writers + 1)
    counts = context.Queue()
    processes = [
        context.Process(target=_write, args=(address, writer, writers, share, start_together, counts))
        for writer in range(writers)
    ]
    for process in processes:
        process.start()
    start_together.wait(_PATIENCE_SECONDS)
    start = time.perf_counter()
    said_new = sum(counts.get(timeout=_PATIENCE_SECONDS) for _ in processes)
    seconds = time.perf_counter() - start
    for process in processes:
        process.join()
    return Written(address, writers * share, said_new, seconds)


def _write(address: str, writer: int, writers: int, share: int, start_together: Barrier, counts: Queue[int]) -> None:
    neighbour = (writer + 1) % writers
    own = [_reading(number) for number in range(writer * share, (writer + 1) * share)]
    others = [_reading(number) for number in reversed(range(neighbour * share, (neighbour + 1) * share))]
    with Registry(address) as registry:
        start_together.wait(_PATIENCE_SECONDS)
        new = 0
        remaining = iter(others)
        while batch := list(islice(remaining, _BATCH)):
            results = registry.add_readings(batch)
            new += sum(isinstance(result, Added) and result.new for result in results)
            new += sum(registry.add_reading(reading).new for reading in own[: len(batch)])
            del own[: len(batch)]
    counts.put(new)


def _whose(number: int) -> tuple[str, str]:
    """Return the patient and visit of a reading: two visits a patient, so that writers meet at patients too."""
    return f"P-{number // len(_VISITS):05d}", _VISITS[number % len(_VISITS)]


def _reading(number: int) -> NewReading:
    document = sample_document(number)
    pseudonym, visit = _whose(number)
    return NewReading(pseudonym, visit, document, hashlib.sha256(json.dumps(document).encode()).hexdigest())


@contextmanager
def _address(kind: str) -> Iterator[str]:
    if kind == "SQLite":
        with tempfile.TemporaryDirectory() as folder:
            yield str(Path(folder) / "registry.sqlite")
        return
    with running_server(durable=True) as server:
        yield server.new_database()


def _rows(kind: str, wanted: int, written: Written) -> list[Row]:
    on, n_of = f"{kind}, {_WRITERS} processes", "readings, each offered twice"
    key = kind.lower()
    return [
        Row(f"writers_lost_{key}", "readings lost", on, written.lost, "", wanted, n_of, Target("<=", 0)),
        Row(f"writers_double_{key}", "readings there twice", on, written.double, "", wanted, n_of, Target("<=", 0)),
        Row(
            f"writers_said_{key}",
            "readings that more than one writer, or none, was told it had added",
            on,
            abs(written.said_new - wanted),
            "",
            wanted,
            n_of,
            Target("<=", 0),
        ),
        Row(f"writers_speed_{key}", "readings added a second", on, wanted / written.seconds, "/s", wanted, n_of),
    ]


MEASURE = Measure("concurrent_writers", "Several writers of one registry", run)
