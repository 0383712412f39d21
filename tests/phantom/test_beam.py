import numpy as np
import pytest

from sclerograph.phantom.beam import MATERIALS, Beam, attenuation_per_mm, tungsten_spectrum

ENERGY = np.array([20.0, 30.0, 40.0, 50.0])


def test_denser_materials_attenuate_more_and_all_less_at_higher_energy() -> None:
    bone, soft, fat, mineral = (attenuation_per_mm(name, ENERGY) for name in MATERIALS)
    assert (bone > soft).all()
    assert (soft > fat).all()
    assert (mineral > soft).all()
    for values in (bone, soft, fat, mineral):
        assert (np.diff(values) < 0).all()


def test_hydroxyapatite_is_the_sum_of_its_elements() -> None:
    # computed independently with the tables of Elam et al. 2002: 0.9876 cm2/g at 40 keV, 2.0991 at 30 keV
    expected = np.array([2.0991, 0.9876]) * 1.2 / 10
    assert attenuation_per_mm("mineral", np.array([30.0, 40.0])) == pytest.approx(expected, rel=0.01)


def test_the_single_energy_follows_the_tables() -> None:
    for energy in (32.0, 40.0, 46.0):
        beam = Beam.at(energy)
        for value, name in ((beam.mineral, "bone"), (beam.soft, "soft"), (beam.fat, "fat")):
            assert value == pytest.approx(float(attenuation_per_mm(name, np.array([energy]))[0]), rel=0.12)


def test_the_spectrum_lies_below_the_tube_voltage_and_hardens_with_filter_and_voltage() -> None:
    soft, hard = tungsten_spectrum(50.0, 2.5), tungsten_spectrum(55.0, 3.1)
    assert soft.weight.sum() == pytest.approx(1.0)
    assert soft.energy_kev.max() < 50.0
    assert 30.0 < soft.mean_kev < hard.mean_kev < 40.0
