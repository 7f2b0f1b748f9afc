"""Who evaluates: one process, or workers on Dask, whose door this is (`cluster`, `reporting`)."""

from beamopt.fleet.in_process import InProcess
from beamopt.fleet.pool import Fleet, Job, OnProgress, Work, WorkerPool
from beamopt.fleet.values import Answer, Task

__all__ = ["Answer", "Fleet", "InProcess", "Job", "OnProgress", "Task", "Work", "WorkerPool"]
