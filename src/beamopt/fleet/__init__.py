"""Who evaluates: one process, or workers on Dask, whose door this is (`cluster`, `reporting`)."""

from beamopt.fleet.alone import Alone
from beamopt.fleet.crew import Crew, Fleet, Job, Told, Work
from beamopt.fleet.values import Answer, Task

__all__ = ["Alone", "Answer", "Crew", "Fleet", "Job", "Task", "Told", "Work"]
