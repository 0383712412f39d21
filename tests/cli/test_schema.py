from __future__ import annotations

import json

from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from sclerograph.cli.main import app
from sclerograph.findings.records import SCHEMA


def test_the_schema_that_is_printed_is_valid_and_names_its_version():
    result = CliRunner().invoke(app, ["schema"])
    assert result.exit_code == 0
    schema = json.loads(result.output)
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema"]["const"] == SCHEMA
