"""beamopt: acquisition parameters for 4D-STEM of beam-sensitive samples, chosen before the session."""

import importlib
from typing import TYPE_CHECKING

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

# Names are fetched on first use, so that `import beamopt` and `beamopt --help` load none of the heavy packages.
_HOMES = {
    "Acquisition": "beamopt.acquisition",
    "Evaluation": "beamopt.evaluation",
    "Robustness": "beamopt.sessions",
    "StudySpec": "beamopt.spec",
    "Trial": "beamopt.trial",
    "load_study": "beamopt.spec",
} | dict.fromkeys(
    ("Outcome", "allowed", "check", "evaluate", "pareto_front", "recommend", "robust", "run_study", "trials"),
    "beamopt.study",
)


def __dir__() -> list[str]:
    """Public names, fetched or not."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    """Fetch a public name from its room."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'beamopt' has no attribute '{name}'")
