"""Draw the example films again: simulated hands as DICOM, each with its truth.

    python examples/make_examples.py [--out FOLDER] [NAME ...]

Needs ``pip install 'sclerograph[phantom]'``. Seeds are of the range that training never sees (10,000,000 and above).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from sclerograph.phantom.dicom_film import write_dicom
from sclerograph.phantom.film import SimulatedFilm, TwoHandFilm
from sclerograph.phantom.fine import simulate_fine_film, simulate_fine_two_hand_film
from sclerograph.phantom.joint_space import draw_joint_spaces
from sclerograph.phantom.resorption import Resorption
from sclerograph.phantom.scene import ADULT, HandScene, Wish, draw_scene, reposed, with_deposits
from sclerograph.phantom.truth import write_truth

HERE = Path(__file__).resolve().parent
#: Deposits of the examples are dense: a newcomer should see at once what is measured.
STRENGTH = (1.8, 3.0)


def calcinosis_of_both_hands() -> TwoHandFilm:
    """Deposits of every kind in both hands of one patient; the fingertips are whole."""
    rng = np.random.default_rng(10_000_011)
    left = Wish(
        deposits=(
            "clustered",
            "clustered",
            "globular",
            "punctate",
            "clustered",
            "net",
            "globular",
            "clustered",
            "punctate",
        ),
        resorptions={},
        adult=True,
        fingertips=0.6,
        size=1.0,
        strength=STRENGTH,
    )
    right = Wish(
        deposits=("clustered", "punctate", "globular", "clustered", "plate", "clustered", "globular"),
        resorptions={},
        adult=True,
        fingertips=0.6,
        size=1.0,
        strength=STRENGTH,
    )
    first = draw_scene(rng, left)
    # the other hand of the same person: the same form, posed anew
    scenes = _with_joint_spaces(first, rng), _with_joint_spaces(draw_scene(rng, right, base=first.form.points), rng)
    return simulate_fine_two_hand_film(rng, scenes, rows=1600, columns=2400, pixel_mm=0.16, look="flat panel, crisp")


def acro_osteolysis_with_calcium() -> SimulatedFilm:
    """Fingertips of every grade, one of them within a tumoral mass."""
    rng = np.random.default_rng(10_000_024)
    stages = {
        1: Resorption(0.16, 0.4, 0.05),
        2: Resorption(0.42, 0.7, 0.05),
        3: Resorption(0.07, 0.2, 0.04),
        5: Resorption(0.62, 0.9, 0.03),
    }
    wish = Wish(
        deposits=("tumoral", "clustered", "clustered", "globular", "punctate", "clustered"),
        resorptions=stages,
        adult=True,
        fingertips=0.7,
        strength=(0.9, 1.5),
    )
    scene = _with_joint_spaces(draw_scene(rng, wish), rng)
    return simulate_fine_film(
        rng, scene, rows=1680, columns=1320, pixel_mm=0.15, side="R", look="flat panel, multiscale"
    )


def healthy_adult() -> SimulatedFilm:
    """A healthy left hand with the joint spaces of people, stored inverted (MONOCHROME1) as some vendors do."""
    rng = np.random.default_rng(10_000_002)
    scene = _with_joint_spaces(draw_scene(rng, ADULT), rng)
    return simulate_fine_film(
        rng, scene, rows=1680, columns=1320, pixel_mm=0.15, side="L", look="storage phosphor, soft"
    )


def _with_joint_spaces(scene: HandScene, rng: np.random.Generator) -> HandScene:
    """Return the hand with joint spaces as healthy people have them; deposits stay where they are."""
    laid = reposed(scene, rng, joint_spaces=draw_joint_spaces(rng, size=scene.size))
    return with_deposits(laid, scene.deposits)


EXAMPLES: dict[str, tuple[Callable[[], SimulatedFilm | TwoHandFilm], bool]] = {
    "calcinosis-both-hands": (calcinosis_of_both_hands, False),
    "acro-osteolysis-with-calcium": (acro_osteolysis_with_calcium, False),
    "healthy-adult": (healthy_adult, True),
}


def main() -> None:
    """Write the films that were asked for, else all."""
    parser = argparse.ArgumentParser(description="Draw the example films again.")
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(EXAMPLES)}")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(EXAMPLES))
    if unknown:
        parser.error(f"no example is called {unknown[0]}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in arguments.names or EXAMPLES:
        draw, monochrome1 = EXAMPLES[name]
        film = draw()
        write_dicom(arguments.out / f"{name}.dcm", film, monochrome1=monochrome1)
        hands = film.hands if isinstance(film, TwoHandFilm) else (film,)
        write_truth(arguments.out / f"{name}.truth.json", f"{name}.dcm", hands)
        print(f"{name}.dcm: {film.image.shape[1]} x {film.image.shape[0]} pixels")


if __name__ == "__main__":
    main()
