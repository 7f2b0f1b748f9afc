"""How many patterns a trial simulates and how long that takes, without simulating one."""

import math
from dataclasses import dataclass

from beamopt.acquisition import Acquisition
from beamopt.evaluation.feasibility import Feasibility
from beamopt.simulate import Imperfections
from beamopt.simulate.scan import fold

__all__ = ["Effort", "effort"]

# Measured on two cores: seconds per camera pixel of a pattern from a scattering matrix, and per slice and pixel of the
# window that a probe goes through by multislice.
_CAMERA, _SLICE = 1e-8, 7e-9


@dataclass(frozen=True)
class Effort:
    """What the simulation of one acquisition takes; orders of magnitude, to tell minutes from days.

    Parameters
    ----------
    patterns
        Patterns of a coherent probe.
    propagations
        Times that a probe goes through the specimen by multislice; 0 where the scattering matrix of a crystal serves.
    seconds
        Wall time on two cores.
    """

    patterns: int
    propagations: int
    seconds: float


def effort(feasibility: Feasibility, acquisition: Acquisition, imperfections: Imperfections) -> Effort:
    """Effort of one acquisition.

    A source or fading asks for a scan of one period finer than λ/(4α), a focal spread for a few defoci; every frozen
    configuration is a specimen of its own, without a period inside the window.

    Parameters
    ----------
    feasibility
        Study and specimen.
    acquisition
        The setting.
    imperfections
        Of the study.
    """
    spec, potential = feasibility.spec, feasibility.potential
    frozen = 0 if spec.thermal is None else spec.thermal.frozen
    period = potential.window if frozen else potential.cell
    axes = [
        fold(side, extent, acquisition.scan_sampling) for side, extent in zip(period, feasibility.field, strict=True)
    ]
    positions = math.prod(axis.count for axis in axes)
    if imperfections.touches_scan:
        positions = math.prod(2 * math.ceil(2 * acquisition.cutoff * side) + 1 for side in period)
    patterns = positions * _defoci(acquisition, imperfections.focal_spread) * max(frozen, 1)
    seconds = patterns * spec.camera.pixels**2 * _CAMERA
    if frozen:
        pixels = math.prod(n * m for n, m in zip(potential.grid, potential.supercell, strict=True))
        seconds += patterns * pixels * len(potential.slices) * potential.repeats * _SLICE
    return Effort(patterns, patterns if frozen else 0, seconds)


def _defoci(acquisition: Acquisition, focal_spread: float) -> int:
    """Defoci that stand for a focal spread [Å, standard deviation]: more, the more it turns the rim of the aperture."""
    turn = math.pi * acquisition.wavelength * acquisition.cutoff**2 * focal_spread
    return 1 if focal_spread == 0 else 2 + math.ceil(2 * turn)
