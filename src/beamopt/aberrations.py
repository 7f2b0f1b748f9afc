"""Lens aberrations beyond defocus, and the one place where the phase of a probe is written down."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from beamopt import physics
from beamopt.quantities import Unit

__all__ = ["NONE", "Aberrations"]

_Real = NDArray[np.float64]
_Coefficient = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False), Unit("Å")]
_Direction = Annotated[float, Field(ge=-7, le=7, allow_inf_nan=False), Unit("rad")]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Aberrations:
    """Aberrations in Krivanek's polar notation, as abTEM and py4DSTEM name them; all are 0 where left out.

    χ = (2π/λ)·[α²/2·C12·cos 2(φ-φ12) + α³/3·(C21·cos(φ-φ21) + C23·cos 3(φ-φ23)) + α⁴/4·C30], α = λk (O. L. Krivanek,
    N. Dellby & A. R. Lupini, Ultramicroscopy 78, 1 (1999)). Defocus is not among them: it is a knob.

    Parameters
    ----------
    C12, phi12
        Twofold astigmatism [Å] and its direction [rad].
    C21, phi21
        Axial coma [Å] and its direction [rad].
    C23, phi23
        Threefold astigmatism [Å] and its direction [rad].
    C30
        Spherical aberration [Å].
    """

    C12: _Coefficient = 0.0
    phi12: _Direction = 0.0
    C21: _Coefficient = 0.0
    phi21: _Direction = 0.0
    C23: _Coefficient = 0.0
    phi23: _Direction = 0.0
    C30: _Coefficient = 0.0

    def phase(self, kx: _Real, ky: _Real, energy: float) -> _Real:
        """Phase χ [rad]; the probe's aperture function is exp(-iχ).

        Parameters
        ----------
        kx, ky
            Spatial frequencies [Å⁻¹], broadcast against each other.
        energy
            Beam energy [eV].

        Examples
        --------
        Across the direction of the astigmatism the sign of a defocus, along it the opposite one:

        >>> astigmatic = Aberrations(C12=20.0)
        >>> k = np.array([0.5])
        >>> [round(float(astigmatic.phase(*at, 300e3)[0]), 4) for at in ((k, 0 * k), (0 * k, k))]
        [0.3093, -0.3093]
        """
        lam = physics.wavelength(energy)
        k, phi = np.hypot(kx, ky), np.arctan2(ky, kx)
        chi = physics.aberration_phase(k, energy, 0.0, self.C30)
        chi = chi + np.pi * lam * self.C12 * k**2 * np.cos(2 * (phi - self.phi12))
        uneven = self.C21 * np.cos(phi - self.phi21) + self.C23 * np.cos(3 * (phi - self.phi23))
        return np.asarray(chi + 2 / 3 * np.pi * lam**2 * k**3 * uneven)


NONE = Aberrations()
"""A lens that is only out of focus."""
