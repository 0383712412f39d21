"""From materials to the film of a department: exposure by a spectrum, the detector, and the looks of vendors."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from sclerograph.anatomy.hand import Side
from sclerograph.phantom.beam import MATERIALS, Spectrum, attenuation_per_mm
from sclerograph.phantom.blur import blur, slow_blur

__all__ = ["LOOKS", "DetectorResponse", "Look", "add_side_marker", "expose", "lead_edges", "present"]

Image = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class DetectorResponse:
    """How a detector blurs and how noisy it is.

    ``sharp_mm`` and ``broad_mm`` are the Gaussian parts of the point spread (focal spot and detector), ``broad_share``
    the weight of the second; ``photons_per_mm2`` reach the detector beside the hand.
    """

    sharp_mm: float
    broad_mm: float
    broad_share: float
    photons_per_mm2: float


@dataclass(frozen=True)
class Look:
    """How a vendor turns exposure into greys.

    ``edge_gain`` lifts detail finer than ``edge_mm``, ``local_gain`` detail finer than ``local_mm``; ``gamma`` below 1
    brightens, ``slope`` above 0 bends the greys into an S; ``floor`` is the grey of air; ``white_share`` the share of
    the bones that may be white. ``shading`` is the unevenness of a storage-phosphor plate or a scanned film.
    """

    name: str
    response: DetectorResponse
    edge_gain: float
    edge_mm: float
    local_gain: float
    local_mm: float
    gamma: float
    slope: float
    floor: float
    white_share: float
    shading: float = 0.0


#: Looks of four kinds of equipment. The numbers are ours, set by eye beside real films.
LOOKS: dict[str, Look] = {
    look.name: look
    for look in (
        Look(
            "flat panel, crisp", DetectorResponse(0.07, 0.25, 0.2, 1.1e5), 0.55, 0.5, 0.30, 5.0, 0.72, 2.2, 0.02, 0.03
        ),
        Look(
            "flat panel, multiscale",
            DetectorResponse(0.08, 0.30, 0.2, 0.8e5),
            0.35,
            0.8,
            0.75,
            9.0,
            0.66,
            1.6,
            0.03,
            0.03,
        ),
        Look(
            "storage phosphor, soft",
            DetectorResponse(0.12, 0.45, 0.3, 0.5e5),
            0.30,
            0.9,
            0.20,
            8.0,
            0.66,
            1.2,
            0.05,
            0.02,
            0.02,
        ),
        Look("scanned film", DetectorResponse(0.08, 0.20, 0.3, 1.5e5), 0.0, 0.5, 0.0, 5.0, 0.75, 3.2, 0.04, 0.03, 0.03),
    )
}


@numba.njit(cache=True, fastmath=True)
def _transmit(materials, coefficients, weight, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    count, rows, columns = materials.shape
    for r in range(rows):
        for c in range(columns):
            total = 0.0
            for e in range(weight.shape[0]):
                depth = 0.0
                for k in range(count):
                    depth += coefficients[e, k] * materials[k, r, c]
                total += weight[e] * np.exp(-depth)
            out[r, c] = total


def expose(
    materials: Image, spectrum: Spectrum, response: DetectorResponse, rng: np.random.Generator, pixel_mm: float
) -> Image:
    """Signal of each pixel relative to the open beam.

    Parameters
    ----------
    materials
        (5, rows, columns) millimetres of the four materials of :data:`sclerograph.phantom.beam.MATERIALS`, then the
        attenuation of metal.
    spectrum, response
        The beam and the detector.
    rng
        Source of the quantum noise and of the amount of scatter.
    pixel_mm
        Size of a pixel.
    """
    coefficients = np.stack([attenuation_per_mm(name, spectrum.energy_kev) for name in MATERIALS], axis=1)
    coefficients = np.concatenate([coefficients, np.ones((len(spectrum.weight), 1))], axis=1)
    signal = np.empty(materials.shape[1:], np.float32)
    _transmit(materials, coefficients.astype(np.float32), spectrum.weight.astype(np.float32), signal)
    # scatter comes from the thick parts of the hand and from air and table everywhere
    thickness = materials[1] + materials[2]
    source = signal * (1.0 - np.exp(-thickness / 45.0))
    scatter = rng.uniform(0.12, 0.2) * slow_blur(source, 15.0 / pixel_mm) + 0.015 * slow_blur(signal, 30.0 / pixel_mm)
    signal = signal + scatter
    quanta = response.photons_per_mm2 * pixel_mm**2
    grain = rng.standard_normal(signal.shape, dtype=np.float32)
    signal += grain * np.sqrt(np.maximum(signal, 1e-5) / quanta)
    sharp, broad = blur(signal, response.sharp_mm / pixel_mm), blur(signal, response.broad_mm / pixel_mm)
    signal = (1.0 - response.broad_share) * sharp + response.broad_share * broad
    signal += 0.0006 * rng.standard_normal(signal.shape, dtype=np.float32)
    return np.asarray(np.maximum(signal, 2e-4), dtype=np.float32)


def present(signal: Image, inside: Mask, bony: Mask, look: Look, rng: np.random.Generator, pixel_mm: float) -> Image:
    """Greys between 0 and 1, bone bright.

    Parameters
    ----------
    signal
        Result of :func:`expose`.
    inside, bony
        Where the hand is, and where bone without calcium and metal is: they set the window.
    look
        The vendor.
    rng
        Source of the shading.
    pixel_mm
        Size of a pixel.
    """
    x = -np.log(signal)
    if look.edge_gain:
        x = x + look.edge_gain * (x - blur(x, look.edge_mm / pixel_mm))
    if look.local_gain:
        x = x + look.local_gain * (x - slow_blur(x, look.local_mm / pixel_mm))
    outside = x[~inside]
    low = float(np.percentile(outside[::17], 70)) if outside.size > 1000 else float(x.min())
    high = float(np.percentile(x[bony][::7], 100.0 * (1.0 - look.white_share))) if bony.any() else float(x.max())
    high = low + 1.06 * max(high - low, 1e-3)
    v = np.clip((x - low) / (high - low), 0.0, 1.25)
    # a shoulder instead of a hard end: what is denser than bone is still told apart, and white
    v = np.where(v > 0.9, 0.9 + 0.1 * (1.0 - np.exp(-(v - 0.9) / 0.1)), v) ** look.gamma
    if look.slope:
        ends = 1.0 / (1.0 + np.exp(look.slope * np.array([0.45, -0.55])))
        v = (1.0 / (1.0 + np.exp(-look.slope * (v - 0.45))) - ends[0]) / (ends[1] - ends[0])
    v = look.floor + (1.0 - look.floor) * v
    if look.shading:
        rows, columns = v.shape
        v = v + look.shading * (
            rng.normal() * np.linspace(-1, 1, columns)[None] + rng.normal() * np.linspace(-1, 1, rows)[:, None]
        )
    return np.asarray(np.clip(v, 0.0, 1.0), dtype=np.float32)


def lead_edges(image: Image, rng: np.random.Generator, pixel_mm: float) -> tuple[Image, Mask]:
    """Collimate: the margin that the beam does not reach is dark, with a soft edge; also return what stays visible."""
    rows, columns = image.shape
    margin = rng.uniform(1.5, 5.0, 4) / pixel_mm
    y, x = np.arange(rows)[:, None], np.arange(columns)[None, :]
    lean = rng.normal(0.0, 0.004)
    edge = np.minimum(
        np.minimum(x - margin[0] + lean * y, columns - 1 - margin[1] - x - lean * y),
        np.minimum(y - margin[2] - lean * x, rows - 1 - margin[3] - y + lean * x),
    )
    open_share = 1.0 / (1.0 + np.exp(-np.clip(edge * pixel_mm / 0.35, -30, 30)))
    dark = 0.3 * float(np.percentile(image[:: max(1, rows // 200)], 1))
    return np.asarray(dark + (image - dark) * open_share, dtype=np.float32), np.asarray(edge > 0)


def add_side_marker(
    image: Image, occupied: Mask, letter: Side, columns: slice, rng: np.random.Generator, pixel_mm: float
) -> Mask:
    """Lay a lead letter on the film beside the hand, in place; return where it lies.

    ``columns`` is the part of the film in which the letter may lie. Where no free place is found, none is laid.
    """
    height = rng.uniform(9.0, 13.0) / pixel_mm
    font = ImageFont.load_default(height * 1.35)
    left, top, right, bottom = (int(v) for v in font.getbbox(letter))
    canvas = PillowImage.new("L", (right - left + 8, bottom - top + 8), 0)
    ImageDraw.Draw(canvas).text(
        (4 - left, 4 - top), letter, fill=255, font=font, stroke_width=max(1, int(0.5 / pixel_mm))
    )
    if rng.random() < 0.5:
        canvas = canvas.rotate(float(rng.normal(0.0, 7.0)), expand=True)
    ink = np.asarray(canvas, np.float32) / 255.0
    ink = blur(ink, 0.12 / pixel_mm)
    marks = np.zeros(image.shape, bool)
    rows, h, w = image.shape[0], ink.shape[0], ink.shape[1]
    room = int(6.0 / pixel_mm)
    first, last = columns.start + room, columns.stop - room - w
    for _ in range(60):
        r, c = int(rng.integers(room, rows - room - h)), int(rng.integers(first, last))
        around = occupied[max(r - room, 0) : r + h + room, max(c - room, 0) : c + w + room]
        if not around.any():
            window = (slice(r, r + h), slice(c, c + w))
            image[window] += (np.maximum(image[window], 0.98) - image[window]) * ink
            marks[window] = ink > 0.3
            break
    return marks
