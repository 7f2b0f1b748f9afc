"""What an acquisition does not say and the limits depend on: coherence, thickness, camera pixel, background."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from beamopt import physics
from beamopt.acquisition import Acquisition

__all__ = ["IDEAL", "Conditions", "kernel_numbers"]

_NotNegative = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Conditions:
    """Everything beside the acquisition that a linear limit depends on; the default is the ideal microscope.

    Parameters
    ----------
    spherical_aberration
        Cs [Å], either sign, beside that of the acquisition.
    source_size
        Standard deviation of a Gaussian source in the specimen plane [Å].
    focal_spread
        Standard deviation of a Gaussian spread of the defocus [Å].
    thickness
        Thickness of the specimen [Å], alike at every depth; the object plane is its middle.
    angular_sampling
        Angle per camera pixel [mrad]; 0 is a camera that resolves every angle. What pixels lose that an edge of the
        overlap crosses is left out: about 3 % of F at 13 pixels on the aperture's radius, less on more.
    background
        Counts that come from elsewhere, over the counts of a bright-field pixel.
    """

    spherical_aberration: Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)] = 0.0
    source_size: _NotNegative = 0.0
    focal_spread: _NotNegative = 0.0
    thickness: _NotNegative = 0.0
    angular_sampling: _NotNegative = 0.0
    background: _NotNegative = 0.0


IDEAL = Conditions()
"""Coherent, thin, finely pixelated, free of background."""


def kernel_numbers(acquisition: Acquisition, conditions: Conditions) -> NDArray[np.float64]:
    """Numbers that the compiled kernels work with, in the units of k.

    Returns
    -------
    ndarray
        k0, camera half width, χ/k², χ/k⁴, πλ·focal_spread, λ·thickness/2, camera pixel, source_size, 1 + background.
    """
    lam = acquisition.wavelength
    middle = acquisition.defocus - conditions.thickness / 2
    return np.array(
        [
            acquisition.cutoff,
            acquisition.detector_outer * 1e-3 / lam,
            float(physics.aberration_phase(1.0, acquisition.energy, middle)),
            0.5 * np.pi * (acquisition.spherical_aberration + conditions.spherical_aberration) * lam**3,
            np.pi * lam * conditions.focal_spread,
            0.5 * lam * conditions.thickness,
            conditions.angular_sampling * 1e-3 / lam,
            conditions.source_size,
            1 + conditions.background,
        ]
    )
