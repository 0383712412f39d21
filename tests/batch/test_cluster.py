"""Reading on a cluster, through the same interface as on one machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.local_cluster import LocalCluster, local_cluster
from sclerograph.batch.manifest import Settings
from sclerograph.batch.options import Options
from sclerograph.batch.pool import cluster_executor, run_tasks
from sclerograph.batch.run import Request, run_batch
from sclerograph.batch.work import Task
from sclerograph.errors import UsageError
from tests.batch.test_run import Listening, film, rejected, settings, summary
from tests.batch.works import calls_for, crash_raise_or_read, write_like_a_reading, write_slowly, write_where

pytest.importorskip("distributed", reason="dask.distributed is not installed (extra cluster)")
pytestmark = [
    pytest.mark.slow,
    # Its clients leave sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> LocalCluster:
    with local_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


def tasks(out: Path, *names: str) -> list[Task]:
    out.mkdir()
    return [Task(name, (out / f"{name}.png",), Settings("0.1.0", (), {}), Options(), out) for name in names]


def test_a_run_on_a_cluster_is_like_one_on_this_machine(cluster, tmp_path):
    films, out = tmp_path / "films", tmp_path / "out"
    for name in (*(f"film{i}.png" for i in range(12)), "refuse.png"):
        film(films, name)
    request = Request([films], out, workers=2, scheduler=cluster.address)
    heard = Listening()
    first = run_batch(request, settings(), heard, work=write_like_a_reading)
    assert (first.read, first.current, first.hands, first.exit_code) == (12, 0, 12, 1)
    assert len(heard.fresh) == 13
    assert summary(out) == sorted(f"film{i}" for i in range(12))
    assert rejected(out) == ["refuse.png: NotAHandRadiograph"]
    again = run_batch(request, settings(), Listening(), work=write_like_a_reading)
    assert (again.read, again.current) == (0, 12)
    assert all(calls_for(out, f"film{i}") == 1 for i in range(12))


def test_both_workers_work(cluster, tmp_path):
    made = tasks(tmp_path / "out", *(f"where{i}" for i in range(8)))
    outcomes = [outcome for _, outcome in run_tasks(made, write_where, cluster_executor(cluster.address), 4)]
    assert {outcome.films[0].reason for outcome in outcomes} == {str(process.pid) for process in cluster.workers}


def test_an_error_is_the_failure_of_its_task_alone(cluster, tmp_path):
    made = tasks(tmp_path / "out", "film1", "raise", "film2")
    executor = cluster_executor(cluster.address)
    statuses = {task.name: outcome.status for task, outcome in run_tasks(made, crash_raise_or_read, executor, 2)}
    assert statuses == {"film1": "read", "raise": "failed", "film2": "read"}


def test_a_run_that_is_stopped_drops_what_has_not_begun(cluster, tmp_path):
    made = tasks(tmp_path / "out", *(f"film{i}" for i in range(40)))
    for task in made:
        film(task.out, task.films[0].name)
    running = run_tasks(made, write_slowly, cluster_executor(cluster.address), 10)
    next(running)
    running.close()
    begun = len(list((tmp_path / "calls").iterdir()))
    assert 1 <= begun < 20
    with cluster_executor(cluster.address)(1) as executor:
        assert executor.submit(len, "the cluster goes on").result(timeout=60) == 19


def test_an_address_where_nobody_listens_is_said():
    with pytest.raises(UsageError, match="no scheduler answers"):
        cluster_executor("tcp://127.0.0.1:1")


def test_a_worker_that_dies_loses_nothing(tmp_path):
    with local_cluster(tmp_path) as own:
        made = tasks(tmp_path / "out", *(f"slow{i}" for i in range(8)))
        running = run_tasks(made, crash_raise_or_read, cluster_executor(own.address), 2)
        done = [next(running)]
        own.workers[0].kill()
        done += running
    assert sorted(task.name for task, _ in done) == [f"slow{i}" for i in range(8)]
    assert {outcome.status for _, outcome in done} == {"read"}
