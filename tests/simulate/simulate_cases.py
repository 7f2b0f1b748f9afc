"""Specimens small enough to scatter within a second, and settings for them."""

from functools import cache
from typing import Any, cast

import abtem
import numpy as np
from ase import Atoms
from numpy.typing import NDArray

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


def abtem_waves(
    potential: Potential, acquisition: Acquisition, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """Exit waves ``(x, y, nx, ny)`` of a plain script with abTEM's defaults, same window and grid."""
    (nx, ny), (mx, my) = potential.grid, potential.supercell
    array = abtem.PotentialArray(
        np.tile(potential.slices, (potential.repeats, mx, my)),
        slice_thickness=potential.slice_thickness * potential.repeats,
        extent=potential.window,
    )
    probe = abtem.Probe(
        energy=acquisition.energy,
        semiangle_cutoff=acquisition.semiangle_cutoff,
        defocus=acquisition.defocus,
        extent=potential.window,
        gpts=(nx * mx, ny * my),
    )
    scan = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    waves: Any = probe.multislice(array, scan=cast("Any", scan), lazy=False)
    return np.asarray(waves.array, dtype=np.complex128).reshape(len(x), len(y), nx * mx, ny * my)


def plain_abtem(
    setup: Setup, acquisition: Acquisition, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """Exit-wave beams of the plain script, in the block that the camera reads."""
    # abTEM's probes have |ψ̂|² summing to 1 with an unnormalised transform.
    beams = np.fft.fft2(abtem_waves(setup.potential, acquisition, x, y))
    block = setup.block(acquisition.detector_outer)
    rows, columns = np.ix_(block.orders(0) % setup.grid[0], block.orders(1) % setup.grid[1])
    return beams[:, :, rows, columns]


def abtem_patterns(
    potential: Potential, acquisition: Acquisition, x: NDArray[np.float64], y: NDArray[np.float64], pixels: int
) -> NDArray[np.float64]:
    """Patterns of the plain script on a camera: centred waves, all beams, Gauss-Legendre quadrature over each pixel."""
    waves = abtem_waves(potential, acquisition, x, y)
    pixel = 2e-3 * acquisition.detector_outer / pixels / acquisition.wavelength
    nodes, weights = np.polynomial.legendre.leggauss(6)
    k = ((np.arange(pixels) - pixels // 2)[:, None] + nodes / 2).ravel() * pixel
    patterns = np.empty((len(x), len(y), pixels, pixels))
    for i, x0 in enumerate(x):
        for j, y0 in enumerate(y):
            ax, ay = (
                _fourier(k, n, side, r0)
                for n, side, r0 in zip(waves.shape[2:], potential.window, (x0, y0), strict=True)
            )
            density = np.abs(ax @ waves[i, j] @ ay.T) ** 2
            patterns[i, j] = np.einsum("iajb,a,b->ij", density.reshape(pixels, 6, pixels, 6), weights / 2, weights / 2)
    return np.asarray(patterns * potential.window[0] * potential.window[1] * pixel**2)


def _fourier(k: NDArray[np.float64], n: int, side: float, r0: float) -> NDArray[np.complex128]:
    """From samples of a periodic wave to its Fourier integral over the one period centred on r0."""
    fine = 8  # the periodic wave is known between its samples too
    r = r0 + ((np.arange(n * fine) + 0.5) / (n * fine) - 0.5) * side
    orders = np.fft.fftfreq(n, 1 / n)
    waves = np.exp(2j * np.pi * np.outer(r, orders) / side) / (n * fine)
    beams = np.exp(-2j * np.pi * np.outer(orders, np.arange(n)) / n)
    return np.asarray(np.exp(-2j * np.pi * np.outer(k, r - r0)) @ waves @ beams)
