import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.phantom.beam import tungsten_spectrum
from sclerograph.phantom.vendor import LOOKS, add_side_marker, expose, lead_edges, present


@pytest.fixture(scope="module")
def materials() -> np.ndarray:
    """A block of soft tissue with a wedge of bone, a fat cube and a lump of mineral in it."""
    out = np.zeros((5, 160, 200), np.float32)
    out[1, 20:140, 20:180] = 15.0
    out[0, 40:80, 40:160] = np.linspace(0.5, 5.0, 120, dtype=np.float32)
    out[3, 100:120, 60:80] = 3.0
    out[1, 100:120, 120:140], out[2, 100:120, 120:140] = 5.0, 10.0
    return out


@pytest.mark.parametrize("name", sorted(LOOKS))
def test_every_look_shows_more_attenuation_brighter(materials: np.ndarray, name: str) -> None:
    look, rng = LOOKS[name], np.random.default_rng(1)
    signal = expose(materials, tungsten_spectrum(52.0, 2.8), look.response, rng, 0.3)
    image = present(signal, materials[1] > 0, materials[0] > 0, look, rng, 0.3)
    assert image.min() >= 0.0
    assert image.max() <= 1.0
    soft, fat = image[90:96, 60:150].mean(), image[105:115, 125:135].mean()
    thin, thick, mineral = image[50:70, 50:60].mean(), image[50:70, 140:150].mean(), image[105:115, 65:75].mean()
    air = image[2:10, 2:190].mean()
    assert air < fat < soft < thin < thick
    assert mineral > thin


def test_more_photons_make_less_noise() -> None:
    flat = np.zeros((5, 100, 100), np.float32)
    flat[1] = 20.0
    spectrum = tungsten_spectrum(52.0, 2.8)
    noise = []
    for factor in (1.0, 16.0):
        response = LOOKS["flat panel, crisp"].response
        bright = type(response)(response.sharp_mm, response.broad_mm, response.broad_share, 2e4 * factor)
        signal = expose(flat, spectrum, bright, np.random.default_rng(0), 0.15)
        noise.append(float(signal[30:70, 30:70].std()))
    assert noise[0] > 2.5 * noise[1]


def test_a_hard_beam_sees_through_more() -> None:
    block = np.zeros((5, 40, 40), np.float32)
    block[0] = 5.0
    signals = [
        expose(block, tungsten_spectrum(kv, al), LOOKS["scanned film"].response, np.random.default_rng(0), 0.3).mean()
        for kv, al in ((45.0, 1.5), (55.0, 3.1))
    ]
    assert signals[1] > 1.1 * signals[0]


def test_the_marker_lies_beside_the_hand_or_nowhere() -> None:
    image, hand = np.zeros((300, 300), np.float32), np.zeros((300, 300), bool)
    hand[:, :170] = True
    ink = add_side_marker(image, hand, "L", slice(0, 300), np.random.default_rng(0), 0.4)
    assert ink.any()
    assert not (ink & hand).any()
    assert image[ink].min() > 0.2
    hand[:] = True
    assert not add_side_marker(image, hand, "L", slice(0, 300), np.random.default_rng(0), 0.4).any()


def test_lead_edges_are_dark() -> None:
    image, visible = lead_edges(np.full((200, 160), 0.6, np.float32), np.random.default_rng(0), 0.3)
    assert image[visible].mean() > 0.55
    assert image[0].max() < 0.45
    assert not visible[0].any()
