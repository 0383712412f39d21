"""A left hand on a held-out film as it is seen: by networks without error, or by the shipped ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from bench.held_out import HeldOutFilm, true_view
from bench.measure import Workplace
from sclerograph.errors import NotAHandRadiograph
from sclerograph.hand.not_a_hand import hands_on
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView, seen_hand
from sclerograph.imaging.radiograph import Radiograph

__all__ = ["LEFT_PA", "SeenBy", "seen_by_networks", "view_of"]

SeenBy = Literal["truth", "networks"]
#: Simulated films show left hands from the back.
LEFT_PA = SideAndView("L", "user", "PA", "user")


def view_of(workplace: Workplace, film: HeldOutFilm, seen_by: SeenBy) -> HandView | None:
    """Return the hand, without its calcium where the truth is asked; ``None`` where the networks find none.

    What the networks of joints and shafts say belongs to the measurement, whoever outlined the bones.
    """
    radiograph = film.open()
    if seen_by == "networks":
        return seen_by_networks(workplace, radiograph)
    view = true_view(film, radiograph)
    return replace(
        view,
        joint_looks=workplace.networks.joints(radiograph, view.skeleton),
        shaft_looks=workplace.networks.shafts(radiograph, view.skeleton),
    )


def seen_by_networks(workplace: Workplace, radiograph: Radiograph) -> HandView | None:
    """Return the surest hand on a film as the shipped networks see it; ``None`` where they find none."""
    try:
        location = max(hands_on(workplace.networks.locate(radiograph)), key=lambda found: found.confidence)
    except NotAHandRadiograph:
        return None
    skeleton = workplace.networks.skeleton(radiograph, location)
    return seen_hand(radiograph, skeleton, workplace.networks, LEFT_PA)
