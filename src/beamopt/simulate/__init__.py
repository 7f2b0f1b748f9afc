"""Acquisition in, noise-free patterns out: engines, the camera, and what cannot be carried out."""

from beamopt.simulate.engine import Engine, make_engine
from beamopt.simulate.feasibility import margins, probe_radius, require_feasible

__all__ = ["Engine", "make_engine", "margins", "probe_radius", "require_feasible"]
