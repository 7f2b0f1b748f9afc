"""One run of a study file: ask, evaluate, tell, record; resume."""

from typing import TYPE_CHECKING

from beamopt.lazy import on_use

if TYPE_CHECKING:
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

_HOMES = {
    "Event": "beamopt.study.events",
    "Halted": "beamopt.study.events",
    "Outcome": "beamopt.study.outcome",
    "Pace": "beamopt.study.conduct",
    "Prepared": "beamopt.study.events",
    "Progress": "beamopt.study.events",
    "TrialDone": "beamopt.study.events",
    "TrialStarted": "beamopt.study.events",
    "allowed": "beamopt.study.single",
    "check": "beamopt.study.single",
    "evaluate": "beamopt.study.single",
    "pareto_front": "beamopt.study.stored",
    "recommend": "beamopt.study.stored",
    "robust": "beamopt.study.rejudge",
    "run_study": "beamopt.study.run",
    "trials": "beamopt.study.stored",
}

__getattr__, __dir__ = on_use(__name__, _HOMES)
