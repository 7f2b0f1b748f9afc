"""From counted electrons to an image: py4DSTEM's phase retrieval with everything known that a simulation knows."""

from typing import TYPE_CHECKING

from beamopt.lazy import on_use
from beamopt.reconstruct.dispatch import RECONSTRUCTORS, reconstruct

if TYPE_CHECKING:
    from beamopt.reconstruct.export import write_emd
    from beamopt.reconstruct.hspy import write_hspy

__all__ = ["RECONSTRUCTORS", "reconstruct", "write_emd", "write_hspy"]

# HDF5 comes with the first file that is written.
__getattr__, __dir__ = on_use(
    __name__, {"write_emd": "beamopt.reconstruct.export", "write_hspy": "beamopt.reconstruct.hspy"}
)
