"""Write a trained network as ONNX into the package, and check that it still says the same.

    python -m sclerograph.training.export skeleton work/skeleton/last.pt

Several checkpoints of one network are written as one that averages them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from torch import nn

from sclerograph.findings.records import RADIOGRAMMETRY_BONES
from sclerograph.networks.crops import FINDER_SIZE, SKELETON_COLUMNS, SKELETON_ROWS
from sclerograph.networks.joint_crops import JOINT_COLUMNS, JOINT_KINDS, JOINT_ROWS
from sclerograph.networks.marks import MARK_CHANNELS, MARK_PATCH
from sclerograph.networks.shaft_crops import SHAFT_COLUMNS, SHAFT_ROWS
from sclerograph.training.averaged_net import load_members
from sclerograph.training.second_look_net import SecondLookNet
from sclerograph.training.strip_net import joint_net, shaft_net
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
    SKELETON_FROM_SIDE = "skeleton_from_side"
    CALCIUM = "calcium"
    SECOND_LOOK = "second_look"
    JOINTS = "joints"
    SHAFTS = "shafts"


#: Weights are stored in 16 bits, half as large, for all networks together must stay small; smaller tensors stay whole.
_LEAST_STORED_IN_HALF = 2048


def _network(name: NetworkName) -> tuple[Callable[[], nn.Module], tuple[int, int, int], list[str]]:
    if name is NetworkName.FINDER:
        return FinderNet, (2, FINDER_SIZE, FINDER_SIZE), ["maps"]
    if name in (NetworkName.SKELETON, NetworkName.SKELETON_FROM_SIDE):
        return SkeletonNet, (2, SKELETON_ROWS, SKELETON_COLUMNS), ["landmarks", "masks"]
    if name is NetworkName.SECOND_LOOK:
        return SecondLookNet, (len(MARK_CHANNELS), MARK_PATCH, MARK_PATCH), ["calcium"]
    if name is NetworkName.JOINTS:
        return joint_net, (2 + len(JOINT_KINDS), JOINT_ROWS, JOINT_COLUMNS), ["spaces"]
    if name is NetworkName.SHAFTS:
        return shaft_net, (2 + len(RADIOGRAMMETRY_BONES), SHAFT_ROWS, SHAFT_COLUMNS), ["indices"]
    return CalciumNet, (4, 256, 256), ["masks"]


def export(name: NetworkName, checkpoints: Sequence[Path], out: Path) -> float:
    """Write ``out`` and return the largest difference between torch and onnxruntime on a random input.

    Raises
    ------
    ValueError
        If the two differ by more than rounding.
    """
    import onnxruntime

    make, shape, outputs = _network(name)
    model = load_members(make, checkpoints)
    _round_to_half(model)
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
    _store_in_half(out)
    with torch.no_grad():
        expected = model(example)
    expected = expected if isinstance(expected, tuple) else (expected,)
    session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
    given = session.run(None, {"image": example.numpy()})
    difference = max(float(np.abs(a - b.numpy()).max()) for a, b in zip(given, expected, strict=True))
    if difference > _TOLERANCE:
        raise ValueError(f"the exported network differs from the trained one by {difference:.2g}")
    return difference


def _worth_it(shape: Sequence[int]) -> bool:
    return math.prod(shape) >= _LEAST_STORED_IN_HALF


def _round_to_half(model: nn.Module) -> None:
    with torch.no_grad():
        for weights in model.parameters():
            if _worth_it(weights.shape):
                weights.copy_(weights.half().float())


def _store_in_half(path: Path) -> None:
    """Store large weights in 16 bits; the runtime widens them when it loads the network."""
    import onnx
    from onnx import helper, numpy_helper

    network = onnx.load(str(path))
    graph, casts = network.graph, []
    for stored in graph.initializer:
        if stored.data_type != onnx.TensorProto.FLOAT or not _worth_it(stored.dims):
            continue
        name = stored.name
        narrow = numpy_helper.to_array(stored).astype(np.float16)
        stored.CopyFrom(numpy_helper.from_array(narrow, name))
        casts.append(helper.make_node("Cast", [name], [f"{name}.wide"], to=onnx.TensorProto.FLOAT))
    wide = {cast.input[0]: cast.output[0] for cast in casts}
    for node in graph.node:
        for i, used in enumerate(node.input):
            node.input[i] = wide.get(used, used)
    for i, cast in enumerate(casts):
        graph.node.insert(i, cast)
    onnx.checker.check_model(network)
    onnx.save(network, str(path))


def main(
    name: Annotated[NetworkName, typer.Argument()],
    checkpoints: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)],
    out: Annotated[Path | None, typer.Option()] = None,
) -> None:
    """Export one network into ``networks/weights``."""
    target = out if out is not None else _WEIGHTS / f"{name.value}.onnx"
    difference = export(name, checkpoints, target)
    typer.echo(f"{target}: {target.stat().st_size / 1e6:.1f} MB, largest difference {difference:.1e}")


if __name__ == "__main__":
    typer.run(main)
