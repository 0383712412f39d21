"""The X-ray beam: attenuation at one effective energy (fast gear) and a spectrum with its materials (fine gear).

Mass attenuation coefficients without K edges come from the tables of Hubbell and Seltzer, NISTIR 5632 (1995, revised
2004, doi:10.18434/T4D01F), at the energies tabulated there and interpolated log-log between them, as its authors
advise. Materials are ICRU-44 cortical bone, soft tissue and adipose tissue; hydroxyapatite is added up from its
elements by weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["MATERIALS", "Beam", "Spectrum", "attenuation_per_mm", "tungsten_spectrum"]

Floats = NDArray[np.float64]

#: Energies of the tables, keV.
_ENERGY_KEV = np.array([10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0])
#: Mass attenuation coefficients, cm2/g, at those energies.
_MASS_ATTENUATION = {
    "bone": np.array([28.51, 9.032, 4.001, 1.331, 0.6655, 0.4242, 0.3148]),
    "soft": np.array([5.379, 1.699, 0.8230, 0.3790, 0.2688, 0.2264, 0.2048]),
    "fat": np.array([3.268, 1.083, 0.5677, 0.3063, 0.2396, 0.2123, 0.1974]),
    "aluminium": np.array([26.23, 7.955, 3.441, 1.128, 0.5685, 0.3681, 0.2778]),
    "calcium": np.array([93.41, 29.79, 13.06, 4.080, 1.830, 1.019, 0.6578]),
    "phosphorus": np.array([40.35, 12.39, 5.352, 1.700, 0.8096, 0.4916, 0.3494]),
    "oxygen": np.array([5.952, 1.836, 0.8651, 0.3779, 0.2585, 0.2132, 0.1907]),
    "hydrogen": np.array([0.3854, 0.3764, 0.3695, 0.3570, 0.3458, 0.3355, 0.3260]),
}
#: Weight fractions of Ca10(PO4)6(OH)2.
_HYDROXYAPATITE = {"calcium": 0.3989, "phosphorus": 0.1850, "oxygen": 0.4141, "hydrogen": 0.0020}
#: Densities, g/cm3. Mineral of deposits is hydroxyapatite at 1.2 g/cm3, which fills 38 % of the room that it takes.
_DENSITY = {"bone": 1.92, "soft": 1.06, "fat": 0.95, "mineral": 1.2, "aluminium": 2.699}
#: Materials of a fine film, in the order of its layers.
MATERIALS = ("bone", "soft", "fat", "mineral")


@dataclass(frozen=True)
class Beam:
    """Attenuation coefficients per millimetre at one effective energy (power laws through the tables)."""

    mineral: float
    soft: float
    fat: float

    @classmethod
    def at(cls, energy_kev: float) -> Beam:
        """Coefficients of cortical bone, soft tissue and fat between 28 and 50 keV."""
        return cls(
            0.128 * (40.0 / energy_kev) ** 2.6,
            0.0285 * (40.0 / energy_kev) ** 1.1,
            0.0228 * (40.0 / energy_kev) ** 0.9,
        )


@dataclass(frozen=True)
class Spectrum:
    """What a detector reacts to: ``weight`` of each energy bin (they sum to 1) after tube, filter and scintillator."""

    energy_kev: Floats
    weight: Floats

    @property
    def mean_kev(self) -> float:
        """Mean energy of the reaction."""
        return float(self.energy_kev @ self.weight)


def attenuation_per_mm(material: str, energy_kev: Floats) -> Floats:
    """Linear attenuation coefficient per millimetre of ``bone``, ``soft``, ``fat``, ``mineral`` or ``aluminium``."""
    if material == "mineral":
        mass = np.sum([share * _mass(element, energy_kev) for element, share in _HYDROXYAPATITE.items()], axis=0)
    else:
        mass = _mass(material, energy_kev)
    return np.asarray(mass * _DENSITY[material] / 10.0)


def _mass(material: str, energy_kev: Floats) -> Floats:
    table = np.log(_MASS_ATTENUATION[material])
    return np.asarray(np.exp(np.interp(np.log(energy_kev), np.log(_ENERGY_KEV), table)))


@lru_cache(maxsize=16)
def tungsten_spectrum(tube_kv: float, aluminium_mm: float, bins: int = 12) -> Spectrum:
    """Spectrum of a tungsten tube below its K lines, as a caesium iodide detector sees it.

    Kramers' law (1923, doi:10.1080/14786442308565244) for the thick target, filtered by aluminium; a scintillator of
    0.16 g/cm2 turns the absorbed energy into signal, so that every photon counts with its energy and the share that is
    absorbed. Characteristic L lines (below 12 keV) do not pass the filter.
    """
    edges = np.linspace(12.0, tube_kv, bins * 8 + 1)
    energy = (edges[:-1] + edges[1:]) / 2.0
    photons = (tube_kv / energy - 1.0) * np.exp(-attenuation_per_mm("aluminium", energy) * aluminium_mm)
    reaction = photons * energy * _absorbed_share(energy)
    grouped = reaction.reshape(bins, 8)
    weight = grouped.sum(axis=1)
    centre = (grouped * energy.reshape(bins, 8)).sum(axis=1) / weight
    return Spectrum(centre, weight / weight.sum())


#: Mass attenuation of caesium iodide, cm2/g, below and above the K edges of iodine (33.2 keV) and caesium (36.0 keV):
#: Elam, Ravel and Sieber 2002, doi:10.1016/S0969-806X(01)00227-4.
_CSI_KEV = np.array([10.0, 15.0, 20.0, 30.0, 33.16, 33.18, 35.97, 35.99, 40.0, 50.0, 60.0])
_CSI_MASS = np.array([170.0, 57.5, 26.86, 9.05, 6.91, 21.2, 17.1, 30.2, 22.97, 12.87, 7.83])
_SCINTILLATOR_G_CM2 = 0.16


def _absorbed_share(energy_kev: Floats) -> Floats:
    mass = np.exp(np.interp(np.log(energy_kev), np.log(_CSI_KEV), np.log(_CSI_MASS)))
    return np.asarray(1.0 - np.exp(-mass * _SCINTILLATOR_G_CM2))
