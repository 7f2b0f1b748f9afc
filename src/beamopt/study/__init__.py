"""One run of a study file: ask, evaluate, tell, record; resume."""

from beamopt.front import recommend
from beamopt.study.conduct import Pace
from beamopt.study.events import Event, Halted, Prepared, Progress, TrialDone, TrialStarted
from beamopt.study.outcome import Outcome, pareto_front
from beamopt.study.robust import robust
from beamopt.study.run import run_study
from beamopt.study.single import allowed, evaluate

__all__ = [
    "Event",
    "Halted",
    "Outcome",
    "Pace",
    "Prepared",
    "Progress",
    "TrialDone",
    "TrialStarted",
    "allowed",
    "evaluate",
    "pareto_front",
    "recommend",
    "robust",
    "run_study",
]
