"""Where trials are evaluated: in this process (`here`), or by workers on Dask, whose door this is (`cluster`)."""

from beamopt.fleet.alone import Alone
from beamopt.fleet.crew import Crew, Fleet, Told, Work
from beamopt.fleet.values import Answer, Task

__all__ = ["Alone", "Answer", "Crew", "Fleet", "Task", "Told", "Work"]
