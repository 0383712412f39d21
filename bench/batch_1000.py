"""A thousand films as one batch: speed, memory over time, killed and continued; and 100,000 that are read already."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from bench.local_cluster import local_cluster
from bench.measure import Measure, Outcome, Row, Skipped, Target, Workplace
from bench.provenance import simulator_sha256
from bench.watched_run import WatchedRun, done_visits, growth_bytes, watched_read
from sclerograph.batch.index import INDEX_FILE
from sclerograph.batch.manifest import MANIFEST_FILE, FilmRecord, Manifest
from sclerograph.batch.options import Options
from sclerograph.batch.settings import installed_settings

__all__ = ["MEASURE"]

_FIRST_SEED = 11_000_000
_FILMS = 1_000
_KNOWN_FILMS = 100_000
#: Half the rows and columns of the other simulated films, for the same hand.
_ROWS, _COLUMNS, _PIXEL_MM = 440, 340, 0.56
#: The batch is killed when this share of its visits is done; after the last time it goes on to the end.
_KILLED_AT = (0.1, 0.2, 0.3)
#: The other ways to read it are timed on a part of the films.
_PART = 5
_WORKERS = 2
_MOST_GROWTH_MB = 50.0
#: With fewer films what grows is what every process loads once.
_LEAST_FILMS_FOR_GROWTH = 100
_FILMS_IN_A_FOLDER = 1_000


def run(workplace: Workplace) -> Outcome:
    """Read the batch with one worker, with two, and on a cluster of this machine; find the large folder current."""
    if not sys.platform.startswith("linux"):
        raise Skipped("memory of processes and kill -9 are watched on Linux only")
    films = _films(workplace)
    count = len(list(films.iterdir()))
    with tempfile.TemporaryDirectory(prefix="sclerograph-batch-") as name:
        folder = Path(name)
        part = folder / "part"
        part.mkdir()
        for path in sorted(films.iterdir())[:: _PART if count >= _PART * 4 else 1]:
            (part / path.name).symlink_to(path)
        rows, details = _killed_and_continued(films, folder / "batch", count)
        rows += _timed_part(part, folder)
        rows += _known(folder / "known", workplace.count(_KNOWN_FILMS) if workplace.limited else _KNOWN_FILMS)
    notes = [
        f"Films have {_ROWS}x{_COLUMNS} pixels; reports are included, and each command starts cold.",
        "The batch of two workers was killed with kill -9 three times and continued with the same command; its speed "
        "and its memory are those of the last stretch.",
    ]
    return Outcome(rows, details, [_FIRST_SEED, _FIRST_SEED + count - 1], notes)


def _films(workplace: Workplace) -> Path:
    """Return the folder of the films; those that were not simulated before are simulated now."""
    count = workplace.count(_FILMS)
    kept = workplace.cache / f"batch-{simulator_sha256()[:12]}"
    kept.mkdir(parents=True, exist_ok=True)
    for seed in workplace.each(range(_FIRST_SEED, _FIRST_SEED + count), "films for the batch of a thousand"):
        path = kept / f"{seed}.png"
        if not path.is_file():
            from sclerograph.phantom.film import simulate_film

            random = np.random.default_rng(seed)
            film = simulate_film(random, rows=_ROWS, columns=_COLUMNS, pixel_mm=_PIXEL_MM)
            partial = kept / f".{seed}.png"
            Image.fromarray(film.image).save(partial, format="PNG")
            partial.replace(path)
    # As many as asked for, also where more are kept.
    chosen = kept / f"first-{count}"
    if not chosen.is_dir():
        making = kept / f".first-{count}"
        making.mkdir(exist_ok=True)
        for seed in range(_FIRST_SEED, _FIRST_SEED + count):
            link = making / f"{seed}.png"
            if not link.exists():
                link.hardlink_to(kept / f"{seed}.png")
        making.rename(chosen)
    return chosen


def _killed_and_continued(films: Path, out: Path, count: int) -> tuple[list[Row], dict[str, object]]:
    options = ["--workers", str(_WORKERS)]
    whole: dict[str, int] = {}
    repeated = 0
    for share in _KILLED_AT:
        stretch = watched_read(films, out, options, kill_at=max(1, round(share * count)), every_s=0.2)
        if not stretch.killed:
            raise RuntimeError(f"the batch ended before it was killed: {stretch.last_words}")
        repeated += _made_again(out, whole)
        whole = _made_at(out)
    before = len(whole)
    last = watched_read(films, out, options)
    repeated += _made_again(out, whole)
    _require_read(last)
    visits = done_visits(out)
    with (out / "summary.csv").open(encoding="utf-8-sig", newline="") as stream:
        named = {line["reading"] for line in csv.DictReader(stream)}
    with (out / "rejected.csv").open(encoding="utf-8-sig", newline="") as stream:
        rejected = {Path(line["file"]).stem for line in csv.DictReader(stream)}
    lost = len({path.stem for path in films.iterdir()} - set(_made_at(out)) - rejected)
    left = len([path for path in out.iterdir() if path.name.startswith(".") and path.name != INDEX_FILE])
    on = "simulated films, killed three times"
    rows = [
        _speed("batch_two_workers", f"films a minute, {_WORKERS} workers", count - before, last.seconds),
        Row("batch_lost", "films lost by kill -9", on, lost + len(set(_made_at(out)) - named), "", count, "films",
            Target("<=", 0)),
        Row("batch_repeated", "films read again after kill -9", on, repeated, "", count, "films", Target("<=", 0)),
        Row("batch_left", "unfinished things left in the output folder", on, left, "", count, "films", Target("<=", 0)),
        _growth("batch_memory_growth", last, visits - before),
    ]  # fmt: skip
    memory = {
        f"process {number}": [
            [sample.done, round(sample.resident_bytes / 1e6)] for sample in samples[:: max(1, len(samples) // 100)]
        ]
        for number, samples in enumerate(last.samples.values(), start=1)
    }
    return rows, {"memory_mb_by_visits_done": memory}


def _require_read(watched: WatchedRun) -> None:
    # 1: some films were rejected, as a film without a recognisable hand is.
    if watched.exit_code not in (0, 1):
        raise RuntimeError(f"sclerograph read ended with {watched.exit_code}: {watched.last_words}")


def _made_at(out: Path) -> dict[str, int]:
    """Return when each whole visit of a folder was made."""
    return {path.parent.name: path.stat().st_mtime_ns for path in out.glob(f"[!.]*/{MANIFEST_FILE}")}


def _made_again(out: Path, whole: dict[str, int]) -> int:
    now = _made_at(out)
    return sum(now.get(name) != moment for name, moment in whole.items())


def _speed(key: str, measure: str, films: int, seconds: float) -> Row:
    on = f"simulated films of {_ROWS}x{_COLUMNS}, reports included"
    return Row(key, measure, on, 60.0 * films / seconds, "films/min", films, "films")


def _growth(key: str, watched: WatchedRun, films: int) -> Row:
    enough = films >= _LEAST_FILMS_FOR_GROWTH
    grown = [growth_bytes(samples) for samples in watched.samples.values()] if enough else []
    known = [each / 1e6 for each in grown if each is not None]
    target = Target("<=", _MOST_GROWTH_MB, "MB")
    measure = "growth of memory of one process, second to last fifth of the batch"
    return Row(key, measure, "simulated films", max(known, default=None), "MB", films, "films", target)


def _timed_part(part: Path, folder: Path) -> list[Row]:
    """Time one worker, and a scheduler with two workers on this machine."""
    count = len(list(part.iterdir()))
    alone = watched_read(part, folder / "alone", ["--workers", "1"])
    _require_read(alone)
    rows = [_speed("batch_one_worker", "films a minute, 1 worker", count, alone.seconds)]
    if importlib.util.find_spec("distributed") is None:
        return rows
    (folder / "cluster").mkdir()
    with local_cluster(folder / "cluster", _WORKERS) as cluster:
        options = ["--scheduler", cluster.address, "--workers", str(_WORKERS)]
        numbers = [process.pid for process in cluster.workers]
        spread = watched_read(part, folder / "spread", options, others=numbers)
        _require_read(spread)
    rows.append(
        _speed("batch_cluster", f"films a minute, Dask cluster of {_WORKERS} workers here", count, spread.seconds)
    )
    rows.append(_growth("batch_cluster_memory_growth", spread, count))
    return rows


def _known(folder: Path, count: int) -> list[Row]:
    """Time the command on a folder of films that were all read before."""
    films, out = folder / "films", folder / "out"
    _make_known(films, out, count)
    command = [sys.executable, "-m", "sclerograph", "read", str(films), "--out", str(out)]
    rows = []
    for key, measure in (
        ("known_without_index", "films already read, recognised without the index"),
        ("known_with_index", "films already read, recognised"),
    ):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        if f"0 visits read, {count} already current" not in done.stdout:
            raise RuntimeError(f"the films were not recognised: {(done.stdout + done.stderr)[-400:]}")
        target = Target("<=", 60.0, "s") if key == "known_with_index" else None
        rows.append(Row(key, measure, "small files with a visit's folder each", seconds, "s", count, "films", target))
    return rows


def _make_known(films: Path, out: Path, count: int) -> None:
    """Make films, and the folders that reading them would have left; what is in a film plays no part."""
    settings = installed_settings(Options())
    out.mkdir(parents=True)
    for number in range(count):
        inside = films / f"{number // _FILMS_IN_A_FOLDER:03d}"
        if number % _FILMS_IN_A_FOLDER == 0:
            inside.mkdir(parents=True)
        stem = f"film{number:06d}"
        content = b"\x89PNG\r\n\x1a\n" + stem.encode() + bytes(200)
        (inside / f"{stem}.png").write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        visit = out / stem
        visit.mkdir()
        (visit / "reading.json").write_text("{}")
        (visit / "summary.csv").write_text(f"reading,films\n{stem},1\n")
        record = FilmRecord(f"{stem}.png", sha256)
        manifest = Manifest(settings.fingerprint([sha256]), settings, (record,), 1)
        (visit / MANIFEST_FILE).write_text(manifest.text())


MEASURE = Measure("batch_1000", "A thousand films, and a hundred thousand read already", run)
