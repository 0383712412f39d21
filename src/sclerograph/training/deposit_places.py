"""Places of deposits that the scenes of the banks seldom have: clear of bone in the palm, and right over joints."""

from __future__ import annotations

import numpy as np

from sclerograph.phantom.form import index_of
from sclerograph.phantom.scene import HandScene

__all__ = ["draw_hard_place"]

#: Chances of the palm between two metacarpals, the web between two digits, the middle of a joint, a metacarpal head.
_CHANCES = (0.25, 0.2, 0.3, 0.25)
_RAY = ("CMC", "MCP")
_JOINTS = tuple(name for name in index_of if name[:3] in ("DIP", "PIP", "MCP", "CMC") or name == "IP1")


def draw_hard_place(scene: HandScene, rng: np.random.Generator) -> tuple[float, float]:
    """Draw a place (mm on the film) where calcium networks miss deposits most.

    Parameters
    ----------
    scene
        The hand.
    rng
        Source of randomness.
    """
    marks = scene.landmarks_mm
    kind = rng.choice(len(_CHANCES), p=_CHANCES)
    digit = int(rng.integers(2, 5))
    if kind == 0:
        ends = [0.5 * (marks[index_of[f"{joint}{digit}"]] + marks[index_of[f"{joint}{digit + 1}"]]) for joint in _RAY]
        place = ends[0] + (ends[1] - ends[0]) * rng.uniform(0.1, 1.0) + rng.normal(0.0, 2.5, 2)
    elif kind == 1:
        digit = int(rng.integers(1, 5))
        near = 0.5 * (marks[index_of[f"MCP{digit}"]] + marks[index_of[f"MCP{digit + 1}"]])
        joints = ("IP1" if digit == 1 else f"PIP{digit}", f"PIP{digit + 1}")
        far = 0.5 * (marks[index_of[joints[0]]] + marks[index_of[joints[1]]])
        place = near + (far - near) * rng.uniform(0.0, 0.45) + rng.normal(0.0, 2.0, 2)
    elif kind == 2:
        place = marks[index_of[_JOINTS[int(rng.integers(len(_JOINTS)))]]] + rng.normal(0.0, 1.8, 2)
    else:
        digit = int(rng.integers(1, 6))
        base, head = (marks[index_of[f"{joint}{digit}"]] for joint in _RAY)
        place = head + (base - head) * rng.uniform(0.0, 0.2) + rng.normal(0.0, 3.0, 2)
    return float(place[0]), float(place[1])
