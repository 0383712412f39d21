from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sclerograph.cli.session import session
from sclerograph.registry.sessions import presentations, session_plan
from sclerograph.registry.store import Registry
from tests.registry.session_samples import fill, filled, write_form


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "registry.sqlite"
    with Registry.create(path) as registry:
        fill(registry)
    return path


def run(*arguments: str | Path):
    return CliRunner().invoke(session, [str(argument) for argument in arguments])


def test_a_session_from_the_plan_to_the_answers(base, tmp_path):
    readers = ["--reader", "Dr. A", "--reader", "Dr. B"]
    made = run("create", base, "first", *readers, "--author", "Dr. C", "--seed", "5", "--repeats", "2")
    assert (made.exit_code, made.output) == (0, "8 films of 4 patients; each of 2 readers gets 10\n")
    listed = run("worklist", base, "first", "--out", tmp_path / "lists")
    assert listed.exit_code == 0
    assert len(list((tmp_path / "lists").glob("*/form.csv"))) == 2
    with Registry(base) as registry:
        shown, items = presentations(registry, "first", "Dr. A"), session_plan(registry, "first").items
    wrong = {(shown[3].code, "L"): {"tuft_5": "9"}}
    form = write_form(tmp_path, filled(items, shown, wrong))
    imported = run("import", base, "first", form, "--reader", "Dr. A", "--out", tmp_path / "out")
    assert imported.exit_code == 1
    assert "problem: column G (tuft_5): is not from 0 to 4: 1 row, first row 5" in imported.output
    assert "9 hands recorded, 0 already there, 1 set aside, 0 not read yet" in imported.output
    again = run("import", base, "first", form, "--reader", "Dr. A", "--out", tmp_path / "out")
    assert "0 hands recorded, 9 already there, 1 set aside" in again.output
    status = run("status", base)
    assert "first\n  Dr. A: 9 of 10 hands on 10 films, last " in status.output
    assert "  Dr. B: 0 of 10 hands on 10 films\n" in status.output


def test_films_that_are_not_found_are_named_by_their_codes(base, tmp_path):
    run("create", base, "first", "--reader", "A", "--author", "C", "--seed", "5", "--visit", "baseline")
    (tmp_path / "films").mkdir()
    listed = run("worklist", base, "first", "--out", tmp_path / "lists", "--films", tmp_path / "films")
    assert listed.exit_code == 1
    with Registry(base) as registry:
        for each in presentations(registry, "first"):
            assert f"no film found: A: {each.code}" in listed.output
