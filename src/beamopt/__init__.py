"""beamopt: acquisition parameters for 4D-STEM of beam-sensitive samples, chosen before the session."""

from typing import TYPE_CHECKING

from beamopt.lazy import on_use

if TYPE_CHECKING:
    from beamopt.acquisition import Acquisition
    from beamopt.evaluation import Evaluation
    from beamopt.sessions import Robustness
    from beamopt.spec import StudySpec, load_study
    from beamopt.study import Outcome, allowed, check, evaluate, pareto_front, recommend, robust, run_study, trials
    from beamopt.trial import Trial

__version__ = "0.1.0"

__all__ = [
    "Acquisition",
    "Evaluation",
    "Outcome",
    "Robustness",
    "StudySpec",
    "Trial",
    "allowed",
    "check",
    "evaluate",
    "load_study",
    "pareto_front",
    "recommend",
    "robust",
    "run_study",
    "trials",
]

# Fetched on first use, so that `import beamopt` and `beamopt --help` load none of the heavy packages.
__getattr__, __dir__ = on_use(
    __name__,
    {
        "Acquisition": "beamopt.acquisition",
        "Evaluation": "beamopt.evaluation",
        "Robustness": "beamopt.sessions",
        "StudySpec": "beamopt.spec",
        "Trial": "beamopt.trial",
        "load_study": "beamopt.spec",
    }
    | dict.fromkeys(
        ("Outcome", "allowed", "check", "evaluate", "pareto_front", "recommend", "robust", "run_study", "trials"),
        "beamopt.study",
    ),
)
