from __future__ import annotations

import resource
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from sclerograph import __version__
from sclerograph.cli import main as module
from sclerograph.cli.main import app, main
from sclerograph.errors import MissingComponent, UnreadableFile, UsageError

HELP_SECONDS = 0.4


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sclerograph", *arguments], capture_output=True, text=True, check=False
    )


def test_help_names_every_command_and_costs_little():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = run("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert result.returncode == 0
    for command in ("read", "compare", "score", "simulate", "models", "schema"):
        assert command in result.stdout
    # The processor's time, not the clock's: other work on the machine is not ours to answer for.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < HELP_SECONDS


@pytest.mark.parametrize("command", ["read", "compare", "score", "models", "schema", "simulate"])
def test_every_command_has_help(command):
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_the_version_is_that_of_the_package():
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.output.strip()) == (0, f"sclerograph {__version__}")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["read"],
        ["read", "a.png"],
        ["read", "a.png", "--out", "o", "--workers", "0"],
        ["read", "a.png", "--out", "o", "--side", "middle"],
        ["read", "a.png", "--out", "o", "--view", "AXIAL"],
        ["diagnose"],
    ],
)
def test_wrong_usage_exits_with_2(arguments):
    assert CliRunner().invoke(app, arguments).exit_code == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnreadableFile("an empty file", "it holds no bytes", "copy it again"), 1),
        (UsageError("the folder cannot be written"), 2),
        (MissingComponent("the finder network is not installed"), 2),
    ],
)
def test_an_error_becomes_one_line_and_its_exit_status(monkeypatch, capsys, error, code):
    failing = typer.Typer()

    @failing.command()
    def fail() -> None:
        raise error

    failing._add_completion = False
    failing.pretty_exceptions_enable = False
    monkeypatch.setattr(module, "app", failing)
    monkeypatch.setattr(sys, "argv", ["sclerograph"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == code
    assert capsys.readouterr().err == f"error: {error}\n"
