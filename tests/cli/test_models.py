from __future__ import annotations

import hashlib
from importlib import resources

import pytest
from typer.testing import CliRunner

from sclerograph.cli.main import app
from sclerograph.errors import UsageError

WEIGHTS = resources.files("sclerograph.networks").joinpath("weights")


def test_every_shipped_network_is_listed_with_its_digest():
    result = CliRunner().invoke(app, ["models"])
    assert result.exit_code == 0, result.output
    listed = dict(line.split() for line in result.output.splitlines()[:-1])
    shipped = {path.name for path in WEIGHTS.iterdir() if path.name.endswith(".onnx")}
    assert {f"{name}.onnx" for name in listed} == shipped
    for name, sha256 in listed.items():
        assert sha256 == hashlib.sha256(WEIGHTS.joinpath(f"{name}.onnx").read_bytes()).hexdigest()


def test_every_shipped_network_has_a_card():
    listed = CliRunner().invoke(app, ["models"]).output.splitlines()[:-1]
    assert listed
    for name, sha256 in (line.split() for line in listed):
        card = CliRunner().invoke(app, ["models", name])
        assert card.exit_code == 0, card.exception
        assert sha256 in card.output
        assert "trained on" in card.output.casefold()


def test_an_unknown_model_is_wrong_usage():
    error = CliRunner().invoke(app, ["models", "oracle"]).exception
    assert isinstance(error, UsageError)
    with pytest.raises(UsageError, match="no model is called 'oracle'"):
        raise error
