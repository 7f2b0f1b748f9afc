"""Is everything well: the installation, the machine, the project folder and what its databases say of each other."""

from beamopt.doctor.examine import examine
from beamopt.doctor.finding import Finding

__all__ = ["Finding", "examine"]
