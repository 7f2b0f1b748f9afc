"""From counted electrons to an image: py4DSTEM's phase retrieval with everything known that a simulation knows."""

from beamopt.reconstruct.dispatch import RECONSTRUCTORS, reconstruct
from beamopt.reconstruct.export import write_emd
from beamopt.reconstruct.hspy import write_hspy

__all__ = ["RECONSTRUCTORS", "reconstruct", "write_emd", "write_hspy"]
