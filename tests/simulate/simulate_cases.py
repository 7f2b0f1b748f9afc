"""Specimens small enough to scatter within a second, and settings for them."""

from functools import cache
from typing import Any

import numpy as np
from ase import Atoms

from beamopt.acquisition import Acquisition
from beamopt.potential import Potential, build_potential
from beamopt.simulate.setup import Setup
from beamopt.specimen import Specimen


def setting(**given: float) -> Acquisition:
    knobs = {"energy": 300e3, "semiangle_cutoff": 15.0, "defocus": 100.0, "detector_outer": 25.0}
    return Acquisition(**(knobs | {"scan_sampling": 1.3, "dose_per_area": 100.0} | given))


def prepare(potential: Potential, **given: Any) -> Setup:
    knobs: dict[str, Any] = {"energy": 300e3, "semiangle_cutoff": 15.0, "detector_outer": 25.0, "pixels": 48}
    return Setup(potential=potential, **(knobs | {"field": potential.window} | given))


@cache
def perovskite() -> Potential:
    """SrTiO3 [001], 20 Å thick, in a 16 Å window."""
    places = [(0, 0, 0), (0.5, 0.5, 0.5), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)]
    atoms = Atoms("SrTiO3", scaled_positions=places, cell=[3.905] * 3, pbc=True)
    specimen = Specimen(name="SrTiO3", atoms=atoms, repeats=5)
    return build_potential(specimen, sampling=0.18, slice_thickness=2.0, parametrization="lobato", window=15.0)


@cache
def lopsided() -> Potential:
    """A made-up molecular crystal without any symmetry: 6.1 × 7.3 × 5 Å cells, 3 × 2 of them, 2 along the beam."""
    places = np.array([(0.7, 1.1, 0.3), (2.9, 5.2, 1.9), (4.4, 2.6, 3.1), (1.8, 3.9, 4.6)])
    atoms = Atoms("ZrOCSi", positions=places, cell=[6.1, 7.3, 5.0], pbc=True)
    specimen = Specimen(name="lopsided", atoms=atoms, repeats=2)
    return build_potential(specimen, sampling=0.2, slice_thickness=1.7, parametrization="lobato", window=14.0)
