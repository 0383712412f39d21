from __future__ import annotations

import sys
from types import ModuleType

from typer.testing import CliRunner

from sclerograph.cli.main import app
from sclerograph.errors import MissingComponent, UsageError


def test_the_options_reach_the_phantom(tmp_path, monkeypatch):
    asked = {}
    phantom = ModuleType("sclerograph.phantom.simulate")
    phantom.simulate_hand = lambda out, **options: asked.update(out=out, **options)
    monkeypatch.setitem(sys.modules, "sclerograph.phantom.simulate", phantom)
    out = tmp_path / "films"
    arguments = ["simulate", "hand", "--out", str(out), "--seed", "7", "--count", "2", "--disease", "calcinosis"]
    result = CliRunner().invoke(app, [*arguments, "--gear", "fast"])
    assert result.exit_code == 0, result.output
    assert asked == {"out": out, "seed": 7, "count": 2, "disease": "calcinosis", "gear": "fast"}
    assert out.is_dir()
    assert "wrote 2 films" in result.output


def test_without_the_packages_of_the_phantom_the_command_says_what_to_install(tmp_path, monkeypatch):
    class NoNumba:
        """Fails to be found, as numba does where it is not installed."""

        def find_spec(self, name, path=None, target=None):
            if name == "sclerograph.phantom.simulate":
                raise ModuleNotFoundError("No module named 'numba'", name="numba")

    monkeypatch.delitem(sys.modules, "sclerograph.phantom.simulate", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoNumba(), *sys.meta_path])
    result = CliRunner().invoke(app, ["simulate", "hand", "--out", str(tmp_path)])
    assert isinstance(result.exception, MissingComponent)
    assert "sclerograph[phantom]" in str(result.exception)


def test_an_output_folder_that_is_a_file_is_wrong_usage(tmp_path, monkeypatch):
    phantom = ModuleType("sclerograph.phantom.simulate")
    phantom.simulate_hand = lambda out, **options: None
    monkeypatch.setitem(sys.modules, "sclerograph.phantom.simulate", phantom)
    (tmp_path / "file").touch()
    result = CliRunner().invoke(app, ["simulate", "hand", "--out", str(tmp_path / "file")])
    assert isinstance(result.exception, UsageError)
