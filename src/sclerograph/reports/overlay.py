"""``overlay.png``: the films of a reading with everything that was found drawn on them, as one picture."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sclerograph.errors import UsageError
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import Contour, Hand, Reading, SourceRecord
from sclerograph.reports import palette
from sclerograph.reports.film_picture import grey_picture
from sclerograph.reports.film_view import FingertipMark, fingertip_marks, label_corner
from sclerograph.reports.joint_marks import erosion_marks, joint_marks
from sclerograph.reports.wording import ABSENT, side_sentence

__all__ = ["overlay_picture", "write_overlay"]

#: Longer side of the picture of one film in pixels.
LONG_SIDE = 2000
# Contours are drawn at twice the size and reduced: Pillow draws without smoothing.
_SMOOTHING = 2
_GAP = 16
_LEGEND_BACKGROUND = (18, 20, 23)
_LEGEND_TEXT = (232, 235, 238)

Colour = tuple[int, int, int, int]


def write_overlay(reading: Reading, films: Mapping[str, NDArray[np.floating]], path: Path | str) -> None:
    """Write ``overlay.png``.

    Parameters
    ----------
    reading
        What was found.
    films
        Displayed pixels, (rows, columns) between 0 and 1, by the id of their source. A film that is missing here is
        drawn as contours on black.
    path
        The file to write: complete or not there.

    Raises
    ------
    UsageError
        A film has another size than its source, or the reading has no film.
    OSError
        The folder is missing or not writable.
    """
    stream = io.BytesIO()
    # Level 2 is four times as fast as the default and costs a tenth of size.
    overlay_picture(reading, films).save(stream, "PNG", compress_level=2)
    write_atomically(path, stream.getvalue())


def overlay_picture(reading: Reading, films: Mapping[str, NDArray[np.floating]]) -> Image.Image:
    """Return the picture that :func:`write_overlay` writes: the films side by side above a legend."""
    if not reading.sources:
        raise UsageError("the reading has no film: there is nothing to draw on")
    pictures = [
        _film_with_contours(source, films.get(source.id), [h for h in reading.hands if h.source == source.id])
        for source in reading.sources
    ]
    width = sum(picture.width for picture in pictures) + _GAP * (len(pictures) - 1)
    height = max(picture.height for picture in pictures)
    legend = _legend(reading, width)
    sheet = Image.new("RGB", (width, height + legend.height), (0, 0, 0))
    x = 0
    for picture in pictures:
        sheet.paste(picture, (x, 0))
        x += picture.width + _GAP
    sheet.paste(legend, (0, height))
    return sheet


def _film_with_contours(source: SourceRecord, pixels: NDArray[np.floating] | None, hands: list[Hand]) -> Image.Image:
    if pixels is None:
        pixels = np.zeros((source.rows, source.columns), dtype=np.float32)
    if pixels.shape != (source.rows, source.columns):
        raise UsageError(
            f"the film of {source.id} has {pixels.shape} pixels and its source ({source.rows}, {source.columns}): "
            "contours would lie in the wrong place; give the pixels that were read"
        )
    scale = LONG_SIDE / max(source.rows, source.columns)
    size = max(round(source.columns * scale), 1), max(round(source.rows * scale), 1)
    film = grey_picture(pixels).resize(size, Image.Resampling.LANCZOS).convert("RGB")
    layer = Image.new("RGBA", (size[0] * _SMOOTHING, size[1] * _SMOOTHING), (0, 0, 0, 0))
    for hand in hands:
        _draw_hand(_Pen(layer, scale * _SMOOTHING), hand)
    # Box-reducing colours with their alpha would darken edges against the transparent black: premultiply first.
    smooth = layer.convert("RGBa").reduce(_SMOOTHING).convert("RGBA")
    film.paste(smooth, (0, 0), smooth)
    return film


class _Pen:
    """Draws in coordinates of the film on a larger transparent layer; widths and sizes are in pixels of the result."""

    def __init__(self, layer: Image.Image, scale: float) -> None:
        self._layer = layer
        self._draw = ImageDraw.Draw(layer)
        self._scale = scale

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return the place on the layer: pixel centres of the film are whole numbers, those of Pillow are not."""
        return (point[0] + 0.5) * self._scale, (point[1] + 0.5) * self._scale

    def outline(self, contours: list[Contour], colour: Colour, width: float) -> None:
        """Draw closed lines."""
        for contour in contours:
            points = [self.at(point) for point in contour]
            if len(points) > 1:
                self._draw.line([*points, points[0]], fill=colour, width=round(width * _SMOOTHING), joint="curve")

    def fill(self, contours: list[Contour], colour: Colour) -> None:
        """Fill closed lines; a contour inside another is a hole."""
        everywhere = [self.at(point) for contour in contours for point in contour]
        if not everywhere:
            return
        xs, ys = [x for x, _ in everywhere], [y for _, y in everywhere]
        left, top = int(min(xs)) - 1, int(min(ys)) - 1
        size = int(max(xs)) - left + 2, int(max(ys)) - top + 2
        # Only the box around the contours is touched: a film has many small deposits.
        inside = np.zeros((size[1], size[0]), dtype=bool)
        for contour in contours:
            if len(contour) > 2:
                part = Image.new("1", size)
                ImageDraw.Draw(part).polygon([(x - left, y - top) for x, y in map(self.at, contour)], fill=1)
                inside ^= np.asarray(part)
        self._layer.paste(colour, (left, top), Image.fromarray(inside.astype(np.uint8) * 255))

    def dot(self, point: tuple[float, float], colour: Colour, radius: float, edge: Colour | None = None) -> None:
        """Draw a disc, with an edge if wanted."""
        x, y = self.at(point)
        r = radius * _SMOOTHING
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=colour, outline=edge, width=_SMOOTHING)

    def diamond(self, point: tuple[float, float], colour: Colour, radius: float) -> None:
        """Draw a square on its corner, with a black edge."""
        x, y = self.at(point)
        r = radius * _SMOOTHING
        corners = [(x - r, y), (x, y - r), (x + r, y), (x, y + r)]
        self._draw.polygon(corners, fill=colour, outline=(0, 0, 0, 255), width=_SMOOTHING)

    def ring(self, point: tuple[float, float], colour: Colour, radius: float, width: float) -> None:
        """Draw a circle."""
        x, y = self.at(point)
        r = radius * _SMOOTHING
        self._draw.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=round(width * _SMOOTHING))

    def text(self, point: tuple[float, float], text: str, colour: Colour, size: float, edge: float = 0.0) -> None:
        """Write a text around a point, with a black edge if wanted."""
        self._draw.text(
            self.at(point),
            text,
            fill=colour,
            font=ImageFont.load_default(size * _SMOOTHING),
            anchor="mm",
            stroke_width=round(edge * _SMOOTHING),
            stroke_fill=(0, 0, 0, 255),
        )


def _draw_hand(pen: _Pen, hand: Hand) -> None:
    for outline in hand.bones:
        pen.outline(outline.contours, _rgba(palette.BONE, 90), 1.0)
    for mark in fingertip_marks(hand):
        _draw_fingertip(pen, mark)
    for deposit in hand.deposits:
        pen.fill(deposit.contours, _rgba(palette.DEPOSIT, 70))
        pen.outline(deposit.contours, _rgba(palette.DEPOSIT, 255), 2.0)
    for joint in joint_marks(hand):
        pen.diamond(joint.at, _rgba(joint.colour, 255), 14.0)
        pen.text(joint.at, str(joint.grade), _rgba(joint.text_colour, 255), 16.0)
    for erosion in erosion_marks(hand):
        pen.ring(erosion.at, _rgba(palette.EROSION, 255), 10.0, 2.0)
    for landmark in hand.landmarks.values():
        colour = palette.LANDMARK if landmark.plausible else palette.IMPLAUSIBLE
        pen.dot((landmark.x, landmark.y), _rgba(colour, 190), 2.5 if landmark.plausible else 5.0)
    pen.text(label_corner(hand), hand.side or "?", _rgba("#FFFFFF", 255), 64.0, edge=3.0)


def _draw_fingertip(pen: _Pen, mark: FingertipMark) -> None:
    colour = _rgba(mark.colour, 255)
    if mark.contours:
        pen.outline(mark.contours, colour, 3.0)
    else:
        pen.dot(mark.tip, colour, 9.0, edge=(0, 0, 0, 255))
    pen.dot(mark.label_at, colour, 17.0)
    # The font that comes with Pillow has no dash, only a hyphen.
    pen.text(mark.label_at, mark.label.replace(ABSENT, "-"), _rgba(mark.text_colour, 255), 24.0)


def _legend(reading: Reading, width: int) -> Image.Image:
    """Return the strip below the films: what the colours mean, where sides come from, what the picture is for."""
    size = min(max(width / 75.0, 9.0), 26.0)
    font = ImageFont.load_default(size)
    line, margin = round(size * 1.75), round(size)
    rows: list[list[tuple[str | None, str]]] = [[(palette.DEPOSIT, "calcium deposit"), (None, "fingertip, grade:")]]
    rows[0] += [(colour, str(grade)) for grade, colour in enumerate(palette.GRADES)]
    rows[0] += [(palette.NOT_ASSESSABLE, "not assessable")]
    if any(joint_marks(hand) for hand in reading.hands):
        rows[0] += [(None, "in a diamond: narrowing of the joint beside it")]
    if any(erosion_marks(hand) for hand in reading.hands):
        rows[0] += [(palette.EROSION, "to look at for erosion")]
    sides = "; ".join(f"{hand.source}, side {side_sentence(hand)}" for hand in reading.hands)
    texts = [sides or "no hand found", f"{reading.research_use} sclerograph {reading.software.version}"]
    texts = [part for text in texts for part in _wrapped(text, font, width - 2 * margin)]
    strip = Image.new("RGB", (width, line * (len(texts) + 3) + margin), _LEGEND_BACKGROUND)
    draw = ImageDraw.Draw(strip)
    x, y = float(margin), float(margin)
    for swatch, text in rows[0]:
        needed = draw.textlength(text, font=font) + (size * 1.5 if swatch else 0.0)
        if x + needed > width - margin and x > margin:
            x, y = float(margin), y + line
        if swatch:
            draw.rectangle((x, y + size * 0.1, x + size * 0.95, y + size * 1.05), fill=swatch)
            x += size * 1.5
        draw.text((x, y), text, fill=_LEGEND_TEXT, font=font)
        x += draw.textlength(text, font=font) + size * 1.6
    for text in texts:
        y += line
        draw.text((margin, y), text, fill=_LEGEND_TEXT, font=font)
    return strip.crop((0, 0, width, min(round(y + line), strip.height)))


def _wrapped(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: float) -> list[str]:
    """Return a text broken into lines that fit a width; a single word is never broken."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _rgba(colour: str, alpha: int) -> Colour:
    return (*palette.rgb(colour), alpha)
