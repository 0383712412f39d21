from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sclerograph.reports.hand_report import report_html
from tests.reports import synthetic

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine"),
]

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
    "--window-size=1400,1000",
    "--virtual-time-budget=3000",
]

# Runs after the page's own script and leaves what it saw in the page.
PROBE = """
const seen = {};
const film = document.querySelector("svg.film");
const chosen = () => [...document.querySelectorAll(".chosen")].map((e) => e.id).sort();
const width = () => film.viewBox.baseVal.width;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const shown = (layer) => getComputedStyle(document.querySelector(".layer." + layer)).display !== "none";
(async () => {
  seen.whole = width();
  seen.landmarks = [shown("landmarks")];
  document.getElementById("film1-landmarks").click();
  seen.landmarks.push(shown("landmarks"));
  document.querySelectorAll("[data-box]")[1].click();
  await pause(50);
  seen.thumb = [film.viewBox.baseVal.x, film.viewBox.baseVal.y, width(), film.viewBox.baseVal.height];
  document.querySelector("#h1-row3 a").click();
  await pause(50);
  seen.fromRow = [chosen(), width()];
  document.getElementById("h2-shape2").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  seen.fromShape = chosen();
  film.parentElement.dispatchEvent(new KeyboardEvent("keydown", { key: "0", bubbles: true, cancelable: true }));
  await pause(50);
  seen.home = width();
  seen.overflow = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  document.body.dataset.seen = JSON.stringify(seen);
})();
"""


def opened(html: str, folder: Path) -> str:
    """Return the page as the browser has it after its scripts ran."""
    (folder / "page.html").write_text(html, encoding="utf-8")
    assert BROWSER is not None
    command = [BROWSER, *FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", (folder / "page.html").as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True, text=True)
    return done.stdout


@pytest.fixture(scope="module")
def html() -> str:
    return report_html(synthetic.reading(), {"s1": synthetic.film()})


def test_the_pages_own_policy_lets_its_own_script_run(html: str, tmp_path: Path) -> None:
    assert 'class="viewer live"' in opened(html, tmp_path)


def test_zoom_toggles_and_highlights_work(html: str, tmp_path: Path) -> None:
    # The policy would forbid the probe, as it forbids every script that is not the page's own.
    free = re.sub(r"<meta http-equiv[^>]*>", "", html).replace("</body>", f"<script>{PROBE}</script></body>")
    found = re.search(r'data-seen="([^"]*)"', opened(free, tmp_path))
    assert found is not None, "the probe did not finish"
    seen = json.loads(found[1].replace("&quot;", '"'))
    assert seen["whole"] == seen["home"] == synthetic.COLUMNS
    assert seen["landmarks"] == [False, True]
    x, y, width, height = seen["thumb"]
    tip = synthetic.reading().hands[0].landmarks["TIP1"]
    assert x < tip.x < x + width
    assert y < tip.y < y + height
    assert width < 0.7 * synthetic.COLUMNS
    assert seen["fromRow"] == [["h1-row3", "h1-shape3"], pytest.approx(synthetic.COLUMNS / 8, rel=0.5)]
    assert seen["fromShape"] == ["h2-row2", "h2-shape2"]
    assert seen["overflow"] == 0
