"""beamopt: acquisition parameters for 4D-STEM of beam-sensitive samples, chosen before the session."""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beamopt.acquisition import Acquisition
    from beamopt.evaluation import Evaluation
    from beamopt.front import recommend
    from beamopt.spec import StudySpec, load_study
    from beamopt.study import Outcome, evaluate, pareto_front, run_study
    from beamopt.study.robust import robust
    from beamopt.study.single import allowed

__version__ = "0.1.0"

__all__ = [
    "Acquisition",
    "Evaluation",
    "Outcome",
    "StudySpec",
    "allowed",
    "evaluate",
    "load_study",
    "pareto_front",
    "recommend",
    "robust",
    "run_study",
]

# Names are fetched on first use, so that `import beamopt` and `beamopt --help` load none of the heavy packages.
_HOMES = {
    "Acquisition": "beamopt.acquisition",
    "Evaluation": "beamopt.evaluation",
    "Outcome": "beamopt.study",
    "StudySpec": "beamopt.spec",
    "allowed": "beamopt.study",
    "evaluate": "beamopt.study",
    "load_study": "beamopt.spec",
    "pareto_front": "beamopt.study",
    "recommend": "beamopt.study",
    "robust": "beamopt.study",
    "run_study": "beamopt.study",
}


def __dir__() -> list[str]:
    """Public names, fetched or not."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    """Fetch a public name from its room."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'beamopt' has no attribute '{name}'")
