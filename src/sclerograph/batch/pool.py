"""Many visits at once, on this machine or on a cluster, behind the interface of :mod:`concurrent.futures`.

A process that dies, because a decoder crashed or the system took its memory, takes with it what other processes were
doing: the standard library cannot say whose fault it was. So every visit that was under way is read again, each in a
process of its own, and only the one that kills its process again is given up.
"""

from __future__ import annotations

import itertools
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from typing import Any, ParamSpec, TypeVar

from sclerograph.batch.work import FAILED, FilmState, Outcome, Task, failure
from sclerograph.errors import MissingComponent, UsageError

__all__ = ["cluster_executor", "inline_executor", "local_executor", "run_tasks", "usable_cores"]

P = ParamSpec("P")
T = TypeVar("T")

Work = Callable[[Task], Outcome]


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_tasks(
    tasks: Iterable[Task], work: Work, make_executor: Callable[[int], Executor], workers: int
) -> Iterator[tuple[Task, Outcome]]:
    """Do the work for every task and yield the outcomes as they come, in no fixed order.

    Parameters
    ----------
    tasks
        Taken as they are needed, two for each worker at a time.
    work
        A function of a module (it is sent to other processes by name).
    make_executor
        Returns a fresh executor with so many workers.
    workers
        How many tasks run at once.
    """
    waiting = iter(tasks)
    while True:
        suspects: list[Task] = []
        executor = make_executor(workers)
        try:
            under_way: dict[Future[Outcome], Task] = {}
            while not suspects:
                for task in itertools.islice(waiting, 2 * workers - len(under_way)):
                    under_way[executor.submit(work, task)] = task
                if not under_way:
                    return
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    task = under_way.pop(future)
                    try:
                        yield task, _outcome(future, task)
                    except BrokenExecutor:
                        suspects.append(task)
            for future, task in under_way.items():
                try:
                    yield task, _outcome(future, task)
                except BrokenExecutor:
                    suspects.append(task)
        except BrokenExecutor:
            # The executor broke between two looks at it: submit() said so, and everything under way is suspect.
            suspects += under_way.values()
            suspects.append(task)
        finally:
            executor.shutdown(wait=True, cancel_futures=True)
        for task in suspects:
            yield task, _alone(task, work, make_executor)


def _outcome(future: Future[Outcome], task: Task) -> Outcome:
    """Return what became of a task; an error of the task's transport, such as a lost machine, is its failure."""
    try:
        return future.result()
    except BrokenExecutor:
        raise
    except Exception as error:
        if type(error).__name__ == "KilledWorker":
            # Of a cluster, whose package need not be installed here: so many machines in turn ended with this task.
            return _gave_up(task)
        return failure(task, error)


def _alone(task: Task, work: Work, make_executor: Callable[[int], Executor]) -> Outcome:
    """Do one task in a process of its own."""
    with make_executor(1) as executor:
        try:
            return _outcome(executor.submit(work, task), task)
        except BrokenExecutor:
            return _gave_up(task)


def _gave_up(task: Task) -> Outcome:
    reason = "its process ended at once (a crash, or not enough memory): leave the file out or use fewer --workers"
    return Outcome(task.name, "failed", tuple(FilmState(path, None, FAILED, reason) for path in task.films))


def local_executor(workers: int) -> Executor:
    """Return an executor with processes on this machine, started afresh (spawned) and ended with their parent."""
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker)


def _start_worker() -> None:
    """Prepare a process: Ctrl-C is the parent's to handle, and a parent that was killed takes its children with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The networks get their number of threads; the array libraries beside them would each take all cores.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


class _Inline(Executor):
    """Does the work at once in this process: for a single visit, starting another process would take longer."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def inline_executor(workers: int) -> Executor:
    """Return an executor that works in this process, whatever the number of workers."""
    return _Inline()


class _Cluster(Executor):
    """The workers of a cluster; unlike the executor of its own package it can drop what has not begun.

    A machine that is lost is not given up at once: the scheduler has its task done by another, three times.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False)
        self._futures: weakref.WeakSet[Future[Any]] = weakref.WeakSet()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = self._executor.submit(fn, *args, **kwargs)
        self._futures.add(future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if cancel_futures:
            for future in list(self._futures):
                future.cancel()
        self._executor.shutdown(wait=wait)
        self._client.close()


def cluster_executor(address: str) -> Callable[[int], Executor]:
    """Return a maker of executors on the cluster whose scheduler listens at this address.

    The machines of the cluster must see the films and the output folder under the same paths.

    Raises
    ------
    MissingComponent
        ``dask.distributed`` is not installed.
    UsageError
        No scheduler answers at the address.
    """
    try:
        from distributed import Client
    except ImportError:
        raise MissingComponent(
            "--scheduler needs dask.distributed, which is not installed: pip install 'sclerograph[cluster]'"
        ) from None

    # Where the package is installed it says nothing of types.
    make_client: Any = Client

    def connect() -> Any:
        try:
            return make_client(address, timeout=10, set_as_default=False)
        except (OSError, ValueError, TimeoutError):
            raise UsageError(
                f"no scheduler answers at {address}: give the address that dask scheduler prints"
            ) from None

    # Asked once before anything is planned, so that a wrong address is said at once.
    connect().close()
    return lambda workers: _Cluster(connect())
