"""Draw the picture of README.md: an example film, which we simulated, with its reading.

python tools/readme_picture.py
"""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

import sclerograph
from sclerograph.imaging import open_radiograph
from sclerograph.reports.overlay import write_overlay

ROOT = Path(__file__).resolve().parents[1]
FILM = ROOT / "examples" / "calcinosis-both-hands.dcm"
PICTURE = ROOT / "docs" / "images" / "reading.jpg"
WIDTH = 1200


def main() -> None:
    """Read the film and write the picture."""
    reading = sclerograph.read(FILM)
    with TemporaryDirectory() as folder:
        overlay = Path(folder) / "overlay.png"
        write_overlay(reading, {reading.sources[0].id: open_radiograph(FILM).pixels}, overlay)
        with Image.open(overlay) as picture:
            height = round(picture.height * WIDTH / picture.width)
            small = picture.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=85, optimize=True)
    PICTURE.write_bytes(stream.getvalue())


if __name__ == "__main__":
    main()
