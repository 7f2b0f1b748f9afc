"""The Optuna door: proposes acquisitions and keeps every trial in one SQLite database, the truth about a study."""

from typing import TYPE_CHECKING

from beamopt.lazy import on_use
from beamopt.search.ask_tell import Search
from beamopt.search.policy import Policy
from beamopt.search.proposed import Proposed
from beamopt.search.rehearsal import rehearse
from beamopt.search.start import inside, sobol_points
from beamopt.search.stored import StoredStudy, names

if TYPE_CHECKING:
    from beamopt.search.importance import importances

__all__ = ["Policy", "Proposed", "Search", "StoredStudy", "importances", "inside", "names", "rehearse", "sobol_points"]

# Its forest comes with scikit-learn, which takes seconds.
__getattr__, __dir__ = on_use(__name__, {"importances": "beamopt.search.importance"})
