from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sclerograph.batch.manifest import Settings
from sclerograph.batch.options import Options
from sclerograph.batch.pool import cluster_executor, inline_executor, local_executor, run_tasks
from sclerograph.batch.work import FAILED, Task
from sclerograph.errors import MissingComponent
from tests.batch.works import calls_for, crash_raise_or_read

SETTINGS = Settings("0.1.0", (), {})


def tasks(out: Path, *names: str) -> list[Task]:
    out.mkdir()
    return [Task(name, (out / f"{name}.png",), SETTINGS, Options(), out) for name in names]


def statuses(made: list[Task], executor, workers: int) -> dict[str, str]:
    return {task.name: outcome.status for task, outcome in run_tasks(made, crash_raise_or_read, executor, workers)}


def test_every_task_is_done_once_in_this_process(tmp_path):
    names = [f"film{i}" for i in range(7)]
    made = tasks(tmp_path / "out", *names)
    assert statuses(made, inline_executor, 3) == dict.fromkeys(names, "read")
    assert all(calls_for(tmp_path / "out", name) == 1 for name in names)


def test_an_error_is_the_failure_of_its_task_alone_and_keeps_its_values_to_itself(tmp_path):
    made = tasks(tmp_path / "out", "film1", "raise", "film2")
    outcomes = {task.name: outcome for task, outcome in run_tasks(made, crash_raise_or_read, inline_executor, 1)}
    assert {name: outcome.status for name, outcome in outcomes.items()} == {
        "film1": "read",
        "raise": "failed",
        "film2": "read",
    }
    (film,) = outcomes["raise"].problems
    assert film.kind == FAILED
    assert "ValueError" in film.reason
    assert "nobody may see" not in film.reason


@pytest.mark.slow
def test_a_process_that_dies_takes_only_its_own_film_with_it(tmp_path):
    names = ["slow1", "crash1", "slow2", "film1", "film2", "crash2", "film3"]
    made = tasks(tmp_path / "out", *names)
    expected = {name: "failed" if name.startswith("crash") else "read" for name in names}
    assert statuses(made, local_executor, 2) == expected


@pytest.mark.skipif("distributed" in sys.modules, reason="dask.distributed is installed")
def test_a_cluster_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingComponent, match=r"sclerograph\[cluster\]"):
        cluster_executor("tcp://127.0.0.1:1")
