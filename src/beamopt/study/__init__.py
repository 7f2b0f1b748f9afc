"""One run of a study file: ask, evaluate, tell, record; resume."""

from beamopt.study.conduct import Pace
from beamopt.study.events import Event, Halted, Prepared, Progress, TrialDone, TrialStarted
from beamopt.study.outcome import Outcome
from beamopt.study.rejudge import robust
from beamopt.study.run import run_study
from beamopt.study.single import allowed, check, evaluate
from beamopt.study.stored import pareto_front, recommend, trials

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
    "check",
    "evaluate",
    "pareto_front",
    "recommend",
    "robust",
    "run_study",
    "trials",
]
