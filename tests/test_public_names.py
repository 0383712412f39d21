"""The public surface: a name that appears, vanishes or drags in heavy packages fails here first."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sclerograph

PUBLIC = {
    "ContradictoryInput",
    "InputRejected",
    "MissingComponent",
    "NotAHandRadiograph",
    "Reading",
    "SclerographError",
    "UnreadableFile",
    "UnsupportedImage",
    "UsageError",
    "__version__",
    "load_networks",
    "read",
    "read_reading",
    "write_reading",
}


def test_the_public_names_are_these_and_all_of_them_can_be_had():
    assert set(sclerograph.__all__) == PUBLIC
    assert set(dir(sclerograph)) == PUBLIC
    for name in PUBLIC:
        assert getattr(sclerograph, name) is not None


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'diagnose'"):
        _ = sclerograph.diagnose


@pytest.mark.parametrize("statement", ["import sclerograph", "import sclerograph.cli.main"])
def test_importing_loads_nothing_heavy(statement):
    heavy = "{'numpy', 'scipy', 'skimage', 'onnxruntime', 'pydantic', 'pydicom', 'PIL', 'numba', 'torch', 'rich'}"
    program = f"{statement}\nimport sys\nprint(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_public_objects_are_documented_where_they_are_used():
    for name in PUBLIC - {"__version__"}:
        assert getattr(sclerograph, name).__doc__
