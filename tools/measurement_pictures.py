"""Draw the pictures of the pages of the measurements: parts of simulated example films with what is measured.

python tools/measurement_pictures.py
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sclerograph.findings.records import Hand
from sclerograph.hand.cortex_settings import DEFAULT as CORTEX
from sclerograph.hand.joint_outline import joint_outline
from sclerograph.hand.measures import measures
from sclerograph.hand.reading import examine_hand
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView, seen_hand
from sclerograph.imaging import open_radiograph
from sclerograph.networks.runner import load_networks

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES, PICTURES = ROOT / "examples", ROOT / "docs" / "images"
_WIDTH = 760
_LINE, _OTHER, _TEXT = (86, 180, 233), (240, 228, 66), (255, 255, 255)

Point = NDArray[np.float64]


class Picture:
    """A part of a film, enlarged, on which lines and words can be drawn in pixels of the film.

    Parameters
    ----------
    view
        The hand.
    points
        What must be seen.
    margin_mm
        How much around it (nominal mm).
    """

    def __init__(self, view: HandView, points: Sequence[Point], margin_mm: float) -> None:
        margin = margin_mm * view.scale_px
        rows, columns = view.radiograph.pixels.shape
        low = np.maximum(np.min(points, axis=0) - margin, 0).astype(int)
        high = np.minimum(np.max(points, axis=0) + margin, [columns, rows]).astype(int)
        part = view.radiograph.pixels[low[1] : high[1], low[0] : high[0]]
        dark, bright = np.percentile(part, (1.0, 99.7))
        grey = np.clip((part - dark) / (bright - dark), 0.0, 1.0) * 255.0
        self._low, self._factor = low, _WIDTH / part.shape[1]
        size = (_WIDTH, round(part.shape[0] * self._factor))
        self._image = Image.fromarray(grey.astype(np.uint8)).resize(size, Image.Resampling.BICUBIC).convert("RGB")
        self._draw = ImageDraw.Draw(self._image)
        self._font = ImageFont.load_default(17)

    def _at(self, point: Point) -> tuple[float, float]:
        x, y = (np.asarray(point) - self._low) * self._factor
        return float(x), float(y)

    def line(self, points: Sequence[Point], colour: tuple[int, int, int] = _LINE) -> None:
        """Draw a line through points of the film."""
        self._draw.line([self._at(point) for point in points], fill=colour, width=2)

    def ring(self, point: Point, radius_px: float) -> None:
        """Draw a circle around a point of the film."""
        x, y = self._at(point)
        radius = radius_px * self._factor
        self._draw.ellipse([x - radius, y - radius, x + radius, y + radius], outline=_OTHER, width=2)

    def words(self, point: Point, text: str) -> None:
        """Write words that begin beside a point of the film."""
        x, y = self._at(point)
        x = min(x + 6, _WIDTH - 4 - self._draw.textlength(text, self._font))
        self._draw.text((x, y - 9), text, fill=_TEXT, font=self._font, stroke_width=2, stroke_fill=(0, 0, 0))

    def save(self, name: str) -> None:
        """Write the picture of a page."""
        self._image.save(PICTURES / f"{name}.jpg", quality=82, optimize=True)


def _left_hand(film: str) -> tuple[HandView, Hand]:
    nets = load_networks()
    radiograph = open_radiograph(EXAMPLES / film)
    location = next(each for each in nets.locate(radiograph) if not each.mirrored)
    skeleton = nets.skeleton(radiograph, location)
    side = SideAndView("L", "user", "PA", "user")
    view = seen_hand(radiograph, skeleton, nets, side)
    return view, examine_hand(view, "s1", location.confidence)


def _points(view: HandView, *names: str) -> list[Point]:
    return [point for name in names if (point := view.point(name)) is not None]


def _said(hand: Hand, finding: str, place: str) -> str:
    """Return a number of a hand in words, with its interval; a dash where there is none."""
    for each in measures(hand, calibrated=True):
        if each.finding == finding and each.place == place and each.value is not None:
            unit = "" if each.unit == "ratio" else f" {each.unit}"
            places = 0 if each.unit == "degrees" else 2
            interval = ""
            if each.interval is not None:
                interval = f" ({each.interval.low:.{places}f} to {each.interval.high:.{places}f})"
            return f"{each.value:.{places}f}{interval}{unit}"
    return "-"


def joint_space(view: HandView, hand: Hand) -> None:
    """The joint line and the central part of joints, with their widths and grades."""
    codes = ("PIP2", "PIP3", "PIP4", "MCP2", "MCP3", "MCP4")
    picture = Picture(view, _points(view, *codes), 9.0)
    found = {joint.joint: joint for joint in hand.joints}
    for code in codes:
        outline, finding = joint_outline(view, code), found[code]
        if outline is None or finding.space_width_px is None or finding.space_width_mm is None:
            continue
        across = outline.frame.central(21)
        middle = outline.middle_at(across)
        for sign in (-0.5, 0.5):
            picture.line(list(outline.frame.points(middle + sign * finding.space_width_px, across)))
        place = outline.frame.points(np.array(0.0), np.array(1.1 * outline.frame.half_width))
        picture.words(place, f"{finding.space_width_mm:.2f} mm, {finding.narrowing_grade}")
    picture.save("joint_space")


def cortex(view: HandView, hand: Hand) -> None:
    """The middle of the shafts of which the walls are measured."""
    picture = Picture(view, _points(view, "MCP2", "MCP4", "CMC2", "CMC4"), 9.0)
    low, high = CORTEX.shaft
    for digit in (2, 3, 4):
        base, head = _points(view, f"CMC{digit}", f"MCP{digit}")
        way = head - base
        across = np.array([-way[1], way[0]]) / np.hypot(*way) * 6.0 * view.scale_px
        for share in (low, high):
            picture.line([base + share * way - across, base + share * way + across])
        picture.words(base + high * way + 0.9 * across, _said(hand, "cortical index", f"MC{digit}"))
    picture.save("cortex")


def alignment(view: HandView, hand: Hand) -> None:
    """The axes of metacarpals and phalanges, with the offset at their joints."""
    names = [f"{joint}{digit}" for digit in (2, 3, 4, 5) for joint in ("CMC", "MCP", "PIP", "DIP")]
    picture = Picture(view, _points(view, *names), 9.0)
    for digit in (2, 3, 4, 5):
        picture.line(_points(view, *(f"{joint}{digit}" for joint in ("CMC", "MCP", "PIP", "DIP", "TIP"))))
        for joint in (f"MCP{digit}", f"PIP{digit}"):
            (place,) = _points(view, joint)
            picture.words(place, _said(hand, "subluxation", joint))
    picture.save("alignment")


def flexion(view: HandView, hand: Hand) -> None:
    """The segments that foreshortening is told from."""
    picture = Picture(view, _points(view, "MCP2", "TIP3", "MCP5", "TIP5", "TIP2"), 9.0)
    for digit in (2, 3, 4, 5):
        chain = _points(view, *(f"{joint}{digit}" for joint in ("MCP", "PIP", "DIP", "TIP")))
        picture.line(chain)
        picture.words(chain[0], f"{_said(hand, 'flexion', str(digit))}")
    picture.save("flexion")


def fingertips(view: HandView, hand: Hand) -> None:
    """The pulp between the end of the distal phalanx and the skin."""
    picture = Picture(view, _points(view, "TIP2", "TIP3", "TIP4", "DIP2", "DIP4"), 9.0)
    found = {tip.digit: tip for tip in hand.fingertips}
    for digit in (2, 3, 4):
        tip, base = _points(view, f"TIP{digit}", f"DIP{digit}")
        thickness = found[digit].pulp_thickness_px
        if thickness is None:
            continue
        up = (tip - base) / np.hypot(*(tip - base))
        picture.line([tip, tip + thickness * up])
        picture.words(tip, _said(hand, "pulp thickness", str(digit)))
    picture.save("fingertips")


def erosion(view: HandView, hand: Hand) -> None:
    """The places that the software asks a reader to look at."""
    places = [place for joint in hand.joints for place in joint.erosion_places]
    spots = [np.array([place.x, place.y]) for place in places]
    picture = Picture(view, spots or _points(view, "MCP2", "MCP5"), 14.0)
    for spot, place in zip(spots, places, strict=True):
        picture.ring(spot, 3.0 * view.scale_px)
        picture.words(spot + 3.0 * view.scale_px, f"{place.kind}, {place.suspicion:.2f}")
    picture.save("erosion")


def demineralisation(view: HandView, hand: Hand) -> None:
    """The joints beside which greys are held against those of the shafts."""
    codes = ("PIP2", "PIP3", "PIP4", "MCP2", "MCP3", "MCP4")
    picture = Picture(view, _points(view, *codes), 9.0)
    for code in codes:
        (place,) = _points(view, code)
        picture.ring(place, 5.0 * view.scale_px)
        picture.words(place + np.array([5.0, 0.0]) * view.scale_px, _said(hand, "grey beside the joint", code))
    picture.save("demineralisation")


def main() -> None:
    """Draw all of them."""
    healthy, ill = _left_hand("healthy-adult.dcm"), _left_hand("calcinosis-both-hands.dcm")
    for draw in (joint_space, cortex, alignment, flexion, fingertips, demineralisation):
        draw(*healthy)
    erosion(*ill)


if __name__ == "__main__":
    main()
