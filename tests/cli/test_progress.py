from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from sclerograph.batch.run import BatchResult
from sclerograph.batch.work import FAILED, FilmState, Outcome
from sclerograph.cli.progress import TerminalListener


def spoken(*outcomes: Outcome, width: int = 40, terminal: bool = False) -> str:
    stream = io.StringIO()
    listener = TerminalListener(Console(file=stream, width=width, force_terminal=terminal))
    with listener:
        listener.planned(len(outcomes))
        for outcome in outcomes:
            listener.finished(outcome, False)
    return stream.getvalue()


def test_each_input_that_was_left_out_has_one_line_however_long():
    long = FilmState(
        Path("/films/[red]a.png"), None, "UnreadableFile", "an empty file: " + "it holds no bytes, " * 9 + "sorry"
    )
    failed = FilmState(Path("/films/b.png"), None, FAILED, "its process ended")
    fine = FilmState(Path("/films/c.png"), "00")
    text = spoken(Outcome("a", "refused", (long,)), Outcome("b", "failed", (failed, fine)))
    first, second = text.splitlines()
    assert first == f"rejected: /films/[red]a.png: {long.reason}"
    assert second == "failed: /films/b.png: its process ended"


def test_on_a_terminal_a_bar_counts_the_visits():
    outcomes = [Outcome(str(i), "read", (FilmState(Path("a.png"), "00"),), 1) for i in range(3)]
    assert "3/3" in spoken(*outcomes, width=100, terminal=True)


def test_the_summary_counts_and_points_to_what_was_left_out(tmp_path):
    problem = FilmState(Path("a.png"), None, "UnreadableFile", "empty")
    text = TerminalListener.summary(BatchResult(1, 2, 4, [problem]), tmp_path)
    assert f"1 visit read, 2 already current, 4 hands: {tmp_path}" in text
    assert f"1 input left out, see {tmp_path / 'rejected.csv'}" in text
    assert "Not for diagnosis" in text
    assert "left out" not in TerminalListener.summary(BatchResult(1), tmp_path)
