"""One run of a study file: ask, evaluate, tell, record; resume."""

from beamopt.front import recommend
from beamopt.study.allowed import allowed
from beamopt.study.compare_samplers import Comparison, compare_samplers
from beamopt.study.conduct import Pace
from beamopt.study.events import Event, Halted, Prepared, Progress, TrialDone, TrialStarted
from beamopt.study.outcome import Outcome, pareto_front
from beamopt.study.robust import robust
from beamopt.study.run import run_study
from beamopt.study.single import evaluate

__all__ = [
    "Comparison",
    "Event",
    "Halted",
    "Outcome",
    "Pace",
    "Prepared",
    "Progress",
    "TrialDone",
    "TrialStarted",
    "allowed",
    "compare_samplers",
    "evaluate",
    "pareto_front",
    "recommend",
    "robust",
    "run_study",
]
