"""Fit the compact hand skeleton of the phantom to public bone surfaces.

Run as ``python -m sclerograph.training.fit_bone_shapes SURFACES LANDMARK_SETS`` where ``SURFACES`` holds the folders
``open3d``, ``openhands`` and ``myosim`` (see ``phantom/bone_shapes/SOURCES.md``) and ``LANDMARK_SETS`` is a JSON list
of landmark positions of real films, which pose the wrist (see :mod:`sclerograph.training.fit_wrist_pose`). It writes
``hand_bones.json`` beside that file and prints the distance between every fitted bone and its surface.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import trimesh  # type: ignore[import-not-found, unused-ignore]
from scipy.spatial import cKDTree

from sclerograph.phantom.bones import BONE_SHAPES_FILE, BoneShape, parse_bone_shapes
from sclerograph.training.bone_loft import fit_bone
from sclerograph.training.bone_source import Source
from sclerograph.training.source_hand import load_sources

__all__ = ["fit_hand", "main"]


def _resolution(code: str) -> tuple[int, int]:
    """Stations and Fourier order that keep the fit within its target without waste."""
    if code.startswith("SES"):
        return 12, 4
    if code[:2] in ("MP", "DP", "PP"):
        return 22, 6
    if code[:2] == "MC" or code == "RAD":
        return 34, 10
    return 26, 8


def _distances(shape: BoneShape, source: Source) -> tuple[float, float]:
    """Root mean square and Hausdorff distance (mm) between a fitted bone and its source, both ways."""
    fitted = shape.surface(rings=120, around=96)
    local = source.local()
    fit_mesh = trimesh.Trimesh(fitted.vertices, fitted.faces, process=False)
    source_mesh = trimesh.Trimesh(local, source.faces, process=False)
    a = trimesh.sample.sample_surface(source_mesh, 6000, seed=1)[0]
    b = trimesh.sample.sample_surface(fit_mesh, 6000, seed=1)[0]
    dense_fit = trimesh.sample.sample_surface(fit_mesh, 150_000, seed=2)[0]
    dense_source = trimesh.sample.sample_surface(source_mesh, 150_000, seed=2)[0]
    away = np.concatenate([cKDTree(dense_fit).query(a)[0], cKDTree(dense_source).query(b)[0]])
    return float(np.sqrt(np.mean(away**2))), float(away.max())


def fit_hand(surfaces: Path, landmark_sets: Path) -> dict[str, object]:
    """Fit all bones; the result is what ``hand_bones.json`` holds."""
    sources = load_sources(surfaces, landmark_sets)
    bones: dict[str, dict[str, object]] = {}
    for code, source in sources.items():
        bones[code] = fit_bone(source, *_resolution(code))
    document: dict[str, object] = {"format": "sclerograph.bone-shapes/1", "unit": "0.01 mm", "bones": bones}
    shapes = parse_bone_shapes(document)
    for code, source in sources.items():
        rms, hausdorff = _distances(shapes[code], source)
        bones[code]["rms_mm"], bones[code]["hausdorff_mm"] = round(rms, 3), round(hausdorff, 2)
    return document


def main() -> None:
    """Command line: fit, write the data file, print the distances."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("surfaces", type=Path, help="folder with the sub-folders open3d, openhands and myosim")
    parser.add_argument("landmark_sets", type=Path, help="JSON list of the landmarks of real films")
    parser.add_argument("--out", type=Path, default=BONE_SHAPES_FILE)
    arguments = parser.parse_args()
    document = fit_hand(arguments.surfaces, arguments.landmark_sets)
    text = json.dumps(document, separators=(",", ":")).replace('"rings"', '\n"rings"').replace('},"', '},\n"')
    arguments.out.write_text(text + "\n", encoding="utf-8")
    bones = document["bones"]
    assert isinstance(bones, dict)
    for code, bone in bones.items():
        fit = f"rms {bone['rms_mm']:.3f} mm, Hausdorff {bone['hausdorff_mm']:.2f} mm"
        print(f"{code:6s} {bone['dataset']:10s} {bone['length_mm']:6.1f} mm  {fit}")
    print(f"{arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
