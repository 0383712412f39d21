"""What a run over many films shows on the terminal: a bar while it goes on, one line for each input left out."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from sclerograph.batch.run import BatchResult
from sclerograph.batch.visits import shown
from sclerograph.batch.work import FAILED, Outcome

__all__ = ["TerminalListener"]


class TerminalListener(AbstractContextManager["TerminalListener"]):
    """Shows a run on the error stream; without a terminal there is no bar, and the lines are the same."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console if console is not None else Console(stderr=True, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self._bar = self._progress.add_task("looking for films", total=None)

    def __enter__(self) -> TerminalListener:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def planned(self, visits: int) -> None:
        """Show how many visits there are."""
        self._progress.update(self._bar, total=visits, description="reading")

    def finished(self, outcome: Outcome, current: bool) -> None:
        """Count a visit, and name the films of it that were not read."""
        for film in outcome.problems:
            what = "failed" if film.kind == FAILED else "rejected"
            line = f"{what}: {shown(film.path)}: {film.reason}"
            self.console.print(line, markup=False, highlight=False, soft_wrap=True)
        self._progress.advance(self._bar)

    @staticmethod
    def summary(result: BatchResult, out: Path) -> str:
        """Return the last lines of a run."""
        hands = _count(result.hands, "hand")
        lines = [f"{_count(result.read, 'visit')} read, {result.current} already current, {hands}: {out}"]
        if result.problems:
            lines.append(f"{_count(len(result.problems), 'input')} left out, see {out / 'rejected.csv'}")
        lines.append("For research use only. Not for diagnosis or treatment decisions.")
        return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
