"""The electrostatic potential of a specimen, sliced along the beam, and the true image that follows from it."""

from beamopt.potential.build import build_potential
from beamopt.potential.frozen import frozen_potential
from beamopt.potential.sliced import Potential
from beamopt.potential.truth import on_pixels, true_transmission

__all__ = ["Potential", "build_potential", "frozen_potential", "on_pixels", "true_transmission"]
