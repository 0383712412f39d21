"""Write a trained network as ONNX into the package, and check that it still says the same.

python -m sclerograph.training.export skeleton work/skeleton/last.pt
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from torch import nn

from sclerograph.networks.crops import FINDER_SIZE, SKELETON_COLUMNS, SKELETON_ROWS
from sclerograph.networks.marks import MARK_CHANNELS, MARK_PATCH
from sclerograph.training.loop import load_averaged
from sclerograph.training.second_look_net import SecondLookNet
from sclerograph.training.unet import CalciumNet, FinderNet, SkeletonNet

__all__ = ["NetworkName", "export"]

_WEIGHTS = Path(__file__).parents[1] / "networks" / "weights"
_OPSET = 17
#: Largest difference of a logit between torch and onnxruntime.
_TOLERANCE = 2e-3


class NetworkName(StrEnum):
    """The networks that ship with the package."""

    FINDER = "finder"
    SKELETON = "skeleton"
    CALCIUM = "calcium"
    SECOND_LOOK = "second_look"


def _network(name: NetworkName) -> tuple[nn.Module, tuple[int, int, int], list[str]]:
    if name is NetworkName.FINDER:
        return FinderNet(), (2, FINDER_SIZE, FINDER_SIZE), ["maps"]
    if name is NetworkName.SKELETON:
        return SkeletonNet(), (2, SKELETON_ROWS, SKELETON_COLUMNS), ["landmarks", "masks"]
    if name is NetworkName.SECOND_LOOK:
        return SecondLookNet(), (len(MARK_CHANNELS), MARK_PATCH, MARK_PATCH), ["calcium"]
    return CalciumNet(), (4, 256, 256), ["masks"]


def export(name: NetworkName, checkpoint: Path, out: Path) -> float:
    """Write ``out`` and return the largest difference between torch and onnxruntime on a random input.

    Raises
    ------
    ValueError
        If the two differ by more than rounding.
    """
    import onnxruntime

    model, shape, outputs = _network(name)
    load_averaged(model, checkpoint)
    example = torch.randn(1, *shape, generator=torch.Generator().manual_seed(0))
    axes = {"image": {0: "batch"}, **{output: {0: "batch"} for output in outputs}}
    if name is NetworkName.CALCIUM:
        axes = {key: {0: "batch", 2: "rows", 3: "columns"} for key in axes}
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        model,
        (example,),
        str(out),
        input_names=["image"],
        output_names=outputs,
        dynamic_axes=axes,
        opset_version=_OPSET,
        # Normalisation stays apart (onnxruntime folds it when it loads): so a shipped network can be trained further.
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
        dynamo=False,
    )
    with torch.no_grad():
        expected = model(example)
    expected = expected if isinstance(expected, tuple) else (expected,)
    session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
    given = session.run(None, {"image": example.numpy()})
    difference = max(float(np.abs(a - b.numpy()).max()) for a, b in zip(given, expected, strict=True))
    if difference > _TOLERANCE:
        raise ValueError(f"the exported network differs from the trained one by {difference:.2g}")
    return difference


def main(
    name: Annotated[NetworkName, typer.Argument()],
    checkpoint: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    out: Annotated[Path | None, typer.Option()] = None,
) -> None:
    """Export one network into ``networks/weights``."""
    target = out if out is not None else _WEIGHTS / f"{name.value}.onnx"
    difference = export(name, checkpoint, target)
    typer.echo(f"{target}: {target.stat().st_size / 1e6:.1f} MB, largest difference {difference:.1e}")


if __name__ == "__main__":
    typer.run(main)
