"""Acquisition in, noise-free patterns out: engines, the camera, and what cannot be carried out."""

from beamopt.simulate.constraints import SimulationConstraints, probe_radius
from beamopt.simulate.crystal import matrix_bytes, matrix_work
from beamopt.simulate.engine import Engine, has_matrix, make_engine
from beamopt.simulate.exit_wave import exit_wave
from beamopt.simulate.imperfections import PERFECT, Imperfections
from beamopt.simulate.setup import Setup

__all__ = [
    "PERFECT",
    "Engine",
    "Imperfections",
    "Setup",
    "SimulationConstraints",
    "exit_wave",
    "has_matrix",
    "make_engine",
    "matrix_bytes",
    "matrix_work",
    "probe_radius",
]
