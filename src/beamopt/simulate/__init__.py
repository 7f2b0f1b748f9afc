"""Acquisition in, noise-free patterns out: engines, the camera, and what cannot be carried out."""

from beamopt.simulate.engine import Engine, make_engine
from beamopt.simulate.exit_wave import exit_wave
from beamopt.simulate.feasibility import SimulationLimits, probe_radius
from beamopt.simulate.imperfections import PERFECT, Imperfections

__all__ = ["PERFECT", "Engine", "Imperfections", "SimulationLimits", "exit_wave", "make_engine", "probe_radius"]
